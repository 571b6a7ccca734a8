//! What is read out of a segment's dictionaries once, when it is opened, so that no search has to.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED};

use crate::columns::Columns;
use crate::families::FamilyBits;
use crate::postings::{FieldLengths, Weights, WordWeight};
use crate::schema::Fields;
use crate::single::{Leaders, Single};
use crate::tally::{Counts, Tally, for_each_of};
use crate::tops::Tops;
use crate::{Result, weights};

/// A word is wide when one of so many documents has it.
const WIDE: u32 = 64;
/// And never fewer than so many: what is known of a wide word takes room of its own.
const FEWEST: u32 = 16;
/// What so many documents come to that have a word is known, whether it is wide or not.
const MANY: u32 = 512;

/// The words that many documents have, by where their postings are. Whether a document has a wide one is one look, where
/// postings are sought; and what all documents that have one come to is known.
#[derive(Default)]
pub(crate) struct WideWords(HashMap<usize, OfWord>);

/// What is known of a word, if it is wide, and if many have it.
type OfWord = (Option<Arc<Wide>>, Option<Arc<Single>>);

/// A word that many documents of a segment have.
pub(crate) struct Wide {
    /// The documents that have it, a bit each.
    pub bits: Box<[u64]>,
    /// What those come to that searches could answer with, deleted ones among them: each listing once, without those
    /// whose documents differ in what is counted.
    pub counts: Arc<Counts>,
    /// How much they score by it.
    pub tops: Tops,
}

/// Words in all text and in names of a segment, and what their scores are made of there.
pub(crate) struct Texts {
    all: Arc<InvertedIndexReader>,
    name: Arc<InvertedIndexReader>,
    /// By field: lengths of the documents, and what these do to scores.
    lengths: [(Option<FieldNormReader>, FieldLengths); 2],
    documents: u32,
}

impl Texts {
    /// Of a segment.
    pub(crate) fn of(reader: &SegmentReader, fields: &Fields) -> Result<Self> {
        let (all, name) = (reader.inverted_index(fields.all)?, reader.inverted_index(fields.name)?);
        let documents = reader.max_doc();
        let lengths = |field, index: &InvertedIndexReader| -> Result<_> {
            let lengths = FieldLengths::new(index.total_num_tokens(), u64::from(documents));
            Ok((reader.fieldnorms_readers().get_field(field)?, lengths))
        };
        let lengths = [lengths(fields.all, &all)?, lengths(fields.name, &name)?];
        Ok(Self { all, name, lengths, documents })
    }

    fn is_wide(&self, word: &TermInfo) -> bool {
        word.doc_freq >= (self.documents / WIDE).max(FEWEST)
    }

    /// Puts the documents that have a word into `scores`, in the place of what is there, with what they score by it. Answers
    /// what that was made of.
    fn score(&self, word: &[u8], info: &TermInfo, scores: &mut Vec<(DocId, f32)>) -> Result<Weights> {
        let names = self.name.terms().get(word)?;
        let found = |info: Option<&TermInfo>| info.map_or(0, |info| u64::from(info.doc_freq));
        let weight = |field: usize, found, boost| {
            WordWeight::new(found, u64::from(self.documents), &self.lengths[field].1, boost)
        };
        let all = weight(0, found(Some(info)), 1.0);
        let name = weight(1, found(names.as_ref()), weights::NAME as f32);
        scores.clear();
        each_scored(&self.all, info, |doc, frequency| {
            scores.push((doc, all.score(frequency, code(&self.lengths[0].0, doc))));
        })?;
        if let Some(info) = &names {
            // Every word of a name is a word of the text.
            let mut at = 0;
            each_scored(&self.name, info, |doc, frequency| {
                at += scores[at..].iter().take_while(|(have, _)| *have < doc).count();
                scores[at].1 += name.score(frequency, code(&self.lengths[1].0, doc));
            })?;
        }
        Ok(Weights { all, name })
    }
}

fn code(lengths: &Option<FieldNormReader>, doc: DocId) -> u8 {
    lengths.as_ref().map_or(0, |lengths| lengths.fieldnorm_id(doc))
}

/// A wide word while its documents are counted.
struct Found {
    start: usize,
    bits: Box<[u64]>,
    tops: Tops,
    leaders: Option<Leaders>,
    tally: Tally,
    seen: FamilyBits,
}

