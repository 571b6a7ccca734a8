//! What somebody finds out who brings in files of their own, before and after the refuge's: baits that share with it what they
//! guess of what is withheld, and of which they read everything.
//!
//! The same is played twice, in a directory whose refuge is in one of ten towns and in one whose refuge is in none of them; the
//! attacker can do so too, as the program is open. What differs in anything that is shown of a bait, of the refuge or of
//! the imports tells the town, and the house is guessed there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use kith::{
    domain::{gate, vocabulary::values::Relationship},
    exchange::Format,
};
use serde_json::{Value, json};

use super::{
    attack::{Finding, Point, km},
    strategies::Attacker,
    worlds::{Secret, World, open_group},
};

/// A town's name, its dialling code and where it is.
pub type Town = (&'static str, &'static str, Point);

/// Towns that the gazetteer knows.
pub const TOWNS: [Town; 10] = [
    ("Skipton", "01756", (53.962, -2.017)),
    ("Harrogate", "01423", (53.992, -1.541)),
    ("Whitby", "01947", (54.486, -0.613)),
    ("Scarborough", "01723", (54.280, -0.405)),
    ("Goole", "01405", (53.703, -0.877)),
    ("Driffield", "01377", (54.005, -0.438)),
    ("Keighley", "01535", (53.867, -1.907)),
    ("Ripon", "01765", (54.138, -1.524)),
    ("Wetherby", "01937", (53.928, -1.386)),
    ("Bridlington", "01262", (54.083, -0.192)),
];
/// Where the refuge is that nobody guesses.
pub const ELSEWHERE: Town = ("Pontefract", "01977", (53.691, -1.312));
/// What the refuge serves, and what the baits do: all that they have in common is Craven, which is too small to be told.
const REFUGE_SERVES: &str = "E54000054";
const BAIT_SERVES: &str = "E06000065";
/// Other areas that a bait may be said to serve: a region, a city, a county's authority, all of England.
const OTHER_AREAS: [&str; 4] = ["E12000003", "E08000035", "E06000065", "E92000001"];
const PUBLIC_NUMBER: &str = "0808 157 0900";
/// The words by which the refuge is found again, and those of each bait: all of them pass the gate.
const REFUGE_SAYS: &str = "Quiet rooms for women.";
const BAITS_SAY: [&str; 10] = [
    "Help with money.",
    "Help with food.",
    "Help with letters.",
    "Help with forms.",
    "Help with debt.",
    "Help with sleep.",
    "Help with safety.",
    "Help with worry.",
    "Help with fear.",
    "Help with grief.",
];

/// What a bait guesses, or the refuge withholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Numbers,
    Domains,
    Names,
    Links,
    Shared,
    Areas,
    Again,
}

pub fn numbers(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Numbers, secret)
}

pub fn domains(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Domains, secret)
}

pub fn names(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Names, secret)
}

pub fn links(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Links, secret)
}

pub fn shared(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Shared, secret)
}

pub fn areas(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Areas, secret)
}

pub fn again(_: &Attacker, _: &mut World, secret: &Secret) -> Finding {
    found(Kind::Again, secret)
}

/// Plays it with the refuge in the town next to the house, and with the refuge elsewhere.
fn found(kind: Kind, secret: &Secret) -> Finding {
    let house = (secret.latitude, secret.longitude);
    let nearest = (0..TOWNS.len()).min_by(|a, b| km(TOWNS[*a].2, house).total_cmp(&km(TOWNS[*b].2, house))).unwrap();
    let [there, elsewhere] = [Some(nearest), None].map(|town| played(kind, town));
    assert!(there.len() > 20, "{kind:?}: {:?}", there.keys());
    let labels: BTreeSet<&String> = there.keys().chain(elsewhere.keys()).collect();
    let differ: Vec<&String> = labels.into_iter().filter(|label| there.get(*label) != elsewhere.get(*label)).collect();
    // A bait that is shown otherwise than it would be was the right guess.
    let guessed =
        TOWNS.iter().enumerate().find(|(number, _)| differ.iter().any(|label| label.ends_with(mark(*number))));
    Finding { at: guessed.map(|(_, town)| town.2), signs: differ.into_iter().take(4).cloned().collect() }
}

/// The words by which a bait is found again in what is read.
fn mark(number: usize) -> &'static str {
    BAITS_SAY[number]
}

