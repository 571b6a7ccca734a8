//! Writes a search answer by splicing published card bytes, without building a tree of them.
//!
//! Its shape is documented by `domain::answer::SearchAnswer`; a test reads these bytes through it.

use std::borrow::Cow;

use bytes::Bytes;
use kith_index::{Block, Hit};
use serde::Serialize;

use crate::domain::{
    answer::{AsOf, AskedPlace, KindCount, TermCount, Understood},
    card::Serves,
    crisis::CrisisLine,
};

/// All of an answer but the cards.
pub struct Frame<'a> {
    /// The place, as understood.
    pub place: Option<AskedPlace>,
    /// The words, as understood.
    pub understood: Understood,
    /// Counts of terms.
    pub facets: Vec<TermCount>,
    /// Counts of kinds.
    pub kinds: Vec<KindCount>,
    /// The radius used.
    pub searched_within_km: Option<f64>,
    /// That of the circle searched.
    pub circle_km: Option<f64>,
    /// Lines for the nation.
    pub crisis: Vec<Cow<'a, CrisisLine>>,
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
}

impl Frame<'_> {
    /// The whole answer as JSON.
    pub fn write(&self, results: &Block, covers: &Block) -> Bytes {
        let cards: usize = results.hits.iter().chain(&covers.hits).map(|hit| hit.body.len() + 48).sum();
        let mut out = Vec::with_capacity(cards + 4096);
        out.push(b'{');
        if let Some(place) = &self.place {
            member(&mut out, "place", place);
        }
        member(&mut out, "understood", &self.understood);
        self.block(&mut out, "results", results, false);
        self.block(&mut out, "covers_area", covers, true);
        member(&mut out, "facets", &self.facets);
        member(&mut out, "kinds", &self.kinds);
        if let Some(km) = self.searched_within_km {
            member(&mut out, "searched_within_km", &km);
        }
        if let Some(km) = self.circle_km {
            member(&mut out, "circle_km", &km);
        }
        member(&mut out, "crisis", &self.crisis);
        member(&mut out, "as_of", &self.as_of);
        member(&mut out, "sample", &self.sample);
        out.push(b'}');
        Bytes::from(out)
    }

    fn block(&self, out: &mut Vec<u8>, name: &str, block: &Block, covers: bool) {
        separate(out);
        out.extend_from_slice(
            format!("\"{name}\":{{\"total\":{},\"page\":{},\"per_page\":{}", block.total, self.page, self.per_page)
                .as_bytes(),
        );
        if block.broader > 0 {
            member(out, "broader", &block.broader);
        }
        out.extend_from_slice(b",\"items\":");
        cards(out, &block.hits, &self.asked, covers);
        out.push(b'}');
    }
}

/// A list of cards, each with its slots filled; `covers` are listings that serve a place by their areas.
pub fn cards(out: &mut Vec<u8>, hits: &[Hit], asked: &[&str], covers: bool) {
    out.push(b'[');
    for (at, hit) in hits.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        card(out, hit, asked, covers);
    }
    out.push(b']');
}

/// A card's bytes end in `}`; what depends on the question goes before it.
fn card(out: &mut Vec<u8>, hit: &Hit, asked: &[&str], covers: bool) {
    out.extend_from_slice(hit.body.strip_suffix(b"}").unwrap_or(&hit.body));
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
        let ask: Vec<&str> = names.chain(hit.asks.age().then_some("age")).chain(elsewhere.then_some("area")).collect();
        member(out, "ask", &ask);
    }
    out.push(b'}');
}

fn member(out: &mut Vec<u8>, name: &str, value: &impl Serialize) {
    separate(out);
    out.extend_from_slice(format!("\"{name}\":").as_bytes());
    serde_json::to_writer(out, value).expect("these values have only text keys and finite numbers");
}

fn separate(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}
