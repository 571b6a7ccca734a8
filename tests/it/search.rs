//! What a search finds, in which order, and what its totals and counts mean.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{ids, names, sample_client};

/// A search that is answered.
pub fn search(query: &str) -> Value {
    let answer = sample_client().get(&format!("/v1/search?{query}"));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

/// Every card of one block, over all pages, with the pages' own word on how many there are.
pub fn walk(query: &str, block: &str) -> (Vec<Value>, u64) {
    let mut cards = Vec::new();
    for page in 1..=60 {
        let answer = search(&format!("{query}&per_page=7&page={page}"));
        let total = answer[block]["total"].as_u64().unwrap();
        assert_eq!((&answer[block]["page"], &answer[block]["per_page"]), (&json!(page), &json!(7)));
        let items = answer[block]["items"].as_array().unwrap();
        if items.is_empty() {
            return (cards, total);
        }
        cards.extend(items.iter().cloned());
    }
    panic!("{query} does not end");
}

fn all_ids(query: &str) -> BTreeSet<String> {
    let (cards, total) = walk(query, "results");
    let ids: BTreeSet<String> = cards.iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((ids.len(), ids.len() as u64), (cards.len(), total), "{query}");
    ids
}

/// Ids of a card's terms.
pub fn terms(card: &Value) -> BTreeSet<&str> {
    let labels = ["terms", "who_for"].into_iter().flat_map(|member| card[member].as_array().into_iter().flatten());
    labels.map(|label| label["id"].as_str().unwrap()).collect()
}

/// Distances of a block's cards.
pub fn distances(block: &Value) -> Vec<f64> {
    block["items"].as_array().unwrap().iter().map(|card| card["distance_km"].as_f64().unwrap()).collect()
}

/// The ids of all cards for which something is so.
fn ids_where(cards: &[Value], is_so: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    cards.iter().filter(|card| is_so(card)).map(|card| card["id"].as_str().unwrap().to_owned()).collect()
}

fn place_kinds(block: &Value) -> BTreeSet<&str> {
    block["items"].as_array().unwrap().iter().map(|card| card["place"]["kind"].as_str().unwrap()).collect()
}

#[test]
fn grief_support_near_ls6_2_gives_the_grief_groups_with_distances_and_counts() {
    let answer = search("q=grief+support&near=LS6+2&per_page=100");
    let found = names(&answer["results"]);
    for group in ["Tuesday Grief Circle", "Grief Walk on the Moor", "After Suicide: the Second Thursday Group"] {
        assert!(found[..8].iter().any(|name| name == group), "{group} is not among the first of {found:?}");
    }
    assert_eq!(answer["place"]["resolved"], "LS6 2");
    assert_eq!((&answer["place"]["kind"], &answer["place"]["within"]), (&json!("sector"), &json!("Leeds")));
    assert!(answer["place"].get("note").is_none());
    assert_eq!(answer["understood"]["words"], "all");
    assert!(answer["understood"]["terms"].as_array().unwrap().iter().any(|term| term["id"] == "bereavement"));
    assert_eq!((&answer["sample"], &answer["searched_within_km"]), (&json!(true), &json!(5.0)));
    assert_eq!(answer["results"]["total"].as_u64().unwrap() as usize, found.len());

    let km = distances(&answer["results"]);
    assert!(km.iter().all(|km| (0.0..=answer["circle_km"].as_f64().unwrap()).contains(km)), "{km:?}");
    let half = km.len() / 2;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    assert!(mean(&km[..half]) < mean(&km[half..]), "near ones come first among equals: {km:?}");
    assert_eq!(answer["crisis"][0]["id"], "999");
    assert!(names(&answer["covers_area"]).contains(&"After Suicide: online evenings".to_owned()));
}

#[test]
fn what_people_say_finds_what_is_meant_and_that_stands_first() {
    let grief = search("q=grief&near=LS6+2")["results"]["total"].as_u64().unwrap();
    assert!(grief >= 8);
    for said in ["my+son+died", "I+lost+my+nan", "berevement"] {
        let answer = search(&format!("q={said}&near=LS6+2"));
        assert!(answer["results"]["total"].as_u64().unwrap() >= grief, "{said}: {:?}", names(&answer["results"]));
        assert!(terms(&answer["results"]["items"][0]).contains("bereavement"), "{said}");
    }
    for said in ["I+want+to+die", "someone+to+talk+to"] {
        let (cards, total) = walk(&format!("q={said}"), "results");
        assert!(terms(&cards[0]).contains("crisis-line"), "{said}: {}", cards[0]["name"]);
        assert!(total < 60, "{said} finds {total} of 176");
    }
    for (said, term) in [("women+only", "women"), ("men%27s+group", "men"), ("suiside", "suicidal")] {
        let (cards, _) = walk(&format!("q={said}"), "results");
        let (with, without): (Vec<_>, Vec<_>) = cards.iter().partition(|card| terms(card).contains(term));
        assert!(with.len() >= 3, "{said}");
        assert_eq!(cards.iter().collect::<Vec<_>>(), [with, without].concat(), "{said}: what has the term comes first");
    }
    let nothing = search("q=zzyxq");
    assert_eq!((&nothing["results"]["total"], &nothing["understood"]["terms"]), (&json!(0), &json!([])));
}

#[test]
fn totals_and_counts_are_those_of_a_walk_over_all_pages() {
    for query in [
        "",
        "near=LS6+2",
        "q=grief&near=Leeds&within_km=50",
        "near=Wales",
        "kind=group&q=men",
        "need=loneliness&need=ptsd",
    ] {
        let answer = search(query);
        let (cards, total) = walk(query, "results");
        assert_eq!(answer["results"]["total"], total, "{query}");
        assert_eq!(cards.len() as u64, total, "{query}");

        let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
        for term in cards.iter().flat_map(terms) {
            *counted.entry(term).or_default() += 1;
        }
        let told: BTreeMap<&str, u64> = answer["facets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|count| (count["id"].as_str().unwrap(), count["count"].as_u64().unwrap()))
            .collect();
        let (decisions, told): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) =
            told.into_iter().partition(|(id, _)| id.contains(':'));
        assert_eq!(told, counted, "{query}");
        // What is said of a decision and what is not stated are counted apart, and together are everything.
        let of =
            |field: &str| decisions.iter().filter(|(id, _)| id.starts_with(field)).map(|(_, count)| count).sum::<u64>();
        let is_service = |card: &&Value| card["kind"] != "organization" && card["kind"] != "network";
        let services = cards.iter().filter(is_service).count() as u64;
        assert_eq!((of("accepting:"), of("cost:")), (services, services), "{query}");
        assert!(!told.is_empty(), "{query}");

        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for card in &cards {
            *kinds.entry(card["kind"].as_str().unwrap()).or_default() += 1;
        }
        let told: BTreeMap<&str, u64> = answer["kinds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|count| (count["kind"].as_str().unwrap(), count["count"].as_u64().unwrap()))
            .collect();
        assert_eq!(told, kinds, "{query}");
    }
    let uncounted = search("q=grief&facets=none");
    assert_eq!((&uncounted["facets"], &uncounted["kinds"]), (&json!([]), &json!([])));
    assert_eq!(uncounted["results"], search("q=grief")["results"]);
}

#[test]
fn what_has_no_public_place_is_in_covers_area_with_a_place_and_in_results_without() {
    let near = search("near=Leeds");
    assert_eq!(place_kinds(&near["results"]), BTreeSet::from(["exact"]));
    // Networks work across areas, and what is for those who give help is apart.
    let serving = |place: &str| -> Vec<Value> {
        let (cards, _) = walk(&format!("near={place}"), "covers_area");
        cards.into_iter().filter(|card| card["kind"] != "network" && card["kind"] != "resource").collect()
    };
    let kinds = |cards: &[Value]| -> BTreeSet<String> {
        cards.iter().map(|card| card["place"]["kind"].as_str().unwrap().to_owned()).collect()
    };
    let leeds = serving("Leeds");
    assert_eq!(kinds(&leeds), BTreeSet::from(["area".to_owned(), "remote".to_owned()]));
    let count = leeds.len();
    assert!((15..=20).contains(&count), "a refuge for the region, and lines and groups for the country: {count}");
    for card in near["covers_area"]["items"].as_array().unwrap() {
        assert!(card.get("distance_km").is_none() && card["place"].get("latitude").is_none(), "{card:#}");
    }
    let both: Vec<String> = [ids(&near["results"]), ids(&near["covers_area"])].concat();
    assert_eq!(both.iter().collect::<BTreeSet<_>>().len(), both.len(), "a listing is in one block only");

    let elsewhere = serving("Treorchy");
    assert_eq!(kinds(&elsewhere), BTreeSet::from(["remote".to_owned()]), "the refuge serves another region");

    let everywhere = all_ids("");
    assert!(ids(&near["covers_area"]).iter().all(|id| everywhere.contains(id)));
    assert_eq!(search("")["covers_area"]["total"], 0);
    let refuge = search("q=refuge");
    assert_eq!(
        (names(&refuge["results"]), place_kinds(&refuge["results"])),
        (vec!["Safe Hands refuge".to_owned()], BTreeSet::from(["area"]))
    );
}

#[test]
fn any_value_of_a_filter_matches_and_all_filters_must() {
    let (cards, _) = walk("", "results");
    let has = |term: &'static str| ids_where(&cards, move |card| terms(card).contains(term));
    let men_or_women: BTreeSet<String> = has("men").union(&has("women")).cloned().collect();
    assert!(has("men").len() > 1 && has("women").len() > 1 && men_or_women.len() > has("men").len());
    assert_eq!(all_ids("audience_only=men"), has("men"));
    assert_eq!(all_ids("audience_only=men&audience_only=women"), men_or_women);
    let both: BTreeSet<String> = men_or_women.intersection(&has("step-free")).cloned().collect();
    assert!(!both.is_empty() && both.len() < men_or_women.len());
    assert_eq!(all_ids("audience_only=men&audience_only=women&access=step-free&strict=true"), both);
    assert_eq!(all_ids("term=step-free&audience_only=men&audience_only=women"), both, "`term` is a filter of its own");
    assert_eq!(all_ids("need=military&audience_only=men"), BTreeSet::new());
}

#[test]
fn a_man_can_go_where_anyone_can_and_where_nobody_says_it_is_to_be_asked() {
    let (cards, _) = walk("", "results");
    let welcome = ids_where(&cards, |card| terms(card).contains("men") || terms(card).contains("anyone"));
    let unsaid = ids_where(&cards, |card| card.get("who_for").is_none() && card["kind"] != "organization");
    let asked: BTreeSet<String> = welcome.union(&unsaid).cloned().collect();
    assert_eq!(all_ids("audience=men"), asked);
    assert_eq!(all_ids("audience=men&strict=true"), welcome);
    let (found, _) = walk("audience=men", "results");
    assert_eq!(ids_where(&found, |card| card["ask"] == json!(["audience"])), unsaid);
    let first_to_ask = found.iter().position(|card| card.get("ask").is_some()).unwrap_or(found.len());
    assert!(found[first_to_ask..].iter().all(|card| card.get("ask").is_some()), "what is stated comes first");
}

#[test]
fn an_age_leaves_out_who_cannot_come_and_a_strict_search_whoever_does_not_say() {
    let (cards, _) = walk("", "results");
    let says = |card: &Value| card.get("minimum_age").is_some() || card.get("maximum_age").is_some();
    let fits = |card: &Value| {
        card["minimum_age"].as_f64().is_none_or(|least| least <= 15.0)
            && card["maximum_age"].as_f64().is_none_or(|most| most >= 15.0)
    };
    assert_eq!(all_ids("age=15"), ids_where(&cards, fits));
    assert_eq!(all_ids("age=15&strict=true"), ids_where(&cards, |card| says(card) && fits(card)));
    let (found, _) = walk("age=15", "results");
    assert_eq!(ids_where(&found, |card| card["ask"] == json!(["age"])), ids_where(&cards, |card| !says(card)));
}

#[test]
fn kind_language_and_organization_filter_exactly() {
    let (cards, _) = walk("", "results");
    let services = ids_where(&cards, |card| ["service", "helpline"].contains(&card["kind"].as_str().unwrap()));
    assert!(services.len() > 3);
    assert_eq!(all_ids("kind=service&kind=helpline"), services);
    let welsh = ids_where(&cards, |card| card["languages"].as_array().is_some_and(|all| all.contains(&json!("cy"))));
    assert!(welsh.len() > 3 && welsh.len() < cards.len());
    assert_eq!(all_ids("language=cy"), welsh);
    let organization = cards.iter().find(|card| card["name"] == "Tea and Talk for Men").unwrap()["organization"]["id"]
        .as_str()
        .unwrap();
    let own = ids_where(&cards, |card| card["organization"]["id"] == organization);
    assert!(own.len() > 1);
    assert_eq!(all_ids(&format!("kind=group&organization_id={organization}")), own);
    assert_eq!(all_ids(&format!("kind=group&organization_id={}", organization.to_uppercase())), own);
}

#[test]
fn pages_are_disjoint_and_together_everything() {
    for query in
        ["q=choir", "near=Leeds", "near=LS6+2&sort=distance", "sort=recently_checked&kind=service", "near=Yorkshire"]
    {
        let whole = search(&format!("{query}&per_page=100"));
        let (walked, total) = walk(query, "results");
        let walked: Vec<&str> = walked.iter().map(|card| card["id"].as_str().unwrap()).collect();
        assert_eq!(walked, ids(&whole["results"]), "{query}");
        assert_eq!(total as usize, walked.len(), "{query}");
        assert_eq!(walked.iter().collect::<BTreeSet<_>>().len(), walked.len(), "{query}");
    }
    let behind = search("near=Leeds&page=50");
    assert!(ids(&behind["results"]).is_empty() && behind["results"]["total"].as_u64() > Some(0));
}

#[test]
fn results_can_be_ordered_by_distance_or_by_when_they_were_checked() {
    let near = search("q=support&near=LS6+2&sort=distance&within_km=50");
    let km = distances(&near["results"]);
    assert!(km.len() > 10 && km.is_sorted(), "{km:?}");
    let checked = search("sort=recently_checked&kind=group");
    let days: Vec<&str> = checked["results"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["last_checked"]["date"].as_str().unwrap())
        .collect();
    assert!(days.len() > 10 && days.iter().rev().is_sorted() && days.first() != days.last(), "{days:?}");
}

#[test]
fn the_radius_is_kept_when_stated_and_widens_when_not() {
    let two = search("near=LS6+2&within_km=1");
    assert_eq!(two["searched_within_km"], 1.0);
    let circle = two["circle_km"].as_f64().unwrap();
    assert_eq!(circle, 1.0 + two["place"]["precision_km"].as_f64().unwrap(), "what is so near to any address of LS6 2");
    assert!(distances(&two["results"]).iter().all(|km| *km <= circle));
    let everything = search("near=LS6+2&within_km=500&sort=distance&per_page=100");
    let within = distances(&everything["results"]).into_iter().filter(|km| *km <= circle).count() as u64;
    assert_eq!(two["results"]["total"], within);
    assert!(within > 0 && within < everything["results"]["total"].as_u64().unwrap());

    assert_eq!(search("near=LS6+2")["searched_within_km"], 5.0);
    let wide = search("near=Penzance");
    assert_eq!(wide["searched_within_km"], 50.0, "fewer than ten: the widest");
    assert!(matches!(wide["results"]["total"].as_u64(), Some(1..10)));
    assert!(distances(&wide["results"]).iter().all(|km| *km <= wide["circle_km"].as_f64().unwrap()));
}

#[test]
fn the_post_twin_answers_the_same_bytes() {
    let client = sample_client();
    let id = search("q=grief")["results"]["items"][0]["organization"]["id"].as_str().unwrap().to_owned();
    for (query, body) in [
        ("", json!({})),
        ("q=grief+support&near=LS6+2", json!({"q": "grief support", "near": "LS6 2"})),
        (
            "latitude=53.8&longitude=-1.55&within_km=2.5",
            json!({"latitude": 53.8, "longitude": -1.55, "within_km": 2.5}),
        ),
        (
            "need=bereavement&audience=men&audience=women&kind=group&language=en",
            json!({"need": ["bereavement"], "audience": ["men", "women"], "kind": ["group"], "language": ["en"]}),
        ),
        (
            "sort=recently_checked&per_page=3&page=2&facets=none&term=step-free",
            json!({"sort": "recently_checked", "per_page": 3, "page": 2, "facets": ["none"], "term": ["step-free"]}),
        ),
        (&format!("organization_id={id}"), json!({"organization_id": id})),
        ("q=&near=", json!({"q": "", "near": null})),
        ("q=c%C3%B4r+y+cwm", json!({"q": "côr y cwm"})),
    ] {
        let (get, post) =
            (client.get(&format!("/v1/search?{query}")), client.post_json("/v1/search", &body.to_string()));
        assert_eq!((get.status, post.status), (200, 200), "{query}: {}", post.text());
        assert!(get.body == post.body, "{query}");
        let without_date = |headers: &[(String, String)]| {
            headers.iter().filter(|(name, _)| name != "date").cloned().collect::<Vec<_>>()
        };
        assert_eq!(without_date(&get.headers), without_date(&post.headers), "{query}");
    }
}

#[test]
fn places_are_understood_as_people_write_them() {
    let place = |near: &str| search(&format!("near={near}&facets=none"))["place"].clone();
    let sector = place("ls62ab");
    assert_eq!((&sector["resolved"], &sector["kind"]), (&json!("LS6 2"), &json!("sector")));
    assert!(sector["note"].as_str().unwrap().contains("sector"), "it says that it was answered by its sector");
    for (near, resolved, kind) in [
        ("Leeds", "Leeds", "town"),
        ("leeds", "Leeds", "town"),
        ("Caerdydd", "Cardiff", "town"),
        ("LS6", "LS6", "district"),
        ("Yorkshire", "Yorkshire", "area"),
        ("Wales", "Wales", "area"),
    ] {
        let place = place(near);
        assert_eq!((&place["resolved"], &place["kind"]), (&json!(resolved), &json!(kind)), "{near}");
        assert!(place.get("note").is_none(), "{near}");
        assert_eq!(place["area_code"].is_string(), kind == "area", "{near}");
    }
    let point = search("near=53.8,-1.55&facets=none");
    assert_eq!((&point["place"]["kind"], &point["place"]["within"]), (&json!("coordinates"), &json!("Leeds")));
    assert_eq!(point["results"], search("latitude=53.8&longitude=-1.55&facets=none")["results"]);
}

#[test]
fn an_area_is_searched_whole_without_distances_and_brings_its_nations_crisis_lines() {
    let yorkshire = search("near=Yorkshire&per_page=100");
    assert!(yorkshire.get("searched_within_km").is_none());
    let in_leeds = search("near=Leeds&within_km=25&per_page=100");
    let set = |answer: &Value| ids(&answer["results"]).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(set(&yorkshire), set(&in_leeds), "all of the sample that is in Yorkshire is in Leeds or Bradford");
    assert!(yorkshire["results"]["items"].as_array().unwrap().iter().all(|card| card.get("distance_km").is_none()));
    let lines = |query: &str| {
        search(query)["crisis"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(lines("near=Wales").contains(&"live-fear-free".to_owned()));
    assert!(lines("near=CF42+6").contains(&"live-fear-free".to_owned()));
    assert!(!lines("near=Leeds").contains(&"live-fear-free".to_owned()));
    assert!(lines("q=xqzzv").contains(&"samaritans".to_owned()), "they are there when nothing is found");
}

#[test]
fn a_search_that_asks_for_less_than_all_words_says_so() {
    let words = |q: &str| search(&format!("q={q}&facets=none"))["understood"]["words"].as_str().unwrap().to_owned();
    assert_eq!(words("grief+walk"), "all");
    assert_eq!(words("grief+walk+xqzzv"), "most");
    assert_eq!(words("grief+xqzzv"), "any");
    assert!(names(&search("q=grief+walk+xqzzv")["results"]).contains(&"Grief Walk on the Moor".to_owned()));
    let nothing = search("q=xqzzv&near=Leeds");
    assert_eq!((&nothing["results"]["total"], &nothing["covers_area"]["total"]), (&json!(0), &json!(0)));
    let synonym = names(&search("q=profedigaeth&per_page=100")["results"]);
    assert!(synonym.contains(&"Tuesday Grief Circle".to_owned()), "a Welsh word for its term finds it: {synonym:?}");
}

#[test]
fn a_service_at_several_places_is_shown_once_at_the_nearest() {
    let at = |near: &str| {
        let answer = search(&format!("q=understanding+trauma+course&near={near}&within_km=25"));
        let found: Vec<Value> = answer["results"]["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|card| card["name"].as_str().unwrap().starts_with("Understanding Trauma"))
            .cloned()
            .collect();
        assert_eq!(found.len(), 1, "{near}");
        found.into_iter().next().unwrap()
    };
    let (headingley, centre) = (at("LS6+3"), at("LS2+8"));
    assert_eq!(headingley["id"], centre["id"]);
    assert_eq!((&headingley["other_places"], &centre["other_places"]), (&json!(1), &json!(1)));
    assert!(headingley["place"]["label"].as_str().unwrap().starts_with("Lantern Hall"));
    assert!(centre["place"]["label"].as_str().unwrap().starts_with("Cloth Court"));
    assert_ne!(headingley["service_at_location_id"], centre["service_at_location_id"]);
    assert_ne!(headingley["location_id"], centre["location_id"]);
    let once = all_ids("near=Leeds&within_km=25");
    assert!(once.contains(headingley["id"].as_str().unwrap()), "and counted once: `all_ids` compares with the total");
}

#[test]
fn a_beginning_is_answered_with_terms_names_and_places_and_kept_by_nobody() {
    let client = sample_client();
    let answer = client.get("/v1/suggest?q=tues");
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let named = |answer: &Value, sort: &str, member: &str| -> Vec<String> {
        answer[sort].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
    };
    assert!(named(&answer.json(), "listings", "name").contains(&"Tuesday Grief Circle".to_owned()));
    assert!(named(&client.get("/v1/suggest?q=grie").json(), "terms", "id").contains(&"bereavement".to_owned()));
    assert_eq!(named(&client.get("/v1/suggest?q=leed&limit=1").json(), "places", "label"), ["Leeds"]);
    let twin = client.post_json("/v1/suggest", r#"{"q": "tues"}"#);
    assert_eq!(twin.body, answer.body);
    assert_eq!(client.get("/v1/suggest?q=%20").faults(), ["/q required"]);
    assert_eq!(client.get("/v1/suggest?q=a&limit=11").faults(), ["/limit out_of_range"]);
}
