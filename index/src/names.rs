//! The words of a segment's names, in memory: what names begun and slips of the pen are looked up in.
//!
//! Made of the term dictionary when a segment is opened; holds nothing of readers. Words stand in the order of the
//! alphabet. A tree over blocks of them says of every stretch of the alphabet, for words of about the same frequency,
//! how short the shortest name with one of them is: so the best names with a beginning are found without looking at the
//! words that begin so, whether these are three or ten thousand.
//!
//! ```text
//! tree:    [ once: 9 | twice: 7 | 3 or 4: 11 | ... ]            the shortest names in all of the alphabet
//!          [ once: 9 | ...     ]   [ once: 14 | ...     ]       in each half, and so on
//! words:   abbey .. aspen | aster .. barn | bath .. bloom | ... blocks of 16
//! ```

use std::ops::Range;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, InvertedIndexReader};

use crate::Result;
use crate::columns::Columns;

/// Classes of frequency: words that are found once, twice, up to 4 times, up to 8 times, and so on.
pub(crate) const CLASSES: usize = 16;
/// Words of a block.
pub(crate) const BLOCK: u32 = 16;
/// How many documents of a word are kept in the order of their names.
const KEPT: usize = 32;
/// What a node has for a class without words.
pub(crate) const NO_WORD: u8 = u8::MAX;

/// Letters of the shortest name by class of frequency; [`NO_WORD`] where there is none.
pub(crate) type Node = [u8; CLASSES];

/// What a node of the tree consists of.
pub(crate) enum Inside {
    /// Two smaller stretches.
    Nodes([u32; 2]),
    /// The words of a block.
    Words(Range<u32>),
}

/// The words of names of one segment, each known by its place in the alphabet. Deleted documents count.
pub(crate) struct Names {
    text: Vec<u8>,
    /// Where each word begins, and the end of the last.
    starts: Vec<u32>,
    /// How many documents have a word.
    pub found: Vec<u32>,
    /// How many letters the shortest name with a word has.
    pub shortest: Vec<u8>,
    /// Documents of the words that have the shortest names, those first.
    best: Vec<DocId>,
    /// Where those of each word begin in `best`, and the end of the last.
    bests: Vec<u32>,
    /// The root is 1, the children of a node are at twice its number and the next; blocks come last.
    tree: Vec<Node>,
    /// Where the words of each document begin in `words`, and the end of the last.
    begins: Vec<u32>,
    words: Vec<u32>,
}

impl Names {
    /// Reads the words of names of a segment.
    pub(crate) fn open(exact: &InvertedIndexReader, columns: &Columns) -> Result<Self> {
        let terms = exact.terms();
        let mut names = Self {
            text: Vec::new(),
            starts: vec![0],
            found: Vec::with_capacity(terms.num_terms()),
            shortest: Vec::with_capacity(terms.num_terms()),
            best: Vec::new(),
            bests: vec![0],
            tree: Vec::new(),
            begins: vec![0; columns.letters.len() + 1],
            words: Vec::new(),
        };
        let order = |doc: &DocId| (columns.letters[*doc as usize], columns.listings[*doc as usize], *doc);
        let (mut all, mut best): (Vec<DocId>, Vec<_>) = (Vec::new(), Vec::new());
        let mut stream = terms.stream()?;
        while stream.advance() {
            names.text.extend_from_slice(stream.key());
            names.starts.push(u32::try_from(names.text.len()).expect("the words of names have less than 4 GB"));
            let from = all.len();
            let mut postings = exact.read_block_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
            while !postings.docs().is_empty() {
                all.extend_from_slice(postings.docs());
                postings.advance();
            }
            let documents = &all[from..];
            documents.iter().for_each(|doc| names.begins[*doc as usize + 1] += 1);
            best.clear();
            let longest = longest_kept(documents, &columns.letters);
            best.extend(documents.iter().filter(|doc| columns.letters[**doc as usize] <= longest).map(order));
            if best.len() > KEPT {
                best.select_nth_unstable(KEPT);
                best.truncate(KEPT);
            }
            best.sort_unstable();
            names.found.push(documents.len() as u32);
            names.shortest.push(best.first().expect("a word of the dictionary is in a document").0);
            names.best.extend(best.iter().map(|(_, _, doc)| doc));
            names.bests.push(names.best.len() as u32);
        }
        names.number(&all);
        names.grow();
        Ok(names)
    }

    /// Turns the documents of the words, one word after the other, into the words of the documents.
    fn number(&mut self, all: &[DocId]) {
        for doc in 1..self.begins.len() {
            self.begins[doc] += self.begins[doc - 1];
        }
        let mut next = self.begins.clone();
        self.words = vec![0; all.len()];
        let mut documents = all.iter();
        for (word, &found) in (0..).zip(&self.found) {
            for &doc in documents.by_ref().take(found as usize) {
                let at = &mut next[doc as usize];
                self.words[*at as usize] = word;
                *at += 1;
            }
        }
    }