type Seen = BTreeMap<String, String>;

/// What is shown, played once for all houses: chance is the same each time, so that all plays of a town are the same.
fn played(kind: Kind, town: Option<usize>) -> Arc<Seen> {
    type Played = BTreeMap<(Kind, Option<usize>), Arc<Seen>>;
    static PLAYED: Mutex<Played> = Mutex::new(BTreeMap::new());
    let known = PLAYED.lock().unwrap().get(&(kind, town)).cloned();
    known.unwrap_or_else(|| {
        let seen = Arc::new(play(kind, town));
        PLAYED.lock().unwrap().insert((kind, town), Arc::clone(&seen));
        seen
    })
}

/// All that is shown, by what it is of.
fn play(kind: Kind, town: Option<usize>) -> Seen {
    let mut world = World::empty();
    let mut seen = BTreeMap::new();
    let is_on_purpose = std::env::var_os("KITH_SABOTAGE").is_some();
    let give = |world: &mut World, seen: &mut Seen, step: &str, source: &str, items: Vec<Value>| {
        let report = world.import(source, &Format::Hsds, &[("a.json", Value::from(items).to_string())]);
        // What is refused would be no bait, and must not happen to the refuge.
        assert!(report.refused == 0 || is_on_purpose, "{kind:?} {step}: {:?}", report.refusals);
        if source != "county" {
            seen.insert(format!("the report of {step}"), serde_json::to_string(&report).unwrap());
        }
        // What is seen halfway is seen at the end too, or in a report.
        if !step.starts_with(['1', '2', '5', '7']) {
            read(world, step, seen);
        }
    };
    let baits = |world: &World, area: fn(usize) -> &'static str, shift: usize| -> Vec<Value> {
        (0..TOWNS.len()).map(|number| bait(kind, world, number, (number + shift) % TOWNS.len(), area(number))).collect()
    };
    let small = |_: usize| BAIT_SERVES;
    let other = |number: usize| OTHER_AREAS[number % OTHER_AREAS.len()];
    let first = if kind == Kind::Areas { other } else { small };

    let items = baits(&world, first, 0);
    give(&mut world, &mut seen, "1 baits before", "before", items);
    let items = vec![refuge(kind, &world, town, REFUGE_SERVES)];
    give(&mut world, &mut seen, "2 the refuge", "county", items);
    // Else what the attacker does with its id is not done.
    assert!(id_of(&world, REFUGE_SAYS).is_some(), "{kind:?}");
    let items = baits(&world, first, 0);
    give(&mut world, &mut seen, "3 baits after", "after", items);
    // Its links name what is here by now.
    let items = vec![refuge(kind, &world, town, REFUGE_SERVES)];
    give(&mut world, &mut seen, "4 the refuge again", "county", items);
    if kind == Kind::Again {
        // Every bait guesses every town, while the refuge's source says something else of whom it serves, and goes back.
        for shift in [1, 4, 7] {
            let items = baits(&world, small, shift);
            give(&mut world, &mut seen, &format!("5 baits, {shift} on"), "before", items);
            let serves = if shift % 2 == 0 { REFUGE_SERVES } else { OTHER_AREAS[shift % OTHER_AREAS.len()] };
            let items = vec![refuge(kind, &world, town, serves)];
            give(&mut world, &mut seen, &format!("6 the refuge, {shift}"), "county", items);
        }
    } else {
        let items = baits(&world, other, 0);
        give(&mut world, &mut seen, "5 baits with other areas", "before", items);
        let items = baits(&world, first, 0);
        give(&mut world, &mut seen, "6 baits as they were", "before", items);
    }
    // Where the refuge was first, what changes is a bait's; one by one, so that a report says which was the right guess.
    let mut world = World::empty();
    for again in [false, true] {
        let items = vec![refuge(kind, &world, town, REFUGE_SERVES)];
        give(&mut world, &mut seen, if again { "8 the refuge again" } else { "7 the refuge" }, "county", items);
        if again {
            break;
        }
        for (number, item) in baits(&world, first, 0).into_iter().enumerate() {
            give(&mut world, &mut seen, &format!("7 bait {}", mark(number)), "before", vec![item]);
        }
    }
    let is_shown = |number: &usize| seen.keys().any(|label| label.starts_with("8") && label.ends_with(mark(*number)));
    assert!(is_on_purpose || (0..TOWNS.len()).all(|number| is_shown(&number)), "{kind:?}: {:?}", seen.keys());
    seen
}

