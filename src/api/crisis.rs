//! `GET /v1/crisis`: lines to ring or text now. Compiled in: it answers with store and view down.

use poem_openapi::{
    Object, OpenApi,
    param::{Header, Query},
};

use super::{Tag, payload::Cached, problem::Problem};
use crate::domain::crisis::{self, CrisisLine, Nation};

/// The crisis operation.
pub struct Crisis;

/// Lines to ring or text now.
#[derive(Debug, serde::Serialize, Object)]
pub struct CrisisLines {
    /// In the order in which to offer them.
    pub lines: Vec<CrisisLine>,
}

#[OpenApi]
impl Crisis {
    /// Lines to ring or text now
    #[oai(path = "/v1/crisis", method = "get", tag = "Tag::Knowing", operation_id = "listCrisisLines")]
    async fn list(
        &self,
        /// Only lines that serve this nation.
        nation: Query<Option<Nation>>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<CrisisLines>, Problem> {
        let lines = match nation.0 {
            Some(nation) => crisis::for_nation(nation.code()).into_iter().cloned().collect(),
            None => crisis::lines().to_vec(),
        };
        let json = serde_json::to_vec(&CrisisLines { lines }).expect("lines can be written");
        Ok(Cached::new(json.into(), if_none_match.0.as_deref()))
    }
}
