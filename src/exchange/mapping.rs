//! A mapping: how the columns of somebody's table become fields of the standard. Written in TOML.
//!
//! ```toml
//! [source]
//! name = "county-groups"            # short, stable, unique in the directory
//! url = "https://county.example/groups.csv"
//! licence = "OGL-UK-3.0"
//! attribution = "Contains public sector information of the County Council"
//! encoding = "windows-1252"         # or "utf-8", which is usual
//! delimiter = ";"                   # one character; a comma is usual
//! quotes = true                     # whether cells may stand in double quotes; true is usual
//! file = "groups.csv"               # the table's file in a folder or archive; a list where it comes in several
//!
//! [entity]
//! kind = "service"                  # or "organization"
//! id = "ref"                        # the column with the source's own id
//! unreadable = "drop"               # an optional value that cannot be read: "refuse" the row (usual), or "drop" the value
//!
//! [fields]                          # field of the standard = where it comes from
//! name = "Group name"               # a column
//! description = ["About", "Aims"]   # the first of these columns that is not blank
//! eligibility_description = { join = ["For", "Not for"], with = "\n\n" }
//! status = { value = "active" }     # the same for every row
//! phone = "Telephone"               # short for one entry in `phones`
//!
//! [organization]                    # for services: who runs it; only its id where another import tells the rest
//! id = "Charity no."
//! name = "Run by"
//!
//! [place]                           # never read for a protected service
//! address_1 = "Hall"
//! postcode = "Postcode"             # short for `postal_code`
//!
//! [contact]                         # whom to ask: one for each different row; never read for a protected service
//! name = "Contact"
//! phone = "Contact's telephone"
//!
//! [schedule]                        # for services: when it happens; fields of a schedule, and these two:
//! day = "Day"                       # "Tuesday", "Mon-Fri", "Monday and Wednesday"
//! times = "Open"                    # "09:30-13:00", "0900 to 1730", several with commas
//!
//! [[terms]]                         # as often as there are columns of codes
//! column = "Topics"
//! separator = ";"
//! taxonomy = "county-topics"
//! name = "County topics"            # the taxonomy's name to show, if it has another
//! lookup = { B1 = "Bereavement" }   # names of codes; a code without one is its own name, one named "" is no term
//!
//! [[join]]                          # as often as there are further tables with rows for a row of this one
//! file = "times.csv"                # in the same folder or archive; written as the table itself is
//! on = "group_ref"                  # its column that holds ...
//! key = "ref"                       # ... what this column holds here; the id is usual
//! where = { Open = "True" }         # only rows with exactly this in these columns
//! schedule = { day = "Weekday", times = "Times" }
//! terms = [{ column = "Code", taxonomy = "county-topics" }]
//!
//! [[join]]                          # each row of this one is a link of that row: what it is to another
//! file = "links.csv"
//! on = "group_ref"
//! link = { relationship = "Relationship", to_service_id = "Sends to", from_network_id = "Network", does_not = "Not", handover = "How" }
//!
//! [merge]                           # rows with one id are one entry: the first non-blank cell
//! on = "ref"                        # of each column counts, terms are put together
//! ```
//! A column is also known by its name in other capitals and with other blanks or marks, where that is only one.
//! Columns that the mapping does not name are never looked at.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Error, allow, encoding::Encoding, items::position};
use crate::domain::read::Unreadable;

/// A mapping as its file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Who publishes the table, and how it is written.
    pub source: TableSource,
    /// What a row is.
    pub entity: Entity,
    /// Fields of that entity.
    #[serde(default)]
    pub fields: BTreeMap<String, Cell>,
    /// Fields of the organization that runs a service.
    #[serde(default)]
    pub organization: BTreeMap<String, Cell>,
    /// Fields of the one place and its address.
    #[serde(default)]
    pub place: BTreeMap<String, Cell>,
    /// Fields of the contact that each row names.
    #[serde(default)]
    pub contact: BTreeMap<String, Cell>,
    /// Fields of the schedule that each row names.
    #[serde(default)]
    pub schedule: BTreeMap<String, Cell>,
    /// Columns of terms.
    #[serde(default)]
    pub terms: Vec<Terms>,
    /// Further tables.
    #[serde(default)]
    pub join: Vec<Further>,
    /// Whether rows of one id are one entry.
    pub merge: Option<Merge>,
}

/// Who publishes a table, on what terms, and how it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSource {
    /// A short stable name, unique in the directory.
    pub name: String,
    /// Where the table was published.
    pub url: Option<String>,
    /// The licence's name or SPDX id.
    pub licence: Option<String>,
    /// The words the licence asks to show.
    pub attribution: Option<String>,
    /// How its bytes are text.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between cells.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Whether cells may stand in double quotes.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// Its files in a folder or archive; none when the table is the only file.
    #[serde(default, deserialize_with = "one_or_more")]
    pub file: Vec<String>,
}

