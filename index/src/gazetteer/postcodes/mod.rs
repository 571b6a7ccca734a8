//! Full postcodes, from a file that an operator makes of open data; see [`Packer`].
//!
//! The file is mapped, not read: a search for a code looks at a few hundred bytes of it.

mod layout;
mod pack;

use std::path::Path;

use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

use layout::{ENTRY, Entry, HEAD, MAGIC, PER_DEGREE, UNITS, checksum, entry_name, unit_number};

pub use layout::About;
pub use pack::{Code, Packed, Packer, Refusal};

/// How far the centre of a full postcode is from its doors, in kilometres, for 95 % of them.
pub const PRECISION_KM: f64 = 0.1;
/// Codes no longer in use are often known less exactly.
pub const TERMINATED_PRECISION_KM: f64 = 0.2;

/// Why a file of postcodes cannot be used or written. No message holds a postcode.
#[derive(Debug, thiserror::Error)]
pub enum PostcodesError {
    /// The file is not there or cannot be read or written.
    #[error("the file of postcodes cannot be read or written: {0}")]
    Unreadable(String),
    /// The file is none of ours, or of another version of the program.
    #[error("this is no file of postcodes that this version reads; make it anew")]
    Foreign,
    /// The file was cut or changed.
    #[error("the file of postcodes is damaged; make it anew")]
    Damaged,
    /// There is nothing to write.
    #[error("no postcode could be taken")]
    Empty,
    /// The process already answers without the file, or with another.
    #[error("the gazetteer is in use already")]
    InUse,
}

/// A file of postcodes, open.
pub struct Postcodes {
    bytes: OwnedBytes,
    about: About,
    checksum: u64,
    /// Where the entries begin, and how many they are.
    entries: (usize, usize),
}

/// Where a postcode is.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    /// Degrees north, WGS84.
    pub lat: f64,
    /// Degrees east, WGS84.
    pub lon: f64,
    /// The GSS code of its authority, where it is known.
    pub authority: Option<&'a str>,
    /// Whether it is no longer in use.
    pub terminated: bool,
}

impl Postcodes {
    /// Maps a file and reads its checksum.
    ///
    /// # Errors
    /// When it is not there, not ours, or damaged.
    pub fn open(path: &Path) -> Result<Postcodes, PostcodesError> {
        let unreadable = |error: &dyn std::fmt::Display| PostcodesError::Unreadable(error.to_string());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().ok_or(PostcodesError::Foreign)?;
        let bytes = MmapDirectory::open(folder)
            .map_err(|error| unreadable(&error))?
            .open_read(Path::new(name))
            .map_err(|error| unreadable(&error))?
            .read_bytes()
            .map_err(|error| unreadable(&error))?;
        Postcodes::of_bytes(bytes)
    }

    fn of_bytes(bytes: OwnedBytes) -> Result<Postcodes, PostcodesError> {
        if bytes.get(..8) != Some(MAGIC) {
            return Err(PostcodesError::Foreign);
        }
        let stated = bytes.get(8..).and_then(<[u8]>::first_chunk).ok_or(PostcodesError::Damaged)?;
        let stated = u64::from_le_bytes(*stated);
        if checksum(&bytes[16..]) != stated {
            return Err(PostcodesError::Damaged);
        }
        let number =
            |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map(|four| u32::from_le_bytes(*four) as usize);
        let described = number(16).ok_or(PostcodesError::Damaged)?;
        let end = HEAD.checked_add(described).ok_or(PostcodesError::Damaged)?;
        let about = bytes.get(HEAD..end).ok_or(PostcodesError::Damaged)?;
        let about = serde_json::from_slice(about).map_err(|_| PostcodesError::Damaged)?;
        let sectors = number(end).ok_or(PostcodesError::Damaged)?;
        if sectors > bytes.len() / ENTRY || end + 4 + sectors * ENTRY > bytes.len() {
            return Err(PostcodesError::Damaged);
        }
        Ok(Postcodes { about, checksum: stated, entries: (end + 4, sectors), bytes })
    }

    /// What the file says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The file's checksum: another one means other data.
    pub fn checksum(&self) -> u64 {
        self.checksum
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Postcode sectors that have a code in the file.
    pub fn sectors(&self) -> usize {
        self.entries.1
    }

    /// Where a postcode is: its sector ("LS6 2") and its unit ("AB"), in capitals.
    pub fn find(&self, sector: &str, unit: &str) -> Option<Found<'_>> {
        let unit = usize::from(unit_number(unit)?);
        let entry = self.entry(entry_name(sector)?)?;
        let data = self.bytes.get(self.entries.0 + self.entries.1 * ENTRY..)?;
        let parts = entry.parts();
        let units = data.get(entry.offset as usize..)?.get(..UNITS / 8)?;
        if units[unit / 8] & (1 << (unit % 8)) == 0 {
            return None;
        }
        // The codes stand in the order of their units.
        let before: u32 = units[..unit / 8].iter().map(|byte| byte.count_ones()).sum();
        let at = (before + (units[unit / 8] & ((1 << (unit % 8)) - 1)).count_ones()) as usize;
        let terminated = data.get(parts.terminated + at / 8)? & (1 << (at % 8)) != 0;
        let share = if entry.authorities > 1 { usize::from(*data.get(parts.shares + at)?) } else { 0 };
        let authority = data.get(parts.authorities + 2 * share..)?.first_chunk()?;
        let authority = self.about.authorities.get(usize::from(u16::from_le_bytes(*authority)));
        let width = usize::from(entry.bits) / 4;
        let position = data.get(parts.positions + at * width..)?.get(..width)?;
        let packed = position.iter().rev().fold(0u32, |packed, &byte| packed << 8 | u32::from(byte));
        let (north, east) = (packed & ((1 << entry.bits) - 1), packed >> entry.bits);
        let degrees =
            |corner: i32, steps: u32, step: u16| (f64::from(corner) + f64::from(steps) * f64::from(step)) / PER_DEGREE;
        Some(Found {
            lat: degrees(entry.corner.0, north, entry.step.0),
            lon: degrees(entry.corner.1, east, entry.step.1),
            authority: authority.map(String::as_str),
            terminated,
        })
    }

    /// The entry of a sector, by halving.
    fn entry(&self, name: [u8; 6]) -> Option<Entry> {
        let at = |number: usize| Entry::from_bytes(self.bytes.get(self.entries.0 + number * ENTRY..)?);
        let (mut low, mut high) = (0, self.entries.1);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = at(middle)?;
            match entry.name.cmp(&name) {
                std::cmp::Ordering::Equal => return Some(entry),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
