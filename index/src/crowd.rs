//! Words and nothing else but a circle, where many documents may have them: by bits, 64 documents at a time.
//!
//! ```text
//!   words         ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    a bit a document for each wide word, anded; postings of the others
//!   counted       ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    32 bytes a document; or what the narrowest word comes to by itself, less
//!                                           what has not the others, whichever is fewer (without a circle)
//!   on a high rung   ▓        ▓       ▓     two bits a document for each wide word, names of the others
//!   score            ▓        ▓             exact, where it may be among the best
//! ```
//!
//! Those that may score most are scored first ([`Ladder`]); as soon as enough are found that are better than any others can
//! be, the others are counted only. In a circle those near its centre are looked at first, and 64 documents that
//! all lie too far away to be better are left out together.

use std::ops::Range;
use std::sync::Arc;

use tantivy::{DocId, DocSet};

use crate::asked::{Leg, Plan};
use crate::columns::{Columns, Stretch};
use crate::families::FamilyBits;
use crate::ladder::{Ladder, as_word};
use crate::near::Circle;
use crate::opened::Wide;
use crate::parts::PartBits;
use crate::postings::{Stream, forward, seek_all};
use crate::rank::{Found, NOWHERE};
use crate::scan::{Gather, retain, window};
use crate::snapshot::Segment;
use crate::tally::{Tally, for_each_of};
use crate::{Asks, Result};

/// Words are followed by bits if so many documents may have them,
const CROWD: u64 = 512;
/// or, in a small segment, one of so many of all documents.
const SHARE: u64 = 512;
/// About so many documents are counted together.
const TOGETHER: usize = 1024;
/// About so many documents near the centre are looked at first.
const FIRST: f64 = 512.0;

/// What was found of 64 documents that stand together.
#[derive(Clone, Copy)]
struct Block {
    /// Which 64 they are.
    at: usize,
    found: u64,
    /// Those of them that count only when all documents of their listing have been met.
    special: u64,
    /// None of them lies nearer to the centre, where there is one.
    metres: f64,
}

