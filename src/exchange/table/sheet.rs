//! One file of the table: its columns, and its rows.

use std::collections::HashMap;

use csv::ByteRecord;

use super::super::{
    Error,
    mapping::{Cell, Further, Mapping},
};

/// One file of the table.
pub struct Sheet<'a> {
    /// Which file of the package it is.
    pub part: usize,
    /// Where the columns that the mapping asks for stand.
    pub columns: HashMap<&'a str, usize>,
    /// How many columns it has.
    pub width: usize,
    bytes: &'a [u8],
    mapping: &'a Mapping,
}

impl<'a> Sheet<'a> {
    /// Finds the columns that the mapping asks for.
    pub fn open(part: usize, bytes: &'a [u8], mapping: &'a Mapping) -> Result<Self, Error> {
        let header = records(bytes, mapping).next().ok_or(Error::Header)?;
        let text = |cell| mapping.source.encoding.text(cell).map(|text| text.trim().to_owned()).ok_or(Error::Header);
        let names: Vec<String> = header.iter().map(text).collect::<Result<_, _>>()?;
        Ok(Self { part, columns: columns(&names, asked(mapping))?, width: names.len(), bytes, mapping })
    }

    /// The rows after the header. What cannot be read as a row is an empty one.
    pub fn rows(&self) -> impl Iterator<Item = ByteRecord> + use<'a> {
        records(self.bytes, self.mapping).skip(1)
    }
}

fn records<'a>(bytes: &'a [u8], mapping: &Mapping) -> impl Iterator<Item = ByteRecord> + use<'a> {
    let delimiter = mapping.source.encoding.byte(mapping.source.delimiter).unwrap_or(b',');
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(mapping.source.quotes)
        .from_reader(bytes)
        .into_byte_records()
        .map(Result::unwrap_or_default)
}

/// Where each column that is asked for stands in a header.
pub fn columns<'a>(header: &[String], asked: impl Iterator<Item = &'a str>) -> Result<HashMap<&'a str, usize>, Error> {
    asked.map(|asked| Ok((asked, column(header, asked)?))).collect()
}

/// Where a column stands: under its name, else under one that differs from it in capitals, blanks and marks only.
pub fn column(header: &[String], asked: &str) -> Result<usize, Error> {
    let one = |same: &dyn Fn(&String) -> bool| {
        let found: Vec<usize> = (0..header.len()).filter(|index| same(&header[*index])).collect();
        (found.first().copied(), found.len())
    };
    let folded = fold(asked);
    let found = match one(&|name| name == asked) {
        (None, _) if !folded.is_empty() => one(&|name| fold(name) == folded),
        found => found,
    };
    match found {
        (Some(index), 1) => Ok(index),
        (_, times) => Err(Error::Column { column: asked.to_owned(), times }),
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns that a field comes from.
pub fn named(cell: &Cell) -> impl Iterator<Item = &str> {
    let names: &[String] = match cell {
        Cell::Column(column) => std::slice::from_ref(column),
        Cell::First(columns) => columns,
        Cell::Join(join) => &join.join,
        Cell::Constant(_) => &[],
    };
    names.iter().map(String::as_str)
}

/// All columns that a mapping asks of the table itself.
fn asked(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let fields = [&mapping.fields, &mapping.organization, &mapping.place, &mapping.contact, &mapping.schedule];
    let cells = fields.into_iter().flat_map(|fields| fields.values());
    let terms = mapping.terms.iter().map(|terms| terms.column.as_str());
    let keys = mapping.join.iter().filter_map(|further| further.key.as_deref());
    cells.flat_map(named).chain(terms).chain(keys).chain([mapping.entity.id.as_str()])
}

/// All columns that a mapping asks of a further table.
pub fn asked_of(further: &Further) -> impl Iterator<Item = &str> {
    let terms = further.terms.iter().map(|terms| terms.column.as_str());
    let cells = further.schedule.values().chain(further.link.values());
    cells.flat_map(named).chain(terms).chain(further.only.keys().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::{Error, column};

    #[test]
    fn a_column_is_known_by_its_other_spelling_where_that_is_only_one() {
        let header = ["OrganisationId", "Post code", "Web", "E-mail", "e mail"].map(str::to_owned);
        assert_eq!(column(&header, "OrganisationID"), Ok(0));
        assert_eq!(column(&header, "postcode"), Ok(1));
        assert_eq!(column(&header, "E-mail"), Ok(3));
        assert_eq!(column(&header, "Email"), Err(Error::Column { column: "Email".to_owned(), times: 2 }));
        assert_eq!(column(&header, "Phone"), Err(Error::Column { column: "Phone".to_owned(), times: 0 }));
    }
}
