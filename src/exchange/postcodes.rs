//! Files of postcodes as their publishers give them: rows of a postcode, a position and an authority.
//!
//! Known are the ONS Postcode Directory (CSV, or the zip it comes in), Code-Point Open (the zip, or one of its files),
//! and any CSV with columns for a postcode and a position; each also packed with gzip. The columns are found by their
//! names, which change from year to year. No message here holds what a row says.

use std::io::{Read, Seek, SeekFrom};

use csv::StringRecord;
use flate2::read::MultiGzDecoder;

/// More rows than any such file has; the whole kingdom has fewer than three million codes.
const MOST_ROWS: u64 = 8_000_000;
/// More bytes, unpacked, than any such file has.
const MOST_BYTES: u64 = 4 << 30;
/// Entries of a zip that are looked at.
const MOST_ENTRIES: usize = 2_000;

/// One row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The postcode as it stands there.
    pub postcode: &'a str,
    /// Where it is; `None` when the row does not say.
    pub position: Option<Position>,
    /// The code of its local authority; `None` when the row does not say.
    pub authority: Option<&'a str>,
    /// Whether the row says that it is no longer in use.
    pub terminated: bool,
}

/// A position in one of the two ways that such files have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Position {
    /// Degrees north and east, WGS84.
    Degrees(f64, f64),
    /// Metres east and north on the National Grid.
    Grid(f64, f64),
}

/// A row that could not be read: where, and in which column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1. In a zip of several files, of the file it is in.
    pub line: u64,
    /// The column's name, or its number in a file without names.
    pub column: String,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A column that is needed is not there.
    #[error("line 1: there is no column for {needed} (looked for {looked_for})")]
    Column {
        /// What it would tell.
        needed: &'static str,
        /// Names it goes by.
        looked_for: &'static str,
    },
    /// A zip without a table of postcodes.
    #[error("the zip holds no table of postcodes")]
    NoTable,
    /// Too many rows or bytes to be what it should be.
    #[error("the file is larger than a file of postcodes can be")]
    TooLarge,
    /// It cannot be unpacked or read.
    #[error("line {line}: the file cannot be read further")]
    Unreadable {
        /// The last line that was begun; 0 where it cannot be told.
        line: u64,
    },
}

/// Reads every row of a file and hands each to `take`, faulty ones as where they are at fault.
///
/// # Errors
/// When the file is not of a known kind or cannot be read to its end; rows taken before stay taken.
pub fn read(mut source: impl Read + Seek, take: &mut dyn FnMut(Result<Row<'_>, Fault>)) -> Result<(), Error> {
    let broken = |_| Error::Unreadable { line: 0 };
    let mut magic = [0; 2];
    let got = source.read(&mut magic).map_err(broken)?;
    source.seek(SeekFrom::Start(0)).map_err(broken)?;
    match &magic[..got] {
        [0x1f, 0x8b] => table(MultiGzDecoder::new(source), take, &mut MOST_ROWS.clone()),
        b"PK" => zipped(source, take),
        _ => table(source, take, &mut MOST_ROWS.clone()),
    }
}

fn zipped(source: impl Read + Seek, take: &mut dyn FnMut(Result<Row<'_>, Fault>)) -> Result<(), Error> {
    let mut archive = zip::ZipArchive::new(source).map_err(|_| Error::Unreadable { line: 0 })?;
    if archive.len() > MOST_ENTRIES {
        return Err(Error::TooLarge);
    }
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let mut wanted: Vec<&String> = names.iter().filter(|name| is_whole_table(name)).collect();
    if wanted.is_empty() {
        wanted = names.iter().filter(|name| is_code_point(name)).collect();
    }
    if wanted.is_empty() {
        return Err(Error::NoTable);
    }
    wanted.sort();
    let mut rows_left = MOST_ROWS;
    for name in wanted {
        let file = archive.by_name(name).map_err(|_| Error::Unreadable { line: 0 })?;
        table(file, take, &mut rows_left)?;
    }
    Ok(())
}

/// The one table of the national directory: `Data/ONSPD_MAY_2025_UK.csv`. Its other files are parts of it and lists.
fn is_whole_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit('/').next().unwrap_or_default();
    file.starts_with("onspd") && file.ends_with(".csv") && !name.contains("multi_csv") && !name.contains("user guide")
}

/// One of the tables of Code-Point Open, an area of postcodes each: `Data/CSV/ls.csv`.
fn is_code_point(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
    let in_place = folder.is_empty() || folder == "csv" || folder.ends_with("/csv");
    in_place && file.strip_suffix(".csv").is_some_and(|area| (1..=2).contains(&area.len()))
}

/// The columns of a table, as numbers.
struct Columns {
    postcode: usize,
    position: [usize; 2],
    on_grid: bool,
    authority: Option<usize>,
    terminated: Option<usize>,
    names: Option<StringRecord>,
}

fn table(source: impl Read, take: &mut dyn FnMut(Result<Row<'_>, Fault>), rows_left: &mut u64) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(source.take(MOST_BYTES));
    let mut record = StringRecord::new();
    let mut columns: Option<Columns> = None;
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            // A row in another encoding than the rest is that row's fault.
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                take(Err(Fault { line, column: "1".to_owned() }));
                continue;
            }
            Err(_) => return Err(Error::Unreadable { line }),
        }
        *rows_left = rows_left.checked_sub(1).ok_or(Error::TooLarge)?;
        let Some(found) = &columns else {
            let (found, has_names) = find_columns(&record)?;
            if !has_names {
                take(found.row(&record, line));
            }
            columns = Some(found);
            continue;
        };
        take(found.row(&record, line));
    }
    if reader.position().byte() >= MOST_BYTES { Err(Error::TooLarge) } else { Ok(()) }
}

