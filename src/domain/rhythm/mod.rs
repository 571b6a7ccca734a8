//! When a listing meets: its schedules in a few bytes, and which session is next.
//!
//! [`compile`] turns the published schedules of a listing at a place into bytes that stand behind its card in the view;
//! [`Rhythm`] reads them when somebody asks. An answer of twenty cards costs microseconds, which an expansion of the
//! iCalendar rules themselves does not; a test holds both against each other.
//!
//! Only what a source states is told: a rule that needs the day on which it began and does not say it (every *other*
//! Tuesday, six times) has no sessions here, for a wrong week leads somebody to a locked door.

mod compile;
mod london;
mod rule;
mod week;

use std::cmp::Ordering;

use chrono::{Datelike, Timelike};

use super::{card::SessionTimes, clock::Timestamp};

use self::rule::{MINUTES_A_DAY, Rule};
pub use self::{
    compile::compile,
    london::{Moment, day_begins},
    week::{DAYS, DayPart, WeekMask, asked_parts, parts_of_days, week_mask},
};

/// How far ahead the next session is looked for, in days: what is further off is nothing to plan by.
const HORIZON: i32 = 400;

/// The compiled schedules of a listing at a place.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm<'a>(&'a [u8]);

/// One time that something happens or is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// When it begins.
    pub starts: Moment,
    /// When it ends; `None` when that is not stated.
    pub ends: Option<Moment>,
}

impl<'a> Rhythm<'a> {
    /// The rhythm in bytes that [`compile`] gave. Of bytes that it did not give, whatever can be read.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The compiled rules, as they are kept.
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Whether no session can ever be told.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The session that is on, or else the next to begin, if there is one within thirteen months.
    pub fn next(&self, now: Moment) -> Option<Session> {
        let today = now.day();
        let of_rule = |rule: Rule| {
            // What began yesterday may go on past midnight.
            let mut day = today - 1;
            // Three days at most have a session that is over: yesterday, today and, where clocks change, the day between.
            for _ in 0..4 {
                day = rule.next_day(day, today + HORIZON)?;
                match rule.session(day) {
                    Some(session) if !session.is_over(now) => return Some(session),
                    _ => day += 1,
                }
            }
            None
        };
        rules(self.0).filter_map(of_rule).min()
    }

    /// Every session that is on at some time from `from` until before `to`, in order, none twice. `to` is taken to be at
    /// most 62 days after `from`.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Vec<Session> {
        let (from, to) = (Moment::of(from), Moment::of(to));
        let last = to.day().min(from.day() + 62);
        let mut found = Vec::new();
        for rule in rules(self.0) {
            let mut day = from.day() - 1;
            while let Some(on) = rule.next_day(day, last) {
                found.extend(rule.session(on).filter(|session| session.starts < to && !session.is_over(from)));
                day = on + 1;
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Session {
    /// Whether it has ended by `now`; one whose end is not stated, whether it has begun.
    pub fn is_over(&self, now: Moment) -> bool {
        self.ends.map_or(self.starts < now, |ends| ends <= now)
    }

    /// The parts of the week that it is in.
    pub fn parts(&self) -> WeekMask {
        let starts = self.starts.local();
        let lasts = self.ends.map_or(0, |ends| (ends.local() - starts).num_minutes());
        let minute = starts.hour() * 60 + starts.minute();
        let short = |minutes: i64| u16::try_from(minutes.clamp(0, i64::from(MINUTES_A_DAY))).unwrap_or_default();
        week::parts_of(starts.weekday().num_days_from_monday() as u8, short(minute.into()), short(lasts))
    }

    /// As answers say it.
    pub fn times(&self) -> SessionTimes {
        SessionTimes { starts_at: self.starts.to_string(), ends_at: self.ends.map(|ends| ends.to_string()) }
    }
}

impl Ord for Session {
    fn cmp(&self, other: &Self) -> Ordering {
        self.starts.cmp(&other.starts).then(self.ends.cmp(&other.ends))
    }
}

impl PartialOrd for Session {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn rules(mut bytes: &[u8]) -> impl Iterator<Item = Rule> + '_ {
    std::iter::from_fn(move || {
        let (rule, rest) = Rule::read(bytes)?;
        bytes = rest;
        Some(rule)
    })
}

#[cfg(test)]
mod tests;
