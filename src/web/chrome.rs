//! What stands around every page: its title, the banner of the sample, and the lines to ring now.

use super::{links, view::Value};
use crate::domain::{
    crisis::{
        self, CrisisLine, NOT_CHECKED,
        urgency::{Concern, Urgency, UrgencyLevel},
    },
    listing::UNITED_KINGDOM,
};

/// The language that a form may ask for beside English.
pub const WELSH: &str = "cy";
/// The lines of which each nation has its own, that of Wales first.
const NATIONS_OWN: [&str; 4] = ["nhs-111-wales", "nhs-111-england", "nhs-24", "lifeline"];
/// How many lines are named in the sentence above the results.
const IN_A_SENTENCE: usize = 3;

/// The surroundings of a page.
pub struct Chrome {
    /// What happened, in words that tell nothing of what was looked for: titles go into histories.
    pub title: String,
    /// Whether the listings are invented.
    pub sample: bool,
    /// The lines shown at once.
    pub lines: Vec<Line>,
    /// The others, behind a summary.
    pub more_lines: Vec<Line>,
    /// Whether some line was never rung for this directory.
    pub unchecked: bool,
    /// Whether what was typed sounds as if somebody were in danger now.
    pub now: bool,
    /// Whether what is urgent is said in Welsh too: for a place in Wales, or who asks for it.
    pub welsh: bool,
    /// What to say above the results, where they are about something for which there are lines.
    pub topic: Option<Topic>,
}

/// Lines for what is looked for, in one sentence above the results.
pub struct Topic {
    /// The words may mean something else.
    pub unclear: bool,
    /// The first of them.
    pub lines: Vec<Line>,
}

/// A line to ring, text or sign to, as a page shows it.
pub struct Line {
    /// Its name.
    pub name: String,
    /// The ways to reach it.
    pub ways: Vec<Value>,
    /// When somebody answers; left out among the first lines where that is always.
    pub hours: Option<String>,
    /// Whom it is for; left out among the first lines, which are for anyone.
    pub who_for: Option<String>,
}

impl Chrome {
    /// Surroundings with the lines of the whole country.
    pub fn new(title: impl Into<String>, sample: bool) -> Self {
        Self::with_lines(title, sample, crisis::for_nation(UNITED_KINGDOM))
    }

    /// Surroundings for somebody who typed this, of whom no place is known.
    pub fn asked_with(title: impl Into<String>, sample: bool, words: &str) -> Self {
        let (lines, urgency) = crisis::offered_to(Some(words), UNITED_KINGDOM);
        Self::with_lines(title, sample, lines.iter().copied()).urgent(lines.iter().copied(), &urgency)
    }

    /// The same with the lines that answer an urgency first: all of them, or a sentence above the results.
    #[must_use]
    pub fn urgent<'a>(mut self, lines: impl IntoIterator<Item = &'a CrisisLine>, urgency: &Urgency) -> Self {
        let lines: Vec<&CrisisLine> = lines.into_iter().collect();
        let by_id = |id: &String| lines.iter().copied().find(|line| line.id == *id);
        let ordered = urgency.lines.iter().filter_map(by_id);
        match urgency.level {
            UrgencyLevel::Now => {
                let fits = |line: &&CrisisLine| {
                    line.about.iter().any(|concern| *concern == Concern::Danger || urgency.about.contains(concern))
                };
                let (first, more): (Vec<&CrisisLine>, Vec<_>) = ordered.partition(fits);
                self.now = true;
                self.lines = first.into_iter().map(|line| shown(line, false)).collect();
                self.more_lines = more.into_iter().map(|line| shown(line, false)).collect();
            }
            UrgencyLevel::Topic => {
                let lines: Vec<Line> = ordered.take(IN_A_SENTENCE).map(|line| shown(line, true)).collect();
                self.topic = (!lines.is_empty()).then_some(Topic { unclear: urgency.unclear, lines });
            }
            UrgencyLevel::None => {}
        }
        self
    }

    /// The same in Welsh too, where that language was asked for.
    #[must_use]
    pub fn in_language(mut self, asked: &str) -> Self {
        self.welsh |= asked == WELSH;
        self
    }

    /// Surroundings with the lines of one nation.
    pub fn with_lines<'a>(
        title: impl Into<String>,
        sample: bool,
        lines: impl IntoIterator<Item = &'a CrisisLine>,
    ) -> Self {
        let (first, more): (Vec<&CrisisLine>, Vec<_>) = lines.into_iter().partition(|line| comes_first(&line.id));
        // Every nation has its own number here; where there is none but that of Wales, the place is there.
        let mut nations = first.iter().filter(|line| NATIONS_OWN.contains(&&*line.id));
        let welsh = nations.next().is_some_and(|line| line.id == NATIONS_OWN[0]) && nations.next().is_none();
        Self {
            title: title.into(),
            sample,
            unchecked: first.iter().chain(&more).any(|line| line.note == NOT_CHECKED),
            lines: first.into_iter().map(|line| shown(line, true)).collect(),
            more_lines: more.into_iter().map(|line| shown(line, false)).collect(),
            now: false,
            welsh,
            topic: None,
        }
    }
}

/// For any trouble, at any hour: what a frightened reader should not have to look for.
fn comes_first(id: &str) -> bool {
    matches!(id, "999" | "samaritans" | "shout" | "lifeline" | "nhs-24") || id.starts_with("nhs-111")
}

/// A line as a page shows it; `short` leaves out what goes without saying of the first ones.
pub fn shown(line: &CrisisLine, short: bool) -> Line {
    let mut ways = Vec::new();
    if let Some(number) = &line.phone {
        ways.push(Value { text: number.clone(), href: links::tel(number), note: line.phone_note.clone() });
    } else if let Some(note) = &line.phone_note {
        ways.push(Value { text: note.clone(), href: links::web(&line.url), note: None });
    }
    if let Some(text) = &line.text {
        let says = match &text.word {
            Some(word) => format!("text {word} to {}", text.number),
            None => format!("text {}", text.number),
        };
        ways.push(Value { text: says, href: None, note: text.note.clone() });
    }
    Line {
        name: line.name.clone(),
        ways,
        hours: (!short || line.hours != "Day and night").then(|| line.hours.clone()),
        who_for: (!short).then(|| line.who_for.trim_end_matches('.').to_owned()),
    }
}
