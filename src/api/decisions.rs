//! `GET /v1/decisions`: what was decided about words and order, and by whom.

use poem_openapi::{OpenApi, param::Header};

use super::{Tag, payload::Cached, problem::Problem};
use crate::{directory::Directory, domain::ledger::Book};

/// The operation on decisions.
pub struct Decisions(pub Directory);

#[OpenApi]
impl Decisions {
    /// Decisions
    ///
    /// What has been decided about words, wording and order, who proposed it by role, what was said against it and when it is looked at again;
    /// and every number that decides what is found first. An entry says how far it has been agreed.
    #[oai(path = "/v1/decisions", method = "get", tag = "Tag::Knowing", operation_id = "listDecisions")]
    async fn list(
        &self,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Book>, Problem> {
        let json = serde_json::to_vec(&self.0.decisions()).expect("a book has only words and numbers");
        Ok(Cached::new(json.into(), if_none_match.0.as_deref()))
    }
}
