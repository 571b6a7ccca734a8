//! What a listing says about access: for each `access` term yes, no, on request or nothing.
//!
//! ```json
//! {"link_type": "kith:access", "value": "on_request 2026-10-04", "label": "Ring by Monday",
//!  "taxonomy_term": {"taxonomy": "kith", "code": "bsl-interpreter"}}
//! ```
//! An attribute whose answer cannot be read says nothing: access is never guessed.

use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

use super::{
    plain,
    read::forms,
    taxonomy::{Attribute, HOUSE_TAXONOMY},
    vocabulary::{Facet, Term, vocabulary},
};

/// `link_type` of an attribute that answers an `access` term.
pub const ACCESS_LINK: &str = "kith:access";

/// One thing that a listing says about access. A term without a fact is not stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AccessFact {
    /// The id of the `access` term: `step-free`.
    pub term: String,
    /// Whether it is so.
    pub answer: AccessAnswer,
    /// What else there is to know, in the listing's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The day on which it was last known to be so, `YYYY-MM-DD`; absent when not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// What a listing answers about one `access` term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum AccessAnswer {
    /// It is there.
    Yes,
    /// It is not there.
    No,
    /// It is there if asked for beforehand.
    OnRequest,
}

impl AccessAnswer {
    /// All answers.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::OnRequest];

    /// The word used in the API and in attributes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::OnRequest => "on_request",
        }
    }

    /// The answer of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
}

impl AccessFact {
    /// What an attribute says about access.
    ///
    /// `None` when its term is not an `access` term of the house, or when its link is
    /// [`ACCESS_LINK`] and its value is no answer. The term under any other link is a plain yes.
    pub fn of(attribute: &Attribute) -> Option<Self> {
        let term = access_term(attribute)?.id.clone();
        if attribute.link_type.as_deref() != Some(ACCESS_LINK) {
            return Some(Self { term, answer: AccessAnswer::Yes, note: None, date: None });
        }
        let mut words = attribute.value.as_deref()?.split_whitespace();
        let answer = AccessAnswer::from_word(words.next()?)?;
        let date = match words.next() {
            Some(day) => Some(forms::date(day)?),
            None => None,
        };
        if words.next().is_some() {
            return None;
        }
        let note = attribute.label.as_deref().map(plain::line).filter(|note| !note.is_empty());
        Some(Self { term, answer, note, date })
    }

    /// All that a record says about access, one fact a term, in the order of the vocabulary.
    ///
    /// Of two facts on one term the one under [`ACCESS_LINK`] counts, then the later one, then the first.
    pub fn all_of(attributes: &[Attribute]) -> Vec<Self> {
        let weight = |attribute: &Attribute, fact: &Self| (is_answer(attribute), fact.date.clone());
        let facts: Vec<_> =
            attributes.iter().filter_map(|a| Self::of(a).map(|fact| (weight(a, &fact), fact))).collect();
        let best = |term: &Term| {
            let of_term = facts.iter().filter(|(_, fact)| fact.term == term.id);
            // `max_by` takes the last of equals, so the order is turned round.
            of_term.rev().max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, fact)| fact.clone())
        };
        vocabulary().facet(Facet::Access).filter_map(best).collect()
    }

    /// The value of the attribute that says this.
    pub fn value(&self) -> String {
        match &self.date {
            Some(date) => format!("{} {date}", self.answer.as_str()),
            None => self.answer.as_str().to_owned(),
        }
    }
}

fn is_answer(attribute: &Attribute) -> bool {
    attribute.link_type.as_deref() == Some(ACCESS_LINK)
}

fn access_term(attribute: &Attribute) -> Option<&'static Term> {
    let term = attribute.taxonomy_term.as_ref().filter(|term| term.taxonomy.as_deref() == Some(HOUSE_TAXONOMY))?;
    vocabulary().term(term.code.as_deref()?).filter(|term| term.facet == Facet::Access)
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::ToJSON;
    use serde_json::{Value, json};

    use super::{AccessAnswer, AccessFact};
    use crate::domain::{read::read, taxonomy::Attribute};

    fn attribute(code: &str, link: &str, value: Value, label: Value) -> Attribute {
        let record = json!({
            "id": "ac148810-d857-441c-9679-408f346de14b", "link_type": link, "value": value, "label": label,
            "taxonomy_term": {
                "id": "ac148810-d857-441c-9679-408f346de14c", "name": "A", "taxonomy": "kith", "code": code,
            },
        });
        let (record, faults) = read(record.as_object().unwrap());
        record.unwrap_or_else(|| panic!("{faults:?}"))
    }

    fn answered(code: &str, value: &str) -> Attribute {
        attribute(code, "kith:access", value.into(), Value::Null)
    }

    #[test]
    fn each_answer_is_read_with_its_note_and_day_and_written_again() {
        for (value, answer) in AccessAnswer::ALL.map(|answer| (answer.as_str(), answer)) {
            let fact = AccessFact::of(&answered("quiet-room", value)).unwrap();
            assert_eq!(
                (fact.answer, fact.note.clone(), fact.date.clone(), fact.value().as_str()),
                (answer, None, None, value)
            );
            assert_eq!(answer.to_json(), Some(value.into()));
        }
        let written = "on_request 2026-10-04";
        let noted = attribute("bsl-interpreter", "kith:access", written.into(), "Ring by <b>Monday</b>".into());
        let fact = AccessFact::of(&noted).unwrap();
        let json =
            json!({"term": "bsl-interpreter", "answer": "on_request", "note": "Ring by Monday", "date": "2026-10-04"});
        assert_eq!((serde_json::to_value(&fact).unwrap(), fact.to_json()), (json.clone(), Some(json)));
        assert_eq!(fact.value(), written);
    }

    #[test]
    fn what_cannot_be_read_is_not_stated() {
        for value in ["", "maybe", "YES", "yes 04/10/2026", "yes 2026-13-01", "yes 2026-10-04 or so", "not_stated"] {
            assert_eq!(AccessFact::of(&answered("step-free", value)), None, "{value}");
        }
        assert_eq!(AccessFact::of(&answered("bereavement", "yes")), None, "no access term");
        assert_eq!(AccessFact::of(&answered("unheard-of", "yes")), None);
        let mut foreign = answered("step-free", "yes");
        foreign.taxonomy_term.as_mut().unwrap().taxonomy = Some("esd".to_owned());
        assert_eq!(AccessFact::of(&foreign), None, "another taxonomy's code");
        let mut bare = answered("step-free", "yes");
        bare.taxonomy_term = None;
        assert_eq!(AccessFact::of(&bare), None);
    }

    #[test]
    fn one_fact_a_term_the_answer_before_the_plain_term_and_the_later_day_first() {
        let plain = |code| attribute(code, "kith:term", Value::Null, Value::Null);
        let said = |attributes: &[Attribute]| -> Vec<String> {
            AccessFact::all_of(attributes).iter().map(|fact| format!("{} {}", fact.term, fact.value())).collect()
        };
        assert_eq!(said(&[plain("hearing-loop"), plain("step-free")]), ["step-free yes", "hearing-loop yes"]);
        assert_eq!(said(&[plain("step-free"), answered("step-free", "no")]), ["step-free no"]);
        assert_eq!(
            said(&[
                answered("creche", "yes 2026-09-01"),
                answered("creche", "no 2026-10-01"),
                answered("creche", "yes")
            ]),
            ["creche no 2026-10-01"]
        );
        assert_eq!(said(&[answered("creche", "no"), answered("creche", "yes")]), ["creche no"], "the first of equals");
        assert_eq!(said(&[]), [""; 0]);
    }
}
