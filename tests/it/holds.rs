//! A reviewer's hold: shown with its ground, hidden where the wording may harm, ended by its day, and told to the public
//! without anybody's name.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use kith::{
    directory::{Directory, Error, holds::NewHold},
    domain::clock::{Clock, SeededChance, Timestamp},
};
use serde_json::{Value, json};

use crate::{
    networks::{import, line},
    support::{Client, NOW, Serving, directory_in, ids, kith, kith_ok, runtime, serve_in_process},
};

/// Who asked: kept for keepers, told to nobody else.
const ROLE: &str = "zqk7 peer worker";

fn with_terms(mut line: Value, terms: &[&str]) -> Value {
    let term = |code: &&str| json!({ "taxonomy_term": { "code": code, "name": code, "taxonomy": "kith" } });
    line["attributes"].as_array_mut().unwrap().extend(terms.iter().map(term));
    line
}

/// Two lines that have agreed on a link, and a third.
fn items() -> Value {
    let link = |to: &str, way: &str| json!({ "links": [{ "relationship": "refers_to", way: { "service_id": to } }] });
    json!([
        with_terms(line("tea", "Kettle line", link("choir", "to")), &["forces", "bereavement"]),
        with_terms(line("choir", "Lantern line", link("tea", "from")), &["forces"]),
        line("third", "Willow line", json!({}))
    ])
}

/// Two groups by phone that belong to one network: each side of both links says so.
fn in_a_network() -> Value {
    let belongs = json!({ "links": [{ "relationship": "member_of", "to": { "network_id": "circle" } }] });
    let member = |id: &str| json!({ "relationship": "member_of", "from": { "service_id": id } });
    let terms = ["peer-group", "bereavement"];
    json!([
        with_terms(line("tea", "Kettle line", belongs.clone()), &terms),
        with_terms(line("choir", "Lantern line", belongs), &terms),
        { "id": "circle", "name": "West Circle", "description": "d",
            "kith": { "network": { "network_type": "place" }, "links": [member("tea"), member("choir")] } }
    ])
}

fn id_of(client: &Client, name: &str) -> String {
    ids(&client.get(&format!("/v1/search?q={name}")).json()["results"])[0].clone()
}

fn card(client: &Client, id: &str) -> Value {
    let answer = client.get(&format!("/v1/services/{id}"));
    assert_eq!(answer.status, 200, "a card that is not there says nothing of a hold either");
    answer.json()["card"].clone()
}

fn hold(directory: &Directory, id: &str, because: &str, until: Option<&str>) {
    runtime().block_on(async {
        directory.hold(NewHold { id, because, by: ROLE, until }, "a test").await.unwrap();
        directory.bring_up_to_date().await.unwrap();
    });
}

fn end(directory: &Directory, id: &str) {
    runtime().block_on(async {
        directory.end_hold(id, "a test").await.unwrap();
        directory.bring_up_to_date().await.unwrap();
    });
}

/// A clock that can be put forward.
struct Calendar(Mutex<Timestamp>);

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A directory with the three lines, served, and its clock.
fn served(folder: &Path) -> (Client, Directory, Arc<Calendar>) {
    let calendar = Arc::new(Calendar(Mutex::new(NOW.parse().unwrap())));
    let clock = Arc::clone(&calendar) as Arc<dyn Clock>;
    let directory = Directory::open(folder, None, clock, Arc::new(SeededChance::new(1)));
    let directory = runtime().block_on(directory).unwrap();
    import(&directory, &items());
    (serve_in_process(&directory, runtime()), directory, calendar)
}

/// It is another day.
fn on(directory: &Directory, calendar: &Calendar, day: &str) {
    *calendar.0.lock().unwrap() = format!("{day}T09:30:00Z").parse().unwrap();
    runtime().block_on(async {
        directory.expire().await.unwrap();
        directory.bring_up_to_date().await.unwrap();
    });
}

