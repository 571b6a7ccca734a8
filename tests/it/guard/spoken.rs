//! What a refuge's source says of its town in members that pass: figures in odd spellings, sums, ages, extensions and days, terms
//! and their ids, numbers of registers, names of sources.
//!
//! Each way is a listing of its own, so that one which is refused hides no other. The attacker reads everything that readers are shown, asks for
//! every id that could be made of a town's name, and holds all of it against a directory whose refuge is elsewhere: what differs
//! tells, and the town that is named more often than there is where the house is guessed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use kith::{
    directory::import::source_id,
    domain::{
        entry::Source,
        id::{Id, kind},
    },
    exchange::{Format, usual},
};
use serde_json::Value;

use super::{
    attack::{Finding, km},
    baits::{ELSEWHERE, TOWNS, Town},
    strategies::Attacker,
    walk::Request,
    ways::{Kind, LOCAL, in_words, line, listing, merge, patches, sources_of, words_of_terms},
    worlds::{Secret, World},
};
use crate::support::{encoded, ids};

pub fn numbers(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Numbers, secret)
}

pub fn figures(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Figures, secret)
}

pub fn terms(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Terms, secret)
}

pub fn registers(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Registers, secret)
}

pub fn sources(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Sources, secret)
}

fn found(kind: Kind, secret: &Secret) -> Finding {
    let house = (secret.latitude, secret.longitude);
    let town = TOWNS.iter().min_by(|a, b| km(a.2, house).total_cmp(&km(b.2, house))).unwrap();
    let [there, elsewhere] = [town, &ELSEWHERE].map(|town| heard(kind, town));
    let labels: BTreeSet<&String> = there.keys().chain(elsewhere.keys()).collect();
    let differ: Vec<&String> = labels.into_iter().filter(|label| there.get(*label) != elsewhere.get(*label)).collect();
    let named = |seen: &BTreeMap<String, String>, town: &Town| -> usize {
        differ.iter().filter_map(|label| seen.get(*label)).map(|text| named_in(text, town)).sum()
    };
    let more = |town: &Town| {
        // An id that was guessed is named in what was asked.
        let guessed = differ.iter().filter(|label| label.starts_with(&guess(town))).count();
        named(&there, town).saturating_sub(named(&elsewhere, town)) + guessed
    };
    let told = TOWNS.iter().map(|town| (more(town), town.2)).filter(|(times, _)| *times > 0);
    let at = told.max_by_key(|(times, _)| *times).map(|(_, at)| at);
    Finding { at, signs: differ.into_iter().take(4).cloned().collect() }
}

