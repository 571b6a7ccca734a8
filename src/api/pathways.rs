//! `GET|POST /v1/pathways`: how one could get from a listing to another, or to the nearest of a layer.

use poem_openapi::{Object, OpenApi, param::Query, payload::Json};

use super::{Tag, payload::Private, problem::Problem};
use crate::{
    directory::{Directory, Error, pathways::PathwaysRequest as Asked},
    domain::pathway::answer::PathwaysAnswer,
};

/// The operations on ways.
pub struct Pathways(pub Directory);

/// Ways as the body of a POST; the members are those of the GET.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct PathwaysRequest {
    /// The id of the listing where they begin. It is needed.
    from: Option<String>,
    /// The id of the listing where they lead.
    to: Option<String>,
    /// The layer that they lead to, instead of `to`: `now`, `this_week`, `alongside`, `specialist`, `community` or `around_you`.
    to_layer: Option<String>,
    /// The age of who would go, in years.
    age: Option<u32>,
    /// `en` or `cy`: the language of the directory's own words; what listings say stays as they say it.
    lang: Option<String>,
}

#[OpenApi]
impl Pathways {
    /// Pathways
    ///
    /// The best chains of links that both sides say, at most five: each step with what the two do and do not do, how
    /// people are handed over, and where a scope ends on the way (`limits`). A chain that crosses a limit is shown, because
    /// whoever walks it can ask beforehand.
    #[oai(path = "/v1/pathways", method = "get", tag = "Tag::Finding", operation_id = "pathways")]
    async fn get(
        &self,
        /// The id of the listing where they begin. It is needed.
        from: Query<Option<String>>,
        /// The id of the listing where they lead.
        to: Query<Option<String>>,
        /// The layer that they lead to, instead of `to`: `now`, `this_week`, `alongside`, `specialist`, `community` or `around_you`.
        to_layer: Query<Option<String>>,
        /// The age of who would go, in years.
        age: Query<Option<u32>>,
        /// `en` or `cy`: the language of the directory's own words; what listings say stays as they say it.
        lang: Query<Option<String>>,
    ) -> Result<Private<PathwaysAnswer>, Problem> {
        self.run(Asked { from: from.0, to: to.0, to_layer: to_layer.0, age: age.0, lang: lang.0 }).await
    }

    /// Pathways, privately
    ///
    /// The same as the GET with everything in the body, so that nothing of it stands in an address.
    #[oai(path = "/v1/pathways", method = "post", tag = "Tag::Finding", operation_id = "pathwaysPrivately")]
    async fn post(&self, body: Json<PathwaysRequest>) -> Result<Private<PathwaysAnswer>, Problem> {
        let PathwaysRequest { from, to, to_layer, age, lang } = body.0;
        self.run(Asked { from, to, to_layer, age, lang }).await
    }
}

impl Pathways {
    async fn run(&self, asked: Asked) -> Result<Private<PathwaysAnswer>, Problem> {
        let _turn = self.0.turn().await?;
        let found = self.0.pathways(&asked).map_err(|error| self.said(error, &asked))?;
        Ok(Private::new(found).in_language(asked.language_of_answer().as_str()))
    }

    /// The problem of an error; of a listing that is not there it says which of the two it is.
    fn said(&self, error: Error, asked: &Asked) -> Problem {
        if !matches!(error, Error::Missing | Error::Gone) {
            return Problem::from(error);
        }
        let is_from = asked.from.as_deref().is_some_and(|id| self.0.listing(id).is_err());
        let which = if is_from { "The listing of `from`." } else { "The listing of `to`." };
        Problem::from(error).detail(which)
    }
}
