//! A query made ready: its words weighed over the whole index, then for each segment the streams and tests of a scan.

use std::collections::{HashMap, HashSet};

use tantivy::DocId;
use tantivy::postings::TermInfo;

use crate::asked::{ALL_KINDS, AgeTest, FacetTest, Leg, Need, OneOf, Plan, WhenTest};
use crate::batch::Batch;
use crate::columns::{Mask, Stretch, listing_key};
use crate::cover::Span;
use crate::near::Circle;
use crate::postings::{Stream, Weights, WordWeight};
use crate::rank::Order;
use crate::scan::{Gather, Gathered};
use crate::schema::denied;
use crate::snapshot::{Segment, Snapshot, set_bit};
use crate::stop::Pace;
use crate::tally::{BLOCK, Beyond, for_each_bit};
use crate::words::Group;
use crate::{Asks, Code, DEEPEST, Query, Result, Words, weights};

/// A query made ready for a snapshot: everything that is the same in all segments.
pub(crate) struct Asked<'a> {
    snapshot: &'a Snapshot,
    query: &'a Query,
    found: &'a FoundWords,
    circle: Option<Circle>,
    /// A place was asked for.
    place: bool,
}

/// The words and terms of some groups as they are found in a snapshot.
pub(crate) struct FoundWords {
    words: HashMap<String, Word>,
    term_rarities: HashMap<String, f32>,
}

/// One stem: what it weighs, and where its postings are in each segment, in all text and in names.
struct Word {
    weights: Weights,
    found: Vec<[Option<TermInfo>; 2]>,
}

/// What a scan is for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Purpose {
    /// The whole answer.
    Answer,
    /// To know whether there are so many `results` that need no broader term.
    Enough(u64),
}

fn bits_of(mask: &Mask) -> Vec<u8> {
    let mut bits = Vec::new();
    for_each_bit(mask, |bit| bits.push(bit as u8));
    bits
}

impl FoundWords {
    pub(crate) fn look_up(snapshot: &Snapshot, words: &Words) -> Result<Self> {
        let mut out = Self { words: HashMap::new(), term_rarities: HashMap::new() };
        for group in words.groups() {
            for stem in group.stems.iter().chain(group.phrases.iter().flatten()) {
                if !out.words.contains_key(stem) {
                    out.words.insert(stem.clone(), Word::look_up(snapshot, stem)?);
                }
            }
            for term in group.terms.iter().chain(&group.broader) {
                let found = having(snapshot, term)?;
                let rarity = (1.0 + snapshot.documents as f32 / (found as f32 + 0.5)).ln();
                out.term_rarities.insert(term.clone(), rarity);
            }
        }
        Ok(out)
    }
}

impl Word {
    fn look_up(snapshot: &Snapshot, stem: &str) -> Result<Self> {
        let fields = &snapshot.fields;
        let mut found = Vec::with_capacity(snapshot.segments.len());
        for segment in &snapshot.segments {
            let all = segment.all.find(fields.all, stem)?;
            // Every word of a name is a word of the text.
            let name = if all.is_some() { segment.name.find(fields.name, stem)? } else { None };
            found.push([all, name]);
        }
        let weight = |field: usize, lengths, boost| {
            let documents = found.iter().filter_map(|found: &[Option<TermInfo>; 2]| found[field].as_ref());
            let documents = documents.map(|info| u64::from(info.doc_freq)).sum();
            WordWeight::new(documents, snapshot.documents, lengths, boost)
        };
        let all = weight(0, &snapshot.all, 1.0);
        let name = weight(1, &snapshot.name, weights::NAME as f32);
        Ok(Self { weights: Weights { all, name }, found })
    }
}

/// How many documents of all segments have a term, deleted ones not yet merged away included.
fn having(snapshot: &Snapshot, term: &str) -> Result<u64> {
    let term = tantivy::Term::from_field_text(snapshot.fields.term, term);
    let mut found = 0;
    for segment in &snapshot.segments {
        found += u64::from(segment.term.doc_freq(&term)?);
    }
    Ok(found)
}

impl<'a> Asked<'a> {
    /// `found` is what the words of the query are found as.
    pub(crate) fn new(snapshot: &'a Snapshot, query: &'a Query, found: &'a FoundWords) -> Self {
        let circle = query.near.and_then(Circle::new);
        Self { snapshot, query, found, circle, place: query.near.is_some() || !query.within_areas.is_empty() }
    }

