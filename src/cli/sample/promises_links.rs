//! What the sample shows of networks, links, cards and resources, once a directory has read and published it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::{links, listings::Mode, listings::Sample, one_line, organization_id, package, service_id};
use crate::{
    directory::{Directory, read::Family},
    domain::{
        clock::{FixedClock, SeededChance},
        vocabulary::values::{
            EvidenceLevel, Led, LinkState, NetworkType, PracticeLevel, Relationship, ResourceFor, ResourceType,
        },
    },
};

const TODAY: &str = "2026-11-23";

fn today() -> NaiveDate {
    TODAY.parse().unwrap()
}

/// Every listing that readers can get, whole, by its id.
static PUBLISHED: LazyLock<HashMap<String, Value>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (clock, chance) = (Arc::new(FixedClock::at("2026-11-23T09:00:00Z")), Arc::new(SeededChance::new(7)));
        let directory = Directory::open(folder.path(), None, clock, chance).await.unwrap();
        let report = directory.import_sample(&package(today()), "a test").await.unwrap();
        assert_eq!(report.refused, 0, "{report:?}");
        directory.bring_up_to_date().await.unwrap();
        let families = [Family::Services, Family::Organizations];
        let walked = families.into_iter().flat_map(|family| directory.walk(family, None, 2_000).unwrap().items);
        // A resource is no service of the walk.
        let resources = Sample::compiled_in().listings.iter().filter(|listing| listing.resource.is_some());
        let resources: Vec<_> =
            resources.map(|listing| directory.listing(&service_id(&listing.slug).to_string()).unwrap().json).collect();
        let all = walked.chain(resources);
        let listings = all.map(|json| serde_json::from_slice::<Value>(&json).unwrap());
        listings.map(|listing| (listing["id"].as_str().unwrap().to_owned(), listing)).collect()
    })
});

/// The published ones of which the member is told.
fn telling(member: &str) -> Vec<&'static Value> {
    PUBLISHED.values().filter(|listing| listing.get(member).is_some()).collect()
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// The id of what a slug of the files of links names.
fn id_of(slug: &str) -> String {
    match slug.split_once(':') {
        Some((_, organization)) => organization_id(organization).to_string(),
        None => service_id(slug).to_string(),
    }
}

/// What a link is told by: the relationship, the first side, the second.
type Edge = (String, String, String);

fn edge(relationship: &str, first: &str, second: &str) -> Edge {
    let mutual = Relationship::from_word(relationship).unwrap().is_mutual();
    let (first, second) = if mutual && second < first { (second, first) } else { (first, second) };
    (relationship.to_owned(), first.to_owned(), second.to_owned())
}

/// Every published link, as the listings on both of its sides tell it.
static EDGES: LazyLock<BTreeMap<Edge, Vec<&'static Value>>> = LazyLock::new(|| {
    let mut edges: BTreeMap<Edge, Vec<&'static Value>> = BTreeMap::new();
    for (id, listing) in PUBLISHED.iter() {
        for link in list(listing, "links") {
            let other = text(&link["target"], "id");
            let (first, second) = if link["direction"] == "to" { (id.as_str(), other) } else { (other, id.as_str()) };
            edges.entry(edge(text(link, "relationship"), first, second)).or_default().push(link);
        }
    }
    edges
});

fn state_of(from: &str, is: &str, to: &str) -> &'static str {
    let told = EDGES.get(&edge(is, &id_of(from), &id_of(to))).unwrap_or_else(|| panic!("{from} {is} {to}"));
    told[0]["state"].as_str().unwrap()
}

