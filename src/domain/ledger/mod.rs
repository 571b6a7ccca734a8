//! What has been decided about words, wording and order: an open book, compiled in from `entries.toml`.
//!
//! An entry says what was decided, on which day, who proposed it (a role, never a name), who objected with what, when it is
//! looked at again, and, where somebody asked for it, what was done or why it could not be. Until people with lived
//! experience have looked at an entry it says that they have not; [`Review`] cannot be written without its day and how many
//! they were. `sample.toml` has invented entries, which a directory of invented listings shows and no other.

mod published;

use std::sync::LazyLock;

use chrono::NaiveDate;
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

pub use published::{Book, Decision, Weight};

use super::vocabulary::STATUS;

/// The decisions of the maintainers, the newest first.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| read(include_str!("entries.toml"), false));
    &ENTRIES
}

/// Invented ones, to show what an answer to people looks like; the newest first.
pub fn sample_entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| read(include_str!("sample.toml"), true));
    &ENTRIES
}

/// The newest entry about the whole of something, which names its fingerprint.
pub fn newest(subject: Subject) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.subject == subject && entry.fingerprint.is_some())
}

/// Something about which is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "DecisionSubject", rename_all = "snake_case")]
pub enum Subject {
    /// The vocabulary as a whole: every term, its labels and what people type for it.
    Vocabulary,
    /// One facet of it, named in `of`.
    Facet,
    /// The numbers that decide in which order results stand.
    Weights,
    /// How something is worded or shown, in a part that `of` names.
    Wording,
}

/// An entry as it is written in the book. Days are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id, for ever the same.
    pub id: String,
    /// The day of the decision.
    pub day: Day,
    /// What it is about.
    pub subject: Subject,
    /// Which facet or part, where it is not the whole.
    pub of: Option<String>,
    /// What the subject was when it was decided: for the vocabulary its version, for the weights their fingerprint.
    pub fingerprint: Option<String>,
    /// What was decided, in plain sentences.
    pub decided: String,
    /// The role of those who proposed it.
    pub proposed_by: String,
    /// What was said against it.
    #[serde(default)]
    pub objections: Vec<String>,
    /// When it is looked at again.
    pub look_again: Day,
    /// What somebody had asked for.
    pub you_said: Option<String>,
    /// What was done about it.
    pub we_did: Option<String>,
    /// What could not be done about it.
    pub we_could_not: Option<String>,
    /// Why not.
    pub because: Option<String>,
    /// Who has looked at it, once they have.
    pub reviewed_by: Option<Review>,
    #[serde(skip)]
    sample: bool,
}

/// Real people with lived experience who have looked at a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "DecisionReview")]
pub struct Review {
    /// The role in which they did: never a name.
    pub role: String,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// How many they were.
    pub people: u32,
}

/// A day as the book has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl Entry {
    /// The decision as it is published on a day.
    pub fn seen_on(&self, today: NaiveDate) -> Decision {
        let status = match (&self.reviewed_by, self.sample) {
            (_, true) => "invented, to show how the directory works; nobody has proposed or reviewed it".to_owned(),
            (None, _) => STATUS.to_owned(),
            (Some(review), _) => {
                format!(
                    "reviewed by {} people with lived experience ({}) on {}",
                    review.people, review.role, review.day
                )
            }
        };
        Decision {
            id: self.id.clone(),
            day: self.day.0.to_string(),
            subject: self.subject,
            of: self.of.clone(),
            fingerprint: self.fingerprint.clone(),
            decided: self.decided.clone(),
            proposed_by: self.proposed_by.clone(),
            objections: self.objections.clone(),
            look_again: self.look_again.0.to_string(),
            overdue: self.look_again.0 < today,
            you_said: self.you_said.clone(),
            we_did: self.we_did.clone(),
            we_could_not: self.we_could_not.clone(),
            because: self.because.clone(),
            reviewed_by: self.reviewed_by.clone(),
            status,
            invented: self.sample,
        }
    }

    /// What is wrong with how it is written.
    #[cfg(test)]
    fn fault(&self) -> Option<&'static str> {
        let review = self.reviewed_by.as_ref();
        let day = review.map(|review| review.day.parse::<NaiveDate>());
        let answers = self.we_did.is_some() || self.we_could_not.is_some();
        [
            (self.look_again <= self.day, "it is looked at again before it is decided"),
            (self.decided.trim().is_empty() || self.proposed_by.trim().is_empty(), "it decides nothing"),
            (self.we_could_not.is_some() != self.because.is_some(), "what could not be done needs its reason"),
            (self.you_said.is_some() != answers, "what somebody said needs an answer, and an answer what was said"),
            (self.of.is_some() != matches!(self.subject, Subject::Facet | Subject::Wording), "a part has a name"),
            (self.sample && review.is_some(), "nobody reviews what is invented"),
            (day.is_some_and(|day| !day.is_ok_and(|day| day >= self.day.0)), "a review comes after, on a day"),
            (review.is_some_and(|review| review.people == 0 || review.role.trim().is_empty()), "a review has people"),
        ]
        .into_iter()
        .find_map(|(is_wrong, what)| is_wrong.then_some(what))
    }
}

