//! Tables (CSV) by a mapping: each row becomes a compiled item of the standard.
//!
//! A cell is decoded only when its column is asked for; of a protected row, only cells of the short list are.

use std::collections::{BTreeMap, HashMap};

use csv::ByteRecord;
use serde_json::{Map, Value, json};

use super::{
    Error, allow,
    compile::{Compiler, Input, Subject},
    decide::RowKind,
    drafts::Item,
    mapping::{Cell, EntityKind, LOCATION, Mapping},
    shape::Members,
    sketch::{About, Sketch, SketchOrganization, SketchService, id_of_name},
};
use crate::domain::{
    place::PlaceMode,
    read::{Code, Mended, Notice, Record, Violation, foreign_id, push_token},
};

/// A table with its mapping, its columns found.
pub struct Table<'a> {
    mapping: &'a Mapping,
    rows: csv::ByteRecordsIntoIter<&'a [u8]>,
    bytes: &'a [u8],
    columns: HashMap<&'a str, usize>,
    width: usize,
}

impl<'a> Table<'a> {
    /// Finds the columns that the mapping asks for.
    pub fn open(bytes: &'a [u8], mapping: &'a Mapping) -> Result<Self, Error> {
        let mut rows = rows(bytes, mapping);
        let header = rows.next().and_then(Result::ok).ok_or(Error::Header)?;
        let names: Vec<_> = header
            .iter()
            .map(|cell| mapping.source.encoding.text(cell).ok_or(Error::Header))
            .collect::<Result<_, _>>()?;
        let mut columns = HashMap::new();
        for column in asked(mapping) {
            let found: Vec<_> = names.iter().enumerate().filter(|(_, name)| name.trim() == column).collect();
            let [(index, _)] = found[..] else {
                return Err(Error::Column { column: column.to_owned(), times: found.len() });
            };
            columns.insert(column, index);
        }
        Ok(Self { mapping, rows, bytes, columns, width: names.len() })
    }

