//! No answer has an instant of a private listing: that of a commit is told of everything which came with it, and would lead from
//! a refuge to the open listings of its organisation.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::worlds::open_group;
use crate::support::{Client, Serving, ids, kith_ok};

fn refuge(text: &str) -> Value {
    json!({ "id": "refuge", "name": "Otley Women's Refuge", "status": "active", "description": text, "organization_id": "aid",
        "service_areas": [{ "extent": "E12000003" }], "phones": [{ "number": "0808 157 0001" }], "last_modified": "2026-01-02T03:04:05Z",
        "service_at_locations": [{ "id": "at", "location": { "id": "house", "location_type": "physical", "latitude": 53.905, "longitude": -1.69 } }] })
}

/// The open listing of the same organisation, which changes with it.
fn drop_in(text: &str) -> Value {
    let mut group = open_group(1, 53.9, -1.7);
    group["organization"] = json!({ "id": "aid", "name": "Otley Women's Aid", "description": "Help." });
    group["description"] = json!(text);
    group
}

/// An organisation that runs nothing but a private service.
fn alone() -> [Value; 2] {
    let mut other = refuge("A home for women who flee.");
    other["id"] = json!("other");
    other["organization_id"] = json!("alone");
    other["service_at_locations"] = json!([]);
    [other, json!({ "id": "alone", "name": "Otley House Trust", "description": "In Otley." })]
}

fn import(data: &Path, text: &str) {
    let file = data.with_extension("json");
    let [other, own] = alone();
    fs::write(
        &file,
        json!([refuge(text), drop_in(&text.replace("We run a refuge for women.", "Tea.")), other, own]).to_string(),
    )
    .unwrap();
    kith_ok(data, &["import", "--source", "council", file.to_str().unwrap()]);
}

/// All texts in an answer that are an instant, and not a day or an hour.
fn instants(answer: &Value) -> Vec<String> {
    match answer {
        Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(instants).collect(),
        Value::Object(members) => members.values().flat_map(instants).collect(),
        _ => Vec::new(),
    }
}

/// What all answers say of each service and organisation, private ones and others apart.
fn told(client: &Client) -> [Vec<Value>; 2] {
    let mut told = [Vec::new(), Vec::new()];
    for (family, feed) in [("services", "services"), ("organizations", "organizations")] {
        let listed = client.get(&format!("/v1/{family}?per_page=100")).json();
        for (id, item) in ids(&listed).iter().zip(listed["items"].as_array().unwrap()) {
            let is_open =
                item["card"]["place"]["kind"] == "exact" || item["organization"]["name"] == "Otley Women's Aid";
            let one = client.get(&format!("/hsds/{feed}/{id}")).json();
            let page = client.get(&format!("/hsds/{feed}?per_page=100")).json();
            let on_page = page["contents"].as_array().unwrap().iter().find(|of| of["id"] == one["id"]).cloned();
            told[usize::from(is_open)].extend([item.clone(), one, on_page.unwrap()]);
        }
    }
    told
}

#[test]
fn no_instant_of_a_private_listing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, "We run a refuge for women.");
    for text in ["We run a refuge for women.", "We run a refuge for women. Please ring first."] {
        import(&data, text);
        let server = Serving::ready(&data, &[]);
        let [private, open] = told(&server.client);
        assert!(
            private.len() >= 9 && private.iter().any(|of| of["card"]["place"]["kind"] == "area"),
            "{private:#?} {open:#?}"
        );
        let of_private: Vec<_> = private.iter().flat_map(instants).collect();
        assert_eq!(of_private, [""; 0]);
        // The same reader finds those of open listings, and for partners they are there.
        assert!(open.iter().flat_map(instants).count() >= 4, "{open:#?}");
        let answer = server.client.get(&format!("/v1/services/{}", private[0]["id"].as_str().unwrap()));
        assert_eq!((answer.status, answer.header("last-modified")), (200, ""));
    }
}
