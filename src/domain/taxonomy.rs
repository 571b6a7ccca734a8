//! Taxonomies, their terms, and the attributes that put a term on a record.

use super::{
    entry::Aggregate,
    id::{Id, kind},
    read::{NAME, TEXT, record},
    vocabulary::{Facet, vocabulary},
};

/// `taxonomy` of a term that belongs to the house vocabulary, by its `code`.
pub const HOUSE_TAXONOMY: &str = "kith";

/// `link_type` of an attribute whose value is the place mode of its service.
pub const PLACE_MODE_LINK: &str = "kith:place_mode";

/// Whether a word is [`PLACE_MODE_LINK`], however it is written: what is meant to protect must not fail for a capital.
pub fn is_place_mode_link(word: &str) -> bool {
    word.trim().eq_ignore_ascii_case(PLACE_MODE_LINK)
}

record! {
    /// A scheme of terms.
    Taxonomy, kind::Taxonomy;
    needed {
        /// Its name.
        name: String = required_text(NAME);
        /// What it is for; empty when the source did not say.
        description: String = text_or_empty(TEXT);
    }
    optional {
        /// A lasting identifier of it.
        uri: String = uri();
        /// Its version.
        version: String = text(NAME);
    }
    numbers {}
    lists {}
    apart {}
}

impl Aggregate for Taxonomy {
    type Kind = kind::Taxonomy;
    type Facts = ();

    fn id(&self) -> Id<kind::Taxonomy> {
        self.id
    }
}

record! {
    /// A term of a taxonomy. Its taxonomy is a record of its own.
    TaxonomyTerm, kind::TaxonomyTerm;
    needed {
        /// The term.
        name: String = required_text(NAME);
        /// What it means; empty when the source did not say.
        description: String = text_or_empty(TEXT);
    }
    optional {
        /// Its code in the taxonomy.
        code: String = text(NAME);
        /// The broader term.
        parent_id: Id<kind::TaxonomyTerm> = key();
        /// The taxonomy's name.
        taxonomy: String = text(NAME);
        /// The language of its name, ISO 639.
        language: String = text(NAME);
        /// The taxonomy.
        taxonomy_id: Id<kind::Taxonomy> = key();
        /// A lasting identifier of it.
        term_uri: String = uri();
    }
    numbers {}
    lists {}
    apart { "taxonomy_detail" }
}

impl Aggregate for TaxonomyTerm {
    type Kind = kind::TaxonomyTerm;
    type Facts = ();

    fn id(&self) -> Id<kind::TaxonomyTerm> {
        self.id
    }
}

record! {
    /// A term on a record.
    Attribute, kind::Attribute;
    needed {}
    optional {
        /// The record's id, as the source wrote it.
        link_id: String = text(NAME);
        /// The term.
        taxonomy_term_id: Id<kind::TaxonomyTerm> = key();
        /// What the term says of the record.
        link_type: String = text(NAME);
        /// The kind of the record.
        link_entity: String = text(NAME);
        /// The attribute's value, if it has one.
        value: String = text(TEXT);
        /// A label to show.
        label: String = text(NAME);
        /// The term itself.
        taxonomy_term: TaxonomyTerm = object();
    }
    numbers {}
    lists {}
    apart {}
}

/// The marker of how a group works that an attribute claims: a term of the house of that facet.
pub fn marker_of(attribute: &Attribute) -> Option<&'static str> {
    let term = attribute.taxonomy_term.as_ref().filter(|term| term.taxonomy.as_deref() == Some(HOUSE_TAXONOMY))?;
    let house = vocabulary().term(term.code.as_deref()?)?;
    (house.facet == Facet::Marker).then_some(house.id.as_str())
}
