//! Resources for those who support people: found by words and by what they are for, by no place, and in no feed of services.

use serde_json::{Value, json};

use crate::{
    networks::{line, page, served},
    support::{Client, names, sample_client},
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
    assert_eq!(found(&client, "peers_paid_for=yes&strict=true"), ["Holding a group"]);
    assert_eq!(found(&client, "peers_paid_for=no"), ["Gofal", "Leeds link work"], "where nobody says, it can be asked");
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
        "<dt>To be looked at again</dt><dd><p>1 January 2027</p>",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("<dt>Where</dt>") && !page.contains("first visit"));
}

#[test]
fn principles_of_open_dialogue_are_claimed_by_any_listing_and_only_what_counts_finds_it() {
    let client = sample_client();
    let found = |query: &str| {
        let mut names = names(&client.get(&format!("/v1/search?per_page=100&strict=true&{query}")).json()["results"]);
        names.sort();
        names
    };
    let all = found("dialogue=dialogue");
    let listed = client.get("/v1/terms?facet=marker").json()["dialogue"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 7);
    assert_eq!(client.get("/v1/terms?facet=need").json()["dialogue"], json!([]));
    let whole = client.get("/v1/search?dialogue=immediate_help&view=full").json();
    let team = &whole["results"]["items"][0];
    assert_eq!(whole["results"]["total"], 1);
    let name = team["name"].as_str().unwrap();
    assert!(all.len() >= 4 && all.iter().any(|one| one == name), "{all:?}");
    // It says all seven: one without a source, one whose day has passed. By neither is it found.
    let claims = team["listing"]["practice"]["markers"].as_array().unwrap();
    let said = |of: &str| claims.iter().find(|claim| claim["marker"] == of).unwrap();
    for (principle, counts) in listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .map(|id| (id, !matches!(id, "responsibility" | "continuity")))
    {
        assert_eq!(said(principle)["current"], counts, "{principle}");
        let names = found(&format!("dialogue={principle}"));
        assert_eq!(names.iter().any(|one| one == name), counts, "{principle}: {names:?}");
    }
    let training = "Open Dialogue: foundation training of one year";
    assert!(found("dialogue=continuity").iter().any(|one| one == training));
    // Without strict no other is offered as something to ask.
    let loose = client.get("/v1/search?per_page=100&dialogue=dialogue").json();
    assert_eq!(loose["results"]["total"], all.len());
    let posted = client.post_json("/v1/search", r#"{"dialogue": ["dialogue", "continuity"], "per_page": 100}"#).json();
    assert_eq!(posted["results"]["total"], found("dialogue=dialogue&dialogue=continuity").len());
    let wrong = client.get("/v1/search?dialogue=monologue");
    assert_eq!((wrong.status, wrong.faults()), (400, vec!["/dialogue/0 not_in_list".to_owned()]));
    let html = page(&client, &format!("/listing/{}", team["id"].as_str().unwrap()));
    for words in ["Immediate help", "A social network perspective", "Dialogue, with every voice heard", "counts until"]
    {
        assert!(html.contains(words), "{words}");
    }
}
