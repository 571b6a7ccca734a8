//! Some documents of a part of a segment, a bit each.

use std::ops::Range;

use tantivy::DocId;

use crate::columns::Stretch;

/// Some documents of a part of a segment, a bit each.
pub(crate) struct PartBits {
    /// Which 64 documents are the first.
    from: usize,
    words: Vec<u64>,
    /// What is looked at, ascending and apart, in words of 64 documents.
    parts: Vec<Range<usize>>,
}

impl PartBits {
    /// None of the documents of some stretches.
    pub(crate) fn none_of(stretches: &[Stretch]) -> Self {
        let mut parts: Vec<Range<usize>> = Vec::with_capacity(stretches.len());
        for Stretch { docs, .. } in stretches {
            let (start, end) = (docs.start as usize / 64, (docs.end as usize).div_ceil(64));
            match parts.last_mut().filter(|last| last.end >= start) {
                Some(last) => last.end = last.end.max(end),
                None => parts.push(start..end),
            }
        }
        let (from, to) = (parts.first().map_or(0, |part| part.start), parts.last().map_or(0, |part| part.end));
        Self { from, words: vec![0; to - from], parts }
    }

    /// Makes each word of what is looked at anew.
    pub(crate) fn change(&mut self, mut to: impl FnMut(usize, u64) -> u64) {
        for part in &self.parts {
            for (at, word) in part.clone().zip(&mut self.words[part.start - self.from..]) {
                *word = to(at, *word);
            }
        }
    }

    /// Puts one in, of what is looked at.
    pub(crate) fn set(&mut self, doc: DocId) {
        self.words[doc as usize / 64 - self.from] |= 1 << (doc % 64);
    }

    /// Takes one out, of what is looked at.
    pub(crate) fn take_out(&mut self, doc: DocId) {
        self.words[doc as usize / 64 - self.from] &= !(1 << (doc % 64));
    }

    /// Whether it is among them.
    pub(crate) fn has(&self, doc: DocId) -> bool {
        self.word(doc as usize / 64) >> (doc % 64) & 1 != 0
    }

    /// Which of 64 documents are among them.
    #[inline]
    pub(crate) fn word(&self, at: usize) -> u64 {
        at.checked_sub(self.from).and_then(|at| self.words.get(at)).copied().unwrap_or(0)
    }

    /// The words that hold any document.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, u64)> + Clone {
        let word = |at: usize| (at, self.words[at - self.from]);
        self.parts.iter().flat_map(move |part| part.clone().map(word)).filter(|(_, word)| *word != 0)
    }
}
