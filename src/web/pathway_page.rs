//! The page that says how one could get from a listing to other support: chains of links that both sides say, with each
//! hand-over in words.

use askama::Template;

use super::{
    chrome::Chrome,
    facts::{self, own_page},
    form::AGE,
    view::{Card, Value},
    words,
};
use crate::{
    directory::pathways::PathwaysRequest,
    domain::{
        link::Terms,
        pathway::answer::{Pathway, PathwayEnd, PathwayStep, PathwaysAnswer},
        read::Violation,
        vocabulary::values::SupportLayer,
    },
};

/// The page, before or after it was sent.
#[derive(Template)]
#[template(path = "pathway.html")]
pub struct PathwayPage {
    chrome: Chrome,
    name: String,
    action: String,
    back: String,
    layer: String,
    age: String,
    /// The field and what to do.
    faults: Vec<(&'static str, &'static str)>,
    answer: Option<Ways>,
}

struct Ways {
    heading: String,
    /// What is to be known of the listing where they begin.
    warnings: Vec<String>,
    ways: Vec<Vec<StepView>>,
    none: Option<String>,
    cut: bool,
}

/// A step in words.
struct StepView {
    to: Value,
    in_words: String,
    facts: Vec<String>,
    /// What is to be known of the listing that one comes to.
    warnings: Vec<String>,
    limits: Vec<String>,
}

impl PathwayPage {
    /// The page that asks where to, from the listing of a card.
    pub fn asking(card: Card, sample: bool) -> Self {
        let back = own_page(&card.page_url);
        Self {
            chrome: Chrome::new("How to get from here to other support", sample),
            name: card.name,
            action: format!("{back}/pathway"),
            back,
            layer: String::new(),
            age: String::new(),
            faults: Vec::new(),
            answer: None,
        }
    }

    /// The same with what was sent.
    #[must_use]
    pub fn sent(self, layer: String, age: String) -> Self {
        Self { layer, age, ..self }
    }

    /// What the page asks of the directory for the listing of an id; an age that is no number is too old for any.
    pub fn request(&self, id: &str) -> PathwaysRequest {
        let age = self.age.trim();
        PathwaysRequest {
            from: Some(id.to_owned()),
            to_layer: Some(self.layer.clone()),
            age: (!age.is_empty()).then(|| age.parse().unwrap_or(u32::MAX)),
            ..PathwaysRequest::default()
        }
    }

    /// The same with what to put right.
    #[must_use]
    pub fn with(mut self, violations: &[Violation]) -> Self {
        let said = |violation: &Violation| match violation.pointer.as_str() {
            "/age" => ("age", AGE),
            _ => ("to_layer", "Choose where to"),
        };
        self.chrome.title = "Error: something to put right".to_owned();
        self.faults = violations.iter().map(said).collect();
        self
    }

    /// The same with the ways.
    #[must_use]
    pub fn answering(mut self, answer: &PathwaysAnswer) -> Self {
        let to = answer.to_layer.map(|layer| layer.label().to_lowercase()).unwrap_or_default();
        self.answer = Some(Ways {
            heading: match answer.pathways.len() {
                0 => format!("No way recorded from {} to: {to}", self.name),
                1 => format!("One way from {} to: {to}", self.name),
                number => format!("{number} ways from {} to: {to}", self.name),
            },
            warnings: warnings(&answer.from),
            ways: answer.pathways.iter().map(steps).collect(),
            none: answer.none.as_ref().map(|none| none.in_words.clone()),
            cut: answer.cut,
        });
        self
    }

    /// The layers that are offered, each with whether it was chosen.
    fn layers(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        let layers = SupportLayer::ALL.iter().filter(|layer| **layer != SupportLayer::Now);
        layers.map(|layer| (layer.as_str(), layer.label(), layer.as_str() == self.layer))
    }
}

fn steps(way: &Pathway) -> Vec<StepView> {
    way.steps.iter().map(step).collect()
}

fn step(step: &PathwayStep) -> StepView {
    let mut facts: Vec<String> = step.handover.iter().map(|way| way.label.clone()).collect();
    if !step.sends_people {
        facts.push("They belong together: ask somebody there to make the link".to_owned());
    }
    for (who, says) in [(&step.from.name, &step.says_from), (&step.to.name, &step.says_to)] {
        facts.extend(says.iter().flat_map(|says| said(who, says)));
    }
    facts.extend(step.reply_within_days.map(|days| match days {
        0 => format!("{} replies the same day", step.to.name),
        1 => format!("{} replies within a day", step.to.name),
        days => format!("{} replies within {days} days", step.to.name),
    }));
    facts.extend(step.accepting.map(|accepting| accepting.label().to_owned()));
    let weeks = step.wait.as_ref().and_then(|wait| wait.weeks_to.or(wait.weeks_from));
    facts.extend(weeks.map(|weeks| format!("The wait is up to {weeks} weeks")));
    StepView {
        to: Value {
            text: step.to.name.clone(),
            href: Some(own_page(&step.to.page_url)),
            note: Some(words::kind(step.to.kind).to_lowercase()),
        },
        in_words: step.in_words.clone(),
        facts: facts.iter().map(|fact| words::capitalised(fact)).collect(),
        warnings: warnings(&step.to),
        limits: step.limits.iter().map(|limit| words::capitalised(&limit.in_words)).collect(),
    }
}

/// That something of a listing may be wrong or is held, as its own page says it.
fn warnings(end: &PathwayEnd) -> Vec<String> {
    let mut warnings = facts::doubts(end.being_checked == Some(true), end.held.as_ref());
    warnings.extend(facts::held_terms(&end.held_terms));
    warnings
}

/// What one side says of how the link works; what it does not do stands among the limits.
fn said<'t>(who: &'t str, says: &'t Terms) -> impl Iterator<Item = String> + use<'t> {
    [
        ("says what it does", &says.does),
        ("on how you are handed over", &says.handover_note),
        ("on what is told about you", &says.information),
        ("on your consent", &says.consent),
        ("on what to do if it does not work", &says.escalation),
    ]
    .into_iter()
    .filter_map(move |(what, text)| Some(format!("{who} {what}: {}", text.as_deref()?)))
}
