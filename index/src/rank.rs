//! In which order hits stand, and the best few of very many.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::DocId;

use crate::columns::spread;
use crate::snapshot::Segment;
use crate::{Asks, Query, Result, Sort};

/// One matching document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub segment: usize,
    pub doc: DocId,
    pub score: f32,
    /// In a circle: metres, exact or no more than exact.
    pub metres: Option<f64>,
    /// Serves the asked point itself.
    pub here: bool,
    pub asks: Asks,
}

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
            (Sort::Best, Some(near), false) => By::Damped((near.km * 500.0).max(500.0)),
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

    /// First by whether it says which area it serves and by whether it serves the point (in `covers`), then by whether it has to be asked, then the rank itself,
    /// then the keyed hash (in `covers`).
    fn rank(self, found: &Found, segment: &Segment) -> Rank {
        let score = f64::from(found.score);
        let metres = found.metres.unwrap_or(f64::MAX);
        let doc = found.doc as usize;
        let tier = u8::from(self.stated_first && !found.asks.is_empty());
        match self.by {
            By::Damped(half) => (tier, -score / (1.0 + metres / half), 0),
            By::Score => (tier, -score, 0),
            By::Distance => (tier, metres, 0),
            By::Checked => (tier, -(segment.columns.checked[doc] as f64), 0),
            By::Covers(key) => {
                let tier = tier + 2 * u8::from(!found.here) + 4 * u8::from(found.asks.area());
                (tier, -score, spread(segment.columns.listings[doc] ^ spread(key)))
            }
        }
    }
}

/// A hit with its place in the order.
#[derive(Debug)]
pub(crate) struct Ranked {
    rank: Rank,
    listing: String,
    pub found: Found,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.rank, other.rank).then_with(|| self.listing.cmp(&other.listing))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

fn compare(a: Rank, b: Rank) -> Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
}

/// The first so many hits in order.
pub(crate) struct Best {
    pub order: Order,
    most: usize,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    /// Keeps the first `most` by `order`.
    pub(crate) fn new(order: Order, most: usize) -> Self {
        Self { order, most, heap: BinaryHeap::new() }
    }

    /// Whether a hit that scores no more, and is no nearer, than this may be among the first.
    #[inline]
    pub(crate) fn admits(&self, found: &Found, segment: &Segment) -> bool {
        let full = self.heap.len() >= self.most;
        let worst = self.heap.peek().filter(|_| full);
        self.most > 0 && worst.is_none_or(|worst| compare(self.order.rank(found, segment), worst.rank).is_le())
    }

    /// Forgets what was offered.
    pub(crate) fn clear(&mut self) {
        self.heap.clear();
    }

    /// Hits that are kept.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Hits that may be kept.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Offers a hit. `exact` gives its exact metres; it is asked only for hits that may be among the first.
    pub(crate) fn offer(
        &mut self,
        mut found: Found,
        segment: &Segment,
        exact: impl FnOnce() -> Option<f64>,
    ) -> Result<()> {
        if self.most == 0 {
            return Ok(());
        }
        let full = self.heap.len() >= self.most;
        let is_worse = |rank, worst: &Ranked| compare(rank, worst.rank) == Ordering::Greater;
        let worst = self.heap.peek().filter(|_| full);
        if worst.is_some_and(|worst| is_worse(self.order.rank(&found, segment), worst)) {
            return Ok(());
        }
        found.metres = exact();
        let rank = self.order.rank(&found, segment);
        if worst.is_some_and(|worst| is_worse(rank, worst)) {
            return Ok(());
        }
        let listing = segment.columns.entry(found.doc)?.listing;
        if worst.is_some_and(|worst| compare(rank, worst.rank).then_with(|| listing.cmp(&worst.listing)).is_ge()) {
            return Ok(());
        }
        let ranked = Ranked { rank, listing: listing.to_owned(), found };
        if full {
            self.heap.pop();
        }
        self.heap.push(ranked);
        Ok(())
    }

    /// The hits kept, in order.
    pub(crate) fn into_sorted(self) -> Vec<Found> {
        self.heap.into_sorted_vec().into_iter().map(|ranked| ranked.found).collect()
    }
}
