//! The file of full postcodes in the data folder: made from open data, shown, and given to the gazetteer at start.

use std::{
    io::{Read, Seek},
    path::{Path, PathBuf},
};

use kith_index::gazetteer::{
    self, ATTRIBUTIONS, Note,
    postcodes::{About, Code, Packed, Packer, Postcodes, PostcodesError, Refusal},
};

use crate::exchange::postcodes::{self, Fault, Position};

/// Faulty rows that a report names.
const MOST_FAULTS: usize = 20;

/// Why the file could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// What it should be made of cannot be read.
    #[error(transparent)]
    Source(#[from] postcodes::Error),
    /// The file itself.
    #[error(transparent)]
    File(#[from] PostcodesError),
}

/// Where the file stands in a data folder.
pub fn postcodes_path(data: &Path) -> PathBuf {
    data.join("places").join("postcodes.kpc")
}

/// Gives the process the data folder's postcodes, if there are any. To be called once, before anything else.
///
/// # Errors
/// When there is a file and it cannot be used; the process then answers by postcode sectors.
pub fn install(data: &Path) -> Result<(), PostcodesError> {
    let path = postcodes_path(data);
    if path.exists() { gazetteer::install(&path) } else { Ok(()) }
}

/// What became of the rows of the files. Every row read is counted once.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows read.
    pub read: u64,
    /// Rows taken.
    pub taken: u64,
    /// Northern Irish codes, which are no open data.
    pub northern_ireland: u64,
    /// Codes without a place in the kingdom.
    pub no_position: u64,
    /// Rows whose postcode has not the shape of one.
    pub not_a_postcode: u64,
    /// Rows that could not be read.
    pub faulty: u64,
    /// Where the first of those are; no more than twenty.
    pub faults: Vec<Fault>,
    /// What was written; `None` until it is.
    pub packed: Option<Packed>,
}

impl Report {
    /// Whether the rows of each fate add up to those read, and those taken to the codes written.
    pub fn adds_up(&self) -> bool {
        let fates = self.taken + self.northern_ireland + self.no_position + self.not_a_postcode + self.faulty;
        let written =
            |packed: &Packed| u64::from(packed.live) + u64::from(packed.terminated) + u64::from(packed.repeated);
        fates == self.read && self.packed.as_ref().is_none_or(|packed| written(packed) == self.taken)
    }
}

/// Collects postcodes from files and writes the data folder's file of them.
pub struct Build {
    packer: Packer,
    report: Report,
}

impl Build {
    /// An empty one. `northern_ireland` says that the operator has the licence that Northern Irish codes need.
    pub fn new(northern_ireland: bool) -> Self {
        Self { packer: Packer::new(northern_ireland), report: Report::default() }
    }

    /// Takes the rows of one file; with `terminated` all as no longer in use.
    ///
    /// # Errors
    /// When the file is of no known kind or cannot be read to its end.
    pub fn take(&mut self, source: impl Read + Seek, terminated: bool) -> Result<(), PlacesError> {
        let (packer, report) = (&mut self.packer, &mut self.report);
        postcodes::read(source, &mut |row| {
            report.read += 1;
            let row = match row {
                Ok(row) => row,
                Err(fault) => {
                    report.faulty += 1;
                    if report.faults.len() < MOST_FAULTS {
                        report.faults.push(fault);
                    }
                    return;
                }
            };
            let (lat, lon) = match row.position {
                Some(Position::Degrees(lat, lon)) => (lat, lon),
                Some(Position::Grid(east, north)) => gazetteer::to_degrees(east, north),
                // The shape and the licence are looked at first: nowhere is nowhere.
                None => (f64::NAN, f64::NAN),
            };
            let terminated = terminated || row.terminated;
            let code = Code { postcode: row.postcode, lat, lon, authority: row.authority, terminated };
            match packer.add(code) {
                Ok(()) => report.taken += 1,
                Err(Refusal::NotOpenData) => report.northern_ireland += 1,
                Err(Refusal::NoPosition) => report.no_position += 1,
                Err(Refusal::NotAPostcode) => report.not_a_postcode += 1,
            }
        })?;
        Ok(())
    }

