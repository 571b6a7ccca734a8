//! A search: the request is checked, its place looked up, its words understood, the view asked, and
//! the answer written. The store is not asked.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use kith_index::{
    FacetGroup, Hit, Hits, Payload, Query, Relaxed, Sort, Synonym, Synonyms, Words,
    gazetteer::{AreaKind, Gazetteer, Place, PlaceKind, Resolution},
};

use super::{
    Candidate, Directory, Error, Result,
    answer::Frame,
    around::{Asked, asked_place, find},
    body,
    dress::{self, Dress},
    explain::Question,
    places,
    request::{DEEPEST, Order, SearchRequest},
    written::{Counted, offered_lines},
};
use crate::domain::{
    answer::{AsOf, AskedPlace, BroaderTerm, KindCount, TermCount, Understood, UnderstoodTerm, WordsMatched},
    card::ListingKind,
    coming::{Field, NOT_STATED, mark, marks},
    crisis::{self, Nation},
    listing::{AREA_NOT_STATED, UNITED_KINGDOM},
    marked::{EVERYWHERE, Marked},
    rhythm::Moment,
    vocabulary::{Facet, Term, vocabulary},
    welsh::{self, Language},
};

/// How many results are put in the order of their next sessions: as many as can be paged through.
const MOST_ORDERED: usize = DEEPEST as usize;
/// The audience that includes everybody.
const ANYONE: &str = "anyone";
/// The name under which imported terms are counted, that of the filter by them.
const IMPORTED: &str = "taxonomy_term_id";
impl Directory {
    /// Searches the view and writes the answer as JSON.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Place`], [`Error::NotReady`], [`Error::View`].
    pub fn search(&self, request: &SearchRequest) -> Result<Bytes> {
        let faults = request.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        #[cfg(debug_assertions)]
        crate::domain::sabotage::searched(request.q.as_deref());
        let asked = asked_place(request)?;
        // What is hidden is asked for before the reader: between the two the index may only learn more of it.
        let mut query = self.query(request);
        let soonest = request.order() == Order::Soonest;
        if soonest {
            // Which session is next is known of all or of none: the page is cut when they have been put in order.
            (query.offset, query.covers_offset, query.limit, query.covers_limit) = (0, 0, MOST_ORDERED, MOST_ORDERED);
        }
        let reader = self.view.reader()?;
        let (mut hits, mut radius) = find(&reader, &mut query, request, asked.as_ref())?;
        // Only where nothing is found: a name that no vocabulary knows is not put right while it finds something.
        let mut respelt = None;
        if hits.results.total + hits.covers.total == 0
            && let Some(put_right) = super::suggest::respelt(&reader, &query, request.q.as_deref().unwrap_or_default())?
        {
            query.words = words(&put_right);
            (hits, radius) = find(&reader, &mut query, request, asked.as_ref())?;
            respelt = (hits.results.total + hits.covers.total > 0).then_some(put_right);
        }
        if soonest {
            for block in [&mut hits.results, &mut hits.covers] {
                soonest_first(&mut block.hits, Moment::of(self.clock.now()));
                let page = (request.page() as usize - 1) * request.per_page() as usize;
                block.hits = block.hits.drain(..).skip(page).take(request.per_page() as usize).collect();
            }
        }
        let area_code = asked.as_ref().and_then(|asked| asked.area_code.clone());
        let question = Question { reader: &reader, query: &query, request, area_code: area_code.as_deref() };
        let dress = Dress {
            question,
            language: request.language_of_answer(),
            explain: request.explain.unwrap_or(false),
            whole: request.is_whole(),
        };
        dress.cards(&mut hits)?;
        let mut frame = self.frame(request, asked, &hits, radius, as_of(reader.payload()));
        frame.understood.respelt = respelt;
        Ok(frame.write(&hits.results, &hits.covers))
    }

