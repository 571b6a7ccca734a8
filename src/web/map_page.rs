//! The page of a support map: the form first, then layer by layer who is there, in an order that can be read aloud.

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use serde::Deserialize;

use super::{
    chrome::{self, Chrome, Line, WELSH},
    facts::{self, CardView},
    form::{AGE, Fault, fault, in_words},
    view::{AskedPlace, Card},
    words,
};
use crate::{
    directory::{request::SearchRequest, support_map::SupportMapRequest},
    domain::{
        crisis::CrisisLine,
        hold::HeldTerm,
        support_map::{MapLink, MapNote},
        vocabulary::{Facet, values::SupportLayer, vocabulary},
    },
};

/// The form's fields as they were sent. It holds what a person looks for, so it has no `Debug`.
#[derive(Default)]
pub struct MapForm {
    /// What it is about: a term of the facet `need`; empty for anything.
    pub need: String,
    /// Where.
    pub near: String,
    /// The age of who would come; empty when it is not said.
    pub age: String,
    /// Whether the directory's own words are asked for in Welsh.
    pub welsh: bool,
    /// What to put right.
    pub faults: Vec<Fault>,
    /// Terms that are not offered for now.
    pub held: Arc<HashSet<String>>,
}

impl MapForm {
    /// The fields of what was sent; names that the form does not have are passed over, and the first of a name counts.
    pub fn of(sent: &[(String, String)], held: Arc<HashSet<String>>) -> Self {
        let field = |name: &str| sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone());
        let [need, near, age] = ["need", "near", "age"].map(|name| field(name).unwrap_or_default());
        Self { need, near, age, welsh: field("lang").as_deref() == Some(WELSH), faults: Vec::new(), held }
    }

    /// What is asked of the directory.
    ///
    /// # Errors
    /// What to put right.
    pub fn request(&self) -> Result<SupportMapRequest, Vec<Fault>> {
        let stated = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut faults = Vec::new();
        let need = stated(&self.need);
        if need.as_deref().is_some_and(|id| vocabulary().term(id).is_none_or(|term| term.facet != Facet::Need)) {
            faults.push(fault("need", "Choose one of those in the list".to_owned()));
        }
        let near = stated(&self.near);
        if near.is_none() {
            faults.push(fault("near", "Enter a place, such as a town or the first part of a postcode".to_owned()));
        }
        let age = self.age.trim().parse().ok();
        if age.is_none() && !self.age.trim().is_empty() {
            faults.push(fault("age", AGE.to_owned()));
        }
        let lang = self.welsh.then(|| WELSH.to_owned());
        let search = SearchRequest { near, age, lang, ..SearchRequest::default() };
        faults.extend(search.faults().iter().map(in_words));
        if !faults.is_empty() {
            return Err(faults);
        }
        let facets = need.map(|need| (Facet::Need, vec![need])).into_iter().collect();
        Ok(SupportMapRequest { search: SearchRequest { facets, ..search } })
    }

    /// The same fields with what to put right.
    pub fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    fn fault(&self, field: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == field)
    }

    /// The needs that are offered, each with whether it was chosen.
    fn needs(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        let terms = vocabulary().facet(Facet::Need);
        let terms = terms.filter(|term| term.id == self.need || !self.held.contains(&term.id));
        terms.map(|term| (term.id.as_str(), term.label.as_str(), term.id == self.need))
    }
}

/// An answer; each member is the one of that name in `domain::support_map::SupportMapAnswer`.
#[derive(Deserialize)]
pub struct Map {
    place: AskedPlace,
    #[serde(default)]
    held_terms: Vec<HeldTerm>,
    layers: Vec<Layer>,
    sample: bool,
}

#[derive(Deserialize)]
struct Layer {
    layer: SupportLayer,
    within_km: Option<f64>,
    #[serde(default)]
    lines: Vec<CrisisLine>,
    items: Vec<Item>,
    more: bool,
    #[serde(default)]
    notes: Vec<MapNote>,
    gap: Option<Gap>,
}

#[derive(Deserialize)]
struct Item {
    listing: Card,
    reasons: Vec<MapNote>,
    linked: Option<MapLink>,
}

#[derive(Deserialize)]
struct Gap {
    in_words: String,
    nearest: Vec<Card>,
}

/// The page, or, without an answer, the one that asks.
#[derive(Template)]
#[template(path = "support_map.html")]
pub struct MapPage {
    chrome: Chrome,
    form: MapForm,
    welsh: bool,
    answer: Option<MapView>,
}

struct MapView {
    heading: String,
    notes: Vec<String>,
    warnings: Vec<String>,
    layers: Vec<LayerView>,
}

struct LayerView {
    id: &'static str,
    title: &'static str,
    intro: &'static str,
    lines: Vec<Line>,
    notes: Vec<String>,
    items: Vec<ItemView>,
    more: bool,
    gap: Option<String>,
    nearest: Vec<ItemView>,
}

struct ItemView {
    card: CardView,
    why: Vec<String>,
}

impl MapPage {
    /// The page that asks, with what is to be put right.
    pub fn asking(form: MapForm, sample: bool) -> Self {
        let title = if form.faults.is_empty() { "Support map" } else { "Error: something to put right" };
        Self { chrome: Chrome::new(title, sample), welsh: form.welsh, form, answer: None }
    }

