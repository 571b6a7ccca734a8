//! What an attacker tries, a function a strategy. Each returns what it found out; where nothing leaks, that is nothing.

use std::collections::BTreeSet;

use kith::{
    directory::import::source_id,
    domain::id::{Id, kind},
    exchange::Format,
};
use serde_json::Value;

use super::{
    attack::{Finding, MIDDLE, Point, km},
    baits, keys, spoken,
    worlds::{STREETS, Secret, World, open_group},
};
use crate::support::{Client, encoded};

/// Who looks for the hidden listing.
pub struct Attacker {
    pub client: Client,
    /// The hidden listing, and one of the attacker's own that publishes the same area.
    pub target: String,
    pub decoy: String,
    /// A directory of the attacker's own, in which the house is where the attacker guesses.
    pub own: Client,
    /// Houses that it may be; the attacker does not know which of them it is, if any.
    pub houses: Vec<Secret>,
}

type Strategy = fn(&Attacker, &mut World, &Secret) -> Finding;

/// Those that change the directory come last.
pub const STRATEGIES: [(&str, Strategy); 34] = [
    ("radius bisection", radius),
    ("distance told", distance),
    ("order among public listings", order),
    ("counts by circle", counts),
    ("facets by circle", facets),
    ("areas touched, beside a listing of one's own", areas),
    ("words of addresses", words),
    ("suggestions", suggestions),
    ("gazetteer", gazetteer),
    ("telephones of the card", phones),
    ("pins and addresses in every record", pins),
    ("sessions", sessions),
    ("tags and lengths, beside a copy of one's own", tags),
    ("structure of ids", ids),
    ("cursors and pages", cursors),
    ("batches and guessed ids", batches),
    ("resilience by authority, beside a copy of one's own", resilience),
    ("imports at guessed addresses", imports),
    ("history when the house moves", history),
    ("areas over time and of linked listings", areas_over_time),
    ("baits with guessed local numbers", baits::numbers),
    ("baits with guessed domains and addresses", baits::domains),
    ("baits with guessed names", baits::names),
    ("baits with links of every kind, at guessed places", baits::links),
    ("baits that share guessed organisations and places", baits::shared),
    ("baits with other areas under the public number", baits::areas),
    ("baits brought in anew while the refuge is", baits::again),
    ("local numbers in odd spellings", spoken::numbers),
    ("figures in sums, ages, waits and days", spoken::figures),
    ("terms of a town, and ids guessed of them", spoken::terms),
    ("numbers of registers", spoken::registers),
    ("names of sources", spoken::sources),
    ("keys of open listings that name what is private", keys::named),
    ("an organisation of listed words that opens something", keys::opened),
];

const ANCHORS: [Point; 3] = [(53.2, -2.2), (53.3, 0.1), (54.6, -1.0)];
/// The widest circle that may be asked for, in kilometres.
const WIDEST: f64 = 500.0;

impl Attacker {
    fn around(&self, (latitude, longitude): Point, km: f64, more: &str) -> Value {
        let place = format!("latitude={latitude}&longitude={longitude}&within_km={km}&per_page=100");
        self.client.get(&format!("/v1/search?{place}{more}")).json()
    }

    fn is(&self, card: &Value) -> bool {
        card["id"] == self.target
    }

    /// The smallest circle around each anchor for which something holds; `None` when it does not for the widest.
    fn bisected(&self, holds: impl Fn(Point, f64) -> bool) -> Option<Point> {
        let mut circles = Vec::new();
        for anchor in ANCHORS {
            let (mut below, mut above) = (0.01, WIDEST);
            if !holds(anchor, above) {
                return None;
            }
            for _ in 0..16 {
                let middle = (below + above) / 2.0;
                if holds(anchor, middle) { above = middle } else { below = middle }
            }
            circles.push((anchor, (below + above) / 2.0));
        }
        Some(located(&circles))
    }
}

