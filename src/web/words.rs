//! Numbers, distances and days in words.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::view::Times;
use crate::domain::card::ListingKind;

/// The days of the week, from Monday on.
pub const DAYS: [&str; 7] = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/// The parts of a day, from the morning on.
pub const PARTS_OF_DAY: [&str; 4] = ["Mornings", "Afternoons (12 to 17)", "Evenings (17 to 22)", "Nights"];

/// `4,104`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 group or service`, `4,104 groups and services`.
pub fn listings(n: u64) -> String {
    if n == 1 { "1 group or service".to_owned() } else { format!("{} groups and services", number(n)) }
}

/// `2.3 km (1.4 miles) in a straight line`.
pub fn distance(km: f64) -> String {
    if km < 0.1 {
        return "less than 100 metres in a straight line".to_owned();
    }
    let miles = km / 1.609_344;
    let written = |n: f64| if n < 10.0 { format!("{n:.1}") } else { format!("{n:.0}") };
    let unit = if written(miles) == "1.0" { "mile" } else { "miles" };
    format!("{} km ({} {unit}) in a straight line", written(km), written(miles))
}

/// A radius: `5 km`, `2.5 km`.
pub fn radius(km: f64) -> String {
    format!("{km} km")
}

/// `3 May 2026` for `2026-05-03`; what is no day stays as it is.
pub fn day(date: &str) -> String {
    date.parse::<NaiveDate>().map_or_else(|_| date.to_owned(), |date| date.format("%-d %B %Y").to_string())
}

/// The session that is next, `Next: Tuesday 24 November, 18:30 to 20:00`; `None` when it cannot be read.
pub fn next(times: &Times) -> Option<String> {
    Some(format!("Next: {}, {}", day_of(&times.starts_at)?, hours(times)?))
}

/// The day of an instant: `Tuesday 24 November`.
pub fn day_of(instant: &str) -> Option<String> {
    Some(local(instant)?.format("%A %-d %B").to_string())
}

/// The hours of a session: `18:30 to 20:00`, `from 18:30`.
pub fn hours(times: &Times) -> Option<String> {
    let starts = local(&times.starts_at)?;
    let clock = starts.format("%H:%M");
    let Some(ends) = times.ends_at.as_deref().and_then(local) else { return Some(format!("from {clock}")) };
    let until = ends.format("%H:%M");
    Some(if clock.to_string() == "00:00" && until.to_string() == "00:00" {
        "all day and night".to_owned()
    } else if ends.date_naive() == starts.date_naive() {
        format!("{clock} to {until}")
    } else {
        format!("{clock} to {until} the next day")
    })
}

/// Whether one instant is before another.
pub fn is_before(instant: &str, other: &str) -> bool {
    local(instant).zip(local(other)).is_some_and(|(instant, other)| instant < other)
}

/// What the clocks in London show: instants are written with their offset.
fn local(instant: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(instant).ok()
}

/// For which ages; `None` when nothing is said.
pub fn ages(minimum: Option<f64>, maximum: Option<f64>) -> Option<String> {
    match (minimum.filter(|age| *age > 0.0), maximum) {
        (Some(from), Some(to)) => Some(format!("ages {from} to {to}")),
        (Some(from), None) => Some(format!("from age {from}")),
        (None, Some(to)) => Some(format!("up to age {to}")),
        (None, None) => None,
    }
}

/// A kind of listing.
pub fn kind(kind: ListingKind) -> &'static str {
    match kind {
        ListingKind::Group => "Group",
        ListingKind::Service => "Service",
        ListingKind::Helpline => "Helpline",
        ListingKind::Organization => "Organisation",
        ListingKind::Place => "Place to go",
        ListingKind::Network => "Network",
        ListingKind::Resource => "For those who support people",
    }
}

/// A way of taking part, as HSDS feeds write it.
pub fn attending(word: &str) -> String {
    match word.to_ascii_lowercase().as_str() {
        "in_person" | "in person" | "physical" | "venue" => "In person".to_owned(),
        "online" | "virtual" => "Online".to_owned(),
        "phone" | "telephone" => "By phone".to_owned(),
        "home_visit" | "home visit" => "They come to you".to_owned(),
        "text" | "chat" => "By text or chat".to_owned(),
        _ => capitalised(&word.replace('_', " ")),
    }
}

