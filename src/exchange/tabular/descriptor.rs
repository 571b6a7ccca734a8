//! Which file is which table: as `datapackage.json` says, else by its name; and how it is written.

use serde::Deserialize;

use super::{
    super::{
        Error,
        encoding::Encoding,
        indexed::{Dialect, Indexed},
        package::{Part, base_name, within},
    },
    standard,
};

/// The file that describes a data package.
pub const NAME: &str = "datapackage.json";

/// What was found.
pub struct Found {
    /// The tables.
    pub tables: Vec<Table>,
    /// CSV files that are no tables of the standard, by their number in the package.
    pub strangers: Vec<usize>,
}

/// One table.
pub struct Table {
    /// Which file of the package it is.
    pub part: usize,
    /// Which table of the standard it is.
    pub object: usize,
    /// How it is written.
    pub dialect: Dialect,
}

/// As much of a data package as is used. Others of its members are not decoded.
#[derive(Deserialize)]
struct Descriptor {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    name: String,
    #[serde(default)]
    path: Path,
    encoding: Option<String>,
    dialect: Option<CsvDialect>,
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Path {
    One(String),
    Several(Vec<String>),
    #[default]
    None,
}

#[derive(Deserialize)]
struct CsvDialect {
    delimiter: Option<char>,
}

/// Finds the tables of a package.
pub fn find(parts: &[Part<'_>]) -> Result<Found, Error> {
    let mut tables: Vec<Table> = Vec::new();
    if let Some(part) = parts.iter().find(|part| base_name(part.name) == NAME) {
        let descriptor: Descriptor = serde_json::from_slice(part.bytes)
            .map_err(|error| within(parts, part.name, Error::NotJson { line: error.line(), column: error.column() }))?;
        for resource in descriptor.resources {
            let path = match &resource.path {
                Path::One(path) => path,
                Path::Several(paths) if paths.len() == 1 => &paths[0],
                _ => continue,
            };
            let object = standard::object(&resource.name).or_else(|| standard::object(base_name(path)));
            // The descriptor of the standard names all its tables; few packages have them all.
            if let (Some(object), Some(part)) = (object, part_at(parts, path)) {
                let encoding = resource.encoding.as_deref().map(encoding).unwrap_or_default();
                let delimiter = resource.dialect.and_then(|dialect| dialect.delimiter);
                let delimiter = delimiter.and_then(|delimiter| encoding.byte(delimiter)).unwrap_or(b',');
                tables.push(Table { part, object, dialect: Dialect { encoding, delimiter, quotes: true } });
            }
        }
    }
    let mut strangers = Vec::new();
    for (part, file) in parts.iter().enumerate() {
        let name = base_name(file.name);
        if !name.to_ascii_lowercase().ends_with(".csv") || tables.iter().any(|table| table.part == part) {
            continue;
        }
        match standard::object(name) {
            Some(object) => tables.push(Table { part, object, dialect: Dialect::default() }),
            None => strangers.push(part),
        }
    }
    character_sets(parts, &mut tables);
    Ok(Found { tables, strangers })
}

/// The file at a path of the descriptor, which is relative to it.
fn part_at(parts: &[Part<'_>], path: &str) -> Option<usize> {
    let path = path.trim_start_matches("./");
    let exact = parts.iter().position(|part| part.name == path || part.name.ends_with(&format!("/{path}")));
    exact.or_else(|| parts.iter().position(|part| base_name(part.name) == base_name(path)))
}

/// Tables whose character set `meta_table_descriptions` tells are read in that.
fn character_sets(parts: &[Part<'_>], tables: &mut [Table]) {
    let described = standard::object("meta_table_description");
    let Some(table) = tables.iter().find(|table| Some(table.object) == described) else { return };
    let Ok(file) = Indexed::open(parts[table.part].bytes, table.dialect, |_| Ok(Vec::new())) else { return };
    let (Some(name), Some(set)) = (file.column("name"), file.column("character_set")) else { return };
    let (mut rows, mut record) = (file.reader(), csv::ByteRecord::new());
    for row in 0..file.len() {
        file.read(&mut rows, row, &mut record);
        let text = |column| record.get(column).and_then(|cell| rows.encoding.text(cell)).unwrap_or_default();
        if let Some(object) = standard::object(text(name).trim())
            && let Some(table) = tables.iter_mut().find(|table| table.object == object)
        {
            table.dialect.encoding = encoding(&text(set));
        }
    }
}

/// The encoding of a name; all but the Western single-byte ones are taken to be UTF-8.
fn encoding(name: &str) -> Encoding {
    match name.trim().to_ascii_lowercase().replace('_', "-").as_str() {
        "windows-1252" | "cp1252" | "iso-8859-1" | "latin-1" | "latin1" => Encoding::Windows1252,
        _ => Encoding::Utf8,
    }
}
