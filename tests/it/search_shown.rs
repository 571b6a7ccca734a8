//! How an answer is shown: in Welsh, whole, explained, and counted by the facets that were asked for.

use std::collections::BTreeSet;

use kith::domain::vocabulary::vocabulary;
use serde_json::{Value, json};

use crate::{
    search::search,
    support::{ids, names, sample_client},
};

fn cards(answer: &Value) -> impl Iterator<Item = &Value> {
    ["results", "covers_area"].into_iter().flat_map(|block| answer[block]["items"].as_array().unwrap())
}

fn labels<'a>(card: &'a Value, member: &str) -> Vec<(&'a str, &'a str)> {
    let labels = card[member].as_array().into_iter().flatten();
    labels.map(|label| (label["id"].as_str().unwrap(), label["label"].as_str().unwrap())).collect()
}

#[test]
fn a_search_in_welsh_has_the_directorys_own_words_in_welsh_and_leaves_the_rest_as_it_was_said() {
    let query = "q=bereavement&near=Caerdydd&explain=true";
    let (english, welsh) = (search(query), search(&format!("{query}&lang=cy")));
    assert_eq!(
        (ids(&english["results"]), ids(&english["covers_area"])),
        (ids(&welsh["results"]), ids(&welsh["covers_area"]))
    );
    assert_eq!((&english["place"]["resolved"], &welsh["place"]["resolved"]), (&json!("Cardiff"), &json!("Caerdydd")));
    let (mut told, mut timed, mut linked) = (0, 0, 0);
    for (card, english) in cards(&welsh).zip(cards(&english)) {
        let links = |card: &Value| card["links"].as_array().cloned().unwrap_or_default();
        for (link, english) in links(card).iter().zip(links(english)) {
            assert!(link["label"] != english["label"] && link["target"] == english["target"], "{link}");
            linked += 1;
        }
        for member in ["name", "summary", "page_url", "distance_km", "phones", "ask", "serves"] {
            assert_eq!(card[member], english[member], "{member}");
        }
        if let Some(times) = card["schedule_text"].as_str() {
            let english = english["schedule_text"].as_str().unwrap();
            assert!(!times.contains("day") || times == english, "{times}");
            timed += usize::from(times != english);
        }
        for (id, label) in labels(card, "terms").into_iter().chain(labels(card, "who_for")) {
            assert_eq!(label, vocabulary().term(id).unwrap().label_cy);
            told += 1;
        }
        let label = card["place"]["label"].as_str().unwrap();
        match card["place"]["kind"].as_str().unwrap() {
            "remote" => assert!(label.starts_with("Dros y ffôn neu ar-lein"), "{card:#}"),
            "across" => assert!(label.starts_with("Ar draws"), "{card:#}"),
            _ => assert_eq!(card["place"], english["place"], "an address is as it is written"),
        }
    }
    assert!(told > 50 && timed > 8 && linked > 0, "{told} {timed} {linked}");
    for (id, label) in labels(&welsh, "facets").into_iter().chain(labels(&welsh["understood"], "terms")) {
        assert!(vocabulary().term(id).is_none_or(|term| term.label_cy == label), "{id}: {label}");
    }
    let marks: Vec<(&str, &str)> = labels(&welsh, "facets").into_iter().filter(|(id, _)| id.contains(':')).collect();
    assert!(marks.contains(&("accepting:yes", "Yn croesawu pobl newydd")), "{marks:?}");
    let line = |answer: &Value, id: &str| {
        answer["crisis"].as_array().unwrap().iter().find(|line| line["id"] == id).unwrap().clone()
    };
    assert_eq!(line(&welsh, "live-fear-free")["name"], "Byw Heb Ofn");
    assert_eq!(line(&welsh, "samaritans")["phone"], line(&english, "samaritans")["phone"]);

    let client = sample_client();
    for (more, language) in [("", "en"), ("&lang=en", "en"), ("&lang=cy", "cy")] {
        assert_eq!(client.get(&format!("/v1/search?{query}{more}")).header("content-language"), language);
    }
    assert_eq!(search(&format!("{query}&lang=en")), english);
    let powys = search("near=Powys&lang=cy");
    assert_eq!((&powys["place"]["resolved"], &powys["place"]["within"]), (&json!("Powys"), &json!("Cymru")));
    let served = cards(&powys).find(|card| card["name"] == "Llinell y Lleuad / Moon Line").unwrap();
    assert_eq!(served["place"]["label"], "Dros y ffôn neu ar-lein, ar gyfer Cymru");
}

#[test]
fn a_whole_view_has_in_each_card_what_reading_it_by_id_gives() {
    let client = sample_client();
    let (cards_only, whole) = (search("q=grief&near=LS6+2"), search("q=grief&near=LS6+2&view=full"));
    assert_eq!(search("q=grief&near=LS6+2&view=card"), cards_only);
    assert!(cards(&whole).count() > 10);
    for (card, bare) in cards(&whole).zip(cards(&cards_only)) {
        let mut card = card.clone();
        let listing = card.as_object_mut().unwrap().remove("listing").unwrap();
        assert_eq!(&card, bare, "the card is the same, with its distance");
        // Resources are read elsewhere.
        let family = match card["kind"].as_str().unwrap() {
            "resource" => continue,
            "organization" | "network" => "organizations",
            _ => "services",
        };
        assert_eq!(listing, client.get(&format!("/v1/{family}/{}", card["id"].as_str().unwrap())).json());
    }
    let welsh = search("q=grief&near=LS6+2&view=full&lang=cy");
    let listing = &welsh["results"]["items"][0]["listing"];
    assert_eq!(labels(&listing["card"], "terms"), labels(&welsh["results"]["items"][0], "terms"));
}

