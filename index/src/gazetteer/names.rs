//! Names as people type them: folding to a plain key, and a bounded distance between two keys.

/// The plain key of a name: lower case, no accents, apostrophes and full stops dropped, everything else that is no
/// letter or digit a single space, `&` as "and", "st" as "saint". At most `limit` characters of `text` are read.
pub fn fold(text: &str, limit: usize) -> String {
    let mut key = String::with_capacity(text.len().min(limit) + 8);
    let mut pending_space = false;
    for c in text.chars().take(limit) {
        match c {
            // Combining accents of a decomposed text, and signs that people leave out.
            '\u{300}'..='\u{36f}' | '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' | '.' => continue,
            '&' => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str("and");
                pending_space = true;
                continue;
            }
            _ => {}
        }
        let plain = plain_letters(c);
        if plain.is_empty() {
            pending_space = true;
            continue;
        }
        if pending_space && !key.is_empty() {
            key.push(' ');
        }
        pending_space = false;
        key.push_str(plain.as_str());
    }
    if !key.split(' ').any(|word| word == "st") {
        return key;
    }
    let words: Vec<&str> = key.split(' ').map(|word| if word == "st" { "saint" } else { word }).collect();
    words.join(" ")
}

/// Up to two ASCII letters or digits for a character; empty for what is neither.
struct Plain([u8; 2], u8);

impl Plain {
    fn is_empty(&self) -> bool {
        self.1 == 0
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..usize::from(self.1)]).expect("only ASCII is put in")
    }
}

fn plain_letters(c: char) -> Plain {
    if c.is_ascii_alphanumeric() {
        return Plain([c.to_ascii_lowercase() as u8, 0], 1);
    }
    let one = match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => b'a',
        'Ç' | 'ç' | 'Ć'..='č' => b'c',
        'Ď'..='đ' | 'Ð' | 'ð' => b'd',
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => b'e',
        'Ĝ'..='ģ' => b'g',
        'Ĥ'..='ħ' => b'h',
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => b'i',
        'Ĺ'..='ł' => b'l',
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => b'n',
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => b'o',
        'Ŕ'..='ř' => b'r',
        'Ś'..='š' => b's',
        'Ţ'..='ŧ' => b't',
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => b'u',
        'Ŵ' | 'ŵ' | 'Ẁ'..='ẅ' => b'w',
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ' | 'ỳ' => b'y',
        'Ź'..='ž' => b'z',
        'Æ' | 'æ' => return Plain(*b"ae", 2),
        'Œ' | 'œ' => return Plain(*b"oe", 2),
        'ß' => return Plain(*b"ss", 2),
        _ => return Plain([0, 0], 0),
    };
    Plain([one, 0], 1)
}

/// The longest key compared letter by letter; longer ones have no near spelling.
const LONGEST: usize = 48;

/// How many letters must be inserted, left out, changed or swapped with a neighbour to make `b` of `a` (both keys),
/// if that is at most `most`.
pub fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > most || a.len() > LONGEST || b.len() > LONGEST {
        return None;
    }
    // Three rows of the usual table: `before` is needed for swapped neighbours.
    let mut before = [0usize; LONGEST + 1];
    let mut above = [0usize; LONGEST + 1];
    let mut row = [0usize; LONGEST + 1];
    for (j, cell) in above.iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let changed = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cell = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(before[j - 2] + 1);
            }
            row[j] = cell;
            least = least.min(cell);
        }
        if least > most {
            return None;
        }
        before = above;
        above = row;
    }
    let found = above[b.len()];
    (found <= most).then_some(found)
}

/// One bit for each letter that occurs in a key. Keys that are `n` apart differ in at most `2 n` bits, which rules
/// out nearly every pair without comparing letters.
pub fn letters(key: &str) -> u32 {
    key.bytes().filter(u8::is_ascii_lowercase).fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_marks_and_spaces_do_not_matter() {
        for (typed, key) in [
            ("  LEEDS ", "leeds"),
            ("Ynys  Môn", "ynys mon"),
            ("Yny\u{302}s", "ynys"),
            ("King's Lynn", "kings lynn"),
            ("King\u{2019}s-Lynn", "kings lynn"),
            ("St. Albans", "saint albans"),
            ("Stoke-on-Trent", "stoke on trent"),
            ("Brighton & Hove", "brighton and hove"),
            ("Brighton&Hove", "brighton and hove"),
            ("Dùn Èideann", "dun eideann"),
            ("🏠", ""),
            ("Лидс", ""),
        ] {
            assert_eq!(fold(typed, 100), key, "{typed}");
        }
    }

    #[test]
    fn only_the_first_characters_are_read() {
        assert_eq!(fold(&"a".repeat(10_000), 100).len(), 100);
    }

    #[test]
    fn distance_counts_each_slip_once_and_stops_at_the_bound() {
        assert_eq!(distance("leeds", "leeds", 2), Some(0));
        assert_eq!(distance("leds", "leeds", 2), Some(1));
        assert_eq!(distance("ledes", "leeds", 2), Some(1));
        assert_eq!(distance("manchestre", "manchester", 2), Some(1));
        assert_eq!(distance("leeds", "luton", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
        assert_eq!(distance(&"x".repeat(90), &"x".repeat(90), 2), None);
    }
}