/// The point that is so far from these: least squares, from the middle of the area on.
fn located(circles: &[(Point, f64)]) -> Point {
    let mut at = MIDDLE;
    for _ in 0..40 {
        let step = 1e-5;
        let (mut a, mut b) = ([[0.0; 2]; 2], [0.0; 2]);
        for (anchor, told) in circles {
            let here = km(at, *anchor);
            let slope =
                [(km((at.0 + step, at.1), *anchor) - here) / step, (km((at.0, at.1 + step), *anchor) - here) / step];
            for row in 0..2 {
                b[row] += slope[row] * (told - here);
                for column in 0..2 {
                    a[row][column] += slope[row] * slope[column];
                }
            }
        }
        let whole = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        at.0 += (b[0] * a[1][1] - b[1] * a[0][1]) / whole;
        at.1 += (b[1] * a[0][0] - b[0] * a[1][0]) / whole;
    }
    at
}

fn items<'v>(answer: &'v Value, block: &str) -> &'v Vec<Value> {
    answer[block]["items"].as_array().expect("a search has both blocks")
}

fn sign(is: bool, what: impl Into<String>) -> Finding {
    Finding { at: None, signs: is.then(|| what.into()).into_iter().collect() }
}

fn radius(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let at = a.bisected(|point, km| items(&a.around(point, km, ""), "results").iter().any(|card| a.is(card)));
    Finding { at, signs: Vec::new() }
}

fn distance(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let told = |anchor: Point| {
        let answer = a.around(anchor, WIDEST, "&view=full&explain=true");
        let cards = items(&answer, "results").iter().chain(items(&answer, "covers_area"));
        cards.filter(|card| a.is(card)).find_map(|card| card["distance_km"].as_f64()).map(|km| (anchor, km))
    };
    let circles: Option<Vec<_>> = ANCHORS.into_iter().map(told).collect();
    Finding { at: circles.map(|circles| located(&circles)), signs: Vec::new() }
}

fn order(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let mut signs = Vec::new();
    let mut circles = Vec::new();
    let mut orders = BTreeSet::new();
    for sort in ["distance", "best", "soonest", "recently_checked"] {
        for anchor in ANCHORS.into_iter().chain([MIDDLE, (53.5, -1.6), (54.2, -0.5)]) {
            let answer = a.around(anchor, WIDEST, &format!("&sort={sort}"));
            let covers: Vec<String> = items(&answer, "covers_area").iter().map(|card| card["id"].to_string()).collect();
            orders.insert((sort, covers));
            if sort != "distance" {
                continue;
            }
            let results = items(&answer, "results");
            if let Some(place) = results.iter().position(|card| a.is(card)) {
                let near = |at: Option<usize>| at.and_then(|at| results.get(at)?["distance_km"].as_f64());
                let (before, after) = (near(place.checked_sub(1)), near(Some(place + 1)));
                let km = before.or(after).map(|one| f64::midpoint(one, after.unwrap_or(one)));
                circles.extend(km.map(|km| (anchor, km)));
            }
        }
    }
    if orders.len() > 4 {
        signs.push("the order of what serves an area depends on where one asks".to_owned());
    }
    Finding { at: (circles.len() > 2).then(|| located(&circles)), signs }
}

fn counts(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    // More are counted in a circle than are shown with a distance inside it.
    let at = a.bisected(|point, km| {
        let answer = a.around(point, km, "");
        answer["results"]["total"].as_u64().unwrap() as usize > items(&answer, "results").len()
    });
    Finding { at, signs: Vec::new() }
}

fn facets(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let at = a.bisected(|point, km| {
        let answer = a.around(point, km, "");
        answer["facets"].as_array().unwrap().iter().any(|count| count["id"] == "refuge" && count["count"] != 0)
    });
    Finding { at, signs: Vec::new() }
}

fn areas(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let (mut here, mut differ) = (Vec::new(), false);
    for row in 0..7 {
        for column in 0..7 {
            let point = (53.3 + 0.2 * f64::from(row), -2.2 + 0.4 * f64::from(column));
            for km in [2.0, 30.0] {
                let answer = a.around(point, km, "");
                let serves = |id: &str| {
                    items(&answer, "covers_area")
                        .iter()
                        .find(|card| card["id"] == id)
                        .map(|card| (card["serves"].to_string(), card["ask"].to_string()))
                };
                let (target, decoy) = (serves(&a.target), serves(&a.decoy));
                differ |= target != decoy;
                if km < 3.0 && target.is_some_and(|(serves, _)| serves.contains("here")) {
                    here.push(point);
                }
            }
        }
    }
    let mean = |of: fn(&Point) -> f64| here.iter().map(of).sum::<f64>() / here.len() as f64;
    let at = (differ && !here.is_empty()).then(|| (mean(|point| point.0), mean(|point| point.1)));
    Finding { at, ..sign(differ, "it does not serve the places that the published area serves") }
}