/// What is withheld of a refuge in a town, and what a bait guesses.
fn facts(kind: Kind, item: &mut Value, (town, code, at): (&str, &str, Point), is_refuge: bool) {
    let slug = town.to_lowercase();
    let has = |of: Kind| kind == of || kind == Kind::Again;
    if has(Kind::Numbers) {
        // Also as it passes for none of the town, and as the number of a register that nobody knows.
        let number = json!([{ "number": format!("{code} 461234") }, { "number": format!("{} 461234", &code[1..]) }]);
        item["organization"]["organization_identifiers"] =
            json!([{ "identifier_type": "UPRN", "identifier": format!("1000{}", &code[1..]) }]);
        item["contacts"] = json!([{ "name": "Ann", "phones": number }]);
        item["organization"]["phones"] = number.clone();
        item["phones"] = number;
    }
    if has(Kind::Domains) {
        item["email"] = format!("ask@{slug}refuge.org.uk").into();
        item["url"] = format!("https://www.{slug}refuge.org.uk").into();
        item["organization"]["email"] = format!("office@{slug}-aid.org.uk").into();
        item["organization"]["website"] = format!("https://{slug}-aid.org.uk/about").into();
    }
    if has(Kind::Names) {
        item["name"] = format!("{town} House").into();
        item["alternate_name"] = format!("{town} Women's Refuge").into();
        item["organization"]["name"] = format!("{town} Women's Aid").into();
        // Then its name is what the source calls it.
        item["organization"].as_object_mut().unwrap().remove("id");
    }
    if kind == Kind::Shared {
        // Of the source's own ids the attacker knows all.
        item["organization"]["id"] = format!("aid-{slug}").into();
        let mut house = open_group(200, at.0, at.1)["service_at_locations"][0]["location"].clone();
        let street: usize = code[3..].parse().unwrap();
        house["addresses"][0]["postal_code"] = format!("LS{} {}AA", 1 + street % 29, &code[2..3]).into();
        item["service_at_locations"] = json!([{ "id": format!("at-{slug}"), "location": house }]);
        item["service_at_locations"][0]["location"]["id"] = format!("house-{slug}").into();
    }
    if kind == Kind::Areas || (kind == Kind::Again && is_refuge) {
        let phones = item["phones"].as_array().cloned().unwrap_or_default();
        item["phones"] = phones.into_iter().chain([json!({ "number": PUBLIC_NUMBER })]).collect();
    }
    if kind == Kind::Areas {
        item["url"] = "https://hawthorn-aid.example".into();
        if is_refuge {
            item["organization"]["phones"] = json!([{ "number": format!("{code} 461234") }]);
            item["contacts"] = json!([{ "name": format!("Ann of {town}"), "email": format!("ann@{slug}.example") }]);
        }
    }
}

fn refuge(kind: Kind, world: &World, town: Option<usize>, area: &str) -> Value {
    let place = town.map_or(ELSEWHERE, |number| TOWNS[number]);
    let house = open_group(100, place.2.0, place.2.1)["service_at_locations"].clone();
    let mut item = json!({ "id": "hawthorn", "name": "Quiet Home", "status": "active", "description": REFUGE_SAYS,
        "attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }],
        "service_areas": [{ "extent": area }], "organization": { "id": "thorn", "name": "Thorn", "description": "Neighbours." },
        "service_at_locations": house });
    facts(kind, &mut item, place, true);
    if kind == Kind::Links {
        // It names the open listing at its place, by its id here.
        let other = town.and_then(|number| id_of(world, mark(number)));
        let other = other.unwrap_or_else(|| "00000000-0000-4000-8000-000000000000".to_owned());
        let link = |relationship: &Relationship| json!({ "relationship": relationship.as_str(), "to": { "service_id": other } });
        item["kith"] = json!({ "links": Relationship::ALL.iter().map(link).collect::<Value>() });
    }
    item
}

