//! Refuges whose records say, in every place that could, where they are.

use serde_json::{Map, Value, json};

use super::scan::{LATITUDE, LONGITUDE, POSTCODE, mark};

/// How a record shows that its place must stay private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It has a term of that kind.
    Term,
    /// Its name says so.
    Name,
    /// Its source declares it.
    Declared,
}

/// A location in which everything is secret.
fn location(id: &str) -> Value {
    let person = json!([{ "id": mark("contact-id"), "name": mark("contact"), "email": "zqk7canary@contact.example", "phones": [{ "number": mark("contact-phone") }] }]);
    json!({
        "id": id, "location_type": "physical", "url": "https://zqk7canary.example/map", "name": mark("location-name"),
        "alternate_name": mark("location-alternate"), "description": mark("location-description"), "transportation": mark("transportation"),
        "latitude": LATITUDE, "longitude": LONGITUDE, "external_identifier": mark("uprn"), "external_identifier_type": mark("uprn-type"),
        "addresses": [{ "id": mark("address-id"), "attention": mark("attention"), "address_1": mark("address-1"), "address_2": mark("address-2"),
            "city": mark("city"), "region": mark("region"), "state_province": mark("county"), "postal_code": POSTCODE, "country": "GB",
            "address_type": "physical", "what3words": mark("words") }],
        "accessibility": [{ "description": mark("accessibility"), "details": mark("details"), "url": "https://zqk7canary.example/access" }],
        "languages": [{ "name": mark("location-language") }], "contacts": person, "phones": [{ "number": mark("location-phone") }],
        "schedules": [{ "notes": mark("location-schedule"), "description": mark("location-schedule-description") }],
        "attributes": [{ "link_type": "x", "value": mark("location-value"), "taxonomy_term": { "id": mark("term-id"), "name": mark("location-term") } }],
        "geometry": { "coordinates": [LONGITUDE, LATITUDE], "deep": [[{ "deeper": mark("nested-unknown") }]] }
    })
}

/// A refuge of an organization with a house of its own, in the house of that id.
pub fn refuge(id: &str, how: How, house: &str) -> Value {
    let (name, more) = match how {
        How::Name => ("Calm women's refuge", json!({ "taxonomy_term": { "id": "t-1", "name": "Women" } })),
        How::Term => {
            ("Quiet Home", json!({ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }))
        }
        How::Declared => ("Quiet Home", json!({ "link_type": "kith:place_mode", "value": "area" })),
    };
    let mut service = json!({
        "id": id, "name": name, "status": "active", "description": "A safe place for women and children.",
        "phones": [{ "id": mark("phone-id"), "number": "01632 960107", "location_id": mark("phone-location"), "service_at_location_id": mark("phone-at"), "contact_id": mark("phone-contact"), "room": mark("phone-room") }],
        "service_areas": [{ "name": "Leeds", "extent": "E08000035", "uri": "https://zqk7canary.example/area" },
            { "name": mark("area-name"), "description": mark("area-description"), "extent": format!("{{\"type\":\"Point\",\"coordinates\":[{LONGITUDE},{LATITUDE}],\"at\":\"{}\"}}", mark("shape")), "extent_type": "geojson" }],
        "attributes": [more, { "id": mark("attribute-id"), "link_type": "note", "value": mark("value"), "label": mark("label") },
            { "link_type": "kith:where", "value": mark("our-link") }, { "link_type": "kith:kind", "value": mark("our-kind") }],
        "schedules": [{ "freq": "WEEKLY", "byday": "TU", "notes": mark("schedule-notes"), "description": mark("schedule"), "schedule_link": "https://zqk7canary.example/s", "attending_type": "in_person" }],
        "contacts": [{ "id": mark("contact-id"), "name": mark("contact"), "title": mark("contact-title"), "department": mark("department"), "email": "zqk7canary@c.example" }],
        "required_documents": [{ "document": mark("document"), "uri": "https://zqk7canary.example/d" }],
        "funding": [{ "source": mark("funding") }], "program": { "name": mark("program") }, "capacities": [{ "updated": mark("capacity") }],
        "accreditations": mark("accreditations"), "licenses": mark("licenses"), "wait_time": mark("wait"), "assurer_email": "zqk7canary@a.example",
        "latitude": LATITUDE, "longitude": LONGITUDE, "address": mark("top-address"), "postcode": POSTCODE, "uprn": mark("top-uprn"),
        "nested": { "unknown": [[mark("deep")], { "lat": LATITUDE }], "Zqk7Canary as a name": true },
        "organization": organization(),
        "service_at_locations": [
            { "id": mark("at-id"), "description": mark("at-description"), "location": location(house), "contacts": [{ "name": mark("at-contact") }],
              "phones": [{ "number": mark("at-phone") }], "schedules": [{ "notes": mark("at-schedule") }], "unknown": mark("at-unknown") },
            { "location_id": house, "description": mark("at-description-2") },
            { "id": "no-id", "location": without_id(location("")) }
        ]
    });
    if how == How::Declared {
        service["service_areas"] = json!([]);
        service["description"] =
            json!(format!("A safe place for women. {} is at {POSTCODE}.", mark("told-description")));
    }
    service["kith"] = json!({ "links": links(&json!({ "service_id": "choir", "place": mark("link-place") })), "where": mark("own-member"),
        "practice": practice(), "resource": { "resource_type": "training", "place": mark("resource-place") } });
    service.as_object_mut().unwrap().extend(telling().as_object().unwrap().clone());
    service["phones"].as_array_mut().unwrap().push(
        json!({ "number": "01632 960108", "description": format!("The office at {POSTCODE}, {}", mark("told-phone")) }),
    );
    service["attributes"].as_array_mut().unwrap().push(json!({ "taxonomy_term": { "id": mark("told-term-id"), "code": "uprn:100012345678", "name": mark("told-term") } }));
    service
}

