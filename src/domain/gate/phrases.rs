//! Phrases that pass as a whole although a word of them would not: "at school", "left home", "the house rules".
//!
//! Words of buildings, ways and directions are on no list, because with each other they tell the way. Without them refuges could
//! not say how people live in theirs. So each passes only in phrases that say nothing of where.

use std::{collections::HashMap, sync::LazyLock};

use super::{sentence::is_capitalised, words::in_lines};

const PHRASES: &str = include_str!("words/phrases.txt");

/// One phrase: for each place of it the words that may stand there.
type Phrase = Vec<Vec<&'static str>>;

/// How many of these words, as they are written, are a phrase that passes: as many as the longest has. The first may have a
/// capital where a sentence `begins`.
pub fn phrase(words: &[String], begins: bool) -> usize {
    let Some(first) = words.first() else { return 0 };
    let lower = first.to_lowercase();
    let is = |at: usize, word: &str| words[at] == word || (at == 0 && begins && is_capitalised(first) && lower == word);
    let fits = |phrase: &&Phrase| {
        words.len() >= phrase.len() && phrase.iter().enumerate().all(|(at, any)| any.iter().any(|word| is(at, word)))
    };
    let begun = [first.as_str(), &lower].into_iter().filter_map(|first| phrases().get(first)).flatten();
    begun.filter(fits).map(Vec::len).max().unwrap_or_default()
}

/// All phrases, by each word that they may begin with.
fn phrases() -> &'static HashMap<&'static str, Vec<Phrase>> {
    static ALL: LazyLock<HashMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
        let mut all: HashMap<&str, Vec<Phrase>> = HashMap::new();
        for text in in_lines(PHRASES).flat_map(|line| line.split(',')).map(str::trim) {
            let phrase: Phrase = text.split_whitespace().map(|part| part.split('|').collect()).collect();
            for first in phrase.first().into_iter().flatten() {
                all.entry(first).or_default().push(phrase.clone());
            }
        }
        all
    });
    &ALL
}

/// Every phrase, each word of it with what may stand in its place. For tests.
pub fn all_phrases() -> impl Iterator<Item = &'static Phrase> {
    phrases().values().flatten()
}

#[cfg(test)]
mod tests {
    use super::{all_phrases, is_capitalised, phrase};

    fn read(text: &str) -> usize {
        phrase(&text.split(' ').map(str::to_owned).collect::<Vec<_>>(), true)
    }

    #[test]
    fn words_of_where_pass_in_phrases_that_do_not_tell_it() {
        assert_eq!((read("at school and"), read("the front door key"), read("right to appeal")), (2, 3, 3));
        assert_eq!(
            (
                read("The right place to"),
                read("the Right Place to"),
                read("Rail to Refuge"),
                read("court of protection")
            ),
            (3, 0, 3, 0)
        );
        for text in
            ["school", "the school", "behind the school", "on the right", "opposite", "the bus station", "first left"]
        {
            assert_eq!(read(text), 0, "{text}");
        }
        // One word alone is for the lists, unless its capital says what it means.
        assert!(all_phrases().all(|phrase| phrase.len() > 1 || phrase[0].iter().all(|word| is_capitalised(word))));
    }
}
