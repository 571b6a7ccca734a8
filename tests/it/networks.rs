//! Networks over a real port: walked, filtered, with their members both ways, on pages and in the feed; and how a listing
//! says that it works.

use std::path::Path;

use kith::{
    directory::{
        Directory,
        import::{Shipment, source_id},
    },
    domain::entry::Source,
    exchange::{Format, Part},
};
use serde_json::{Value, json};

use crate::support::{Client, directory_in, names, runtime, sample_client, serve_in_process};

/// Brings a file in, and shows it.
pub fn import(directory: &Directory, items: &Value) {
    let source = Source { id: source_id("county"), name: "county".into(), url: None, licence: None, attribution: None };
    let bytes = items.to_string();
    let files = [Part { name: "", bytes: bytes.as_bytes() }];
    let (format, actor) = (&Format::Hsds, "a test");
    let shipment = Shipment { source: &source, files: &files, format, dry_run: false, actor };
    let report = runtime().block_on(directory.import(shipment, &mut |_, _| {})).unwrap();
    assert!(report.adds_up() && report.refused == 0, "{report:?}");
    runtime().block_on(directory.bring_up_to_date()).unwrap();
}

/// A directory with this file, served.
pub fn served(folder: &Path, items: &Value) -> (Client, Directory) {
    let directory = runtime().block_on(directory_in(folder));
    import(&directory, items);
    (serve_in_process(&directory, runtime()), directory)
}

/// A page, its terms and what is said of them on one line.
pub fn page(client: &Client, path: &str) -> String {
    client.get(path).text().replace("</dt>\n<dd", "</dt><dd")
}

fn network(id: &str, name: &str, said: Value, links: Value) -> Value {
    json!({ "id": id, "name": name, "description": "Neighbours.", "kith": { "network": said, "links": links } })
}

