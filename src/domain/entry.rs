//! A record of the standard, and what this directory knows about it.
//!
//! Our own facts never enter the HSDS record; they stand around it here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    clock::Timestamp,
    coming::Coming,
    gate::is_day,
    id::{Id, Kind, kind},
    network::Network,
    place::{AreaCode, PlaceMode},
    practice::Practice,
    resource::Resource,
    taxonomy::{Attribute, marker_of},
};

/// A record that the directory keeps as a whole: one row, its children inside it.
pub trait Aggregate: Sized + Clone + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// The id's marker.
    type Kind: Kind;
    /// What we know about such a record beside it.
    type Facts: Default + Clone + PartialEq + std::fmt::Debug + Send + Sync + Serialize + DeserializeOwned;

    /// The record's own id.
    fn id(&self) -> Id<Self::Kind>;

    /// What of our facts stays when a source offers the record again as it was.
    fn stay(_offered: &mut Self::Facts, _before: &Self::Facts) {}
}

/// One kept record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<T: Aggregate> {
    /// Exactly HSDS, its id included.
    pub record: T,
    /// Our own facts about it.
    pub facts: T::Facts,
    /// Fields of the source that are not in the standard, by JSON pointer: kept for a round trip,
    /// never published, always empty for an `area` listing.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Whether readers may see it.
    pub standing: Standing,
    /// Who told us, and what they call it.
    pub origin: Origin,
    /// Counts the writes of this entry, from 1.
    pub revision: u64,
    /// When it was first written.
    pub created: Timestamp,
    /// When it was last written.
    pub changed: Timestamp,
}

/// Whether readers may see an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Anyone may read it.
    Published,
    /// It was public and is not any more; its id answers 410.
    Withdrawn,
    /// It was public and would tell a protected place: emptied, withdrawn, and never to be restored.
    Retired,
}

impl Standing {
    /// The word kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Retired => "retired",
        }
    }
}

/// Who told us, and what they call the record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The source.
    pub source: Id<kind::Source>,
    /// The source's own id for the record, as it wrote it.
    pub foreign_id: String,
}

/// Where records come from, and on what terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id here.
    pub id: Id<kind::Source>,
    /// A short stable name that the operator chose; unique.
    pub name: String,
    /// Where the data was published, if anywhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// The licence's name or SPDX id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub licence: Option<String>,
    /// The words the licence asks to show.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attribution: Option<String>,
}

/// What we know about an organization beside its record. The first two are never unset by a re-import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Option<StatedFacts>")]
pub struct OrganizationFacts {
    /// Only a short list of its fields is kept, and no place: it is of a kind that puts people at risk, or runs
    /// such a service.
    pub protected: bool,
    /// Its name once told such a kind: its services are `area` unless their source says otherwise.
    pub at_risk: bool,
    /// What makes it a network; `None` when it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Fingerprints of its texts that somebody let through the gate; only of a protected one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub let_through: Vec<String>,
}

/// The same as written; `null` in rows from before there were any.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StatedFacts {
    protected: bool,
    at_risk: bool,
    network: Option<Network>,
    let_through: Vec<String>,
}

impl From<Option<StatedFacts>> for OrganizationFacts {
    fn from(stated: Option<StatedFacts>) -> Self {
        let StatedFacts { protected, at_risk, network, let_through } = stated.unwrap_or_default();
        Self { protected, at_risk, network, let_through }
    }
}

/// What we know about a service beside its record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceFacts {
    /// How its places may be told. Never widened by a re-import.
    #[serde(default)]
    pub mode: PlaceMode,
    /// Gazetteer codes that an `area` or `remote` service serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// How one comes to be there, where the standard has no word for it.
    #[serde(default)]
    pub coming: Coming,
    /// How it works: first visit, roles, claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<Practice>,
    /// What makes it a resource for practice; `None` when it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// Fingerprints of its texts that somebody let through the gate ([`gate`](super::gate)); only of an `area` service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_through: Vec<String>,
}

impl ServiceFacts {
    /// With a claim for each marker among the terms of its record; `on` is the day on which its source looked last.
    pub fn claim_terms(&mut self, attributes: &[Attribute], on: Option<&str>) {
        let mut markers = attributes.iter().filter_map(marker_of).peekable();
        if markers.peek().is_some() {
            // A day of a private listing must be one that can be meant, as all of it.
            let on = on.filter(|day| self.mode != PlaceMode::Area || is_day(day));
            self.practice.get_or_insert_default().claim_terms(markers, on);
        }
    }

    /// The same as they may be believed on a day.
    pub fn believe_on(&mut self, today: NaiveDate) {
        self.coming = std::mem::take(&mut self.coming).believed_on(today);
        if let Some(practice) = &mut self.practice {
            practice.believe_on(today);
        }
    }

    /// The last day on which all of them are believed; `None` when nothing ends.
    pub fn believed_until(&self) -> Option<NaiveDate> {
        let practice = self.practice.as_ref().and_then(Practice::believed_until);
        self.coming.believed_until().into_iter().chain(practice).min()
    }
}

/// What we know about a link beside what is stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<StatedLinkFacts>")]
pub struct LinkFacts {
    /// Its day of review has passed, so that it has lapsed until it is stated with another.
    pub overdue: bool,
    /// A side was withdrawn, so that it has lapsed until it is stated in other words, or anew by a keeper.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub broken_off: bool,
}

impl LinkFacts {
    /// Whether it has lapsed, whatever it says itself.
    pub const fn has_lapsed(self) -> bool {
        self.overdue || self.broken_off
    }
}

/// The same as written; `null` in rows from before there were any.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StatedLinkFacts {
    overdue: bool,
    broken_off: bool,
}

impl From<Option<StatedLinkFacts>> for LinkFacts {
    fn from(stated: Option<StatedLinkFacts>) -> Self {
        let StatedLinkFacts { overdue, broken_off } = stated.unwrap_or_default();
        Self { overdue, broken_off }
    }
}
