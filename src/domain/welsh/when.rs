//! A schedule's line in Welsh, made from the English one that [`when`](crate::domain::when) wrote.
//!
//! A line that it did not write is a source's own and stays as it is.

/// Days as the English line names them, and in Welsh after `dydd`.
const DAYS: [(&str, &str); 7] = [
    ("Monday", "Llun"),
    ("Tuesday", "Mawrth"),
    ("Wednesday", "Mercher"),
    ("Thursday", "Iau"),
    ("Friday", "Gwener"),
    ("Saturday", "Sadwrn"),
    ("Sunday", "Sul"),
];

/// The same times in Welsh; `None` when the line is not one of ours.
pub fn in_welsh(text: &str) -> Option<String> {
    let lines: Vec<String> = text.split("; ").map(line).collect::<Option<_>>()?;
    Some(lines.join("; "))
}

fn line(text: &str) -> Option<String> {
    if let Some(alone) = hours(text) {
        return Some(capitalised(&alone));
    }
    let with_hours = text.rsplit_once(", ").and_then(|(rhythm, times)| Some((rhythm, hours(times)?)));
    let (rhythm_text, times) = with_hours.map_or((text, None), |(rhythm, times)| (rhythm, Some(times)));
    let parts = [Some(capitalised(&rhythm(rhythm_text)?)), times];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// `18:30 to 20:00`, `from 18:30`, `until 20:00`.
fn hours(text: &str) -> Option<String> {
    let is_time = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if let Some((from, to)) = text.split_once(" to ") {
        return (is_time(from) && is_time(to)).then(|| format!("{from} i {to}"));
    }
    if let Some(from) = text.strip_prefix("from ") {
        return is_time(from).then(|| format!("o {from} ymlaen"));
    }
    let to = text.strip_prefix("until ")?;
    is_time(to).then(|| format!("tan {to}"))
}

fn rhythm(text: &str) -> Option<String> {
    if let Some((ordered, of)) = text.strip_prefix("The ").and_then(|rest| rest.split_once(" of ")) {
        let days: Vec<String> = parts(ordered).map(ordered_day).collect::<Option<_>>()?;
        let of = if of == "the month" {
            "y mis".to_owned()
        } else {
            format!("o {}", interval(&of.replace("every", "Every"))?)
        };
        return Some(format!("{} {}", listed(&days), of.replace("o Bob", "o bob")));
    }
    if let Some(days) = text.strip_prefix("Every other ") {
        // After "ail" a soft mutation: dydd, ddydd.
        return Some(format!("bob yn ail d{}", names(days)?));
    }
    if let Some(rhythm) = interval(text) {
        return Some(rhythm);
    }
    if let Some((often, days)) = text.split_once(" on ") {
        return Some(format!("{}: {}", interval(often)?, names(days)?));
    }
    match text.strip_prefix("Every ") {
        Some(days) => Some(format!("bob {}", names(days)?)),
        None => names(text),
    }
}

/// `Every week`, `Every 3 months`.
fn interval(text: &str) -> Option<String> {
    let rest = text.strip_prefix("Every ")?;
    match rest {
        "week" => return Some("Bob wythnos".to_owned()),
        "month" => return Some("Bob mis".to_owned()),
        _ => {}
    }
    let (number, unit) = rest.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    match unit {
        "weeks" => Some(format!("Bob {number} wythnos")),
        "months" => Some(format!("Bob {number} mis")),
        _ => None,
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ").flat_map(|part| part.split(" and "))
}

fn names(text: &str) -> Option<String> {
    let days: Vec<String> = parts(text).map(day).collect::<Option<_>>()?;
    Some(listed(&days))
}

fn day(name: &str) -> Option<String> {
    DAYS.iter().find(|(english, _)| *english == name).map(|(_, welsh)| format!("dydd {welsh}"))
}

/// `second Thursday`.
fn ordered_day(text: &str) -> Option<String> {
    let (which, name) = text.rsplit_once(' ')?;
    let day = day(name)?;
    Some(match which {
        "every" => format!("pob {day}"),
        "first" => format!("{day} cyntaf"),
        "second" => format!("ail d{day}"),
        "third" => format!("trydydd {day}"),
        "fourth" => format!("pedwerydd {day}"),
        "fifth" => format!("pumed {day}"),
        "last" => format!("{day} olaf"),
        "last but one" => format!("{day} olaf ond un"),
        _ => return None,
    })
}

fn listed(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} a {last}", first.join(", ")),
        words => words.concat(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::in_welsh;

    #[test]
    fn what_the_directory_writes_of_times_is_said_in_welsh() {
        for (english, welsh) in [
            ("Every Tuesday, 18:30 to 20:00", "Bob dydd Mawrth, 18:30 i 20:00"),
            (
                "Every Monday, Tuesday and Friday, from 08:00",
                "Bob dydd Llun, dydd Mawrth a dydd Gwener, o 08:00 ymlaen",
            ),
            ("Every other Saturday, 10:30 to 12:00", "Bob yn ail ddydd Sadwrn, 10:30 i 12:00"),
            ("Every 3 weeks on Wednesday, until 21:00", "Bob 3 wythnos: dydd Mercher, tan 21:00"),
            ("The second Thursday of the month, 19:00 to 20:45", "Ail ddydd Iau y mis, 19:00 i 20:45"),
            ("The first Monday and last Sunday of every 2 months", "Dydd Llun cyntaf a dydd Sul olaf o bob 2 mis"),
            ("Every week; Sunday, 10:00 to 11:00", "Bob wythnos; Dydd Sul, 10:00 i 11:00"),
            ("09:00 to 17:00", "09:00 i 17:00"),
        ] {
            assert_eq!(in_welsh(english).as_deref(), Some(welsh), "{english}");
        }
    }

    #[test]
    fn what_a_source_says_in_its_own_words_is_left_alone() {
        for own in [
            "Most Tuesdays",
            "Ring first",
            "",
            "Every full moon, 20:00 to 22:00",
            "Nos Iau",
            "The last one of us",
            "Term time; ring",
        ] {
            assert_eq!(in_welsh(own), None, "{own}");
        }
    }
}
