//! A keeper hears of open listings that have something in common with a private one, and readers hear nothing of it.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::worlds::open_group;
use crate::support::{Serving, kith_ok};

const NUMBER: &str = "0808 157 0321";
const CODE: &str = "shared_with_private";

/// An open group with these members besides.
fn group(number: u32, more: &Value) -> Value {
    let mut group = open_group(number, 53.8, -1.5);
    group["organization"] = json!({ "id": format!("own-{number}"), "name": "Oak", "description": "Neighbours." });
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    group
}

fn refuge(more: &Value) -> Value {
    let mut refuge = group(1, more);
    refuge["id"] = json!("refuge");
    refuge["name"] = json!("Quiet Home");
    refuge["attributes"] = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    refuge["service_areas"] = json!([{ "extent": "E12000003" }]);
    refuge
}

/// Imports; the rows of the report that a keeper is asked to look at for what they share.
fn import(data: &Path, source: &str, items: &[Value]) -> Vec<u64> {
    let (file, told) = (data.with_extension("json"), data.with_extension("report.json"));
    fs::write(&file, Value::from(items).to_string()).unwrap();
    let [file, told_in] = [&file, &told].map(|path| path.to_str().unwrap());
    let said = kith_ok(data, &["import", "--source", source, "--report", told_in, file]);
    let report = fs::read_to_string(&told).unwrap();
    // Which it is, and what they share, is not said.
    assert!(!said.contains("0321") && !report.contains("0321") && !report.contains("refuge.example"), "{report}");
    let report: Value = serde_json::from_str(&report).unwrap();
    let rows = report[0]["to_look_at"].as_array().cloned().unwrap_or_default();
    let rows: Vec<u64> =
        rows.iter().filter(|row| row["code"] == CODE).map(|row| row["row"].as_u64().unwrap()).collect();
    assert_eq!(report[0]["concerns"][CODE].as_u64().unwrap_or_default(), rows.len() as u64);
    rows
}

#[test]
fn a_keeper_is_asked_to_look_and_readers_see_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let phone = |number: &str| json!({ "phones": [{ "number": number }] });
    let before = phone("+44 808 157 0321");
    assert_eq!(import(&data, "early", &[group(2, &before)]), [0; 0], "there is no refuge yet");
    let mut all = phone(NUMBER);
    all["phones"]
        .as_array_mut()
        .unwrap()
        .extend([json!({ "number": "01943 461234" }), json!({ "number": "1943 461234" })]);
    all["organization"] = json!({ "id": "calm", "name": "Calm", "website": "https://www.womensaid.example/help" });
    assert_eq!(import(&data, "county", &[refuge(&all)]), [0; 0], "a private listing is not asked about");
    let server = Serving::ready(&data, &[]);
    let open = || server.client.get("/v1/search?q=circle&view=full").text();
    let listed = open();
    let rows = import(
        &data,
        "late",
        &[
            group(3, &phone("0808 1570321")),
            group(4, &json!({ "email": "help@womensaid.example" })),
            group(5, &phone("0808 157 0322")),
            // What is withheld is not kept, so that nobody can be told whether it was guessed.
            group(6, &phone("01943 461234")),
            group(7, &phone("1943 461234")),
        ],
    );
    assert_eq!(rows, [1, 2]);
    // Of the one that was there before the refuge only a check knows.
    let said = kith_ok(&data, &["check"]);
    assert!(
        said.contains("3 open listings have a number, a mailbox or a site that one with a private place has"),
        "{said}"
    );
    assert!(said.ends_with("store, log and view agree\n") && !said.contains("0321"), "{said}");
    let refuge =
        server.client.get("/v1/search?q=quiet+home").json()["results"]["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(!said.contains(&refuge), "{said}");
    // What was open stays as it is.
    crate::support::until("the others are there", || open() != listed);
    let now = server.client.get("/v1/search?q=circle&view=full").json();
    for number in [2, 3, 4] {
        let items = now["results"]["items"].as_array().unwrap();
        let one = items.iter().find(|item| item["name"] == format!("Circle {number}")).unwrap();
        assert_eq!(one["place"]["kind"], "exact", "{one}");
        assert!(!one.to_string().contains(CODE));
    }
}