#[test]
fn a_held_listing_says_so_everywhere_and_until_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory, calendar) = served(folder.path());
    let id = id_of(&client, "kettle");
    let before = client.get(&format!("/v1/services/{id}")).body;
    assert!(card(&client, &id)["held"].is_null());
    hold(&directory, &id, "unclear", Some("2026-12-07"));
    let held = json!({
        "ground": "unclear", "says": "it is not clear what it means or whom it is for",
        "since": "2026-11-23", "until": "2026-12-07",
    });
    assert_eq!(card(&client, &id)["held"], held);
    assert_eq!(client.get("/v1/search?q=kettle").json()["results"]["items"][0]["held"], held);
    let welsh = client.get("/v1/search?q=kettle&lang=cy").json();
    assert_eq!(welsh["results"]["items"][0]["held"]["says"], "nid yw'n glir beth mae'n ei olygu nac i bwy y mae");
    assert_eq!(client.get(&format!("/hsds/services/{id}")).json()["kith"]["held"], held);
    let words = "A reviewer has asked for this to be looked at, because it is not clear what it means or whom it is for \
                 (since 23 November 2026, until 7 December 2026).";
    for page in [format!("/listing/{id}"), "/search?q=kettle".to_owned()] {
        let answer = if page.starts_with("/search") { client.post_form("/", "q=kettle") } else { client.get(&page) };
        assert!(answer.text().contains(words), "{page}: {}", answer.text());
    }
    // Nobody learns who asked, and the others say nothing.
    assert!(!String::from_utf8_lossy(&client.get(&format!("/v1/services/{id}")).body).contains("zqk7"));
    assert!(card(&client, &id_of(&client, "lantern"))["held"].is_null());
    // The source says it again, and the hold stays.
    import(&directory, &items());
    assert_eq!(card(&client, &id)["held"], held);

    on(&directory, &calendar, "2026-12-07");
    assert_eq!(card(&client, &id)["held"], held, "its last day");
    on(&directory, &calendar, "2026-12-08");
    let mut now: Value = serde_json::from_slice(&client.get(&format!("/v1/services/{id}")).body).unwrap();
    let mut before: Value = serde_json::from_slice(&before).unwrap();
    for listing in [&mut now, &mut before] {
        listing.as_object_mut().unwrap().remove("last_modified");
    }
    assert_eq!(now, before, "it has ended by itself, and nothing is left of it");
    let report = runtime().block_on(directory.check()).unwrap();
    assert_eq!(report.faults, [""; 0]);
}

#[test]
fn wording_that_may_harm_hides_a_listing_and_its_links_come_back_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory, _) = served(folder.path());
    let (tea, choir) = (id_of(&client, "kettle"), id_of(&client, "lantern"));
    let good = |path: String| {
        let answer = client.get(&path);
        assert_eq!(answer.status, 200, "{path}: what is refused has no member either");
        answer.json()
    };
    let links = |id: &str| good(format!("/v1/services/{id}"))["links"].clone();
    let before = links(&tea);
    assert_eq!((&before[0]["state"], &before[0]["target"]["id"]), (&json!("agreed"), &json!(choir)));
    let organization = client.get(&format!("/v1/services/{choir}")).json()["card"]["organization"]["id"].clone();
    let offered = || good(format!("/v1/organizations/{}", organization.as_str().unwrap()))["services"].clone();
    assert_eq!(offered().as_array().unwrap().len(), 1);
    runtime().block_on(async {
        let new = NewHold { id: &choir, because: "unsafe_wording", by: ROLE, until: None };
        directory.hold(new, "a test").await.unwrap();
    });
    // It is gone before the view has followed.
    assert_eq!(client.get(&format!("/v1/services/{choir}")).status, 410);
    runtime().block_on(directory.bring_up_to_date()).unwrap();
    assert_eq!(client.get(&format!("/v1/services/{choir}")).status, 410);
    assert_eq!(client.get(&format!("/listing/{choir}")).status, 410);
    assert_eq!(client.get(&format!("/hsds/services/{choir}")).status, 410);
    assert_eq!(client.get("/v1/search?q=lantern").json()["results"]["total"], 0);
    assert_eq!(links(&tea), Value::Null, "no link leads to it");
    assert_eq!(offered(), Value::Null, "nor does its organisation name it");
    import(&directory, &items());
    assert_eq!(client.get(&format!("/v1/services/{choir}")).status, 410, "no import brings it back");
    let report = runtime().block_on(directory.check()).unwrap();
    assert_eq!(report.faults, [""; 0]);
    end(&directory, &choir);
    assert_eq!(client.get(&format!("/v1/services/{choir}")).status, 200);
    assert_eq!((links(&tea), offered().as_array().unwrap().len()), (before, 1));
}

