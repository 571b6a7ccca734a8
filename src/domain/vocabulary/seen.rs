//! A text as it is read by eye: for knowing what it speaks of, never for showing it.

use std::borrow::Cow;

use super::super::plain;

/// Letters that look like one of ours, each with ours.
const LOOK_ALIKES: [(&str, &str); 2] = [
    (
        "\u{430}\u{435}\u{43e}\u{440}\u{441}\u{443}\u{445}\u{456}\u{458}\u{455}\u{501}\u{51b}\u{433}\u{410}\u{412}\u{415}\u{41a}\u{41c}\u{41d}\u{41e}\u{420}\u{421}\u{422}\u{425}\u{405}\u{406}",
        "aeopcyxijsdqrABEKMHOPCTXSI",
    ),
    (
        "\u{3b1}\u{3b5}\u{3bf}\u{3c1}\u{3c5}\u{3b9}\u{3ba}\u{3bd}\u{3c4}\u{391}\u{392}\u{395}\u{396}\u{397}\u{399}\u{39a}\u{39c}\u{39d}\u{39f}\u{3a1}\u{3a4}\u{3a5}\u{3a7}",
        "aeopuikvtABEZHIKMNOPTYX",
    ),
];
/// Letters that make a word when each stands alone.
const FEWEST_APART: usize = 4;
/// Words that are known also where the end of a line has broken them.
const BROKEN: [&str; 5] = ["refuge", "lloches", "accommodation", "shelter", "trafficking"];

/// Without markup and hidden characters, in letters of ours, words of single letters and words broken by a hyphen put
/// together.
pub(super) fn seen(text: &str) -> String {
    let mut plain = plain::line(&unescaped(text));
    // Some systems write an entity twice over: "&amp;nbsp;".
    for _ in 0..2 {
        if plain.contains('&') && plain.contains(';') {
            plain = plain::line(&plain);
        }
    }
    let whole: String = plain.chars().filter_map(seen_letter).collect();
    together(&whole)
}

/// A text with what was escaped for an address of the web (`%20`) or for JSON (`\u0020`, `\n`), and left so.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '\\']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['%', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (read, letter) = match rest.as_bytes() {
            [b'\\', b'n' | b'r' | b't', ..] => (2, Some(' ')),
            [b'\\', b'u', ..] => {
                (6, rest.get(2..6).and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32))
            }
            [b'%', ..] => (3, rest.get(1..3).and_then(|code| u8::from_str_radix(code, 16).ok()).map(char::from)),
            _ => (1, None),
        };
        let letter = letter.filter(|letter| !letter.is_control());
        out.push(letter.unwrap_or(if rest.starts_with('%') { '%' } else { '\\' }));
        rest = &rest[if letter.is_some() { read } else { 1 }..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A letter as it looks; `None` where nothing is seen.
fn seen_letter(c: char) -> Option<char> {
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => None,
        // Full-width letters, figures and signs stand in the same order as the plain ones.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21),
        '\u{2010}' | '\u{2011}' => Some('-'),
        c if c.is_ascii() => Some(c),
        c => Some(ours(c).unwrap_or(c)),
    }
}

fn ours(c: char) -> Option<char> {
    LOOK_ALIKES.iter().find_map(|(theirs, ours)| {
        let at = theirs.chars().position(|other| other == c)?;
        ours.chars().nth(at)
    })
}

fn together(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            joined.push(' ');
        }
        joined.push_str(&apart(word, ['.', '-']).or_else(|| unbroken(word)).unwrap_or_else(|| word.to_owned()));
    }
    // "R E F U G E": a run of words of one letter each.
    let is_letter = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let words: Vec<&str> = joined.split(' ').collect();
    let runs = words.chunk_by(|one, next| is_letter(one) && is_letter(next));
    let put = runs.map(|run| if run.len() >= FEWEST_APART { run.concat() } else { run.join(" ") });
    put.collect::<Vec<_>>().join(" ")
}

/// A word without its hyphens, if it is one of those that matter.
fn unbroken(word: &str) -> Option<String> {
    let whole = word.replace('-', "");
    let is_broken = whole.len() < word.len();
    let plain = whole.to_lowercase();
    (is_broken && BROKEN.iter().any(|broken| plain.starts_with(broken) && !plain.starts_with("refugee")))
        .then_some(whole)
}

/// The word that a word's single letters make; `None` where they do not stand apart.
fn apart(word: &str, between: [char; 2]) -> Option<String> {
    let word = word.trim_end_matches([',', ';', ':', '.', '!', '?', ')']);
    let letters: Vec<&str> = word.split(between).collect();
    let is_letter = |part: &&str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    (letters.len() >= FEWEST_APART && letters.iter().all(is_letter)).then(|| letters.concat())
}

#[cfg(test)]
mod tests {
    use super::{LOOK_ALIKES, seen};

    #[test]
    fn a_text_is_what_the_eye_reads() {
        for (text, expected) in [
            ("Plain words, as they are. Well!", "Plain words, as they are. Well!"),
            ("re\u{ad}fuge", "refuge"),
            ("Safe%20house, 50 % off", "Safe house, 50 % off"),
            ("Safe\\u0020hou\\nse \\u12 %zz \\", "Safe hou se \\u12 %zz \\"),
            ("ref&amp;#117;ge &amp;amp;amp; more", "refuge & more"),
            ("r\u{435}fug\u{435}", "refuge"),
            ("\u{ff32}efuge", "Refuge"),
            ("a R.E.F.U.G.E. for", "a REFUGE for"),
            ("R E F U G E", "REFUGE"),
            ("A B C", "A B C"),
            ("e.g. at 10 a.m.", "e.g. at 10 a.m."),
            ("Re\u{2011}fuge, a refu-gee", "Refuge, a refu-gee"),
            ("10-12, drop-in", "10-12, drop-in"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        for (theirs, ours) in LOOK_ALIKES {
            assert_eq!(theirs.chars().count(), ours.chars().count());
        }
    }
}
