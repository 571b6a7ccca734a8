//! Reads the rows of one id together, as a sketch or as a compiled item.

use std::collections::{BTreeMap, HashMap};

use csv::ByteRecord;
use serde_json::{Map, Number, Value, json};

use super::{
    super::{
        about::{About, is_heard},
        allow,
        encoding::Encoding,
        indexed::{Rows, Word},
        mapping::{Cell, LOCATION, Terms},
        shape::Members,
        sketch::{Sketch, SketchOrganization, SketchService, id_of_name},
    },
    Joined, Table, is_constant,
    schedules::Schedules,
    sheet::named,
    token,
};
use crate::domain::{
    place::PlaceMode,
    read::{Code, Mended, Notice, Record, Violation, foreign_id},
};

/// Most rows of a further table that belong to one row.
const MOST: usize = 1_000;

/// A row with the file of the table that it stands in.
pub struct Line {
    /// Which of the table's files.
    pub sheet: usize,
    /// Its cells.
    pub record: ByteRecord,
}

/// Reads the rows of one id together.
pub struct Reading<'r, 'a> {
    table: &'r Table<'a>,
    lines: &'r [Line],
    further: &'r mut [Rows<'a>],
    found: Found,
}

/// What was found while reading, beside values.
#[derive(Default)]
pub struct Found {
    /// Cells that are no text.
    pub faults: Vec<Violation>,
    /// What was put right.
    pub notices: Vec<Notice>,
    /// How many fields were passed over.
    pub withheld: u32,
}

/// What rows hang together with, by the source's ids.
pub struct Links {
    /// Their own id.
    pub id: Option<String>,
    /// Who runs it.
    pub organization: Option<String>,
    /// Its place.
    pub place: Option<String>,
}

impl<'r, 'a> Reading<'r, 'a> {
    /// Reads these rows; `further` are the further tables, none where they do not matter.
    pub fn of(table: &'r Table<'a>, lines: &'r [Line], further: &'r mut [Rows<'a>]) -> Self {
        Self { table, lines, further, found: Found::default() }
    }

    /// What was found so far; none of it is found again.
    pub fn found(&mut self) -> Found {
        std::mem::take(&mut self.found)
    }

    /// The source's id, if it is stated and is text.
    pub fn id(&self) -> Option<String> {
        self.cells(&self.table.mapping.entity.id).ok()?.into_iter().next()
    }

    /// The non-blank cells of a column, one a row.
    fn cells(&self, column: &str) -> Result<Vec<String>, Violation> {
        let mut cells = Vec::new();
        for line in self.lines {
            cells.extend(self.cell(line, column)?);
        }
        Ok(cells)
    }

    /// A cell that is not blank.
    fn cell(&self, line: &Line, column: &str) -> Result<Option<String>, Violation> {
        let columns = &self.table.sheets[line.sheet].columns;
        cell(self.table.mapping.source.encoding, columns, &line.record, column)
    }

    /// The value of a field; a fault is noted.
    fn value(&mut self, field: &Cell) -> Option<String> {
        let mut parts = Vec::new();
        for column in named(field) {
            match self.cells(column) {
                Ok(cells) => {
                    if cells.iter().any(|cell| *cell != cells[0]) {
                        self.found.notices.push(Notice { pointer: token(column), mended: Mended::FirstKept });
                    }
                    parts.extend(cells.into_iter().next());
                }
                Err(fault) => self.found.faults.push(fault),
            }
        }
        put_together(field, parts)
    }

    /// The value of a field in one row; a fault is noted.
    fn value_in(&mut self, line: &Line, field: &Cell) -> Option<String> {
        let mut parts = Vec::new();
        for column in named(field) {
            match self.cell(line, column) {
                Ok(cell) => parts.extend(cell),
                Err(fault) => self.found.faults.push(fault),
            }
        }
        put_together(field, parts)
    }

    /// The fields of a table of the mapping; with `only`, those of the short list.
    fn fields(&mut self, fields: &BTreeMap<String, Cell>, only: Option<Members<'_>>) -> Record {
        let mut record = Map::new();
        for (field, cell) in fields {
            let member = if field == "phone" { "phones" } else { field };
            if only.is_some_and(|members| !allow::has(members, member)) {
                self.found.withheld += 1;
            } else if let Some(value) = self.value(cell) {
                let value = match field.as_str() {
                    "phone" => json!([{"number": value}]),
                    "minimum_age" | "maximum_age" | "year_incorporated" => number(&value),
                    _ => value.into(),
                };
                record.insert(member.to_owned(), value);
            }
        }
        record
    }

    fn attributes(&mut self) -> Vec<Value> {
        let mut attributes: Vec<Value> = Vec::new();
        for (terms, code) in self.codes() {
            let name = terms.lookup.get(&code).unwrap_or(&code);
            let shown = terms.name.as_ref().unwrap_or(&terms.taxonomy);
            let detail = json!({"id": terms.taxonomy, "name": shown});
            let term = json!({"code": code, "name": name, "taxonomy": terms.taxonomy, "taxonomy_detail": detail});
            let attribute = json!({"taxonomy_term": term});
            if !attributes.contains(&attribute) {
                attributes.push(attribute);
            }
        }
        attributes
    }

    /// All codes of terms, of the table and of further ones.
    fn codes(&mut self) -> Vec<(&'a Terms, String)> {
        let mut codes = Vec::new();
        for terms in &self.table.mapping.terms {
            let cells = self.cells(&terms.column).unwrap_or_else(|fault| {
                self.found.faults.push(fault);
                Vec::new()
            });
            split(terms, &cells, &mut codes);
        }
        for index in 0..self.further.len() {
            let joined = &self.table.further[index];
            if joined.mapping.terms.is_empty() {
                continue;
            }
            for record in self.rows_of(index) {
                for terms in &joined.mapping.terms {
                    let cell = self.further_cell(joined, &record, &terms.column);
                    split(terms, cell.as_slice(), &mut codes);
                }
            }
        }
        codes
    }

    /// How many further tables there are.
    pub(super) fn further_tables(&self) -> usize {
        self.further.len()
    }

    /// The fields of the link that each row of a further table tells; none where its rows tell no links.
    pub(super) fn link_fields(&self, index: usize) -> &'r BTreeMap<String, Cell> {
        &self.table.further[index].mapping.link
    }

