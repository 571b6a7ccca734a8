//! What is near enough, close enough in meaning or open enough to be in an answer, and that it says what it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    publishing::served,
    search::{distances, search, terms, walk},
    support::{Client, names},
};

fn cards(block: &Value) -> &[Value] {
    block["items"].as_array().unwrap()
}

#[test]
fn nothing_that_is_near_enough_to_any_address_of_a_town_is_missed() {
    let (everything, _) = walk("near=Leeds&within_km=500", "results");
    let everything: Vec<f64> = everything.iter().map(|card| card["distance_km"].as_f64().unwrap()).collect();
    for asked in [1.0, 3.0, 8.0] {
        let answer = search(&format!("near=Leeds&within_km={asked}&per_page=100&facets=none"));
        let wide = answer["place"]["precision_km"].as_f64().unwrap();
        assert!(wide > 2.0, "a town is no point");
        let circle = answer["circle_km"].as_f64().unwrap();
        assert_eq!(
            (&answer["searched_within_km"], (circle * 100.0).round()),
            (&json!(asked), ((asked + wide) * 100.0).round())
        );
        // Distances are told to ten metres.
        let inside = |circle: f64| everything.iter().filter(|km| **km <= circle).count() as u64;
        let total = answer["results"]["total"].as_u64().unwrap();
        assert!((inside(circle - 0.01)..=inside(circle + 0.01)).contains(&total), "{asked}: {total}");
        assert!(distances(&answer["results"]).iter().any(|km| *km > asked), "distances are from the middle");
    }
    let point = search("near=53.82,-1.57&within_km=3");
    assert_eq!(point["circle_km"], 3.0);
    assert!(search("near=Yorkshire").get("circle_km").is_none());
}

/// Three refuges and a line, each for an area; names are those of the areas.
fn refuges() -> (Client, tempfile::TempDir) {
    let refuge = |name: &str, code: &str| {
        json!({ "id": name, "name": name, "status": "active", "description": "Rooms for women.",
            "attributes": [{ "link_type": "kith:place_mode", "value": "area" }],
            "service_areas": [{ "name": name, "extent": code }] })
    };
    let areas = [
        ("Leeds", "E08000035"),
        ("Bradford", "E08000032"),
        ("Herefordshire", "E06000019"),
        ("Wales", "W92000004"),
        ("England", "E92000001"),
    ];
    let items: Vec<Value> = areas.iter().map(|(name, code)| refuge(name, code)).collect();
    let (client, _, report, folder) = served(&json!(items));
    assert_eq!((report.created, report.refused), (5, 0), "{:?}", report.refusals);
    (client, folder)
}

#[test]
fn what_serves_the_area_next_to_a_place_comes_after_what_serves_it_as_something_to_ask() {
    let (client, _folder) = refuges();
    let covers = |asked: &str| {
        let answer = client.get(&format!("/v1/search?{asked}")).json();
        let told = |card: &Value| {
            let name = card["name"].as_str().unwrap().to_owned();
            let ask = card.get("ask").is_some_and(|ask| *ask == json!(["area"]));
            assert_eq!(card["serves"] == "nearby", ask, "{card:#}");
            (name, ask)
        };
        let told: Vec<(String, bool)> = cards(&answer["covers_area"]).iter().map(told).collect();
        let here: BTreeSet<String> = told.iter().filter(|(_, ask)| !ask).map(|(name, _)| name.clone()).collect();
        let nearby: BTreeSet<String> = told.iter().filter(|(_, ask)| *ask).map(|(name, _)| name.clone()).collect();
        assert!(told.is_sorted_by_key(|(_, ask)| *ask), "what serves the place stands first: {told:?}");
        (here.into_iter().collect::<Vec<_>>().join(" "), nearby.into_iter().collect::<Vec<_>>().join(" "))
    };
    let of = |here: &str, nearby: &str| (here.to_owned(), nearby.to_owned());
    assert_eq!(covers("near=LS6+2&within_km=1"), of("England Leeds", "Bradford"));
    assert_eq!(covers("near=LS6+2&within_km=1&strict=true"), of("England Leeds", ""));
    assert_eq!(covers("near=Yorkshire"), of("Bradford England Leeds", ""));
    assert_eq!(covers("near=Powys"), of("Wales", "Herefordshire"), "a nation is beside nobody");
    assert_eq!(
        covers("near=Truro"),
        of("England", ""),
        "the search went far for want of groups; areas there are not near"
    );
}

#[test]
fn a_wider_term_comes_after_everything_that_has_the_term_itself_and_is_counted_apart() {
    for query in [
        "q=baby+loss",
        "q=baby+loss&near=LS6+2",
        "q=miscarriage&near=Leeds&sort=distance",
        "q=baby+loss&sort=recently_checked",
    ] {
        let answer = search(query);
        let (all, total) = walk(query, "results");
        assert_eq!((answer["results"]["total"].as_u64(), all.len() as u64), (Some(total), total), "{query}");
        let wider = |card: &&Value| card["only_broader"] == true;
        assert_eq!(answer["results"]["broader"], all.iter().filter(wider).count(), "{query}");
        let first = all.iter().position(|card| wider(&card)).unwrap();
        assert!(first >= 2 && all.len() > first + 5, "{query}");
        // One that has ended stands last, whatever it has.
        let running =
            |cards: &[Value]| cards.iter().filter(|card| card["status"] != "defunct").cloned().collect::<Vec<_>>();
        assert!(running(&all[first..]).iter().all(|card| wider(&card)), "{query}");
        assert!(
            all.iter()
                .filter(wider)
                .all(|card| terms(card).contains("bereavement") && !terms(card).contains("baby-loss"))
        );
        let told = json!([{ "id": "bereavement", "label": "Bereavement and grief", "of": "baby-loss" }]);
        assert_eq!(answer["understood"]["broader"], told, "{query}");
    }
    let grief = search("q=grief");
    assert!(grief["results"].get("broader").is_none() && grief["understood"].get("broader").is_none());
    let filtered = walk("need=baby-loss", "results").0;
    assert!(filtered.iter().all(|card| terms(card).contains("baby-loss")), "a filter brings nothing wider");
}