    /// The page for an answer. Its title does not say what was asked: titles go into histories.
    pub fn answering(form: MapForm, answer: Map) -> Self {
        let lines = answer.layers.iter().flat_map(|layer| &layer.lines);
        let welsh = form.welsh;
        let mut chrome = Chrome::with_lines("Support map", answer.sample, lines);
        chrome.welsh |= welsh;
        let place = &answer.place;
        let mut notes: Vec<String> =
            place.within.iter().map(|within| said_where(&place.resolved, within, welsh)).collect();
        notes.extend(place.note.clone());
        let ask = if welsh {
            "Ffoniwch neu ysgrifennwch cyn cychwyn. Gall fod rhagor yno nad yw wedi’i gofnodi yma: gofynnwch."
        } else {
            "Ring or write before you set out. What is not recorded here may still be there: ask."
        };
        notes.push(ask.to_owned());
        let term = vocabulary().term(&form.need);
        let about = term.map(|term| format!(": {}", if welsh { &term.label_cy } else { &term.label }));
        let around = if welsh { "Cymorth o gwmpas" } else { "Support around" };
        let answer = MapView {
            heading: format!("{around} {}{}", place.resolved, about.unwrap_or_default()),
            notes,
            warnings: facts::held_terms(&answer.held_terms),
            layers: answer.layers.into_iter().map(|layer| LayerView::new(layer, &place.resolved, welsh)).collect(),
        };
        Self { chrome, form, welsh, answer: Some(answer) }
    }
}

impl LayerView {
    fn new(layer: Layer, place: &str, welsh: bool) -> Self {
        let title = if welsh { layer.layer.label_cy() } else { layer.layer.label() };
        let (id, intro) = if welsh { said_in_welsh(layer.layer) } else { said_of(layer.layer) };
        let far = layer.within_km.map(words::radius).map(|far| {
            if welsh {
                format!("Chwiliwyd o fewn {far} i {place}.")
            } else {
                format!("Looked within {far} of {place}.")
            }
        });
        let item = |listing: &Card, reasons: Vec<MapNote>| ItemView {
            card: CardView::new(listing),
            why: reasons.into_iter().map(|reason| words::capitalised(&reason.in_words)).collect(),
        };
        let gap = layer.gap.as_ref().map(|gap| gap.in_words.clone());
        let nearest = layer.gap.iter().flat_map(|gap| &gap.nearest).map(|card| item(card, Vec::new())).collect();
        Self {
            id,
            title,
            intro,
            lines: layer.lines.iter().map(|line| chrome::shown(line, false)).collect(),
            notes: layer.notes.into_iter().map(|note| note.in_words).chain(far.filter(|_| gap.is_none())).collect(),
            items: layer
                .items
                .into_iter()
                .map(|one| with_doubts(item(&one.listing, one.reasons), one.linked))
                .collect(),
            more: layer.more,
            gap,
            nearest,
        }
    }
}

/// The same with what is to be known of the listing by way of which it is linked with what stands above.
fn with_doubts(mut item: ItemView, linked: Option<MapLink>) -> ItemView {
    if let Some(via) = linked.and_then(|linked| linked.via) {
        let doubts = facts::doubts(via.being_checked == Some(true), via.held.as_ref());
        item.card.warnings.extend(doubts.into_iter().map(|doubt| format!("{}: {doubt}", via.name)));
    }
    item
}

const fn said_of(layer: SupportLayer) -> (&'static str, &'static str) {
    match layer {
        SupportLayer::Now => ("now", "You can reach these without a referral and without saying who you are."),
        SupportLayer::ThisWeek => (
            "this-week",
            "Drop-ins, lines and others to turn to first: somebody is there within days. Groups that meet this week are further down, each with its day.",
        ),
        SupportLayer::Alongside => ("alongside", "Peers: people who live or have lived with something like it."),
        SupportLayer::Specialist => ("specialist", "Treatment, counselling and advocacy."),
        SupportLayer::Community => ("community", "Places, networks and things to do with others."),
        SupportLayer::AroundYou => ("around-you", "For those who stand beside somebody."),
    }
}

/// The same in Welsh; not yet checked by a Welsh speaker.
const fn said_in_welsh(layer: SupportLayer) -> (&'static str, &'static str) {
    match layer {
        SupportLayer::Now => ("now", "Gallwch gysylltu â’r rhain heb atgyfeiriad a heb ddweud pwy ydych chi."),
        SupportLayer::ThisWeek => (
            "this-week",
            "Lleoedd galw heibio, llinellau ac eraill i droi atyn nhw gyntaf: mae rhywun yno o fewn dyddiau. Mae’r grwpiau sy’n cwrdd yr wythnos hon ymhellach i lawr, pob un â’i ddiwrnod.",
        ),
        SupportLayer::Alongside => ("alongside", "Cymheiriaid: pobl sy’n byw, neu sydd wedi byw, gyda rhywbeth tebyg."),
        SupportLayer::Specialist => ("specialist", "Triniaeth, cwnsela ac eiriolaeth."),
        SupportLayer::Community => ("community", "Lleoedd, rhwydweithiau a phethau i’w gwneud gydag eraill."),
        SupportLayer::AroundYou => ("around-you", "I’r rhai sy’n sefyll wrth ochr rhywun."),
    }
}

fn said_where(place: &str, within: &str, welsh: bool) -> String {
    if welsh { format!("{place}: {within}.") } else { format!("{place} is in {within}.") }
}
