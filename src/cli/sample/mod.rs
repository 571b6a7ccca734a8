//! The sample directory: invented listings in Leeds, a market town and its dales, a Welsh valley, the
//! Highlands, Northern Ireland, either side of a border and elsewhere, and by phone or online for all; the networks that they
//! belong to, what they have agreed with one another, how each works, and a library for those who support people.
//!
//! [`package`] gives them as one page of HSDS 3.1 JSON, so that they come in through the importer like
//! any file. The texts are in the `.toml` files beside this one. Nobody in them exists: organisations
//! end in "(sample)", every description says that it is invented, phone numbers are of the ranges that
//! Ofcom keeps for drama, and names on the internet end in `.example`.

mod access;
mod coming;
mod dates;
mod extension;
mod links;
mod listings;
mod places;

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use self::{
    listings::{Attend, Listing, Organization, Sample},
    places::{location, service_areas, service_at_location},
};
use crate::domain::{
    id::{Id, kind},
    taxonomy::{HOUSE_TAXONOMY, PLACE_MODE_LINK},
    vocabulary::vocabulary,
};

/// What every id of the sample is named from, so that it is the same in every run.
const NAMESPACE: Id<kind::Source> = Id::from_u128(0x6b69_7468_7361_4d70_8c65_0000_0000_0001);

/// The sentence that ends each description.
const INVENTED: &str = "Invented sample listing.";

/// The slug of the listing that is withdrawn once the sample has been imported, so that its page says so.
pub const WITHDRAWN: &str = "quiet-hour-kirkstall";

