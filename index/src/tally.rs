//! Counting the listings of an answer: in all, by kind, and by term.
//!
//! Masks are not counted bit by bit. Sixteen at a time go through a tree of full adders that work on all 256 bits at
//! once; what comes out are planes: plane `k` holds bit `k` of every term's count.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::Result;
use crate::columns::{Columns, HIT, Mask};
use crate::snapshot::Segment;

/// Listings counted so far.
pub(crate) struct Tally {
    pub total: u64,
    /// By number of the kind.
    pub kinds: [u32; 16],
    /// By number in [`Beyond`].
    pub beyond: Vec<u32>,
    bits: BitCounts,
}

/// What some documents come to.
pub(crate) struct Counts {
    total: u64,
    kinds: [u32; 16],
    bits: Box<[u32; 256]>,
}

impl Counts {
    /// How many they are.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { total: 0, kinds: [0; 16], beyond: Vec::new(), bits: BitCounts::new() }
    }

    /// Counts a listing by its kind and the terms that have a bit.
    #[inline]
    pub(crate) fn count(&mut self, mask: &Mask, kind: u8) {
        self.kinds[usize::from(kind) & 15] += 1;
        self.bits.add(mask);
    }

    /// Counts the terms of a counted listing that are not yet among those known of it, and adds them there.
    pub(crate) fn count_more(&mut self, mask: &Mask, known: &mut Mask) {
        let more = std::array::from_fn(|word| mask[word] & !known[word]);
        known.iter_mut().zip(&more).for_each(|(known, more)| *known |= more);
        self.bits.add(&more);
    }

    /// Counts a listing under another kind than before.
    pub(crate) fn change_kind(&mut self, from: u8, to: u8) {
        self.kinds[usize::from(from) & 15] -= 1;
        self.kinds[usize::from(to) & 15] += 1;
    }

    /// Counts the terms of a listing that have none.
    pub(crate) fn count_beyond(&mut self, beyond: &[u32]) {
        for &number in beyond {
            let number = number as usize;
            if self.beyond.len() <= number {
                self.beyond.resize(number + 1, 0);
            }
            self.beyond[number] += 1;
        }
    }

    /// Counts documents. Their columns lie apart, and are fetched for several of them side by side.
    pub(crate) fn count_all(&mut self, columns: &Columns, docs: &[DocId]) {
        self.total += docs.len() as u64;
        for docs in docs.chunks(GROUP) {
            let mut masks = [Mask::default(); GROUP];
            masks.iter_mut().zip(docs).for_each(|(mask, &doc)| *mask = columns.masks[doc as usize]);
            docs.iter().for_each(|&doc| self.kinds[usize::from(columns.kinds[doc as usize]) & 15] += 1);
            masks[..docs.len()].iter().for_each(|mask| self.bits.add(mask));
        }
    }

    /// What has been counted so far, terms without a bit apart.
    pub(crate) fn counts(&mut self) -> Counts {
        Counts { total: self.total, kinds: self.kinds, bits: Box::new(*self.bits.finish()) }
    }

    /// Counts once more what was counted before.
    pub(crate) fn count_again(&mut self, counts: &Counts) {
        self.total += counts.total;
        self.kinds.iter_mut().zip(&counts.kinds).for_each(|(kind, more)| *kind += more);
        self.bits.counts.iter_mut().zip(&*counts.bits).for_each(|(bit, more)| *bit += more);
    }

    /// Takes back some of what was counted.
    pub(crate) fn take_away(&mut self, counts: &Counts) {
        self.total -= counts.total;
        self.kinds.iter_mut().zip(&counts.kinds).for_each(|(kind, less)| *kind -= less);
        self.bits.counts.iter_mut().zip(&*counts.bits).for_each(|(bit, less)| *bit -= less);
    }

    /// Counts what whole blocks sum up to.
    pub(crate) fn count_blocks(&mut self, sums: &Sums, blocks: &Range<DocId>) {
        let (from, to) = (&sums.rows[blocks.start as usize], &sums.rows[blocks.end as usize]);
        for (bit, count) in self.bits.counts.iter_mut().enumerate() {
            *count = count.wrapping_add(to[bit] - from[bit]);
        }
        for (kind, count) in self.kinds.iter_mut().enumerate() {
            let more = to[256 + kind] - from[256 + kind];
            *count = count.wrapping_add(more);
            self.total += u64::from(more);
        }
    }

    /// Takes back a document that [`Tally::count_blocks`] counted.
    pub(crate) fn take_back(&mut self, mask: &Mask, kind: u8) {
        let kind = &mut self.kinds[usize::from(kind) & 15];
        *kind = kind.wrapping_sub(1);
        self.total -= 1;
        let counts = &mut self.bits.counts;
        for_each_bit(mask, |bit| counts[bit] = counts[bit].wrapping_sub(1));
    }

    /// Counts by bit of the mask, all that were added.
    pub(crate) fn bits(&mut self) -> &[u32; 256] {
        self.bits.finish()
    }
}

const GROUP: usize = 16;
const PLANES: usize = 16;

/// How often each bit of some masks is set.
struct BitCounts {
    /// Masks not yet added.
    waiting: [Mask; GROUP],
    filled: usize,
    planes: [Mask; PLANES],
    /// Groups added to the planes since they were last emptied.
    groups: usize,
    counts: Box<[u32; 256]>,
}

