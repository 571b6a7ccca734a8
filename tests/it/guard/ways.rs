//! The ways in which a source can say of a listing which town it is in, beside its place: what `spoken` has it say of refuges.

use kith::{directory::import::source_id, domain::entry::Source};
use serde_json::{Value, json};

use super::{baits::Town, worlds::AREA};

/// Where the source says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Numbers,
    Figures,
    Terms,
    Registers,
    Sources,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Numbers, Self::Figures, Self::Terms, Self::Registers, Self::Sources];
}

/// What stands behind the code of a town.
pub const LOCAL: &str = "461234";
/// Texts of a service that its source may fill in as it likes.
const TEXTS: [&str; 8] = [
    "name",
    "alternate_name",
    "description",
    "alert",
    "application_process",
    "fees_description",
    "eligibility_description",
    "interpretation_services",
];

/// Spellings of a local number: `{code}` with its zero, `{bare}` without, `{local}` what stands behind.
const SPELLINGS: &str = "{code} {local}|{bare} {local}|{bare}{local}|18001 {code} {local}|18001{bare}{local}|141 {code} {local}|1470 {bare} {local}|\
    +44 (0){bare} {local}|+44 {bare} {local}|+44{bare}{local}|0044 {bare} {local}|0044 (0) {bare} {local}|44 {bare} {local}|+{bare} {local}|\
    +0{bare} {local}|00{bare} {local}|0{code} {local}|00 44 {bare} {local}|({code}) {local}|{code}-{local}|{code}.{local}|{code}/{local}|\
    tel:{code}{local}|{code} {local} ext 5|{code} {local};ext=5|{local} ({code})|{code}|{bare}|0808 157 0001 / {code} {local}|999 {bare}|\
    116 123 {bare}|8{bare}|7{bare}|6{bare}|0{bare}|+44 {bare}|*{bare}#";

/// A listing of that number which says nothing yet: a refuge, or one that is open to all.
pub fn listing(number: usize, hidden: bool) -> Value {
    let refuge = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    json!({ "id": format!("way-{number}"), "name": if hidden { "Quiet Home" } else { "Circle" }, "status": "active", "description": "We listen.",
        "attributes": if hidden { refuge } else { json!([]) }, "service_areas": [{ "name": AREA.1, "extent": AREA.0 }],
        "organization": { "id": format!("calm-{number}"), "name": "Calm", "description": "We listen." } })
}

