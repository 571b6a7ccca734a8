//! The ways the store can fail. No message holds a value of a row, so all of them may be logged.

use std::time::Duration;

/// What the store answers.
pub type Result<T> = std::result::Result<T, Error>;

/// The ways the store can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the database is of no known form.
    #[error("the database must be given as sqlite:PATH or postgres://USER@HOST/NAME")]
    Url,
    /// The database cannot be reached, or gave up in the middle. Try again later.
    #[error("the database is not available")]
    Unavailable(#[source] Cause),
    /// Another writer kept the database longer than we are ready to wait, or it did not answer for as long.
    #[error("the database was not free for writing within {} seconds", .0.as_secs_f32())]
    Busy(Duration),
    /// A statement and its values do not fit together: a fault of ours.
    #[error("a statement has {markers} markers and was given {binds} values")]
    Bind {
        /// How many `?` the text has.
        markers: usize,
        /// How many values it was given.
        binds: usize,
    },
    /// Text with the character U+0000, which one of the databases cannot keep.
    #[error("text with a NUL character is not kept")]
    Nul,
    /// The database was migrated by a newer program.
    #[error("the database has migration {found}, and this program knows them up to {known}: use a newer program")]
    NewerSchema {
        /// The highest number applied.
        found: i64,
        /// The highest number this program has.
        known: i64,
    },
    /// A migration was changed after it had been applied.
    #[error("migration {version} differs from the one that was applied to this database")]
    EditedMigration {
        /// Its number.
        version: i64,
    },
    /// The SQLite in this program has a fault that can lose data.
    #[error("SQLite is {found}; 3.51.3 or later is needed")]
    OldSqlite {
        /// The version of the library.
        found: String,
    },
    /// The name or the source's id is already taken by another row.
    #[error("another row of table {table} has the same name or foreign id")]
    Taken {
        /// The table.
        table: &'static str,
    },
    /// The entry names a source that is not in the store.
    #[error("a row of table {table} names a source that is not known")]
    UnknownSource {
        /// The table.
        table: &'static str,
    },
    /// The entry was written by someone else since it was read. Read it again.
    #[error("a row of table {table} has been written since it was read")]
    Stale {
        /// The table.
        table: &'static str,
    },
    /// One call holds the same entry twice.
    #[error("one write holds the same row of table {table} twice")]
    Repeated {
        /// The table.
        table: &'static str,
    },
    /// A record cannot be written as JSON: a fault of ours.
    #[error("a record for table {table} cannot be written as JSON")]
    Unwritable {
        /// The table.
        table: &'static str,
    },
    /// A column holds what this program did not write there.
    #[error("column {column} holds what this program cannot read")]
    Corrupt {
        /// The column.
        column: &'static str,
    },
    /// The table has no such key column: a fault of ours.
    #[error("table {table} is not found by {column}")]
    NoSuchKey {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A directory that holds real data cannot become a sample.
    #[error("this directory already holds data, and cannot become a sample")]
    HasData,
}

impl Error {
    /// Whether it may go well later, without anybody doing anything here.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Busy(_))
    }
}

/// What the driver said, without any value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub(super) String);
