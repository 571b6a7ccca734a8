//! Days and times as tables write them: `Monday`, `Mon-Fri`, `09:30-13:00`, `0900 to 1730`.

use crate::domain::read::forms;

/// Days in the order of the week, in iCalendar's letters, and as they are called.
const DAYS: [(&str, &str); 7] = [
    ("MO", "monday"),
    ("TU", "tuesday"),
    ("WE", "wednesday"),
    ("TH", "thursday"),
    ("FR", "friday"),
    ("SA", "saturday"),
    ("SU", "sunday"),
];

/// Most ranges of times read from one text.
const MOST: usize = 20;

/// The days of a text as a `byday`: `MO,TU`. One day, several with commas or blanks between, a range, or `daily`. `None` when anything
/// else is in it: half a text would be a wrong day for somebody.
pub fn days(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    if ["daily", "every day", "everyday", "all week"].contains(&text.as_str()) {
        return Some(join(&[true; 7]));
    }
    let text = text.replace(" to ", "-").replace(" - ", "-").replace('–', "-");
    let words = text.split([',', ';', '/', '&', ' ', '+']).map(str::trim).filter(|word| !["", "and"].contains(word));
    let mut on = [false; 7];
    for word in words {
        match word.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (day(from)?, day(to)?);
                let length = (to + 7 - from) % 7;
                (0..=length).for_each(|step| on[(from + step) % 7] = true);
            }
            None => on[day(word)?] = true,
        }
    }
    on.contains(&true).then(|| join(&on))
}

/// Which day of the week a `byday` begins with, Monday being 0. A day counted within a month is none.
pub fn first_day(byday: &str) -> Option<usize> {
    let first = byday.split(',').next()?;
    DAYS.iter().position(|(letters, _)| *letters == first)
}

fn join(on: &[bool; 7]) -> String {
    DAYS.iter().zip(on).filter(|(_, on)| **on).map(|((letters, _), _)| *letters).collect::<Vec<_>>().join(",")
}

/// The number of a day: its name, at least two letters of its beginning, also in the plural.
fn day(word: &str) -> Option<usize> {
    let word = word.trim().trim_end_matches('.');
    let word = if word.len() > 4 { word.strip_suffix('s').unwrap_or(word) } else { word };
    DAYS.iter().position(|(_, name)| word.len() >= 2 && name.starts_with(word)).or_else(|| {
        // Longer short forms that are no beginnings.
        ["", "tues", "weds", "thurs", "", "", ""].iter().position(|short| !short.is_empty() && *short == word)
    })
}

/// The ranges of times of a text, each from when until when: `09:00-13:00`, `9am to 5pm`, several with a comma between. `None` when
/// anything else is in it.
pub fn times(text: &str) -> Option<Vec<(String, String)>> {
    let text = text.trim().to_lowercase().replace(" to ", "-").replace('–', "-").replace(' ', "");
    let mut ranges = Vec::new();
    for range in text.split([',', ';', '&']).filter(|range| !range.is_empty()).take(MOST) {
        let (from, to) = range.split_once('-').filter(|(_, to)| !to.contains('-'))?;
        ranges.push((forms::time(from)?, forms::time(to)?));
    }
    (!ranges.is_empty()).then_some(ranges)
}

#[cfg(test)]
mod tests {
    use super::{days, times};

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, byday) in [
            ("Monday", "MO"),
            ("TUES", "TU"),
            ("weds", "WE"),
            ("Thurs.", "TH"),
            ("Fridays", "FR"),
            ("SA,SU", "SA,SU"),
            ("Mon - Fri", "MO,TU,WE,TH,FR"),
            ("Friday to Monday", "MO,FR,SA,SU"),
            ("Monday, Wednesday and Friday", "MO,WE,FR"),
            ("Daily", "MO,TU,WE,TH,FR,SA,SU"),
        ] {
            assert_eq!(days(text).as_deref(), Some(byday), "{text}");
        }
        for bad in ["", "M", "T", "Bank holidays", "Monday (term time)", "1", "Mon-", "first Monday"] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }

    #[test]
    fn ranges_of_times_are_read_as_people_write_them() {
        let range = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(times("09:30-13:00").unwrap(), [range("09:30", "13:00")]);
        assert_eq!(times("0900-1730").unwrap(), [range("09:00", "17:30")]);
        assert_eq!(times("9am to 5.30pm").unwrap(), [range("09:00", "17:30")]);
        assert_eq!(times("9:00 – 12:00, 13:00 - 17:00").unwrap(), [range("09:00", "12:00"), range("13:00", "17:00")]);
        for bad in ["", "09:00", "closed", "09:00-late", "2500-2600", "09:00-10:00-11:00"] {
            assert_eq!(times(bad), None, "{bad}");
        }
    }
}
