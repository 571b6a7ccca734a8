//! The one way in: a JSON object, or a CSV row turned into one, becomes a record or all its faults.
//!
//! ```text
//! Record --Reader, one method a field--> (Option<T>, Vec<Violation>)
//! ```
//! A fault says where (an RFC 6901 pointer), what (a [`Code`]) and why, and never repeats the value.
//! Blank texts, nulls and absent members are the same: not stated. What can be put right without
//! guessing is put right and told as a [`Notice`]; the rest is a [`Violation`].

use serde_json::{Map, Value};

use super::id::{Id, Kind, NotAnId};

mod fault;
mod fields;
pub mod forms;
mod question;
mod said;
pub(crate) mod table;

pub use fault::{Code, Mended, Notice, Violation, push_token};
pub use fields::Words;
pub(crate) use said::said;
pub(crate) use table::record;

/// What is read: a JSON object.
pub type Record = Map<String, Value>;

/// The longest name or other short text, in characters.
pub const NAME: usize = 500;
/// The longest text of ordinary fields, in characters.
pub const TEXT: usize = 5_000;
/// The longest description, in characters.
pub const DESCRIPTION: usize = 50_000;
/// The longest list of children.
pub const LIST: usize = 1_000;
/// How many faults of one record are told.
const FAULTS: usize = 1_000;
/// How deep a member that the standard does not know may nest.
const EXTRA_DEPTH: usize = 16;
/// How much of such members is kept of one record, in bytes of text.
const EXTRA_SIZE: usize = 200_000;

/// A record type that can be read.
pub trait Read: Sized {
    /// Reads every field, faulty or not, so that all faults are told at once.
    fn read(reader: &mut Reader<'_, '_>) -> Self;
}

/// Reads a record whose ids are our own: UUIDs only, nothing forgiven that would lose a value.
pub fn read<T: Read>(record: &Record) -> (Option<T>, Vec<Violation>) {
    let read = read_with(record, "", &mut Given, Unreadable::Refused);
    (read.record, read.violations)
}

/// Reads a record of a source. `pointer` is where the record stands in its item.
pub fn read_with<T: Read>(record: &Record, pointer: &str, ids: &mut dyn Ids, unreadable: Unreadable) -> Outcome<T> {
    let mut run = Run {
        ids,
        unreadable,
        path: vec![Step::Base(pointer.to_owned())],
        violations: Vec::new(),
        notices: Vec::new(),
        extra: Map::new(),
        room: EXTRA_SIZE,
    };
    let value = Reader::over(record, &mut run, None).finish::<T>();
    let record = run.violations.is_empty().then_some(value);
    Outcome { record, violations: run.violations, notices: run.notices, extra: run.extra }
}

/// What reading came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome<T> {
    /// The record, if it has no fault.
    pub record: Option<T>,
    /// All faults, in the order of the fields.
    pub violations: Vec<Violation>,
    /// What was put right.
    pub notices: Vec<Notice>,
    /// Members that the record type does not know, by pointer inside the record.
    pub extra: Record,
}

/// How an id that a source wrote becomes an id here.
pub trait Ids {
    /// The 128 bits for what the source calls `written`; `None` when that cannot be an id.
    fn bits(&mut self, kind: &'static str, written: &str) -> Option<u128>;
}

/// Ids that are ours already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given;

impl Ids for Given {
    fn bits(&mut self, _: &'static str, written: &str) -> Option<u128> {
        let id: Result<Id<()>, NotAnId> = written.parse();
        id.ok().map(|id| id.as_u128())
    }
}

/// What becomes of a value of an optional field that cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unreadable {
    /// It is a fault.
    #[default]
    Refused,
    /// The field counts as not stated, and a notice says so.
    Dropped,
}

/// One step of the way to a field.
enum Step {
    Base(String),
    Field(&'static str),
    Nth(usize),
}

/// What one reading gathers, over all nested readers.
struct Run<'i> {
    ids: &'i mut dyn Ids,
    unreadable: Unreadable,
    path: Vec<Step>,
    violations: Vec<Violation>,
    notices: Vec<Notice>,
    extra: Record,
    room: usize,
}

impl Run<'_> {
    /// The pointer to a field of the present object, or to the object itself.
    fn pointer(&self, field: Option<&str>) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Base(base) => pointer.push_str(base),
                Step::Field(name) => push_token(&mut pointer, name),
                Step::Nth(index) => push_token(&mut pointer, &index.to_string()),
            }
        }
        if let Some(field) = field {
            push_token(&mut pointer, field);
        }
        pointer
    }
}

/// Walks one object, field by field.
pub struct Reader<'r, 'i> {
    record: &'r Record,
    run: &'r mut Run<'i>,
    seen: Vec<&'static str>,
    /// The parent's id bits, and the name that this child has inside it.
    within: Option<(u128, String)>,
    own: u128,
}

impl<'r, 'i> Reader<'r, 'i> {
    fn over(record: &'r Record, run: &'r mut Run<'i>, within: Option<(u128, String)>) -> Self {
        Self { record, run, seen: Vec::with_capacity(32), within, own: 0 }
    }

    /// Reads the whole object and keeps what the type did not ask for.
    fn finish<T: Read>(mut self) -> T {
        let value = T::read(&mut self);
        let base = self
            .run
            .path
            .iter()
            .map(|step| match step {
                Step::Base(base) => base.len(),
                _ => 0,
            })
            .sum::<usize>();
        for (name, value) in self.record.iter().filter(|(name, _)| !self.seen.contains(&name.as_str())) {
            if value.is_null() {
                continue;
            }
            let pointer = self.run.pointer(Some(name));
            match weight(name, value, EXTRA_DEPTH).and_then(|weight| self.run.room.checked_sub(weight)) {
                Some(room) => {
                    self.run.room = room;
                    self.run.extra.insert(pointer[base..].to_owned(), value.clone());
                }
                None => self.run.notices.push(Notice { pointer, mended: Mended::Dropped }),
            }
        }
        value
    }

