//! Slips of the pen: words that nothing has, put right by the words of names.
//!
//! An automaton reads the words of names letter by letter, in the order of the alphabet, so that what words have in
//! common is read once and whole stretches of the alphabet are passed over as soon as they are too far from what was
//! typed. The nearest word wins, then the one that most documents have. No postings are read but those that tell
//! whether any of its documents may be shown.

use std::collections::HashSet;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Term};

use crate::columns::{TOMBSTONE, listing_key};
use crate::names::Names;
use crate::snapshot::Segment;
use crate::words::typed;
use crate::{Reader, Result};

/// Shorter words are left as they are: too many others are near.
const SHORTEST: usize = 4;
/// From so many letters on two slips are put right.
const LONG: usize = 8;
/// The most slips.
const MOST_SLIPS: usize = 2;

impl Reader {
    /// The words typed, in small letters, where words that nothing has are replaced by the nearest words of names: one
    /// slip away (a letter too many, too few, another one, or two that changed places), or two in long words. `None`
    /// when nothing is replaced. Names of listings in `withdrawn` replace nothing.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn respell(&self, text: &str, withdrawn: &HashSet<String>) -> Result<Option<String>> {
        let withdrawn: HashSet<u64> = withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let (mut changed, mut words) = (false, Vec::new());
        for typed in typed(text) {
            let is_word = typed.word.is_ascii() && typed.word.bytes().all(|byte| byte.is_ascii_alphabetic());
            let near = if typed.word.len() < SHORTEST || !is_word || self.is_known(&typed.stem)? {
                None
            } else {
                self.nearest(typed.word.as_bytes(), &withdrawn)?
            };
            changed |= near.is_some();
            words.push(near.unwrap_or(typed.word));
        }
        Ok(changed.then(|| words.join(" ")))
    }

    /// Whether any text has a word with this stem.
    fn is_known(&self, stem: &str) -> Result<bool> {
        let term = Term::from_field_text(self.snapshot.fields.all, stem);
        for segment in &self.snapshot.segments {
            if segment.all.postings.doc_freq(&term)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The nearest word of a name that may be shown; of words as near, the one that most documents have.
    fn nearest(&self, word: &[u8], withdrawn: &HashSet<u64>) -> Result<Option<String>> {
        let slips = if word.len() < LONG { 1 } else { MOST_SLIPS };
        let automaton = Automaton::new(word, slips);
        let mut near: Vec<(usize, Vec<u8>)> = Vec::new();
        for segment in &self.snapshot.segments {
            automaton.walk(&segment.names, |slips, at| near.push((slips, segment.names.word(at).to_vec())));
        }
        near.sort_unstable();
        near.dedup();
        let found = |word: &[u8]| -> u32 {
            let found = |names: &Names| names.find(0..names.len(), word).map_or(0, |at| names.found[at as usize]);
            self.snapshot.segments.iter().map(|segment| found(&segment.names)).sum()
        };
        // Equal ones stay in the order of the alphabet, so that the same is always put right in the same way.
        near.sort_by_cached_key(|(slips, word)| (*slips, u32::MAX - found(word)));
        for (_, word) in near {
            for segment in &self.snapshot.segments {
                if segment.shows(&word, withdrawn)? {
                    return Ok(Some(String::from_utf8_lossy(&word).into_owned()));
                }
            }
        }
        Ok(None)
    }
}

impl Segment {
    /// Whether a name with a word may be shown.
    fn shows(&self, word: &[u8], withdrawn: &HashSet<u64>) -> Result<bool> {
        let Some(info) = self.exact.terms().get(word)? else { return Ok(false) };
        let mut postings = self.exact.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        let is_shown = |doc: &DocId| {
            let at = *doc as usize;
            self.is_alive(*doc)
                && self.columns.flags[at] & TOMBSTONE == 0
                && !withdrawn.contains(&self.columns.listings[at])
        };
        while !postings.docs().is_empty() {
            if postings.docs().iter().any(is_shown) {
                return Ok(true);
            }
            postings.advance();
        }
        Ok(false)
    }
}

/// Tells how many slips lie between a word and others: in parallel for all beginnings of the word, a bit each.
struct Automaton {
    letters: usize,
    slips: usize,
    /// By letter: where it stands in the word, the first letter as bit 1.
    places: [u64; 256],
}

/// What has been read. Bit `n` of the number at `s`: it is the first `n` letters of the word, but for `s` slips or fewer.
#[derive(Clone, Copy, Default)]
struct State {
    now: [u64; MOST_SLIPS + 1],
    /// Before the last letter, for two that change places.
    before: [u64; MOST_SLIPS + 1],
    /// Where the last letter stands in the word.
    places: u64,
}

impl Automaton {
    /// For a word of at most 62 letters.
    fn new(word: &[u8], slips: usize) -> Self {
        let mut places = [0; 256];
        word.iter().enumerate().for_each(|(at, letter)| places[usize::from(*letter)] |= 2 << at);
        Self { letters: word.len(), slips, places }
    }

    fn start(&self) -> State {
        // So many letters may be missing at the beginning.
        State { now: std::array::from_fn(|slips| (2 << slips) - 1), ..State::default() }
    }

    fn read(&self, state: &State, letter: u8) -> State {
        let (places, last) = (self.places[usize::from(letter)], &state.now);
        let mut now = [0; MOST_SLIPS + 1];
        now[0] = last[0] << 1 & places;
        for slips in 1..=self.slips {
            let (another, one_more, one_less) = (last[slips - 1] << 1, last[slips - 1], now[slips - 1] << 1);
            let changed_places = state.before[slips - 1] << 2 & places << 1 & state.places;
            now[slips] = last[slips] << 1 & places | another | one_more | one_less | changed_places;
        }
        State { now, before: *last, places }
    }

    /// How many slips lie between the word and what has been read.
    fn slips(&self, state: &State) -> Option<usize> {
        (0..=self.slips).find(|slips| state.now[*slips] >> self.letters & 1 != 0)
    }

    /// Whether what has been read may become near.
    fn may_be(&self, state: &State) -> bool {
        state.now[self.slips] & ((2 << self.letters) - 1) != 0
    }

    /// Calls `with` for all words that are near.
    fn walk(&self, names: &Names, mut with: impl FnMut(usize, u32)) {
        // The states after each letter of the word before.
        let mut states = vec![self.start()];
        let (mut at, mut before): (u32, &[u8]) = (0, &[]);
        while at < names.len() {
            let word = names.word(at);
            let same = word.iter().zip(before).take_while(|(a, b)| a == b).count();
            states.truncate(same + 1);
            while states.len() <= word.len() && self.may_be(&states[states.len() - 1]) {
                states.push(self.read(&states[states.len() - 1], word[states.len() - 1]));
            }
            let read = states.len() - 1;
            (before, at) = (word, at + 1);
            if !self.may_be(&states[read]) {
                // Nothing that begins so is near.
                at = names.after(at, &word[..read]);
            } else if let Some(slips) = self.slips(&states[read]) {
                with(slips, at - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Random, payload};
    use crate::{Document, Index, Op};

    fn put(listing: usize, name: &str) -> Op {
        let (listing, name) = (format!("l{listing}"), name.to_owned());
        let document = Document { id: listing.clone(), listing: listing.clone(), name, ..Document::default() };
        Op::Put { listing, documents: vec![document] }
    }

    fn respelt(index: &Index, text: &str, withdrawn: &[&str]) -> Option<String> {
        let withdrawn = withdrawn.iter().map(|listing| (*listing).to_owned()).collect();
        index.reader().respell(text, &withdrawn).expect("readable")
    }

    /// Slips by the table of all beginnings of both words.
    fn slips(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                let mut least = if i.min(j) == 0 { i.max(j) } else { usize::MAX };
                if i > 0 && j > 0 {
                    let other = usize::from(a[i - 1] != b[j - 1]);
                    least = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + other);
                }
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                table[i][j] = least;
            }
        }
        table[a.len()][b.len()]
    }

    #[test]
    fn what_is_near_is_what_counting_slips_of_every_word_says() {
        let mut random = Random::new(5);
        let word = |random: &mut Random| -> String {
            (0..1 + random.below(9)).map(|_| ['a', 'b', 'c'][random.below(3)]).collect()
        };
        let index = Index::in_memory(payload(&[])).expect("an index");
        let ops: Vec<Op> = (0..900).map(|n| put(n, &word(&mut random))).collect();
        index.apply(&ops, 1, 1).expect("applied");
        let reader = index.reader();
        let names = &reader.snapshot.segments[0].names;
        let mut near = 0;
        for _ in 0..300 {
            let (word, most) = (word(&mut random), 1 + random.below(2));
            let mut told = Vec::new();
            Automaton::new(word.as_bytes(), most).walk(names, |slips, at| told.push((at, slips)));
            let all = (0..names.len()).map(|at| (at, slips(word.as_bytes(), names.word(at))));
            assert_eq!(told, all.filter(|(_, slips)| *slips <= most).collect::<Vec<_>>(), "{word} {most}");
            near += told.len();
        }
        assert!(near > 3_000, "{near}");
    }

    #[test]
    fn the_nearest_word_wins_then_the_commonest_through_segments_deletes_and_withdrawals() {
        let index = Index::in_memory(payload(&[])).expect("an index");
        let first = [put(0, "Willow"), put(1, "Wallow"), put(2, "Wallow"), put(3, "Saint")];
        index.apply(&first, 1, 1).expect("applied");
        index.apply(&[put(4, "Lighthouse Keepers"), put(5, "Stains")], 2, 2).expect("applied");
        assert_eq!(respelt(&index, "the Wollow", &[]).as_deref(), Some("the wallow"), "as near, and found twice");
        assert_eq!(respelt(&index, "Wollow", &["l1", "l2"]).as_deref(), Some("willow"));
        assert_eq!(respelt(&index, "Willow ligthouse", &[]).as_deref(), Some("willow lighthouse"));
        assert_eq!(respelt(&index, "lihgthosue!", &[]).as_deref(), Some("lighthouse"), "two slips in a long word");
        assert_eq!(respelt(&index, "Siatsn", &[]), None, "two slips in a short one");
        for kept in ["", "wlw", "willow", "keeper", "2026", "w1llow"] {
            assert_eq!(respelt(&index, kept, &[]), None, "{kept}");
        }
        let gone: Vec<Op> = (1..3).map(|n| Op::Remove { listing: format!("l{n}") }).collect();
        index.apply(&gone, 3, 3).expect("applied");
        assert_eq!(respelt(&index, "Wollow", &[]).as_deref(), Some("willow"));
        assert_eq!(respelt(&index, "Wollow", &["l0"]), None, "nothing is told of what is withdrawn");
    }
}
