//! `GET|POST /v1/resources`, `GET /v1/resources/{id}`: what is kept for those who support people.
//!
//! It is the search, of resources alone: their words of closed lists filter, and no place does, for they have none.

use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
};

use super::{
    Tag,
    listings::one,
    payload::{Cached, Private},
    problem::Problem,
};
use crate::{
    directory::{Directory, read::Family, request::SearchRequest},
    domain::{
        answer::SearchAnswer,
        card::{Listing, ListingKind},
        marked::Marked,
    },
};

/// The operations on resources for practice.
pub struct Resources(pub Directory);

/// What is looked for among resources, as the body of a POST; the members are those of the GET.
#[derive(Debug, Default, Object)]
#[oai(default)]
pub struct ResourcesRequest {
    /// Words; at most 256 characters.
    #[oai(validator(max_length = 256))]
    q: Option<String>,
    /// `shared_principles`, `role_clarity`, `training`, `supervision`, `ethics`, `linking_work`, `open_dialogue`, `worker_support`; any of them.
    resource_type: Option<Vec<String>>,
    /// `informed`, `skilled`, `enhanced`, `specialist`; any of them.
    level: Option<Vec<String>>,
    /// `peer_worker`, `social_worker`, `facilitator`, `connector`, `manager`, `volunteer`, `family`; any of them.
    for_role: Option<Vec<String>>,
    /// `england`, `scotland`, `wales`, `northern_ireland`: what is for everywhere matches too; any of them.
    nation: Option<Vec<String>>,
    /// Whether peer workers' places are paid for: `yes`, `no`; any of them.
    peers_paid_for: Option<Vec<String>>,
    /// `free`, `donation`, `paid`, `not_stated`; any of them.
    cost: Option<Vec<String>>,
    /// Whether what is not stated does not match; otherwise it does, after what is stated.
    strict: Option<bool>,
    /// `en` or `cy`: the language of the directory's own words.
    lang: Option<String>,
    /// The page, from 1.
    page: Option<u32>,
    /// How many a page holds, 1 to 100; 20 unless said otherwise.
    per_page: Option<u32>,
}

#[OpenApi]
#[expect(clippy::too_many_arguments, reason = "each is a documented parameter")]
impl Resources {
    /// Resources for practice
    ///
    /// Shared principles, clear roles, training, supervision, ethics, linking work, Open Dialogue and support for workers.
    /// The same search as `/v1/search` with `kind=resource`. Resources have no place, so none filters them; the answer's
    /// `covers_area` is empty.
    #[oai(path = "/v1/resources", method = "get", tag = "Tag::Finding", operation_id = "listResources")]
    async fn list(
        &self,
        /// Words; at most 256 characters.
        q: Query<Option<String>>,
        /// `shared_principles`, `role_clarity`, `training`, `supervision`, `ethics`, `linking_work`, `open_dialogue`, `worker_support`; repeat for any of several.
        resource_type: Query<Vec<String>>,
        /// `informed`, `skilled`, `enhanced`, `specialist`; repeat for any of several.
        level: Query<Vec<String>>,
        /// `peer_worker`, `social_worker`, `facilitator`, `connector`, `manager`, `volunteer`, `family`; repeat for any of several.
        for_role: Query<Vec<String>>,
        /// `england`, `scotland`, `wales`, `northern_ireland`: what is for everywhere matches too; repeat for any of several.
        nation: Query<Vec<String>>,
        /// Whether peer workers' places are paid for: `yes`, `no`; repeat for any of several.
        peers_paid_for: Query<Vec<String>>,
        /// `free`, `donation`, `paid`, `not_stated`; repeat for any of several.
        cost: Query<Vec<String>>,
        /// Whether what is not stated does not match; otherwise it does, after what is stated.
        strict: Query<Option<bool>>,
        /// `en` or `cy`: the language of the directory's own words.
        lang: Query<Option<String>>,
        /// The page, from 1.
        page: Query<Option<u32>>,
        /// How many a page holds, 1 to 100; 20 unless said otherwise.
        per_page: Query<Option<u32>>,
    ) -> Result<Private<SearchAnswer>, Problem> {
        let some = |list: Query<Vec<String>>| Some(list.0);
        let asked = ResourcesRequest {
            q: q.0,
            resource_type: some(resource_type),
            level: some(level),
            for_role: some(for_role),
            nation: some(nation),
            peers_paid_for: some(peers_paid_for),
            cost: some(cost),
            strict: strict.0,
            lang: lang.0,
            page: page.0,
            per_page: per_page.0,
        };
        self.run(asked).await
    }

    /// Resources for practice, privately
    ///
    /// The same as the GET with everything in the body, so that nothing of it stands in an address.
    #[oai(path = "/v1/resources", method = "post", tag = "Tag::Finding", operation_id = "listResourcesPrivately")]
    async fn post(&self, body: Json<ResourcesRequest>) -> Result<Private<SearchAnswer>, Problem> {
        self.run(body.0).await
    }

    /// One resource
    #[oai(path = "/v1/resources/:id", method = "get", tag = "Tag::Reading", operation_id = "getResource")]
    async fn resource(
        &self,
        /// A resource's id, as cards carry it.
        id: Path<String>,
        /// The tag of the version you hold.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Cached<Listing>, Problem> {
        one(&self.0, Family::Resources, &id.0, if_none_match.0.as_deref())
    }
}

impl Resources {
    async fn run(&self, asked: ResourcesRequest) -> Result<Private<SearchAnswer>, Problem> {
        let marked = [
            (Marked::ResourceType, asked.resource_type),
            (Marked::Level, asked.level),
            (Marked::ForRole, asked.for_role),
            (Marked::Nation, asked.nation),
            (Marked::PeersPaidFor, asked.peers_paid_for),
        ];
        let search = SearchRequest {
            q: asked.q.filter(|text| !text.trim().is_empty()),
            kind: vec![ListingKind::Resource.as_str().to_owned()],
            marked: marked.into_iter().map(|(field, words)| (field, words.unwrap_or_default())).collect(),
            cost: asked.cost.unwrap_or_default(),
            strict: asked.strict,
            lang: asked.lang,
            page: asked.page,
            per_page: asked.per_page,
            ..SearchRequest::default()
        };
        let said = |error| Problem::from(error).asked_with(search.q.as_deref());
        let _turn = self.0.turn().await.map_err(said)?;
        let found = self.0.search(&search).map_err(said)?;
        Ok(Private::new(found).in_language(search.language_of_answer().as_str()))
    }
}
