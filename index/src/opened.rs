//! What is read out of a segment's dictionaries once, when it is opened, so that no search has to.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::Result;

/// A word is wide when one of so many documents has it: its bits then take no more room than its postings.
const WIDE: u32 = 16;
/// Segments with fewer documents are followed as quickly by their postings.
const FEW: u32 = 32;

/// Which documents have a wide word, a bit each: whether a document has it is one look, where postings are sought.
#[derive(Default)]
pub(crate) struct WideWords(HashMap<usize, Arc<[u64]>>);

impl WideWords {
    /// Reads the postings of all wide words of a field.
    pub(crate) fn read(index: &InvertedIndexReader, documents: u32) -> Result<Self> {
        let mut wide = Self::default();
        if documents < FEW {
            return Ok(wide);
        }
        let mut words = index.terms().stream()?;
        while words.advance() {
            let info = words.value();
            if info.doc_freq >= documents / WIDE {
                let mut bits = vec![0; (documents as usize).div_ceil(64)];
                each(index, info, |doc| bits[doc as usize / 64] |= 1 << (doc % 64))?;
                wide.0.insert(info.postings_range.start, bits.into());
            }
        }
        Ok(wide)
    }

    /// The bits of a word, if it is wide.
    pub(crate) fn get(&self, word: &TermInfo) -> Option<Arc<[u64]>> {
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
