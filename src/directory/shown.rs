//! What readers are shown under one id: a listing, or a record that only the feed shows.
//!
//! The one way from kept records to published bytes. A write takes digests of it, the follower carries it into the
//! view, a rebuild and a check go through all of it ([`All`]).

use std::collections::{HashMap, HashSet};

use kith_index::Op;

use super::{
    Result, assemble,
    document::{self, Places},
    holds::holds_ref,
    settle::fingerprint,
    terms,
};
use crate::{
    domain::{
        clock::Timestamp,
        digest::digest,
        entry::Entry,
        feed::record::PublicRecord,
        hold::Holds,
        id::{Id, kind},
        listing::PublicListing,
        organization::Organization,
        service::Service,
        service_at_location::ServiceAtLocation,
        taxonomy::{Taxonomy, TaxonomyTerm},
    },
    store::{Kept, Key, ListingKind, ListingRef, Snapshot},
};

/// Records read at once.
const PAGE: u32 = 1_000;

/// What readers are shown.
#[derive(Debug, Clone)]
pub enum Shown {
    /// A listing.
    Listing(Box<PublicListing>),
    /// A record that only the feed shows.
    Record(PublicRecord),
}

impl Shown {
    /// The digest of all that readers are shown of it.
    pub fn digest(&self) -> String {
        match self {
            Self::Listing(listing) => fingerprint(listing),
            Self::Record(record) => digest(&[&record.json]),
        }
    }

    /// The op that makes it readable and, if it is a hit, findable. `since` is when it became so.
    pub fn put(self, of: &ListingRef, since: Option<Timestamp>) -> Op {
        match self {
            Self::Listing(mut listing) => {
                // The instant of a commit is that of all that came with it, as other listings of the same organisation.
                listing.listing.last_modified = since.filter(|_| !listing.is_private).map(|since| since.to_string());
                document::put(&listing)
            }
            Self::Record(record) => document::put_record(&of.id, of.kind.as_str(), record.json),
        }
    }
}

/// What is shown by these references, in the same order; `None` where readers are shown nothing.
///
/// # Errors
/// When the store cannot be read.
pub async fn shown(read: &mut Snapshot, of: &[ListingRef]) -> Result<Vec<Option<Shown>>> {
    let places = of.iter().filter(|of| of.kind == ListingKind::ServiceAtLocation).filter_map(ListingRef::record);
    let at = read.keys_of::<ServiceAtLocation, kind::Service>(Key::Service, &places.collect::<Vec<_>>()).await?;
    let at: HashMap<Id<kind::ServiceAtLocation>, Option<Id<kind::Service>>> = at.into_iter().collect();
    let mut taxonomies = by_ref::<Taxonomy>(read, of, ListingKind::Taxonomy).await?;
    let mut terms = by_ref::<TaxonomyTerm>(read, of, ListingKind::TaxonomyTerm).await?;
    terms::keep_borne(read, &mut taxonomies, &mut terms).await?;
    // A service at a place is shown if its service's listing shows it.
    let service_of = |id| at.get(&id).copied().flatten().map(service_ref);
    let mut listings: Vec<ListingRef> = of.iter().filter(|of| is_listing(of.kind)).cloned().collect();
    let mut wanted: HashSet<ListingRef> = listings.iter().cloned().collect();
    listings.extend(at.keys().filter_map(|id| service_of(*id)).filter(|service| wanted.insert(service.clone())));
    let joined = assemble::joined(read, &listings).await?;
    let public = joined.into_iter().map(|joined| joined.and_then(|joined| joined.public(&Places)));
    let mut public: HashMap<ListingRef, PublicListing> =
        listings.into_iter().zip(public).filter_map(|(of, public)| Some((of, public?))).collect();
    let mut records: HashMap<&ListingRef, PublicRecord> = HashMap::new();
    for of in of.iter().filter(|of| !is_listing(of.kind)) {
        let record = match of.kind {
            ListingKind::ServiceAtLocation => of.record().and_then(|id| {
                let service = public.get(&service_of(id)?)?;
                PublicRecord::of_place(service, id)
            }),
            ListingKind::Taxonomy => of.record().and_then(|id| taxonomies.get(&id)).and_then(PublicRecord::of_taxonomy),
            ListingKind::TaxonomyTerm => of.record().and_then(|id| terms.get(&id)).and_then(PublicRecord::of_term),
            ListingKind::Holds => Holds::of(&read.all_holds().await?).as_ref().map(PublicRecord::of_holds),
            ListingKind::Service | ListingKind::Organization => None,
        };
        records.extend(record.map(|record| (of, record)));
    }
    let one = |of: &ListingRef| match records.remove(of) {
        Some(record) => Some(Shown::Record(record)),
        None => public.remove(of).map(Box::new).map(Shown::Listing),
    };
    Ok(of.iter().map(one).collect())
}

