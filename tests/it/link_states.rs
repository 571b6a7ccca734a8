//! What one side says, both say, or says no longer: every relationship, on every answer and page, from either side; and that
//! the other side's listing tells when that changes.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use crate::{
    networks::{import, line, served},
    support::{Client, runtime},
};

const RELATIONSHIPS: [&str; 11] = [
    "part_of",
    "runs",
    "hosts",
    "member_of",
    "refers_to",
    "accepts_from",
    "steps_down_to",
    "steps_up_to",
    "co_facilitates",
    "supervises",
    "succeeded_by",
];

/// How two listings say that one is something to the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Case {
    First,
    Second,
    Both,
    FirstEnds,
    SecondEnds,
    OneOrganization,
    SecondPaused,
}

const CASES: [Case; 7] = [
    Case::First,
    Case::Second,
    Case::Both,
    Case::FirstEnds,
    Case::SecondEnds,
    Case::OneOrganization,
    Case::SecondPaused,
];

impl Case {
    /// The state that readers must be told.
    fn state(self) -> &'static str {
        match self {
            Self::First | Self::Second | Self::OneOrganization => "claimed",
            Self::Both => "agreed",
            Self::FirstEnds | Self::SecondEnds | Self::SecondPaused => "lapsed",
        }
    }

    /// The two lines of a pair.
    fn lines(self, relationship: &str, name: &str) -> [Value; 2] {
        let says = |side: &str, other: &str, ends: bool| {
            let state = if ends { "lapsed" } else { "agreed" };
            json!({ "relationship": relationship, side: { "service_id": format!("{name} {other}") }, "state": state })
        };
        let first = (self != Self::Second).then(|| says("to", "second", self == Self::FirstEnds));
        let second = (self != Self::First).then(|| says("from", "first", self == Self::SecondEnds));
        let mut lines = [("first", first), ("second", second)].map(|(side, says)| {
            let id = format!("{name} {side}");
            let links: Vec<Value> = says.into_iter().collect();
            let mut line = line(&id, &id, json!({ "links": links }));
            let peers = json!({ "taxonomy_term": { "code": "peer-group", "name": "peer-group", "taxonomy": "kith" } });
            line["attributes"].as_array_mut().unwrap().push(peers);
            line
        });
        if self == Self::OneOrganization {
            lines[1]["organization"] = lines[0]["organization"].clone();
        }
        if self == Self::SecondPaused {
            lines[1]["status"] = json!("inactive");
        }
        lines
    }
}

/// All listings by their names.
fn listings(client: &Client) -> BTreeMap<String, Value> {
    let (mut all, mut next) = (BTreeMap::new(), Some("/v1/services?per_page=100".to_owned()));
    while let Some(path) = next {
        let page = client.get(&path).json();
        let items = page["items"].as_array().unwrap().iter();
        all.extend(items.map(|listing| (listing["card"]["name"].as_str().unwrap().to_owned(), listing.clone())));
        next = page["next"].as_str().map(str::to_owned);
    }
    all
}