/// Texts that are read of a protected service, each of which says in its own way where it is.
fn telling() -> Value {
    json!({
        "application_process": format!("Come to {} at {}.", mark("told-process"), POSTCODE.to_lowercase()),
        "alert": format!("The door is at {LATITUDE}, {LONGITUDE}: {}", mark("told-alert")),
        "url": format!("https://www.openstreetmap.org/?zqk7canary#map=19/{LATITUDE}/{LONGITUDE}"),
        "fees_description": format!("Pay at SE 281 360, {}", mark("told-fees")),
        "eligibility_description": format!("///filled.count.soap {}", mark("told-eligibility")),
        "interpretation_services": format!("Ask at 12 Mill Lane, {}", mark("told-interpretation")),
        "cost_options": [{ "option": "Free", "place": mark("cost-place"), "amount_description": format!("UPRN 100012345678 {}", mark("told-cost")) }],
        "languages": [{ "code": "en", "location_id": mark("language-location"), "note": format!("<b>{POSTCODE}</b> {}", mark("told-language")) }]
    })
}

/// How it works, each text of which says where it is.
fn practice() -> Value {
    let visit = [
        "who_opens",
        "how_many",
        "must_i_speak",
        "may_i_leave",
        "camera",
        "if_upset",
        "confidentiality",
        "safeguarding",
        "access",
        "companion",
        "without_parent",
    ];
    let visit: serde_json::Map<String, Value> =
        visit.into_iter().map(|field| (field.to_owned(), json!(format!("{} at {POSTCODE}", mark(field))))).collect();
    let texts = ["does", "does_not", "training", "supervision", "code_of_ethics", "complaints"];
    let mut practice: serde_json::Map<String, Value> =
        texts.into_iter().map(|field| (field.to_owned(), json!(mark(field)))).collect();
    practice.extend([
        ("first_visit".to_owned(), visit.into()),
        ("led".to_owned(), json!("peer")),
        ("place_of_worship".to_owned(), json!(true)),
        ("code_of_ethics_url".to_owned(), json!("https://zqk7canary.example/ethics")),
        (
            "markers".to_owned(),
            json!([{ "marker": "quiet-space", "level": "stated", "source": mark("claim-source"), "on": "2026-01-01" }]),
        ),
    ]);
    practice.into()
}

/// Links whose notes say where somebody is.
fn links(to: &Value) -> Value {
    json!([{ "relationship": "refers_to", "to": to, "note": format!("{} at {POSTCODE}", mark("link-note")), "since": mark("link-since") },
        { "relationship": "part_of", "from": to, "note": mark("link-back"), "does": mark("link-does"), "does_not": mark("link-not"),
            "handover": ["warm_call"], "handover_note": mark("handover"), "information": mark("information"), "consent": mark("consent"),
            "escalation": mark("escalation"), "supervision": mark("link-supervision"), "reply_within_days": 2 }])
}

