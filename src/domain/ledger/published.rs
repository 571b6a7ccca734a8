//! The book of decisions as readers get it, with the numbers that it decides about.

use poem_openapi::Object;
use serde::Serialize;

use super::{Review, Subject};
use crate::domain::hold::Holds;

/// What has been decided about words and order, and the numbers of the order.
#[derive(Debug, Serialize, Object)]
#[oai(rename = "DecisionList", skip_serializing_if_is_none)]
pub struct Book {
    /// The version of the vocabulary that answers now, as `/v1/terms` has it.
    pub vocabulary: String,
    /// The fingerprint of the numbers below.
    pub weights_version: String,
    /// Every number that decides what is found first.
    pub weights: Vec<Weight>,
    /// How many decisions should have been looked at again by now.
    pub overdue: u32,
    /// What reviewers have asked to be looked at: how many listings and terms, on which grounds, for how long. Absent while the
    /// published view is built for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<Holds>,
    /// The decisions, the newest first.
    pub decisions: Vec<Decision>,
    /// Whether the listings are invented, and some of the decisions with them.
    pub sample: bool,
}

/// Something that decides what is found first.
#[derive(Debug, Clone, PartialEq, Serialize, Object)]
#[oai(rename = "RankingWeight")]
pub struct Weight {
    /// Its name.
    pub name: String,
    /// Its value; several where they are tried one after another.
    pub values: Vec<f64>,
    /// What it does, in a sentence.
    pub says: String,
}

/// A decision as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Decision {
    /// Its id, for ever the same.
    pub id: String,
    /// The day of the decision, `YYYY-MM-DD`.
    pub day: String,
    /// What it is about.
    pub subject: Subject,
    /// Which facet or part, where it is not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What the subject was when it was decided: the vocabulary's version, or the fingerprint of the weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// What was decided.
    pub decided: String,
    /// The role of those who proposed it.
    pub proposed_by: String,
    /// What was said against it; absent when nothing has been written down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub objections: Vec<String>,
    /// The day on which it is looked at again, `YYYY-MM-DD`.
    pub look_again: String,
    /// Whether that day has passed.
    pub overdue: bool,
    /// What somebody had asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub you_said: Option<String>,
    /// What was done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub we_did: Option<String>,
    /// What could not be done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub we_could_not: Option<String>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Who with lived experience has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<Review>,
    /// How far it has been agreed.
    pub status: String,
    /// Whether it is invented, to show how the directory works.
    pub invented: bool,
}