impl WideWords {
    /// Reads the postings of all words that many documents have, on two threads.
    pub(crate) fn read(texts: &Texts, columns: &Columns) -> Result<Self> {
        let mut many = Vec::new();
        let mut words = texts.all.terms().stream()?;
        while words.advance() {
            let info = words.value();
            if info.doc_freq >= MANY || texts.is_wide(info) {
                many.push((words.key().to_vec(), info.clone()));
            }
        }
        let (some, others): (Vec<_>, Vec<_>) = many.iter().enumerate().partition(|(at, _)| at % 2 == 0);
        let [some, others] = thread::scope(|scope| {
            let some = scope.spawn(|| Self::read_some(texts, columns, &some));
            [Self::read_some(texts, columns, &others), done(some)]
        });
        let mut all = some?;
        all.extend(others?);
        Ok(Self(all))
    }

    fn read_some(
        texts: &Texts,
        columns: &Columns,
        words: &[(usize, &(Vec<u8>, TermInfo))],
    ) -> Result<HashMap<usize, OfWord>> {
        let (mut scores, mut of_hits, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = FamilyBits::none_of(&columns.members);
        let (mut known, mut found) = (HashMap::with_capacity(words.len()), Vec::new());
        for (_, (word, info)) in words {
            let weights = texts.score(word, info, &mut scores)?;
            let start = info.postings_range.start;
            let many = info.doc_freq >= MANY;
            let leaders = many.then(|| Leaders::of(&scores, &weights, columns, &mut of_hits)).flatten();
            if texts.is_wide(info) {
                let mut bits = vec![0; columns.hits.len()].into_boxed_slice();
                scores.iter().for_each(|(doc, _)| bits[*doc as usize / 64] |= 1 << (doc % 64));
                let tops = Tops::new(&scores, bits.len(), weights, &mut sorted);
                let seen = FamilyBits::none_of(&columns.members);
                found.push(Found { start, bits, tops, leaders, tally: Tally::new(), seen });
            } else if let Some(leaders) = leaders {
                seen.clear();
                let hit = |doc: &DocId| columns.hits[*doc as usize / 64] >> (doc % 64) & 1 != 0;
                let first = |doc: &DocId| !columns.is_sharing(*doc) || seen.add(columns.families[*doc as usize]);
                let docs: Vec<DocId> = scores.iter().map(|(doc, _)| *doc).filter(hit).filter(first).collect();
                let mut tally = Tally::new();
                tally.count_all(columns, &docs);
                let counts = Arc::new(tally.counts());
                known.insert(start, (None, Some(Arc::new(Single { counts, leaders }))));
            }
        }
        // Some documents after the other for all wide words, so that their columns are read once.
        let mut docs = Vec::with_capacity(64);
        for (at, first) in (0..columns.hits.len()).zip((0..).step_by(64)) {
            let (counted, sharing) = (columns.hits[at] & !columns.uneven[at], columns.sharing[at]);
            for Found { bits, tally, seen, .. } in &mut found {
                let first_met =
                    |&doc: &DocId| sharing >> (doc - first) & 1 == 0 || seen.add(columns.families[doc as usize]);
                docs.clear();
                docs.extend(for_each_of(bits[at] & counted, first).filter(first_met));
                tally.count_all(columns, &docs);
            }
        }
        for Found { start, bits, tops, leaders, mut tally, .. } in found {
            let counts = Arc::new(tally.counts());
            let single = leaders.map(|leaders| Arc::new(Single { counts: Arc::clone(&counts), leaders }));
            known.insert(start, (Some(Arc::new(Wide { bits, counts, tops })), single));
        }
        Ok(known)
    }

    /// What is known of a word.
    pub(crate) fn get(&self, word: &TermInfo) -> OfWord {
        self.0.get(&word.postings_range.start).cloned().unwrap_or_default()
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

fn each_scored(index: &InvertedIndexReader, info: &TermInfo, mut with: impl FnMut(DocId, u32)) -> Result<()> {
    let mut postings = index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
    while !postings.docs().is_empty() {
        postings.docs().iter().zip(postings.freqs()).for_each(|(doc, frequency)| with(*doc, *frequency));
        postings.advance();
    }
    Ok(())
}

/// What a thread came to; its panic goes on in this one.
pub(crate) fn done<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
