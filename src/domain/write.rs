//! The way back: a record becomes JSON again, with the members that the standard does not know in their places.

use serde::Serialize;
use serde_json::Value;

use super::read::Record;

/// The record with its `extra` put back, as [`super::read::read_with`] took them out: what is read of this is the
/// same record with the same extra. An extra whose place is gone, because the record has been changed since, is left out.
pub fn write<T: Serialize>(record: &T, extra: &Record) -> Record {
    let Ok(Value::Object(mut written)) = serde_json::to_value(record) else { return Record::new() };
    for (pointer, value) in extra {
        put(&mut written, pointer, value);
    }
    written
}

/// Puts a value at a pointer, unless something stands there already.
fn put(record: &mut Record, pointer: &str, value: &Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    let name = unescaped(name);
    let mut tokens = parent.split('/').skip(1).map(unescaped);
    let holder = match tokens.next() {
        None => Some(record),
        Some(first) => {
            let start = record.get_mut(&first);
            let found = tokens.fold(start, |at, token| match at? {
                Value::Object(members) => members.get_mut(&token),
                Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
                _ => None,
            });
            found.and_then(Value::as_object_mut)
        }
    };
    if let Some(holder) = holder {
        holder.entry(name).or_insert_with(|| value.clone());
    }
}

/// A token of a pointer as the name that it stands for (RFC 6901).
fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::write;
    use crate::domain::{
        location::Location,
        read::{Given, Read, Record, Unreadable, read_with},
        service::Service,
    };

    const ID: &str = "ac148810-d857-441c-9679-408f346de14b";

    fn read<T: Read>(item: &Value) -> (T, Record) {
        let outcome = read_with::<T>(item.as_object().unwrap(), "", &mut Given, Unreadable::Refused);
        (outcome.record.unwrap(), outcome.extra)
    }

    #[test]
    fn what_is_read_is_written_as_it_was_with_all_that_the_standard_does_not_know() {
        let item = json!({
            "id": ID, "name": "Circle", "status": "active", "minimum_age": 18, "pc_x": {"deep": [1, null, {"a/b~c": true}]},
            "phones": [{"id": ID, "number": "01632 960001", "a/b~c": 1}, {"id": ID, "number": "2", "languages": [{"id": ID, "code": "cy", "x": "y"}]}],
            "metadata": [{"id": ID, "field_name": "name"}],
            "capacities": [{"id": ID, "available": 2, "unit": {"id": ID, "name": "bed", "colour": "blue"}}],
        });
        let (service, extra) = read::<Service>(&item);
        assert_eq!(extra.len(), 5);
        let written = Value::Object(write(&service, &extra));
        assert_eq!(written, item);
        assert_eq!(read::<Service>(&written), (service, extra));
    }

    #[test]
    fn what_was_put_right_is_written_right_and_stays_so() {
        let item = json!({"id": ID, "location_type": "PHYSICAL", "latitude": "53.8", "longitude": -1.5, "odd": " ",
            "addresses": [{"address_1": " 1 High St ", "address_type": "physical", "uprn": 7}]});
        let (location, extra) = read::<Location>(&item);
        let written = Value::Object(write(&location, &extra));
        assert_eq!(written["addresses"][0]["uprn"], 7);
        assert_eq!(read::<Location>(&written), (location, extra));
    }

    #[test]
    fn an_extra_without_a_place_is_left_out_and_takes_no_other_place() {
        let (service, _) = read::<Service>(&json!({"id": ID, "name": "a", "status": "active"}));
        let extra = json!({"/phones/3/x": 1, "/name": "b", "/name/x": 2, "/status/0/y": 3});
        let written = Value::Object(write(&service, extra.as_object().unwrap()));
        assert_eq!(written, json!({"id": ID, "name": "a", "status": "active"}));
    }
}
