//! Words and nothing else, wherever they are, where many documents may have them: by bits, 64 documents at a time.
//!
//! ```text
//!   words         ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    a bit a document for each wide word, anded; postings of the others
//!   counted       ▓▓ ▓▓▓  ▓▓▓▓ ▓ ▓▓▓▓ ▓▓    32 bytes a document; or what the narrowest word comes to by itself, less
//!                                           what has not the others, whichever is fewer
//!   in a name        ▓        ▓       ▓     postings of the words in names, followed beside
//!   score            ▓        ▓             exact, where it may be among the best
//! ```
//!
//! Most documents have none of the words in their names. As soon as enough are found that are better than any of those
//! can be, only documents that are named so are looked at for their scores.

use std::ops::Range;
use std::sync::Arc;

use tantivy::postings::SegmentPostings;
use tantivy::{DocId, DocSet, TERMINATED};

use crate::asked::{Leg, Plan};
use crate::opened::Wide;
use crate::postings::{Stream, WordStream, seek_all};
use crate::rank::{Found, NOWHERE};
use crate::scan::{Gather, window};
use crate::snapshot::Segment;
use crate::tally::for_each_of;
use crate::{Asks, Result};

/// Words of 64 documents whose documents are counted together.
const TOGETHER: usize = 64;

impl Gather<'_> {
    /// Follows words through a stretch: all words of a plan, which has nothing else.
    pub(crate) fn follow_anywhere(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        docs: Range<DocId>,
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let mut found = having_all(&plan.groups, &segment.live)?;
        for (at, (found, first)) in found.iter_mut().zip((0..).step_by(64)).enumerate() {
            *found &= window(&docs, first);
            *found = plan.required.iter().fold(*found, |found, required| found & columns.with_any(required, at));
        }
        self.count_anywhere(segment, &found, &plan.groups);
        self.rank_anywhere(segments, number, &found, plan, leg)
    }

    /// Counts what was found, but for listings whose documents differ in what is counted.
    fn count_anywhere(&mut self, segment: &Segment, found: &[u64], words: &[Stream]) {
        let columns = &*segment.columns;
        let number: u64 = found.iter().zip(&columns.uneven).map(|(found, un)| u64::from((found & !un).count_ones())).sum();
        let wide = words.iter().filter_map(|word| as_word(word)?.wide());
        let narrowest = wide.min_by_key(|wide| wide.counts.total());
        match narrowest.filter(|narrowest| self.counting && narrowest.counts.total() < 2 * number) {
            Some(narrowest) => {
                self.results.tally.count_again(&narrowest.counts);
                self.take_back_others(segment, found, narrowest);
            }
            None => self.count_each(segment, found),
        }
    }

    fn count_each(&mut self, segment: &Segment, found: &[u64]) {
        let columns = &*segment.columns;
        let (seen, tally) = (&mut self.seen, &mut self.results.tally);
        let mut docs = Vec::with_capacity(64 * TOGETHER);
        for (from, words) in found.chunks(TOGETHER).enumerate() {
            docs.clear();
            for (at, &found) in (from * TOGETHER..).zip(words) {
                let sharing = columns.sharing[at];
                let first = 64 * at as DocId;
                let first_met = |&doc: &DocId| sharing >> (doc - first) & 1 == 0 || seen.add(columns.families[doc as usize]);
                docs.extend(for_each_of(found & !columns.uneven[at], first).filter(first_met));
            }
            if self.counting {
                tally.count_all(columns, &docs);
            } else {
                tally.total += docs.len() as u64;
            }
        }
    }

    /// Takes back what has a word and was not found; listings only where none of their documents was.
    fn take_back_others(&mut self, segment: &Segment, found: &[u64], word: &Wide) {
        let columns = &*segment.columns;
        for (at, first) in (0..found.len()).zip((0..).step_by(64)) {
            let others = word.bits[at] & columns.hits[at] & !columns.uneven[at] & !found[at];
            for doc in for_each_of(others, first) {
                let counted = if columns.sharing[at] >> (doc - first) & 1 == 0 {
                    false
                } else {
                    let family = columns.families[doc as usize];
                    let mut members = columns.members.of(family).unwrap_or_default().iter();
                    !self.seen.add(family) || members.any(|&doc| found[doc as usize / 64] >> (doc % 64) & 1 != 0)
                };
                if !counted {
                    self.results.tally.take_back(&columns.masks[doc as usize], columns.kinds[doc as usize]);
                }
            }
        }
    }

    /// Ranks what was found, and counts what has not been counted.
    fn rank_anywhere(
        &mut self,
        segments: &[Arc<Segment>],
        number: usize,
        found: &[u64],
        plan: &mut Plan,
        leg: &mut Leg,
    ) -> Result<()> {
        let segment = &*segments[number];
        let columns = &*segment.columns;
        let mut named = Named::new(&plan.groups)?;
        let unnamed = plan.groups.iter().filter_map(|word| Some(as_word(word)?.most_unnamed()));
        let unnamed = unnamed.fold(0.0, |sum, most| sum + most) * 1.0001;
        let scored = |score, doc| Found { score, ..Found::at(number, doc, NOWHERE, Asks::default(), columns) };
        let (mut only_named, mut offered) = (false, true);
        for (at, first) in (0..found.len()).zip((0..).step_by(64)) {
            let mut bits = found[at];
            if bits == 0 {
                continue;
            }
            self.pace.step()?;
            if std::mem::take(&mut offered) && !only_named {
                let better = Found { ended: false, ..scored(unnamed, first) };
                only_named = !self.results.best.admits(&better, segment);
            }
            if only_named {
                bits &= named.word(first) | columns.uneven[at];
            }
            // One after the other: streams never go back.
            for doc in for_each_of(bits, first) {
                let has = |bits: &[u64]| bits[at] >> (doc - first) & 1 != 0;
                if has(&columns.uneven) {
                    seek_all(&mut plan.groups, doc, doc + 1);
                    self.accept(segments, number, doc, Asks::default(), plan, leg, None)?;
                    continue;
                }
                let best = &mut self.results.best;
                if !best.admits(&scored(self.most, doc), segment) {
                    continue;
                }
                seek_all(&mut plan.groups, doc, doc + 1);
                let score = plan.groups.iter_mut().map(Stream::score).fold(0.0, |sum, score| sum + score);
                let found = scored(score, doc);
                if !best.admits(&found, segment) {
                    continue;
                }
                offered = true;
                if has(&columns.sharing) {
                    self.results.families.keep(segments, found, best.order.stated_first);
                } else {
                    best.offer(found, segments, || NOWHERE);
                }
            }
        }
        Ok(())
    }
}

