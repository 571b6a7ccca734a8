//! What of the kept records reaches readers: nothing of what was withdrawn, and in plain text only.

use serde_json::{Value, json};

use kith::{
    directory::{
        Directory,
        import::{Report, Shipment, source_id},
    },
    domain::entry::{Source, Standing},
    exchange::Format,
};

use crate::support::{Client, directory_in, ids, runtime, serve_in_process};

/// A served directory of these items, and what the import said.
fn served(items: &Value) -> (Client, Directory, Report, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = items.to_string();
    let (directory, report) = runtime().block_on(async {
        let directory = directory_in(folder.path()).await;
        let source =
            Source { id: source_id("town"), name: "town".to_owned(), url: None, licence: None, attribution: None };
        let shipment = Shipment {
            source: &source,
            bytes: bytes.as_bytes(),
            format: &Format::Hsds,
            dry_run: false,
            actor: "a test",
        };
        let report = directory.import(shipment, &mut |_, _| {}).await.unwrap();
        directory.bring_up_to_date().await.unwrap();
        (directory, report)
    });
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
    let (client, directory, ..) = served(&json!([choir()]));
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