/// A further table, with rows for a row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Further {
    /// Its file in the same folder or archive.
    pub file: String,
    /// Its column that says to which row its rows belong.
    pub on: String,
    /// The column of the table that this is about; none for the id.
    pub key: Option<String>,
    /// What must stand in which column for a row to count.
    #[serde(default, rename = "where")]
    pub only: BTreeMap<String, String>,
    /// Fields of the schedule that each row is.
    #[serde(default)]
    pub schedule: BTreeMap<String, Cell>,
    /// Fields of the link that each row is: `relationship`, the other side (`to_service_id`, `from_network_id`, ...), and
    /// what else a link says.
    #[serde(default)]
    pub link: BTreeMap<String, Cell>,
    /// Columns of terms.
    #[serde(default)]
    pub terms: Vec<Terms>,
}

/// What a row is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// A service or an organization.
    pub kind: EntityKind,
    /// The column with the source's own id.
    pub id: String,
    /// What becomes of an optional value that cannot be read.
    #[serde(default)]
    pub unreadable: WhenUnreadable,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Services.
    Service,
    /// Organizations.
    Organization,
}

/// What becomes of an optional value that cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnreadable {
    /// The row is refused.
    #[default]
    Refuse,
    /// The value is left out, with a notice.
    Drop,
}

impl From<WhenUnreadable> for Unreadable {
    fn from(when: WhenUnreadable) -> Self {
        match when {
            WhenUnreadable::Refuse => Self::Refused,
            WhenUnreadable::Drop => Self::Dropped,
        }
    }
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a column, a list of columns, { value = ... } or { join = [...], with = ... }")]
pub enum Cell {
    /// One column.
    Column(String),
    /// The first of these columns that is not blank.
    First(Vec<String>),
    /// The same for every row.
    Constant(Constant),
    /// These columns, those not blank, one after the other.
    Join(Join),
}

/// A value that is the same for every row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The value.
    pub value: String,
}

/// Columns put together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The columns.
    pub join: Vec<String>,
    /// What stands between them.
    pub with: String,
}

/// A column of codes of one taxonomy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The column.
    pub column: String,
    /// What stands between codes; without it a cell is one code.
    pub separator: Option<String>,
    /// A short stable name of the taxonomy.
    pub taxonomy: String,
    /// The taxonomy's name to show.
    pub name: Option<String>,
    /// Names of codes.
    #[serde(default)]
    pub lookup: BTreeMap<String, String>,
}

/// Rows of one id are one entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The column of the id.
    pub on: String,
}

fn comma() -> char {
    ','
}

fn yes() -> bool {
    true
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a file's name, or a list of them")]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(file) => vec![file],
        OneOrMore::More(files) => files,
    })
}

/// What a mapping may set beside the fields of the short list in `allow`.
const SERVICE: &[&str] = &["program_id", "wait_time", "fees", "accreditations", "assurer_email", "licenses", "phone"];
const ORGANIZATION: &[&str] = &["description", "legal_status", "logo", "uri", "year_incorporated", "phone"];
const NESTED: &[&str] = &[
    "id",
    "organization_id",
    "organization",
    "phones",
    "languages",
    "cost_options",
    "attributes",
    "service_areas",
    "organization_identifiers",
];

/// What of a place belongs to the location; the rest belongs to its address.
pub(super) const LOCATION: &[&str] = &[
    "name",
    "alternate_name",
    "description",
    "transportation",
    "url",
    "latitude",
    "longitude",
    "external_identifier",
    "external_identifier_type",
];
const ADDRESS: &[&str] =
    &["attention", "address_1", "address_2", "city", "region", "state_province", "postal_code", "postcode", "country"];

const CONTACT: &[&str] = &["name", "title", "department", "email", "phone"];
const SCHEDULE: &[&str] = &[
    "day",
    "times",
    "opens_at",
    "closes_at",
    "valid_from",
    "valid_to",
    "dtstart",
    "until",
    "count",
    "freq",
    "interval",
    "byday",
    "bymonthday",
    "description",
    "schedule_link",
    "attending_type",
    "notes",
];

const LINK: &[&str] = &[
    "relationship",
    "to_service_id",
    "to_organization_id",
    "to_network_id",
    "from_service_id",
    "from_organization_id",
    "from_network_id",
    "state",
    "note",
    "does",
    "does_not",
    "handover",
    "handover_note",
    "information",
    "consent",
    "reply_within_days",
    "escalation",
    "supervision",
    "starts_on",
    "review_on",
];

