//! Joining kept records into listings: the joined read that publishing starts from.
//!
//! Places of `area` services are not read at all, nor those of an organisation that runs one.

use std::collections::{HashMap, HashSet};

use super::{Result, bonds, document::Places, holds::Held};
use crate::{
    domain::{
        card::ServiceName,
        entry::{Entry, Origin, Source, Standing},
        gate::{self, Allowed},
        hold::Hold,
        id::{Id, kind},
        link::Side,
        listing::Joined,
        location::Location,
        organization::Organization,
        place::PlaceMode,
        plain,
        service::Service,
        service_at_location::ServiceAtLocation,
    },
    store::{Key, ListingKind, ListingRef, Snapshot},
};

/// A place with what is said of a service there.
type Place = (Option<Entry<ServiceAtLocation>>, Entry<Location>);

/// A published service of an organisation, and whether its place need not stay private.
type Offered = (ServiceName, bool);

/// Listings by reference, in the same order; `None` where there is no such record, or it is no listing.
///
/// # Errors
/// When the store cannot be read.
pub async fn joined(read: &mut Snapshot, listings: &[ListingRef]) -> Result<Vec<Option<Joined>>> {
    let ids = |kind: ListingKind| listings.iter().filter(move |listing| listing.kind == kind);
    let service_ids: Vec<Id<kind::Service>> =
        ids(ListingKind::Service).filter_map(|listing| listing.id.parse().ok()).collect();
    let organization_ids: Vec<Id<kind::Organization>> =
        ids(ListingKind::Organization).filter_map(|listing| listing.id.parse().ok()).collect();

    let sources: HashMap<Id<kind::Source>, Source> =
        read.sources().await?.into_iter().map(|source| (source.id, source)).collect();
    let held = Held::read(read).await?;
    let mut services = by_id(read.get::<Service>(&service_ids).await?, |service| service.id);
    services.values_mut().for_each(|service| held.veil(service));
    let running: HashSet<_> = services.values().filter_map(|service| service.record.organization_id).collect();
    let wanted: Vec<_> = running.into_iter().chain(organization_ids.iter().copied()).collect();
    let mut organizations = by_id(read.get::<Organization>(&wanted).await?, |organization| organization.id);
    organizations.values_mut().for_each(|organization| held.veil(organization));
    let mut service_places = places_of_services(read, &services).await?;
    let Around { offered, places: mut organization_places } =
        around_organizations(read, &held, &organization_ids).await?;
    let private = services.values().filter(|service| service.facts.mode == PlaceMode::Area);
    let private = private.filter_map(|service| service.record.organization_id);
    let open = open_of(read, private.chain(organization_ids.iter().copied())).await?;
    let own = organization_ids.iter().filter_map(|id| organizations.get(id));
    let sides: HashMap<Side, Origin> = services
        .values()
        .map(|service| (Side::service(service.record.id), service.origin.clone()))
        .chain(own.map(|organization| (Side::organization(organization.record.id), organization.origin.clone())))
        .collect();
    let reported = read.reported(listings.iter().map(|listing| listing.id.clone())).await?;
    let mut linked = bonds::linked(read, &held, &sides).await?;

    let joined = |listing: &ListingRef| match listing.kind {
        ListingKind::Service => {
            let service = services.get(&listing.id.parse().ok()?)?.clone();
            let id = service.record.id;
            Some(Joined {
                organization: service.record.organization_id.and_then(|id| organizations.get(&id).cloned()),
                leads_to_open: service.record.organization_id.is_some_and(|id| open.contains(&id)),
                places: service_places.remove(&id).unwrap_or_default(),
                services: Vec::new(),
                has_open_services: false,
                linked: linked.remove(&Side::service(id)),
                reported: reported.contains(&listing.id),
                held: held.of(&service).map(Hold::public),
                source: sources.get(&service.origin.source)?.clone(),
                service: Some(service),
            })
        }
        ListingKind::Organization => {
            let organization = organizations.get(&listing.id.parse().ok()?)?.clone();
            let id = organization.record.id;
            let offered = offered.get(&id).map(Vec::as_slice).unwrap_or_default();
            // A private service is not told by the page of one whose name it does not tell itself, nor beside anything open.
            let leads_to_open = open.contains(&id);
            let shows_private = !leads_to_open && {
                let allowed = Allowed { areas: &[], let_through: &organization.facts.let_through };
                gate::organization(&mut organization.record.clone(), &allowed).nothing()
            };
            let services = offered.iter().filter(|(_, open)| *open || shows_private);
            Some(Joined {
                service: None,
                places: organization_places.remove(&id).unwrap_or_default(),
                services: services.map(|(service, _)| service.clone()).collect(),
                has_open_services: offered.iter().any(|(_, open)| *open),
                leads_to_open,
                linked: linked.remove(&Side::organization(id)),
                reported: reported.contains(&listing.id),
                held: held.of(&organization).map(Hold::public),
                source: sources.get(&organization.origin.source)?.clone(),
                organization: Some(organization),
            })
        }
        ListingKind::ServiceAtLocation | ListingKind::Holds | ListingKind::Taxonomy | ListingKind::TaxonomyTerm => None,
    };
    Ok(listings.iter().map(joined).collect())
}