    /// The query without its place.
    pub(super) fn query(&self, request: &SearchRequest) -> Query {
        let offset = (request.page() as usize - 1) * request.per_page() as usize;
        Query {
            words: words(request.q.as_deref().unwrap_or_default()),
            facets: facets(request).into_iter().map(|(_, group)| group).collect(),
            area_unstated: Some(AREA_NOT_STATED.to_owned()),
            age: request.age.map(|age| u8::try_from(age).unwrap_or(u8::MAX - 1)),
            strict: request.strict.unwrap_or(false),
            kinds: request.kind.clone(),
            organization: request.organization_id.as_ref().map(|id| id.to_ascii_lowercase()),
            languages: request.language.clone(),
            when: request.parts_of_week(),
            sort: match request.order() {
                Order::Best | Order::Soonest => Sort::Best,
                Order::Distance => Sort::Distance,
                Order::RecentlyChecked => Sort::RecentlyChecked,
            },
            offset,
            limit: request.per_page() as usize,
            covers_offset: offset,
            covers_limit: request.per_page() as usize,
            counts: request.counts_anything(),
            count_all: request.counts.iter().any(|word| word == IMPORTED),
            withdrawn: self.view.hidden(),
            stop: super::admission::stop(),
            tie_key: self.tie_key,
            ..Query::default()
        }
    }

    fn frame(
        &self,
        request: &SearchRequest,
        asked: Option<Asked>,
        hits: &Hits,
        radius: Option<f64>,
        as_of: AsOf,
    ) -> Frame {
        let language = request.language_of_answer();
        let nation = asked.as_ref().and_then(|asked| nation(&asked.place, asked.area_code.as_deref()));
        let circle_km = radius.zip(asked.as_ref()).map(|(km, asked)| to_ten_metres(km + asked.place.precision_km));
        let (lines, urgency) = crisis::offered_to(request.q.as_deref(), nation.as_deref().unwrap_or(UNITED_KINGDOM));
        let nation = nation.as_deref().and_then(Nation::from_code);
        Frame {
            place: asked.map(|asked| {
                let mut told = described(&asked);
                if language == Language::Welsh {
                    dress::place_in_welsh(&mut told, &asked.place);
                }
                if request.is_for_resources() {
                    told.note = Some(dress::of_no_place(language).to_owned());
                }
                told
            }),
            understood: understood(hits, language),
            facets: self.labelled(counted(hits, request, &self.view.held_terms())),
            kinds: ListingKind::ALL
                .into_iter()
                .filter(|_| request.counts("kind"))
                .filter_map(|kind| {
                    Some(KindCount { kind, count: hits.kinds.iter().find(|(word, _)| word == kind.as_str())?.1 })
                })
                .collect(),
            searched_within_km: radius,
            circle_km,
            crisis: offered_lines(&lines, nation, language),
            urgency,
            as_of,
            sample: self.is_sample(),
            page: request.page(),
            per_page: request.per_page(),
            asked: asked_names(request),
            when: when_names(request),
            now: Moment::of(self.clock.now()),
        }
    }

    /// How fresh the view is.
    pub fn as_of(&self) -> AsOf {
        let nothing = || AsOf { epoch: String::new(), sequence: 0 };
        self.view.reader().map_or_else(|_| nothing(), |reader| as_of(reader.payload()))
    }
}

/// Puts what meets soonest first; what tells no next session, last. What has ended, what has only a wider term, and what
/// serves only an area nearby, stays behind the others; those that meet at the same time keep their order.
fn soonest_first(hits: &mut [Hit], now: Moment) {
    hits.sort_by_cached_key(|hit| {
        let next = body::split(&hit.body).1.next(now).map(|session| session.starts);
        (hit.ended, hit.broader, hit.asks.area(), !hit.here, next.is_none(), next)
    });
}

/// Names of the parameters filtered by, in the order of the query's groups.
pub(super) fn asked_names(request: &SearchRequest) -> Vec<&'static str> {
    facets(request).into_iter().map(|(name, _)| name).collect()
}

/// Those that ask when something happens.
pub(super) fn when_names(request: &SearchRequest) -> Vec<&'static str> {
    let asked = [("day", &request.day), ("time_of_day", &request.time_of_day)];
    asked.into_iter().filter(|(_, words)| !words.is_empty()).map(|(name, _)| name).collect()
}

/// How fresh a commit of the view is.
pub(super) fn as_of(payload: &Payload) -> AsOf {
    AsOf { epoch: payload.epoch.clone(), sequence: payload.public_sequence }
}

