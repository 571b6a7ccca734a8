//! What people type, made into words to look for; and the one analysis that documents go through too.
//!
//! Nothing typed ever reaches a query parser. Text is cut at everything that is not a letter or digit, lower-cased,
//! freed of accents and possessives and stemmed. Words that say nothing here ("the", "support", "near") are dropped
//! while others remain. A phrase of the vocabulary also matches documents that have its term.

use std::collections::HashMap;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// Name under which the analysis is known to the engine.
pub(crate) const ANALYSER: &str = "kith";
/// Characters of a text that are looked at; a caller refuses longer ones before.
pub const MOST_CHARACTERS: usize = 256;
/// Words of a text that are looked at.
pub const MOST_WORDS: usize = 16;
/// Longer runs of letters are cut: nobody means them as a word.
const LONGEST_WORD: usize = 40;

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

/// One thing looked for: a document matches when it has all the stems, or any of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub typed: String,
    pub stems: Vec<String>,
    pub terms: Vec<String>,
}

#[derive(Clone, Debug)]
struct Typed {
    word: String,
    stem: String,
    weak: bool,
}

impl Words {
    /// Analyses what a reader typed; looks at no more than [`MOST_CHARACTERS`] and [`MOST_WORDS`].
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().take(MOST_CHARACTERS).collect();
        let mut plain = plain_analyser();
        let mut stemmed = analyser();
        let (typed, stems) = (tokens(&mut plain, &text), tokens(&mut stemmed, &text));
        let tokens = typed
            .into_iter()
            .zip(stems)
            .take(MOST_WORDS)
            .map(|(word, stem)| Typed { weak: WEAK.split_ascii_whitespace().any(|weak| weak == word), word, stem })
            .collect();
        let mut words = Self { tokens, ..Self::default() };
        words.regroup(&Synonyms::default());
        words
    }

    /// The same words, where each phrase of the vocabulary also matches the terms it names.
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

    /// Takes the longest phrase the vocabulary knows at each place, then the words that are not weak.
    fn regroup(&mut self, synonyms: &Synonyms) {
        self.groups.clear();
        self.dropped.clear();
        let mut at = 0;
        let mut weak = Vec::new();
        while at < self.tokens.len() {
            let (length, terms) = synonyms.longest(&self.tokens[at..]).unwrap_or((1, &[]));
            let span = &self.tokens[at..at + length];
            at += length;
            if terms.is_empty() && span[0].weak {
                weak.push(span);
            } else {
                push_group(&mut self.groups, span, terms);
            }
        }
        if self.groups.is_empty() {
            for span in weak {
                push_group(&mut self.groups, span, &[]);
            }
        } else {
            self.dropped = weak.into_iter().flatten().map(|typed| typed.word.clone()).collect();
        }
    }
}

fn push_group(groups: &mut Vec<Group>, span: &[Typed], terms: &[String]) {
    let typed = span.iter().map(|typed| typed.word.as_str()).collect::<Vec<_>>().join(" ");
    let some_strong = span.iter().any(|typed| !typed.weak);
    let mut stems: Vec<String> =
        span.iter().filter(|typed| !(some_strong && typed.weak)).map(|typed| typed.stem.clone()).collect();
    stems.sort_unstable();
    stems.dedup();
    if !groups.iter().any(|group| group.stems == stems && group.terms == terms) {
        groups.push(Group { typed, stems, terms: terms.to_vec() });
    }
}

/// Phrases people type and the terms they mean, analysed once when the vocabulary is loaded.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    terms: HashMap<Vec<String>, Vec<String>>,
    longest: usize,
}

