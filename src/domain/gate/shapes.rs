//! Figures that pass: ages, times of day, numbers of hours, days and people, sums of money, days of a month, and the
//! numbers of crisis lines. Each has bounds, so that no position and no number of a house has such a shape.

use std::sync::LazyLock;

use crate::domain::crisis;

/// The most figures and numbers in words that one sentence may have: ages from one to another, and hours from one to another.
pub const MOST: usize = 4;
/// The most numbers in words that may stand one after the other: "twenty four".
pub const MOST_TOGETHER: usize = 2;

/// What is counted, each with the most that passes.
const UNITS: [(&str, u32); 72] = [
    ("bedrooms", 20),
    ("bathrooms", 10),
    ("rooms", 20),
    ("beds", 30),
    ("survivors", 30),
    ("adults", 30),
    ("calendar", 30),
    ("o'r", 12),
    ("o", 30),
    ("ystafell", 20),
    ("minute", 90),
    ("minutes", 90),
    ("hour", 72),
    ("hours", 72),
    ("hrs", 72),
    ("day", 90),
    ("days", 90),
    ("working", 30),
    ("week", 52),
    ("weeks", 52),
    ("month", 36),
    ("months", 36),
    ("year", 99),
    ("years", 99),
    ("session", 52),
    ("sessions", 52),
    ("people", 30),
    ("women", 30),
    ("men", 30),
    ("families", 30),
    ("children", 30),
    ("places", 30),
    ("spaces", 30),
    ("nights", 30),
    ("times", 12),
    ("oed", 99),
    ("awr", 72),
    ("diwrnod", 90),
    ("wythnos", 52),
    ("mis", 36),
    ("mlynedd", 99),
    ("blynedd", 99),
    ("flynedd", 99),
    ("munud", 90),
    ("sesiwn", 52),
    ("January", 31),
    ("February", 31),
    ("April", 31),
    ("May", 31),
    ("June", 31),
    ("July", 31),
    ("August", 31),
    ("September", 31),
    ("October", 31),
    ("November", 31),
    ("December", 31),
    ("Ionawr", 31),
    ("Chwefror", 31),
    ("Ebrill", 31),
    ("Mai", 31),
    ("Mehefin", 31),
    ("Gorffennaf", 31),
    ("Awst", 31),
    ("Medi", 31),
    ("Hydref", 31),
    ("Tachwedd", 31),
    ("Rhagfyr", 31),
    ("am", 12),
    ("pm", 12),
    ("yb", 12),
    ("yh", 12),
    ("yp", 12),
];
/// What stands before an age.
const BEFORE_AGES: [&str; 9] = ["aged", "age", "ages", "over", "under", "than", "turn", "oed", "oedran"];
/// What stands between two ages or two numbers.
const BETWEEN: [&str; 5] = ["to", "and", "or", "i", "neu"];
/// What stands behind an age.
const BEHIND_AGES: [&str; 6] = ["over", "under", "older", "younger", "throsodd", "iau"];

/// Numbers in words. `one`, `un` and the like are words of every sentence and count as such.
const IN_WORDS: &str = "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand \
    dau ddau dwy ddwy tri dri tair dair pedwar pedair bedwar bedair pum pump bum bump chwech chwe saith wyth naw deg ugain";
/// What makes a number that follows the number of something one can stand before.
const NUMBERED: [&str; 10] = ["number", "numbers", "no", "room", "rooms", "unit", "line", "rhif", "ystafell", "level"];

/// Whether a word is a number.
pub fn is_number(lower: &str) -> bool {
    IN_WORDS.split_whitespace().any(|word| word == lower)
}

/// Whether a word that is no number by itself is one behind another: "nine one".
pub fn runs_on(lower: &str) -> bool {
    ["one", "un", "double", "dim", "oh", "nought"].contains(&lower)
}

/// Whether two numbers in words are one: "twenty four", "two hundred".
pub fn is_one_number(first: &str, second: &str) -> bool {
    (first.ends_with("ty") && is_number(first)) || ["hundred", "thousand", "deg", "ddeg"].contains(&second)
}

