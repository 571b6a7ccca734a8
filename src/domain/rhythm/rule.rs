//! One rule in bytes: single days, weeks or months, with its hours.
//!
//! ```text
//! pace, start of the week, month days? 1 | weekdays, or how many have ordinals 1 | interval 1 | phase 1
//! | first day 2 | last day 2 | opens 2 | length 2 | ordinals 2 each | month days 8
//! ```
//!
//! Days are numbered from 1970 on; weeks and months too, and the phase is the number of the first one modulo the
//! interval, so that the day on which a rule began need not be kept.

use chrono::Datelike;

use super::{
    Session,
    london::{Moment, date, number},
};

/// Minutes of a day.
pub(super) const MINUTES_A_DAY: u16 = 1_440;
/// A last day that never comes.
pub(super) const NEVER: u16 = u16::MAX;
const HEAD: usize = 12;

/// By what a rule recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// By nothing: one day.
    Once,
    /// By weeks.
    Weekly,
    /// By months.
    Monthly,
}

/// One rule. Weekdays count from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub pace: Pace,
    /// Of a weekly rule: its days, Monday in the lowest bit.
    pub weekdays: u8,
    /// The weekday on which weeks start.
    pub week_start: u8,
    /// Every how many weeks or months; at least 1.
    pub interval: u8,
    /// Which of them: the number of a week or month modulo the interval.
    pub phase: u8,
    /// The first day on which it holds.
    pub first: u16,
    /// The last, or [`NEVER`].
    pub last: u16,
    /// Minutes after midnight.
    pub opens: u16,
    /// Minutes; 0 when the end is not stated.
    pub length: u16,
    /// Of a monthly rule: for each weekday which of the month, from its start and from its end, the first in the
    /// lowest bit. All zero: any.
    pub ordinals: [[u8; 2]; 7],
    /// Of a monthly rule: days of the month from its start and from its end, the first in the lowest bit. Both zero: any.
    pub month_days: [u32; 2],
}

impl Rule {
    /// A rule without days, for every week or month, for ever.
    pub fn new(pace: Pace, opens: u16, length: u16) -> Self {
        Self {
            pace,
            weekdays: 0,
            week_start: 0,
            interval: 1,
            phase: 0,
            first: 0,
            last: NEVER,
            opens,
            length,
            ordinals: [[0; 2]; 7],
            month_days: [0; 2],
        }
    }

    /// Writes the rule behind others.
    pub fn write(&self, out: &mut Vec<u8>) {
        let pace = match self.pace {
            Pace::Once => 0,
            Pace::Weekly => 1,
            Pace::Monthly => 2,
        };
        let has_month_days = self.month_days != [0; 2];
        let with_ordinals = || (0_u8..).zip(self.ordinals).filter(|(_, ordinals)| *ordinals != [0; 2]);
        let days = if self.pace == Pace::Monthly { with_ordinals().count() as u8 } else { self.weekdays };
        out.extend([pace | self.week_start << 2 | u8::from(has_month_days) << 5, days, self.interval, self.phase]);
        [self.first, self.last, self.opens, self.length].iter().for_each(|number| out.extend(number.to_le_bytes()));
        for (weekday, [from_start, from_end]) in with_ordinals() {
            out.extend([weekday << 5 | from_start, from_end]);
        }
        if has_month_days {
            self.month_days.iter().for_each(|days| out.extend(days.to_le_bytes()));
        }
    }

