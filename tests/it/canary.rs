//! The true address of a confidential place is not collected: an import whose every location column,
//! unknown field, shared place and faulty row is marked leaves no mark in anything kept or said.

pub mod answers;
mod formats;
mod plant;
pub mod scan;

use std::{fs, path::Path};

use serde_json::{Value, json};

pub use self::plant::open_group;
use self::{
    plant::{How, refuge},
    scan::{LATITUDE, POSTCODE, Scan, mark},
};
use crate::support::{Serving, ids, kith, kith_ok};

/// Asked for as words, places and ids: what somebody who knows a secret would try.
const ASKED: [&str; 5] = ["Zqk7Canary", "KW17 2QZ", "53.8271659,-1.5739462", "Zqk7Canaryaddress-1", "quiet Zqk7Canary"];

/// Everything that a data folder, a server on it and its log give away, told by where it was found.
fn surfaces(data: &Path) -> Vec<String> {
    let scan = Scan::of_secrets();
    let server = Serving::ready(data, &["--log", "trace"]);
    let said = answers::all(&server.client, &ASKED, &[]);
    assert!(said.len() > 300, "only {} answers were asked for", said.len());
    let mut found: Vec<String> = said
        .iter()
        .flat_map(|(asked, bytes)| scan.find(bytes).into_iter().map(move |hit| format!("answer to {asked}: {hit}")))
        .collect();
    let (kept, files) = scan.files(data);
    assert!(files >= 10, "only {files} files were read");
    found.extend(kept);
    found.extend(scan.find(server.log.lock().unwrap().as_bytes()).into_iter().map(|hit| format!("log: {hit}")));
    drop(server);
    found.extend(scan.files(data).0);
    found
}

/// Runs an import at TRACE, dry and then in earnest; nothing that it says may hold a secret. The answer is its report.
fn import(data: &Path, file: &Path, more: &[&str]) -> Value {
    let scan = Scan::of_secrets();
    let told = data.with_extension("report.json");
    for dry in [true, false] {
        let mut arguments = vec![
            "import",
            "--log",
            "trace",
            "--report",
            told.to_str().unwrap(),
            "--source",
            "county",
            file.to_str().unwrap(),
        ];
        arguments.extend(more);
        arguments.extend(dry.then_some("--dry-run"));
        let output = kith(data, &arguments);
        scan.clean("what the import prints", &output.stdout);
        scan.clean("what the import logs", &output.stderr);
        scan.clean("the report", fs::read(&told).unwrap());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        if dry {
            assert_eq!(scan.files(data).0, [""; 0], "after a dry run");
        }
    }
    serde_json::from_slice::<Value>(&fs::read(&told).unwrap()).unwrap()[0].take()
}

fn written(folder: &Path, name: &str, items: &[Value]) -> std::path::PathBuf {
    let path = folder.join(name);
    let lines: Vec<String> = items.iter().map(Value::to_string).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn an_import_of_refuges_leaves_no_trace_of_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut items = plant::neighbours("shared-house");
    items.extend([How::Term, How::Name, How::Declared].map(|how| refuge(&format!("{how:?}"), how, "shared-house")));
    items.extend(plant::faulty("shared-house"));
    let file = written(folder.path(), "county.ndjson", &items);
    // A row that breaks off in the middle of an address.
    let broken = format!(
        "{}\n{{\"id\":\"cut\",\"name\":\"Refuge\",\"service_at_locations\":[{{\"location\":{{\"addresses\":[{{\"address_1\":\"{}",
        fs::read_to_string(&file).unwrap(),
        mark("cut")
    );
    fs::write(&file, broken).unwrap();

    let report = import(&data, &file, &[]);
    assert_eq!(surfaces(&data), [""; 0]);
    let number = |name: &str| report[name].as_u64().unwrap();
    // Twelve rows: six good ones, one of which repeats the organization, and six with faults.
    assert_eq!((number("read"), number("created"), number("refused")), (12, 6, 6), "{report:#}");
    assert!(number("withheld") > 60 && number("protected") >= 3, "{report:#}");
    let refused: Vec<u64> =
        report["refusals"].as_array().unwrap().iter().map(|refusal| refusal["row"].as_u64().unwrap()).collect();
    assert!((7..=12).all(|row| refused.contains(&row)), "{refused:?}");

    // The refuges are there, by area; so are those who share their house, at their other places or at none.
    let server = Serving::ready(&data, &[]);
    let found = server.client.get("/v1/search?near=LS6+2&within_km=5").json();
    let area: Vec<&Value> = found["covers_area"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|card| card["place"]["kind"] == "area")
        .collect();
    assert_eq!(area.len(), 3, "{found:#}");
    assert!(found["results"]["items"][0]["place"]["label"].as_str().unwrap().contains("Mill Hall"));
    assert_eq!(server.client.get("/v1/search?q=walking").json()["results"]["items"][0]["place"]["kind"], "not_stated");
    drop(server);
    kith_ok(&data, &["check"]);
}