impl BitCounts {
    fn new() -> Self {
        let none = Mask::default();
        Self { waiting: [none; GROUP], filled: 0, planes: [none; PLANES], groups: 0, counts: Box::new([0; 256]) }
    }

    #[inline]
    fn add(&mut self, mask: &Mask) {
        self.waiting[self.filled] = *mask;
        self.filled += 1;
        if self.filled == GROUP {
            self.add_group();
        }
    }

    fn add_group(&mut self) {
        self.filled = 0;
        let [ones, twos, fours, eights, higher @ ..] = &mut self.planes;
        let waiting = &self.waiting;
        let four = |at: usize, ones: &mut Mask, twos: &mut Mask| {
            let (a, b) =
                (full_add(ones, &waiting[at], &waiting[at + 1]), full_add(ones, &waiting[at + 2], &waiting[at + 3]));
            full_add(twos, &a, &b)
        };
        let (a, b) = (four(0, ones, twos), four(4, ones, twos));
        let first = full_add(fours, &a, &b);
        let (a, b) = (four(8, ones, twos), four(12, ones, twos));
        let second = full_add(fours, &a, &b);
        let mut carry = full_add(eights, &first, &second);
        for plane in higher {
            // Few bits are carried far.
            if carry == Mask::default() {
                break;
            }
            for (bits, carry) in plane.iter_mut().zip(&mut carry) {
                (*bits, *carry) = (*bits ^ *carry, *bits & *carry);
            }
        }
        self.groups += 1;
        if self.groups * GROUP + GROUP >= 1 << PLANES {
            self.empty_planes();
        }
    }

    fn empty_planes(&mut self) {
        for (power, plane) in self.planes.iter_mut().enumerate() {
            for_each_bit(plane, |bit| self.counts[bit] += 1 << power);
            *plane = Mask::default();
        }
        self.groups = 0;
    }

    fn finish(&mut self) -> &[u32; 256] {
        self.empty_planes();
        for mask in &self.waiting[..self.filled] {
            for_each_bit(mask, |bit| self.counts[bit] += 1);
        }
        self.filled = 0;
        &self.counts
    }
}

/// Adds two masks to a plane, bit by bit; answers what is carried to the next plane.
#[inline]
fn full_add(plane: &mut Mask, a: &Mask, b: &Mask) -> Mask {
    let mut carry = Mask::default();
    for word in 0..4 {
        let half = a[word] ^ b[word];
        carry[word] = (a[word] & b[word]) | (half & plane[word]);
        plane[word] ^= half;
    }
    carry
}

/// Calls `with` for the number of each bit that is set.
pub(crate) fn for_each_bit(mask: &Mask, mut with: impl FnMut(usize)) {
    for (word, base) in mask.iter().zip([0_usize, 64, 128, 192]) {
        let mut rest = *word;
        while rest != 0 {
            with(base + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// The documents of a word of 64 whose bit is set, from `first` on.
pub(crate) fn for_each_of(mut bits: u64, first: DocId) -> impl Iterator<Item = DocId> {
    std::iter::from_fn(move || {
        let at = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(first + at)
    })
}

/// Documents of one row of [`Sums`].
pub(crate) const BLOCK: usize = 256;

/// Counts of a segment's documents from its first up to every 256th, deleted ones included: what two such rows differ
/// by are the counts of all documents between.
pub(crate) struct Sums {
    rows: Vec<[u32; 256 + 16]>,
}

impl Sums {
    /// Sums up the columns of a segment.
    pub(crate) fn new(masks: &[Mask], kinds: &[u8], flags: &[u8]) -> Self {
        let mut row = [0; 256 + 16];
        let mut rows = Vec::with_capacity(masks.len() / BLOCK + 1);
        for block in 0..masks.len() / BLOCK + 1 {
            rows.push(row);
            for doc in block * BLOCK..masks.len().min((block + 1) * BLOCK) {
                if flags[doc] & HIT != 0 {
                    for_each_bit(&masks[doc], |bit| row[bit] += 1);
                    row[256 + (usize::from(kinds[doc]) & 15)] += 1;
                }
            }
        }
        Self { rows }
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
    pub(crate) fn counted(self, tally: &Tally) -> Vec<(Arc<str>, u32)> {
        let count = |number: u32| tally.beyond.get(number as usize).copied().unwrap_or(0);
        let mut out: Vec<(Arc<str>, u32)> =
            self.numbers.into_iter().map(|(term, number)| (term.into(), count(number))).collect();
        out.retain(|(_, count)| *count > 0);
        out.sort_unstable();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Random;

    #[test]
    fn counts_are_those_of_counting_one_by_one() {
        let mut random = Random::new(5);
        for number in [0, 1, 15, 16, 17, 1000, 70_000] {
            let (mut tally, mut expected) = (Tally::new(), [0; 256]);
            for _ in 0..number {
                let sparse = |random: &mut Random| random.next() & random.next() & random.next();
                let mask = [u64::MAX, sparse(&mut random), random.next() & 1 << 63, 0];
                for_each_bit(&mask, |bit| expected[bit] += 1);
                tally.count(&mask, 3);
            }
            assert_eq!(*tally.bits(), expected);
            assert_eq!(*tally.bits(), expected, "asked again");
            assert_eq!(tally.kinds[3], number);
        }
    }
}
