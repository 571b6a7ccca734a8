//! The side columns of a segment in memory.
//!
//! They are a file of each segment, in the segment's order of documents; the addresses at its end lead to what is read of
//! a document that is shown ([`crate::entries`]):
//!
//! ```text
//! columns:  magic, n | key n*8 | position n*8 | mask n*32 | listing n*8 | checked n*4 | flags n | kind n | ages n*2
//!           | letters n | when n*4 | address of the entry (n+1)*5 | bytes of all records 8
//! ```

use std::ops::Range;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;
use tantivy::{DocId, SegmentReader, index::SegmentComponent};

use crate::ages::AgeRange;
use crate::cover::Span;
use crate::entries::{ADDRESS, BODIES, Entries, RECORDS, Written, address_at};
use crate::families::{Members, alone, families, uneven};
use crate::hilbert::{PositionE7, UNPLACED};
use crate::near::Extent;
use crate::tally::{Sums, for_each_bit};
use crate::{Document, Error, Result, Role, Whereabouts};

/// Extension of the file.
pub(crate) const COLUMNS: &str = "columns";
/// First bytes of a columns file.
pub(crate) const MAGIC: [u8; 8] = *b"kithcol5";
/// Bytes per document of each column of fixed width, in file order.
pub(crate) const WIDTHS: [usize; 10] = [8, 8, 32, 8, 4, 1, 1, 2, 1, 4];
/// Bytes per document of all of them.
pub(crate) const ROW: usize = 69;
/// Terms that have a bit.
pub(crate) type Mask = [u64; 4];

/// Whether two masks have a bit in common.
#[inline]
pub(crate) fn shares(a: &Mask, b: &Mask) -> bool {
    a[0] & b[0] | a[1] & b[1] | a[2] & b[2] | a[3] & b[3] != 0
}

/// The document may be answered by a search.
pub(crate) const HIT: u8 = 1;
/// The document only says that its listing is gone.
pub(crate) const TOMBSTONE: u8 = 2;
/// It has a position.
pub(crate) const POINT: u8 = 4;
/// It is known by its areas.
pub(crate) const AREA: u8 = 8;
/// It is reached from anywhere in its areas.
pub(crate) const REMOTE: u8 = 16;
/// Other searchable documents share its listing.
pub(crate) const SIBLINGS: u8 = 32;
/// It holds the listing's full record.
pub(crate) const RECORD: u8 = 64;
/// It has ended.
pub(crate) const ENDED: u8 = 128;

/// One document's columns.
pub(crate) struct Row {
    pub key: u64,
    pub position: PositionE7,
    pub mask: Mask,
    pub listing: u64,
    /// Unix seconds; 0 when unknown.
    pub checked: u32,
    pub flags: u8,
    pub kind: u8,
    pub ages: AgeRange,
    /// Letters of the name, 255 for more.
    pub letters: u8,
    /// Parts of the week in which it happens, as bits; none when it does not say.
    pub when: u32,
}

impl Row {
    /// The row's bytes followed by what stands in the document's entry: what the segment plugin is handed.
    pub(crate) fn encode(&self, document: &Document) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(ROW + 1024);
        out.extend(self.key.to_le_bytes());
        self.position.iter().for_each(|value| out.extend(value.to_le_bytes()));
        self.mask.iter().for_each(|value| out.extend(value.to_le_bytes()));
        out.extend(self.listing.to_le_bytes());
        out.extend(self.checked.to_le_bytes());
        out.extend([self.flags, self.kind]);
        out.extend(self.ages);
        out.push(self.letters);
        out.extend(self.when.to_le_bytes());
        Written::of(document)?.append_to(&mut out);
        Ok(out)
    }
}

/// Flags of a document; `siblings` when the put it came with holds several that can be found.
pub(crate) fn flags(document: &Document, siblings: bool) -> u8 {
    let role = match document.role {
        Role::Hit => HIT,
        Role::Record => 0,
        Role::Tombstone => TOMBSTONE,
    };
    let place = match document.whereabouts {
        Whereabouts::Point { .. } => POINT,
        Whereabouts::Area => AREA,
        Whereabouts::Remote => REMOTE,
        Whereabouts::None => 0,
    };
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let siblings = flag(siblings || document.siblings, SIBLINGS);
    role | place | siblings | flag(!document.record.is_empty(), RECORD) | flag(document.ended, ENDED)
}

