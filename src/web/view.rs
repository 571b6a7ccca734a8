//! What pages read of the published bytes: the parts of a search answer and of a listing that they show.
//!
//! Members without a note are those of that name in `domain::card`. Reading the bytes that programs get keeps pages honest: what a page shows, anyone can fetch.

use serde::Deserialize;

use crate::domain::{
    access::AccessFact,
    answer::WordsMatched,
    card::{CardPlaceKind, ListingKind, Serves},
    coming::{Accepting, Coming, HowToCome, Wait},
    crisis::{CrisisLine, urgency::Urgency},
    hold::PublicHold,
    link::{StatedBy, Terms},
    network::Network,
    practice::Practice,
    resource::Resource,
    schedule::Schedule,
    vocabulary::values::{Direction, Handover, LinkState, Relationship},
};

/// A search answer.
#[derive(Deserialize)]
pub struct Answer {
    /// The place, as understood.
    pub place: Option<AskedPlace>,
    /// The words, as understood.
    pub understood: Understood,
    /// What was found.
    pub results: Block,
    /// What serves the place without being there.
    pub covers_area: Block,
    /// Counts of terms over `results`.
    pub facets: Vec<TermCount>,
    /// The radius used, in kilometres.
    pub searched_within_km: Option<f64>,
    /// Lines for the nation.
    pub crisis: Vec<CrisisLine>,
    /// How urgent the words sound.
    #[serde(default)]
    pub urgency: Urgency,
    /// Whether the listings are invented.
    pub sample: bool,
}

/// A place asked for.
#[derive(Deserialize)]
pub struct AskedPlace {
    /// Its name.
    pub resolved: String,
    /// Where it lies.
    pub within: Option<String>,
    /// Something to say about how it was understood.
    pub note: Option<String>,
    /// How wide it is, in kilometres.
    #[serde(default)]
    pub precision_km: f64,
}

/// How the words were understood.
#[derive(Deserialize)]
pub struct Understood {
    /// Terms they stand for.
    pub terms: Vec<Label>,
    /// Wider terms that were looked for too.
    #[serde(default)]
    pub broader: Vec<Label>,
    /// What was looked for in place of words with a slip.
    pub respelt: Option<String>,
    /// How many of them had to match.
    #[serde(deserialize_with = "words_matched")]
    pub words: WordsMatched,
}

fn words_matched<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<WordsMatched, D::Error> {
    Ok(match String::deserialize(deserializer)?.as_str() {
        "any" => WordsMatched::Any,
        "most" => WordsMatched::Most,
        _ => WordsMatched::All,
    })
}

/// Anything that is shown by its label.
#[derive(Deserialize)]
pub struct Label {
    /// The label.
    pub label: String,
}

/// One list of an answer.
#[derive(Deserialize)]
pub struct Block {
    /// How many in all.
    pub total: u64,
    /// How many of those have only a wider term.
    #[serde(default)]
    pub broader: u64,
    /// The page shown, from 1.
    pub page: u32,
    /// How many a page holds.
    pub per_page: u32,
    /// This page's.
    pub items: Vec<Card>,
}

/// How many results have a term.
#[derive(Deserialize)]
pub struct TermCount {
    /// The term's id.
    pub id: String,
    /// The term's label.
    pub label: String,
    /// How many.
    pub count: u64,
}

/// A card; each member is the one of that name in `domain::card::Card`.
#[derive(Deserialize)]
pub struct Card {
    pub kind: ListingKind,
    pub name: String,
    pub organization: Option<Named>,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub who_for: Vec<Label>,
    #[serde(default)]
    pub terms: Vec<Label>,
    pub minimum_age: Option<f64>,
    pub maximum_age: Option<f64>,
    pub schedule_text: Option<String>,
    pub next_session: Option<Times>,
    #[serde(default)]
    pub access: Vec<AccessFact>,
    pub accepting: Option<Accepting>,
    pub wait: Option<Wait>,
    pub how_to_come: Option<HowToCome>,
    #[serde(default)]
    pub ask: Vec<String>,
    pub serves: Option<Serves>,
    #[serde(default)]
    pub attending_type: Vec<String>,
    #[serde(default)]
    pub phones: Vec<Phone>,
    pub email: Option<String>,
    pub url: Option<String>,
    #[serde(default)]
    pub languages: Vec<String>,
    pub cost: Option<String>,
    pub place: Place,
    pub distance_km: Option<f64>,
    pub other_places: Option<u32>,
    #[serde(default)]
    pub links: Vec<Link>,
    pub links_total: Option<usize>,
    pub status: Option<String>,
    pub alert: Option<String>,
    pub last_checked: Option<LastChecked>,
    #[serde(default)]
    pub being_checked: bool,
    pub held: Option<PublicHold>,
    pub source: Source,
    pub page_url: String,
    pub report_url: String,
    pub listing: Option<Whole>,
}

