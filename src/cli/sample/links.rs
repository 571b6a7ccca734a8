//! What the listings of the sample are to one another, as either side's record states it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{organization_id, service_id};

/// Every link of the sample, read once.
pub fn all() -> &'static [Link] {
    static LINKS: LazyLock<Vec<Link>> = LazyLock::new(|| {
        let files = [
            include_str!("links.toml"),
            include_str!("links_networks.toml"),
            include_str!("links_work.toml"),
            include_str!("links_tyne.toml"),
            include_str!("links_wales.toml"),
            include_str!("links_north.toml"),
            include_str!("links_nations.toml"),
        ];
        let read = |text: &str| toml::from_str::<File>(text).expect("the compiled-in links are read by a test").link;
        files.into_iter().flat_map(read).collect()
    });
    &LINKS
}

/// What the record of a slug states of others, as the member `links` of its extension; `None` when nothing.
///
/// A slug is a listing's, or an organisation's after `organization:` or `network:`.
pub fn stated_by(slug: &str, today: NaiveDate) -> Option<Value> {
    let first = all().iter().filter(|link| link.from == slug && (link.both || link.said_by == Speaker::From));
    let second = all().iter().filter(|link| link.to == slug && (link.both || link.said_by == Speaker::To));
    let links: Vec<Value> = first
        .map(|link| link.stated("to", &link.to, link.first.as_ref(), today))
        .chain(second.map(|link| link.stated("from", &link.from, link.second.as_ref(), today)))
        .collect();
    (!links.is_empty()).then_some(Value::Array(links))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    link: Vec<Link>,
}

/// A link between two listings, organisations or networks.
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
    /// What the first side says of how it works, in the words of our extension; see `extension`.
    pub first: Option<Value>,
    /// What the second side says of that.
    pub second: Option<Value>,
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
    fn stated(&self, place: &str, other: &str, terms: Option<&Value>, today: NaiveDate) -> Value {
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
        if let (Some(stated), Some(Value::Object(terms))) =
            (stated.as_object_mut(), terms.map(|terms| super::dated(terms, today)))
        {
            stated.extend(terms);
        }
        stated
    }
}
