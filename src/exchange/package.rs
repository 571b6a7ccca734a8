//! A package: the files that are imported together, opened in their format and walked twice.

use super::{
    Decisions, Error, Format, Ids, Item, Sketch,
    compile::Compiler,
    hsds::{self, Dialect},
    items::Items,
    table::Table,
    tabular::Tables,
};

/// One file of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its name, perhaps with a path; tables are known by it, and reports name it.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The files of one import, in a known format.
pub struct Package<'a> {
    opened: Opened<'a>,
}

enum Opened<'a> {
    Json(Vec<Items<'a>>, Dialect),
    Table(Table<'a>),
    Tabular(Tables<'a>),
}

/// What an iteration over a package yields.
pub type Walk<'s, T> = Box<dyn Iterator<Item = Result<T, Error>> + 's>;

impl<'a> Package<'a> {
    /// Takes the bytes of a file. Fails when they are empty or plainly something else.
    pub fn open(bytes: &'a [u8], format: &'a Format) -> Result<Self, Error> {
        Self::of_parts(&[Part { name: "", bytes }], format)
    }

    /// Takes the files of a package. Fails when one is empty or plainly something else, or one that is needed is not there.
    pub fn of_parts(parts: &[Part<'a>], format: &'a Format) -> Result<Self, Error> {
        let mut plain = Vec::with_capacity(parts.len());
        for part in parts {
            let bytes = part.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(part.bytes);
            let blank = bytes.iter().all(u8::is_ascii_whitespace);
            // A table without rows is no fault; a file that should have some is.
            if blank && !matches!(format, Format::HsdsTabular) {
                return Err(within(parts, part.name, Error::Empty));
            }
            plain.push(Part { bytes, ..*part });
        }
        if plain.is_empty() {
            return Err(Error::Empty);
        }
        let json = |open: fn(&'a [u8]) -> Result<Items<'a>, Error>, dialect| {
            let items = plain.iter().map(|part| open(part.bytes).map_err(|error| within(parts, part.name, error)));
            items.collect::<Result<Vec<_>, _>>().map(|items| Opened::Json(items, dialect))
        };
        let opened = match format {
            Format::Hsds => json(Items::of_document, Dialect::Hsds3),
            Format::HsdsLines => json(Items::of_lines, Dialect::Hsds3),
            Format::Oruk1 => json(Items::of_document, Dialect::Oruk1),
            Format::HsdsTabular => Tables::open(&plain).map(Opened::Tabular),
            Format::Table(mapping) => Table::open(&plain, mapping).map(Opened::Table),
        }?;
        Ok(Self { opened })
    }

    /// Pass 1: what each item is and what it hangs together with.
    pub fn sketches(&self) -> Result<Walk<'_, Sketch>, Error> {
        Ok(match &self.opened {
            Opened::Json(items, _) => Box::new(items.iter().flat_map(|items| hsds::sketches(items.clone()))),
            Opened::Table(table) => Box::new(table.sketches()),
            Opened::Tabular(tables) => Box::new(tables.sketches()),
        })
    }

    /// Pass 2: the records of each item, as far as `decisions` lets them be read.
    ///
    /// `decisions` must come from the sketches of the same bytes.
    pub fn records<'s>(&'s self, decisions: &'s Decisions, ids: &'s mut dyn Ids) -> Result<Walk<'s, Item>, Error> {
        let compiler = Compiler::new(decisions, ids);
        Ok(match &self.opened {
            Opened::Json(items, dialect) => Box::new(hsds::records(items, compiler, *dialect)),
            Opened::Table(table) => Box::new(table.records(compiler)),
            Opened::Tabular(tables) => Box::new(tables.records(compiler)),
        })
    }
}

/// A fault with its file's name, where there are several files.
pub(super) fn within(parts: &[Part<'_>], name: &str, error: Error) -> Error {
    if parts.len() < 2 { error } else { Error::In { name: name.to_owned(), error: Box::new(error) } }
}

/// The last part of a path in a package, with `/` or `\` between its parts.
pub(super) fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
