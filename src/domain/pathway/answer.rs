//! The published shape of an answer about ways: chains of agreed links, each step with what both sides say of it and
//! where somebody's scope ends.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use crate::domain::{
    answer::AsOf,
    card::ListingKind,
    coming::{Accepting, Wait},
    hold::{HeldTerm, PublicHold},
    link::Terms,
    vocabulary::values::{Direction, Handover, Relationship, SupportLayer},
};

/// The ways from a listing to another, or to the nearest of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PathwaysAnswer {
    /// Where they begin.
    pub from: PathwayEnd,
    /// Where they lead; absent where a layer was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<PathwayEnd>,
    /// The layer that they lead to; absent where a listing was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_layer: Option<SupportLayer>,
    /// The best agreed chains, the best first; at most five. To a layer, one to each of its nearest listings.
    pub pathways: Vec<Pathway>,
    /// Why there is none; absent where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<NoPathway>,
    /// Whether there was more to look at than one answer may: then there may be other ways.
    pub cut: bool,
    /// How fresh the answer is.
    pub as_of: AsOf,
    /// Whether these are invented sample listings.
    pub sample: bool,
}

/// One chain of agreed links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
pub struct Pathway {
    /// Its steps in the order in which they are gone.
    pub steps: Vec<PathwayStep>,
    /// How many of the `limits` of its steps there are in all; 0 where nobody's scope ends on the way, as far as is stated.
    pub limits_total: u32,
}

/// One step: from a listing to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct PathwayStep {
    /// The listing that one comes from.
    pub from: PathwayEnd,
    /// The listing that one comes to.
    pub to: PathwayEnd,
    /// What the first side of their link is to the second.
    pub relationship: Relationship,
    /// `to`: the listing that one comes from is the first side; `from`: it is the second.
    pub direction: Direction,
    /// What the one is to the other, in plain words: `refers people to`.
    pub label: String,
    /// The step in a sentence.
    pub in_words: String,
    /// Whether people are sent on or taken along this link. Otherwise the two belong together, and somebody knows somebody.
    pub sends_people: bool,
    /// What the listing that one comes from says of how the link works: what it does and does not do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says_from: Option<Terms>,
    /// What the listing that one comes to says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says_to: Option<Terms>,
    /// How people are handed over, as either side says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub handover: Vec<HandoverWay>,
    /// Within how many days the side that one comes to replies; absent when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_within_days: Option<u32>,
    /// Whether the listing that one comes to takes new people; absent when not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepting: Option<Accepting>,
    /// How long people wait there; absent when not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Where somebody's scope ends at this step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub limits: Vec<ScopeLimit>,
}

/// A listing on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PathwayEnd {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ListingKind,
    /// Its name.
    pub name: String,
    /// Its page, relative to this server.
    pub page_url: String,
    /// The layers of support that it stands in; none where its terms tell none.
    pub layers: Vec<SupportLayer>,
    /// Somebody has reported that something there is wrong, and keepers have not answered that yet; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub being_checked: Option<bool>,
    /// A reviewer has asked for it to be looked at; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<PublicHold>,
    /// Those of its terms that a reviewer has asked to be looked at, so that they are not offered for now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default, skip_serializing_if_is_empty)]
    pub held_terms: Vec<HeldTerm>,
}

/// A way to hand over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct HandoverWay {
    /// Its word.
    pub id: Handover,
    /// What is shown, in plain words.
    pub label: String,
}

/// Where somebody's scope ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ScopeLimit {
    /// What kind of limit it is.
    pub code: LimitCode,
    /// The id of the listing whose limit it is.
    pub listing: String,
    /// The limit in a sentence.
    pub in_words: String,
    /// What that side says itself; only with `scope`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// A kind of limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum LimitCode {
    /// The age asked with is outside what the listing states.
    Age,
    /// It takes nobody new at present: it is full, or has paused.
    NotAccepting,
    /// One side says what it does not do.
    Scope,
    /// It serves areas only, and not that of the listing before.
    Area,
}

/// Why there is no way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
pub struct NoPathway {
    /// Why.
    pub code: NoPathwayCode,
    /// The same in a sentence.
    pub in_words: String,
}

/// A reason why there is no way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum NoPathwayCode {
    /// The listing has no link that both sides say.
    NoAgreedLink,
    /// No chain of agreed links leads there, or only one too long to be walked.
    NoneNearEnough,
}