fn read(text: &str, sample: bool) -> Vec<Entry> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        entry: Vec<Entry>,
    }
    let file: File = toml::from_str(text).expect("a test reads the compiled-in entries");
    let mut entries: Vec<Entry> = file.entry.into_iter().map(|entry| Entry { sample, ..entry }).collect();
    // Of one day, what is written last was decided last.
    entries.reverse();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.day));
    entries
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::vocabulary::Facet;

    #[test]
    fn every_entry_is_whole_and_none_claims_a_review_that_was_not() {
        let mut ids = HashSet::new();
        for entry in entries().iter().chain(sample_entries()) {
            assert_eq!(entry.fault(), None, "{}", entry.id);
            assert!(ids.insert(&entry.id), "{}", entry.id);
            if entry.subject == Subject::Facet {
                assert!(entry.of.as_deref().is_some_and(|of| Facet::from_word(of).is_some()), "{}", entry.id);
            }
            let seen = entry.seen_on(entry.day.0);
            let agreed = if entry.sample { "invented" } else { "not yet reviewed by people with lived experience" };
            assert!(entry.reviewed_by.is_some() || seen.status.contains(agreed), "{}", seen.status);
            assert!(!seen.overdue && entry.seen_on(NaiveDate::MAX).overdue);
        }
        let said = |entry: &&Entry| entry.you_said.is_some();
        assert_eq!(
            entries().iter().filter(said).count(),
            0,
            "nobody has been asked yet: such an entry needs real people"
        );
        assert!(sample_entries().iter().any(|entry| entry.we_did.is_some()));
        assert!(sample_entries().iter().any(|entry| entry.we_could_not.is_some()));
    }

    #[test]
    fn a_review_needs_its_day_and_how_many_they_were() {
        let written = |review: &str, more: &str| {
            let text = format!(
                "[[entry]]\nid = 'a'\nday = '2026-01-02'\nsubject = 'weights'\ndecided = 'x'\nproposed_by = 'y'\n\
                 look_again = '2026-02-02'\n{more}\n{review}"
            );
            let file: Result<toml::Table, _> = toml::from_str(&text);
            let entry: Result<Entry, _> = file.unwrap()["entry"][0].clone().try_into();
            entry.ok().map(|entry| entry.fault().is_none())
        };
        let review = |members: &str| written(&format!("[entry.reviewed_by]\n{members}"), "");
        assert_eq!(written("", ""), Some(true));
        assert_eq!(review("role = 'peer workers'\nday = '2026-01-20'\npeople = 6"), Some(true));
        assert_eq!(review("role = 'peer workers'\nday = '2026-01-20'"), None);
        assert_eq!(review("role = 'peer workers'\npeople = 6"), None);
        assert_eq!(review("role = 'peer workers'\nday = '2026-01-20'\npeople = 6\nnames = 'no'"), None);
        assert_eq!(review("role = 'peer workers'\nday = '2026-01-20'\npeople = 0"), Some(false));
        assert_eq!(
            review("role = 'peer workers'\nday = '2026-01-01'\npeople = 6"),
            Some(false),
            "before it was decided"
        );
        assert_eq!(review("role = 'peer workers'\nday = 'soon'\npeople = 6"), Some(false));
        assert_eq!(written("", "you_said = 'z'"), Some(false), "no answer");
        assert_eq!(written("", "you_said = 'z'\nwe_could_not = 'w'"), Some(false), "no reason");
        assert_eq!(written("", "of = 'need'"), Some(false));
    }

    #[test]
    fn the_newest_stands_first_and_of_one_day_the_last_written() {
        let text = |id: &str, day: &str| {
            format!(
                "[[entry]]\nid = '{id}'\nday = '{day}'\nsubject = 'weights'\ndecided = 'x'\nproposed_by = 'y'\nlook_again = '2027-02-02'\n"
            )
        };
        let book = [text("a", "2026-01-02"), text("b", "2026-03-02"), text("c", "2026-01-02")].concat();
        let ids: Vec<String> = read(&book, false).into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, ["b", "c", "a"]);
    }
}
