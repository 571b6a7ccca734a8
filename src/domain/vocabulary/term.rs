//! One term of the vocabulary, as it is published.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use crate::domain::{
    crisis::Nation,
    id::{Id, kind},
};

/// One term of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Term {
    /// Its id, for ever the same: `suicide-loss`.
    pub id: String,
    /// The facet it belongs to.
    pub facet: Facet,
    /// What is shown, in plain English.
    pub label: String,
    /// What is shown, in Welsh; see `label_cy_status`.
    pub label_cy: String,
    /// How far the Welsh label and the Welsh description have been agreed.
    pub label_cy_status: String,
    /// What it covers, in one plain sentence.
    pub description: String,
    /// What it covers, in one plain sentence in Welsh; see `label_cy_status`.
    pub description_cy: String,
    /// What people type for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub synonyms: Vec<String>,
    /// What people type for it in capitals; the same letters in lower case may be another word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub abbreviations: Vec<String>,
    /// What to mind when writing or reading a listing with it, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// The id of the wider term of the same facet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broader: Option<String>,
    /// Ids of terms to look at as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub related: Vec<String>,
    /// The nations in which it exists; absent when it exists in all four.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub nations: Vec<Nation>,
    /// What stands there in each other nation, for a term that does not exist in all four.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub counterparts: Vec<Counterpart>,
    /// Whether showing where this kind of support happens puts people at risk. Such listings show an area only.
    pub at_risk: bool,
    /// How far the term has been agreed.
    pub status: String,
    /// Words that mean the same as each other, so that who types one finds what says another.
    #[serde(skip)]
    #[oai(skip)]
    pub same: Vec<String>,
    /// What people say who look for it: it finds what the words of `same` find.
    #[serde(skip)]
    #[oai(skip)]
    pub says: Vec<String>,
    /// Old or hurtful words: they find, and are never shown nor sent.
    #[serde(skip)]
    #[oai(skip)]
    pub search_only: Vec<String>,
}

/// What stands in another nation where a term does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Counterpart {
    /// The nation.
    pub nation: Nation,
    /// What stands there, in plain words: the label of `term` where there is one.
    pub text: String,
    /// The id of the term that stands there; absent when the vocabulary has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
}

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Facet {
    /// What happened, or what it is about.
    Need,
    /// The kind of support.
    Support,
    /// The approach a group or service works by.
    Approach,
    /// Whom it is for.
    Audience,
    /// How to come in.
    WayIn,
    /// What it says about how it keeps people safe and heard.
    Marker,
    /// What makes it possible to come.
    Access,
}

impl Facet {
    /// Every facet, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Need, Self::Support, Self::Approach, Self::Audience, Self::WayIn, Self::Marker, Self::Access];

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Support => "support",
            Self::Approach => "approach",
            Self::Audience => "audience",
            Self::WayIn => "way_in",
            Self::Marker => "marker",
            Self::Access => "access",
        }
    }

    /// The facet of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.as_str() == word)
    }
}

impl Term {
    /// What finds the term by single words, in one line for the index: its labels, and of synonyms, abbreviations and
    /// search-only words those that are one word. Never shown.
    ///
    /// A phrase finds the term as a whole, by [`Vocabulary::by_phrase`](super::Vocabulary::by_phrase). Its words are left
    /// out, because those of several terms would add up to phrases that none of them has: a bereavement group that
    /// welcomes babies is none for the loss of one.
    pub fn words(&self) -> String {
        let labels = [&self.label, &self.label_cy].into_iter();
        let others = (self.synonyms.iter())
            .chain(&self.same)
            .chain(&self.says)
            .chain(&self.abbreviations)
            .chain(&self.search_only)
            .filter(|phrase| !phrase.contains(' '));
        labels.chain(others).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The term's id as an HSDS taxonomy term: a UUID that never changes.
    pub fn hsds_id(&self) -> Id<kind::TaxonomyTerm> {
        Id::named(TAXONOMY_ID, &self.id)
    }
}

/// The taxonomy that the house terms belong to, as HSDS sees it.
pub const TAXONOMY_ID: Id<kind::Taxonomy> = Id::from_u128(0x6b69_7468_0000_4000_8000_0000_0000_0001);

/// How far the terms have been agreed.
pub const STATUS: &str = "proposed by maintainers; not yet reviewed by people with lived experience";

/// How far the Welsh labels and descriptions have been agreed.
pub const WELSH_STATUS: &str = "not yet checked by a Welsh speaker";
