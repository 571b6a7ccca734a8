//! The sample directory: forty invented listings around LS6 in Leeds, a market town and a Welsh valley,
//! with two groups online and a line to ring.
//!
//! [`package`] gives them as one page of HSDS 3.1 JSON, so that they come in through the importer like
//! any file. The texts are in the `.toml` files beside this one. Nobody in them exists: organisations
//! end in "(sample)", every description says that it is invented, phone numbers are of the ranges that
//! Ofcom keeps for drama, and names on the internet end in `.example`.

mod dates;
mod listings;

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use self::listings::{Attend, Listing, Organization, Place, Sample};
use crate::domain::{
    id::{Id, kind},
    taxonomy::{HOUSE_TAXONOMY, PLACE_MODE_LINK},
    vocabulary::vocabulary,
};

/// What every id of the sample is named from, so that it is the same in every run.
const NAMESPACE: Id<kind::Source> = Id::from_u128(0x6b69_7468_7361_4d70_8c65_0000_0000_0001);

/// The sentence that ends each description.
const INVENTED: &str = "Invented sample listing.";

/// The sample as one HSDS 3.1 page, its dates set around `today`.
///
/// The same day gives the same bytes.
pub fn package(today: NaiveDate) -> Vec<u8> {
    let sample = Sample::compiled_in();
    let contents: Vec<Value> =
        sample.listings.iter().enumerate().map(|(at, listing)| service(&sample, listing, at, today)).collect();
    let page = json!({
        "total_items": contents.len(), "total_pages": 1, "page_number": 1, "size": contents.len(),
        "first_page": true, "last_page": true, "empty": false, "contents": contents,
    });
    page.to_string().into_bytes()
}

/// The id of a service of the sample, by its slug.
fn service_id(slug: &str) -> Id<kind::Service> {
    Id::named(NAMESPACE, &format!("service/{slug}"))
}

fn service(sample: &Sample, listing: &Listing, at: usize, today: NaiveDate) -> Value {
    let id = service_id(&listing.slug);
    let organization = organization(sample.organization(&listing.org));
    // Somebody looked in the last eleven weeks, on another day for each listing.
    let checked = today - Days::new(2 + (at as u64 * 11) % 75);
    let mut out = object(json!({
        "id": id,
        "organization_id": organization["id"],
        "organization": organization,
        "name": listing.name,
        "description": format!("{}\n\n{INVENTED}", one_line(&listing.description)),
        "status": "active",
        "eligibility_description": listing.who,
        "application_process": listing.how,
        "fees_description": listing.cost,
        "assured_date": checked.to_string(),
        "last_modified": format!("{checked}T09:00:00.000Z"),
        "phones": phones(id, listing),
        "languages": languages(id, &listing.languages),
        "cost_options": [{
            "id": child(id, "cost_option/0"), "service_id": id, "option": listing.cost,
            "currency": "GBP", "amount": listing.amount.unwrap_or(0.0),
        }],
        "attributes": attributes(id, listing),
    }));
    let mut say = |name: &str, value: Option<Value>| out.extend(value.map(|value| (name.to_owned(), value)));
    say("alternate_name", listing.alternate.as_ref().map(|name| json!(name)));
    say("email", listing.email.as_ref().map(|email| json!(email)));
    say("interpretation_services", listing.interpreters.as_ref().map(|text| json!(text)));
    say("minimum_age", listing.ages.first().map(|age| json!(age)));
    say("maximum_age", listing.ages.get(1).map(|age| json!(age)));
    let schedule =
        |of: &str, at: usize, when: &Attend| schedule(id, &format!("{of}schedule/{at}"), when, listing, today);
    let (at_places, everywhere): (Vec<_>, Vec<_>) =
        listing.when.iter().enumerate().partition(|(_, when)| when.place.is_some());
    let schedules: Vec<Value> = everywhere.into_iter().map(|(at, when)| schedule("", at, when)).collect();
    say("schedules", (!schedules.is_empty()).then(|| json!(schedules)));
    say("service_areas", (!listing.serves.is_empty()).then(|| service_areas(id, &listing.serves)));
    let places: Vec<Value> = listing
        .places
        .iter()
        .map(|slug| {
            let here = at_places.iter().filter(|(_, when)| when.place.as_ref() == Some(slug));
            let schedules: Vec<Value> = here.map(|(at, when)| schedule(&format!("{slug}/"), *at, when)).collect();
            service_at_location(id, sample.place(slug), schedules)
        })
        .collect();
    say("service_at_locations", (!places.is_empty()).then(|| json!(places)));
    Value::Object(out)
}

