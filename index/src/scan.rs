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
//!             -> age in the stated range                 2 bytes
//!             -> parts of the week                       4 bytes
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

use crate::ages::{self, AgeRange};
use crate::columns::{AREA, Columns, ENDED, HIT, Mask, POINT, REMOTE, SIBLINGS};
use crate::near::Circle;
use crate::postings::{Stream, seek_all};
use crate::rank::{Best, Found, Order};
use crate::snapshot::Segment;
use crate::tally::{Beyond, Tally};
use crate::{Asks, Result};

/// How many of the word groups a document must match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Need {
    /// Every one.
    Every,
    /// At least so many.
    AtLeast(usize),
}

/// Terms of which a document has one or not.
pub(crate) struct OneOf {
    /// The terms that have bits.
    pub mask: Mask,
    /// The others.
    pub rest: Stream,
}

/// A group of terms of which a document must have one.
pub(crate) struct FacetTest {
    pub any: OneOf,
    /// Terms that do too, as something to ask.
    pub ask: OneOf,
    /// Where silence is something to ask: documents that deny all of `any`.
    pub denied: Option<Stream>,
    pub flag: Asks,
}

impl OneOf {
    fn meets(&mut self, mask: &Mask, doc: DocId) -> bool {
        self.mask.iter().zip(mask).any(|(a, b)| a & b != 0) || self.rest.seek(doc) == doc
    }
}

impl FacetTest {
    /// What has to be asked of a document; `None` when it does not meet the group.
    fn test(&mut self, mask: &Mask, doc: DocId) -> Option<Asks> {
        if self.any.meets(mask, doc) {
            return Some(Asks::default());
        }
        let silent = |denied: &mut Stream| denied.seek(doc) != doc;
        (self.ask.meets(mask, doc) || self.denied.as_mut().is_some_and(silent)).then_some(self.flag)
    }
}

/// What is asked of one segment.
pub(crate) struct Plan {
    pub need: Need,
    /// One stream per word group; in the words' order unless every one is needed.
    pub groups: Vec<Stream>,
    /// For each group that a broader term meets too, by its number among the words: what meets it otherwise.
    pub direct: Vec<(usize, Stream)>,
    /// Streams every document must be in.
    pub filters: Vec<Stream>,
    pub facets: Vec<FacetTest>,
    pub age: Option<AgeTest>,
    pub when: Option<WhenTest>,
    /// Kinds asked for, as bits.
    pub kinds: u16,
    pub legs: Vec<Leg>,
}

/// The age a document must be for.
#[derive(Clone, Copy)]
pub(crate) struct AgeTest {
    pub age: u8,
    /// Documents that state no age do not pass.
    pub strict: bool,
}

impl AgeTest {
    /// What has to be asked of a document with this range; `None` when it is not for the age.
    fn test(self, range: AgeRange) -> Option<Asks> {
        match ages::holds(range, self.age) {
            Some(holds) => holds.then_some(Asks::default()),
            None => (!self.strict).then_some(Asks::AGE),
        }
    }
}

/// The parts of the week in which a document must happen.
#[derive(Clone, Copy)]
pub(crate) struct WhenTest {
    /// Any of these.
    pub parts: u32,
    /// Documents that do not say when they happen do not pass.
    pub strict: bool,
}

impl WhenTest {
    /// What has to be asked of a document that happens in these parts; `None` when it happens in others.
    fn test(self, parts: u32) -> Option<Asks> {
        match parts {
            0 => (!self.strict).then_some(Asks::WHEN),
            parts => (parts & self.parts != 0).then_some(Asks::default()),
        }
    }
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
    /// Documents that do not say which area they serve.
    pub unstated: Stream,
}

impl Plan {
    /// Whether a document that the groups agreed on would not be there but for broader terms.
    fn is_broader(&mut self, doc: DocId) -> bool {
        let Self { need, groups, direct, .. } = self;
        // While every group must match, each is there; they may stand in another order than the words.
        let (need, every) = match *need {
            Need::Every => (groups.len(), true),
            Need::AtLeast(number) => (number, false),
        };
        let met = groups.iter().filter(|group| group.doc() == doc).count();
        let there = direct.iter_mut().filter(|(number, _)| every || groups[*number].doc() == doc);
        let only_broader = there.filter_map(|(_, own)| (own.seek(doc) != doc).then_some(())).count();
        met - only_broader < need
    }
}

impl Leg {
    /// The leg of `results`.
    pub(crate) fn results(ranges: Vec<Range<DocId>>, place: bool, areas: Option<Stream>) -> Self {
        let places = if place { POINT } else { 0 };
        Self { into_covers: false, ranges, places, areas, here: Stream::Empty, unstated: Stream::Empty }
    }