#[test]
fn ways_and_maps_say_what_is_held_as_its_card_does_and_go_round_what_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    import(&directory, &in_a_network());
    let client = serve_in_process(&directory, runtime());
    let (tea, choir) = (id_of(&client, "kettle"), id_of(&client, "lantern"));
    let circle = client.get("/v1/networks").json()["items"][0]["id"].as_str().unwrap().to_owned();
    let way = |rest: &str| client.get(&format!("/v1/pathways?from={tea}&to={choir}{rest}")).json();
    let map = |rest: &str| client.get(&format!("/v1/support-map?near=Leeds&need=bereavement{rest}")).json();
    // Layers stand in their order; the second of its listings is linked with the first.
    let via = |rest: &str| map(rest)["layers"][2]["items"][1]["linked"]["via"].clone();
    let way_page = || client.post_form(&format!("/listing/{tea}/pathway"), "to_layer=alongside").text();
    let map_page = || client.post_form("/support-map", "near=Leeds&need=bereavement").text();
    let warning =
        "A reviewer has asked for this to be looked at, because it is not clear what it means or whom it is for";
    assert_eq!((&way("")["pathways"][0]["steps"][0]["to"]["id"], &via("")["id"]), (&json!(circle), &json!(circle)));
    assert!(via("")["held"].is_null() && !way_page().contains("A reviewer") && !map_page().contains("A reviewer"));

    hold(&directory, &circle, "unclear", Some("2026-12-07"));
    let held = client.get(&format!("/v1/networks/{circle}")).json()["card"]["held"].clone();
    assert_eq!(held["says"], "it is not clear what it means or whom it is for");
    let steps = way("")["pathways"][0]["steps"].clone();
    assert_eq!([&steps[0]["to"]["held"], &steps[1]["from"]["held"]], [&held, &held]);
    assert_eq!([&steps[0]["from"]["held"], &steps[1]["to"]["held"]], [&Value::Null; 2]);
    assert_eq!(via("")["held"], held);
    let welsh = "nid yw'n glir beth mae'n ei olygu nac i bwy y mae";
    assert_eq!(way("&lang=cy")["pathways"][0]["steps"][0]["to"]["held"]["says"], welsh);
    assert_eq!(via("&lang=cy")["held"]["says"], welsh);
    assert!(way_page().contains(warning), "{}", way_page());
    assert!(map_page().contains(&format!("West Circle: {warning}")), "{}", map_page());

    // A report that nobody has answered is said as the card says it too.
    client.post_json("/v1/reports", &json!({ "listing_id": choir, "reason": "wrong" }).to_string());
    runtime().block_on(directory.bring_up_to_date()).unwrap();
    assert_eq!(way("")["to"]["being_checked"], true);
    assert!(way_page().contains("Being checked: somebody has said"), "{}", way_page());

    hold(&directory, "bereavement", "not_asked", Some("2026-12-07"));
    assert_eq!(way("")["from"]["held_terms"][0]["term"], "bereavement");
    assert!(way("")["pathways"][0]["steps"][0]["to"]["held_terms"].is_null(), "the network does not have it");
    assert_eq!(map("")["held_terms"][0]["held"]["ground"], "not_asked");
    assert!(map("").pointer("/held_terms/1").is_none());
    for page in [way_page(), map_page()] {
        assert!(page.contains("A reviewer has asked for the words “Bereavement and grief” to be looked at"), "{page}");
    }
    end(&directory, &circle);
    end(&directory, "bereavement");
    assert!(way("")["from"]["held_terms"].is_null() && map("")["held_terms"].is_null());

    // What is hidden leads nowhere, at once and when the view has followed.
    runtime().block_on(async {
        let new = NewHold { id: &circle, because: "unsafe_wording", by: ROLE, until: None };
        directory.hold(new, "a test").await.unwrap();
    });
    for _ in 0..2 {
        assert_eq!(way("")["pathways"], json!([]));
        assert!(map("")["layers"][2]["items"][1]["linked"].is_null());
        assert_eq!(map("")["layers"][2]["items"].as_array().unwrap().len(), 2);
        for text in [way("").to_string(), way_page()] {
            assert!(!text.contains("West Circle") && !text.contains(&circle), "{text}");
        }
        assert_eq!(client.get(&format!("/v1/pathways?from={tea}&to={circle}")).status, 410);
        runtime().block_on(directory.bring_up_to_date()).unwrap();
    }
    for text in [map("").to_string(), map_page()] {
        assert!(!text.contains("West Circle") && !text.contains(&circle), "{text}");
    }
}