#[test]
fn nothing_that_a_later_import_says_widens_what_is_known_of_a_refuge() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = written(folder.path(), "county.ndjson", &[refuge("one", How::Term, "house")]);
    import(&data, &file, &[]);
    // The same record without its term, and with its source's word that its place is public.
    let mut again = refuge("one", How::Declared, "house");
    again["attributes"][0]["value"] = json!("exact");
    again["name"] = json!("Quiet Home, changed");
    let mut items = plant::neighbours("house");
    items.push(again);
    let report = import(&data, &written(folder.path(), "county.ndjson", &items), &[]);
    // The renamed one, and the one inside the organization.
    assert_eq!(report["protected"], 2, "{report:#}");
    // And a file without it, in which others say where the house is that they share with it.
    import(&data, &written(folder.path(), "county.ndjson", &plant::neighbours("house")), &[]);
    assert_eq!(surfaces(&data), [""; 0]);
    let server = Serving::ready(&data, &[]);
    let found = server.client.get("/v1/search?q=changed").json();
    assert_eq!(
        (&found["results"]["total"], &found["results"]["items"][0]["place"]["kind"]),
        (&json!(1), &json!("area")),
        "{found:#}"
    );
}

#[test]
fn a_table_of_refuges_leaves_no_trace_of_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (rows, mapping) = plant::table();
    let (file, by) = (folder.path().join("table.csv"), folder.path().join("table.toml"));
    fs::write(&file, rows).unwrap();
    fs::write(&by, mapping).unwrap();
    let report = import(&data, &file, &["--mapping", by.to_str().unwrap()]);
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((number("read"), number("created"), number("refused")), (8, 5, 3), "{report:#}");
    let faults: Vec<String> = report["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| format!("{} {}", fault["row"], fault["pointer"].as_str().unwrap()))
        .collect();
    assert_eq!(faults, ["4 ", "5 /ref", "6 /lat", "6 /lon"]);
    assert_eq!(surfaces(&data), [""; 0]);
}

#[test]
fn the_same_search_for_secrets_finds_what_an_open_group_tells() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = written(folder.path(), "open.ndjson", &[plant::open_group(&mark("description"))]);
    kith_ok(&data, &["import", file.to_str().unwrap()]);
    let found = surfaces(&data);
    let seen = |surface: &str, what: &str| found.iter().any(|hit| hit.starts_with(surface) && hit.contains(what));
    for surface in [
        "answer to /hsds/services",
        "answer to /hsds/service_at_locations",
        "answer to /v1/search",
        "answer to /v1/services",
        "answer to /listing",
        "answer to a page",
        "view/",
        "kith.db",
    ] {
        assert!(seen(surface, "plain: ...") || seen(surface, ": plain"), "{surface}: {found:#?}");
    }
    for surface in ["answer to /v1/search", "kith.db", "view/"] {
        assert!(seen(surface, "number"), "the position in {surface}");
        assert!(seen(surface, &POSTCODE.to_lowercase()), "the postcode in {surface}");
    }
    assert!(seen("view/", "degrees times"), "the position in the view's columns: {found:#?}");
    assert!(!found.iter().any(|hit| hit.starts_with("log")), "{found:#?}");
}

#[test]
fn a_group_that_becomes_a_refuge_takes_back_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let import = |items: &[Value]| {
        let file = written(folder.path(), "county.ndjson", items);
        kith_ok(&data, &["import", "--source", "county", file.to_str().unwrap()]);
    };
    let mut group = plant::open_group("A circle");
    group["service_at_locations"][0]["location"]["name"] = json!(mark("name"));
    group["organization"] = json!({ "id": "o", "name": "Elm", "description": "Us" });
    let neighbour = json!({ "id": "walk", "name": "Slow walk", "status": "active", "service_at_locations": [{ "location_id": "open-house" }] });
    import(&[group.clone(), neighbour]);
    let server = Serving::ready(&data, &[]);
    let old = ids(&server.client.get("/v1/search?q=circle").json()["results"])[0].clone();
    let before = server.client.get(&format!("/v1/services/{old}")).json();
    assert_eq!(before["places"][0]["location"]["latitude"], LATITUDE, "{before:#}");

    group["attributes"] = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    import(&[group]);
    crate::support::until("the old listing is gone", || {
        server.client.get(&format!("/v1/services/{old}")).status == 410
    });
    crate::support::until("the new one is there", || {
        server.client.get("/v1/search?q=circle").json()["results"]["total"] == 1
    });
    let new = ids(&server.client.get("/v1/search?q=circle").json()["results"])[0].clone();
    assert_ne!(old, new);
    assert_eq!(&new[14..15], "4", "the id of a protected listing does not tell when it was made");
    server.client.get(&format!("/v1/services/{old}")).problem("withdrawn");
    assert_eq!(server.client.get(&format!("/listing/{old}")).status, 410);

    let neighbour = server.client.get("/v1/search?q=walk").json();
    assert_eq!(neighbour["results"]["items"][0]["place"]["kind"], "not_stated", "{neighbour:#}");
    let scan = Scan::of_secrets();
    for (asked, bytes) in answers::all(&server.client, &ASKED, &[old]) {
        scan.clean(&asked, bytes);
    }
    drop(server);
    kith_ok(&data, &["check"]);
    let (found, files) = scan.files(&data.join("view"));
    assert!(files > 3);
    assert_eq!(found, [""; 0], "the published view");
}
