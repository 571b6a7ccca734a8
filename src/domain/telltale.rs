//! What in a text could lead somebody to a place: a full postcode, a pair of coordinates, a grid reference, a property
//! number, a what3words address or plus code, a house number with its street, a link to a map, or words that tell the
//! way ("opposite the station").
//!
//! Made for texts about places that must stay private: it rather finds too much than too little, and what it finds
//! in is withheld as a whole. It knows forms and ways of speaking, no names of places. `tests/fixtures/linter.tsv` says
//! of more than 400 texts what is to be found in them, and a test how much of it is.

pub mod number;
pub mod personal;
mod way;

use super::plain;

/// Hosts of maps, and the beginnings of their paths where the host has other pages too.
const MAPS: [&str; 26] = [
    "maps.google.",
    "maps.app.goo.gl",
    "goo.gl/maps",
    "google.com/maps",
    "google.co.uk/maps",
    "g.page/",
    "openstreetmap.org",
    "osm.org",
    "maps.apple.com",
    "maps.apple",
    "bing.com/maps",
    "what3words.com",
    "w3w.co",
    "streetmap.co.uk",
    "gridreferencefinder.com",
    "getoutside.ordnancesurvey.co.uk",
    "explore.osmaps.com",
    "osmaps.com",
    "findmyaddress.co.uk",
    "wego.here.com",
    "waze.com",
    "plus.codes",
    "goo.gl/",
    "g.co/kgs",
    "share.google",
    "citymapper.com",
];

/// The two letters of the squares of the British national grid that hold land.
const SQUARES: &str = "HP HT HU HW HX HY HZ NA NB NC ND NF NG NH NJ NK NL NM NN NO NR NS NT NU NW NX NY NZ OV SC SD SE \
                       SH SJ SK SM SN SO SP SR SS ST SU SV SW SX SY SZ TA TF TG TL TM TQ TR TV";
/// The letters of the squares of the Irish grid in and around Northern Ireland.
const IRISH_SQUARES: &[u8] = b"BCDGHJ";

/// The last word of a street's name.
const STREETS: [&str; 20] = [
    "street", "road", "lane", "avenue", "drive", "close", "crescent", "terrace", "gardens", "grove", "court", "square",
    "mews", "parade", "row", "walk", "way", "place", "st", "rd",
];

/// Whether a text could lead somebody to a place.
pub fn tells_place(text: &str) -> bool {
    #[cfg(debug_assertions)]
    if super::sabotage::on("text-unread") {
        return false;
    }
    // Both as it is written, for the addresses in its links, and as it is read.
    let written = narrow(&text.replace("%20", " ").replace("%2C", ",").replace("%2c", ","));
    [written.as_str(), &plain::line(&written)].into_iter().any(|text| {
        let lower = text.to_lowercase();
        has_postcode(lower.as_bytes())
            || has_postcode(closed(text).to_lowercase().as_bytes())
            || has_coordinates(text)
            || has_grid_reference(text.as_bytes())
            || has_property_number(&lower)
            || has_words_or_code(&lower)
            || has_map(&lower)
            || has_house(text)
            || way::tells_way(text)
    })
}

/// The same with letters, figures and dashes that only look otherwise as the plain ones.
fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{3000}' => ' ',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// The same without single blanks between a capital and a figure: `LS 29 8 ZX`.
fn closed(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let parts = |a: char, b: char| {
        (a.is_ascii_uppercase() && b.is_ascii_digit()) || (a.is_ascii_digit() && b.is_ascii_uppercase())
    };
    let goes = |at: usize| {
        letters[at] == ' ' && at > 0 && letters.get(at + 1).is_some_and(|next| parts(letters[at - 1], *next))
    };
    (0..letters.len()).filter(|at| !goes(*at)).map(|at| letters[at]).collect()
}

/// Where a word begins: nothing alphanumeric stands before.
fn begins(text: &[u8], at: usize) -> bool {
    at == 0 || !text[at - 1].is_ascii_alphanumeric()
}

