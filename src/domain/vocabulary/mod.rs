//! The words the directory sorts listings by: seven facets of terms, compiled in from `terms/`.
//!
//! [`Term`] is what is known of one, `file.rs` says how it is written down, [`by_phrase`] leads from
//! what people type to terms. [`values`] has the closed lists that are no terms: kinds of networks
//! and links, layers, ways to take part, cost. A term that has been published keeps its id and its meaning; a
//! better label is a new label.
//!
//! [`by_phrase`]: Vocabulary::by_phrase

mod at_risk;
mod file;
mod hiding;
mod phrases;
mod seen;
mod term;
pub mod values;
mod weighed;

use std::{collections::HashMap, sync::LazyLock};

pub use at_risk::{at_risk_words, describes_at_risk, is_at_risk, mentions_at_risk};
pub use phrases::{Phrase, Reading};
pub(in crate::domain) use phrases::{is_one_slip, without_accent};
pub use term::{Counterpart, Facet, STATUS, TAXONOMY_ID, Term, WELSH_STATUS};

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

    /// The text with each word that the vocabulary does not know, and that is one slip away from one that it does, put
    /// right: `berevement`. `None` when there is no such word. Reads at most 16 words.
    pub fn respelt(&self, text: &str) -> Option<String> {
        self.phrases.respelt(text)
    }

    fn compiled_in() -> Self {
        static VERSION: LazyLock<String> = LazyLock::new(|| format!("{:016x}", file::fingerprint()));
        let terms = file::terms();
        let by_id = terms.iter().enumerate().map(|(at, term)| (term.id.clone(), at)).collect();
        let phrases = phrases::Phrases::of(&terms);
        Self { version: VERSION.as_str(), terms, by_id, phrases }
    }
}

#[cfg(test)]
mod tests;
