//! HSDS tabular, 3.x and 1.x: a CSV file a table, in a folder or an archive, perhaps with a `datapackage.json`.
//!
//! Items are the rows of organizations, then those of services, each compiled with the rows that hang on it
//! ([`assemble`]). Rows that hang on nothing, and tables that the standard does not have, follow as refused items, so that a
//! report accounts for every row. Opening decodes key columns only; a row of a protected place is never read.

mod assemble;
mod descriptor;
mod standard;
mod told;

use std::ops::Deref;

use standard::{Key, OBJECTS, Object};

use super::{
    Error,
    compile::Compiler,
    drafts::Item,
    indexed::{Indexed, Word},
    package::{Part, base_name},
    sketch::Sketch,
};
use crate::domain::read::{Code, Violation};

/// The tables of a package.
pub struct Tables<'a> {
    files: Vec<File<'a>>,
    /// Whether they are in the words of HSDS 1.
    legacy: bool,
    /// Rows that hang on nothing: a table and a row of it.
    orphans: Vec<(usize, u32)>,
    /// Files that look like tables and are none of the standard's, by their number in the package.
    strangers: Vec<usize>,
}

/// One table of the standard.
struct File<'a> {
    object: &'static Object,
    /// Which file of the package it is.
    part: usize,
    table: Indexed<'a>,
}

impl<'a> Deref for File<'a> {
    type Target = Indexed<'a>;

    fn deref(&self) -> &Indexed<'a> {
        &self.table
    }
}

/// What one item is made of.
#[derive(Debug, Clone, Copy)]
enum Subject {
    Organization(usize, u32),
    Service(usize, u32),
    /// A row that hangs on nothing.
    Orphan(usize, u32),
    /// A file that is no table of the standard.
    Stranger(usize),
}

