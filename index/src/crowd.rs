//! Words and nothing else but a circle, where many documents may have them: by bits, 64 documents at a time.
//!
//! ```text
//!   words         ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    a bit a document for each wide word, anded; postings of the others
//!   counted       ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    32 bytes a document; or what the narrowest word comes to by itself, less
//!                                           what has not the others, whichever is fewer (without a circle)
//!   in a name        ▓        ▓       ▓     postings of the words in names, followed beside
//!   score            ▓        ▓             exact, where it may be among the best
//! ```
//!
//! Most documents have none of the words in their names. As soon as enough are found that are better than any of those
//! can be, only documents that are named so are looked at for their scores. In a circle those near its centre are looked
//! at first, and 64 documents that all lie too far away to be better are left out together.

use std::ops::Range;
use std::sync::Arc;

use tantivy::postings::SegmentPostings;
use tantivy::{DocId, DocSet};

use crate::asked::{Leg, Plan};
use crate::columns::{Columns, Stretch};
use crate::families::FamilyBits;
use crate::near::Circle;
use crate::opened::Wide;
use crate::postings::{Stream, WordStream, forward, seek_all};
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
        let asked = plan.only_words() && !plan.tests_more() && !leg.into_covers && leg.areas.is_none();
        let all_shown = self.withdrawn.is_empty() && self.beyond.is_none() && !self.every_place;
        if !(asked && all_shown && self.enough == u64::MAX && self.results.best.order.is_by_words()) {
            return false;
        }
        let places = leg.stretches.iter().map(|stretch| stretch.docs.len() as u64).sum::<u64>();
        let documents = columns.keys.len().max(1) as u64;
        let may_have = u64::from(plan.least()) * places / documents;
        places > 0 && self.circle.is_none_or(Circle::is_flat) && may_have >= CROWD.min(documents / SHARE)
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
        let mut blocks = Vec::new();
        for (at, found) in found.filled() {
            self.pace.step()?;
            let first = 64 * at as DocId;
            let (special, metres) = match self.circle {
                None => (found & columns.uneven[at], NOWHERE),
                Some(circle) => (
                    retain(found & columns.sharing[at], |doc| columns.has_siblings_within(first + doc, self.reach)),
                    circle.no_nearer_m(&columns.extents[at]),
                ),
            };
            blocks.push(Block { at, found, special, metres });
        }
        self.count_crowd(segment, &found, &blocks, &plan.groups);
        if self.results.best.most() == 0 && blocks.iter().all(|block| block.special == 0) {
            return Ok(());
        }
        // As far from the centre as some hundred documents are, where that is not far.
        let near = self.circle.map(Circle::metres).unwrap_or_default()
            * (FIRST / self.results.tally.total.max(1) as f64).sqrt().min(1.0);
        let (nearest, others): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.metres <= near);
        for blocks in [nearest, others] {
            self.rank_crowd(segments, number, &blocks, plan, leg)?;
        }
        Ok(())
    }

    /// Which documents are found.
    fn find_all(&self, segment: &Segment, stretches: &[Stretch], plan: &Plan) -> Result<Bits> {
        let columns = &*segment.columns;
        let mut found = having_all(&plan.groups, stretches)?;
        let mut stretches = stretches.iter().peekable();
        let mut here: Vec<&Stretch> = Vec::new();
        found.change(|at, found| {
            let first = 64 * at as DocId;
            // The stretches that these 64 documents have a part in.
            here.retain(|stretch| stretch.docs.end > first);
            while let Some(next) = stretches.next_if(|next| next.docs.start < first + 64) {
                here.push(next);
            }
            let found = found & segment.live[at];
            let found = plan.required.iter().fold(found, |found, any| found & columns.with_any(any, at));
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

    /// Counts what was found, but for what is special.
    fn count_crowd(&mut self, segment: &Segment, found: &Bits, blocks: &[Block], words: &[Stream]) {
        let columns = &*segment.columns;
        let mut seen = FamilyBits::none_of(&columns.members);
        let number: u64 = blocks.iter().map(|block| u64::from((block.found & !block.special).count_ones())).sum();
        let wide = words.iter().filter_map(|word| as_word(word)?.wide()).min_by_key(|wide| wide.counts.total());
        let by_word = |wide: &&Wide| self.circle.is_none() && self.counting && wide.counts.total() < 2 * number;
        let tally = &mut self.results.tally;
        if let Some(wide) = wide.filter(by_word) {
            tally.count_again(&wide.counts);
            let mut others = Tally::new();
            let rest = (0..wide.bits.len()).map(|at| {
                let rest = wide.bits[at] & columns.hits[at] & !columns.uneven[at] & !found.word(at);
                (at, rest, rest & columns.sharing[at])
            });
            // Of what has the narrowest word and was not found: listings only where none of their documents was.
            let none_found = |family| !columns.members.of(family).iter().any(|&doc| found.has(doc));
            let met = |family| seen.add(family) && none_found(family);
            count_all(columns, &mut others, true, rest, met);
            tally.take_away(&others.counts());
            return;
        }
        // In a circle what shares its listing is special, or far from all others.
        let sharing = |at: usize| if self.circle.is_none() { columns.sharing[at] } else { 0 };
        let all = blocks.iter().map(|&Block { at, found, special, .. }| (at, found & !special, sharing(at)));
        count_all(columns, tally, self.counting, all, |family| seen.add(family));
    }

    /// Ranks what was found in some blocks, ascending, and counts what is special.
    fn rank_crowd(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        blocks: &[Block],
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        if blocks.is_empty() {
            return Ok(());
        }
        let segment = &*segments[number];
        let columns = &*segment.columns;
        // Streams of their own, for other blocks need them from the beginning again.
        let again = plan.groups.iter().filter_map(as_word).map(|word| Ok(Stream::Word(Box::new(word.again()?))));
        let words = &mut again.collect::<Result<Vec<_>>>()?[..];
        let mut named = Named::new(words)?;
        let unnamed = words.iter().filter_map(|word| Some(as_word(word)?.most_unnamed()));
        let unnamed = unnamed.fold(0.0, |sum, most| sum + most) * 1.0001;
        let (circle, most) = (self.circle, self.most);
        let metres = |doc: DocId| circle.map_or(NOWHERE, |circle| circle.no_more_m(columns.positions[doc as usize]));
        let scored = |score, doc, metres| Found { score, ..Found::at(number, doc, metres, Asks::default(), columns) };
        for &Block { at, found: mut bits, special, metres: least } in blocks {
            self.pace.step()?;
            let first = 64 * at as DocId;
            let best = &self.results.best;
            let may = |score| best.admits(&Found { ended: false, ..scored(score, first, least) }, segment);
            let looked = if may(most) { named.look(first) } else { 0 };
            if !may(unnamed) {
                bits &= special | looked;
            }
            // One after the other: streams never go back.
            for doc in for_each_of(bits, first) {
                let has = |bits: u64| bits >> (doc - first) & 1 != 0;
                let score = (unnamed + named.most(doc - first)) * 1.0001;
                let found = scored(score, doc, metres(doc));
                if !has(special) && !self.results.best.admits(&found, segment) {
                    continue;
                }
                seek_all(words, doc, doc + 1);
                let score = words.iter_mut().map(Stream::score).fold(0.0, |sum, score| sum + score);
                if has(special) {
                    self.accept(segments, number, doc, Asks::default(), plan, leg, Some(score))?;
                    continue;
                }
                let (found, best) = (Found { score, ..found }, &mut self.results.best);
                if circle.is_some() || !has(columns.sharing[at]) {
                    let exact = || circle.map_or(NOWHERE, |circle| circle.exact_m(columns.positions[doc as usize]));
                    best.offer(found, segments, exact);
                } else if best.admits(&found, segment) {
                    self.results.families.keep(segments, found, best.order.stated_first);
                }
            }
        }
        Ok(())
    }
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

fn as_word(stream: &Stream) -> Option<&WordStream> {
    if let Stream::Word(word) = stream { Some(word) } else { None }
}

/// Some documents of a part of a segment, a bit each.
struct Bits {
    /// Which 64 documents are the first.
    from: usize,
    words: Vec<u64>,
    /// What is looked at, ascending and apart, in words of 64 documents.
    parts: Vec<Range<usize>>,
}

impl Bits {
    /// None of the documents of some stretches.
    fn none_of(stretches: &[Stretch]) -> Self {
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
    fn change(&mut self, mut to: impl FnMut(usize, u64) -> u64) {
        for part in &self.parts {
            for (at, word) in part.clone().zip(&mut self.words[part.start - self.from..]) {
                *word = to(at, *word);
            }
        }
    }

    fn set(&mut self, doc: DocId) {
        self.words[doc as usize / 64 - self.from] |= 1 << (doc % 64);
    }

    fn has(&self, doc: DocId) -> bool {
        self.word(doc as usize / 64) >> (doc % 64) & 1 != 0
    }

    fn word(&self, at: usize) -> u64 {
        at.checked_sub(self.from).and_then(|at| self.words.get(at)).copied().unwrap_or(0)
    }

    /// The words that hold any document.
    fn filled(&self) -> impl Iterator<Item = (usize, u64)> {
        let word = |at: usize| (at, self.words[at - self.from]);
        self.parts.iter().flat_map(move |part| part.clone().map(word)).filter(|(_, word)| *word != 0)
    }
}

/// The documents in or beside some stretches that have every one of some words, the rarest of these first.
fn having_all(words: &[Stream], stretches: &[Stretch]) -> Result<Bits> {
    let (mut wide, mut others) = (Vec::new(), Vec::new());
    for word in words.iter().filter_map(as_word) {
        match word.wide() {
            Some(word) => wide.push(word),
            None => others.push(word.documents()?),
        }
    }
    let mut found = Bits::none_of(stretches);
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

/// The documents that have some words in their names.
struct Named(Vec<Name>);

/// Those that have one word in their names.
struct Name {
    postings: SegmentPostings,
    /// Which of the 64 documents at hand have it.
    bits: u64,
    /// No document scores more by having it in its name.
    most: f32,
}

impl Named {
    fn new(words: &[Stream]) -> Result<Self> {
        let mut names = Vec::with_capacity(words.len());
        for word in words.iter().filter_map(as_word) {
            let name = |postings| Name { postings, bits: 0, most: word.most() - word.most_unnamed() };
            names.extend(word.names()?.map(name));
        }
        Ok(Self(names))
    }

    /// Which of the 64 documents from one on have any of the words. Never backwards.
    fn look(&mut self, first: DocId) -> u64 {
        for Name { postings, bits, .. } in &mut self.0 {
            *bits = 0;
            let mut doc = forward(postings, first);
            while doc - first < 64 {
                *bits |= 1 << (doc - first);
                doc = postings.advance();
            }
        }
        self.0.iter().fold(0, |all, name| all | name.bits)
    }

    /// What one of the 64 documents looked at last scores at most by its name.
    fn most(&self, at: u32) -> f32 {
        self.0.iter().filter(|name| name.bits >> at & 1 != 0).map(|name| name.most).fold(0.0, |sum, most| sum + most)
    }
}
