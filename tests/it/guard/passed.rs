//! What passes the gate, from a file to readers: texts, names and addresses made to get past a filter, organisations in items of their
//! own, and what a person lets through.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{Serving, ids, kith, kith_ok};

/// Words that no answer may have.
const TELL: [&str; 8] = ["Otley", "otley", "Belle Vue", "Hebden", "holmfirth", "gcwfhf", "Headingley", "01943"];
const ROLE: [&str; 4] = ["--by", "safeguarding lead", "--because", "Read whole, it says nothing of where"];

/// A refuge whose every text tells in a way that the filter does not see, beside a sentence that may stay.
fn refuge() -> Value {
    json!({ "id": "r", "name": "Hebden Bridge Women's Aid", "alternate_name": "Hebden Women", "status": "active",
        "description": "We listen. We are at 7 Belle Vue. The spaniel snores but nobody minds.", "application_process": "Two streets from Otley bus station.",
        "fees_description": "Free. Geohash gcwfhf.", "eligibility_description": "Women of Headingley.", "alert": "Ring 01943 461234.",
        "interpretation_services": "hebden bridge women.", "url": "https://www.holmfirthwomensaid.example", "email": "otley@refuge.example",
        "phones": [{ "number": "0808 157 0001", "description": "Otley office" }],
        "languages": [{ "name": "Otley" }], "cost_options": [{ "option": "In Otley", "amount": 0 }],
        "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } },
            { "taxonomy_term": { "id": "w", "code": "otley", "name": "Ward: Headingley", "taxonomy": "Otley wards" } }],
        "service_areas": [{ "name": "Yorkshire and The Humber", "extent": "E12000003" }], "organization_id": "o" })
}

fn organization() -> Value {
    json!({ "id": "o", "name": "Otley House Trust", "alternate_name": "Hebden", "description": "In Otley.", "website": "https://otleyhouse.example",
        "email": "help@holmfirth.example" })
}

fn import(data: &Path, items: &[Value]) -> Value {
    let (file, told) = (data.with_extension("json"), data.with_extension("report.json"));
    fs::write(&file, Value::from(items).to_string()).unwrap();
    let [file, told_in] = [&file, &told].map(|path| path.to_str().unwrap());
    kith_ok(data, &["import", "--source", "county", "--report", told_in, file]);
    serde_json::from_slice::<Value>(&fs::read(&told).unwrap()).unwrap()[0].take()
}

/// Everything that readers can get of services, organisations and terms, by every way that lists them.
fn all(server: &Serving) -> String {
    let paths = [
        "/v1/services?per_page=100",
        "/v1/organizations?per_page=100",
        "/v1/search?q=",
        "/hsds/services?per_page=100",
        "/hsds/organizations",
        "/hsds/taxonomies",
        "/hsds/service_at_locations",
    ];
    // What is refused would tell nothing of what is kept.
    let good = |path: &str| {
        let answer = server.client.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    };
    let mut told: String = paths.iter().map(|path| good(path)).collect();
    told.extend(terms_of(server).iter().map(Value::to_string));
    for id in ids(&server.client.get("/v1/services?per_page=100").json()) {
        told.push_str(&good(&format!("/hsds/services/{id}")));
        told.push_str(&good(&format!("/listing/{id}")));
    }
    told
}

/// All terms of the standard's feed.
fn terms_of(server: &Serving) -> Vec<Value> {
    let page = |page| server.client.get(&format!("/hsds/taxonomy_terms?per_page=100&page={page}")).json();
    let pages = page(1)["total_pages"].as_u64().unwrap();
    (1..=pages).flat_map(|at| page(at)["contents"].as_array().unwrap().clone()).collect()
}

fn telling(told: &str) -> Vec<&'static str> {
    TELL.into_iter().filter(|word| told.contains(word)).collect()
}

