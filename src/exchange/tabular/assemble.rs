//! Rows of tables become sketches and compiled items. A cell is decoded only when a shape asks for it.

use std::collections::HashSet;

use csv::ByteRecord;
use serde_json::{Map, Number, Value};

use super::{
    super::{
        Decisions, Error,
        allow::{self, Lists},
        compile::{self, Compiler, Input},
        decide::RowKind,
        drafts::Item,
        hsds::{with_organization_shape, with_service_shape},
        indexed::{Rows, Word},
        legacy,
        shape::Shape,
        sketch::{Sketch, SketchOrganization, SketchService, declared_mode, id_of_place, protection},
    },
    Subject, Tables,
    standard::{self, EVERYWHERE, Key, NUMBERS, Nest, OBJECTS},
};
use crate::domain::{
    id::{Kind as _, kind},
    place::PlaceMode,
    read::{Code, LIST, Record, Violation, foreign_id, push_token},
    taxonomy::is_place_mode_link,
};

/// How many rows one item may be made of.
const MOST_ROWS: usize = 20_000;

/// One walk over the tables.
pub struct Reading<'t, 'a> {
    pub(super) tables: &'t Tables<'a>,
    rows: Vec<Rows<'a>>,
    /// Of each table, the place that a row names.
    places: Vec<Vec<Option<&'t Word>>>,
    /// Rows that hang on a withheld place, or are programmes of a protected organization, whatever else they hang on.
    blocked: HashSet<(usize, u32)>,
    /// Rows of protected services. They are read where they hang on these, and nowhere else.
    private: HashSet<(usize, u32)>,
    faults: Vec<Violation>,
    withheld: u32,
    left: usize,
}

impl<'t, 'a> Reading<'t, 'a> {
    pub fn new(tables: &'t Tables<'a>) -> Self {
        let places = tables.files.iter().map(|file| {
            let mut places = vec![None; usize::try_from(file.len()).unwrap_or(usize::MAX)];
            for (word, row) in file.words("location_id") {
                places[usize::try_from(*row).unwrap_or(usize::MAX)] = Some(word);
            }
            places
        });
        Self {
            rows: tables.files.iter().map(|file| file.reader()).collect(),
            places: places.collect(),
            tables,
            blocked: HashSet::new(),
            private: HashSet::new(),
            faults: Vec::new(),
            withheld: 0,
            left: 0,
        }
    }

    /// Marks the rows that hang on withheld places, or on protected services' being there.
    pub fn withhold(&mut self, decisions: &Decisions) {
        let withheld: HashSet<Word> = decisions.withheld_locations().map(Word::of).collect();
        let protected: HashSet<Word> =
            decisions.services().filter(|(_, mode)| *mode == PlaceMode::Area).map(|(id, _)| Word::of(id)).collect();
        let mut there: HashSet<u32> = HashSet::new();
        let at = self.tables.file("service_at_location").map(|index| &self.tables.files[index]);
        for (key, words) in [("location_id", &withheld), ("service_id", &protected)] {
            there.extend(
                at.iter().flat_map(|at| at.words(key)).filter(|(word, _)| words.contains(word)).map(|(_, row)| row),
            );
        }
        let there: HashSet<&Word> = at
            .iter()
            .flat_map(|at| at.words("id"))
            .filter(|(_, row)| there.contains(row))
            .map(|(word, _)| word)
            .collect();
        for (index, file) in self.tables.files.iter().enumerate() {
            if matches!(file.object.name, "service" | "service_at_location" | "location") {
                continue;
            }
            let named = file.words("location_id").iter().filter(|(word, _)| withheld.contains(word));
            let meant = file.words("service_at_location_id").iter().filter(|(word, _)| there.contains(word));
            self.blocked.extend(named.chain(meant).map(|(_, row)| (index, *row)));
            let theirs = file.words("service_id").iter().filter(|(word, _)| protected.contains(word));
            self.private.extend(theirs.map(|(_, row)| (index, *row)));
            if file.object.name == "program" {
                let of = file.words("organization_id").iter();
                let of = of.filter(|(word, _)| decisions.withholds_organization(&word.to_string()));
                self.blocked.extend(of.map(|(_, row)| (index, *row)));
            }
        }
    }

