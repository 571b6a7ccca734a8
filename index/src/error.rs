//! What can go wrong in the index, told apart where a caller acts differently.

use tantivy::TantivyError;

/// Why the index could not do what was asked.
///
/// No variant ever carries words, places or positions: messages may be logged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no index in the folder: build one.
    #[error("there is no index in this folder")]
    Missing,
    /// The folder already holds an index, or something else.
    #[error("the folder for a new index is not empty")]
    NotEmpty,
    /// The index is there but cannot be read: build it anew.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// The index was written by another version of this crate: build it anew.
    #[error("the index has schema {found}, this version reads {}", crate::SCHEMA)]
    OldSchema {
        /// Schema number found in the commit.
        found: u32,
    },
    /// A document cannot be indexed as it is: a fault of the caller.
    #[error("a document cannot be indexed: {0}")]
    Document(&'static str),
    /// So many documents were put since the index was made that its keys are used up: build it anew.
    #[error("the keys of this index are used up; build it anew")]
    Exhausted,
    /// The search was told to end before it was done.
    #[error("the search was ended")]
    Stopped,
    /// The engine below failed: a full disk, a lock held by another process, a broken file.
    #[error("the search engine failed: {0}")]
    Engine(#[from] TantivyError),
    /// A file could not be read or written.
    #[error("the index could not be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// Result of the operations of this crate.
pub type Result<T> = std::result::Result<T, Error>;
