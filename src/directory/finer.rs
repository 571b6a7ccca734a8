//! Names and addresses of the web that say of a protected service where it is more finely than the areas it names.
//!
//! `otleyrefuge.example` of a service for all Yorkshire tells the town. A web or e-mail address like that is left out; a
//! name cannot be, so the listing is told by what it is: "Refuge (name withheld)". Places are those of the gazetteer that
//! are areas or towns of 5,000 people; a name that several towns have tells none of them. The gate (`gate.rs`) is before
//! this: what is looked at here has passed it, or somebody let it through.

use std::collections::HashSet;

use kith_index::gazetteer::Gazetteer;

use super::gate::Doors;
use crate::{
    domain::{
        gate::NAMELESS,
        organization::Organization,
        place::{AreaCode, PlaceMode},
        service::Service,
        taxonomy::{Attribute, HOUSE_TAXONOMY},
        vocabulary::vocabulary,
    },
    exchange::Draft,
};

/// The most words of a name that are one place's: "Kingston upon Hull, City of".
const MOST_WORDS: usize = 4;
/// Shorter beginnings and ends of a domain's words are parts of other words.
const SHORTEST_PART: usize = 5;
/// Words of everyday speech that are names of towns, too.
const ORDINARY: [&str; 34] = [
    "street", "wells", "deal", "sale", "bath", "reading", "rugby", "battle", "ware", "march", "barking", "stone",
    "hook", "hope", "ash", "ford", "sandwich", "nelson", "beacon", "holy", "eye", "mold", "rush", "ripley", "crook",
    "poole", "hale", "lancing", "dudley", "shirley", "beverley", "kendal", "selby", "ashley",
];

/// Whether a place of this name is finer than all of these areas.
fn is_finer(name: &str, areas: &[AreaCode]) -> bool {
    if ORDINARY.contains(&name.to_lowercase().as_str()) {
        return false;
    }
    let gazetteer = Gazetteer::embedded();
    gazetteer.area_named(name).is_some_and(|place| {
        // A county and its one authority are the same under two codes.
        let inside = gazetteer.within(&place.code);
        let lies_in =
            |area: &AreaCode| inside.contains(&area.0) || gazetteer.areas_of_authority(&area.0).contains(&place.code);
        areas.is_empty() || !areas.iter().all(lies_in)
    })
}

/// Whether a name has a place in it that is finer than the areas.
pub fn name_tells(name: &str, areas: &[AreaCode]) -> bool {
    // A place is written with a capital; "sale" and "hope" are not.
    let words: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\'' || c == '’'))
        .map(|word| word.trim_end_matches("'s").trim_end_matches("’s"))
        .filter(|word| !word.is_empty())
        .collect();
    (0..words.len()).any(|from| {
        let most = MOST_WORDS.min(words.len() - from);
        (1..=most).any(|many| {
            let some = &words[from..from + many];
            let named = some[0].starts_with(char::is_uppercase) && some[many - 1].starts_with(char::is_uppercase);
            named && is_finer(&some.join(" "), areas)
        })
    })
}

/// Whether the domain of a web or e-mail address, or the path behind it, has such a place in it.
pub fn address_tells(address: &str, areas: &[AreaCode]) -> bool {
    let lower = address.to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let labels = rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|label| !label.is_empty());
    labels.into_iter().any(|label| {
        let words: Vec<&str> = label.split('-').filter(|word| !word.is_empty()).collect();
        let joined = (0..words.len()).any(|from| {
            (from + 1..=words.len().min(from + MOST_WORDS))
                .any(|to| words[from..to].join("").len() >= 4 && is_finer(&words[from..to].join(" "), areas))
        });
        joined || words.iter().any(|word| has_part(word, areas))
    })
}

/// Whether a word begins or ends with such a place: `otleyrefuge`.
fn has_part(word: &str, areas: &[AreaCode]) -> bool {
    let ends = word.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORTEST_PART);
    let begins = word.char_indices().map(|(at, _)| at).filter(|at| word.len() - at >= SHORTEST_PART);
    ends.map(|at| &word[..at]).chain(begins.map(|at| &word[at..])).any(|part| is_finer(part, areas))
}

/// Leaves out of an item what tells of its protected services; how many texts those were, and how many names.
///
/// The areas must have been settled.
pub fn without_finer(drafts: &mut [Draft], doors: &Doors) -> (u64, u64) {
    let mut of_services: HashSet<(_, AreaCode)> = HashSet::new();
    let (mut texts, mut names) = (0, 0);
    for draft in drafts.iter_mut() {
        let Draft::Service(offer) = draft else { continue };
        if offer.facts.mode == PlaceMode::Area {
            let areas = &offer.facts.areas;
            of_services.extend(areas.iter().map(|area| (offer.record.organization_id, area.clone())));
            let (more_texts, more_names) = in_service(&mut offer.record, areas);
            texts += more_texts;
            names += more_names;
        }
    }
    for draft in drafts {
        let Draft::Organization(offer) = draft else { continue };
        let own = of_services.iter().filter(|(run_by, _)| *run_by == Some(offer.record.id));
        let areas: Vec<AreaCode> = own.map(|(_, area)| area.clone()).collect();
        // Where no area is named what is finer cannot be known; and one that keeps its page is not told by its private services.
        if doors.holds(offer) && !areas.is_empty() {
            let (more_texts, more_names) = in_organization(&mut offer.record, &areas);
            texts += more_texts;
            names += more_names;
        }
    }
    (texts, names)
}