    /// Pass 1.
    pub fn sketches(mut self) -> impl Iterator<Item = Result<Sketch, Error>> + 'a {
        let mut row = 1;
        std::iter::from_fn(move || {
            row += 1;
            let record = self.rows.next()?;
            let record = [record.unwrap_or_default()];
            Some(Ok(match self.reading(&record).sketch(row) {
                Ok(sketch) => sketch,
                Err(fault) => Sketch::unreadable(row, fault),
            }))
        })
    }

    /// Pass 2.
    pub fn records<'s>(
        mut self,
        compiler: Compiler<'s>,
    ) -> Result<impl Iterator<Item = Result<Item, Error>> + 's, Error>
    where
        'a: 's,
    {
        let mut compiler = compiler.with(self.mapping.entity.unreadable.into());
        let mut merges = if self.mapping.merge.is_some() { self.merges() } else { Merges::default() };
        let mut row = 1;
        Ok(std::iter::from_fn(move || {
            row += 1;
            let record = self.rows.next()?.unwrap_or_default();
            let plan = match compiler.decisions().plan(usize::try_from(row - 2).unwrap_or(usize::MAX), row) {
                Ok(plan) => plan,
                Err(error) => return Some(Err(error)),
            };
            if let RowKind::Refused(fault) = plan {
                return Some(Ok(Item::refused(row, vec![fault.clone()])));
            }
            let mut records = vec![record];
            if let Some(first) = merges.into.remove(&row) {
                let foreign_id = self.reading(&records).text(&self.mapping.entity.id).ok().flatten();
                let item = Item { foreign_id, merged_into: Some(first), ..Item::refused(row, Vec::new()) };
                return Some(Ok(Item { result: Ok(Vec::new()), ..item }));
            }
            records.extend(merges.later.remove(&row).unwrap_or_default());
            Some(Ok(self.item(row, &records, &mut compiler)))
        }))
    }

    /// The item that these rows of one id make together.
    fn item(&self, row: u64, records: &[ByteRecord], compiler: &mut Compiler<'_>) -> Item {
        let decisions = compiler.decisions();
        let mut reading = self.reading(records);
        let built = match self.mapping.entity.kind {
            EntityKind::Organization => {
                let id = reading.text(&self.mapping.entity.id).ok().flatten();
                let withheld = id.is_some_and(|id| decisions.withholds_organization(&foreign_id(&id)));
                (Subject::Organization, reading.organization(withheld))
            }
            EntityKind::Service => {
                let sketch = reading.sketch(row).ok().and_then(|sketch| sketch.service).unwrap_or_default();
                let mode =
                    match (sketch.foreign_id, decisions.plan(usize::try_from(row - 2).unwrap_or(usize::MAX), row)) {
                        (Some(id), _) => decisions.mode(&id),
                        (None, Ok(RowKind::Service(mode))) => *mode,
                        _ => PlaceMode::Area,
                    };
                let withheld = sketch.organization.is_some_and(|id| decisions.withholds_organization(&id));
                let shared = sketch.locations.iter().any(|id| decisions.withholds_location(id));
                (Subject::Service(mode), reading.service(mode, withheld, shared))
            }
        };
        let Reading { faults, withheld, notices, .. } = reading;
        let (subject, record) = built;
        let mut item = if faults.is_empty() {
            compiler.item(Input { row, subject, record, withheld, notices })
        } else {
            Item::refused(row, faults)
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
            _ if head.contains("location") => self
                .mapping
                .place
                .get(field)
                .or_else(|| self.mapping.place.get("postcode").filter(|_| field == "postal_code")),
            _ => None,
        };
        if let Some(column) = cell.and_then(|cell| columns(cell).first().copied()) {
            *pointer = token(column);
        }
    }

    /// Which rows repeat the id of an earlier one.
    fn merges(&self) -> Merges {
        let mut merges = Merges::default();
        let mut first: HashMap<String, u64> = HashMap::new();
        for (row, record) in (2..).zip(rows(self.bytes, self.mapping).skip(1)) {
            let record = [record.unwrap_or_default()];
            let Ok(Some(id)) = self.reading(&record).text(&self.mapping.entity.id) else { continue };
            match first.get(&id) {
                Some(first) => {
                    merges.into.insert(row, *first);
                    merges.later.entry(*first).or_default().extend(record);
                }
                None => {
                    first.insert(id, row);
                }
            }
        }
        merges
    }

    fn reading<'r>(&'r self, records: &'r [ByteRecord]) -> Reading<'r> {
        Reading { table: self, records, faults: Vec::new(), notices: Vec::new(), withheld: 0 }
    }
}

/// Rows that are one entry with an earlier one.
#[derive(Default)]
struct Merges {
    into: HashMap<u64, u64>,
    later: HashMap<u64, Vec<ByteRecord>>,
}

/// Reads the rows of one id together.
struct Reading<'r> {
    table: &'r Table<'r>,
    records: &'r [ByteRecord],
    faults: Vec<Violation>,
    notices: Vec<Notice>,
    withheld: u32,
}

