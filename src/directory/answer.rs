//! Writes a search answer by splicing published card bytes, without building a tree of them.
//!
//! Its shape is documented by `domain::answer::SearchAnswer`; a test reads these bytes through it.

use std::{borrow::Cow, io::Write};

use bytes::Bytes;
use kith_index::{Block, Hit};
use serde::Serialize;

use super::{body, written::Counted};
use crate::domain::{
    answer::{AsOf, AskedPlace, KindCount, Understood},
    card::Serves,
    crisis::urgency::Urgency,
    rhythm::{Moment, Session},
};

/// All of an answer but the cards.
pub struct Frame {
    /// The place, as understood.
    pub place: Option<AskedPlace>,
    /// The words, as understood.
    pub understood: Understood,
    /// Counts of terms.
    pub facets: Vec<Counted>,
    /// Counts of kinds.
    pub kinds: Vec<KindCount>,
    /// The radius used.
    pub searched_within_km: Option<f64>,
    /// That of the circle searched.
    pub circle_km: Option<f64>,
    /// Lines for the nation, as JSON.
    pub crisis: Cow<'static, [u8]>,
    /// How urgent the words sound.
    pub urgency: Urgency,
    /// How fresh.
    pub as_of: AsOf,
    /// Whether the listings are invented.
    pub sample: bool,
    /// The page shown.
    pub page: u32,
    /// Listings on a page.
    pub per_page: u32,
    /// Names of the parameters filtered by, in the order of the query's groups.
    pub asked: Vec<&'static str>,
    /// Those of them that ask when something happens.
    pub when: Vec<&'static str>,
    /// The instant that the next sessions follow.
    pub now: Moment,
}

/// What a card's slots are filled from, beside the hit.
#[derive(Clone, Copy)]
pub(super) struct Slots<'a> {
    /// Names of the parameters filtered by, in the order of the query's groups.
    pub asked: &'a [&'a str],
    /// Those that ask when something happens.
    pub when: &'a [&'a str],
    /// The instant that the next session follows; `None` where the answer says the session itself.
    pub now: Option<Moment>,
    /// Whether these are listings that serve a place by their areas.
    pub covers: bool,
}

impl Frame {
    /// The whole answer as JSON.
    pub fn write(&self, results: &Block, covers: &Block) -> Bytes {
        let cards: usize = results.hits.iter().chain(&covers.hits).map(|hit| hit.body.len() + 144).sum();
        // Facets and crisis lines take some 20 kB.
        let mut out = Vec::with_capacity(cards + self.crisis.len() + 96 * self.facets.len() + 4096);
        out.push(b'{');
        if let Some(place) = &self.place {
            member(&mut out, "place", place);
        }
        member(&mut out, "understood", &self.understood);
        self.block(&mut out, "results", results, false);
        self.block(&mut out, "covers_area", covers, true);
        out.extend_from_slice(b",\"facets\":[");
        for (at, count) in self.facets.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            count.write(&mut out);
        }
        out.push(b']');
        member(&mut out, "kinds", &self.kinds);
        if let Some(km) = self.searched_within_km {
            member(&mut out, "searched_within_km", &km);
        }
        if let Some(km) = self.circle_km {
            member(&mut out, "circle_km", &km);
        }
        out.extend_from_slice(b",\"crisis\":");
        out.extend_from_slice(&self.crisis);
        member(&mut out, "urgency", &self.urgency);
        member(&mut out, "as_of", &self.as_of);
        member(&mut out, "sample", &self.sample);
        out.push(b'}');
        Bytes::from(out)
    }

    fn block(&self, out: &mut Vec<u8>, name: &str, block: &Block, covers: bool) {
        #[cfg(debug_assertions)]
        let block = &without_hidden(block);
        separate(out);
        out.extend_from_slice(
            format!("\"{name}\":{{\"total\":{},\"page\":{},\"per_page\":{}", block.total, self.page, self.per_page)
                .as_bytes(),
        );
        if block.broader > 0 {
            member(out, "broader", &block.broader);
        }
        out.extend_from_slice(b",\"items\":");
        cards(out, &block.hits, Slots { asked: &self.asked, when: &self.when, now: Some(self.now), covers });
        out.push(b'}');
    }
}

