//! Labels of imported terms, for the counts of an answer: the index counts ids, and the cards bear the labels.
//!
//! They are read from the cards themselves, so that nothing is told of a term that no published listing has; and
//! remembered until the view changes.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use kith_index::{FacetGroup, Query, Reader};
use serde::Deserialize;

use super::{Directory, body};
use crate::domain::{
    answer::TermCount,
    id::{Id, kind},
};

/// Labels by id, as of one sequence of the view.
#[derive(Debug, Default)]
pub struct Labels(Mutex<(u64, HashMap<String, String>)>);

impl Directory {
    /// The same counts, those of imported terms with their labels. A term keeps its id where no card tells its label.
    pub(super) fn labelled(&self, mut counts: Vec<TermCount>) -> Vec<TermCount> {
        let imported = |count: &TermCount| count.facet.is_none() && count.id.parse::<Id<kind::TaxonomyTerm>>().is_ok();
        if !counts.iter().any(imported) {
            return counts;
        }
        let hidden = self.view.hidden();
        let Ok(reader) = self.view.reader() else { return counts };
        let sequence = reader.payload().sequence;
        let mut labels = self.labels.of(sequence);
        let known = labels.len();
        for count in counts.iter_mut().filter(|count| imported(count)) {
            if !labels.contains_key(&count.id)
                && let Some(label) = label(&reader, &count.id, &hidden)
            {
                labels.insert(count.id.clone(), label);
            }
            if let Some(label) = labels.get(&count.id) {
                count.label.clone_from(label);
            }
        }
        if labels.len() > known {
            self.labels.keep(sequence, labels);
        }
        counts
    }
}

impl Labels {
    fn of(&self, sequence: u64) -> HashMap<String, String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 == sequence { known.1.clone() } else { HashMap::new() }
    }

    fn keep(&self, sequence: u64, labels: HashMap<String, String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 == sequence {
            known.1.extend(labels);
        } else {
            *known = (sequence, labels);
        }
    }
}

/// What a card that has the term calls it.
fn label(reader: &Reader, id: &str, hidden: &Arc<HashSet<String>>) -> Option<String> {
    #[derive(Deserialize)]
    struct Card<'a> {
        #[serde(borrow, default)]
        terms: Vec<Term<'a>>,
    }
    #[derive(Deserialize)]
    struct Term<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
        #[serde(borrow)]
        label: Cow<'a, str>,
    }
    let query = Query {
        facets: vec![FacetGroup::from(vec![id.to_owned()])],
        limit: 1,
        withdrawn: Arc::clone(hidden),
        ..Query::default()
    };
    let hits = reader.search(&query).ok()?;
    let card: Card<'_> = serde_json::from_slice(body::split(&hits.results.hits.first()?.body).0).ok()?;
    card.terms.into_iter().find(|term| term.id == id).map(|term| term.label.into_owned())
}
