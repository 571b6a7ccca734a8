//! What holds of every listing of the sample, whoever edits its texts. What the whole of it shows: `promises`.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::{INVENTED, listings::Sample, one_line, package, places::area_name};
use crate::{
    domain::{
        clock::SeededChance,
        place::PlaceMode,
        vocabulary::{describes_at_risk, is_at_risk, vocabulary},
    },
    exchange::{Draft, Format, Kept, Package, SourceIds, Survey, decide},
};

/// The ranges of numbers that Ofcom keeps for drama, each with the length of a whole number.
const DRAMA: [(&str, usize); 11] = [
    ("01632 960", 12),
    ("0113 496 0", 13),
    ("0121 496 0", 13),
    ("0141 496 0", 13),
    ("0161 496 0", 13),
    ("020 7946 0", 13),
    ("028 9649 6", 13),
    ("029 2018 0", 13),
    ("03069 990", 12),
    ("07700 900", 12),
    ("0808 157 0", 13),
];

/// The services of the package of a day, and the organisations that stand beside them.
fn items() -> (Vec<Value>, Vec<Value>) {
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let page: Value = serde_json::from_slice(&package(today)).unwrap();
    page["contents"].as_array().unwrap().iter().cloned().partition(|item| item.get("organization_id").is_some())
}

fn services() -> Vec<Value> {
    items().0
}

/// Calls `look` for every object inside, with the name it stands under.
fn each_object(name: &str, value: &Value, look: &mut impl FnMut(&str, &serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            look(name, object);
            object.iter().for_each(|(name, value)| each_object(name, value, look));
        }
        Value::Array(list) => list.iter().for_each(|value| each_object(name, value, look)),
        _ => {}
    }
}

#[test]
fn there_are_at_least_170_and_every_slug_leads_somewhere() {
    let sample = Sample::compiled_in();
    let slugs: HashSet<&str> = sample.listings.iter().map(|listing| listing.slug.as_str()).collect();
    assert!(slugs.len() >= 170, "{}", slugs.len());
    assert_eq!((sample.listings.len(), services().len()), (slugs.len(), slugs.len()));
    let organizations: HashSet<&str> = sample.organizations.iter().map(|one| one.slug.as_str()).collect();
    assert_eq!(organizations.len(), sample.organizations.len());
    assert!(sample.networks().all(|network| network.name.ends_with("(sample)")));
    for listing in &sample.listings {
        assert!(sample.organization(&listing.org).name.ends_with("(sample)"));
        for place in listing.places.iter().chain(listing.when.iter().filter_map(|when| when.place.as_ref())) {
            assert!(listing.places.contains(&sample.place(place).slug), "{}", listing.slug);
        }
        assert!(listing.serves.iter().all(|code| area_name(code).is_some()), "{}", listing.slug);
    }
    let places: HashSet<&str> = sample.places.iter().map(|place| place.slug.as_str()).collect();
    assert_eq!(places.len(), sample.places.len());
    for place in &sample.places {
        let used = |slugs: &[String]| slugs.contains(&place.slug);
        assert!(sample.listings.iter().any(|listing| used(&listing.places)), "nothing happens at {}", place.slug);
    }
}

#[test]
fn every_object_has_what_the_standard_requires() {
    let required: HashMap<&str, &[&str]> = HashMap::from([
        ("contents", &["name", "status", "organization_id"][..]),
        ("organization", &["name", "description"][..]),
        ("service_at_locations", &["service_id", "location_id", "location"][..]),
        ("location", &["location_type", "latitude", "longitude"][..]),
        ("addresses", &["address_1", "city", "state_province", "postal_code", "country", "address_type"][..]),
        ("phones", &["number"][..]),
        ("taxonomy_term", &["name", "description", "code"][..]),
        ("schedules", &["freq", "byday", "dtstart", "opens_at", "closes_at"][..]),
        ("attributes", &["link_type"][..]),
        ("locations", &["location_type", "latitude", "longitude"][..]),
        ("service_areas", &["name", "extent"][..]),
        ("languages", &["code"][..]),
        ("cost_options", &["amount"][..]),
        ("accessibility", &["description"][..]),
    ]);
    let mut ids: HashMap<String, String> = HashMap::new();
    let (mut services, mut networks) = items();
    // No part of the standard.
    for record in services.iter_mut().chain(&mut networks) {
        record.as_object_mut().unwrap().remove("kith");
        if let Some(organization) = record.get_mut("organization").and_then(Value::as_object_mut) {
            organization.remove("kith");
        }
    }
    let mut look = |name: &str, object: &serde_json::Map<String, Value>| {
        let id = object["id"].as_str().unwrap();
        assert_eq!(id.len(), 36, "{name}");
        for field in required.get(name).unwrap_or_else(|| panic!("{name} is not an object of the standard")).iter() {
            assert!(object.get(*field).is_some_and(|value| !value.is_null() && value != ""), "{name} without {field}");
        }
        // The same id always names the same kind of thing.
        let name = if name == "locations" { "location" } else { name };
        assert_eq!(ids.entry(id.to_owned()).or_insert_with(|| name.to_owned()), name);
        assert!(object.values().all(|value| !value.is_null()), "{name}: null is not valid HSDS");
    };
    each_object("contents", &Value::Array(services), &mut look);
    each_object("organization", &Value::Array(networks), &mut look);
}

