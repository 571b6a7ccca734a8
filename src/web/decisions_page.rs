//! What was decided about words and order, for people: what is overdue first.

use askama::Template;

use super::chrome::Chrome;
use crate::domain::ledger::{Book, Decision, Subject, Weight};

/// The page of decisions.
#[derive(Template)]
#[template(path = "decisions.html")]
pub struct DecisionsPage {
    chrome: Chrome,
    vocabulary: String,
    weights: Vec<(String, String)>,
    overdue: Vec<Shown>,
    decisions: Vec<Shown>,
}

/// A decision as the page shows it.
struct Shown {
    about: String,
    decision: Decision,
}

impl DecisionsPage {
    /// The page of a book.
    pub fn new(book: Book) -> Self {
        let shown = |decision: Decision| Shown { about: about(&decision), decision };
        let (overdue, decisions): (Vec<_>, Vec<_>) =
            book.decisions.into_iter().map(shown).partition(|shown| shown.decision.overdue);
        Self {
            chrome: Chrome::new("What was decided", book.sample),
            vocabulary: book.vocabulary,
            weights: book.weights.into_iter().map(in_words).collect(),
            overdue,
            decisions,
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

fn in_words(weight: Weight) -> (String, String) {
    let values: Vec<String> = weight.values.iter().map(f64::to_string).collect();
    (values.join(", "), weight.says)
}