fn without_id(mut location: Value) -> Value {
    location.as_object_mut().unwrap().remove("id");
    location
}

/// The organization that runs the refuges, with a place of its own.
pub fn organization() -> Value {
    json!({
        "id": "org-harbour", "name": "Calm", "description": mark("organization-description"), "website": "https://maps.app.goo.gl/Zqk7Canary", "email": "ask@calm.example", "alternate_name": format!("{} {POSTCODE}", mark("told-alternate")),
        "attributes": [{ "taxonomy_term": { "code": POSTCODE, "name": mark("told-organization-term") } }],
        "kith": { "links": links(&json!({ "service_id": "choir" })), "where": mark("organization-own-member"),
            "network": { "network_type": "peer", "purpose": format!("{} at {POSTCODE}", mark("purpose")), "areas": ["E08000035"],
                "own_principles": [mark("principle")], "roles": [{ "role": mark("role"), "note": mark("role-note") }],
                "contact": { "role": mark("contact-role"), "email": "zqk7canary@n.example", "phone": mark("contact-phone") } } },
        "logo": "https://zqk7canary.example/logo", "uri": "https://zqk7canary.example/o", "legal_status": mark("legal"), "year_incorporated": 1974,
        "phones": [{ "number": mark("organization-phone") }], "contacts": [{ "name": mark("organization-contact") }],
        "funding": [{ "source": mark("organization-funding") }], "head_office": { "address": mark("head-office"), "postcode": POSTCODE },
        "organization_identifiers": [{ "identifier_type": "charity", "identifier": "1000001", "note": mark("identifier-note") }],
        "locations": [location("harbour-office"), without_id(location(""))],
        "services": [{ "id": "inner", "name": "Inner refuge", "status": "active", "pc_note": mark("inner-service"), "service_areas": [{ "name": "Bristol", "extent": "E06000023" }],
            "service_at_locations": [{ "location": location("inner") }] }]
    })
}

/// Open groups and other records that share a place with a refuge, or have a fault in it.
pub fn neighbours(house: &str) -> Vec<Value> {
    let mut choir = json!({
        "id": "choir", "name": "Harbourside choir circle", "status": "active", "description": "Singing, on Tuesdays.",
        "organization": { "id": "org-oak", "name": "Oak", "description": "Neighbours.", "locations": [location(house)] },
        "service_at_locations": [{ "id": "choir-there", "description": mark("choir-at"), "location": location(house) },
            { "location": { "id": "hall", "location_type": "physical", "name": "Mill Hall", "addresses": [{ "address_1": "Mill Lane", "city": "Leeds", "state_province": "West Yorkshire", "postal_code": "LS6 2AA", "country": "GB", "address_type": "physical" }] } }]
    });
    let mut twice = choir.clone();
    (twice["id"], twice["name"]) = (json!("linked"), json!("Walking circle"));
    twice["service_at_locations"] =
        json!([{ "id": "linked-there", "location_id": house, "schedules": [{ "notes": mark("linked") }] }]);
    let to_refuges = ["Term", "Name", "Declared"]
        .map(|id| json!({ "relationship": "refers_to", "to": { "service_id": id }, "note": mark("link-to") }));
    choir["kith"] = json!({ "links": to_refuges });
    choir["organization"]["kith"] = json!({ "links": [{ "relationship": "part_of", "to": { "organization_id": "org-harbour" }, "note": mark("link-to-organization") }] });
    choir["service_at_locations"].as_array_mut().unwrap().push(json!({ "location_id": house }));
    vec![choir, twice, organization()]
}