/// A listing of a service.
pub fn service_ref(id: Id<kind::Service>) -> ListingRef {
    ListingRef::new(ListingKind::Service, id)
}

/// A listing of an organisation.
pub fn organization_ref(id: Id<kind::Organization>) -> ListingRef {
    ListingRef::new(ListingKind::Organization, id)
}

/// A service at a place.
pub fn place_ref(id: Id<kind::ServiceAtLocation>) -> ListingRef {
    ListingRef::new(ListingKind::ServiceAtLocation, id)
}

const fn is_listing(kind: ListingKind) -> bool {
    matches!(kind, ListingKind::Service | ListingKind::Organization)
}

async fn by_ref<T: Kept>(
    read: &mut Snapshot,
    of: &[ListingRef],
    kind: ListingKind,
) -> Result<HashMap<Id<T::Kind>, Entry<T>>> {
    let ids: Vec<Id<T::Kind>> = of.iter().filter(|of| of.kind == kind).filter_map(ListingRef::record).collect();
    Ok(read.get::<T>(&ids).await?.into_iter().map(|entry| (entry.record.id(), entry)).collect())
}

/// A walk over everything that may be shown, some at a time. A service's places come with it.
#[derive(Debug, Default)]
pub struct All {
    kinds_done: usize,
    after: Option<u128>,
}

impl All {
    /// A walk over taxonomies and terms, and the few that come after them.
    pub fn from_taxonomies() -> Self {
        Self { kinds_done: 2, after: None }
    }

    /// How many references there are, or a few more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn count(read: &mut Snapshot) -> Result<u64> {
        Ok(read.count::<Service>().await?
            + read.count::<Organization>().await?
            + read.count::<Taxonomy>().await?
            + read.count::<TaxonomyTerm>().await?
            + read.count::<ServiceAtLocation>().await?
            + 1)
    }

    /// The next references; `None` at the end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next(&mut self, read: &mut Snapshot) -> Result<Option<Vec<ListingRef>>> {
        loop {
            let after = self.after;
            let (some, last) = match self.kinds_done {
                0 => services(read, after).await?,
                1 => page::<Organization>(read, after, ListingKind::Organization).await?,
                2 => page::<Taxonomy>(read, after, ListingKind::Taxonomy).await?,
                3 => page::<TaxonomyTerm>(read, after, ListingKind::TaxonomyTerm).await?,
                4 => lone_places(read, after).await?,
                5 => {
                    self.kinds_done += 1;
                    return Ok(Some(vec![holds_ref()]));
                }
                _ => return Ok(None),
            };
            self.after = last;
            if last.is_none() {
                self.kinds_done += 1;
            } else if !some.is_empty() {
                return Ok(Some(some));
            }
        }
    }
}

/// Some references, and the id of the last record read for them; `None` when there was none to read.
type Batch = (Vec<ListingRef>, Option<u128>);

async fn page<T: Kept>(read: &mut Snapshot, after: Option<u128>, kind: ListingKind) -> Result<Batch> {
    let page = read.page::<T>(after.map(Id::from_u128), PAGE).await?;
    let ids: Vec<Id<T::Kind>> = page.iter().map(|entry| entry.record.id()).collect();
    Ok((ids.iter().map(|id| ListingRef::new(kind, *id)).collect(), ids.last().map(Id::as_u128)))
}

async fn services(read: &mut Snapshot, after: Option<u128>) -> Result<Batch> {
    let (mut some, last) = page::<Service>(read, after, ListingKind::Service).await?;
    let ids: Vec<Id<kind::Service>> = some.iter().filter_map(ListingRef::record).collect();
    let at = read.by_key::<ServiceAtLocation, _>(Key::Service, &ids).await?;
    some.extend(at.iter().map(|at| place_ref(at.record.id)));
    Ok((some, last))
}

/// Places that have lost their service.
async fn lone_places(read: &mut Snapshot, after: Option<u128>) -> Result<Batch> {
    let page = read.page::<ServiceAtLocation>(after.map(Id::from_u128), PAGE).await?;
    let lone = page.iter().filter(|at| at.record.service_id.is_none()).map(|at| place_ref(at.record.id));
    Ok((lone.collect(), page.last().map(|at| at.record.id.as_u128())))
}
