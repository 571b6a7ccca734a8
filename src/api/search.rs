//! `GET|POST /v1/search`: words, a place and filters; the answer with cards, counts and the crisis lines.

use std::{collections::BTreeSet, sync::LazyLock};

use poem::{Body, Request};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions, Object, OpenApi,
    param::Query,
    registry::{MetaMediaType, MetaRequest, Registry},
    types::Type,
};

use super::{
    Tag, contract, limits,
    payload::Private,
    problem::{MOST_TOLD, Problem, Slug},
};
use crate::{
    directory::{Directory, request::SearchRequest as Asked},
    domain::{
        answer::SearchAnswer,
        marked::Marked,
        read::{self, Code, Reader, Violation},
        vocabulary::Facet,
    },
};

/// The search operations.
pub struct Search(pub Directory);

/// A search as the body of a POST; the members are those of the GET.
#[derive(Debug, Object)]
pub struct SearchRequest {
    /// Words; at most 256 characters.
    #[oai(validator(max_length = 256))]
    q: Option<String>,
    /// A postcode, a sector or district, a town, an area, or `latitude,longitude`.
    #[oai(validator(max_length = 100))]
    near: Option<String>,
    /// A postcode, a sector or a district, instead of `near`.
    #[oai(validator(max_length = 100))]
    postcode: Option<String>,
    /// Degrees north, with `longitude`, instead of `near`.
    #[oai(validator(minimum(value = "-90"), maximum(value = "90")))]
    latitude: Option<f64>,
    /// Degrees east.
    #[oai(validator(minimum(value = "-180"), maximum(value = "180")))]
    longitude: Option<f64>,
    /// Radius in kilometres around any address of the place (see `circle_km`); when absent, the smallest of 5, 10, 25 and 50 with ten results, or up to 200 where 50 has none.
    within_km: Option<f64>,
    /// Terms of the facet `need`, any of them.
    need: Option<Vec<String>>,
    /// Terms of the facet `support`, any of them.
    support: Option<Vec<String>>,
    /// Terms of the facet `approach`, any of them.
    approach: Option<Vec<String>>,
    /// Terms of the facet `audience`, any of them.
    audience: Option<Vec<String>>,
    /// Terms of the facet `way_in`, any of them.
    way_in: Option<Vec<String>>,
    /// Terms of the facet `marker`, any of them.
    marker: Option<Vec<String>>,
    /// Principles of Open Dialogue that are claimed and count now: `immediate_help`, `social_network`, `flexibility`, `responsibility`, `continuity`, `tolerance_of_uncertainty`, `dialogue`; any of them.
    dialogue: Option<Vec<String>>,
    /// Terms of the facet `access`, any of them.
    access: Option<Vec<String>>,
    /// Whom it must be for in so many words; *anyone* and *not stated* do not count.
    audience_only: Option<Vec<String>>,
    /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`; any of them.
    accepting: Option<Vec<String>>,
    /// `free`, `donation`, `paid`, `not_stated`; any of them.
    cost: Option<Vec<String>>,
    /// `in_person`, `online_video`, `online_text`, `phone`, `text`, `outdoors`, `home_visit`, `not_stated`; any of them.
    attending_type: Option<Vec<String>>,
    /// The age of who would come, in years.
    age: Option<u32>,
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`: days on which something happens; any of them.
    day: Option<Vec<String>>,
    /// `morning` (6 to 12), `afternoon` (12 to 17), `evening` (17 to 22), `night` (22 to 6); any of them, on any of the days.
    time_of_day: Option<Vec<String>>,
    /// Whether what is not stated does not match; otherwise it does, after what is stated.
    strict: Option<bool>,
    /// Terms of any facet, any of them.
    term: Option<Vec<String>>,
    /// Imported taxonomy terms by id, any of them.
    taxonomy_term_id: Option<Vec<String>>,
    /// `group`, `service`, `helpline`, `organization`, `place`, `network`, `resource` (which has no place); any of them.
    kind: Option<Vec<String>>,
    /// Only listings of this organisation.
    organization_id: Option<String>,
    /// Languages, any of them.
    language: Option<Vec<String>>,
    /// `best`, `distance`, `soonest` (the next session first) or `recently_checked`.
    sort: Option<String>,
    /// What to count of `results`: `need`, `support`, `approach`, `audience`, `way_in`, `marker`, `access`, `accepting`, `cost`, `attending_type`, `taxonomy_term_id`, `kind`; any of them, all unless said otherwise, or `none`. All imported terms are counted only by `taxonomy_term_id`.
    facets: Option<Vec<String>>,
    /// The most values counted of each facet, 1 to 1000, those with most results first; all unless said otherwise.
    per_facet: Option<u32>,
    /// `card`, or `full` for the whole listing in each card as well, as `listing`.
    view: Option<String>,
    /// Whether each listing says why it is there, as `explain`; false unless said otherwise.
    explain: Option<bool>,
    /// `en` or `cy`: the language of the directory's own words, such as the labels of terms; what listings say stays as they say it.
    lang: Option<String>,
    /// The page, from 1; a search can be paged through 10,000 listings.
    page: Option<u32>,
    /// Listings on a page, 1 to 100; 20 unless said otherwise.
    per_page: Option<u32>,
}