/// All that is shown of refuges in a town, read once for all houses: chance is the same each time.
fn heard(kind: Kind, town: &'static Town) -> Arc<BTreeMap<String, String>> {
    type Heard = BTreeMap<(Kind, &'static str), Arc<BTreeMap<String, String>>>;
    static HEARD: Mutex<Heard> = Mutex::new(BTreeMap::new());
    let known = HEARD.lock().unwrap().get(&(kind, town.0)).cloned();
    known.unwrap_or_else(|| {
        let seen = Arc::new(everything(&said(kind, town, true)));
        HEARD.lock().unwrap().insert((kind, town.0), Arc::clone(&seen));
        seen
    })
}

/// A directory to whose keeper a town is told in every way of a kind; the listings are refuges, or open to all.
fn said(kind: Kind, town: &Town, hidden: bool) -> World {
    let mut world = World::empty();
    let give = |world: &mut World, source: &Source, items: Vec<Value>| {
        let all = items.iter().filter(|item| item["id"] != line()["id"]).count() as u64;
        // A mode that cannot be understood protects what is open otherwise.
        let odd = items.iter().filter(|item| item["attributes"][0]["link_type"] == "kith:place_mode");
        let odd = odd.filter(|item| item["id"] != line()["id"]).count() as u64;
        let report = world.import_from(source, &Format::Hsds, &[("a.json", Value::from(items).to_string())]);
        assert_eq!(report.protected, if hidden { all } else { odd }, "{kind:?}");
        report.created
    };
    if kind == Kind::Sources {
        for (number, source) in sources_of(town).iter().enumerate() {
            give(&mut world, source, vec![listing(number, hidden)]);
        }
        return world;
    }
    let items = patches(kind, town).into_iter().enumerate().map(|(number, patch)| {
        let mut item = listing(number, hidden);
        merge(&mut item, patch);
        item
    });
    let mut items: Vec<Value> = items.collect();
    let all = items.len() as u64;
    items.push(line());
    let source =
        Source { id: source_id("county"), name: "county".to_owned(), url: None, licence: None, attribution: None };
    let created = give(&mut world, &source, items);
    // What is refused is shown to nobody, and tries nothing.
    assert!(created * 10 >= all * 7, "{kind:?}: {created} of {all}");
    world
}

/// All that readers are shown, by what was asked.
fn everything(world: &World) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let mut known = Vec::new();
    let mut ask = |path: String, label: Option<String>| {
        let answer = super::twins::send(&world.client, &Request::get(&path));
        seen.insert(
            label.unwrap_or_else(|| path.clone()),
            format!("{} {:?} {}", answer.status, super::twins::whole(&answer).1, answer.text()),
        );
        (answer.status == 200 && !path.starts_with("/listing")).then_some(answer)
    };
    for path in ["/v1/services", "/v1/organizations"] {
        let mut next = Some(format!("{path}?per_page=100"));
        while let Some(path) = next.take() {
            let page = ask(path, None).unwrap().json();
            known.extend(ids(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
    }
    assert!(!known.is_empty());
    for collection in ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"] {
        let path = |page: u64| format!("/hsds/{collection}?per_page=100&page={page}");
        let pages = ask(path(1), None).unwrap().json()["total_pages"].as_u64().unwrap();
        (2..=pages).for_each(|page| _ = ask(path(page), None));
    }
    for id in &known {
        for path in ["/v1/services", "/v1/organizations", "/hsds/services", "/hsds/organizations", "/listing"] {
            ask(format!("{path}/{id}"), None);
        }
    }
    for path in [
        "/",
        "/credits",
        "/networks",
        "/resources",
        "/decisions",
        "/tonight",
        "/readyz",
        "/hsds",
        "/v1/crisis",
        "/v1/decisions",
        "/v1/terms",
        "/v1/networks",
        "/v1/resources",
        "/v1/search?q=home&view=full&explain=true&per_page=100",
        "/v1/search?q=circle&view=full&explain=true&per_page=100",
        "/v1/search?near=Yorkshire+and+The+Humber&view=full&per_page=100",
        "/v1/search?q=home&facets=taxonomy_term_id&per_facet=100",
        "/v1/suggest?q=quiet",
        "/v1/support-map?need=domestic-abuse&near=Leeds",
        "/v1/resilience?area=Yorkshire+and+The+Humber",
    ] {
        ask(path.to_owned(), None);
    }
    for town in &TOWNS {
        let (slug, code) = (town.0.to_lowercase(), town.1);
        for words in [
            slug.clone(),
            code.to_owned(),
            code[1..].to_owned(),
            format!("{code}{LOCAL}"),
            format!("{} {LOCAL}", &code[1..]),
        ] {
            for path in ["/v1/search?per_page=1&explain=true&q=", "/v1/suggest?q="] {
                let path = format!("{path}{}", encoded(&words));
                ask(path.clone(), Some(format!("{}{path}", guess(town))));
            }
        }
        for name in words_of_terms(town.0) {
            let terms = usual::<kind::TaxonomyTerm>(source_id("county"), &name).map(|id| id.to_string());
            let taxonomies = usual::<kind::Taxonomy>(source_id("county"), &name).map(|id| id.to_string());
            let paths = terms.iter().flat_map(|id| {
                ["/v1/search?taxonomy_term_id=", "/hsds/taxonomy_terms/"].map(|path| format!("{path}{id}"))
            });
            let paths: BTreeSet<String> = paths.chain(taxonomies.map(|id| format!("/hsds/taxonomies/{id}"))).collect();
            for path in paths {
                ask(path.clone(), Some(format!("{}{path}", guess(town))));
            }
        }
    }
    seen
}

/// How what was asked for a town begins.
fn guess(town: &Town) -> String {
    format!("guess {}: ", town.0)
}

/// How often a text names a town: by its name, or by its code in whatever figures or words.
fn named_in(text: &str, (town, code, _): &Town) -> usize {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        match c {
            '０'..='９' => folded.extend(char::from_digit(u32::from(c) - u32::from('０'), 10)),
            '٠'..='٩' => folded.extend(char::from_digit(u32::from(c) - u32::from('٠'), 10)),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    let spoken = in_words(&code[1..], "zero").replace(' ', "");
    [town.to_lowercase(), code[1..].to_owned(), spoken].iter().map(|mark| folded.matches(mark.as_str()).count()).sum()
}

/// Ways that say nothing even of an open listing, because its reader refuses them, or because they are long out of date.
const UNREAD: [&str; 4] = [
    r#"Figures {"minimum_age":1756}"#,
    r#"Figures {"maximum_age":1756}"#,
    r#"Figures {"kith":{"accepting":"yes","accepting_checked_on":"1756-01-01"}}"#,
    // It protects the listing: nobody reads it.
    r#"Terms {"attributes":[{"link_type":"kith:place_mode","value":"Skipton"}]}"#,
];

#[test]
fn the_reader_sees_each_way_where_nothing_is_withheld() {
    let town = &TOWNS[0];
    let mut unread = Vec::new();
    for kind in Kind::ALL {
        let seen = everything(&said(kind, town, false));
        let sources = if kind == Kind::Sources { sources_of(town) } else { Vec::new() };
        let ways = patches(kind, town).into_iter().map(|way| (way, source_id("county")));
        let ways = ways.chain(sources.iter().map(|source| (serde_json::to_value(source).unwrap(), source.id)));
        for (number, (way, source)) in ways.enumerate() {
            let id = Id::<kind::Service>::named(source, &format!("service/way-{number}")).to_string();
            let own = seen.iter().filter(|(label, _)| label.contains(&id));
            let times: usize = own.map(|(_, text)| named_in(text, town)).sum();
            // What is only in an id is found by guessing it.
            let term = &way["attributes"][0]["taxonomy_term"];
            let names = [&term["id"], &term["taxonomy_detail"]["id"]].into_iter().filter_map(Value::as_str);
            let guessed = names.filter(|name| words_of_terms(town.0).iter().any(|word| word == name)).any(|name| {
                let terms = usual::<kind::TaxonomyTerm>(source, name).map(|id| id.to_string());
                let taxonomies = usual::<kind::Taxonomy>(source, name).map(|id| id.to_string());
                seen.iter().any(|(label, answer)| {
                    let asked = label.starts_with(&guess(town)) && answer.starts_with("200");
                    asked
                        && !label.contains("search")
                        && terms.iter().chain(&taxonomies).any(|id| label.ends_with(id.as_str()))
                })
            });
            if times == 0 && !guessed {
                unread.push(format!("{kind:?} {way}"));
            }
        }
    }
    assert_eq!(unread, UNREAD);
}
