//! What was decided about words and order, for people: what is overdue first, and what reviewers have asked to be looked at.

use askama::Template;

use super::{chrome::Chrome, words};
use crate::domain::{
    hold::{HeldTerm, HoldCount},
    ledger::{Book, Decision, Subject, Weight},
    vocabulary::vocabulary,
};

/// The page of decisions.
#[derive(Template)]
#[template(path = "decisions.html")]
pub struct DecisionsPage {
    chrome: Chrome,
    vocabulary: String,
    weights: Vec<(String, String)>,
    overdue: Vec<Shown>,
    decisions: Vec<Shown>,
    held: Vec<String>,
    holds: Vec<String>,
}

/// A decision as the page shows it.
struct Shown {
    about: String,
    decision: Decision,
}

impl DecisionsPage {
    /// The page of a book.
    pub fn new(book: Book) -> Self {
        let holds = book.holds.unwrap_or_default();
        let shown = |decision: Decision| Shown { about: about(&decision), decision };
        let (overdue, decisions): (Vec<_>, Vec<_>) =
            book.decisions.into_iter().map(shown).partition(|shown| shown.decision.overdue);
        Self {
            chrome: Chrome::new("What was decided", book.sample),
            vocabulary: book.vocabulary,
            weights: book.weights.into_iter().map(in_words).collect(),
            overdue,
            decisions,
            held: holds.terms.iter().map(held).collect(),
            holds: holds.counts.iter().map(counted).collect(),
        }
    }
}

fn about(decision: &Decision) -> String {
    let what = match decision.subject {
        Subject::Vocabulary => "The words",
        Subject::Facet => "Words of one kind",
        Subject::Weights => "The order of results",
        Subject::Wording => "How it is said",
    };
    match &decision.of {
        Some(of) => format!("{what}: {}", of.replace('_', " ")),
        None => what.to_owned(),
    }
}

fn held(held: &HeldTerm) -> String {
    let label = vocabulary().term(&held.term).map_or(held.term.as_str(), |term| &term.label);
    let [since, until] = [&held.held.since, &held.held.until].map(|day| words::day(day));
    format!("“{label}”, because {}: since {since}, until {until}", held.held.says)
}

fn counted(count: &HoldCount) -> String {
    let days = |days: u32| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    format!(
        "{}, because {}: {} held now, {} ended; usually for {}, at most for {}",
        words::capitalised(count.about.label()),
        count.says,
        count.open,
        count.ended,
        days(count.days),
        days(count.longest_days)
    )
}

fn in_words(weight: Weight) -> (String, String) {
    let values: Vec<String> = weight.values.iter().map(f64::to_string).collect();
    (values.join(", "), weight.says)
}
