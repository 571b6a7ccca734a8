//! `GET|POST /v1/sessions`: what is on near a place, tonight, this week or on a day.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{Tag, payload::Private, problem::Problem};
use crate::{
    directory::{Directory, request::SearchRequest, window::SessionsRequest as Asked},
    domain::{answer::SessionsAnswer, vocabulary::Facet},
};

/// The operations on sessions.
pub struct Sessions(pub Directory);

/// Sessions as the body of a POST; the members are those of the GET.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct SessionsRequest {
    /// Words; at most 256 characters.
    q: Option<String>,
    /// A postcode, a sector or district, a town, an area, or `latitude,longitude`. A place is needed.
    near: Option<String>,
    /// Degrees north, with `longitude`, instead of `near`.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
    /// Radius in kilometres; when absent, the smallest of 5, 10, 25 and 50 with ten sessions.
    within_km: Option<f64>,
    /// From when, RFC 3339 with its offset; now, when absent. What is on at that instant is in the answer.
    from: Option<String>,
    /// Until before when, RFC 3339, at most 31 days later; seven days later, when absent.
    to: Option<String>,
    /// A day in London instead of `from` and `to`, `YYYY-MM-DD`; of today, what is on from now.
    date: Option<String>,
    /// Only sessions that begin at this time of day or later, `HH:MM` in London.
    starts_after: Option<String>,
    /// Only sessions that begin before this time of day, `HH:MM` in London.
    starts_before: Option<String>,
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
    /// Terms of the facet `access`, any of them.
    access: Option<Vec<String>>,
    /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`, any of them.
    accepting: Option<Vec<String>>,
    /// `free`, `donation`, `paid`, `not_stated`, any of them.
    cost: Option<Vec<String>>,
    /// `group`, `service`, `helpline`, `place`, any of them.
    kind: Option<Vec<String>>,
    /// Languages, any of them.
    language: Option<Vec<String>>,
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`: only sessions of these days, any of them.
    day: Option<Vec<String>>,
    /// `morning` (6 to 12), `afternoon` (12 to 17), `evening` (17 to 22), `night` (22 to 6): only sessions that touch these, any of them.
    time_of_day: Option<Vec<String>>,
    /// The age of who would come, in years.
    age: Option<u32>,
    /// Whether what is not stated does not match; otherwise it does, with `ask`.
    strict: Option<bool>,
    /// The page of each list, from 1.
    page: Option<u32>,
    /// How many a page of each list holds, 1 to 100; 20 unless said otherwise.
    per_page: Option<u32>,
}

