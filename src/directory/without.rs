//! Published bytes without what they still say of listings that are hidden by now.
//!
//! What is withdrawn, or hidden by a hold, is gone from the moment its write is answered; the listings that name it are
//! published anew by the follower, which takes a moment, and where the view is being built anew, minutes. Until then they are
//! read through here: without their links to it, without the organization where that is it, and without it among services.
//! While nothing is hidden, which is nearly always, this costs nothing.

use std::collections::HashSet;

use bytes::Bytes;
use kith_index::Hits;
use serde_json::{Map, Value};

use super::body;

/// What stands before an id in published bytes.
const BEFORE: &[u8] = b"\"id\":\"";
/// The member of a card that counts its links.
const TOTAL: &str = "links_total";
/// How long an id is.
const LENGTH: usize = 36;

/// A listing's or a card's JSON without what is hidden.
pub fn json(bytes: Bytes, hidden: &HashSet<String>) -> Bytes {
    match cut(&bytes, hidden) {
        Some(cut) => Bytes::from(cut),
        None => bytes,
    }
}

/// The cards of an answer without what is hidden.
pub fn hits(hits: &mut Hits, hidden: &HashSet<String>) {
    if hidden.is_empty() {
        return;
    }
    for hit in hits.results.hits.iter_mut().chain(&mut hits.covers.hits) {
        let (card, rhythm) = body::split(&hit.body);
        if let Some(card) = cut(card, hidden) {
            hit.body = Bytes::from(body::join(card, rhythm.bytes()));
        }
    }
}

/// The same JSON without what is hidden; `None` where nothing of that is named.
fn cut(json: &[u8], hidden: &HashSet<String>) -> Option<Vec<u8>> {
    if hidden.is_empty() || !names(json, hidden) {
        return None;
    }
    // What cannot be read cannot be cut, and is shown to nobody.
    let mut listing: Value = serde_json::from_slice(json).unwrap_or_default();
    leave_out(&mut listing, hidden);
    Some(serde_json::to_vec(&listing).expect("what was JSON is JSON"))
}

/// Whether one of these ids is an id anywhere in it.
fn names(json: &[u8], hidden: &HashSet<String>) -> bool {
    json.windows(BEFORE.len() + LENGTH)
        .filter(|window| window.starts_with(BEFORE))
        .filter_map(|window| std::str::from_utf8(&window[BEFORE.len()..]).ok())
        .any(|id| hidden.contains(id))
}

/// Takes out each object that is of something hidden, and each link to it, and counts the links that are left.
fn leave_out(value: &mut Value, hidden: &HashSet<String>) {
    match value {
        Value::Object(members) => {
            let (links, total) = (links_of(members), total_of(members));
            members.retain(|_, value| !is_of(value, hidden));
            for member in members.values_mut() {
                leave_out(member, hidden);
            }
            // As the follower will leave them.
            for name in ["links", "services"] {
                if members.get(name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
                    members.remove(name);
                }
            }
            let left = total.map(|total| total.saturating_sub((links - links_of(members)) as u64));
            if let (Some(left), Some(card)) = (left, card_of(members)) {
                match left {
                    0 => card.remove(TOTAL),
                    _ => card.insert(TOTAL.to_owned(), left.into()),
                };
            }
        }
        Value::Array(items) => {
            items.retain(|item| !is_of(item, hidden));
            items.iter_mut().for_each(|item| leave_out(item, hidden));
        }
        _ => {}
    }
}

/// Whether a value is of something hidden, or a link to it.
fn is_of(value: &Value, hidden: &HashSet<String>) -> bool {
    let of = [value.get("id"), value.pointer("/target/id")];
    of.into_iter().flatten().filter_map(Value::as_str).any(|id| hidden.contains(id))
}

/// How many links an object tells.
fn links_of(object: &Map<String, Value>) -> usize {
    object.get("links").and_then(Value::as_array).map_or(0, Vec::len)
}

/// What has the count of all links: a listing's card, or a card itself.
fn card_of(object: &mut Map<String, Value>) -> Option<&mut Map<String, Value>> {
    if object.contains_key("card") {
        return object.get_mut("card")?.as_object_mut();
    }
    Some(object)
}

/// The count of all links.
fn total_of(object: &mut Map<String, Value>) -> Option<u64> {
    card_of(object)?.get(TOTAL)?.as_u64()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::json;

    fn id(n: u8) -> String {
        format!("00000000-0000-4000-8000-0000000000{n:02}")
    }

    fn link(n: u8) -> Value {
        json!({ "relationship": "refers_to", "target": { "id": id(n), "name": "Name" } })
    }

    fn cut(listing: &Value, hidden: &[u8]) -> Value {
        let bytes = Bytes::from(listing.to_string());
        let hidden: HashSet<String> = hidden.iter().copied().map(id).collect();
        serde_json::from_slice(&json(bytes, &hidden)).unwrap()
    }

    #[test]
    fn what_is_hidden_is_named_by_no_other_and_links_are_counted_without_it() {
        let listing = json!({
            "id": id(1), "card": { "id": id(1), "organization": { "id": id(2), "name": "Name" }, "links_total": 3,
                "links": [link(3), link(4)] },
            "services": [{ "id": id(5), "name": "Name" }, { "id": id(6), "name": "Name" }],
            "links": [link(3), link(4), link(7)],
        });
        assert_eq!(cut(&listing, &[9]), listing);
        let without = cut(&listing, &[3, 7, 5]);
        assert_eq!(without["card"]["links"], json!([link(4)]));
        assert_eq!((&without["links"], &without["card"]["links_total"]), (&json!([link(4)]), &json!(1)));
        assert_eq!(without["services"], json!([{ "id": id(6), "name": "Name" }]));
        assert_eq!(without["card"]["organization"]["name"], "Name");
        let without = cut(&listing, &[2, 3, 4, 7]);
        assert_eq!(without["card"], json!({ "id": id(1) }));
        assert_eq!(without.get("links"), None);
        // A card alone counts what it lists.
        assert_eq!(cut(&listing["card"], &[3])["links_total"], 2);
    }
}
