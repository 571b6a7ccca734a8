//! Following words and nothing else, many documents at a time.
//!
//! ```text
//!   rarest word     ▓ ▓▓  ▓ ▓   ▓▓   ▓      64 documents at a time out of its postings
//!   other words       ▓▓    ▓   ▓    ▓      a bit of each where they are wide, else their postings are sought
//!   circle, columns   ▓     ▓        ▓      as in `scan`
//!   score             ▓              ·      frequencies of wide words only where the rest leaves them a chance
//! ```
//!
//! Each step is taken for the whole batch before the next: documents lie apart, and what a step needs of memory is
//! then fetched for several of them side by side.

use std::ops::Range;
use std::sync::Arc;

use tantivy::DocId;

use crate::asked::{Leg, Plan};
use crate::postings::Stream;
use crate::rank::{Found, NOWHERE};
use crate::scan::Gather;
use crate::snapshot::Segment;
use crate::{Asks, Result};

/// Documents that are looked at together.
const BATCH: usize = 64;

/// Documents at hand. Kept from batch to batch for its room.
pub(crate) struct Batch {
    /// Those of the rarest word, with how often each has it.
    led: [(DocId, u32); BATCH],
    /// For each further word how often each has it; 0 where that has not been looked up.
    further: Vec<[u32; BATCH]>,
    /// Places of those that are left.
    left: Vec<usize>,
    /// Places of those that passed, with no more than their metres, and what has to be asked of them.
    passed: Vec<(usize, f64, Asks)>,
}

impl Default for Batch {
    fn default() -> Self {
        Self { led: [(0, 0); BATCH], further: Vec::new(), left: Vec::new(), passed: Vec::new() }
    }
}

impl Batch {
    fn keep(&mut self, mut test: impl FnMut(DocId) -> bool) {
        let led = &self.led;
        self.left.retain(|&place| test(led[place].0));
    }

    /// Keeps what has every further word; answers where the next document that may have all can be.
    fn keep_agreed(&mut self, words: &mut [Stream], mut from: DocId) -> DocId {
        for (stream, frequencies) in words.iter_mut().zip(&mut self.further) {
            let Stream::Word(word) = stream else { continue };
            let led = &self.led;
            self.left.retain(|&place| {
                let doc = led[place].0;
                frequencies[place] = 0;
                word.has(doc).unwrap_or_else(|| {
                    let (at, frequency) = word.frequency_from(doc);
                    frequencies[place] = frequency;
                    from = from.max(at);
                    at == doc
                })
            });
        }
        from
    }

    /// The score of a document, or, unless `exact`, something that it does not exceed.
    fn score(&self, place: usize, words: &mut [Stream], exact: bool) -> f32 {
        let (doc, frequency) = self.led[place];
        let further = self.further.iter().map(|frequencies| frequencies[place]);
        words.iter_mut().zip(std::iter::once(frequency).chain(further)).fold(0.0, |sum, (stream, frequency)| {
            let Stream::Word(word) = stream else { return sum };
            sum + match frequency {
                0 if !exact => word.most(),
                0 => {
                    let (_, frequency) = word.frequency_from(doc);
                    word.score_of(doc, frequency)
                }
                _ => word.score_of(doc, frequency),
            }
        })
    }
}

impl Gather<'_> {
    /// Follows the words of a plan that has nothing else to follow ([`Plan::only_words`]) through a stretch.
    pub(crate) fn follow_words(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        docs: Range<DocId>,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let circle = self.circle;
        let tests = plan.tests_more() || !self.withdrawn.is_empty();
        let mut batch = std::mem::take(&mut self.batch);
        batch.further.resize(plan.groups.len().saturating_sub(1), [0; BATCH]);
        let mut from = docs.start;
        while from < docs.end && self.sure < self.enough {
            self.pace.step()?;
            let Some(Stream::Word(rarest)) = plan.groups.first_mut() else { break };
            let led = rarest.fill(from, docs.end, &mut batch.led);
            if led == 0 {
                break;
            }
            from = batch.led[led - 1].0 + 1;
            batch.left.clear();
            batch.left.extend(0..led);
            batch.keep(|doc| segment.is_live(doc) & plan.has_required(columns, doc));
            if let Some(areas) = &leg.areas {
                batch.keep(|doc| areas.has(doc));
            }
            from = batch.keep_agreed(&mut plan.groups[1..], from);
            if let Some(circle) = circle {
                batch.keep(|doc| circle.may_hold(columns.positions[doc as usize]));
            }
            batch.passed.clear();
            for &place in &batch.left {
                let doc = batch.led[place].0;
                let mut asks = Asks::default();
                if tests {
                    match plan.test(columns, doc) {
                        Some(found) if !self.hides(segment, doc) => asks = found,
                        _ => continue,
                    }
                }
                match circle.map(|circle| circle.at_least_m(columns.positions[doc as usize])) {
                    Some(None) => {}
                    Some(Some(metres)) => batch.passed.push((place, metres, asks)),
                    None => batch.passed.push((place, NOWHERE, asks)),
                }
            }
            let alone = |gather: &Self, doc| gather.beyond.is_none() && !columns.has_siblings_within(doc, gather.reach);
            for &(place, ..) in &batch.passed {
                let doc = batch.led[place].0;
                if alone(self, doc) {
                    self.results.tally.total += 1;
                    self.sure += 1;
                    if self.counting {
                        self.results.tally.count(&columns.masks[doc as usize], columns.kinds[doc as usize]);
                    }
                }
            }
            for &(place, metres, asks) in &batch.passed {
                let doc = batch.led[place].0;
                if !alone(self, doc) {
                    let score = batch.score(place, &mut plan.groups, true);
                    self.accept(segments, number, doc, asks, plan, leg, Some(score))?;
                    continue;
                }
                let mut found = Found { score: self.most, ..Found::at(number, doc, metres, asks, columns) };
                let best = &mut self.results.best;
                if !best.admits(&found, segment) {
                    continue;
                }
                found.score = batch.score(place, &mut plan.groups, false);
                if best.admits(&found, segment) {
                    found.score = batch.score(place, &mut plan.groups, true);
                    let exact = || circle.map_or(NOWHERE, |circle| circle.exact_m(columns.positions[doc as usize]));
                    best.offer(found, segments, exact);
                }
            }
        }
        self.batch = batch;
        Ok(())
    }
}