#[test]
fn each_listing_says_why_it_is_there_when_asked() {
    let answer = search("q=grief+walk&near=LS6+2&audience=men&age=34&kind=group&explain=true");
    let by_name = |name: &str| {
        cards(&answer).find(|card| card["name"] == name).unwrap_or_else(|| panic!("{:?}", names(&answer["results"])))
    };
    let walk = by_name("Grief Walk on the Moor");
    let reasons = &walk["explain"];
    assert_eq!(reasons["words"][0]["typed"], "grief");
    assert_eq!(reasons["words"][0]["found_in"], "name");
    assert_eq!(reasons["words"][0]["terms"], json!([{ "id": "bereavement", "label": "Bereavement and grief" }]));
    assert_eq!(reasons["place"], json!({ "by": "distance" }));
    let answers = json!([
        { "parameter": "audience", "answer": "stated" }, { "parameter": "age", "answer": "not_stated" },
        { "parameter": "kind", "answer": "stated" },
    ]);
    assert_eq!((&reasons["filters"], &walk["ask"]), (&answers, &json!(["age"])));
    for card in cards(&answer) {
        let not_stated = card["explain"]["filters"].as_array().unwrap().iter().filter(|f| f["answer"] != "stated");
        let ask: BTreeSet<&str> =
            card["ask"].as_array().into_iter().flatten().map(|ask| ask.as_str().unwrap()).collect();
        let area = BTreeSet::from(["area"]);
        let told: BTreeSet<&str> = not_stated.map(|filter| filter["parameter"].as_str().unwrap()).collect();
        assert_eq!(&ask - &area, told, "{card:#}");
    }
    let wider = search("q=baby+loss&explain=true");
    for card in cards(&wider) {
        let word = &card["explain"]["words"][0];
        let said = word.get("terms").is_some() || word.get("found_in").is_some() || word["in_other_words"] == true;
        assert_eq!((word.get("broader").is_some(), card["only_broader"] == true), (!said, !said), "{card:#}");
    }
    let served = search("near=Leeds&explain=true&q=refuge");
    let refuge = &served["covers_area"]["items"][0]["explain"]["place"];
    assert_eq!(
        refuge,
        &json!({ "by": "serves", "areas": [{ "code": "E12000003", "name": "Yorkshire and The Humber" }] })
    );
    assert!(cards(&search("q=grief&explain=false")).all(|card| card.get("explain").is_none()));
}

#[test]
fn only_what_was_asked_for_is_counted() {
    let all = search("q=grief&near=Leeds");
    let facets = |answer: &Value| answer["facets"].as_array().unwrap().clone();
    let of = |facet: &str| facets(&all).into_iter().filter(|count| count["facet"] == facet).collect::<Vec<_>>();
    let asked = search("q=grief&near=Leeds&facets=need&facets=accepting");
    let (needs, marks): (Vec<Value>, Vec<Value>) =
        facets(&asked).into_iter().partition(|count| count["facet"] == "need");
    assert_eq!(needs, of("need"));
    assert!(!marks.is_empty() && marks.iter().all(|count| count["id"].as_str().unwrap().starts_with("accepting:")));
    assert_eq!((&asked["kinds"], &asked["results"]), (&json!([]), &all["results"]));
    assert_eq!(search("q=grief&near=Leeds&facets=kind")["kinds"], all["kinds"]);

    let few = search("q=grief&near=Leeds&facets=need&per_facet=3");
    let mut most: Vec<u64> = of("need").iter().map(|count| count["count"].as_u64().unwrap()).collect();
    most.sort_unstable_by(|a, b| b.cmp(a));
    let counts: Vec<u64> = facets(&few).iter().map(|count| count["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, most[..3]);

    let client = sample_client();
    for (query, faults) in [
        ("facets=colour", &["/facets/0 not_in_list"][..]),
        ("facets=none&facets=need", &["/facets conflict"]),
        ("per_facet=0&lang=fr&view=list", &["/view not_in_list", "/lang not_in_list", "/per_facet out_of_range"]),
    ] {
        assert_eq!(client.get(&format!("/v1/search?{query}")).faults(), faults, "{query}");
    }
}

#[test]
fn a_postcode_is_a_place_and_nothing_else_is_one() {
    for postcode in ["LS6+2", "ls62ab", "LS6"] {
        let (by_name, by_code) = (search(&format!("near={postcode}")), search(&format!("postcode={postcode}")));
        assert_eq!(by_name, by_code, "{postcode}");
    }
    let client = sample_client();
    client.get("/v1/search?postcode=Leeds").problem("unknown-place");
    client.get("/v1/search?postcode=ZZ9+9ZZ").problem("unknown-place");
    for query in ["postcode=LS6&near=Leeds", "postcode=LS6&latitude=53&longitude=-1"] {
        assert_eq!(client.get(&format!("/v1/search?{query}")).faults(), ["/postcode conflict"], "{query}");
    }
    assert_eq!(search("postcode=LS6&within_km=2")["searched_within_km"], 2.0);
    assert_eq!(search("postcode=&q=grief")["place"], Value::Null);
}
