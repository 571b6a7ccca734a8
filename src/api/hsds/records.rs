//! What the feed answers, as its document says it. The answers are written by `domain::feed`; tests read them as these.

use poem_openapi::{
    Object,
    types::{ParseFromJSON, ToJSON, Type},
};

use crate::domain::{
    id::{Id, kind},
    link::Terms,
    location::Location,
    network::Network,
    organization::Organization,
    practice::Practice,
    service::Service,
    service_at_location::ServiceAtLocation,
    vocabulary::values::{LinkState, Relationship},
};

/// A page of records in the order of their ids.
#[derive(Debug, Object)]
pub struct ListPage<T: Type + ParseFromJSON + ToJSON> {
    /// How many there are on all pages.
    pub total_items: u64,
    /// How many pages there are; at least one.
    pub total_pages: u64,
    /// Which page this is, from 1.
    pub page_number: u64,
    /// How many records are on this page.
    pub size: u64,
    /// Whether this is the first page.
    pub first_page: bool,
    /// Whether this is the last page.
    pub last_page: bool,
    /// Whether nothing is on this page.
    pub empty: bool,
    /// The records.
    pub contents: Vec<T>,
}

/// A service in a list, with its organization.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ServiceInList {
    /// The service's own members.
    #[oai(flatten)]
    pub service: Service,
    /// Who provides it.
    pub organization: Option<OrganizationInList>,
}

/// An organization in a list.
#[derive(Debug, Object)]
pub struct OrganizationInList {
    /// The organization's own members.
    #[oai(flatten)]
    pub organization: Organization,
}

/// A location in a list.
#[derive(Debug, Object)]
pub struct LocationInList {
    /// The location's own members.
    #[oai(flatten)]
    pub location: Location,
}

/// A service at a location, in a list.
#[derive(Debug, Object)]
pub struct AtLocationInList {
    /// Its own members.
    #[oai(flatten)]
    pub at: ServiceAtLocation,
    /// The location.
    pub location: LocationInList,
    /// The service.
    pub service: ServiceInList,
}

/// A service with all that belongs to it. Where its place is confidential there are `service_areas` and no place.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct WholeService {
    /// The service's own members.
    #[oai(flatten)]
    pub service: Service,
    /// Who provides it.
    pub organization: Option<Organization>,
    /// Its places.
    #[oai(default)]
    pub service_at_locations: Vec<OfService>,
    /// What the standard has no word for.
    pub kith: Option<Extension>,
}

/// Members of our own, which readers of the standard pass over. A file for the import has them too.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Extension {
    /// What the record says of others. What others say of it stands on theirs.
    #[oai(default)]
    pub links: Vec<StatedLink>,
    /// What makes an organization a network; its members are links.
    pub network: Option<Network>,
    /// How a service works: first visit, roles, claims with their sources.
    pub practice: Option<Practice>,
}

/// What a record says of another: with `to` it is the first side, with `from` the second.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StatedLink {
    /// What the first side is to the second.
    pub relationship: Relationship,
    /// The other, when it is the second side.
    pub to: Option<OtherSide>,
    /// The other, when it is the first side.
    pub from: Option<OtherSide>,
    /// How far it is agreed, as this directory knows it.
    pub state: LinkState,
    /// What else there is to know.
    pub note: Option<String>,
    /// What the record says of how it works.
    #[oai(flatten)]
    pub terms: Terms,
}

/// The record that a link leads to: one of these.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct OtherSide {
    /// A service.
    pub service_id: Option<Id<kind::Service>>,
    /// An organization.
    pub organization_id: Option<Id<kind::Organization>>,
}

/// A place of a service.
#[derive(Debug, Object)]
pub struct OfService {
    /// What is particular to the service there.
    #[oai(flatten)]
    pub at: ServiceAtLocation,
    /// The location.
    pub location: Location,
}

/// A service at a location, with all that belongs to it.
#[derive(Debug, Object)]
pub struct AtLocation {
    /// What is particular to the service there.
    #[oai(flatten)]
    pub at: ServiceAtLocation,
    /// The service's name.
    pub name: String,
    /// The service's status.
    pub status: String,
    /// The location.
    pub location: Location,
    /// The service.
    pub service: ServiceInList,
}

/// An organization with all that belongs to it.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct WholeOrganization {
    /// The organization's own members.
    #[oai(flatten)]
    pub organization: Organization,
    /// Places that are its own.
    #[oai(default)]
    pub locations: Vec<Location>,
    /// What the standard has no word for.
    pub kith: Option<Extension>,
}
