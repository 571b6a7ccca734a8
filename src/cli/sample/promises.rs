//! What the sample as a whole shows: every region, every state a listing can be in, an evening to go to
//! on each day, two of a kind where people should have a choice, and what a person needs to decide.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    WITHDRAWN, access, dates,
    links::{self, Speaker},
    listings::{Freq, Listing, Mode, Sample},
    one_line, package, service_id,
};
use crate::domain::{
    access::{AccessAnswer, AccessFact},
    coming::{Accepting, Attending},
    read::read,
    taxonomy::Attribute,
    vocabulary::{Facet, values::Relationship, vocabulary},
};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// The United Kingdom and its nations.
const NATIONS: [&str; 5] = ["K02000001", "E92000001", "W92000004", "S92000003", "N92000002"];

/// The middle of the postcode sector LS6 2, and of Hexham.
const LEEDS: [f64; 2] = [53.817, -1.563];
const HEXHAM: [f64; 2] = [54.971, -2.101];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// Kilometres on a sphere: exact enough for circles of a few kilometres.
fn kilometres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [north, east] = [(b[0] - a[0]).to_radians(), (b[1] - a[1]).to_radians()];
    let half =
        (north / 2.0).sin().powi(2) + a[0].to_radians().cos() * b[0].to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * 6_371.0 * half.sqrt().asin()
}

fn accepting(listing: &Listing) -> Option<Accepting> {
    listing.come.as_ref()?.accepting
}

/// Listings with a place whose postcode starts so.
fn at<'s>(sample: &'s Sample, postcode: &str) -> Vec<&'s Listing> {
    let here = |slug: &String| sample.place(slug).postcode.starts_with(postcode);
    sample.listings.iter().filter(|listing| listing.places.iter().any(here)).collect()
}

fn has(listing: &Listing, term: &str) -> bool {
    listing.terms.iter().any(|id| id == term)
}

#[test]
fn every_region_has_its_listings() {
    let sample = Sample::compiled_in();
    let count = |starts: &[&str]| {
        let found: HashSet<&str> =
            starts.iter().flat_map(|start| at(sample, start)).map(|listing| listing.slug.as_str()).collect();
        found.len()
    };
    assert!(count(&["LS"]) >= 60, "{}", count(&["LS"]));
    assert!(count(&["NE4"]) >= 20, "{}", count(&["NE4"]));
    assert!(count(&["CF39", "CF4"]) >= 20, "{}", count(&["CF39", "CF4"]));
    assert!(count(&["IV", "PH", "KW"]) >= 10);
    assert!(count(&["BT"]) >= 10);
    assert_eq!((count(&["DG16"]), count(&["CA6"])), (3, 3), "a town on each side of a border");
    let wide = sample.listings.iter().filter(|listing| {
        listing.mode == Mode::Remote && listing.serves.iter().all(|code| NATIONS.contains(&code.as_str()))
    });
    assert!(wide.count() >= 20);
}

/// Evenings a week, by day, at which a newcomer may turn up or ask to, within so many kilometres.
fn evenings(sample: &Sample, from: [f64; 2], within: f64) -> HashMap<&'static str, usize> {
    let mut evenings = HashMap::new();
    let open = sample.listings.iter().filter(|listing| {
        let closed = matches!(accepting(listing), Some(Accepting::Full | Accepting::Paused));
        !closed && listing.status.is_none() && listing.slug != WITHDRAWN
    });
    for listing in open {
        for when in listing.when.iter().filter(|when| {
            when.freq == Freq::Weekly && when.every == 1 && !when.cancelled && when.from.as_str() >= "17:00"
        }) {
            let places: Vec<&String> =
                when.place.as_ref().map_or_else(|| listing.places.iter().collect(), |place| vec![place]);
            if places.iter().any(|place| kilometres(from, sample.place(place).at) <= within) {
                for day in DAYS.iter().filter(|day| when.on.split(',').any(|on| on == **day)) {
                    *evenings.entry(*day).or_default() += 1;
                }
            }
        }
    }
    evenings
}

#[test]
fn there_is_somewhere_to_go_on_every_evening_of_the_week() {
    let sample = Sample::compiled_in();
    let (city, town) = (evenings(sample, LEEDS, 5.0), evenings(sample, HEXHAM, 25.0));
    for day in DAYS {
        assert!(city.get(day).is_some_and(|count| *count >= 3), "{day}: {city:?}");
        assert!(town.get(day).is_some_and(|count| *count >= 1), "{day}: {town:?}");
    }
    assert!(kilometres(LEEDS, HEXHAM) > 130.0 && kilometres(LEEDS, HEXHAM) < 135.0);
}