/// A segment's columns, decoded, and its entries, mapped.
pub(crate) struct Columns {
    pub keys: Vec<u64>,
    every_64th: Vec<u64>,
    pub positions: Vec<PositionE7>,
    pub masks: Vec<Mask>,
    pub listings: Vec<u64>,
    pub checked: Vec<u32>,
    pub flags: Vec<u8>,
    pub kinds: Vec<u8>,
    pub ages: Vec<AgeRange>,
    pub letters: Vec<u8>,
    pub when: Vec<u32>,
    /// Where the documents with a position lie, 64 at a time.
    pub extents: Vec<Extent>,
    /// First document without a position: those sort last.
    pub unplaced: DocId,
    /// Which documents may be answered by a search, a bit each.
    pub hits: Arc<[u64]>,
    /// Those of them that share their listing with others, ascending.
    pub siblings: Vec<DocId>,
    /// By document: which of the segment's listings with several documents it belongs to; empty if there are none.
    pub families: Vec<u32>,
    /// The documents of each of these listings.
    pub members: Members,
    /// The documents of those that differ in what is counted, a bit each.
    pub uneven: Box<[u64]>,
    /// The documents of `siblings`, a bit each.
    pub sharing: Box<[u64]>,
    /// By document: metres from which on another document of its listing may be found; infinite where there is none.
    alone: Vec<f32>,
    pub sums: Sums,
    /// By bit of the mask: the documents that have it, a bit each; empty where none has. The same as the masks, but a
    /// test of many documents for one term reads a cache line where masks take a hundred.
    with_bit: Vec<Box<[u64]>>,
    pub entries: Entries,
}

/// Documents that stand together on the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub docs: Range<DocId>,
    /// All of them lie in the circle asked for.
    pub inside: bool,
}

impl Columns {
    /// Reads the columns of a segment.
    pub(crate) fn open(segment: &SegmentReader) -> Result<Self> {
        let file = RawColumns::open(segment)?;
        let keys: Vec<u64> = file.column(0).chunks_exact(8).map(u64_of).collect();
        if keys.len() != segment.max_doc() as usize || !keys.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Error::Damaged("the columns of a segment do not fit it".to_owned()));
        }
        let mask = |cell: &[u8]| {
            let mut mask = Mask::default();
            mask.iter_mut().zip(cell.chunks_exact(8)).for_each(|(word, bytes)| *word = u64_of(bytes));
            mask
        };
        let masks: Vec<Mask> = file.column(2).chunks_exact(32).map(mask).collect();
        let (flags, kinds) = (file.column(5).to_vec(), file.column(6).to_vec());
        let word = |flags: &[u8]| flags.iter().rev().fold(0, |word, flags| word << 1 | u64::from(flags & HIT));
        let shares = |&doc: &DocId| flags[doc as usize] & (HIT | SIBLINGS) == HIT | SIBLINGS;
        let siblings: Vec<DocId> = (0..flags.len() as DocId).filter(shares).collect();
        let listings: Vec<u64> = file.column(3).chunks_exact(8).map(u64_of).collect();
        let positions: Vec<PositionE7> =
            file.column(1).chunks_exact(8).map(|cell| [i32_of(&cell[..4]), i32_of(&cell[4..])]).collect();
        let unplaced = keys.partition_point(|&key| key < UNPLACED) as DocId;
        let families = families(&siblings, &listings);
        let members = Members::new(&siblings, &families);
        let alone = alone(&members, &families, &positions[..unplaced as usize]);
        let uneven = uneven(&members, &masks, &kinds);
        let mut sharing = vec![0; flags.len().div_ceil(64)];
        siblings.iter().for_each(|&doc| sharing[doc as usize / 64] |= 1 << (doc % 64));
        Ok(Self {
            members,
            families,
            uneven,
            sharing: sharing.into(),
            hits: flags.chunks(64).map(word).collect(),
            siblings,
            sums: Sums::new(&masks, &kinds, &flags),
            with_bit: with_bit(&masks),
            extents: positions[..unplaced as usize].chunks(64).map(Extent::of).collect(),
            positions,
            alone,
            masks,
            listings,
            checked: file.column(4).chunks_exact(4).map(u32_of).collect(),
            flags,
            kinds,
            ages: file.column(7).chunks_exact(2).map(|cell| [cell[0], cell[1]]).collect(),
            letters: file.column(8).to_vec(),
            when: file.column(9).chunks_exact(4).map(u32_of).collect(),
            unplaced,
            every_64th: keys.iter().step_by(64).copied().collect(),
            entries: file.entries(),
            keys,
        })
    }

    /// Whether a document has ended.
    #[inline]
    pub(crate) fn has_ended(&self, doc: DocId) -> bool {
        self.flags[doc as usize] & ENDED != 0
    }

    /// Whether a document that searches may answer with shares its listing with others.
    pub(crate) fn is_sharing(&self, doc: DocId) -> bool {
        self.sharing[doc as usize / 64] >> (doc % 64) & 1 != 0
    }

    /// Whether another document of its listing that searches may answer with lies within so many metres.
    #[inline]
    pub(crate) fn has_siblings_within(&self, doc: DocId, metres: f32) -> bool {
        self.flags[doc as usize] & SIBLINGS != 0 && self.alone[doc as usize] <= metres
    }

    /// Which of the 64 documents of a word have one of these bits.
    #[inline]
    pub(crate) fn with_any(&self, bits: &[u8], word: usize) -> u64 {
        bits.iter().fold(0, |all, &bit| all | self.with_bit[usize::from(bit)].get(word).copied().unwrap_or(0))
    }

    /// The documents of stretches of keys, ascending.
    pub(crate) fn stretches(&self, spans: &[Span]) -> Vec<Stretch> {
        let mut out: Vec<Stretch> = Vec::with_capacity(spans.len());
        let mut from = 0;
        for span in spans {
            let start = self.first_at(span.keys.start, from);
            from = self.first_at(span.keys.end, start);
            if start < from {
                out.push(Stretch { docs: start..from, inside: span.inside });
            }
        }
        out
    }

    /// The first document at or after a key, `from` on: near by, or by way of every 64th key, which stay in the cache.
    fn first_at(&self, key: u64, from: DocId) -> DocId {
        let from = from as usize;
        let near = |from: usize, to: usize| {
            let to = to.min(self.keys.len());
            (from + self.keys[from..to].partition_point(|&have| have < key)) as DocId
        };
        if self.keys.get(from + 64).is_none_or(|&have| have >= key) {
            return near(from, from + 64);
        }
        let block = from / 64 + self.every_64th[from / 64..].partition_point(|&have| have < key);
        near((block.max(1) - 1) * 64, block * 64)
    }
}

