//! Listings with several documents that searches may answer with: each is counted once, and shown at one place.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::columns::{Columns, Mask, spread};
use crate::hilbert::{PositionE7, SERIAL_BITS};
use crate::near::{Circle, distance_m};
use crate::rank::Found;
use crate::snapshot::Segment;
use crate::tally::Tally;

/// Listings with several documents, as far as a block of an answer has met them.
#[derive(Default)]
pub(crate) struct Families {
    /// By segment and family: where it stands in `met`. A listing's documents are all in one segment.
    places: Numbered<u32>,
    /// The document to show of each, with metres that are no more than exact.
    met: Vec<Found>,
    /// Terms of all documents met, where those of the first do not say it all.
    terms: Numbered<Terms>,
}

type Numbered<T> = HashMap<u64, T, BuildHasherDefault<Spread>>;

struct Terms {
    mask: Mask,
    beyond: Vec<u32>,
}

impl Families {
    /// Meets a document of such a listing. Counts the listing the first time, later only what it has more; keeps as the
    /// document to show one that has not ended, one that needs no broader term, one that serves the point, one that states all (where `stated_first`), the nearest, the best by
    /// words, the first by id; each where those before are equal.
    pub(crate) fn meet(
        &mut self,
        segments: &[Arc<Segment>],
        circle: Option<&Circle>,
        mut found: Found,
        stated_first: bool,
        (tally, counting, beyond): (&mut Tally, bool, &[u32]),
    ) {
        let columns = &*segments[found.segment as usize].columns;
        let mask = |found: &Found| &columns.masks[found.doc as usize];
        let kind = |found: &Found| columns.kinds[found.doc as usize];
        let next = self.met.len() as u32;
        let at = *self.places.entry(key(segments, &found)).or_insert(next);
        if at == next {
            self.met.push(found);
            tally.total += 1;
            if counting {
                tally.count(mask(&found), kind(&found));
                tally.count_beyond(beyond);
                if !beyond.is_empty() {
                    self.terms.insert(u64::from(at), Terms { mask: *mask(&found), beyond: beyond.to_vec() });
                }
            }
            return;
        }
        let shown = &mut self.met[at as usize];
        if counting {
            let known =
                self.terms.entry(u64::from(at)).or_insert_with(|| Terms { mask: *mask(shown), beyond: Vec::new() });
            tally.count_more(mask(&found), &mut known.mask);
            let more: Vec<u32> = beyond.iter().copied().filter(|term| !known.beyond.contains(term)).collect();
            tally.count_beyond(&more);
            known.beyond.extend(more);
        }
        if let Some(circle) = circle {
            let exact = |found: &Found| circle.exact_m(columns.positions[found.doc as usize]);
            (found.metres, shown.metres) = (exact(&found), exact(shown));
        }
        if is_before(&found, shown, stated_first, columns) {
            if counting {
                tally.change_kind(kind(shown), kind(&found));
            }
            *shown = found;
        }
    }

    /// Keeps a document to show without counting it, by the order of [`Families::meet`], where there is no circle.
    pub(crate) fn keep(&mut self, segments: &[Arc<Segment>], found: Found, stated_first: bool) {
        let next = self.met.len() as u32;
        match *self.places.entry(key(segments, &found)).or_insert(next) {
            at if at == next => self.met.push(found),
            at => {
                let shown = &mut self.met[at as usize];
                if is_before(&found, shown, stated_first, &segments[found.segment as usize].columns) {
                    *shown = found;
                }
            }
        }
    }

    /// The documents to show, with what tells whether a listing is also among others.
    pub(crate) fn take(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.met)
    }

    /// Whether the listing of a document has been met.
    pub(crate) fn has(&self, segments: &[Arc<Segment>], found: &Found) -> bool {
        self.places.contains_key(&key(segments, found))
    }
}

fn key(segments: &[Arc<Segment>], found: &Found) -> u64 {
    let family = segments[found.segment as usize].columns.families[found.doc as usize];
    u64::from(found.segment) << 32 | u64::from(family)
}

/// Hashes a number by mixing it.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = spread(self.0 ^ u64::from(byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = spread(number);
    }
}

