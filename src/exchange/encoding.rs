//! Text of a table in UTF-8 or Windows-1252.

use std::borrow::Cow;

use serde::Deserialize;

/// How the bytes of a table are text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, as older spreadsheets write.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What the bytes 0x80 to 0x9f stand for in Windows-1252; its five gaps stay control characters.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Encoding {
    /// The text; `None` when the bytes are none in this encoding.
    pub fn text(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 if bytes.is_ascii() => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 => Some(bytes.iter().map(|byte| letter(*byte)).collect::<String>().into()),
        }
    }

    /// The one byte that a character has as a separator of cells.
    pub fn byte(self, character: char) -> Option<u8> {
        let one = if self == Self::Utf8 { 0..=0x7f_u8 } else { 0..=0xff };
        one.into_iter().find(|byte| letter(*byte) == character)
    }
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Utf8, Windows1252};

    #[test]
    fn both_encodings_are_read() {
        assert_eq!(Windows1252.text(b"\x93caf\xe9\x94 \x80").unwrap(), "“café” €");
        assert_eq!(Utf8.text("café".as_bytes()).unwrap(), "café");
        assert_eq!(Utf8.text(b"caf\xe9"), None);
        assert_eq!((Windows1252.byte('¬'), Utf8.byte('¬'), Utf8.byte('\t')), (Some(0xac), None, Some(9)));
    }
}
