//! In which order hits stand, and the best few of very many.

use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::DocId;

use crate::columns::{Columns, spread};
use crate::snapshot::Segment;
use crate::{Asks, Query, Sort, weights};

/// One matching document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub segment: u32,
    pub doc: DocId,
    pub score: f32,
    /// In a circle: metres, exact or no more than exact. Otherwise [`NOWHERE`].
    pub metres: f64,
    /// Serves the asked point itself.
    pub here: bool,
    pub asks: Asks,
    /// Would not be there but for a broader term.
    pub broader: bool,
    /// Has ended.
    pub ended: bool,
}

impl Found {
    /// A document that matches without words.
    pub(crate) fn at(segment: usize, doc: DocId, metres: f64, asks: Asks, columns: &Columns) -> Self {
        let ended = columns.has_ended(doc);
        Self { segment: segment as u32, doc, score: 0.0, metres, here: false, asks, broader: false, ended }
    }
}

/// What is not in a circle is no number of metres away.
pub(crate) const NOWHERE: f64 = f64::INFINITY;

/// Turns what is known of a hit into numbers: smaller stands before.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    by: By,
    /// What has to be asked comes after what is stated.
    pub stated_first: bool,
}

#[derive(Clone, Copy)]
enum By {
    /// Text score, damped by distance: halved at this many metres.
    Damped(f64),
    /// Text score alone; zero for all in a browse.
    Score,
    /// Metres.
    Distance,
    /// Last checked.
    Checked,
    /// The order of `covers`, by this key.
    Covers(u64),
}

/// Tier, rank, and what decides between equal ones.
type Rank = (u8, f64, u64);

impl Order {
    /// The order of `results` of a query.
    pub(crate) fn of(query: &Query) -> Self {
        let by = match (query.sort, query.near, query.words.is_empty()) {
            (Sort::RecentlyChecked, _, _) => By::Checked,
            (Sort::Distance, Some(_), _) | (Sort::Best, Some(_), true) => By::Distance,
            (Sort::Best, Some(near), false) => By::Damped((near.km * weights::HALVED_AT).max(weights::HALVED_AT_LEAST)),
            (_, None, _) => By::Score,
        };
        let stated_first = match query.sort {
            Sort::Best => true,
            Sort::Distance => query.near.is_none(),
            Sort::RecentlyChecked => false,
        };
        Self { by, stated_first }
    }

    /// The order of `covers`, by the key of a query.
    pub(crate) fn covers(key: u64) -> Self {
        Self { by: By::Covers(key), stated_first: true }
    }

    /// The nearest come first, whatever else there is.
    pub(crate) fn is_nearest(self) -> bool {
        matches!(self.by, By::Distance)
    }

    /// The best by words come first, damped by distance or not.
    pub(crate) fn is_by_words(self) -> bool {
        matches!(self.by, By::Score | By::Damped(_))
    }

    /// First by whether it has ended and whether it needs a broader term, then by whether it says which area it serves and
    /// by whether it serves the point (in `covers`), then by whether it has to be asked, then the rank itself, then the
    /// keyed hash (in `covers`).
    fn rank(self, found: &Found, segment: &Segment) -> Rank {
        let score = f64::from(found.score);
        let metres = found.metres;
        let doc = found.doc as usize;
        let tier = weights::TO_BE_ASKED as u8 * u8::from(self.stated_first && !found.asks.is_empty())
            + weights::ONLY_BROADER as u8 * u8::from(found.broader)
            + weights::ENDED as u8 * u8::from(found.ended);
        match self.by {
            By::Damped(half) => (tier, -score / (1.0 + metres / half), 0),
            By::Score => (tier, -score, 0),
            By::Distance => (tier, metres, 0),
            By::Checked => (tier, -(segment.columns.checked[doc] as f64), 0),
            By::Covers(key) => {
                let tier = tier
                    + weights::ELSEWHERE as u8 * u8::from(!found.here)
                    + weights::NO_AREA_STATED as u8 * u8::from(found.asks.area());
                (tier, -score, spread(segment.columns.listings[doc] ^ spread(key)))
            }
        }
    }
}

