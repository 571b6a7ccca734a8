//! The support map: no layer is missing in silence, what is linked comes first and says why, and the lines to ring now
//! answer whatever else is down.

use std::collections::{BTreeMap, BTreeSet};

use kith::directory::{Directory, request::SearchRequest, support_map::SupportMapRequest};
use kith::domain::vocabulary::{Facet, vocabulary};
use poem_openapi::types::ParseFromJSON;
use serde_json::{Value, json};

use crate::support::{Client, Serving, encoded, sample_client, sample_in, with_one_withdrawn};

const LAYERS: [&str; 6] = ["now", "this_week", "alongside", "specialist", "community", "around_you"];

/// Authorities that no listing of the sample is in or serves by name.
const ELSEWHERE: [&str; 20] = [
    "Cornwall",
    "Fife",
    "Gwynedd",
    "Kent",
    "Norfolk",
    "Orkney Islands",
    "Isle of Wight",
    "Swansea",
    "Plymouth",
    "Camden",
    "Stoke-on-Trent",
    "Dundee",
    "Wrexham",
    "Mid Ulster",
    "Hull",
    "Moray",
    "Torbay",
    "Ceredigion",
    "Luton",
    "Rutland",
];

fn asked(directory: &Directory, need: &[&str], near: &str, age: Option<u32>) -> Value {
    let facets = if need.is_empty() {
        Vec::new()
    } else {
        vec![(Facet::Need, need.iter().map(|need| (*need).to_owned()).collect())]
    };
    let search = SearchRequest { near: Some(near.to_owned()), age, facets, ..SearchRequest::default() };
    let answer = directory.support_map(&SupportMapRequest { search }).unwrap_or_else(|error| panic!("{near}: {error}"));
    serde_json::from_slice(&answer).unwrap()
}

/// What is wrong with a map, whatever was asked; empty where nothing is.
fn wrong(map: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let layers = map["layers"].as_array().unwrap();
    if layers.iter().map(|layer| layer["layer"].as_str().unwrap()).ne(LAYERS) {
        wrong.push("other layers".to_owned());
    }
    if layers[0]["lines"].as_array().is_none_or(|lines| lines.len() < 3 || lines[0]["id"] != "999") {
        wrong.push("no lines now".to_owned());
    }
    for layer in &layers[1..] {
        let name = layer["layer"].as_str().unwrap();
        let (items, gap) = (layer["items"].as_array().unwrap(), &layer["gap"]);
        if items.is_empty() == gap.is_null() || items.len() > 5 {
            wrong.push(format!("{name}: {} items and the gap {gap}", items.len()));
        }
        if !gap.is_null() {
            let some = !gap["nearest"].as_array().unwrap().is_empty();
            if some == (gap["code"] == "none_recorded") || gap["in_words"].as_str().unwrap().len() < 40 {
                wrong.push(format!("{name}: {gap}"));
            }
        }
        for card in items.iter().map(|item| &item["listing"]).chain(gap["nearest"].as_array().into_iter().flatten()) {
            let exact = card["place"]["kind"] == "exact";
            // Of an area there is no middle that distances would be from.
            let told = exact && map["place"]["area_code"].is_null();
            if told && card["distance_km"].is_null() || !exact && !card["distance_km"].is_null() {
                wrong.push(format!("{name}: the distance of {}", card["name"]));
            }
        }
    }
    wrong
}