/// A line for all of England, to which a private listing may be linked because it says nothing of where that is.
pub fn line() -> Value {
    json!({ "id": "line", "name": "Listening line", "status": "active", "description": "We listen.", "service_areas": [{ "extent": "E92000001" }],
        "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }] })
}

/// Puts a patch into an item: members into objects, items behind those of lists.
pub fn merge(item: &mut Value, patch: Value) {
    match (item, patch) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, value) in more {
                merge(members.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more),
        (item, value) => *item = value,
    }
}

/// A town's number as people write it, and as somebody does who wants it to pass.
fn spellings(code: &str) -> Vec<String> {
    let bare = &code[1..];
    let whole = format!("{code}{LOCAL}");
    let figures = |zero: char| -> String {
        whole.bytes().map(|b| char::from_u32(u32::from(zero) + u32::from(b - b'0')).unwrap()).collect()
    };
    let forms = SPELLINGS.split('|');
    let mut all: Vec<String> =
        forms.map(|form| form.replace("{code}", code).replace("{bare}", bare).replace("{local}", LOCAL)).collect();
    all.push(whole.chars().map(|c| format!("{c}.")).collect());
    all.push(whole.chars().map(|c| format!("{c} ")).collect());
    all.extend(['０', '٠'].map(figures));
    all.push(in_words(&whole, "oh"));
    all.push(in_words(bare, "zero"));
    all
}

/// Figures one by one in words.
pub fn in_words(figures: &str, zero: &str) -> String {
    let word =
        |b: u8| [zero, "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"][usize::from(b - b'0')];
    figures.bytes().map(word).collect::<Vec<_>>().join(" ")
}

/// What a source adds to a listing so that it tells the town, a way each.
pub fn patches(kind: Kind, (town, code, _): &Town) -> Vec<Value> {
    let (slug, bare) = (town.to_lowercase(), &code[1..]);
    let number: u64 = bare.parse().unwrap();
    match kind {
        Kind::Numbers => {
            let ways = spellings(code);
            let phones = ways.iter().map(|way| json!({ "phones": [{ "number": way }] }));
            let others =
                ways.iter().enumerate().map(|(at, way)| json!({ TEXTS[at % TEXTS.len()]: format!("Ring {way}.") }));
            let said = json!({ "number": "0808 157 0001", "description": format!("Or {code} {LOCAL}.") });
            let beside = [
                json!({ "phones": [said] }),
                json!({ "phones": [{ "number": "0808 157 0001", "extension": number }] }),
                json!({ "phones": [{ "number": "0808 157 0001", "extension": number * 1_000_000 + 461_234 }] }),
                json!({ "phones": [{ "number": "0808 157 0001", "extension": bare }] }),
                json!({ "phones": [{ "number": "0808 157 0001", "type": code }] }),
                json!({ "phones": [{ "number": "0808 157 0001", "languages": [{ "name": "Urdu", "code": bare, "note": code }] }] }),
                json!({ "contacts": [{ "name": "Ann", "phones": [{ "number": format!("{bare} {LOCAL}") }] }] }),
                json!({ "organization": { "phones": [{ "number": format!("{bare} {LOCAL}") }] } }),
            ];
            phones.chain(others).chain(beside).collect()
        }
        Kind::Figures => vec![
            json!({ "cost_options": [{ "option": "Free.", "amount": number }] }),
            json!({ "cost_options": [{ "option": "Free.", "amount": number as f64 / 100.0 }] }),
            json!({ "cost_options": [{ "option": "Free.", "amount": number as f64 / 1000.0 }] }),
            json!({ "cost_options": [{ "option": bare, "amount": 0 }] }),
            json!({ "cost_options": [{ "option": "Free.", "amount_description": code }] }),
            json!({ "cost_options": [{ "option": "Free.", "currency": bare }] }),
            json!({ "cost_options": [{ "option": "Free.", "valid_from": format!("{bare}-01-01"), "valid_to": format!("{bare}-01-01") }] }),
            json!({ "minimum_age": number }),
            json!({ "maximum_age": number }),
            json!({ "minimum_age": number as f64 / 100.0 }),
            json!({ "assured_date": format!("{bare}-01-01") }),
            json!({ "last_modified": format!("{bare}-01-01T00:00:00Z") }),
            json!({ "last_modified": format!("2026-01-01T00:00:00.{bare}Z") }),
            json!({ "kith": { "accepting": "yes", "accepting_checked_on": format!("{bare}-01-01") } }),
            json!({ "kith": { "accepting": "yes", "wait": { "weeks_from": number, "weeks_to": number } } }),
            json!({ "kith": { "accepting": "yes", "wait": { "weeks_from": 1, "weeks_to": 2, "checked_on": format!("{bare}-01-01") } } }),
            json!({ "kith": { "how_to_come": { "routes": ["turn_up"], "reply_within_days": number } } }),
            json!({ "kith": { "steward_asks": { "newcomers_a_month": number } } }),
            json!({ "kith": { "links": [{ "relationship": "refers_to", "to": { "service_id": "line" }, "starts_on": format!("{bare}-01-01"),
                "review_on": format!("{bare}-02-01"), "reply_within_days": number, "note": code }] } }),
            json!({ "languages": [{ "name": bare, "code": bare, "note": code }] }),
            json!({ "description": format!("We listen. Free for {bare}.") }),
            json!({ "schedules": [{ "freq": "WEEKLY", "byday": "TU", "notes": code }] }),
        ],
        Kind::Terms => {
            let term = |more: Value| {
                let mut term = json!({ "id": "plain", "name": "Women", "taxonomy": "Groups" });
                merge(&mut term, more);
                json!({ "attributes": [{ "taxonomy_term": term }] })
            };
            let ids = words_of_terms(town);
            vec![
                term(json!({ "id": ids[0] })),
                term(json!({ "id": ids[1] })),
                term(json!({ "id": ids[2] })),
                term(json!({ "id": "a", "name": town })),
                term(json!({ "id": "b", "name": format!("Ring {code} {LOCAL}") })),
                term(json!({ "id": "c", "code": bare })),
                term(json!({ "id": "d", "taxonomy": format!("{town} wards") })),
                term(json!({ "id": "e", "term_uri": format!("https://{slug}.example/women") })),
                term(json!({ "id": "f", "language": bare, "parent_id": ids[3], "description": format!("In {town}.") })),
                term(
                    json!({ "id": "g", "taxonomy": "Homes", "taxonomy_detail": { "id": ids[4], "name": "Homes", "description": format!("In {town}."),
                    "uri": format!("https://{slug}.example"), "version": bare } }),
                ),
                json!({ "attributes": [{ "label": town, "link_type": "group", "value": bare, "taxonomy_term": { "id": "h", "name": "Women", "taxonomy": "Groups" } }] }),
                json!({ "attributes": [{ "link_type": town, "value": code }] }),
                json!({ "attributes": [{ "link_type": "kith:place_mode", "value": town }] }),
                json!({ "attributes": [{ "taxonomy_term": { "id": ids[5], "code": "domestic-abuse", "name": format!("Abuse, {town}"), "description": town, "taxonomy": "kith", "term_uri": format!("https://{slug}.example") } }] }),
                json!({ "organization": { "attributes": [{ "taxonomy_term": { "id": ids[6], "name": "Women", "code": slug, "taxonomy": town } }] } }),
            ]
        }
        Kind::Registers => {
            let local = format!("{code}{LOCAL}");
            let numbers = [
                json!({ "identifier_scheme": "GB-CHC", "identifier": local }),
                json!({ "identifier_scheme": "GB-CHC", "identifier": format!("{bare}-{LOCAL}") }),
                json!({ "identifier_scheme": "GB-COH", "identifier": format!("{town} 1") }),
                json!({ "identifier_scheme": "GB-CHC", "identifier_type": town, "identifier": "1000001" }),
                json!({ "identifier_scheme": town, "identifier": "1000001" }),
                json!({ "identifier_scheme": "own", "identifier": format!("{bare}4612") }),
                json!({ "identifier_type": "own", "identifier": format!("{code}461") }),
                json!({ "identifier_type": "Number", "identifier": format!("{bare}46") }),
                json!({ "identifier": format!("{code}4") }),
                json!({ "identifier_type": "UPRN", "identifier": format!("1000{bare}") }),
                json!({ "identifier_type": format!("GB-{bare}"), "identifier": "1000001" }),
            ];
            numbers.map(|number| json!({ "organization": { "organization_identifiers": [number] } })).into()
        }
        Kind::Sources => Vec::new(),
    }
}

/// What a source may call terms and taxonomies after its town.
pub fn words_of_terms(town: &str) -> [String; 7] {
    let slug = town.to_lowercase();
    let number: u32 = slug.bytes().map(u32::from).sum();
    let own = format!("0000{number:04}-0000-4000-8000-000000000000");
    [
        format!("{slug}-women"),
        own,
        town.to_owned(),
        format!("{slug}-wards"),
        slug.clone(),
        format!("{slug}/abuse"),
        format!("women in {slug}"),
    ]
}

/// Sources of a town, each of which says so in another member.
pub fn sources_of((town, code, _): &Town) -> Vec<Source> {
    let slug = town.to_lowercase();
    let plain = |name: String| Source { id: source_id(&name), name, url: None, licence: None, attribution: None };
    let mut all: Vec<Source> = [
        town.to_string(),
        format!("{slug}-refuge"),
        format!("{town} Women's Aid"),
        format!("list {code}"),
        format!("{} list", &code[1..]),
    ]
    .map(plain)
    .into();
    let some = |text: String| Some(text);
    all.push(Source { url: some(format!("https://{slug}.example/list")), ..plain("one".to_owned()) });
    all.push(Source { url: some(format!("https://refuge.example/{slug}")), ..plain("two".to_owned()) });
    all.push(Source { licence: some(format!("{town} licence")), ..plain("three".to_owned()) });
    all.push(Source { licence: some(format!("https://{slug}.example/licence")), ..plain("four".to_owned()) });
    all.push(Source { attribution: some(format!("© {town} Women's Aid")), ..plain("five".to_owned()) });
    all.push(Source { attribution: some(format!("Ring {code} {LOCAL}")), ..plain("six".to_owned()) });
    all
}
