//! From published schedules to the bytes of a rhythm.

use chrono::NaiveDate;

use super::{
    london::number,
    rule::{MINUTES_A_DAY, NEVER, Pace, Rule, month_of, week, weekday},
};
use crate::domain::schedule::{Freq, Schedule, Weekday};

/// The most rules of a rhythm; a list of single days that is longer keeps the latest.
const MOST_RULES: usize = 256;
/// A rule that happens more often than this goes on for as long as anybody plans ahead.
const LONG_SERIES: u32 = 5_000;

/// The schedules in a few bytes each, for [`super::Rhythm`]. What cannot be told for sure is left out.
pub fn compile(schedules: &[Schedule]) -> Vec<u8> {
    let mut rules: Vec<Rule> = Vec::new();
    for rule in schedules.iter().filter_map(rule) {
        // Opening hours come as a rule for each weekday: those of the same hours are one.
        let same = |known: &Rule| Rule { weekdays: 0, ..*known } == Rule { weekdays: 0, ..rule };
        match rules.iter().position(same) {
            Some(at) => rules[at].weekdays |= rule.weekdays,
            None => rules.push(rule),
        }
    }
    if rules.len() > MOST_RULES {
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.last));
        rules.truncate(MOST_RULES);
    }
    let mut out = Vec::new();
    rules.iter().for_each(|rule| rule.write(&mut out));
    out
}

fn rule(schedule: &Schedule) -> Option<Rule> {
    if schedule.byweekno.is_some() || schedule.byyearday.is_some() {
        return None; // these belong to yearly rules, which the standard does not have
    }
    let (opens, length) = hours(schedule)?;
    let begins = day(&schedule.dtstart)?;
    let days = by_day(schedule.byday.as_deref())?;
    let month_days = by_month_day(schedule.bymonthday.as_deref())?;
    let plain = days.iter().all(|day| day.ordinal.is_none());
    let interval = whole(schedule.interval.unwrap_or(1.0)).and_then(|number| u8::try_from(number).ok())?;
    if interval == 0 || (begins.is_none() && (interval > 1 || schedule.count.is_some())) {
        return None;
    }
    let pace = match (schedule.freq, begins) {
        (Some(Freq::Weekly), _) => Pace::Weekly,
        (Some(Freq::Monthly), _) => Pace::Monthly,
        (None, Some(_)) => Pace::Once,
        (None, None) => Pace::Weekly,
    };
    let mut rule = Rule::new(pace, opens, length);
    rule.interval = interval;
    match pace {
        Pace::Once | Pace::Weekly if !plain || month_days != [0; 2] => return None,
        Pace::Once | Pace::Weekly => {
            rule.weekdays = days.iter().fold(0, |set, day| set | 1 << day.weekday);
            rule.week_start = schedule.wkst.map_or(0, index);
            if rule.weekdays == 0 {
                rule.weekdays = 1 << weekday(begins?);
            }
        }
        Pace::Monthly => {
            for Day { weekday, ordinal } in days {
                let [from_start, from_end] = &mut rule.ordinals[usize::from(weekday)];
                match ordinal {
                    None => *from_start = 31,
                    Some(nth @ 1..) => *from_start |= 1 << (nth - 1),
                    Some(nth) => *from_end |= 1 << (-nth - 1),
                }
            }
            rule.month_days = month_days;
            if rule.ordinals == [[0; 2]; 7] && month_days == [0; 2] {
                let of_month = date(&schedule.dtstart).map(|date| chrono::Datelike::day0(&date))?;
                rule.month_days = [1 << of_month, 0];
            }
        }
    }
    if let Some(begins) = begins {
        let turn = if pace == Pace::Monthly { month_of(begins)? } else { week(begins, rule.week_start) };
        rule.phase = turn.rem_euclid(interval.into()) as u8;
        rule.first = short(begins);
        if pace == Pace::Once {
            // A day that is not among those it names says two things at once.
            let once = Rule { weekdays: 0, week_start: 0, last: rule.first, ..rule };
            let named = rule.weekdays >> weekday(begins) & 1 == 1;
            return (named && schedule_holds(schedule, begins)).then_some(once);
        }
    }
    if interval == 1 {
        (rule.phase, rule.week_start) = (0, 0); // one spelling for the same rule
    }
    if let Some(until) = day(&schedule.until)? {
        rule.last = short(until);
    }
    if let Some(times) = schedule.count {
        rule.last = rule.last.min(last_of(&rule, whole(times)?)?);
    }
    rule.first = day(&schedule.valid_from)?.map_or(rule.first, |from| rule.first.max(short(from)));
    rule.last = day(&schedule.valid_to)?.map_or(rule.last, |to| rule.last.min(short(to)));
    (rule.first <= rule.last).then_some(rule)
}