/// Whether a word makes a number out of what follows: "number nine".
pub fn numbers(lower: &str) -> bool {
    NUMBERED.contains(&lower)
}

/// How many of these words, from the first on, are figures in a shape that passes; 0 when they are not. `before` is the word before.
pub fn figures(before: Option<&str>, words: &[String]) -> usize {
    let Some(first) = words.first() else { return 0 };
    let rung = rung(words);
    if rung > 0 {
        return rung;
    }
    if first == "24/7" || first == "1:1" || first == "1-1" || first == "1-2-1" || is_time(first) || is_price(first) {
        return 1;
    }
    if let Some((from, to)) = first.split_once(['-', '–'])
        && ((is_time(from) && is_time(to)) || (is_hour(from) && is_time(to) && to.ends_with('m')))
    {
        return 1;
    }
    if first.strip_suffix('+').is_some_and(|age| is_below(age, 99)) {
        return 1;
    }
    // "12-week", "48-hour".
    if let Some((count, unit)) = first.split_once('-')
        && ["hour", "day", "week", "month", "year", "bed", "minute", "session"].contains(&unit)
        && is_below(count, 90)
    {
        return 1;
    }
    let after = |at: usize| words.get(at).map_or("", String::as_str);
    let counted = |at: usize| UNITS.iter().find(|(unit, _)| *unit == after(at)).map(|(_, most)| *most);
    let aged = before.is_some_and(|before| BEFORE_AGES.contains(&before));
    // "under 16s", "16-25", "16 to 25", "16 and over", "24 hours", "9 to 5 pm".
    if aged && (is_below(first.strip_suffix('s').unwrap_or(first), 99)) {
        let second = BETWEEN.contains(&after(1)) && is_below(after(2), 99);
        return if second { 3 } else { 1 };
    }
    if let Some((from, to)) = first.split_once(['-', '–'])
        && is_below(to, counted(1).unwrap_or_default())
        && is_below(from, counted(1).unwrap_or_default())
    {
        return 1;
    }
    if aged && first.split_once(['-', '–']).is_some_and(|(from, to)| is_below(from, 99) && is_below(to, 99)) {
        return 1;
    }
    if !first.chars().all(|c| c.is_ascii_digit()) {
        return 0;
    }
    // "from 9 to 5"
    let open = before.is_some_and(|before| ["from", "between", "open", "o", "rhwng"].contains(&before));
    if open && ["to", "and", "till", "until", "tan", "i"].contains(&after(1)) && is_hour(first) && is_hour(after(2)) {
        return 3;
    }
    if counted(1).is_some_and(|most| is_below(first, most)) {
        return 1;
    }
    if BETWEEN.contains(&after(1)) {
        if BEHIND_AGES.contains(&after(2)) && is_below(first, 99) {
            return 1;
        }
        if counted(3).is_some_and(|most| is_below(first, most) && is_below(after(2), most)) {
            return 3;
        }
    }
    // "a throsodd": the word between is one letter in Welsh.
    usize::from(matches!(after(1), "a" | "ac" | "neu") && BEHIND_AGES.contains(&after(2)) && is_below(first, 99))
}

fn is_below(figures: &str, most: u32) -> bool {
    (1..=2).contains(&figures.len()) && figures.parse::<u32>().is_ok_and(|number| number > 0 && number <= most)
}

fn is_hour(text: &str) -> bool {
    is_below(text, 12)
}

/// `9am`, `9.30am`, `17:30`.
fn is_time(text: &str) -> bool {
    let (bare, half) = match ["am", "pm", "yb", "yh", "yp"].iter().find_map(|sign| text.strip_suffix(sign)) {
        Some(bare) => (bare, true),
        None => (text, false),
    };
    let minutes =
        |text: &str| text.len() == 2 && text.parse::<u32>().is_ok_and(|minutes| minutes < 60 && minutes % 5 == 0);
    let hours = |text: &str| {
        (1..=2).contains(&text.len())
            && text.parse::<u32>().is_ok_and(|hour| if half { (1..=12).contains(&hour) } else { hour < 24 })
    };
    match bare.split_once(if half { ['.', ':'] } else { [':', ':'] }) {
        Some((hour, minute)) => hours(hour) && minutes(minute),
        None => half && hours(bare),
    }
}