impl Reading<'_> {
    /// The first non-blank cell of a column.
    fn text(&self, column: &str) -> Result<Option<String>, Violation> {
        self.cells(column).map(|cells| cells.into_iter().next())
    }

    /// The non-blank cells of a column, one a row.
    fn cells(&self, column: &str) -> Result<Vec<String>, Violation> {
        let index = self.table.columns.get(column).copied().unwrap_or(usize::MAX);
        let mut cells = Vec::new();
        for cell in self.records.iter().filter_map(|record| record.get(index)) {
            let text = self
                .table
                .mapping
                .source
                .encoding
                .text(cell)
                .ok_or_else(|| Violation::new(token(column), Code::NotText))?;
            if !text.trim().is_empty() {
                cells.push(text.into_owned());
            }
        }
        Ok(cells)
    }

    /// The value of a field; a fault is noted.
    fn value(&mut self, cell: &Cell) -> Option<String> {
        let mut parts = Vec::new();
        for column in columns(cell) {
            match self.cells(column) {
                Ok(cells) => {
                    if cells.iter().any(|cell| *cell != cells[0]) {
                        self.notices.push(Notice { pointer: token(column), mended: Mended::FirstKept });
                    }
                    parts.extend(cells.into_iter().next());
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        match cell {
            Cell::Constant(constant) => Some(constant.value.clone()),
            Cell::Join(join) => (!parts.is_empty()).then(|| parts.join(&join.with)),
            Cell::Column(_) | Cell::First(_) => parts.into_iter().next(),
        }
    }

    /// The fields of a table of the mapping; with `only`, those of the short list.
    fn fields(&mut self, fields: &BTreeMap<String, Cell>, only: Option<Members<'_>>) -> Record {
        let mut record = Map::new();
        for (field, cell) in fields {
            let member = if field == "phone" { "phones" } else { field };
            if only.is_some_and(|members| !allow::has(members, member)) {
                self.withheld += 1;
            } else if let Some(value) = self.value(cell) {
                let value = if field == "phone" { json!([{"number": value}]) } else { value.into() };
                record.insert(member.to_owned(), value);
            }
        }
        record
    }

    fn attributes(&mut self) -> Vec<Value> {
        let mut attributes: Vec<Value> = Vec::new();
        for terms in &self.table.mapping.terms {
            for code in self.codes(&terms.column, terms.separator.as_deref()) {
                let name = terms.lookup.get(&code).unwrap_or(&code);
                let shown = terms.name.as_ref().unwrap_or(&terms.taxonomy);
                let detail = json!({"id": terms.taxonomy, "name": shown});
                let term = json!({"code": code, "name": name, "taxonomy": terms.taxonomy, "taxonomy_detail": detail});
                let attribute = json!({"taxonomy_term": term});
                if !attributes.contains(&attribute) {
                    attributes.push(attribute);
                }
            }
        }
        attributes
    }

    /// The codes in a column, over all rows.
    fn codes(&mut self, column: &str, separator: Option<&str>) -> Vec<String> {
        let cells = self.cells(column).unwrap_or_else(|fault| {
            self.faults.push(fault);
            Vec::new()
        });
        let split = |cell: &String| match separator {
            Some(separator) => cell.split(separator).map(|code| code.trim().to_owned()).collect(),
            None => vec![cell.trim().to_owned()],
        };
        cells.iter().flat_map(split).filter(|code| !code.is_empty()).collect()
    }

    /// The one place of a row, if any cell says something of it.
    fn place(&mut self, id: Option<&str>) -> Option<Value> {
        let mapped = &self.table.mapping.place;
        let (mut location, mut address, mut stated) = (Map::new(), Map::new(), false);
        for (field, cell) in mapped {
            let Some(value) = self.value(cell) else { continue };
            stated |= !matches!(cell, Cell::Constant(_));
            let part = if LOCATION.contains(&field.as_str()) { &mut location } else { &mut address };
            part.insert(if field == "postcode" { "postal_code" } else { field }.to_owned(), value.into());
        }
        if !stated {
            return None;
        }
        location.insert("id".to_owned(), place_id(id).into());
        location.insert("location_type".to_owned(), "physical".into());
        if !address.is_empty() {
            address.insert("address_type".to_owned(), "physical".into());
            location.insert("addresses".to_owned(), json!([address]));
        }
        Some(location.into())
    }

    fn with_id(&mut self, mut record: Record) -> (Record, Option<String>) {
        let id = self.text(&self.table.mapping.entity.id).unwrap_or_else(|fault| {
            self.faults.push(fault);
            None
        });
        record.extend(id.clone().map(|id| ("id".to_owned(), id.into())));
        let attributes = self.attributes();
        if !attributes.is_empty() {
            record.insert("attributes".to_owned(), attributes.into());
        }
        (record, id.map(|id| foreign_id(&id)))
    }

    fn organization(&mut self, withheld: bool) -> Record {
        let mapping = self.table.mapping;
        let record = self.fields(&mapping.fields, withheld.then_some(allow::ORGANIZATION));
        let (mut record, id) = self.with_id(record);
        if withheld {
            self.withheld += count(mapping.place.len());
        } else if let Some(place) = self.place(id.as_deref()) {
            record.insert("locations".to_owned(), json!([place]));
        }
        record
    }

    fn service(&mut self, mode: PlaceMode, withheld: bool, shared: bool) -> Record {
        let mapping = self.table.mapping;
        let area = mode == PlaceMode::Area;
        let record = self.fields(&mapping.fields, area.then_some(allow::SERVICE));
        let (mut record, id) = self.with_id(record);
        let organization = self.fields(&mapping.organization, (area || withheld).then_some(allow::ORGANIZATION));
        if !organization.is_empty() {
            record.insert("organization".to_owned(), organization.into());
        }
        if mode != PlaceMode::Exact || shared {
            self.withheld += count(mapping.place.len());
        } else if let Some(place) = self.place(id.as_deref()) {
            record.insert("service_at_locations".to_owned(), json!([{"location": place}]));
        }
        record
    }

    /// Pass 1 for the row.
    fn sketch(&mut self, row: u64) -> Result<Sketch, Violation> {
        let mapping = self.table.mapping;
        if self.records.iter().any(|record| record.len() > self.table.width) {
            let reason = "has more cells than the header".to_owned();
            return Err(Violation { pointer: String::new(), code: Code::NotReadable, reason });
        }
        let id = self.text(&mapping.entity.id)?.map(|id| foreign_id(&id));
        let mut terms = Vec::new();
        for column in &mapping.terms {
            for code in self.codes(&column.column, column.separator.as_deref()) {
                terms.extend(column.lookup.get(&code).cloned());
                terms.push(code);
            }
        }
        let about = About { terms, ..self.about(&mapping.fields) };
        let locations = if mapping.place.is_empty() { Vec::new() } else { vec![place_id(id.as_deref())] };
        let (service, organization) = match mapping.entity.kind {
            EntityKind::Organization => (None, Some(SketchOrganization { foreign_id: id, about, locations })),
            EntityKind::Service => {
                let nested = self.about(&mapping.organization);
                let own = mapping.organization.get("id").and_then(|cell| self.value(cell)).map(|id| foreign_id(&id));
                let organization = own.or_else(|| (!nested.name.is_empty()).then(|| id_of_name(&nested.name)));
                let run_by =
                    SketchOrganization { foreign_id: organization.clone(), about: nested, locations: Vec::new() };
                (
                    Some(SketchService { foreign_id: id, about, organization, locations, declared_mode: None }),
                    Some(run_by),
                )
            }
        };
        match self.faults.drain(..).next() {
            Some(fault) => Err(fault),
            None => Ok(Sketch { row, service, organization, ..Sketch::default() }.checked()),
        }
    }

    fn about(&mut self, fields: &BTreeMap<String, Cell>) -> About {
        let mut text = |field: &str| {
            fields.get(field).and_then(|cell| self.value(cell)).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        About {
            name: text("name"),
            alternate_name: text("alternate_name"),
            description: text("description"),
            terms: Vec::new(),
        }
    }
}

fn place_id(owner: Option<&str>) -> String {
    format!("{}/place", owner.unwrap_or_default())
}

fn count(cells: usize) -> u32 {
    u32::try_from(cells).unwrap_or(u32::MAX)
}

fn token(column: &str) -> String {
    let mut pointer = String::new();
    push_token(&mut pointer, column);
    pointer
}

fn rows<'a>(bytes: &'a [u8], mapping: &Mapping) -> csv::ByteRecordsIntoIter<&'a [u8]> {
    let delimiter = mapping.source.encoding.byte(mapping.source.delimiter).unwrap_or(b',');
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(mapping.source.quotes)
        .from_reader(bytes)
        .into_byte_records()
}

/// The columns that a field comes from.
fn columns(cell: &Cell) -> Vec<&str> {
    match cell {
        Cell::Column(column) => vec![column],
        Cell::First(columns) => columns.iter().map(String::as_str).collect(),
        Cell::Join(join) => join.join.iter().map(String::as_str).collect(),
        Cell::Constant(_) => Vec::new(),
    }
}

/// All columns that a mapping asks for.
fn asked(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let cells = mapping.fields.values().chain(mapping.organization.values()).chain(mapping.place.values());
    let terms = mapping.terms.iter().map(|terms| terms.column.as_str());
    cells.flat_map(columns).chain(terms).chain([mapping.entity.id.as_str()])
}
