//! C1: two directories with the same public facts and different secrets give the same answers, byte for byte.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    table,
    walk::{Request, Walker},
    worlds::{Secret, World},
};
use crate::{
    canary::scan::Scan,
    support::{Answer, Client, encoded},
};

/// What two worlds were asked, and where they differed.
#[derive(Debug, Default)]
pub struct Compared {
    pub asked: usize,
    pub differences: Vec<String>,
    /// Operations that never gave a good answer.
    pub silent: Vec<String>,
}

/// Asks both worlds all that can be asked. After so many differences nothing more is asked.
pub fn compare(here: &World, there: &World, secrets: [&Secret; 2], most: usize) -> Compared {
    let mut compared = Compared::default();
    for (one, other) in std::iter::zip(&here.reports, &there.reports) {
        compared.asked += 1;
        if one != other {
            compared.differences.push(format!("the report of an import: {one:?}\n{other:?}"));
        }
    }
    let Compared { asked, differences, silent } = &mut compared;
    let mut ask = |request: &Request| {
        if differences.len() >= most {
            return Answer { status: 200, headers: Vec::new(), body: br#"{"paths":{}}"#.to_vec() };
        }
        *asked += 1;
        let (one, other) = (send(&here.client, request), send(&there.client, request));
        differences.extend(difference(&one, &other).map(|what| format!("{request:?}: {what}")));
        one
    };
    let known = known(&here.client, secrets);
    for request in pages(&known["id"], secrets) {
        ask(&request);
    }
    let mut walker = Walker::new(&mut ask, known);
    for document in ["/openapi.json", "/hsds/openapi.json"] {
        silent.extend(walker.document(document));
    }
    compared
}

/// Sends a request to a host of the same name everywhere: the feed says its own address.
pub fn send(client: &Client, request: &Request) -> Answer {
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers: Vec<(&str, &str)> = headers.chain([("Host", "kith.example")]).collect();
    client.send(request.method, &request.path, &headers, request.body.as_deref())
}

/// An answer without the one header that says what time it is.
pub fn whole(answer: &Answer) -> (u16, Vec<&(String, String)>, &[u8]) {
    let headers = answer.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("date"));
    (answer.status, headers.collect(), &answer.body)
}

fn difference(one: &Answer, other: &Answer) -> Option<String> {
    if whole(one) == whole(other) {
        return None;
    }
    let at = one.body.iter().zip(&other.body).take_while(|(a, b)| a == b).count();
    let around = |answer: &Answer| {
        let body = &answer.body[at.saturating_sub(60).min(answer.body.len())..];
        format!("{} {:?} ...{}", answer.status, answer.headers, String::from_utf8_lossy(&body[..body.len().min(160)]))
    };
    Some(format!("{}\n{}", around(one), around(other)))
}

/// Everything that somebody who suspects something would ask for, by the names of parameters.
pub fn known(client: &Client, secrets: [&Secret; 2]) -> BTreeMap<String, Vec<String>> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |name: &str, values: &[&str]| {
        known.entry(name.to_owned()).or_default().extend(values.iter().map(|value| (*value).to_owned()));
    };
    add("q", &["refuge", "rowan house", "circle", "house", "safe place for women", "lloches"]);
    add("near", &["Leeds", "LS6 2", "Yorkshire", "England", "53.8,-1.55", "Newport", "nowhere at all"]);
    add("postcode", &["LS6 2AA", "LS6"]);
    add("latitude", &["53.8", "53.5"]);
    add("longitude", &["-1.55", "-1.2"]);
    add("within_km", &["0.5", "7", "60.5", "500"]);
    add("date", &["2026-11-24"]);
    add("from", &["2026-11-23T09:00:00Z"]);
    add("to", &["2026-11-30T09:00:00Z"]);
    add("starts_after", &["18:00"]);
    add("starts_before", &["21:00"]);
    add("language", &["cy", "en"]);
    add("nation", &["england", "wales"]);
    add("need", &["domestic-abuse", "bereavement"]);
    add("area", &["Leeds", "E08000035", "West Yorkshire", "Yorkshire and The Humber", "LS6 2"]);
    for term in client.get("/v1/terms").json()["terms"].as_array().unwrap() {
        let (facet, id) = (term["facet"].as_str().unwrap(), term["id"].as_str().unwrap());
        let some = known.entry(facet.to_owned()).or_default();
        if some.len() < 2 || id == "refuge" {
            some.push(id.to_owned());
        }
    }
    let mut ids: Vec<String> = Vec::new();
    for path in ["/v1/services?per_page=100", "/v1/organizations?per_page=100"] {
        let listed = client.get(path).json();
        ids.extend(
            listed["items"].as_array().unwrap().iter().map(|listing| listing["id"].as_str().unwrap().to_owned()),
        );
    }
    ids.extend(crate::support::ids(&client.get("/v1/resources?per_page=100").json()["results"]));
    known.insert("area".to_owned(), vec!["E08000035".to_owned(), "E12000003".to_owned()]);
    let (mut organizations, mut terms) = (Vec::new(), Vec::new());
    for (collection, kept) in [
        ("organizations", &mut organizations),
        ("service_at_locations", &mut Vec::new()),
        ("taxonomies", &mut Vec::new()),
        ("taxonomy_terms", &mut terms),
    ] {
        let listed = client.get(&format!("/hsds/{collection}?per_page=100")).json();
        let some =
            listed["contents"].as_array().unwrap().iter().take(8).map(|item| item["id"].as_str().unwrap().to_owned());
        kept.extend(some);
        ids.extend(kept.iter().cloned());
    }
    ids.push("00000000-0000-4000-8000-000000000000".to_owned());
    known.insert("organization_id".to_owned(), organizations);
    known.insert("taxonomy_term_id".to_owned(), terms);
    for name in ["after", "listing", "listing_id", "service_id"] {
        known.insert(name.to_owned(), ids[..4].to_vec());
    }
    for name in ["from", "to"] {
        known.entry(name.to_owned()).or_default().extend(ids.iter().take(16).cloned());
    }
    known.insert("id".to_owned(), ids);
    // What only somebody who knows a secret would ask for.
    let secret = secrets.into_iter().flat_map(|secret| {
        [
            secret.street.to_owned(),
            secret.postcode.clone(),
            format!("{},{}", secret.latitude, secret.longitude),
            secret.phone.clone(),
        ]
    });
    for name in ["q", "near", "postcode", ""] {
        known.entry(name.to_owned()).or_default().extend(secret.clone());
    }
    for secret in secrets {
        known.get_mut("latitude").unwrap().push(secret.latitude.to_string());
        known.get_mut("longitude").unwrap().push(secret.longitude.to_string());
    }
    known
}

