//! What of the kept records reaches readers: nothing of what was withdrawn, and in plain text only.

use serde_json::{Value, json};

use kith::{
    directory::{
        Directory,
        import::{Report, Shipment, source_id},
    },
    domain::entry::{Source, Standing},
    exchange::{Format, Part},
};

use crate::support::{Client, directory_in, ids, runtime, serve_in_process};

/// Imports items, and lets readers see them.
fn import(directory: &Directory, items: &Value) -> Report {
    let bytes = items.to_string();
    let source = Source { id: source_id("town"), name: "town".to_owned(), url: None, licence: None, attribution: None };
    let shipment = Shipment {
        source: &source,
        files: &[Part { name: "", bytes: bytes.as_bytes() }],
        format: &Format::Hsds,
        dry_run: false,
        actor: "a test",
    };
    runtime().block_on(async {
        let report = directory.import(shipment, &mut |_, _| {}).await.unwrap();
        directory.bring_up_to_date().await.unwrap();
        report
    })
}

/// A served directory of these items, and what the import said.
pub fn served(items: &Value) -> (Client, Directory, Report, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let report = import(&directory, items);
    (serve_in_process(&directory, runtime()), directory, report, folder)
}

/// A choir of an organization, in a hall.
fn choir() -> Value {
    json!({
        "id": "choir", "name": "Choir", "status": "active",
        "organization": { "id": "org", "name": "Oakorg", "description": "We sing.", "email": "ask@oakorg.example",
            "website": "https://oakorg.example", "phones": [{ "number": "01632 960999" }] },
        "service_at_locations": [{ "id": "there", "location": { "id": "hall", "name": "Hall", "location_type": "physical",
            "latitude": 53.82, "longitude": -1.57, "addresses": [{ "address_1": "Mill Lane", "city": "Leeds",
            "state_province": "West Yorkshire", "postal_code": "LS6 2AB", "country": "GB", "address_type": "physical" }] } }]
    })
}

#[test]
fn a_withdrawn_organization_is_on_no_card_and_no_page_of_its_services() {
    let (client, directory, _report, _folder) = served(&json!([choir()]));
    let card = client.get("/v1/search?q=choir").json()["results"]["items"][0].clone();
    let (service, organization) = (card["id"].as_str().unwrap(), card["organization"]["id"].as_str().unwrap());
    let asked =
        ["/v1/search?q=choir", "/v1/services", &format!("/v1/services/{service}"), &format!("/listing/{service}")];
    let telling = ["oakorg", "960999"];
    for path in asked {
        let text = client.get(path).text().to_lowercase();
        assert!(telling.iter().all(|word| text.contains(word)), "before, {path} shows the organization: {text}");
    }
    runtime().block_on(async {
        directory.set_standing(organization, Standing::Withdrawn, "a test").await.unwrap();
        directory.bring_up_to_date().await.unwrap();
    });
    for path in asked {
        let answer = client.get(path);
        let text = answer.text().to_lowercase();
        assert!(answer.status == 200 && text.contains("choir"), "{path}: {text}");
        assert!(!telling.iter().any(|word| text.contains(word)), "{path}: {text}");
    }
    assert_eq!(ids(&client.get("/v1/search?q=oakorg").json()["results"]), [""; 0]);
    client.get(&format!("/v1/organizations/{organization}")).problem("withdrawn");
}

/// What strangers write: markup, and characters that hide or turn the text around them.
const DIRT: &str = " <b>b</b><script>s</script>\u{202e}\u{200b}\u{7}&#x202e;&amp;amp;";