fn is_before(found: &Found, shown: &Found, stated_first: bool, columns: &Columns) -> bool {
    let asks = |found: &Found| stated_first && !found.asks.is_empty();
    let order = (found.ended.cmp(&shown.ended))
        .then(found.broader.cmp(&shown.broader))
        .then(shown.here.cmp(&found.here))
        .then(asks(found).cmp(&asks(shown)))
        .then(found.metres.total_cmp(&shown.metres))
        .then(shown.score.total_cmp(&found.score));
    // Documents of a listing arrive in the order of their ids.
    let arrived = |found: &Found| columns.keys[found.doc as usize] & ((1 << SERIAL_BITS) - 1);
    order.then(arrived(found).cmp(&arrived(shown))).is_lt()
}

/// Families of a segment, a bit each.
pub(crate) struct FamilyBits(Vec<u64>);

impl FamilyBits {
    /// Room for all of a segment, none of them in it.
    pub(crate) fn none_of(members: &Members) -> Self {
        Self(vec![0; members.starts.len().div_ceil(64)])
    }

    /// Takes all of them out.
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Puts a family in; whether it was not.
    #[inline]
    pub(crate) fn add(&mut self, family: u32) -> bool {
        let (word, bit) = (family as usize / 64, 1 << (family % 64));
        let was = self.0[word] & bit != 0;
        self.0[word] |= bit;
        !was
    }
}

/// The documents of a segment whose families differ in kind or terms, a bit each: which of them is shown, and how many
/// of each term there are, depends on all that match.
pub(crate) fn uneven(members: &Members, masks: &[Mask], kinds: &[u8]) -> Box<[u64]> {
    let told = |member: u32| (masks[member as usize], kinds[member as usize]);
    let mut uneven = vec![0; masks.len().div_ceil(64)];
    for family in members.families() {
        if !family.iter().all(|&member| told(member) == told(family[0])) {
            family.iter().for_each(|&member| uneven[member as usize / 64] |= 1 << (member % 64));
        }
    }
    uneven.into()
}

/// The documents of each family of a segment.
pub(crate) struct Members {
    /// Family after family.
    documents: Vec<u32>,
    /// Where each family begins, and where the last ends.
    starts: Vec<u32>,
}

impl Members {
    pub(crate) fn new(siblings: &[u32], families: &[u32]) -> Self {
        let mut documents = siblings.to_vec();
        documents.sort_by_key(|&doc| families[doc as usize]);
        let mut starts = Vec::new();
        for (at, &doc) in documents.iter().enumerate() {
            if starts.len() == families[doc as usize] as usize {
                starts.push(at as u32);
            }
        }
        starts.push(documents.len() as u32);
        Self { documents, starts }
    }

    /// Those of one family, ascending.
    pub(crate) fn of(&self, family: u32) -> &[u32] {
        &self.documents[self.starts[family as usize] as usize..self.starts[family as usize + 1] as usize]
    }

    /// Those of each family.
    fn families(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.starts.len() as u32 - 1).map(|family| self.of(family))
    }
}

/// How far each document of a segment is from the next of its family, in metres and rather less than more; nothing
/// where one of them has no position (is not among `positions`), infinitely far for documents without a family.
pub(crate) fn alone(members: &Members, families: &[u32], positions: &[PositionE7]) -> Vec<f32> {
    let mut out = vec![f32::INFINITY; families.len()];
    for family in members.families() {
        for &one in family {
            for &other in family.iter().filter(|other| **other != one) {
                let metres = match (positions.get(one as usize), positions.get(other as usize)) {
                    (Some(one), Some(other)) => between(*one, *other),
                    _ => 0.0,
                };
                out[one as usize] = out[one as usize].min(metres);
            }
        }
    }
    out
}

fn between(one: PositionE7, other: PositionE7) -> f32 {
    let [[a, b], [c, d]] = [one, other].map(|position| position.map(|part| f64::from(part) * 1e-7));
    distance_m(a, b, c, d) as f32 * 0.999
}

/// The family of each document of a segment, by the keys of their listings. Documents that have none are given 0.
pub(crate) fn families(siblings: &[u32], listings: &[u64]) -> Vec<u32> {
    let mut out = if siblings.is_empty() { Vec::new() } else { vec![0; listings.len()] };
    let mut numbers: HashMap<u64, u32> = HashMap::with_capacity(siblings.len());
    for &doc in siblings {
        let next = numbers.len() as u32;
        out[doc as usize] = *numbers.entry(listings[doc as usize]).or_insert(next);
    }
    out
}