#[OpenApi]
#[expect(clippy::too_many_arguments, reason = "each is a documented parameter")]
impl Search {
    /// Search
    ///
    /// What is found at the place is in `results`; what serves the place without a public address
    /// (areas served, phone, online) is in `covers_area`. Inside a parameter any value matches;
    /// all parameters must match. Counts are exact.
    #[oai(path = "/v1/search", method = "get", tag = "Tag::Finding", operation_id = "search")]
    async fn get(
        &self,
        /// Words; at most 256 characters.
        q: Query<Option<String>>,
        /// A postcode, a sector or district, a town, an area, or `latitude,longitude`.
        near: Query<Option<String>>,
        /// A postcode, a sector or a district, instead of `near`.
        postcode: Query<Option<String>>,
        /// Degrees north, with `longitude`, instead of `near`.
        latitude: Query<Option<f64>>,
        /// Degrees east.
        longitude: Query<Option<f64>>,
        /// Radius in kilometres around any address of the place (see `circle_km`); when absent, the smallest of 5, 10, 25 and 50 with ten results, or up to 200 where 50 has none.
        within_km: Query<Option<f64>>,
        /// Terms of the facet `need`; repeat for any of several.
        need: Query<Vec<String>>,
        /// Terms of the facet `support`; repeat for any of several.
        support: Query<Vec<String>>,
        /// Terms of the facet `approach`; repeat for any of several.
        approach: Query<Vec<String>>,
        /// Terms of the facet `audience`; repeat for any of several.
        audience: Query<Vec<String>>,
        /// Terms of the facet `way_in`; repeat for any of several.
        way_in: Query<Vec<String>>,
        /// Terms of the facet `marker`; repeat for any of several.
        marker: Query<Vec<String>>,
        /// Principles of Open Dialogue that are claimed and count now: `immediate_help`, `social_network`, `flexibility`, `responsibility`, `continuity`, `tolerance_of_uncertainty`, `dialogue`; repeat for any of several.
        dialogue: Query<Vec<String>>,
        /// Terms of the facet `access`; repeat for any of several.
        access: Query<Vec<String>>,
        /// Whom it must be for in so many words; *anyone* and *not stated* do not count.
        audience_only: Query<Vec<String>>,
        /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`; repeat for any of several.
        accepting: Query<Vec<String>>,
        /// `free`, `donation`, `paid`, `not_stated`; repeat for any of several.
        cost: Query<Vec<String>>,
        /// `in_person`, `online_video`, `online_text`, `phone`, `text`, `outdoors`, `home_visit`, `not_stated`; repeat for any of several.
        attending_type: Query<Vec<String>>,
        /// The age of who would come, in years.
        age: Query<Option<u32>>,
        /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`: days on which something happens; repeat for any of several.
        day: Query<Vec<String>>,
        /// `morning` (6 to 12), `afternoon` (12 to 17), `evening` (17 to 22), `night` (22 to 6); repeat for any of several, on any of the days.
        time_of_day: Query<Vec<String>>,
        /// Whether what is not stated does not match; otherwise it does, after what is stated.
        strict: Query<Option<bool>>,
        /// Terms of any facet; repeat for any of several.
        term: Query<Vec<String>>,
        /// Imported taxonomy terms by id; repeat for any of several.
        taxonomy_term_id: Query<Vec<String>>,
        /// `group`, `service`, `helpline`, `organization`, `place`, `network`, `resource` (which has no place); repeat for any of several.
        kind: Query<Vec<String>>,
        /// Only listings of this organisation.
        organization_id: Query<Option<String>>,
        /// Languages; repeat for any of several.
        language: Query<Vec<String>>,
        /// `best`, `distance`, `soonest` (the next session first) or `recently_checked`.
        sort: Query<Option<String>>,
        /// What to count of `results`: `need`, `support`, `approach`, `audience`, `way_in`, `marker`, `access`, `accepting`, `cost`, `attending_type`, `taxonomy_term_id`, `kind`; repeat for several, all unless said otherwise, or `none`. All imported terms are counted only by `taxonomy_term_id`.
        facets: Query<Vec<String>>,
        /// The most values counted of each facet, 1 to 1000, those with most results first; all unless said otherwise.
        per_facet: Query<Option<u32>>,
        /// `card`, or `full` for the whole listing in each card as well, as `listing`.
        view: Query<Option<String>>,
        /// Whether each listing says why it is there, as `explain`; false unless said otherwise.
        explain: Query<Option<bool>>,
        /// `en` or `cy`: the language of the directory's own words, such as the labels of terms; what listings say stays as they say it.
        lang: Query<Option<String>>,
        /// The page, from 1; a search can be paged through 10,000 listings.
        page: Query<Option<u32>>,
        /// Listings on a page, 1 to 100; 20 unless said otherwise.
        per_page: Query<Option<u32>>,
    ) -> Result<Private<SearchAnswer>, Problem> {
        let by_facet = [
            (Facet::Need, need.0),
            (Facet::Support, support.0),
            (Facet::Approach, approach.0),
            (Facet::Audience, audience.0),
            (Facet::WayIn, way_in.0),
            (Facet::Marker, marker.0),
            (Facet::Access, access.0),
        ];
        self.run(Asked {
            q: q.0,
            near: near.0,
            postcode: postcode.0,
            latitude: latitude.0,
            longitude: longitude.0,
            within_km: within_km.0,
            facets: by_facet.into_iter().filter(|(_, terms)| !terms.is_empty()).collect(),
            audience_only: audience_only.0,
            accepting: accepting.0,
            cost: cost.0,
            attending_type: attending_type.0,
            age: age.0,
            day: day.0,
            time_of_day: time_of_day.0,
            strict: strict.0,
            term: term.0,
            taxonomy_term_id: taxonomy_term_id.0,
            kind: kind.0,
            organization_id: organization_id.0,
            marked: vec![(Marked::Dialogue, dialogue.0)],
            language: language.0,
            sort: sort.0,
            counts: facets.0,
            per_facet: per_facet.0,
            view: view.0,
            explain: explain.0,
            lang: lang.0,
            page: page.0,
            per_page: per_page.0,
        })
        .await
    }

