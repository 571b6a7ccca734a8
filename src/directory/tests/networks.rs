//! Networks, what each side of a link says, claims about practice and resources: from files to what readers are shown, and
//! to the graph.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Town, service};
use crate::domain::{
    clock::FixedClock,
    entry::Standing,
    pathway::{Goal, chains},
    vocabulary::values::SupportLayer,
};

fn network() -> Value {
    json!({ "id": "circle", "name": "West Circle", "description": "Neighbours.", "kith": {
        "network": { "network_type": "place", "purpose": "Nobody is sent on with only a leaflet.", "areas": ["E08000035"],
            "principles": ["safety", "choice"], "own_principles": ["Someone rings ahead."],
            "roles": [{ "role": "Link worker of the surgery" }], "since": "2024-05-01", "review_on": "2027-01-31" },
        "links": [
            { "relationship": "member_of", "from": { "service_id": "therapy" } },
            { "relationship": "member_of", "from": { "service_id": "choir" } }] } })
}

fn member(id: &str, name: &str, term: &str, links: Value) -> Value {
    let mut service = service(id, name, &format!("org-{id}"), &[(&format!("at-{id}"), &format!("hall-{id}"))]);
    service["attributes"] =
        json!([{ "link_type": "kith:term", "taxonomy_term": { "code": term, "taxonomy": "kith", "name": term } }]);
    let mut all = vec![json!({ "relationship": "member_of", "to": { "network_id": "circle" } })];
    all.extend(links.as_array().cloned().unwrap_or_default());
    service["kith"] = json!({ "links": all });
    service
}

/// A trauma service that sends people on to a choir, and the other way round; to be looked at again on a day.
fn town_of(review_on: &str) -> Value {
    json!([
        network(),
        member(
            "therapy",
            "Trauma Service",
            "therapy",
            json!([{
            "relationship": "refers_to", "to": { "service_id": "choir" }, "does": "comes along the first time",
            "does_not": "see people under 18", "handover": ["accompanied_visit"], "review_on": review_on }])
        ),
        member(
            "choir",
            "Canal Choir",
            "creative-nature",
            json!([{
            "relationship": "refers_to", "from": { "service_id": "therapy" }, "does_not": "keep notes" }])
        ),
    ])
}

#[tokio::test]
async fn a_network_is_found_by_its_area_and_type_and_knows_its_members() {
    let town = Town::new().await;
    town.import(town_of("2027-01-01")).await;
    let circle = town.listing("West Circle").unwrap();
    assert_eq!(circle["card"]["kind"], "network");
    assert_eq!(circle["card"]["place"]["kind"], "across");
    assert_eq!(circle["card"]["place"]["label"], "Across Leeds");
    assert_eq!(circle["network"]["principles"], json!(["safety", "choice"]));
    assert_eq!(circle["network"]["roles"][0]["role"], "Link worker of the surgery");
    assert_eq!(
        town.links("West Circle"),
        ["has as a member Canal Choir agreed", "has as a member Trauma Service agreed"]
    );
    let graph = town.directory.view.graph().unwrap();
    let network = graph.node(circle["id"].as_str().unwrap()).unwrap();
    assert_eq!((graph.len(), graph.links(), graph.members(network).count()), (3, 3, 2));
}

#[tokio::test]
async fn each_side_tells_its_scope_and_a_card_is_short() {
    let town = Town::new().await;
    town.import(town_of("2027-01-01")).await;
    let choir = town.listing("Canal Choir").unwrap();
    let link = choir["links"].as_array().unwrap().iter().find(|link| link["relationship"] == "refers_to").unwrap();
    assert_eq!((&link["state"], &link["handover"]), (&json!("agreed"), &json!(["accompanied_visit"])));
    assert_eq!(
        link["sides"],
        json!([
            { "by": "this", "terms": { "does_not": "keep notes" } },
            { "by": "other", "terms": { "does": "comes along the first time", "does_not": "see people under 18",
                "review_on": "2027-01-01", "handover": ["accompanied_visit"] } },
        ])
    );
    assert!(choir["card"]["links"].as_array().unwrap().iter().all(|link| link.get("sides").is_none()));
}