/// Authorities that listings of the sample are in or serve.
fn authorities(client: &Client) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut points = BTreeSet::new();
    let mut next = Some("/v1/services?per_page=100".to_owned());
    while let Some(path) = next.filter(|_| named.len() < 1_000) {
        let page = client.get(&path).json();
        for place in page["items"].as_array().unwrap().iter().map(|item| &item["card"]["place"]) {
            for area in place["areas"].as_array().into_iter().flatten() {
                let code = area["code"].as_str().unwrap();
                if ["E06", "E07", "E08", "E09", "W06", "S12", "N09"].iter().any(|kind| code.starts_with(kind)) {
                    named.insert(area["name"].as_str().unwrap().to_owned());
                }
            }
            if let (Some(latitude), Some(longitude)) = (place["latitude"].as_f64(), place["longitude"].as_f64()) {
                points.insert(format!("{latitude:.1},{longitude:.1}"));
            }
        }
        next = page["next"].as_str().map(str::to_owned);
    }
    for point in points {
        let place = client.get(&format!("/v1/search?near={point}&per_page=1")).json()["place"].clone();
        named.extend(place["within"].as_str().map(str::to_owned));
    }
    named
}

#[test]
fn for_every_need_and_every_authority_of_the_sample_no_layer_is_missing_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let directory = sample_in(folder.path());
    let place = |near: &String| {
        let search = SearchRequest { near: Some(near.clone()), ..SearchRequest::default() };
        directory.support_map(&SupportMapRequest { search }).is_ok()
    };
    let named = authorities(&sample_client()).into_iter().chain(ELSEWHERE.map(str::to_owned));
    let (named, unclear): (Vec<String>, Vec<String>) = named.partition(place);
    assert!(named.len() > 35 && unclear.len() < 5, "{named:?} {unclear:?}");
    let needs: Vec<&str> = vocabulary().facet(Facet::Need).map(|term| term.id.as_str()).collect();
    // All pairs take minutes in a debug build: else every need and every authority is there in some of them.
    let every = if std::env::var_os("KITH_RELEASE").is_some() { 1 } else { 16 };
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (at, need) in needs.iter().enumerate() {
        for (nth, near) in named.iter().enumerate().filter(|(nth, _)| (at + nth) % every == 0) {
            let map = asked(&directory, &[need], near, (nth % 3 == 0).then_some(16));
            faults.extend(wrong(&map).into_iter().map(|fault| format!("{need} in {near}: {fault}")));
            for layer in map["layers"].as_array().unwrap() {
                let code = layer["gap"]["code"].as_str().unwrap_or("found");
                *codes.entry(code.to_owned()).or_default() += 1;
                let is_about = |card: &Value| {
                    let about = |term: &Value| is_narrower(term["id"].as_str().unwrap(), need);
                    card["terms"].as_array().into_iter().flatten().any(about)
                };
                let wider = layer["notes"].as_array().into_iter().flatten().any(|note| note["code"] == "broader_need");
                let items = layer["items"].as_array().unwrap();
                assert!(wider || items.iter().all(|item| is_about(&item["listing"])), "{need} {near} {layer:#}");
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(["found", "nothing_within", "nothing_for_need"].iter().all(|code| codes.contains_key(*code)), "{codes:?}");
}

fn is_narrower(id: &str, need: &str) -> bool {
    let mut term = vocabulary().term(id);
    for _ in 0..8 {
        match term {
            Some(here) if here.id == need => return true,
            Some(here) => term = here.broader.as_deref().and_then(|wider| vocabulary().term(wider)),
            None => return false,
        }
    }
    false
}

#[test]
fn what_is_linked_with_what_stands_above_comes_before_what_is_not_and_says_how() {
    let client = sample_client();
    let mut words: Vec<String> = Vec::new();
    for near in ["LS12", "LS6 2", "Leeds", "Treherbert", "Hexham"] {
        let map = client.get(&format!("/v1/support-map?near={}", encoded(near))).json();
        assert_eq!(wrong(&map), [""; 0], "{near}");
        // The ids shown so far, in order.
        let mut above: Vec<String> = Vec::new();
        for layer in map["layers"].as_array().unwrap() {
            // Where in that order those stand that are linked with nothing above them; those for anyone, and those for some.
            let mut unlinked: [Option<usize>; 2] = [None; 2];
            let mut for_some = false;
            for item in layer["items"].as_array().unwrap() {
                let codes: Vec<&str> =
                    item["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect();
                let linked = &item["linked"];
                assert_eq!(linked.is_null(), !codes.contains(&"linked"), "{item:#}");
                let last = codes.contains(&"shown_above") || codes.contains(&"not_accepting");
                // What serves the place without being there stands behind what is there.
                let there = item["listing"]["place"]["kind"] == "exact";
                // What is only for some stands behind what is for anyone, where nobody has said who asks.
                let audience = item["listing"]["who_for"].as_array().into_iter().flatten();
                let audience: Vec<&str> = audience.map(|term| term["id"].as_str().unwrap()).collect();
                let anyone = |id: &&str| *id == "anyone" || kith::domain::layer::is_around(id);
                let is_for_some = !audience.is_empty() && !audience.iter().any(anyone);
                if there && !last {
                    assert!(is_for_some || !for_some, "{near}: {layer:#}");
                    for_some |= is_for_some;
                }
                let unlinked = &mut unlinked[usize::from(is_for_some)];
                if !linked.is_null() {
                    let to = above.iter().position(|id| linked["to"]["id"] == id.as_str());
                    let to = to.unwrap_or_else(|| panic!("it is not above: {linked:#}"));
                    assert!(last || !there || unlinked.is_none_or(|at| to >= at), "{near}: {layer:#}");
                    words.push(linked["in_words"].as_str().unwrap().to_owned());
                } else if there && !last {
                    *unlinked = unlinked.or(Some(above.len()));
                }
                above.push(item["listing"]["id"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(words.iter().any(|words| words.starts_with("runs with ")), "{words:?}");
    assert!(words.len() > 3, "{words:?}");
}

#[test]
fn the_lines_to_ring_now_answer_with_the_view_missing_and_the_store_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(&folder.path().join("data"), &["--database", "postgres://nobody@127.0.0.1:9/none"]);
    let map = server.client.post_json("/v1/support-map", r#"{"near": "Treherbert", "age": 15, "lang": "cy"}"#);
    assert_eq!((map.status, map.header("cache-control")), (200, "no-store"));
    let map = map.json();
    let layers = map["layers"].as_array().unwrap();
    let ids: Vec<&str> =
        layers[0]["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids[0], "999");
    assert!(ids.contains(&"nhs-111-wales") && !ids.contains(&"nhs-111-england"), "{ids:?}");
    for layer in &layers[1..] {
        assert_eq!((&layer["gap"]["code"], &layer["items"]), (&json!("not_ready"), &json!([])));
        assert!(!layer["gap"]["lines"].as_array().unwrap().is_empty());
    }
    assert!(map["as_of"].is_null());
    kith::domain::support_map::SupportMapAnswer::parse_from_json(Some(map))
        .unwrap_or_else(|error| panic!("{}", error.into_message()));
    let page = server.client.post_form("/support-map", "near=LS6+2");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Right now") && page.text().contains("tel:116123"));
}

#[test]
fn both_methods_say_the_same_and_a_map_is_what_the_document_says() {
    let client = sample_client();
    for (query, body) in [
        ("near=LS6+2&need=bereavement&age=34", json!({"near": "LS6 2", "need": ["bereavement"], "age": 34})),
        ("near=Wales&lang=cy", json!({"near": "Wales", "lang": "cy"})),
        (
            "latitude=53.8&longitude=-1.55&within_km=3&access=step-free&cost=free&accepting=yes&audience=men",
            json!({"latitude": 53.8, "longitude": -1.55, "within_km": 3.0, "access": ["step-free"], "cost": ["free"],
                "accepting": ["yes"], "audience": ["men"]}),
        ),
    ] {
        let got = client.get(&format!("/v1/support-map?{query}"));
        assert_eq!((got.status, got.header("cache-control"), got.header("etag")), (200, "no-store", ""), "{query}");
        let map = got.json();
        assert_eq!(client.post_json("/v1/support-map", &body.to_string()).json(), map, "{query}");
        assert_eq!(wrong(&map), [""; 0], "{query}");
        kith::domain::support_map::SupportMapAnswer::parse_from_json(Some(map))
            .unwrap_or_else(|error| panic!("{query}: {}", error.into_message()));
    }
    let welsh = client.get("/v1/support-map?near=Treherbert&lang=cy").json();
    assert_eq!(welsh["layers"][1]["label"], "Yr wythnos hon");
    assert!(welsh["layers"][2]["within_km"].as_f64().is_some());
}

#[test]
fn what_happens_this_week_comes_first_and_the_young_see_lines_for_children_early() {
    let client = sample_client();
    let map = client.get("/v1/support-map?near=Leeds&age=15").json();
    let starts: Vec<Option<&str>> = map["layers"][1]["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["listing"]["place"]["kind"] == "exact" && !item.to_string().contains("not_accepting"))
        .map(|item| {
            item["listing"]["next_session"]["starts_at"].as_str().filter(|_| {
                item["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "meets_this_week")
            })
        })
        .collect();
    assert!(starts.iter().flatten().count() > 1, "{starts:?}");
    let late = starts.iter().position(Option::is_none).unwrap_or(starts.len());
    assert!(starts[late..].iter().all(Option::is_none) && starts[..late].is_sorted(), "{starts:?}");
    let place = |map: &Value| {
        map["layers"][0]["lines"].as_array().unwrap().iter().position(|line| line["for_children"] == true).unwrap()
    };
    assert!(place(&map) < place(&client.get("/v1/support-map?near=Leeds&age=40").json()));
}

#[test]
fn all_faults_are_told_at_once_and_places_that_are_none_are_clear() {
    let client = sample_client();
    let faults = |path: &str| client.get(path).faults();
    assert_eq!(faults("/v1/support-map"), ["/near required"]);
    assert_eq!(
        faults("/v1/support-map?need=moon&near=nowhere+at+all&age=200&within_km=0&lang=fr&accepting=maybe"),
        [
            "/within_km out_of_range",
            "/need/0 unknown_term",
            "/accepting/0 not_in_list",
            "/age out_of_range",
            "/lang not_in_list",
            "/near not_readable"
        ]
    );
    client.get("/v1/support-map?near=nowhere+at+all").problem("unknown-place");
    // In the middle of the Irish Sea, and far away.
    client.get("/v1/support-map?latitude=53.7&longitude=-5.2").problem("unknown-place");
    client.get("/v1/support-map?near=10,10").problem("unknown-place");
    let two = client.get("/v1/support-map?near=Newport").problem("ambiguous-place");
    assert!(two["candidates"].as_array().unwrap().len() > 1);
    client.get("/v1/support-map?near=Leeds&colour=red").problem("invalid-request");
}

#[test]
fn what_is_withdrawn_is_on_no_map() {
    let (client, gone) = with_one_withdrawn();
    // The bytes of others may still name it in their links, as everywhere, until the view has followed.
    let on_maps = |client: &Client| -> Vec<Value> {
        let queries = ["near=LS6+2&need=bereavement", "near=LS6+2", "near=Leeds", "near=LS6+2&within_km=0.5"];
        let maps = queries.map(|query| client.get(&format!("/v1/support-map?{query}")).json());
        let layers = maps.iter().flat_map(|map| map["layers"].as_array().unwrap());
        let ids = layers.flat_map(|layer| {
            let items = layer["items"].as_array().unwrap().iter();
            let nearest = layer["gap"]["nearest"].as_array().into_iter().flatten();
            items
                .flat_map(|item| [&item["listing"]["id"], &item["linked"]["to"]["id"], &item["linked"]["via"]["id"]])
                .chain(nearest.map(|card| &card["id"]))
        });
        ids.cloned().collect()
    };
    assert!(on_maps(&sample_client()).contains(&json!(gone)), "it was there");
    let now = on_maps(&client);
    assert!(now.len() > 20 && !now.contains(&json!(gone)));
}
