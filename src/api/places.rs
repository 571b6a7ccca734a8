//! `GET /v1/places`: what a place name may mean.

use poem_openapi::{Object, OpenApi, param::Query};

use super::{
    Tag,
    payload::Private,
    problem::{PlaceCandidate, Problem},
};
use crate::{
    directory::{request::LONGEST_PLACE, search},
    domain::read::{Code, Violation},
};

/// How many places are offered.
const MOST: usize = 10;

/// The gazetteer's operation.
pub struct Places;

/// Places that may be meant.
#[derive(Debug, serde::Serialize, Object)]
pub struct PlaceList {
    /// Best first.
    pub items: Vec<PlaceCandidate>,
}

#[OpenApi]
impl Places {
    /// Places by name
    ///
    /// Postcode sectors and districts, towns, authorities, counties, regions and nations whose name begins so.
    #[oai(path = "/v1/places", method = "get", tag = "Tag::Finding", operation_id = "listPlaces")]
    async fn list(
        &self,
        /// The name, or its beginning; at most 100 characters.
        q: Query<String>,
    ) -> Result<Private<PlaceList>, Problem> {
        if q.0.chars().count() > LONGEST_PLACE {
            return Err(Problem::invalid(vec![Violation::new("/q", Code::TooLong)]));
        }
        if q.0.trim().is_empty() {
            return Err(Problem::invalid(vec![Violation::new("/q", Code::Required)]));
        }
        let items = search::places(&q.0, MOST).into_iter().map(PlaceCandidate::from).collect();
        let json = serde_json::to_vec(&PlaceList { items }).expect("names can be written");
        Ok(Private::new(json.into()))
    }
}