fn organization(organization: &Organization) -> Value {
    json!({
        "id": Id::<kind::Organization>::named(NAMESPACE, &format!("organization/{}", organization.slug)),
        "name": organization.name,
        "description": format!("{} Invented for the sample directory; nobody can be reached here.", one_line(&organization.about)),
        "website": format!("https://{}.example", organization.slug),
    })
}

fn phones(id: Id<kind::Service>, listing: &Listing) -> Value {
    let mut phones = Vec::new();
    if let Some(number) = &listing.phone {
        let mut phone =
            object(json!({ "id": child(id, "phone/voice"), "service_id": id, "number": number, "type": "voice" }));
        phone.extend(listing.phone_note.as_ref().map(|note| ("description".to_owned(), json!(note))));
        phones.push(Value::Object(phone));
    }
    if let Some(number) = &listing.text {
        phones.push(json!({ "id": child(id, "phone/text"), "service_id": id, "number": number, "type": "text", "description": "By text message." }));
    }
    Value::Array(phones)
}

fn languages(id: Id<kind::Service>, codes: &[String]) -> Value {
    let language = |code: &String| json!({ "id": child(id, &format!("language/{code}")), "service_id": id, "code": code, "name": language_name(code) });
    codes.iter().map(language).collect()
}

/// The English name of each language of the sample.
fn language_name(code: &str) -> &'static str {
    match code {
        "ar" => "Arabic",
        "bfi" => "British Sign Language",
        "cy" => "Welsh",
        "en" => "English",
        "fa" => "Farsi",
        "pa" => "Punjabi",
        "pl" => "Polish",
        "ti" => "Tigrinya",
        "ur" => "Urdu",
        _ => "Another language",
    }
}

/// The terms, the kind and the place mode.
fn attributes(id: Id<kind::Service>, listing: &Listing) -> Value {
    let facts = [("kith:kind", listing.kind.as_str()), (PLACE_MODE_LINK, listing.mode.as_str())];
    let facts = facts.into_iter().map(
        |(link, value)| json!({ "id": child(id, link), "link_id": id, "link_entity": "service", "link_type": link, "value": value }),
    );
    let terms = listing.terms.iter().filter_map(|term| vocabulary().term(term)).map(|term| {
        json!({
            "id": child(id, &format!("term/{}", term.id)), "link_id": id, "link_entity": "service", "link_type": "kith:term",
            "taxonomy_term_id": term.hsds_id(),
            "taxonomy_term": {
                "id": term.hsds_id(), "code": term.id, "name": term.label, "description": term.description,
                "taxonomy": HOUSE_TAXONOMY, "language": "en",
            },
        })
    });
    facts.chain(terms).collect()
}

fn service_areas(id: Id<kind::Service>, codes: &[String]) -> Value {
    let area = |code: &String| {
        json!({
            "id": child(id, &format!("service_area/{code}")), "service_id": id,
            "name": area_name(code), "extent": code, "extent_type": "text",
        })
    };
    codes.iter().map(area).collect()
}

/// The name of each area of the sample.
fn area_name(code: &str) -> &'static str {
    match code {
        "E12000003" => "Yorkshire and The Humber",
        "K02000001" => "United Kingdom",
        _ => "Another area",
    }
}

fn service_at_location(service: Id<kind::Service>, place: &Place, schedules: Vec<Value>) -> Value {
    let id: Id<kind::ServiceAtLocation> = Id::named(service, &format!("service_at_location/{}", place.slug));
    let location = location(place);
    let mut out =
        object(json!({ "id": id, "service_id": service, "location_id": location["id"], "location": location }));
    if !schedules.is_empty() {
        let here = schedules.into_iter().map(|schedule| {
            let mut schedule = object(schedule);
            schedule.insert("service_at_location_id".to_owned(), json!(id));
            schedule
        });
        out.insert("schedules".to_owned(), here.collect());
    }
    Value::Object(out)
}

fn location(place: &Place) -> Value {
    let id: Id<kind::Location> = Id::named(NAMESPACE, &format!("location/{}", place.slug));
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

fn schedule(service: Id<kind::Service>, name: &str, when: &Attend, listing: &Listing, today: NaiveDate) -> Value {
    let start = dates::first_day(when, today).expect("every schedule of the sample is read by a test");
    json!({
        "id": child(service, name),
        "service_id": service,
        "freq": when.freq.as_str(),
        "interval": when.every,
        "byday": when.on,
        "dtstart": start.to_string(),
        "valid_from": start.to_string(),
        "opens_at": when.from,
        "closes_at": when.to,
        "description": when.say,
        "attending_type": when.attending.as_deref().unwrap_or_else(|| listing.mode.attending()),
    })
}

/// The id of a child of a service that has no table of its own here.
fn child(service: Id<kind::Service>, name: &str) -> Id<kind::Attribute> {
    Id::named(service, name)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// A text that was wrapped for reading in the file, unwrapped.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
