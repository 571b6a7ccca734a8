//! The words that pass: those of the lists beside this file, and those of the house vocabulary.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::mutation;
use crate::domain::vocabulary::vocabulary;

const LISTS: [&str; 2] = [include_str!("words/english.txt"), include_str!("words/welsh.txt")];
/// Welsh words as they stand in a dictionary; they pass as they change behind others, too.
const ROOTS: &str = include_str!("words/welsh_roots.txt");
const WRITTEN: &str = include_str!("words/written.txt");
const NEVER: &str = include_str!("words/never.txt");
const LABELS: &str = include_str!("words/labels.txt");

/// How a word may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In texts, names and, at the beginning of a sentence, with a capital.
    Anywhere,
    /// It is also the name of a place: only in lower case inside a text.
    Small,
}

/// All words that pass.
pub struct Words {
    /// In lower case, with straight apostrophes.
    plain: HashMap<&'static str, Standing>,
    /// What is written with capitals, by its first word, the longest first.
    written: HashMap<String, Vec<Vec<String>>>,
    /// Forms of Welsh words that are on no other list: a name is not made of them ("Rowan" is one).
    formed: HashSet<&'static str>,
    /// Welsh words, behind which an article may be written.
    welsh: HashSet<&'static str>,
    labels: HashSet<&'static str>,
    never: HashSet<&'static str>,
}

/// The words, put together once.
pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(Words::compiled_in);
    &WORDS
}

impl Words {
    fn compiled_in() -> Self {
        let never: HashSet<&str> = in_lines(NEVER).flat_map(str::split_whitespace).collect();
        let mut plain = HashMap::new();
        let mut written: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        let mut welsh = HashSet::new();
        let mut formed = HashSet::new();
        // First what changes, so that what a list says of a word itself is what counts.
        for word in in_lines(ROOTS).flat_map(str::split_whitespace) {
            let forms = mutation::inflected(word);
            for form in forms.iter().flat_map(|form| mutation::changed(form)).chain(forms.clone()) {
                let form: &str = form.leak();
                if !never.contains(form) {
                    plain.entry(form).or_insert(Standing::Anywhere);
                    welsh.insert(form);
                    formed.insert(form);
                }
            }
        }
        welsh.extend(in_lines(LISTS[1]).flat_map(str::split_whitespace));
        for word in LISTS.into_iter().flat_map(in_lines).flat_map(str::split_whitespace) {
            formed.remove(word);
            match word.strip_prefix('~') {
                Some(word) => plain.insert(word, Standing::Small),
                None => plain.insert(word, Standing::Anywhere),
            };
        }
        for line in in_lines(WRITTEN) {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            written.entry(words[0].clone()).or_default().push(words);
        }
        // What the house calls its terms is written by the house.
        for term in &vocabulary().terms {
            let phrases = [&term.label, &term.label_cy].into_iter().chain(&term.synonyms);
            for (at, word) in phrases.flat_map(|phrase| of_phrase(phrase).enumerate()) {
                let lower: &'static str = word.to_lowercase().leak();
                if word.chars().any(char::is_numeric) || never.contains(lower) || word.chars().count() < 2 {
                    continue;
                }
                // With a capital inside a phrase it is a name ("Roma"), and stays one.
                if at > 0 && word.starts_with(char::is_uppercase) {
                    written.entry(word.to_owned()).or_default().push(vec![word.to_owned()]);
                } else if !word.chars().skip(1).any(char::is_uppercase) {
                    plain.entry(lower).or_insert(Standing::Anywhere);
                }
            }
        }
        written.values_mut().for_each(|phrases| phrases.sort_by_key(|words| std::cmp::Reverse(words.len())));
        let labels = in_lines(LABELS).flat_map(str::split_whitespace).collect();
        Self { plain, written, formed, welsh, labels, never }
    }

    /// How a word may stand; `None` when it may not.
    pub fn standing(&self, lower: &str) -> Option<Standing> {
        // "heddlu'r": what runs together with a Welsh word.
        let bare = || mutation::bare(lower).filter(|bare| self.welsh.contains(bare));
        self.plain.get(lower).or_else(|| self.plain.get(bare()?)).copied()
    }

    /// Whether a word may be a part of a name or of a path.
    pub fn names(&self, lower: &str) -> bool {
        self.plain.get(lower) == Some(&Standing::Anywhere) && !self.formed.contains(lower)
    }

    /// How many of these words are written so, with their capitals: as many as the longest phrase has.
    pub fn written(&self, words: &[String]) -> usize {
        let phrases = words.first().and_then(|first| self.written.get(first)).into_iter().flatten();
        phrases.filter(|phrase| words.starts_with(phrase)).map(Vec::len).max().unwrap_or_default()
    }

    /// Whether a part of a domain or of a mailbox's name is made of words of the list for those, one after the other.
    pub fn makes_label(&self, label: &str) -> bool {
        let mut reached = vec![false; label.len() + 1];
        reached[0] = true;
        for from in 0..label.len() {
            if reached[from] {
                let parts = self.labels.iter().filter(|word| label[from..].starts_with(**word));
                for word in parts.collect::<Vec<_>>() {
                    reached[from + word.len()] = true;
                }
            }
        }
        label.is_ascii() && !label.is_empty() && reached[label.len()]
    }
}

/// The lines of a list that are no comments.
pub fn in_lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a label, without what stands between them.
fn of_phrase(phrase: &str) -> impl Iterator<Item = &str> {
    phrase.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '+')).filter(|word| !word.is_empty())
}

/// All words that pass in texts, and whether they pass in lower case only. For tests, which hold them against the gazetteer.
pub fn listed() -> impl Iterator<Item = (&'static str, bool)> {
    words().plain.iter().map(|(word, standing)| (*word, *standing == Standing::Small))
}

/// All words of which domains may be made. For tests.
pub fn listed_in_labels() -> impl Iterator<Item = &'static str> {
    words().labels.iter().copied()
}

/// Whether a word is one of streets, buildings, landmarks or directions, which are on no list.
pub fn is_never(lower: &str) -> bool {
    words().never.contains(lower)
}

#[cfg(test)]
mod tests {
    use super::{listed, words};

    #[test]
    fn no_word_of_streets_buildings_landmarks_or_directions_is_on_a_list() {
        let words = words();
        assert!(listed().count() > 2_500 && words.never.len() > 300);
        let both: Vec<_> = listed().filter(|(word, _)| words.never.contains(word)).collect();
        assert!(both.is_empty(), "{both:?}");
        let both: Vec<_> = words.labels.iter().filter(|word| words.never.contains(**word)).collect();
        assert!(both.is_empty() && words.labels.iter().all(|word| word.len() >= 3), "{both:?}");
        let written = words.written.values().flatten().flatten();
        let both: Vec<_> = written.filter(|word| words.never.contains(word.to_lowercase().as_str())).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
