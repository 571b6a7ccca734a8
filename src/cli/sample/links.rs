//! What the listings of the sample are to one another, as either side's record states it.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{organization_id, service_id};

/// Every link of the sample, read once.
pub fn all() -> &'static [Link] {
    static LINKS: LazyLock<Vec<Link>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("links.toml")).expect("the compiled-in links are read by a test");
        file.link
    });
    &LINKS
}

/// What the record of a slug states of others, as the member `links` of its extension; `None` when nothing.
///
/// A slug is a listing's, or an organisation's after `organization:` or `network:`.
pub fn stated_by(slug: &str) -> Option<Value> {
    let first = all().iter().filter(|link| link.from == slug && (link.both || link.said_by == Speaker::From));
    let second = all().iter().filter(|link| link.to == slug && (link.both || link.said_by == Speaker::To));
    let links: Vec<Value> = first
        .map(|link| link.stated("to", &link.to))
        .chain(second.map(|link| link.stated("from", &link.from)))
        .collect();
    (!links.is_empty()).then_some(Value::Array(links))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    link: Vec<Link>,
}

/// A link between two listings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The slug of the first side.
    pub from: String,
    /// What the first side is to the second: a word of `Relationship`.
    pub is: String,
    /// The slug of the second side.
    pub to: String,
    /// Whether both sides say so.
    #[serde(default)]
    pub both: bool,
    /// Who says so, if not both.
    #[serde(default)]
    pub said_by: Speaker,
    /// Whether it is no longer so.
    #[serde(default)]
    pub over: bool,
    /// What else there is to know.
    pub note: Option<String>,
}

/// One side of a link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The first.
    #[default]
    From,
    /// The second.
    To,
}

impl Link {
    /// As the side states it that is not `other`; `place` is where the other stands.
    fn stated(&self, place: &str, other: &str) -> Value {
        let side = match other.split_once(':') {
            Some((_, slug)) => json!({ "organization_id": organization_id(slug) }),
            None => json!({ "service_id": service_id(other) }),
        };
        let mut stated = json!({ "relationship": self.is, place: side });
        if self.over {
            stated["state"] = json!("lapsed");
        }
        // The side that gives the note is the first that speaks.
        if let Some(note) = self.note.as_ref().filter(|_| place == "to" || self.said_by == Speaker::To) {
            stated["note"] = json!(note);
        }
        stated
    }
}
