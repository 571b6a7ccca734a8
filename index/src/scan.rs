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
//!  Words, languages, organisation, areas:              Nothing but columns (a browse):
//!  `follow`; words alone in batches (`batch`),           `look`, a word of 64 documents at a time
//!  and where many have them by bits (`crowd`)
//!
//!    streams of postings agree on documents
//!    -> to be found, not deleted       a bit each        -> to be found, not deleted    a bit each
//!    -> terms required                 a bit each        -> terms required              a bit each
//!    -> distance, flat                    8 bytes        -> distance, flat, at the rim     8 bytes
//!    -> kind, age, parts of the week, what may be        -> kind, age, parts of the week, what may be
//!       asked, withdrawn                                     asked, withdrawn
//!
//!  Then each document that passed is counted (32 bytes of terms) and offered to the best: exact distance and score
//!  are worked out only if it may be shown. Nearest first, with no other test, whole blocks of 256 documents are
//!  counted by `Sums`, and the nearest are found afterwards in a smaller circle.
//! ```
//!
//! Without a place there is one leg over everything. Documents whose listing has others near enough to match as well go
//! through `Families`, so that a listing counts once and is shown at its nearest place.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use tantivy::DocId;

use crate::areas::Bits;
use crate::asked::{Leg, Need, Plan};
use crate::batch::Batch;
use crate::columns::Stretch;
use crate::families::Families;
use crate::near::Circle;
use crate::postings::{Stream, seek_all, seek_some};
use crate::rank::{Best, Found, NOWHERE, Order};
use crate::snapshot::Segment;
use crate::stop::Pace;
use crate::tally::{BLOCK, Beyond, Tally};
use crate::{Asks, Result};

/// What has been found so far for one block.
pub(crate) struct Gathered {
    pub tally: Tally,
    /// Listings counted that are there by broader terms only.
    pub broader: u64,
    pub best: Best,
    pub families: Families,
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
    /// So many `results` end the scan.
    pub enough: u64,
    /// `results` so far that are no other place of one before and need no broader term.
    pub sure: u64,
    /// Word groups that some accepted document matches, when not every one is needed.
    pub matched: u32,
    /// The most groups an accepted document matches.
    pub most_matched: usize,
    /// Whole blocks of documents are counted by their sums; the nearest are found afterwards.
    pub summing: bool,
    /// No document of the segment at hand scores more.
    pub most: f32,
    /// Metres that two documents in the circle may lie apart.
    pub reach: f32,
    /// Room for documents that are looked at together.
    pub batch: Batch,
    /// Says when to end before it is done.
    pub pace: Pace<'a>,
}

impl Gathered {
    pub(crate) fn new(order: Order, most: usize) -> Self {
        Self { tally: Tally::new(), broader: 0, best: Best::new(order, most), families: Families::default() }
    }
}

