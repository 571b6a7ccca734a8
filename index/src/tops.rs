//! How much the documents of a wide word score by it: four levels, two bits a document.
//!
//! Who looks for the best of very many documents that have several words need not score them all: those that stand on
//! high levels with some of the words are scored, and what the others could score at most is known before they are looked at.
//!
//! ```text
//! level     documents that have the word        what is known of them
//!   3       about the best hundred              what the best one scores
//!   2       one of 64                           no more than the best one of the level
//!   1       one of 8                            no more than the best one of the level
//!   0       all others                          no more than the best one of the level
//! ```
//!
//! Scores change with the whole index, levels do not: what a document scored when its segment was opened, times what a
//! score may have grown since, is no less than what it scores now.

use tantivy::DocId;

use crate::postings::Weights;

/// Levels there are.
pub(crate) const LEVELS: usize = 4;
/// About so many documents stand on the highest level.
const BEST: usize = 128;
/// One of so many stands on the one below, or higher.
const HIGH: usize = 64;
/// And one of so many on the one below that, or higher.
const UPPER: usize = 8;

/// The levels of a word's documents in one segment.
pub(crate) struct Tops {
    /// The lower and the higher bit of each document's level.
    planes: [Box<[u64]>; 2],
    /// Documents of a level do not score more.
    most: [f32; LEVELS],
    /// How many documents stand on a level.
    pub found: [u32; LEVELS],
    /// What scores were made of.
    weights: Weights,
}

impl Tops {
    /// Of the documents that have a word, with what they score by these weights; the segment has so many words of 64
    /// documents. What is in `room` goes.
    pub(crate) fn new(scores: &[(DocId, f32)], words: usize, weights: Weights, room: &mut Vec<f32>) -> Self {
        room.clear();
        room.extend(scores.iter().map(|(_, score)| *score));
        let mut among = &mut room[..];
        // Each level lies within the one below it.
        let least = [scores.len() / UPPER, scores.len() / HIGH, BEST.min(scores.len() / HIGH)].map(|number| {
            let number = number.min(among.len());
            if number == 0 {
                return f32::INFINITY;
            }
            let (_, least, _) = among.select_nth_unstable_by(number - 1, |a, b| b.total_cmp(a));
            let least = *least;
            among = &mut std::mem::take(&mut among)[..number];
            least
        });
        let mut tops = Self {
            planes: [0, 1].map(|_| vec![0; words].into_boxed_slice()),
            most: [0.0; LEVELS],
            found: [0; LEVELS],
            weights,
        };
        for &(doc, score) in scores {
            let level = least.iter().filter(|least| score >= **least).count();
            tops.most[level] = tops.most[level].max(score);
            tops.found[level] += 1;
            for (bit, plane) in tops.planes.iter_mut().enumerate() {
                plane[doc as usize / 64] |= (level as u64 >> bit & 1) << (doc % 64);
            }
        }
        tops
    }

    /// Of 64 documents that have the word, those on each level.
    #[inline]
    pub(crate) fn levels(&self, at: usize) -> [u64; LEVELS] {
        let (low, high) = (self.planes[0][at], self.planes[1][at]);
        [!low & !high, low & !high, !low & high, low & high]
    }

    /// Documents of a level do not score more by the weights of today.
    pub(crate) fn most(&self, now: &Weights) -> [f32; LEVELS] {
        let grown = now.grown_from(&self.weights) * 1.0001;
        self.most.map(|most| most * grown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postings::{FieldLengths, WordWeight};
    use crate::test_support::Random;

    fn weights(found: u64, documents: u64, words: u64) -> Weights {
        let lengths = FieldLengths::new(words, documents);
        Weights {
            all: WordWeight::new(found, documents, &lengths, 1.0),
            name: WordWeight::new(found / 3, documents, &lengths, 2.0),
        }
    }

    #[test]
    fn no_document_scores_more_than_its_level_whatever_the_index_has_become() {
        let mut random = Random::new(3);
        for documents in [1_u32, 7, 64, 5_000] {
            let had: Vec<[(u32, u8); 2]> = (0..documents)
                .map(|_| [0, 1].map(|_| ((random.next() % 9) as u32, (random.next() % 90) as u8)))
                .collect();
            let score = |by: &Weights, [(all, long), (name, short)]: [(u32, u8); 2]| {
                by.all.score(1 + all, long) + if name > 6 { by.name.score(name, short) } else { 0.0 }
            };
            let then = weights(u64::from(documents), 9_000, 500_000);
            let scores: Vec<_> = (0..).zip(&had).map(|(doc, &had)| (doc, score(&then, had))).collect();
            let tops = Tops::new(&scores, documents.div_ceil(64) as usize, then.clone(), &mut Vec::new());
            assert_eq!(tops.found.iter().sum::<u32>(), documents);
            for now in [then.clone(), weights(40, 80_000, 900_000), weights(8_000, 9_100, 90_000)] {
                let most = tops.most(&now);
                for (doc, &had) in (0..).zip(&had) {
                    let on = |level: &usize| tops.levels(doc as usize / 64)[*level] >> (doc % 64) & 1 != 0;
                    let level: Vec<usize> = (0..LEVELS).filter(on).collect();
                    assert_eq!(level.len(), 1, "each stands on one");
                    assert!(score(&now, had) <= most[level[0]]);
                }
            }
            // Whoever stands higher scored no less.
            let on = |doc: u32| tops.levels(doc as usize / 64).iter().position(|level| level >> (doc % 64) & 1 != 0);
            assert!(scores.iter().all(|(a, score)| scores.iter().all(|(b, less)| score >= less || on(*a) <= on(*b))));
            assert!(documents < 5_000 || [0, 1, 3].iter().all(|level| tops.found[*level] > 0), "{:?}", tops.found);
        }
    }
}