impl Columns {
    fn row<'r>(&self, record: &'r StringRecord, line: u64) -> Result<Row<'r>, Fault> {
        let fault = |column: usize| {
            let name = self.names.as_ref().and_then(|names| names.get(column)).map(str::to_owned);
            Fault { line, column: name.unwrap_or_else(|| (column + 1).to_string()) }
        };
        let cell = |column: usize| record.get(column).ok_or_else(|| fault(column));
        let optional = |column: Option<usize>| match column {
            Some(column) => cell(column).map(|text| (!text.is_empty()).then_some(text)),
            None => Ok(None),
        };
        let number = |column: usize| {
            let text = cell(column)?;
            if text.is_empty() {
                return Ok(None);
            }
            text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Some).ok_or_else(|| fault(column))
        };
        let postcode = cell(self.postcode)?;
        let [first, second] = [number(self.position[0])?, number(self.position[1])?];
        let position = first.zip(second).and_then(|(first, second)| match self.on_grid {
            // Codes without a place stand at the origin, or far north of the pole.
            true => (first > 0.0 && second > 0.0).then_some(Position::Grid(first, second)),
            false => (first < 90.0).then_some(Position::Degrees(first, second)),
        });
        let authority = optional(self.authority)?;
        Ok(Row { postcode, position, authority, terminated: optional(self.terminated)?.is_some() })
    }
}

const POSTCODE: &[&str] = &["pcds", "pcd8", "postcode", "pcd", "pcd7", "pcd2"];
const LATITUDE: &[&str] = &["lat", "latitude"];
const LONGITUDE: &[&str] = &["long", "lon", "lng", "longitude"];
const EASTING: &[&str] = &["oseast1m", "east1m", "easting", "eastings"];
const NORTHING: &[&str] = &["osnrth1m", "north1m", "northing", "northings"];
const AUTHORITY: &[&str] = &["oslaua", "laua", "lad_code", "ladcd", "lad", "admin_district_code"];

