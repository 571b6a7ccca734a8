//! A schedule in words: `Every other Tuesday, 19:00 to 20:30`.
//!
//! Times are wall-clock times in London, whatever offset the source wrote beside them.

use super::schedule::{Freq, Schedule};

/// All schedules of a listing in one line; `None` when none says when.
pub fn in_words(schedules: &[Schedule]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in schedules.iter().filter_map(one) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn one(schedule: &Schedule) -> Option<String> {
    let days = schedule.byday.as_deref().map(days).unwrap_or_default();
    let names = listed(&days.iter().map(|day| day.name).collect::<Vec<_>>());
    let interval = schedule.interval.unwrap_or(1.0);
    let rhythm = match schedule.freq {
        Some(Freq::Weekly) if days.is_empty() => every(interval, "week"),
        Some(Freq::Weekly) if interval == 1.0 => format!("Every {names}"),
        Some(Freq::Weekly) if interval == 2.0 => format!("Every other {names}"),
        Some(Freq::Weekly) => format!("{} on {names}", every(interval, "week")),
        Some(Freq::Monthly) if days.is_empty() => every(interval, "month"),
        Some(Freq::Monthly) => {
            let of = if interval == 1.0 {
                "of the month".to_owned()
            } else {
                format!("of {}", every(interval, "month").to_lowercase())
            };
            let ordered: Vec<String> = days.iter().map(|day| format!("{} {}", ordinal(day.week), day.name)).collect();
            format!("The {} {of}", listed(&ordered.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        None if !days.is_empty() => names,
        None => String::new(),
    };
    let hours = match (clock(schedule.opens_at.as_deref()), clock(schedule.closes_at.as_deref())) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => String::new(),
    };
    let line = [rhythm, hours].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let line =
        if line.is_empty() { super::plain::line(schedule.description.as_deref().unwrap_or_default()) } else { line };
    (!line.is_empty()).then_some(line)
}

fn every(interval: f64, unit: &str) -> String {
    if interval == 1.0 { format!("Every {unit}") } else { format!("Every {interval} {unit}s") }
}

/// One entry of an iCalendar `byday` list.
struct Day {
    /// Which one of the month, counted from its end when negative; 0 when not said.
    week: i32,
    name: &'static str,
}

fn days(byday: &str) -> Vec<Day> {
    byday.split(',').filter_map(|part| day(part.trim())).collect()
}

fn day(part: &str) -> Option<Day> {
    let split = part.len().checked_sub(2).filter(|split| part.is_char_boundary(*split))?;
    let (week, code) = part.split_at(split);
    let name = match code {
        "MO" => "Monday",
        "TU" => "Tuesday",
        "WE" => "Wednesday",
        "TH" => "Thursday",
        "FR" => "Friday",
        "SA" => "Saturday",
        "SU" => "Sunday",
        _ => return None,
    };
    Some(Day { week: if week.is_empty() { 0 } else { week.parse().ok()? }, name })
}

fn ordinal(week: i32) -> String {
    match week {
        0 => "every".to_owned(),
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        -1 => "last".to_owned(),
        -2 => "last but one".to_owned(),
        n => format!("number {n}"),
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `19:00Z`, `19:00:00+01:00` and `19:00` are all 19:00 on the wall.
fn clock(time: Option<&str>) -> Option<String> {
    let hour_minute = time?.get(..5)?;
    hour_minute
        .bytes()
        .enumerate()
        .all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() })
        .then(|| hour_minute.to_owned())
}