/// A language: its English name for a code that feeds use here, else as the source writes it.
pub fn language(written: &str) -> &str {
    match written.to_ascii_lowercase().as_str() {
        "en" | "eng" | "en-gb" => "English",
        "cy" | "cym" => "Welsh (Cymraeg)",
        "gd" => "Scottish Gaelic (Gàidhlig)",
        "ga" => "Irish (Gaeilge)",
        "bfi" => "British Sign Language",
        "ar" => "Arabic",
        "bn" => "Bengali",
        "es" => "Spanish",
        "fa" => "Persian",
        "fr" => "French",
        "gu" => "Gujarati",
        "ku" => "Kurdish",
        "pa" => "Punjabi",
        "pl" => "Polish",
        "ps" => "Pashto",
        "pt" => "Portuguese",
        "ro" => "Romanian",
        "so" => "Somali",
        "ti" => "Tigrinya",
        "uk" => "Ukrainian",
        "ur" => "Urdu",
        "zh" => "Chinese",
        _ => written,
    }
}

/// With its first letter as a capital.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Something to know about a listing that is not running; `None` for one that is.
pub fn standstill(status: &str) -> Option<&'static str> {
    match status {
        "inactive" => Some("Not running at present"),
        "defunct" => Some("Has ended"),
        "temporarily closed" => Some("Closed for the time being"),
        _ => None,
    }
}

/// The name of a filter, as people say it.
pub fn asked(name: &str) -> String {
    match name {
        "audience" => "whom it is for".to_owned(),
        "day" => "on which days it is".to_owned(),
        "time_of_day" => "at what time it is".to_owned(),
        "attending_type" => "how to take part".to_owned(),
        "accepting" => "whether new people are taken".to_owned(),
        "area" => "whether it serves you".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::{ages, attending, day, distance, hours, language, listings, next, number, radius};
    use crate::web::view::Times;

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!([0, 12, 999, 1000, 1_234_567].map(number), ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(listings(1), "1 group or service");
        assert_eq!(listings(4104), "4,104 groups and services");
    }

    #[test]
    fn distances_say_what_they_are() {
        assert_eq!(distance(2.34), "2.3 km (1.5 miles) in a straight line");
        assert_eq!(distance(1.61), "1.6 km (1.0 mile) in a straight line");
        assert_eq!(distance(23.4), "23 km (15 miles) in a straight line");
        assert_eq!(distance(0.04), "less than 100 metres in a straight line");
        assert_eq!((radius(5.0), radius(2.5)), ("5 km".to_owned(), "2.5 km".to_owned()));
    }

    #[test]
    fn sessions_have_their_day_and_their_hours() {
        let times = |starts: &str, ends: &str| Times {
            starts_at: format!("2026-11-{starts}:00+00:00"),
            ends_at: Some(format!("2026-11-{ends}:00+00:00")).filter(|_| !ends.is_empty()),
        };
        let said = |starts, ends| hours(&times(starts, ends)).unwrap();
        assert_eq!(next(&times("24T18:30", "24T20:00")).as_deref(), Some("Next: Tuesday 24 November, 18:30 to 20:00"));
        assert_eq!(said("24T18:30", ""), "from 18:30");
        assert_eq!(said("24T22:00", "25T02:00"), "22:00 to 02:00 the next day");
        assert_eq!(said("24T00:00", "25T00:00"), "all day and night");
        assert_eq!(next(&Times { starts_at: "soon".to_owned(), ends_at: None }), None);
    }

    #[test]
    fn what_is_not_stated_is_not_made_up() {
        assert_eq!(ages(None, None), None);
        assert_eq!(ages(Some(18.0), None).as_deref(), Some("from age 18"));
        assert_eq!(ages(Some(16.0), Some(25.0)).as_deref(), Some("ages 16 to 25"));
        assert_eq!(ages(Some(0.0), Some(5.5)).as_deref(), Some("up to age 5.5"));
        assert_eq!(day("2026-05-03"), "3 May 2026");
        assert_eq!(day("spring"), "spring");
        assert_eq!(attending("walking_group"), "Walking group");
        assert_eq!((language("PL"), language("Kreyol")), ("Polish", "Kreyol"));
    }
}
