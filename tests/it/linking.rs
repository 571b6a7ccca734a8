//! `kith link` and `kith network`, with the real program: entered by a keeper, shown to readers, refused with all faults.

use std::fs;

use serde_json::{Value, json};

use crate::{
    networks::line,
    support::{Serving, kith, kith_ok},
};

#[test]
fn a_keeper_enters_a_network_and_links_and_readers_see_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let items = json!([line("tea", "Tea", json!({})), line("choir", "Choir", json!({}))]);
    kith_ok(&data, &["import", &write("county.json", &items.to_string())]);
    let network = "id = 'circle'\nname = 'West Circle'\ndescription = 'Neighbours.'\n[network]\nnetwork_type = 'place'\nareas = ['E08000035']\nprinciples = ['safety']\n";
    let entered = kith_ok(&data, &["network", "add", &write("circle.toml", network)]);
    let circle = entered.split_whitespace().next().unwrap().to_owned();
    assert!(entered.ends_with(" entered\n"), "{entered}");
    let server = Serving::ready(&data, &[]);
    let id = |name: &str| {
        let found = server.client.get(&format!("/v1/search?q={name}")).json();
        found["results"]["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let (tea, choir) = (id("tea"), id("choir"));
    kith_ok(&data, &["link", "propose", &tea, "member_of", &circle]);
    let terms = write(
        "terms.toml",
        "does = 'rings ahead'\ndoes_not = 'treat'\nhandover = ['warm_call']\nnote = 'Since spring'\n",
    );
    kith_ok(&data, &["link", "propose", &tea, "refers_to", &choir, "--terms", &terms]);
    let states = || -> Vec<Value> {
        let whole = server.client.get(&format!("/v1/services/{tea}")).json();
        whole["links"].as_array().unwrap().iter().map(|link| link["state"].clone()).collect()
    };
    assert_eq!(states(), ["claimed", "claimed"]);
    kith_ok(&data, &["link", "confirm", &tea, "member_of", &circle]);
    let terms = write("back.json", r#"{"does_not": "keep notes", "reply_within_days": 1}"#);
    kith_ok(&data, &["link", "confirm", &tea, "refers_to", &choir, "--terms", &terms]);
    assert_eq!(states(), ["agreed", "agreed"]);
    let whole = server.client.get(&format!("/v1/services/{choir}")).json();
    assert_eq!(whole["links"][0]["sides"][0]["terms"], json!({ "does_not": "keep notes", "reply_within_days": 1 }));
    let members = server.client.get(&format!("/v1/networks/{circle}/members")).json();
    assert_eq!((&members["total"], &members["items"][0]["state"]), (&json!(1), &json!("agreed")));
    // The network told again under its name is changed, and keeps its links.
    let changed = kith_ok(&data, &["network", "add", &write("circle.toml", &network.replace("'place'", "'peer'"))]);
    assert_eq!(changed, format!("{circle} changed\n"));
    assert_eq!(states(), ["agreed", "agreed"]);
    let shown = kith_ok(&data, &["network", "show", &circle]);
    assert!(
        shown.contains("\"network_type\": \"peer\"")
            && shown.contains("Tea is a member of West Circle: claimed, says the second (keeper)"),
        "{shown}"
    );
    assert!(kith_ok(&data, &["network", "list"]).contains(&format!("{circle} published West Circle\n1 networks")));
    kith_ok(&data, &["link", "lapse", &tea, "refers_to", &choir, "--by", "second"]);
    assert_eq!(states(), ["agreed", "lapsed"]);
    // Sides are called what the command line calls them, whoever speaks.
    for (by, pointer) in [("first", "/second"), ("second", "/first")] {
        let output = kith(&data, &["link", "propose", &tea, "refers_to", &tea, "--by", by]);
        assert!(
            String::from_utf8_lossy(&output.stdout).contains(&format!("{pointer} leads to the record itself")),
            "{by}"
        );
    }
    let listed = kith_ok(&data, &["link", "list", &choir]);
    assert!(
        listed.contains("lapsed, says the second (keeper); readers see: lapsed") && listed.ends_with("2 statements\n"),
        "{listed}"
    );
    drop(server);
    kith_ok(&data, &["check"]);
}

#[test]
fn every_fault_of_a_link_or_a_network_is_told_at_once_and_repeats_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let said = |arguments: &[&str]| {
        let output = kith(&data, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains("Zqk7"), "{said}");
        said
    };
    let nobody = "00000000-0000-4000-8000-000000000000";
    let long = format!("does = '{}'\nreview_on = 'Zqk7'\nhandover = ['Zqk7']\nplace = 'Zqk7'\n", "x".repeat(1_001));
    let told = said(&["link", "propose", nobody, "Zqk7", "Zqk7", "--terms", &write("long.toml", &long)]);
    for fault in [
        "/does is too long (too_long)",
        "/review_on is not a date",
        "/handover/0 is not one of the words",
        "/place is no parameter here",
        "/relationship is not one of the words",
        "/first is no listing of this directory",
        "/second is no listing of this directory",
    ] {
        assert!(told.contains(fault), "{fault} in {told}");
    }
    let bad = "id = 'c'\nname = 'C'\nplace = 'Zqk7'\n[network]\nnetwork_type = 'Zqk7'\nreview_on = 'Zqk7'\n";
    let told = said(&["network", "add", &write("bad.toml", bad)]);
    for fault in [
        "/place is no parameter here",
        "/description is needed",
        "/network/network_type is not one of",
        "/network/review_on is not a date",
    ] {
        assert!(told.contains(fault), "{fault} in {told}");
    }
    let output = kith(&data, &["network", "add", &write("broken.toml", "name = 'Zqk7\n")]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("line 1") && !error.contains("Zqk7"), "{error}");
    assert_eq!(kith_ok(&data, &["network", "list"]), "0 networks\n");
}
