//! The phrases of `phrases.toml`, made ready to be looked for in what somebody typed.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{
    urgency::Concern,
    weigh::{Sign, Weights},
};
use crate::domain::vocabulary::{is_one_slip, without_accent};

/// The most characters of a text that are read; no question may be longer.
const MOST_CHARACTERS: usize = 256;
/// The most words that a gap in a phrase stands for.
const GAP: usize = 3;
/// Where the text ends; also one of several words.
const END: &str = "$";
/// Letters of the shortest word that is put right: shorter ones are one slip away from too many others.
const SHORTEST_RESPELT: usize = 6;

/// What a phrase says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// It means something else: its words count for nothing.
    Harmless,
    /// It happened, or is said of people in general.
    Past,
    /// Somebody may be in danger.
    Now,
    /// What is looked for is about it.
    Topic,
}

/// Phrases that say the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) level: Level,
    /// Absent where they are harmless.
    pub(super) about: Option<Concern>,
    /// It is said of somebody else.
    #[serde(default)]
    pub(super) other: bool,
    /// It tells of something that happened.
    #[serde(default)]
    pub(super) event: bool,
    /// It may mean something else as well.
    #[serde(default)]
    pub(super) unclear: bool,
    phrases: Vec<String>,
}

/// All phrases, found by the words they begin with.
#[derive(Debug)]
pub(super) struct Phrases {
    rules: Vec<Rule>,
    phrases: Vec<(usize, Vec<Part>)>,
    by_first: HashMap<String, Vec<usize>>,
    long_ago: Vec<Vec<Part>>,
    immediate: Vec<Vec<Part>>,
    lists: HashMap<String, Vec<String>>,
    weights: Weights,
    spelt: HashMap<String, String>,
    /// Words that are put right where a letter is wrong, also by their letters, unless the word typed is one of `known`.
    respelt: Vec<(String, Vec<char>)>,
    known: HashSet<String>,
}

/// A part of a phrase.
#[derive(Debug, Clone)]
enum Part {
    Words { any: Vec<String>, may_be_left_out: bool },
    Gap,
    Number,
    Start,
    End,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    long_ago: Vec<String>,
    immediate: Vec<String>,
    lists: HashMap<String, String>,
    spelt: HashMap<String, String>,
    sign: Vec<Sign>,
    rule: Vec<Rule>,
}

impl Phrases {
    /// Reads the file.
    ///
    /// # Panics
    /// When it cannot be read: it is compiled in, and a test reads it.
    pub(super) fn read(text: &str) -> Self {
        let File { long_ago, immediate, lists, spelt, sign: signs, rule: rules } =
            toml::from_str(text).expect("a test reads the compiled-in phrases");
        let lists: HashMap<String, Vec<String>> = lists
            .into_iter()
            .map(|(name, words)| (name, words.split_ascii_whitespace().map(str::to_owned).collect()))
            .collect();
        let parts = |phrase: &String| phrase.split_ascii_whitespace().map(|part| Part::of(part, &lists)).collect();
        let mut phrases: Vec<(usize, Vec<Part>)> = Vec::new();
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        for (rule, phrase) in
            rules.iter().enumerate().flat_map(|(at, rule)| rule.phrases.iter().map(move |phrase| (at, phrase)))
        {
            let parts: Vec<Part> = parts(phrase);
            for word in first_words(&parts) {
                by_first.entry(word.clone()).or_default().push(phrases.len());
            }
            phrases.push((rule, parts));
        }
        let (long_ago, immediate): (Vec<Vec<Part>>, Vec<Vec<Part>>) =
            (long_ago.iter().map(parts).collect(), immediate.iter().map(parts).collect());
        let weights = Weights::of(signs);
        let all = phrases.iter().map(|(_, parts)| parts).chain(&long_ago).chain(&immediate).flatten();
        let of_parts = all.flat_map(|part| if let Part::Words { any, .. } = part { any.as_slice() } else { &[] });
        let known = of_parts.chain(lists.values().flatten()).chain(weights.words()).cloned().collect();
        let respelt = lists.get("respelt").into_iter().flatten();
        let respelt = respelt.map(|word| (word.clone(), word.chars().collect())).collect();
        Self { rules, phrases, by_first, long_ago, immediate, lists, weights, spelt, respelt, known }
    }

    /// What words weigh where no phrase fits.
    pub(super) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The words of a text in their usual spelling.
    pub(super) fn words(&self, text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| self.put_right(word)).collect()
    }

    fn put_right(&self, word: String) -> String {
        let word = self.spelt.get(&word).cloned().unwrap_or(word);
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < SHORTEST_RESPELT || self.known.contains(&word) {
            return word;
        }
        let alike =
            |known: &&(String, Vec<char>)| known.1.len().abs_diff(letters.len()) < 2 && is_one_slip(&letters, &known.1);
        self.respelt.iter().find(alike).map_or(word, |(known, _)| known.clone())
    }

    /// Whether the text has a word of that list.
    pub(super) fn has_one_of(&self, list: &str, words: &[String]) -> bool {
        self.lists.get(list).is_some_and(|list| words.iter().any(|word| list.contains(word)))
    }

    /// Whether the text says that it was long ago.
    pub(super) fn is_long_ago(&self, words: &[String]) -> bool {
        has_one_of(&self.long_ago, words)
    }

    /// Whether the text says that it is now, or was a moment ago.
    pub(super) fn is_immediate(&self, words: &[String]) -> bool {
        has_one_of(&self.immediate, words)
    }

    /// Every rule of a level that the text fits, with the words it fits; words that are `spent` fit nothing.
    pub(super) fn fitting<'a>(
        &'a self,
        level: Level,
        words: &'a [String],
        spent: &'a [bool],
    ) -> impl Iterator<Item = (&'a Rule, std::ops::Range<usize>)> {
        (0..words.len()).flat_map(move |from| {
            let begun = self.by_first.get(&words[from]).map_or(&[][..], Vec::as_slice);
            begun.iter().filter_map(move |&phrase| {
                let (rule, parts) = &self.phrases[phrase];
                let rule = &self.rules[*rule];
                if rule.level != level {
                    return None;
                }
                Some((rule, from..matches(parts, words, spent, from)?))
            })
        })
    }
}

