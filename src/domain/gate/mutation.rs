//! How the first letters of Welsh words change behind others, so that a word is listed once and passes as it is written.

/// What each first letter becomes: softened, behind a nasal, and breathed.
const CHANGES: [(&str, &[&str]); 9] = [
    ("ll", &["l"]),
    ("rh", &["r"]),
    ("p", &["b", "mh", "ph"]),
    ("t", &["d", "nh", "th"]),
    ("c", &["g", "ngh", "ch"]),
    ("b", &["f", "m"]),
    ("d", &["dd", "n"]),
    ("g", &["", "ng"]),
    ("m", &["f"]),
];
/// First letters that are one sound and do not change.
const FIRM: [&str; 5] = ["ch", "dd", "ff", "ph", "th"];
/// What runs together with the word before it: the article, and words for "in", "his", "their", "your", "my".
const ENDINGS: [&str; 8] = ["'r", "'n", "'i", "'u", "'ch", "'w", "'m", "'th"];

/// What verbs end in of whom is spoken to, of "we", "they" and of what is or was done.
const PERSONS: [&str; 14] =
    ["wch", "iwch", "wn", "iwn", "ir", "af", "an", "ant", "odd", "wyd", "ais", "och", "ai", "ed"];

/// A word of the list, or the forms of a verb where the list has its stem: "tal+".
pub fn inflected(listed: &str) -> Vec<String> {
    let of = |stem: &str| PERSONS.iter().map(|person| format!("{stem}{person}")).collect();
    listed.strip_suffix('+').map_or_else(|| vec![listed.to_owned()], of)
}

/// The forms that a word takes behind others. Of short words what is left would be any word.
pub fn changed(word: &str) -> Vec<String> {
    if word.chars().count() < 4 || FIRM.iter().any(|firm| word.starts_with(firm)) {
        return Vec::new();
    }
    if word.starts_with(['a', 'e', 'i', 'o', 'u', 'w', 'y']) {
        return vec![format!("h{word}")];
    }
    let change = CHANGES.iter().find_map(|(from, to)| Some((word.strip_prefix(from)?, to)));
    change.map_or_else(Vec::new, |(rest, to)| to.iter().map(|to| format!("{to}{rest}")).collect())
}

/// A word without what runs together with it.
pub fn bare(word: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).filter(|bare| !bare.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{bare, changed, inflected};

    #[test]
    fn first_letters_change_as_in_welsh() {
        assert_eq!(changed("pasbort"), ["basbort", "mhasbort", "phasbort"]);
        assert_eq!(changed("cartref"), ["gartref", "nghartref", "chartref"]);
        assert_eq!(
            (changed("gofal"), changed("llety")),
            (vec!["ofal".to_owned(), "ngofal".to_owned()], vec!["lety".to_owned()])
        );
        assert_eq!((changed("ystafell"), changed("chwaer")), (vec!["hystafell".to_owned()], Vec::<String>::new()));
        assert_eq!(changed("dau"), [""; 0]);
        assert!(inflected("tal+").contains(&"talwch".to_owned()) && inflected("plant") == ["plant"]);
        assert_eq!((bare("plant'r"), bare("wedi'i"), bare("plant")), (Some("plant"), Some("wedi"), None));
    }
}
