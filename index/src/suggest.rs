//! Names begun: listings whose name has every word typed, the last of which may be the beginning of one.
//!
//! A name scores 1 for having the last word as typed, up to 1 for how rare the word is that the last one became, and up
//! to 1 for how much of the name has been typed. Stretches of the alphabet, words and names are looked at from the one on
//! that could have the best name (see [`crate::names`]), until none left can beat what has been found; so the answers
//! are those of looking at every name. Words before the last are looked up in the words of each name that comes up; or,
//! where few names have them, those names are all looked at.

mod found;

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;

use tantivy::DocId;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;

use self::found::Found;
use crate::analysis::{plain_analyser, tokens};
use crate::columns::listing_key;
use crate::names::{BLOCK, CLASSES, Inside, NO_WORD, Names, fewest_of};
use crate::snapshot::{Segment, Snapshot};
use crate::words::{MOST_CHARACTERS, MOST_WORDS};
use crate::{Error, Reader, Result};

/// The most suggestions that are answered.
pub const MOST_SUGGESTIONS: usize = 50;
/// Where no more names than these have the words before the last, all of them are looked at.
const FEW: usize = 1024;
/// Stretches of no more words than these are looked at word by word.
const SHORT: u32 = 4 * BLOCK;

/// A listing whose name begins as was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Id of the listing.
    pub listing: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
}

impl Reader {
    /// Names of listings that have every word of `text`; the last may be the beginning of a word unless a space or a
    /// sign follows it. Case, accents and possessives do not matter; words are not stemmed. Each listing once, the best
    /// first, at most `limit` and [`MOST_SUGGESTIONS`]; none without a word. Listings in `withdrawn` are left out.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn suggest(&self, text: &str, limit: usize, withdrawn: &HashSet<String>) -> Result<Vec<Suggestion>> {
        let Some(typed) = Typed::new(text).filter(|_| limit > 0) else {
            return Ok(Vec::new());
        };
        let withdrawn = withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let mut found = Found::new(&self.snapshot, withdrawn, typed.letters, limit.min(MOST_SUGGESTIONS));
        let begun = Begun::new(&self.snapshot, &typed);
        let with_those_before = begun.with_those_before();
        if with_those_before.is_none_or(|number| number > FEW) && begun.best_first(&mut found, with_those_before)? {
            return found.told();
        }
        begun.with_all_before(&mut found)?;
        found.told()
    }
}

/// What was typed: whole words, and the last.
struct Typed {
    before: Vec<String>,
    last: String,
    last_is_whole: bool,
    letters: usize,
}

impl Typed {
    fn new(text: &str) -> Option<Self> {
        let text: String = text.chars().take(MOST_CHARACTERS).collect();
        let mut before = tokens(&mut plain_analyser(), &text);
        before.truncate(MOST_WORDS);
        let letters = before.iter().map(|word| word.chars().count()).sum();
        let last = before.pop()?;
        before.sort_unstable();
        before.dedup();
        let last_is_whole = text.ends_with(|c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '\'');
        Some(Self { before, last, last_is_whole, letters })
    }
}

/// What was typed, looked up in the words of every segment that has all of it.
struct Begun<'a> {
    snapshot: &'a Snapshot,
    parts: Vec<Part<'a>>,
    /// How rare the rarest word of each class of frequency is.
    rarities: [f32; CLASSES],
    /// The logarithm of the number of documents.
    documents: f32,
}

struct Part<'a> {
    number: usize,
    segment: &'a Segment,
    names: &'a Names,
    /// Words before the last.
    before: Vec<u32>,
    /// The last word, where it is one.
    whole: Option<u32>,
    /// Words that it may become.
    longer: Range<u32>,
}

/// Something that may have good names, and what the best of them scores at most.
#[derive(Clone, Copy)]
struct Bid {
    bound: f32,
    part: u32,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    /// Words of a stretch of the alphabet.
    Node(u32),
    /// Names with a word.
    Word(u32),
}

impl Ord for Bid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound)
    }
}