fn in_service(service: &mut Service, areas: &[AreaCode]) -> (u64, u64) {
    let tells = |address: &mut String| address_tells(address, areas);
    let texts = u64::from(service.url.take_if(tells).is_some())
        + u64::from(service.email.take_if(tells).is_some())
        + u64::from(service.alternate_name.take_if(|name| name_tells(name, areas)).is_some());
    let is_named = name_tells(&service.name, areas);
    if is_named {
        service.name = format!("{} (name withheld)", kind_of(&service.attributes));
    }
    (texts, u64::from(is_named))
}

fn in_organization(organization: &mut Organization, areas: &[AreaCode]) -> (u64, u64) {
    let tells = |address: &mut String| address_tells(address, areas);
    let texts = u64::from(organization.website.take_if(tells).is_some())
        + u64::from(organization.email.take_if(tells).is_some())
        + u64::from(organization.alternate_name.take_if(|name| name_tells(name, areas)).is_some());
    let is_named = name_tells(&organization.name, areas);
    if is_named {
        NAMELESS.clone_into(&mut organization.name);
    }
    (texts, u64::from(is_named))
}

/// What a service is, as its first term of a kind at risk says.
fn kind_of(attributes: &[Attribute]) -> String {
    let terms = attributes.iter().filter_map(|attribute| attribute.taxonomy_term.as_ref());
    let house = terms.filter(|term| term.taxonomy.as_deref() == Some(HOUSE_TAXONOMY));
    let known = house.filter_map(|term| vocabulary().term(term.code.as_deref()?));
    let mut at_risk = known.filter(|term| term.at_risk);
    at_risk.next().map_or_else(|| "Service".to_owned(), |term| term.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(codes: &str) -> Vec<AreaCode> {
        codes.split(' ').filter(|code| !code.is_empty()).map(|code| AreaCode(code.to_owned())).collect()
    }

    #[test]
    fn a_place_is_finer_unless_every_area_lies_in_it() {
        for (name, of, tells) in [
            ("Otley Women's Refuge", "E12000003", true),
            ("Leeds Women's Aid", "E12000003", true),
            ("Leeds Women's Aid", "E08000035", false),
            ("Leeds Women's Aid", "E08000035 E08000032", true),
            ("Yorkshire Women's Aid", "E08000035", false),
            ("West Yorkshire refuge", "", true),
            ("Harbour House", "", false),
        ] {
            assert_eq!(name_tells(name, &areas(of)), tells, "{name}: {of}");
        }
        for (address, of, tells) in [
            ("https://www.otleyrefuge.org.uk/", "E12000003", true),
            ("ask@leeds-womens-aid.example", "E12000003", true),
            ("https://www.leedswomensaid.example", "E08000035", false),
            ("https://harbour.example/otley", "E12000003", true),
            ("https://refuge.example/help?page=2", "E12000003", false),
        ] {
            assert_eq!(address_tells(address, &areas(of)), tells, "{address}: {of}");
        }
    }

    #[test]
    fn of_labelled_names_and_domains_nearly_all_are_told_apart() {
        let texts = include_str!("../../tests/fixtures/linter.tsv");
        let lines = texts.lines().filter_map(|line| line.split_once('\t'));
        let (mut right, mut figures) = (0, Vec::new());
        for label in ["name", "domain"] {
            let (mut missed, mut alarms, mut found, mut all) = (Vec::new(), Vec::new(), 0, 0);
            for (kind, text) in lines.clone().filter(|(kind, _)| kind.strip_prefix("no-").unwrap_or(kind) == label) {
                let (of, text) = text.split_once(": ").expect("areas and a text");
                let told = if label == "name" { name_tells(text, &areas(of)) } else { address_tells(text, &areas(of)) };
                all += 1;
                match (kind == label, told) {
                    (true, true) => found += 1,
                    (true, false) => missed.push(text),
                    (false, true) => alarms.push(text),
                    (false, false) => right += 1,
                }
            }
            let telling = found + missed.len();
            let (recall, precision) = (found as f64 / telling as f64, found as f64 / (found + alarms.len()) as f64);
            eprintln!("C8, {label}: {all} texts, recall {recall:.3}, precision {precision:.3}");
            figures.push((label, telling, missed, alarms, all));
        }
        for (label, telling, missed, alarms, all) in figures {
            assert!(telling >= 8 && all >= 16, "{label}");
            assert!(
                missed.len() * 10 <= telling && alarms.len() * 10 <= all - telling,
                "{label}: {missed:?} {alarms:?}"
            );
        }
        assert!(right > 0);
    }
}