#[test]
fn fourteen_networks_of_every_kind_name_their_members_and_each_is_linked() {
    let sample = Sample::compiled_in();
    let networks = telling("network");
    assert_eq!((networks.len(), sample.networks().count()), (14, 14));
    let types: HashSet<&str> = networks.iter().map(|listing| text(&listing["network"], "network_type")).collect();
    assert_eq!(types.len(), NetworkType::ALL.len(), "{types:?}");
    let mut past = Vec::new();
    for listing in networks {
        let network = &listing["network"];
        assert_eq!(listing["card"]["kind"], "network");
        for member in ["areas", "principles", "own_principles", "roles"] {
            assert!(!list(network, member).is_empty(), "{} without {member}", listing["card"]["name"]);
        }
        assert!(!text(network, "purpose").is_empty() && text(network, "since") < TODAY);
        past.extend((text(network, "review_on") < TODAY).then(|| text(&listing["card"], "name")));
    }
    assert_eq!(past, ["Tynedale Churches and Meeting Houses (sample)"]);
    for network in sample.networks() {
        let about = one_line(&network.about);
        let slug = format!("network:{}", network.slug);
        let members = links::all().iter().filter(|link| link.to == slug && link.is == "member_of" && !link.over);
        let members: HashSet<&str> = members
            .map(|link| match link.from.split_once(':') {
                Some((_, organization)) => organization,
                None => sample.listings.iter().find(|listing| listing.slug == link.from).unwrap().org.as_str(),
            })
            .collect();
        let short = |slug: &&str| {
            let name = &sample.organization(slug).name;
            name.trim_end_matches(" (sample)").split(" / ").next().unwrap().to_owned()
        };
        let named = members.iter().filter(|member| about.contains(&short(member))).count();
        // The bridge is between two organisations, which run six rooms.
        let few = network.slug == "solway-bridge";
        assert!(members.len() >= if few { 3 } else { 4 }, "{}: {members:?}", network.name);
        assert!(named >= if few { 2 } else { 3 }, "{} names {named} of {members:?}", network.name);
    }
}

#[test]
fn more_than_150_links_of_every_kind_are_told_the_same_from_both_sides_in_every_state() {
    assert_eq!(EDGES.len(), links::all().len(), "each is published");
    assert!(EDGES.len() >= 250, "{}", EDGES.len());
    let (mut kinds, mut states): (HashSet<&str>, BTreeMap<&str, usize>) = Default::default();
    for (edge, told) in EDGES.iter() {
        assert_eq!(told.len(), 2, "{edge:?}");
        assert_eq!(told[0]["state"], told[1]["state"]);
        kinds.insert(&edge.0);
        *states.entry(text(told[0], "state")).or_default() += 1;
    }
    assert_eq!(kinds.len(), Relationship::ALL.len(), "{kinds:?}");
    assert_eq!(states.len(), LinkState::ALL.len());
    assert!(states["agreed"] >= 150 && states["claimed"] >= 30 && states["lapsed"] >= 10, "{states:?}");
    let one_sided = |speaker: links::Speaker| links::all().iter().any(|link| !link.both && link.said_by == speaker);
    assert!(one_sided(links::Speaker::From) && one_sided(links::Speaker::To));
}

#[test]
fn nothing_is_told_as_agreed_that_one_side_says_or_that_is_over_ended_or_past_its_day() {
    let sample = Sample::compiled_in();
    for (edge, told) in EDGES.iter().filter(|(_, told)| told[0]["state"] == "agreed") {
        assert_eq!(told[0]["stated_by"], "both", "{edge:?}");
        assert!(told.iter().all(|link| link.get("review_on").is_none_or(|day| day.as_str().unwrap() >= TODAY)));
        for id in [&edge.1, &edge.2] {
            let ended = sample.listings.iter().find(|listing| &service_id(&listing.slug).to_string() == id);
            assert!(ended.is_none_or(|listing| listing.status.is_none()), "{edge:?}");
        }
    }
    for [from, is, to] in [
        ["hexham-veterans", "steps_up_to", "dale-outreach"],
        ["understanding-trauma", "refers_to", "wednesday-watercolours"],
        ["harbour-tea-wick", "refers_to", "high-rope-aviemore"],
        ["north-leeds-talking", "steps_down_to", "monday-grief-kirkstall"],
        ["monday-grief-kirkstall", "succeeded_by", "tuesday-grief-circle"],
        ["lantern-line", "refers_to", "lea-house-nights"],
        ["hame-and-away", "member_of", "network:peers-after-dark"],
    ] {
        assert_eq!(state_of(from, is, to), "lapsed", "{from} {is} {to}");
    }
    assert_eq!(state_of("rowan-isva", "refers_to", "thursday-room"), "claimed", "nobody agrees with themselves");
    let private = sample.listings.iter().filter(|listing| listing.mode == Mode::Area).map(|listing| &listing.slug);
    for slug in private {
        let of_it = links::all().iter().filter(|link| &link.from == slug || &link.to == slug);
        assert!(of_it.map(|link| link.to.as_str()).eq(["lantern-line"]), "only to what cannot place it");
    }
}

