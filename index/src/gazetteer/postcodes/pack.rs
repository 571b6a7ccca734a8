//! Making a file of postcodes.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::Path,
};

use super::{
    PostcodesError,
    layout::{
        About, ENTRY, Entry, HEAD, LARGEST_STEP, MAGIC, NO_AUTHORITY, PER_DEGREE, UNITS, checksum, entry_name,
        unit_number,
    },
};
use crate::gazetteer::{Gazetteer, postcode};

/// Positions outside are not in the kingdom: degrees north, then east.
const BOX: (std::ops::RangeInclusive<f64>, std::ops::RangeInclusive<f64>) = (49.0..=61.5, -9.0..=2.5);
/// A sector lies in fewer authorities than this; should one ever have more, its last codes lose theirs.
const MOST_AUTHORITIES: usize = 200;

/// One postcode, as a source has it.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    /// The postcode, with or without its space.
    pub postcode: &'a str,
    /// Degrees north, WGS84.
    pub lat: f64,
    /// Degrees east, WGS84.
    pub lon: f64,
    /// The GSS code of its authority; `None` when the source does not say.
    pub authority: Option<&'a str>,
    /// Whether it is no longer in use.
    pub terminated: bool,
}

/// Why a postcode was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not have the shape of one.
    NotAPostcode,
    /// It is Northern Irish: a licence is needed for those.
    NotOpenData,
    /// Its position is nowhere in the kingdom.
    NoPosition,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// Codes in use.
    pub live: u32,
    /// Codes no longer in use.
    pub terminated: u32,
    /// Codes given more than once, of which one was taken: one in use rather than one that is not.
    pub repeated: u32,
    /// Codes whose authority was not stated, or is none that the gazetteer knows, and was taken from the nearest code of
    /// the same sector.
    pub authority_guessed: u32,
    /// Codes left without an authority: those of their sector are given for them.
    pub authority_unknown: u32,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Collects postcodes and writes the file.
pub struct Packer {
    northern_ireland: bool,
    records: Vec<Record>,
    authorities: Vec<String>,
    numbers: HashMap<String, u16>,
}

#[derive(Debug, Clone, Copy)]
struct Record {
    sector: [u8; 6],
    unit: u16,
    terminated: bool,
    authority: u16,
    lat: i32,
    lon: i32,
}

impl Packer {
    /// An empty one. `northern_ireland` says that the operator has the licence that Northern Irish codes need.
    pub fn new(northern_ireland: bool) -> Packer {
        Packer { northern_ireland, records: Vec::new(), authorities: Vec::new(), numbers: HashMap::new() }
    }

    /// Takes one postcode.
    ///
    /// # Errors
    /// Why it was left out; the others are not touched.
    pub fn add(&mut self, code: Code<'_>) -> Result<(), Refusal> {
        let Some((sector, unit)) = postcode::sector_and_unit(code.postcode) else { return Err(Refusal::NotAPostcode) };
        if sector.starts_with("BT") && !self.northern_ireland {
            return Err(Refusal::NotOpenData);
        }
        if !BOX.0.contains(&code.lat) || !BOX.1.contains(&code.lon) {
            return Err(Refusal::NoPosition);
        }
        let (Some(sector), Some(unit)) = (entry_name(&sector), unit_number(&unit)) else {
            return Err(Refusal::NotAPostcode);
        };
        let authority = code.authority.map_or(NO_AUTHORITY, |authority| self.number_of(authority));
        let whole = |degrees: f64| (degrees * PER_DEGREE).round() as i32;
        let (lat, lon) = (whole(code.lat), whole(code.lon));
        self.records.push(Record { sector, unit, terminated: code.terminated, authority, lat, lon });
        Ok(())
    }

    fn number_of(&mut self, authority: &str) -> u16 {
        if let Some(&number) = self.numbers.get(authority) {
            return number;
        }
        let known =
            Gazetteer::embedded().area(authority).is_some() && self.authorities.len() < usize::from(NO_AUTHORITY);
        let number = if known { self.authorities.len() as u16 } else { NO_AUTHORITY };
        if known {
            self.authorities.push(authority.to_owned());
        }
        self.numbers.insert(authority.to_owned(), number);
        number
    }

