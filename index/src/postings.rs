//! Ascending streams of documents out of the engine's postings, with a score where words are concerned.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::opened::{Wide, WideWords};
use crate::single::Single;
use crate::{MOST_WORDS, Result, weights};

const K1: f32 = weights::REPEATED as f32;
const B: f32 = weights::LENGTH as f32;
/// Documents of a block of postings; after the last of them it is filled up with [`TERMINATED`].
const COMPRESSION_BLOCK_SIZE: usize = 128;

/// A field's postings in one segment, with the lengths its scores need.
pub(crate) struct TextField {
    pub postings: Arc<InvertedIndexReader>,
    pub lengths: Option<FieldNormReader>,
    /// Bits of its wide words.
    pub wide: Arc<WideWords>,
}

impl TextField {
    /// Where a word's postings are; `None` when no document has it.
    pub(crate) fn find(&self, field: Field, stem: &str) -> Result<Option<TermInfo>> {
        Ok(self.postings.get_term_info(&Term::from_field_text(field, stem))?)
    }
}

/// What scores need to know of a field over the whole index.
#[derive(Clone)]
pub(crate) struct FieldLengths {
    /// The part of a score's denominator that depends on a document's length, per length code.
    norms: Arc<[f32; 256]>,
}

impl FieldLengths {
    /// For a field of `words` words in `documents` documents.
    pub(crate) fn new(words: u64, documents: u64) -> Self {
        let average = (words as f32 / documents.max(1) as f32).max(1.0);
        let norm = |code| K1 * (1.0 - B + B * FieldNormReader::id_to_fieldnorm(code) as f32 / average);
        Self { norms: Arc::new(std::array::from_fn(|code| norm(code as u8))) }
    }
}

/// How a word scores in one field over the whole index: BM25 with the usual constants.
#[derive(Clone)]
pub(crate) struct WordWeight {
    weight: f32,
    lengths: FieldLengths,
}

impl WordWeight {
    /// Weight of a word that `found` of `documents` have.
    pub(crate) fn new(found: u64, documents: u64, lengths: &FieldLengths, boost: f32) -> Self {
        let (n, all) = (found.min(documents) as f32, documents as f32);
        let rarity = (1.0 + (all - n + 0.5) / (n + 0.5)).ln();
        Self { weight: boost * rarity * (1.0 + K1), lengths: lengths.clone() }
    }

    /// What a document scores that has the word so often, by the code of its length.
    #[inline]
    pub(crate) fn score(&self, frequency: u32, length: u8) -> f32 {
        let frequency = frequency as f32;
        self.weight * frequency / (frequency + self.lengths.norms[usize::from(length)])
    }
}

/// What a word weighs: in the whole text, and again in names.
#[derive(Clone)]
pub(crate) struct Weights {
    pub all: WordWeight,
    pub name: WordWeight,
}

impl WordWeight {
    /// No score is so many times what it was by other weights.
    fn grown_from(&self, before: &Self) -> f32 {
        let lengths = before.lengths.norms.iter().zip(&*self.lengths.norms).map(|(before, now)| before / now);
        self.weight / before.weight * lengths.fold(1.0, f32::max)
    }
}

impl Weights {
    /// No score of a document is so many times what it was by other weights.
    pub(crate) fn grown_from(&self, before: &Self) -> f32 {
        self.all.grown_from(&before.all).max(self.name.grown_from(&before.name))
    }

    /// The same by a factor.
    pub(crate) fn times(&self, factor: f32) -> Self {
        let mut out = self.clone();
        out.all.weight *= factor;
        out.name.weight *= factor;
        out
    }
}

/// Documents in ascending order. A stream stands nowhere until it has been sought once.
pub(crate) enum Stream {
    /// Documents that have a word, scored.
    Word(Box<WordStream>),
    /// Documents that have a term, code or id; each scores the same.
    Term(Box<SegmentPostings>, f32),
    /// Documents in every one of these, and the one they stand at; scores add up.
    All(Vec<Stream>, Option<DocId>),
    /// Documents in one of these at least; the best score counts, or all add up.
    Any(Box<Union>),
    /// No documents.
    Empty,
}

