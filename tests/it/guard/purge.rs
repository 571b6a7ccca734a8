//! C11: what was public and is protected now is in no file of the data folder afterwards, in whatever spelling; whether a
//! file made it private or the safeguarding role. And what only that role may do, no file does.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::table;
use crate::{
    canary::scan::{Scan, mark},
    support::{Serving, ids, kith, kith_ok, until},
};

const ROLE: [&str; 4] = ["--by", "safeguarding lead", "--because", "She has been followed"];

/// A group whose place is public, everything about it marked; `house` is the place.
fn group(house: &str) -> Value {
    let mut group = crate::canary::open_group(&format!("{} at 12 Mill Lane", mark("description")));
    group["name"] = json!("Tuesday circle");
    let own = mark("organization");
    group["organization"] = json!({ "id": "o", "name": own, "description": own, "website": "https://zqk7canary.example", "attributes": [term("of the organization")],
        "phones": [{ "number": "01632 960108", "description": mark("phone") }] });
    group["attributes"] = json!([term("of the service")]);
    group["contacts"] = json!([{ "name": mark("contact") }]);
    group["schedules"] = json!([{ "freq": "WEEKLY", "byday": "TU", "notes": mark("schedule") }]);
    group["note"] = json!({ "unknown": mark("unknown") });
    let place = &mut group["service_at_locations"][0];
    place["location"]["id"] = json!(house);
    place["location"]["name"] = json!(mark("name"));
    place["location"]["transportation"] = json!(mark("bus"));
    place["location"]["attributes"] = json!([term("of the place")]);
    place["attributes"] = json!([term("of the service there")]);
    group
}

/// A term of its source with its taxonomy, all marked.
fn term(id: &str) -> Value {
    let says = mark(id);
    json!({ "taxonomy_term": { "id": id, "code": says, "name": says, "description": says,
        "taxonomy_detail": { "id": format!("all {id}"), "name": says, "description": says } } })
}

/// The same as a refuge, with all that could place it.
fn refuge() -> Value {
    let mut refuge = group("second-house");
    refuge["attributes"] = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    refuge
}

fn import(data: &Path, item: &Value) -> String {
    let file = data.with_extension("ndjson");
    fs::write(&file, item.to_string()).unwrap();
    kith_ok(data, &["import", "--source", "county", file.to_str().unwrap()])
}

/// The group at two places one after the other, and then kept as it is; what the control finds of it.
fn published(data: &Path) -> usize {
    import(data, &group("first-house"));
    import(data, &group("second-house"));
    let (found, files) = Scan::of_secrets().files(data);
    assert!(files > 5 && found.iter().any(|hit| hit.starts_with("kith.db")), "{found:#?}");
    assert!(found.iter().any(|hit| hit.starts_with("view/")), "{found:#?}");
    found.len()
}

/// Nothing is left in any file; how many files were read.
fn clean(data: &Path) -> usize {
    let (found, files) = Scan::of_secrets().files(data);
    assert_eq!(found, [""; 0]);
    files
}

fn told(what: &str, before: usize, files: usize) {
    table::row("C11", what, files, &format!("0 of {before} spellings and places left in files"), true);
}

fn only_id(server: &Serving) -> String {
    let found = server.client.get("/v1/search?q=tuesday+circle").json();
    ids(&found["results"])[0].clone()
}

#[test]
fn an_import_that_protects_leaves_no_byte_of_what_was_public() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let before = published(&data);
    let said = import(&data, &refuge());
    assert!(said.contains("has gone from the store's files"), "{said}");
    told("bytes after an import that protects", before, clean(&data));
    assert!(!import(&data, &refuge()).contains("has gone"), "there is nothing more to do");
    kith_ok(&data, &["check"]);
}

