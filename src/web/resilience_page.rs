//! Which support is within reach of an area, for those who commission and connect. Asked by a POST, so that the area stands in
//! no address.

use std::collections::HashSet;

use askama::Template;

use super::chrome::Chrome;
use crate::{
    directory::resilience::{REACH, REACHES, ResilienceRequest},
    domain::{
        read::{Code, Violation},
        resilience::ResilienceAnswer,
        vocabulary::{Facet, vocabulary},
    },
};

/// The page, before or after it was asked.
#[derive(Template)]
#[template(path = "resilience.html")]
pub struct ResiliencePage {
    chrome: Chrome,
    asked: Asked,
    needs: Vec<(String, String)>,
    reaches: Vec<String>,
    /// The field and what to do.
    faults: Vec<(&'static str, &'static str)>,
    answer: Option<ResilienceAnswer>,
}

/// What was sent. It has no `Debug`.
#[derive(Clone)]
pub struct Asked {
    area: String,
    need: String,
    within_km: String,
}

impl Asked {
    /// What a form sent; names that it does not have are passed over.
    pub fn of(sent: &[(String, String)]) -> Self {
        let field = |name: &str| sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone());
        Self {
            area: field("area").unwrap_or_default(),
            need: field("need").unwrap_or_default(),
            within_km: field("within_km").unwrap_or_else(|| REACH.to_string()),
        }
    }

    /// The question. A distance that is no number is one that is not offered.
    pub fn request(&self) -> ResilienceRequest {
        ResilienceRequest {
            area: self.area.clone(),
            need: Some(self.need.clone()).filter(|need| !need.is_empty()),
            within_km: Some(self.within_km.parse().unwrap_or(0)),
        }
    }
}

impl ResiliencePage {
    /// The page that asks, without the needs that are held.
    pub fn asking(sample: bool, held: &HashSet<String>) -> Self {
        let offered = vocabulary().facet(Facet::Need).filter(|term| !held.contains(&term.id));
        let needs = offered.map(|term| (term.id.clone(), term.label.clone()));
        Self {
            chrome: Chrome::new("Support within reach", sample),
            asked: Asked::of(&[]),
            needs: needs.collect(),
            reaches: REACHES.iter().map(u32::to_string).collect(),
            faults: Vec::new(),
            answer: None,
        }
    }

    /// The same with what was sent and what to put right in it.
    #[must_use]
    pub fn with(mut self, asked: Asked, violations: &[Violation]) -> Self {
        let said = |violation: &Violation| match (violation.pointer.as_str(), violation.code) {
            ("/area", Code::Required) => ("area", "Say which area"),
            ("/area", _) => ("area", "Name a council, a county, a health board, a region or a nation"),
            ("/need", _) => ("need", "Choose one of the needs"),
            _ => ("within_km", "Choose one of the distances"),
        };
        self.chrome.title = "Error: something to put right".to_owned();
        self.faults = violations.iter().map(said).collect();
        self.asked = asked;
        self
    }

    /// The page with an answer.
    #[must_use]
    pub fn answering(self, asked: Asked, answer: ResilienceAnswer) -> Self {
        Self { asked, answer: Some(answer), ..self }
    }

    fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults.iter().find(|(of, _)| *of == field).map(|(_, message)| *message)
    }
}
