//! How the file of postcodes is laid out, for the one who writes it and the one who reads it.
//!
//! ```text
//! "KITHPC01"  checksum of all that follows (u64)  length of the description (u32)  description, JSON
//! number of sectors (u32)  their entries, sorted by name, 28 bytes each  what each sector holds
//! ```
//! Numbers are little endian. An entry tells where its sector's data begin. There: a bit for each of the 400 units
//! that a sector can have, a bit for each code that says whether it is no longer in use, the sector's authorities as
//! numbers into the description's list, for each code which of them it is in (left out where there is one), and for
//! each code its distance north and east of the sector's south-western corner, in steps of the sector's own.

use serde::{Deserialize, Serialize};

/// What a file begins with. The digits change with the layout.
pub const MAGIC: &[u8; 8] = b"KITHPC01";
/// Magic, checksum and length of the description.
pub const HEAD: usize = 20;
/// Bytes of a sector's entry.
pub const ENTRY: usize = 28;
/// Units that a sector can have: two of the twenty letters that postcodes end in.
pub const UNITS: usize = 400;
/// Positions are whole hundred-thousandths of a degree, about a metre.
pub const PER_DEGREE: f64 = 100_000.0;
/// The largest step north and east, some 20 metres; where a sector is so large that it needs more, its codes get more
/// bits first.
pub const LARGEST_STEP: (u32, u32) = (18, 30);
/// The number of an authority that is not known.
pub const NO_AUTHORITY: u16 = u16::MAX;

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The day or month of the data, as its publisher or the one who made the file says it; may be empty.
    pub released: String,
    /// What it was made of.
    pub source: String,
    /// Words that must be shown.
    pub attribution: String,
    /// Codes in use.
    pub live: u32,
    /// Codes no longer in use.
    pub terminated: u32,
    /// GSS codes of authorities, by their number in the file.
    pub authorities: Vec<String>,
}

/// One sector's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The sector's name, with spaces after it.
    pub name: [u8; 6],
    /// Bits of a code's distance in one direction: 8, 12 or 16.
    pub bits: u8,
    /// How many authorities it lies in; at least one.
    pub authorities: u8,
    /// South-western corner, in `PER_DEGREE`.
    pub corner: (i32, i32),
    /// Steps north and east.
    pub step: (u16, u16),
    /// How many codes.
    pub codes: u16,
    /// Where its data begin, from the end of the entries.
    pub offset: u32,
}

impl Entry {
    /// The entry as bytes.
    pub fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..6].copy_from_slice(&self.name);
        bytes[6] = self.bits;
        bytes[7] = self.authorities;
        bytes[8..12].copy_from_slice(&self.corner.0.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.corner.1.to_le_bytes());
        bytes[16..18].copy_from_slice(&self.step.0.to_le_bytes());
        bytes[18..20].copy_from_slice(&self.step.1.to_le_bytes());
        bytes[20..22].copy_from_slice(&self.codes.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.offset.to_le_bytes());
        bytes
    }

    /// The entry of bytes; `None` when there are too few, or they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Entry> {
        let bytes: &[u8; ENTRY] = bytes.first_chunk()?;
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let two = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        matches!(bytes[6], 8 | 12 | 16).then_some(())?;
        Some(Entry {
            name: *bytes.first_chunk()?,
            bits: bytes[6],
            authorities: bytes[7],
            corner: (i32::from_le_bytes(four(8)), i32::from_le_bytes(four(12))),
            step: (two(16), two(18)),
            codes: two(20),
            offset: u32::from_le_bytes(four(24)),
        })
    }

    /// Where the parts of the sector's data begin, and where all of them end.
    pub fn parts(&self) -> Parts {
        let codes = usize::from(self.codes);
        let terminated = self.offset as usize + UNITS / 8;
        let authorities = terminated + codes.div_ceil(8);
        let shares = authorities + 2 * usize::from(self.authorities);
        let positions = shares + if self.authorities > 1 { codes } else { 0 };
        Parts { terminated, authorities, shares, positions, end: positions + codes * usize::from(self.bits) / 4 }
    }
}

/// Beginnings of the parts of a sector's data; the units come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// A bit a code: no longer in use.
    pub terminated: usize,
    /// Two bytes an authority.
    pub authorities: usize,
    /// A byte a code: which of the authorities.
    pub shares: usize,
    /// Distances north and east.
    pub positions: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A sector's name as an entry has it; `None` when it is too long.
pub fn entry_name(sector: &str) -> Option<[u8; 6]> {
    let mut name = [b' '; 6];
    name.get_mut(..sector.len())?.copy_from_slice(sector.as_bytes());
    Some(name)
}

/// The number of a unit, the two letters that end a postcode; `None` when they are none.
pub fn unit_number(unit: &str) -> Option<u16> {
    const LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
    let &[first, second] = unit.as_bytes() else { return None };
    let number = |letter: u8| LETTERS.iter().position(|&one| one == letter);
    Some((number(first)? * LETTERS.len() + number(second)?) as u16)
}

/// A checksum that notices damage; it is no guard against forgery.
pub fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let last = rest.iter().rev().fold(rest.len() as u64, |word, &byte| word << 8 | u64::from(byte));
    words
        .iter()
        .map(|word| u64::from_le_bytes(*word))
        .chain([last])
        .fold(0xcbf2_9ce4_8422_2325, |sum: u64, word| (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_the_same_after_a_round_trip() {
        let entry = Entry {
            name: entry_name("LS6 2").unwrap(),
            bits: 12,
            authorities: 3,
            corner: (5_380_000, -155_000),
            step: (17, 29),
            codes: 219,
            offset: 70_000,
        };
        assert_eq!(Entry::from_bytes(&entry.to_bytes()), Some(entry));
        assert_eq!(Entry::from_bytes(&entry.to_bytes()[1..]), None);
        let parts = entry.parts();
        assert_eq!((parts.positions - parts.shares, parts.end - parts.positions), (219, 219 * 3));
    }

    #[test]
    fn units_have_numbers_of_their_own() {
        assert_eq!((unit_number("AA"), unit_number("AB"), unit_number("ZZ")), (Some(0), Some(1), Some(399)));
        for unit in ["", "A", "AC", "IA", "ab", "AAA", "A1", "é"] {
            assert_eq!(unit_number(unit), None, "{unit}");
        }
    }

    #[test]
    fn any_changed_byte_changes_the_checksum() {
        let bytes: Vec<u8> = (0..100u8).collect();
        let whole = checksum(&bytes);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_ne!(checksum(&changed), whole, "{at}");
        }
        assert_ne!(checksum(&bytes[..99]), whole);
        assert_ne!(checksum(&[0; 8]), checksum(&[0; 9]));
    }
}