#[test]
fn of_a_record_made_to_get_past_a_filter_only_listed_words_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // The organisation in an item of its own, before and after.
    let report = import(&data, &[organization(), refuge()]);
    assert_eq!((&report["created"], &report["protected"]), (&json!(2), &json!(1)), "{report:#}");
    let notices = report["notices"].as_array().unwrap();
    let of = |code: &str| notices.iter().filter(|notice| notice["code"] == code).collect::<Vec<_>>();
    assert_eq!((of("text_withheld").len(), of("name_withheld").len()), (2, 2), "one a record: {report:#}");
    assert!(of("text_withheld")[1]["pointers"].to_string().contains("/description"), "{report:#}");
    assert_eq!(telling(&report.to_string()), [""; 0]);
    let server = Serving::ready(&data, &[]);
    let told = all(&server);
    assert_eq!(telling(&told), [""; 0], "{told}");
    let id = ids(&server.client.get("/v1/services").json())[0].clone();
    let listing = server.client.get(&format!("/v1/services/{id}")).json();
    assert_eq!(listing["card"]["name"], "Refuge and safe accommodation (name withheld)");
    assert_eq!(listing["description"], "We listen.");
    assert_eq!(listing["service"]["fees_description"], "Free.");
    // All its services are private: its page is there, and says as little.
    let own = listing["organization"]["id"].as_str().unwrap();
    let page = server.client.get(&format!("/v1/organizations/{own}")).json();
    assert_eq!(
        (&page["card"]["name"], &page["services"][0]["id"]),
        (&json!("Organisation (name withheld)"), &json!(id))
    );
    drop(server);
    // Nothing else was kept: not in any file.
    for word in ["Belle Vue", "Hebden", "holmfirth", "gcwfhf", "01943"] {
        let scan = crate::canary::scan::Scan::of(&[word], &[]);
        let (found, files) = scan.files(&data);
        assert!(files > 8 && found.is_empty(), "{word} {files}: {found:?}");
    }
    assert_eq!(import(&data, &[organization(), refuge()])["same"], 2);
    kith_ok(&data, &["check"]);
}

#[test]
fn who_has_open_services_keeps_its_page_and_the_private_one_does_not_lead_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let choir = json!({ "id": "c", "name": "Otley Choir", "status": "active", "organization_id": "o" });
    import(&data, &[organization(), choir.clone(), refuge()]);
    let server = Serving::ready(&data, &[]);
    let items = server.client.get("/v1/services").json();
    let by_name = |begins: &str| {
        let items = items["items"].as_array().unwrap();
        items.iter().find(|item| item["card"]["name"].as_str().unwrap().starts_with(begins)).unwrap().clone()
    };
    let (open, private) = (by_name("Otley Choir"), by_name("Refuge"));
    let own = open["card"]["organization"]["id"].as_str().unwrap();
    let page = server.client.get(&format!("/v1/organizations/{own}")).json();
    assert_eq!((&page["card"]["name"], page["services"].as_array().unwrap().len()), (&json!("Otley House Trust"), 1));
    assert!(!page.to_string().contains(private["id"].as_str().unwrap()));
    let id = private["id"].as_str().unwrap();
    let whole = server.client.get(&format!("/v1/services/{id}")).text();
    assert!(telling(&whole).is_empty() && !whole.contains(own), "{whole}");
    let feed = server.client.get(&format!("/hsds/services/{id}")).json();
    let stand_in = feed["organization"]["id"].as_str().unwrap();
    assert_eq!(feed["organization"]["name"], "Organisation (name withheld)");
    assert!(stand_in != own && feed["organization_id"] == stand_in, "{feed:#}");
    assert_eq!(server.client.get(&format!("/v1/organizations/{stand_in}")).status, 404);
    // What is searched for by its name leads to the open one alone.
    let found = server.client.get("/v1/search?q=otley").json();
    assert_eq!(ids(&found["results"]), [open["id"].as_str().unwrap()]);
    // Once its last open service is withdrawn its page says no more than they do.
    kith_ok(&data, &["withdraw", open["id"].as_str().unwrap()]);
    crate::support::until("its page says no more", || {
        server.client.get(&format!("/v1/organizations/{own}")).json()["card"]["name"] == "Organisation (name withheld)"
    });
    assert!(!server.client.get(&format!("/v1/organizations/{own}")).text().contains(id), "nor does it lead to them");
    drop(server);
    kith_ok(&data, &["check"]);
}

