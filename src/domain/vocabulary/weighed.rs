//! Places where people live in hiding, told by what a description speaks of, where no rule of `hiding.rs` knows its words.
//!
//! Two sentences that follow one another are weighed together: "For women who were sold. They sleep here." What the others
//! have of what happens in public counts against it. The words and what they count are those of `concepts.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{hiding::offers, phrases::words};
use crate::domain::{
    concepts::{Concepts, Said},
    gate::changed,
};

/// So many sentences are weighed together.
const TOGETHER: usize = 2;

/// The concepts of the file, and those of them that are used in a way of their own.
struct Weighed {
    concepts: Concepts,
    dwellings: [usize; 2],
    public: [usize; 2],
    elsewhere: usize,
}

/// Whether what sentences of a description, folded, speak of weighs enough to be a place where people live in hiding.
pub(super) fn weighs_enough(sentences: &[String]) -> bool {
    let weighed = weighed();
    let said: Vec<Said> = sentences.iter().map(|sentence| weighed.said(sentence)).collect();
    // In how many sentences each word is that speaks of what happens in public.
    let mut public: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let of_public = |said: &&(usize, usize)| weighed.public.contains(&said.0);
    said.iter().flatten().filter(of_public).for_each(|said| *public.entry(*said).or_default() += 1);
    (0..said.len()).any(|from| {
        (from + 1..=said.len().min(from + TOGETHER)).any(|to| {
            let here = &said[from..to];
            let mut together: Said = here.iter().flatten().copied().collect();
            let is_elsewhere = |(word, times): &(&(usize, usize), &usize)| {
                **times > here.iter().filter(|said| said.contains(word)).count()
            };
            let elsewhere = public.iter().filter(is_elsewhere).count();
            together.extend((0..elsewhere).map(|number| (weighed.elsewhere, number)));
            weighed.concepts.points(&together).is_some_and(|points| points > 0)
        })
    })
}

fn weighed() -> &'static Weighed {
    static WEIGHED: LazyLock<Weighed> = LazyLock::new(|| {
        let folded = |phrase: &str| words(phrase).into_iter().map(|word| word.folded).collect();
        let concepts = Concepts::read(include_str!("concepts.toml"), folded, changed);
        let of = |names: [&str; 2]| names.map(|name| concepts.of(name));
        let (dwellings, public) = (of(["dwelling", "perhaps_dwelling"]), of(["in_public", "other_kind"]));
        Weighed { dwellings, public, elsewhere: concepts.of("elsewhere"), concepts }
    });
    &WEIGHED
}

impl Weighed {
    /// What a sentence says; somewhere to live only where it is no idle word for that ("at home").
    fn said(&self, sentence: &str) -> Said {
        let split = |line: &str, is_of_dwelling: bool| -> Said {
            let said = self.concepts.said(&line.split_ascii_whitespace().collect::<Vec<_>>());
            said.into_iter().filter(|(concept, _)| self.dwellings.contains(concept) == is_of_dwelling).collect()
        };
        let mut said = split(sentence, false);
        said.extend(split(&offers(sentence), true));
        said
    }
}

#[cfg(test)]
mod tests {
    use super::super::at_risk::describes_at_risk;

    #[test]
    fn what_two_sentences_say_together_is_enough() {
        for text in [
            "We house people who have been bought and sold.",
            "For women whose husbands are cruel. They can sleep here for as long as they need.",
            "Menywod sydd wedi cael eu curo gan eu gwŷr. Gwelyau i chwech.",
        ] {
            assert!(describes_at_risk(text), "{text}");
        }
    }

    #[test]
    fn what_happens_in_public_weighs_against_it() {
        for text in [
            "A choir for women whose husbands are cruel. We sing in the library on Tuesdays.",
            "A hotel with beds for families. Breakfast is at eight.",
            "",
            " . . ",
        ] {
            assert!(!describes_at_risk(text), "{text}");
        }
    }
}