#[tokio::test]
async fn a_link_lapses_after_its_day_and_when_a_side_goes_and_the_graph_follows() {
    let mut town = Town::new().await;
    town.import(town_of("2026-12-01")).await;
    let to_community = |town: &Town| {
        let service = town.listing("Trauma Service").unwrap();
        let graph = town.directory.view.graph().unwrap();
        let from = graph.node(service["id"].as_str().unwrap()).unwrap();
        let found = chains(&graph, from, Goal::Layer(SupportLayer::Community), 5);
        found.chains.iter().map(|chain| chain.cost).collect::<Vec<_>>()
    };
    // The choir itself and the network.
    assert_eq!(to_community(&town), [2, 3]);
    // The last day counts.
    for (today, left, cost) in [("2026-12-01T22:00:00Z", 0, 2), ("2026-12-02T01:00:00Z", 1, 3)] {
        town.directory.clock = Arc::new(FixedClock::at(today));
        assert_eq!(town.directory.expire().await.unwrap(), left);
        town.agrees().await;
        assert_eq!(to_community(&town)[0], cost, "{today}");
    }
    assert_eq!(town.links("Canal Choir")[1], "is sent people by Trauma Service lapsed");
    assert_eq!(town.directory.expire().await.unwrap(), 0);
    // Stated with another day it counts again.
    town.import(town_of("2027-12-01")).await;
    assert_eq!(to_community(&town), [2, 3]);
    town.stand("Canal Choir", Standing::Withdrawn).await;
    assert_eq!(to_community(&town), [3]);
    assert_eq!(town.links("West Circle"), ["has as a member Trauma Service agreed"]);
    let mut paused = town_of("2027-12-01");
    paused[1]["status"] = json!("inactive");
    town.import(paused).await;
    assert_eq!(town.links("West Circle"), ["has as a member Trauma Service lapsed"]);
    assert_eq!(to_community(&town), [0; 0]);
}

#[tokio::test]
async fn claims_count_until_their_day_and_resources_are_no_help_by_themselves() {
    let mut town = Town::new().await;
    let marker = |source: Option<&str>| json!({ "marker": "quiet-space", "level": "stated", "source": source, "on": "2026-11-01", "expires_on": "2026-12-01" });
    let mut group = service("g", "Tea", "org-g", &[("at-g", "hall-g")]);
    group["kith"] = json!({ "practice": { "led": "peer", "first_visit": { "who_opens": "One of us." }, "markers": [marker(Some("the group")), marker(None)] } });
    let course = json!({ "id": "r", "name": "Holding a group", "status": "active", "description": "Two days.",
        "organization": { "id": "org-r", "name": "School" }, "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }],
        "kith": { "resource": { "resource_type": "training", "level": "skilled", "for_roles": ["facilitator"] } } });
    town.import(json!([group, course])).await;
    let current = |town: &Town| {
        let practice = town.listing("Tea").unwrap()["practice"].clone();
        practice["markers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|claim| claim["current"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(current(&town), [true, false]);
    assert_eq!(town.listing("Tea").unwrap()["practice"]["first_visit"]["who_opens"], "One of us.");
    town.directory.clock = Arc::new(FixedClock::at("2026-12-02T01:00:00Z"));
    assert_eq!(town.directory.expire().await.unwrap(), 1);
    town.agrees().await;
    assert_eq!(current(&town), [false, false]);
    assert!(town.listing("Holding a group").is_none(), "a resource is no service");
    assert!(town.told().await.contains(r#""kind":"resource""#));
}

#[tokio::test]
async fn of_a_private_listing_no_free_words_are_kept() {
    let town = Town::new().await;
    let refuge = json!([{ "id": "refuge", "name": "Calm refuge", "status": "active", "description": "Rooms.",
        "organization": { "id": "harbour", "name": "Calm", "kith": { "network": { "network_type": "peer", "purpose": "SECRET one", "areas": ["E08000035"], "contact": { "phone": "SECRET two" } } } },
        "service_areas": [{ "name": "Yorkshire and The Humber", "extent": "E12000003" }],
        "kith": {
            "practice": { "led": "both", "does": "SECRET three", "place_of_worship": true, "first_visit": { "who_opens": "SECRET four" } },
            "resource": { "resource_type": "training" },
            "links": [{ "relationship": "refers_to", "to": { "service_id": "choir" }, "does": "SECRET five", "escalation": "SECRET six", "handover": ["warm_call"] }] } },
        member("choir", "Canal Choir", "creative-nature", json!([{ "relationship": "refers_to", "from": { "service_id": "refuge" }, "does_not": "SECRET seven" }]))]);
    town.import(refuge).await;
    let told = town.told().await;
    assert!(told.contains(r#""led":"both""#) && !told.contains(r#""kind":"resource""#) && !told.contains("E08000035"));
    assert!(!told.contains("place_of_worship"));
    assert!(!town.kept().contains("SECRET"), "nothing of it is kept");
}