impl PartialOrd for Bid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Bid {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Bid {}

impl<'a> Begun<'a> {
    fn new(snapshot: &'a Snapshot, typed: &Typed) -> Self {
        let documents = (snapshot.documents.max(2) as f32).ln();
        let mut out = Self { snapshot, parts: Vec::new(), rarities: [0.0; CLASSES], documents };
        out.rarities = std::array::from_fn(|class| out.rarity(fewest_of(class)));
        for (number, segment) in snapshot.segments.iter().enumerate() {
            let names: &Names = &segment.names;
            let last = typed.last.as_bytes();
            let (mut longer, mut whole) = (0..0, None);
            if typed.last_is_whole {
                whole = names.find(0..names.len(), last);
            } else {
                longer = names.beginning(last);
                if !longer.is_empty() && names.word(longer.start) == last {
                    whole = Some(longer.start);
                    longer.start += 1;
                }
            }
            if whole.is_none() && longer.is_empty() {
                continue;
            }
            let before = typed.before.iter().map(|word| names.find(0..names.len(), word.as_bytes()));
            if let Some(before) = before.collect() {
                out.parts.push(Part { number, segment, names, before, whole, longer });
            }
        }
        out
    }

    /// How rare a word is that so many documents have.
    fn rarity(&self, found: u32) -> f32 {
        (1.0 - (found.max(1) as f32).ln() / self.documents).clamp(0.0, 1.0)
    }

    /// How many documents of all segments have a word of one.
    fn found(&self, part: &Part, word: u32) -> u32 {
        let text = part.names.word(word);
        let elsewhere = |segment: &'a Segment| {
            let names = &segment.names;
            names.find(0..names.len(), text).map_or(0, |word| names.found[word as usize])
        };
        let others = self.snapshot.segments.iter().enumerate().filter(|(number, _)| *number != part.number);
        part.names.found[word as usize] + others.map(|(_, segment)| elsewhere(segment)).sum::<u32>()
    }

    /// What names with a word score before their length is known.
    fn score(&self, part: &Part, word: u32) -> f32 {
        f32::from(u8::from(part.whole == Some(word))) + self.rarity(self.found(part, word))
    }

    /// How many names have at least the rarest of the words before the last; `None` where there are no such words.
    fn with_those_before(&self) -> Option<usize> {
        let fewest = |part: &Part| part.before.iter().map(|word| part.names.found[*word as usize]).min();
        self.parts.iter().map(|part| fewest(part).map(|fewest| fewest as usize)).sum()
    }

