//! No key and no organisation leads from an open listing, whose place is told, to a private one.

use std::collections::BTreeSet;

use kith::exchange::Format;
use serde_json::{Value, json};

use super::{
    attack::Finding,
    strategies::Attacker,
    worlds::{Secret, World, open_group},
};
use crate::support::ids;

/// An open listing of another organisation, a few streets from the house, that names the private one by every key there is.
fn naming(secret: &Secret) -> Value {
    let (service, organization) = (secret.id("rowan"), secret.id("harbour"));
    let both = |mut item: Value| {
        item["service_id"] = json!(service);
        item["organization_id"] = json!(organization);
        json!([item])
    };
    let of_service = |mut item: Value| {
        item["service_id"] = json!(service);
        json!([item])
    };
    let mut group = open_group(81, secret.latitude + 0.004, secret.longitude - 0.004);
    group["name"] = json!("Sewing");
    group["organization"] = json!({ "id": "sewing", "name": "Sewing people", "description": "", "parent_organization_id": organization,
        "phones": both(json!({ "number": "01632 960555" })), "contacts": both(json!({ "name": "Bea" })), "funding": both(json!({ "source": "Tea" })),
        "additional_websites": both(json!({ "url": "https://sew.example" })),
        "programs": [{ "id": "p", "name": "P", "description": "", "organization_id": organization }],
        "organization_identifiers": [{ "identifier_scheme": "GB-CHC", "identifier": "1000002", "organization_id": organization }] });
    group["phones"] = both(json!({ "number": "01632 960556" }));
    group["contacts"] = both(json!({ "name": "Cat" }));
    group["funding"] = both(json!({ "source": "Cake" }));
    group["additional_urls"] = both(json!({ "url": "https://sew.example/x" }));
    group["schedules"] =
        of_service(json!({ "freq": "WEEKLY", "byday": "TU", "opens_at": "10:00", "closes_at": "12:00" }));
    group["languages"] = of_service(json!({ "name": "Urdu", "code": "ur" }));
    group["cost_options"] = of_service(json!({ "option": "Tea" }));
    group["required_documents"] = of_service(json!({ "document": "None" }));
    group["service_areas"] = of_service(json!({ "name": "Leeds", "extent": "E08000035" }));
    let place = &mut group["service_at_locations"][0]["location"];
    place["organization_id"] = json!(organization);
    place["phones"] = both(json!({ "number": "01632 960557" }));
    place["contacts"] = both(json!({ "name": "Dee" }));
    group
}

/// All that readers get of services and organisations, a record a value.
fn records(a: &Attacker) -> Vec<Value> {
    let mut records = Vec::new();
    for family in ["services", "organizations"] {
        let listed = a.client.get(&format!("/v1/{family}?per_page=100")).json();
        for (id, item) in ids(&listed).iter().zip(listed["items"].as_array().unwrap()) {
            records.extend([item.clone(), a.client.get(&format!("/hsds/{family}/{id}")).json()]);
        }
    }
    records
        .extend(a.client.get("/hsds/service_at_locations?per_page=100").json()["contents"].as_array().unwrap().clone());
    records
}

/// Where something is whose record has the id of the target, or of who runs it.
fn beside(a: &Attacker) -> Finding {
    let target = a.client.get(&format!("/v1/services/{}", a.target)).json();
    let mut of_it = BTreeSet::from([a.target.clone()]);
    of_it.extend(target["organization"]["id"].as_str().map(str::to_owned));
    let page = target["organization"]["id"].as_str().map(|id| a.client.get(&format!("/v1/organizations/{id}")).json());
    of_it.extend(
        page.iter()
            .flat_map(|page| page["services"].as_array().into_iter().flatten())
            .filter_map(|of| Some(of["id"].as_str()?.to_owned())),
    );
    let mut finding = Finding::default();
    for record in records(a) {
        let told = record.to_string();
        let place = [&record["card"]["place"], &record["service_at_locations"][0]["location"]];
        let place =
            place.into_iter().find_map(|place| Some((place["latitude"].as_f64()?, place["longitude"].as_f64()?)));
        if let Some(place) = place.filter(|_| of_it.iter().any(|id| told.contains(id))) {
            finding.at = Some(place);
            finding.signs.push(format!("{} is named beside a place", record["name"]));
        }
    }
    finding
}

/// Open records name what is private by every key.
pub fn named(a: &Attacker, world: &mut World, secret: &Secret) -> Finding {
    // In one file: a key means the record that it names only where the file has it.
    let mut items: Vec<Value> = serde_json::from_str(&World::small_file(secret)).unwrap();
    items.push(naming(secret));
    world.import("county", &Format::Hsds, &[("county.json", json!(items).to_string())]);
    let finding = beside(a);
    assert!(records(a).iter().any(|record| record["card"]["name"] == "Sewing"), "the open one is there");
    finding
}

/// Who runs it, whose name passes the gate, opens something nearby.
pub fn opened(a: &Attacker, world: &mut World, secret: &Secret) -> Finding {
    let mut group = open_group(82, secret.latitude + 0.004, secret.longitude - 0.004);
    group["name"] = json!("Sewing room");
    group["organization_id"] = json!(secret.id("harbour"));
    group.as_object_mut().unwrap().remove("organization");
    world.import("county", &Format::Hsds, &[("opened.json", json!([group]).to_string())]);
    let own = records(a).into_iter().find(|record| record["card"]["name"] == "Sewing room").expect("it is there");
    assert!(own["organization"]["id"].is_string(), "{own:#}");
    beside(a)
}

#[test]
fn neither_a_key_nor_who_runs_it_leads_from_an_open_listing_to_a_private_one() {
    for (number, strategy) in [
        (31, "keys of open listings that name what is private"),
        (32, "an organisation of listed words that opens something"),
    ] {
        let outcomes = super::attack::attack(number, Some(strategy));
        assert!(outcomes.len() == 1 && !outcomes[0].is_better(), "{outcomes:#?}");
    }
}