#[OpenApi]
#[expect(clippy::too_many_arguments, reason = "each is a documented parameter")]
impl Sessions {
    /// Sessions
    ///
    /// Every session near a place that is on at some time of the window, the first to begin first, then the nearest;
    /// those by phone or online stand apart. Only what schedules tell for sure is here, so an empty list does not mean
    /// that nothing is on.
    #[oai(path = "/v1/sessions", method = "get", tag = "Tag::Finding", operation_id = "sessions")]
    async fn get(
        &self,
        /// Words; at most 256 characters.
        q: Query<Option<String>>,
        /// A postcode, a sector or district, a town, an area, or `latitude,longitude`. A place is needed.
        near: Query<Option<String>>,
        /// Degrees north, with `longitude`, instead of `near`.
        latitude: Query<Option<f64>>,
        /// Degrees east.
        longitude: Query<Option<f64>>,
        /// Radius in kilometres; when absent, the smallest of 5, 10, 25 and 50 with ten sessions.
        within_km: Query<Option<f64>>,
        /// From when, RFC 3339 with its offset; now, when absent. What is on at that instant is in the answer.
        from: Query<Option<String>>,
        /// Until before when, RFC 3339, at most 31 days later; seven days later, when absent.
        to: Query<Option<String>>,
        /// A day in London instead of `from` and `to`, `YYYY-MM-DD`; of today, what is on from now.
        date: Query<Option<String>>,
        /// Only sessions that begin at this time of day or later, `HH:MM` in London.
        starts_after: Query<Option<String>>,
        /// Only sessions that begin before this time of day, `HH:MM` in London.
        starts_before: Query<Option<String>>,
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
        /// Terms of the facet `access`; repeat for any of several.
        access: Query<Vec<String>>,
        /// `yes`, `waiting_list`, `paused`, `full`, `not_stated`; repeat for any of several.
        accepting: Query<Vec<String>>,
        /// `free`, `donation`, `paid`, `not_stated`; repeat for any of several.
        cost: Query<Vec<String>>,
        /// `group`, `service`, `helpline`, `place`; repeat for any of several.
        kind: Query<Vec<String>>,
        /// Languages; repeat for any of several.
        language: Query<Vec<String>>,
        /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`: only sessions of these days; repeat for any of several.
        day: Query<Vec<String>>,
        /// `morning` (6 to 12), `afternoon` (12 to 17), `evening` (17 to 22), `night` (22 to 6): only sessions that touch these; repeat for any of several.
        time_of_day: Query<Vec<String>>,
        /// The age of who would come, in years.
        age: Query<Option<u32>>,
        /// Whether what is not stated does not match; otherwise it does, with `ask`.
        strict: Query<Option<bool>>,
        /// The page of each list, from 1.
        page: Query<Option<u32>>,
        /// How many a page of each list holds, 1 to 100; 20 unless said otherwise.
        per_page: Query<Option<u32>>,
    ) -> Result<Private<SessionsAnswer>, Problem> {
        let some = |list: Query<Vec<String>>| Some(list.0);
        self.run(SessionsRequest {
            q: q.0,
            near: near.0,
            latitude: latitude.0,
            longitude: longitude.0,
            within_km: within_km.0,
            from: from.0,
            to: to.0,
            date: date.0,
            starts_after: starts_after.0,
            starts_before: starts_before.0,
            need: some(need),
            support: some(support),
            approach: some(approach),
            audience: some(audience),
            way_in: some(way_in),
            marker: some(marker),
            access: some(access),
            accepting: some(accepting),
            cost: some(cost),
            kind: some(kind),
            language: some(language),
            day: some(day),
            time_of_day: some(time_of_day),
            age: age.0,
            strict: strict.0,
            page: page.0,
            per_page: per_page.0,
        })
    }

    /// Sessions, privately
    ///
    /// The same as the GET with everything in the body, so that nothing of it stands in an address.
    #[oai(path = "/v1/sessions", method = "post", tag = "Tag::Finding", operation_id = "sessionsPrivately")]
    async fn post(&self, body: Json<SessionsRequest>) -> Result<Private<SessionsAnswer>, Problem> {
        self.run(body.0)
    }
}

impl Sessions {
    fn run(&self, asked: SessionsRequest) -> Result<Private<SessionsAnswer>, Problem> {
        let stated = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let by_facet = [
            (Facet::Need, asked.need),
            (Facet::Support, asked.support),
            (Facet::Approach, asked.approach),
            (Facet::Audience, asked.audience),
            (Facet::WayIn, asked.way_in),
            (Facet::Marker, asked.marker),
            (Facet::Access, asked.access),
        ];
        let by_facet = by_facet.into_iter().map(|(facet, terms)| (facet, terms.unwrap_or_default()));
        let search = SearchRequest {
            q: stated(asked.q),
            near: stated(asked.near),
            latitude: asked.latitude,
            longitude: asked.longitude,
            within_km: asked.within_km,
            facets: by_facet.filter(|(_, terms)| !terms.is_empty()).collect(),
            accepting: asked.accepting.unwrap_or_default(),
            cost: asked.cost.unwrap_or_default(),
            kind: asked.kind.unwrap_or_default(),
            language: asked.language.unwrap_or_default(),
            day: asked.day.unwrap_or_default(),
            time_of_day: asked.time_of_day.unwrap_or_default(),
            age: asked.age,
            strict: asked.strict,
            page: asked.page,
            per_page: asked.per_page,
            ..SearchRequest::default()
        };
        Ok(Private::new(self.0.sessions(&Asked {
            search,
            from: asked.from,
            to: asked.to,
            date: asked.date,
            starts_after: asked.starts_after,
            starts_before: asked.starts_before,
        })?))
    }
}
