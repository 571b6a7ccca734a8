//! What a text speaks of, weighed: concepts, each a list of words, and what it counts that several are spoken of together.
//!
//! Nobody can list every sentence that matters. But what is said of a hidden house, or by somebody in danger, is made of few
//! concepts, and each has words that can be listed by what they mean. A file of words and points says both; who asks
//! decides which part of a text is one utterance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

/// Words that end in any way are found by so many of their first letters.
const BEGINNING: usize = 3;

/// Concepts with their words, and points for those that are spoken of together.
pub(in crate::domain) struct Concepts {
    names: Vec<String>,
    /// Phrases by their first word, and those of one word of which only the beginning is listed by its first letters.
    by_word: HashMap<String, Vec<Listed>>,
    by_beginning: HashMap<String, Vec<Listed>>,
    base: i32,
    needs: Vec<Vec<(usize, usize)>>,
    points: Vec<(Vec<(usize, usize)>, i32)>,
}

/// What is said of concepts: each with the number of a phrase of its list.
pub(in crate::domain) type Said = BTreeSet<(usize, usize)>;

/// A phrase of a list.
struct Listed {
    /// The words behind the first; all of them where only the beginning of the last is listed.
    words: Vec<String>,
    is_begun: bool,
    concept: usize,
    number: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    base: i32,
    needs: Vec<Vec<String>>,
    points: Vec<Points>,
    concepts: BTreeMap<String, Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Points {
    of: Vec<String>,
    points: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
    /// Words that are also looked for as `forms` makes them.
    #[serde(default)]
    welsh: Vec<String>,
}

impl Concepts {
    /// Reads a file. `folded` gives the words of a phrase as those of a text will be; `forms` the other forms of a word.
    ///
    /// # Panics
    /// When it cannot be read, or gives points to a concept that it does not have: it is compiled in, and a test reads it.
    pub fn read(text: &str, folded: impl Fn(&str) -> Vec<String>, forms: impl Fn(&str) -> Vec<String>) -> Self {
        let file: File = toml::from_str(text).expect("a test reads the compiled-in concepts");
        let names: Vec<String> = file.concepts.keys().cloned().collect();
        let many = |of: &Vec<String>| {
            let mut many: BTreeMap<usize, usize> = BTreeMap::new();
            for name in of {
                let at = names.iter().position(|known| known == name);
                *many.entry(at.expect("a test reads the compiled-in concepts")).or_default() += 1;
            }
            many.into_iter().collect()
        };
        let needs = file.needs.iter().map(many).collect();
        let points = file.points.iter().map(|points| (many(&points.of), points.points)).collect();
        let mut concepts =
            Self { names, by_word: HashMap::new(), by_beginning: HashMap::new(), base: file.base, needs, points };
        for (concept, words) in file.concepts.into_values().enumerate() {
            let mut number = 0;
            for phrase in &words.words {
                number += 1;
                concepts.list(folded(phrase.trim_end_matches('*')), phrase.ends_with('*'), concept, number);
            }
            for phrase in &words.welsh {
                number += 1;
                let words = folded(phrase);
                let Some((first, rest)) = words.split_first() else { continue };
                for form in forms(first).into_iter().chain([first.clone()]) {
                    let changed = [vec![form], rest.to_vec()].concat();
                    concepts.list(changed, false, concept, number);
                }
            }
        }
        concepts
    }

    fn list(&mut self, words: Vec<String>, is_begun: bool, concept: usize, number: usize) {
        let alone = is_begun && words.len() == 1;
        let Some(first) = words.first() else { return };
        let begins = |first: &String| first.chars().take(BEGINNING).collect::<String>();
        let lists = if alone { &mut self.by_beginning } else { &mut self.by_word };
        let key = if alone { begins(first) } else { first.clone() };
        lists.entry(key).or_default().push(Listed { words, is_begun, concept, number });
    }

    /// What these words say.
    pub fn said(&self, words: &[&str]) -> Said {
        let mut said = Said::new();
        for (at, word) in words.iter().enumerate() {
            let beginning = word.char_indices().nth(BEGINNING).map_or(*word, |(end, _)| &word[..end]);
            let listed = self.by_word.get(*word).into_iter().chain(self.by_beginning.get(beginning)).flatten();
            let fits = listed.filter(|listed| listed.fits(&words[at..]));
            said.extend(fits.map(|listed| (listed.concept, listed.number)));
        }
        said
    }

    /// The number of a concept, by its name in the file.
    ///
    /// # Panics
    /// When there is none of that name.
    pub fn of(&self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).expect("a test asks for it")
    }

    /// What it counts that this was said; `None` where it cannot matter, whatever it counts.
    pub fn points(&self, said: &Said) -> Option<i32> {
        let mut many = vec![0; self.names.len()];
        said.iter().for_each(|(concept, _)| many[*concept] += 1);
        let speaks = |of: &Vec<(usize, usize)>| of.iter().all(|(concept, least)| many[*concept] >= *least);
        let counted = self.points.iter().filter(|(of, _)| speaks(of)).map(|(_, points)| points).sum::<i32>();
        self.needs.iter().any(speaks).then_some(self.base + counted)
    }
}

impl Listed {
    fn fits(&self, words: &[&str]) -> bool {
        let Some((last, before)) = self.words.split_last() else { return false };
        let Some(word) = words.get(before.len()) else { return false };
        before.iter().zip(words).all(|(listed, word)| listed == word)
            && if self.is_begun { word.starts_with(last.as_str()) } else { last == word }
    }
}

#[cfg(test)]
mod tests {
    use super::Concepts;

    const FILE: &str = r#"
base = -3
needs = [["bed", "flight"]]
points = [{ of = ["bed"], points = 2 }, { of = ["bed", "flight"], points = 5 }, { of = ["flight", "flight"], points = 10 }]
[concepts.bed]
words = ["a bed", "sleep*"]
welsh = ["gwely"]
[concepts.flight]
words = ["flee*", "run from", "running a*"]
"#;

    fn points(text: &str) -> Option<i32> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let concepts = Concepts::read(FILE, words, |word| vec![word.replacen("gw", "w", 1)]);
        let said = words(text);
        concepts.points(&concepts.said(&said.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    #[test]
    fn what_is_said_together_counts_together_and_a_word_said_twice_counts_once() {
        assert_eq!(points("a bed for who is fleeing"), Some(4));
        assert_eq!(points("a bed a bed for who is fleeing and fleeing"), Some(4));
        assert_eq!(points("sleepers run from him fleeing"), Some(14));
        assert_eq!(points("wely running away"), Some(4));
        for text in ["a bed", "running", "a be fleeing", "bed fleeing", ""] {
            assert_eq!(points(text), None, "{text}");
        }
    }
}
