//! The published schemas of Open Referral UK and HSDS, where they are here, with formats counted.
//!
//! They use few keywords, so a validator of our own reads them: one from elsewhere would have every engine and driver
//! built a second time for the tests. A keyword that it does not know fails the test.

use std::{collections::HashMap, fs};

use serde_json::{Map, Value};

use crate::support::shared;

const ORUK: &str = "oruk/oruk-3.0/validator/schemas";
const HSDS: &str = "oruk/hsds-3.1-dev/schema";

/// Keywords that ask nothing of a value. `allOf` holds only a definition here, in every file that has it.
const NOTES: [&str; 17] = [
    "$schema",
    "allOf",
    "constraints",
    "core",
    "datapackage_metadata",
    "datapackage_type",
    "default",
    "deprecated",
    "description",
    "example",
    "name",
    "openapi_enum",
    "order",
    "path",
    "profile",
    "tabular_required",
    "title",
];

/// Schemas by the name of what they are for.
pub struct Schemas(HashMap<&'static str, Vec<Value>>);

impl Schemas {
    /// The schemas; `None`, and said so, where they are not here.
    pub fn read() -> Option<Self> {
        shared(ORUK)?;
        let read = |file: &String| -> Value {
            serde_json::from_str(&fs::read_to_string(shared(file).expect("the schemas are here")).unwrap()).unwrap()
        };
        let of = |name: &'static str, files: &[String]| (name, files.iter().map(read).collect());
        let oruk = |name: &str| format!("{ORUK}/{name}.json");
        let hsds = |name: &str| format!("{HSDS}/{name}.json");
        Some(Self(HashMap::from([
            of("about", &[oruk("api_details")]),
            of("services", &[oruk("service_list")]),
            of("services/contents", &[hsds("compiled/service_list")]),
            of("service", &[oruk("service"), hsds("compiled/service")]),
            of("organizations/contents", &[oruk("organization_list"), hsds("compiled/organization_list")]),
            of("organization", &[oruk("organization")]),
            // The standard binds the second to the schema of a service; what it says of it is the first.
            of("service_at_location", &[oruk("service_at_location"), oruk("service")]),
            of("service_at_locations", &[oruk("service_at_location_list")]),
            of("service_at_locations/contents", &[hsds("compiled/service_at_location_list")]),
            of("taxonomies", &[oruk("taxonomy_list")]),
            of("taxonomy", &[oruk("taxonomy")]),
            of("taxonomy_terms", &[oruk("taxonomy_term_list")]),
            of("taxonomy_term", &[oruk("taxonomy_term")]),
        ])))
    }

    /// Every fault of an answer: where it stands, and the keyword that it fails.
    pub fn faults(&self, name: &str, answer: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.0[name].iter().for_each(|schema| check(schema, answer, name, &mut faults));
        faults
    }
}

fn check(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let empty = Map::new();
    let object = value.as_object().unwrap_or(&empty);
    for (keyword, said) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "type" => is_of_type(said.as_str().unwrap(), value),
            "enum" => said.as_array().unwrap().contains(value),
            "format" => value.as_str().is_none_or(|text| is_of_format(said.as_str().unwrap(), text)),
            "required" => said.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap())),
            "properties" => {
                for (name, schema) in said.as_object().unwrap() {
                    if let Some(member) = object.get(name) {
                        check(schema, member, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(said, item, &format!("{at}/{n}"), faults);
                }
                true
            }
            note if NOTES.contains(&note) => true,
            other => panic!("{at}: the schema says {other}, which nobody here understands"),
        };
        if !holds {
            faults.push(format!("{at}: {keyword}"));
        }
    }
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        other => panic!("no such type: {other}"),
    }
}

fn is_of_format(name: &str, text: &str) -> bool {
    match name {
        "uuid" => text.len() == 36 && text.parse::<uuid::Uuid>().is_ok(),
        "date-time" => text.contains('T') && chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "email" => {
            text.is_ascii() && text.split('@').count() == 2 && !text.contains([' ', ',', '/']) && text.contains('.')
        }
        "uri" => {
            text.contains(':')
                && text.is_ascii()
                && text.parse::<poem::http::Uri>().is_ok_and(|uri| uri.scheme().is_some())
        }
        other => panic!("no such format: {other}"),
    }
}

#[test]
fn the_schemas_refuse_what_the_validators_own_examples_of_failure_hold() {
    let Some(schemas) = Schemas::read() else { return };
    let mock = |kind: &str, name: &str| -> Value {
        let file = shared(&format!("oruk/oruk-3.0/validator/mocks/V3.0-UK-{kind}/{name}.json")).unwrap();
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    };
    for (name, file) in [("service", "service_full"), ("services", "service_list"), ("taxonomy_term", "taxonomy_term")]
    {
        let mut faults = Vec::new();
        check(&schemas.0[name][0], &mock("Default", file), name, &mut faults);
        assert_eq!(faults, [""; 0], "{file}");
        assert!(
            !schemas.faults(name, &mock(if name == "taxonomy_term" { "Warn" } else { "Fail" }, file)).is_empty(),
            "{file}"
        );
    }
    let mut bad = mock("Default", "service_full");
    bad["email"] = "email-example_com".into();
    bad["name"] = Value::Null;
    bad["status"] = "open".into();
    let faults = schemas.faults("service", &bad);
    for fault in ["service/email: format", "service/name: type", "service/status: enum"] {
        assert!(faults.contains(&fault.to_owned()), "{fault}: {faults:?}");
    }
}