/// What people type for places: names begun, best first.
pub fn places(text: &str, limit: usize) -> Vec<Candidate> {
    match Gazetteer::embedded().resolve_known(text) {
        Some(Resolution::Point(place) | Resolution::Area(place, _)) => {
            let mut found = vec![candidate(place)];
            for other in Gazetteer::embedded().suggest(text, limit).into_iter().map(candidate) {
                if found.len() < limit && !found.contains(&other) {
                    found.push(other);
                }
            }
            found
        }
        Some(Resolution::Ambiguous(places)) => places.into_iter().take(limit).map(candidate).collect(),
        Some(Resolution::Unknown { .. }) | None => {
            Gazetteer::embedded().suggest(text, limit).into_iter().map(candidate).collect()
        }
    }
}

/// What was filtered by, each with the name of its parameter. A listing that does not say matches too, as something
/// to ask; whoever is among *anyone* can go where *men* can.
pub(super) fn facets(request: &SearchRequest) -> Vec<(&'static str, FacetGroup)> {
    let mut groups: Vec<(&'static str, FacetGroup)> = Vec::new();
    for (facet, ids) in &request.facets {
        let mut group = FacetGroup::from(ids.clone());
        if *facet == Facet::Audience {
            group.any.push(ANYONE.to_owned());
            group.ask.push(mark(Field::Audience, None));
        }
        // Of access most say little: what says nothing, or that it can be had on request, is asked; a no is a no.
        group.unless_denied = *facet == Facet::Access;
        groups.push((facet.as_str(), group));
    }
    for (field, words) in request.by_field() {
        let ask = if words.is_empty() { Vec::new() } else { vec![mark(field, None)] };
        groups.push((
            field.as_str(),
            FacetGroup {
                any: words.iter().map(|word| mark(field, Some(word))).collect(),
                ask,
                ..FacetGroup::default()
            },
        ));
    }
    for (field, words) in &request.marked {
        // Who claims nothing of Open Dialogue does not work by it: there is nothing to ask.
        let asks = !words.is_empty() && *field != Marked::Dialogue;
        let ask = if asks { vec![field.mark(NOT_STATED)] } else { Vec::new() };
        let everywhere = (*field == Marked::Nation && !words.is_empty()).then_some(EVERYWHERE);
        let any = words.iter().map(String::as_str).chain(everywhere).map(|word| field.mark(word)).collect();
        groups.push((field.as_str(), FacetGroup { any, ask, ..FacetGroup::default() }));
    }
    groups.push(("audience_only", FacetGroup::from(request.audience_only.clone())));
    groups.push(("term", FacetGroup::from(request.term.clone())));
    let imported: Vec<String> = request.taxonomy_term_id.iter().map(|id| id.to_ascii_lowercase()).collect();
    groups.push(("taxonomy_term_id", FacetGroup::from(imported)));
    groups.retain(|(_, group)| !group.any.is_empty());
    groups
}

/// What was typed, where a phrase of the vocabulary also finds what has its term, or says it in other words.
fn words(text: &str) -> Words {
    let readings = vocabulary().by_phrase(text);
    let synonyms = readings.iter().map(|reading| Synonym {
        phrase: reading.typed,
        terms: reading.terms.iter().map(|term| term.id.as_str()).collect(),
        broader: reading.terms.iter().flat_map(|term| wider(term)).map(|term| term.id.as_str()).collect(),
        phrases: reading.same.clone(),
    });
    Words::parse(text).with_synonyms(&Synonyms::new(synonyms))
}

/// The wider terms of a term, the nearest first.
pub(super) fn wider(term: &'static Term) -> impl Iterator<Item = &'static Term> {
    let above = |term: &&'static Term| vocabulary().term(term.broader.as_deref()?);
    std::iter::successors(above(&term), above)
}

fn understood(hits: &Hits, language: Language) -> Understood {
    let mut terms: Vec<UnderstoodTerm> = Vec::new();
    let mut broader: Vec<BroaderTerm> = Vec::new();
    // Wider terms are told where some listing is there by them alone.
    let some_broader = hits.results.broader + hits.covers.broader > 0;
    for word in &hits.understood.words {
        for term in word.terms.iter().filter_map(|id| vocabulary().term(id)) {
            if !terms.iter().any(|known| known.id == term.id) {
                terms.push(UnderstoodTerm { id: term.id.clone(), label: label(term, language).to_owned() });
            }
            for above in wider(term).filter(|above| some_broader && word.broader.contains(&above.id)) {
                if !broader.iter().any(|known| known.id == above.id && known.of == term.id) {
                    let (id, label, of) = (above.id.clone(), label(above, language).to_owned(), term.id.clone());
                    broader.push(BroaderTerm { id, label, of });
                }
            }
        }
    }
    let words = match hits.relaxed {
        Relaxed::No => WordsMatched::All,
        Relaxed::Most => WordsMatched::Most,
        Relaxed::Any => WordsMatched::Any,
    };
    Understood { terms, broader, respelt: None, words }
}

pub(super) fn label(term: &Term, language: Language) -> &str {
    match language {
        Language::English => &term.label,
        Language::Welsh => &term.label_cy,
    }
}

/// The counts that were asked for: of these facets, of each so many, those with most results first. What
/// is held is not offered.
fn counted(hits: &Hits, request: &SearchRequest, held: &HashSet<String>) -> Vec<Counted> {
    let language = request.language_of_answer();
    if request.counts.is_empty() && request.per_facet.is_none() {
        let known = |id: &str, count| Counted::known(id, count).filter(|_| language == Language::English);
        let counted = |(id, count): &(Arc<str>, u32)| {
            known(id, *count).unwrap_or_else(|| Counted::Told(term_count(id, *count, language)))
        };
        return hits.counts.iter().filter(|(id, _)| !held.contains(&**id)).map(counted).collect();
    }
    let mut by_facet: BTreeMap<String, Vec<TermCount>> = BTreeMap::new();
    let mut order = Vec::new();
    for (id, count) in hits.counts.iter().filter(|(id, _)| !held.contains(&**id)) {
        let count = term_count(id, *count, language);
        let name = match (count.facet, id.split_once(':')) {
            (Some(facet), _) => facet.as_str(),
            (None, Some((field, _))) => field,
            (None, None) => IMPORTED,
        };
        if request.counts(name) {
            if !by_facet.contains_key(name) {
                order.push(name.to_owned());
            }
            by_facet.entry(name.to_owned()).or_default().push(count);
        }
    }
    let most = request.per_facet.map_or(usize::MAX, |most| most as usize);
    let mut counts = Vec::with_capacity(hits.counts.len());
    for name in order {
        let mut of_facet = by_facet.remove(&name).unwrap_or_default();
        if of_facet.len() > most {
            of_facet.sort_by_key(|count| Reverse(count.count));
            of_facet.truncate(most);
        }
        counts.extend(of_facet);
    }
    counts.into_iter().map(Counted::Told).collect()
}

pub(super) fn to_ten_metres(km: f64) -> f64 {
    (km * 100.0).round() / 100.0
}

fn term_count(id: &str, count: u32, language: Language) -> TermCount {
    static MARKS: LazyLock<HashMap<String, String>> = LazyLock::new(|| marks().into_iter().collect());
    if let Some(english) = MARKS.get(id) {
        let welsh = if language == Language::Welsh { welsh::mark_label(id) } else { None };
        return TermCount { id: id.to_owned(), label: welsh.unwrap_or_else(|| english.clone()), facet: None, count };
    }
    let term = vocabulary().term(id);
    TermCount {
        id: id.to_owned(),
        label: term.map_or(id, |term| label(term, language)).to_owned(),
        facet: term.map(|term| term.facet),
        count,
    }
}

pub(super) fn nation(place: &Place, area_code: Option<&str>) -> Option<String> {
    let is_nation = |code: &&String| Gazetteer::embedded().area(code).is_some_and(|area| area.kind == AreaKind::Nation);
    let own = area_code.map(str::to_owned);
    place.areas.iter().find(is_nation).cloned().or_else(|| own.filter(|code| is_nation(&code)))
}

pub(super) fn described(asked: &Asked) -> AskedPlace {
    let place = &asked.place;
    AskedPlace {
        resolved: place.label.clone(),
        kind: place.kind.as_str().to_owned(),
        precision_km: to_ten_metres(place.precision_km),
        within: place.within.clone(),
        area_code: asked.area_code.clone(),
        note: place.note.map(|note| places::note_text(note).to_owned()),
    }
}

pub(super) fn candidate(place: Place) -> Candidate {
    let near = match (&place.kind, &place.within) {
        (PlaceKind::Town, Some(within)) => format!("{}, {within}", place.label),
        _ => place.label.clone(),
    };
    Candidate { near, label: place.label, within: place.within }
}
