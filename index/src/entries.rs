//! What is read of a document that is shown: its entry, and the full record of its listing.
//!
//! Two files of each segment, both in the segment's order of documents. What a search shows stands apart from the records, so
//! that cards of the same neighbourhood lie side by side, and what is read again and again is a small part of the whole:
//!
//! ```text
//! bodies:   entry, entry, ...   entry = lengths 2, 2, 2, 4 | its record: address 5, length 4 | listing id | id | name | body
//! records:  record, record, ...
//! ```

use std::hint::black_box;

use bytes::Bytes;
use tantivy::DocId;
use tantivy::directory::OwnedBytes;

use crate::{Document, Error, Result};

/// Extensions of the two files.
pub(crate) const BODIES: &str = "bodies";
/// See [`BODIES`].
pub(crate) const RECORDS: &str = "records";
/// Bytes of an address.
pub(crate) const ADDRESS: usize = 5;
/// Lengths of the parts of an entry.
const LENGTHS: usize = 10;
/// All that stands before those.
const HEAD: usize = LENGTHS + ADDRESS + 4;

/// The entries of a segment, mapped.
pub(crate) struct Entries {
    addresses: OwnedBytes,
    bodies: OwnedBytes,
    records: OwnedBytes,
}

/// What the files hold for one document.
pub(crate) struct Entry<'a> {
    pub listing: &'a str,
    pub id: &'a str,
    pub name: &'a str,
    pub body: &'a [u8],
    pub record: &'a [u8],
}

impl Entries {
    /// Those of two files, and the addresses of the entries.
    pub(crate) const fn new(addresses: OwnedBytes, bodies: OwnedBytes, records: OwnedBytes) -> Self {
        Self { addresses, bodies, records }
    }

    /// The entry of a document, in place.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub(crate) fn get(&self, doc: DocId) -> Result<Entry<'_>> {
        let damaged = || Error::Damaged("an entry of a bodies file cannot be read".to_owned());
        self.parse(self.bytes(doc)).ok_or_else(damaged)
    }

    /// What was written of a document, to be written once more; `None` where it is damaged.
    pub(crate) fn written(&self, doc: DocId) -> Option<Written<'_>> {
        let bytes = self.bytes(doc);
        let card = bytes.get(HEAD..)?;
        Some(Written { lengths: *bytes.first_chunk()?, parts: [card, &[], &[], &[], self.record(bytes)?] })
    }

    /// Reads the first bytes of several entries: they lie apart, and what has to be fetched is so fetched side by side.
    pub(crate) fn touch(&self, docs: impl Iterator<Item = DocId>) {
        let starts: Vec<usize> = docs.filter_map(|doc| address_at(&self.addresses, doc as usize)).collect();
        let bodies = self.bodies.as_slice();
        black_box(starts.iter().fold(0, |all, start| all ^ bodies.get(*start).copied().unwrap_or(0)));
    }

    /// A part of an entry, without copying it.
    pub(crate) fn shared(&self, part: &[u8]) -> Bytes {
        let start = part.as_ptr() as usize - self.bodies.as_slice().as_ptr() as usize;
        Bytes::from_owner(self.bodies.slice(start..start + part.len()))
    }

    fn bytes(&self, doc: DocId) -> &[u8] {
        let address = |doc: usize| address_at(&self.addresses, doc).unwrap_or(usize::MAX);
        self.bodies.get(address(doc as usize)..address(doc as usize + 1)).unwrap_or_default()
    }

    fn parse<'a>(&'a self, bytes: &'a [u8]) -> Option<Entry<'a>> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let short = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let (listing, rest) = rest.split_at_checked(short(0))?;
        let (id, rest) = rest.split_at_checked(short(2))?;
        let (name, body) = rest.split_at_checked(short(4))?;
        let text = |bytes| std::str::from_utf8(bytes).ok();
        let whole = body.len() == u32_at(head, 6)?;
        whole.then_some(Entry {
            listing: text(listing)?,
            id: text(id)?,
            name: text(name)?,
            body,
            record: self.record(bytes)?,
        })
    }

    fn record(&self, entry: &[u8]) -> Option<&[u8]> {
        let start = address_at(entry.get(LENGTHS..)?, 0)?;
        self.records.get(start..start.checked_add(u32_at(entry, LENGTHS + ADDRESS)?)?)
    }
}

/// What is to stand in the files for one document.
pub(crate) struct Written<'a> {
    lengths: [u8; LENGTHS],
    /// Listing id, id, name, body (or all of these in the first), and record.
    parts: [&'a [u8]; 5],
}

impl<'a> Written<'a> {
    /// That of a document.
    ///
    /// # Errors
    /// [`Error::Document`] when a part is too long.
    pub(crate) fn of(document: &'a Document) -> Result<Self> {
        let Document { listing, id, name, body, record, .. } = document;
        let parts = [listing.as_bytes(), id.as_bytes(), name.as_bytes(), body, record];
        let too_long = || Error::Document("an id, name, body or record is too long");
        let mut lengths = [0; LENGTHS];
        for (at, part) in parts[..3].iter().enumerate() {
            let length = u16::try_from(part.len()).map_err(|_| too_long())?;
            lengths[at * 2..][..2].copy_from_slice(&length.to_le_bytes());
        }
        let length = u32::try_from(body.len()).map_err(|_| too_long())?;
        lengths[6..].copy_from_slice(&length.to_le_bytes());
        u32::try_from(record.len()).map_err(|_| too_long())?;
        Ok(Self { lengths, parts })
    }

    /// Puts it behind a row, as the segment plugin is handed it.
    pub(crate) fn append_to(&self, row: &mut Vec<u8>) {
        row.extend(self.lengths);
        self.parts.iter().for_each(|part| row.extend(*part));
    }

    /// What [`Written::append_to`] put there.
    pub(crate) fn from_row(bytes: &'a [u8]) -> Option<Self> {
        let (lengths, rest) = bytes.split_first_chunk::<LENGTHS>()?;
        let short = |at: usize| usize::from(u16::from_le_bytes([lengths[at], lengths[at + 1]]));
        let (card, record) = rest.split_at_checked(short(0) + short(2) + short(4) + u32_at(lengths, 6)?)?;
        Some(Self { lengths: *lengths, parts: [card, &[], &[], &[], record] })
    }

    /// The entry, whose record begins at an address, piece by piece; the record itself comes last, and goes elsewhere.
    pub(crate) fn pieces(&self, record_at: u64) -> ([u8; HEAD], &[&'a [u8]], &'a [u8]) {
        let [card @ .., record] = &self.parts;
        let mut head = [0; HEAD];
        head[..LENGTHS].copy_from_slice(&self.lengths);
        head[LENGTHS..][..ADDRESS].copy_from_slice(&record_at.to_le_bytes()[..ADDRESS]);
        head[LENGTHS + ADDRESS..].copy_from_slice(&(record.len() as u32).to_le_bytes());
        (head, card, record)
    }
}

/// The number at a place of a list of addresses.
pub(crate) fn address_at(addresses: &[u8], place: usize) -> Option<usize> {
    let bytes = addresses.get(place * ADDRESS..(place + 1) * ADDRESS)?;
    Some(bytes.iter().rev().fold(0, |address, &byte| address << 8 | usize::from(byte)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 4)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}
