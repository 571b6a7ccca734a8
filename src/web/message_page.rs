//! Pages for when there is nothing to show: in words a person can use, with the right status.

use askama::Template;
use poem::{Response, http::StatusCode};

use super::{chrome::Chrome, page, words};

/// What happened, and what to do.
pub struct Message {
    status: StatusCode,
    heading: &'static str,
    paragraphs: Vec<String>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    chrome: Chrome,
    message: &'a Message,
}

impl Message {
    /// What a status means here.
    pub fn of_status(status: StatusCode) -> Self {
        let (heading, paragraph) = match status {
            StatusCode::NOT_FOUND => (
                "There is no page at this address",
                "If you typed the address, look it over. If a link brought you here, the group or service may have been listed anew: search for it by name.",
            ),
            StatusCode::GONE => (
                "This listing has been taken down",
                "It was here before and is not shown any more: the group may have ended, moved, or asked not to be listed. Others may offer the same.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => ("That cannot be done at this address", "Begin again with a search."),
            StatusCode::PAYLOAD_TOO_LARGE => ("That was too long to read", "Search again with fewer words."),
            StatusCode::TOO_MANY_REQUESTS => {
                ("That is more than is taken at once", "Try again in ten minutes. If somebody is in danger, ring 999.")
            }
            StatusCode::SERVICE_UNAVAILABLE => ("The directory cannot answer at this moment", "Try again in a minute."),
            status if status.is_client_error() => ("We could not read what was sent", "Search again from the form."),
            _ => ("Something went wrong on our side", "It is nothing you did. Try again in a minute."),
        };
        Self { status, heading, paragraphs: vec![paragraph.to_owned()] }
    }

    /// The directory is being made ready; `of` is 0 while the whole is not known.
    pub fn not_ready(done: u64, of: u64) -> Self {
        let so_far = match of {
            0 => "The list of groups and services is being made ready.".to_owned(),
            of => format!("{} of {} listings are ready.", words::number(done.min(of)), words::number(of)),
        };
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            heading: "The directory is being made ready",
            paragraphs: vec![so_far, "Try again in a minute. The lines above answer now.".to_owned()],
        }
    }

    /// More ask than can be answered.
    pub fn busy() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            heading: "Many people are searching at this moment",
            paragraphs: vec![
                "Go back and send your search again in a few seconds. The lines above answer now.".to_owned(),
            ],
        }
    }

    /// The page, with its status.
    pub fn response(&self, sample: bool) -> Response {
        self.response_to("", sample)
    }

    /// The same for somebody who asked with these words.
    pub fn response_to(&self, words: &str, sample: bool) -> Response {
        page(self.status, &MessagePage { chrome: Chrome::asked_with(self.heading, sample, words), message: self })
    }
}