#[test]
fn rules_have_no_end_and_a_cancelled_session_is_left_out() {
    let page: Value = serde_json::from_slice(&package(today())).unwrap();
    let mut late = Vec::new();
    for service in page["contents"].as_array().unwrap() {
        let of_places = service["service_at_locations"].as_array().into_iter().flatten();
        let lists = of_places.chain([service]).filter_map(|holder| holder["schedules"].as_array());
        for schedule in lists.flatten() {
            assert!(
                ["until", "count", "valid_to"].iter().all(|end| schedule.get(end).is_none()),
                "{}",
                service["name"]
            );
            if schedule["dtstart"].as_str().unwrap() > today().to_string().as_str() {
                late.push(format!("{} {}", service["name"].as_str().unwrap(), schedule["dtstart"].as_str().unwrap()));
            }
        }
    }
    assert_eq!(late, ["Second Plate 2026-12-03"], "the meeting of 26 November is cancelled, the next is not");
}

#[test]
fn every_state_of_a_listing_is_there() {
    let sample = Sample::compiled_in();
    let some = |what: &str, look: &dyn Fn(&Listing) -> bool| {
        assert!(sample.listings.iter().any(look), "no listing is {what}");
    };
    let wait = |listing: &Listing| listing.come.as_ref().map(|come| come.wait.clone()).unwrap_or_default();
    let alert = |listing: &Listing, words: &str| listing.alert.as_ref().is_some_and(|alert| alert.contains(words));
    some("full", &|listing| accepting(listing) == Some(Accepting::Full));
    some("waiting fourteen weeks", &|listing| {
        accepting(listing) == Some(Accepting::WaitingList) && wait(listing) == [14, 14]
    });
    some("paused till a date", &|listing| accepting(listing) == Some(Accepting::Paused) && alert(listing, "until {+"));
    some("cancelled this week", &|listing| {
        listing.when.iter().any(|when| when.cancelled) && alert(listing, "{next}") && alert(listing, "{after}")
    });
    some("moved this week", &|listing| alert(listing, "Moved this week") && alert(listing, "{next}"));
    some("ended with a successor", &|listing| {
        let follows = |other: &Listing| other.slug != listing.slug && alert(listing, &other.name);
        listing.status.as_deref() == Some("defunct") && listing.when.is_empty() && sample.listings.iter().any(follows)
    });
    some("closed for a while", &|listing| listing.status.as_deref() == Some("temporarily closed"));
    some("unconfirmed for fourteen months", &|listing| listing.checked.is_some_and(|days| (420..=435).contains(&days)));
    some("being checked", &|listing| alert(listing, "Being checked"));
    some("imported and unclaimed", &|listing| {
        let own = listing.phone.is_some() || listing.text.is_some() || listing.email.is_some() || listing.how.is_some();
        !own && sample.organization(&listing.org).phone.is_some() && alert(listing, "not yet claimed")
    });
    some("silent on access", &|listing| {
        let spoken = ["step-free", "accessible-toilet", "hearing-loop", "quiet-room"];
        !listing.places.is_empty()
            && listing.places.iter().all(|place| sample.place(place).access.is_empty())
            && !spoken.iter().any(|term| has(listing, term))
    });
    for listing in &sample.listings {
        let Some(alert) = &listing.alert else { continue };
        let filled = dates::filled(alert, listing.when.first(), today());
        assert!(filled.is_some_and(|text| !text.contains(['{', '}'])), "{}", listing.slug);
    }
}

#[test]
fn one_listing_is_there_to_be_withdrawn() {
    let page: Value = serde_json::from_slice(&package(today())).unwrap();
    let id = service_id(WITHDRAWN).to_string();
    let found = page["contents"].as_array().unwrap().iter().find(|service| service["id"] == id.as_str()).unwrap();
    assert_eq!(found["status"], "active");
}