/// Whether the limits that a schedule states let it hold on a day.
fn schedule_holds(schedule: &Schedule, on: i32) -> bool {
    let of = |stated| day(stated).flatten();
    of(&schedule.valid_from).is_none_or(|from| from <= on)
        && [&schedule.valid_to, &schedule.until].into_iter().filter_map(of).all(|to| on <= to)
}

/// The day on which a rule happens for the last of so many times; `None` when there is none.
fn last_of(rule: &Rule, times: u32) -> Option<u16> {
    if times > LONG_SERIES {
        return Some(NEVER);
    }
    let mut day = i32::from(rule.first);
    let mut last = None;
    for _ in 0..times {
        let Some(on) = rule.next_day(day, i32::from(NEVER) - 1) else { break };
        (last, day) = (Some(short(on)), on + 1);
    }
    last
}

/// Minutes after midnight at which it opens, and for how long; `None` when the beginning is not stated.
pub(super) fn hours(schedule: &Schedule) -> Option<(u16, u16)> {
    let opens = minutes(schedule.opens_at.as_deref()?)?;
    let length = match schedule.closes_at.as_deref().and_then(minutes) {
        None => 0,
        Some(0) if opens == 0 => MINUTES_A_DAY,
        // Nothing is open for no time, or for a whole day from the afternoon on: its end is not known.
        Some(closes) if closes == opens => 0,
        Some(closes) => (closes + MINUTES_A_DAY - opens) % MINUTES_A_DAY,
    };
    Some((opens, length))
}

/// `19:00Z`, `19:00:00+01:00` and `19:00` are all 19:00 on the wall.
fn minutes(time: &str) -> Option<u16> {
    let (hour, minute) = (time.get(..2)?.parse::<u16>().ok()?, time.get(3..5)?.parse::<u16>().ok()?);
    (time.as_bytes()[2] == b':' && hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// One entry of an iCalendar `byday` list.
pub(super) struct Day {
    /// Monday is 0.
    pub weekday: u8,
    /// Which of the month, from its end when below zero.
    ordinal: Option<i8>,
}

/// The days of a `byday` list, none when there is none; `None` when one of them cannot be read.
pub(super) fn by_day(list: Option<&str>) -> Option<Vec<Day>> {
    let one = |part: &str| {
        let part = part.trim();
        let (ordinal, code) = part.split_at_checked(part.len().checked_sub(2)?)?;
        let codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let weekday = (0_u8..).zip(codes).find(|(_, known)| known.eq_ignore_ascii_case(code))?.0;
        let ordinal = if ordinal.is_empty() { None } else { Some(ordinal.parse::<i8>().ok()?) };
        let fits = ordinal.is_none_or(|nth| (1..=5).contains(&nth.unsigned_abs()));
        fits.then_some(Day { weekday, ordinal })
    };
    list.map_or(Some(Vec::new()), |list| list.split(',').map(one).collect())
}

/// The days of a `bymonthday` list, from the start and from the end; `None` when one of them cannot be read.
fn by_month_day(list: Option<&str>) -> Option<[u32; 2]> {
    let mut days = [0; 2];
    for part in list.into_iter().flat_map(|list| list.split(',')) {
        let day: i8 = part.trim().parse().ok()?;
        if !(1..=31).contains(&day.unsigned_abs()) {
            return None;
        }
        days[usize::from(day < 0)] |= 1 << (day.unsigned_abs() - 1);
    }
    Some(days)
}

/// A stated day by its number: `Some(None)` when none is stated, `None` when it cannot be read.
fn day(stated: &Option<String>) -> Option<Option<i32>> {
    match stated {
        None => Some(None),
        Some(_) => Some(Some(number(date(stated)?))),
    }
}

fn date(stated: &Option<String>) -> Option<NaiveDate> {
    stated.as_deref()?.parse().ok()
}

/// A day's number in two bytes: the first and the last that fit stand for those before and after.
fn short(day: i32) -> u16 {
    u16::try_from(day.clamp(0, i32::from(NEVER) - 1)).expect("the number is between the ends of u16")
}

fn whole(number: f64) -> Option<u32> {
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u32)
}

fn index(weekday: Weekday) -> u8 {
    weekday as u8
}
