//! What a reader sees of a listing: the card in a list of results, and the whole listing.
//!
//! These are the published shapes. They are written once, when the listing changes; an answer only
//! splices what depends on the question or the hour into the bytes: `distance_km`, `ask`, `serves`, `next_session` and their neighbours.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    access::AccessFact,
    coming::{Accepting, Coming, ContactWay, CostKind, HowToCome, SpokenLanguage, Wait},
    explanation::Explanation,
    hold::PublicHold,
    id::{Id, kind},
    link::PublicLink,
    network::Network,
    organization::Organization,
    place::PlaceMode,
    practice::Practice,
    resource::Resource,
    schedule::Schedule,
    service::{Service, ServiceStatus},
    vocabulary::Facet,
    when,
};

/// What a listing is, in a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum ListingKind {
    /// People who meet: a peer group, a circle, a choir.
    Group,
    /// Something offered to people: therapy, advocacy, a course.
    #[default]
    Service,
    /// A line to ring, text or write to.
    Helpline,
    /// An organisation.
    Organization,
    /// A place to be: a drop-in, a warm space, a café.
    Place,
    /// Organizations, services and people in roles who are there for one another's people.
    Network,
    /// Something for those who support people: a course, a guide, supervision.
    Resource,
}

impl ListingKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Group, Self::Service, Self::Helpline, Self::Organization, Self::Place, Self::Network, Self::Resource];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Service => "service",
            Self::Helpline => "helpline",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Network => "network",
            Self::Resource => "resource",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What is shown of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum CardPlaceKind {
    /// A place with a public address or position.
    Exact,
    /// Only the area it serves is told; where it is stays private.
    Area,
    /// By phone, post or online.
    Remote,
    /// It works across the areas named and has no one place: a network.
    Across,
    /// The source does not say where.
    NotStated,
}

impl From<PlaceMode> for CardPlaceKind {
    fn from(mode: PlaceMode) -> Self {
        match mode {
            PlaceMode::Exact => Self::Exact,
            PlaceMode::Area => Self::Area,
            PlaceMode::Remote => Self::Remote,
        }
    }
}

/// A place as a card shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct CardPlace {
    /// What is shown of the place.
    pub kind: CardPlaceKind,
    /// A line for people: `St Michael's Hall, Headingley, LS6 3AW`, or the area served.
    pub label: String,
    /// Degrees north, WGS84. Only for exact places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, WGS84. Only for exact places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// How far off the position may be, in kilometres (95 of 100 lie within); 0 when the source gave the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision_km: Option<f64>,
    /// The areas served, for area and remote listings. Where there is none, a remote listing serves the whole United
    /// Kingdom, and whom an area listing serves is not stated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub areas: Vec<NamedArea>,
}

/// Whether a listing without a public place serves the place that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Serves {
    /// It does.
    Here,
    /// It serves an area next to it, or one within the distance searched: ask whether people from there can come too.
    Nearby,
    /// It does not say whom it serves: ask.
    NotStated,
}

/// An area of the gazetteer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct NamedArea {
    /// Its code: a GSS code, or our own for areas without one.
    pub code: String,
    /// Its name in English, or in Welsh where that was asked for.
    pub name: String,
}

/// A term as a card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct TermLabel {
    /// Its id, as the search parameters take it.
    pub id: String,
    /// Its label in plain English, or in Welsh where that was asked for.
    pub label: String,
    /// The facet of the house vocabulary; absent for an imported taxonomy's term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
}

/// A phone number as a card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct CardPhone {
    /// The number as the source writes it.
    pub number: String,
    /// `voice`, `text`, ... where the source says.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[oai(rename = "type")]
    pub phone_type: Option<String>,
    /// What the number is for, or when it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The organisation of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct OrganizationName {
    /// Its id.
    pub id: Id<kind::Organization>,
    /// Its name.
    pub name: String,
}

/// When somebody last looked whether the listing is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct LastChecked {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The role of who looked, never a name; `source` when a publisher says so.
    pub by_role: String,
}

/// Where a listing comes from and on what terms it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Provenance {
    /// The source's short name in this directory.
    pub name: String,
    /// Where the source is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The words the licence asks to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

/// One time that something happens or is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SessionTimes {
    /// When it begins, RFC 3339 with the offset of London at that time; in the past when it is on.
    pub starts_at: String,
    /// When it ends; absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
}