#[test]
fn a_held_term_is_not_offered_and_what_has_it_keeps_it_and_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory, calendar) = served(folder.path());
    let offers = || {
        let suggested = client.get("/v1/suggest?q=forc").json();
        let counted = client.get("/v1/search?q=line").json();
        let counted_apart = client.get("/v1/search?q=line&per_facet=5").json();
        let terms = client.get("/v1/terms?facet=audience").json();
        let has = |list: &Value| list.as_array().unwrap().iter().any(|term| term["id"] == "forces");
        let form = |page: &str| client.get(page).text().contains("value=\"forces\"");
        [
            has(&suggested["terms"]),
            has(&counted["facets"]),
            has(&counted_apart["facets"]),
            has(&terms["terms"]),
            form("/"),
            form("/tonight"),
        ]
    };
    let found = || {
        [
            client.get("/v1/search?q=line&audience=forces").json()["results"]["total"].clone(),
            client.get("/v1/search?q=veterans").json()["results"]["total"].clone(),
        ]
    };
    let (before, id) = (found(), id_of(&client, "kettle"));
    assert_eq!((offers(), before.clone()), ([true; 6], [json!(3), json!(2)]));
    hold(&directory, "forces", "hurtful_words", Some("2026-12-07"));
    assert_eq!((offers(), found()), ([false; 6], before.clone()));
    let held = &client.get("/v1/terms").json()["held"];
    assert_eq!((&held[0]["term"], &held[0]["held"]["ground"]), (&json!("forces"), &json!("hurtful_words")));
    assert_eq!(client.get("/v1/terms?facet=need").json()["held"], json!([]));
    assert_eq!(card(&client, &id)["who_for"][0]["id"], "forces");
    // A form in which it was chosen goes on showing that.
    assert!(client.post_form("/", "q=line&audience=forces").text().contains("value=\"forces\" selected"));
    for (term, page) in [("bereavement", "/support-map"), ("bereavement", "/resilience")] {
        assert!(client.get(page).text().contains(&format!("value=\"{term}\"")), "{page}");
        hold(&directory, term, "unclear", None);
        assert!(!client.get(page).text().contains(&format!("value=\"{term}\"")), "{page}");
        end(&directory, term);
    }
    // A view that is built anew knows it too.
    runtime().block_on(directory.rebuild()).unwrap();
    assert_eq!(offers(), [false; 6]);
    on(&directory, &calendar, "2026-12-07");
    assert!(client.get("/v1/suggest?q=forc").json()["terms"].as_array().unwrap().iter().all(|t| t["id"] != "forces"));
    on(&directory, &calendar, "2026-12-08");
    assert!(client.get("/v1/terms").json()["held"].as_array().unwrap().is_empty());
    assert!(client.get("/").text().contains("value=\"forces\""));
}

#[test]
fn the_public_is_told_how_many_why_and_how_long_and_nobodys_name() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory, _) = served(folder.path());
    let book = || client.get("/v1/decisions").json()["holds"].clone();
    assert_eq!(book(), json!({ "terms": [], "counts": [] }));
    assert!(client.get("/decisions").text().contains("Nothing is held, and nothing has been."));
    let (tea, third) = (id_of(&client, "kettle"), id_of(&client, "willow"));
    hold(&directory, &tea, "not_as_said", None);
    hold(&directory, &third, "not_as_said", Some("2027-02-21"));
    hold(&directory, "forces", "not_asked", Some("2026-11-24"));
    end(&directory, &third);
    let says = "it may not be what it says it is";
    let asked = "those whom it speaks of have not been asked";
    let counts = json!([
        { "about": "service", "ground": "not_as_said", "says": says, "open": 1, "ended": 1, "days": 30, "longest_days": 30 },
        { "about": "term", "ground": "not_asked", "says": asked, "open": 1, "ended": 0, "days": 1, "longest_days": 1 },
    ]);
    assert_eq!(book()["counts"], counts);
    assert_eq!(book()["terms"][0]["term"], "forces");
    let page = client.get("/decisions").text();
    for words in [
        "A listing, because it may not be what it says it is: 1 held now, 1 ended; usually for 30 days, at most for 30 days",
        "“Veterans, serving people and forces families”, because those whom it speaks of have not been asked: since 23 November 2026, until 24 November 2026",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for text in [page, client.get("/v1/decisions").text(), client.get("/v1/terms").text()] {
        assert!(!text.contains("zqk7") && !text.contains(&tea), "neither who asked nor which listing");
    }
    // Each has its line in the log and in the audit.
    let changes = runtime().block_on(directory.store.changes_since(0, 1_000)).unwrap();
    assert_eq!(changes.iter().filter(|change| change.listing.id == "holds/all").count(), 4);
    assert!(changes.iter().filter(|change| change.listing.id == tea).count() >= 2);
    let report = runtime().block_on(directory.check()).unwrap();
    assert_eq!(report.faults, [""; 0]);
}

