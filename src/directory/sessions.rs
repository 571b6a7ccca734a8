//! What is on near a place between two instants: tonight, this week, on a day.
//!
//! The index gives every place of the listings that meet in those parts of the week at all; their rhythms, which stand
//! behind the cards, give the sessions. The store is not asked.

use bytes::Bytes;
use kith_index::{Hit, Sort};
use serde::Deserialize;

use super::{
    Directory, Error, Result,
    answer::{self, Slots},
    around::{asked_place, find},
    body,
    search::{as_of, asked_names, described, nation, to_ten_metres, when_names},
    window::{SessionsRequest, Window},
};
use crate::domain::{
    crisis,
    listing::UNITED_KINGDOM,
    read::{Code, Violation},
    rhythm::{Moment, Session},
};

/// Radii that a search without one tries, in kilometres: further off nobody goes for an evening.
const WIDENING: [f64; 4] = [5.0, 10.0, 25.0, 50.0];
/// How many sessions end the widening.
const ENOUGH: usize = 10;
/// How many listings are looked at, the nearest first; and how many of those without a public place.
const MOST_LISTINGS: usize = 2_000;

/// A session of a hit.
type On<'a> = (Session, &'a Hit);

/// What was found in one block.
#[derive(Default)]
struct Found<'a> {
    sessions: Vec<On<'a>>,
    /// Hits without a session that say something of themselves.
    not_on: Vec<&'a Hit>,
}

impl Directory {
    /// The sessions near a place, as JSON; `domain::answer::SessionsAnswer` is its shape.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every fault, [`Error::Place`], [`Error::NotReady`], [`Error::View`].
    pub fn sessions(&self, request: &SessionsRequest) -> Result<Bytes> {
        let now = self.clock.now();
        let window = request.window(now).map_err(Error::Invalid)?;
        let needs_place = || Error::Invalid(vec![Violation::new("/near", Code::Required)]);
        let search = &request.search;
        let asked = asked_place(search)?.ok_or_else(needs_place)?;
        let mut query = self.query(search);
        query.when = window.parts;
        (query.when_stated, query.every_place, query.counts) = (true, true, false);
        (query.sort, query.offset, query.covers_offset) = (Sort::Distance, 0, 0);
        (query.limit, query.covers_limit) = (MOST_LISTINGS, MOST_LISTINGS);
        let reader = self.view.reader()?;
        let is_area = asked.area_code.is_some();
        let asked_km = [search.within_km.unwrap_or(WIDENING[0])];
        let widening = if search.within_km.is_some() || is_area { &asked_km[..] } else { &WIDENING[..] };
        let (mut hits, mut radius) = Default::default();
        for km in widening {
            let at = super::request::SearchRequest { within_km: Some(*km), ..search.clone() };
            (hits, radius) = find(&reader, &mut query, &at, Some(&asked))?;
            let sessions = hits.results.hits.iter().map(|hit| window.sessions(body::split(&hit.body).1).len());
            if sessions.sum::<usize>() >= ENOUGH {
                break;
            }
        }
        if hits.results.total > hits.results.hits.len() as u64 {
            // Not all could be looked at: what the answer covers ends with the last of them.
            let last = hits.results.hits.last().and_then(|hit| hit.distance_m);
            let precision = asked.place.precision_km;
            radius = last.map(|metres| ((metres / 1000.0 - precision).max(0.0) * 100.0).floor() / 100.0).or(radius);
        }
        let there = found(&hits.results.hits, &window);
        let online = found(&hits.covers.hits, &window);
        let nation = nation(&asked.place, asked.area_code.as_deref());
        let (names, when) = (asked_names(search), when_names(search));
        let slots = Slots { asked: &names, when: &when, now: Some(Moment::of(now)), covers: false };
        let page = Page { page: search.page(), per_page: search.per_page() };

        let mut out = Vec::with_capacity(4_096 + 1_300 * search.per_page() as usize);
        out.push(b'{');
        answer::member(&mut out, "place", &described(&asked));
        answer::member(&mut out, "from", &Moment::of(window.from).to_string());
        answer::member(&mut out, "to", &Moment::of(window.to).to_string());
        for (name, block, covers) in [("sessions", &there, false), ("online", &online, true)] {
            let slots = Slots { now: None, covers, ..slots };
            page.write(&mut out, name, &block.sessions, |out, (session, hit)| {
                out.push(b'{');
                answer::times(out, session);
                out.extend_from_slice(b",\"listing\":");
                answer::card(out, hit, slots);
                out.push(b'}');
            });
        }
        page.write(&mut out, "not_on", &there.not_on, |out, hit| answer::card(out, hit, slots));
        if let Some(km) = radius {
            answer::member(&mut out, "searched_within_km", &km);
            answer::member(&mut out, "circle_km", &to_ten_metres(km + asked.place.precision_km));
        }
        let (crisis, urgency) = crisis::offered_to(search.q.as_deref(), nation.as_deref().unwrap_or(UNITED_KINGDOM));
        answer::member(&mut out, "crisis", &crisis);
        answer::member(&mut out, "urgency", &urgency);
        answer::member(&mut out, "as_of", &as_of(reader.payload()));
        answer::member(&mut out, "sample", &self.is_sample());
        out.push(b'}');
        Ok(Bytes::from(out))
    }
}

/// Every session of some hits in the window, the first to begin first, then the nearest; where there is no distance
/// they keep their order.
fn found<'a>(hits: &'a [Hit], window: &Window) -> Found<'a> {
    let mut out = Found::default();
    for hit in hits {
        let (card, rhythm) = body::split(&hit.body);
        let on = window.sessions(rhythm);
        if on.is_empty() && !rhythm.is_empty() && has_alert(card) {
            out.not_on.push(hit);
        }
        out.sessions.extend(on.into_iter().map(|session| (session, hit)));
    }
    let metres = |hit: &Hit| hit.distance_m.unwrap_or(f64::MAX);
    out.sessions.sort_by(|(a, at), (b, bt)| a.starts.cmp(&b.starts).then(metres(at).total_cmp(&metres(bt))));
    out
}

/// Whether a card says something to know before going.
fn has_alert(card: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Alert {
        alert: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Alert>(card).is_ok_and(|card| card.alert.is_some())
}

/// Which page of each block is shown.
#[derive(Clone, Copy)]
struct Page {
    page: u32,
    per_page: u32,
}

impl Page {
    fn write<T>(self, out: &mut Vec<u8>, name: &str, all: &[T], mut one: impl FnMut(&mut Vec<u8>, &T)) {
        let Self { page, per_page } = self;
        let total = all.len();
        let head = format!(",\"{name}\":{{\"total\":{total},\"page\":{page},\"per_page\":{per_page},\"items\":[");
        out.extend_from_slice(head.as_bytes());
        let skipped = (page as usize - 1).saturating_mul(per_page as usize);
        for (at, item) in all.iter().skip(skipped).take(per_page as usize).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            one(out, item);
        }
        out.extend_from_slice(b"]}");
    }
}
