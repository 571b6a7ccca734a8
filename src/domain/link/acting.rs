//! Who says something of a link, and what.

use super::{Side, Terms};
use crate::domain::{
    plain::Plain,
    read::{NAME, Read, Reader},
};

/// Proof of who acts for one side of a link: whoever makes it has seen to it that they may.
///
/// Until people can sign in, keepers act for either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActingFor {
    side: Side,
}

impl ActingFor {
    /// A keeper of the directory, who may act for any side.
    pub const fn as_keeper(side: Side) -> Self {
        Self { side }
    }

    /// The side for which is acted.
    pub const fn side(self) -> Side {
        self.side
    }
}

/// What one side says of a link, beside that there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saying {
    /// What else there is to know.
    pub note: Option<String>,
    /// How it works.
    pub terms: Terms,
}

impl Saying {
    /// Leaves nothing that could tell where a private place is. Answers whether anything went.
    pub fn silence(&mut self) -> bool {
        self.note.take().is_some() | self.terms.silence()
    }
}

impl Read for Saying {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        Self { note: reader.text("note", NAME), terms: Terms::read(reader) }
    }
}

impl Plain for Saying {
    fn make_plain(&mut self, _: &str) {
        self.note.make_plain("note");
        self.terms.make_plain("terms");
    }
}
