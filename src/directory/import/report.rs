//! What an import reports: what became of every row, and what a keeper should know of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{
    read::{Code, Mended},
    telltale::personal::Concern,
};

/// How many refusals a report tells one by one; all are counted.
const MOST_REFUSALS: usize = 1_000;

/// What became of every row. `read = created + updated + same + merged + refused`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows of the file.
    pub read: u64,
    /// Rows about something that was not kept before.
    pub created: u64,
    /// Rows that say something different from what was kept.
    pub updated: u64,
    /// Rows that say what was kept already.
    pub same: u64,
    /// Rows that repeat or complete an earlier row.
    pub merged: u64,
    /// Rows of which nothing is kept.
    pub refused: u64,
    /// Services whose place is not told more finely than by area.
    pub protected: u64,
    /// Fields passed over to protect a place.
    pub withheld: u64,
    /// Whether what was public is protected now, and its bytes were made to go from the store's files.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub purged: bool,
    /// How often something was put right, by what was done.
    pub mended: BTreeMap<&'static str, u64>,
    /// Why rows were refused; the first thousand.
    pub refusals: Vec<Refusal>,
    /// What was done to protect a place that a keeper should know of row by row; the first thousand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Noticed>,
    /// What a keeper is asked to look at in open listings, in how many rows; nothing was left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub concerns: BTreeMap<&'static str, u64>,
    /// Those rows; the first thousand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_look_at: Vec<Noticed>,
}

/// Something about a row that a keeper should know of. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Noticed {
    /// The file, where several were brought in together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row, as in [`Refusal::row`].
    pub row: u64,
    /// What was done, or is to be looked at.
    pub code: &'static str,
    /// Where in the records of the row, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pointers: Vec<String>,
    /// The same in words.
    #[serde(skip)]
    pub says: &'static str,
}

/// One fault of a refused row. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The file, where several were brought in together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row: place in the list, line, or row of the table with its header as row 1.
    pub row: u64,
    /// Where in the row.
    pub pointer: String,
    /// What kind of fault.
    pub code: Code,
    /// Why.
    pub reason: String,
}

impl Report {
    /// Whether every row is accounted for.
    pub const fn adds_up(&self) -> bool {
        self.read == self.created + self.updated + self.same + self.merged + self.refused
    }

    pub(super) fn notice(&mut self, at: (Option<&str>, u64), mended: Mended) {
        *self.mended.entry(mended.as_str()).or_default() += 1;
        if self.notices.len() < MOST_REFUSALS {
            self.notices.push(Noticed::of(at, mended.as_str(), mended.says()));
        }
    }

    /// The same, with where it was done.
    pub(super) fn notice_at(&mut self, at: (Option<&str>, u64), mended: Mended, pointers: Vec<String>) {
        let before = self.notices.len();
        self.notice(at, mended);
        if let Some(notice) = self.notices.get_mut(before) {
            notice.pointers = pointers;
        }
    }

    pub(super) fn ask(&mut self, at: (Option<&str>, u64), concern: Concern) {
        *self.concerns.entry(concern.as_str()).or_default() += 1;
        if self.to_look_at.len() < MOST_REFUSALS {
            self.to_look_at.push(Noticed::of(at, concern.as_str(), concern.says()));
        }
    }

    pub(super) fn refuse(&mut self, (file, row): (Option<&str>, u64), pointer: &str, code: Code, reason: &str) {
        if self.refusals.len() < MOST_REFUSALS {
            let file = file.map(str::to_owned);
            self.refusals.push(Refusal { file, row, pointer: pointer.to_owned(), code, reason: reason.to_owned() });
        }
    }
}

impl Noticed {
    fn of((file, row): (Option<&str>, u64), code: &'static str, says: &'static str) -> Self {
        Self { file: file.map(str::to_owned), row, code, pointers: Vec::new(), says }
    }
}