    /// Writes the file into a data folder, in place of one that is there.
    ///
    /// # Errors
    /// When no postcode was taken, or the file cannot be written.
    pub fn write(mut self, data: &Path, about: About) -> Result<Report, PlacesError> {
        self.report.packed = Some(self.packer.write(&postcodes_path(data), about)?);
        Ok(self.report)
    }
}

/// A description of data released on `released`, made of `source`; `attribution` is what the publisher asks to show, or
/// else what the publishers of such files ask for.
pub fn about(released: String, source: String, attribution: Option<String>) -> About {
    let attribution = attribution.unwrap_or_else(|| ATTRIBUTIONS[0].text.to_owned());
    About { released, source, attribution, ..About::default() }
}

/// What the data folder's file says of itself, its checksum and its size; `None` when there is none.
///
/// # Errors
/// When there is one and it cannot be used.
pub fn show(data: &Path) -> Result<Option<Shown>, PostcodesError> {
    let path = postcodes_path(data);
    if !path.exists() {
        return Ok(None);
    }
    let file = Postcodes::open(&path)?;
    Ok(Some(Shown { about: file.about().clone(), checksum: file.checksum(), bytes: file.size() }))
}

/// A file of postcodes, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it says of itself.
    pub about: About,
    /// Another one means other data.
    pub checksum: u64,
    /// Its size.
    pub bytes: u64,
}

/// What a reader is told of how a postcode was understood.
pub fn note_text(note: Note) -> &'static str {
    match note {
        Note::PostcodeToSector => "The postcode was answered by its sector, the first part and one digit.",
        Note::PostcodeToDistrict => "The postcode was answered by its district, the first part.",
        Note::Terminated => "The postcode is no longer in use; the search is around where it was.",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const ROWS: &str = "pcds,doterm,oslaua,lat,long\n\
        LS6 2AB,,E08000035,53.82,-1.57\n\
        LS6 2AD,200106,E08000035,53.82,-1.57\n\
        BT1 5GS,,N09000003,54.6,-5.93\n\
        JE2 4WE,,L99999999,99.999999,0\n\
        GIR,,E08000035,53.8,-1.5\n\
        LS6 2AE,,E08000035,x,-1.57\n";

    #[test]
    fn a_report_accounts_for_every_row_and_the_file_for_every_code() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(show(folder.path()).unwrap(), None);
        let mut build = Build::new(false);
        build.take(Cursor::new(ROWS), false).unwrap();
        build.take(Cursor::new("postcode,lat,lon\nLS6 2AF,53.82,-1.57\nLS6 2AB,53.82,-1.57\n"), true).unwrap();
        let report = build.write(folder.path(), about("May 2025".into(), "a test".into(), None)).unwrap();
        assert!(report.adds_up(), "{report:?}");
        assert_eq!((report.read, report.taken, report.northern_ireland, report.no_position), (8, 4, 1, 1));
        assert_eq!((report.not_a_postcode, report.faulty), (1, 1));
        assert_eq!(report.faults, [Fault { line: 7, column: "lat".into() }]);
        let packed = report.packed.unwrap();
        assert_eq!((packed.live, packed.terminated, packed.repeated), (1, 2, 1));
        let shown = show(folder.path()).unwrap().unwrap();
        assert_eq!((shown.about.released.as_str(), shown.about.live, shown.bytes), ("May 2025", 1, packed.bytes));
        assert!(shown.about.attribution.contains("Royal Mail"));

        let mut build = Build::new(true);
        build.take(Cursor::new(ROWS), false).unwrap();
        assert_eq!(build.write(folder.path(), About::default()).unwrap().northern_ireland, 0, "with a licence");
    }

    #[test]
    fn a_file_that_cannot_be_made_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut build = Build::new(false);
        build.take(Cursor::new(ROWS), false).unwrap();
        build.write(folder.path(), About::default()).unwrap();
        let before = show(folder.path()).unwrap();
        assert!(matches!(Build::new(false).write(folder.path(), About::default()), Err(PlacesError::File(_))));
        assert!(matches!(Build::new(false).take(Cursor::new("a,b\n"), false), Err(PlacesError::Source(_))));
        assert_eq!(show(folder.path()).unwrap(), before);
        std::fs::write(postcodes_path(folder.path()), "something else").unwrap();
        assert!(show(folder.path()).is_err() && install(folder.path()).is_err());
    }
}