    /// The value of a field in a row of a further table.
    pub(super) fn field_of(&self, index: usize, record: &ByteRecord, field: &Cell) -> Option<String> {
        let joined = &self.table.further[index];
        let parts = named(field).filter_map(|column| self.further_cell(joined, record, column));
        put_together(field, parts.collect())
    }

    /// Counts fields that are passed over.
    pub(super) fn withhold(&mut self, fields: u32) {
        self.found.withheld += fields;
    }

    /// What the rows say in our own extension.
    fn own(&mut self, silent: bool) -> Option<(String, Value)> {
        let links = self.linked(silent);
        (!links.is_empty()).then(|| ("kith".to_owned(), json!({ "links": links })))
    }

    /// The rows of a further table that belong to these, and count.
    pub(super) fn rows_of(&mut self, index: usize) -> Vec<ByteRecord> {
        let joined = &self.table.further[index];
        let key = joined.mapping.key.as_ref().unwrap_or(&self.table.mapping.entity.id);
        let Some(key) = self.cells(key).ok().and_then(|cells| cells.into_iter().next()) else { return Vec::new() };
        let word = Word::of(&foreign_id(&key));
        let mut records = Vec::new();
        for row in joined.table.rows("on", &word).take(MOST) {
            let mut record = ByteRecord::new();
            joined.table.read(&mut self.further[index], row, &mut record);
            // A longer row than the header is not known to have in each column what belongs there.
            let fits = record.len() <= joined.table.columns.len();
            let wanted = joined.mapping.only.iter().all(|(column, value)| {
                self.further_cell(joined, &record, column).is_some_and(|cell| cell.trim() == value)
            });
            if fits && wanted {
                records.push(record);
            }
        }
        records
    }

    /// A cell of a further table that is not blank; what is no text is left out.
    fn further_cell(&self, joined: &Joined<'_>, record: &ByteRecord, column: &str) -> Option<String> {
        cell(self.table.mapping.source.encoding, &joined.columns, record, column).ok().flatten()
    }

