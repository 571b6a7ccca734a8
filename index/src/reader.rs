//! Reading one commit: searches are planned here and scanned in [`crate::scan`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use tantivy::schema::Field;

use crate::columns::{HIT, SIBLINGS, listing_key};
use crate::near::Circle;
use crate::postings::{Stream, TextField, Weights, WordWeight};
use crate::query::{Block, Hit, Hits, Relaxed, Understood, UnderstoodWord};
use crate::rank::{Found, Order};
use crate::scan::{FacetGroup, Gather, Gathered, Leg, Need, Plan};
use crate::snapshot::{Segment, Snapshot, set_bit};
use crate::{Payload, Query, Result};

/// The most hits a block is ranked for, `offset` and `limit` together.
pub const DEEPEST: usize = 20_000;

/// One commit, for as long as it is held: later commits do not change its answers.
#[derive(Clone)]
pub struct Reader {
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Reader {
    pub(crate) fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot }
    }

    /// Payload of this commit.
    pub fn payload(&self) -> &Payload {
        &self.snapshot.stored.payload
    }

    /// Finds, counts and ranks. Totals and counts are exact.
    ///
    /// When no listing matches all words in either block, the search is relaxed, and says so.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Hits> {
        let asked = Asked::new(&self.snapshot, query)?;
        let groups = query.words.groups().len();
        let mut gather = asked.run(Need::Every)?;
        let mut relaxed = Relaxed::No;
        if groups > 1 && !query.all_words && gather.results.total + gather.covers.total == 0 {
            gather = asked.run(Need::AtLeast(1))?;
            relaxed = Relaxed::Any;
            let most = gather.most_matched;
            if most > 1 && 2 * most > groups {
                gather = asked.run(Need::AtLeast(most))?;
                relaxed = Relaxed::Most;
            }
        }
        let total = gather.results.total + gather.covers.total;
        let found = |at: usize| total > 0 && (relaxed == Relaxed::No || gather.matched >> at & 1 != 0);
        let words = query.words.groups().iter().enumerate().map(|(at, group)| UnderstoodWord {
            typed: group.typed.clone(),
            terms: group.terms.clone(),
            found: found(at),
        });
        let understood = Understood { words: words.collect(), dropped: query.words.dropped().to_vec() };
        let stored = &self.snapshot.stored;
        let counted = |names: &[String], counts: &[u32]| {
            let counts = names.iter().zip(counts).filter(|(_, count)| **count > 0);
            counts.map(|(name, count)| (name.clone(), *count)).collect()
        };
        Ok(Hits {
            counts: counted(&stored.payload.terms, gather.results.counts.as_slice()),
            kinds: counted(&stored.kinds, &gather.results.kinds),
            results: self.block(gather.results, query.offset)?,
            covers: self.block(gather.covers, query.covers_offset)?,
            relaxed: if total == 0 { Relaxed::No } else { relaxed },
            understood,
        })
    }

    fn block(&self, gathered: Gathered, offset: usize) -> Result<Block> {
        let shown = gathered.best.into_sorted();
        let hits = shown.iter().skip(offset).map(|found| self.hit(found)).collect::<Result<_>>()?;
        Ok(Block { total: gathered.total, hits })
    }

    fn hit(&self, found: &Found) -> Result<Hit> {
        let columns = &self.snapshot.segments[found.segment].columns;
        let entry = columns.entry(found.doc)?;
        let alone = columns.flags[found.doc as usize] & SIBLINGS == 0;
        Ok(Hit {
            listing: entry.listing.to_owned(),
            id: entry.id.to_owned(),
            body: Bytes::copy_from_slice(entry.body),
            distance_m: found.metres,
            other_places: if alone { 0 } else { self.documents_of(entry.listing, HIT)?.saturating_sub(1) },
            score: found.score,
            here: found.here,
        })
    }

    /// Live documents of a listing that have a flag.
    fn documents_of(&self, listing: &str, flag: u8) -> Result<u32> {
        let mut number = 0;
        self.each_of(listing, |segment, doc| {
            number += u32::from(segment.columns.flags[doc as usize] & flag != 0);
            Ok(())
        })?;
        Ok(number)
    }
}

/// A query made ready for a snapshot: everything that is the same in all segments.
struct Asked<'a> {
    snapshot: &'a Snapshot,
    query: &'a Query,
    circle: Option<Circle>,
    /// A place was asked for.
    place: bool,
    weights: HashMap<&'a str, Weights>,
    term_scores: HashMap<&'a str, f32>,
}

