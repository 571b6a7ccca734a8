//! Links that the rows of a further table tell: each row becomes one of the links in our own extension.

use std::collections::BTreeMap;

use csv::ByteRecord;
use serde_json::{Map, Value, json};

use super::reading::{Reading, number};
use crate::{
    domain::{
        id::{Kind, kind},
        read::foreign_id,
    },
    exchange::mapping::Cell,
};

/// The fields that name the other side: direction, member, kind.
const SIDES: [(&str, &str, &str, &str); 6] = [
    ("to_service_id", "to", "service_id", kind::Service::NAME),
    ("to_organization_id", "to", "organization_id", kind::Organization::NAME),
    ("to_network_id", "to", "network_id", kind::Organization::NAME),
    ("from_service_id", "from", "service_id", kind::Service::NAME),
    ("from_organization_id", "from", "organization_id", kind::Organization::NAME),
    ("from_network_id", "from", "network_id", kind::Organization::NAME),
];
/// What is also read where a place must stay private: words of closed lists, numbers and days.
const PLAIN: [&str; 6] = ["relationship", "state", "handover", "reply_within_days", "starts_on", "review_on"];

impl Reading<'_, '_> {
    /// The links of these rows; with `silent`, nothing in free words is read of them.
    pub(super) fn linked(&mut self, silent: bool) -> Vec<Value> {
        let mut links = Vec::new();
        for index in 0..self.further_tables() {
            let fields = self.link_fields(index);
            if fields.is_empty() {
                continue;
            }
            for record in self.rows_of(index) {
                let mut link = Map::new();
                for (field, cell) in fields {
                    let side = SIDES.iter().find(|side| side.0 == field);
                    if silent && side.is_none() && !PLAIN.contains(&field.as_str()) {
                        self.withhold(1);
                        continue;
                    }
                    let Some(value) = self.field_of(index, &record, cell) else { continue };
                    match (side, field.as_str()) {
                        (Some((_, direction, member, _)), _) => {
                            link.insert((*direction).to_owned(), json!({ *member: value }));
                        }
                        (None, "handover") => {
                            let ways = value.split([';', ',']).map(str::trim).filter(|way| !way.is_empty());
                            link.insert(field.clone(), ways.collect());
                        }
                        (None, "reply_within_days") => {
                            link.insert(field.clone(), number(&value));
                        }
                        (None, _) => {
                            link.insert(field.clone(), value.trim().into());
                        }
                    }
                }
                links.push(link.into());
            }
        }
        links
    }

    /// Whom the links of these rows name, with their kinds.
    pub(super) fn linked_with(&mut self) -> Vec<(&'static str, String)> {
        let mut named = Vec::new();
        for index in 0..self.further_tables() {
            let fields: &BTreeMap<String, Cell> = self.link_fields(index);
            let sides = SIDES.iter().filter_map(|side| Some((side.3, fields.get(side.0)?)));
            let sides: Vec<(&'static str, &Cell)> = sides.collect();
            if sides.is_empty() {
                continue;
            }
            let records: Vec<ByteRecord> = self.rows_of(index);
            for record in &records {
                let of = |(kind, cell): &(&'static str, &Cell)| {
                    Some((*kind, foreign_id(&self.field_of(index, record, cell)?)))
                };
                named.extend(sides.iter().filter_map(of));
            }
        }
        named
    }
}