fn bait(kind: Kind, world: &World, number: usize, guess: usize, area: &str) -> Value {
    let (town, code, at) = TOWNS[guess];
    let refuge = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    let mut item = json!({ "id": format!("bait-{number}"), "name": format!("Bait {number}"), "status": "active", "description": mark(number),
        "service_areas": [{ "extent": area }], "organization": { "id": format!("own-{number}"), "name": format!("Own {number}"), "description": mark(number) } });
    match kind {
        Kind::Links => {
            let place = open_group(300 + u32::try_from(number).unwrap(), at.0, at.1);
            item["service_at_locations"] = place["service_at_locations"].clone();
            // To the refuge by its id here, once it has one, and by what its source calls it.
            let names = id_of(world, REFUGE_SAYS).into_iter().chain(["hawthorn".to_owned()]);
            let links = names.flat_map(|name| {
                Relationship::ALL.iter().flat_map(move |relationship| {
                    ["to", "from"]
                        .map(|way| json!({ "relationship": relationship.as_str(), way: { "service_id": name } }))
                })
            });
            item["kith"] = json!({ "links": links.collect::<Value>() });
        }
        // A bait with a place of its own is open; it shares what it says with the refuge.
        Kind::Shared if number.is_multiple_of(2) => {}
        _ => item["attributes"] = refuge,
    }
    facts(kind, &mut item, (town, code, at), false);
    item
}

/// The id of the listing with these words in what is said of it.
fn id_of(world: &World, words: &str) -> Option<String> {
    let listings = world.client.get("/v1/services?per_page=100").json();
    let found = listings["items"].as_array()?.iter().find(|item| item.to_string().contains(words))?;
    Some(found["id"].as_str().unwrap().to_owned())
}

/// Everything that readers are shown, by listing where it is of one.
fn read(world: &World, step: &str, seen: &mut Seen) {
    for (path, items) in [
        ("/v1/services", "items"),
        ("/v1/organizations", "items"),
        ("/hsds/services", "contents"),
        ("/hsds/organizations", "contents"),
    ] {
        let answer = world.client.get(&format!("{path}?per_page=100"));
        assert_eq!(answer.status, 200, "{path}");
        let all = answer.json();
        for (number, item) in all[items].as_array().unwrap().iter().enumerate() {
            let text = item.to_string();
            let of = (0..TOWNS.len()).find(|number| text.contains(mark(*number)));
            let of = of.map_or_else(|| format!("{number}th of others"), |of| mark(of).to_owned());
            let place = seen
                .keys()
                .filter(|label| label.starts_with(&format!("{step}: {path} ")) && label.ends_with(&of))
                .count();
            seen.insert(format!("{step}: {path} {place} {of}"), text);
        }
    }
    for path in ["/v1/search?q=help", "/v1/search?q=quiet+rooms", "/v1/suggest?q=bai", "/readyz"] {
        let answer = world.client.get(path);
        seen.insert(format!("{step}: {path}"), format!("{:?}", super::twins::whole(&answer)));
    }
}

#[test]
fn the_words_by_which_baits_are_known_pass() {
    for says in BAITS_SAY.iter().chain([&REFUGE_SAYS]) {
        assert_eq!(gate::kept(says, &gate::Allowed::default()), **says);
    }
}

/// Tells of some kinds of baits which town was guessed, for a house at each of two towns.
fn guess(kinds: &[Kind]) {
    for kind in kinds {
        for town in [0, 6] {
            let (name, _, (latitude, longitude)) = TOWNS[town];
            let finding = found(*kind, &Secret { latitude, longitude, ..Secret::number(1) });
            let right = finding.at == Some((latitude, longitude));
            println!("\nplayed {kind:?} {name}: guessed {right}, {} signs", finding.signs.len());
        }
    }
}

#[test]
#[ignore = "a part of a_guess_that_shows_is_taken, which starts it with a leak switched on"]
fn ties_are_guessed() {
    guess(&[Kind::Numbers, Kind::Domains, Kind::Names, Kind::Again]);
}

#[test]
#[ignore = "a part of a_guess_that_shows_is_taken, which starts it with a leak switched on"]
fn links_are_guessed() {
    guess(&[Kind::Links]);
}

#[test]
#[ignore = "a part of a_guess_that_shows_is_taken, which starts it with a leak switched on"]
fn places_are_guessed() {
    guess(&[Kind::Shared]);
}

#[test]
#[ignore = "a part of a_guess_that_shows_is_taken, which starts it with a leak switched on"]
fn areas_are_seen() {
    guess(&[Kind::Areas]);
}
