//! What is read out of a segment's dictionaries once, when it is opened, so that no search has to.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::Result;
use crate::columns::Columns;
use crate::families::FamilyBits;
use crate::tally::{Counts, Tally, for_each_of};

/// A word is wide when one of so many documents has it.
const WIDE: u32 = 64;
/// And never fewer than so many: what is known of a wide word takes room of its own.
const FEWEST: u32 = 16;

/// The wide words of a field. Whether a document has one is one look, where postings are sought; and what all documents
/// that have one come to is known.
#[derive(Default)]
pub(crate) struct WideWords(HashMap<usize, Arc<Wide>>);

/// A word that many documents of a segment have.
pub(crate) struct Wide {
    /// The documents that have it, a bit each.
    pub bits: Box<[u64]>,
    /// What those come to that searches could answer with, deleted ones among them: each listing once, without those
    /// whose documents differ in what is counted.
    pub counts: Counts,
}

impl WideWords {
    /// Reads the postings of all wide words of a field.
    pub(crate) fn read(index: &InvertedIndexReader, columns: &Columns) -> Result<Self> {
        let documents = columns.keys.len() as u32;
        let mut found = Vec::new();
        let mut words = index.terms().stream()?;
        while words.advance() {
            let info = words.value();
            if info.doc_freq >= (documents / WIDE).max(FEWEST) {
                let mut bits = vec![0; (documents as usize).div_ceil(64)];
                each(index, info, |doc| bits[doc as usize / 64] |= 1 << (doc % 64))?;
                found.push((
                    info.postings_range.start,
                    bits.into_boxed_slice(),
                    Tally::new(),
                    FamilyBits::none_of(&columns.members),
                ));
            }
        }
        // Some documents after the other for all words, so that their columns are read once.
        let mut docs = Vec::with_capacity(64);
        for (at, first) in (0..columns.hits.len()).zip((0..).step_by(64)) {
            let (counted, sharing) = (columns.hits[at] & !columns.uneven[at], columns.sharing[at]);
            for (_, bits, tally, seen) in &mut found {
                let first_met =
                    |&doc: &DocId| sharing >> (doc - first) & 1 == 0 || seen.add(columns.families[doc as usize]);
                docs.clear();
                docs.extend(for_each_of(bits[at] & counted, first).filter(first_met));
                tally.count_all(columns, &docs);
            }
        }
        let wide = found
            .into_iter()
            .map(|(start, bits, mut tally, _)| (start, Arc::new(Wide { bits, counts: tally.counts() })));
        Ok(Self(wide.collect()))
    }

    /// A word, if it is wide.
    pub(crate) fn get(&self, word: &TermInfo) -> Option<Arc<Wide>> {
        self.0.get(&word.postings_range.start).cloned()
    }
}

/// By document: where its listing stands in the order of ids.
pub(crate) fn order_of_listings(listings: &InvertedIndexReader, documents: u32) -> Result<Arc<[u32]>> {
    let mut order = vec![0; documents as usize];
    let (mut ids, mut number) = (listings.terms().stream()?, 0);
    while ids.advance() {
        each(listings, ids.value(), |doc| order[doc as usize] = number)?;
        number += 1;
    }
    Ok(order.into())
}

fn each(index: &InvertedIndexReader, info: &TermInfo, mut with: impl FnMut(DocId)) -> Result<()> {
    let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    while postings.doc() != TERMINATED {
        with(postings.doc());
        postings.advance();
    }
    Ok(())
}