    /// Search, privately
    ///
    /// The same as the GET with everything in the body, so that nothing of it stands in an address.
    #[oai(path = "/v1/search", method = "post", tag = "Tag::Finding", operation_id = "searchPrivately")]
    async fn post(&self, body: SearchBody) -> Result<Private<SearchAnswer>, Problem> {
        self.run(body.0).await
    }
}

impl Search {
    async fn run(&self, mut asked: Asked) -> Result<Private<SearchAnswer>, Problem> {
        for text in [&mut asked.q, &mut asked.near, &mut asked.postcode] {
            *text = text.take().filter(|text| !text.trim().is_empty());
        }
        let said = |error| Problem::from(error).asked_with(asked.q.as_deref());
        let _turn = self.0.turn().await.map_err(said)?;
        let found = self.0.search(&asked).map_err(said)?;
        Ok(Private::new(found).in_language(asked.language_of_answer().as_str()))
    }
}

/// A search body, read through the one gate so that all its faults are told at once.
pub struct SearchBody(Asked);

impl<'a> ApiExtractor<'a> for SearchBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <SearchRequest as Type>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("The search."),
            content: vec![MetaMediaType { content_type: "application/json", schema: SearchRequest::schema_ref() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut poem::RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !contract::is_json(request) {
            return Err(Problem::new(Slug::UnsupportedType).detail("Send application/json.").into());
        }
        let bytes = limits::whole_body(body.take().unwrap_or_else(|_| Body::empty()), limits::LARGEST_BODY).await?;
        Ok(Self(read_body(&bytes)?))
    }
}

