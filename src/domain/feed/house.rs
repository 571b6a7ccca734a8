//! The house vocabulary as a taxonomy of the feed.

use std::sync::LazyLock;

use crate::domain::{
    taxonomy::{HOUSE_TAXONOMY, Taxonomy, TaxonomyTerm},
    vocabulary::{TAXONOMY_ID, Term, vocabulary},
};

/// The taxonomy that the house terms belong to.
pub fn taxonomy() -> Taxonomy {
    Taxonomy {
        id: TAXONOMY_ID,
        name: "Kith: support for people who live with trauma".to_owned(),
        description:
            "Needs, kinds of support, approaches, audiences, ways in, what a group says of how it keeps people \
            safe and heard, and what makes it possible to come."
                .to_owned(),
        uri: None,
        version: Some(vocabulary().version.to_owned()),
    }
}

/// The house terms as the feed shows them, in the order of their ids.
pub fn terms() -> &'static [TaxonomyTerm] {
    static TERMS: LazyLock<Vec<TaxonomyTerm>> = LazyLock::new(|| {
        let mut terms: Vec<TaxonomyTerm> = vocabulary().terms.iter().map(shown).collect();
        terms.sort_by_key(|term| term.id);
        terms
    });
    &TERMS
}

/// The house term of that code.
pub fn term(code: &str) -> Option<TaxonomyTerm> {
    vocabulary().term(code).map(shown)
}

fn shown(term: &Term) -> TaxonomyTerm {
    TaxonomyTerm {
        id: term.hsds_id(),
        name: term.label.clone(),
        description: term.description.clone(),
        code: Some(term.id.clone()),
        parent_id: term.broader.as_deref().and_then(|wider| vocabulary().term(wider)).map(Term::hsds_id),
        taxonomy: Some(HOUSE_TAXONOMY.to_owned()),
        language: Some("en".to_owned()),
        taxonomy_id: Some(TAXONOMY_ID),
        term_uri: None,
    }
}
