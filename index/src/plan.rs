//! A query made ready: its words weighed over the whole index, then for each segment the streams and tests of a scan.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tantivy::postings::TermInfo;

use crate::columns::listing_key;
use crate::near::Circle;
use crate::postings::{Stream, Weights, WordWeight};
use crate::rank::Order;
use crate::scan::{AgeTest, FacetTest, Gather, Gathered, Leg, Need, OneOf, Plan, WhenTest};
use crate::schema::denied;
use crate::snapshot::{Segment, Snapshot, set_bit};
use crate::tally::Beyond;
use crate::words::Group;
use crate::{Asks, DEEPEST, Query, Result};

/// What a term that the words mean scores over a word of the same rarity: what says of itself that it is just that
/// stands before what mentions it.
const TERM_WEIGHT: f32 = 4.0;
/// What a further phrase of a group scores, where the words typed score 1.
const PHRASE_WEIGHT: f32 = 0.7;
/// What a broader term scores over a word of the same rarity. It stands after all else whatever it scores.
const BROADER_WEIGHT: f32 = 1.0;

/// A query made ready for a snapshot: everything that is the same in all segments.
pub(crate) struct Asked<'a> {
    snapshot: &'a Snapshot,
    query: &'a Query,
    circle: Option<Circle>,
    /// A place was asked for.
    place: bool,
    words: HashMap<&'a str, Word>,
    term_rarities: HashMap<&'a str, f32>,
}