    /// The leg of `covers`.
    pub(crate) fn covers(columns: &Columns, areas: Stream, here: Stream, unstated: Stream) -> Self {
        let rest = columns.unplaced..columns.keys.len() as DocId;
        Self { into_covers: true, ranges: vec![rest], places: AREA | REMOTE, areas: Some(areas), here, unstated }
    }
}

/// What has been found so far for one block.
pub(crate) struct Gathered {
    pub tally: Tally,
    /// Listings counted that are there by broader terms only.
    pub broader: u64,
    pub best: Best,
    pub seen: HashMap<u64, Seen>,
}

/// A listing with several documents: the one to show, and the terms of all that match.
pub(crate) struct Seen {
    found: Found,
    id: String,
    mask: Mask,
    kind: u8,
    beyond: Vec<u32>,
}

/// The answer as it grows over the segments.
pub(crate) struct Gather<'a> {
    pub circle: Option<&'a Circle>,
    /// Listing keys that must not be seen.
    pub withdrawn: HashSet<u64>,
    pub counting: bool,
    /// Places of one listing are not put together.
    pub every_place: bool,
    /// Terms without a bit, where those are counted.
    pub beyond: Option<Beyond>,
    /// Those of the document at hand.
    pub terms: Vec<u32>,
    pub results: Gathered,
    pub covers: Gathered,
    /// Word groups that some accepted document matches, when not every one is needed.
    pub matched: u32,
    /// The most groups an accepted document matches.
    pub most_matched: usize,
}

impl Gathered {
    pub(crate) fn new(order: Order, most: usize) -> Self {
        Self { tally: Tally::new(), broader: 0, best: Best::new(order, most), seen: HashMap::new() }
    }
}