/// A service by phone that says these things in our extension.
pub fn line(id: &str, name: &str, own: Value) -> Value {
    json!({ "id": id, "name": name, "status": "active", "description": "A line.", "kith": own,
        "organization": { "id": format!("org-{id}"), "name": format!("Org {id}"), "description": "d" },
        "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }] })
}

fn member(id: &str, name: &str, state: &str) -> Value {
    line(
        id,
        name,
        json!({ "links": [{ "relationship": "member_of", "to": { "network_id": "circle" }, "state": state, "starts_on": "2024-05-01" }] }),
    )
}

/// A network of 130 members: every third is also named by the network, one has left.
fn town() -> Value {
    let named: Vec<Value> = (0..130)
        .step_by(3)
        .map(|n| json!({ "relationship": "member_of", "from": { "service_id": format!("m{n}") } }))
        .collect();
    let circle = json!({ "network_type": "place", "purpose": "Nobody is sent on with only a leaflet.", "areas": ["E08000035"],
        "principles": ["safety", "choice"], "own_principles": ["Someone rings ahead."], "since": "2024-05-01",
        "review_on": "2027-01-31", "contact": { "role": "Coordinator", "email": "coordinator@circle.example" },
        "roles": [{ "role": "Link worker of the surgery", "note": "Rings ahead", "since": "2025-02-01" }] });
    let members = (0..130)
        .map(|n| member(&format!("m{n}"), &format!("Member {n:03}"), if n == 7 { "lapsed" } else { "claimed" }));
    let others = [
        network("circle", "West Circle", circle, Value::Array(named)),
        network("faith", "Churches Together", json!({ "network_type": "faith", "areas": ["W92000004"] }), json!([])),
        network("plain", "A network of no kind", json!({}), json!([])),
    ];
    Value::Array(others.into_iter().chain(members).collect())
}

/// A good answer to each operation on networks and resources, by its path in the document.
pub fn one_of_each(folder: &Path) -> Vec<(&'static str, Value)> {
    let mut items = town().as_array().unwrap().clone();
    items.push(line(
        "course",
        "A course",
        json!({ "resource": { "resource_type": "training", "for_roles": ["family"] } }),
    ));
    let (client, _) = served(folder, &Value::Array(items));
    let circle = id_of(&client, "West Circle");
    let resources = client.get("/v1/resources").json();
    let course = resources["results"]["items"][0]["id"].as_str().unwrap().to_owned();
    let asked = [
        ("/v1/networks", "/v1/networks?per_page=2".to_owned()),
        ("/v1/networks", "/v1/networks?network_type=place".to_owned()),
        ("/v1/networks/{id}", format!("/v1/networks/{circle}")),
        ("/v1/networks/{id}/members", format!("/v1/networks/{circle}/members")),
        ("/v1/networks/{id}/affiliations", format!("/v1/networks/{circle}/affiliations")),
        ("/v1/resources", "/v1/resources?level=skilled".to_owned()),
        ("/v1/resources/{id}", format!("/v1/resources/{course}")),
    ];
    asked.into_iter().map(|(path, asked)| (path, client.get(&asked).json())).collect()
}

fn id_of(client: &Client, name: &str) -> String {
    let all = client.get("/v1/networks").json();
    let found = all["items"].as_array().unwrap().iter().find(|listing| listing["card"]["name"] == name);
    found.unwrap_or_else(|| panic!("{name}"))["id"].as_str().unwrap().to_owned()
}

#[test]
fn networks_are_walked_filtered_and_read_and_their_members_are_paged() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory) = served(folder.path(), &town());
    let all = client.get("/v1/networks");
    assert_eq!((all.json()["items"].as_array().unwrap().len(), all.header("cache-control")), (3, "no-cache"));
    let named = |path: &str| {
        let answer = client.get(path);
        assert_eq!((answer.status, answer.header("cache-control"), answer.header("etag")), (200, "no-store", ""));
        let mut names: Vec<String> = (answer.json()["items"].as_array().unwrap().iter())
            .map(|listing| listing["card"]["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(named("/v1/networks?network_type=place&network_type=peer"), ["West Circle"]);
    // Where it works, somewhere in it, or all around it.
    for area in ["E08000035", "E12000003", "E92000001"] {
        assert_eq!(named(&format!("/v1/networks?area={area}")), ["West Circle"], "{area}");
    }
    assert_eq!(named("/v1/networks?area=W06000015"), ["Churches Together"]);
    assert_eq!(named("/v1/networks?area=E08000035&network_type=faith"), [""; 0]);
    let faults = client.get("/v1/networks?network_type=gang&per_page=0&area=nowhere").faults();
    assert_eq!(faults, ["/per_page out_of_range", "/network_type/0 not_in_list"]);
    assert_eq!(client.get("/v1/networks?area=nowhere").faults(), ["/area not_in_list"]);

    let circle = id_of(&client, "West Circle");
    let whole = client.get(&format!("/v1/networks/{circle}")).json();
    assert_eq!(
        (&whole["network"]["principles"], &whole["card"]["links_total"]),
        (&json!(["safety", "choice"]), &json!(130))
    );
    assert_eq!(client.get(&format!("/v1/organizations/{circle}")).json(), whole);
    client.get(&format!("/v1/services/{circle}")).problem("no-such-listing");
    assert_eq!(client.get(&format!("/v1/networks?id={circle}")).json()["items"][0], whole);

    let (mut seen, mut next) = (Vec::new(), Some(format!("/v1/networks/{circle}/members?per_page=50")));
    for _ in 0..9 {
        let Some(path) = next else { break };
        let page = client.get(&path).json();
        assert_eq!((&page["total"], &page["network"]["name"]), (&json!(129), &json!("West Circle")));
        seen.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    let ids: Vec<&str> = seen.iter().map(|item| item["member"]["id"].as_str().unwrap()).collect();
    assert!(ids.len() == 129 && ids.is_sorted_by(|a, b| a < b));
    let of = |name: &str| seen.iter().find(|item| item["member"]["name"] == name).cloned();
    let agreed = of("Member 003").unwrap();
    assert_eq!(
        (&agreed["state"], &agreed["stated_by"], &agreed["since"]),
        (&json!("agreed"), &json!("both"), &json!("2024-05-01"))
    );
    let claimed = of("Member 004").unwrap();
    assert_eq!((&claimed["state"], &claimed["stated_by"]), (&json!("claimed"), &json!("other")));
    assert!(of("Member 007").is_none());
    let left = client.get(&format!("/v1/networks/{circle}/members?state=lapsed")).json();
    assert_eq!((&left["total"], &left["items"][0]["member"]["name"]), (&json!(1), &json!("Member 007")));
    // The other way round.
    let back = client.get(&format!("/v1/services/{}", agreed["member"]["id"].as_str().unwrap())).json();
    assert_eq!(
        (&back["links"][0]["target"]["id"], &back["links"][0]["label"]),
        (&json!(circle), &json!("is a member of"))
    );
    client.get(&format!("/v1/networks/{}/members", ids[0])).problem("no-such-listing");

    let fhir = client.get(&format!("/v1/networks/{circle}/affiliations?per_page=100"));
    assert_eq!((fhir.status, fhir.header("content-type")), (200, "application/fhir+json"));
    let bundle = fhir.json();
    assert_eq!((&bundle["total"], bundle["entry"].as_array().unwrap().len()), (&json!(129), 100));
    let active = bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["resource"]["active"] == true).count();
    let agreed = seen[..100].iter().filter(|item| item["state"] == "agreed").count();
    assert!(active == agreed && active > 10);
    let by = &bundle["entry"][0]["resource"]["participatingOrganization"]["display"];
    assert!(by.as_str().unwrap().starts_with("Org m"));
    // A member that is withdrawn is gone before the view has followed.
    runtime().block_on(directory.set_standing(ids[0], kith::domain::entry::Standing::Withdrawn, "a test")).unwrap();
    let page = client.get(&format!("/v1/networks/{circle}/members?per_page=1")).json();
    assert_eq!((&page["total"], &page["items"][0]["member"]["id"]), (&json!(128), &json!(ids[1])));
}

#[test]
fn a_network_is_found_near_a_place_in_its_areas_and_is_an_organization_of_the_feed() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _) = served(folder.path(), &town());
    let found = client.get("/v1/search?kind=network&near=LS6+2").json();
    assert_eq!(names(&found["covers_area"]), ["West Circle"], "{found:#}");
    let circle = id_of(&client, "West Circle");
    let fed = client.get(&format!("/hsds/organizations/{circle}")).json();
    assert_eq!(
        (&fed["kith"]["network"]["network_type"], &fed["kith"]["network"]["areas"]),
        (&json!("place"), &json!(["E08000035"]))
    );
}

#[test]
fn the_page_of_a_network_says_who_belongs_to_it_and_how_far_that_is_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _) = served(folder.path(), &town());
    let circle = id_of(&client, "West Circle");
    let page = page(&client, &format!("/listing/{circle}"));
    for words in [
        "Nobody is sent on with only a leaflet.",
        "<p>Across Leeds</p>",
        "<p>Safety</p>",
        "<p>Someone rings ahead.</p>",
        "Link worker of the surgery (Rings ahead; since 1 February 2025)",
        "<dt>To be looked at again</dt><dd><p>31 January 2027</p>",
        "href=\"mailto:coordinator@circle.example\"",
        "<h2>Members</h2>",
        ">Member 000</a> (service). Both say so",
        "And 80 more.",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("Has as a member"), "the heading says so");
    let members = client.get(&format!("/listing/{circle}/members")).text();
    assert!(members.contains("129 members of") && members.contains(": both say so; since 1 May 2024"), "{members}");
    let (_, next) = members.split_once(&format!("<a href=\"/listing/{circle}/members?after=")).expect("a next page");
    let after = next.split_once('"').unwrap().0;
    let rest = client.get(&format!("/listing/{circle}/members?after={after}")).text();
    assert_eq!(rest.matches("<li><a href=\"/listing/").count(), 29, "{rest}");
    assert_eq!(client.get("/listing/nothing/members").status, 404);

    let all = client.get("/networks").text();
    assert!(all.contains("<h2 id=\"results-title\">3 networks</h2>") && all.contains("Neighbourhood or place network"));
    let faith = client.post_form("/networks", "network_type=faith").text();
    assert!(faith.contains(">Churches Together</a>") && !faith.contains(">West Circle</a>"));
    assert!(client.post_form("/networks", "near=Leeds").text().contains("1 network for Leeds"));
    for wrong in ["network_type=gang", "near=nowhere+at+all", "page=x", "q=a&q=b"] {
        let answer = client.post_form("/networks", wrong);
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[test]
fn a_page_says_what_a_first_visit_is_like_what_each_side_of_a_link_does_and_what_is_only_said() {
    let folder = tempfile::tempdir().unwrap();
    let claim = |source: Option<&str>, last: &str| json!({ "marker": "quiet-space", "level": "peer_reviewed", "source": source, "on": "2026-01-01", "expires_on": last });
    let tea = line(
        "tea",
        "Tea",
        json!({ "practice": { "led": "peer", "does_not": "give advice", "faith_body": false,
                "first_visit": { "who_opens": "Ann's deputy, in a green scarf." },
                "markers": [claim(Some("peers of another town"), "2027-01-01"), claim(None, "2027-01-01"), claim(Some("the group"), "2026-10-01")] },
            "links": [{ "relationship": "refers_to", "to": { "service_id": "choir" }, "does": "comes along", "does_not": "keep notes",
                "handover": ["accompanied_visit"], "reply_within_days": 2, "review_on": "2027-02-01" }] }),
    );
    let choir = line(
        "choir",
        "Choir",
        json!({ "links": [{ "relationship": "refers_to", "from": { "service_id": "tea" }, "does_not": "treat" }] }),
    );
    let (client, _) = served(folder.path(), &json!([tea, choir]));
    let page_of = |name: &str| {
        let found = client.get(&format!("/v1/search?q={name}")).json();
        page(&client, found["results"]["items"][0]["page_url"].as_str().unwrap())
    };
    let page = page_of("tea");
    for words in [
        "<h2>Your first visit</h2>",
        "<dt>Who opens the door?</dt><dd><p>Ann&#39;s deputy, in a green scarf.</p>",
        "<dt>Must I speak?</dt><dd class=\"unknown\"><p>Not stated, ask</p>",
        "<p>Led by people who have been there</p>",
        "<dt>What they do not do</dt><dd><p>give advice</p>",
        "<p>No faith body runs it</p>",
        "Peers from elsewhere have looked; said by peers of another town, 1 January 2026; counts until 1 January 2027",
        "Was said earlier, or without saying by whom",
        "said by the group, 1 January 2026; counted until 1 October 2026",
        "who says so is not stated",
        "<dt>What this one does</dt><dd><p>comes along</p>",
        "<dt>What they do not do</dt><dd><p>treat</p>",
        "<p>Somebody comes with you the first time</p>",
        "<p>This one: within 2 days</p>",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert_eq!(page.matches("counts until").count(), 1, "only what counts is told as such");
    let other = page_of("choir");
    for words in ["<dt>What they do</dt><dd><p>comes along</p>", "<dt>What this one does not do</dt><dd><p>treat</p>"] {
        assert!(other.contains(words), "{words} in {other}");
    }
    assert!(!other.contains("<h2>Your first visit</h2>"));
}

#[test]
fn the_networks_of_the_sample_have_members_that_name_them() {
    let client = sample_client();
    let all = client.get("/v1/networks").json();
    let networks = all["items"].as_array().unwrap();
    for network in networks {
        let id = network["id"].as_str().unwrap();
        let members = client.get(&format!("/v1/networks/{id}/members?state=agreed")).json();
        for member in members["items"].as_array().unwrap() {
            let page = client.get(member["member"]["page_url"].as_str().unwrap()).text();
            assert!(page.contains(&format!("href=\"/listing/{id}\"")), "{}", member["member"]["name"]);
        }
    }
}
