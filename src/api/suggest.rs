//! `GET|POST /v1/suggest`: what may be meant while somebody types.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{
    Tag,
    payload::Private,
    problem::{PlaceCandidate, Problem},
};
use crate::{
    directory::{Directory, suggest::MOST},
    domain::{answer::UnderstoodTerm, card::ListingKind},
};

/// The suggesting operations.
pub struct Suggest(pub Directory);

/// What may be meant.
#[derive(Debug, serde::Serialize, Object)]
pub struct SuggestAnswer {
    /// Terms of the vocabulary.
    pub terms: Vec<UnderstoodTerm>,
    /// Listings by name.
    pub listings: Vec<SuggestedListing>,
    /// Places.
    pub places: Vec<PlaceCandidate>,
}

/// A listing whose name may be meant.
#[derive(Debug, serde::Serialize, Object)]
pub struct SuggestedListing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ListingKind,
}

/// A beginning, as the body of a POST.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct SuggestRequest {
    /// What has been typed; at most 256 characters.
    q: String,
    /// The most of each sort, 1 to 10; 5 unless said otherwise.
    limit: Option<u32>,
}

#[OpenApi]
impl Suggest {
    /// Suggestions
    ///
    /// Terms, names of groups and organisations, and places that begin so.
    #[oai(path = "/v1/suggest", method = "get", tag = "Tag::Finding", operation_id = "suggest")]
    async fn get(
        &self,
        /// What has been typed; at most 256 characters.
        q: Query<String>,
        /// The most of each sort, 1 to 10; 5 unless said otherwise.
        limit: Query<Option<u32>>,
    ) -> Result<Private<SuggestAnswer>, Problem> {
        self.run(&q.0, limit.0).await
    }

    /// Suggestions, privately
    ///
    /// The same as the GET, so that nothing of it stands in an address.
    #[oai(path = "/v1/suggest", method = "post", tag = "Tag::Finding", operation_id = "suggestPrivately")]
    async fn post(&self, body: Json<SuggestRequest>) -> Result<Private<SuggestAnswer>, Problem> {
        self.run(&body.0.q, body.0.limit).await
    }
}

impl Suggest {
    async fn run(&self, text: &str, limit: Option<u32>) -> Result<Private<SuggestAnswer>, Problem> {
        let limit = limit.map_or(5, |limit| usize::try_from(limit).unwrap_or(MOST + 1));
        let _turn = self.0.turn().await?;
        let found = self.0.suggest(text, limit)?;
        let listings = found.listings.into_iter().map(|listing| SuggestedListing {
            id: listing.listing,
            name: listing.name,
            kind: ListingKind::from_word(&listing.kind).unwrap_or_default(),
        });
        let answer = SuggestAnswer {
            terms: found
                .terms
                .iter()
                .map(|term| UnderstoodTerm { id: term.id.clone(), label: term.label.clone() })
                .collect(),
            listings: listings.collect(),
            places: found.places.into_iter().map(PlaceCandidate::from).collect(),
        };
        Ok(Private::new(serde_json::to_vec(&answer).expect("names can be written").into()))
    }
}
