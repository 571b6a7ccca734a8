//! The words the directory sorts listings by: seven facets of terms, compiled in.
//!
//! One file a facet in `terms/`, one block a term:
//!
//! ```toml
//! [[term]]
//! id = "suicide-loss"             # for ever; unique over all facets
//! en = "Bereaved by suicide"      # what is shown
//! cy = "Profedigaeth drwy hunanladdiad"
//! about = "One plain sentence."
//! words = "suicide loss, ..."     # what people type, Welsh words among them
//! caps = "SOBS"                   # counts only when typed in capitals: "DID" is not "did"
//! old = "..."                     # old or hurtful words: they find, they are never shown
//! broader = "bereavement"         # the wider term
//! related = "ptsd, voices"
//! nations = "england"             # absent: all four
//! at_risk = true                  # showing where it happens puts people at risk
//! ```
//!
//! A term that has been published keeps its id and its meaning; a better label is a new label.

mod at_risk;
mod phrases;

use std::{collections::HashMap, sync::LazyLock};

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

pub use at_risk::{at_risk_words, describes_at_risk, is_at_risk};
pub use phrases::{Phrase, Reading};

use super::{
    crisis::Nation,
    id::{Id, kind},
};

/// The taxonomy that the house terms belong to, as HSDS sees it.
pub const TAXONOMY_ID: Id<kind::Taxonomy> = Id::from_u128(0x6b69_7468_0000_4000_8000_0000_0000_0001);

/// How far the terms have been agreed.
pub const STATUS: &str = "proposed by maintainers; not yet reviewed by people with lived experience";

/// How far the Welsh labels have been agreed.
pub const WELSH_STATUS: &str = "not yet checked by a Welsh speaker";

/// The facets with the text of their terms, in the order in which they are offered.
const SOURCES: [(Facet, &str); 7] = [
    (Facet::Need, include_str!("terms/need.toml")),
    (Facet::Support, include_str!("terms/support.toml")),
    (Facet::Approach, include_str!("terms/approach.toml")),
    (Facet::Audience, include_str!("terms/audience.toml")),
    (Facet::WayIn, include_str!("terms/way_in.toml")),
    (Facet::Marker, include_str!("terms/marker.toml")),
    (Facet::Access, include_str!("terms/access.toml")),
];

/// The vocabulary, read once.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::compiled_in);
    &VOCABULARY
}

/// All terms, and what people type for them.
#[derive(Debug)]
pub struct Vocabulary {
    /// Changes when any term changes; 16 hexadecimal digits.
    pub version: &'static str,
    /// Every term, facet by facet, in the order in which they are offered.
    pub terms: Vec<Term>,
    by_id: HashMap<String, usize>,
    phrases: phrases::Phrases,
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
    /// How far the Welsh label has been agreed.
    pub label_cy_status: String,
    /// What it covers, in one plain sentence.
    pub description: String,
    /// What people type for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub synonyms: Vec<String>,
    /// What people type for it in capitals; the same letters in lower case may be another word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub abbreviations: Vec<String>,
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
    /// Whether showing where this kind of support happens puts people at risk. Such listings show an area only.
    pub at_risk: bool,
    /// How far the term has been agreed.
    pub status: String,
    /// Old or hurtful words: they find, and are never shown nor sent.
    #[serde(skip)]
    #[oai(skip)]
    pub search_only: Vec<String>,
}

impl Term {
    /// Everything that finds the term, in one line for the index: labels, synonyms, abbreviations
    /// and search-only words. Never shown.
    pub fn words(&self) -> String {
        let labels = [&self.label, &self.label_cy];
        let words: Vec<&str> = labels
            .into_iter()
            .chain(&self.synonyms)
            .chain(&self.abbreviations)
            .chain(&self.search_only)
            .map(String::as_str)
            .collect();
        words.join(" ")
    }

    /// The term's id as an HSDS taxonomy term: a UUID that never changes.
    pub fn hsds_id(&self) -> Id<kind::TaxonomyTerm> {
        Id::named(TAXONOMY_ID, &self.id)
    }
}