/// A listing in a list of results: what one needs to decide whether to look closer.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Card {
    /// The listing's id: a service's, or an organisation's where it has no service.
    pub id: String,
    /// The service at this place, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_at_location_id: Option<Id<kind::ServiceAtLocation>>,
    /// This place, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<Id<kind::Location>>,
    /// What it is.
    pub kind: ListingKind,
    /// Its name.
    pub name: String,
    /// Who runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationName>,
    /// The beginning of its description, in plain text.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[oai(default)]
    pub summary: String,
    /// Who it is for: its terms of the facet `audience`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub who_for: Vec<TermLabel>,
    /// Its other terms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub terms: Vec<TermLabel>,
    /// The youngest age it is for, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<f64>,
    /// The oldest age it is for, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_age: Option<f64>,
    /// When it happens, in words: `every other Tuesday, 19:00 to 20:30`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_text: Option<String>,
    /// The session that is on, or the next to begin; in answers to searches only, and absent when the schedules do not
    /// tell it for sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_session: Option<SessionTimes>,
    /// What is said of access: yes, no or on request, with note and day; what is not listed is not stated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub access: Vec<AccessFact>,
    /// Whether new people are taken; absent when not stated, or not said anew within 60 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepting: Option<Accepting>,
    /// How long people wait at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// The way in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_to_come: Option<HowToCome>,
    /// How to get in touch, the best way first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub contact_by: Vec<ContactWay>,
    /// How one takes part: `in_person`, `online_video`, `phone`, ... or as the source says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub attending_type: Vec<String>,
    /// Numbers to ring or text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub phones: Vec<CardPhone>,
    /// An address to write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Languages, and how each is there: held in it, a worker speaks it, with an interpreter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub spoken: Vec<SpokenLanguage>,
    /// Languages it is offered in, as the source names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub languages: Vec<String>,
    /// What it costs, in a word; absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_kind: Option<CostKind>,
    /// What it costs, in words; absent when the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// Where it is, or whom it serves.
    pub place: CardPlace,
    /// How far away it is in a straight line from the middle of the place asked for, in kilometres; only for exact places,
    /// only when a place was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<f64>,
    /// What was asked for and this listing does not say: names of parameters, and `area` where a place was asked for and
    /// this is not stated to serve it (see `serves`). Ask before going.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub ask: Vec<String>,
    /// In `covers_area`: whether it serves the place asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<Serves>,
    /// That it has none of what some of the words mean, only a wider term; see `understood`. Such listings come after the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_broader: Option<bool>,
    /// Why it is in the answer; only when `explain` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explanation>,
    /// The whole listing; only with `view=full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<Box<Listing>>,
    /// At how many other places the same service is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_places: Option<u32>,
    /// What it is to other listings, those first that both sides say; at most five.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub links: Vec<PublicLink>,
    /// How many links it has in all; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links_total: Option<u32>,
    /// `active`, `inactive`, `defunct` or `temporarily closed`, as HSDS says it; absent for an organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Something to know before going.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// When somebody last looked whether this is true; absent when nobody has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_checked: Option<LastChecked>,
    /// Somebody has reported that something here is wrong, and keepers have not answered that yet; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub being_checked: Option<bool>,
    /// A reviewer has asked for this to be looked at; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<PublicHold>,
    /// Where it comes from.
    pub source: Provenance,
    /// Its page, relative to this server.
    pub page_url: String,
    /// The page on which anyone can say that something here is wrong, relative to this server.
    pub report_url: String,
}

/// One place of a whole listing.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ListingPlace {
    /// The service at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_at_location: Option<super::service_at_location::ServiceAtLocation>,
    /// The place.
    pub location: super::location::Location,
    /// The place as cards show it, with its position.
    pub place: CardPlace,
}

/// A whole listing: the card's facts, and the HSDS records behind them.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Listing {
    /// The listing's id.
    pub id: String,
    /// The card, at its first place.
    pub card: Card,
    /// The whole description, in plain paragraphs.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[oai(default)]
    pub description: String,
    /// How one comes to be there, whole; absent for an organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coming: Option<Coming>,
    /// How it works: first visit, what who leads it does and does not do, claims with their sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practice: Option<Practice>,
    /// What makes it a resource for practice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// What makes it a network; its members are among its links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The HSDS service, where the listing is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The HSDS organisation that runs it, or that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Its places; empty for area and remote listings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub places: Vec<ListingPlace>,
    /// The organisation's services by id and name, where the listing is an organisation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub services: Vec<ServiceName>,
    /// What it is to other listings, those first that both sides say; at most fifty, counted by the card's `links_total`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub links: Vec<PublicLink>,
    /// When what is shown here last changed in this directory, RFC 3339. Absent where the place is private: the instant would be
    /// that of whatever changed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Listing {
    /// The schedules of the card at its place of this number: those of the service there, where they say when, else
    /// those of the service.
    pub fn schedules_at(&self, place: usize) -> &[Schedule] {
        let there = self.places.get(place).and_then(|place| place.service_at_location.as_ref());
        let there = there.map(|at| at.schedules.as_slice()).filter(|schedules| when::in_words(schedules).is_some());
        there.or(self.service.as_ref().map(|service| service.schedules.as_slice())).unwrap_or_default()
    }

    /// Whether it is running: what is closed or has ended has no next session, whatever its schedules say.
    pub fn is_running(&self) -> bool {
        self.service.as_ref().is_some_and(|service| service.status == ServiceStatus::Active)
    }
}

/// A service of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct ServiceName {
    /// Its id.
    pub id: Id<kind::Service>,
    /// Its name.
    pub name: String,
}