impl Gather<'_> {
    /// Listings found, in both blocks.
    pub(crate) fn found(&self) -> u64 {
        self.results.tally.total + self.covers.tally.total
    }

    /// Whether the nearest come first, and nothing is hidden or counted that sums do not know of.
    pub(crate) fn nearest_first(&self) -> bool {
        self.results.best.order.is_nearest() && self.withdrawn.is_empty() && self.beyond.is_none()
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
        self.most = plan.most();
        self.reach = match self.circle {
            // Nothing lies so near.
            _ if self.every_place => -1.0,
            Some(circle) => 2.002 * circle.metres() as f32 + 1.0,
            None => f32::INFINITY,
        };
        for mut leg in std::mem::take(&mut plan.legs) {
            if let Some(single) = self.single(&segments[at], &plan, &leg) {
                self.follow_single(segments, at, &single, &mut plan, &mut leg)?;
                continue;
            }
            if self.has_crowd(&segments[at].columns, &plan, &leg) {
                let stretches = std::mem::take(&mut leg.stretches);
                self.follow_crowd(segments, at, &stretches, &mut plan, &mut leg)?;
            }
            for Stretch { docs, inside } in std::mem::take(&mut leg.stretches) {
                if plan.only_words() && !leg.into_covers {
                    self.follow_words(segments, at, docs, &mut plan, &mut leg)?;
                } else if !plan.only_columns() || leg.into_covers {
                    self.follow(segments, at, docs, &mut plan, &mut leg)?;
                } else if self.summing && inside && docs.len() >= 2 * BLOCK {
                    let blocks = docs.start.div_ceil(BLOCK as DocId)..docs.end / BLOCK as DocId;
                    let whole = blocks.start * BLOCK as DocId..blocks.end * BLOCK as DocId;
                    self.look(segments, at, docs.start..whole.start, inside, &mut plan, &mut leg)?;
                    self.results.tally.count_blocks(&segments[at].columns.sums, &blocks);
                    self.correct(segments, at, whole.clone(), &mut plan, &mut leg)?;
                    self.look(segments, at, whole.end..docs.end, inside, &mut plan, &mut leg)?;
                } else {
                    self.look(segments, at, docs, inside, &mut plan, &mut leg)?;
                }
            }
        }
        Ok(())
    }

    /// Follows the streams through a stretch, one document at a time.
    fn follow(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        docs: Range<DocId>,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let circle = self.circle.filter(|_| !leg.into_covers);
        let mut from = docs.start;
        let mut steps = 0_u32;
        while self.sure < self.enough {
            if steps.is_multiple_of(64) {
                self.pace.step()?;
            }
            steps = steps.wrapping_add(1);
            let Some(doc) = next(plan, leg.areas.as_ref(), from, docs.end) else { break };
            from = doc + 1;
            let fits = leg.places == 0 || columns.flags[doc as usize] & leg.places != 0;
            if !(segment.is_live(doc) & fits & plan.has_required(columns, doc))
                || circle.is_some_and(|circle| !circle.may_hold(columns.positions[doc as usize]))
            {
                continue;
            }
            if let Some(asks) = plan.test(columns, doc).filter(|_| !self.hides(segment, doc)) {
                self.accept(segments, number, doc, asks, plan, leg, None)?;
            }
        }
        Ok(())
    }

    /// Looks at every document of a stretch, 64 at a time: nothing but columns decides.
    fn look(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        docs: Range<DocId>,
        inside: bool,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let rim = self.circle.filter(|_| !inside);
        let (tests, offers) = (plan.tests_more() || !self.withdrawn.is_empty(), !self.summing);
        for first in (docs.start & !63..docs.end).step_by(64) {
            self.pace.step()?;
            let mut bits = segment.live[first as usize / 64] & window(&docs, first);
            if let Some(areas) = &leg.areas {
                bits &= areas.word(first as usize / 64);
            }
            for required in &plan.required {
                bits &= columns.with_any(required, first as usize / 64);
            }
            if let Some(circle) = rim {
                bits = retain(bits, |at| circle.at_least_m(columns.positions[(first + at) as usize]).is_some());
            }
            while bits != 0 && self.sure < self.enough {
                let doc = first + bits.trailing_zeros();
                bits &= bits - 1;
                let mut asks = Asks::default();
                if tests {
                    match plan.test(columns, doc) {
                        Some(found) if !self.hides(segment, doc) => asks = found,
                        _ => continue,
                    }
                }
                let at = doc as usize;
                if columns.has_siblings_within(doc, self.reach) || self.beyond.is_some() {
                    self.accept(segments, number, doc, asks, plan, leg, None)?;
                    continue;
                }
                self.results.tally.total += 1;
                self.sure += 1;
                if self.counting {
                    self.results.tally.count(&columns.masks[at], columns.kinds[at]);
                }
                if offers {
                    let metres = self.circle.map_or(NOWHERE, |circle| circle.no_more_m(columns.positions[at]));
                    let found = Found::at(number, doc, metres, asks, columns);
                    if self.results.best.admits(&found, segment) {
                        let exact = || self.circle.map_or(NOWHERE, |circle| circle.exact_m(columns.positions[at]));
                        self.results.best.offer(found, segments, exact);
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes good what sums of whole blocks do not know: documents deleted since, and listings with several.
    fn correct(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        docs: Range<DocId>,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        for &doc in within(&segment.dead, &docs) {
            self.results.tally.take_back(&columns.masks[doc as usize], columns.kinds[doc as usize]);
        }
        for &doc in within(&columns.siblings, &docs) {
            if columns.has_siblings_within(doc, self.reach) && segment.is_live(doc) {
                self.results.tally.take_back(&columns.masks[doc as usize], columns.kinds[doc as usize]);
                self.accept(segments, number, doc, Asks::default(), plan, leg, None)?;
            }
        }
        Ok(())
    }

    /// Offers the documents of some stretches that lie in a circle, without counting them. Listings with several have
    /// been met already.
    pub(crate) fn offer_all(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        circle: &Circle,
        stretches: &[Stretch],
    ) {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        for Stretch { docs, .. } in stretches {
            for first in (docs.start & !63..docs.end).step_by(64) {
                let mut bits = segment.live[first as usize / 64] & window(docs, first);
                while bits != 0 {
                    let doc = first + bits.trailing_zeros();
                    bits &= bits - 1;
                    let position = columns.positions[doc as usize];
                    let Some(metres) = circle.at_least_m(position) else { continue };
                    if columns.has_siblings_within(doc, self.reach) {
                        continue;
                    }
                    let found = Found::at(number, doc, metres, Asks::default(), columns);
                    self.results.best.offer(found, segments, || circle.exact_m(position));
                }
            }
        }
    }

    pub(crate) fn hides(&self, segment: &Segment, doc: DocId) -> bool {
        !self.withdrawn.is_empty() && self.withdrawn.contains(&segment.columns.listings[doc as usize])
    }

    /// Counts and offers a document that passed, if it lies in the circle. Where its score is not given the streams still
    /// stand at it.
    #[expect(clippy::too_many_arguments, reason = "one document, and everything that is known of it")]
    pub(crate) fn accept(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        doc: DocId,
        mut asks: Asks,
        plan: &mut Plan,
        leg: &mut Leg,
        score: Option<f32>,
    ) -> Result<()> {
        let segment = &*segments[number];
        let (columns, at) = (&segment.columns, doc as usize);
        let circle = self.circle.filter(|_| !leg.into_covers);
        let metres = match circle.map(|circle| circle.at_least_m(columns.positions[at])) {
            Some(None) => return Ok(()),
            Some(Some(metres)) => metres,
            None => NOWHERE,
        };
        if plan.need != Need::Every {
            let matching = plan.groups.iter().enumerate().filter(|(_, group)| group.doc() == doc);
            let (set, number) = matching.fold((0, 0), |(set, number), (at, _)| (set | 1 << at, number + 1));
            self.matched |= set;
            self.most_matched = self.most_matched.max(number);
        }
        let here = leg.here.has(doc);
        if leg.unstated.has(doc) {
            asks.0 |= Asks::AREA.0;
        }
        let broader = !plan.direct.is_empty() && plan.is_broader(doc);
        let ended = columns.has_ended(doc);
        let mut found = Found { segment: number as u32, doc, score: self.most, metres, here, asks, broader, ended };
        // Only `results` are counted by more than their number.
        let counting = self.counting && !leg.into_covers;
        if let Some(beyond) = self.beyond.as_mut().filter(|_| counting) {
            beyond.read(segment, doc, &mut self.terms)?;
        }
        let terms: &[u32] = if counting { &self.terms } else { &[] };
        let into = if leg.into_covers { &mut self.covers } else { &mut self.results };
        let exact = || circle.map_or(NOWHERE, |circle| circle.exact_m(columns.positions[at]));
        let (mask, kind) = (&columns.masks[at], columns.kinds[at]);
        let reach = if leg.into_covers && !self.every_place { f32::INFINITY } else { self.reach };
        let mut score = || {
            let groups = plan.groups.iter_mut().filter(|group| group.doc() == doc);
            // Not `sum`, which is a negative zero when nothing was typed.
            score.unwrap_or_else(|| groups.map(Stream::score).fold(0.0, |sum, score| sum + score))
        };
        if columns.has_siblings_within(doc, reach) {
            found.score = score();
            let Gathered { tally, best, families, .. } = into;
            families.meet(segments, circle, found, best.order.stated_first, (tally, counting, terms));
            return Ok(());
        }
        into.tally.total += 1;
        into.broader += u64::from(broader);
        self.sure += u64::from(!broader && !leg.into_covers);
        if counting {
            into.tally.count(mask, kind);
            into.tally.count_beyond(terms);
        }
        if into.best.admits(&found, segment) {
            found.score = score();
            into.best.offer(found, segments, exact);
        }
        Ok(())
    }

    /// Offers the listings with several documents, now that all of those have been met.
    pub(crate) fn finish(&mut self, segments: &[Arc<Segment>]) {
        let circle = self.circle;
        let exact = |found: &Found| match circle.filter(|_| found.metres.is_finite()) {
            Some(circle) => circle.exact_m(segments[found.segment as usize].columns.positions[found.doc as usize]),
            None => found.metres,
        };
        for found in self.results.families.take() {
            self.results.broader += u64::from(found.broader);
            self.results.best.offer(found, segments, || exact(&found));
        }
        for found in self.covers.families.take() {
            // A listing is in one block only.
            if self.results.families.has(segments, &found) {
                self.covers.tally.total -= 1;
            } else {
                self.covers.broader += u64::from(found.broader);
                self.covers.best.offer(found, segments, || found.metres);
            }
        }
    }
}

/// The bits of a word of 64 documents from `first` on that stand for documents of a range.
pub(crate) fn window(docs: &Range<DocId>, first: DocId) -> u64 {
    let above = u64::MAX << docs.start.saturating_sub(first).min(63);
    let below = u64::MAX >> (first + 64).saturating_sub(docs.end).min(63);
    above & below
}

/// The bits that a test holds of.
pub(crate) fn retain(bits: u64, mut test: impl FnMut(u32) -> bool) -> u64 {
    let (mut rest, mut kept) = (bits, 0);
    while rest != 0 {
        let at = rest.trailing_zeros();
        rest &= rest - 1;
        kept |= u64::from(test(at)) << at;
    }
    kept
}

/// The part of an ascending list that lies in a range.
fn within<'a>(list: &'a [DocId], docs: &Range<DocId>) -> &'a [DocId] {
    let at = |doc: DocId| list.partition_point(|&have| have < doc);
    &list[at(docs.start)..at(docs.end)]
}

/// The first document in `from..end` that the streams agree on.
fn next(plan: &mut Plan, areas: Option<&Bits>, mut from: DocId, end: DocId) -> Option<DocId> {
    let Plan { need, groups, filters, .. } = plan;
    if let (Need::Every, [only], [], None) = (&need, &mut groups[..], &filters[..], &areas) {
        let doc = only.seek(from);
        return (doc < end).then_some(doc);
    }
    // Each turn moves `from` ahead, so the loop ends with the range.
    loop {
        from = areas.map_or(from, |areas| areas.at_or_after(from));
        if from >= end {
            return None;
        }
        let agreed = match *need {
            Need::Every => seek_all(groups, from, end),
            Need::AtLeast(number) => seek_some(groups, number, from, end),
        };
        if agreed >= end {
            return None;
        }
        let after = areas.map_or(agreed, |areas| areas.at_or_after(agreed));
        let after = if after == agreed { seek_all(filters, agreed, end) } else { after };
        if after == agreed {
            return Some(agreed);
        }
        from = after;
    }
}
