//! One layer of a support map: what is looked for and how far, in which order it stands, and why there is nothing.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use kith_index::{FacetGroup, Hit, Reader};
use serde::Deserialize;

use super::{
    head,
    linked::{Shown, Tie, told_in},
    words::Words,
    write_gap,
};
use crate::{
    directory::{
        Directory, Result,
        answer::{self, Slots, card},
        around::{Asked, find},
        body,
        dress::in_welsh,
        request::SearchRequest,
        search::{asked_names, label, wider},
    },
    domain::{
        card::ListingKind,
        coming::Accepting,
        graph::NodeAt,
        hold::PublicHold,
        layer::{found_by, is_around},
        rhythm::{Moment, Session},
        support_map::{Gap, GapCode, MapEnd, MapLink, MapNote, NoteCode},
        vocabulary::{Facet, values::SupportLayer, vocabulary},
        welsh::Language,
    },
};

/// The most listings of a layer.
const MOST: usize = 5;
/// How many of a layer are put in its order, those at the place and those that serve it without one.
const CANDIDATES: usize = 40;
/// How many listings end the widening.
const ENOUGH: usize = 3;
/// How far is looked for what comes nearest to a layer without anything, in kilometres.
const FAR: f64 = 200.0;
/// A week, in milliseconds.
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// A layer that is looked for.
pub struct Layer {
    /// Which.
    pub of: SupportLayer,
    /// The radii that are tried, in kilometres, where none was asked for.
    pub radii: &'static [f64],
    /// What comes first in it.
    pub order: Order,
}

/// What comes first in a layer, after what is linked with listings above. What takes nobody new comes last in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What meets or is open within seven days, the soonest first.
    Soonest,
    /// The nearest.
    Nearest,
    /// What takes new people, then what does not say, then what has a waiting list; the nearest first in each.
    Open,
}

/// Everything that is looked for in.
pub struct Seeker<'a> {
    /// The directory.
    pub directory: &'a Directory,
    /// One commit of its view.
    pub reader: &'a Reader,
    /// What must not be shown although it stands there; asked for before the reader.
    pub hidden: &'a Arc<HashSet<String>>,
    /// The place.
    pub asked: &'a Asked,
    /// The needs and filters.
    pub search: &'a SearchRequest,
    /// The words of the answer.
    pub words: Words<'a>,
}

/// What was found of a layer, without what has ended.
#[derive(Default)]
struct Found {
    /// There, the nearest first, what has to be asked last.
    results: Vec<Hit>,
    /// What serves the place without being there.
    covers: Vec<Hit>,
    radius: Option<f64>,
    more: bool,
    /// Names of the parameters filtered by, in the order of the question's groups.
    names: Vec<&'static str>,
}

impl Found {
    const fn is_empty(&self) -> bool {
        self.results.is_empty() && self.covers.is_empty()
    }
}

/// The part of a card by which it is ordered and named.
#[derive(Clone, Deserialize)]
struct Brief {
    id: String,
    kind: ListingKind,
    name: String,
    page_url: String,
    accepting: Option<Accepting>,
    being_checked: Option<bool>,
    held: Option<PublicHold>,
    #[serde(default)]
    who_for: Vec<For>,
}

/// A term of whom a listing is for.
#[derive(Clone, Deserialize)]
struct For {
    id: String,
}

/// Audiences that an age says something of.
const OF_AGE: [&str; 6] = ["children-under-11", "young", "aged-11-17", "young-adult", "aged-18-25", "older"];

impl Brief {
    /// Whether it is only for some, and nobody has said whether who asks is one of them.
    fn is_for_others(&self, search: &SearchRequest) -> bool {
        let said = search.facets.iter().any(|(facet, ids)| *facet == Facet::Audience && !ids.is_empty());
        let of_age = |id: &str| search.age.is_some() && OF_AGE.contains(&id);
        let anyone = |id: &str| id == "anyone" || of_age(id) || is_around(id);
        !said
            && search.audience_only.is_empty()
            && !self.who_for.is_empty()
            && !self.who_for.iter().any(|who| anyone(&who.id))
    }
}

