//! Reading one commit: searches, planned in [`crate::plan`] and scanned in [`crate::scan`].

use std::sync::Arc;

use crate::asked::Need;
use crate::columns::{HIT, SIBLINGS};
use crate::plan::{Asked, FoundWords, Purpose};
use crate::query::{Block, Hit, Hits, Relaxed, Understood, UnderstoodWord};
use crate::rank::Found;
use crate::scan::{Gather, Gathered};
use crate::snapshot::Snapshot;
use crate::{Payload, Query, Result, Words};

/// The most hits a block is ranked for, `offset` and `limit` together.
pub const DEEPEST: usize = 20_000;

/// One commit, for as long as it is held: later commits do not change its answers.
#[derive(Clone)]
pub struct Reader {
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Reader {
    pub(crate) fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot }
    }

    /// Payload of this commit.
    pub fn payload(&self) -> &Payload {
        &self.snapshot.stored.payload
    }

    /// Finds, counts and ranks. Totals and counts are exact.
    ///
    /// When no listing matches all words in either block, the search is relaxed, and says so.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Hits> {
        self.asking(&query.words)?.search(query)
    }

    /// Looks up words, so that several queries with them look them up once: for a caller that widens a circle.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn asking(&self, words: &Words) -> Result<Asking<'_>> {
        let found = FoundWords::look_up(&self.snapshot, words)?;
        Ok(Asking { reader: self, found })
    }

    fn answer(&self, query: &Query, found: &FoundWords) -> Result<Hits> {
        let asked = Asked::new(&self.snapshot, query, found);
        let groups = query.words.groups().len();
        let mut gather = asked.run(Need::Every, Purpose::Answer)?;
        let mut relaxed = Relaxed::No;
        if groups > 1 && !query.all_words && gather.found() == 0 {
            (gather, relaxed) = with_fewer_words(&asked, groups)?;
        }
        let total = gather.found();
        let found = |at: usize| total > 0 && (relaxed == Relaxed::No || gather.matched >> at & 1 != 0);
        let words = query.words.groups().iter().enumerate().map(|(at, group)| UnderstoodWord {
            typed: group.typed.clone(),
            terms: group.terms.clone(),
            broader: group.broader.clone(),
            found: found(at),
        });
        let understood = Understood { words: words.collect(), dropped: query.words.dropped().to_vec() };
        let stored = &self.snapshot.stored;
        let tally = &mut gather.results.tally;
        let mut counts = counted(&self.snapshot.terms, tally.bits());
        counts.extend(gather.beyond.take().map(|beyond| beyond.counted(tally)).unwrap_or_default());
        Ok(Hits {
            counts,
            kinds: counted(&stored.kinds, &gather.results.tally.kinds),
            results: self.block(gather.results, query.offset)?,
            covers: self.block(gather.covers, query.covers_offset)?,
            relaxed: if total == 0 { Relaxed::No } else { relaxed },
            understood,
        })
    }

    fn block(&self, gathered: Gathered, offset: usize) -> Result<Block> {
        let (total, broader) = (gathered.tally.total, gathered.broader);
        let shown = gathered.best.into_sorted(&self.snapshot.segments);
        let shown = shown.get(offset..).unwrap_or_default();
        for (at, segment) in self.snapshot.segments.iter().enumerate() {
            let here = shown.iter().filter(|found| found.segment as usize == at);
            segment.columns.entries.touch(here.map(|found| found.doc));
        }
        let hits = shown.iter().map(|found| self.hit(found)).collect::<Result<_>>()?;
        Ok(Block { total, broader, hits })
    }

    fn hit(&self, found: &Found) -> Result<Hit> {
        let columns = &self.snapshot.segments[found.segment as usize].columns;
        let entry = columns.entries.get(found.doc)?;
        let alone = columns.flags[found.doc as usize] & SIBLINGS == 0;
        Ok(Hit {
            listing: entry.listing.to_owned(),
            id: entry.id.to_owned(),
            body: columns.entries.shared(entry.body),
            distance_m: found.metres.is_finite().then_some(found.metres),
            other_places: if alone { 0 } else { self.documents_of(entry.listing, HIT)?.saturating_sub(1) },
            score: found.score,
            here: found.here,
            asks: found.asks,
            broader: found.broader,
            ended: found.ended,
        })
    }

    /// Live documents of a listing that have a flag.
    fn documents_of(&self, listing: &str, flag: u8) -> Result<u32> {
        let mut number = 0;
        self.each_of(listing, |segment, doc| {
            number += u32::from(segment.columns.flags[doc as usize] & flag != 0);
            Ok(())
        })?;
        Ok(number)
    }
}

/// What was counted at all, with its name.
fn counted<T: Clone>(names: &[T], counts: &[u32]) -> Vec<(T, u32)> {
    let counts = names.iter().zip(counts).filter(|(_, count)| **count > 0);
    counts.map(|(name, count)| (name.clone(), *count)).collect()
}

/// Words that have been looked up in one commit. Of a query's words only these are found.
pub struct Asking<'a> {
    reader: &'a Reader,
    found: FoundWords,
}

impl Asking<'_> {
    /// As [`Reader::search`].
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Hits> {
        self.reader.answer(query, &self.found)
    }

    /// Whether so many listings match all words as `results` of the query, not counting those that need a broader term.
    /// It stops looking when it knows, and ranks nothing.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn finds(&self, query: &Query, number: u64) -> Result<bool> {
        let asked = Asked::new(&self.reader.snapshot, query, &self.found);
        let gather = asked.run(Need::Every, Purpose::Enough(number))?;
        Ok(gather.sure >= number || gather.results.tally.total - gather.results.broader >= number)
    }
}

/// What has as many of the words as anything has, where that is more than half of them; else what has any. Nothing has all.
fn with_fewer_words<'a>(asked: &'a Asked<'_>, words: usize) -> Result<(Gather<'a>, Relaxed)> {
    let half = words / 2 + 1;
    if half < words {
        let gather = asked.run(Need::AtLeast(half), Purpose::Answer)?;
        if gather.found() > 0 {
            let most = gather.most_matched;
            let gather = if most > half { asked.run(Need::AtLeast(most), Purpose::Answer)? } else { gather };
            return Ok((gather, Relaxed::Most));
        }
    }
    Ok((asked.run(Need::AtLeast(1), Purpose::Answer)?, Relaxed::Any))
}