fn words(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let asked = STREETS.iter().map(|street| (*street).to_owned());
    let asked = asked.chain(a.houses.iter().flat_map(|house| {
        [
            house.postcode.clone(),
            house.phone.clone(),
            format!("UPRN 1000{}", house.mark),
            format!("{} Lodge", house.street),
        ]
    }));
    let found: Vec<String> = asked
        .filter(|words| {
            // Two words of which one is a name that many have: the other decides.
            let answer = a.client.get(&format!("/v1/search?q={}&per_page=100&explain=true", encoded(words))).json();
            let all = answer["understood"]["words"] == "all";
            all && items(&answer, "results").iter().chain(items(&answer, "covers_area")).any(|card| a.is(card))
        })
        .collect();
    sign(!found.is_empty(), format!("found by {found:?}"))
}

fn suggestions(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let mut found = Vec::new();
    for word in STREETS
        .into_iter()
        .map(str::to_owned)
        .chain(a.houses.iter().flat_map(|house| [house.postcode.clone(), house.address_begun()]))
    {
        for begun in [&word[..3], word.as_str()] {
            let answer = a.client.get(&format!("/v1/suggest?q={}&limit=10", encoded(begun))).json();
            found.extend(
                answer["listings"].as_array().unwrap().iter().filter(|card| a.is(card)).map(|_| begun.to_owned()),
            );
        }
    }
    sign(!found.is_empty(), format!("suggested for {found:?}"))
}

fn gazetteer(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    // A copy of one's own knows another house: what it answers for every candidate must be the same.
    let mut differ = Vec::new();
    for house in &a.houses {
        for asked in
            [house.postcode.clone(), house.street.to_owned(), format!("{},{}", house.latitude, house.longitude)]
        {
            for path in [
                format!("/v1/places?q={}", encoded(&asked)),
                format!("/v1/search?near={}", encoded(&asked)),
                format!("/v1/sessions?near={}", encoded(&asked)),
            ] {
                let (one, other) = (a.client.get(&path), a.own.get(&path));
                differ.extend((super::twins::whole(&one) != super::twins::whole(&other)).then_some(path));
            }
        }
    }
    sign(!differ.is_empty(), format!("the place is known otherwise: {differ:?}"))
}

fn phones(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let listing = a.client.get(&format!("/v1/services/{}", a.target)).json();
    let numbers = listing["card"]["phones"].as_array().unwrap();
    sign(numbers.len() != 1, format!("{} numbers", numbers.len()))
}

/// Everything that is read of the target by its id, anywhere.
fn records(a: &Attacker) -> Vec<Value> {
    let mut records = vec![
        a.client.get(&format!("/v1/services/{}", a.target)).json(),
        a.client.get(&format!("/hsds/services/{}", a.target)).json(),
    ];
    let answer = a.around(MIDDLE, WIDEST, "&view=full");
    records.extend(
        items(&answer, "results").iter().chain(items(&answer, "covers_area")).filter(|card| a.is(card)).cloned(),
    );
    let places = a.client.get("/hsds/service_at_locations?per_page=100").json();
    records
        .extend(places["contents"].as_array().unwrap().iter().filter(|at| at.to_string().contains(&a.target)).cloned());
    records
}

