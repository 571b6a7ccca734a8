//! Either side of a link, as far as the link needs to know of it.

use crate::domain::{
    card::ListingKind,
    entry::{Entry, Standing},
    id::{Id, kind},
    listing::kind_of,
    organization::Organization,
    place::{AreaCode, PlaceMode},
    plain,
    service::{Service, ServiceStatus},
};

/// A public listing, as its links need it.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Its id.
    pub id: Id<()>,
    /// What it is.
    pub kind: ListingKind,
    /// Its name.
    pub name: String,
    /// The organization that runs it, or that it is.
    pub organization: Option<Id<kind::Organization>>,
    /// What is published of where it is.
    pub reach: Reach,
    /// Whether it runs: a link with what is paused or has ended has lapsed.
    pub running: bool,
}

/// What is published of where a listing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// A place may be told of it.
    Open,
    /// It has no place; the areas that it serves, none for the whole country.
    Remote(Vec<AreaCode>),
    /// Its place must stay private; the areas that it serves, none where they are not stated.
    Hidden(Vec<AreaCode>),
}

impl End {
    /// A service; `None` when it is not public. `has_places`: places are told of the organization that runs it.
    pub fn of_service(entry: &Entry<Service>, has_places: bool) -> Option<Self> {
        let areas = || entry.facts.areas.clone();
        (entry.standing == Standing::Published).then(|| Self {
            id: entry.record.id.cast(),
            kind: kind_of(entry),
            name: plain::line(&entry.record.name),
            organization: entry.record.organization_id,
            reach: match entry.facts.mode {
                PlaceMode::Remote if !has_places => Reach::Remote(areas()),
                PlaceMode::Exact | PlaceMode::Remote => Reach::Open,
                PlaceMode::Area => Reach::Hidden(areas()),
            },
            running: entry.record.status == ServiceStatus::Active,
        })
    }

    /// An organization; `None` when it is not public.
    pub fn of_organization(entry: &Entry<Organization>) -> Option<Self> {
        (entry.standing == Standing::Published).then(|| Self {
            id: entry.record.id.cast(),
            kind: if entry.facts.network.is_some() { ListingKind::Network } else { ListingKind::Organization },
            name: plain::line(&entry.record.name),
            organization: Some(entry.record.id),
            reach: if entry.facts.protected { Reach::Hidden(Vec::new()) } else { Reach::Open },
            running: true,
        })
    }

    /// Whether its place must stay private.
    pub(super) fn is_hidden(&self) -> bool {
        matches!(self.reach, Reach::Hidden(_))
    }

    /// Whether both are of one organization.
    pub(super) fn is_with(&self, other: &Self) -> bool {
        self.organization.is_some() && self.organization == other.organization
    }

    /// Between a private listing and others of its organisation a link would tell whose it is.
    pub(super) fn tells_whose(&self, other: &Self) -> bool {
        (self.is_hidden() || other.is_hidden()) && self.is_with(other)
    }
}