    /// Looks at what may have the best names first, until none left can beat what has been found; answers `false` when
    /// it gives up, because more names than `most` have been looked at.
    fn best_first(&self, found: &mut Found, most: Option<usize>) -> Result<bool> {
        let mut bids = BinaryHeap::with_capacity(256);
        for (number, part) in (0..).zip(&self.parts) {
            if let Some(word) = part.whole {
                let bound = self.score(part, word) + found.share_of(part.names.shortest[word as usize]);
                bids.push(Bid { bound, part: number, what: What::Word(word) });
            }
            let (start, end) = (part.longer.start.div_ceil(BLOCK), part.longer.end / BLOCK);
            if part.longer.len() as u32 <= SHORT || start >= end {
                self.bid_words(found, number, part.longer.clone(), &mut bids);
                continue;
            }
            self.bid_words(found, number, part.longer.start..start * BLOCK, &mut bids);
            self.bid_words(found, number, end * BLOCK..part.longer.end, &mut bids);
            part.names.cover(start..end, |node| self.bid_node(found, number, node, &mut bids));
        }
        while let Some(Bid { bound, part: number, what }) = bids.pop() {
            if found.is_full_of_better(bound) {
                break;
            }
            let part = &self.parts[number as usize];
            match what {
                What::Node(node) => match part.names.inside(node) {
                    Inside::Nodes(nodes) => {
                        nodes.into_iter().for_each(|node| self.bid_node(found, number, node, &mut bids))
                    }
                    Inside::Words(words) => self.bid_words(found, number, words, &mut bids),
                },
                What::Word(word) => self.names_with(part, word, found)?,
            }
            if most.is_some_and(|most| found.looked_at > most) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn bid_node(&self, found: &Found, part: u32, node: u32, bids: &mut BinaryHeap<Bid>) {
        let letters = self.parts[part as usize].names.node(node);
        let each = letters.iter().zip(&self.rarities).filter(|(letters, _)| **letters != NO_WORD);
        let bound = each.map(|(&letters, rarity)| rarity + found.share_of(letters)).fold(0.0, f32::max);
        if bound > 0.0 && !found.is_full_of_better(bound) {
            bids.push(Bid { bound, part, what: What::Node(node) });
        }
    }

    fn bid_words(&self, found: &Found, part: u32, words: Range<u32>, bids: &mut BinaryHeap<Bid>) {
        let names = self.parts[part as usize].names;
        for word in words {
            let rarity = self.rarity(names.found[word as usize]);
            let bound = rarity + found.share_of(names.shortest[word as usize]);
            if !found.is_full_of_better(bound) {
                bids.push(Bid { bound, part, what: What::Word(word) });
            }
        }
    }

    /// Offers the names of one segment that have a word and all words before it, the shortest first where that is known.
    fn names_with(&self, part: &Part, word: u32, found: &mut Found) -> Result<()> {
        let names = part.names;
        let score = self.score(part, word);
        let offer = |found: &mut Found, doc: DocId| {
            found.looked_at += 1;
            let candidate = found.candidate(score, part.number, doc);
            if found.is_beaten(&candidate) {
                return Some(candidate);
            }
            if part.has_those_before(doc) {
                found.offer(candidate);
            }
            None
        };
        let best = names.best(word);
        for &doc in best {
            // Where a shorter name is beaten, so are all others.
            if offer(found, doc).is_some_and(|beaten| found.is_in_order(&beaten)) {
                return Ok(());
            }
        }
        if best.len() == names.found[word as usize] as usize {
            return Ok(());
        }
        let mut postings = postings(part.segment, word)?;
        while !postings.docs().is_empty() {
            for &doc in postings.docs() {
                offer(found, doc);
            }
            postings.advance();
        }
        Ok(())
    }

    /// Offers all names that have the words before the last, and one that it may become.
    fn with_all_before(&self, found: &mut Found) -> Result<()> {
        for part in &self.parts {
            let Some(&rarest) = part.before.iter().min_by_key(|word| part.names.found[**word as usize]) else {
                continue;
            };
            let best = f32::from(u8::from(part.whole.is_some())) + 1.0;
            let mut postings = postings(part.segment, rarest)?;
            while !postings.docs().is_empty() {
                for &doc in postings.docs() {
                    let words = part.names.words_of(doc);
                    let fits = |word: &&u32| part.longer.contains(word) || part.whole == Some(**word);
                    if !words.iter().any(|word| fits(&word))
                        || !part.has_those_before(doc)
                        || found.is_beaten(&found.candidate(best, part.number, doc))
                    {
                        continue;
                    }
                    let scores = words.iter().filter(fits).map(|&word| self.score(part, word));
                    found.offer(found.candidate(scores.fold(0.0, f32::max), part.number, doc));
                }
                postings.advance();
            }
        }
        Ok(())
    }
}

impl Part<'_> {
    fn has_those_before(&self, doc: DocId) -> bool {
        let words = self.names.words_of(doc);
        self.before.iter().all(|word| words.contains(word))
    }
}

/// The documents of a segment that have a word in their name.
fn postings(segment: &Segment, word: u32) -> Result<BlockSegmentPostings> {
    let info = segment.exact.terms().get(segment.names.word(word))?;
    let info = info.ok_or_else(|| Error::Damaged("a word of the dictionary is not in it".to_owned()))?;
    Ok(segment.exact.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?)
}

#[cfg(test)]
mod tests;
