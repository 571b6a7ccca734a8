//! Bytes of a known format become records, in two passes, so that a protected place is never read.
//!
//! 1. [`Package::sketches`] decodes ids, names, terms and links of every item and skips all else;
//!    [`decide`] makes of them each service's place mode, and what is withheld for everyone.
//! 2. [`Package::records`] reads whole items. Of an `area` service, of its organization and of the
//!    places it shares, only the members on a short list (`allow`) are decoded; the bytes of all
//!    others are passed over by the JSON or CSV reader and never become a value.
//!
//! Of what is read of a protected item, texts that could still tell its place are left out (`silence`).
//!
//! Nothing here opens a file, asks a store or knows the time. A faulty item does not stop the others.

mod allow;
mod compile;
mod cut;
mod decide;
mod drafts;
mod encoding;
mod hsds;
mod ids;
mod items;
mod links;
mod loose;
pub mod mapping;
pub mod postcodes;
mod shape;
mod silence;
mod sketch;
mod table;

pub use cut::cut;
pub use decide::{Decisions, Kept, decide};
pub use drafts::{Draft, Item, Links, Offer};
pub use ids::{Ids, SourceIds, usual};
pub use mapping::Mapping;
pub use sketch::{About, Sketch, SketchOrganization, SketchService};

/// What the bytes are written in.
#[derive(Debug, Clone)]
pub enum Format {
    /// HSDS 3 JSON: one object, a list, or a page with `contents`.
    Hsds,
    /// HSDS 3 JSON objects, one a line (NDJSON).
    HsdsLines,
    /// A table with a header row (CSV), read by a mapping.
    Table(Box<Mapping>),
}

impl Format {
    /// The format that a file of this name is likely to have; a table needs its mapping.
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match extension.as_str() {
            "json" => Some(Self::Hsds),
            "ndjson" | "jsonl" => Some(Self::HsdsLines),
            _ => None,
        }
    }
}

/// The bytes of one file, in a known format.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    bytes: &'a [u8],
    format: &'a Format,
}

/// What an iteration over a package yields.
pub type Walk<'s, T> = Box<dyn Iterator<Item = Result<T, Error>> + 's>;

impl<'a> Package<'a> {
    /// Takes the bytes of a file. Fails when they are empty or plainly something else.
    pub fn open(bytes: &'a [u8], format: &'a Format) -> Result<Self, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Empty);
        }
        let package = Self { bytes, format };
        match format {
            Format::Hsds => items::Items::of_document(bytes).map(|_| ()),
            Format::HsdsLines => items::Items::of_lines(bytes).map(|_| ()),
            Format::Table(mapping) => table::Table::open(bytes, mapping).map(|_| ()),
        }?;
        Ok(package)
    }

    /// Pass 1: what each item is and what it hangs together with.
    pub fn sketches(&self) -> Result<Walk<'a, Sketch>, Error> {
        Ok(match self.format {
            Format::Hsds => Box::new(hsds::sketches(items::Items::of_document(self.bytes)?)),
            Format::HsdsLines => Box::new(hsds::sketches(items::Items::of_lines(self.bytes)?)),
            Format::Table(mapping) => Box::new(table::Table::open(self.bytes, mapping)?.sketches()),
        })
    }

    /// Pass 2: the records of each item, as far as `decisions` lets them be read.
    ///
    /// `decisions` must come from the sketches of the same bytes.
    pub fn records<'s>(&self, decisions: &'s Decisions, ids: &'s mut dyn Ids) -> Result<Walk<'s, Item>, Error>
    where
        'a: 's,
    {
        let compiler = compile::Compiler::new(decisions, ids);
        Ok(match self.format {
            Format::Hsds => Box::new(hsds::records(items::Items::of_document(self.bytes)?, compiler)),
            Format::HsdsLines => Box::new(hsds::records(items::Items::of_lines(self.bytes)?, compiler)),
            Format::Table(mapping) => Box::new(table::Table::open(self.bytes, mapping)?.records(compiler)?),
        })
    }
}

/// Why a file as a whole cannot be read. Never tells a value of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is not JSON, or its JSON breaks off.
    #[error("line {line}, column {column}: this is not JSON")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// More stands after the end of the document.
    #[error("line {line}, column {column}: more follows after the end of the document; is it NDJSON?")]
    Trailing {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// It looks like a page of a list, but has no items.
    #[error("the page has no list named contents")]
    NoContents,
    /// The mapping file has a fault.
    #[error("the mapping, line {line}, column {column}: {reason}")]
    Mapping {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// The mapping names a column that the table does not have, or has twice.
    #[error("the mapping asks for the column {column:?}, and the table has it {times} times")]
    Column {
        /// The name in the mapping.
        column: String,
        /// How often the header has it.
        times: usize,
    },
    /// The header is not text in the encoding that the mapping names.
    #[error("the header of the table is not text in the mapping's encoding")]
    Header,
    /// The bytes are not those that were sketched.
    #[error("row {row}: the file is not the one that was looked at first")]
    Changed {
        /// The row where it was noticed.
        row: u64,
    },
}

#[cfg(test)]
mod tests;