#[test]
fn there_are_two_of_a_kind_where_people_should_have_a_choice() {
    let sample = Sample::compiled_in();
    let young = |listing: &Listing| matches!(listing.ages[..], [from, to] if (8..=14).contains(&from) && (17..=18).contains(&to));
    let leads_two = |town: &str, what: &str, look: &dyn Fn(&Listing) -> bool| {
        let found = at(sample, town).into_iter().filter(|listing| listing.status.is_none() && look(listing)).count();
        assert!(found >= 2, "{what} in {town}: {found}");
    };
    let held_in = |listing: &Listing, code: &str| listing.languages.iter().any(|language| language == code);
    for town in ["LS", "NE4", "CF4"] {
        for term in ["men", "women", "bereavement", "family-carers", "lgbt", "hearing-voices"] {
            leads_two(town, term, &|listing| has(listing, term));
        }
        leads_two(town, "11 to 17", &young);
    }
    leads_two("CF", "worker-support", &|listing| has(listing, "worker-support"));
    for term in ["worker-support", "bsl-led", "fares-paid", "muslim", "young-carers", "prison-leavers", "fathers"] {
        leads_two("LS", term, &|listing| has(listing, term));
    }
    leads_two("LS", "Polish", &|listing| held_in(listing, "pl"));
    leads_two("LS", "Urdu", &|listing| held_in(listing, "ur"));
    assert!(sample.listings.iter().any(|listing| has(listing, "creche")));
    let bus = sample.listings.iter().find(|listing| listing.slug == "fell-minibus-outreach").unwrap();
    assert!(has(bus, "lift-offered") && bus.places.len() == 2);
}

#[test]
fn what_is_needed_to_decide_is_said_by_most_and_left_unsaid_by_some() {
    let sample = Sample::compiled_in();
    let page: Value = serde_json::from_slice(&package(today())).unwrap();
    let all = page["contents"].as_array().unwrap();
    // Links, cards, networks and resources say nothing of how to come.
    let apart = ["links", "practice", "network", "resource"];
    let says_more = |own: &&Value| own.as_object().unwrap().keys().any(|name| !apart.contains(&name.as_str()));
    let said: Vec<&Value> = all.iter().filter_map(|service| service.get("kith")).filter(says_more).collect();
    assert!(said.len() * 3 >= sample.listings.len() * 2, "{} of {}", said.len(), sample.listings.len());
    assert!(said.len() + 20 <= sample.listings.len(), "some leave it unsaid");
    for field in [
        "/accepting",
        "/accepting_checked_on",
        "/wait/weeks_to",
        "/how_to_come/routes/0",
        "/how_to_come/who_may_refer",
        "/how_to_come/form_url",
        "/how_to_come/form_type",
        "/how_to_come/mailbox",
        "/how_to_come/what_to_send",
        "/how_to_come/consent",
        "/how_to_come/reply_within_days",
        "/how_to_come/exclusions",
        "/how_to_come/professional_enquiries",
        "/contact_by/0",
        "/phone_hours",
        "/languages/0/how",
        "/cost",
        "/concessions",
        "/travel_help",
        "/attending/0",
        "/steward_asks/self_referral_only",
        "/steward_asks/professionals_may_ring_first",
        "/steward_asks/no_referral_lists",
        "/steward_asks/newcomers_a_month",
    ] {
        let count = said.iter().filter(|coming| coming.pointer(field).is_some()).count();
        assert!(count >= 3, "{field}: {count}");
    }
    for listing in &sample.listings {
        let Some(come) = &listing.come else { continue };
        // The word for the cost, the sentence and the amount agree.
        let free = listing.cost.as_ref().is_none_or(|cost| cost.starts_with("Free"));
        assert!(free || come.cost.is_some() || listing.amount.is_some(), "{}", listing.slug);
        assert!(!come.mailbox || listing.email.is_some(), "{}", listing.slug);
        assert!(come.wait.is_empty() || (come.wait.len() == 2 && come.wait[0] <= come.wait[1]), "{}", listing.slug);
        let by_phone = come.attending == [Attending::Phone];
        assert!(!by_phone || listing.phone.is_some(), "{}", listing.slug);
        let spoken: Vec<&String> = listing.languages.iter().chain(&come.bilingual).chain(&come.interpreter).collect();
        assert_eq!(spoken.iter().collect::<HashSet<_>>().len(), spoken.len(), "{} says a language twice", listing.slug);
    }
}

