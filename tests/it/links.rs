//! What listings are to one another, as programs and people get it: the same on every answer, one click from page to
//! page, and for a refuge only what cannot place it.

use serde_json::Value;

use crate::support::{Client, sample_client};

/// The card of the listing of that name, with a search for it.
fn card(client: &Client, name: &str) -> Value {
    let query = name.replace(' ', "+").replace(',', "");
    let found = client.get(&format!("/v1/search?q={query}&per_page=50")).json();
    let cards = found["results"]["items"].as_array().unwrap();
    cards.iter().find(|card| card["name"] == name).unwrap_or_else(|| panic!("{name}: {found:#}")).clone()
}

/// Every listing of a walk.
fn walked(client: &Client, path: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next.filter(|_| all.len() < 1_000) {
        let mut page = client.get(&path).json();
        all.append(page["items"].as_array_mut().unwrap());
        next = page["next"].as_str().map(str::to_owned);
    }
    all
}

/// Each link in words: what it is, to whom, how far it is agreed.
fn words(links: &Value) -> Vec<String> {
    let links = links.as_array().map(Vec::as_slice).unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let told = links
        .iter()
        .map(|link| [word(&link["label"]), word(&link["target"]["name"]), word(&link["state"])].join(" | "));
    told.collect()
}

const CHAIN: [(&str, [&str; 3]); 3] = [
    (
        "Armley Trauma Service",
        [
            "is a member of | West Leeds Circle (sample) | agreed",
            "refers people to | Canal Voices | agreed",
            "is sent people by | Armley Good Neighbours | agreed",
        ],
    ),
    (
        "Canal Voices",
        [
            "is a member of | West Leeds Circle (sample) | agreed",
            "refers people to | Armley Good Neighbours | agreed",
            "is sent people by | Armley Trauma Service | agreed",
        ],
    ),
    (
        "Armley Good Neighbours",
        [
            "is a member of | West Leeds Circle (sample) | agreed",
            "refers people to | Armley Trauma Service | agreed",
            "is sent people by | Canal Voices | agreed",
        ],
    ),
];

#[test]
fn a_trauma_service_a_choir_and_neighbours_lead_to_one_another_on_every_answer() {
    let client = sample_client();
    for (name, links) in CHAIN {
        let card = card(&client, name);
        assert_eq!(words(&card["links"]), links, "{name}");
        assert_eq!(card["links_total"], 3);
        let id = card["id"].as_str().unwrap();
        let whole = client.get(&format!("/v1/services/{id}")).json();
        // What each side says of how a link works stands only in the whole listing.
        let mut brief = whole["links"].clone();
        for link in brief.as_array_mut().unwrap() {
            link.as_object_mut().unwrap().remove("sides");
        }
        assert!(whole["links"][1]["sides"][0]["terms"]["does_not"].is_string(), "{name}");
        assert_eq!((&brief, &whole["card"]["links"]), (&card["links"], &card["links"]), "{name}");
        let page = client.get(&format!("/listing/{id}")).text();
        let (_, section) = page.split_once("<h2>Linked with</h2>").expect("the page shows the links");
        let section = section.split_once("</ul>").unwrap().0;
        assert_eq!(section.matches("Both say so").count(), 3, "{section}");
        for link in card["links"].as_array().unwrap() {
            let target = &link["target"];
            let click = format!(
                "<a href=\"{}\">{}</a>",
                target["page_url"].as_str().unwrap(),
                target["name"].as_str().unwrap()
            );
            assert!(section.contains(&click), "{click} in {section}");
            assert_eq!(client.get(target["page_url"].as_str().unwrap()).status, 200);
        }
        let fed = client.get(&format!("/hsds/services/{id}")).json();
        assert_eq!(fed["kith"]["links"].as_array().unwrap().len(), 3, "each of them it states itself");
        let found = client.post_form("/", &format!("q={}", name.replace(' ', "+"))).text();
        assert!(found.contains("<dt>Linked with</dt>"), "{name} has a line on its card");
    }
}

#[test]
fn all_three_states_are_told_from_both_sides_and_the_feed_has_only_what_a_record_states_itself() {
    let client = sample_client();
    let organizations = walked(&client, "/v1/organizations");
    let is_network = |listing: &&Value| listing["card"]["name"] == "West Leeds Circle (sample)";
    let network = organizations.iter().find(is_network).expect("the network is listed");
    assert_eq!(
        words(&network["links"]),
        [
            "has as a member | Armley Good Neighbours | agreed",
            "has as a member | Armley Trauma Service | agreed",
            "has as a member | Bench Night for men, Armley | agreed",
            "has as a member | Canal Voices | agreed",
            "has as a member | Burley and Hyde Park Mutual Aid | claimed",
        ]
    );
    let claimed = card(&client, "Burley and Hyde Park Mutual Aid");
    assert_eq!(words(&claimed["links"]), ["is a member of | West Leeds Circle (sample) | claimed"]);
    assert_eq!(claimed["links"][0]["stated_by"], "other");
    let id = claimed["id"].as_str().unwrap();
    assert!(client.get(&format!("/hsds/services/{id}")).json().get("kith").is_none(), "it makes no claim of its own");
    assert!(client.get(&format!("/listing/{id}")).text().contains("They say so"));
    let fed = client.get(&format!("/hsds/organizations/{}", network["id"].as_str().unwrap())).json();
    assert_eq!(fed["kith"]["links"].as_array().unwrap().len(), 5);
    assert_eq!(fed["kith"]["links"][0]["from"]["service_id"].as_str().map(str::len), Some(36));
    let over = card(&client, "The Riverside Plot");
    assert!(words(&over["links"])[0].ends_with("| lapsed"));
    let page = client.get(over["page_url"].as_str().unwrap()).text();
    assert!(page.contains("No longer. Ended with last winter"), "{page}");
}

#[test]
fn the_refuge_has_no_link_to_or_from_anything_with_a_place() {
    let client = sample_client();
    let refuge = card(&client, "Safe Hands refuge");
    assert_eq!(words(&refuge["links"]), ["refers people to | Lantern Line: a listening ear at night | agreed"]);
    let all = walked(&client, "/v1/services");
    assert!(all.len() > 170);
    let named: Vec<&str> = all
        .iter()
        .filter(|listing| listing["links"].to_string().contains(refuge["id"].as_str().unwrap()))
        .map(|listing| listing["card"]["place"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["remote"]);
}