#[test]
fn what_a_person_has_read_passes_until_its_source_changes_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let text = "We listen. The spaniel snores but nobody minds.";
    let refuge = |text: &str| {
        let mut refuge = refuge();
        refuge["name"] = json!("Rowan");
        refuge["description"] = json!(text);
        refuge
    };
    import(&data, &[refuge(text)]);
    let server = Serving::ready(&data, &[]);
    let id = ids(&server.client.get("/v1/services").json())[0].clone();
    let read = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (whole, name) = (read("text", &format!("{text}\n")), read("name", "Rowan"));
    let decide = |file: &str, more: &[&str]| {
        let asked = [&["safeguard", "text", &id, "--text", file][..], &ROLE, more].concat();
        kith_ok(&data, &asked)
    };
    decide(&whole, &["--second", "deputy"]);
    decide(&name, &[]);
    let told = || {
        let listing = server.client.get(&format!("/v1/services/{id}")).json();
        (listing["card"]["name"].as_str().unwrap().to_owned(), listing["description"].as_str().unwrap().to_owned())
    };
    assert_eq!(told().1, "We listen.", "its next import reads it");
    let report = import(&data, &[refuge(text)]);
    assert_eq!(report["mended"].get("let_through_changed"), None, "{report:#}");
    crate::support::until("it is there", || told() == ("Rowan".to_owned(), text.to_owned()));
    // Another wording has to pass, and the keeper is told.
    let report = import(&data, &[refuge(&format!("{text} In Otley."))]);
    assert_eq!(report["mended"]["let_through_changed"], 1, "{report:#}");
    crate::support::until("it passed anew", || told() == ("Rowan".to_owned(), "We listen.".to_owned()));
    // What the filter finds nobody can let through; nor what is not private; nor one person as two.
    let tells = read("tells", "We are at LS29 8ZX.");
    let refused = |file: &str, more: &[&str]| {
        kith(&data, &[&["safeguard", "text", &id, "--text", file][..], &ROLE, more].concat())
    };
    assert!(!refused(&tells, &[]).status.success());
    assert!(!refused(&whole, &["--second", "Safeguarding Lead"]).status.success());
    // Taken back.
    decide(&name, &["--withdraw"]);
    import(&data, &[refuge(text)]);
    crate::support::until("the name is withheld", || told().0.ends_with("(name withheld)"));
    drop(server);
    kith_ok(&data, &["check"]);
}

/// What a private item says of a term is not kept where it does not pass; an open one that comes later brings it.
#[test]
fn an_open_listing_brings_the_terms_that_a_private_one_bore_first() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let terms = json!([
        { "taxonomy_term": { "id": "t1", "name": "Zorblax care", "taxonomy": "topics" } },
        { "taxonomy_term": { "id": "t2", "name": "Counselling", "taxonomy": "topics" } },
    ]);
    let private = || {
        let mut private = refuge();
        private["attributes"].as_array_mut().unwrap().extend(terms.as_array().unwrap().clone());
        private
    };
    import(&data, &[private()]);
    let server = Serving::ready(&data, &[]);
    let names = || {
        let of = terms_of(&server).into_iter().filter(|term| term["taxonomy"] == "topics");
        of.map(|term| term["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!names().contains(&"Zorblax care".to_owned()), "{:?}", names());
    let open = json!({
        "id": "open", "name": "Listening", "status": "active",
        "organization": { "id": "open-o", "name": "Friends", "description": "" }, "attributes": terms,
    });
    import(&data, &[private(), open]);
    crate::support::until("the open one brought it", || names().contains(&"Zorblax care".to_owned()));
    let mut listed = names();
    listed.sort_unstable();
    assert_eq!(listed, ["Counselling", "Zorblax care"]);
}
