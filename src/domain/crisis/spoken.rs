//! What a text speaks of, for those that no phrase fits and whose words alone do not weigh enough.
//!
//! "I am by the reservoir with my late wife's tablets": nothing in it is a phrase, but there are two means, and nothing of every
//! day. The concepts, their words and what they count together are those of `concepts.toml`.

use std::sync::LazyLock;

use super::{phrases::words, urgency::Concern};
use crate::domain::concepts::Concepts;

/// The concepts of danger, those that kill soonest first, and what each is about.
const DANGERS: [(&str, Concern); 16] = [
    ("collapse", Concern::Danger),
    ("weapon", Concern::Abuse),
    ("violence", Concern::Abuse),
    ("fear", Concern::Abuse),
    ("control", Concern::Abuse),
    ("sexual", Concern::SexualViolence),
    ("forced", Concern::Exploitation),
    ("means", Concern::Suicide),
    ("lethality", Concern::Suicide),
    ("ending", Concern::Suicide),
    ("farewell", Concern::Suicide),
    ("despair", Concern::Suicide),
    ("injury", Concern::SelfHarm),
    ("mind", Concern::Distress),
    ("rage", Concern::Distress),
    ("nowhere", Concern::Distress),
];

/// The concepts, and the numbers of those of danger, in the order above.
struct Spoken {
    concepts: Concepts,
    danger: usize,
    dangers: Vec<usize>,
}

/// What a text is about that speaks of enough; words that are `spent` say nothing.
pub(super) fn spoken(words: &[String], spent: &[bool]) -> Option<Concern> {
    static SPOKEN: LazyLock<Spoken> = LazyLock::new(|| {
        let concepts = Concepts::read(include_str!("concepts.toml"), words_of, |_| Vec::new());
        let dangers = DANGERS.iter().map(|(name, _)| concepts.of(name)).collect();
        Spoken { danger: concepts.of("danger"), dangers, concepts }
    });
    let live: Vec<&str> =
        words.iter().zip(spent).map(|(word, spent)| if *spent { "" } else { word.as_str() }).collect();
    let mut said = SPOKEN.concepts.said(&live);
    let many = |danger: &usize| said.iter().filter(|(concept, _)| concept == danger).count();
    let of_danger: Vec<usize> = SPOKEN.dangers.iter().map(many).collect();
    // Of those of which as much is said the first.
    let (at, _) = of_danger.iter().enumerate().rev().max_by_key(|(_, many)| **many)?;
    said.extend((0..of_danger.len()).filter(|at| of_danger[*at] > 0).map(|at| (SPOKEN.danger, at)));
    SPOKEN.concepts.points(&said).is_some_and(|points| points > 0).then_some(DANGERS[at].1)
}

fn words_of(phrase: &str) -> Vec<String> {
    words(phrase)
}

#[cfg(test)]
mod tests {
    use crate::domain::crisis::urgency::{Concern, Urgency, UrgencyLevel};

    #[test]
    fn what_no_phrase_has_is_told_by_what_it_speaks_of() {
        for (text, about) in [
            ("I am by the reservoir with my late wife's tablets", Concern::Suicide),
            ("she hides my inhaler unless I do what she says", Concern::Abuse),
            ("the angel has ordered me and I must obey the voice", Concern::Distress),
        ] {
            let found = Urgency::of(text);
            assert_eq!((found.level, found.about), (UrgencyLevel::Now, vec![about]), "{text}");
        }
    }

    #[test]
    fn everyday_matters_are_not_urgent() {
        for text in [
            "I am new here and know nobody, any groups I can walk to",
            "is it still on tonight and can my mum come",
            "knee exercises for my husband",
            "my late wife loved this choir",
            "",
        ] {
            assert_ne!(Urgency::of(text).level, UrgencyLevel::Now, "{text}");
        }
    }
}