    /// The record's own id. Children without one are named after their parent.
    pub fn id<K: Kind>(&mut self) -> Id<K> {
        let written = self.text("id", NAME);
        let written = if written.is_none() && K::NAME == "taxonomy_term" { term_name(self.record) } else { written };
        let id = match (written, &self.within) {
            (Some(written), _) => self.resolve::<K>("id", &written).unwrap_or(Id::from_u128(0)),
            (None, Some((parent, name))) => Id::named(Id::<K>::from_u128(*parent), name),
            (None, None) => {
                self.fault::<()>("id", Code::Required);
                Id::from_u128(0)
            }
        };
        self.own = id.as_u128();
        id
    }

    /// A reference to another record.
    pub fn key<K: Kind>(&mut self, field: &'static str) -> Option<Id<K>> {
        let written = self.text(field, NAME)?;
        self.resolve::<K>(field, &written)
    }

    fn resolve<K: Kind>(&mut self, field: &'static str, written: &str) -> Option<Id<K>> {
        let bits = self.run.ids.bits(K::NAME, &foreign_id(written));
        if bits.is_none() {
            self.fault::<()>(field, Code::NotAUuid);
        }
        bits.map(Id::from_u128)
    }

    /// A nested object.
    pub fn object<T: Read>(&mut self, field: &'static str) -> Option<T> {
        match self.take(field)? {
            Value::Object(record) => {
                let within = Some((self.own, field.to_owned()));
                self.run.path.push(Step::Field(field));
                let value = Reader::over(record, &mut *self.run, within).finish();
                self.run.path.pop();
                Some(value)
            }
            _ => self.fault(field, Code::NotAnObject),
        }
    }

    /// A list of children; absent is empty.
    pub fn list<T: Read>(&mut self, field: &'static str) -> Vec<T> {
        let items = match self.take(field) {
            None => return Vec::new(),
            Some(Value::Array(items)) if items.len() <= LIST => items,
            Some(Value::Array(_)) => return self.fault(field, Code::TooLong).unwrap_or_default(),
            Some(_) => return self.fault(field, Code::NotAList).unwrap_or_default(),
        };
        let mut children = Vec::with_capacity(items.len());
        self.run.path.push(Step::Field(field));
        for (index, item) in items.iter().enumerate() {
            self.run.path.push(Step::Nth(index));
            if let Value::Object(record) = item {
                let within = Some((self.own, format!("{field}/{index}")));
                children.push(Reader::over(record, &mut *self.run, within).finish());
            } else {
                let pointer = self.run.pointer(None);
                self.violate(Violation::new(pointer, Code::NotAnObject));
            }
            self.run.path.pop();
        }
        self.run.path.pop();
        children
    }

    /// A member that the exchange reads as a record of its own, so that it is neither here nor extra.
    pub fn apart(&mut self, field: &'static str) {
        self.seen.push(field);
    }

    /// Tells a fault of a field; the field counts as not stated.
    pub fn fault<T>(&mut self, field: &'static str, code: Code) -> Option<T> {
        let pointer = self.run.pointer(Some(field));
        self.violate(Violation::new(pointer, code));
        None
    }

    fn violate(&mut self, violation: Violation) {
        if self.run.violations.len() < FAULTS {
            self.run.violations.push(violation);
        }
    }

    /// Tells that a field was put right.
    pub fn notice(&mut self, field: &'static str, mended: Mended) {
        if self.run.notices.len() < FAULTS {
            let pointer = self.run.pointer(Some(field));
            self.run.notices.push(Notice { pointer, mended });
        }
    }
}

/// The one spelling of a source's id: trimmed, and a UUID in lower case.
pub fn foreign_id(written: &str) -> String {
    let written = written.trim();
    let id: Result<Id<()>, NotAnId> = written.parse();
    id.map_or_else(|_| written.to_owned(), |id| id.to_string())
}

/// What a taxonomy term without an id is called: its taxonomy, and its code or name there.
pub fn term_name(term: &Record) -> Option<String> {
    let text = |field: &str| term.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let taxonomy = text("taxonomy_id").or_else(|| text("taxonomy")).unwrap_or_default();
    text("code").or_else(|| text("name")).map(|name| format!("{taxonomy}/{name}"))
}

/// Names of whole records: one of these in a place that the standard does not give it is never kept, because
/// it might be the place of a protected service.
const RECORDS: [&str; 8] = [
    "service",
    "services",
    "organization",
    "organizations",
    "location",
    "locations",
    "service_at_location",
    "service_at_locations",
];

/// How much a member of no known meaning weighs, in bytes; `None` when it may not be kept, because it holds a
/// NUL or a whole record, or goes too deep.
fn weight(name: &str, value: &Value, depth: usize) -> Option<usize> {
    if depth == 0 || name.contains('\0') || RECORDS.contains(&name) {
        return None;
    }
    let own = name.len() + 8;
    let inside: Option<usize> = match value {
        Value::String(text) => (!text.contains('\0')).then_some(text.len()),
        Value::Array(items) => items.iter().map(|item| weight("", item, depth - 1)).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| weight(name, value, depth - 1)).sum(),
        _ => Some(0),
    };
    inside.map(|inside| own + inside)
}

#[cfg(test)]
mod tests;
