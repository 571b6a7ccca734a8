//! Why a hit is in an answer: what of each word its document has. Asked for a page of hits, never for a scan.

use tantivy::schema::{Field, Term};
use tantivy::{DocId, DocSet, InvertedIndexReader, schema::IndexRecordOption};

use crate::analysis::{analyser, tokens};
use crate::columns::HIT;
use crate::snapshot::Segment;
use crate::words::Group;
use crate::{Hit, Query, Reader, Result};

/// What a hit has of one thing that was looked for. All empty: it does not match that one, in a relaxed search.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WordMatch {
    /// The word or phrase, lower-cased and without accents.
    pub typed: String,
    /// The nearest place that has all of its words.
    pub place: Option<WordPlace>,
    /// Terms it means that the listing has.
    pub terms: Vec<String>,
    /// Whether the listing has another phrase that means the same.
    pub same: bool,
    /// Broader terms that the listing has.
    pub broader: Vec<String>,
}

/// Where words stand in a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordPlace {
    /// In its own name.
    Name,
    /// In its names, its organisation's name, or what people type for its terms.
    Names,
    /// In all that it says, names included.
    Text,
}

/// Never prints what was typed.
impl std::fmt::Debug for WordMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WordMatch {{ {} terms }}", self.terms.len())
    }
}

impl Reader {
    /// For each thing the query looks for, in the words' order, what the document shown has of it.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn explain(&self, query: &Query, hit: &Hit) -> Result<Vec<WordMatch>> {
        let mut out = Vec::new();
        self.each_of(&hit.listing, |segment, doc| {
            let columns = &segment.columns;
            if out.is_empty() && columns.flags[doc as usize] & HIT != 0 && columns.entries.get(doc)?.id == hit.id {
                for group in query.words.groups() {
                    out.push(self.word_match(segment, doc, group)?);
                }
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn word_match(&self, segment: &Segment, doc: DocId, group: &Group) -> Result<WordMatch> {
        let fields = &self.snapshot.fields;
        let name = tokens(&mut analyser(), segment.columns.entries.get(doc)?.name);
        let all_in = |postings: &InvertedIndexReader, field: Field, stems: &[String]| -> Result<bool> {
            for stem in stems {
                if !has(postings, field, stem, doc)? {
                    return Ok(false);
                }
            }
            Ok(!stems.is_empty())
        };
        let place = if !group.stems.is_empty() && group.stems.iter().all(|stem| name.contains(stem)) {
            Some(WordPlace::Name)
        } else if all_in(&segment.name.postings, fields.name, &group.stems)? {
            Some(WordPlace::Names)
        } else {
            all_in(&segment.all.postings, fields.all, &group.stems)?.then_some(WordPlace::Text)
        };
        let mut same = false;
        for phrase in &group.phrases {
            same = same || all_in(&segment.all.postings, fields.all, phrase)?;
        }
        let had = |terms: &[String]| -> Result<Vec<String>> {
            let mut had = Vec::new();
            for term in terms {
                if has(&segment.term, fields.term, term, doc)? {
                    had.push(term.clone());
                }
            }
            Ok(had)
        };
        Ok(WordMatch {
            typed: group.typed.clone(),
            place,
            terms: had(&group.terms)?,
            same,
            broader: had(&group.broader)?,
        })
    }
}

/// Whether a document has a value in a field.
fn has(postings: &InvertedIndexReader, field: Field, value: &str, doc: DocId) -> Result<bool> {
    let found = postings.read_postings(&Term::from_field_text(field, value), IndexRecordOption::Basic)?;
    Ok(found.is_some_and(|mut found| found.doc() == doc || found.doc() < doc && found.seek(doc) == doc))
}
