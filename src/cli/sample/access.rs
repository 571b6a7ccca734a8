//! What the listings of the sample answer about access: yes, no or on request, with a note and the day of asking.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{child, listings::Listing, service_id};
use crate::domain::{
    access::{ACCESS_LINK, AccessAnswer, AccessFact},
    taxonomy::HOUSE_TAXONOMY,
    vocabulary::{Facet, vocabulary},
};

/// Answers by listing and by term, each a word and perhaps a note.
type Answers = BTreeMap<String, BTreeMap<String, String>>;

/// Every answer that has more to say than that something is there, read once.
pub fn answers() -> &'static Answers {
    static ANSWERS: LazyLock<Answers> = LazyLock::new(|| {
        toml::from_str(include_str!("access.toml")).expect("the compiled-in answers are read by a test")
    });
    &ANSWERS
}

/// What a listing answers, as attributes: what its file says, and a yes for its other terms of access.
///
/// A listing that has said nothing of what one needs to decide has its terms of access without a day, as a plain term.
pub fn attributes(listing: &Listing, asked: NaiveDate) -> Vec<Value> {
    let own = answers().get(&listing.slug);
    let stated = own.into_iter().flatten().filter_map(|(term, said)| {
        let (word, note) = said.split_once(' ').map_or((said.as_str(), None), |(word, note)| (word, Some(note)));
        Some((term.as_str(), AccessAnswer::from_word(word)?, note))
    });
    let has_own = |term: &str| own.is_some_and(|own| own.contains_key(term));
    let plain = listing.terms.iter().filter(|term| answers_by_itself(listing, term) && !has_own(term));
    let plain = plain.map(|term| (term.as_str(), AccessAnswer::Yes, None));
    stated.chain(plain).filter_map(|(term, answer, note)| attribute(listing, term, answer, note, asked)).collect()
}

/// Whether a term of a listing is an answer about access that was given on a day.
pub fn answers_by_itself(listing: &Listing, term: &str) -> bool {
    listing.come.is_some() && vocabulary().term(term).is_some_and(|term| term.facet == Facet::Access)
}

fn attribute(
    listing: &Listing,
    term: &str,
    answer: AccessAnswer,
    note: Option<&str>,
    asked: NaiveDate,
) -> Option<Value> {
    let id = service_id(&listing.slug);
    let house = vocabulary().term(term)?;
    let fact = AccessFact { term: term.to_owned(), answer, note: None, date: Some(asked.to_string()) };
    let mut attribute = json!({
        "id": child(id, &format!("access/{term}")), "link_id": id, "link_entity": "service",
        "link_type": ACCESS_LINK, "value": fact.value(), "taxonomy_term_id": house.hsds_id(),
        "taxonomy_term": {
            "id": house.hsds_id(), "code": house.id, "name": house.label, "description": house.description,
            "taxonomy": HOUSE_TAXONOMY, "language": "en",
        },
    });
    if let Some(note) = note {
        attribute["label"] = json!(note);
    }
    Some(attribute)
}
