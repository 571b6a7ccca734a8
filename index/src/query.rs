//! What can be asked of the index, and what it answers.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Near, Stop, Words};

/// The code of an area. Those that the gazetteer lends are not copied.
pub type Code = Cow<'static, str>;

/// A search. The default asks for everything and shows nothing: set `limit`.
///
/// Groups narrow each other; what stands inside a group widens it. A place (`near` or `within_areas`) parts the
/// answer into `results` (points inside) and `covers` (area and remote listings that serve the place).
#[derive(Clone, Default)]
pub struct Query {
    /// Words looked for; none is a browse.
    pub words: Words,
    /// Never relax: find nothing rather than less than all words. For a caller that widens the circle first.
    pub all_words: bool,
    /// A circle: only points inside are `results`.
    pub near: Option<Near>,
    /// Codes of the areas the asked place touches: area and remote listings that have one are `covers`.
    pub areas: Vec<Code>,
    /// Those of `areas` that hold the asked point itself: their listings come first in `covers`.
    pub areas_here: Vec<Code>,
    /// The code of listings that do not say which area they serve: they are `covers` of every place, after all others,
    /// as something to ask.
    pub area_unstated: Option<String>,
    /// When the asked place is an area: points must carry one of these codes. Together with `near`, both must hold.
    pub within_areas: Vec<Code>,
    /// Terms: every group must be met by one of its terms. An empty group asks for nothing.
    pub facets: Vec<FacetGroup>,
    /// Age of the person in whole years: listings whose stated range leaves it out do not match; those that state none
    /// do, as something to ask.
    pub age: Option<u8>,
    /// Parts of the week, as bits: listings that happen in none of them do not match; those that do not say when they
    /// happen do, as something to ask. 0 asks for nothing.
    pub when: u32,
    /// Listings that do not say when they happen do not match `when`, even where the query is not strict.
    pub when_stated: bool,
    /// Each place of a listing is a result of its own, counted and shown by itself.
    pub every_place: bool,
    /// Only what is stated counts: listings that would have to be asked do not match.
    pub strict: bool,
    /// Kinds of listing, any of them; none means every kind.
    pub kinds: Vec<String>,
    /// Only listings of this organisation.
    pub organization: Option<String>,
    /// Languages, any of them.
    pub languages: Vec<String>,
    /// Order of `results`. Of `covers`, what serves the asked point itself always comes first, then what serves nearby,
    /// last what does not say; among those what states all, then by text, then by a keyed hash of the id.
    pub sort: Sort,
    /// Hits of `results` to skip.
    pub offset: usize,
    /// Hits of `results` to answer.
    pub limit: usize,
    /// Hits of `covers` to skip.
    pub covers_offset: usize,
    /// Hits of `covers` to answer.
    pub covers_limit: usize,
    /// Whether terms that have a bit, and kinds, are counted over `results`.
    pub counts: bool,
    /// With `counts`: whether terms without a bit are counted too, which costs more.
    pub count_all: bool,
    /// Listing ids that must be neither seen nor counted, ahead of the commit that removes them.
    pub withdrawn: Arc<HashSet<String>>,
    /// Ends the search before it is done, with [`crate::Error::Stopped`].
    pub stop: Stop,
    /// Key of the hash that orders `covers` of equal score.
    pub tie_key: u64,
}

/// Terms of which a listing must have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetGroup {
    /// Terms that say yes.
    pub any: Vec<String>,
    /// Terms that say that the listing does not say, such as `cost:not-stated`: those it has instead of one of `any`
    /// make it something to ask, unless the query is strict.
    pub ask: Vec<String>,
    /// Whether a listing that says nothing of `any` is something to ask, unless the query is strict. One that denies all
    /// of them does not match.
    pub unless_denied: bool,
}

impl From<Vec<String>> for FacetGroup {
    fn from(any: Vec<String>) -> Self {
        Self { any, ..Self::default() }
    }
}

/// What would have to be asked of a listing, because it does not say.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Asks(pub(crate) u64);

impl Asks {
    pub(crate) const AGE: Self = Self(1);
    pub(crate) const AREA: Self = Self(2);
    pub(crate) const WHEN: Self = Self(4);

    /// The flag of a group of [`Query::facets`]; all groups after the 60th share the last.
    pub(crate) fn of_facet(number: usize) -> Self {
        Self(8 << number.min(60))
    }

