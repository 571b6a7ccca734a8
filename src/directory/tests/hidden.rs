//! What is hidden a moment ago is named by no other listing, wherever one reads, before the follower has caught up.

use serde_json::{Value, json};

use super::{Town, linking::group};
use crate::{
    directory::{
        feed::Collection, read::Family, request::SearchRequest, support_map::SupportMapRequest, window::SessionsRequest,
    },
    domain::entry::Standing,
};

/// A clinic, a choir and a band in a network, linked with one another; choir and band are of one organization.
fn town() -> Value {
    let with = |mut item: Value, links: Value| {
        item["kith"]["links"] = links;
        item["schedules"] = json!([{ "freq": "WEEKLY", "byday": "TU", "opens_at": "18:30", "closes_at": "20:00" }]);
        item
    };
    let member = json!({ "relationship": "member_of", "to": { "network_id": "circle" } });
    let refers =
        |direction: &str, other: &str| json!({ "relationship": "refers_to", direction: { "service_id": other } });
    json!([
        { "id": "circle", "name": "West Circle", "description": "A group of groups.", "kith": { "network": { "network_type": "peer" } } },
        with(group("clinic", "Trauma Clinic", "org-a"), json!([member, refers("to", "choir"), refers("to", "band")])),
        with(group("choir", "Canal Choir", "org-b"), json!([member, refers("from", "clinic")])),
        with(group("band", "Lantern Band", "org-b"), json!([member])),
    ])
}

/// What changes with every commit, or with the order in which what is equal stands.
fn settled(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|name, _| !["as_of", "last_modified", "facets", "kinds"].contains(&name.as_str()));
            value = members.clone().into_iter().map(|(name, value)| (name, settled(value))).collect();
        }
        Value::Array(items) => {
            // The words of what is hidden still count for the order, a moment longer.
            items.sort_by_key(|item| item.get("id").map(Value::to_string));
            value = items.iter().cloned().map(settled).collect();
        }
        _ => {}
    }
    value
}

/// Every way to read a listing, with its name.
fn read(town: &Town) -> Vec<(&'static str, Value)> {
    let directory = &town.directory;
    let parsed = |bytes: &[u8]| settled(serde_json::from_slice(bytes).unwrap());
    let mut read = Vec::new();
    for (family, of) in [(Family::Services, Collection::Services), (Family::Organizations, Collection::Organizations)] {
        for json in directory.walk(family, None, 99).unwrap().items {
            let listing = parsed(&json);
            let id = listing["id"].as_str().unwrap();
            read.push(("by id", parsed(&directory.listing(id).unwrap().json)));
            read.push(("record", settled(directory.feed_record(of, id).unwrap().into())));
            read.push(("walk", listing));
        }
        let part = directory.feed_part(of, 0, 99).unwrap();
        read.extend(part.items.into_iter().map(|item| ("feed", settled(item.into()))));
    }
    let near = |view: Option<&str>, lang: Option<&str>| SearchRequest {
        near: Some("Leeds".to_owned()),
        view: view.map(str::to_owned),
        lang: lang.map(str::to_owned),
        ..SearchRequest::default()
    };
    let group = SearchRequest { q: Some("group".to_owned()), ..SearchRequest::default() };
    for asked in [group, near(None, None), near(Some("full"), None), near(Some("full"), Some("cy"))] {
        read.push(("search", parsed(&directory.search(&asked).unwrap())));
    }
    let week = SessionsRequest { search: near(None, None), ..SessionsRequest::default() };
    read.push(("sessions", parsed(&directory.sessions(&week).unwrap())));
    let map = SupportMapRequest { search: near(None, None) };
    read.push(("map", parsed(&directory.support_map(&map).unwrap())));
    read
}

/// Where two values differ first.
fn first_difference(at: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            one.iter().find_map(|(name, value)| {
                first_difference(&format!("{at}/{name}"), value, other.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(n, (one, other))| first_difference(&format!("{at}/{n}"), one, other))
        }
        _ => (one != other).then(|| format!("{at}: {one} and then {other}")),
    }
}

#[tokio::test]
async fn what_is_withdrawn_is_named_nowhere_before_the_view_has_followed() {
    for (gone, family) in [
        ("Canal Choir", Family::Services),
        ("West Circle", Family::Organizations),
        ("Org org-b", Family::Organizations),
    ] {
        let town_of = Town::new().await;
        town_of.import(town()).await;
        let naming = |read: &[(&'static str, Value)]| -> Vec<&'static str> {
            let mut names: Vec<_> =
                read.iter().filter(|(_, value)| value.to_string().contains(gone)).map(|(name, _)| *name).collect();
            names.dedup();
            names
        };
        assert!(naming(&read(&town_of)).len() >= 6, "{gone}: {:?}", naming(&read(&town_of)));
        let id = town_of.id(gone).await;
        assert!(town_of.directory.listing_of(family, &id).is_ok());
        town_of.directory.set_standing(&id, Standing::Withdrawn, "a test").await.unwrap();
        let at_once = read(&town_of);
        assert_eq!(naming(&at_once), [""; 0], "{gone}");
        town_of.agrees().await;
        for ((way, at_once), (_, followed)) in at_once.into_iter().zip(read(&town_of)) {
            assert_eq!(first_difference(way, &at_once, &followed), None, "{gone}");
        }
    }
}