/// The postings of a word in all text, looked up again in names.
pub(crate) struct WordStream {
    all: Cursor,
    /// Where its postings are.
    found: (Arc<InvertedIndexReader>, TermInfo),
    /// What is known of it where it is wide, and where many have it.
    known: (Option<Arc<Wide>>, Option<Arc<Single>>),
    all_lengths: Option<FieldNormReader>,
    name: InNames,
    /// Where its postings in names are.
    named: Option<(Arc<InvertedIndexReader>, TermInfo)>,
    name_lengths: Option<FieldNormReader>,
    weights: Weights,
}

/// A place in postings.
struct Cursor {
    block: BlockSegmentPostings,
    at: usize,
}

/// The postings of a word in names. Only scores ask for them, and most words are never scored.
enum InNames {
    No,
    Unread,
    Read(Box<SegmentPostings>),
}

/// Several streams, and where each stands.
pub(crate) struct Union {
    streams: Vec<Stream>,
    at: Vec<DocId>,
    /// The least of those; `None` before the first is sought.
    least: Option<DocId>,
    /// What two scores of one document come to.
    score: fn(f32, f32) -> f32,
}

impl Stream {
    /// Documents that have a word, given where its postings are in all text and in names.
    pub(crate) fn word(
        all: (&TextField, Option<&TermInfo>),
        name: (&TextField, Option<&TermInfo>),
        weights: Weights,
    ) -> Result<Self> {
        let Some(info) = all.1 else {
            return Ok(Stream::Empty);
        };
        let word = WordStream {
            all: Cursor::new(all.0.postings.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?),
            found: (Arc::clone(&all.0.postings), info.clone()),
            known: all.0.wide.get(info),
            all_lengths: all.0.lengths.clone(),
            name: if name.1.is_some() { InNames::Unread } else { InNames::No },
            named: name.1.map(|info| (Arc::clone(&name.0.postings), info.clone())),
            name_lengths: name.0.lengths.clone(),
            weights,
        };
        Ok(Stream::Word(Box::new(word)))
    }

    /// Documents that have one exact value of a field, each scoring `score`.
    pub(crate) fn value(index: &InvertedIndexReader, field: Field, value: &str, score: f32) -> Result<Self> {
        let found = index.read_postings(&Term::from_field_text(field, value), IndexRecordOption::Basic)?;
        Ok(found.map_or(Stream::Empty, |postings| Stream::Term(Box::new(postings), score)))
    }

    /// Documents that have any of the values.
    pub(crate) fn any_value(index: &InvertedIndexReader, field: Field, values: &[String]) -> Result<Self> {
        let streams = values.iter().map(|value| Self::value(index, field, value, 0.0)).collect::<Result<Vec<_>>>()?;
        Ok(Self::any(streams))
    }

    /// The union, without what is empty; the best score counts.
    pub(crate) fn any(streams: Vec<Stream>) -> Self {
        Self::union(streams, f32::max)
    }

    /// The union, without what is empty; scores add up.
    pub(crate) fn any_added(streams: Vec<Stream>) -> Self {
        Self::union(streams, |a, b| a + b)
    }

    fn union(mut streams: Vec<Stream>, score: fn(f32, f32) -> f32) -> Self {
        streams.retain(|stream| !matches!(stream, Stream::Empty));
        if streams.len() > 1 {
            let at = vec![0; streams.len()];
            Stream::Any(Box::new(Union { streams, at, least: None, score }))
        } else {
            streams.pop().unwrap_or(Stream::Empty)
        }
    }

    /// The intersection.
    pub(crate) fn all(mut streams: Vec<Stream>) -> Self {
        if streams.iter().any(|stream| matches!(stream, Stream::Empty)) {
            return Stream::Empty;
        }
        streams.sort_by_key(Stream::size);
        if streams.len() > 1 { Stream::All(streams, None) } else { streams.pop().unwrap_or(Stream::Empty) }
    }

    /// The document it was last sought to; [`TERMINATED`] at the end.
    pub(crate) fn doc(&self) -> DocId {
        match self {
            Stream::Word(word) => word.all.doc(),
            Stream::Term(postings, _) => postings.doc(),
            Stream::All(_, at) => at.unwrap_or(0),
            Stream::Any(union) => union.least.unwrap_or(0),
            Stream::Empty => TERMINATED,
        }
    }