fn read_body(bytes: &[u8]) -> Result<Asked, Problem> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| contract::malformed(&error))?;
    let serde_json::Value::Object(mut record) = value else {
        return Err(Problem::invalid(vec![Violation::new("", Code::NotAnObject)]));
    };
    // A body may be nothing but such members, thousands of them: no more are looked at than are told.
    let unknown = record.keys().filter(|name| !members().contains(*name)).take(MOST_TOLD).map(|name| {
        let mut pointer = String::new();
        read::push_token(&mut pointer, name);
        Violation::new(pointer, Code::UnknownParameter)
    });
    let unknown: Vec<Violation> = unknown.collect();
    if !unknown.is_empty() {
        record.retain(|name, _| members().contains(name));
    }
    let outcome = asked(&record);
    let mut faults: Vec<Violation> = outcome.violations.iter().cloned().chain(unknown).collect();
    let readable = outcome.record.or_else(|| {
        // What could not be read is left out, so that the faults of the rest are told in the same answer.
        let unread: BTreeSet<&str> = outcome.violations.iter().filter_map(|fault| member(&fault.pointer)).collect();
        asked(
            &record
                .iter()
                .filter(|(name, _)| !unread.contains(name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
        .record
    });
    let Some(asked) = readable else { return Err(Problem::invalid(faults)) };
    // Whether a member lacks another, or contradicts it, is only known when all could be read.
    let whole = outcome.violations.is_empty();
    faults.extend(
        asked.faults().into_iter().filter(|fault| whole || !matches!(fault.code, Code::Required | Code::Conflict)),
    );
    if faults.is_empty() { Ok(asked) } else { Err(Problem::invalid(faults)) }
}

fn asked(record: &read::Record) -> read::Outcome<Asked> {
    read::read_with(record, "", &mut read::Given, read::Unreadable::Refused)
}

/// The member of the body that a pointer leads into.
fn member(pointer: &str) -> Option<&str> {
    pointer.split('/').nth(1)
}

/// The members that the document gives a search.
fn members() -> &'static BTreeSet<String> {
    static MEMBERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut registry = Registry::new();
        SearchRequest::register(&mut registry);
        let schemas = registry.schemas.into_values();
        schemas.flat_map(|schema| schema.properties).map(|(name, _)| name.to_owned()).collect()
    });
    &MEMBERS
}

impl read::Read for Asked {
    fn read(reader: &mut Reader<'_, '_>) -> Self {
        let facets = Facet::ALL
            .into_iter()
            .map(|facet| (facet, reader.texts(facet.as_str())))
            .filter(|(_, terms)| !terms.is_empty())
            .collect();
        Self {
            q: reader.text("q", read::TEXT),
            near: reader.text("near", read::TEXT),
            postcode: reader.text("postcode", read::TEXT),
            latitude: reader.number("latitude"),
            longitude: reader.number("longitude"),
            within_km: reader.number("within_km"),
            facets,
            audience_only: reader.texts("audience_only"),
            accepting: reader.texts("accepting"),
            cost: reader.texts("cost"),
            attending_type: reader.texts("attending_type"),
            age: reader.whole("age"),
            day: reader.texts("day"),
            time_of_day: reader.texts("time_of_day"),
            strict: reader.flag("strict"),
            term: reader.texts("term"),
            taxonomy_term_id: reader.texts("taxonomy_term_id"),
            kind: reader.texts("kind"),
            organization_id: reader.text("organization_id", read::NAME),
            marked: vec![(Marked::Dialogue, reader.texts(Marked::Dialogue.as_str()))],
            language: reader.texts("language"),
            sort: reader.text("sort", read::NAME),
            counts: reader.texts("facets"),
            per_facet: reader.whole("per_facet"),
            view: reader.text("view", read::NAME),
            explain: reader.flag("explain"),
            lang: reader.text("lang", read::NAME),
            page: reader.whole("page"),
            per_page: reader.whole("per_page"),
        }
    }
}