/// A listing and a term that are held once the sample has been imported, each with its ground, so that both can be seen.
pub fn held() -> [(String, &'static str); 2] {
    [(service_id("second-plate").to_string(), "unclear"), ("strengths-based".to_owned(), "not_asked")]
}

/// The sample as one HSDS 3.1 page, its dates set around `today`.
///
/// The same day gives the same bytes.
pub fn package(today: NaiveDate) -> Vec<u8> {
    let sample = Sample::compiled_in();
    let services = sample.listings.iter().enumerate().map(|(at, listing)| service(sample, listing, at, today));
    let contents: Vec<Value> =
        services.chain(sample.networks().map(|network| network_of(sample, network, today))).collect();
    let page = json!({
        "total_items": contents.len(), "total_pages": 1, "page_number": 1, "size": contents.len(),
        "first_page": true, "last_page": true, "empty": false, "contents": contents,
    });
    page.to_string().into_bytes()
}

/// The id that the sample's package gives to a service, by its slug.
pub fn service_id(slug: &str) -> Id<kind::Service> {
    Id::named(NAMESPACE, &format!("service/{slug}"))
}

/// The id that it gives to an organisation, by its slug.
fn organization_id(slug: &str) -> Id<kind::Organization> {
    Id::named(NAMESPACE, &format!("organization/{slug}"))
}

fn service(sample: &Sample, listing: &Listing, at: usize, today: NaiveDate) -> Value {
    let id = service_id(&listing.slug);
    let organization = organization(sample.organization(&listing.org), today);
    // Unless the listing says otherwise, somebody looked in the last eleven weeks, on another day for each.
    let checked = today - Days::new(listing.checked.map_or(2 + (at as u64 * 11) % 75, u64::from));
    let mut out = object(json!({
        "id": id,
        "organization_id": organization["id"],
        "organization": organization,
        "name": listing.name,
        "description": format!("{}\n\n{INVENTED}", one_line(&listing.description)),
        "status": listing.status.as_deref().unwrap_or("active"),
        "assured_date": checked.to_string(),
        "last_modified": format!("{checked}T09:00:00.000Z"),
        "phones": phones(id, listing),
        "languages": languages(id, &listing.languages),
        "attributes": attributes(id, listing, checked),
    }));
    let mut say = |name: &str, value: Option<Value>| out.extend(value.map(|value| (name.to_owned(), value)));
    let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    say("eligibility_description", text(&listing.who));
    say("application_process", text(&listing.how));
    say("fees_description", text(&listing.cost));
    say("cost_options", listing.cost.as_ref().map(|cost| cost_options(id, cost, listing.amount)));
    say(
        "alert",
        listing.alert.as_ref().map(|alert| {
            json!(
                dates::filled(alert, listing.when.first(), today).expect("every alert of the sample is read by a test")
            )
        }),
    );
    let mut own = coming::coming(listing, at, today).map(|coming| object(json!(coming))).unwrap_or_default();
    own.extend(links::stated_by(&listing.slug, today).map(|links| ("links".to_owned(), links)));
    for (name, said) in [("practice", &listing.practice), ("resource", &listing.resource)] {
        own.extend(said.as_ref().map(|said| (name.to_owned(), dated(said, today))));
    }
    say("kith", (!own.is_empty()).then(|| json!(own)));
    say("alternate_name", text(&listing.alternate));
    say("url", listing.page.as_ref().map(|page| json!(format!("https://{}.example/{page}", listing.org))));
    say("email", text(&listing.email));
    say("interpretation_services", text(&listing.interpreters));
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

fn organization(organization: &Organization, today: NaiveDate) -> Value {
    let id = organization_id(&organization.slug);
    let mut out = object(json!({
        "id": id,
        "name": organization.name,
        "description": format!("{} Invented for the sample directory; nobody can be reached here.", one_line(&organization.about)),
        "website": format!("https://{}.example", organization.slug),
    }));
    out.extend(organization.email.as_ref().map(|email| ("email".to_owned(), json!(email))));
    let phone = organization.phone.as_ref().map(|number| {
        let id: Id<kind::Phone> = Id::named(id, "phone/voice");
        ("phones".to_owned(), json!([{ "id": id, "number": number, "type": "voice" }]))
    });
    out.extend(phone);
    let links = links::stated_by(&format!("organization:{}", organization.slug), today);
    out.extend(links.map(|links| ("kith".to_owned(), json!({ "links": links }))));
    Value::Object(out)
}

/// An organisation that is listed itself, with its terms and places.
fn network_of(sample: &Sample, network: &Organization, today: NaiveDate) -> Value {
    let mut out = object(organization(network, today));
    let id = organization_id(&network.slug);
    let links = links::stated_by(&format!("network:{}", network.slug), today);
    let mut own: Map<String, Value> = links.map(|links| ("links".to_owned(), links)).into_iter().collect();
    own.extend(network.network.as_ref().map(|said| ("network".to_owned(), dated(said, today))));
    if !own.is_empty() {
        out.insert("kith".to_owned(), own.into());
    }
    out.insert("attributes".to_owned(), terms(id, "organization", &network.terms).collect());
    let places: Vec<Value> = network.places.iter().map(|slug| location(sample.place(slug))).collect();
    if !places.is_empty() {
        out.insert("locations".to_owned(), json!(places));
    }
    Value::Object(out)
}

fn dated(said: &Value, today: NaiveDate) -> Value {
    extension::dated(said, today).expect("every day of the sample is read by a test")
}

fn cost_options(id: Id<kind::Service>, cost: &str, amount: Option<f64>) -> Value {
    json!([{
        "id": child(id, "cost_option/0"), "service_id": id, "option": cost,
        "currency": "GBP", "amount": amount.unwrap_or(0.0),
    }])
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
        "bn" => "Bengali",
        "cy" => "Welsh",
        "en" => "English",
        "es" => "Spanish",
        "fa" => "Farsi",
        "ga" => "Irish",
        "gd" => "Scottish Gaelic",
        "isg" => "Irish Sign Language",
        "pa" => "Punjabi",
        "pl" => "Polish",
        "ro" => "Romanian",
        "so" => "Somali",
        "ti" => "Tigrinya",
        "uk" => "Ukrainian",
        "ur" => "Urdu",
        _ => "Another language",
    }
}

/// The terms, the kind, the place mode and what is answered about access.
fn attributes(id: Id<kind::Service>, listing: &Listing, asked: NaiveDate) -> Value {
    let facts = [("kith:kind", listing.kind.as_str()), (PLACE_MODE_LINK, listing.mode.as_str())];
    let facts = facts.into_iter().map(
        |(link, value)| json!({ "id": child(id, link), "link_id": id, "link_entity": "service", "link_type": link, "value": value }),
    );
    let plain: Vec<String> =
        listing.terms.iter().filter(|term| !access::answers_by_itself(listing, term)).cloned().collect();
    facts.chain(terms(id, "service", &plain)).chain(access::attributes(listing, asked)).collect()
}

/// House terms as attributes of a record; `entity` is the standard's word for what the record is.
fn terms<K>(id: Id<K>, entity: &str, ids: &[String]) -> impl Iterator<Item = Value> {
    ids.iter().filter_map(|term| vocabulary().term(term)).map(move |term| {
        json!({
            "id": Id::<kind::Attribute>::named(id, &format!("term/{}", term.id)), "link_id": id, "link_entity": entity,
            "link_type": "kith:term",
            "taxonomy_term_id": term.hsds_id(),
            "taxonomy_term": {
                "id": term.hsds_id(), "code": term.id, "name": term.label, "description": term.description,
                "taxonomy": HOUSE_TAXONOMY, "language": "en",
            },
        })
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
mod promises;
#[cfg(test)]
mod promises_links;
#[cfg(test)]
mod tests;
