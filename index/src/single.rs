//! One word anywhere and nothing else: what its documents come to, and which score most, is known since the segment was opened.
//!
//! Only words that many documents have are known so. What has been deleted since is taken away; where more is asked, or
//! where the known ones are not surely the best, documents are found and scored as others are (`crowd`).

use std::collections::HashSet;
use std::sync::Arc;

use tantivy::DocId;

use crate::Result;
use crate::asked::{Leg, Plan};
use crate::columns::{Columns, Stretch};
use crate::ladder::as_word;
use crate::postings::Weights;
use crate::rank::{Found, NOWHERE};
use crate::scan::Gather;
use crate::snapshot::Segment;
use crate::tally::{Counts, Tally};

/// About so many of the best documents of a word are known.
const KEPT: usize = 128;
/// So many deleted documents are looked at one by one, and no more.
const DEAD: usize = 256;

/// What is known of a word.
pub(crate) struct Single {
    /// What its documents come to that searches could answer with, deleted ones among them: each listing once.
    pub counts: Arc<Counts>,
    pub leaders: Leaders,
}

/// The documents that score most by a word.
pub(crate) struct Leaders {
    /// Ascending.
    docs: Box<[DocId]>,
    /// What all others score at most,
    others: f32,
    /// by these weights.
    weights: Weights,
}

impl Leaders {
    /// Of the documents that have a word, with what they score by these weights. `None` where listings have documents
    /// with the word that differ in what is counted: these have to be met one by one. What is in `room` goes.
    pub(crate) fn of(
        scores: &[(DocId, f32)],
        weights: &Weights,
        columns: &Columns,
        room: &mut Vec<(DocId, f32)>,
    ) -> Option<Self> {
        let is = |bits: &[u64], doc: DocId| bits[doc as usize / 64] >> (doc % 64) & 1 != 0;
        room.clear();
        room.extend(scores.iter().filter(|(doc, _)| is(&columns.hits, *doc)));
        if room.iter().any(|(doc, _)| is(&columns.uneven, *doc)) {
            return None;
        }
        let others = if room.len() > KEPT {
            let (_, (_, last), others) = room.select_nth_unstable_by(KEPT, |a, b| b.1.total_cmp(&a.1));
            others.iter().map(|(_, score)| *score).fold(*last, f32::max)
        } else {
            f32::NEG_INFINITY
        };
        let mut docs: Box<[DocId]> = room.iter().take(KEPT).map(|(doc, _)| *doc).collect();
        docs.sort_unstable();
        Some(Self { docs, others, weights: weights.clone() })
    }
}

impl Gather<'_> {
    /// What is known of the only word of a plan, where that and the words' documents wherever they are is all that is asked.
    pub(crate) fn single(&self, segment: &Segment, plan: &Plan, leg: &Leg) -> Option<Arc<Single>> {
        let [group] = &plan.groups[..] else { return None };
        let all = 0..segment.columns.keys.len() as DocId;
        let anywhere = self.circle.is_none() && leg.stretches == [Stretch { docs: all, inside: true }];
        let words_only = plan.required.is_empty() && self.asks_words_only(plan, leg);
        let known = as_word(group)?.single()?;
        (anywhere && words_only && segment.dead.len() <= DEAD).then_some(known)
    }

    /// Counts and ranks the documents of the only word of a plan.
    pub(crate) fn follow_single(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        single: &Single,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let Some(word) = as_word(&plan.groups[0]) else { return Ok(()) };
        let (mut word, mut dead_ones) = (word.again()?, word.again()?);
        let mut families = HashSet::new();
        // All documents of a listing are deleted together, and it has been counted once.
        let mut first = |doc| !columns.is_sharing(doc) || families.insert(columns.families[doc as usize]);
        let dead = segment.dead.iter().copied().filter(|doc| dead_ones.score_at(*doc).is_some());
        let dead: Vec<DocId> = dead.filter(|doc| first(*doc)).collect();
        let tally = &mut self.results.tally;
        if self.counting {
            let mut gone = Tally::new();
            gone.count_all(columns, &dead);
            tally.count_again(&single.counts);
            tally.take_away(&gone.counts());
        } else {
            tally.total += single.counts.total() - dead.len() as u64;
        }
        if self.results.best.most() == 0 {
            return Ok(());
        }
        for &doc in single.leaders.docs.iter().filter(|doc| segment.is_live(**doc)) {
            let Some(score) = word.score_at(doc) else { continue };
            let found = Found { score, ..Found::at(number, doc, NOWHERE, Default::default(), columns) };
            self.offer_once(segments, found);
        }
        let Leaders { docs, others, weights } = &single.leaders;
        let others = others * word.weights().grown_from(weights) * 1.0001;
        if others >= self.results.best.needed(NOWHERE) {
            self.rank_others(segments, number, docs, plan, leg)?;
        }
        Ok(())
    }

    /// Offers a document wherever it is; of a listing with several, one is shown.
    pub(crate) fn offer_once(&mut self, segments: &[Arc<Segment>], found: Found) {
        let segment = &*segments[found.segment as usize];
        let best = &mut self.results.best;
        if !segment.columns.is_sharing(found.doc) {
            best.offer(found, segments, || NOWHERE);
        } else if best.admits(&found, segment) {
            self.results.families.keep(segments, found, best.order.stated_first);
        }
    }
}
