//! What people type, made into words to look for.
//!
//! Nothing typed ever reaches a query parser. Words that say nothing here ("the", "support", "near") are dropped while
//! others remain. A phrase that the [`Synonyms`] know also matches documents that have one of its terms, or all words
//! of another phrase that means the same.

use crate::Synonyms;
use crate::analysis::{analyser, plain_analyser, tokens};
use crate::synonyms::Meaning;

/// Characters of a text that are looked at; a caller refuses longer ones before.
pub const MOST_CHARACTERS: usize = 256;
/// Words of a text that are looked at.
pub const MOST_WORDS: usize = 16;
/// Further phrases that are looked for in all groups together; those of the first groups go before.
const MOST_PHRASES: usize = 48;

/// Words without a meaning of their own in a directory of support, English and Welsh.
const WEAK: &str = "a about after all an and any are as at be by can do for from get has have help helps how i in is it \
    local looking me my near need of on or our people please service services she some someone support supports that \
    the their them there they this to us want was we what when where which who with you your group groups he her him \
    ar am ac gan gyda i o y yn yr";

/// What a reader's words come to: groups that must each match, and words left out.
#[derive(Clone, Default)]
pub struct Words {
    tokens: Vec<Typed>,
    groups: Vec<Group>,
    dropped: Vec<String>,
}

/// Never prints what was typed: it must not reach a log.
impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words {{ {} groups }}", self.groups.len())
    }
}

/// One thing looked for: a document matches when it has all the stems, any of the terms, or all stems of a phrase.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub typed: String,
    pub stems: Vec<String>,
    pub terms: Vec<String>,
    /// Terms that count too, after all else.
    pub broader: Vec<String>,
    pub phrases: Vec<Vec<String>>,
}

/// One word as it was typed.
#[derive(Clone)]
pub(crate) struct Typed {
    pub word: String,
    pub stem: String,
    pub weak: bool,
}

impl Words {
    /// Analyses what a reader typed; looks at no more than [`MOST_CHARACTERS`] and [`MOST_WORDS`].
    pub fn parse(text: &str) -> Self {
        let mut words = Self { tokens: typed(text), ..Self::default() };
        words.regroup(&Synonyms::default());
        words
    }

    /// The same words, where each phrase that is known also matches what it means.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: &Synonyms) -> Self {
        self.regroup(synonyms);
        self
    }

    /// Whether nothing is looked for: a browse.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Words that were left out because they say nothing beside the others.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Takes the longest known phrase at each place, then the words that are not weak.
    fn regroup(&mut self, synonyms: &Synonyms) {
        self.groups.clear();
        self.dropped.clear();
        let mut at = 0;
        let mut weak = Vec::new();
        while at < self.tokens.len() {
            let known = synonyms.longest(&self.tokens[at..]);
            let span = &self.tokens[at..at + known.as_ref().map_or(1, |(length, _)| *length)];
            at += span.len();
            let meaning = known.map_or_else(Default::default, |(_, meaning)| meaning.clone());
            if meaning.terms.is_empty() && meaning.phrases.is_empty() && span.iter().all(|typed| typed.weak) {
                weak.push(span);
            } else {
                push_group(&mut self.groups, span, meaning);
            }
        }
        if self.groups.is_empty() {
            for span in weak {
                push_group(&mut self.groups, span, Meaning::default());
            }
        } else {
            self.dropped = weak.into_iter().flatten().map(|typed| typed.word.clone()).collect();
        }
    }
}

fn push_group(groups: &mut Vec<Group>, span: &[Typed], meaning: Meaning) {
    let Meaning { terms, broader, mut phrases } = meaning;
    let typed = span.iter().map(|typed| typed.word.as_str()).collect::<Vec<_>>().join(" ");
    let stems = if terms.is_empty() { stems_of(span) } else { stems_of_meaning(span) };
    if !groups.iter().any(|group| group.stems == stems && group.terms == terms && group.phrases == phrases) {
        let before: usize = groups.iter().map(|group| group.phrases.len()).sum();
        phrases.truncate(MOST_PHRASES.saturating_sub(before));
        groups.push(Group { typed, stems, terms, broader, phrases });
    }
}