#[test]
fn in_each_region_an_agreed_chain_leads_from_a_service_to_peers_and_neighbours_and_says_where_it_stops() {
    for chain in [
        &["beckside-therapy", "tea-and-talk-men", "woodhouse-open-choir", "long-table"][..],
        &["armley-trauma-service", "canal-voices-choir", "armley-good-neighbours"],
        &["dale-outreach", "hexham-grief-cafe", "sunday-bee", "market-kitchen", "logs-and-lifts"],
        &["trawma-r-cwm-service", "after-the-water", "paned-a-sgwrs"],
        &["highland-care-survivors", "harbour-tea-wick", "ness-grief", "ceilidh-house-skye"],
        &["named-at-last", "both-banks-monday", "yellow-hand-men", "boathouse-farmers"],
    ] {
        for pair in chain.windows(2) {
            let onwards = ["refers_to", "steps_down_to"];
            let agreed = onwards.iter().any(|is| {
                let told = EDGES.get(&edge(is, &id_of(pair[0]), &id_of(pair[1])));
                told.is_some_and(|told| told[0]["state"] == "agreed")
            });
            assert!(agreed, "{pair:?}");
        }
    }
    let terms: Vec<&Value> =
        EDGES.values().flat_map(|told| list(told[0], "sides")).map(|side| &side["terms"]).collect();
    let limits: BTreeSet<&str> =
        terms.iter().map(|terms| text(terms, "does_not")).filter(|no| !no.is_empty()).collect();
    assert!(limits.len() >= 80, "{}", limits.len());
    for words in ["does not see people under 1", "ring 999", "no home visits", "Women only", "Men only"] {
        let told = limits.iter().filter(|no| no.to_lowercase().contains(&words.to_lowercase())).count();
        assert!(told >= 2, "{words}: {told}");
    }
    let members =
        "does handover handover_note information consent reply_within_days escalation supervision starts_on review_on";
    for member in members.split(' ') {
        assert!(terms.iter().any(|terms| terms.get(member).is_some()), "{member}");
    }
    let ways: HashSet<&str> =
        terms.iter().flat_map(|terms| list(terms, "handover")).filter_map(Value::as_str).collect();
    assert_eq!(ways.len(), 4);
}

#[test]
fn cards_are_told_by_listings_of_every_kind_and_no_claim_counts_without_source_or_past_its_day() {
    let mut cards = telling("practice");
    // A claim among the terms makes no card.
    cards.retain(|listing| listing["practice"].get("led").is_some());
    assert!(cards.len() >= 60, "{}", cards.len());
    let kinds: HashSet<&str> = cards.iter().map(|listing| text(&listing["card"], "kind")).collect();
    assert_eq!(kinds, HashSet::from(["group", "service", "helpline", "place", "resource"]));
    let led: HashSet<&str> = cards.iter().map(|listing| text(&listing["practice"], "led")).collect();
    assert_eq!(led.len(), Led::ALL.len());
    let claims: Vec<&Value> = cards.iter().flat_map(|listing| list(&listing["practice"], "markers")).collect();
    let levels: HashSet<&str> = claims.iter().map(|claim| text(claim, "level")).collect();
    assert_eq!(levels.len(), EvidenceLevel::ALL.len());
    let (mut current, mut sourceless, mut past) = (0, 0, 0);
    for claim in claims {
        let has_source = claim.get("source").is_some();
        let old = claim.get("expires_on").is_some_and(|day| day.as_str().unwrap() < TODAY)
            || (claim.get("expires_on").is_none() && text(claim, "on") < "2024-11-23");
        assert_eq!(claim["current"], has_source && !old, "{claim}");
        let mark = text(claim, "level") == "external_mark";
        assert!(!mark || text(claim, "source").contains("invented"), "{claim}");
        current += usize::from(has_source && !old);
        sourceless += usize::from(!has_source);
        past += usize::from(old);
    }
    assert!(current >= 30 && sourceless >= 3 && past >= 4, "{current} {sourceless} {past}");
}

