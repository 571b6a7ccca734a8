//! Ending a write: which listings it touches, and what readers will be shown of them.
//!
//! The digest of the published bytes is taken inside the writing transaction, so that the public
//! counter moves in the same commit that changes what readers see, and only then.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    Result, bonds,
    holds::holds_ref,
    shown::{Shown, organization_ref, place_ref, service_ref, shown},
    terms,
};
use crate::{
    domain::{
        digest::digest,
        entry::{Aggregate, Entry, Origin},
        id::{Id, kind},
        link::{Side, SideKind},
        listing::PublicListing,
        location::Location,
        organization::Organization,
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::Taxonomy,
    },
    store::{Action, Key, Line, ListingKind, ListingRef, Snapshot, Tx},
};

/// How many listings are joined at once.
const BATCH: usize = 500;

/// What a write wrote; widened to the listings that show it.
#[derive(Debug, Default)]
pub struct Touched {
    /// Services written.
    pub services: HashSet<Id<kind::Service>>,
    /// Organisations written.
    pub organizations: HashSet<Id<kind::Organization>>,
    /// Locations written.
    pub locations: HashSet<Id<kind::Location>>,
    /// Services at locations written.
    pub places: HashSet<Id<kind::ServiceAtLocation>>,
    /// Taxonomies written.
    pub taxonomies: BTreeSet<Id<kind::Taxonomy>>,
    /// Terms written.
    pub terms: BTreeSet<Id<kind::TaxonomyTerm>>,
    /// Whether a hold was written.
    pub holds: bool,
}

/// The change-log lines for what a transaction has written, with digests of what readers will see.
///
/// # Errors
/// When the store cannot be read.
pub async fn lines(tx: &mut Tx, touched: &Touched) -> Result<Vec<Line>> {
    let listings = widened(tx, touched).await?;
    lines_of(tx, &listings, touched).await
}

/// The same of these listings, and of the terms and taxonomies written, and no others.
///
/// # Errors
/// When the store cannot be read.
pub async fn lines_of(tx: &mut Tx, listings: &[ListingRef], touched: &Touched) -> Result<Vec<Line>> {
    let mut lines = Vec::with_capacity(listings.len());
    let mut noted = terms::Noted::default();
    for batch in listings.chunks(BATCH) {
        let shown = shown(tx, batch).await?;
        noted.note(tx, batch, &shown).await?;
        push(&mut lines, batch, shown);
    }
    // Only now it is known which terms somebody bears.
    let taxonomies = tx.present::<Taxonomy>(&touched.taxonomies.iter().copied().collect::<Vec<_>>()).await?;
    let written = (taxonomies.into_iter().map(|id| ListingRef::new(ListingKind::Taxonomy, id)))
        .chain(touched.terms.iter().map(|id| ListingRef::new(ListingKind::TaxonomyTerm, *id)));
    let written: Vec<ListingRef> = written.collect();
    for batch in written.chunks(BATCH) {
        let shown = shown(tx, batch).await?;
        push(&mut lines, batch, shown);
    }
    lines.extend(noted.lines(tx, touched).await?);
    Ok(lines)
}

fn push(lines: &mut Vec<Line>, of: &[ListingRef], shown: Vec<Option<Shown>>) {
    lines.extend(of.iter().zip(shown).map(|(listing, shown)| {
        let action = if shown.is_some() { Action::Put } else { Action::Withdraw };
        Line { listing: listing.clone(), action, digest: shown.map(|shown| shown.digest()) }
    }));
}

/// The digest of all that readers are shown of a listing.
pub fn fingerprint(public: &PublicListing) -> String {
    let listing = serde_json::to_vec(&public.listing).expect("a listing has only text keys");
    let cards: Vec<Vec<u8>> =
        public.cards.iter().map(|(card, _)| serde_json::to_vec(card).expect("a card has only text keys")).collect();
    #[cfg(debug_assertions)]
    let listing = if crate::domain::sabotage::on("leak-history") {
        [listing, format!("{:?}", public.cards[0].1).into_bytes()].concat()
    } else {
        listing
    };
    let mut parts: Vec<&[u8]> = vec![&listing, if public.is_hit { b"hit" } else { b"record" }];
    parts.extend(cards.iter().map(Vec::as_slice));
    digest(&parts)
}