    /// It states everything that was asked for.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// It does not state for what age it is.
    pub fn age(self) -> bool {
        self.0 & Self::AGE.0 != 0
    }

    /// It does not state which area it serves.
    pub fn area(self) -> bool {
        self.0 & Self::AREA.0 != 0
    }

    /// It does not state when it happens.
    pub fn when(self) -> bool {
        self.0 & Self::WHEN.0 != 0
    }

    /// It has an `ask` term of this group of [`Query::facets`], counted from 0, and none of `any`.
    pub fn facet(self, number: usize) -> bool {
        self.0 & Self::of_facet(number).0 != 0
    }
}

/// Never prints which: that would tell whether an age was asked for.
impl std::fmt::Debug for Asks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asks({})", self.0.count_ones())
    }
}

/// Never prints words, places or areas: they must not reach a log.
impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query")
            .field("words", &self.words)
            .field("near", &self.near.is_some())
            .field("areas", &self.areas.len())
            .field("facets", &self.facets.len())
            .field("sort", &self.sort)
            .field("offset", &self.offset)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Order of `results`; equal ones stand by listing id. In every order, what matches the words only by a broader term
/// stands after what matches them itself, and what has ended after everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What states everything asked for before what has to be asked (see [`Asks`]). Among those, by text score, divided
    /// by 1 + distance / half the radius when there is a circle. Without words: nearest first, and by listing id where
    /// nothing has a distance.
    #[default]
    Best,
    /// Nearest first; the same as `Best` without a circle.
    Distance,
    /// Last checked first; unknown last.
    RecentlyChecked,
}

/// The answer to a search.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Points at the asked place; without a place, everything.
    pub results: Block,
    /// Area and remote listings that serve the asked place; empty without a place.
    pub covers: Block,
    /// Listings in `results` per term, zeros left out: terms that have a bit, in the order of
    /// [`crate::Payload::terms`], then, with `count_all`, the others by id.
    pub counts: Vec<(Arc<str>, u32)>,
    /// Listings in `results` per kind; zeros left out.
    pub kinds: Vec<(String, u32)>,
    /// Whether words had to be given up.
    pub relaxed: Relaxed,
    /// What became of each word.
    pub understood: Understood,
}

/// One ordered part of an answer.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Listings that match, exactly, whether shown or not.
    pub total: u64,
    /// How many of those match only by a broader term than the words mean ([`crate::Synonym::broader`]).
    pub broader: u64,
    /// The page asked for.
    pub hits: Vec<Hit>,
}

/// One listing in an answer.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Id of the listing.
    pub listing: String,
    /// Id of the document shown: the nearest of the listing's that match (in the order [`Sort::Best`], of those that
    /// state all, if any does).
    pub id: String,
    /// The card as it was put.
    pub body: Bytes,
    /// Metres from the centre of the circle; `None` without one, and always for area and remote listings.
    pub distance_m: Option<f64>,
    /// Further searchable documents of the listing, whether they match or not.
    pub other_places: u32,
    /// Text score; zero without words.
    pub score: f32,
    /// In `covers`: the listing serves the asked point itself, not only an area nearby.
    pub here: bool,
    /// What the document shown does not state of what was asked for.
    pub asks: Asks,
    /// It matches only by a broader term than the words mean.
    pub broader: bool,
    /// It has ended.
    pub ended: bool,
}

/// How far a search had to go from all its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relaxed {
    /// All words match.
    #[default]
    No,
    /// More than half of the words match: as many as any listing has.
    Most,
    /// At least one word matches.
    Any,
}

/// What became of the words.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// The things looked for.
    pub words: Vec<UnderstoodWord>,
    /// Words left out because they say nothing beside the others.
    pub dropped: Vec<String>,
}

/// One word or phrase that was looked for.
#[derive(Clone, PartialEq, Eq)]
pub struct UnderstoodWord {
    /// The word or phrase, lower-cased and without accents.
    pub typed: String,
    /// Terms that count as this word.
    pub terms: Vec<String>,
    /// Broader terms that count too, after those.
    pub broader: Vec<String>,
    /// Whether some listing in the answer matches it.
    pub found: bool,
}

/// Never prints what was typed.
impl std::fmt::Debug for Understood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Understood {{ {} words, {} dropped }}", self.words.len(), self.dropped.len())
    }
}

/// Never prints what was typed.
impl std::fmt::Debug for UnderstoodWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnderstoodWord {{ found: {} }}", self.found)
    }
}
