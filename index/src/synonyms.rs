//! Phrases people type, and what counts as them: terms of the vocabulary, and other phrases that mean the same.

use std::collections::HashMap;

use crate::words::{Typed, stems_of, typed};

/// Further phrases kept for one phrase; the first ones given.
const MOST_PHRASES: usize = 12;
/// Words of a further phrase, weak ones apart; longer phrases are left out.
const MOST_PHRASE_WORDS: usize = 4;

/// What counts as a phrase.
#[derive(Clone, Debug, Default)]
pub struct Synonym<'a> {
    /// What is typed: one or more words.
    pub phrase: &'a str,
    /// Ids of terms: documents that have one match.
    pub terms: Vec<&'a str>,
    /// Ids of broader terms: documents that have one match too, after all that match otherwise.
    pub broader: Vec<&'a str>,
    /// Further phrases: documents that have all words of one match too, and score less than by the words typed.
    pub phrases: Vec<&'a str>,
}

/// Phrases people type and what they mean, analysed once when they are loaded.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    meanings: HashMap<Vec<String>, Meaning>,
    longest: usize,
}

/// Terms, and stems of further phrases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meaning {
    pub terms: Vec<String>,
    pub broader: Vec<String>,
    pub phrases: Vec<Vec<String>>,
}

impl Synonyms {
    /// Takes phrases and their meanings; what is given several times is added up.
    ///
    /// Of the further phrases at most 12 are kept, of at most 4 words each. Those of weak words only are left out, and
    /// so are those that could find nothing more, because they hold the phrase itself or another one kept.
    pub fn new<'a>(synonyms: impl IntoIterator<Item = Synonym<'a>>) -> Self {
        let mut out = Self::default();
        for synonym in synonyms {
            let words = typed(synonym.phrase);
            if words.is_empty() {
                continue;
            }
            out.longest = out.longest.max(words.len());
            let own = stems_of(&words);
            let meaning = out.meanings.entry(words.into_iter().map(|typed| typed.stem).collect()).or_default();
            for (terms, into) in [(synonym.terms, &mut meaning.terms), (synonym.broader, &mut meaning.broader)] {
                for term in terms {
                    if !into.iter().any(|have| have == term) {
                        into.push(term.to_owned());
                    }
                }
            }
            // A phrase that stands for the broader term as well has it as its own.
            let Meaning { terms, broader, .. } = meaning;
            broader.retain(|term| !terms.contains(term));
            for phrase in synonym.phrases {
                meaning.add(&own, &typed(phrase));
            }
        }
        out
    }

    /// Length and meaning of the longest known phrase at the start of `words`.
    pub(crate) fn longest(&self, words: &[Typed]) -> Option<(usize, &Meaning)> {
        (1..=self.longest.min(words.len())).rev().find_map(|length| {
            let stems: Vec<String> = words[..length].iter().map(|typed| typed.stem.clone()).collect();
            self.meanings.get(&stems).map(|meaning| (length, meaning))
        })
    }
}

impl Meaning {
    /// Adds a phrase unless every document that has it is found already.
    fn add(&mut self, own: &[String], phrase: &[Typed]) {
        let stems = stems_of(phrase);
        let holds = |all: &[String], some: &[String]| some.iter().all(|stem| all.contains(stem));
        let says_nothing = phrase.iter().all(|typed| typed.weak);
        if says_nothing || stems.len() > MOST_PHRASE_WORDS || holds(&stems, own) {
            return;
        }
        if self.phrases.iter().any(|have| holds(&stems, have)) {
            return;
        }
        self.phrases.retain(|have| !holds(have, &stems));
        if self.phrases.len() < MOST_PHRASES {
            self.phrases.push(stems);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Words;

    fn terms<'a>(phrase: &'a str, terms: &[&'a str]) -> Synonym<'a> {
        Synonym { phrase, terms: terms.to_vec(), ..Synonym::default() }
    }

    #[test]
    fn the_longest_phrase_brings_its_terms() {
        let synonyms = Synonyms::new([
            terms("suicide", &["suicide-thoughts"]),
            terms("lost someone to suicide", &["suicide-loss"]),
            terms("griefs", &["bereavement"]),
            terms("grief", &["bereavement", "loss"]),
        ]);
        let words = Words::parse("I lost someone to suicide, grief").with_synonyms(&synonyms);
        let groups = words.groups();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].typed, "lost someone to suicide");
        assert_eq!(groups[0].stems, ["lost", "suicid"]);
        assert_eq!(groups[0].terms, ["suicide-loss"]);
        assert_eq!(groups[1].terms, ["bereavement", "loss"]);
        assert_eq!(words.dropped(), ["i"]);
    }

    #[test]
    fn further_phrases_are_kept_only_where_they_find_more() {
        let phrases = vec![
            "support group",           // weak words only
            "grief support",           // holds the phrase itself
            "bereavement counselling", // given up for the shorter one below
            "bereaved",
            "bereavement of a friend",             // holds one kept
            "when somebody very close died today", // too long
            "loss of a child",
        ];
        let synonyms = Synonyms::new([Synonym { phrase: "griefs", phrases, ..Synonym::default() }]);
        let words = Words::parse("grief").with_synonyms(&synonyms);
        assert_eq!(words.groups()[0].phrases, [vec!["bereav"], vec!["child", "loss"]]);
        let many: Vec<String> = (0..40).map(|n| format!("word{n}")).collect();
        let phrases = many.iter().map(String::as_str).collect();
        let synonyms = Synonyms::new([Synonym { phrase: "grief", phrases, ..Synonym::default() }]);
        assert_eq!(Words::parse("grief").with_synonyms(&synonyms).groups()[0].phrases.len(), MOST_PHRASES);
    }

    #[test]
    fn a_broader_term_that_the_phrase_stands_for_too_is_its_own() {
        let of =
            |phrase, term, broader| Synonym { phrase, terms: vec![term], broader: vec![broader], ..Synonym::default() };
        let synonyms = Synonyms::new([
            of("miscarriage", "baby-loss", "bereavement"),
            of("son died", "child-loss", "bereavement"),
            terms("son died", &["bereavement"]),
        ]);
        let groups = |text| Words::parse(text).with_synonyms(&synonyms).groups().to_vec();
        assert_eq!(groups("miscarriage")[0].broader, ["bereavement"]);
        assert_eq!(groups("my son died")[0].terms, ["child-loss", "bereavement"]);
        assert!(groups("my son died")[0].broader.is_empty());
    }

    #[test]
    fn a_weak_word_with_a_meaning_is_looked_for() {
        let synonyms = Synonyms::new([terms("support group", &["peer-group"])]);
        let words = Words::parse("a support group").with_synonyms(&synonyms);
        assert_eq!(words.groups().len(), 1);
        assert_eq!(words.groups()[0].terms, ["peer-group"]);
        assert_eq!(words.dropped(), ["a"]);
    }
}