    /// Writes the file beside where it shall be and puts it there when it is whole. `about` says what it was made of;
    /// its counts and authorities are filled in here.
    ///
    /// # Errors
    /// [`PostcodesError::Empty`] without a postcode, [`PostcodesError::Unreadable`] when the file cannot be written.
    pub fn write(mut self, path: &Path, about: About) -> Result<Packed, PostcodesError> {
        if self.records.is_empty() {
            return Err(PostcodesError::Empty);
        }
        self.records.sort_by_key(|record| (record.sector, record.unit, record.terminated));
        let all = self.records.len();
        self.records.dedup_by_key(|record| (record.sector, record.unit));
        let repeated = (all - self.records.len()) as u32;
        let unstated = self.records.iter().filter(|record| record.authority == NO_AUTHORITY).count() as u32;
        self.records.chunk_by_mut(|a, b| a.sector == b.sector).for_each(guess_authorities);

        let terminated = self.records.iter().filter(|record| record.terminated).count() as u32;
        let authority_unknown = self.records.iter().filter(|record| record.authority == NO_AUTHORITY).count() as u32;
        let live = self.records.len() as u32 - terminated;
        let about = About { live, terminated, authorities: self.authorities, ..about };
        let (mut entries, mut data) = (Vec::new(), Vec::new());
        for sector in self.records.chunk_by(|a, b| a.sector == b.sector) {
            entries.extend_from_slice(&pack_sector(sector, &mut data).to_bytes());
        }
        let described = serde_json::to_vec(&about).expect("a description has only text keys");
        let mut file = Vec::with_capacity(HEAD + described.len() + 4 + entries.len() + data.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&[0; 8]);
        file.extend_from_slice(&(described.len() as u32).to_le_bytes());
        file.extend_from_slice(&described);
        file.extend_from_slice(&((entries.len() / ENTRY) as u32).to_le_bytes());
        file.extend_from_slice(&entries);
        file.extend_from_slice(&data);
        let sum = checksum(&file[16..]);
        file[8..16].copy_from_slice(&sum.to_le_bytes());
        put(path, &file).map_err(|error| PostcodesError::Unreadable(error.to_string()))?;
        let authority_guessed = unstated - authority_unknown;
        Ok(Packed { live, terminated, repeated, authority_guessed, authority_unknown, bytes: file.len() as u64 })
    }
}

/// Writes a file under another name, then gives it its own.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("part");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Gives codes of one sector without an authority that of the nearest code that has one.
fn guess_authorities(sector: &mut [Record]) {
    let known: Vec<Record> = sector.iter().filter(|record| record.authority != NO_AUTHORITY).copied().collect();
    // Nearly every sector is in one authority, and then there is nothing to measure.
    let same = known.iter().all(|record| record.authority == known[0].authority);
    for record in sector.iter_mut().filter(|record| record.authority == NO_AUTHORITY) {
        let away = |other: &&Record| {
            let north = f64::from(other.lat - record.lat);
            let east = f64::from(other.lon - record.lon) * 0.6; // degrees of longitude are shorter here
            (north * north + east * east) as u64
        };
        let nearest = if same { known.first() } else { known.iter().min_by_key(away) };
        record.authority = nearest.map_or(NO_AUTHORITY, |record| record.authority);
    }
}

fn pack_sector(codes: &[Record], data: &mut Vec<u8>) -> Entry {
    let least = |of: fn(&Record) -> i32| codes.iter().map(of).min().expect("a sector has a code");
    let most = |of: fn(&Record) -> i32| codes.iter().map(of).max().expect("a sector has a code");
    let corner = (least(|code| code.lat), least(|code| code.lon));
    let reach = (most(|code| code.lat).abs_diff(corner.0), most(|code| code.lon).abs_diff(corner.1));
    let fits = |bits: u8| {
        let steps = (1u32 << bits) - 1;
        reach.0 <= steps * LARGEST_STEP.0 && reach.1 <= steps * LARGEST_STEP.1
    };
    let bits = [8, 12].into_iter().find(|&bits| fits(bits)).unwrap_or(16);
    let step = |reach: u32| reach.div_ceil((1 << bits) - 1).max(1);
    let step = (step(reach.0) as u16, step(reach.1) as u16);

    let mut authorities: Vec<u16> = codes.iter().map(|code| code.authority).collect();
    authorities.sort_unstable();
    authorities.dedup();
    authorities.truncate(MOST_AUTHORITIES);
    let entry = Entry {
        name: codes[0].sector,
        bits,
        authorities: authorities.len() as u8,
        corner,
        step,
        codes: codes.len() as u16,
        offset: data.len() as u32,
    };
    let (mut units, mut terminated) = ([0u8; UNITS / 8], vec![0u8; codes.len().div_ceil(8)]);
    for (at, code) in codes.iter().enumerate() {
        units[usize::from(code.unit) / 8] |= 1 << (code.unit % 8);
        terminated[at / 8] |= u8::from(code.terminated) << (at % 8);
    }
    data.extend_from_slice(&units);
    data.extend_from_slice(&terminated);
    authorities.iter().for_each(|authority| data.extend_from_slice(&authority.to_le_bytes()));
    if authorities.len() > 1 {
        data.extend(codes.iter().map(|code| authorities.binary_search(&code.authority).unwrap_or(0) as u8));
    }
    for code in codes {
        let nearest = |reach: u32, step: u16| (reach + u32::from(step) / 2) / u32::from(step);
        let north = nearest(code.lat.abs_diff(corner.0), step.0);
        let east = nearest(code.lon.abs_diff(corner.1), step.1);
        data.extend_from_slice(&(north | east << bits).to_le_bytes()[..usize::from(bits) / 4]);
    }
    entry
}