#[test]
fn no_byte_is_left_while_a_server_is_running_either() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Serving::ready(&data, &[]);
    let before = published(&data);
    until("the group can be found", || {
        server.client.get("/v1/search?q=tuesday+circle").json()["results"]["total"] == 1
    });
    let old = only_id(&server);
    import(&data, &refuge());
    let files = clean(&data);
    assert!(fs::metadata(data.join("kith.db-wal")).is_ok(), "the log is there and was looked through");
    told("bytes after an import that protects, beside a server", before, files);
    assert_eq!(server.client.get(&format!("/v1/services/{old}")).status, 410);
    drop(server);
    clean(&data);
    kith_ok(&data, &["check"]);
}

#[test]
fn what_the_safeguarding_role_hides_leaves_no_byte_and_stays_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Serving::ready(&data, &[]);
    let before = published(&data);
    until("the group can be found", || {
        server.client.get("/v1/search?q=tuesday+circle").json()["results"]["total"] == 1
    });
    let old = only_id(&server);
    kith_ok(&data, &[["safeguard", "hide", &old].as_slice(), &ROLE].concat());
    told("bytes after the safeguarding role has hidden a place", before, clean(&data));
    assert_eq!(server.client.get(&format!("/v1/services/{old}")).status, 410);
    until("it can be found by area", || {
        server.client.get("/v1/search?q=tuesday+circle").json()["results"]["items"][0]["place"]["kind"] == "area"
    });
    let new = only_id(&server);
    assert!(new != old && &new[14..15] == "4");
    let listing = server.client.get(&format!("/v1/services/{new}")).json();
    assert_eq!(listing["card"]["name"], "Tuesday circle");

    // Its source goes on telling the place, and says that it is public.
    let mut again = group("third-house");
    again["attributes"] = json!([{ "link_type": "kith:place_mode", "value": "exact" }, term("of the service")]);
    import(&data, &again);
    clean(&data);
    assert_eq!(only_id(&server), new);
    drop(server);
    kith_ok(&data, &["check"]);
}

#[test]
fn no_file_opens_a_refuge_and_the_safeguarding_role_does() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut item = refuge();
    item["attributes"].as_array_mut().unwrap().push(json!({ "link_type": "kith:place_mode", "value": "exact" }));
    item["phones"] = json!([{ "number": "0113 496 0123" }]);
    import(&data, &item);
    clean(&data);
    let server = Serving::ready(&data, &[]);
    let id = only_id(&server);
    let card = || server.client.get(&format!("/v1/services/{id}")).json()["card"].clone();
    assert_eq!((&card()["place"]["kind"], &card()["phones"]), (&json!("area"), &Value::Null));

    // A decision needs a role and a reason that tells no place.
    let decide = |what: &[&str]| kith(&data, &[["safeguard"].as_slice(), what].concat()).status.success();
    assert!(!decide(&["open", &id, "--by", "lead", "--because", "It is at LS6 2ZX"]));
    assert!(!decide(&["open", &id, "--because", "A public office"]));
    assert!(!decide(&["open", "00000000-0000-4000-8000-000000000001", ROLE[0], ROLE[1], ROLE[2], ROLE[3]]));

    // The only number is local: shown by decision, and not any more.
    assert!(decide(&[["number", &id].as_slice(), &ROLE].concat()));
    import(&data, &item);
    until("the number is shown", || card()["phones"][0]["number"] == "0113 496 0123");
    assert!(decide(&[["number", &id, "--withdraw"].as_slice(), &ROLE].concat()));
    import(&data, &item);
    until("the number is left out", || card()["phones"].is_null());

    assert!(decide(&[["open", &id].as_slice(), &ROLE].concat()));
    assert_eq!(card()["place"]["kind"], "area", "until its source tells the place again");
    import(&data, &item);
    until("the place is told", || card()["place"]["kind"] == "exact");
    assert!(!Scan::of_secrets().files(&data).0.is_empty());
    // An import opens nothing more, and the role takes it back.
    assert!(decide(&[["hide", &id].as_slice(), &ROLE].concat()));
    import(&data, &item);
    clean(&data);
    drop(server);
    kith_ok(&data, &["check"]);
}
