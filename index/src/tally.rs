//! Counting the listings of an answer: in all, by kind, and by term.

use std::collections::HashMap;
use std::sync::OnceLock;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::Result;
use crate::columns::Mask;
use crate::snapshot::Segment;

/// Listings counted so far.
pub(crate) struct Tally {
    pub total: u64,
    /// By bit of the mask.
    pub bits: Box<[u32; 256]>,
    /// By number of the kind.
    pub kinds: [u32; 16],
    /// By number in [`Beyond`].
    pub beyond: Vec<u32>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { total: 0, bits: Box::new([0; 256]), kinds: [0; 16], beyond: Vec::new() }
    }

    /// Counts a listing by its kind and terms.
    pub(crate) fn count(&mut self, mask: &Mask, kind: u8, beyond: &[u32]) {
        self.kinds[usize::from(kind) & 15] += 1;
        for (word, base) in mask.iter().zip([0_usize, 64, 128, 192]) {
            let mut rest = *word;
            while rest != 0 {
                self.bits[base + rest.trailing_zeros() as usize] += 1;
                rest &= rest - 1;
            }
        }
        for &number in beyond {
            let number = number as usize;
            if self.beyond.len() <= number {
                self.beyond.resize(number + 1, 0);
            }
            self.beyond[number] += 1;
        }
    }
}

/// A segment's terms without a bit.
pub(crate) struct BeyondColumn {
    column: StrColumn,
    /// Its dictionary, read when it is first needed.
    names: OnceLock<Vec<Box<str>>>,
}

impl BeyondColumn {
    pub(crate) fn new(column: StrColumn) -> Self {
        Self { column, names: OnceLock::new() }
    }

    fn names(&self) -> Result<&[Box<str>]> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let mut names = Vec::with_capacity(self.column.num_terms());
        let mut terms = self.column.dictionary().stream()?;
        while terms.advance() {
            names.push(String::from_utf8_lossy(terms.key()).into());
        }
        Ok(self.names.get_or_init(|| names))
    }
}

/// The terms without a bit, numbered as they are met.
#[derive(Default)]
pub(crate) struct Beyond {
    numbers: HashMap<Box<str>, u32>,
    /// Number by place in the dictionary of the segment entered; [`UNMET`] until it is met.
    of_segment: Vec<u32>,
}

const UNMET: u32 = u32::MAX;

impl Beyond {
    /// Prepares for the documents of a segment.
    pub(crate) fn enter(&mut self, segment: &Segment) -> Result<()> {
        self.of_segment.clear();
        if let Some(beyond) = &segment.beyond {
            self.of_segment.resize(beyond.names()?.len(), UNMET);
        }
        Ok(())
    }

    /// Puts the numbers of a document's terms into `out`, in place of what was there.
    pub(crate) fn read(&mut self, segment: &Segment, doc: DocId, out: &mut Vec<u32>) -> Result<()> {
        out.clear();
        let Some(beyond) = &segment.beyond else {
            return Ok(());
        };
        let names = beyond.names()?;
        for place in beyond.column.term_ords(doc) {
            let Some(known) = self.of_segment.get_mut(place as usize) else {
                continue;
            };
            if *known == UNMET {
                let next = self.numbers.len() as u32;
                *known = *self.numbers.entry(names[place as usize].clone()).or_insert(next);
            }
            out.push(*known);
        }
        Ok(())
    }

    /// The terms with their counts, by id; zeros left out.
    pub(crate) fn counted(self, tally: &Tally) -> Vec<(String, u32)> {
        let count = |number: u32| tally.beyond.get(number as usize).copied().unwrap_or(0);
        let mut out: Vec<(String, u32)> =
            self.numbers.into_iter().map(|(term, number)| (term.into(), count(number))).collect();
        out.retain(|(_, count)| *count > 0);
        out.sort_unstable();
        out
    }
}
