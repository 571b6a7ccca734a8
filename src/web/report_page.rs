//! The page on which anyone says that something of a listing is wrong, and the one that answers with a code.

use askama::Template;

use super::{chrome::Chrome, view::Card};
use crate::{
    directory::reports::NewReport,
    domain::{
        read::{Code, Violation},
        report::{Barrier, Reason},
    },
};

/// The page, before or after it was sent.
#[derive(Template)]
#[template(path = "report.html")]
pub struct ReportPage {
    chrome: Chrome,
    name: String,
    action: String,
    back: String,
    reasons: Vec<(&'static str, &'static str)>,
    barriers: Vec<(&'static str, &'static str)>,
    reason: String,
    barrier: String,
    since: String,
    text: String,
    /// The field and what to do.
    faults: Vec<(&'static str, &'static str)>,
    /// The code, when it has been received.
    code: Option<String>,
}

impl ReportPage {
    /// The page that asks about the listing of a card.
    pub fn asking(card: Card, sample: bool) -> Self {
        Self {
            chrome: Chrome::new("Say that something is wrong", sample),
            name: card.name,
            action: card.report_url,
            back: card.page_url,
            reasons: Reason::ALL.iter().map(|reason| (reason.as_str(), reason.label())).collect(),
            barriers: Barrier::ALL.iter().map(|barrier| (barrier.as_str(), barrier.label())).collect(),
            reason: String::new(),
            barrier: String::new(),
            since: String::new(),
            text: String::new(),
            faults: Vec::new(),
            code: None,
        }
    }

    /// The same with what was sent and what to put right in it.
    #[must_use]
    pub fn with(mut self, sent: &NewReport, text: String, violations: &[Violation]) -> Self {
        let said = |violation: &Violation| match (violation.pointer.as_str(), violation.code) {
            ("/text", Code::Conflict) => ("text", "Write nothing here: how it went for somebody is told without words"),
            ("/text", _) => ("text", "Use at most 500 characters"),
            ("/barrier", Code::Conflict) => ("barrier", "Leave this open, unless somebody was not eligible"),
            ("/barrier", _) => ("barrier", "Choose why they were not eligible"),
            ("/since", Code::Conflict) => ("since", "Leave this empty, unless somebody is waiting"),
            ("/since", _) => ("since", "Write the month since which they are waiting, such as 2026-03"),
            _ => ("reason", "Choose what is wrong"),
        };
        self.chrome.title = "Error: something to put right".to_owned();
        self.faults = violations.iter().map(said).collect();
        let stated = |value: &Option<String>| value.clone().unwrap_or_default();
        (self.reason, self.text) = (sent.reason.clone(), text);
        (self.barrier, self.since) = (stated(&sent.barrier), stated(&sent.since));
        self
    }

    /// The page that gives the code.
    #[must_use]
    pub fn received(mut self, code: &str) -> Self {
        self.chrome.title = "Received".to_owned();
        self.code = Some(code.to_owned());
        self
    }
}
