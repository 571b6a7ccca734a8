//! What is agreed, what is shown, and what a private place keeps out.

use serde_json::{Value, json};

use super::{Bond, End, Linked, Reach, SideKind, Stated, StatedBy, StatedLinks, Terms, may_be_shown};
use crate::domain::{
    card::ListingKind,
    id::Id,
    listing::{Locate, Located},
    place::AreaCode,
    read::{self, Code},
    vocabulary::values::{Direction, LinkState, Relationship},
};

/// Leeds is in Yorkshire, Yorkshire is in England.
struct Map;

impl Locate for Map {
    fn postcode(&self, _: &str) -> Option<Located> {
        None
    }

    fn areas_at(&self, _: f64, _: f64) -> Vec<AreaCode> {
        Vec::new()
    }

    fn areas_around(&self, code: &AreaCode) -> Vec<AreaCode> {
        let all = ["leeds", "yorkshire", "england"];
        let from = all.iter().position(|area| *area == code.0).unwrap_or(all.len());
        all[from..].iter().map(|area| AreaCode((*area).to_owned())).collect()
    }

    fn area_name(&self, _: &AreaCode) -> Option<String> {
        None
    }
}

fn read(links: Value) -> (Option<StatedLinks>, Vec<(String, Code)>) {
    let record = json!({ "links": links });
    let outcome = read::read_with(record.as_object().unwrap(), "/kith", &mut read::Given, read::Unreadable::Refused);
    (outcome.record, outcome.violations.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
}

fn stated(relationship: &str, direction: &str, state: &str) -> Stated {
    let link = json!({ "relationship": relationship, direction: { "service_id": "x" }, "state": state, "note": format!("{state} {direction}") });
    read(json!([link])).0.unwrap().links.remove(0)
}

fn end(id: u128, organization: u128, reach: Reach) -> End {
    End {
        id: Id::from_u128(id),
        kind: ListingKind::Group,
        name: format!("Group {id}"),
        organization: Some(Id::from_u128(organization)),
        reach,
        running: true,
    }
}

fn bond(other: End, own: &[&Stated], theirs: &[&Stated]) -> Bond {
    let stated = |all: &[&Stated]| all.iter().map(|stated| (*stated).clone()).collect();
    Bond { other, own: stated(own), theirs: stated(theirs) }
}

/// Relationship, direction, state and who says so of each link that is shown.
fn shown(own: End, bonds: Vec<Bond>) -> Vec<(Relationship, Direction, LinkState, StatedBy)> {
    let links = Linked { own, bonds, total: None }.public(&Map);
    links.iter().map(|link| (link.relationship, link.direction, link.state, link.stated_by)).collect()
}

#[test]
fn links_are_read_with_all_their_faults_at_once() {
    let (links, faults) = read(json!([
        { "relationship": "member_of", "to": { "organization_id": " circle " }, "note": "Since 2024" },
        { "relationship": "refers_to", "from": { "service_id": "AC148810-D857-441C-9679-408F346DE14B" }, "state": "agreed" }
    ]));
    let links = links.unwrap_or_else(|| panic!("{faults:?}")).links;
    assert_eq!((links[0].name(), links[0].state), ("member_of/to/organization/circle".to_owned(), LinkState::Claimed));
    assert_eq!(links[1].name(), "refers_to/from/service/ac148810-d857-441c-9679-408f346de14b");
    assert_eq!(links[1].state, LinkState::Claimed, "a file's word that something is agreed is a claim");

    let (links, faults) = read(json!([
        { "relationship": "married_to", "to": { "service_id": "a" } }, { "to": { "service_id": "a" } },
        { "relationship": "runs" }, { "relationship": "runs", "to": {} }, { "relationship": "runs", "to": { "service_id": "a", "organization_id": "b" } },
        { "relationship": "runs", "to": { "service_id": "a" }, "from": { "service_id": "a" } },
        { "relationship": "runs", "to": { "service_id": "a" }, "state": "perhaps", "note": "n".repeat(501) }, 7
    ]));
    assert_eq!(links, None);
    let told: Vec<(&str, Code)> = faults.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
    assert_eq!(
        told,
        [
            ("/kith/links/0/relationship", Code::NotInList),
            ("/kith/links/1/relationship", Code::Required),
            ("/kith/links/2/to", Code::Required),
            ("/kith/links/3/to/service_id", Code::Required),
            ("/kith/links/4/to/organization_id", Code::Conflict),
            ("/kith/links/5/from", Code::Conflict),
            ("/kith/links/6/state", Code::NotInList),
            ("/kith/links/6/note", Code::TooLong),
            ("/kith/links/7", Code::NotAnObject),
        ]
    );
}

#[test]
fn only_what_both_sides_say_is_agreed_and_one_that_says_it_is_over_ends_it() {
    use Direction::{From, To};
    let own = || end(1, 10, Reach::Open);
    let other = |organization| end(2, organization, Reach::Open);
    let (to, from) = (stated("refers_to", "to", "agreed"), stated("refers_to", "from", "claimed"));
    let over = stated("refers_to", "from", "lapsed");
    let refers = Relationship::RefersTo;
    let of = |own_says: &[&Stated], theirs: &[&Stated]| shown(own(), vec![bond(other(11), own_says, theirs)]);
    assert_eq!(of(&[&to], &[]), [(refers, To, LinkState::Claimed, StatedBy::This)]);
    assert_eq!(of(&[], &[&to]), [(refers, From, LinkState::Claimed, StatedBy::Other)]);
    assert_eq!(of(&[&to], &[&from]), [(refers, To, LinkState::Agreed, StatedBy::Both)]);
    assert_eq!(of(&[&to], &[&over]), [(refers, To, LinkState::Lapsed, StatedBy::Both)]);
    assert_eq!(of(&[&over], &[]), [(refers, From, LinkState::Lapsed, StatedBy::This)]);
    let both_ways = of(&[&to], &[&to]);
    assert!(both_ways.iter().all(|link| link.2 == LinkState::Claimed), "each sends to the other: two links");
    assert_eq!(both_ways.len(), 2);
    let alone = shown(own(), vec![bond(other(10), &[&to], &[&from])]);
    assert_eq!(alone, [(refers, To, LinkState::Claimed, StatedBy::Both)], "an organization cannot agree with itself");
    let held = stated("co_facilitates", "from", "claimed");
    let together = shown(own(), vec![bond(other(11), &[&held], &[&stated("co_facilitates", "to", "claimed")])]);
    assert_eq!(together, [(Relationship::CoFacilitates, To, LinkState::Agreed, StatedBy::Both)]);
}

#[test]
fn agreed_links_come_first_and_the_words_are_those_of_the_side() {
    let (to, from) = (stated("member_of", "to", "claimed"), stated("member_of", "from", "claimed"));
    let bonds = vec![
        bond(end(4, 4, Reach::Open), &[&stated("part_of", "to", "lapsed")], &[]),
        bond(end(3, 3, Reach::Open), &[], &[&to]),
        bond(end(2, 2, Reach::Open), &[&from], &[&to]),
    ];
    let links = Linked { own: end(1, 1, Reach::Open), bonds, total: None }.public(&Map);
    let told: Vec<String> = links
        .iter()
        .map(|link| format!("{} {} {} {}", link.label, link.target.name, link.state.as_str(), link.target.page_url))
        .collect();
    let page = |n| format!("/listing/{}", Id::<()>::from_u128(n));
    assert_eq!(
        told,
        [
            format!("has as a member Group 2 agreed {}", page(2)),
            format!("has as a member Group 3 claimed {}", page(3)),
            format!("is part of Group 4 lapsed {}", page(4)),
        ]
    );
    assert_eq!(links[0].note.as_deref(), Some("claimed from"), "its own words before the other's");
}

#[test]
fn a_private_place_is_never_placed_by_a_link() {
    let areas = |codes: &[&str]| codes.iter().map(|code| AreaCode((*code).to_owned())).collect::<Vec<_>>();
    let hidden = |codes: &[&str]| Reach::Hidden(areas(codes));
    let remote = |codes: &[&str]| Reach::Remote(areas(codes));
    for (one, other, shown) in [
        (Reach::Open, Reach::Open, true),
        (Reach::Open, remote(&["leeds"]), true),
        (hidden(&["yorkshire"]), Reach::Open, false),
        (hidden(&[]), Reach::Open, false),
        (hidden(&["yorkshire"]), remote(&[]), true),
        (hidden(&["yorkshire"]), remote(&["england"]), true),
        (hidden(&["yorkshire"]), remote(&["yorkshire"]), true),
        (hidden(&["yorkshire"]), remote(&["leeds"]), false),
        (hidden(&["leeds", "wales"]), remote(&["leeds"]), false),
        (hidden(&["leeds"]), remote(&["wales", "yorkshire"]), true),
        (hidden(&[]), remote(&["england"]), false),
        (hidden(&[]), remote(&["K02000001"]), true),
        (hidden(&["leeds"]), hidden(&["leeds"]), true),
        (hidden(&["leeds"]), hidden(&["yorkshire"]), false),
        (hidden(&["leeds"]), hidden(&[]), false),
        (hidden(&["unknown"]), remote(&["england"]), false),
    ] {
        assert_eq!(may_be_shown(&one, &other, &Map), shown, "{one:?} {other:?}");
        assert_eq!(may_be_shown(&other, &one, &Map), shown, "{other:?} {one:?}");
    }
}

#[test]
fn a_link_of_a_private_place_keeps_no_free_words() {
    let far = end(2, 2, Reach::Remote(Vec::new()));
    let hidden = end(1, 1, Reach::Hidden(Vec::new()));
    let note = |own: &End, other: &End| {
        let bonds = vec![bond(other.clone(), &[&stated("refers_to", "to", "claimed")], &[])];
        Linked { own: own.clone(), bonds, total: None }.public(&Map).remove(0).note
    };
    assert_eq!((note(&hidden, &far), note(&far, &hidden)), (None, None));
    assert_eq!(note(&far, &far).as_deref(), Some("claimed to"));
}

#[test]
fn a_side_that_does_not_run_lapses_a_link_that_both_state() {
    let (to, from) = (stated("refers_to", "to", "claimed"), stated("refers_to", "from", "claimed"));
    let state = |own_runs: bool, other_runs: bool| {
        let own = End { running: own_runs, ..end(1, 10, Reach::Open) };
        let other = End { running: other_runs, ..end(2, 20, Reach::Open) };
        shown(own, vec![bond(other, &[&to], &[&from])])[0].2
    };
    assert_eq!(state(true, true), LinkState::Agreed);
    assert_eq!(state(false, true), LinkState::Lapsed);
    assert_eq!(state(true, false), LinkState::Lapsed);
}

#[test]
fn each_side_says_what_it_does_and_does_not_do() {
    let own = json!([{
        "relationship": "refers_to", "to": { "network_id": "x" }, "does": "rings  ahead", "does_not": "assess risk",
        "handover": ["warm_call"], "reply_within_days": 2, "starts_on": "2026-01-01", "review_on": "2027-01-01",
    }]);
    let theirs = json!([{
        "relationship": "refers_to", "from": { "service_id": "y" }, "does_not": "keep records",
        "handover": ["accompanied_visit", "warm_call"], "starts_on": "2026-02-01", "review_on": "2027-06-01",
    }]);
    let (own, theirs) = (read(own).0.unwrap().links.remove(0), read(theirs).0.unwrap().links.remove(0));
    assert_eq!(own.other.kind, SideKind::Organization);
    let linked = |reach: Reach| Linked {
        own: end(1, 10, reach),
        bonds: vec![bond(end(2, 20, Reach::Remote(Vec::new())), &[&own], &[&theirs])],
        total: None,
    };
    let link = linked(Reach::Open).public(&Map).remove(0);
    assert_eq!(serde_json::to_value(&link.handover).unwrap(), json!(["warm_call", "accompanied_visit"]));
    assert_eq!((link.since.as_deref(), link.review_on.as_deref()), (Some("2026-02-01"), Some("2027-01-01")));
    let sides: Vec<_> = link.sides.iter().map(|side| (side.by, side.terms.does_not.as_deref())).collect();
    assert_eq!(sides, [(StatedBy::This, Some("assess risk")), (StatedBy::Other, Some("keep records"))]);
    assert_eq!(link.sides[0].terms.does.as_deref(), Some("rings ahead"));
    assert_eq!(link.brief().sides, []);
    // Of a private side only what cannot tell its place.
    let silent = linked(Reach::Hidden(vec![AreaCode("leeds".to_owned())])).public(&Map).remove(0);
    assert_eq!(
        silent.sides[0].terms,
        Terms {
            reply_within_days: Some(2),
            handover: own.terms.handover.clone(),
            starts_on: own.terms.starts_on.clone(),
            review_on: own.terms.review_on.clone(),
            ..Terms::default()
        }
    );
    let (_, faults) = read(
        json!([{ "relationship": "runs", "to": { "organization_id": "x", "network_id": "y" }, "handover": ["shout"], "does": 1.5, "review_on": "soon" }]),
    );
    let told: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(told, ["/kith/links/0/to/network_id", "/kith/links/0/review_on", "/kith/links/0/handover/0"]);
}