/// The columns of a table whose first row is `first`, and whether that row is of names.
fn find_columns(first: &StringRecord) -> Result<(Columns, bool), Error> {
    let plain = |cell: &str| cell.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
    let cells: Vec<String> = first.iter().map(plain).collect();
    // Code-Point Open has no names: a postcode, its quality, then easting and northing in metres.
    let metres =
        |at: usize| cells.get(at).is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit()));
    if cells.len() == 10 && metres(1) && metres(2) && metres(3) {
        let columns =
            Columns { postcode: 0, position: [2, 3], on_grid: true, authority: Some(8), terminated: None, names: None };
        return Ok((columns, false));
    }
    let named = |names: &[&str]| names.iter().find_map(|name| cells.iter().position(|cell| cell == name));
    // `lad25cd`, of whichever year.
    let of_a_year = || {
        cells.iter().position(|cell| {
            let year = cell.strip_prefix("lad").and_then(|rest| rest.strip_suffix("cd"));
            year.is_some_and(|year| year.len() == 2 && year.bytes().all(|b| b.is_ascii_digit()))
        })
    };
    let needed = |column: Option<usize>, needed, looked_for| column.ok_or(Error::Column { needed, looked_for });
    let postcode = needed(named(POSTCODE), "the postcode", "pcds, pcd8, postcode, pcd, pcd7, pcd2")?;
    let (position, on_grid) = match (named(LATITUDE), named(LONGITUDE)) {
        (Some(lat), Some(lon)) => ([lat, lon], false),
        _ => {
            let east = needed(named(EASTING), "the position", "lat and long, or oseast1m and osnrth1m")?;
            ([east, needed(named(NORTHING), "the northing", "osnrth1m, northing")?], true)
        }
    };
    let columns = Columns {
        postcode,
        position,
        on_grid,
        authority: named(AUTHORITY).or_else(of_a_year),
        terminated: named(&["doterm", "terminated"]),
        names: Some(first.clone()),
    };
    Ok((columns, true))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    type Read = Vec<Result<(String, Option<Position>, Option<String>, bool), Fault>>;

    fn read_all(bytes: &[u8]) -> Result<Read, Error> {
        let mut rows = Vec::new();
        read(Cursor::new(bytes), &mut |row| {
            rows.push(
                row.map(|row| {
                    (row.postcode.to_owned(), row.position, row.authority.map(str::to_owned), row.terminated)
                }),
            );
        })?;
        Ok(rows)
    }

    fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    const PLAIN: &str = "postcode,lat,lon,lad_code\nLS6 2AB,53.82,-1.57,E08000035\n";

    #[test]
    fn columns_are_found_under_the_names_of_any_year() {
        let leeds =
            Ok(("LS6 2AB".to_owned(), Some(Position::Degrees(53.82, -1.57)), Some("E08000035".to_owned()), false));
        for text in [
            PLAIN,
            "\u{feff}PCD,PCD2,pcds,dointr,doterm,oslaua,lat,long\nLS6 2AB,LS6  2AB,LS6 2AB,198001,,E08000035,53.82,-1.57\n",
            "pcd7,pcd8,pcds,dointr,doterm,lad25cd,lat,long\r\nLS62AB,LS6 2AB,LS6 2AB,198001,,E08000035,53.82,-1.57\r\n",
            "\"Latitude\",\"Longitude\",\"Postcode\",\"LAD23CD\"\n53.82,-1.57,\"LS6 2AB\",E08000035\n",
        ] {
            assert_eq!(read_all(text.as_bytes()).unwrap(), std::slice::from_ref(&leeds), "{text}");
        }
    }

    #[test]
    fn a_row_says_whether_the_code_is_still_in_use_and_where_it_is() {
        let text = "pcds,doterm,lat,long\nLS6 2AB,200106,53.82,-1.57\nLS6 2AD,,99.999999,0\nLS6 2AE,,,\n";
        let rows: Vec<_> = read_all(text.as_bytes()).unwrap().into_iter().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| row.3).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(rows.iter().map(|row| row.1.is_some()).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(rows[0].2, None);
    }

    #[test]
    fn a_zip_gives_its_tables_and_nothing_else() {
        let row =
            "\"LS62AB\",10,428300,436100,\"E92000001\",\"E19000001\",\"E18000002\",\"\",\"E08000035\",\"E05011400\"\n";
        let packed = zip_of(&[
            ("Doc/licence.txt", "words"),
            ("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ\n"),
            ("Data/CSV/ls.csv", row),
            ("Data/CSV/b.csv", &row.replace("LS62AB", "B1 1AA")),
        ]);
        let rows: Vec<_> = read_all(&packed).unwrap().into_iter().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), ["B1 1AA", "LS62AB"]);
        assert_eq!(rows[0].1, Some(Position::Grid(428_300.0, 436_100.0)));
        assert_eq!(rows[0].2.as_deref(), Some("E08000035"));

        let directory = "pcds,lat,long\nLS6 2AB,53.82,-1.57\n";
        let packed = zip_of(&[
            ("Data/ONSPD_MAY_2025_UK.csv", directory),
            ("Data/multi_csv/ONSPD_MAY_2025_UK_LS.csv", directory),
            ("Documents/LAD names.csv", "LAD25CD,LAD25NM\n"),
        ]);
        assert_eq!(read_all(&packed).unwrap().len(), 1, "the whole once, not its parts as well");
        assert!(matches!(read_all(&zip_of(&[("readme.txt", "")])), Err(Error::NoTable)));
    }

    #[test]
    fn a_packed_table_is_the_same_as_a_plain_one() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(PLAIN.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(read_all(&packed).unwrap(), read_all(PLAIN.as_bytes()).unwrap());
        assert!(matches!(read_all(&packed[..packed.len() - 9]), Err(Error::Unreadable { .. })), "cut short");
    }

    #[test]
    fn faults_tell_line_and_column_and_no_value() {
        let text = "pcds,lat,long\nLS6 2AB,north,-1.57\nLS6 2AD,53.8\nLS6 2AE,53.8,-1.5\n";
        let rows = read_all(text.as_bytes()).unwrap();
        assert_eq!(rows[0], Err(Fault { line: 2, column: "lat".into() }));
        assert_eq!(rows[1], Err(Fault { line: 3, column: "long".into() }));
        assert!(rows[2].is_ok());
        for (text, needed) in [("a,b\n1,2\n", "postcode"), ("pcds,lat\nLS6 2AB,53\n", "position")] {
            let message = read_all(text.as_bytes()).unwrap_err().to_string();
            assert!(message.starts_with("line 1:") && message.contains(needed), "{message}");
            assert!(!message.contains("LS6"), "{message}");
        }
        assert_eq!(read_all(b"").unwrap(), [], "nothing is no fault of a row; the one who writes the file refuses it");
    }
}