impl Gather<'_> {
    /// Listings found, in both blocks.
    pub(crate) fn found(&self) -> u64 {
        self.results.tally.total + self.covers.tally.total
    }

    /// Runs a plan over the segment of its number.
    pub(crate) fn segment(&mut self, segments: &[Arc<Segment>], at: usize, mut plan: Plan) -> Result<()> {
        if plan.need == Need::Every {
            plan.groups.sort_by_key(Stream::size);
        }
        plan.filters.sort_by_key(Stream::size);
        if let Some(beyond) = &mut self.beyond {
            beyond.enter(&segments[at])?;
        }
        for mut leg in std::mem::take(&mut plan.legs) {
            for range in std::mem::take(&mut leg.ranges) {
                let mut from = range.start;
                while let Some(doc) = next(&mut plan, &mut leg.areas, from, range.end) {
                    from = doc + 1;
                    if let Some(asks) = self.passes(&segments[at], doc, &mut plan, &leg) {
                        self.accept(&segments[at], at, doc, asks, &mut plan, &mut leg)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The tests of one document, cheapest first; what has to be asked of it if it passes.
    fn passes(&self, segment: &Segment, doc: DocId, plan: &mut Plan, leg: &Leg) -> Option<Asks> {
        let (columns, at) = (&segment.columns, doc as usize);
        let flags = columns.flags[at];
        let fits = flags & HIT != 0
            && (leg.places == 0 || flags & leg.places != 0)
            && (plan.kinds >> columns.kinds[at]) & 1 != 0;
        if !fits {
            return None;
        }
        let mut asks = plan.age.map_or(Some(Asks::default()), |age| age.test(columns.ages[at]))?;
        if let Some(when) = plan.when {
            asks.0 |= when.test(columns.when[at])?.0;
        }
        for facet in &mut plan.facets {
            asks.0 |= facet.test(&columns.masks[at], doc)?.0;
        }
        (segment.is_alive(doc) && !self.withdrawn.contains(&columns.listings[at])).then_some(asks)
    }

    /// Counts and offers a document that passed, if it lies in the circle.
    fn accept(
        &mut self,
        segment: &Segment,
        number: usize,
        doc: DocId,
        mut asks: Asks,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let (columns, at) = (&segment.columns, doc as usize);
        let circle = self.circle.filter(|_| !leg.into_covers);
        let metres = match circle.map(|circle| circle.at_least_m(columns.positions[at])) {
            Some(None) => return Ok(()),
            Some(inside) => inside,
            None => None,
        };
        if plan.need != Need::Every {
            let matching = plan.groups.iter().enumerate().filter(|(_, group)| group.doc() == doc);
            let (set, number) = matching.fold((0, 0), |(set, number), (at, _)| (set | 1 << at, number + 1));
            self.matched |= set;
            self.most_matched = self.most_matched.max(number);
        }
        let scores = plan.groups.iter_mut().filter(|group| group.doc() == doc).map(Stream::score);
        // Not `sum`, which is a negative zero when nothing was typed.
        let score = scores.fold(0.0, |sum, score| sum + score);
        let here = leg.here.seek(doc) == doc;
        if leg.unstated.seek(doc) == doc {
            asks.0 |= Asks::AREA.0;
        }
        let broader = !plan.direct.is_empty() && plan.is_broader(doc);
        let ended = columns.flags[at] & ENDED != 0;
        let mut found = Found { segment: number, doc, score, metres, here, asks, broader, ended };
        let exact = || circle.map(|circle| circle.exact_m(columns.positions[at]));
        // Only `results` are counted by more than their number.
        let counting = self.counting && !leg.into_covers;
        if let Some(beyond) = self.beyond.as_mut().filter(|_| counting) {
            beyond.read(segment, doc, &mut self.terms)?;
        }
        let terms: &[u32] = if counting { &self.terms } else { &[] };
        let into = if leg.into_covers { &mut self.covers } else { &mut self.results };
        let (mask, kind) = (columns.masks[at], columns.kinds[at]);
        if self.every_place || columns.flags[at] & SIBLINGS == 0 {
            into.tally.total += 1;
            into.broader += u64::from(broader);
            if counting {
                into.tally.count(&mask, kind, terms);
            }
            return into.best.offer(found, segment, exact);
        }
        found.metres = exact();
        into.meet_sibling(columns, found, mask, kind, terms)
    }

    /// Counts and offers the listings with several documents, now that all of those have been met.
    pub(crate) fn finish(&mut self, segments: &[Arc<Segment>]) -> Result<()> {
        // A listing is in one block only.
        self.covers.seen.retain(|listing, _| !self.results.seen.contains_key(listing));
        for (block, counting) in [(&mut self.results, self.counting), (&mut self.covers, false)] {
            for mut seen in std::mem::take(&mut block.seen).into_values() {
                block.tally.total += 1;
                block.broader += u64::from(seen.found.broader);
                if counting {
                    seen.beyond.sort_unstable();
                    seen.beyond.dedup();
                    block.tally.count(&seen.mask, seen.kind, &seen.beyond);
                }
                block.best.offer(seen.found, &segments[seen.found.segment], || seen.found.metres)?;
            }
        }
        Ok(())
    }
}

impl Gathered {
    /// Keeps the document to show of a listing that has several: one that has not ended, one that needs no broader term,
    /// one that serves the point, one that states all (where the order is by that), the nearest, the best by words, the
    /// first by id; each where those before are equal.
    fn meet_sibling(&mut self, columns: &Columns, found: Found, mask: Mask, kind: u8, beyond: &[u32]) -> Result<()> {
        let id = columns.entry(found.doc)?.id;
        let stated_first = self.best.order.stated_first;
        let seen = self.seen.entry(columns.listings[found.doc as usize]);
        let seen = seen.or_insert_with(|| Seen { found, id: id.to_owned(), mask, kind, beyond: Vec::new() });
        seen.mask.iter_mut().zip(mask).for_each(|(word, more)| *word |= more);
        seen.beyond.extend(beyond);
        let asks = |found: &Found| stated_first && !found.asks.is_empty();
        let metres = |found: &Found| found.metres.unwrap_or(f64::MAX);
        let order = (found.ended.cmp(&seen.found.ended))
            .then(found.broader.cmp(&seen.found.broader))
            .then(seen.found.here.cmp(&found.here))
            .then(asks(&found).cmp(&asks(&seen.found)))
            .then(metres(&found).total_cmp(&metres(&seen.found)))
            .then(seen.found.score.total_cmp(&found.score))
            .then_with(|| id.cmp(&seen.id));
        if order.is_lt() {
            (seen.found, seen.id, seen.kind) = (found, id.to_owned(), kind);
        }
        Ok(())
    }
}

/// The first document in `from..end` that the streams agree on.
fn next(plan: &mut Plan, areas: &mut Option<Stream>, mut from: DocId, end: DocId) -> Option<DocId> {
    let Plan { need, groups, filters, .. } = plan;
    // Each turn moves `from` ahead, so the loop ends with the range.
    while from < end {
        let doc = match need {
            Need::Every => seek_all(groups, from, end),
            Need::AtLeast(_) => groups.iter_mut().map(|group| group.seek(from)).min().unwrap_or(TERMINATED),
        };
        if doc >= end {
            return None;
        }
        let after = areas.as_mut().map_or(doc, |areas| areas.seek(doc));
        let after = if after == doc { seek_all(filters, doc, end) } else { after };
        if after != doc {
            from = after;
            continue;
        }
        let enough = match *need {
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
