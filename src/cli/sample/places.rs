//! Where the sample's listings happen, and whom those without a place serve, in the standard's words.

use serde_json::{Map, Value, json};

use super::listings::Place;
use crate::domain::id::{Id, kind};

/// Areas with their codes, by which a listing without a place says whom it serves.
const AREAS: [(&str, &str); 13] = [
    ("K02000001", "United Kingdom"),
    ("E92000001", "England"),
    ("W92000004", "Wales"),
    ("S92000003", "Scotland"),
    ("N92000002", "Northern Ireland"),
    ("E12000003", "Yorkshire and The Humber"),
    ("E08000035", "Leeds"),
    ("E06000057", "Northumberland"),
    ("W06000016", "Rhondda Cynon Taf"),
    ("S12000017", "Highland"),
    ("W06000002", "Gwynedd"),
    ("W06000008", "Ceredigion"),
    ("W06000023", "Powys"),
];

/// The name of an area of the sample; `None` for a code that it does not use.
pub fn area_name(code: &str) -> Option<&'static str> {
    AREAS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// The areas that a service serves.
pub fn service_areas(id: Id<kind::Service>, codes: &[String]) -> Value {
    let area = |code: &String| {
        json!({
            "id": Id::<kind::ServiceArea>::named(id, &format!("service_area/{code}")), "service_id": id,
            "name": area_name(code), "extent": code, "extent_type": "text",
        })
    };
    codes.iter().map(area).collect()
}

/// A service at one of its places, with the schedules that hold only there.
pub fn service_at_location(service: Id<kind::Service>, place: &Place, schedules: Vec<Value>) -> Value {
    let id: Id<kind::ServiceAtLocation> = Id::named(service, &format!("service_at_location/{}", place.slug));
    let location = location(place);
    let mut out = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("service_id".to_owned(), json!(service)),
        ("location_id".to_owned(), location["id"].clone()),
        ("location".to_owned(), location),
    ]);
    if !schedules.is_empty() {
        let here = schedules.into_iter().map(|mut schedule| {
            schedule["service_at_location_id"] = json!(id);
            schedule
        });
        out.insert("schedules".to_owned(), here.collect());
    }
    Value::Object(out)
}

/// A place with its address and what makes it possible to come in.
pub fn location(place: &Place) -> Value {
    let id: Id<kind::Location> = Id::named(super::NAMESPACE, &format!("location/{}", place.slug));
    let accessibility = place.access.iter().enumerate().map(|(at, text)| {
        json!({ "id": Id::<kind::Accessibility>::named(id, &format!("accessibility/{at}")), "location_id": id, "description": text })
    });
    json!({
        "id": id,
        "location_type": "physical",
        "name": place.name,
        "transportation": place.getting_there,
        "latitude": place.at[0],
        "longitude": place.at[1],
        "addresses": [{
            "id": Id::<kind::Address>::named(id, "address/0"), "location_id": id,
            "address_1": place.street, "city": place.city, "state_province": place.county,
            "postal_code": place.postcode, "country": "GB", "address_type": "physical",
        }],
        "accessibility": accessibility.collect::<Vec<_>>(),
    })
}
