//! The scan: one pass over each segment that finds, tests, counts and ranks.
//!
//! What a query touches of a segment (documents stand in the order of the Hilbert curve, those without a position last):
//!
//! ```text
//!            documents with a position                          without
//!  ┌──────────────────────────────────────────────────────┬───────────────────┐
//!  │        ▓▓▓▓       ▓▓▓▓▓▓▓▓           ▓▓               │ ░ ░░  ░    ░░  ░  │
//!  └──────────────────────────────────────────────────────┴───────────────────┘
//!   leg 1: the circle's ranges, or all when the place is     leg 2: those with an
//!   an area (then only documents with its code)              area code of the place
//!
//!  in a leg:  streams of postings agree on a document   every word, language, organisation, area
//!             -> flags, kind, alive, withdrawn           one byte or two each
//!             -> mask & group, for each group            32 bytes
//!             -> distance, flat                          8 bytes; exact at the rim
//!             -> count the listing; offer it to the best (score and exact distance only if it may be shown)
//! ```
//!
//! Without a place there is one leg over everything. Documents of listings with several go through `seen`, so that a
//! listing counts once and is shown at its nearest place; all others are counted on the spot.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use tantivy::{DocId, TERMINATED};

use crate::Result;
use crate::columns::{AREA, Columns, HIT, Mask, POINT, REMOTE, SIBLINGS};
use crate::near::Circle;
use crate::postings::{Stream, seek_all};
use crate::rank::{Best, Found, Order};
use crate::snapshot::Segment;

/// How many of the word groups a document must match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Need {
    /// Every one.
    Every,
    /// At least so many.
    AtLeast(usize),
}

/// A group of terms of which a document must have one.
pub(crate) struct FacetGroup {
    /// The terms that have bits.
    pub mask: Mask,
    /// The others.
    pub rest: Stream,
}

/// What is asked of one segment.
pub(crate) struct Plan {
    pub need: Need,
    /// One stream per word group; in the words' order unless every one is needed.
    pub groups: Vec<Stream>,
    /// Streams every document must be in.
    pub filters: Vec<Stream>,
    pub facets: Vec<FacetGroup>,
    /// Kinds asked for, as bits.
    pub kinds: u16,
    pub legs: Vec<Leg>,
}

/// A part of the segment that feeds one block of the answer.
pub(crate) struct Leg {
    pub into_covers: bool,
    pub ranges: Vec<Range<DocId>>,
    /// Place flags of which a document must have one; zero when any will do.
    pub places: u8,
    /// Documents of the leg's areas, where areas are asked for.
    pub areas: Option<Stream>,
    /// Documents of areas that hold the asked point.
    pub here: Stream,
}

impl Leg {
    /// The leg of `results`.
    pub(crate) fn results(ranges: Vec<Range<DocId>>, place: bool, areas: Option<Stream>) -> Self {
        let places = if place { POINT } else { 0 };
        Self { into_covers: false, ranges, places, areas, here: Stream::Empty }
    }

    /// The leg of `covers`.
    pub(crate) fn covers(columns: &Columns, areas: Stream, here: Stream) -> Self {
        let rest = columns.unplaced..columns.keys.len() as DocId;
        Self { into_covers: true, ranges: vec![rest], places: AREA | REMOTE, areas: Some(areas), here }
    }
}

/// What has been found so far for one block.
pub(crate) struct Gathered {
    pub total: u64,
    pub counts: Box<[u32; 256]>,
    pub kinds: [u32; 16],
    pub best: Best,
    pub seen: HashMap<u64, Seen>,
}

/// A listing with several documents: the one to show, and the terms of all that match.
pub(crate) struct Seen {
    found: Found,
    id: String,
    mask: Mask,
    kind: u8,
}

/// The answer as it grows over the segments.
pub(crate) struct Gather<'a> {
    pub circle: Option<&'a Circle>,
    /// Listing keys that must not be seen.
    pub withdrawn: HashSet<u64>,
    pub counting: bool,
    pub results: Gathered,
    pub covers: Gathered,
    /// Word groups that some accepted document matches, when not every one is needed.
    pub matched: u32,
    /// The most groups an accepted document matches.
    pub most_matched: usize,
}

impl Gathered {
    pub(crate) fn new(order: Order, most: usize) -> Self {
        let best = Best::new(order, most);
        Self { total: 0, counts: Box::new([0; 256]), kinds: [0; 16], best, seen: HashMap::new() }
    }

    fn count(&mut self, mask: &Mask, kind: u8, counting: bool) {
        self.total += 1;
        if !counting {
            return;
        }
        self.kinds[usize::from(kind) & 15] += 1;
        for (word, base) in mask.iter().zip([0_usize, 64, 128, 192]) {
            let mut rest = *word;
            while rest != 0 {
                self.counts[base + rest.trailing_zeros() as usize] += 1;
                rest &= rest - 1;
            }
        }
    }
}

