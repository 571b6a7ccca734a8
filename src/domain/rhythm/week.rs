//! The week as a table of 28: which parts of which days something happens in.

use super::{
    compile::{by_day, hours},
    rule::MINUTES_A_DAY,
};
use crate::domain::schedule::{Freq, Schedule};

/// The parts of a week, four a day from Monday's morning on, the first in the lowest bit.
pub type WeekMask = u32;

/// All parts of a day.
const WHOLE_DAY: WeekMask = 0b1111;

/// The days as parameters name them, from Monday on.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A part of a day, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPart {
    /// From 6 to 12.
    Morning,
    /// From 12 to 17.
    Afternoon,
    /// From 17 to 22.
    Evening,
    /// From 22 to 6; after midnight too it belongs to the day on which something began.
    Night,
}

impl DayPart {
    /// All of them, as parameters name them.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Morning, "morning"),
        (Self::Afternoon, "afternoon"),
        (Self::Evening, "evening"),
        (Self::Night, "night"),
    ];

    const fn of_hour(hour: u16) -> Self {
        match hour {
            6..12 => Self::Morning,
            12..17 => Self::Afternoon,
            17..22 => Self::Evening,
            _ => Self::Night,
        }
    }
}

/// The parts in which the schedules of a listing have it happen; 0 when they do not say.
pub fn week_mask(schedules: &[Schedule]) -> WeekMask {
    schedules.iter().filter_map(of_schedule).fold(0, |mask, parts| mask | parts)
}

fn of_schedule(schedule: &Schedule) -> Option<WeekMask> {
    let (opens, length) = hours(schedule)?;
    let named = by_day(schedule.byday.as_deref())?;
    let begins = || schedule.dtstart.as_deref()?.parse::<chrono::NaiveDate>().ok();
    let weekdays: Vec<u8> = match (named.is_empty(), &schedule.bymonthday) {
        (false, _) => named.iter().map(|day| day.weekday).collect(),
        // A day of the month is now this weekday, now that.
        (true, Some(_)) => (0..7).collect(),
        (true, None) if schedule.freq == Some(Freq::Monthly) => (0..7).collect(),
        (true, None) => vec![u8::try_from(chrono::Datelike::weekday(&begins()?).num_days_from_monday()).ok()?],
    };
    Some(weekdays.into_iter().fold(0, |mask, weekday| mask | parts_of(weekday, opens, length)))
}

/// The parts that something is in which begins so many minutes after the midnight of a weekday and lasts so long; the
/// part in which it begins, when it does not say how long.
pub(super) fn parts_of(weekday: u8, opens: u16, length: u16) -> WeekMask {
    let last = opens + length.max(1) - 1;
    // Every part is longer than this step, so none between the first minute and the last is missed.
    (opens..last).step_by(60).chain([last]).fold(0, |mask, minute| mask | bit(weekday, minute))
}

/// The part in which a minute lies, counted from the midnight at which `weekday` began.
fn bit(weekday: u8, minute: u16) -> WeekMask {
    let part = DayPart::of_hour(minute / 60 % 24);
    let is_next_day = minute >= MINUTES_A_DAY && part != DayPart::Night;
    let weekday = (weekday + u8::from(is_next_day)) % 7;
    1 << (u32::from(weekday) * 4 + part as u32)
}

/// The parts that are asked for by days and by parts of days, any of each; all days, or all parts, where none is named.
/// 0 when nothing is asked, and for words that name none.
pub fn asked_parts(days: &[impl AsRef<str>], parts: &[impl AsRef<str>]) -> WeekMask {
    if days.is_empty() && parts.is_empty() {
        return 0;
    }
    let is = |asked: &[&str], word: &str| asked.is_empty() || asked.contains(&word);
    let (days, parts): (Vec<&str>, Vec<&str>) =
        (days.iter().map(AsRef::as_ref).collect(), parts.iter().map(AsRef::as_ref).collect());
    let of_day =
        DayPart::ALL.iter().filter(|(_, word)| is(&parts, word)).fold(0, |set, (part, _)| set | 1 << *part as u32);
    (0..).zip(DAYS).filter(|(_, day)| is(&days, day)).fold(0, |mask, (at, _)| mask | of_day << (at * 4))
}

/// All parts of so many days from a day of that number on (Monday is 0).
pub fn parts_of_days(first: u32, days: u32) -> WeekMask {
    (first..first + days.min(7)).fold(0, |mask, day| mask | WHOLE_DAY << (day % 7 * 4))
}

#[cfg(test)]
mod tests {
    use super::{asked_parts, parts_of_days, week_mask};
    use crate::domain::{rhythm::tests::schedule, schedule::Schedule};

    /// The mask as words: `tue evening`.
    fn said(schedules: &[Schedule]) -> Vec<String> {
        let mask = week_mask(schedules);
        let all = super::DAYS.iter().flat_map(|day| super::DayPart::ALL.map(|(_, part)| format!("{day} {part}")));
        all.zip(0..).filter(|(_, at)| mask >> at & 1 == 1).map(|(words, _)| words).collect()
    }

    #[test]
    fn a_session_is_in_each_part_that_it_touches() {
        assert_eq!(said(&[schedule("WEEKLY", "TU", "18:30", "20:00")]), ["tue evening"]);
        assert_eq!(said(&[schedule("WEEKLY", "TU", "09:00", "17:00")]), ["tue morning", "tue afternoon"]);
        assert_eq!(said(&[schedule("MONTHLY", "2TH", "12:00", "12:00")]), ["thu afternoon"]);
        let nights = said(&[schedule("WEEKLY", "SU", "21:00", "03:00")]);
        assert_eq!(nights, ["sun evening", "sun night"], "after midnight is the night of the day on which it began");
        assert_eq!(said(&[schedule("WEEKLY", "SU", "23:00", "07:00")]), ["mon morning", "sun night"]);
        assert_eq!(said(&[schedule("WEEKLY", "WE", "00:00", "00:00")]).len(), 4);
        assert_eq!(said(&[schedule("MONTHLY", "", "10:00", "11:00")]).len(), 7, "a day of the month is any weekday");
    }

    #[test]
    fn what_states_no_hours_or_no_day_is_in_none() {
        let mut day = schedule("WEEKLY", "TU", "18:30", "20:00");
        day.opens_at = None;
        assert_eq!(said(&[day]), [""; 0]);
        assert_eq!(said(&[schedule("WEEKLY", "", "18:30", "20:00")]), [""; 0]);
    }

    #[test]
    fn days_and_parts_are_asked_for_together_or_alone() {
        let none: [&str; 0] = [];
        assert_eq!(asked_parts(&none, &none), 0);
        assert_eq!(asked_parts(&["tue"], &["evening"]), 1 << 6);
        assert_eq!(asked_parts(&["mon", "sun"], &none), 0xf | 0xf << 24);
        assert_eq!(asked_parts(&none, &["night"]).count_ones(), 7);
        assert_eq!((parts_of_days(6, 2), parts_of_days(3, 40)), (0xf00_000f, 0xfff_ffff));
    }
}