/// The same with dirt in every text that is not of a set form.
fn soiled(value: &Value, field: &str) -> Value {
    const FORMS: [&str; 13] = [
        "id",
        "status",
        "email",
        "url",
        "website",
        "location_type",
        "address_type",
        "country",
        "freq",
        "byday",
        "opens_at",
        "taxonomy",
        "link_type",
    ];
    match value {
        Value::String(text) if !FORMS.contains(&field) => json!(format!("{text}{DIRT}")),
        Value::Array(items) => items.iter().map(|item| soiled(item, field)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), soiled(value, name)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[test]
fn no_markup_and_no_hidden_character_reaches_a_reader_in_any_field() {
    let mut full = choir();
    let phone = json!([{ "number": "01632 960000", "type": "voice", "description": "Any day", "languages": [{ "name": "Welsh", "note": "Ask" }] }]);
    let schedule = json!([{ "freq": "WEEKLY", "byday": "TU", "opens_at": "19:00", "description": "Tuesdays", "notes": "Not in August", "attending_type": "in_person" }]);
    let more = json!({
        "alternate_name": "Singers", "description": "We sing.", "application_process": "Come.", "alert": "Cake today",
        "fees_description": "A pound", "eligibility_description": "All", "interpretation_services": "None", "wait_time": "A week",
        "accreditations": "Good", "licenses": "One", "phones": phone, "schedules": schedule, "languages": [{ "name": "Welsh", "note": "Ask" }],
        "cost_options": [{ "option": "Tea", "amount_description": "Little" }], "service_areas": [{ "name": "Leeds", "description": "All of it", "uri": "https://a.example/x" }],
        "contacts": [{ "name": "Someone", "title": "Host", "department": "Music" }],
        "attributes": [{ "link_type": "x", "value": "Yes", "label": "Topic", "taxonomy_term": { "id": "t-1", "name": "Singing", "description": "Songs", "taxonomy": "local" } }],
        "kith": { "phone_hours": "Mornings", "concessions": "Half", "how_to_come": { "who_may_refer": "Anyone", "what_to_send": "A note", "consent": "Yours", "exclusions": "None" } }
    });
    full.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let location = &mut full["service_at_locations"][0]["location"];
    let more = json!({
        "alternate_name": "The hall", "description": "A hall", "transportation": "Bus", "phones": phone, "schedules": schedule,
        "accessibility": [{ "description": "Ramp", "details": "Front" }]
    });
    location.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    full["organization"]["legal_status"] = json!("Charity");

    let (client, _, report, _folder) = served(&json!([soiled(&full, "")]));
    assert_eq!((report.created, report.refused), (1, 0), "{:?}", report.refusals);
    let found = client.get("/v1/search?q=choir&near=LS6+2").json();
    let card = &found["results"]["items"][0];
    let (service, organization) = (card["id"].as_str().unwrap(), card["organization"]["id"].as_str().unwrap());
    let mut texts = 0;
    for path in [
        "/v1/search?q=choir&near=LS6+2",
        "/v1/services",
        "/v1/organizations",
        &format!("/v1/services/{service}"),
        &format!("/v1/organizations/{organization}"),
        &format!("/listing/{service}"),
        &format!("/listing/{organization}"),
    ] {
        let text = client.get(path).text();
        for dirt in ["<script>s", "<b>", "&lt;b", "\\u0007", "\u{7}", "\u{202e}", "\u{200b}", "202e", "&amp;amp;"] {
            let at = text.find(dirt).map(|at| text[..at].chars().rev().take(200).collect::<Vec<_>>());
            assert!(
                at.is_none(),
                "{dirt:?} in {path} after {:?}",
                at.map(|before| before.iter().rev().collect::<String>())
            );
        }
        texts += text.matches(" b&amp;").count();
    }
    assert!(texts > 100, "only {texts} of the texts are there");
}

#[test]
fn a_refuge_that_names_no_area_is_something_to_ask_and_comes_last() {
    let refuge = |id: &str, areas: Value| json!({ "id": id, "name": format!("Refuge {id}"), "status": "active", "description": "Rooms for women.", "service_areas": areas });
    let helpline = json!({ "id": "line", "name": "Refuge helpline", "status": "active", "description": "Ring us.",
        "attributes": [{ "link_type": "kith:place_mode", "value": "area" }], "service_areas": [{ "name": "Bradford", "extent": "E08000032" }] });
    let leeds = json!([{ "name": "Leeds", "extent": "E08000035" }]);
    let (client, _directory, _report, _folder) =
        served(&json!([refuge("Silent", json!([])), refuge("Leeds", leeds), helpline]));
    for (near, names) in [
        ("LS6+2&within_km=50", &["Refuge Leeds", "Refuge helpline", "Refuge Silent"][..]),
        ("Truro", &["Refuge Silent"]),
    ] {
        for more in ["", "&q=refuge", "&sort=distance"] {
            let found = client.get(&format!("/v1/search?near={near}{more}")).json()["covers_area"].take();
            assert_eq!(crate::support::names(&found), names, "{near}{more}");
            let cards = found["items"].as_array().unwrap();
            let (silent, others) = cards.split_last().unwrap();
            assert_eq!(silent["ask"], json!(["area"]));
            assert!(silent["place"]["label"].as_str().unwrap().starts_with("Ask whether it serves you"), "{silent:#}");
            // Bradford is next to Leeds: what serves it is shown to who asks for Leeds, as something to ask.
            for (card, serves) in others.iter().zip(["here", "nearby"]) {
                assert_eq!(
                    (&card["serves"], card.get("ask").is_some()),
                    (&json!(serves), serves == "nearby"),
                    "{card:#}"
                );
            }
        }
    }
    let stated = client.get("/v1/search?near=LS6+2&strict=true").json();
    assert!(!crate::support::names(&stated["covers_area"]).contains(&"Refuge Silent".to_owned()));
    assert_eq!(client.get("/v1/search?q=silent").json()["results"]["total"], 1);
}

#[test]
fn imported_terms_are_counted_under_their_labels_as_they_are_now() {
    let tagged = |id: &str, term: &str| {
        json!({ "id": id, "name": format!("Circle {id}"), "status": "active", "attributes": [
            { "taxonomy_term": { "id": "t-1", "name": term, "taxonomy": "local" } },
            { "taxonomy_term": { "id": "t-2", "name": "Bread & cake", "taxonomy": "local" } }] })
    };
    let (client, directory, _, _folder) = served(&json!([tagged("one", "Slow \"walks\""), choir()]));
    let counted = || {
        let found = client.get("/v1/search").json();
        let counts =
            found["facets"].as_array().unwrap().iter().filter(|count| count["id"].as_str().unwrap().len() == 36);
        let mut labels: Vec<_> =
            counts.map(|count| (count["label"].as_str().unwrap().to_owned(), count["count"].as_u64())).collect();
        labels.sort();
        labels
    };
    for _ in 0..2 {
        assert_eq!(counted(), [("Bread & cake".to_owned(), Some(1)), ("Slow \"walks\"".to_owned(), Some(1))]);
    }
    import(&directory, &json!([tagged("one", "Walks")]));
    assert_eq!(counted(), [("Bread & cake".to_owned(), Some(1)), ("Walks".to_owned(), Some(1))]);
}