impl Vocabulary {
    /// The term of that id.
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.by_id.get(id).map(|&at| &self.terms[at])
    }

    /// The terms of a facet, in the order in which they are offered.
    pub fn facet(&self, facet: Facet) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.facet == facet)
    }

    /// The terms directly under a wider one: who asks for `bereavement` may want `suicide-loss`.
    pub fn narrower<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Term> {
        self.terms.iter().filter(move |term| term.broader.as_deref() == Some(id))
    }

    /// Everything that stands for a term: labels, synonyms, abbreviations and search-only words.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.phrases.iter()
    }

    /// What the words stand for: the longest phrases from left to right, none overlapping another.
    ///
    /// A phrase may stand for several terms ("housing"); then all of them are given and none is
    /// guessed. Case, accents, apostrophes and plurals do not matter, but an abbreviation that is
    /// also a word must be in capitals. Reads at most 256 characters.
    pub fn by_phrase<'t>(&self, text: &'t str) -> Vec<Reading<'_, 't>> {
        self.phrases.read(text, &self.terms)
    }

    fn compiled_in() -> Self {
        static VERSION: LazyLock<String> = LazyLock::new(|| format!("{:016x}", fingerprint()));
        let mut terms = Vec::new();
        for (facet, text) in SOURCES {
            let file: File = toml::from_str(text).expect("the compiled-in terms are read by a test");
            terms.extend(file.term.into_iter().map(|block| block.into_term(facet)));
        }
        let by_id = terms.iter().enumerate().map(|(at, term)| (term.id.clone(), at)).collect();
        let phrases = phrases::Phrases::of(&terms);
        Self { version: VERSION.as_str(), terms, by_id, phrases }
    }
}

/// A hash (FNV-1a) of all the texts: it need only differ when they do.
fn fingerprint() -> u64 {
    SOURCES
        .iter()
        .flat_map(|(_, text)| text.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    term: Vec<Block>,
}

/// A term as it is written in `terms/`; lists are separated by commas.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    id: String,
    en: String,
    cy: String,
    about: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    caps: String,
    #[serde(default)]
    old: String,
    broader: Option<String>,
    #[serde(default)]
    related: String,
    #[serde(default)]
    nations: String,
    #[serde(default)]
    at_risk: bool,
}

impl Block {
    fn into_term(self, facet: Facet) -> Term {
        let nation = |word: String| Nation::from_word(&word).expect("the compiled-in nations are read by a test");
        Term {
            id: self.id,
            facet,
            label: self.en,
            label_cy: self.cy,
            label_cy_status: WELSH_STATUS.to_owned(),
            description: self.about,
            synonyms: listed(&self.words),
            abbreviations: listed(&self.caps),
            broader: self.broader,
            related: listed(&self.related),
            nations: listed(&self.nations).into_iter().map(nation).collect(),
            at_risk: self.at_risk,
            status: STATUS.to_owned(),
            search_only: listed(&self.old),
        }
    }
}

fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Facet, vocabulary};

    #[test]
    fn ids_are_plain_and_unique_over_all_facets_and_fit_a_mask() {
        let mut seen = HashSet::new();
        for term in &vocabulary().terms {
            assert!(
                term.id
                    .split('-')
                    .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())),
                "{}",
                term.id
            );
            assert!(seen.insert(&term.id), "{} twice", term.id);
            assert_eq!(vocabulary().term(&term.id), Some(term));
        }
        assert!((134..=256).contains(&seen.len()), "{}", seen.len());
        assert!(
            Facet::ALL
                .into_iter()
                .all(|facet| vocabulary().facet(facet).count() >= 10 && Facet::from_word(facet.as_str()) == Some(facet))
        );
    }

    #[test]
    fn every_term_can_be_shown_and_points_only_at_terms() {
        for term in &vocabulary().terms {
            assert!(!term.label.is_empty() && !term.label_cy.is_empty(), "{}", term.id);
            assert!(term.description.ends_with('.') && !term.description.contains(". "), "{}: one sentence", term.id);
            for other in term.related.iter().chain(&term.broader) {
                assert!(vocabulary().term(other).is_some_and(|other| other.id != term.id), "{} -> {other}", term.id);
            }
            if let Some(wider) = term.broader.as_deref().and_then(|id| vocabulary().term(id)) {
                assert_eq!(wider.facet, term.facet, "{}", term.id);
            }
        }
        let narrower: Vec<&str> = vocabulary().narrower("bereavement").map(|term| term.id.as_str()).collect();
        assert_eq!(narrower, ["suicide-loss", "traumatic-loss", "baby-loss"]);
    }

    #[test]
    fn old_words_are_neither_shown_nor_sent() {
        let loss = vocabulary().term("suicide-loss").unwrap();
        assert!(
            loss.search_only.contains(&"committed suicide".to_owned()) && loss.words().contains("committed suicide")
        );
        assert!(!serde_json::to_string(loss).unwrap().contains("committed"));
        for term in &vocabulary().terms {
            let shown: Vec<&String> = term.synonyms.iter().chain(&term.abbreviations).collect();
            assert!(term.search_only.iter().all(|old| !shown.contains(&old)), "{}", term.id);
        }
    }

    #[test]
    fn the_published_shape_is_what_is_written() {
        use poem_openapi::types::ToJSON;
        for term in &vocabulary().terms {
            assert_eq!(term.to_json(), Some(serde_json::to_value(term).unwrap()), "{}", term.id);
        }
    }
}
