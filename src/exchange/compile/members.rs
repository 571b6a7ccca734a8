//! Members of a compiled record: taken out, put right, cut down.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::{super::sketch::mode, Work};
use crate::domain::{
    card::ListingKind,
    listing::KIND_LINK,
    place::{AreaCode, PlaceMode, is_area_code},
    read::{Code, LIST, Mended, Notice, Record, Violation, foreign_id},
    service::Service,
    taxonomy::is_place_mode_link,
};

/// A postcode without a digit is none: some lists have the town there. It becomes the town where none is stated.
pub fn towns(location: &mut Record, pointer: &str, work: &mut Work) {
    let Some(Value::Array(addresses)) = location.get_mut("addresses") else { return };
    for (index, address) in addresses.iter_mut().enumerate().take(LIST) {
        let Some(address) = address.as_object_mut() else { continue };
        let Some(town) = word(address, "postal_code").filter(|text| !text.bytes().any(|b| b.is_ascii_digit())) else {
            continue;
        };
        address.remove("postal_code");
        let mended = if word(address, "city").is_none() {
            address.insert("city".to_owned(), town.into());
            Mended::TownMoved
        } else {
            Mended::Dropped
        };
        work.notices.push(Notice { pointer: format!("{pointer}/addresses/{index}/postal_code"), mended });
    }
}

/// The gazetteer codes a service serves. A protected one keeps no other extent.
pub fn areas(service: &mut Service, mode: PlaceMode, pointer: &str, work: &mut Work) -> Vec<AreaCode> {
    let mut areas = Vec::new();
    for (index, area) in service.service_areas.iter_mut().enumerate() {
        match area.extent.as_deref() {
            Some(code) if is_area_code(code) => areas.push(AreaCode(code.to_owned())),
            Some(_) if mode == PlaceMode::Area => {
                (area.extent, area.extent_type) = (None, None);
                work.notices.push(Notice {
                    pointer: format!("{pointer}/service_areas/{index}/extent"),
                    mended: Mended::ShapeDropped,
                });
            }
            _ => {}
        }
    }
    areas.sort();
    areas.dedup();
    areas
}

/// Of a protected service and who runs it, attributes keep their value only where it is one of our own words.
pub fn clear_values(record: &mut Record) {
    let Some(Value::Array(attributes)) = record.get_mut("attributes") else { return };
    for attribute in attributes.iter_mut().filter_map(Value::as_object_mut) {
        let value = word(attribute, "value").unwrap_or_default();
        let ours = match word(attribute, "link_type").as_deref() {
            Some(link) if is_place_mode_link(link) => mode(&value).is_some(),
            Some(KIND_LINK) => ListingKind::from_word(&value).is_some(),
            _ => false,
        };
        if !ours {
            attribute.remove("value");
        }
    }
}

/// Takes a nested object out; something else there is a fault.
pub fn nested(record: &mut Record, field: &str, pointer: &str, work: &mut Work) -> Option<Record> {
    match record.remove(field)? {
        Value::Object(nested) => Some(nested),
        Value::Null => None,
        _ => {
            work.violations.push(Violation::new(pointer, Code::NotAnObject));
            None
        }
    }
}

/// Takes a list of nested objects out, with their places in it. Withheld ones are null.
pub fn elements(record: &mut Record, field: &str, pointer: &str, work: &mut Work) -> Vec<(usize, Record)> {
    let pointer = format!("{pointer}/{field}");
    let code = match record.remove(field) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) if items.len() <= LIST => {
            let mut objects = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                match item {
                    Value::Object(object) => objects.push((index, object)),
                    Value::Null => {}
                    _ => work.violations.push(Violation::new(format!("{pointer}/{index}"), Code::NotAnObject)),
                }
            }
            return objects;
        }
        Some(Value::Array(_)) => Code::TooLong,
        Some(_) => Code::NotAList,
    };
    work.violations.push(Violation::new(pointer, code));
    Vec::new()
}

/// A text or number that names something, in its one spelling.
pub fn word(record: &Record, field: &str) -> Option<String> {
    let word = match record.get(field)? {
        Value::String(text) => foreign_id(text),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!word.is_empty()).then_some(word)
}

/// What a record says, in short.
pub fn hash(record: &Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish()
}