/// A segment's files of ours as bytes, for merging.
pub(crate) struct RawColumns {
    file: OwnedBytes,
    bodies: OwnedBytes,
    records: OwnedBytes,
    documents: usize,
}

impl RawColumns {
    /// Maps the files and checks their sizes.
    pub(crate) fn open(segment: &SegmentReader) -> Result<Self> {
        let read = |extension: &str| -> Result<OwnedBytes> {
            let file = segment
                .open_read(SegmentComponent::Custom(extension.to_owned()))
                .map_err(|error| Error::Damaged(format!("no {extension} file: {error}")))?;
            Ok(file.read_bytes()?)
        };
        let (file, bodies, records) = (read(COLUMNS)?, read(BODIES)?, read(RECORDS)?);
        let documents = segment.max_doc() as usize;
        let whole = file.len() == 16 + documents * ROW + (documents + 1) * ADDRESS + 8
            && file[..8] == MAGIC
            && u64_of(&file[8..16]) == documents as u64
            && u64_of(&file[file.len() - 8..]) == records.len() as u64;
        let out = Self { file, bodies, records, documents };
        if !whole || address_at(&out.addresses(), documents) != Some(out.bodies.len()) {
            return Err(Error::Damaged("a columns file has the wrong size".to_owned()));
        }
        Ok(out)
    }

    fn start(&self, column: usize) -> usize {
        16 + WIDTHS[..column].iter().sum::<usize>() * self.documents
    }

    fn column(&self, column: usize) -> &[u8] {
        let start = self.start(column);
        &self.file[start..start + WIDTHS[column] * self.documents]
    }

    fn addresses(&self) -> OwnedBytes {
        self.file.slice(self.start(WIDTHS.len())..self.file.len() - 8)
    }

    /// What is shown of the documents.
    pub(crate) fn entries(&self) -> Entries {
        Entries::new(self.addresses(), self.bodies.clone(), self.records.clone())
    }

    /// The sort key of a document.
    pub(crate) fn key(&self, doc: DocId) -> u64 {
        u64_of(self.cell(0, doc))
    }

    /// The bytes of one column for a document.
    pub(crate) fn cell(&self, column: usize, doc: DocId) -> &[u8] {
        let start = self.start(column) + WIDTHS[column] * doc as usize;
        &self.file[start..start + WIDTHS[column]]
    }
}

fn with_bit(masks: &[Mask]) -> Vec<Box<[u64]>> {
    let mut out = vec![Box::default(); crate::MOST_BITS];
    for (doc, mask) in masks.iter().enumerate() {
        for_each_bit(mask, |bit| {
            let words: &mut Box<[u64]> = &mut out[bit];
            if words.is_empty() {
                *words = vec![0; masks.len().div_ceil(64)].into();
            }
            words[doc / 64] |= 1 << (doc % 64);
        });
    }
    out
}

/// Little-endian number in exactly eight bytes.
fn u64_of(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("callers cut eight bytes"))
}

fn u32_of(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("callers cut four bytes"))
}

fn i32_of(bytes: &[u8]) -> i32 {
    i32::from_le_bytes(bytes.try_into().expect("callers cut four bytes"))
}

/// 64-bit key of a listing id: FNV-1a, then a finisher that spreads it. Stored in files, so it never changes.
pub(crate) fn listing_key(listing: &str) -> u64 {
    let hash = listing
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    spread(hash)
}

/// Mixes a number so that every bit depends on every other.
pub(crate) fn spread(mut number: u64) -> u64 {
    number = (number ^ (number >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    number = (number ^ (number >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ (number >> 33)
}