impl Synonyms {
    /// Takes pairs of a phrase (one or more words) and the ids of the terms it means.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> Self {
        let mut out = Self::default();
        let mut analyser = analyser();
        for (phrase, terms) in pairs {
            let stems = tokens(&mut analyser, phrase);
            if stems.is_empty() || stems.len() > MOST_WORDS {
                continue;
            }
            out.longest = out.longest.max(stems.len());
            let known = out.terms.entry(stems).or_default();
            for term in terms {
                if !known.iter().any(|have| have == term) {
                    known.push((*term).to_owned());
                }
            }
        }
        out
    }

    /// Length and terms of the longest known phrase at the start of `tokens`.
    fn longest(&self, tokens: &[Typed]) -> Option<(usize, &[String])> {
        (1..=self.longest.min(tokens.len())).rev().find_map(|length| {
            let stems: Vec<String> = tokens[..length].iter().map(|typed| typed.stem.clone()).collect();
            self.terms.get(&stems).map(|terms| (length, terms.as_slice()))
        })
    }
}

/// The analysis of documents and of what people type.
pub(crate) fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(Cutter)
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// The same without stems: words as a person would recognise them.
fn plain_analyser() -> TextAnalyzer {
    TextAnalyzer::builder(Cutter).filter(LowerCaser).filter(AsciiFoldingFilter).build()
}

fn tokens(analyser: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    analyser.token_stream(text).process(&mut |token| out.push(token.text.clone()));
    out
}

/// Cuts text into words: runs of letters and digits, with apostrophes inside closed and a final `'s` left off.
#[derive(Clone)]
struct Cutter;

struct Cut<'a> {
    text: &'a str,
    at: usize,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Cut<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut<'a> {
        Cut { text, at: 0, token: Token::default() }
    }
}

impl TokenStream for Cut<'_> {
    fn advance(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let Some(start) = rest.find(char::is_alphanumeric) else {
            return false;
        };
        let word = &rest[start..];
        let end = word.find(|c: char| !belongs(c)).unwrap_or(word.len());
        self.token.offset_from = self.at + start;
        self.at += start + end;
        self.token.offset_to = self.at;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        let word = without_possessive(&word[..end]);
        self.token.text.extend(word.chars().filter(|c| c.is_alphanumeric()).take(LONGEST_WORD));
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Letters, digits, apostrophes and the accents that follow a letter as characters of their own.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

fn without_possessive(word: &str) -> &str {
    let word = word.trim_end_matches(is_apostrophe);
    match word.strip_suffix(['s', 'S']) {
        Some(stem) if stem.ends_with(is_apostrophe) => stem.trim_end_matches(is_apostrophe),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        tokens(&mut analyser(), text)
    }

    #[test]
    fn case_accents_possessives_and_endings_do_not_matter() {
        assert_eq!(stems("Women's GROUPS, women\u{2019}s group"), ["women", "group", "women", "group"]);
        assert_eq!(stems("Caf\u{e9} Cafe\u{301} na\u{ef}ve"), ["cafe", "cafe", "naiv"]);
        assert_eq!(stems("bereaved bereaving"), ["bereav", "bereav"]);
        assert_eq!(stems("O'Brien don't"), ["obrien", "dont"]);
        assert_eq!(stems(" -- ' \u{1f642} !"), Vec::<String>::new());
    }

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
    fn the_longest_phrase_of_the_vocabulary_brings_its_terms() {
        let synonyms = Synonyms::new([
            ("suicide", ["suicide-thoughts"].as_slice()),
            ("lost someone to suicide", &["suicide-loss"]),
            ("griefs", &["bereavement"]),
            ("grief", &["bereavement", "loss"]),
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
    fn length_and_number_of_words_are_bounded() {
        assert_eq!(Words::parse(&"abc ".repeat(5000)).groups().len(), 1);
        let many: String = (0..500).map(|n| format!("w{n} ")).collect();
        assert_eq!(Words::parse(&many).groups().len(), MOST_WORDS);
        assert_eq!(Words::parse(&"x".repeat(5000)).groups()[0].typed.len(), LONGEST_WORD);
    }

    #[test]
    fn debug_output_holds_nothing_that_was_typed() {
        assert!(!format!("{:?}", Words::parse("refuge in Leeds")).contains("eeds"));
    }
}