#[test]
fn a_search_widens_for_what_was_meant_and_not_for_what_is_wider() {
    let answer = search("q=baby+loss&near=LS6+2&facets=none");
    let (total, broader) =
        (answer["results"]["total"].as_u64().unwrap(), answer["results"]["broader"].as_u64().unwrap());
    assert!(broader >= 10 && total - broader < 10, "{total} {broader}");
    assert_eq!(answer["searched_within_km"], 50.0);
}

#[test]
fn what_has_ended_stands_last_in_every_order_and_is_still_read_by_id() {
    for query in [
        "q=grief&near=LS6+2",
        "near=LS5&sort=distance&within_km=5",
        "sort=recently_checked",
        "q=monday+grief+group+kirkstall",
    ] {
        let (all, _) = walk(query, "results");
        let ended: Vec<&Value> = all.iter().filter(|card| card["status"] == "defunct").collect();
        assert_eq!((ended.len(), &all.last().unwrap()["status"]), (1, &json!("defunct")), "{query}");
    }
    let (all, _) = walk("q=monday+grief+group+kirkstall", "results");
    let id = all.last().unwrap()["id"].as_str().unwrap();
    assert_eq!(crate::support::sample_client().get(&format!("/v1/services/{id}")).status, 200);
}

#[test]
fn a_slip_that_was_put_right_is_told_to_who_asked() {
    let answer = search("q=berevement&near=LS6+2");
    assert_eq!(answer["understood"]["respelt"], "bereavement");
    assert!(answer["results"]["total"].as_u64() > Some(3));
    // A word that is in a name and not in the vocabulary.
    let answer = search("q=wardrobbe");
    assert_eq!(answer["understood"]["respelt"], "wardrobe");
    assert!(answer["results"]["items"][0]["name"].as_str().unwrap().contains("Wardrobe"));
    for query in ["q=bereavement&near=LS6+2", "q=zzyxq", ""] {
        assert!(search(query)["understood"].get("respelt").is_none(), "{query}");
    }
    assert!(
        !format!("{:?}", kith::domain::answer::Understood { respelt: Some("grief".into()), ..Default::default() })
            .contains("grief")
    );
}

/// Four choirs in one hall that say different things of steps.
fn choirs() -> (Client, tempfile::TempDir) {
    let choir = |name: &str, answer: Option<&str>| {
        let says = |answer: &str| {
            json!([{ "link_type": "kith:access", "value": answer, "taxonomy_term":
                { "id": "step-free", "name": "Step-free", "taxonomy": "kith", "code": "step-free" } }])
        };
        json!({ "id": name, "name": name, "status": "active", "attributes": answer.map_or(json!([]), says),
            "service_at_locations": [{ "id": format!("at {name}"), "location": { "id": format!("hall {name}"),
                "name": "Hall", "location_type": "physical", "latitude": 53.82, "longitude": -1.57 } }] })
    };
    let items = [("Flat", Some("yes")), ("Steep", Some("no")), ("Ramp", Some("on_request")), ("Silent", None)];
    let items: Vec<Value> = items.into_iter().map(|(name, answer)| choir(name, answer)).collect();
    let (client, _, report, folder) = served(&json!(items));
    assert_eq!((report.created, report.refused), (4, 0), "{:?}", report.refusals);
    (client, folder)
}

#[test]
fn access_that_is_not_stated_or_on_request_is_asked_and_a_no_is_a_no() {
    let (client, _folder) = choirs();
    let found = |asked: &str| client.get(&format!("/v1/search?near=LS6+2&{asked}")).json()["results"].take();
    let open = found("access=step-free&explain=true");
    let mut listed = names(&open);
    listed[1..].sort();
    assert_eq!(listed, ["Flat", "Ramp", "Silent"], "what is stated stands first");
    for card in cards(&open) {
        let (ask, answer) = match card["name"].as_str().unwrap() {
            "Flat" => (Value::Null, "stated"),
            "Ramp" => (json!(["access"]), "on_request"),
            _ => (json!(["access"]), "not_stated"),
        };
        assert_eq!(
            (&card["ask"], &card["explain"]["filters"]),
            (&ask, &json!([{ "parameter": "access", "answer": answer }]))
        );
    }
    assert_eq!(names(&found("access=step-free&strict=true")), ["Flat"]);
    let either = found("access=step-free&access=hearing-loop");
    assert_eq!(either["total"], 4, "that there are steps says nothing of a loop, and either will do");
    assert_eq!(found("")["total"], 4);
}