impl Gather<'_> {
    /// Whether the words of a plan are all that is asked for, but for a place, and many documents may have them.
    pub(crate) fn has_crowd(&self, columns: &Columns, plan: &Plan, leg: &Leg) -> bool {
        if !self.asks_words_only(plan, leg) {
            return false;
        }
        let places = leg.stretches.iter().map(|stretch| stretch.docs.len() as u64).sum::<u64>();
        let documents = columns.keys.len().max(1) as u64;
        let may_have = u64::from(plan.least()) * places / documents;
        places > 0 && self.circle.is_none_or(Circle::is_flat) && may_have >= CROWD.min(documents / SHARE)
    }

    /// Whether nothing is asked for but words, a place, and terms that are required.
    pub(crate) fn asks_words_only(&self, plan: &Plan, leg: &Leg) -> bool {
        let asked = plan.only_words() && !plan.tests_more() && !leg.into_covers && leg.areas.is_none();
        let all_shown = self.withdrawn.is_empty() && self.beyond.is_none() && !self.every_place;
        asked && all_shown && self.enough == u64::MAX && self.results.best.order.is_by_words()
    }

    /// Ranks the documents that have the only word of a plan, but for some.
    pub(crate) fn rank_others(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        but: &[DocId],
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let stretches = leg.stretches.clone();
        let mut found = self.find_all(&segments[number], &stretches, plan)?;
        but.iter().for_each(|doc| found.take_out(*doc));
        let ladder = Ladder::new(&plan.groups, &stretches)?;
        let blocks = found.filled().map(|(at, found)| Block { at, found, special: 0, metres: NOWHERE });
        self.rank_crowd(&Of { segments, number, ladder: &ladder }, blocks, ladder.all(), plan, leg)
    }

    /// Follows words through the stretches of a leg: all words of a plan, which has nothing else.
    pub(crate) fn follow_crowd(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        stretches: &[Stretch],
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let found = self.find_all(segment, stretches, plan)?;
        let Some(circle) = self.circle else {
            let blocks = || {
                let special = |at: usize, found| found & columns.uneven[at];
                found.filled().map(move |(at, found)| Block { at, found, special: special(at, found), metres: NOWHERE })
            };
            let special = self.count_crowd(segment, &found, blocks(), &plan.groups)?;
            if self.results.best.most() == 0 && special == 0 {
                return Ok(());
            }
            // The best of them are on the highest rungs, and whoever knows these need not score many others.
            let ladder = Ladder::new(&plan.groups, stretches)?;
            let of = Of { segments, number, ladder: &ladder };
            let first = ladder.enough(4 * self.results.best.most(), self.results.tally.total);
            let rest = first.end..ladder.all().end;
            self.rank_crowd(&of, blocks(), first, plan, leg)?;
            if ladder.most(&rest) >= self.results.best.needed(NOWHERE) {
                self.rank_crowd(&of, blocks(), rest, plan, leg)?;
            }
            return Ok(());
        };
        let mut blocks = Vec::new();
        for (at, found) in found.filled() {
            let shares = |doc| columns.has_siblings_within(64 * at as DocId + doc, self.reach);
            let special = retain(found & columns.sharing[at], shares);
            blocks.push(Block { at, found, special, metres: circle.no_nearer_m(&columns.extents[at]) });
        }
        let special = self.count_crowd(segment, &found, blocks.iter().copied(), &plan.groups)?;
        if self.results.best.most() == 0 && special == 0 {
            return Ok(());
        }
        // As far from the centre as some hundred documents are, where that is not far.
        let near = circle.metres() * (FIRST / self.results.tally.total.max(1) as f64).sqrt().min(1.0);
        let (nearest, others): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.metres <= near);
        let ladder = Ladder::new(&plan.groups, stretches)?;
        let of = Of { segments, number, ladder: &ladder };
        for blocks in [nearest, others] {
            self.rank_crowd(&of, blocks.into_iter(), ladder.all(), plan, leg)?;
        }
        Ok(())
    }

    /// Which documents are found.
    fn find_all(&self, segment: &Segment, stretches: &[Stretch], plan: &Plan) -> Result<PartBits> {
        let columns = &*segment.columns;
        let mut found = having_all(&plan.groups, stretches)?;
        let required = |at, found| plan.required.iter().fold(found, |found, any| found & columns.with_any(any, at));
        if let [Stretch { docs, inside: true }] = stretches {
            found.change(|at, found| required(at, found & segment.live[at]) & window(docs, 64 * at as DocId));
            return Ok(found);
        }
        let mut stretches = stretches.iter().peekable();
        let mut here: Vec<&Stretch> = Vec::new();
        found.change(|at, found| {
            let first = 64 * at as DocId;
            // The stretches that these 64 documents have a part in.
            here.retain(|stretch| stretch.docs.end > first);
            while let Some(next) = stretches.next_if(|next| next.docs.start < first + 64) {
                here.push(next);
            }
            let found = required(at, found & segment.live[at]);
            let in_circle = |doc| {
                let position = columns.positions[(first + doc) as usize];
                self.circle.is_none_or(|circle| circle.at_least_m(position).is_some())
            };
            here.iter().fold(0, |all, Stretch { docs, inside }| {
                let mine = found & window(docs, first);
                all | if *inside { mine } else { retain(mine, in_circle) }
            })
        });
        Ok(found)
    }

    /// Counts what was found, but for what is special; how much that is.
    fn count_crowd(
        &mut self,
        segment: &Segment,
        found: &PartBits,
        blocks: impl Iterator<Item = Block> + Clone,
        words: &[Stream],
    ) -> Result<u64> {
        let columns = &*segment.columns;
        let mut seen = FamilyBits::none_of(&columns.members);
        let ones = |bits: u64| u64::from(bits.count_ones());
        let (mut number, mut special) = (0, 0);
        for block in blocks.clone() {
            self.pace.step()?;
            number += ones(block.found & !block.special);
            special += ones(block.special);
        }
        let wide = words.iter().filter_map(|word| as_word(word)?.wide()).min_by_key(|wide| wide.counts.total());
        let by_word = |wide: &&Wide| self.circle.is_none() && self.counting && wide.counts.total() < 2 * number;
        let tally = &mut self.results.tally;
        if let Some(wide) = wide.filter(by_word) {
            tally.count_again(&wide.counts);
            let mut others = Tally::new();
            let rest = wide.bits.iter().enumerate().filter_map(|(at, bits)| {
                let rest = bits & columns.hits[at] & !columns.uneven[at] & !found.word(at);
                (rest != 0).then(|| (at, rest, rest & columns.sharing[at]))
            });
            // Of what has the narrowest word and was not found: listings only where none of their documents was.
            let none_found = |family| !columns.members.of(family).iter().any(|&doc| found.has(doc));
            let met = |family| seen.add(family) && none_found(family);
            count_all(columns, &mut others, true, rest, met);
            tally.take_away(&others.counts());
            return Ok(special);
        }
        // In a circle what shares its listing is special, or far from all others.
        let sharing = |at: usize| if self.circle.is_none() { columns.sharing[at] } else { 0 };
        let all = blocks.map(|Block { at, found, special, .. }| (at, found & !special, sharing(at)));
        count_all(columns, tally, self.counting, all, |family| seen.add(family));
        Ok(special)
    }

    /// Ranks what was found in some blocks, ascending, and on some rungs; counts what is special with the first.
    fn rank_crowd(
        &mut self,
        &Of { segments, number, ladder }: &Of<'_>,
        blocks: impl Iterator<Item = Block>,
        rungs: Range<usize>,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        if rungs.is_empty() {
            return Ok(());
        }
        let segment = &*segments[number];
        let columns = &*segment.columns;
        // Streams of their own, for other blocks need them from the beginning again.
        let again = plan.groups.iter().filter_map(as_word).map(|word| Ok(Stream::Word(Box::new(word.again()?))));
        let words = &mut again.collect::<Result<Vec<_>>>()?[..];
        let circle = self.circle;
        let metres = |doc: DocId| circle.map_or(NOWHERE, |circle| circle.no_more_m(columns.positions[doc as usize]));
        let scored = |score, doc, metres| Found { score, ..Found::at(number, doc, metres, Asks::default(), columns) };
        for Block { at, found, special, metres: least } in blocks {
            self.pace.step()?;
            let first = 64 * at as DocId;
            let best = &self.results.best;
            let admits = |most, doc| best.admits(&scored(most, first + doc, metres(first + doc)), segment);
            let near = |on, most| if circle.is_some() { retain(on, |doc| admits(most, doc)) } else { on };
            let mut bits = ladder.may_score(&rungs, best.needed(least), found & !special, at, near);
            if rungs.start == 0 {
                bits |= special;
            }
            // One after the other: streams never go back.
            for doc in for_each_of(bits, first) {
                let has = |bits: u64| bits >> (doc - first) & 1 != 0;
                seek_all(words, doc, doc + 1);
                let score = words.iter_mut().map(Stream::score).fold(0.0, |sum, score| sum + score);
                if has(special) {
                    self.accept(segments, number, doc, Asks::default(), plan, leg, Some(score))?;
                    continue;
                }
                let found = scored(score, doc, metres(doc));
                match circle {
                    Some(circle) => {
                        let exact = || circle.exact_m(columns.positions[doc as usize]);
                        self.results.best.offer(found, segments, exact);
                    }
                    None => self.offer_once(segments, found),
                }
            }
        }
        Ok(())
    }
}

