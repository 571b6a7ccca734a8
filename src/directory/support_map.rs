//! The support map: layer by layer, from what answers at this moment to what surrounds a person, who is there for
//! somebody at a place.
//!
//! `now` comes from the compiled-in lines and needs neither index nor distance, so that it answers whatever else fails.
//! Each other layer has its own radii, its own order ([`LAYERS`]) and at most five listings, those first that are linked with what
//! stands above them. An empty layer says why, and what comes nearest.

mod linked;
mod sought;
mod words;

use bytes::Bytes;
use kith_index::Reader;

use self::{
    linked::Shown,
    sought::{Layer, Order, Seeker},
    words::Words,
};
use super::{
    Directory, Error, PlaceProblem, Result,
    answer::{self, separate},
    around::{Asked, asked_place},
    dress,
    request::SearchRequest,
    search::{as_of, described, label, nation},
};
use crate::domain::{
    answer::UnderstoodTerm,
    crisis::{self, CrisisLine, Nation, urgency::Concern},
    listing::UNITED_KINGDOM,
    read::{Code, Violation},
    support_map::{Gap, GapCode},
    vocabulary::{Facet, values::SupportLayer, vocabulary},
    welsh::{self, Language},
};

/// The layers that are looked for, each with the radii that are tried in kilometres and its order.
const LAYERS: [Layer; 5] = [
    Layer { of: SupportLayer::ThisWeek, radii: &[10.0, 25.0, 50.0], order: Order::Soonest },
    Layer { of: SupportLayer::Alongside, radii: &[10.0, 25.0, 50.0], order: Order::Nearest },
    Layer { of: SupportLayer::Specialist, radii: &[25.0, 50.0, 100.0], order: Order::Open },
    Layer { of: SupportLayer::Community, radii: &[5.0, 10.0, 25.0], order: Order::Nearest },
    Layer { of: SupportLayer::AroundYou, radii: &[25.0, 50.0, 100.0], order: Order::Nearest },
];
/// Below this age, lines for children come before the others.
const GROWN_UP: u32 = 18;

/// A support map as it was asked for: place, need and filters of a search. It has no `Debug`.
#[derive(Clone, Default, PartialEq)]
pub struct SupportMapRequest {
    /// The place, the needs and the filters; words, order and page are not used.
    pub search: SearchRequest,
}

impl SupportMapRequest {
    /// Every fault of the request. A place that is not known is one of them only beside others: alone it is a problem of its
    /// own, with what may have been meant.
    fn place(&self) -> Result<Asked> {
        let mut faults = self.search.faults();
        if !self.search.has_place() {
            faults.push(Violation::new("/near", Code::Required));
        }
        let found = asked_place(&self.search).and_then(|asked| match asked {
            // Somewhere at sea.
            Some(Asked { place, area_code: None }) if place.areas.is_empty() => {
                Err(Error::Place(PlaceProblem { ambiguous: false, candidates: Vec::new() }))
            }
            Some(asked) => Ok(asked),
            None => Err(Error::Invalid(Vec::new())),
        });
        if faults.is_empty() {
            return found;
        }
        if self.search.has_place() && matches!(found, Err(Error::Place(_))) && !faults.iter().any(is_of_place) {
            let reason = "is no place that is known here, or more than one".to_owned();
            faults.push(Violation { pointer: "/near".to_owned(), code: Code::NotReadable, reason });
        }
        Err(Error::Invalid(faults))
    }

    /// The language of the directory's own words.
    pub fn language_of_answer(&self) -> Language {
        self.search.language_of_answer()
    }
}

fn is_of_place(fault: &Violation) -> bool {
    ["/near", "/latitude", "/longitude"].contains(&fault.pointer.as_str())
}