    /// Moves to the first document at or after `target` and answers it; never backwards.
    pub(crate) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Stream::Word(word) => word.all.seek(target),
            Stream::Term(postings, _) => forward(postings, target),
            Stream::All(streams, at) => match *at {
                Some(at) if at >= target => at,
                _ => *at.insert(seek_all(streams, target, TERMINATED)),
            },
            Stream::Any(union) => union.seek(target),
            Stream::Empty => TERMINATED,
        }
    }

    /// Score of the document it stands at.
    pub(crate) fn score(&mut self) -> f32 {
        match self {
            Stream::Word(word) => word.score(),
            Stream::Term(_, score) => *score,
            Stream::All(streams, _) => streams.iter_mut().map(Stream::score).sum(),
            Stream::Any(union) => union.score(),
            Stream::Empty => 0.0,
        }
    }

    /// No document scores more.
    pub(crate) fn most(&self) -> f32 {
        match self {
            Stream::Word(word) => word.most(),
            Stream::Term(_, score) => *score,
            Stream::All(streams, _) => streams.iter().map(Stream::most).sum(),
            Stream::Any(union) => union.streams.iter().map(Stream::most).fold(0.0, union.score),
            Stream::Empty => 0.0,
        }
    }

    /// About how many documents it has: the order in which streams lead.
    pub(crate) fn size(&self) -> u32 {
        match self {
            Stream::Word(word) => word.all.block.doc_freq(),
            Stream::Term(postings, _) => postings.size_hint(),
            Stream::All(streams, _) => streams.iter().map(Stream::size).min().unwrap_or(0),
            Stream::Any(union) => union.streams.iter().map(Stream::size).fold(0, u32::saturating_add),
            Stream::Empty => 0,
        }
    }
}

impl Cursor {
    fn new(block: BlockSegmentPostings) -> Self {
        Self { block, at: 0 }
    }

    #[inline]
    fn doc(&self) -> DocId {
        self.block.doc(self.at)
    }

    #[inline]
    fn frequency(&self) -> u32 {
        self.block.freq(self.at)
    }

    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() < target {
            // The next one is often what is wanted.
            self.at = (self.at + 1).min(COMPRESSION_BLOCK_SIZE - 1);
            if self.doc() < target {
                self.at = self.block.seek(target);
            }
        }
        self.doc()
    }
}

impl Union {
    fn seek(&mut self, target: DocId) -> DocId {
        if let Some(least) = self.least.filter(|least| *least >= target) {
            return least;
        }
        let first = self.least.is_none();
        let mut least = TERMINATED;
        for (stream, at) in self.streams.iter_mut().zip(&mut self.at) {
            if first || *at < target {
                *at = stream.seek(target);
            }
            least = least.min(*at);
        }
        *self.least.insert(least)
    }

    fn score(&mut self) -> f32 {
        let (least, both) = (self.least, self.score);
        let here = self.streams.iter_mut().zip(&self.at).filter(|(_, at)| Some(**at) == least);
        here.map(|(stream, _)| stream.score()).fold(0.0, both)
    }
}

impl WordStream {
    /// Its documents from one on, before `end`: as many as fit and can be had at once, with their frequencies. None are
    /// left where there are none.
    pub(crate) fn fill(&mut self, from: DocId, end: DocId, into: &mut [(DocId, u32)]) -> usize {
        self.all.seek(from);
        let Cursor { block, at } = &mut self.all;
        let docs = block.docs().get(*at..).unwrap_or_default().iter().zip(block.freqs().get(*at..).unwrap_or_default());
        let docs = docs.take_while(|(doc, _)| **doc < end).zip(into);
        let filled = docs.map(|((&doc, &frequency), into)| *into = (doc, frequency)).count();
        *at += filled.saturating_sub(1);
        filled
    }

    /// Whether a document has the word, without moving to it; `None` where only its postings can tell.
    #[inline]
    pub(crate) fn has(&self, doc: DocId) -> Option<bool> {
        Some(self.known.0.as_ref()?.bits[doc as usize / 64] >> (doc % 64) & 1 != 0)
    }

    /// The same from the beginning.
    pub(crate) fn again(&self) -> Result<Self> {
        let (index, info) = &self.found;
        Ok(Self {
            all: Cursor::new(index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?),
            found: self.found.clone(),
            known: self.known.clone(),
            all_lengths: self.all_lengths.clone(),
            name: if self.named.is_some() { InNames::Unread } else { InNames::No },
            named: self.named.clone(),
            name_lengths: self.name_lengths.clone(),
            weights: self.weights.clone(),
        })
    }

    /// What is known of the word, if it is wide.
    pub(crate) fn wide(&self) -> Option<&Wide> {
        self.known.0.as_deref()
    }

