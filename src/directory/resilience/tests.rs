//! The figures, held against a count by hand; and what they may not tell.

use std::collections::HashSet;

use kith_index::{
    Document, Index, Op, Payload, SCHEMA, Whereabouts, distance_m,
    gazetteer::{AreaKind, Gazetteer},
};

use super::{
    REACH, ResilienceRequest, csv,
    table::{ANY_LAYER, ANY_NEED, Table, need_at, table},
};
use crate::domain::{
    answer::AsOf,
    card::{ListingKind, NamedArea},
    graph::{Graph, Links},
    id::Id,
    layer::Layers,
    resilience::{ReachedLayer, ResilienceAnswer, ResilienceRow},
    vocabulary::{values::SupportLayer, vocabulary},
};

const LEEDS: &str = "E08000035";
/// Terms of the listings that are made here; each narrower than none of the others but the first.
const TERMS: [&str; 6] = ["bereavement", "suicide-loss", "peer-group", "therapy", "carers", "creative-nature"];

fn index(documents: &[Document]) -> Index {
    let index = Index::in_memory(Payload {
        directory: "a".into(),
        epoch: "b".into(),
        schema: SCHEMA,
        gazetteer: "c".into(),
        sequence: 0,
        public_sequence: 0,
        terms: vocabulary().terms.iter().map(|term| term.id.clone()).collect(),
    })
    .unwrap();
    let mut listings: Vec<&str> = documents.iter().map(|document| document.listing.as_str()).collect();
    listings.dedup();
    let put = |listing: &&str| Op::Put {
        listing: (*listing).to_owned(),
        documents: documents.iter().filter(|document| document.listing == *listing).cloned().collect(),
    };
    index.apply(&listings.iter().map(put).collect::<Vec<_>>(), 1, 1).unwrap();
    index
}

fn document(listing: u128, at: usize, terms: &[&str], whereabouts: Whereabouts, areas: Vec<String>) -> Document {
    let listing = Id::<()>::from_u128(listing).to_string();
    Document {
        id: format!("{listing}/{at}"),
        listing,
        kind: "group".to_owned(),
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        whereabouts,
        areas,
        ..Document::default()
    }
}

fn point(listing: u128, at: usize, terms: &[&str], (lat, lon): (f64, f64)) -> Document {
    document(listing, at, terms, Whereabouts::Point { lat, lon }, Gazetteer::embedded().areas_at(lat, lon))
}

fn of(documents: &[Document], km: u32) -> Table {
    table(&index(documents).reader(), &Graph::default(), &HashSet::new(), km).unwrap()
}

fn has(document: &Document, layer: SupportLayer, need: &str) -> bool {
    let terms = || document.terms.iter().map(String::as_str);
    let is_need =
        |term: &str| term == need || vocabulary().term(term).is_some_and(|term| term.broader.as_deref() == Some(need));
    Layers::of(ListingKind::Group, terms()).has(layer) && terms().any(is_need)
}

/// Addresses of an authority that a listing of the layer and the need reaches, and such listings there: by looking at every
/// pair.
fn by_hand(documents: &[Document], authority: &str, layer: SupportLayer, need: &str, km: u32) -> (u32, u32) {
    let gazetteer = Gazetteer::embedded();
    let around = gazetteer.areas_of_authority(authority);
    let fitting: Vec<&Document> = documents.iter().filter(|document| has(document, layer, need)).collect();
    let serves = |document: &&&Document| {
        let floor = if document.whereabouts == Whereabouts::Area { 50_000 } else { 0 };
        !matches!(document.whereabouts, Whereabouts::Point { .. })
            && document
                .areas
                .iter()
                .any(|code| around.contains(code) && gazetteer.area(code).unwrap().addresses >= floor)
    };
    let reaches = |document: &&Document, lat: f64, lon: f64| match document.whereabouts {
        Whereabouts::Point { lat: north, lon: east } => distance_m(lat, lon, north, east) <= f64::from(km) * 1_000.0,
        _ => serves(&document),
    };
    let addresses = gazetteer.addresses().filter(|addresses| addresses.authority == authority);
    let reached = addresses.filter(|here| fitting.iter().any(|document| reaches(document, here.lat, here.lon)));
    let there = |document: &&&Document| {
        matches!(document.whereabouts, Whereabouts::Point { .. }) && document.areas.iter().any(|code| code == authority)
    };
    let listings: HashSet<&str> = fitting
        .iter()
        .filter(|document| there(document) || serves(document))
        .map(|document| document.listing.as_str())
        .collect();
    (reached.map(|addresses| addresses.number.round() as u32).sum(), listings.len() as u32)
}