    fn grow(&mut self) {
        let leaves = self.found.len().div_ceil(BLOCK as usize).next_power_of_two();
        self.tree = vec![[NO_WORD; CLASSES]; 2 * leaves];
        for (word, (&found, &letters)) in self.found.iter().zip(&self.shortest).enumerate() {
            let least = &mut self.tree[leaves + word / BLOCK as usize][class_of(found)];
            *least = (*least).min(letters.min(NO_WORD - 1));
        }
        for node in (1..leaves).rev() {
            self.tree[node] =
                std::array::from_fn(|class| self.tree[2 * node][class].min(self.tree[2 * node + 1][class]));
        }
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> u32 {
        self.found.len() as u32
    }

    /// A word.
    pub(crate) fn word(&self, at: u32) -> &[u8] {
        &self.text[self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize]
    }

    /// The first of `among` for which `is_before` does not hold, as it does for all words before it.
    pub(crate) fn partition(&self, among: Range<u32>, is_before: impl Fn(&[u8]) -> bool) -> u32 {
        let (mut from, mut to) = (among.start, among.end);
        while from < to {
            let middle = from + (to - from) / 2;
            if is_before(self.word(middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// Where a word is among others.
    pub(crate) fn find(&self, among: Range<u32>, word: &[u8]) -> Option<u32> {
        let at = self.partition(among.clone(), |have| have < word);
        (at < among.end && self.word(at) == word).then_some(at)
    }

    /// The words that begin so.
    pub(crate) fn beginning(&self, with: &[u8]) -> Range<u32> {
        let start = self.partition(0..self.len(), |have| have < with);
        start..self.partition(start..self.len(), |have| have.starts_with(with))
    }

    /// The first word from `from` on that does not begin so; those that do stand there, if any do.
    pub(crate) fn after(&self, from: u32, with: &[u8]) -> u32 {
        let mut step = 1;
        // Most stretches are short: the end is looked for in steps that grow.
        while from + step < self.len() && self.word(from + step).starts_with(with) {
            step *= 2;
        }
        self.partition(from..self.len().min(from + step), |have| have.starts_with(with))
    }

    /// The words of a document, in the order of the alphabet.
    pub(crate) fn words_of(&self, doc: DocId) -> &[u32] {
        &self.words[self.begins[doc as usize] as usize..self.begins[doc as usize + 1] as usize]
    }

    /// Documents of a word that have the shortest names, those first; equal ones by listing. All of a rare word.
    pub(crate) fn best(&self, word: u32) -> &[DocId] {
        &self.best[self.bests[word as usize] as usize..self.bests[word as usize + 1] as usize]
    }

    /// A node of the tree.
    pub(crate) fn node(&self, node: u32) -> &Node {
        &self.tree[node as usize]
    }

    /// What a node consists of.
    pub(crate) fn inside(&self, node: u32) -> Inside {
        let leaves = (self.tree.len() / 2) as u32;
        if node < leaves {
            return Inside::Nodes([2 * node, 2 * node + 1]);
        }
        let first = (node - leaves) * BLOCK;
        Inside::Words(first..(first + BLOCK).min(self.len()))
    }

    /// The least nodes that have all the blocks between two, and calls `with` for each.
    pub(crate) fn cover(&self, blocks: Range<u32>, mut with: impl FnMut(u32)) {
        let leaves = (self.tree.len() / 2) as u32;
        let (mut from, mut to) = (blocks.start + leaves, blocks.end + leaves);
        while from < to {
            if from & 1 == 1 {
                with(from);
                from += 1;
            }
            if to & 1 == 1 {
                to -= 1;
                with(to);
            }
            (from, to) = (from / 2, to / 2);
        }
    }
}

/// Longer names are not among the [`KEPT`] shortest of these documents.
fn longest_kept(documents: &[DocId], letters: &[u8]) -> u8 {
    if documents.len() <= KEPT {
        return u8::MAX;
    }
    let mut found = [0; 256];
    documents.iter().for_each(|doc| found[usize::from(letters[*doc as usize])] += 1);
    let mut sum = 0;
    let enough = found.iter().position(|found| {
        sum += found;
        sum > KEPT
    });
    enough.map_or(u8::MAX, |letters| letters as u8)
}

/// The class of words that so many documents have.
fn class_of(found: u32) -> usize {
    ((u32::BITS - found.saturating_sub(1).leading_zeros()) as usize).min(CLASSES - 1)
}

/// The fewest documents that have a word of a class.
pub(crate) fn fewest_of(class: usize) -> u32 {
    if class == 0 { 1 } else { (1 << (class - 1)) + 1 }
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, class_of, fewest_of};

    #[test]
    fn no_word_is_rarer_than_its_class() {
        for found in 1..70_000 {
            let class = class_of(found);
            assert!(fewest_of(class) <= found);
            assert!(class + 1 == CLASSES || fewest_of(class + 1) > found, "{found}");
        }
    }
}