/// A hit with its place in the order.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    rank: Rank,
    found: Found,
}

fn compare(a: Rank, b: Rank) -> Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
}

/// The first so many hits in order.
///
/// A few more are kept than are wanted, until the surplus is worth sorting out: so ids, which decide between equal
/// ranks and lie far away, are seldom read.
pub(crate) struct Best {
    pub order: Order,
    most: usize,
    kept: Vec<Ranked>,
    /// The last of the first `most`, once so many have been sorted out.
    last: Option<Ranked>,
}

impl Best {
    /// Keeps the first `most` by `order`.
    pub(crate) fn new(order: Order, most: usize) -> Self {
        Self { order, most, kept: Vec::new(), last: None }
    }

    /// Whether a hit that scores no more, and is no nearer, than this may be among the first.
    #[inline]
    pub(crate) fn admits(&self, found: &Found, segment: &Segment) -> bool {
        self.most > 0 && self.last.is_none_or(|last| compare(self.order.rank(found, segment), last.rank).is_le())
    }

    /// What a hit that is no nearer must score, rather less than more, to be among the first, where those are in the order
    /// of scores.
    pub(crate) fn needed(&self, metres: f64) -> f32 {
        if self.most == 0 {
            return f32::INFINITY;
        }
        let Some(last) = self.last.filter(|last| last.rank.0 == 0) else { return f32::NEG_INFINITY };
        let score = match self.order.by {
            By::Damped(half) => -last.rank.1 * (1.0 + metres / half),
            By::Score => -last.rank.1,
            _ => return f32::NEG_INFINITY,
        };
        (score * 0.99999) as f32
    }

    /// Offers a hit. `exact` gives its exact metres; it is asked only for hits that may be among the first.
    pub(crate) fn offer(&mut self, mut found: Found, segments: &[Arc<Segment>], exact: impl FnOnce() -> f64) {
        let segment = &*segments[found.segment as usize];
        if !self.admits(&found, segment) {
            return;
        }
        found.metres = exact();
        let ranked = Ranked { rank: self.order.rank(&found, segment), found };
        if self.last.is_some_and(|last| ranked.before(&last, segments).is_ge()) {
            return;
        }
        self.kept.push(ranked);
        if self.kept.len() >= self.most + (self.most / 2).max(16) {
            self.kept.select_nth_unstable_by(self.most - 1, |a, b| a.before(b, segments));
            self.kept.truncate(self.most);
            self.last = self.kept.last().copied();
        }
    }

    /// Forgets what was offered.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        self.last = None;
    }

    /// Whether as many are kept as are wanted that nothing but the rank itself could put behind others.
    pub(crate) fn is_full(&self) -> bool {
        self.kept.iter().filter(|ranked| ranked.rank.0 == 0).count() >= self.most
    }

    /// Hits that are wanted.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// The first hits, in order.
    pub(crate) fn into_sorted(mut self, segments: &[Arc<Segment>]) -> Vec<Found> {
        self.kept.sort_unstable_by(|a, b| a.before(b, segments));
        self.kept.truncate(self.most);
        self.kept.into_iter().map(|ranked| ranked.found).collect()
    }
}

impl Ranked {
    /// By rank, then by listing id. Where an id cannot be read the order does not matter: showing the hit will fail.
    fn before(&self, other: &Self, segments: &[Arc<Segment>]) -> Ordering {
        compare(self.rank, other.rank).then_with(|| {
            let (one, two) = (&self.found, &other.found);
            let [of_one, of_two] = [one, two].map(|found| &segments[found.segment as usize]);
            if one.segment == two.segment {
                return of_one.order[one.doc as usize].cmp(&of_one.order[two.doc as usize]);
            }
            let listing = |segment: &'_ Segment, doc| {
                segment.columns.entries.get(doc).map_or("", |entry| entry.listing).to_owned()
            };
            listing(of_one, one.doc).cmp(&listing(of_two, two.doc))
        })
    }
}