/// What a card with its whole listing says of a network or a resource.
#[derive(Deserialize)]
pub struct Whole {
    pub network: Option<Network>,
    pub resource: Option<Resource>,
}

/// One session.
#[derive(Deserialize)]
pub struct Times {
    pub starts_at: String,
    pub ends_at: Option<String>,
}

/// An answer to what is on when; each member is the one of that name in `domain::answer::SessionsAnswer`.
#[derive(Deserialize)]
pub struct Sessions {
    pub place: AskedPlace,
    pub from: String,
    pub sessions: SessionBlock,
    pub online: SessionBlock,
    pub not_on: Block,
    pub searched_within_km: Option<f64>,
    pub crisis: Vec<CrisisLine>,
    /// How urgent the words sound.
    #[serde(default)]
    pub urgency: Urgency,
    pub sample: bool,
}

/// One list of sessions.
#[derive(Deserialize)]
pub struct SessionBlock {
    pub total: u64,
    pub page: u32,
    pub per_page: u32,
    pub items: Vec<SessionOf>,
}

/// One session of a listing.
#[derive(Deserialize)]
pub struct SessionOf {
    #[serde(flatten)]
    pub times: Times,
    pub listing: Card,
}

/// Something with a page of its own.
#[derive(Deserialize)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// What a listing is to another.
#[derive(Deserialize)]
pub struct Link {
    pub relationship: Relationship,
    pub direction: Direction,
    pub label: String,
    pub state: LinkState,
    pub stated_by: StatedBy,
    pub target: Target,
    pub note: Option<String>,
    #[serde(default)]
    pub handover: Vec<Handover>,
    pub since: Option<String>,
    pub review_on: Option<String>,
    #[serde(default)]
    pub sides: Vec<Side>,
}

/// What one side of a link says of how it works.
#[derive(Deserialize)]
pub struct Side {
    pub by: StatedBy,
    pub terms: Terms,
}

/// The other side of a link.
#[derive(Deserialize)]
pub struct Target {
    pub kind: ListingKind,
    pub name: String,
    pub page_url: String,
}

/// A phone number.
#[derive(Deserialize)]
pub struct Phone {
    pub number: String,
    #[serde(rename = "type")]
    pub phone_type: Option<String>,
    pub description: Option<String>,
}

/// A place on a card.
#[derive(Deserialize)]
pub struct Place {
    pub kind: CardPlaceKind,
    pub label: String,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub precision_km: Option<f64>,
}

/// When somebody last looked.
#[derive(Deserialize)]
pub struct LastChecked {
    pub date: String,
    pub by_role: String,
}

/// Where a listing comes from.
#[derive(Deserialize)]
pub struct Source {
    pub name: String,
    pub url: Option<String>,
    pub licence: Option<String>,
    pub attribution: Option<String>,
}

/// A whole listing.
#[derive(Deserialize)]
pub struct Listing {
    pub card: Card,
    #[serde(default)]
    pub description: String,
    pub coming: Option<Coming>,
    pub practice: Option<Practice>,
    pub resource: Option<Resource>,
    pub network: Option<Network>,
    pub service: Option<Service>,
    #[serde(default)]
    pub places: Vec<ListingPlace>,
    #[serde(default)]
    pub services: Vec<Named>,
    #[serde(default)]
    pub links: Vec<Link>,
}

/// What the card does not say of a service.
#[derive(Deserialize)]
pub struct Service {
    pub application_process: Option<String>,
    pub eligibility_description: Option<String>,
    pub fees_description: Option<String>,
    pub interpretation_services: Option<String>,
    pub wait_time: Option<String>,
    #[serde(default)]
    pub schedules: Vec<Schedule>,
}

/// One place of a listing.
#[derive(Deserialize)]
pub struct ListingPlace {
    pub place: Place,
    pub location: Location,
    pub service_at_location: Option<At>,
}

/// A service at one place.
#[derive(Deserialize)]
pub struct At {
    #[serde(default)]
    pub schedules: Vec<Schedule>,
}

/// What helps to come to a place and to be there.
#[derive(Deserialize)]
pub struct Location {
    pub transportation: Option<String>,
    #[serde(default)]
    pub accessibility: Vec<Access>,
}

/// How a place can be used by disabled people.
#[derive(Deserialize)]
pub struct Access {
    pub description: Option<String>,
    pub details: Option<String>,
}

/// Something a page shows: text, perhaps a link, perhaps a remark after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The text.
    pub text: String,
    /// Where it leads; made by `links` or a path of ours.
    pub href: Option<String>,
    /// What is said beside it.
    pub note: Option<String>,
}

impl Value {
    /// Text without a link.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None, note: None }
    }

    /// Whether the link leads to another site.
    pub fn leads_out(&self) -> bool {
        self.href.as_ref().is_some_and(|href| href.starts_with("http"))
    }
}

/// A line of facts. Without values it says that nothing is stated.
pub struct Row {
    /// What it is about.
    pub label: &'static str,
    /// What is known.
    pub values: Vec<Value>,
}