#[test]
fn cards_answer_the_young_on_parents_and_say_what_faith_has_to_do_with_it() {
    let sample = Sample::compiled_in();
    let cards = telling("practice");
    for fact in ["faith_body", "place_of_worship", "prayer_or_teaching", "peers_paid"] {
        let said: HashSet<Option<bool>> = cards.iter().map(|listing| listing["practice"][fact].as_bool()).collect();
        assert_eq!(said.len(), 3, "{fact} is said to be so, not to be so, and left unsaid");
    }
    let mut young = 0;
    for listing in sample.listings.iter().filter(|listing| matches!(listing.ages[..], [_, to] if to <= 18)) {
        let Some(card) = &listing.practice else { continue };
        assert!(card["first_visit"]["without_parent"].is_string(), "{}", listing.slug);
        young += 1;
    }
    assert!(young >= 12, "{young}");
    let answers =
        "who_opens how_many must_i_speak may_i_leave camera if_upset confidentiality safeguarding access companion";
    for answer in answers.split(' ') {
        assert!(cards.iter().any(|listing| listing["practice"]["first_visit"].get(answer).is_some()), "{answer}");
    }
}

#[test]
fn resources_for_every_role_level_and_nation_cover_every_subject() {
    let sample = Sample::compiled_in();
    let resources = telling("resource");
    assert!(resources.len() >= 30, "{}", resources.len());
    let said = |member: &str| -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for listing in &resources {
            let words = match &listing["resource"][member] {
                Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
                word => word.as_str().into_iter().collect::<Vec<_>>(),
            };
            words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
        }
        counts
    };
    for (member, words) in [
        ("resource_type", ResourceType::ALL.len()),
        ("level", PracticeLevel::ALL.len()),
        ("for_roles", ResourceFor::ALL.len()),
    ] {
        let counts = said(member);
        assert_eq!(counts.len(), words, "{member}: {counts:?}");
        assert!(counts.values().all(|count| *count >= 4), "{member}: {counts:?}");
    }
    let paid: HashSet<Option<bool>> =
        resources.iter().map(|listing| listing["resource"]["peers_paid_for"].as_bool()).collect();
    assert_eq!(paid.len(), 3);
    assert!(resources.iter().all(|listing| text(&listing["resource"], "review_on") > TODAY));
    let own = || sample.listings.iter().filter(|listing| listing.resource.is_some());
    let providers: HashSet<&str> = own().map(|listing| listing.org.as_str()).collect();
    assert!(providers.len() >= 8, "{providers:?}");
    for nation in ["K02000001", "E92000001", "W92000004", "S92000003", "N92000002"] {
        assert!(own().filter(|listing| listing.serves.iter().any(|code| code == nation)).count() >= 5, "{nation}");
    }
    assert!(own().filter(|listing| listing.languages.first().is_some_and(|code| code == "cy")).count() >= 5);
    assert!(own().all(|listing| listing.cost.is_some() && listing.page.is_some() && listing.mode == Mode::Remote));
}

#[test]
fn every_day_in_the_sample_can_be_read_on_any_day() {
    for offset in [0, 97, 365, 463] {
        let day = today() + Days::new(offset);
        assert!(!String::from_utf8(package(day)).unwrap().contains("\"{"), "a day that is not filled in, on {day}");
    }
}
