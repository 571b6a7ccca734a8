//! Leaks on purpose, for debug builds only: the proof that the harness in `tests/it/guard` would see a real one.
//!
//! `KITH_SABOTAGE` names one of [`LEAKS`]. All of this, and every line that asks [`on`], is compiled only with debug
//! assertions; a test looks through a release binary for the names and finds none.

use std::sync::OnceLock;

use super::{
    card::{Card, CardPhone, ListingPlace},
    listing::{Joined, Locate, Whereabouts},
    location::Location,
    place::{AreaCode, Position},
};

/// What can be leaked, each by its name in the environment.
pub const LEAKS: [&str; 29] = [
    "leak-kept",      // the place is kept, and no more
    "leak-distance",  // the listing is found and told by its distance
    "leak-order",     // found and ordered by its distance, which is not told
    "leak-count",     // counted by circle, though not shown
    "leak-facet",     // counted by circle among the terms only
    "leak-pin",       // a rounded middle on the card
    "leak-area",      // matched by the authority that the house stands in
    "leak-phone",     // the telephone of the house on the card
    "leak-words",     // found by the words of its address
    "leak-suggest",   // suggested by the words of its address
    "leak-feed",      // its place in the listing and in the feed
    "leak-history",   // published anew when only the house has moved
    "leak-length",    // bytes, and so length and ETag, that depend on the house
    "leak-duplicate", // an import is told that another listing is at that postcode
    "leak-log",       // the address in the log
    "id-from-source", // an id made of what the source calls it
    "text-unread",    // texts are not looked through
    "gate-open",      // words that are on no list pass
    "narrow-areas",   // areas that were told before are forgotten: what they have in common may be small
    "shared-place",   // who shares the house tells where it is
    "withheld-ties",  // what may be withheld ties listings together, so that a guess of it shows
    "numbers-unseen", // whatever has figures in it passes for a telephone number
    "terms-as-given", // ids of a private listing's terms are made of what the source calls them
    "source-named",   // the source of a private listing is named as it calls itself
    "links-shown",    // links that would place a private side are kept and shown
    "keys-shown",     // keys of open records name what is private
    "runner-shown",   // who runs a private listing is shown though it leads to open ones
    "trace-log",      // what was searched for in the log
    "trace-temp",     // what was searched for in a file of its own
];

/// Whether this leak is switched on.
pub fn on(leak: &str) -> bool {
    debug_assert!(LEAKS.contains(&leak), "{leak} has no line in the table");
    chosen() == Some(leak)
}

/// Whether the leak that is switched on needs places of protected services to be kept.
pub fn keeps_places() -> bool {
    chosen().is_some_and(|leak| leak.starts_with("leak-"))
}

fn chosen() -> Option<&'static str> {
    static CHOSEN: OnceLock<Option<String>> = OnceLock::new();
    CHOSEN.get_or_init(|| std::env::var("KITH_SABOTAGE").ok()).as_deref()
}

/// What a card and its listing would say of a place that must not be told.
#[derive(Debug, Default)]
pub struct Told {
    /// Places in the listing itself.
    pub places: Vec<ListingPlace>,
    /// More words to be found by.
    pub words: String,
    /// More names to be suggested by.
    pub names: String,
}

/// Puts into the card of an `area` service whatever the chosen leak tells.
pub fn leak(joined: &Joined, card: &mut Card, whereabouts: &mut Whereabouts, gazetteer: &dyn Locate) -> Told {
    let mut told = Told::default();
    let Some((at, location)) = joined.places.first() else { return told };
    let Location { latitude: Some(latitude), longitude: Some(longitude), .. } = location.record else { return told };
    let Whereabouts::Area(areas) = &mut *whereabouts else { return told };
    let address = location.record.addresses.first().map(|address| address.address_1.clone()).unwrap_or_default();
    if ["leak-distance", "leak-order", "leak-count", "leak-facet"].into_iter().any(on) {
        *whereabouts = Whereabouts::Point(Position { latitude, longitude, precision_km: 0.0 }, areas.clone());
    } else if on("leak-pin") {
        card.place.latitude = Some((latitude * 100.0).round() / 100.0);
        card.place.longitude = Some((longitude * 100.0).round() / 100.0);
    } else if on("leak-area") {
        *areas = gazetteer.areas_at(latitude, longitude).into_iter().take(1).collect();
    } else if on("leak-phone") {
        card.phones.extend(location.record.phones.iter().map(|phone| CardPhone {
            number: phone.number.clone(),
            phone_type: None,
            description: None,
        }));
    } else if on("leak-words") {
        told.words = address;
    } else if on("leak-suggest") {
        told.names = address;
    } else if on("leak-feed") {
        let at = at.as_ref().map(|at| at.record.clone());
        let place = card.place.clone();
        told.places.push(ListingPlace { service_at_location: at, location: location.record.clone(), place });
    } else if on("leak-history") || on("leak-length") {
        areas.push(AreaCode(format!("house:{latitude}")));
    }
    told
}

/// What was searched for, where the chosen leak writes it down.
pub fn searched(words: Option<&str>) {
    let words = words.unwrap_or_default();
    if on("trace-log") {
        tracing::trace!(words, "searched");
    }
    if on("trace-temp") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(std::env::temp_dir().join("searched"));
        let _ = file.and_then(|mut file| std::io::Write::write_all(&mut file, words.to_uppercase().as_bytes()));
    }
}

/// As many bytes as the house is far north, to be put behind a record where its length leaks.
pub fn padding(whereabouts: &Whereabouts) -> Vec<u8> {
    let Whereabouts::Area(areas) = whereabouts else { return Vec::new() };
    let north = areas.iter().find_map(|area| area.0.strip_prefix("house:")?.parse::<f64>().ok());
    // The fraction decides: two houses of one town differ too.
    north
        .filter(|_| on("leak-length"))
        .map_or_else(Vec::new, |north| vec![b' '; (north.fract() * 9_973.0) as usize % 499])
}

/// The name that is suggested.
pub fn suggested(name: &str, names: &str) -> String {
    if on("leak-suggest") { format!("{name} {names}") } else { name.to_owned() }
}
