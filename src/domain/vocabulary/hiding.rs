//! Places where people live in hiding, told by what is said of them, in whatever words.
//!
//! No list has all names of a refuge. But who offers one says in a sentence that there is somewhere to live or sleep *and* what
//! those who live there flee from; or says that where it is is not told. Either is enough. The words are those of
//! `hiding.toml`, folded before they are compared. The Welsh has not been checked by a Welsh speaker.

use std::sync::LazyLock;

use serde::Deserialize;

use super::phrases::{line, words};

/// So many words may stand between a word for where and the one that says that it is a secret.
const APART: usize = 4;

/// Whether a sentence, folded, offers people somewhere to live in hiding, or says that where it is is not told.
pub(super) fn hides(sentence: &str) -> bool {
    let signs = signs();
    if signs.alone.found_in(sentence) {
        return true;
    }
    let ours = signs.not_ours.left_out_of(sentence);
    if signs.place.found_in(&ours)
        && ((signs.telling.found_in(&ours) && signs.limit.found_in(&ours)) || signs.is_secret(&ours))
    {
        return true;
    }
    signs.danger.found_in(sentence) && signs.home.found_in(&signs.no_home.left_out_of(sentence))
}

/// Whether a sentence of a description, folded, speaks of what people flee from and of a room or a bed, and of nothing that
/// happens in public.
pub(super) fn may_hide(sentence: &str) -> bool {
    let signs = signs();
    let homes = signs.no_home.left_out_of(sentence);
    // "Fourteen places for women, with cameras and a waking night worker".
    let is_guarded = || {
        signs.guarded_for.found_in(sentence)
            && signs.guarded_by.found_in(sentence)
            && (signs.home.found_in(&homes) || signs.guarded_home.found_in(&homes))
    };
    ((signs.danger.found_in(sentence) && signs.weak.found_in(&homes)) || is_guarded())
        && !signs.public.found_in(sentence)
}

/// A sentence, folded, without words for a home that offer none.
pub(super) fn offers(sentence: &str) -> String {
    signs().no_home.left_out_of(sentence)
}

/// Whether a sentence, folded, speaks of what is given to a refuge or collected for it.
pub(super) fn gives(sentence: &str) -> bool {
    signs().giving.found_in(sentence)
}

fn signs() -> &'static Signs {
    static SIGNS: LazyLock<Signs> =
        LazyLock::new(|| toml::from_str(include_str!("hiding.toml")).expect("a test reads the compiled-in words"));
    &SIGNS
}

/// The words of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    danger: Patterns,
    home: Patterns,
    weak: Patterns,
    public: Patterns,
    no_home: Patterns,
    place: Patterns,
    not_ours: Patterns,
    secret: Patterns,
    telling: Patterns,
    limit: Patterns,
    alone: Patterns,
    giving: Patterns,
    guarded_for: Patterns,
    guarded_by: Patterns,
    guarded_home: Patterns,
}

impl Signs {
    /// Whether one of the words before a word for secret, or the one after it, is for where.
    fn is_secret(&self, sentence: &str) -> bool {
        let words: Vec<&str> = sentence.split_ascii_whitespace().collect();
        let folded = |words: &[&str]| format!(" {} ", words.join(" "));
        (0..words.len()).any(|at| {
            // The longest has two words; a sentence may have thousands.
            let is_secret = self.secret.begins(&folded(&words[at..words.len().min(at + 4)]));
            is_secret
                && (self.place.found_in(&folded(&words[at.saturating_sub(APART)..at]))
                    || self.place.found_in(&folded(&words[at + 1..words.len().min(at + 2)])))
        })
    }
}

/// Phrases, folded, each with the space before it, and the one behind unless any ending will do.
#[derive(Deserialize)]
#[serde(from = "Vec<String>")]
struct Patterns(Vec<String>);

impl From<Vec<String>> for Patterns {
    fn from(phrases: Vec<String>) -> Self {
        let folded = |phrase: &String| match phrase.strip_suffix('*') {
            Some(begun) => format!(" {begun}"),
            None => line(&words(phrase)),
        };
        Self(phrases.iter().map(folded).collect())
    }
}

impl Patterns {
    fn found_in(&self, line: &str) -> bool {
        self.0.iter().any(|phrase| line.contains(phrase.as_str()))
    }

    fn begins(&self, line: &str) -> bool {
        self.0.iter().any(|phrase| line.starts_with(phrase.as_str()))
    }

    fn left_out_of(&self, line: &str) -> String {
        let found = |line: &String, phrase: &String| line.contains(phrase.as_str());
        self.0.iter().fold(line.to_owned(), |line, phrase| {
            if found(&line, phrase) { line.replace(phrase.as_str(), " ") } else { line }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::at_risk::describes_at_risk;

    #[test]
    fn a_home_and_what_people_flee_from_are_enough_in_one_sentence() {
        for text in [
            "Safe, secure flats for women leaving violent partners.",
            "Dispersed accommodation for survivors.",
            "A bed for men who are exploited.",
            "Llety dros dro i fenywod sy'n dianc rhag trais.",
        ] {
            assert!(describes_at_risk(text), "{text}");
        }
        assert!(!describes_at_risk("We let flats. A talk about violence is on Tuesday."));
        assert!(!describes_at_risk("Locks and alarms for those who lived with violence, to stay in their own home."));
    }

    #[test]
    fn who_does_not_tell_where_it_is_hides() {
        for text in [
            "Address disclosed on referral.",
            "We never give out our location.",
            "The location is kept confidential",
            "Nid ydym yn rhannu'r cyfeiriad.",
        ] {
            assert!(describes_at_risk(text), "{text}");
        }
        for text in [
            "We never share your address with anybody.",
            "Confidential support at a central location.",
            "Our address is given below.",
            "What is said is confidential.",
        ] {
            assert!(!describes_at_risk(text), "{text}");
        }
    }
}
