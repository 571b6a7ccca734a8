//! Whether words that somebody typed sound as if they, or somebody else, were in danger.
//!
//! It looks for the phrases of `phrases.toml`, where none fits weighs the words, and then what they speak of; nothing of the text is kept. It errs to the side of
//! offering help: lines to ring stand above results, never in their place.

use std::{fmt, sync::LazyLock};

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    CrisisLine,
    phrases::{Level, Phrases},
    spoken::spoken,
    weigh::weigh,
};

/// How urgent the words sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum UrgencyLevel {
    /// Somebody may be in danger: show all of `lines` before the results, and the results after them.
    Now,
    /// What is looked for is about something for which there are lines: say in one sentence, above the results, which.
    Topic,
    /// They do not.
    #[default]
    None,
}

/// What somebody may need a line for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Concern {
    /// A life is in danger, whatever the reason.
    Danger,
    /// Being hurt, threatened or controlled by somebody.
    Abuse,
    /// Sexual violence.
    SexualViolence,
    /// Being forced to work, to marry or to sell oneself.
    Exploitation,
    /// Thoughts of dying, or of somebody else's.
    Suicide,
    /// Hurting oneself.
    SelfHarm,
    /// Any other distress.
    Distress,
}

/// How urgent the words of a search sound, and which lines answer that. The results are the same.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_empty)]
pub struct Urgency {
    /// How urgent they sound.
    pub level: UrgencyLevel,
    /// What they sound to be about, the greatest danger first. Absent when the level is `none`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub about: Vec<Concern>,
    /// The words may also mean something harmless, as *cutting* does: offer both, the lines and the results.
    #[serde(default)]
    pub unclear: bool,
    /// The ids of the `crisis` lines that answer it, in the order in which to offer them: with `now` all of them, the
    /// emergency services and what the words are about first; with `topic` those about it. Absent when the level is `none`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub lines: Vec<String>,
}

/// It tells something of what was typed, so it prints nothing of it.
impl fmt::Debug for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Urgency { .. }")
    }
}

impl Urgency {
    /// How urgent a text sounds. No line is chosen yet.
    pub fn of(text: &str) -> Self {
        static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("phrases.toml")));
        let words = PHRASES.words(text);
        let mut spent = vec![false; words.len()];
        for fitting in PHRASES.fitting(Level::Harmless, &words, &vec![false; words.len()]) {
            spent[fitting.1].fill(true);
        }
        let immediate = PHRASES.is_immediate(&words);
        let study = PHRASES.has_one_of("study", &words);
        let long_ago = !immediate && PHRASES.is_long_ago(&words);
        let (mut now, mut topic, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_past = long_ago;
        if !PHRASES.has_one_of("today", &words) {
            let before = spent.clone();
            for (rule, fits) in PHRASES.fitting(Level::Past, &words, &before) {
                topic.extend(rule.about);
                spent[fits].fill(true);
                is_past = true;
            }
        }
        if long_ago {
            let before = spent.clone();
            for (rule, fits) in PHRASES.fitting(Level::Now, &words, &before).filter(|(rule, _)| rule.event) {
                topic.extend(rule.about);
                spent[fits].fill(true);
            }
        }
        for (rule, _) in PHRASES.fitting(Level::Now, &words, &spent) {
            if rule.other && study { &mut topic } else { &mut now }.extend(rule.about);
        }
        let mut said = spent.clone();
        for (rule, fits) in PHRASES.fitting(Level::Topic, &words, &spent) {
            said[fits].fill(true);
            let concerns = match (rule.event && immediate && !study, rule.unclear) {
                (true, _) => &mut now,
                (false, true) => &mut unclear,
                (false, false) => &mut topic,
            };
            concerns.extend(rule.about);
        }
        if now.is_empty() && !is_past && !PHRASES.has_one_of("seeks", &words) {
            now.extend(weigh(&PHRASES, &words, &spent, immediate));
        }
        if now.is_empty() && !is_past {
            now.extend(spoken(&words, &said));
        }
        let is_unclear = now.is_empty() && topic.is_empty() && !unclear.is_empty();
        let (level, mut about) = match (now.is_empty(), topic.is_empty() && unclear.is_empty()) {
            (false, _) => (UrgencyLevel::Now, now),
            (true, false) => (UrgencyLevel::Topic, if is_unclear { unclear } else { topic }),
            (true, true) => (UrgencyLevel::None, Vec::new()),
        };
        about.sort_unstable();
        about.dedup();
        Self { level, about, unclear: is_unclear, lines: Vec::new() }
    }

    /// The same with the lines that answer it, of those that are offered.
    #[must_use]
    pub fn answered_by<'a>(mut self, offered: impl Iterator<Item = &'a CrisisLine> + Clone) -> Self {
        let emergency = |line: &CrisisLine| line.about.contains(&Concern::Danger);
        let fits = |line: &CrisisLine| line.about.iter().any(|concern| self.about.contains(concern));
        let rank = |line: &CrisisLine| match self.level {
            UrgencyLevel::Now if emergency(line) => Some(0),
            UrgencyLevel::Now if fits(line) => Some(1),
            UrgencyLevel::Now => Some(2),
            UrgencyLevel::Topic => fits(line).then_some(0),
            UrgencyLevel::None => None,
        };
        // Who types is more likely to be grown up; the children's line is there all the same.
        let ranked = |line: &'a CrisisLine| Some(((rank(line)?, line.for_children), line.id.as_str()));
        let mut ranked: Vec<((u8, bool), &str)> = offered.filter_map(ranked).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        self.lines = ranked.into_iter().map(|(_, id)| id.to_owned()).collect();
        self
    }

    /// Whether anything is to be said.
    pub fn is_none(&self) -> bool {
        self.level == UrgencyLevel::None
    }
}

#[cfg(test)]
mod tests;
