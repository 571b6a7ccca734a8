//! Ways along agreed links: what each step says, where a scope ends, and that nothing hidden is on the way.

use serde_json::{Value, json};

use super::Town;
use crate::{
    directory::{Error, pathways::PathwaysRequest, tests::service},
    domain::entry::Standing,
};

/// A service in Leeds with a term, ages, and what it states of others.
fn stop(id: &str, name: &str, term: &str, links: Value) -> Value {
    let mut service = service(id, name, &format!("org-{id}"), &[(&format!("at-{id}"), &format!("hall-{id}"))]);
    service["attributes"] =
        json!([{ "link_type": "kith:term", "taxonomy_term": { "code": term, "taxonomy": "kith", "name": term } }]);
    service["kith"] = json!({ "links": links });
    service
}

/// Clinic, hub, choir and a line: the clinic sends people to the hub and to the line, the hub to the choir.
fn four() -> Value {
    let clinic = stop(
        "clinic",
        "Clinic",
        "therapy",
        json!([
            { "relationship": "refers_to", "to": { "service_id": "hub" }, "does": "rings ahead", "does_not": "drive anyone",
              "handover": ["warm_call"], "reply_within_days": 9 },
            { "relationship": "refers_to", "to": { "service_id": "line" } },
            { "relationship": "refers_to", "to": { "service_id": "hopeful" } },
        ]),
    );
    let hub = stop(
        "hub",
        "Hub",
        "navigation",
        json!([
            { "relationship": "refers_to", "from": { "service_id": "clinic" }, "does": "meets at the door", "reply_within_days": 2,
              "consent": "asked each time" },
            { "relationship": "accepts_from", "from": { "service_id": "choir" } },
        ]),
    );
    let mut choir = stop(
        "choir",
        "Choir",
        "peer-group",
        json!([{ "relationship": "accepts_from", "to": { "service_id": "hub" }, "does_not": "keep notes" }]),
    );
    (choir["minimum_age"], choir["maximum_age"]) = (json!(18), json!(25));
    choir["kith"]["accepting"] = json!("full");
    choir["kith"]["accepting_checked_on"] = json!("2026-11-20");
    let mut line = stop(
        "line",
        "Cornish Line",
        "peer-1to1",
        json!([{ "relationship": "refers_to", "from": { "service_id": "clinic" } }]),
    );
    line.as_object_mut().unwrap().remove("service_at_locations");
    line["attributes"].as_array_mut().unwrap().push(json!({ "link_type": "kith:place_mode", "value": "remote" }));
    line["service_areas"] = json!([{ "name": "Cornwall", "extent": "E06000052" }]);
    // One that only one side speaks of.
    json!([clinic, hub, choir, line, stop("hopeful", "Hopeful", "peer-group", json!([]))])
}

impl Town {
    fn id_of(&self, name: &str) -> String {
        self.listing(name).unwrap_or_else(|| panic!("{name}"))["id"].as_str().unwrap().to_owned()
    }

    fn ways(&self, from: &str, to: &str, layer: &str, age: Option<u32>) -> Value {
        let named = |name: &str| (!name.is_empty()).then(|| self.id_of(name));
        let to_layer = (!layer.is_empty()).then(|| layer.to_owned());
        let request = PathwaysRequest { from: named(from), to: named(to), to_layer, age, lang: None };
        serde_json::from_slice(&self.directory.pathways(&request).unwrap()).unwrap()
    }
}

/// The listings of each way, and the codes of its limits.
fn told(answer: &Value) -> Vec<String> {
    let ways = answer["pathways"].as_array().unwrap().iter().map(|way| {
        let steps = way["steps"].as_array().unwrap();
        let names = steps.iter().map(|step| step["to"]["name"].as_str().unwrap());
        let limits = steps.iter().flat_map(|step| step["limits"].as_array().into_iter().flatten());
        let codes: Vec<&str> = limits.map(|limit| limit["code"].as_str().unwrap()).collect();
        assert_eq!(way["limits_total"], codes.len());
        format!("{}: {}", names.collect::<Vec<_>>().join(" > "), codes.join(" "))
    });
    ways.collect()
}

