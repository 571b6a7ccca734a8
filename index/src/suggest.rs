//! Names begun: listings whose name has every word typed, the last of which may be the beginning of one.
//!
//! Words that begin so are taken from the term dictionaries, never from documents, and each is given the best score that
//! a name with it could have. They are walked from the best on, until none left can beat what has been found. A name
//! scores 1 for having the last word as typed, up to 1 for how rare that word is, and up to 1 for how much of the name
//! has been typed.

use std::cmp::Ordering;
use std::collections::HashSet;

use tantivy::postings::TermInfo;
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocId, TERMINATED};

use crate::analysis::{plain_analyser, tokens};
use crate::columns::{TOMBSTONE, listing_key};
use crate::postings::{Stream, seek_all};
use crate::snapshot::Segment;
use crate::words::{MOST_CHARACTERS, MOST_WORDS};
use crate::{Reader, Result};

/// The most suggestions that are answered.
pub const MOST_SUGGESTIONS: usize = 50;
/// Words of the dictionary that are looked at; with a beginning that more have, those after in the alphabet are not.
const MOST_COMPLETIONS: usize = 1024;
/// Of those, how many are looked up in documents.
const MOST_WALKED: usize = 128;
/// Documents looked at in all.
const MOST_DOCUMENTS: usize = 8192;

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
        let Some(typed) = Typed::new(text) else {
            return Ok(Vec::new());
        };
        let mut found = Found {
            typed: &typed,
            withdrawn: withdrawn.iter().map(|listing| listing_key(listing)).collect(),
            best: Vec::new(),
            most: limit.min(MOST_SUGGESTIONS),
            documents: 0,
        };
        for completion in self.completions(&typed)?.into_iter().take(MOST_WALKED) {
            if found.is_full_of_better(&completion) {
                break;
            }
            for (number, info) in &completion.postings {
                self.walk(&mut found, &completion, *number, info)?;
            }
        }
        let suggestion = |found: &Candidate| {
            let columns = &self.snapshot.segments[found.segment].columns;
            let entry = columns.entry(found.doc)?;
            let kind = &self.snapshot.stored.kinds[usize::from(columns.kinds[found.doc as usize])];
            Ok(Suggestion { listing: entry.listing.to_owned(), name: entry.name.to_owned(), kind: kind.clone() })
        };
        found.best.iter().map(suggestion).collect()
    }

    /// Words that the last word typed may become, the one that could score best first.
    fn completions(&self, typed: &Typed) -> Result<Vec<Completion>> {
        let first = typed.last.as_bytes();
        let mut streams = Vec::new();
        for (number, segment) in self.snapshot.segments.iter().enumerate() {
            let mut stream = segment.exact.terms().range().ge(first).into_stream()?;
            if stream.advance() {
                streams.push((number, stream));
            }
        }
        let mut out: Vec<Completion> = Vec::new();
        while let Some(least) = streams.iter().map(|(_, stream)| stream.key()).min() {
            let fits = if typed.last_is_whole { least == first } else { least.starts_with(first) };
            if !fits || out.len() == MOST_COMPLETIONS {
                break;
            }
            let least = least.to_vec();
            let mut postings = Vec::with_capacity(streams.len());
            for (number, stream) in streams.iter_mut().filter(|(_, stream)| stream.key() == least) {
                postings.push((*number, stream.value().clone()));
                stream.advance();
            }
            // A stream at its end keeps its last key.
            streams.retain(|(_, stream)| stream.key() != least);
            let documents: u32 = postings.iter().map(|(_, info)| info.doc_freq).sum();
            let rarity = 1.0 - (documents.max(1) as f32).ln() / (self.snapshot.documents.max(2) as f32).ln();
            let whole = f32::from(u8::from(least == first));
            let letters = String::from_utf8_lossy(&least).chars().count();
            let score = whole + rarity.clamp(0.0, 1.0);
            out.push(Completion { score, bound: score + typed.share_of(letters), postings });
        }
        out.sort_by(|a, b| b.bound.total_cmp(&a.bound));
        Ok(out)
    }

    /// Offers the names of one segment that have a completion and all words before it.
    fn walk(&self, found: &mut Found, completion: &Completion, number: usize, info: &TermInfo) -> Result<()> {
        let segment = &self.snapshot.segments[number];
        let postings = segment.exact.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let mut streams = vec![Stream::Term(Box::new(postings), 0.0)];
        for word in &found.typed.before {
            let term = Term::from_field_text(self.snapshot.fields.exact, word);
            let Some(postings) = segment.exact.read_postings(&term, IndexRecordOption::Basic)? else {
                return Ok(());
            };
            streams.push(Stream::Term(Box::new(postings), 0.0));
        }
        streams.sort_by_key(Stream::size);
        let mut doc = seek_all(&mut streams, 0, TERMINATED);
        while doc != TERMINATED && found.documents < MOST_DOCUMENTS {
            found.documents += 1;
            found.offer(segment, completion.score, number, doc);
            doc = seek_all(&mut streams, doc + 1, TERMINATED);
        }
        Ok(())
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

    /// How much of a name of so many letters has been typed: 1 for all of it.
    fn share_of(&self, letters: usize) -> f32 {
        (self.letters as f32 / letters.max(1) as f32).min(1.0)
    }
}

/// A word that begins with the last word typed.
struct Completion {
    /// What every name with it scores before its length is known.
    score: f32,
    /// What a name with it scores at most: that of a name of this word alone.
    bound: f32,
    /// Where its postings are, by number of the segment.
    postings: Vec<(usize, TermInfo)>,
}

/// A name found.
#[derive(Clone, Copy)]
struct Candidate {
    score: f32,
    listing: u64,
    segment: usize,
    doc: DocId,
}

impl Candidate {
    /// Better ones stand before; equal ones by a hash of their listing, which does not depend on segments.
    fn order(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.listing.cmp(&other.listing))
    }
}

struct Found<'a> {
    typed: &'a Typed,
    withdrawn: HashSet<u64>,
    /// The best, in order, each listing once.
    best: Vec<Candidate>,
    most: usize,
    /// Documents looked at.
    documents: usize,
}

impl Found<'_> {
    fn is_full_of_better(&self, completion: &Completion) -> bool {
        self.best.len() >= self.most && self.best.last().is_none_or(|worst| worst.score > completion.bound)
    }

    fn offer(&mut self, segment: &Segment, score: f32, number: usize, doc: DocId) {
        let (columns, at) = (&segment.columns, doc as usize);
        let listing = columns.listings[at];
        let score = score + self.typed.share_of(usize::from(columns.letters[at]));
        let candidate = Candidate { score, listing, segment: number, doc };
        let is_worse = |worst: &Candidate| worst.order(&candidate).is_lt();
        if self.best.len() >= self.most && self.best.last().is_none_or(is_worse) {
            return;
        }
        if columns.flags[at] & TOMBSTONE != 0 || !segment.is_alive(doc) || self.withdrawn.contains(&listing) {
            return;
        }
        if let Some(known) = self.best.iter().position(|known| known.listing == listing) {
            if !candidate.order(&self.best[known]).is_lt() {
                return;
            }
            self.best.remove(known);
        }
        let place = self.best.partition_point(|known| known.order(&candidate).is_lt());
        self.best.insert(place, candidate);
        self.best.truncate(self.most);
    }
}
