//! What may be meant while somebody types: terms, names of groups and organisations, places.

use std::collections::HashSet;

use kith_index::{Query, Reader, Suggestion};

use super::{Candidate, Directory, Error, Result, request::LONGEST_WORDS, search};
use crate::domain::{
    read::{Code, Violation},
    vocabulary::{Term, vocabulary},
};

/// The most suggestions of each sort.
pub const MOST: usize = 10;

/// What may be meant.
pub struct Suggestions {
    /// Terms whose label or synonym begins so, or has a word that does.
    pub terms: Vec<&'static Term>,
    /// Listings whose name has these words.
    pub listings: Vec<Suggestion>,
    /// Places whose name begins so.
    pub places: Vec<Candidate>,
}

impl Directory {
    /// Suggests what a beginning may become; at most `limit` of each sort.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is empty or too long, [`Error::NotReady`], [`Error::View`].
    pub fn suggest(&self, text: &str, limit: usize) -> Result<Suggestions> {
        let fault = |pointer: &str, code| Err(Error::Invalid(vec![Violation::new(pointer, code)]));
        if text.trim().is_empty() {
            return fault("/q", Code::Required);
        }
        if text.chars().count() > LONGEST_WORDS {
            return fault("/q", Code::TooLong);
        }
        if limit == 0 || limit > MOST {
            return fault("/limit", Code::OutOfRange);
        }
        let hidden = self.view.hidden();
        let listings = self.view.reader()?.suggest(text, limit, &hidden)?;
        let terms = terms(text, limit, &self.view.held_terms());
        Ok(Suggestions { terms, listings, places: search::places(text, limit) })
    }
}

/// What was typed with slips put right: by the words of the vocabulary, then by those of names in the view.
///
/// # Errors
/// [`Error::View`].
pub(super) fn respelt(reader: &Reader, query: &Query, text: &str) -> Result<Option<String>> {
    let known = vocabulary().respelt(text);
    let further = reader.respell(known.as_deref().unwrap_or(text), &query.withdrawn)?;
    Ok(further.or(known))
}

/// Labels that begin so first, then synonyms that do, then labels with a word that does. What is held is not offered.
fn terms(text: &str, limit: usize, held: &HashSet<String>) -> Vec<&'static Term> {
    let asked = text.trim().to_lowercase();
    let begins = |phrase: &str| phrase.to_lowercase().starts_with(&asked);
    let rank = |term: &Term| {
        if begins(&term.label) || begins(&term.label_cy) {
            Some(0)
        } else if term.synonyms.iter().any(|phrase| begins(phrase)) {
            Some(1)
        } else {
            term.label.to_lowercase().split(' ').any(|word| word.starts_with(&asked)).then_some(2)
        }
    };
    let offered = vocabulary().terms.iter().filter(|term| !held.contains(&term.id));
    let mut found: Vec<(u8, &Term)> = offered.filter_map(|term| Some((rank(term)?, term))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(limit).map(|(_, term)| term).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::terms;

    #[test]
    fn terms_are_suggested_by_what_people_begin_to_type() {
        let ids = |text| terms(text, 5, &HashSet::new()).into_iter().map(|term| term.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids("berea").first(), Some(&"bereavement"));
        assert!(ids("grie").contains(&"bereavement"));
        assert!(ids("Profed").contains(&"bereavement"));
        assert_eq!(ids("zzz"), Vec::<&str>::new());
        assert!(terms("a", 3, &HashSet::new()).len() == 3);
        let held = HashSet::from(["bereavement".to_owned()]);
        assert!(terms("berea", 5, &held).iter().all(|term| term.id != "bereavement"));
    }
}
