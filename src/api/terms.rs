//! `GET /v1/terms`: the vocabulary.

use poem_openapi::{
    Object, OpenApi,
    param::{Header, Query},
};

use super::{Tag, payload::Cached, problem::Problem};
use crate::domain::vocabulary::{Facet, Term, vocabulary};

/// The vocabulary's operation.
pub struct Terms;

/// The vocabulary, or one facet of it.
#[derive(Debug, serde::Serialize, Object)]
pub struct TermList {
    /// Changes when any term changes.
    pub version: String,
    /// The terms, facet by facet.
    pub terms: Vec<Term>,
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
        let terms = vocabulary().terms.iter().filter(wanted).cloned().collect();
        let list = TermList { version: vocabulary().version.to_owned(), terms };
        let json = serde_json::to_vec(&list).expect("terms can be written");
        Ok(Cached::new(json.into(), if_none_match.0.as_deref()))
    }
}