impl Directory {
    /// The support map, as JSON; `domain::support_map::SupportMapAnswer` is its shape.
    ///
    /// While the view cannot be read it is a map too: `now`, and layers that say so.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Place`].
    pub fn support_map(&self, request: &SupportMapRequest) -> Result<Bytes> {
        let asked = request.place()?;
        let search = &request.search;
        let language = search.language_of_answer();
        let nation = nation(&asked.place, asked.area_code.as_deref());
        let lines = lines(nation.as_deref(), search.age);
        // What is hidden is asked for before the reader, and with the query.
        let hidden = self.view.hidden();
        let view = self.view.reader().and_then(|reader| Ok((reader, self.view.graph()?)));

        let mut out = Vec::with_capacity(64 * 1024);
        out.push(b'{');
        let mut place = described(&asked);
        if language == Language::Welsh {
            dress::place_in_welsh(&mut place, &asked.place);
        }
        answer::member(&mut out, "place", &place);
        let needs = needs(search, language);
        answer::member(&mut out, "need", &needs);
        let mut held = self.told_of_held_terms(language);
        held.retain(|held| needs.iter().any(|need| need.id == held.term));
        if !held.is_empty() {
            answer::member(&mut out, "held_terms", &held);
        }
        out.extend_from_slice(b",\"layers\":[");
        now(&mut out, &lines, language);
        let words = Words { language, place: &place.resolved };
        let always: Vec<&str> = always(&lines);
        match &view {
            Ok((reader, graph)) => {
                let seeker = Seeker { directory: self, reader, hidden: &hidden, asked: &asked, search, words };
                let mut shown = Shown::new(graph, &hidden);
                for layer in LAYERS {
                    out.push(b',');
                    let begun = out.len();
                    if let Err(error) = seeker.layer(&mut out, &layer, &mut shown, &always) {
                        out.truncate(begun);
                        tracing::error!(error = %error, "a layer of a support map could not be read");
                        empty(&mut out, &layer, &words, &always);
                    }
                }
            }
            Err(_) => {
                for layer in LAYERS {
                    out.push(b',');
                    empty(&mut out, &layer, &words, &always);
                }
            }
        }
        out.push(b']');
        if let Some(payload) = view.as_ref().ok().map(|(reader, _): &(Reader, _)| reader.payload()) {
            answer::member(&mut out, "as_of", &as_of(payload));
        }
        answer::member(&mut out, "sample", &self.is_sample());
        out.push(b'}');
        Ok(Bytes::from(out))
    }
}

/// A layer while the directory cannot be read.
fn empty(out: &mut Vec<u8>, layer: &Layer, words: &Words<'_>, lines: &[&str]) {
    head(out, layer.of, words.language);
    out.extend_from_slice(b",\"items\":[],\"more\":false");
    let gap = Gap {
        code: GapCode::NotReady,
        in_words: words.gap(GapCode::NotReady, layer.of, None),
        nearest: Vec::new(),
        lines: lines.iter().map(|id| (*id).to_owned()).collect(),
    };
    write_gap(out, &gap, |_| {});
    out.push(b'}');
}

/// The first layer, whole.
fn now(out: &mut Vec<u8>, lines: &[&CrisisLine], language: Language) {
    head(out, SupportLayer::Now, language);
    match language {
        Language::English => answer::member(out, "lines", &lines),
        Language::Welsh => {
            answer::member(out, "lines", &lines.iter().map(|line| welsh::crisis_line(line)).collect::<Vec<_>>());
        }
    }
    out.extend_from_slice(b",\"items\":[],\"more\":false}");
}

/// A layer's name, its object still open.
fn head(out: &mut Vec<u8>, layer: SupportLayer, language: Language) {
    out.push(b'{');
    answer::member(out, "layer", &layer);
    let label = if language == Language::Welsh { layer.label_cy() } else { layer.label() };
    answer::member(out, "label", &label);
}

/// Why a layer is empty; `nearest` writes the cards.
fn write_gap(out: &mut Vec<u8>, gap: &Gap, nearest: impl FnOnce(&mut Vec<u8>)) {
    separate(out);
    out.extend_from_slice(b"\"gap\":{");
    answer::member(out, "code", &gap.code);
    answer::member(out, "in_words", &gap.in_words);
    out.extend_from_slice(b",\"nearest\":[");
    nearest(out);
    out.push(b']');
    answer::member(out, "lines", &gap.lines);
    out.push(b'}');
}

/// The lines of a nation, what is for anyone in danger first, then, where somebody is young, what is for the young.
fn lines(nation: Option<&str>, age: Option<u32>) -> Vec<&'static CrisisLine> {
    let nation = nation.and_then(Nation::from_code).map_or(UNITED_KINGDOM, Nation::code);
    let mut lines = crisis::for_nation(nation);
    let young = age.is_some_and(|age| age < GROWN_UP);
    lines.sort_by_key(|line| !(line.about.contains(&Concern::Danger) || young && line.for_children));
    lines
}

/// The ids of the lines that answer at any hour, whatever it is about, without those for danger to life.
fn always(lines: &[&'static CrisisLine]) -> Vec<&'static str> {
    let fits = |line: &&&'static CrisisLine| line.day_and_night && line.about.contains(&Concern::Distress);
    lines.iter().filter(fits).map(|line| line.id.as_str()).collect()
}

/// The needs that were asked for.
fn needs(search: &SearchRequest, language: Language) -> Vec<UnderstoodTerm> {
    let asked = search.facets.iter().filter(|(facet, _)| *facet == Facet::Need).flat_map(|(_, ids)| ids);
    let terms = asked.filter_map(|id| vocabulary().term(id));
    terms.map(|term| UnderstoodTerm { id: term.id.clone(), label: label(term, language).to_owned() }).collect()
}