impl Mapping {
    /// Reads a mapping file. Unknown keys and fields are faults.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let place = position(text.as_bytes(), error.span().map_or(0, |span| span.start));
            Error::Mapping { line: place.line, column: place.column, reason: error.message().to_owned() }
        })?;
        mapping.check(text)?;
        Ok(mapping)
    }

    fn check(&self, text: &str) -> Result<(), Error> {
        let fault = |word: &str, reason: String| {
            let place = position(text.as_bytes(), text.find(word).unwrap_or(0));
            Err(Error::Mapping { line: place.line, column: place.column, reason })
        };
        let plain = |members, more: &[&str], name: &str| {
            (allow::has(members, name) && !NESTED.contains(&name)) || more.contains(&name)
        };
        let is_service = self.entity.kind == EntityKind::Service;
        for name in self.fields.keys() {
            let known = if is_service {
                plain(allow::SERVICE, SERVICE, name)
            } else {
                plain(allow::ORGANIZATION, ORGANIZATION, name)
            };
            if !known {
                return fault(name, format!("fields has no {name:?} for this kind of entity"));
            }
        }
        for name in self.organization.keys() {
            if !is_service || !(name == "id" || plain(allow::ORGANIZATION, ORGANIZATION, name)) {
                return fault(name, format!("organization has no {name:?} for this kind of entity"));
            }
        }
        if let Some(name) =
            self.place.keys().find(|name| !LOCATION.contains(&name.as_str()) && !ADDRESS.contains(&name.as_str()))
        {
            return fault(name, format!("place has no {name:?}"));
        }
        if let Some(name) = self.contact.keys().find(|name| !CONTACT.contains(&name.as_str())) {
            return fault(name, format!("contact has no {name:?}"));
        }
        for schedule in [&self.schedule].into_iter().chain(self.join.iter().map(|further| &further.schedule)) {
            if let Some(name) = schedule.keys().find(|name| !is_service || !SCHEDULE.contains(&name.as_str())) {
                return fault(name, format!("schedule has no {name:?} for this kind of entity"));
            }
        }
        for link in self.join.iter().map(|further| &further.link).filter(|link| !link.is_empty()) {
            if let Some(name) = link.keys().find(|name| !LINK.contains(&name.as_str())) {
                return fault(name, format!("link has no {name:?}"));
            }
            let sides = link.keys().filter(|name| name.starts_with("to_") || name.starts_with("from_")).count();
            if !link.contains_key("relationship") || sides == 0 {
                return fault("link", "link needs a relationship and the other side".to_owned());
            }
        }
        let named = self.source.file.iter().chain(self.join.iter().map(|further| &further.file));
        if let Some(name) = named.clone().find(|name| name.is_empty() || name.contains(['/', '\\'])) {
            return fault(name, "a file is named without its folder".to_owned());
        }
        if !self.fields.contains_key("name") {
            return fault("fields", "fields needs a name".to_owned());
        }
        if self.merge.as_ref().is_some_and(|merge| merge.on != self.entity.id) {
            return fault("merge", "merge can only be on the column that is the entity's id".to_owned());
        }
        if self.source.encoding.byte(self.source.delimiter).is_none() {
            return fault("delimiter", "the delimiter must be one byte in the table's encoding".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Mapping};

    const LEAST: &str =
        "[source]\nname = \"s\"\n[entity]\nkind = \"organization\"\nid = \"ref\"\n[fields]\nname = \"n\"\n";

    #[test]
    fn the_example_above_is_a_mapping() {
        let head = include_str!("mapping.rs").lines().skip_while(|line| !line.contains("```toml")).skip(1);
        let example: Vec<_> =
            head.take_while(|line| !line.contains("```")).map(|line| line.trim_start_matches("//!").trim()).collect();
        let mapping = Mapping::parse(&example.join("\n")).unwrap();
        assert_eq!(mapping.source.delimiter, ';');
        assert!(matches!(&mapping.fields["description"], Cell::First(columns) if columns.len() == 2));
        assert_eq!(mapping.terms[0].lookup["B1"], "Bereavement");
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_place() {
        let told = |more: &str| Mapping::parse(&format!("{LEAST}{more}")).unwrap_err().to_string();
        assert!(told("nmae = \"x\"\n").contains("line 8"), "{}", told("nmae = \"x\"\n"));
        assert!(told("[surce]\n").contains("unknown field"), "{}", told("[surce]\n"));
        assert!(told("[place]\nuprn = \"x\"\n").contains("place has no"));
        assert!(told("[merge]\non = \"other\"\n").contains("entity's id"));
        assert!(told("description = 7\n").contains("expected a column"));
        assert!(Mapping::parse("[fields").is_err());
    }
}