    /// The one place of a row, if any cell says something of it.
    fn place(&mut self, id: Option<&str>) -> Option<Value> {
        let mapped = &self.table.mapping.place;
        let (mut location, mut address, mut stated) = (Map::new(), Map::new(), false);
        for (field, cell) in mapped {
            let Some(value) = self.value(cell) else { continue };
            stated |= !is_constant(cell);
            let part = if LOCATION.contains(&field.as_str()) { &mut location } else { &mut address };
            let value = if matches!(field.as_str(), "latitude" | "longitude") { number(&value) } else { value.into() };
            part.insert(if field == "postcode" { "postal_code" } else { field }.to_owned(), value);
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

    /// The contacts that the rows name, each once.
    fn contacts(&mut self) -> Option<Value> {
        let mut contacts: Vec<Value> = Vec::new();
        for line in self.lines {
            let mut contact = Map::new();
            for (field, cell) in &self.table.mapping.contact {
                if let Some(value) = self.value_in(line, cell) {
                    let (member, value) = if field == "phone" {
                        ("phones", json!([{"number": value}]))
                    } else {
                        (field.as_str(), value.into())
                    };
                    contact.insert(member.to_owned(), value);
                }
            }
            if !contact.is_empty() && !contacts.contains(&Value::Object(contact.clone())) {
                contacts.push(contact.into());
            }
        }
        (!contacts.is_empty()).then_some(contacts.into())
    }

    /// When it happens, by the rows and by those of further tables.
    fn schedules(&mut self) -> Option<Value> {
        let mut schedules = Schedules::default();
        let mapping = self.table.mapping;
        if !mapping.schedule.is_empty() {
            for line in self.lines {
                schedules.add(&mapping.schedule, |cell| self.value_in(line, cell));
            }
        }
        for index in 0..self.further.len() {
            let joined = &self.table.further[index];
            if joined.mapping.schedule.is_empty() {
                continue;
            }
            for record in self.rows_of(index) {
                schedules.add(&joined.mapping.schedule, |field| self.field_of(index, &record, field));
            }
        }
        schedules.into_value()
    }

    fn with_id(&mut self, mut record: Record) -> (Record, Option<String>) {
        let id =
            self.cells(&self.table.mapping.entity.id).map(|cells| cells.into_iter().next()).unwrap_or_else(|fault| {
                self.found.faults.push(fault);
                None
            });
        record.extend(id.clone().map(|id| ("id".to_owned(), id.into())));
        let attributes = self.attributes();
        if !attributes.is_empty() {
            record.insert("attributes".to_owned(), attributes.into());
        }
        (record, id.map(|id| foreign_id(&id)))
    }

    /// The compiled organization.
    pub fn organization(&mut self, withheld: bool) -> Record {
        let mapping = self.table.mapping;
        let record = self.fields(&mapping.fields, withheld.then_some(allow::ORGANIZATION));
        let (mut record, id) = self.with_id(record);
        if withheld {
            self.found.withheld += count(mapping.place.len() + mapping.contact.len());
        } else {
            record.extend(self.place(id.as_deref()).map(|place| ("locations".to_owned(), json!([place]))));
            record.extend(self.contacts().map(|contacts| ("contacts".to_owned(), contacts)));
        }
        record.extend(self.own(withheld));
        record
    }

    /// The compiled service.
    pub fn service(&mut self, mode: PlaceMode, withheld: bool, shared: bool) -> Record {
        let mapping = self.table.mapping;
        let area = mode == PlaceMode::Area;
        let record = self.fields(&mapping.fields, area.then_some(allow::SERVICE));
        let (mut record, id) = self.with_id(record);
        let organization = self.fields(&mapping.organization, (area || withheld).then_some(allow::ORGANIZATION));
        // With nothing but an id it is one that another table or an earlier import tells of.
        if mapping.organization.len() == 1 && organization.contains_key("id") {
            record.extend(organization.into_iter().map(|(_, id)| ("organization_id".to_owned(), id)));
        } else if !organization.is_empty() {
            record.insert("organization".to_owned(), organization.into());
        }
        if area {
            let further: usize = mapping.join.iter().map(|further| further.schedule.len()).sum();
            self.found.withheld += count(mapping.contact.len() + mapping.schedule.len() + further);
        } else {
            record.extend(self.contacts().map(|contacts| ("contacts".to_owned(), contacts)));
            record.extend(self.schedules().map(|schedules| ("schedules".to_owned(), schedules)));
        }
        if mode != PlaceMode::Exact || shared {
            self.found.withheld += count(mapping.place.len());
        } else if let Some(place) = self.place(id.as_deref()) {
            record.insert("service_at_locations".to_owned(), json!([{"location": place}]));
        }
        record.extend(self.own(area));
        record
    }

    /// Pass 1 for the rows.
    pub fn sketch(&mut self, row: u64) -> Result<Sketch, Violation> {
        let mapping = self.table.mapping;
        if self.lines.iter().any(|line| line.record.len() > self.table.sheets[line.sheet].width) {
            let reason = "has more cells than the header".to_owned();
            return Err(Violation { pointer: String::new(), code: Code::NotReadable, reason });
        }
        self.cells(&mapping.entity.id)?;
        let Links { id, organization, place } = self.links();
        let mut terms = Vec::new();
        for (column, code) in self.codes() {
            terms.extend(column.lookup.get(&code).cloned());
            terms.push(code);
        }
        let about = self.about(terms);
        let others = self.linked_with();
        let locations = place.into_iter().collect();
        let (service, organization) = if self.table.is_service() {
            let mut about_it = About::default();
            self.hear("", &mapping.organization, &mut about_it);
            let run_by =
                SketchOrganization { foreign_id: organization.clone(), about: about_it, locations: Vec::new() };
            let service = SketchService { foreign_id: id, about, organization, locations, declared_mode: None };
            (Some(service), Some(run_by))
        } else {
            (None, Some(SketchOrganization { foreign_id: id, about, locations }))
        };
        let Found { faults, .. } = self.found();
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Sketch { row, service, organization, others, ..Sketch::default() }.checked()),
        }
    }