/// The words of a text, within the bounds.
pub(crate) fn typed(text: &str) -> Vec<Typed> {
    let text: String = text.chars().take(MOST_CHARACTERS).collect();
    let (words, stems) = (tokens(&mut plain_analyser(), &text), tokens(&mut analyser(), &text));
    let is_weak = |word: &str| WEAK.split_ascii_whitespace().any(|weak| weak == word);
    let words = words.into_iter().zip(stems).take(MOST_WORDS);
    words.map(|(word, stem)| Typed { weak: is_weak(&word), word, stem }).collect()
}

/// Stems that a text must have for a phrase with terms. Where weak words would leave a single one, that one says less
/// than the phrase: of "peer support" a text must have both, and of "someone to talk to" none will do.
fn stems_of_meaning(span: &[Typed]) -> Vec<String> {
    let mut stems = stems_of(span);
    if stems.len() == 1 && span.len() > 2 {
        stems.clear();
    } else if stems.len() == 1 {
        stems = span.iter().map(|typed| typed.stem.clone()).collect();
        stems.sort_unstable();
        stems.dedup();
    }
    stems
}

/// Stems of the words that are not weak, or of all when every one is; sorted, each once.
pub(crate) fn stems_of(span: &[Typed]) -> Vec<String> {
    let some_strong = span.iter().any(|typed| !typed.weak);
    let mut stems: Vec<String> =
        span.iter().filter(|typed| !(some_strong && typed.weak)).map(|typed| typed.stem.clone()).collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Synonym;
    use crate::analysis::LONGEST_WORD;

    #[test]
    fn weak_words_are_dropped_while_others_remain() {
        let words = Words::parse("grief support near me");
        assert_eq!(words.groups().len(), 1);
        assert_eq!(words.dropped(), ["support", "near", "me"]);
        let words = Words::parse("support group");
        assert_eq!(words.groups().len(), 2);
        assert!(words.dropped().is_empty());
        assert!(Words::parse("  ?! ").is_empty());
    }

    #[test]
    fn length_and_number_of_words_are_bounded() {
        assert_eq!(Words::parse(&"abc ".repeat(5000)).groups().len(), 1);
        let many: String = (0..500).map(|n| format!("w{n} ")).collect();
        assert_eq!(Words::parse(&many).groups().len(), MOST_WORDS);
        assert_eq!(Words::parse(&"x".repeat(5000)).groups()[0].typed.len(), LONGEST_WORD);
    }

    #[test]
    fn further_phrases_are_bounded_over_all_groups() {
        let typed: Vec<String> = (0..8).map(|n| format!("typed{n}")).collect();
        let phrases: Vec<String> = (0..10).map(|n| format!("other{n}")).collect();
        let phrases = || phrases.iter().map(String::as_str).collect();
        let known = typed.iter().map(|phrase| Synonym { phrase, phrases: phrases(), ..Synonym::default() });
        let words = Words::parse(&typed.join(" ")).with_synonyms(&Synonyms::new(known));
        let numbers: Vec<usize> = words.groups().iter().map(|group| group.phrases.len()).collect();
        assert_eq!(numbers, [10, 10, 10, 10, 8, 0, 0, 0]);
    }

    #[test]
    fn a_phrase_with_terms_is_not_found_by_one_word_of_it() {
        let known = Synonym { phrase: "someone to talk to", terms: vec!["crisis-line"], ..Synonym::default() };
        let peer = Synonym { phrase: "peer support", terms: vec!["peer-group"], ..Synonym::default() };
        let words = Words::parse("someone to talk to, peer support").with_synonyms(&Synonyms::new([known, peer]));
        let stems: Vec<_> = words.groups().iter().map(|group| group.stems.join(" ")).collect();
        assert_eq!(stems, ["", "peer support"]);
        assert_eq!(Words::parse("someone to talk to").groups()[0].stems, ["talk"]);
    }

    #[test]
    fn debug_output_holds_nothing_that_was_typed() {
        assert!(!format!("{:?}", Words::parse("refuge in Leeds")).contains("eeds"));
    }
}
