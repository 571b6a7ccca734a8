//! Of the few members that are read of a protected item, leaves out every text that could tell where it is.
//!
//! A text is left out whole: what stands around a postcode describes the way to it. A notice tells the keeper which.

use serde_json::Value;

use crate::domain::{
    read::{Code, Mended, Notice, Record, Violation, push_token},
    telltale::tells_place,
};

/// Lists whose elements mean nothing without each of their texts: one that tells takes the element with it.
const WHOLE: [&str; 2] = ["attributes", "organization_identifiers"];

/// Leaves out what tells. A name cannot be left out: one that tells is a fault.
pub(super) fn texts(record: &mut Record, pointer: &str, notices: &mut Vec<Notice>, violations: &mut Vec<Violation>) {
    if record.get("name").and_then(Value::as_str).is_some_and(tells_place) {
        violations.push(Violation::new(format!("{pointer}/name"), Code::TellsPlace));
    }
    // Ids are how the next import finds the record again; readers never see them.
    for (field, value) in
        record.iter_mut().filter(|(field, _)| !["name", "id", "organization_id"].contains(&field.as_str()))
    {
        let mut pointer = pointer.to_owned();
        push_token(&mut pointer, field);
        if !keep(field, value, &pointer, notices) {
            *value = Value::Null;
        }
    }
}

/// Whether a value may stay, without what tells inside it.
fn keep(field: &str, value: &mut Value, pointer: &str, notices: &mut Vec<Notice>) -> bool {
    let tells = match value {
        Value::String(text) => tells_place(text),
        Value::Array(items) => {
            let mut index = 0;
            items.retain_mut(|item| {
                let pointer = format!("{pointer}/{index}");
                index += 1;
                keep(field, item, &pointer, notices)
            });
            false
        }
        Value::Object(record) if WHOLE.contains(&field) => tells_place(&said(record)),
        // A phone without its number is none.
        Value::Object(record) if record.get("number").and_then(Value::as_str).is_some_and(tells_place) => true,
        Value::Object(record) => {
            for (field, value) in record.iter_mut() {
                let mut pointer = pointer.to_owned();
                push_token(&mut pointer, field);
                if !keep(field, value, &pointer, notices) {
                    *value = Value::Null;
                }
            }
            false
        }
        _ => false,
    };
    if tells {
        notices.push(Notice { pointer: pointer.to_owned(), mended: Mended::PlaceWithheld });
    }
    !tells
}

/// All texts and numbers of a record, those of the records in it too, as one text.
fn said(record: &Record) -> String {
    let mut all = String::new();
    for value in record.values() {
        match value {
            Value::String(text) => all.push_str(text),
            Value::Number(number) => all.push_str(&number.to_string()),
            Value::Object(record) => all.push_str(&said(record)),
            _ => {}
        }
        all.push('\n');
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Code, Mended, texts};

    #[test]
    fn a_text_that_tells_goes_whole_and_its_neighbours_stay() {
        let mut service = json!({
            "id": "LS6 2ZX", "name": "Harbour", "description": "Rooms. At LS6 2ZX.", "alert": "Ring first.",
            "url": "https://maps.app.goo.gl/x", "fees_description": "Free",
            "phones": [{ "number": "01632 960107", "description": "office, 12 Mill Lane" }, { "number": "LS6 2ZX" }],
            "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge" } },
                { "taxonomy_term": { "code": "uprn:100012345678", "name": "Rooms" } }],
            "organization_identifiers": [{ "identifier_scheme": "UPRN", "identifier": 100_012_345_678_u64 },
                { "identifier_type": "charity", "identifier": "1000001" }],
        });
        let (mut notices, mut violations) = (Vec::new(), Vec::new());
        texts(service.as_object_mut().unwrap(), "/organization", &mut notices, &mut violations);
        assert_eq!(
            service,
            json!({
                "id": "LS6 2ZX", "name": "Harbour", "description": null, "alert": "Ring first.", "url": null,
                "fees_description": "Free", "phones": [{ "number": "01632 960107", "description": null }],
                "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge" } }],
                "organization_identifiers": [{ "identifier_type": "charity", "identifier": "1000001" }],
            })
        );
        let mut told: Vec<&str> = notices.iter().map(|notice| notice.pointer.as_str()).collect();
        told.sort_unstable();
        let expected =
            ["attributes/1", "description", "organization_identifiers/0", "phones/0/description", "phones/1", "url"];
        assert_eq!(told, expected.map(|pointer| format!("/organization/{pointer}")));
        assert!(violations.is_empty() && notices.iter().all(|notice| notice.mended == Mended::PlaceWithheld));
    }

    #[test]
    fn a_name_that_tells_is_a_fault() {
        let mut violations = Vec::new();
        let mut service = json!({ "name": "Refuge, LS6 2ZX" });
        texts(service.as_object_mut().unwrap(), "", &mut Vec::new(), &mut violations);
        assert_eq!(
            violations.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect::<Vec<_>>(),
            [("/name", Code::TellsPlace)]
        );
    }
}