#[test]
fn every_figure_is_what_a_look_at_every_pair_gives() {
    let mut state = 11_u64;
    let mut below = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let served =
        ["E08000035", "E12000003", "K02000001", "county:west-yorkshire", "E08000032", "E06000053", "town:otley"];
    let mut documents = Vec::new();
    for listing in 0..60_u128 {
        let terms: Vec<&str> = TERMS.into_iter().filter(|_| below(3) == 0).collect();
        match below(4) {
            0 => {
                let whereabouts = if below(2) == 0 { Whereabouts::Area } else { Whereabouts::Remote };
                let areas = (0..=below(2)).map(|_| served[below(served.len() as u64) as usize].to_owned()).collect();
                documents.push(document(listing, 0, &terms, whereabouts, areas));
            }
            places => documents.extend((0..places as usize).map(|at| {
                point(listing, at, &terms, (53.5 + below(600) as f64 / 1_000.0, -2.0 + below(1_000) as f64 / 1_000.0))
            })),
        }
    }
    for km in [5, 25] {
        let table = of(&documents, km);
        let mut some = 0;
        for authority in [LEEDS, "E08000032", "E08000036", "E06000053", "S12000017"] {
            for (at, layer) in SupportLayer::ALL.iter().enumerate() {
                for need in ["bereavement", "suicide-loss"] {
                    let found = &table[authority];
                    let figures =
                        (found.reached.at(at, need_at(need).unwrap()), found.listings.at(at, need_at(need).unwrap()));
                    assert_eq!(
                        figures,
                        by_hand(&documents, authority, *layer, need, km),
                        "{authority} {} {need} {km}",
                        layer.as_str()
                    );
                    some += usize::from(figures.0 > 0);
                }
            }
        }
        assert!(some > 10, "{some}");
    }
}

#[test]
fn a_private_place_counts_by_wide_areas_only_and_never_by_where_it_is() {
    let own = |areas: &[&str]| {
        let areas = areas.iter().map(|code| (*code).to_owned()).collect();
        document(1, 0, &["peer-group", "bereavement"], Whereabouts::Area, areas)
    };
    let figures = |document: Document, authority: &str| {
        let table = of(&[document], REACH);
        let found = &table[authority];
        (found.listings.at(ANY_LAYER, ANY_NEED), found.reached.at(ANY_LAYER, ANY_NEED), found.addresses)
    };
    let (listings, reached, addresses) = figures(own(&[LEEDS]), LEEDS);
    assert_eq!((listings, reached), (1, addresses));
    // The Isles of Scilly have fewer addresses than a private place may be told by; a town is no authority.
    assert_eq!(figures(own(&["E06000053"]), "E06000053").0, 0);
    assert_eq!(figures(own(&["town:otley"]), LEEDS).0, 0);
    let remote = Document { whereabouts: Whereabouts::Remote, ..own(&["E06000053"]) };
    assert_eq!(figures(remote, "E06000053").0, 1, "a line for them is no place");
}