impl Gather<'_> {
    /// Runs a plan over the segment of its number.
    pub(crate) fn segment(&mut self, segments: &[Arc<Segment>], at: usize, plan: Plan) -> Result<()> {
        let Plan { need, mut groups, mut filters, mut facets, kinds, legs } = plan;
        if need == Need::Every {
            groups.sort_by_key(Stream::size);
        }
        filters.sort_by_key(Stream::size);
        for mut leg in legs {
            for range in std::mem::take(&mut leg.ranges) {
                let mut from = range.start;
                while let Some(doc) = next(need, &mut groups, &mut filters, &mut leg.areas, from, range.end) {
                    from = doc + 1;
                    if self.passes(&segments[at], doc, kinds, &mut facets, &leg) {
                        self.accept(&segments[at], at, doc, need, &mut groups, &mut leg)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The tests of one document, cheapest first.
    fn passes(&self, segment: &Segment, doc: DocId, kinds: u16, facets: &mut [FacetGroup], leg: &Leg) -> bool {
        let (columns, at) = (&segment.columns, doc as usize);
        let flags = columns.flags[at];
        let mask = &columns.masks[at];
        flags & HIT != 0
            && (leg.places == 0 || flags & leg.places != 0)
            && (kinds >> columns.kinds[at]) & 1 != 0
            && facets.iter_mut().all(|group| meets(mask, &group.mask) || group.rest.seek(doc) == doc)
            && segment.is_alive(doc)
            && !self.withdrawn.contains(&columns.listings[at])
    }

    /// Counts and offers a document that passed, if it lies in the circle.
    fn accept(
        &mut self,
        segment: &Segment,
        number: usize,
        doc: DocId,
        need: Need,
        groups: &mut [Stream],
        leg: &mut Leg,
    ) -> Result<()> {
        let (columns, at) = (&segment.columns, doc as usize);
        let circle = self.circle.filter(|_| !leg.into_covers);
        let metres = match circle.map(|circle| circle.at_least_m(columns.positions[at])) {
            Some(None) => return Ok(()),
            Some(inside) => inside,
            None => None,
        };
        if need != Need::Every {
            let matching = groups.iter().enumerate().filter(|(_, group)| group.doc() == doc);
            let (set, number) = matching.fold((0, 0), |(set, number), (at, _)| (set | 1 << at, number + 1));
            self.matched |= set;
            self.most_matched = self.most_matched.max(number);
        }
        let score = groups.iter_mut().filter(|group| group.doc() == doc).map(Stream::score).sum();
        let here = leg.here.seek(doc) == doc;
        let mut found = Found { segment: number, doc, score, metres, here };
        let exact = || circle.map(|circle| circle.exact_m(columns.positions[at]));
        let (mask, kind) = (columns.masks[at], columns.kinds[at]);
        let into = if leg.into_covers { &mut self.covers } else { &mut self.results };
        if columns.flags[at] & SIBLINGS == 0 {
            into.count(&mask, kind, self.counting);
            return into.best.offer(found, segment, exact);
        }
        found.metres = exact();
        into.meet_sibling(columns, found, mask, kind)
    }

    /// Counts and offers the listings with several documents, now that all of those have been met.
    pub(crate) fn finish(&mut self, segments: &[Arc<Segment>]) -> Result<()> {
        // A listing is in one block only.
        self.covers.seen.retain(|listing, _| !self.results.seen.contains_key(listing));
        for block in [&mut self.results, &mut self.covers] {
            for seen in std::mem::take(&mut block.seen).into_values() {
                block.count(&seen.mask, seen.kind, self.counting);
                block.best.offer(seen.found, &segments[seen.found.segment], || seen.found.metres)?;
            }
        }
        Ok(())
    }
}

impl Gathered {
    /// Keeps the document to show of a listing that has several: the nearest, else the best by words, else by id.
    fn meet_sibling(&mut self, columns: &Columns, found: Found, mask: Mask, kind: u8) -> Result<()> {
        let id = columns.entry(found.doc)?.id;
        let seen = self.seen.entry(columns.listings[found.doc as usize]);
        let seen = seen.or_insert_with(|| Seen { found, id: id.to_owned(), mask, kind });
        seen.mask.iter_mut().zip(mask).for_each(|(word, more)| *word |= more);
        let metres = |found: &Found| found.metres.unwrap_or(f64::MAX);
        let order = metres(&found)
            .total_cmp(&metres(&seen.found))
            .then(seen.found.here.cmp(&found.here))
            .then(seen.found.score.total_cmp(&found.score))
            .then_with(|| id.cmp(&seen.id));
        if order.is_lt() {
            (seen.found, seen.id, seen.kind) = (found, id.to_owned(), kind);
        }
        Ok(())
    }
}

/// Whether two masks share a term.
fn meets(a: &Mask, b: &Mask) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

/// The first document in `from..end` that the streams agree on.
fn next(
    need: Need,
    groups: &mut [Stream],
    filters: &mut [Stream],
    areas: &mut Option<Stream>,
    mut from: DocId,
    end: DocId,
) -> Option<DocId> {
    // Each turn moves `from` ahead, so the loop ends with the range.
    while from < end {
        let doc = match need {
            Need::Every => seek_all(groups, from),
            Need::AtLeast(_) => groups.iter_mut().map(|group| group.seek(from)).min().unwrap_or(TERMINATED),
        };
        if doc >= end {
            return None;
        }
        let after = areas.as_mut().map_or(doc, |areas| areas.seek(doc));
        let after = if after == doc { seek_all(filters, doc) } else { after };
        if after != doc {
            from = after;
            continue;
        }
        let enough = match need {
            Need::Every => true,
            Need::AtLeast(number) => groups.iter().filter(|group| group.doc() == doc).count() >= number,
        };
        if enough {
            return Some(doc);
        }
        from = doc + 1;
    }
    None
}
