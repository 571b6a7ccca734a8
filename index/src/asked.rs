//! What a query comes to in one segment: streams of documents, tests of their columns, and where to look.

use std::ops::Range;

use tantivy::DocId;

use crate::Asks;
use crate::ages::{self, AgeRange};
use crate::areas::Bits;
use crate::columns::{AREA, Columns, Mask, REMOTE, Stretch, shares};
use crate::postings::Stream;

/// How many of the word groups a document must match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Need {
    /// Every one.
    Every,
    /// At least so many.
    AtLeast(usize),
}

/// Terms of which a document has one or not.
pub(crate) struct OneOf {
    /// The terms that have bits.
    pub mask: Mask,
    /// The others.
    pub rest: Stream,
}

/// A group of terms of which a document must have one.
pub(crate) struct FacetTest {
    pub any: OneOf,
    /// Terms that do too, as something to ask.
    pub ask: OneOf,
    /// Where silence is something to ask: documents that deny all of `any`.
    pub denied: Option<Stream>,
    pub flag: Asks,
}

impl OneOf {
    #[inline]
    fn meets(&mut self, mask: &Mask, doc: DocId) -> bool {
        shares(&self.mask, mask) || self.rest.seek(doc) == doc
    }
}

impl FacetTest {
    /// What has to be asked of a document; `None` when it does not meet the group.
    #[inline]
    fn test(&mut self, mask: &Mask, doc: DocId) -> Option<Asks> {
        if self.any.meets(mask, doc) {
            return Some(Asks::default());
        }
        let silent = |denied: &mut Stream| denied.seek(doc) != doc;
        (self.ask.meets(mask, doc) || self.denied.as_mut().is_some_and(silent)).then_some(self.flag)
    }
}

/// What is asked of one segment.
pub(crate) struct Plan {
    pub need: Need,
    /// One stream per word group; in the words' order unless every one is needed.
    pub groups: Vec<Stream>,
    /// For each group that a broader term meets too, by its number among the words: what meets it otherwise.
    pub direct: Vec<(usize, Stream)>,
    /// Streams every document must be in.
    pub filters: Vec<Stream>,
    /// Of each of these lists a document must have a bit: groups of terms that all have one, and ask for nothing.
    pub required: Vec<Vec<u8>>,
    /// The other groups of terms.
    pub facets: Vec<FacetTest>,
    pub age: Option<AgeTest>,
    pub when: Option<WhenTest>,
    /// Kinds asked for, as bits; all of them are [`ALL_KINDS`].
    pub kinds: u16,
    pub legs: Vec<Leg>,
}

/// Every kind.
pub(crate) const ALL_KINDS: u16 = u16::MAX;

impl Plan {
    /// Whether columns alone decide: no postings need to be followed.
    pub(crate) fn only_columns(&self) -> bool {
        self.groups.is_empty() && self.filters.is_empty()
    }

    /// Whether words are all that is followed, every one of them needed and none by other words.
    pub(crate) fn only_words(&self) -> bool {
        self.need == Need::Every
            && self.direct.is_empty()
            && self.filters.is_empty()
            && !self.groups.is_empty()
            && self.groups.iter().all(|group| matches!(group, Stream::Word(_)))
    }

    /// No more documents than this have all words.
    pub(crate) fn least(&self) -> u32 {
        self.groups.iter().map(Stream::size).min().unwrap_or(0)
    }

    /// Whether every document there is passes the tests of columns.
    pub(crate) fn passes_all(&self) -> bool {
        self.required.is_empty() && !self.tests_more()
    }

    /// Whether there is more to test than what is required.
    pub(crate) fn tests_more(&self) -> bool {
        !self.facets.is_empty() || self.age.is_some() || self.when.is_some() || self.kinds != ALL_KINDS
    }

    /// Whether a document has what is required.
    #[inline]
    pub(crate) fn has_required(&self, columns: &Columns, doc: DocId) -> bool {
        let word = doc as usize / 64;
        self.required.iter().all(|bits| columns.with_any(bits, word) >> (doc % 64) & 1 != 0)
    }

