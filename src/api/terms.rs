//! `GET /v1/terms`: the vocabulary.

use poem_openapi::{
    Object, OpenApi,
    param::{Header, Query},
};

use super::{Tag, payload::Cached, problem::Problem};
use crate::{
    directory::Directory,
    domain::{
        hold::HeldTerm,
        vocabulary::{Facet, Term, values::DialoguePrinciple, vocabulary},
    },
};

/// The vocabulary's operation.
pub struct Terms(pub Directory);

/// The vocabulary, or one facet of it.
#[derive(Debug, serde::Serialize, Object)]
pub struct TermList {
    /// Changes when any term changes.
    pub version: String,
    /// The terms, facet by facet, without those that are held.
    pub terms: Vec<Term>,
    /// Terms of these facets that are not offered for now, because a reviewer has asked for them to be looked at. Listings
    /// that have them keep them, and words and filters go on finding them; do not offer them for choosing.
    pub held: Vec<HeldTerm>,
    /// The seven principles of Open Dialogue, which any listing may claim as it claims a marker; no terms, and asked for by
    /// `dialogue`. With the facet `marker`, or all.
    pub dialogue: Vec<Principle>,
}

/// A principle of Open Dialogue.
#[derive(Debug, serde::Serialize, Object)]
#[oai(rename = "DialoguePrinciple")]
pub struct Principle {
    /// The word that a claim names it by.
    pub id: String,
    /// What is shown, in plain English.
    pub label: String,
    /// What is shown, in Welsh; not yet checked by a Welsh speaker.
    pub label_cy: String,
}

impl From<DialoguePrinciple> for Principle {
    fn from(of: DialoguePrinciple) -> Self {
        Self { id: of.as_str().to_owned(), label: of.label().to_owned(), label_cy: of.label_cy().to_owned() }
    }
}

#[OpenApi]
impl Terms {
    /// The vocabulary
    ///
    /// Labels in English and Welsh, the words people type, and how far each term has been agreed.
    #[oai(path = "/v1/terms", method = "get", tag = "Tag::Knowing", operation_id = "listTerms")]
    async fn list(
        &self,
        /// Only this facet.
        facet: Query<Option<Facet>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<TermList>, Problem> {
        let wanted = |term: &&Term| facet.0.is_none_or(|facet| term.facet == facet);
        let mut held = self.0.holds().unwrap_or_default().terms;
        held.retain(|held| vocabulary().term(&held.term).is_some_and(|term| wanted(&term)));
        let offered = |term: &&Term| !held.iter().any(|held| held.term == term.id);
        let terms = vocabulary().terms.iter().filter(wanted).filter(offered).cloned().collect();
        let claimable = facet.0.is_none_or(|facet| facet == Facet::Marker);
        let dialogue = DialoguePrinciple::ALL.iter().filter(|_| claimable).map(|of| Principle::from(*of)).collect();
        let list = TermList { version: vocabulary().version.to_owned(), terms, held, dialogue };
        let json = serde_json::to_vec(&list).expect("terms can be written");
        Ok(Cached::new(json.into(), if_none_match.0.as_deref()))
    }
}