#[tokio::test]
async fn each_step_has_both_ends_what_each_side_says_and_where_a_scope_ends() {
    let town = Town::new().await;
    town.import(four()).await;
    let answer = town.ways("Clinic", "Choir", "", None);
    assert_eq!(told(&answer), ["Hub > Choir: scope not_accepting scope"]);
    let step = &answer["pathways"][0]["steps"][0];
    assert_eq!((&step["from"]["name"], &step["to"]["name"]), (&json!("Clinic"), &json!("Hub")));
    assert_eq!((&step["from"]["layers"], &step["to"]["layers"]), (&json!(["specialist"]), &json!(["community"])));
    assert_eq!(step["in_words"], "Clinic refers people to Hub");
    assert_eq!(step["says_from"]["does"], "rings ahead");
    assert_eq!(
        (&step["says_to"]["does"], &step["says_to"]["consent"]),
        (&json!("meets at the door"), &json!("asked each time"))
    );
    assert_eq!(step["handover"], json!([{ "id": "warm_call", "label": "They ring ahead, with you there" }]));
    assert_eq!(step["reply_within_days"], 2, "of the side that one comes to");
    assert_eq!(step["limits"][0]["says"], "drive anyone");
    assert_eq!(step["limits"][0]["listing"], town.id_of("Clinic"));
    let last = &answer["pathways"][0]["steps"][1];
    // It is the choir that says so; the hub is the second side.
    assert_eq!((&last["relationship"], &last["direction"]), (&json!("accepts_from"), &json!("from")));
    assert_eq!(last["in_words"], "Hub can send people to Choir");
    assert_eq!(last["accepting"], "full");
    assert_eq!(last["says_to"]["does_not"], "keep notes");
}

#[tokio::test]
async fn an_age_and_an_area_that_do_not_fit_are_limits_and_one_that_fits_is_none() {
    let town = Town::new().await;
    town.import(four()).await;
    for (age, codes) in [
        (17, "scope age not_accepting scope"),
        (25, "scope not_accepting scope"),
        (26, "scope age not_accepting scope"),
    ] {
        assert_eq!(told(&town.ways("Clinic", "Choir", "", Some(age))), [format!("Hub > Choir: {codes}")], "{age}");
    }
    assert_eq!(
        told(&town.ways("Clinic", "", "alongside", None)),
        ["Cornish Line: area", "Hub > Choir: scope not_accepting scope"]
    );
    // One that serves the place is no limit.
    let mut items = four();
    items[3]["service_areas"] = json!([{ "name": "Yorkshire and The Humber", "extent": "E12000003" }]);
    town.import(items).await;
    assert_eq!(told(&town.ways("Clinic", "Cornish Line", "", None)), ["Cornish Line: "]);
}

#[tokio::test]
async fn what_one_side_says_leads_nowhere_and_why_is_told() {
    let town = Town::new().await;
    town.import(four()).await;
    for (from, to, code) in [
        ("Clinic", "Hopeful", "none_near_enough"),
        ("Hopeful", "Clinic", "no_agreed_link"),
        ("Choir", "Clinic", "no_agreed_link"),
    ] {
        let answer = town.ways(from, to, "", None);
        assert_eq!((told(&answer).len(), &answer["none"]["code"]), (0, &json!(code)), "{from} {to}");
    }
}

#[tokio::test]
async fn nothing_leads_to_or_through_what_is_hidden_or_gone() {
    let town = Town::new().await;
    town.import(four()).await;
    let (hub, clinic, choir) = (town.id_of("Hub"), town.id_of("Clinic"), town.id_of("Choir"));
    // Hidden and still in graph and index: as between a withdrawal and the commit that follows.
    town.directory.view.hide(&hub, u64::MAX);
    assert!(town.directory.view.graph().unwrap().node(&hub).is_some());
    let ask = |from: &String, to: &String| {
        town.directory.pathways(&PathwaysRequest {
            from: Some(from.clone()),
            to: Some(to.clone()),
            ..PathwaysRequest::default()
        })
    };
    let answer: Value = serde_json::from_slice(&ask(&clinic, &choir).unwrap()).unwrap();
    assert_eq!(told(&answer), [""; 0]);
    assert!(!answer.to_string().contains(&hub));
    assert!(matches!(ask(&hub, &choir), Err(Error::Gone)) && matches!(ask(&clinic, &hub), Err(Error::Gone)));
    let nobody = "00000000-0000-4000-8000-000000000000".to_owned();
    assert!(matches!(ask(&clinic, &nobody), Err(Error::Missing)));
    town.stand("Choir", Standing::Withdrawn).await;
    assert!(matches!(ask(&clinic, &choir), Err(Error::Gone)));
}
