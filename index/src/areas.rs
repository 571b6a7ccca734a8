//! Which documents of a segment have which area codes: read once, when the segment is opened.
//!
//! A search round a place asks for a hundred codes and more. Looking each up in the dictionary, in every segment, cost
//! more than the rest of a search; here they are a table of runs, because documents of one area stand close together.

use std::collections::HashMap;
use std::ops::Range;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::Result;

/// Runs of documents by area code.
pub(crate) struct AreaTable(HashMap<Box<str>, Box<[Range<DocId>]>>);

/// A bit for each document of a range that begins and ends with a word of 64.
#[derive(Default)]
pub(crate) struct Bits {
    /// Number of the first word.
    first: usize,
    words: Vec<u64>,
}

impl AreaTable {
    /// Reads the postings of all codes.
    pub(crate) fn read(index: &InvertedIndexReader) -> Result<Self> {
        let mut table = HashMap::with_capacity(index.terms().num_terms());
        let mut codes = index.terms().stream()?;
        while codes.advance() {
            let mut runs: Vec<Range<DocId>> = Vec::new();
            let mut postings = index.read_postings_from_terminfo(codes.value(), IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                match runs.last_mut().filter(|run| run.end == doc) {
                    Some(run) => run.end += 1,
                    None => runs.push(doc..doc + 1),
                }
                postings.advance();
            }
            table.insert(String::from_utf8_lossy(codes.key()).into(), runs.into());
        }
        Ok(Self(table))
    }

    /// The documents of a range that have any of these codes; others of its first and last 64 may be among them.
    pub(crate) fn with_any(&self, codes: &[impl AsRef<str>], docs: Range<DocId>) -> Bits {
        let first = docs.start as usize / 64;
        let mut bits = Bits { first, words: vec![0; (docs.end as usize).div_ceil(64).saturating_sub(first)] };
        for runs in codes.iter().filter_map(|code| self.0.get(code.as_ref())) {
            let from = runs.partition_point(|run| run.end <= docs.start);
            for run in runs[from..].iter().take_while(|run| run.start < docs.end) {
                bits.set(run.start.max(docs.start)..run.end.min(docs.end));
            }
        }
        bits
    }
}

impl Bits {
    fn set(&mut self, docs: Range<DocId>) {
        let (from, last) = (docs.start as usize, docs.end as usize - 1);
        for at in from / 64..=last / 64 {
            let above = if at == from / 64 { u64::MAX << (from % 64) } else { u64::MAX };
            let below = if at == last / 64 { u64::MAX >> (63 - last % 64) } else { u64::MAX };
            self.words[at - self.first] |= above & below;
        }
    }

    /// Sets the bits that are set in others of the same range.
    pub(crate) fn join(&mut self, others: &Self) {
        self.words.iter_mut().zip(&others.words).for_each(|(word, other)| *word |= other);
    }

    /// The bits of the documents of a word of 64.
    #[inline]
    pub(crate) fn word(&self, at: usize) -> u64 {
        at.checked_sub(self.first).and_then(|at| self.words.get(at)).copied().unwrap_or(0)
    }

    /// Whether a document's bit is set.
    #[inline]
    pub(crate) fn has(&self, doc: DocId) -> bool {
        self.word(doc as usize / 64) >> (doc % 64) & 1 != 0
    }

    /// The first document at or after one whose bit is set; [`TERMINATED`] where there is none.
    pub(crate) fn at_or_after(&self, doc: DocId) -> DocId {
        let asked = doc as usize / 64;
        let mut left = self.word(asked) & u64::MAX << (doc % 64);
        let mut at = asked.max(self.first);
        if asked < self.first {
            left = self.word(at);
        }
        while left == 0 {
            at += 1;
            match self.words.get(at - self.first) {
                Some(&word) => left = word,
                None => return TERMINATED,
            }
        }
        (at * 64) as DocId + left.trailing_zeros()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::test_support::Random;

    #[test]
    fn bits_are_those_of_the_documents_that_have_a_code() {
        let mut random = Random::new(9);
        for _ in 0..200 {
            let mut table = HashMap::new();
            let mut having: Vec<BTreeSet<DocId>> = Vec::new();
            for code in ["a", "b", "c"] {
                let (mut at, mut runs, mut docs) = (0, Vec::new(), BTreeSet::new());
                for _ in 0..random.below(8) {
                    let from = at + 1 + random.below(90) as DocId;
                    at = from + 1 + random.below(150) as DocId;
                    runs.push(from..at);
                    docs.extend(from..at);
                }
                table.insert(code.into(), runs.into());
                having.push(docs);
            }
            let start = random.below(600) as DocId;
            let docs = start..start + random.below(900) as DocId;
            let bits = AreaTable(table).with_any(&["a", "c", "nowhere"], docs.clone());
            let has = |doc: &DocId| docs.contains(doc) && (having[0].contains(doc) || having[2].contains(doc));
            assert!((0..2000).all(|doc| bits.has(doc) == has(&doc)));
            for from in 0..2000 {
                let next = (from..2000).find(|doc| has(doc)).unwrap_or(TERMINATED);
                assert_eq!(bits.at_or_after(from), next);
            }
        }
        assert_eq!(Bits::default().at_or_after(0), TERMINATED);
    }
}