/// `£5`, `£3.50`, `50p`: pounds up to 500, pence by tens.
fn is_price(text: &str) -> bool {
    if let Some(pence) = text.strip_suffix('p') {
        return pence.len() == 2 && pence.parse::<u32>().is_ok_and(|pence| pence % 10 == 0);
    }
    let Some(pounds) = text.strip_prefix('£') else { return false };
    let (pounds, pence) = pounds.split_once('.').unwrap_or((pounds, "00"));
    pounds.len() <= 3
        && pounds.parse::<u32>().is_ok_and(|pounds| pounds <= 500)
        && pence.len() == 2
        && pence.ends_with('0')
        && pence.parse::<u32>().is_ok()
}

/// How many words are the number of a crisis line, which is the same for everybody; and `55`, which one presses.
fn rung(words: &[String]) -> usize {
    static NUMBERS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let lines = crisis::lines().iter().filter_map(|line| line.phone.as_deref());
        let figures = lines.map(|number| number.chars().filter(char::is_ascii_digit).collect::<String>());
        let known = ["999", "111", "101", "112", "55"].map(str::to_owned);
        // A number of a town is none of these, whoever answers it.
        known
            .into_iter()
            .chain(figures.filter(|number| !number.starts_with("01") && !number.starts_with("02")))
            .collect()
    });
    let mut joined = String::new();
    // "18001" is dialled before a number by who cannot hear.
    let mut longest = usize::from(words.first().is_some_and(|word| word == "18001"));
    for (at, word) in words.iter().take(5).enumerate() {
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        joined.push_str(word);
        if NUMBERS.contains(&joined) || is_national(joined.strip_prefix("18001").unwrap_or(&joined)) {
            longest = at + 1;
        }
    }
    longest
}

/// Whether a number is of the whole country, as its first figures and its length say. One of a town has others.
fn is_national(figures: &str) -> bool {
    let begins = |with: &[&str]| with.iter().any(|with| figures.starts_with(with));
    match figures.len() {
        6 => begins(&["116"]),
        10 => begins(&["0800"]),
        11 => begins(&["0800", "0808", "0300", "0303", "0330", "0333", "0343", "0344", "0345", "0370", "0371"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::figures;

    fn read(text: &str) -> usize {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        figures(Some(&words[0]), &words[1..])
    }

    #[test]
    fn figures_in_a_shape_that_is_known_pass() {
        for (text, many) in [
            ("open 24/7", 1),
            ("open 24 hours", 1),
            ("from 9am", 1),
            ("at 9.30am", 1),
            ("at 17:30", 1),
            ("open 9am-5pm", 1),
            ("open 9-5pm", 1),
            ("aged 16 to 25", 3),
            ("aged 16-25", 1),
            ("under 16s", 1),
            ("women 18 and over", 1),
            ("women 18+", 1),
            ("costs £5", 1),
            ("costs £3.50", 1),
            ("dial 999", 1),
            ("on 0808 2000 247", 3),
            ("for 10 working days", 1),
            ("for 3 to 6 months", 3),
            ("menywod 18 oed", 1),
        ] {
            assert_eq!(read(text), many, "{text}");
        }
        for text in [
            "at 7",
            "at 53.9",
            "flat 3",
            "at 53:54",
            "is 53 deg",
            "bus 33",
            "ring 01943 461234",
            "is 100 hours",
            "at £53.95",
            "at £3.5",
            "room 12 first",
            "in 1979",
            "at 9.17am",
            "is 1 41",
        ] {
            assert_eq!(read(text), 0, "{text}");
        }
    }
}
