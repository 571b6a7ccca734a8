//! What the feed makes of published listings.

use serde_json::{Value, json};

use super::{Object, Published, house, own_record};

const ID: &str = "ac148810-d857-441c-9679-408f346de14b";
const OTHER: &str = "ac148810-d857-441c-9679-408f346de14c";

fn published(listing: &Value) -> Published {
    Published::read(listing.to_string().as_bytes()).unwrap()
}

fn value(object: Option<Object>) -> Value {
    Value::Object(object.unwrap())
}

#[test]
fn what_a_schema_would_refuse_is_left_out_and_the_rest_stays() {
    let service = published(&json!({
        "last_modified": "2026-05-06T09:30:00Z",
        "service": {
            "id": ID, "name": "Circle", "status": "active", "url": "https://a.example/{x}", "email": "ä@b.example",
            "program_id": "P7", "last_modified": "2020-01-01T00:00:00Z", "fees_description": "Free", "alert": null,
            "phones": [{ "id": OTHER, "number": "0113 496 0000" }],
            "additional_urls": [{ "id": OTHER, "url": "https://é.example" }, { "id": OTHER, "url": "https://b.example" }],
            "contacts": [{ "id": OTHER, "email": "role@b.example" }, { "id": OTHER, "email": "a@b_c.example" }],
        },
        "organization": { "id": OTHER, "name": "Elm", "description": "", "website": "a.example" },
    }));
    assert_eq!(
        value(service.service()),
        json!({
            "id": ID, "name": "Circle", "status": "active", "fees": "Free", "fees_description": "Free",
            "last_modified": "2026-05-06T09:30:00.000Z",
            "phones": [{ "id": OTHER, "number": "0113 496 0000" }],
            "additional_urls": [{ "id": OTHER, "url": "https://b.example" }],
            "contacts": [{ "id": OTHER, "email": "role@b.example" }, { "id": OTHER }],
            "organization": { "id": OTHER, "name": "Elm", "description": "" },
        })
    );
    let summary = value(service.service_summary());
    assert_eq!(summary["organization"]["name"], "Elm");
    assert!(summary.as_object().unwrap().values().all(|value| !value.is_array()));
    assert!(service.organization().is_none() && service.place(ID).is_none());
}

#[test]
fn a_house_term_is_the_houses_own_and_an_attribute_leads_to_its_record() {
    let term = |taxonomy: &str, code: &str| {
        json!({ "id": OTHER, "link_id": "theirs", "taxonomy_term_id": ID,
            "taxonomy_term": { "id": OTHER, "name": "x", "description": "", "taxonomy": taxonomy, "code": code } })
    };
    let service = published(&json!({ "service": { "id": ID, "name": "a", "status": "active",
        "attributes": [term("kith", "bereavement"), term("kith", "no-such-term"), term("theirs", "b")] } }));
    let attributes = value(service.service())["attributes"].clone();
    let house = house::term("bereavement").unwrap();
    assert_eq!(attributes.as_array().unwrap().len(), 2, "a house term that the house has not is none");
    assert_eq!(attributes[0]["taxonomy_term"], json!(house));
    assert_eq!(attributes[0]["taxonomy_term_id"], json!(house.id));
    assert_eq!((&attributes[1]["link_id"], &attributes[1]["link_entity"]), (&json!(ID), &json!("service")));
    assert_eq!(attributes[1]["taxonomy_term_id"], OTHER);
}

#[test]
fn the_extension_has_the_links_that_the_record_itself_states() {
    let link = |direction: &str, kind: &str, by: &str| {
        json!({ "relationship": "member_of", "direction": direction, "label": "x", "state": "claimed", "stated_by": by,
            "target": { "id": OTHER, "kind": kind, "name": "Elm", "page_url": "/" }, "note": by })
    };
    let links = [link("to", "organization", "both"), link("from", "group", "this"), link("to", "service", "other")];
    let service = published(&json!({ "service": { "id": ID, "name": "a", "status": "active" }, "links": links }));
    assert_eq!(
        value(service.service())["kith"],
        json!({ "links": [
            { "relationship": "member_of", "to": { "organization_id": OTHER }, "state": "claimed", "note": "both" },
            { "relationship": "member_of", "from": { "service_id": OTHER }, "state": "claimed", "note": "this" },
        ] })
    );
    let organization = published(&json!({ "organization": { "id": ID, "name": "a" }, "links": [links[2]] }));
    assert!(organization.organization().unwrap().get("kith").is_none());
}

#[test]
fn what_is_not_so_is_no_term() {
    let answer = |value: &str| {
        json!({ "id": OTHER, "link_type": "kith:access", "value": value, "taxonomy_term": { "id": OTHER, "name": "x",
            "description": "", "taxonomy": "kith", "code": "step-free" } })
    };
    let answers = ["no", "yes 2026-10-04", "on_request", "perhaps"].map(answer);
    let service =
        published(&json!({ "service": { "id": ID, "name": "a", "status": "active", "attributes": answers } }));
    let attributes = value(service.service())["attributes"].clone();
    assert_eq!((attributes.as_array().unwrap().len(), &attributes[0]["value"]), (1, &json!("yes 2026-10-04")));
}

#[test]
fn a_hidden_place_gives_areas_and_nothing_else() {
    let service = published(&json!({
        "service": { "id": ID, "name": "Refuge", "status": "active" },
        "card": { "place": { "kind": "area", "areas": [{ "code": "E08000035", "name": "Leeds" }] } },
    }));
    let whole = value(service.service());
    let area = &whole["service_areas"][0];
    assert_eq!(
        (&area["name"], &area["extent"], &area["service_id"]),
        (&json!("Leeds"), &json!("E08000035"), &json!(ID))
    );
    assert!(whole.get("service_at_locations").is_none());
}

#[test]
fn a_service_at_a_place_has_the_name_and_status_of_its_service() {
    let service = published(&json!({
        "service": { "id": ID, "name": "Circle", "status": "active", "languages": [{ "id": OTHER }] },
        "places": [
            { "service_at_location": { "id": OTHER, "service_id": ID, "description": "Upstairs", "schedules": [{ "id": ID }] },
              "location": { "id": ID, "location_type": "physical", "addresses": [{ "id": ID }] }, "place": {} },
            { "location": { "id": OTHER, "location_type": "physical" }, "place": {} },
        ],
    }));
    let place = value(service.place(OTHER));
    assert_eq!((&place["id"], &place["name"], &place["status"]), (&json!(OTHER), &json!("Circle"), &json!("active")));
    assert_eq!((&place["location_id"], &place["location"]["addresses"][0]["id"]), (&json!(ID), &json!(ID)));
    let summary = value(service.place_summary(OTHER));
    assert_eq!(summary["service"], json!({ "id": ID, "name": "Circle", "status": "active" }));
    assert_eq!(summary["location"], json!({ "id": ID, "location_type": "physical" }));
    assert!(summary.get("schedules").is_none() && summary.get("name").is_none());
    assert_eq!(value(service.service())["service_at_locations"].as_array().unwrap().len(), 1);
}

#[test]
fn house_terms_stand_in_the_order_of_their_ids_and_lead_to_wider_ones() {
    assert!(house::terms().is_sorted_by(|a, b| a.id < b.id));
    let loss = house::term("suicide-loss").unwrap();
    assert_eq!(loss.parent_id, house::term("bereavement").map(|wider| wider.id));
    let bytes = serde_json::to_vec(&loss).unwrap();
    assert_eq!(value(own_record(&bytes, "taxonomy_term")), json!(loss));
}
