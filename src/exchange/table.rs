//! Tables (CSV) by a mapping: each row becomes a compiled item of the standard.
//!
//! A cell is decoded only when its column is asked for; of a protected row, only cells of the short list are. Further tables are
//! read by key, row by row, when the row they belong to is.

mod linked;
mod reading;
mod schedules;
mod sheet;

use std::collections::HashMap;

use reading::{Line, Reading};
use sheet::{Sheet, named};

use super::{
    Error,
    compile::{Compiler, Input, Subject},
    decide::RowKind,
    drafts::Item,
    indexed::{Dialect, Indexed},
    mapping::{Cell, EntityKind, Further, Mapping},
    package::{Part, base_name, within},
    sketch::Sketch,
};
use crate::domain::read::{foreign_id, push_token};

/// A table with its mapping, its columns found.
pub struct Table<'a> {
    mapping: &'a Mapping,
    sheets: Vec<Sheet<'a>>,
    further: Vec<Joined<'a>>,
}

/// A further table, its rows found by key.
struct Joined<'a> {
    mapping: &'a Further,
    table: Indexed<'a>,
    /// Where the columns that the mapping asks for stand.
    columns: HashMap<&'a str, usize>,
}

impl<'a> Table<'a> {
    /// Finds the table's files and the further ones among those of a package, and in each the columns that the mapping asks for.
    pub fn open(parts: &[Part<'a>], mapping: &'a Mapping) -> Result<Self, Error> {
        let found = |name: &str| {
            parts
                .iter()
                .position(|part| base_name(part.name).eq_ignore_ascii_case(name))
                .ok_or_else(|| Error::Missing { name: name.to_owned() })
        };
        let joined = |part: &Part<'_>| {
            mapping.join.iter().any(|further| base_name(part.name).eq_ignore_ascii_case(&further.file))
        };
        let others: Vec<usize> = (0..parts.len()).filter(|part| !joined(&parts[*part])).collect();
        let numbers = match (&others[..], &mapping.source.file[..]) {
            // A file by itself is the table, whatever it is called.
            ([only], _) => vec![*only],
            ([], []) => vec![0],
            (_, []) => return Err(Error::ManyFiles),
            (_, names) => names.iter().map(|name| found(name)).collect::<Result<_, _>>()?,
        };
        let open = |part: usize| {
            let sheet = Sheet::open(part, parts[part].bytes, mapping);
            sheet.map_err(|error| within(parts, parts[part].name, error))
        };
        let sheets = numbers.into_iter().map(open).collect::<Result<_, _>>()?;
        let encoding = mapping.source.encoding;
        let delimiter = encoding.byte(mapping.source.delimiter).unwrap_or(b',');
        let dialect = Dialect { encoding, delimiter, quotes: mapping.source.quotes };
        let join = |further: &'a Further| {
            let part = parts[found(&further.file)?];
            let fault = |error| within(parts, part.name, error);
            let on = |header: &[String]| Ok(vec![("on", sheet::column(header, &further.on)?)]);
            let table = Indexed::open(part.bytes, dialect, on).map_err(fault)?;
            let columns = sheet::columns(&table.columns, sheet::asked_of(further)).map_err(fault)?;
            Ok(Joined { mapping: further, table, columns })
        };
        let further = mapping.join.iter().map(join).collect::<Result<_, Error>>()?;
        Ok(Self { mapping, sheets, further })
    }

    /// Pass 1.
    pub fn sketches(&self) -> impl Iterator<Item = Result<Sketch, Error>> {
        let mut further: Vec<_> = self.further.iter().map(|joined| joined.table.reader()).collect();
        self.lines().map(move |(row, line)| {
            let lines = [line];
            Ok(match Reading::of(self, &lines, &mut further).sketch(row) {
                Ok(sketch) => sketch,
                Err(fault) => Sketch::unreadable(row, fault),
            })
        })
    }

    /// Pass 2.
    pub fn records<'s>(&'s self, compiler: Compiler<'s>) -> impl Iterator<Item = Result<Item, Error>> + 's {
        let mut compiler = compiler.with(self.mapping.entity.unreadable.into());
        let mut further: Vec<_> = self.further.iter().map(|joined| joined.table.reader()).collect();
        let mut merges = if self.mapping.merge.is_some() { self.merges() } else { Merges::default() };
        self.lines().enumerate().map(move |(index, (row, line))| {
            let part = self.sheets[line.sheet].part;
            let plan = compiler.decisions().plan(index, row)?;
            if let RowKind::Refused(fault) = plan {
                return Ok(Item::refused(part, row, vec![fault.clone()]));
            }
            let mut lines = vec![line];
            if let Some(first) = merges.into.remove(&index) {
                let foreign_id = Reading::of(self, &lines, &mut further).id();
                let item = Item { foreign_id, merged_into: Some(first), ..Item::refused(part, row, Vec::new()) };
                return Ok(Item { result: Ok(Vec::new()), ..item });
            }
            lines.extend(merges.later.remove(&index).unwrap_or_default());
            let plan = plan.clone();
            Ok(self.item((part, row), &plan, &mut Reading::of(self, &lines, &mut further), &mut compiler))
        })
    }

    /// The item that rows of one id make together.
    fn item(
        &self,
        (part, row): (usize, u64),
        plan: &RowKind,
        reading: &mut Reading<'_, '_>,
        compiler: &mut Compiler<'_>,
    ) -> Item {
        let decisions = compiler.decisions();
        let (subject, record) = match plan {
            RowKind::Service(own) => {
                let links = reading.links();
                // What is to be told of these cells is told when they are read as fields.
                drop(reading.found());
                let mode = links.id.as_deref().map_or(*own, |id| decisions.mode(id));
                let withheld = links.organization.is_some_and(|id| decisions.withholds_organization(&id));
                let shared = links.place.is_some_and(|id| decisions.withholds_location(&id));
                (Subject::Service(mode), reading.service(mode, withheld, shared))
            }
            _ => {
                let withheld = reading.id().is_some_and(|id| decisions.withholds_organization(&foreign_id(&id)));
                (Subject::Organization, reading.organization(withheld))
            }
        };
        let found = reading.found();
        let mut item = if found.faults.is_empty() {
            compiler.item(Input { part, row, subject, record, withheld: found.withheld, notices: found.notices })
        } else {
            Item::refused(part, row, found.faults)
        };
        if let Err(violations) = &mut item.result {
            for violation in violations {
                self.name_column(&mut violation.pointer);
            }
        }
        for notice in &mut item.notices {
            self.name_column(&mut notice.pointer);
        }
        item
    }

    /// Turns a pointer into the item that was made of a row into one into the row: `/Postcode`.
    fn name_column(&self, pointer: &mut String) {
        let (head, field) = pointer.rsplit_once('/').unwrap_or_default();
        let cell = match head {
            "" if field == "id" => return *pointer = token(&self.mapping.entity.id),
            "" => self.mapping.fields.get(field),
            "/phones/0" => self.mapping.fields.get("phone"),
            "/organization" => self.mapping.organization.get(field),
            _ if head.starts_with("/contacts") => {
                self.mapping.contact.get(if field == "number" { "phone" } else { field })
            }
            _ if head.contains("location") => self
                .mapping
                .place
                .get(field)
                .or_else(|| self.mapping.place.get("postcode").filter(|_| field == "postal_code")),
            _ => None,
        };
        if let Some(column) = cell.and_then(|cell| named(cell).next()) {
            *pointer = token(column);
        }
    }

    /// All rows of all files in order, each with its row there; the header is row 1.
    fn lines(&self) -> impl Iterator<Item = (u64, Line)> {
        self.sheets
            .iter()
            .enumerate()
            .flat_map(|(sheet, table)| table.rows().zip(2..).map(move |(record, row)| (row, Line { sheet, record })))
    }

    /// Which rows repeat the id of an earlier one.
    fn merges(&self) -> Merges {
        let mut merges = Merges::default();
        let mut first: HashMap<String, (usize, u64)> = HashMap::new();
        for (index, (row, line)) in self.lines().enumerate() {
            let lines = [line];
            let Some(id) = Reading::of(self, &lines, &mut []).id() else { continue };
            match first.get(&id) {
                Some((at, row)) => {
                    merges.into.insert(index, *row);
                    merges.later.entry(*at).or_default().extend(lines);
                }
                None => {
                    first.insert(id, (index, row));
                }
            }
        }
        merges
    }

    fn is_service(&self) -> bool {
        self.mapping.entity.kind == EntityKind::Service
    }
}

/// Rows that are one entry with an earlier one, all by their number in the package.
#[derive(Default)]
struct Merges {
    into: HashMap<usize, u64>,
    later: HashMap<usize, Vec<Line>>,
}

/// A column as a pointer into a row.
fn token(column: &str) -> String {
    let mut pointer = String::new();
    push_token(&mut pointer, column);
    pointer
}

/// Whether a field is the same for every row.
fn is_constant(cell: &Cell) -> bool {
    matches!(cell, Cell::Constant(_))
}