/// Rows that are refused. What they say of a place must not be in the reasons, nor anything that they say elsewhere.
pub fn faulty(house: &str) -> Vec<Value> {
    let mut refuge = refuge("faulty", How::Term, house);
    let wrong = json!({ "status": mark("status"), "minimum_age": mark("age"), "phones": [{ "number": "" }, mark("phone")], "email": mark("email"), "assured_date": mark("date"), "url": mark("url"), "languages": mark("languages") });
    refuge.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
    refuge["organization"]["website"] = json!(mark("website"));
    let mut exact = json!({ "id": "faulty-group", "name": "Tuesday circle", "status": "active", "service_at_locations": [{ "location": location("faulty-house") }] });
    let place = &mut exact["service_at_locations"][0]["location"];
    (place["latitude"], place["longitude"]) = (json!(mark("latitude")), json!([LONGITUDE]));
    (place["location_type"], place["addresses"][0]["address_type"]) =
        (json!(mark("location-type")), json!(mark("address-type")));
    let no_name = {
        let mut service = super::plant::refuge("nameless", How::Declared, house);
        service.as_object_mut().unwrap().remove("name");
        service
    };
    vec![refuge, exact, no_name, location("bare-location"), json!(mark("not-an-object"))]
}

/// A table with refuges of both kinds that a table can tell, among them faulty rows; and its mapping.
pub fn table() -> (Vec<u8>, &'static str) {
    let mut rows = vec!["ref,title,about,phone,by,org_ref,street,town,post,lat,lon,when,topics,note".to_owned()];
    let secret = || format!("{},{},{POSTCODE},{LATITUDE},{LONGITUDE},{}", mark("street"), mark("town"), mark("when"));
    rows.push(format!("1,Elm women's refuge,Safe rooms,01632 960108,Elm,o1,{},,{}", secret(), mark("note")));
    let told = format!("Rooms at {POSTCODE} {}", mark("told-about"));
    rows.push(format!("2,Quiet Home,{told},01632 960109,Elm,o1,{},RF,{}", secret(), mark("note")));
    rows.push(format!(
        "3,Another refuge,Rooms,01632 960110,Elm,o1,{},RF,{},{},more",
        secret(),
        mark("note"),
        mark("too many")
    ));
    rows.push(format!(",Refuge without an id,Rooms,01632 960111,Elm,o1,{},RF,{}", secret(), mark("note")));
    rows.push(format!(
        "5,Friday circle,Tea,01632 960112,Oak,o2,{},{},LS6 2AA,{},north of {},,,{}",
        "Mill Hall",
        "Leeds",
        mark("lat"),
        mark("lon"),
        mark("note")
    ));
    rows.push("6,Sunday circle,Cake,01632 960113,Oak,o2,Mill Hall,Leeds,LS6 2AA,,,,,".to_owned());
    // Nothing tells of its place but the name of who runs it.
    rows.push(format!("8,Monday rooms,Talk,01632 960115,Warm women's refuge,o3,{},,{}", secret(), mark("note")));
    let mut bytes = rows.join("\n").into_bytes();
    bytes.extend(format!("\n7,Ash refuge,Rooms,01632 960114,Elm,o1,{}", mark("street")).bytes().chain(*b"\xff,"));
    bytes.extend(format!("{},{POSTCODE},{LATITUDE},{LONGITUDE},,RF,\n", mark("town")).bytes());
    (bytes, MAPPING)
}

const MAPPING: &str = r#"
[source]
name = "table"
[entity]
kind = "service"
id = "ref"
[fields]
name = "title"
description = "about"
status = { value = "active" }
phone = "phone"
[organization]
id = "org_ref"
name = "by"
[place]
address_1 = "street"
city = "town"
postcode = "post"
latitude = "lat"
longitude = "lon"
[[terms]]
column = "topics"
taxonomy = "local"
lookup = { RF = "Refuge accommodation" }
"#;

/// An open group with this text in its description and a place of that address and position.
pub fn open_group(text: &str) -> Value {
    let mut group = json!({ "id": "open", "name": "Open circle", "status": "active", "description": text, "service_at_locations": [{ "location": location("open-house") }] });
    let place = group["service_at_locations"][0]["location"].as_object_mut().unwrap();
    let kept = ["id", "location_type", "latitude", "longitude"].map(|name| (name.to_owned(), place[name].clone()));
    let address = json!([{ "address_1": "Mill Lane", "city": "Leeds", "state_province": "West Yorkshire", "postal_code": POSTCODE, "country": "GB", "address_type": "physical" }]);
    *place = Map::from_iter(kept.into_iter().chain([("addresses".to_owned(), address)]));
    group
}