/// A list of cards, each with its slots filled.
pub(super) fn cards(out: &mut Vec<u8>, hits: &[Hit], slots: Slots<'_>) {
    out.push(b'[');
    for (at, hit) in hits.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        card(out, hit, slots);
    }
    out.push(b']');
}

/// A card's bytes end in `}`; what depends on the question goes before it.
pub(super) fn card(out: &mut Vec<u8>, hit: &Hit, Slots { asked, when, now, covers }: Slots<'_>) {
    let (json, rhythm) = body::split(&hit.body);
    out.extend_from_slice(json.strip_suffix(b"}").unwrap_or(json));
    if let Some(session) = now.and_then(|now| rhythm.next(now)) {
        separate(out);
        out.extend_from_slice(b"\"next_session\":{");
        times(out, &session);
        out.push(b'}');
    }
    #[cfg(debug_assertions)]
    let hit = &without_distance(hit);
    if let Some(metres) = hit.distance_m {
        // To ten metres: finer says more than the positions know.
        member(out, "distance_km", &((metres / 10.0).round() / 100.0));
    }
    if hit.other_places > 0 {
        member(out, "other_places", &hit.other_places);
    }
    let serves = covers.then(|| match (hit.asks.area(), hit.here) {
        (true, _) => Serves::NotStated,
        (false, true) => Serves::Here,
        (false, false) => Serves::Nearby,
    });
    if let Some(serves) = serves {
        member(out, "serves", &serves);
    }
    if hit.broader {
        member(out, "only_broader", &true);
    }
    let elsewhere = serves.is_some_and(|serves| serves != Serves::Here);
    if elsewhere || !hit.asks.is_empty() {
        let names = asked.iter().enumerate().filter(|(number, _)| hit.asks.facet(*number)).map(|(_, name)| *name);
        let names = names.chain(hit.asks.age().then_some("age")).chain(elsewhere.then_some("area"));
        let ask: Vec<&str> = names.chain(when.iter().copied().filter(|_| hit.asks.when())).collect();
        member(out, "ask", &ask);
    }
    out.push(b'}');
}

/// Where a test has protected listings counted but not shown: the others.
#[cfg(debug_assertions)]
fn without_hidden(block: &Block) -> Block {
    use crate::domain::sabotage::on;
    let mut block = block.clone();
    if on("leak-count") || on("leak-facet") {
        let before = block.hits.len();
        block.hits.retain(|hit| !is_area(hit));
        block.total -= if on("leak-facet") { (before - block.hits.len()) as u64 } else { 0 };
    }
    block
}

/// Where a test has protected listings ordered by a distance that is not told: without it.
#[cfg(debug_assertions)]
fn without_distance(hit: &Hit) -> Hit {
    let silent = crate::domain::sabotage::on("leak-order") && is_area(hit);
    Hit { distance_m: hit.distance_m.filter(|_| !silent), ..hit.clone() }
}

#[cfg(debug_assertions)]
fn is_area(hit: &Hit) -> bool {
    let place = br#""place":{"kind":"area""#;
    hit.body.windows(place.len()).any(|bytes| bytes == place)
}

/// A session's members.
pub(super) fn times(out: &mut Vec<u8>, session: &Session) {
    let ends = session.ends.map(|ends| ("ends_at", ends));
    for (name, moment) in [("starts_at", session.starts)].into_iter().chain(ends) {
        separate(out);
        write!(out, "\"{name}\":\"{moment}\"").expect("a vector takes all bytes");
    }
}

/// One member of an object, with the comma before it where one is needed.
pub(super) fn member(out: &mut Vec<u8>, name: &str, value: &impl Serialize) {
    separate(out);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    serde_json::to_writer(out, value).expect("these values have only text keys and finite numbers");
}

/// A comma, unless an object has just begun.
pub(super) fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}
