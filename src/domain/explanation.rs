//! Why a listing is in an answer, told to whoever asks for it: of the words, the filters and the place that were asked
//! for, what it states. Made of published bytes only.

use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::{answer::UnderstoodTerm, card::NamedArea};

/// Why a listing is in an answer.
#[derive(Clone, Default, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Explanation {
    /// For each word or phrase that was looked for, in its order, what the listing has of it.
    pub words: Vec<WordReason>,
    /// For each filter, what the listing answers.
    pub filters: Vec<FilterReason>,
    /// How it fits the place; absent when none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceReason>,
}

/// It holds what was typed and asked for, so it prints nothing of it.
impl std::fmt::Debug for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Explanation")
    }
}

/// What a listing has of one word or phrase. With nothing of it, the search asked for less than all words.
#[derive(Clone, PartialEq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct WordReason {
    /// The word or phrase, lower-cased and without accents.
    pub typed: String,
    /// Where it stands; absent when it does not, and where `terms` say it better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<FoundIn>,
    /// Terms that it stands for and that the listing has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub terms: Vec<UnderstoodTerm>,
    /// Whether the listing says the same in other words, and in none that were typed.
    pub in_other_words: bool,
    /// Wider terms than those it stands for, which the listing has in place of all that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub broader: Vec<UnderstoodTerm>,
}

/// Where a word stands in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum FoundIn {
    /// In its name.
    Name,
    /// In its other names, its organisation's name, or what people type for its terms.
    Names,
    /// In its description, or partly there and partly in its names.
    Text,
}

/// What a listing answers to one filter.
#[derive(Clone, PartialEq, Eq, Serialize, Object)]
pub struct FilterReason {
    /// The name of the parameter.
    pub parameter: String,
    /// What it answers.
    pub answer: FilterAnswer,
}

/// What a listing says of what was filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum FilterAnswer {
    /// Yes.
    Stated,
    /// Yes, when it is asked for beforehand.
    OnRequest,
    /// Nothing: ask.
    NotStated,
}

/// How a listing fits the place that was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_empty)]
pub struct PlaceReason {
    /// By what.
    pub by: PlaceMatch,
    /// The areas that it serves and that the place lies in or touches; or the area asked for, where it is in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub areas: Vec<NamedArea>,
}

/// By what a listing fits a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum PlaceMatch {
    /// It lies in the circle around the place: see `distance_km`.
    Distance,
    /// It lies in the area asked for.
    InArea,
    /// It serves an area that holds the place.
    Serves,
    /// It serves an area next to the place, not the place: ask.
    ServesNearby,
    /// It does not state whom it serves: ask.
    NotStated,
}