    /// Scans every segment.
    pub(crate) fn run(&self, need: Need, purpose: Purpose) -> Result<Gather<'_>> {
        let query = self.query;
        let answers = purpose == Purpose::Answer;
        let most = |offset: usize, limit: usize| {
            if limit == 0 || !answers { 0 } else { offset.saturating_add(limit).min(DEEPEST) }
        };
        let withdrawn: HashSet<u64> = query.withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let mut gather = Gather {
            circle: self.circle.as_ref(),
            withdrawn,
            counting: query.counts && answers,
            every_place: query.every_place,
            beyond: (query.counts && query.count_all && answers).then(Beyond::default),
            terms: Vec::new(),
            results: Gathered::new(Order::of(query), most(query.offset, query.limit)),
            covers: Gathered::new(Order::covers(query.tie_key), most(query.covers_offset, query.covers_limit)),
            enough: if let Purpose::Enough(number) = purpose { number } else { u64::MAX },
            sure: 0,
            matched: 0,
            most_matched: 0,
            summing: false,
            most: 0.0,
            reach: f32::INFINITY,
            batch: Batch::default(),
            pace: Pace::new(&query.stop),
        };
        let segments = &self.snapshot.segments;
        let follows = !(query.words.is_empty() && query.organization.is_none() && query.languages.is_empty());
        let cover = self.circle.as_ref().map(|circle| circle.cover(follows));
        let stretches: Vec<Vec<Stretch>> = segments.iter().map(|segment| self.stretches(segment, &cover)).collect();
        // Where the nearest come first, counting need not look at every document.
        let blocks = stretches.iter().flatten().any(|stretch| stretch.inside && stretch.docs.len() >= 4 * BLOCK);
        gather.summing = blocks && query.words.is_empty() && gather.nearest_first();
        for (at, (segment, stretches)) in segments.iter().zip(stretches).enumerate() {
            let mut plan = self.plan(segment, at, need, stretches)?;
            plan.legs.retain(|leg| answers || !leg.into_covers);
            let within = plan.legs.iter().any(|leg| !leg.into_covers && leg.areas.is_some());
            gather.summing &= plan.only_columns() && plan.passes_all() && !within;
            gather.segment(segments, at, plan)?;
        }
        if gather.summing && answers {
            self.nearest(&mut gather);
        }
        gather.finish(segments);
        Ok(gather)
    }

    /// Finds the nearest after all have been counted: looks in smaller circles, for they are likely to be close.
    fn nearest(&self, gather: &mut Gather) {
        let Some(circle) = &self.circle else { return };
        let enough = 3.0 * gather.results.best.most() as f64;
        let mut share = (enough / gather.results.tally.total.max(1) as f64).sqrt().clamp(1.0 / 256.0, 1.0);
        while let Some(part) = circle.part(share) {
            let cover = Some(part.cover(false));
            gather.results.best.clear();
            for (at, segment) in self.snapshot.segments.iter().enumerate() {
                gather.offer_all(&self.snapshot.segments, at, &part, &self.stretches(segment, &cover));
            }
            if share >= 1.0 || gather.results.best.is_full() {
                break;
            }
            share = (share * 2.0).min(1.0);
        }
    }

    /// Where points are to be looked for.
    fn stretches(&self, segment: &Segment, cover: &Option<Vec<Span>>) -> Vec<Stretch> {
        let columns = &segment.columns;
        let all = |docs| vec![Stretch { docs, inside: true }];
        match (cover, self.place) {
            (Some(cover), _) => columns.stretches(cover),
            // A circle that is none (a centre off the globe) holds nothing.
            (None, true) if self.query.near.is_some() => Vec::new(),
            (None, true) => all(0..columns.unplaced),
            (None, false) => all(0..columns.keys.len() as u32),
        }
    }

    fn plan(&self, segment: &Segment, at: usize, need: Need, stretches: Vec<Stretch>) -> Result<Plan> {
        let (query, fields) = (self.query, &self.snapshot.fields);
        let mut groups = Vec::with_capacity(query.words.groups().len());
        let mut direct = Vec::new();
        for (number, group) in query.words.groups().iter().enumerate() {
            let own = || self.group(segment, at, group);
            if group.broader.is_empty() {
                groups.push(own()?);
            } else {
                groups.push(Stream::any_added(vec![
                    own()?,
                    self.terms(segment, &group.broader, weights::BROADER as f32)?,
                ]));
                direct.push((number, own()?));
            }
        }
        let (mut required, mut facets, mut filters) = (Vec::new(), Vec::new(), Vec::new());
        let kinds = if query.kinds.is_empty() { ALL_KINDS } else { self.snapshot.kinds(&query.kinds) };
        let age = query.age.map(|age| AgeTest { age, strict: query.strict });
        let strict = query.strict || query.when_stated;
        let when = (query.when != 0).then_some(WhenTest { parts: query.when, strict });
        if need == Need::Every && groups.iter().any(|group| matches!(group, Stream::Empty)) {
            // Nothing here has all words.
            let legs = Vec::new();
            return Ok(Plan { need, groups, direct, filters, required, facets, age, when, kinds, legs });
        }
        if let Some(organization) = &query.organization {
            filters.push(Stream::value(&segment.organization, fields.organization, organization, 0.0)?);
        }
        if !query.languages.is_empty() {
            filters.push(Stream::any_value(&segment.language, fields.language, &query.languages)?);
        }
        for (number, group) in query.facets.iter().enumerate() {
            if !(group.any.is_empty() && group.ask.is_empty()) {
                let ask: &[String] = if query.strict { &[] } else { &group.ask };
                let (any, ask) = (self.one_of(segment, &group.any)?, self.one_of(segment, ask)?);
                let denied = group.any.iter().map(|term| Stream::value(&segment.term, fields.term, &denied(term), 0.0));
                let denied = if group.unless_denied && !query.strict {
                    Some(Stream::all(denied.collect::<Result<_>>()?))
                } else {
                    None
                };
                match (&any.rest, ask.mask, &ask.rest, &denied) {
                    (Stream::Empty, [0, 0, 0, 0], Stream::Empty, None) => required.push(bits_of(&any.mask)),
                    _ => facets.push(FacetTest { any, ask, denied, flag: Asks::of_facet(number) }),
                }
            }
        }
        let columns = &segment.columns;
        let within = || segment.areas.with_any(&query.within_areas, 0..columns.unplaced);
        let mut legs = vec![Leg::results(stretches, (!query.within_areas.is_empty()).then(within))];
        let unplaced = columns.unplaced..columns.keys.len() as DocId;
        if self.place && !unplaced.is_empty() && !(query.areas.is_empty() && query.area_unstated.is_none()) {
            let of = |codes: &[Code]| segment.areas.with_any(codes, unplaced.clone());
            // Who wants only what is stated is not told to ask.
            let unstated = if query.strict { &[] } else { query.area_unstated.as_slice() };
            let unstated = segment.areas.with_any(unstated, unplaced.clone());
            let mut areas = of(&query.areas);
            areas.join(&unstated);
            legs.push(Leg::covers(unplaced.clone(), areas, of(&query.areas_here), unstated));
        }
        Ok(Plan { need, groups, direct, filters, required, facets, age, when, kinds, legs })
    }

    /// Documents with all words typed or of a further phrase, or with a term that they mean; or both, which adds up.
    fn group(&self, segment: &Segment, at: usize, group: &Group) -> Result<Stream> {
        let all = |stems: &[String], factor: f32| -> Result<Stream> {
            let words = stems.iter().map(|stem| {
                let Some(word) = self.found.words.get(stem) else { return Ok(Stream::Empty) };
                let [all, name] = &word.found[at];
                Stream::word((&segment.all, all.as_ref()), (&segment.name, name.as_ref()), word.weights.times(factor))
            });
            Ok(Stream::all(words.collect::<Result<_>>()?))
        };
        let mut ways = vec![all(&group.stems, 1.0)?];
        for phrase in &group.phrases {
            ways.push(all(phrase, weights::PHRASE as f32)?);
        }
        Ok(Stream::any_added(vec![Stream::any(ways), self.terms(segment, &group.terms, weights::TERM as f32)?]))
    }

    /// Documents that have one of the terms.
    fn terms(&self, segment: &Segment, terms: &[String], weight: f32) -> Result<Stream> {
        let scored = terms.iter().map(|term| {
            let score = self.found.term_rarities.get(term).map_or(0.0, |rarity| rarity * weight);
            Stream::value(&segment.term, self.snapshot.fields.term, term, score)
        });
        Ok(Stream::any(scored.collect::<Result<_>>()?))
    }

    fn one_of(&self, segment: &Segment, terms: &[String]) -> Result<OneOf> {
        let mut mask = [0; 4];
        let mut rest = Vec::new();
        for term in terms {
            match self.snapshot.bits.get(term) {
                Some(&bit) => set_bit(&mut mask, bit),
                None => rest.push(Stream::value(&segment.term, self.snapshot.fields.term, term, 0.0)?),
            }
        }
        Ok(OneOf { mask, rest: Stream::any(rest) })
    }
}