fn ends(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// `ls6 2ab`, with or without something between its parts.
fn has_postcode(lower: &[u8]) -> bool {
    let is = |at: usize, what: fn(&u8) -> bool| lower.get(at).is_some_and(what);
    let inward = |at: usize| {
        let letter = |byte: &u8| byte.is_ascii_lowercase() && !b"cikmov".contains(byte);
        is(at, u8::is_ascii_digit) && is(at + 1, letter) && is(at + 2, letter) && ends(lower, at + 3)
    };
    (0..lower.len()).filter(|at| begins(lower, *at)).any(|start| {
        let letters = lower[start..].iter().take(3).take_while(|byte| byte.is_ascii_lowercase()).count();
        let digit = start + letters;
        if !(1..=2).contains(&letters) || !is(digit, u8::is_ascii_digit) {
            return false;
        }
        [digit + 1, digit + 2].into_iter().any(|end| {
            let fits = end == digit + 1 || is(digit + 1, u8::is_ascii_alphanumeric);
            let gap = lower.get(end..).unwrap_or_default().iter().take(3).take_while(|byte| b" +-_.,/".contains(byte));
            fits && inward(end + gap.count())
        })
    })
}

/// Two numbers one after the other that are a latitude and a longitude in or near these islands, to a hundred metres
/// or finer; or degrees and minutes.
fn has_coordinates(text: &str) -> bool {
    let mut before = None;
    for number in text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')) {
        let number = number.trim_end_matches(['.', '-']);
        let decimals = number.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
        let Ok(value) = number.parse::<f64>() else { continue };
        let fine = (decimals >= 3).then_some(value);
        if let (Some(a), Some(b)) = (before, fine) {
            let pair = |north: f64, east: f64| (49.0..=61.5).contains(&north) && (-11.0..=2.5).contains(&east);
            if pair(a, b) || pair(b, a) {
                return true;
            }
        }
        before = fine;
    }
    let degrees = text.match_indices('°').any(|(at, sign)| {
        text[..at].ends_with(|c: char| c.is_ascii_digit())
            && text[at + sign.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit())
    });
    degrees && text.contains(['\'', '′', '’'])
}

/// `SE 281 360`: the letters of a square and an even number of figures, together or in two halves. Four figures are one when
/// they follow the letters at once (`SE2836`) or stand in two halves, because years and numbers of rooms are four figures too.
fn has_grid_reference(text: &[u8]) -> bool {
    let figures =
        |at: usize| text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let blanks = |at: usize| text.get(at..).unwrap_or_default().iter().take_while(|byte| **byte == b' ').count().min(2);
    (0..text.len()).filter(|at| begins(text, *at)).any(|start| {
        let letters = text[start..].iter().take(3).take_while(|byte| byte.is_ascii_uppercase()).count();
        let square = &text[start..start + letters];
        let known = match letters {
            1 => IRISH_SQUARES.contains(&square[0]),
            2 => SQUARES.split(' ').any(|known| known.as_bytes() == square),
            _ => false,
        };
        if !known {
            return false;
        }
        let first = start + letters + blanks(start + letters);
        let east = figures(first);
        let second = first + east + blanks(first + east);
        let north = if second > first + east { figures(second) } else { 0 };
        let least = if letters == 2 { 2 } else { 3 };
        let halves = (least..=5).contains(&east) && north == east && ends(text, second + north);
        // The registers of Scotland give numbers of this form too.
        let few = east == 4 && letters == 2 && first == start + letters;
        let together = (few || matches!(east, 6 | 8 | 10)) && ends(text, first + east) && square != b"SC";
        halves || together
    })
}

/// A number with the word that makes it the number of a property or a street.
fn has_property_number(lower: &str) -> bool {
    let long = |number: &str| number.len() >= 5;
    (lower.contains("uprn") || lower.contains("usrn")) && lower.split(|c: char| !c.is_ascii_digit()).any(long)
}

/// `///filled.count.soap`, or a plus code as `9C5W+X2`.
fn has_words_or_code(lower: &str) -> bool {
    let words = lower.match_indices("///").any(|(at, slashes)| {
        let words = lower[at + slashes.len()..].split_whitespace().next().unwrap_or_default();
        words.split('.').filter(|word| word.chars().any(char::is_alphabetic)).count() >= 3
    });
    let is_code = |part: &str| part.bytes().all(|byte| b"23456789cfghjmpqrvwx".contains(&byte));
    let code = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '+')).any(|word| {
        word.split_once('+').is_some_and(|(before, after)| {
            matches!(before.len(), 4 | 6 | 8) && (2..=3).contains(&after.len()) && is_code(before) && is_code(after)
        })
    });
    words || code || lower.contains("what3words") || lower.contains("w3w")
}

fn has_map(lower: &str) -> bool {
    MAPS.iter().any(|host| lower.match_indices(host).any(|(at, _)| begins(lower.as_bytes(), at)))
}