#[test]
fn every_fault_of_a_hold_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (client, directory, _) = served(folder.path());
    let (tea, choir) = (id_of(&client, "kettle"), id_of(&client, "lantern"));
    runtime().block_on(directory.set_standing(&choir, kith::domain::entry::Standing::Withdrawn, "a test")).unwrap();
    let faults = |answer: Result<_, Error>| match answer {
        Err(Error::Invalid(faults)) => {
            faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.as_str())).collect::<Vec<_>>()
        }
        other => panic!("{:?}", other.map(|_: kith::domain::hold::Hold| ())),
    };
    let refused = |id: &str, because: &str, by: &str, until: Option<&str>| {
        faults(runtime().block_on(directory.hold(NewHold { id, because, by, until }, "a test")))
    };
    let ended = |id: &str| faults(runtime().block_on(directory.end_hold(id, "a test")));
    let nobody = "00000000-0000-4000-8000-000000000000";
    let all = ["/because not_in_list", "/by required", "/until past", "/id unknown_listing"];
    assert_eq!(refused(nobody, "ugly", " ", Some("2026-11-22")), all);
    assert_eq!(refused("no-such-term", "unclear", ROLE, Some("soon")), ["/until not_a_date", "/id unknown_term"]);
    assert_eq!(refused("", "unclear", ROLE, None), ["/id unknown_term"]);
    assert_eq!(refused(&choir, "unclear", ROLE, None), ["/id unknown_listing"], "it is withdrawn");
    assert_eq!(refused(&tea, "unclear", ROLE, Some("2027-02-22")), ["/until too_far_ahead"], "91 days");
    assert_eq!(refused(&tea, "unclear", &"x".repeat(101), None), ["/by too_long"]);
    assert_eq!(refused(&tea, "unclear", "lead at LS6 2AB", None), ["/by tells_place"]);
    assert_eq!((ended(&tea), ended("forces")), (vec!["/id not_held".to_owned()], vec!["/id not_held".to_owned()]));
    assert_eq!(
        (ended(nobody), ended("x")),
        (vec!["/id unknown_listing".to_owned()], vec!["/id unknown_term".to_owned()])
    );
    hold(&directory, &tea, "unclear", Some("2027-02-21"));
    assert_eq!(refused(&tea, "not_asked", ROLE, Some("2026-11-22")), ["/until past", "/id already_held"]);
    hold(&directory, "forces", "unclear", Some("2026-11-23"));
    assert_eq!(refused("forces", "unclear", ROLE, None), ["/id already_held"]);
    end(&directory, "forces");
    hold(&directory, "forces", "unclear", None);
}

#[test]
fn a_keeper_holds_at_the_terminal_while_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("county.json"));
    std::fs::write(&file, items().to_string()).unwrap();
    kith_ok(&data, &["import", file.to_str().unwrap()]);
    let server = Serving::ready(&data, &[]);
    let id = id_of(&server.client, "kettle");
    let add = |id: &str, because: &str| kith_ok(&data, &["hold", "add", id, "--because", because, "--by", ROLE]);
    assert!(add(&id, "unclear").ends_with("readers see that, and why\n"));
    assert!(add("forces", "not_asked").ends_with("it is not offered, and listings keep it\n"));
    crate::support::until("it is told", || card(&server.client, &id)["held"]["ground"] == "unclear");
    let listed = kith_ok(&data, &["hold", "list"]);
    assert!(listed.contains(&format!("{id} unclear ")) && listed.ends_with("2 held\n"), "{listed}");
    assert!(listed.contains("by zqk7 peer worker | Kettle line"), "{listed}");
    assert_eq!(kith_ok(&data, &["hold", "end", &id]), "the hold has ended\n");
    crate::support::until("it is not told any more", || card(&server.client, &id)["held"].is_null());
    let refused = kith(&data, &["hold", "add", "nothing", "--because", "x", "--by", "", "--until", "2001-01-01"]);
    let said = String::from_utf8(refused.stdout).unwrap();
    assert!(!refused.status.success());
    for fault in ["/because", "/by", "/until", "/id", "grounds: unsafe_wording, hurtful_words"] {
        assert!(said.contains(fault), "{said}");
    }
}