impl Part {
    fn of(text: &str, lists: &HashMap<String, Vec<String>>) -> Self {
        match text {
            "*" => return Self::Gap,
            "#" => return Self::Number,
            "^" => return Self::Start,
            END => return Self::End,
            _ => {}
        }
        let (words, may_be_left_out) = text.strip_suffix('?').map_or((text, false), |words| (words, true));
        let any = words.split('|').flat_map(|word| match word.strip_prefix('@') {
            Some(list) => lists.get(list).expect("a test reads the compiled-in phrases").clone(),
            None => vec![word.to_owned()],
        });
        Self::Words { any: any.collect(), may_be_left_out }
    }
}

fn has_one_of(phrases: &[Vec<Part>], words: &[String]) -> bool {
    let whole = vec![false; words.len()];
    (0..words.len()).any(|at| phrases.iter().any(|parts| matches(parts, words, &whole, at).is_some()))
}

/// The words a phrase can begin with.
fn first_words(parts: &[Part]) -> &[String] {
    let first = parts.iter().find(|part| !matches!(part, Part::Start));
    match first {
        Some(Part::Words { any, may_be_left_out: false }) => any,
        _ => &[],
    }
}

/// Where a phrase that begins at a word ends; `None` when it does not fit.
fn matches(parts: &[Part], words: &[String], spent: &[bool], at: usize) -> Option<usize> {
    match parts.split_first() {
        None => Some(at),
        Some((Part::Start, rest)) => (at == 0).then(|| matches(rest, words, spent, at)).flatten(),
        Some((Part::End, rest)) => (at == words.len()).then(|| matches(rest, words, spent, at)).flatten(),
        Some((Part::Gap, rest)) => (at..=words.len().min(at + GAP)).find_map(|at| matches(rest, words, spent, at)),
        Some((Part::Number, rest)) => {
            let fits = words.get(at).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
            fits.then(|| matches(rest, words, spent, at + 1)).flatten()
        }
        Some((Part::Words { any, may_be_left_out }, rest)) => {
            let fits = words.get(at).is_some_and(|word| !spent[at] && any.contains(word));
            let ends = at == words.len() && any.iter().any(|word| word == END);
            let with = if ends {
                matches(rest, words, spent, at)
            } else if fits {
                matches(rest, words, spent, at + 1)
            } else {
                None
            };
            with.or_else(|| may_be_left_out.then(|| matches(rest, words, spent, at)).flatten())
        }
    }
}

/// The words of a text in small letters, without accents and apostrophes.
pub(super) fn words(text: &str) -> Vec<String> {
    let is_apostrophe = |c: char| matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{b4}');
    let plain: String = text
        .chars()
        .take(MOST_CHARACTERS)
        .filter(|c| !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { without_accent(c) } else { ' ' })
        .collect();
    plain.split_ascii_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{END, Level, Part, Phrases, SHORTEST_RESPELT, first_words, words};

    fn phrases() -> Phrases {
        Phrases::read(include_str!("phrases.toml"))
    }

    #[test]
    fn every_phrase_can_be_found() {
        let all = phrases();
        for (rule, parts) in &all.phrases {
            let text = format!("{:?} {parts:?}", all.rules[*rule].about);
            assert!(!first_words(parts).is_empty(), "its first word may be left out: {text}");
            for part in parts {
                let Part::Words { any, .. } = part else { continue };
                for word in any.iter().filter(|word| *word != END) {
                    assert_eq!(words(word), std::slice::from_ref(word), "not as words are folded: {text}");
                }
            }
        }
        for rule in &all.rules {
            assert_eq!(rule.about.is_none(), rule.level == Level::Harmless);
            assert!(!rule.other || rule.level == Level::Now);
            assert!(!rule.unclear || rule.level == Level::Topic);
        }
        for list in ["study", "today", "speaks", "seeks", "respelt"] {
            assert!(all.lists.contains_key(list));
        }
        let lists = all.lists.values().flatten().chain(all.weights.words());
        for word in lists.chain(all.spelt.keys()).chain(all.spelt.values()) {
            assert_eq!(words(word), std::slice::from_ref(word), "not as words are folded");
        }
        // A list that says "scared" for "sacred" would take a word of its own for a slip.
        assert!(
            all.respelt
                .iter()
                .all(|(word, letters)| letters.len() >= SHORTEST_RESPELT && all.put_right(word.clone()) == *word)
        );
    }

    #[test]
    fn words_are_plain() {
        assert_eq!(words("I’m on the BRIDGE; rŵan!"), ["im", "on", "the", "bridge", "rwan"]);
        assert!(words("?!… ").is_empty());
    }
}