impl<'a> Asked<'a> {
    fn new(snapshot: &'a Snapshot, query: &'a Query) -> Result<Self> {
        let mut out = Self {
            snapshot,
            query,
            circle: query.near.and_then(Circle::new),
            place: query.near.is_some() || !query.within_areas.is_empty(),
            weights: HashMap::new(),
            term_scores: HashMap::new(),
        };
        let documents: u64 = snapshot.segments.iter().map(|segment| u64::from(segment.reader.max_doc())).sum();
        for group in query.words.groups() {
            for stem in &group.stems {
                let fields = &snapshot.fields;
                let all = out.weight(fields.all, |segment| &segment.all, stem, documents, 1.0)?;
                let name = out.weight(fields.name, |segment| &segment.name, stem, documents, Weights::NAME)?;
                out.weights.insert(stem, Weights { all, name });
            }
            for term in &group.terms {
                let found = out.found_in(|segment| &segment.term, snapshot.fields.term, term)?;
                let rarity = (1.0 + documents as f32 / (found as f32 + 0.5)).ln();
                out.term_scores.insert(term, rarity * Weights::NAME);
            }
        }
        Ok(out)
    }

    fn weight(
        &self,
        field: Field,
        of: impl Fn(&Segment) -> &TextField,
        stem: &str,
        documents: u64,
        boost: f32,
    ) -> Result<WordWeight> {
        let words = self.snapshot.segments.iter().map(|segment| of(segment).postings.total_num_tokens()).sum();
        let found = self.found_in(|segment| &of(segment).postings, field, stem)?;
        Ok(WordWeight::new(found, documents, words, boost))
    }

    /// How many documents of all segments have a value, deleted ones not yet merged away included.
    fn found_in(
        &self,
        of: impl Fn(&Segment) -> &tantivy::InvertedIndexReader,
        field: Field,
        value: &str,
    ) -> Result<u64> {
        let term = tantivy::Term::from_field_text(field, value);
        let mut found = 0;
        for segment in &self.snapshot.segments {
            found += u64::from(of(segment).doc_freq(&term)?);
        }
        Ok(found)
    }

    fn run(&self, need: Need) -> Result<Gather<'_>> {
        let query = self.query;
        let most = |offset: usize, limit: usize| {
            if limit == 0 { 0 } else { offset.saturating_add(limit).min(DEEPEST) }
        };
        let withdrawn: HashSet<u64> = query.withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let mut gather = Gather {
            circle: self.circle.as_ref(),
            withdrawn,
            counting: query.counts,
            results: Gathered::new(Order::of(query), most(query.offset, query.limit)),
            covers: Gathered::new(Order::Covers(query.tie_key), most(query.covers_offset, query.covers_limit)),
            matched: 0,
            most_matched: 0,
        };
        let cover = self.circle.as_ref().map(Circle::cover);
        for (at, segment) in self.snapshot.segments.iter().enumerate() {
            let plan = self.plan(segment, need, cover.as_deref())?;
            gather.segment(&self.snapshot.segments, at, plan)?;
        }
        gather.finish(&self.snapshot.segments)?;
        Ok(gather)
    }

    fn plan(&self, segment: &Segment, need: Need, cover: Option<&[std::ops::Range<u64>]>) -> Result<Plan> {
        let (query, fields) = (self.query, &self.snapshot.fields);
        let mut groups = Vec::new();
        for group in query.words.groups() {
            let all = |stem: &String| {
                let weights = &self.weights[stem.as_str()];
                Stream::word((fields.all, &segment.all), (fields.name, &segment.name), stem, weights)
            };
            let mut ways = vec![Stream::all(group.stems.iter().map(all).collect::<Result<_>>()?)];
            for term in &group.terms {
                ways.push(Stream::value(&segment.term, fields.term, term, self.term_scores[term.as_str()])?);
            }
            groups.push(Stream::any(ways));
        }
        let mut filters = Vec::new();
        if let Some(organization) = &query.organization {
            filters.push(Stream::value(&segment.organization, fields.organization, organization, 0.0)?);
        }
        if !query.languages.is_empty() {
            filters.push(Stream::any_value(&segment.language, fields.language, &query.languages)?);
        }
        let facets = query.facets.iter().filter(|group| !group.is_empty());
        let facets = facets.map(|group| self.facet(segment, group)).collect::<Result<_>>()?;
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
        if self.place && !query.areas.is_empty() {
            legs.push(Leg::covers(columns, area(&query.areas)?, area(&query.areas_here)?));
        }
        Ok(Plan { need, groups, filters, facets, kinds: self.snapshot.kinds(&query.kinds), legs })
    }

    fn facet(&self, segment: &Segment, terms: &[String]) -> Result<FacetGroup> {
        let mut mask = [0; 4];
        let mut rest = Vec::new();
        for term in terms {
            match self.snapshot.bits.get(term) {
                Some(&bit) => set_bit(&mut mask, bit),
                None => rest.push(Stream::value(&segment.term, self.snapshot.fields.term, term, 0.0)?),
            }
        }
        Ok(FacetGroup { mask, rest: Stream::any(rest) })
    }
}