fn as_word(stream: &Stream) -> Option<&WordStream> {
    if let Stream::Word(word) = stream { Some(word) } else { None }
}

/// Which of the live documents have every one of some words, the rarest of them first.
fn having_all(words: &[Stream], live: &[u64]) -> Result<Vec<u64>> {
    let (mut wide, mut others) = (Vec::new(), Vec::new());
    for word in words.iter().filter_map(as_word) {
        match word.wide() {
            Some(word) => wide.push(word),
            None => others.push(word.documents()?),
        }
    }
    let mut found = live.to_vec();
    if let Some((rarest, others)) = others.split_first_mut() {
        let mut have = vec![0; live.len()];
        while rarest.doc() != TERMINATED {
            let doc = rarest.doc();
            if others.iter_mut().all(|other| (if other.doc() < doc { other.seek(doc) } else { other.doc() }) == doc) {
                have[doc as usize / 64] |= 1 << (doc % 64);
            }
            rarest.advance();
        }
        found.iter_mut().zip(have).for_each(|(found, have)| *found &= have);
    }
    for word in wide {
        found.iter_mut().zip(&word.bits).for_each(|(found, have)| *found &= have);
    }
    Ok(found)
}

/// The documents that have one of some words in their names.
struct Named(Vec<SegmentPostings>);

impl Named {
    fn new(words: &[Stream]) -> Result<Self> {
        let mut names = Vec::with_capacity(words.len());
        for word in words.iter().filter_map(as_word) {
            names.extend(word.names()?);
        }
        Ok(Self(names))
    }

    /// Those of the 64 documents from one on. Never backwards.
    fn word(&mut self, first: DocId) -> u64 {
        let mut bits = 0;
        for postings in &mut self.0 {
            if postings.doc() < first {
                postings.seek(first);
            }
            while postings.doc() - first < 64 {
                bits |= 1 << (postings.doc() - first);
                postings.advance();
            }
        }
        bits
    }
}