/// A listing in the order of its layer.
struct Ranked<'h> {
    hit: &'h Hit,
    covers: bool,
    brief: Brief,
    above: Option<SupportLayer>,
    /// It is only for some, and nobody has said whether who asks is one of them.
    for_others: bool,
    /// Where it is in the graph, if it has links.
    node: Option<NodeAt>,
    tie: Option<Tie>,
    /// Its session that is on or next, where it is within seven days.
    session: Option<Session>,
}

impl Ranked<'_> {
    const fn is_closed(&self) -> bool {
        matches!(self.brief.accepting, Some(Accepting::Full | Accepting::Paused))
    }

    /// What decides its place in a layer; among equal ones the nearest comes first.
    fn place(&self, order: Order) -> (bool, bool, bool, bool, (bool, Option<Session>), u8) {
        let session = if order == Order::Soonest { (self.session.is_none(), self.session) } else { (false, None) };
        let openness = if order == Order::Open { self.openness() } else { 0 };
        (self.is_closed(), self.above.is_some(), self.for_others, self.tie.is_none(), session, openness)
    }

    const fn openness(&self) -> u8 {
        match self.brief.accepting {
            Some(Accepting::Yes) => 0,
            None => 1,
            Some(_) => 2,
        }
    }
}

impl Seeker<'_> {
    /// Writes a layer, and puts what it shows on the map.
    ///
    /// # Errors
    /// When the view cannot be read; then what was written is of no use.
    pub fn layer(&self, out: &mut Vec<u8>, layer: &Layer, shown: &mut Shown<'_>, lines: &[&str]) -> Result<()> {
        let asked = asked_of(self.search, layer.of);
        let own = with_needs(&asked, &narrower(&asked));
        let mut found = self.look(layer, &own, layer.radii, self.asked)?;
        let mut notes = Vec::new();
        if found.is_empty() {
            let wider = above(&asked);
            let labels: Vec<&str> =
                wider.iter().filter_map(|id| Some(label(vocabulary().term(id)?, self.words.language))).collect();
            if !wider.is_empty() {
                found = self.look(layer, &with_needs(&asked, &wider), layer.radii, self.asked)?;
                notes.push(self.words.note(NoteCode::BroaderNeed, &labels.join(", ")));
            }
        }
        if found.is_empty() {
            notes.clear();
        } else if found.results.is_empty() && self.asked.area_code.is_none() {
            notes.push(self.words.without_place(layer.of));
        }
        head(out, layer.of, self.words.language);
        if let Some(km) = found.radius {
            answer::member(out, "within_km", &km);
        }
        out.extend_from_slice(b",\"items\":[");
        let chosen = self.chosen(layer, &found, shown);
        let more = found.more || chosen.len() < found.results.len() + found.covers.len();
        for (at, ranked) in chosen.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            self.item(out, ranked, &found.names, shown)?;
        }
        out.push(b']');
        answer::member(out, "more", &more);
        if !notes.is_empty() {
            answer::member(out, "notes", &notes);
        }
        if chosen.is_empty() {
            self.gap(out, layer, &own, found.radius, lines)?;
        }
        out.push(b'}');
        Ok(())
    }

    /// What is found of a layer: in the smallest of the radii that has enough, or in the last.
    fn look(&self, layer: &Layer, search: &SearchRequest, radii: &[f64], asked: &Asked) -> Result<Found> {
        let mut query = self.directory.query(search);
        query.withdrawn = Arc::clone(self.hidden);
        query.facets.push(FacetGroup::from(found_by(layer.of)));
        (query.counts, query.offset, query.covers_offset) = (false, 0, 0);
        (query.limit, query.covers_limit) = (CANDIDATES, CANDIDATES);
        let mut found = Found::default();
        let own = self.search.within_km;
        let radii = own.as_ref().filter(|_| radii != [FAR]).map_or(radii, std::slice::from_ref);
        for km in radii {
            let at = SearchRequest { within_km: Some(*km), ..search.clone() };
            let (hits, radius) = find(self.reader, &mut query, &at, Some(asked))?;
            let shown = hits.results.hits.len() + hits.covers.hits.len();
            found = Found {
                more: hits.results.total + hits.covers.total > shown as u64,
                results: hits.results.hits.into_iter().filter(|hit| !hit.ended).collect(),
                covers: hits.covers.hits.into_iter().filter(|hit| !hit.ended).collect(),
                radius,
                names: asked_names(search),
            };
            if radii != [FAR] {
                // What only serves an area nearby is no answer, but may come nearest.
                found.covers.retain(|hit| hit.here);
            }
            if found.results.len() >= ENOUGH || asked.area_code.is_some() {
                break;
            }
        }
        Ok(found)
    }

    /// Those that are shown, in the order of the layer; each is put on the map, so that what is linked with it comes next.
    fn chosen<'h>(&self, layer: &Layer, found: &'h Found, shown: &mut Shown<'_>) -> Vec<Ranked<'h>> {
        let results = self.read(&found.results, false, shown);
        let covers = self.read(&found.covers, true, shown);
        // Who cannot leave the house finds one by phone or online, where there is one.
        let kept = results.len().min(if covers.is_empty() { MOST } else { MOST - 1 });
        let mut chosen = Vec::with_capacity(MOST);
        for (mut left, number) in [(results, kept), (covers, MOST - kept)] {
            for _ in 0..number.min(left.len()) {
                left.iter_mut().for_each(|one| one.tie = one.node.and_then(|node| shown.tie(node)));
                let first = (0..left.len()).min_by_key(|at| left[*at].place(layer.order));
                let one = left.remove(first.expect("there are some left"));
                let Brief { id, kind, name, page_url, being_checked, held, .. } = one.brief.clone();
                let end = MapEnd { id, kind, name, page_url, being_checked, held };
                shown.add(told_in(end, self.words.language), layer.of);
                chosen.push(one);
            }
        }
        chosen
    }

    fn read<'h>(&self, hits: &'h [Hit], covers: bool, shown: &Shown<'_>) -> Vec<Ranked<'h>> {
        let now = self.directory.clock.now();
        let (at, until) = (Moment::of(now), now.millis() + WEEK);
        let read = |hit: &'h Hit| {
            let (json, rhythm) = body::split(&hit.body);
            let brief: Brief = serde_json::from_slice(json).ok()?;
            let next = rhythm.next(at);
            let session = next.filter(|next| next.starts.instant().is_some_and(|starts| starts.millis() < until));
            let (above, node) = (shown.layer_of(&brief.id), shown.node(&brief.id));
            let for_others = brief.is_for_others(self.search);
            Some(Ranked { hit, covers, brief, above, for_others, node, tie: None, session })
        };
        hits.iter().filter_map(read).collect()
    }

    /// Writes a listing with the reasons why it stands where it stands.
    fn item(&self, out: &mut Vec<u8>, one: &Ranked<'_>, names: &[&str], shown: &Shown<'_>) -> Result<()> {
        let link: Option<MapLink> = match one.tie.filter(|_| one.above.is_none()) {
            Some(tie) => shown.told(tie, self.reader, &self.words)?,
            None => None,
        };
        let mut reasons: Vec<MapNote> = Vec::new();
        reasons.extend(link.as_ref().map(|link| self.words.note(NoteCode::Linked, &link.in_words)));
        reasons.extend(one.above.map(|layer| self.words.above(layer)));
        reasons.extend(one.session.is_some().then(|| self.words.note(NoteCode::MeetsThisWeek, "")));
        reasons.extend(one.is_closed().then(|| self.words.note(NoteCode::NotAccepting, "")));
        out.extend_from_slice(b"{\"listing\":");
        self.card(out, one.hit, one.covers, names);
        answer::member(out, "reasons", &reasons);
        if let Some(link) = link {
            answer::member(out, "linked", &link);
        }
        out.push(b'}');
        Ok(())
    }

    fn card(&self, out: &mut Vec<u8>, hit: &Hit, covers: bool, names: &[&str]) {
        let slots = Slots { asked: names, when: &[], now: Some(Moment::of(self.directory.clock.now())), covers };
        match self.words.language {
            Language::English => card(out, hit, slots),
            Language::Welsh => {
                let (json, rhythm) = body::split(&hit.body);
                let body = Bytes::from(body::join(in_welsh(json), rhythm.bytes()));
                card(out, &Hit { body, ..hit.clone() }, slots);
            }
        }
    }

    /// Writes why a layer is empty: what was asked for is given up piece by piece until something is found.
    fn gap(
        &self,
        out: &mut Vec<u8>,
        layer: &Layer,
        own: &SearchRequest,
        radius: Option<f64>,
        lines: &[&str],
    ) -> Result<()> {
        let point = Asked { place: self.asked.place.clone(), area_code: None };
        let widest = &layer.radii[layer.radii.len() - 1..];
        let mut code = GapCode::NoneRecorded;
        let (mut nearest, mut names) = (Vec::new(), Vec::new());
        for (given_up, search) in given_up(own) {
            let mut found = Found::default();
            if given_up != GapCode::NothingWithin {
                found = self.look(layer, &search, widest, self.asked)?;
            }
            if found.is_empty() {
                found = self.look(layer, &search, &[FAR], &point)?;
            }
            if !found.is_empty() {
                names.clone_from(&found.names);
                let there = found.results.into_iter().take(2).map(|hit| (hit, false));
                nearest = there.chain(found.covers.into_iter().take(1).map(|hit| (hit, true))).collect();
                code = given_up;
                break;
            }
        }
        let gap = Gap {
            code,
            in_words: self.words.gap(code, layer.of, radius),
            nearest: Vec::new(),
            lines: lines.iter().map(|id| (*id).to_owned()).collect(),
        };
        write_gap(out, &gap, |out| {
            for (at, (hit, covers)) in nearest.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                self.card(out, hit, *covers, &names);
            }
        });
        Ok(())
    }
}