/// The places of `exact` services, each with its location, in the order of their ids.
async fn places_of_services(
    read: &mut Snapshot,
    services: &HashMap<Id<kind::Service>, Entry<Service>>,
) -> Result<HashMap<Id<kind::Service>, Vec<Place>>> {
    let exact: Vec<Id<kind::Service>> = services
        .values()
        .filter(|service| service.facts.mode == PlaceMode::Exact || is_leaking())
        .map(|service| service.record.id)
        .collect();
    let mut at = read.by_key::<ServiceAtLocation, _>(Key::Service, &exact).await?;
    at.sort_by_key(|at| at.record.id);
    let location_ids: Vec<_> =
        at.iter().filter_map(|at| at.record.location_id).collect::<HashSet<_>>().into_iter().collect();
    let locations = by_id(read.get::<Location>(&location_ids).await?, |location| location.id);
    let mut places: HashMap<Id<kind::Service>, Vec<Place>> = HashMap::new();
    for at in at.into_iter().filter(|at| at.standing == Standing::Published) {
        let location = at.record.location_id.and_then(|id| locations.get(&id).cloned());
        if let (Some(service), Some(location)) = (at.record.service_id, location) {
            places.entry(service).or_default().push((Some(at), location));
        }
    }
    Ok(places)
}

/// Whether a test has places read that are not to be read.
fn is_leaking() -> bool {
    #[cfg(debug_assertions)]
    return crate::domain::sabotage::keeps_places();
    #[cfg(not(debug_assertions))]
    false
}

/// Those of these organisations that have anything open, or had: what was open once is remembered by those who read it.
async fn open_of(
    read: &mut Snapshot,
    of: impl Iterator<Item = Id<kind::Organization>>,
) -> Result<HashSet<Id<kind::Organization>>> {
    #[cfg(debug_assertions)]
    if crate::domain::sabotage::on("runner-shown") {
        return Ok(HashSet::new());
    }
    let of: HashSet<_> = of.collect();
    let open = read.with_open_services(&of.into_iter().collect::<Vec<_>>()).await?;
    Ok(open.into_iter().collect())
}

/// What organisations offer, and the places that are their own, by their ids.
struct Around {
    offered: HashMap<Id<kind::Organization>, Vec<Offered>>,
    places: HashMap<Id<kind::Organization>, Vec<Place>>,
}

/// What is around organisations.
async fn around_organizations(read: &mut Snapshot, held: &Held, ids: &[Id<kind::Organization>]) -> Result<Around> {
    let mut services = read.by_key::<Service, _>(Key::Organization, ids).await?;
    services.sort_by_key(|service| service.record.id);
    let mut offered: HashMap<Id<kind::Organization>, Vec<Offered>> = HashMap::new();
    let mut protected: HashSet<Id<kind::Organization>> = HashSet::new();
    for mut service in services {
        held.veil(&mut service);
        let Some(organization) = service.record.organization_id else { continue };
        if service.facts.mode == PlaceMode::Area {
            protected.insert(organization);
        }
        if service.standing == Standing::Published {
            let is_open = service.facts.mode != PlaceMode::Area;
            let mut record = service.record;
            record.name = plain::line(&record.name);
            if !is_open {
                let areas = gate::names_around(&service.facts.areas, &Places);
                gate::service(&mut record, &Allowed { areas: &areas, let_through: &service.facts.let_through });
            }
            offered.entry(organization).or_default().push((ServiceName { id: record.id, name: record.name }, is_open));
        }
    }
    let open: Vec<_> = ids.iter().copied().filter(|id| !protected.contains(id)).collect();
    let mut locations = read.by_key::<Location, _>(Key::Organization, &open).await?;
    locations.sort_by_key(|location| location.record.id);
    let mut places: HashMap<Id<kind::Organization>, Vec<Place>> = HashMap::new();
    for location in locations {
        if let Some(organization) = location.record.organization_id {
            places.entry(organization).or_default().push((None, location));
        }
    }
    Ok(Around { offered, places })
}

fn by_id<T: crate::domain::entry::Aggregate>(
    entries: Vec<Entry<T>>,
    id: impl Fn(&T) -> Id<T::Kind>,
) -> HashMap<Id<T::Kind>, Entry<T>> {
    entries.into_iter().map(|entry| (id(&entry.record), entry)).collect()
}
