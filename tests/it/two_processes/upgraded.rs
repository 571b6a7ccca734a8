//! A directory in which another version of the program has remembered links: the real server answers, and remembers anew.

use std::fs;

use kith::store::Audit;
use serde_json::{Value, json};

use crate::support::{Serving, directory_in, kith, kith_ok, runtime, until};

/// More than the server remembers at one time.
const MEMBERS: usize = 1_100;

#[test]
fn a_server_of_an_upgraded_directory_answers_before_links_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let member = |n: usize| {
        json!({ "id": format!("m{n}"), "name": format!("Member {n:05}"), "status": "active",
            "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }],
            "kith": { "links": [{ "relationship": "member_of", "to": { "network_id": "circle" } }] } })
    };
    let circle = json!({ "id": "circle", "name": "West Circle", "description": "Many.",
        "kith": { "network": { "network_type": "peer" } } });
    let items: Vec<Value> = std::iter::once(circle).chain((0..MEMBERS).map(member)).collect();
    let file = folder.path().join("members.json");
    fs::write(&file, Value::from(items).to_string()).unwrap();
    kith_ok(&data, &["import", "--source", "county", file.to_str().unwrap()]);
    kith_ok(&data, &["check"]);
    runtime().block_on(async {
        let directory = directory_in(&data).await;
        let mut tx = directory.store.begin().await.unwrap();
        tx.say_bonds_made("another version").await.unwrap();
        let at = "2026-11-23T09:00:00Z".parse().unwrap();
        let actor = "a test".to_owned();
        tx.commit(Audit { at, actor, action: "a test", subject: None, detail: json!({}) }, &[]).await.unwrap();
    });
    let told = String::from_utf8(kith(&data, &["check"]).stdout).unwrap();
    assert!(told.contains("not all links are remembered") && told.contains("kith reindex"), "{told}");

    // Ready with the first answer: the view that is there is shown as it is.
    let server = Serving::ready(&data, &[]);
    let shown = || server.client.get("/v1/networks").json()["items"][0]["card"].clone();
    assert_eq!((&shown()["name"], &shown()["links_total"]), (&json!("West Circle"), &json!(MEMBERS)));
    let agrees = || kith(&data, &["check"]).status.success();
    until("all links are remembered", agrees);
    // What a keeper asks of a folder that is being served, the server does.
    let refused = kith(&data, &["reindex"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains("remembers all links anew now"), "{said}");
    until("all links are remembered again", agrees);
    assert_eq!(shown()["links_total"], MEMBERS);
}
