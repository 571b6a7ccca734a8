//! In which order documents that have several words are scored: those first that may score most.
//!
//! Each word has its documents on levels: wide ones four ([`Tops`](crate::tops::Tops)), the others two, by whether their
//! names have it. Documents that stand on the same level by every word are a rung. No document of a rung scores more than
//! is known of it, so that whoever has found enough better ones is done with all rungs below.

use std::ops::Range;
use std::sync::Arc;

use tantivy::{DocId, DocSet};

use crate::Result;
use crate::columns::Stretch;
use crate::opened::Wide;
use crate::parts::PartBits;
use crate::postings::{Stream, WordStream, forward};
use crate::tops::LEVELS;

/// Words that have more than one level; of further ones the most is known.
const STEPPED: usize = 3;

/// The rungs of some words, those that may score most first.
pub(crate) struct Ladder {
    words: Vec<Levels>,
    rungs: Vec<Rung>,
}

/// Documents that stand on one level each by all words.
#[derive(Clone)]
struct Rung {
    /// Its documents do not score more.
    most: f32,
    /// About this part of all documents is on it.
    share: f64,
    /// By word.
    levels: [u8; STEPPED],
}

/// The levels of a word.
struct Levels {
    on: On,
    /// By level: no document scores more by the word, and which part of its documents it is.
    each: Vec<(f32, f64)>,
}

/// What tells on which level a document is.
enum On {
    Wide(Arc<Wide>),
    /// On the higher one if it is among these.
    Named(PartBits),
}

impl Ladder {
    /// For words that documents of some stretches are to have.
    pub(crate) fn new(words: &[Stream], stretches: &[Stretch]) -> Result<Self> {
        let mut levels = Vec::with_capacity(words.len());
        for word in words.iter().filter_map(as_word) {
            levels.push(Levels::of(word, stretches)?);
        }
        // What differs most decides most.
        levels.sort_by(|a, b| b.spread().total_cmp(&a.spread()));
        let others: f32 = levels.iter().skip(STEPPED).map(Levels::most).fold(0.0, |sum, most| sum + most);
        levels.truncate(STEPPED);
        let mut rungs = vec![Rung { most: others, share: 1.0, levels: [0; STEPPED] }];
        for (word, of) in levels.iter().enumerate() {
            let with = |rung: &Rung, level: usize, (most, share): (f32, f64)| {
                let mut rung = Rung { most: rung.most + most, share: rung.share * share, ..rung.clone() };
                rung.levels[word] = level as u8;
                rung
            };
            let on = rungs.iter().flat_map(|rung| of.each.iter().enumerate().map(|(at, &level)| with(rung, at, level)));
            rungs = on.filter(|rung| rung.share > 0.0).collect();
        }
        // Sums of the same parts in another order differ by a hair.
        rungs.iter_mut().for_each(|rung| rung.most *= 1.0001);
        rungs.sort_by(|a, b| b.most.total_cmp(&a.most));
        Ok(Self { words: levels, rungs })
    }

    /// All rungs.
    pub(crate) fn all(&self) -> Range<usize> {
        0..self.rungs.len()
    }

    /// No document of some rungs scores more.
    pub(crate) fn most(&self, rungs: &Range<usize>) -> f32 {
        self.rungs.get(rungs.start).filter(|_| !rungs.is_empty()).map_or(f32::NEG_INFINITY, |rung| rung.most)
    }

    /// The highest rungs on which so many of all documents found are likely to be.
    pub(crate) fn enough(&self, wanted: usize, found: u64) -> Range<usize> {
        let mut likely = 0.0;
        let number = self.rungs.iter().position(|rung| {
            likely += rung.share * found as f64;
            likely >= wanted as f64
        });
        0..number.map_or(self.rungs.len(), |last| last + 1)
    }

    /// Of 64 documents that have all words, those on some of the rungs that may score so much. `may` leaves out others, given which
    /// they are and what they score at most.
    #[inline]
    pub(crate) fn may_score(
        &self,
        rungs: &Range<usize>,
        needed: f32,
        found: u64,
        at: usize,
        mut may: impl FnMut(u64, f32) -> u64,
    ) -> u64 {
        let rungs = &self.rungs[rungs.clone()];
        if rungs.first().is_none_or(|rung| rung.most < needed) {
            return 0;
        }
        let mut on = [[u64::MAX; LEVELS]; STEPPED];
        on.iter_mut().zip(&self.words).for_each(|(on, word)| *on = word.on.levels(at));
        let mut bits = 0;
        for rung in rungs.iter().take_while(|rung| rung.most >= needed) {
            let here =
                on.iter().zip(rung.levels).fold(found, |here, (on, level)| here & on[usize::from(level) % LEVELS]);
            if here != 0 {
                bits |= may(here, rung.most);
            }
        }
        bits
    }
}

impl Levels {
    fn of(word: &WordStream, stretches: &[Stretch]) -> Result<Self> {
        if let Some(wide) = word.shared() {
            let documents = wide.tops.found.iter().sum::<u32>().max(1);
            let most = wide.tops.most(word.weights());
            let each = most.iter().zip(wide.tops.found);
            let each = each.map(|(most, found)| (*most, f64::from(found) / f64::from(documents))).collect();
            return Ok(Self { on: On::Wide(wide), each });
        }
        let mut named = PartBits::none_of(stretches);
        let mut number = 0_u32;
        if let Some(mut names) = word.names()? {
            for Stretch { docs, .. } in stretches {
                let mut doc: DocId = forward(&mut names, docs.start);
                while doc < docs.end {
                    named.set(doc);
                    number += 1;
                    doc = names.advance();
                }
            }
        }
        let share = (f64::from(number) / f64::from(word.documents_found().max(1))).min(1.0);
        let each = vec![(word.most_unnamed(), 1.0 - share), (word.most(), share)];
        Ok(Self { on: On::Named(named), each })
    }

    fn most(&self) -> f32 {
        self.each.iter().filter(|(_, share)| *share > 0.0).map(|(most, _)| *most).fold(0.0, f32::max)
    }

    fn spread(&self) -> f32 {
        self.most() - self.each[0].0
    }
}

impl On {
    /// Of 64 documents that have the word, those on each level.
    #[inline]
    fn levels(&self, at: usize) -> [u64; LEVELS] {
        match self {
            Self::Wide(wide) => wide.tops.levels(at),
            Self::Named(named) => [!named.word(at), named.word(at), 0, 0],
        }
    }
}

/// A word as a stream.
pub(crate) fn as_word(stream: &Stream) -> Option<&WordStream> {
    if let Stream::Word(word) = stream { Some(word) } else { None }
}