/// One stem: what it weighs, and where its postings are in each segment, in all text and in names.
struct Word {
    weights: Weights,
    found: Vec<[Option<TermInfo>; 2]>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, query: &'a Query) -> Result<Self> {
        let mut out = Self {
            snapshot,
            query,
            circle: query.near.and_then(Circle::new),
            place: query.near.is_some() || !query.within_areas.is_empty(),
            words: HashMap::new(),
            term_rarities: HashMap::new(),
        };
        for group in query.words.groups() {
            for stem in group.stems.iter().chain(group.phrases.iter().flatten()) {
                if !out.words.contains_key(stem.as_str()) {
                    let word = out.word(stem)?;
                    out.words.insert(stem, word);
                }
            }
            for term in group.terms.iter().chain(&group.broader) {
                let found = out.found(term)?;
                out.term_rarities.insert(term, (1.0 + snapshot.documents as f32 / (found as f32 + 0.5)).ln());
            }
        }
        Ok(out)
    }

    fn word(&self, stem: &str) -> Result<Word> {
        let fields = &self.snapshot.fields;
        let mut found = Vec::with_capacity(self.snapshot.segments.len());
        for segment in &self.snapshot.segments {
            found.push([segment.all.find(fields.all, stem)?, segment.name.find(fields.name, stem)?]);
        }
        let weight = |field: usize, lengths, boost| {
            let documents = found.iter().filter_map(|found: &[Option<TermInfo>; 2]| found[field].as_ref());
            let documents = documents.map(|info| u64::from(info.doc_freq)).sum();
            WordWeight::new(documents, self.snapshot.documents, lengths, boost)
        };
        let all = weight(0, &self.snapshot.all, 1.0);
        let name = weight(1, &self.snapshot.name, Weights::NAME);
        Ok(Word { weights: Weights { all, name }, found })
    }

    /// How many documents of all segments have a term, deleted ones not yet merged away included.
    fn found(&self, term: &str) -> Result<u64> {
        let term = tantivy::Term::from_field_text(self.snapshot.fields.term, term);
        let mut found = 0;
        for segment in &self.snapshot.segments {
            found += u64::from(segment.term.doc_freq(&term)?);
        }
        Ok(found)
    }

    /// Scans every segment.
    pub(crate) fn run(&self, need: Need) -> Result<Gather<'_>> {
        let query = self.query;
        let most = |offset: usize, limit: usize| {
            if limit == 0 { 0 } else { offset.saturating_add(limit).min(DEEPEST) }
        };
        let withdrawn: HashSet<u64> = query.withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let mut gather = Gather {
            circle: self.circle.as_ref(),
            withdrawn,
            counting: query.counts,
            every_place: query.every_place,
            beyond: (query.counts && query.count_all).then(Beyond::default),
            terms: Vec::new(),
            results: Gathered::new(Order::of(query), most(query.offset, query.limit)),
            covers: Gathered::new(Order::covers(query.tie_key), most(query.covers_offset, query.covers_limit)),
            matched: 0,
            most_matched: 0,
        };
        let cover = self.circle.as_ref().map(Circle::cover);
        for (at, segment) in self.snapshot.segments.iter().enumerate() {
            let plan = self.plan(segment, at, need, cover.as_deref())?;
            gather.segment(&self.snapshot.segments, at, plan)?;
        }
        gather.finish(&self.snapshot.segments)?;
        Ok(gather)
    }

    fn plan(&self, segment: &Segment, at: usize, need: Need, cover: Option<&[Range<u64>]>) -> Result<Plan> {
        let (query, fields) = (self.query, &self.snapshot.fields);
        let mut groups = Vec::with_capacity(query.words.groups().len());
        let mut direct = Vec::new();
        for (number, group) in query.words.groups().iter().enumerate() {
            let own = || self.group(segment, at, group);
            if group.broader.is_empty() {
                groups.push(own()?);
            } else {
                groups.push(Stream::any_added(vec![own()?, self.terms(segment, &group.broader, BROADER_WEIGHT)?]));
                direct.push((number, own()?));
            }
        }
        let mut filters = Vec::new();
        if let Some(organization) = &query.organization {
            filters.push(Stream::value(&segment.organization, fields.organization, organization, 0.0)?);
        }
        if !query.languages.is_empty() {
            filters.push(Stream::any_value(&segment.language, fields.language, &query.languages)?);
        }
        let mut facets = Vec::new();
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
                facets.push(FacetTest { any, ask, denied, flag: Asks::of_facet(number) });
            }
        }
        let columns = &segment.columns;
        let documents = columns.keys.len() as u32;
        let ranges = match (cover, self.place) {
            (Some(cover), _) => cover.iter().map(|keys| columns.documents(keys)).collect(),
            // A circle that is none (a centre off the globe) holds nothing.
            (None, true) if query.near.is_some() => Vec::new(),
            (None, true) => std::iter::once(0..columns.unplaced).collect(),
            (None, false) => std::iter::once(0..documents).collect(),
        };
        let area = |codes: &[String]| Stream::any_value(&segment.area, fields.area, codes);
        let within = if query.within_areas.is_empty() { None } else { Some(area(&query.within_areas)?) };
        let mut legs = vec![Leg::results(ranges, self.place, within)];
        if self.place && !(query.areas.is_empty() && query.area_unstated.is_none()) {
            let unstated = query.area_unstated.as_slice();
            // Who wants only what is stated is not told to ask.
            let unstated = if query.strict { &[] } else { unstated };
            let areas = Stream::any(vec![area(&query.areas)?, area(unstated)?]);
            legs.push(Leg::covers(columns, areas, area(&query.areas_here)?, area(unstated)?));
        }
        let age = query.age.map(|age| AgeTest { age, strict: query.strict });
        let strict = query.strict || query.when_stated;
        let when = (query.when != 0).then_some(WhenTest { parts: query.when, strict });
        Ok(Plan { need, groups, direct, filters, facets, age, when, kinds: self.snapshot.kinds(&query.kinds), legs })
    }

    /// Documents with all words typed or of a further phrase, or with a term that they mean; or both, which adds up.
    fn group(&self, segment: &Segment, at: usize, group: &Group) -> Result<Stream> {
        let all = |stems: &[String], factor: f32| -> Result<Stream> {
            let words = stems.iter().map(|stem| {
                let word = &self.words[stem.as_str()];
                let [all, name] = &word.found[at];
                Stream::word((&segment.all, all.as_ref()), (&segment.name, name.as_ref()), word.weights.times(factor))
            });
            Ok(Stream::all(words.collect::<Result<_>>()?))
        };
        let mut ways = vec![all(&group.stems, 1.0)?];
        for phrase in &group.phrases {
            ways.push(all(phrase, PHRASE_WEIGHT)?);
        }
        Ok(Stream::any_added(vec![Stream::any(ways), self.terms(segment, &group.terms, TERM_WEIGHT)?]))
    }

    /// Documents that have one of the terms.
    fn terms(&self, segment: &Segment, terms: &[String], weight: f32) -> Result<Stream> {
        let scored = terms.iter().map(|term| {
            let score = self.term_rarities[term.as_str()] * weight;
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
