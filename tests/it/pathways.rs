//! How one could get from here to there, over HTTP: both methods, every fault at once, ends that are not there.

use poem_openapi::types::ParseFromJSON;
use serde_json::{Value, json};

use crate::support::{Client, sample_client, with_one_withdrawn};

fn id_of(client: &Client, name: &str) -> String {
    let found = client.get(&format!("/v1/search?q={}&per_page=50", name.replace(' ', "+"))).json();
    let cards = found["results"]["items"].as_array().unwrap();
    let card = cards.iter().find(|card| card["name"] == name).unwrap_or_else(|| panic!("{name}: {found:#}"));
    card["id"].as_str().unwrap().to_owned()
}

/// The names of the listings of each way, the first left out.
fn names(answer: &Value) -> Vec<Vec<&str>> {
    let ways = answer["pathways"].as_array().unwrap().iter();
    ways.map(|way| way["steps"].as_array().unwrap().iter().map(|step| step["to"]["name"].as_str().unwrap()).collect())
        .collect()
}

#[test]
fn a_trauma_service_leads_to_neighbours_by_way_of_a_choir_and_both_methods_say_the_same() {
    let client = sample_client();
    let (from, to) = (id_of(&client, "Armley Trauma Service"), id_of(&client, "Armley Good Neighbours"));
    let got = client.get(&format!("/v1/pathways?from={from}&to={to}"));
    assert_eq!((got.status, got.header("cache-control"), got.header("etag")), (200, "no-store", ""));
    let answer = got.json();
    assert!(names(&answer).contains(&vec!["Canal Voices", "Armley Good Neighbours"]), "{answer:#}");
    assert_eq!(answer["from"]["name"], "Armley Trauma Service");
    assert_eq!((&answer["cut"], &answer["sample"]), (&json!(false), &json!(true)));
    let posted = client.post_json("/v1/pathways", &json!({ "from": from, "to": to }).to_string());
    assert_eq!((posted.status, posted.header("cache-control")), (200, "no-store"));
    assert_eq!(posted.json(), answer);
    kith::domain::pathway::answer::PathwaysAnswer::parse_from_json(Some(answer))
        .unwrap_or_else(|error| panic!("{}", error.into_message()));
    let layer = client.get(&format!("/v1/pathways?from={from}&to_layer=community&lang=cy"));
    assert_eq!(layer.header("content-language"), "cy");
    let layer = layer.json();
    assert!(!names(&layer).is_empty() && layer["to"].is_null());
    assert!(layer["pathways"][0]["steps"][0]["in_words"].as_str().unwrap().contains(" yn "), "{layer:#}");
}

#[test]
fn every_link_of_a_way_is_told_as_agreed_by_the_listings_themselves() {
    let client = sample_client();
    let mut ways = 0;
    for listing in client.get("/v1/services?per_page=100").json()["items"].as_array().unwrap() {
        for layer in ["alongside", "specialist", "community", "around_you"] {
            let answer = client.get(&format!("/v1/pathways?from={}&to_layer={layer}", listing["id"].as_str().unwrap()));
            for step in
                answer.json()["pathways"].as_array().unwrap().iter().flat_map(|way| way["steps"].as_array().unwrap())
            {
                let page = step["from"]["page_url"].as_str().unwrap().replace("/listing/", "");
                let family = if ["network", "organization"].contains(&step["from"]["kind"].as_str().unwrap()) {
                    "organizations"
                } else {
                    "services"
                };
                let from = client.get(&format!("/v1/{family}/{page}")).json();
                let told = from["links"].as_array().unwrap().iter().any(|link| {
                    link["target"]["id"] == step["to"]["id"]
                        && link["relationship"] == step["relationship"]
                        && link["state"] == "agreed"
                });
                assert!(told, "{step:#}");
                ways += 1;
            }
        }
    }
    assert!(ways > 10, "{ways}");
}

#[test]
fn all_faults_are_told_at_once_and_ends_that_are_not_there_are_told_apart() {
    let (client, gone) = with_one_withdrawn();
    let faults = |path: &str| client.get(path).faults();
    assert_eq!(faults("/v1/pathways"), ["/from required", "/to required"]);
    assert_eq!(
        faults("/v1/pathways?from=x&to=y&to_layer=moon&age=121&lang=fr"),
        [
            "/from not_a_uuid",
            "/to not_a_uuid",
            "/to_layer conflict",
            "/to_layer not_in_list",
            "/age out_of_range",
            "/lang not_in_list"
        ]
    );
    let here = id_of(&client, "Armley Trauma Service");
    assert_eq!(faults(&format!("/v1/pathways?from={here}&to={}", here.to_uppercase())), ["/to conflict"]);
    let body = client.post_json("/v1/pathways", &json!({ "from": "x", "to_layer": "moon" }).to_string());
    assert_eq!(body.faults(), ["/from not_a_uuid", "/to_layer not_in_list"]);
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (from, to, status, which) in [
        (nobody, &*here, 404, "`from`"),
        (&here, nobody, 404, "`to`"),
        (&gone, &here, 410, "`from`"),
        (&here, &gone, 410, "`to`"),
    ] {
        let answer = client.get(&format!("/v1/pathways?from={from}&to={to}"));
        assert_eq!(answer.status, status, "{which}");
        let problem = answer.problem(if status == 404 { "no-such-listing" } else { "withdrawn" });
        assert!(problem["detail"].as_str().unwrap().contains(which), "{problem:#}");
    }
}