/// What is asked of a layer: whoever is around a person may be of another age and of other people.
fn asked_of(search: &SearchRequest, layer: SupportLayer) -> SearchRequest {
    let mut search = search.clone();
    if layer == SupportLayer::AroundYou {
        search.age = None;
        search.facets.retain(|(facet, _)| *facet != Facet::Audience);
    }
    search
}

/// The same question with less and less asked, and what it says that only the lesser question finds something.
fn given_up(own: &SearchRequest) -> Vec<(GapCode, SearchRequest)> {
    let mut search = SearchRequest { within_km: None, ..own.clone() };
    let mut steps = vec![(GapCode::NothingWithin, search.clone())];
    let needs = search.facets.len();
    search.facets.retain(|(facet, _)| *facet != Facet::Need);
    if search.facets.len() < needs {
        steps.push((GapCode::NothingForNeed, search.clone()));
    }
    if search.age.take().is_some() {
        steps.push((GapCode::NobodyOfThatAge, search.clone()));
    }
    let bare = SearchRequest {
        near: search.near.clone(),
        postcode: search.postcode.clone(),
        latitude: search.latitude,
        longitude: search.longitude,
        lang: search.lang.clone(),
        ..SearchRequest::default()
    };
    if bare != search {
        steps.push((GapCode::NothingThatFits, bare));
    }
    steps
}

/// The needs asked for, with all that are narrower.
fn narrower(search: &SearchRequest) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open: Vec<String> = needs(search).cloned().collect();
    while let Some(id) = open.pop() {
        if !all.contains(&id) {
            open.extend(vocabulary().narrower(&id).map(|term| term.id.clone()));
            all.push(id);
        }
    }
    all
}

/// The needs that are wider than those asked for.
fn above(search: &SearchRequest) -> Vec<String> {
    let terms = needs(search).filter_map(|id| vocabulary().term(id));
    let above: BTreeSet<String> = terms.flat_map(wider).map(|term| term.id.clone()).collect();
    above.into_iter().collect()
}

fn needs(search: &SearchRequest) -> impl Iterator<Item = &String> {
    search.facets.iter().filter(|(facet, _)| *facet == Facet::Need).flat_map(|(_, ids)| ids)
}

fn with_needs(search: &SearchRequest, ids: &[String]) -> SearchRequest {
    let mut search = search.clone();
    search.facets.retain(|(facet, _)| *facet != Facet::Need);
    if !ids.is_empty() {
        search.facets.insert(0, (Facet::Need, ids.to_vec()));
    }
    search
}
