//! One commit as searches see it: its segments with their columns, and its payload.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::directory::META_LOCK;
use tantivy::index::SegmentId;
use tantivy::schema::Field;
use tantivy::{Directory, DocId, InvertedIndexReader, SegmentReader, TantivyError};

use crate::areas::AreaTable;
use crate::columns::{Columns, Mask};
use crate::names::Names;
use crate::opened::{Texts, WideWords, done, order_of_listings};
use crate::postings::{FieldLengths, TextField};
use crate::schema::{BEYOND, Fields};
use crate::tally::BeyondColumn;
use crate::{Error, Result};

/// Terms that get a bit of the mask; those after are filtered by postings and not counted.
pub const MOST_BITS: usize = 256;
/// Kinds of listing an index can tell apart.
pub(crate) const MOST_KINDS: usize = 16;

/// What each commit carries: which directory it is of, and how far it has come.
#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
pub struct Payload {
    /// Id of the directory the listings come from.
    pub directory: String,
    /// Life of its counters; renewed by a restore.
    pub epoch: String,
    /// Shape of the index: always [`crate::SCHEMA`], whatever a caller sets.
    pub schema: u32,
    /// Version of the gazetteer that placed the listings.
    pub gazetteer: String,
    /// Last internal change that is in.
    pub sequence: u64,
    /// Last public change that is in.
    pub public_sequence: u64,
    /// Term ids by bit of the mask. Only ever grows, to at most 256.
    pub terms: Vec<String>,
}

/// The payload and what the index keeps for itself beside it.
#[derive(Clone, Serialize, Deserialize, Debug)]
pub(crate) struct Stored {
    pub payload: Payload,
    /// Kinds by number.
    pub kinds: Vec<String>,
    /// Order of arrival of the next document.
    pub next: u64,
}

impl Stored {
    /// The bit of a term, giving it the next free one if it is new.
    pub(crate) fn bit(bits: &mut HashMap<String, u8>, terms: &mut Vec<String>, term: &str) -> Option<u8> {
        if let Some(&bit) = bits.get(term) {
            return Some(bit);
        }
        let bit = u8::try_from(terms.len()).ok()?;
        terms.push(term.to_owned());
        bits.insert(term.to_owned(), bit);
        Some(bit)
    }

    /// Bits by term.
    pub(crate) fn bits(&self) -> HashMap<String, u8> {
        self.payload.terms.iter().zip(0..=u8::MAX).map(|(term, bit)| (term.clone(), bit)).collect()
    }
}

/// Sets one bit.
pub(crate) fn set_bit(mask: &mut Mask, bit: u8) {
    mask[usize::from(bit >> 6)] |= 1 << (bit & 63);
}

/// A segment made ready for searches.
pub(crate) struct Segment {
    pub reader: SegmentReader,
    pub columns: Arc<Columns>,
    pub all: TextField,
    pub name: TextField,
    pub exact: Arc<InvertedIndexReader>,
    /// Words of the field `exact`.
    pub names: Arc<Names>,
    pub listing: Arc<InvertedIndexReader>,
    pub term: Arc<InvertedIndexReader>,
    pub areas: Arc<AreaTable>,
    /// By document: where its listing stands in the order of ids.
    pub order: Arc<[u32]>,
    pub organization: Arc<InvertedIndexReader>,
    pub language: Arc<InvertedIndexReader>,
    /// Terms without a bit; `None` when no document has one.
    pub beyond: Option<BeyondColumn>,
    /// Documents that searches may answer with and that are not deleted, a bit each.
    pub live: Arc<[u64]>,
    /// Documents that searches could answer with were they not deleted, ascending.
    pub dead: Vec<DocId>,
}

impl Segment {
    /// Reads a segment; what its deletions do not change is taken from `before`, the same segment of an earlier commit.
    fn open(reader: SegmentReader, before: Option<&Segment>, fields: &Fields) -> Result<Self> {
        let exact = reader.inverted_index(fields.exact)?;
        let text = |field: Field, wide: Arc<WideWords>| -> Result<TextField> {
            let lengths = reader.fieldnorms_readers().get_field(field)?;
            Ok(TextField { postings: reader.inverted_index(field)?, lengths, wide })
        };
        let documents = reader.max_doc();
        let (columns, names, areas, order, wide) = match before {
            Some(before) => (
                Arc::clone(&before.columns),
                Arc::clone(&before.names),
                Arc::clone(&before.areas),
                Arc::clone(&before.order),
                Arc::clone(&before.all.wide),
            ),
            None => {
                let texts = Texts::of(&reader, fields)?;
                let (area, listing) = (reader.inverted_index(fields.area)?, reader.inverted_index(fields.listing)?);
                // Who starts a large directory waits for this: two cores do it in little more than half the time.
                std::thread::scope(|scope| {
                    let order = scope.spawn(|| order_of_listings(&listing, documents));
                    let columns = Arc::new(Columns::open(&reader)?);
                    let (exact, of_names) = (&exact, Arc::clone(&columns));
                    let names = scope.spawn(move || Names::open(exact, &of_names));
                    let wide = WideWords::read(&texts, &columns)?;
                    let areas = AreaTable::read(&area)?;
                    let (names, order) = (done(names)?, done(order)?);
                    Ok::<_, Error>((columns, Arc::new(names), Arc::new(areas), order, Arc::new(wide)))
                })?
            }
        };
        let (live, dead) = live(&reader, &columns);
        Ok(Self {
            live,
            dead,
            all: text(fields.all, wide)?,
            name: text(fields.name, Arc::default())?,
            exact,
            names,
            listing: reader.inverted_index(fields.listing)?,
            term: reader.inverted_index(fields.term)?,
            areas,
            order,
            organization: reader.inverted_index(fields.organization)?,
            language: reader.inverted_index(fields.language)?,
            beyond: reader.fast_fields().str(BEYOND)?.map(BeyondColumn::new),
            columns,
            reader,
        })
    }