/// Every pair has exactly one link, told alike by both sides and everywhere, and only what both say is agreed.
fn all_say(client: &Client, case_of: impl Fn(&str, Case) -> Case) {
    let all = listings(client);
    let (mut chains, mut agreed) = (0, HashSet::new());
    for relationship in RELATIONSHIPS {
        for begun in CASES {
            let (name, case) = (format!("{relationship} {begun:?}"), case_of(relationship, begun));
            let ids = ["first", "second"].map(|side| all[&format!("{name} {side}")]["id"].as_str().unwrap().to_owned());
            for (side, other) in [(0, 1), (1, 0)] {
                let listing = &all[&format!("{name} {}", ["first", "second"][side])];
                for links in [&listing["links"], &listing["card"]["links"]] {
                    let links = links.as_array().map(Vec::as_slice).unwrap_or_default();
                    let told: Vec<_> = links.iter().map(|link| (&link["state"], &link["target"]["id"])).collect();
                    assert_eq!(told, [(&json!(case.state()), &json!(ids[other]))], "{name} {side}");
                }
                let page = client.get(&format!("/listing/{}", ids[side])).text();
                assert_eq!(page.contains("Both say so"), case == Case::Both, "{name}: {page}");
                let card = client.post_form("/", &format!("q={}&organization_id=", name.replace(' ', "+"))).text();
                let row = card.split("Linked with").nth(1).map(|row| row.split("</div>").next().unwrap_or_default());
                let row = row.unwrap_or_default();
                assert_eq!(
                    row.contains("one side says so") || row.contains("of one organisation"),
                    case.state() == "claimed" && !row.is_empty(),
                    "{name}: {row}"
                );
                let fed = client.get(&format!("/hsds/services/{}", ids[side])).json();
                for link in fed["kith"]["links"].as_array().into_iter().flatten() {
                    assert_eq!(link["state"], case.state(), "{name}");
                }
                let way = client.get(&format!("/v1/pathways?from={}&to={}", ids[side], ids[other])).json();
                let ways = way["pathways"].as_array().unwrap().len();
                assert!(ways == 0 || case == Case::Both, "{name}: {way:#}");
                chains += ways;
            }
            if case == Case::Both {
                agreed.insert(ids);
            }
        }
    }
    assert!(agreed.is_empty() || chains > 0, "some can be walked");
    for place in ["Leeds", "Cardiff"] {
        let map = client.get(&format!("/v1/support-map?near={place}")).json();
        let items = map["layers"].as_array().unwrap().iter().flat_map(|layer| layer["items"].as_array().unwrap());
        for (item, linked) in items.filter(|item| !item["linked"].is_null()).map(|item| (item, &item["linked"])) {
            let pair = [&item["listing"]["id"], &linked["to"]["id"]].map(|id| id.as_str().unwrap().to_owned());
            let turned = [pair[1].clone(), pair[0].clone()];
            assert!(linked["via"].is_null() && (agreed.contains(&pair) || agreed.contains(&turned)), "{item:#}");
        }
    }
}

fn items(case_of: impl Fn(&str, Case) -> Case) -> Value {
    let each = RELATIONSHIPS.iter().flat_map(|relationship| CASES.iter().map(move |case| (*relationship, *case)));
    each.flat_map(|(relationship, begun)| {
        case_of(relationship, begun).lines(relationship, &format!("{relationship} {begun:?}"))
    })
    .collect()
}

#[test]
fn what_one_side_says_or_says_no_longer_is_shown_as_agreed_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory) = served(folder.path(), &items(|_, case| case));
    all_say(&client, |_, case| case);

    // Of those that were agreed each second side goes another way, one after the other, and the first side's listing is
    // published anew each time, with a line in the log that says so to whoever keeps it.
    for now in [Case::SecondEnds, Case::Both, Case::First, Case::Both, Case::SecondPaused, Case::Both] {
        let changed = |_: &str, case| if case == Case::Both { now } else { case };
        let before = runtime().block_on(directory.store.state()).unwrap();
        import(&directory, &items(changed));
        all_say(&client, changed);
        let lines = runtime().block_on(directory.store.changes_since(before.sequence, 1_000)).unwrap();
        let told: HashSet<&str> =
            lines.iter().filter(|line| line.public_sequence.is_some()).map(|line| line.listing.id.as_str()).collect();
        let all = listings(&client);
        for relationship in RELATIONSHIPS {
            let first = all[&format!("{relationship} Both first")]["id"].as_str().unwrap();
            assert!(told.contains(first), "{relationship}, {now:?}");
        }
        // The others have changed in nothing.
        assert!(
            told.iter().all(|id| all.iter().all(|(name, listing)| listing["id"] != *id || name.contains(" Both ")))
        );
    }
    let report = runtime().block_on(directory.check()).unwrap();
    assert_eq!(report.faults, [""; 0]);
}