    /// What the rows hang together with, by the source's ids.
    pub fn links(&mut self) -> Links {
        let mapping = self.table.mapping;
        let id = self.id().map(|id| foreign_id(&id));
        let of = |field: &str| mapping.organization.get(field);
        let own = of("id").and_then(|cell| self.value(cell)).map(|id| foreign_id(&id));
        let name = |this: &mut Self| of("name").and_then(|cell| this.value(cell)).map(|name| id_of_name(name.trim()));
        let organization = own.or_else(|| name(self));
        let place = (!mapping.place.is_empty()).then(|| place_id(id.as_deref()));
        Links { id, organization, place }
    }

    /// What the rows say of what they are, with all that hangs on it.
    fn about(&mut self, terms: Vec<String>) -> About {
        let mapping = self.table.mapping;
        let mut about = About { terms, ..About::default() };
        let faults = self.found.faults.len();
        self.hear("", &mapping.fields, &mut about);
        self.hear("location", &mapping.place, &mut about);
        for line in self.lines {
            for (parent, fields) in [("contacts", &mapping.contact), ("schedules", &mapping.schedule)] {
                for (field, cell) in fields.iter().filter(|(field, _)| is_heard(parent, field)) {
                    about.hear(parent, field, &self.value_in(line, cell).unwrap_or_default());
                }
            }
        }
        for index in 0..self.further.len() {
            let joined = &self.table.further[index].mapping;
            for record in self.rows_of(index) {
                for (parent, fields) in [("schedules", &joined.schedule), ("links", &joined.link)] {
                    for (field, cell) in fields.iter().filter(|(field, _)| is_heard(parent, field)) {
                        about.hear(parent, field, &self.field_of(index, &record, cell).unwrap_or_default());
                    }
                }
            }
        }
        // What is no text is told by pass 2, if it reads it at all.
        self.found.faults.truncate(faults);
        about
    }

    fn hear(&mut self, parent: &str, fields: &BTreeMap<String, Cell>, about: &mut About) {
        for (field, cell) in fields.iter().filter(|(field, _)| is_heard(parent, field)) {
            about.hear(parent, field, &self.value(cell).unwrap_or_default());
        }
    }
}

fn cell(
    encoding: Encoding,
    columns: &HashMap<&str, usize>,
    record: &ByteRecord,
    column: &str,
) -> Result<Option<String>, Violation> {
    let Some(cell) = columns.get(column).and_then(|index| record.get(*index)) else { return Ok(None) };
    let text = encoding.text(cell).ok_or_else(|| Violation::new(token(column), Code::NotText))?;
    Ok((!text.trim().is_empty()).then(|| text.into_owned()))
}

/// The value of a field of what stands in its columns.
fn put_together(field: &Cell, parts: Vec<String>) -> Option<String> {
    match field {
        Cell::Constant(constant) => Some(constant.value.clone()),
        Cell::Join(join) => (!parts.is_empty()).then(|| parts.join(&join.with)),
        Cell::Column(_) | Cell::First(_) => parts.into_iter().next(),
    }
}

fn split<'t>(terms: &'t Terms, cells: &[String], into: &mut Vec<(&'t Terms, String)>) {
    for cell in cells {
        let codes: Vec<&str> = match &terms.separator {
            Some(separator) => cell.split(separator.as_str()).collect(),
            None => vec![cell],
        };
        let is_term = |code: &&str| !code.is_empty() && terms.lookup.get(*code).is_none_or(|name| !name.is_empty());
        into.extend(codes.into_iter().map(str::trim).filter(is_term).map(|code| (terms, code.to_owned())));
    }
}

/// A number where a text is one: in a table all numbers are texts, so that is nothing to tell of.
pub(super) fn number(text: &str) -> Value {
    let text = text.trim();
    text.parse::<i64>()
        .map(Value::from)
        .ok()
        .or_else(|| text.parse().ok().and_then(Number::from_f64).map(Value::from))
        .unwrap_or_else(|| text.into())
}

fn place_id(owner: Option<&str>) -> String {
    format!("{}/place", owner.unwrap_or_default())
}

fn count(cells: usize) -> u32 {
    u32::try_from(cells).unwrap_or(u32::MAX)
}