    /// Whether searches may answer with a document.
    pub(crate) fn is_live(&self, doc: DocId) -> bool {
        self.live[doc as usize / 64] >> (doc % 64) & 1 != 0
    }

    /// Whether a document has not been deleted.
    pub(crate) fn is_alive(&self, doc: DocId) -> bool {
        self.reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc))
    }
}

/// What is left of the documents to be found, and what is not.
fn live(reader: &SegmentReader, columns: &Columns) -> (Arc<[u64]>, Vec<DocId>) {
    let Some(alive) = reader.alive_bitset() else {
        return (Arc::clone(&columns.hits), Vec::new());
    };
    let mut dead = Vec::new();
    let words = columns.hits.iter().zip((0..).step_by(64)).map(|(&hits, first)| {
        let (mut left, mut rest) = (hits, hits);
        while rest != 0 {
            let at = rest.trailing_zeros();
            rest &= rest - 1;
            if !alive.is_alive(first + at) {
                left &= !(1 << at);
                dead.push(first + at);
            }
        }
        left
    });
    (words.collect(), dead)
}

/// Everything one commit consists of. Never changes; a reader holds one for as long as it likes.
pub(crate) struct Snapshot {
    pub fields: Fields,
    pub stored: Stored,
    pub bits: HashMap<String, u8>,
    /// Terms by bit, to be handed on.
    pub terms: Vec<Arc<str>>,
    /// Documents, deleted ones not yet merged away included.
    pub documents: u64,
    /// Of all words.
    pub all: FieldLengths,
    /// Of words of names and terms.
    pub name: FieldLengths,
    pub segments: Vec<Arc<Segment>>,
}

impl Snapshot {
    /// Makes the last commit ready. Segments and columns that `before` has too are taken from it.
    pub(crate) fn open(
        engine: &tantivy::Index,
        fields: Fields,
        stored: Stored,
        before: Option<&Snapshot>,
    ) -> Result<Self> {
        let known: HashMap<SegmentId, &Arc<Segment>> =
            before.into_iter().flat_map(|before| &before.segments).map(|s| (s.reader.segment_id(), s)).collect();
        // While this lock is held no file of a segment goes, ours included, though a merge may end.
        let lock =
            engine.directory().acquire_lock(&META_LOCK).map_err(|error| TantivyError::LockFailure(error, None))?;
        let mut segments: Vec<Arc<Segment>> = Vec::new();
        for segment in engine.searchable_segments()? {
            let known = known.get(&segment.id());
            if let Some(same) = known.filter(|known| known.reader.delete_opstamp() == segment.meta().delete_opstamp()) {
                segments.push(Arc::clone(same));
                continue;
            }
            let reader = SegmentReader::open(&segment)?;
            segments.push(Arc::new(Segment::open(reader, known.map(|known| &***known), &fields)?));
        }
        drop(lock);
        let documents = segments.iter().map(|segment| u64::from(segment.reader.max_doc())).sum();
        let lengths = |of: fn(&Segment) -> &TextField| {
            let words = segments.iter().map(|segment| of(segment).postings.total_num_tokens()).sum();
            FieldLengths::new(words, documents)
        };
        let (all, name) = (lengths(|segment| &segment.all), lengths(|segment| &segment.name));
        let terms = stored.payload.terms.iter().map(|term| Arc::from(term.as_str())).collect();
        Ok(Self { fields, bits: stored.bits(), terms, stored, documents, all, name, segments })
    }

    /// The number of a kind; `None` when no document ever had it.
    pub(crate) fn kind(&self, kind: &str) -> Option<u8> {
        self.stored.kinds.iter().zip(0..).find(|(have, _)| *have == kind).map(|(_, number)| number)
    }

    /// Set of kinds as bits; all of them for an empty list.
    pub(crate) fn kinds(&self, kinds: &[impl AsRef<str>]) -> u16 {
        if kinds.is_empty() {
            return u16::MAX;
        }
        kinds.iter().filter_map(|kind| self.kind(kind.as_ref())).fold(0, |set, number| set | 1 << number)
    }
}

/// Parses the payload of a commit.
pub(crate) fn parse_stored(payload: Option<&str>) -> Result<Stored> {
    let damaged = || Error::Damaged("the commit has no payload of ours".to_owned());
    let value: serde_json::Value = serde_json::from_str(payload.ok_or_else(damaged)?).map_err(|_| damaged())?;
    let schema = value.pointer("/payload/schema").and_then(serde_json::Value::as_u64).ok_or_else(damaged)?;
    if schema != u64::from(crate::SCHEMA) {
        return Err(Error::OldSchema { found: u32::try_from(schema).unwrap_or(u32::MAX) });
    }
    serde_json::from_value(value).map_err(|_| damaged())
}