#[test]
fn one_neighbourhood_knows_its_own_and_each_listing_leads_to_the_others() {
    let sample = Sample::compiled_in();
    let slugs = ["armley-trauma-service", "canal-voices-choir", "armley-good-neighbours"];
    let chain = slugs.map(|slug| sample.listings.iter().find(|listing| listing.slug == slug).unwrap());
    for listing in chain {
        let text = one_line(&listing.description);
        let leads_to = |other: &str| {
            let between = |a: &str, b: &str| a == listing.slug && b == other;
            links::all()
                .iter()
                .any(|link| link.both && (between(&link.from, &link.to) || between(&link.to, &link.from)))
        };
        for other in chain.iter().filter(|other| other.slug != listing.slug) {
            assert!(text.contains(&other.name), "{} does not name {}", listing.name, other.name);
            assert!(leads_to(&other.slug), "{} is not linked with {}", listing.name, other.name);
        }
        assert!(leads_to("network:west-leeds-circle"), "{}", listing.name);
    }
}

#[test]
fn links_of_many_kinds_lead_to_what_is_there_in_all_three_states() {
    let sample = Sample::compiled_in();
    let is_there = |slug: &str| match slug.split_once(':') {
        Some(("network", slug)) => sample.networks().any(|network| network.slug == slug),
        Some(("organization", slug)) => sample.organizations.iter().any(|one| one.slug == slug),
        _ => sample.listings.iter().any(|listing| listing.slug == slug),
    };
    let mut said = HashSet::new();
    for link in links::all() {
        assert!(is_there(&link.from) && is_there(&link.to) && link.from != link.to, "{} {}", link.from, link.to);
        assert!(Relationship::from_word(&link.is).is_some(), "{}", link.is);
        assert!(said.insert((&link.from, &link.is, &link.to)), "{} {} twice", link.from, link.to);
    }
    let kinds: HashSet<&str> = links::all().iter().map(|link| link.is.as_str()).collect();
    assert!(kinds.len() >= 7, "{kinds:?}");
    let count = |look: &dyn Fn(&links::Link) -> bool| links::all().iter().filter(|link| look(link)).count();
    assert!(count(&|link| link.both && !link.over) >= 20, "agreed");
    assert!(count(&|link| !link.both && !link.over) >= 6, "claimed");
    assert!(count(&|link| link.over) >= 3, "lapsed");
    assert!(count(&|link| !link.both && link.said_by == Speaker::To) >= 2, "claimed by the other side");
}

#[test]
fn access_is_answered_by_many_in_every_way_and_left_open_by_some() {
    let page: Value = serde_json::from_slice(&package(today())).unwrap();
    let mut counts: HashMap<AccessAnswer, usize> = HashMap::new();
    let (mut listings, mut notes, mut silent) = (0, 0, 0);
    for service in page["contents"].as_array().unwrap().iter().filter(|item| item.get("status").is_some()) {
        let attributes: Vec<Attribute> = service["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attribute| read(attribute.as_object().unwrap()).0.unwrap())
            .collect();
        let facts = AccessFact::all_of(&attributes);
        let answered = facts.iter().filter(|fact| fact.date.is_some());
        listings += usize::from(answered.clone().next().is_some());
        silent += usize::from(facts.is_empty());
        notes += answered.clone().filter(|fact| fact.note.is_some()).count();
        answered.for_each(|fact| *counts.entry(fact.answer).or_default() += 1);
        let on_this_day = facts.iter().filter_map(|fact| fact.date.as_deref());
        assert!(on_this_day.into_iter().all(|date| date <= today().to_string().as_str()), "{}", service["name"]);
    }
    assert!(listings >= 80 && silent >= 5, "{listings} {silent}");
    assert!(counts[&AccessAnswer::Yes] >= 200, "{counts:?}");
    assert!(
        counts[&AccessAnswer::No] >= 20 && counts[&AccessAnswer::OnRequest] >= 25 && notes >= 30,
        "{counts:?} {notes}"
    );
    let sample = Sample::compiled_in();
    for (slug, said) in access::answers() {
        let listing = sample.listings.iter().find(|listing| listing.slug == *slug).unwrap_or_else(|| panic!("{slug}"));
        for (term, said) in said {
            assert!(vocabulary().term(term).is_some_and(|term| term.facet == Facet::Access), "{slug} {term}");
            let answer = AccessAnswer::from_word(said.split(' ').next().unwrap());
            let answer = answer.unwrap_or_else(|| panic!("{slug} {term} {said}"));
            // What is not so is no term of the listing.
            assert!(answer == AccessAnswer::Yes || !has(listing, term), "{slug} {term}");
        }
    }
}
