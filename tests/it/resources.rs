//! Resources for those who support people: found by words and by what they are for, by no place, and in no feed of services.

use serde_json::{Value, json};

use crate::{
    networks::{line, page, served},
    support::{Client, names},
};

fn course(id: &str, name: &str, resource: Value, areas: &[&str]) -> Value {
    let mut item = line(id, name, json!({ "resource": resource }));
    item["service_areas"] = areas.iter().map(|code| json!({ "name": *code, "extent": *code })).collect();
    item
}

fn shelf() -> Value {
    json!([
        course(
            "hold",
            "Holding a group",
            json!({ "resource_type": "training", "level": "skilled", "for_roles": ["facilitator"], "peers_paid_for": true, "review_on": "2027-01-01" }),
            &[]
        ),
        course(
            "cymru",
            "Gofal",
            json!({ "resource_type": "supervision", "level": "enhanced", "for_roles": ["peer_worker"] }),
            &["W92000004"]
        ),
        course("leeds", "Leeds link work", json!({ "resource_type": "linking_work" }), &["E08000035"]),
        line("tea", "Tea for training", json!({})),
    ])
}

fn found(client: &Client, query: &str) -> Vec<String> {
    let mut names = names(&client.get(&format!("/v1/resources?{query}")).json()["results"]);
    names.sort();
    names
}

#[test]
fn resources_are_found_by_what_they_say_and_what_is_not_said_is_to_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _) = served(folder.path(), &shelf());
    assert_eq!(found(&client, ""), ["Gofal", "Holding a group", "Leeds link work"]);
    assert_eq!(found(&client, "q=training"), ["Holding a group"]);
    assert_eq!(found(&client, "resource_type=training&resource_type=supervision"), ["Gofal", "Holding a group"]);
    // The third says nothing of its level.
    assert_eq!(found(&client, "level=skilled"), ["Holding a group", "Leeds link work"]);
    assert_eq!(found(&client, "level=skilled&strict=true"), ["Holding a group"]);
    let asked = client.get("/v1/resources?level=skilled&for_role=facilitator").json();
    assert_eq!(asked["results"]["items"][0]["name"], "Holding a group");
    assert_eq!(asked["results"]["items"][1]["ask"], json!(["level", "for_role"]));
    assert_eq!(found(&client, "nation=wales"), ["Gofal", "Holding a group"], "what is for everywhere is for Wales too");
    assert_eq!(found(&client, "nation=england"), ["Holding a group", "Leeds link work"]);
    let body = r#"{"resource_type": ["supervision"], "nation": ["wales"], "lang": "cy"}"#;
    let private = client.post_json("/v1/resources", body);
    assert_eq!(
        (names(&private.json()["results"]), private.header("content-language")),
        (vec!["Gofal".to_owned()], "cy")
    );
    assert_eq!(private.header("cache-control"), "no-store");
    let faults = client.get("/v1/resources?level=best&for_role=king&nation=narnia&per_page=0").faults();
    assert_eq!(
        faults,
        ["/level/0 not_in_list", "/for_role/0 not_in_list", "/nation/0 not_in_list", "/per_page out_of_range"]
    );
}

#[test]
fn a_resource_has_no_place_and_is_no_service() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _) = served(folder.path(), &shelf());
    let near = client.get("/v1/search?kind=resource&near=LS6+2").json();
    assert_eq!(near["results"]["total"], 3);
    assert_eq!(near["place"]["note"], "What is for those who support people has no place: the place was not used.");
    assert!(near.get("searched_within_km").is_none() && near["covers_area"]["total"] == 0);
    let welsh = client.get("/v1/search?kind=resource&near=LS6+2&lang=cy").json();
    assert!(welsh["place"]["note"].as_str().unwrap().starts_with("Nid oes lleoliad"));
    client.get("/v1/search?kind=resource&near=nowhere+at+all").problem("unknown-place");
    // Words find it, labelled; a search near a place does not.
    let words = client.get("/v1/search?q=training").json();
    let card = words["results"]["items"].as_array().unwrap().iter().find(|card| card["kind"] == "resource");
    let id = card.expect("words find it")["id"].as_str().unwrap().to_owned();
    let near = client.get("/v1/search?near=LS6+2&within_km=500").json();
    assert_eq!(names(&near["covers_area"]), ["Tea for training"]);
    assert_eq!(near["results"]["total"], 0);

    let whole = client.get(&format!("/v1/resources/{id}")).json();
    assert_eq!(whole["resource"]["for_roles"], json!(["facilitator"]));
    client.get(&format!("/v1/services/{id}")).problem("no-such-listing");
    assert_eq!(client.get("/v1/services").json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/hsds/services").json()["contents"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(&format!("/hsds/services/{id}")).status, 404);
}

#[test]
fn a_page_lists_resources_and_one_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _) = served(folder.path(), &shelf());
    let all = client.get("/resources").text();
    assert!(all.contains("3 resources") && all.contains("<p>Training</p>") && !all.contains("Near where?"), "{all}");
    let some = client.post_form("/resources", "level=enhanced&q=&nation=wales").text();
    assert!(some.contains(">Gofal</a>") && !some.contains(">Holding a group</a>"), "{some}");
    assert!(some.contains("<option value=\"enhanced\" selected>"));
    let found = client.get("/v1/resources?q=holding").json();
    let page = page(&client, found["results"]["items"][0]["page_url"].as_str().unwrap());
    for words in [
        "For those who support people, run by",
        "<dt>About</dt><dd><p>Training</p>",
        "<dt>Level</dt><dd><p>Trauma skilled</p>",
        "<p>People who hold groups</p>",
        "<p>Peer workers&#39; places are paid for</p>",
        "<dt>Looked at again</dt><dd><p>1 January 2027</p>",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("<dt>Where</dt>") && !page.contains("first visit"));
}