/// Whether these files are tables of the standard: a data package, or files named after its tables that have ids.
pub fn are_tables(parts: &[Part<'_>]) -> bool {
    let package = parts.iter().any(|part| base_name(part.name) == descriptor::NAME);
    package
        || parts.iter().any(|part| {
            let name = base_name(part.name);
            let named = name.to_ascii_lowercase().ends_with(".csv") && standard::object(name).is_some();
            let header = part.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
            named && header.split(|byte| *byte == b',').any(|cell| cell.trim_ascii().trim_ascii_start() == b"id")
        })
}

impl<'a> Tables<'a> {
    /// Finds the tables and indexes their keys.
    pub fn open(parts: &[Part<'a>]) -> Result<Self, Error> {
        let found = descriptor::find(parts)?;
        let mut files: Vec<File<'a>> = Vec::new();
        for table in &found.tables {
            let part = parts[table.part];
            let keys = |columns: &[String]| {
                let keys = standard::keys(table.object).into_iter();
                Ok(keys.filter_map(|key| Some((key, columns.iter().position(|column| column == key)?))).collect())
            };
            let indexed = Indexed::open(part.bytes, table.dialect, keys)
                .map_err(|error| super::package::within(parts, part.name, error))?;
            let file = File { object: &OBJECTS[table.object], part: table.part, table: indexed };
            if files.iter().any(|known| known.object == file.object) {
                return Err(Error::TwoTables { table: file.object.name });
            }
            files.push(file);
        }
        let has = |name: &str| files.iter().any(|file| file.object.name == name);
        if !has("service") && !has("organization") {
            return Err(Error::NoTables);
        }
        let column =
            |table: &str, name: &str| files.iter().any(|file| file.object.name == table && file.column(name).is_some());
        let legacy = standard::LEGACY.iter().any(|name| has(name))
            || column("taxonomy", "vocabulary")
            || column("language", "language")
            || (column("organization", "url") && !column("organization", "website"));
        let mut tables = Self { files, legacy, orphans: Vec::new(), strangers: found.strangers };
        tables.orphans = tables.orphans();
        Ok(tables)
    }

    /// Pass 1.
    pub fn sketches(&self) -> impl Iterator<Item = Result<Sketch, Error>> {
        let mut reading = assemble::Reading::new(self);
        self.subjects().map(move |subject| {
            Ok(match self.refusal(subject) {
                Some(fault) => Sketch::unreadable(self.place(subject).1, fault),
                None => reading.sketch(subject),
            })
        })
    }

    /// Pass 2.
    pub fn records<'s>(&'s self, mut compiler: Compiler<'s>) -> impl Iterator<Item = Result<Item, Error>> + 's {
        let mut reading = assemble::Reading::new(self);
        reading.withhold(compiler.decisions());
        self.subjects().enumerate().map(move |(index, subject)| {
            let (part, row) = self.place(subject);
            reading.item(index, part, row, subject, &mut compiler)
        })
    }

    /// All items in order.
    fn subjects(&self) -> impl Iterator<Item = Subject> {
        let rows = |name: &str| {
            let index = self.file(name);
            index.into_iter().flat_map(|index| (0..self.files[index].len()).map(move |row| (index, row)))
        };
        rows("organization")
            .map(|(file, row)| Subject::Organization(file, row))
            .chain(rows("service").map(|(file, row)| Subject::Service(file, row)))
            .chain(self.orphans.iter().map(|(file, row)| Subject::Orphan(*file, *row)))
            .chain(self.strangers.iter().map(|part| Subject::Stranger(*part)))
    }

    /// The file and the row in which an item is told of; a header is row 1.
    fn place(&self, subject: Subject) -> (usize, u64) {
        match subject {
            Subject::Organization(file, row) | Subject::Service(file, row) | Subject::Orphan(file, row) => {
                (self.files[file].part, u64::from(row) + 2)
            }
            Subject::Stranger(part) => (part, 1),
        }
    }

    fn refusal(&self, subject: Subject) -> Option<Violation> {
        matches!(subject, Subject::Stranger(_)).then(|| {
            let reason = "is no table of the standard".to_owned();
            Violation { pointer: String::new(), code: Code::UnknownKind, reason }
        })
    }

    fn file(&self, name: &str) -> Option<usize> {
        self.files.iter().position(|file| file.object.name == name)
    }

    /// Rows whose keys are blank or name nothing that is here.
    fn orphans(&self) -> Vec<(usize, u32)> {
        let mut orphans = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            let name = file.object.name;
            // These are taken from where others name them, and one that nobody names is no fault.
            let free =
                ["organization", "service", "program", "unit", "taxonomy", "taxonomy_term", "meta_table_description"];
            if free.contains(&name) {
                continue;
            }
            let mut held = vec![false; usize::try_from(file.len()).unwrap_or(usize::MAX)];
            let mut hold = |row: u32| held[usize::try_from(row).unwrap_or(usize::MAX)] = true;
            for parent in OBJECTS {
                let Some(parent_file) = self.file(parent.name) else { continue };
                for nest in parent.nests.iter().filter(|nest| nest.object == name) {
                    if let Key::Theirs(key) = nest.key {
                        let words = file.words(key).iter();
                        words.filter(|(word, _)| self.files[parent_file].has(word)).for_each(|(_, row)| hold(*row));
                    }
                }
            }
            match name {
                "location" => {
                    for (word, _) in self.files.iter().flat_map(|other| other.words("location_id")) {
                        file.rows("id", word).for_each(&mut hold);
                    }
                }
                "attribute" | "metadata" => {
                    let key = if name == "attribute" { "link_id" } else { "resource_id" };
                    let known = |word: &Word| self.files.iter().any(|other| other.has(word));
                    file.words(key).iter().filter(|(word, _)| known(word)).for_each(|(_, row)| hold(*row));
                }
                _ => {}
            }
            let lost = (0..file.len()).zip(held).filter(|(_, held)| !held);
            orphans.extend(lost.map(|(row, _)| (index, row)));
        }
        orphans
    }
}

#[cfg(test)]
mod tests;