    /// The same, to be kept.
    pub(crate) fn shared(&self) -> Option<Arc<Wide>> {
        self.known.0.clone()
    }

    /// What is known of the word by itself, if many have it.
    pub(crate) fn single(&self) -> Option<Arc<Single>> {
        self.known.1.clone()
    }

    /// Score of a document that has the word. Documents come in ascending order.
    pub(crate) fn score_at(&mut self, doc: DocId) -> Option<f32> {
        (self.all.seek(doc) == doc).then(|| self.score())
    }

    /// What it weighs.
    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// How many documents have it.
    pub(crate) fn documents_found(&self) -> u32 {
        self.found.1.doc_freq
    }

    /// The documents that have it, to be followed apart from scores.
    pub(crate) fn documents(&self) -> Result<SegmentPostings> {
        let (index, info) = &self.found;
        Ok(index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?)
    }

    /// The documents that have it in their names, to be followed apart from scores; `None` where there are none.
    pub(crate) fn names(&self) -> Result<Option<SegmentPostings>> {
        let Some((index, info)) = &self.named else { return Ok(None) };
        Ok(Some(index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?))
    }

    /// No document scores more that does not have it in its name.
    pub(crate) fn most_unnamed(&self) -> f32 {
        self.weights.all.weight
    }

    /// Moves to the first document at or after `target`; answers it and how often it has the word.
    pub(crate) fn frequency_from(&mut self, target: DocId) -> (DocId, u32) {
        (self.all.seek(target), self.all.frequency())
    }

    /// No document scores more.
    pub(crate) fn most(&self) -> f32 {
        match self.name {
            InNames::No => self.weights.all.weight,
            _ => self.weights.all.weight + self.weights.name.weight,
        }
    }

    fn score(&mut self) -> f32 {
        self.score_of(self.all.doc(), self.all.frequency())
    }

    /// Score of a document, given how often it has the word. Documents come in ascending order.
    pub(crate) fn score_of(&mut self, doc: DocId, frequency: u32) -> f32 {
        let length = |lengths: &Option<FieldNormReader>| lengths.as_ref().map_or(0, |l| l.fieldnorm_id(doc));
        let mut score = self.weights.all.score(frequency, length(&self.all_lengths));
        if let (InNames::Unread, Some((index, info))) = (&self.name, &self.named) {
            // Reading what is mapped fails only where the file is damaged, and checksums find that.
            let read = index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs);
            self.name = read.map_or(InNames::No, |postings| InNames::Read(Box::new(postings)));
        }
        if let InNames::Read(name) = &mut self.name
            && forward(name, doc) == doc
        {
            score += self.weights.name.score(name.term_freq(), length(&self.name_lengths));
        }
        score
    }
}

/// Moves every stream to the first document at or after `target` that all have; once one of them is at or past `end`,
/// only there. Without streams that is `target` itself.
pub(crate) fn seek_all(streams: &mut [Stream], target: DocId, end: DocId) -> DocId {
    let mut doc = target;
    let (mut agreed, all) = (0, streams.len());
    while agreed < all {
        for stream in streams.iter_mut() {
            let at = stream.seek(doc);
            if at >= end {
                return at;
            }
            if at == doc {
                agreed += 1;
            } else {
                // The stream that moved agrees with itself; the others are asked again.
                (doc, agreed) = (at, 1);
            }
            if agreed == all {
                break;
            }
        }
    }
    doc
}

/// Moves every stream to the first document at or after `target` that so many of them have; once there can be none
/// before `end`, only there.
pub(crate) fn seek_some(streams: &mut [Stream], number: usize, mut target: DocId, end: DocId) -> DocId {
    let mut at = [TERMINATED; MOST_WORDS];
    let at = &mut at[..streams.len().min(MOST_WORDS)];
    while target < end {
        for (at, stream) in at.iter_mut().zip(streams.iter_mut()) {
            *at = stream.seek(target);
        }
        at.sort_unstable();
        // Documents before this one have fewer.
        let last = at.get(number.max(1) - 1).copied().unwrap_or(TERMINATED);
        if at[0] == last {
            return last;
        }
        target = last;
    }
    target
}

pub(crate) fn forward(postings: &mut SegmentPostings, target: DocId) -> DocId {
    if postings.doc() >= target { postings.doc() } else { postings.seek(target) }
}
