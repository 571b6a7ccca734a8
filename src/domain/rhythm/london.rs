//! Wall-clock time in London and what it is in UTC.

use std::{cmp::Ordering, fmt};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, offset::LocalResult};
use chrono_tz::Europe::London;

use crate::domain::clock::Timestamp;

/// The day before the first day of 1970, counted from the first of the calendar.
const EPOCH: i32 = 719_163;

/// A minute, with what the clocks in London are ahead of UTC then. Written as RFC 3339 with that offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Minutes since 1970 began, in UTC.
    utc: i64,
    /// Minutes that London is ahead.
    ahead: i32,
}

impl Moment {
    /// The minute in which an instant lies.
    pub fn of(instant: Timestamp) -> Self {
        Self::of_utc(instant.seconds().div_euclid(60))
    }

    fn of_utc(utc: i64) -> Self {
        let ahead = DateTime::from_timestamp(utc * 60, 0)
            .map_or(0, |at| London.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc() / 60);
        Self { utc, ahead }
    }

    /// The minute when the clocks in London show `minute` after midnight, 1,440 and more on later days.
    ///
    /// Of an hour that comes twice it is the first, as iCalendar has it; in the hour that is left out it is as far on as
    /// it would have been, so that 01:30 is shown as 02:30. `None` beyond the calendar.
    pub(super) fn at(day: i32, minute: i32) -> Option<Self> {
        let local = date(day)?.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(minute.into()))?;
        let utc = |ahead: i32| local.and_utc().timestamp() / 60 - i64::from(ahead);
        match London.offset_from_local_datetime(&local) {
            LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
                let ahead = offset.fix().local_minus_utc() / 60;
                Some(Self { utc: utc(ahead), ahead })
            }
            // Clocks go from Greenwich time to summer time.
            LocalResult::None => Some(Self::of_utc(utc(0))),
        }
    }

    /// What the clocks in London show.
    pub fn local(&self) -> NaiveDateTime {
        DateTime::from_timestamp((self.utc + i64::from(self.ahead)) * 60, 0).unwrap_or_default().naive_utc()
    }

    /// The day in London, in days since 1970 began.
    pub(super) fn day(&self) -> i32 {
        i32::try_from((self.utc + i64::from(self.ahead)).div_euclid(1_440)).unwrap_or_default()
    }

    /// The instant.
    pub fn instant(&self) -> Option<Timestamp> {
        Timestamp::from_millis(self.utc * 60_000)
    }
}

/// The instant at which a day in London is `hours` old by the wall clock; `None` beyond the calendar.
pub fn day_begins(day: NaiveDate, hours: u8) -> Option<Timestamp> {
    Moment::at(number(day), i32::from(hours) * 60)?.instant()
}

/// The day of that number.
pub(super) fn date(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day + EPOCH)
}

/// The number of a day, in days since 1970 began.
pub(super) fn number(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.utc.cmp(&other.utc)
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.utc + i64::from(self.ahead);
        let date = date(i32::try_from(local.div_euclid(1_440)).unwrap_or_default()).unwrap_or_default();
        let minute = local.rem_euclid(1_440) as u32;
        // Written by hand, for every answer has up to forty of them.
        let mut text = *b"0000-00-00T00:00:00+00:00";
        let year = date.year().rem_euclid(10_000) as u32;
        let pairs =
            [year / 100, year % 100, date.month(), date.day(), minute / 60, minute % 60, self.ahead as u32 / 60];
        for (at, pair) in [0, 2, 5, 8, 11, 14, 20].into_iter().zip(pairs) {
            text[at] += (pair / 10) as u8;
            text[at + 1] += (pair % 10) as u8;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Moment, number};

    fn at(day: &str, minute: i32) -> String {
        Moment::at(number(day.parse::<NaiveDate>().unwrap()), minute).unwrap().to_string()
    }

    #[test]
    fn wall_clock_times_keep_to_the_wall_when_the_clocks_change() {
        assert_eq!(at("2026-03-28", 18 * 60 + 30), "2026-03-28T18:30:00+00:00");
        assert_eq!(at("2026-03-29", 18 * 60 + 30), "2026-03-29T18:30:00+01:00");
        assert_eq!(at("2026-10-24", 10 * 60), "2026-10-24T10:00:00+01:00");
        assert_eq!(at("2026-10-25", 10 * 60), "2026-10-25T10:00:00+00:00");
    }

    #[test]
    fn an_hour_left_out_is_shown_after_it_and_one_that_comes_twice_is_the_first() {
        assert_eq!(at("2026-03-29", 90), "2026-03-29T02:30:00+01:00");
        assert_eq!(at("2026-10-25", 90), "2026-10-25T01:30:00+01:00");
        assert_eq!(at("2026-10-24", 26 * 60), "2026-10-25T02:00:00+00:00");
        assert!(
            Moment::at(number("2026-10-25".parse().unwrap()), 90)
                < Moment::at(number("2026-10-25".parse().unwrap()), 120)
        );
    }

    #[test]
    fn an_instant_has_its_minute_and_its_day_in_london() {
        let moment = Moment::of("2026-06-30T23:30:59Z".parse().unwrap());
        assert_eq!(
            (moment.to_string().as_str(), moment.day()),
            ("2026-07-01T00:30:00+01:00", number("2026-07-01".parse().unwrap()))
        );
        assert_eq!(moment.instant(), Some("2026-06-30T23:30:00Z".parse().unwrap()));
        assert_eq!(moment.local().to_string(), "2026-07-01 00:30:00");
    }
}
