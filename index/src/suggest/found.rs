//! The best names found so far.

use std::cmp::Ordering;
use std::collections::HashSet;

use tantivy::DocId;

use super::Suggestion;
use crate::Result;
use crate::columns::TOMBSTONE;
use crate::snapshot::Snapshot;

/// A name found.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    score: f32,
    letters: u8,
    listing: u64,
    segment: usize,
    doc: DocId,
}

impl Candidate {
    /// Better ones stand before; equal ones by a hash of their listing, which does not depend on segments.
    fn order(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.listing.cmp(&other.listing))
    }
}

/// The best names found, in order, each listing once.
pub(super) struct Found<'a> {
    snapshot: &'a Snapshot,
    /// Keys of listings that are left out.
    withdrawn: HashSet<u64>,
    best: Vec<Candidate>,
    most: usize,
    /// Letters typed.
    letters: usize,
    /// How many names have been looked at.
    pub looked_at: usize,
}

impl<'a> Found<'a> {
    /// Nothing yet; at most `most`, where so many letters were typed.
    pub(super) fn new(snapshot: &'a Snapshot, withdrawn: HashSet<u64>, letters: usize, most: usize) -> Self {
        Self { snapshot, withdrawn, best: Vec::with_capacity(most + 1), most, letters, looked_at: 0 }
    }

    /// How much of a name of so many letters has been typed: 1 for all of it.
    pub(super) fn share_of(&self, letters: u8) -> f32 {
        (self.letters as f32 / f32::from(letters.max(1))).min(1.0)
    }

    /// The name of a document, which scores `score` and for its length.
    pub(super) fn candidate(&self, score: f32, segment: usize, doc: DocId) -> Candidate {
        let columns = &self.snapshot.segments[segment].columns;
        let letters = columns.letters[doc as usize];
        let listing = columns.listings[doc as usize];
        Candidate { score: score + self.share_of(letters), letters, listing, segment, doc }
    }

    /// There are as many as were asked for, and all score more than this.
    pub(super) fn is_full_of_better(&self, score: f32) -> bool {
        self.best.len() >= self.most && self.best.last().is_none_or(|worst| worst.score > score)
    }

    /// There are as many as were asked for, and all are better.
    pub(super) fn is_beaten(&self, candidate: &Candidate) -> bool {
        self.best.len() >= self.most && self.best.last().is_none_or(|worst| worst.order(candidate).is_lt())
    }

    /// Names with the same word that are longer, or as long and of a later listing, are no better than this one: not so
    /// where less would be needed to score for the whole length.
    pub(super) fn is_in_order(&self, candidate: &Candidate) -> bool {
        usize::from(candidate.letters) > self.letters
    }

    /// Takes a name up if it is good enough and may be shown.
    pub(super) fn offer(&mut self, candidate: Candidate) {
        if self.is_beaten(&candidate) {
            return;
        }
        let segment = &self.snapshot.segments[candidate.segment];
        if segment.columns.flags[candidate.doc as usize] & TOMBSTONE != 0
            || !segment.is_alive(candidate.doc)
            || self.withdrawn.contains(&candidate.listing)
        {
            return;
        }
        if let Some(known) = self.best.iter().position(|known| known.listing == candidate.listing) {
            if !candidate.order(&self.best[known]).is_lt() {
                return;
            }
            self.best.remove(known);
        }
        let place = self.best.partition_point(|known| known.order(&candidate).is_lt());
        self.best.insert(place, candidate);
        self.best.truncate(self.most);
    }

    /// The names as they are told.
    pub(super) fn told(&self) -> Result<Vec<Suggestion>> {
        let suggestion = |found: &Candidate| {
            let columns = &self.snapshot.segments[found.segment].columns;
            let entry = columns.entries.get(found.doc)?;
            let kind = &self.snapshot.stored.kinds[usize::from(columns.kinds[found.doc as usize])];
            Ok(Suggestion { listing: entry.listing.to_owned(), name: entry.name.to_owned(), kind: kind.clone() })
        };
        self.best.iter().map(suggestion).collect()
    }
}