#[test]
fn links_are_counted_once_and_only_where_both_state_them() {
    let id = |n: u128| Id::<()>::from_u128(n).to_string();
    let told = |links: &[(&str, &str, u128, &str)]| {
        let links: Vec<_> = links.iter().map(|(relationship, state, target, kind)| serde_json::json!({
            "relationship": relationship, "direction": "to", "state": state, "target": { "id": id(*target), "kind": kind },
        })).collect();
        serde_json::json!({ "card": { "kind": "group" }, "links": links }).to_string().into_bytes()
    };
    let mut links = Links::default();
    assert!(links.put(&id(1), &told(&[("refers_to", "agreed", 2, "group"), ("member_of", "agreed", 9, "network")])));
    assert!(links.put(&id(2), &told(&[("refers_to", "claimed", 3, "group"), ("member_of", "agreed", 9, "network")])));
    assert!(links.put(&id(4), &told(&[("refers_to", "agreed", 1, "group")])));
    let graph = links.graph();
    let group = |n: u128, terms: &[&str]| point(n, 0, terms, (53.8, -1.55));
    let private = document(4, 0, &["bereavement"], Whereabouts::Area, vec![LEEDS.to_owned()]);
    let documents = [group(1, &["bereavement"]), group(2, &[]), group(3, &["bereavement"]), private];
    let table = table(&index(&documents).reader(), &graph, &HashSet::new(), REACH).unwrap();
    // The link of the two and a network for each; the private one's link is that of the other side's as well.
    assert_eq!(table[LEEDS].links(&graph, ANY_NEED), (4, 1));
    assert_eq!(table[LEEDS].links(&graph, need_at("bereavement").unwrap()), (3, 1));
    assert_eq!(table[LEEDS].links(&graph, need_at("suicide-loss").unwrap()), (0, 0));
    let hidden = HashSet::from([id(1)]);
    let without = super::table::table(&index(&documents).reader(), &graph, &hidden, REACH).unwrap();
    assert_eq!(without[LEEDS].listings.at(ANY_LAYER, ANY_NEED), 3);
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = |area: &str, need: &str, km| {
        let asked = ResilienceRequest { area: area.to_owned(), need: Some(need.to_owned()), within_km: Some(km) };
        let faults = asked.read().err().unwrap_or_default();
        faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(
        faults("54.5,3.5", "nothing", 7),
        ["/area unknown_area", "/need unknown_term", "/within_km not_in_list"]
    );
    assert_eq!(faults(" ", "men", 10), ["/area required", "/need unknown_term"]);
    for unknown in ["LS6 2", "Otley", "town:otley", "Jersey", "Atlantis"] {
        assert_eq!(faults(unknown, "bereavement", 10), ["/area unknown_area"], "{unknown}");
    }
    assert_eq!(faults(&"x".repeat(101), "bereavement", 10), ["/area too_long"]);
    for known in ["Leeds", LEEDS, "west yorkshire", "Wales", "United Kingdom", "E54000054"] {
        assert_eq!(faults(known, "bereavement", 25), [""; 0], "{known}");
    }
}

#[test]
fn every_authority_is_in_the_table() {
    let table = of(&[], REACH);
    let gazetteer = Gazetteer::embedded();
    let authorities = gazetteer.within("K02000001").into_iter();
    let authorities: Vec<String> =
        authorities.filter(|code| gazetteer.area(code).unwrap().kind == AreaKind::Authority).collect();
    assert!(authorities.len() > 350 && authorities.iter().all(|code| table[code].addresses > 500), "{}", table.len());
}

#[test]
fn a_table_of_text_quotes_what_holds_a_comma() {
    let layer = ReachedLayer {
        layer: SupportLayer::Now,
        label: "Now".to_owned(),
        listings: 1,
        addresses_within: 200,
        share: 50,
    };
    let row = ResilienceRow {
        area: NamedArea { code: "E1".to_owned(), name: "Here, \"there\"".to_owned() },
        need: None,
        need_label: None,
        addresses: 400,
        listings: 3,
        agreed_links: 0,
        links: "no link recorded".to_owned(),
        networks: 0,
        layers: vec![layer],
    };
    let area = row.area.clone();
    let as_of = AsOf { epoch: String::new(), sequence: 0 };
    let answer = ResilienceAnswer { area, within_km: 10, rows: vec![row], notes: Vec::new(), as_of, sample: false };
    let text = csv(&answer);
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[1], "E1,\"Here, \"\"there\"\"\",,,10,400,3,0,no link recorded,0,now,Now,1,200,50");
    assert_eq!(lines[0].split(',').count(), 15);
    assert_eq!((lines.len(), lines[2]), (3, ""));
}