/// What is ranked: documents of a segment, and on which rungs they are.
struct Of<'a> {
    segments: &'a [Arc<Segment>],
    number: usize,
    ladder: &'a Ladder,
}

/// Counts documents, given which of 64 they are; those that share their listing only where `met` says so of their family.
fn count_all(
    columns: &Columns,
    tally: &mut Tally,
    counting: bool,
    words: impl Iterator<Item = (usize, u64, u64)>,
    mut met: impl FnMut(u32) -> bool,
) {
    let mut docs = Vec::with_capacity(TOGETHER + 64);
    let mut count = |docs: &mut Vec<DocId>| {
        if counting {
            tally.count_all(columns, docs);
        } else {
            tally.total += docs.len() as u64;
        }
        docs.clear();
    };
    for (at, found, sharing) in words {
        let first = 64 * at as DocId;
        let alone = |doc: &DocId| sharing >> (doc - first) & 1 == 0;
        docs.extend(for_each_of(found, first).filter(|doc| alone(doc) || met(columns.families[*doc as usize])));
        if docs.len() >= TOGETHER {
            count(&mut docs);
        }
    }
    count(&mut docs);
}

/// The documents in or beside some stretches that have every one of some words, the rarest of these first.
fn having_all(words: &[Stream], stretches: &[Stretch]) -> Result<PartBits> {
    let (mut wide, mut others) = (Vec::new(), Vec::new());
    for word in words.iter().filter_map(as_word) {
        match word.wide() {
            Some(word) => wide.push(word),
            None => others.push(word.documents()?),
        }
    }
    let mut found = PartBits::none_of(stretches);
    match others.split_first_mut() {
        None => found.change(|_, _| u64::MAX),
        Some((rarest, others)) => {
            for Stretch { docs, .. } in stretches {
                let mut doc = forward(rarest, docs.start);
                while doc < docs.end {
                    if others.iter_mut().all(|other| forward(other, doc) == doc) {
                        found.set(doc);
                    }
                    doc = rarest.advance();
                }
            }
        }
    }
    for word in wide {
        found.change(|at, found| found & word.bits[at]);
    }
    Ok(found)
}