fn pins(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let (mut finding, mut open) = (Finding::default(), records(a));
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if let (Some(north), Some(east)) =
                    (members.get("latitude").and_then(Value::as_f64), members.get("longitude").and_then(Value::as_f64))
                {
                    finding.at = Some((north, east));
                }
                let telling = ["address_1", "postal_code", "location_id", "service_at_location_id", "precision_km"];
                finding.signs.extend(telling.into_iter().filter(|name| members.contains_key(*name)).map(str::to_owned));
                open.extend(members.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
    finding
}

fn sessions(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let found = ANCHORS.into_iter().chain([MIDDLE]).any(|(latitude, longitude)| {
        let path = format!("/v1/sessions?latitude={latitude}&longitude={longitude}&within_km={WIDEST}&per_page=100");
        let text = a.client.get(&path).text();
        assert!(text.contains("distance_km"), "sessions of open groups tell one: {text}");
        let of_target = text.split(&a.target).nth(1);
        of_target.is_some_and(|rest| rest[..rest.len().min(3_000)].contains("distance_km"))
    });
    sign(found, "a session with a distance")
}

fn tags(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let mut differ = Vec::new();
    for path in [
        format!("/v1/services/{}", a.target),
        format!("/hsds/services/{}", a.target),
        format!("/listing/{}", a.target),
        "/v1/services?per_page=100".to_owned(),
        "/v1/organizations".to_owned(),
        "/hsds/services?per_page=100".to_owned(),
    ] {
        let (one, other) = (a.client.get(&path), a.own.get(&path));
        let held = a.client.send("GET", &path, &[("If-None-Match", other.header("etag"))], None);
        let same = ["etag", "content-length"].into_iter().all(|name| one.header(name) == other.header(name));
        let known = other.header("etag").is_empty() || held.status == 304;
        differ.extend((!same || !known).then_some(path));
    }
    sign(!differ.is_empty(), format!("{differ:?}"))
}

fn ids(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let version = &a.target[14..15];
    // The source's own name for it may say where it is; the attacker knows how sources name.
    let derived = a.houses.iter().any(|house| {
        let name = format!("service/{}", house.id("rowan"));
        Id::<kind::Service>::named(source_id("county"), &name).to_string() == a.target
    });
    sign(version != "4" || derived, format!("version {version}, derived: {derived}"))
}

fn cursors(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let (mut seen, mut odd) = (Vec::<String>::new(), Vec::new());
    let mut next = Some("/v1/services?per_page=1".to_owned());
    while let Some(path) = next.take().filter(|_| seen.len() < 100) {
        let page = a.client.get(&path).json();
        let id = page["items"][0]["id"].as_str().unwrap().to_owned();
        next = page["next"].as_str().map(str::to_owned);
        // A cursor says which id was last, and no more.
        if next.as_ref().is_some_and(|next| {
            *next != format!("/v1/services?after={id}&per_page=1") && !next.ends_with(&format!("after={id}"))
        }) {
            odd.push(next.clone().unwrap());
        }
        seen.push(id);
    }
    assert!(seen.len() > 10, "there are more pages than one");
    let sorted = seen.is_sorted();
    Finding {
        signs: odd.into_iter().chain((!sorted).then(|| "pages are not in the order of ids".to_owned())).collect(),
        at: None,
    }
}

fn batches(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    let mut signs = Vec::new();
    let alone = a.client.get(&format!("/v1/services/{}", a.target)).json();
    let both = a.client.get(&format!("/v1/services?id={}&id={}", a.decoy, a.target)).json();
    if both["items"][1] != alone || both["items"].as_array().unwrap().len() != 2 {
        signs.push("a batch says something else than the listing".to_owned());
    }
    for house in &a.houses {
        let names = ["location/rowan-house", "service_at_location/rowan-at", "location/office", "service/rowan"];
        for name in names.map(|name| house.id(name)) {
            let id = Id::<kind::Location>::named(source_id("county"), &name);
            for path in
                ["/v1/services", "/hsds/services", "/hsds/service_at_locations", "/v1/organizations", "/listing"]
            {
                let status = a.client.get(&format!("{path}/{id}")).status;
                signs.extend((status != 404).then(|| format!("{path}/{name}: {status}")));
            }
        }
    }
    Finding { at: None, signs }
}

fn resilience(a: &Attacker, _: &mut World, _: &Secret) -> Finding {
    // What serves the region counts in each of its authorities alike, wherever the house of a copy of one's own is.
    let mut differ = Vec::new();
    for area in ["Yorkshire and The Humber", "Leeds", "North Yorkshire", "East Riding of Yorkshire"] {
        for more in ["", "&need=domestic-abuse", "&within_km=5", "&within_km=25&format=csv"] {
            let path = format!("/v1/resilience?area={}{more}", encoded(area));
            let (one, other) = (a.client.get(&path), a.own.get(&path));
            assert_eq!(one.status, 200, "{path}");
            differ.extend((super::twins::whole(&one) != super::twins::whole(&other)).then_some(path));
        }
    }
    // And two authorities in which nothing public stands have the same listings.
    let rows = a.client.get("/v1/resilience?area=Yorkshire+and+The+Humber&need=domestic-abuse").json();
    let counted: BTreeSet<String> =
        rows["rows"].as_array().unwrap().iter().map(|row| row["listings"].to_string()).collect();
    assert!(!counted.is_empty());
    if counted.len() > 1 {
        differ.push(format!("authorities of one area have {counted:?} listings"));
    }
    sign(!differ.is_empty(), format!("{differ:?}"))
}

fn imports(a: &Attacker, world: &mut World, _: &Secret) -> Finding {
    // Groups of the attacker's own at each of the candidates' addresses: what is said of them must be the same.
    let mut said = BTreeSet::new();
    for (number, house) in a.houses.iter().enumerate() {
        let mut group = open_group(70, house.latitude, house.longitude);
        let place = &mut group["service_at_locations"][0]["location"];
        place["addresses"][0]["address_1"] = format!("{} Lane", house.street).into();
        place["addresses"][0]["postal_code"] = house.postcode.clone().into();
        place["phones"] = serde_json::json!([{ "number": house.phone }]);
        let report = world.import(&format!("attacker-{number}"), &Format::Hsds, &[("a.json", group.to_string())]);
        said.insert(serde_json::to_string(&report).unwrap());
    }
    sign(said.len() != 1, format!("{said:?}"))
}

fn history(a: &Attacker, world: &mut World, secret: &Secret) -> Finding {
    let read = || {
        let paths = [
            format!("/v1/services/{}", a.target),
            format!("/hsds/services/{}", a.target),
            "/v1/services?per_page=100".to_owned(),
            "/hsds/services".to_owned(),
            "/v1/search?q=rowan".to_owned(),
            "/readyz".to_owned(),
        ];
        let answers = paths.map(|path| a.client.get(&path));
        answers.iter().map(|answer| format!("{:?}", super::twins::whole(answer))).collect::<Vec<_>>()
    };
    let before = read();
    world.move_house(secret, &Secret::number(secret.mark + 77));
    sign(before != read(), "something published changes when only the house moves")
}

/// Two areas, each with hundreds of thousands of addresses, that have only Craven in common.
const CRAVEN: [(&str, &str); 2] = [("E54000054", "NHS West Yorkshire"), ("E06000065", "North Yorkshire")];

fn areas_over_time(a: &Attacker, world: &mut World, secret: &Secret) -> Finding {
    let mut seen = BTreeSet::new();
    let mut copy = |a: &Attacker| {
        let mut next = Some("/v1/services?per_page=100".to_owned());
        while let Some(path) = next.take() {
            let page = a.client.get(&path).json();
            let linked = page["items"].as_array().unwrap().iter().filter(|item| {
                let card = &item["card"];
                a.is(card) || card["organization"]["name"] == "Calm" || card["phones"].to_string().contains("0808 157")
            });
            for area in linked.flat_map(|item| item["card"]["place"]["areas"].as_array().unwrap()) {
                seen.insert(area["code"].as_str().unwrap().to_owned());
            }
            next = page["next"].as_str().map(str::to_owned);
        }
    };
    // The keeper changes what is said of whom it serves; a listing is added, and changed in its turn.
    copy(a);
    for (listing, name, area) in [
        ("rowan", super::worlds::TARGET, CRAVEN[0]),
        ("rowan", super::worlds::TARGET, CRAVEN[1]),
        ("hazel", "Warm Home", CRAVEN[1]),
        ("hazel", "Warm Home", CRAVEN[0]),
        ("rowan", super::worlds::TARGET, super::worlds::AREA),
        ("hazel", "Warm Home", CRAVEN[1]),
    ] {
        world.say_areas(secret, listing, name, &[area]);
        copy(a);
    }
    sign(CRAVEN.iter().all(|(code, _)| seen.contains(*code)), "it is in Craven, if it is where it serves")
}
