//! `GET|POST /v1/support-map`: layer by layer, who is there for somebody at a place.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{Tag, payload::Private, problem::Problem};
use crate::{
    directory::{Directory, request::SearchRequest, support_map::SupportMapRequest as Asked},
    domain::{support_map::SupportMapAnswer, vocabulary::Facet},
};

/// The operations on support maps.
pub struct SupportMap(pub Directory);

/// A support map as the body of a POST; the members are those of the GET.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct SupportMapRequest {
    /// Terms of the facet `need`, any of them; their narrower terms count too.
    need: Option<Vec<String>>,
    /// A postcode, a sector or district, a town, an area, or `latitude,longitude`. A place is needed.
    near: Option<String>,
    /// Degrees north, with `longitude`, instead of `near`.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// Radius in kilometres for all layers but `now`; when absent, each layer has its own: see the answer's `within_km`.
    within_km: Option<f64>,
    /// The age of who would come, in years. It is not asked of `around_you`.
    age: Option<u32>,
    /// Terms of the facet `audience`, any of them. They are not asked of `around_you`.
    audience: Option<Vec<String>>,
    /// Terms of the facet `access`, any of them.
    access: Option<Vec<String>>,
    /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`, any of them.
    accepting: Option<Vec<String>>,
    /// `free`, `donation`, `paid`, `not_stated`, any of them.
    cost: Option<Vec<String>>,
    /// Languages, any of them.
    language: Option<Vec<String>>,
    /// `en` or `cy`: the language of the directory's own words; what listings say stays as they say it.
    lang: Option<String>,
}

#[OpenApi]
#[expect(clippy::too_many_arguments, reason = "each is a documented parameter")]
impl SupportMap {
    /// Support map
    ///
    /// Six layers, always all of them: lines to reach now, what is on this week, people alongside, specialist help, the
    /// community, and those around a person. Each has at most five listings, those first that are linked with what stands
    /// above; an empty one says why and what comes nearest. `now` needs neither the listings nor a distance: while the
    /// directory cannot be read the answer is a map all the same.
    #[oai(path = "/v1/support-map", method = "get", tag = "Tag::Finding", operation_id = "supportMap")]
    async fn get(
        &self,
        /// Terms of the facet `need`; repeat for any of several. Their narrower terms count too.
        need: Query<Vec<String>>,
        /// A postcode, a sector or district, a town, an area, or `latitude,longitude`. A place is needed.
        near: Query<Option<String>>,
        /// Degrees north, with `longitude`, instead of `near`.
        latitude: Query<Option<f64>>,
        /// Degrees east.
        longitude: Query<Option<f64>>,
        /// Radius in kilometres for all layers but `now`; when absent, each layer has its own: see the answer's `within_km`.
        within_km: Query<Option<f64>>,
        /// The age of who would come, in years. It is not asked of `around_you`.
        age: Query<Option<u32>>,
        /// Terms of the facet `audience`; repeat for any of several. They are not asked of `around_you`.
        audience: Query<Vec<String>>,
        /// Terms of the facet `access`; repeat for any of several.
        access: Query<Vec<String>>,
        /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`; repeat for any of several.
        accepting: Query<Vec<String>>,
        /// `free`, `donation`, `paid`, `not_stated`; repeat for any of several.
        cost: Query<Vec<String>>,
        /// Languages; repeat for any of several.
        language: Query<Vec<String>>,
        /// `en` or `cy`: the language of the directory's own words; what listings say stays as they say it.
        lang: Query<Option<String>>,
    ) -> Result<Private<SupportMapAnswer>, Problem> {
        let some = |list: Query<Vec<String>>| Some(list.0);
        self.run(SupportMapRequest {
            need: some(need),
            near: near.0,
            latitude: latitude.0,
            longitude: longitude.0,
            within_km: within_km.0,
            age: age.0,
            audience: some(audience),
            access: some(access),
            accepting: some(accepting),
            cost: some(cost),
            language: some(language),
            lang: lang.0,
        })
        .await
    }

    /// Support map, privately
    ///
    /// The same as the GET with everything in the body, so that nothing of it stands in an address.
    #[oai(path = "/v1/support-map", method = "post", tag = "Tag::Finding", operation_id = "supportMapPrivately")]
    async fn post(&self, body: Json<SupportMapRequest>) -> Result<Private<SupportMapAnswer>, Problem> {
        self.run(body.0).await
    }
}

impl SupportMap {
    async fn run(&self, asked: SupportMapRequest) -> Result<Private<SupportMapAnswer>, Problem> {
        let by_facet = [(Facet::Need, asked.need), (Facet::Audience, asked.audience), (Facet::Access, asked.access)];
        let by_facet = by_facet.into_iter().map(|(facet, terms)| (facet, terms.unwrap_or_default()));
        let search = SearchRequest {
            near: asked.near.filter(|near| !near.trim().is_empty()),
            latitude: asked.latitude,
            longitude: asked.longitude,
            within_km: asked.within_km,
            facets: by_facet.filter(|(_, terms)| !terms.is_empty()).collect(),
            accepting: asked.accepting.unwrap_or_default(),
            cost: asked.cost.unwrap_or_default(),
            language: asked.language.unwrap_or_default(),
            age: asked.age,
            lang: asked.lang,
            ..SearchRequest::default()
        };
        let asked = Asked { search };
        let _turn = self.0.turn().await?;
        Ok(Private::new(self.0.support_map(&asked)?).in_language(asked.language_of_answer().as_str()))
    }
}
