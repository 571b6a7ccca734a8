//! The book of decisions: what was decided about words and order, with the numbers themselves.

use kith_index::WEIGHTS;

use super::{
    Directory,
    around::{ENOUGH, FAR_KM, WIDENING},
};
use crate::domain::{
    digest::digest,
    ledger::{self, Book, Decision, Weight},
    vocabulary::vocabulary,
};

impl Directory {
    /// The book as it stands today. All of it is compiled in but the holds, which are read from the published view.
    pub fn decisions(&self) -> Book {
        let today = self.clock.now().london_date();
        let sample = if self.is_sample() { ledger::sample_entries() } else { &[] };
        let mut decisions: Vec<Decision> =
            ledger::entries().iter().chain(sample).map(|entry| entry.seen_on(today)).collect();
        decisions.sort_by(|one, other| other.day.cmp(&one.day));
        let weights = weights();
        Book {
            vocabulary: vocabulary().version.to_owned(),
            weights_version: fingerprint(&weights),
            weights,
            overdue: decisions.iter().map(|decision| u32::from(decision.overdue)).sum(),
            holds: self.holds(),
            decisions,
            sample: self.is_sample(),
        }
    }
}

/// Every number that decides what is found first: those of the index, and those of how far a search goes.
pub fn weights() -> Vec<Weight> {
    let here = [
        ("widening_km", WIDENING.to_vec(), "Without a radius these are tried, one after another, in kilometres."),
        ("enough", vec![ENOUGH as f64], "So many results end the widening."),
        ("far_km", vec![FAR_KM], "Beyond this radius a search goes only when nothing at all was found inside."),
    ];
    let index = WEIGHTS.iter().map(|weight| (weight.name.to_lowercase(), vec![weight.value], weight.says));
    let here = here.into_iter().map(|(name, values, says)| (name.to_owned(), values, says));
    index.chain(here).map(|(name, values, says)| Weight { name, values, says: says.to_owned() }).collect()
}

/// What the entry about some weights has to name: 16 hexadecimal digits of their names and values.
pub fn fingerprint(weights: &[Weight]) -> String {
    let parts: Vec<String> = weights.iter().map(|weight| format!("{} {:?}", weight.name, weight.values)).collect();
    let mut text = digest(&parts.iter().map(String::as_bytes).collect::<Vec<_>>());
    text.truncate(16);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ledger::Subject, vocabulary::values::DialoguePrinciple};

    fn how(what: &str, version: &str) -> String {
        format!("{what} changed: add an entry to src/domain/ledger/entries.toml that says why, and names {version}")
    }

    #[test]
    fn no_word_and_no_weight_changes_without_an_entry() {
        let named = |subject| ledger::newest(subject).and_then(|entry| entry.fingerprint.as_deref());
        let version = vocabulary().version;
        assert_eq!(named(Subject::Vocabulary), Some(version), "{}", how("the words", version));
        let version = fingerprint(&weights());
        assert_eq!(named(Subject::Weights), Some(&*version), "{}", how("the order", &version));
    }

    #[test]
    fn no_principle_of_open_dialogue_changes_without_an_entry() {
        let words = DialoguePrinciple::ALL.iter().flat_map(|one| [one.as_str(), one.label(), one.label_cy()]);
        let mut version = digest(&words.map(str::as_bytes).collect::<Vec<_>>());
        version.truncate(16);
        let named = ledger::newest(Subject::Facet).and_then(|entry| entry.fingerprint.as_deref());
        assert_eq!(named, Some(&*version), "{}", how("the principles", &version));
    }

    #[test]
    fn the_fingerprint_changes_with_every_name_and_number_and_not_with_words_about_them() {
        let all = weights();
        for at in 0..all.len() {
            let mut other = all.clone();
            other[at].values[0] += 0.25;
            assert_ne!(fingerprint(&all), fingerprint(&other), "{}", all[at].name);
            other[at] = Weight { name: "another".to_owned(), ..all[at].clone() };
            assert_ne!(fingerprint(&all), fingerprint(&other));
            other[at] = Weight { says: "Said better.".to_owned(), ..all[at].clone() };
            assert_eq!(fingerprint(&all), fingerprint(&other));
        }
        for name in ["name", "term", "halved_at", "ended", "widening_km"] {
            assert_eq!(all.iter().filter(|weight| weight.name == name).count(), 1, "{name}");
        }
    }
}
