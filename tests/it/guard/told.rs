//! What was told of areas is remembered through imports, withdrawals and restarts, refuses what would narrow it, and is
//! read by nobody.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{Serving, ids, kith_ok, until};

/// Craven is all that these two have in common.
const BOARD: &str = "E54000054";
const COUNTY: &str = "E06000065";

fn refuge(id: &str, area: &str, more: &Value) -> Value {
    let mut refuge = json!({ "id": id, "name": format!("Home {id}"), "status": "active", "description": "A safe place.",
        "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }],
        "service_areas": [{ "extent": area }] });
    refuge.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    refuge
}

/// Imports from a source; the report.
fn import(data: &Path, source: &str, items: &[Value]) -> Value {
    let (file, told) = (data.with_extension("json"), data.with_extension("report.json"));
    fs::write(&file, Value::from(items).to_string()).unwrap();
    let [file, told_in] = [&file, &told].map(|path| path.to_str().unwrap());
    kith_ok(data, &["import", "--source", source, "--report", told_in, file]);
    serde_json::from_slice::<Value>(&fs::read(&told).unwrap()).unwrap()[0].take()
}

fn areas(server: &Serving, name: &str) -> Vec<String> {
    let found = server.client.get(&format!("/v1/search?q=home+{name}")).json();
    let card = &found["results"]["items"][0]["place"];
    card["areas"].as_array().unwrap().iter().map(|area| area["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn former_areas_are_kept_and_the_keeper_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let by_phone = json!({ "phones": [{ "number": "0808 157 0001" }] });
    import(&data, "county", &[refuge("calm", BOARD, &by_phone)]);
    let again = import(&data, "county", &[refuge("calm", COUNTY, &by_phone)]);
    assert_eq!(again["notices"], json!([{ "row": 1, "code": "areas_kept" }]), "{again:#}");
    assert_eq!((&again["same"], &again["mended"]["areas_kept"]), (&json!(1), &json!(1)));
    // Another source's, by the same phone; and one that nothing ties.
    let report = import(
        &data,
        "other",
        &[
            refuge("kind", COUNTY, &json!({ "phones": [{ "number": "+44 808 157 0001" }] })),
            refuge("warm", COUNTY, &json!({})),
        ],
    );
    assert_eq!(report["notices"], json!([{ "row": 1, "code": "areas_widened" }]), "{report:#}");
    // To tie that one too would lay the two over one another: nothing of it is kept.
    let report = import(&data, "other", &[refuge("warm", COUNTY, &by_phone)]);
    assert_eq!(
        (&report["refused"], &report["refusals"][0]["code"]),
        (&json!(1), &json!("narrows_place")),
        "{report:#}"
    );

    let server = Serving::ready(&data, &[]);
    assert_eq!(areas(&server, "calm"), [BOARD]);
    assert_eq!(areas(&server, "kind"), ["county:yorkshire"]);
    assert_eq!(areas(&server, "warm"), [COUNTY]);

    // Withdrawn and restored, gone from a file and back: nothing is forgotten.
    let id = ids(&server.client.get("/v1/search?q=home+calm").json()["results"])[0].clone();
    kith_ok(&data, &["withdraw", &id]);
    import(&data, "county", &[refuge("quiet", "E12000007", &json!({}))]);
    assert_eq!(import(&data, "county", &[refuge("calm", COUNTY, &json!({}))])["notices"][0]["code"], "areas_kept");
    kith_ok(&data, &["restore", &id]);
    until("it is back", || server.client.get(&format!("/v1/services/{id}")).status == 200);
    assert_eq!(areas(&server, "calm"), [BOARD]);
    // Narrower within what was told, and wide enough by itself.
    assert!(import(&data, "county", &[refuge("calm", "E08000035", &json!({}))]).get("notices").is_none());
    until("it serves Leeds", || areas(&server, "calm") == ["E08000035"]);
    // Of what was told before nothing is read.
    let listing = server.client.get(&format!("/v1/services/{id}")).text();
    assert!(!listing.contains(BOARD) && !server.client.get(&format!("/hsds/services/{id}")).text().contains(BOARD));
    drop(server);
    kith_ok(&data, &["check"]);
}

#[test]
fn a_dry_run_remembers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = data.with_extension("json");
    fs::write(&file, json!([refuge("calm", BOARD, &json!({}))]).to_string()).unwrap();
    kith_ok(&data, &["import", "--source", "county", "--dry-run", file.to_str().unwrap()]);
    let report = import(&data, "county", &[refuge("calm", COUNTY, &json!({}))]);
    assert!(report.get("notices").is_none(), "{report:#}");
}