/// Everything that shows something of what was written, but terms and taxonomies. A service's places follow it, so that
/// they are joined once.
async fn widened(read: &mut Tx, touched: &Touched) -> Result<Vec<ListingRef>> {
    let mut services = touched.services.clone();
    let mut organizations = touched.organizations.clone();
    let locations: Vec<_> = touched.locations.iter().copied().collect();
    let written: Vec<_> = touched.places.iter().copied().collect();
    let offered: Vec<_> = services.iter().copied().collect();
    let at = read.ids_by_key::<ServiceAtLocation, _>(Key::Location, &locations).await?;
    let there: Vec<_> = at.into_iter().map(|(id, _)| id).chain(written).collect();
    let mut places: BTreeMap<Option<Id<kind::Service>>, BTreeSet<Id<kind::ServiceAtLocation>>> = BTreeMap::new();
    let mut at = read.keys_of::<ServiceAtLocation, kind::Service>(Key::Service, &there).await?;
    at.extend(read.ids_by_key::<ServiceAtLocation, _>(Key::Service, &offered).await?);
    for (id, service) in at {
        places.entry(service).or_default().insert(id);
    }
    services.extend(places.keys().flatten());
    let owners = read.keys_of::<Location, kind::Organization>(Key::Organization, &locations).await?;
    organizations.extend(owners.into_iter().filter_map(|(_, owner)| owner));
    // An organisation's listing names its services, and a service's listing shows its organisation.
    let ids: Vec<_> = services.iter().copied().collect();
    let running = read.keys_of::<Service, kind::Organization>(Key::Organization, &ids).await?;
    let written: Vec<_> = organizations.iter().copied().collect();
    let offered = read.ids_by_key::<Service, _>(Key::Organization, &written).await?;
    services.extend(offered.iter().map(|(id, _)| *id));
    // What runs a service shows its name and nothing else of it: its links stay as they are.
    let sides = sides(read, &services, &organizations).await?;
    organizations.extend(running.into_iter().filter_map(|(_, organization)| organization));
    let organizations = read.present::<Organization>(&organizations.into_iter().collect::<Vec<_>>()).await?;
    // What a private listing shows of its organisation depends on what else there is of it.
    services.extend(read.private_services(&organizations).await?);
    let mut organizations: BTreeSet<_> = organizations.into_iter().collect();
    // Listings on the other sides of links show names and what is agreed: those for which any of that has changed.
    for side in bonds::settle(read, &sides).await? {
        match side.kind {
            SideKind::Service => {
                services.insert(side.id.cast());
            }
            SideKind::Organization => {
                organizations.insert(side.id.cast());
            }
        }
    }
    let mut services: Vec<_> = services.into_iter().collect();
    services.sort_unstable();
    let lone = places.remove(&None).unwrap_or_default();
    let with_places = services.into_iter().flat_map(|id| {
        let places = places.remove(&Some(id)).unwrap_or_default();
        std::iter::once(service_ref(id)).chain(places.into_iter().map(place_ref)).collect::<Vec<_>>()
    });
    Ok(with_places
        .chain(lone.into_iter().map(place_ref))
        .chain(organizations.into_iter().map(organization_ref))
        .chain(touched.holds.then(holds_ref))
        .collect())
}

/// What was written, as sides of links; none where there are no links.
async fn sides(
    read: &mut Snapshot,
    services: &HashSet<Id<kind::Service>>,
    organizations: &HashSet<Id<kind::Organization>>,
) -> Result<HashMap<Side, Origin>> {
    if !read.has_links().await? {
        return Ok(HashMap::new());
    }
    let services: Vec<_> = services.iter().copied().collect();
    let organizations: Vec<_> = organizations.iter().copied().collect();
    let services = known(read.get::<Service>(&services).await?).into_iter().map(|(id, of)| (Side::service(id), of));
    let organizations = known(read.get::<Organization>(&organizations).await?).into_iter();
    Ok(services.chain(organizations.map(|(id, of)| (Side::organization(id), of))).collect())
}

fn known<T: Aggregate>(entries: Vec<Entry<T>>) -> HashMap<Id<T::Kind>, Origin> {
    entries.into_iter().map(|entry| (entry.record.id(), entry.origin)).collect()
}