/// The pages, which no document describes.
fn pages(ids: &[String], secrets: [&Secret; 2]) -> Vec<Request> {
    let fixed = [
        "/",
        "/tonight",
        "/this-week",
        "/support-map",
        "/credits",
        "/networks",
        "/resources",
        "/decisions",
        "/resilience",
        "/nowhere",
        "/problems/unknown-place",
        "/problems/none",
        "/assets/site.css",
        "/readyz",
        "/healthz",
    ];
    let mut pages: Vec<Request> = fixed.into_iter().map(Request::get).collect();
    pages.extend(ids.iter().map(|id| Request::get(format!("/listing/{id}"))));
    pages.extend(ids.iter().map(|id| Request::get(format!("/listing/{id}/members"))));
    for layer in ["alongside", "specialist", "community"] {
        let form = format!("to_layer={layer}");
        let from = |id: &String| {
            Request::post(&format!("/listing/{id}/pathway"), "application/x-www-form-urlencoded", form.clone())
        };
        pages.extend(ids.iter().map(from));
    }
    let streets = secrets.map(|secret| secret.street);
    let points = secrets.map(|secret| format!("{},{}", secret.latitude, secret.longitude));
    let postcodes = secrets.map(|secret| secret.postcode.clone());
    for path in ["/", "/tonight", "/this-week", "/support-map", "/networks", "/resources"] {
        for words in ["", "refuge", "house"].into_iter().chain(streets) {
            for near in ["", "LS6 2", "Leeds", "Yorkshire and The Humber"]
                .into_iter()
                .chain(points.iter().map(String::as_str))
                .chain(postcodes.iter().map(String::as_str))
            {
                let form = format!("q={}&near={}", encoded(words), encoded(near));
                pages.push(Request::post(path, "application/x-www-form-urlencoded", form));
            }
        }
    }
    pages
}

#[test]
fn two_worlds_that_differ_only_in_secrets_cannot_be_told_apart() {
    let secrets = [Secret::number(1), Secret::number(2)];
    let worlds = secrets.each_ref().map(World::whole);
    for report in &worlds[0].reports {
        assert!(report.refused == 0 && report.protected > 0, "{report:?}");
    }
    let shown = worlds[0].client.get("/v1/services?per_page=100").json();
    let kinds: Vec<&Value> =
        shown["items"].as_array().unwrap().iter().map(|item| &item["card"]["place"]["kind"]).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "area").count(), 6, "{kinds:?}");
    for (world, secret) in std::iter::zip(&worlds, &secrets) {
        let sought = Scan::of(&[secret.street, &secret.postcode, &secret.phone], &[secret.latitude, secret.longitude]);
        let (found, files) = sought.files(world.folder());
        assert!(files > 8 && found.is_empty(), "{found:#?}");
    }
    let compared = compare(&worlds[0], &worlds[1], secrets.each_ref(), 5);
    let same = compared.differences.is_empty();
    table::row(
        "C1",
        "twin worlds: pairs of answers, differing",
        compared.asked,
        &compared.differences.len().to_string(),
        same,
    );
    assert!(same, "{}", compared.differences.join("\n"));
    assert!(compared.asked > 2_000, "only {} requests", compared.asked);
    assert_eq!(compared.silent, [""; 0], "teach the harness how these are asked (known words in guard/twins.rs)");
}

#[test]
fn the_comparison_sees_a_group_that_has_moved() {
    let secret = Secret::number(1);
    let [here, there] = [53.8, 53.8001].map(|latitude| {
        let mut world = World::whole(&secret);
        let group = super::worlds::open_group(95, latitude, -1.5);
        world.import("more", &kith::exchange::Format::Hsds, &[("more.json", json!([group]).to_string())]);
        world
    });
    assert!(!compare(&here, &there, [&secret, &secret], 1).differences.is_empty());
}
