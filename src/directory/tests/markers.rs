//! Markers of how a group works: whether among its terms or claimed apart, they are served as true only with who says so
//! and until their day.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Town, linking::group};
use crate::{
    directory::{feed::Collection, request::SearchRequest},
    domain::{clock::FixedClock, vocabulary::Facet},
};

fn with_terms(name: &str, markers: &[&str], assured: Option<&str>, claims: Value) -> Value {
    let mut item = group(name, name, &format!("org-{name}"));
    let term = |marker: &&str| json!({ "link_type": "kith:term", "taxonomy_term": { "code": marker, "taxonomy": "kith", "name": marker } });
    item["attributes"] = markers.iter().map(term).collect();
    item["assured_date"] = json!(assured);
    item["kith"] = json!({ "practice": { "markers": claims } });
    item
}

impl Town {
    /// The markers by which a listing is described in each way to read it: by id, on its card, in the feed.
    fn markers(&self, name: &str) -> [Vec<String>; 3] {
        let listing = self.listing(name).unwrap();
        let record = self.directory.feed_record(Collection::Services, listing["id"].as_str().unwrap()).unwrap();
        let codes = |attributes: &Value| -> Vec<String> {
            let all = attributes.as_array().into_iter().flatten();
            all.filter_map(|attribute| attribute.pointer("/taxonomy_term/code")?.as_str().map(str::to_owned)).collect()
        };
        let terms = listing["card"]["terms"].as_array().into_iter().flatten();
        let terms = terms.filter(|term| term["facet"] == "marker").map(|term| term["id"].as_str().unwrap().to_owned());
        [
            codes(&listing["service"]["attributes"]),
            terms.collect(),
            codes(record.get("attributes").unwrap_or(&Value::Null)),
        ]
    }

    fn found(&self, marker: &str) -> Vec<String> {
        let facets = vec![(Facet::Marker, vec![marker.to_owned()])];
        let answer = self.directory.search(&SearchRequest { facets, ..SearchRequest::default() }).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let items = answer["results"]["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_marker_is_a_term_only_while_somebody_vouches_for_it() {
    let mut town = Town::new().await;
    let past = json!([{ "marker": "quiet-space", "level": "peer_reviewed", "source": "peers", "on": "2024-01-01", "expires_on": "2026-01-01" }]);
    let current = json!([{ "marker": "quiet-space", "level": "peer_reviewed", "source": "peers", "on": "2026-01-01" }]);
    town.import(json!([
        with_terms("Over", &["quiet-space", "same-people"], Some("2026-11-01"), past),
        with_terms("Claimed", &[], Some("2026-11-01"), current),
        with_terms("Undated", &["quiet-space", "same-people"], None, json!([])),
    ]))
    .await;
    let only = |marker: &str| [vec![marker.to_owned()], vec![marker.to_owned()], vec![marker.to_owned()]];
    assert_eq!(town.markers("Over"), only("same-people"), "its other claim has ended");
    assert_eq!(
        town.markers("Claimed"),
        [vec![], vec!["quiet-space".to_owned()], vec![]],
        "the source has no such term"
    );
    assert_eq!(town.markers("Undated"), [const { Vec::<String>::new() }; 3], "nobody says when");
    assert_eq!(
        (town.found("quiet-space"), town.found("same-people")),
        (vec!["Claimed".to_owned()], vec!["Over".to_owned()])
    );
    let claims = town.listing("Undated").unwrap()["practice"]["markers"].clone();
    let told = |n: usize| (claims[n]["marker"].as_str(), claims[n]["level"].as_str(), claims[n]["current"].as_bool());
    assert_eq!(told(0), (Some("quiet-space"), Some("stated"), Some(false)), "it is told as what has to be asked");
    // The feed gives the claims that a record makes apart from its terms.
    let fed = |name: &str| {
        let id = town.listing(name).unwrap()["id"].as_str().unwrap().to_owned();
        Value::Object(town.directory.feed_record(Collection::Services, &id).unwrap())["kith"]["practice"].clone()
    };
    assert_eq!((fed("Undated"), fed("Over")["markers"].as_array().unwrap().len()), (Value::Null, 1));
    // What the source said counts for two years.
    town.directory.clock = Arc::new(FixedClock::at("2028-11-20T09:00:00Z"));
    assert_eq!(town.directory.expire().await.unwrap(), 2);
    town.agrees().await;
    assert_eq!((town.found("quiet-space"), town.found("same-people")), (vec![], vec![]));
}