    /// The rule at the head of some bytes, and the rest; `None` at the end, and of bytes that are none.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, mut rest) = bytes.split_at_checked(HEAD)?;
        let short = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let pace = match head[0] & 3 {
            0 => Pace::Once,
            1 => Pace::Weekly,
            2 => Pace::Monthly,
            _ => return None,
        };
        let mut rule = Self::new(pace, short(8), short(10));
        (rule.week_start, rule.interval, rule.phase) = (head[0] >> 2 & 7, head[2].max(1), head[3]);
        (rule.first, rule.last) = (short(4), short(6));
        if pace == Pace::Monthly {
            for _ in 0..head[1] {
                let (pair, after) = rest.split_at_checked(2)?;
                *rule.ordinals.get_mut(usize::from(pair[0] >> 5))? = [pair[0] & 31, pair[1]];
                rest = after;
            }
        } else {
            rule.weekdays = head[1];
        }
        if head[0] >> 5 & 1 == 1 {
            let (days, after) = rest.split_at_checked(8)?;
            let word = |at: usize| u32::from_le_bytes([days[at], days[at + 1], days[at + 2], days[at + 3]]);
            rule.month_days = [word(0), word(4)];
            rest = after;
        }
        Some((rule, rest))
    }

    /// The first day of the rule from `from` to `to`, both included. The work is bounded by the distance between them.
    pub fn next_day(&self, from: i32, to: i32) -> Option<i32> {
        let from = from.max(self.first.into());
        let to = if self.last == NEVER { to } else { to.min(self.last.into()) };
        match self.pace {
            Pace::Once => (from..=to).contains(&self.first.into()).then(|| self.first.into()),
            Pace::Weekly => self.next_of_weeks(from, to),
            Pace::Monthly => self.next_of_months(from, to),
        }
    }

    fn next_of_weeks(&self, mut day: i32, to: i32) -> Option<i32> {
        while day <= to {
            let week = week(day, self.week_start);
            let ahead = self.until_its_turn(week);
            if ahead > 0 {
                day = first_of_week(week + ahead, self.week_start);
                continue;
            }
            let after = first_of_week(week + 1, self.week_start);
            if let Some(found) = (day..after).find(|day| self.weekdays >> weekday(*day) & 1 == 1) {
                return (found <= to).then_some(found);
            }
            day = after;
        }
        None
    }

    fn next_of_months(&self, day: i32, to: i32) -> Option<i32> {
        let mut month = month_of(day)?;
        let mut first = first_of_month(month)?;
        let mut passed = day - first;
        while first <= to {
            let ahead = self.until_its_turn(month);
            if ahead == 0 {
                let days = self.days_of_month(first, first_of_month(month + 1)? - first);
                let days = days & u32::MAX.checked_shl(passed as u32).unwrap_or(0);
                if days != 0 {
                    let found = first + days.trailing_zeros() as i32;
                    return (found <= to).then_some(found);
                }
            }
            month += ahead.max(1);
            first = first_of_month(month)?;
            passed = 0;
        }
        None
    }

    /// In how many weeks or months its next turn is, from the week or month of this number.
    fn until_its_turn(&self, number: i32) -> i32 {
        (i32::from(self.phase) - number).rem_euclid(self.interval.into())
    }

    /// Its days in a month that begins on the day `first` and has so many; the first in the lowest bit.
    fn days_of_month(&self, first: i32, length: i32) -> u32 {
        let all = (1_u32 << length) - 1;
        let [from_start, from_end] = self.month_days;
        let mut days =
            if self.month_days == [0; 2] { all } else { (from_start | from_end.reverse_bits() >> (32 - length)) & all };
        if self.ordinals != [[0; 2]; 7] {
            let begins_on = weekday(first) as i32;
            let mut by_weekday = 0;
            for (weekday, ordinals) in (0..).zip(self.ordinals) {
                let earliest = (weekday - begins_on).rem_euclid(7);
                let number = (length - earliest + 6) / 7;
                for nth in 0..number {
                    let [of_start, of_end] = [nth, number - 1 - nth];
                    if ordinals[0] >> of_start & 1 == 1 || ordinals[1] >> of_end & 1 == 1 {
                        by_weekday |= 1 << (earliest + 7 * nth);
                    }
                }
            }
            days &= by_weekday;
        }
        days
    }

    /// The session of a day; `None` beyond the calendar.
    pub fn session(&self, day: i32) -> Option<Session> {
        let opens = i32::from(self.opens);
        let starts = Moment::at(day, opens)?;
        let ends = if self.length == 0 { None } else { Moment::at(day, opens + i32::from(self.length)) };
        // In the night when clocks go forward an end can fall before its beginning.
        Some(Session { starts, ends: ends.filter(|ends| *ends > starts) })
    }
}

/// The weekday of a day, Monday being 0. The first day of 1970 was a Thursday.
pub(super) fn weekday(day: i32) -> u8 {
    (day + 3).rem_euclid(7) as u8
}

/// The number of a day's week.
pub(super) fn week(day: i32, week_start: u8) -> i32 {
    (day + 3 - i32::from(week_start)).div_euclid(7)
}

fn first_of_week(week: i32, week_start: u8) -> i32 {
    week * 7 - 3 + i32::from(week_start)
}

/// The number of a day's month.
pub(super) fn month_of(day: i32) -> Option<i32> {
    let date = date(day)?;
    Some((date.year() - 1970) * 12 + date.month0() as i32)
}

fn first_of_month(month: i32) -> Option<i32> {
    let (year, month) = (1970 + month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
    Some(number(chrono::NaiveDate::from_ymd_opt(year, month, 1)?))
}