#[test]
fn the_same_day_gives_the_same_bytes_and_ids_never_change() {
    let day = |d| NaiveDate::from_ymd_opt(2027, 3, d).unwrap();
    assert_eq!(package(day(1)), package(day(1)));
    let ids = |d| {
        let page: Value = serde_json::from_slice(&package(day(d))).unwrap();
        page["contents"].as_array().unwrap().iter().map(|service| service["id"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(1), ids(28));
    assert_eq!(super::service_id("tuesday-grief-circle").to_string(), "0fcd712c-bbb9-5f70-bb78-40a9cc44a57d");
}

#[test]
fn every_term_is_in_the_vocabulary_and_says_need_kind_of_support_and_way_in() {
    let sample = Sample::compiled_in();
    for term in sample.networks().flat_map(|network| &network.terms) {
        assert!(vocabulary().term(term).is_some(), "{term}");
    }
    for listing in &sample.listings {
        let facets: Vec<&str> = listing
            .terms
            .iter()
            .map(|id| vocabulary().term(id).unwrap_or_else(|| panic!("{}: {id}", listing.slug)).facet.as_str())
            .collect();
        for facet in ["need", "support", "audience", "way_in"] {
            assert!(facets.contains(&facet), "{} has no {facet}", listing.slug);
        }
        assert_eq!(listing.terms.iter().collect::<HashSet<_>>().len(), listing.terms.len(), "{}", listing.slug);
    }
}

#[test]
fn texts_are_of_a_good_length_each_their_own_and_marked_as_invented() {
    let mut seen = HashSet::new();
    for service in services() {
        let description = service["description"].as_str().unwrap();
        let text = description.strip_suffix(INVENTED).unwrap();
        let words = text.split_whitespace().count();
        assert!((40..=90).contains(&words), "{}: {words} words", service["name"]);
        assert!(seen.insert(text.to_owned()));
        assert!(!text.contains(" !") && !text.contains('<'), "{}", service["name"]);
    }
}

#[test]
fn nobody_can_be_rung_written_to_or_found() {
    let sample = Sample::compiled_in();
    let drama = |number: &str| {
        let known = DRAMA.iter().any(|(start, length)| number.starts_with(start) && number.len() == *length);
        assert!(known && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '), "{number}");
    };
    let mut numbers = HashSet::new();
    let mut numbered = |number: &String| {
        drama(number);
        assert!(numbers.insert(number.clone()), "{number} twice");
    };
    for listing in &sample.listings {
        listing.phone.iter().chain(&listing.text).for_each(&mut numbered);
        assert!(listing.email.iter().all(|email| email.ends_with(".example")), "{}", listing.slug);
        let organization = sample.organization(&listing.org);
        let own = listing.phone.is_some() || listing.text.is_some() || listing.email.is_some();
        assert!(own || organization.phone.is_some(), "{}", listing.slug);
    }
    for organization in &sample.organizations {
        organization.phone.iter().for_each(&mut numbered);
        assert!(organization.email.iter().all(|email| email.ends_with(".example")), "{}", organization.slug);
        assert!(organization.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "a web address");
        let Some(contact) = organization.network.as_ref().map(|network| &network["contact"]) else { continue };
        contact["phone"].as_str().into_iter().for_each(drama);
        assert!(contact["email"].as_str().is_some_and(|email| email.ends_with(".example")), "{}", organization.slug);
    }
    for place in &sample.places {
        assert!(!place.street.contains(|c: char| c.is_ascii_digit()), "{} has a house number", place.slug);
        assert!(
            place.at.iter().all(|degrees| (degrees * 1000.0 - (degrees * 1000.0).round()).abs() < 1e-6),
            "{}",
            place.slug
        );
        assert!(place.postcode.ends_with(['T', 'X', 'Y', 'Z']), "{}", place.postcode);
    }
}

#[test]
fn the_refuge_has_an_area_and_no_place_and_only_what_has_a_place_has_a_point() {
    let mut modes: HashMap<String, usize> = HashMap::new();
    for service in services() {
        let value = |link: &str| {
            let attributes = service["attributes"].as_array().unwrap();
            attributes.iter().find(|attribute| attribute["link_type"] == link).unwrap()["value"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let mode = value("kith:place_mode");
        assert_eq!(service.get("service_at_locations").is_some(), mode == "exact", "{}", service["name"]);
        assert_eq!(service.get("service_areas").is_some(), mode != "exact", "{}", service["name"]);
        // Nothing else in the sample may be taken for a refuge by its words.
        let said = is_at_risk(service["name"].as_str().unwrap())
            || describes_at_risk(service["description"].as_str().unwrap());
        assert_eq!(said, mode == "area", "{}", service["name"]);
        assert!(["group", "service", "helpline", "place"].contains(&value("kith:kind").as_str()));
        if mode == "area" {
            assert!(service.get("schedules").is_none() && !service.to_string().contains("latitude"));
        }
        *modes.entry(mode).or_default() += 1;
    }
    assert_eq!((modes.len(), modes["area"]), (3, 1));
}

#[test]
fn grief_near_ls6_has_a_weekly_a_fortnightly_and_a_monthly_group() {
    let near: Vec<Value> = services()
        .into_iter()
        .filter(|service| {
            let postcode = &service["service_at_locations"][0]["location"]["addresses"][0]["postal_code"];
            let grief =
                service["attributes"].as_array().unwrap().iter().any(|a| a["taxonomy_term"]["code"] == "bereavement");
            grief && postcode.as_str().is_some_and(|p| p.starts_with("LS6"))
        })
        .collect();
    let rhythm = |service: &Value| {
        format!(
            "{} {} {}",
            service["schedules"][0]["freq"], service["schedules"][0]["interval"], service["schedules"][0]["byday"]
        )
    };
    let rhythms: HashSet<String> = near.iter().map(rhythm).collect();
    for wanted in [r#""WEEKLY" 1 "TU""#, r#""WEEKLY" 2 "SA""#, r#""MONTHLY" 1 "2TH""#] {
        assert!(rhythms.contains(wanted), "{wanted} is not in {rhythms:?}");
    }
}

#[test]
fn the_importer_reads_every_item_without_a_fault_and_protects_the_refuge() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let bytes = package(today);
    let file = Package::open(&bytes, &Format::Hsds).unwrap();
    let decisions = decide(&Survey::of(file.sketches().unwrap(), &|_| None).unwrap(), &Kept::default());
    let chance = SeededChance::new(1);
    let mut ids = SourceIds::new(super::NAMESPACE, &chance);
    let (mut modes, mut withheld, mut networks, mut stale) = (Vec::new(), 0, 0, Vec::new());
    for item in file.records(&decisions, &mut ids).unwrap() {
        let item = item.unwrap();
        // What is passed over to protect a place is noted; of all else nothing needed mending.
        assert!(item.notices.is_empty() || item.withheld > 0, "row {}: {:?}", item.row, item.notices);
        withheld += usize::from(item.withheld > 0);
        let drafts = item.result.unwrap();
        networks += usize::from(drafts.iter().all(|draft| !matches!(draft, Draft::Service(_))));
        for draft in drafts {
            let Draft::Service(service) = draft else { continue };
            modes.push(service.facts.mode);
            if service.facts.coming.clone().believed_on(today) != service.facts.coming {
                stale.push(service.record.name);
            }
        }
    }
    let sample = Sample::compiled_in();
    assert_eq!((modes.len(), withheld, networks), (sample.listings.len(), 1, sample.networks().count()));
    assert_eq!(modes.iter().filter(|mode| **mode == PlaceMode::Area).count(), 1);
    assert_eq!(stale, ["Wednesday Watercolours"], "only what nobody has confirmed is said too long ago to be believed");
}

#[test]
fn wrapped_texts_come_out_in_one_line() {
    assert_eq!(one_line(" a\n b  c\n"), "a b c");
}