/// `12 Mill Lane`: a number, then up to four capitalised words, of which the last is a street's.
fn has_house(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |word: &str| {
        let word = word.trim_start_matches('(').trim_end_matches(',');
        let figures = word.bytes().take_while(u8::is_ascii_digit).count();
        (1..=4).contains(&figures)
            && word.len() - figures <= 1
            && word[figures..].bytes().all(|b| b.is_ascii_alphabetic())
    };
    let is_street = |names: &[&str]| {
        for (at, word) in names.iter().take(4).enumerate() {
            let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !word.starts_with(char::is_uppercase) {
                return false;
            }
            if at > 0 && STREETS.contains(&name.to_lowercase().as_str()) {
                return true;
            }
            // Kirkgate, Stonegate: the old word for a street, with no other after it.
            if name.len() > 5 && name.ends_with("gate") {
                return true;
            }
            // What follows a comma belongs to something else.
            if name.len() < word.len() {
                return false;
            }
        }
        false
    };
    words.iter().enumerate().any(|(at, word)| is_number(word) && is_street(&words[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::tells_place;

    #[test]
    fn whatever_leads_to_a_place_is_found() {
        for text in [
            "The refuge is at LS6 2ZX.",
            "ls62zx",
            "LS6&nbsp;2ZX",
            "LS29, 8ZX",
            "LS29/8ZX",
            "LS29–8ZX",
            "LS29 8 ZX",
            "LS 29 8ZX",
            "ＬＳ２９ ８ＺＸ",
            "12 Kirkgate, Otley",
            "/// filled.count.soap",
            "w3w filled.count.soap",
            "https://goo.gl/abc",
            "<b>LS6</b> 2ZX",
            "https://a.example/?at=LS6%202ZX",
            "EC1A-1BB",
            "53.81999,-1.57111",
            "https://a.example/@53.8199,-1.5711,17z",
            "east -1.57111, north 53.81999",
            "53°49'12\"N 1°34'W",
            "SE 281 360",
            "grid reference SE2812336012",
            "J 338 740",
            "SE 28 36",
            "SE2836",
            "UPRN: 100012345678",
            "uprn/100012345678",
            "///filled.count.soap",
            "find us on what3words",
            "9C5WRCC9+XG",
            "https://www.google.com/maps/place/x",
            "<a href='https://maps.app.goo.gl/abc'>here</a>",
            "https://www.openstreetmap.org/#map=19",
            "We are at 12 Mill Lane",
            "12a Upper Mill Lane, by the church",
        ] {
            assert!(tells_place(text), "{text}");
        }
    }

    #[test]
    fn of_the_labelled_texts_none_of_the_certain_kinds_is_missed_and_few_of_the_others() {
        let texts = include_str!("../../tests/fixtures/linter.tsv");
        let all = texts.lines().filter(|line| !line.starts_with('#'));
        let all: Vec<(&str, &str)> = all.map(|line| line.split_once('\t').expect("a label and a text")).collect();
        assert!(all.len() >= 400);
        // The others need to know the areas, or are about open listings; their tests are where they are read.
        let kinds =
            ["postcode", "coordinates", "grid", "property", "words", "map", "house", "street", "way", "cy", "free"];
        let lines: Vec<(&str, &str)> = all.into_iter().filter(|(kind, _)| kinds.contains(kind)).collect();
        for kind in kinds.iter().filter(|kind| **kind != "free") {
            let of: Vec<_> = lines.iter().filter(|(label, _)| label == kind).collect();
            let found = of.iter().filter(|(_, text)| tells_place(text)).count();
            eprintln!("C8, {kind}: {} texts, recall {:.3}", of.len(), found as f64 / of.len() as f64);
        }
        let of = |label: fn(&str) -> bool| lines.iter().copied().filter(move |(kind, _)| label(kind));
        let innocent = |kind: &str| kind == "free";
        let prose = |kind: &str| matches!(kind, "way" | "street" | "cy");
        let missed: Vec<_> = of(|kind| kind != "free").filter(|(_, text)| !tells_place(text)).collect();
        let alarms: Vec<_> = of(innocent).filter(|(_, text)| tells_place(text)).collect();
        let (telling, free, in_prose) = (of(|kind| kind != "free").count(), of(innocent).count(), of(prose).count());
        let found = telling - missed.len();
        let recall = found as f64 / telling as f64;
        let precision = found as f64 / (found + alarms.len()) as f64;
        let missed_prose = missed.iter().filter(|(kind, _)| prose(kind)).count();
        let figures = format!(
            "{} texts ({telling} tell, {free} do not): recall {recall:.3}, precision {precision:.3}; prose: {} of {in_prose}; false alarms: {} of {free}",
            lines.len(),
            in_prose - missed_prose,
            alarms.len()
        );
        eprintln!("C8: {figures}");
        assert_eq!(missed.len(), missed_prose, "certain kinds: {missed:#?}");
        assert!(missed_prose * 10 <= in_prose, "{figures} {missed:#?}");
        assert!(alarms.len() * 20 <= free, "{figures} {alarms:#?}");
    }

    #[test]
    fn what_leads_nowhere_is_kept() {
        for text in [
            "A safe place for women and children in West Yorkshire.",
            "Ring 01632 960107, +44 1632 960107 or 0808 200 0247 at any hour",
            "We serve LS6, LS7 and BD1.",
            "It costs £3.50 or £12.99, for 2 hours.",
            "Charity number 1000001, in Scotland SC012345; company 01234567",
            "TV 2024, HP 4000 and NO 10 are no places; form J 33 74.",
            "Open 24 hours, 7 days a week, since 1974. On 24 December, Church Road is shut.",
            "For people aged 16 to 25; 20°C",
            "https://harbour.example/help?page=2",
            "ask@harbour.example",
            "E08000035",
            "018f4e2a-b12a-4abc-8e12-abe12ab00b1a",
            "",
        ] {
            assert!(!tells_place(text), "{text}");
        }
    }
}
