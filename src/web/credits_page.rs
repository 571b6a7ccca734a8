//! Whose data the pages are made of, with the licences.

use askama::Template;

use super::chrome::Chrome;
use crate::directory::credits::{self, Credit};

/// The page of credits.
#[derive(Template)]
#[template(path = "credits.html")]
pub struct CreditsPage {
    chrome: Chrome,
    credits: Vec<Credit>,
    standing: Vec<String>,
}

impl CreditsPage {
    /// The page; `sample` when the listings are invented.
    pub fn new(sample: bool) -> Self {
        Self {
            chrome: Chrome::new("Credits", sample),
            credits: credits::credits(),
            standing: credits::standing(sample),
        }
    }
}
