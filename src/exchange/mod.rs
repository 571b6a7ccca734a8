//! Bytes of a known format become records, in two passes, so that a protected place is never read.
//!
//! 1. [`Package::sketches`] decodes ids, names, terms and links of every item and skips all else;
//!    [`Survey`] keeps of them what
//!    hangs together, and [`decide`] makes of that each service's place mode, and what is withheld for everyone.
//! 2. [`Package::records`] reads whole items. Of an `area` service, of its organization and of the
//!    places it shares, only the members on a short list (`allow`) are decoded; the bytes of all
//!    others are passed over by the JSON or CSV reader and never become a value.
//!
//! | format | read by | items |
//! |---|---|---|
//! | HSDS 3 and Open Referral UK 3.0 JSON | `hsds` | elements of a list or page, or lines |
//! | Open Referral UK 1.0 JSON | `hsds`, then `legacy` puts it in the words of 3 | the same |
//! | HSDS tabular 3.x and 1.x | `tabular`, for 1.x then `legacy` | rows of organizations, then of services |
//! | any table, by a mapping | `table` | its rows |
//!
//! A package of several files (pages of a feed, tables, a table with further ones) is looked at as a whole before
//! anything of it is read. Of what is read of a protected item, texts that could still tell its place are left out (`silence`).
//! Nothing here opens a file, asks a store or knows the time. A faulty item does not stop the others.

mod about;
mod allow;
pub mod archive;
mod compile;
mod cut;
mod decide;
mod detect;
mod drafts;
mod encoding;
mod hours;
mod hsds;
mod ids;
mod indexed;
mod items;
mod legacy;
mod links;
mod loose;
pub mod mapping;
mod package;
pub mod postcodes;
mod shape;
mod silence;
mod sketch;
mod table;
mod tabular;
mod walk;

pub use about::About;
pub use cut::{cut, cut_service};
pub use decide::{Decisions, Kept, Survey, decide};
pub use drafts::{Draft, Item, Offer};
pub use ids::{Ids, SourceIds, usual};
pub use mapping::Mapping;
pub use package::{Package, Part, Walk};
pub use sketch::{Sketch, SketchOrganization, SketchService};
pub use walk::said;

/// What the bytes are written in.
#[derive(Debug, Clone)]
pub enum Format {
    /// HSDS 3 JSON, and Open Referral UK 3.0: one object, a list, or a page with `contents`.
    Hsds,
    /// HSDS 3 JSON objects, one a line (NDJSON).
    HsdsLines,
    /// Open Referral UK 1.0 JSON: one object, a list, or a page with `content`.
    Oruk1,
    /// HSDS tabular, 3.x or 1.x: one CSV file a table, perhaps with a `datapackage.json`.
    HsdsTabular,
    /// A table with a header row (CSV), read by a mapping.
    Table(Box<Mapping>),
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
    #[error("the page has no list named contents or content")]
    NoContents,
    /// Nothing tells what it is written in.
    #[error("neither its name nor its content tells its format; say --format, or --mapping for a table")]
    UnknownFormat,
    /// A file of a package of several has a fault.
    #[error("{name}: {error}")]
    In {
        /// The file's name in the package.
        name: String,
        /// The fault.
        error: Box<Error>,
    },
    /// A package of tables lacks the ones that everything hangs on.
    #[error("there is neither a table of services nor one of organizations")]
    NoTables,
    /// Two files are the same table.
    #[error("two files are the table {table}")]
    TwoTables {
        /// The table's name in the standard.
        table: &'static str,
    },
    /// A file that a mapping or a data package names is not there.
    #[error("the file {name:?} is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// There are several files, and the mapping does not say which is its table.
    #[error("there are several files; say which is the table: file = \"...\" in the mapping's [source]")]
    ManyFiles,
    /// An archive that is broken, locked, or larger than it may be.
    #[error("the archive {reason}")]
    Archive {
        /// What is wrong.
        reason: &'static str,
    },
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
    /// A column that is asked for is not there, or a column is there twice.
    #[error("the column {column:?} is needed once, and the table has it {times} times")]
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