    /// Pass 1 of one item.
    pub fn sketch(&mut self, subject: Subject) -> Sketch {
        let row = self.tables.place(subject).1;
        let (file, number) = match subject {
            Subject::Organization(file, row) | Subject::Service(file, row) => (file, row),
            Subject::Orphan(file, number) => return self.orphan(row, file, number),
            Subject::Stranger(_) => return Sketch::unreadable(row, Violation::new("", Code::Orphan)),
        };
        self.faults.clear();
        let record = self.row(file, number);
        // A row that is longer than its header, or is no text, is told in pass 1 and not read again.
        let fault = self.long(file, &record).or_else(|| self.unreadable(file, &record));
        let text = |column: &str| self.text(file, &record, column);
        let foreign_id = text("id").map(|id| foreign_id(&id));
        let linked = text("organization_id").map(|id| crate::domain::read::foreign_id(&id));
        let own_place = self.place_of(file, number);
        let word = foreign_id.as_deref().map(Word::of);
        let Named { declared_mode, mut others } = word.as_ref().map(|word| self.terms(word)).unwrap_or_default();
        let about = self.told(file, number);
        match subject {
            Subject::Service(..) => {
                let mut locations = Vec::new();
                let (mut further, mut index) = (Vec::new(), 0);
                for (other, row) in word.map(|word| self.rows_of(&word, "service_id")).unwrap_or_default() {
                    let place = self.place_of(other, row);
                    if self.tables.files[other].object.name == "service_at_location" {
                        others.extend(self.id_of(other, row).map(|id| (kind::ServiceAtLocation::NAME, id)));
                        locations.push(place.unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index)));
                        index += 1;
                    } else {
                        further.extend(place);
                    }
                }
                locations.extend(own_place);
                locations.extend(further);
                let service = SketchService { foreign_id, about, organization: linked, locations, declared_mode };
                Sketch { row, service: Some(service), others, fault, ..Sketch::default() }.checked()
            }
            _ => {
                let places = self.tables.file("location");
                let file = places.map(|index| &self.tables.files[index]);
                let rows = file.iter().flat_map(|file| word.iter().flat_map(|word| file.rows("organization_id", word)));
                let rows: Vec<u32> = rows.collect();
                let ids = rows.into_iter().enumerate().map(|(index, row)| {
                    places
                        .and_then(|file| self.id_of(file, row))
                        .unwrap_or_else(|| id_of_place(foreign_id.as_deref(), index))
                });
                let locations = ids.collect();
                let organization = SketchOrganization { foreign_id, about, locations };
                Sketch { row, organization: Some(organization), others, fault, ..Sketch::default() }.checked()
            }
        }
    }

    /// A row that hangs on nothing here. A service that an earlier file told protects its place by it.
    fn orphan(&mut self, row: u64, file: usize, number: u32) -> Sketch {
        let mut sketch = Sketch::unreadable(row, Violation::new("", Code::Orphan));
        if self.tables.files[file].object.name == "service_at_location" {
            let record = self.row(file, number);
            let id = self.text(file, &record, "service_id");
            sketch.service = id.map(|id| SketchService {
                foreign_id: Some(foreign_id(&id)),
                locations: self.place_of(file, number).into_iter().collect(),
                ..SketchService::default()
            });
        }
        sketch.checked()
    }

    /// Pass 2 of one item.
    pub fn item(
        &mut self,
        index: usize,
        part: usize,
        row: u64,
        subject: Subject,
        compiler: &mut Compiler<'_>,
    ) -> Result<Item, Error> {
        let decisions = compiler.decisions();
        let lists = if self.tables.legacy { allow::LEGACY } else { allow::HSDS3 };
        let plan = decisions.plan(index, row)?;
        if let RowKind::Refused(fault) = plan {
            return Ok(Item::refused(part, row, vec![fault.clone()]));
        }
        let sketch = self.sketch(subject);
        (self.withheld, self.left) = (0, MOST_ROWS);
        let (kind, record) = match (subject, plan) {
            (Subject::Service(file, number), RowKind::Service(own)) => {
                let id = sketch.service.as_ref().and_then(|service| service.foreign_id.as_deref());
                let mode = id.map_or(*own, |id| decisions.mode(id));
                let record = self.service(lists, &sketch, mode, (file, number), compiler);
                (compile::Subject::Service(mode), record)
            }
            (Subject::Organization(file, number), RowKind::Organization) => {
                let record = with_organization_shape(lists, decisions, &sketch, Shape::Nothing, |shape| {
                    self.object(file, number, shape, &mut String::new(), compiler)
                });
                (compile::Subject::Organization, record)
            }
            _ => return Err(Error::Changed { row }),
        };
        if self.left == 0 {
            self.faults.push(Violation::new("", Code::TooLong));
        }
        if !self.faults.is_empty() {
            return Ok(Item::refused(part, row, std::mem::take(&mut self.faults)));
        }
        let mut input = Input { part, row, subject: kind, record, withheld: self.withheld, notices: Vec::new() };
        if self.tables.legacy {
            legacy::renew(&mut input, compiler.decisions());
        }
        Ok(compiler.item(input))
    }

    fn service(
        &mut self,
        lists: Lists,
        sketch: &Sketch,
        mode: PlaceMode,
        (file, row): (usize, u32),
        compiler: &Compiler<'_>,
    ) -> Record {
        let mut record = with_service_shape(lists, compiler.decisions(), sketch, mode, |shape| {
            self.object(file, row, shape, &mut String::new(), compiler)
        });
        // HSDS 1.0 names the one place in the service itself.
        let linked = record.remove("location_id").and_then(|id| id.as_str().map(foreign_id));
        if let Some(id) = linked.filter(|_| !record.contains_key("service_at_locations") && mode == PlaceMode::Exact)
            && !compiler.decisions().withholds_location(&id)
        {
            let mut place = Map::new();
            let table = self.tables.file("location");
            let found = table.and_then(|file| Some((file, self.tables.files[file].rows("id", &Word::of(&id)).next()?)));
            if let Some((file, row)) = found.filter(|_| !compiler.has_given("location", &id)) {
                let location = self.object(file, row, Shape::Whole, &mut String::new(), compiler);
                place.insert("location".to_owned(), location.into());
            }
            place.insert("location_id".to_owned(), id.into());
            record.insert("service_at_locations".to_owned(), Value::Array(vec![place.into()]));
        }
        record
    }

    /// A row with all that hangs on it, as far as a shape asks for it.
    fn object(
        &mut self,
        file: usize,
        row: u32,
        shape: Shape<'_>,
        path: &mut String,
        compiler: &Compiler<'_>,
    ) -> Record {
        let mut members = Map::new();
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return members;
        }
        let record = self.row(file, row);
        if let Some(fault) = self.long(file, &record) {
            self.faults.push(Violation { pointer: path.clone(), ..fault });
            return members;
        }
        let table = &self.tables.files[file];
        for (column, cell) in table.columns.iter().zip(&record) {
            if cell.trim_ascii().is_empty() || column.is_empty() {
                continue;
            }
            if matches!(shape.member(column), Shape::Nothing) {
                self.withheld = self.withheld.saturating_add(1);
            } else if let Some(text) = self.rows[file].encoding.text(cell) {
                members.insert(column.clone(), value(column, &text));
            } else {
                let mut pointer = path.clone();
                push_token(&mut pointer, column);
                self.faults.push(Violation::new(pointer, Code::NotText));
            }
        }
        let id = self.text(file, &record, "id").map(|id| Word::of(&foreign_id(&id)));
        // Terms and the history of a record nest nothing of this kind, so that no row comes round to itself.
        let plain = matches!(table.object.name, "attribute" | "metadata" | "taxonomy_term" | "taxonomy");
        for nest in table.object.nests.iter().chain(EVERYWHERE.iter().filter(|_| !plain)) {
            let Some(other) = self.tables.file(nest.object) else { continue };
            let end = path.len();
            push_token(path, nest.member);
            let nested = match nest.key {
                Key::Theirs(key) => {
                    let shape = shape.member(nest.member);
                    id.as_ref().and_then(|id| self.list((file, other), key, id, shape, path, compiler))
                }
                Key::Own(key) => {
                    let id = self.text(file, &record, key).map(|id| foreign_id(&id));
                    id.and_then(|id| self.one(nest, other, &id, shape.member(nest.member), path, compiler))
                }
            };
            path.truncate(end);
            members.extend(nested.map(|nested| (nest.member.to_owned(), nested)));
        }
        members
    }

    /// The rows of another table that name a row of a table.
    fn list(
        &mut self,
        (parent, file): (usize, usize),
        key: &str,
        id: &Word,
        shape: Shape<'_>,
        path: &mut String,
        compiler: &Compiler<'_>,
    ) -> Option<Value> {
        // One more than a list may have, so that a longer one is told as too long.
        let rows: Vec<u32> = self.tables.files[file].rows(key, id).take(LIST + 1).collect();
        if matches!(shape, Shape::Nothing) {
            self.withheld = self.withheld.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            return None;
        }
        let mut items = Vec::with_capacity(rows.len());
        for (index, row) in rows.into_iter().enumerate() {
            let element = shape.element(index);
            let elsewhere = key != "service_id" && self.private.contains(&(file, row));
            if elsewhere || self.blocked.contains(&(file, row)) || !self.is_of(parent, file, key, id, row) {
                self.withheld = self.withheld.saturating_add(1);
            } else if matches!(element, Shape::Nothing) {
                self.withheld = self.withheld.saturating_add(1);
                items.push(Value::Null);
            } else {
                let end = path.len();
                push_token(path, &items.len().to_string());
                items.push(self.object(file, row, element, path, compiler).into());
                path.truncate(end);
            }
        }
        (!items.is_empty()).then_some(items.into())
    }

    /// Whether a row that names only an id means the row of that id in this table. Where several tables have the id, it must
    /// say which of them it means: what tells of a place must not come to stand on an open service.
    pub(super) fn is_of(&mut self, parent: usize, file: usize, key: &str, id: &Word, row: u32) -> bool {
        let column = match key {
            "link_id" => "link_entity",
            "resource_id" => "resource_type",
            _ => return true,
        };
        let record = self.row(file, row);
        match self.text(file, &record, column) {
            Some(named) => standard::object(&named).is_some_and(|at| &OBJECTS[at] == self.tables.files[parent].object),
            None => self.tables.files.iter().filter(|other| other.has(id)).count() < 2,
        }
    }

    /// The one row of another table that a row names.
    fn one(
        &mut self,
        nest: &Nest,
        file: usize,
        id: &str,
        shape: Shape<'_>,
        path: &mut String,
        compiler: &Compiler<'_>,
    ) -> Option<Value> {
        if matches!(shape, Shape::Nothing) {
            self.withheld = self.withheld.saturating_add(1);
            return None;
        }
        // A place that has been given says nothing new; its id is enough.
        if nest.object == "location" && compiler.has_given("location", id) {
            return None;
        }
        let row = self.tables.files[file].rows("id", &Word::of(id)).next()?;
        if self.blocked.contains(&(file, row)) {
            self.withheld = self.withheld.saturating_add(1);
            return None;
        }
        Some(self.object(file, row, shape, path, compiler).into())
    }

    /// The mode that a record states by its terms, and which terms these are.
    fn terms(&mut self, id: &Word) -> Named {
        let Named { declared_mode: mut declared, mut others } = Named::default();
        for (table, key, link, of) in [
            ("attribute", "link_id", "taxonomy_term_id", "taxonomy_term"),
            ("service_taxonomy", "service_id", "taxonomy_id", "taxonomy"),
        ] {
            let Some(file) = self.tables.file(table) else { continue };
            let rows: Vec<u32> = self.tables.files[file].rows(key, id).take(LIST).collect();
            for row in rows {
                let record = self.row(file, row);
                let text = |column: &str| self.text(file, &record, column);
                if text("link_type").is_some_and(|link| is_place_mode_link(&link)) {
                    let stated = Some(declared_mode(text("value").as_deref()));
                    declared = declared.into_iter().chain(stated).max_by_key(|mode| protection(*mode));
                }
                let term = text(link).map(|id| foreign_id(&id));
                others.extend(term.clone().map(|id| (kind::TaxonomyTerm::NAME, id)));
                let Some((other, term)) = self.tables.file(of).zip(term) else { continue };
                if let Some(row) = self.tables.files[other].rows("id", &Word::of(&term)).next() {
                    let record = self.row(other, row);
                    let text = |column: &&str| self.text(other, &record, column);
                    let taxonomy = ["taxonomy_id", "vocabulary"].iter().filter_map(text);
                    others.extend(taxonomy.map(|id| (kind::Taxonomy::NAME, foreign_id(&id))));
                }
            }
        }
        Named { declared_mode: declared, others }
    }

    /// The rows of all tables that name a row by a key.
    pub(super) fn rows_of(&self, id: &Word, key: &'static str) -> Vec<(usize, u32)> {
        let files = self.tables.files.iter().enumerate();
        files.flat_map(|(index, file)| file.rows(key, id).take(LIST + 1).map(move |row| (index, row))).collect()
    }

    /// The place that a row names.
    pub(super) fn place_of(&self, file: usize, row: u32) -> Option<String> {
        let word = *self.places[file].get(usize::try_from(row).ok()?)?;
        Some(word?.to_string())
    }

    /// The id of a row.
    fn id_of(&mut self, file: usize, row: u32) -> Option<String> {
        let record = self.row(file, row);
        self.text(file, &record, "id").map(|id| foreign_id(&id))
    }

    pub(super) fn row(&mut self, file: usize, row: u32) -> ByteRecord {
        let mut record = ByteRecord::new();
        self.tables.files[file].read(&mut self.rows[file], row, &mut record);
        record
    }

    /// What stands in a column; `None` when it is blank or no text.
    pub(super) fn text(&self, file: usize, record: &ByteRecord, column: &str) -> Option<String> {
        let cell = record.get(self.tables.files[file].column(column)?)?;
        let text = self.rows[file].encoding.text(cell)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A row with more cells than its header has columns: nobody knows which cell is which.
    fn long(&self, file: usize, record: &ByteRecord) -> Option<Violation> {
        (record.len() > self.tables.files[file].columns.len()).then(|| {
            let reason = "has more cells than the header".to_owned();
            Violation { pointer: String::new(), code: Code::NotReadable, reason }
        })
    }

    /// The fault of a name, id or description that is no text.
    fn unreadable(&self, file: usize, record: &ByteRecord) -> Option<Violation> {
        let table = &self.tables.files[file];
        let bad = |column: &&str| {
            let cell = table.column(column).and_then(|index| record.get(index)).unwrap_or_default();
            self.rows[file].encoding.text(cell).is_none()
        };
        let column = ["id", "name", "alternate_name", "description", "organization_id"]
            .into_iter()
            .find(|column| bad(column))?;
        Some(Violation::new(format!("/{column}"), Code::NotText))
    }
}

/// What a record's terms tell of it.
#[derive(Default)]
struct Named {
    /// The mode that one of them states.
    declared_mode: Option<PlaceMode>,
    /// Their ids and those of their taxonomies.
    others: Vec<(&'static str, String)>,
}

/// A cell as JSON: numbers where the standard has numbers.
fn value(column: &str, text: &str) -> Value {
    if NUMBERS.contains(&column) {
        if let Ok(number) = text.trim().parse::<i64>() {
            return number.into();
        }
        if let Some(number) = text.trim().parse().ok().and_then(Number::from_f64) {
            return number.into();
        }
    }
    text.into()
}