    /// The tests of a document's columns, beside what is required, cheapest first; what has to be asked of it if it passes.
    #[inline]
    pub(crate) fn test(&mut self, columns: &Columns, doc: DocId) -> Option<Asks> {
        let at = doc as usize;
        if self.kinds != ALL_KINDS && (self.kinds >> columns.kinds[at]) & 1 == 0 {
            return None;
        }
        let mut asks = match self.age {
            Some(age) => age.test(columns.ages[at])?,
            None => Asks::default(),
        };
        if let Some(when) = self.when {
            asks.0 |= when.test(columns.when[at])?.0;
        }
        for facet in &mut self.facets {
            asks.0 |= facet.test(&columns.masks[at], doc)?.0;
        }
        Some(asks)
    }

    /// Whether a document that the groups agreed on would not be there but for broader terms.
    pub(crate) fn is_broader(&mut self, doc: DocId) -> bool {
        let Self { need, groups, direct, .. } = self;
        // While every group must match, each is there; they may stand in another order than the words.
        let (need, every) = match *need {
            Need::Every => (groups.len(), true),
            Need::AtLeast(number) => (number, false),
        };
        let met = groups.iter().filter(|group| group.doc() == doc).count();
        let there = direct.iter_mut().filter(|(number, _)| every || groups[*number].doc() == doc);
        let only_broader = there.filter_map(|(_, own)| (own.seek(doc) != doc).then_some(())).count();
        met - only_broader < need
    }
    /// No document scores more.
    pub(crate) fn most(&self) -> f32 {
        // Not `sum`, which is a negative zero when nothing was typed; a hair more, for rounding.
        self.groups.iter().map(Stream::most).fold(0.0, |sum, most| sum + most) * 1.0001
    }
}

/// The age a document must be for.
#[derive(Clone, Copy)]
pub(crate) struct AgeTest {
    pub age: u8,
    /// Documents that state no age do not pass.
    pub strict: bool,
}

impl AgeTest {
    /// What has to be asked of a document with this range; `None` when it is not for the age.
    fn test(self, range: AgeRange) -> Option<Asks> {
        match ages::holds(range, self.age) {
            Some(holds) => holds.then_some(Asks::default()),
            None => (!self.strict).then_some(Asks::AGE),
        }
    }
}

/// The parts of the week in which a document must happen.
#[derive(Clone, Copy)]
pub(crate) struct WhenTest {
    /// Any of these.
    pub parts: u32,
    /// Documents that do not say when they happen do not pass.
    pub strict: bool,
}

impl WhenTest {
    /// What has to be asked of a document that happens in these parts; `None` when it happens in others.
    fn test(self, parts: u32) -> Option<Asks> {
        match parts {
            0 => (!self.strict).then_some(Asks::WHEN),
            parts => (parts & self.parts != 0).then_some(Asks::default()),
        }
    }
}

/// A part of the segment that feeds one block of the answer.
pub(crate) struct Leg {
    pub into_covers: bool,
    pub stretches: Vec<Stretch>,
    /// Place flags of which a document must have one; zero when any will do: its stretches say enough.
    pub places: u8,
    /// Documents of the leg's areas, where areas are asked for.
    pub areas: Option<Bits>,
    /// Documents of areas that hold the asked point.
    pub here: Bits,
    /// Documents that do not say which area they serve.
    pub unstated: Bits,
}

impl Leg {
    /// The leg of `results`.
    pub(crate) fn results(stretches: Vec<Stretch>, areas: Option<Bits>) -> Self {
        Self { into_covers: false, stretches, places: 0, areas, here: Bits::default(), unstated: Bits::default() }
    }

    /// The leg of `covers`.
    pub(crate) fn covers(docs: Range<DocId>, areas: Bits, here: Bits, unstated: Bits) -> Self {
        let rest = Stretch { docs, inside: true };
        Self { into_covers: true, stretches: vec![rest], places: AREA | REMOTE, areas: Some(areas), here, unstated }
    }
}
