//! Words that say something together: for texts that no phrase fits.
//!
//! People in danger do not say it in phrases that somebody thought of before. But they speak of themselves, or of somebody in
//! particular, and of what hurts, frightens or kills; and they name no group, course or charity that they look for.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{phrases::Phrases, urgency::Concern};

/// What is enough where the text speaks of somebody, and where it does not say of whom.
const ENOUGH: [usize; 2] = [2, 3];
/// What a word is worth that is hardly ever said of anything else.
const STRONG: usize = 2;

/// Words that are about the same, as the file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sign {
    about: Concern,
    strong: String,
    weak: String,
}

/// What words weigh: for each, what it may be about and how much.
#[derive(Debug, Default)]
pub(super) struct Weights {
    by_word: HashMap<String, Vec<(usize, usize)>>,
    concerns: Vec<Concern>,
}

impl Weights {
    pub(super) fn of(signs: Vec<Sign>) -> Self {
        let mut weights = Self::default();
        for (at, sign) in signs.into_iter().enumerate() {
            for (words, worth) in [(&sign.strong, STRONG), (&sign.weak, 1)] {
                for word in words.split_ascii_whitespace() {
                    weights.by_word.entry(word.to_owned()).or_default().push((at, worth));
                }
            }
            weights.concerns.push(sign.about);
        }
        weights
    }

    /// Every word that weighs anything.
    pub(super) fn words(&self) -> impl Iterator<Item = &String> {
        self.by_word.keys()
    }
}

/// What a text may be about whose words weigh enough; words that are `spent` weigh nothing, and a word counts once.
pub(super) fn weigh(phrases: &Phrases, words: &[String], spent: &[bool], is_immediate: bool) -> Option<Concern> {
    let live: HashSet<&String> = words.iter().zip(spent).filter(|(_, spent)| !**spent).map(|(word, _)| word).collect();
    let weights = phrases.weights();
    let mut sums = vec![0; weights.concerns.len()];
    for &(at, worth) in live.iter().filter_map(|word| weights.by_word.get(*word)).flatten() {
        sums[at] += worth;
    }
    // Of those that weigh the same the first of the file, in which what kills soonest comes first.
    let (at, most) = sums.into_iter().enumerate().rev().max_by_key(|(_, sum)| *sum)?;
    let enough = ENOUGH[usize::from(!phrases.has_one_of("speaks", words))];
    (most >= STRONG && most + usize::from(is_immediate) >= enough).then(|| weights.concerns[at])
}

#[cfg(test)]
mod tests {
    use crate::domain::crisis::urgency::{Concern, Urgency, UrgencyLevel};

    #[test]
    fn words_of_harm_said_of_somebody_are_enough_and_said_of_a_group_are_not() {
        let of = |text: &str| Urgency::of(text);
        let found = of("he put a pillow over my face");
        assert_eq!((found.level, found.about), (UrgencyLevel::Now, vec![Concern::Abuse]));
        assert_eq!(of("pillow face group").level, UrgencyLevel::None);
        assert_eq!(of("my group paints a face on a pillow").level, UrgencyLevel::None);
        // One word is not enough, twice the same is one.
        assert_eq!(of("my pillow").level, UrgencyLevel::None);
        assert_eq!(of("my pillow, my pillow, my pillow").level, UrgencyLevel::None);
    }

    #[test]
    fn words_of_every_day_are_not_urgent_together() {
        for text in [
            "can i go today",
            "what can i do with my kids",
            "my train today",
            "i need money for my baby",
            "tablets for my pain",
            "my hand is sore",
            "my passport and visa papers",
            "my medication ran out today",
        ] {
            assert_ne!(Urgency::of(text).level, UrgencyLevel::Now, "{text}");
        }
    }

    #[test]
    fn a_slip_in_a_word_that_matters_is_put_right() {
        for text in
            ["sucidal thoughts rn", "im siucidal", "i want 2 dissapear for good", "i took an overdse", "cnt go on"]
        {
            assert_eq!(Urgency::of(text).level, UrgencyLevel::Now, "{text}");
        }
    }
}
