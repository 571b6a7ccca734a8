//! Bodies that are JSON bytes already: documented as a type, sent as they are.

use std::marker::PhantomData;

use bytes::Bytes;
use poem::{Body, IntoResponse, Response, http::StatusCode};
use poem_openapi::{
    ApiResponse,
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use crate::domain::digest::digest;

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8";

/// A 200 with JSON bytes of a `T`, kept by nobody: the answer to words, a place or a filter.
pub struct Private<T> {
    json: Bytes,
    language: Option<&'static str>,
    of: PhantomData<fn() -> T>,
}

impl<T> Private<T> {
    /// The answer.
    pub const fn new(json: Bytes) -> Self {
        Self { json, language: None, of: PhantomData }
    }

    /// The same, said to be in a language.
    #[must_use]
    pub fn in_language(self, code: &'static str) -> Self {
        Self { language: Some(code), ..self }
    }
}

impl<T> IntoResponse for Private<T> {
    fn into_response(self) -> Response {
        let response = Response::builder().content_type(JSON).header("Cache-Control", "no-store");
        let response = match self.language {
            Some(code) => response.header("Content-Language", code),
            None => response,
        };
        response.body(Body::from_bytes(self.json))
    }
}

impl<T: Type> ApiResponse for Private<T> {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![ok::<T>(Vec::new())] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A 200 with JSON bytes of a `T` and a strong `ETag` made from them, or a 304 when the reader has them.
pub struct Cached<T> {
    json: Bytes,
    etag: String,
    known: bool,
    of: PhantomData<fn() -> T>,
}

impl<T> Cached<T> {
    /// The answer to a reader that holds the versions named in `If-None-Match`.
    pub fn new(json: Bytes, if_none_match: Option<&str>) -> Self {
        let etag = format!("\"{}\"", digest(&[&json]));
        let known = if_none_match.is_some_and(|held| names(held, &etag));
        Self { json, etag, known, of: PhantomData }
    }
}

/// Whether an `If-None-Match` names the tag: a list, weakly compared, or `*`.
fn names(held: &str, etag: &str) -> bool {
    held.trim() == "*" || held.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

/// A 200 with JSON bytes in the words of FHIR R4, kept by nobody: another standard's shape, of which our document says no more
/// than that it is an object.
pub struct Fhir(pub Bytes);

impl IntoResponse for Fhir {
    fn into_response(self) -> Response {
        let response = Response::builder().content_type("application/fhir+json").header("Cache-Control", "no-store");
        response.body(Body::from_bytes(self.0))
    }
}

impl ApiResponse for Fhir {
    fn meta() -> MetaResponses {
        let schema = poem_openapi::types::Any::<serde_json::Value>::schema_ref();
        let content = vec![MetaMediaType { content_type: "application/fhir+json", schema }];
        let description = "A `Bundle` of `OrganizationAffiliation`.";
        let answer = MetaResponse { description, status: Some(200), status_range: None, content, headers: Vec::new() };
        MetaResponses { responses: vec![answer] }
    }

    fn register(_: &mut Registry) {}
}

/// A list that is kept where all of it was asked for, and by nobody where it was filtered.
pub enum Listed<T> {
    /// Not filtered.
    Whole(Cached<T>),
    /// Filtered.
    Filtered(Private<T>),
}

impl<T> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Whole(answer) => answer.into_response(),
            Self::Filtered(answer) => answer.into_response(),
        }
    }
}

impl<T: Type> ApiResponse for Listed<T> {
    fn meta() -> MetaResponses {
        let mut meta = Cached::<T>::meta();
        let headers = meta.responses.iter_mut().filter(|response| response.status == Some(200));
        headers.flat_map(|response| &mut response.headers).for_each(|header| {
            header.description = Some("A strong tag made from the bytes; absent where a filter was given.".to_owned());
            header.required = false;
        });
        meta
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T> IntoResponse for Cached<T> {
    fn into_response(self) -> Response {
        let response = Response::builder().header("ETag", &self.etag).header("Cache-Control", "no-cache");
        if self.known {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.content_type(JSON).body(Body::from_bytes(self.json))
    }
}

impl<T: Type> ApiResponse for Cached<T> {
    fn meta() -> MetaResponses {
        let etag = || {
            vec![MetaHeader {
                name: "ETag".to_owned(),
                description: Some("A strong tag made from the bytes.".to_owned()),
                required: true,
                deprecated: false,
                schema: String::schema_ref(),
            }]
        };
        let not_modified = MetaResponse {
            description: "What you hold is still so.",
            status: Some(304),
            status_range: None,
            content: Vec::new(),
            headers: etag(),
        };
        MetaResponses { responses: vec![ok::<T>(etag()), not_modified] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A 200 with a `T` as JSON bytes or as a table of text, kept by nobody.
pub struct Tabled<T> {
    body: Bytes,
    content_type: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Tabled<T> {
    /// The answer as JSON.
    pub const fn json(body: Bytes) -> Self {
        Self { body, content_type: JSON, of: PhantomData }
    }

    /// The answer as comma-separated values, with a head.
    pub fn csv(text: String) -> Self {
        Self { body: text.into(), content_type: CSV, of: PhantomData }
    }
}

impl<T> IntoResponse for Tabled<T> {
    fn into_response(self) -> Response {
        let response = Response::builder().content_type(self.content_type).header("Cache-Control", "no-store");
        response.header("Vary", "Accept").body(Body::from_bytes(self.body))
    }
}

impl<T: Type> ApiResponse for Tabled<T> {
    fn meta() -> MetaResponses {
        let mut answer = ok::<T>(Vec::new());
        answer.content.push(MetaMediaType { content_type: CSV, schema: String::schema_ref() });
        MetaResponses { responses: vec![answer] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

fn ok<T: Type>(headers: Vec<MetaHeader>) -> MetaResponse {
    let content = vec![MetaMediaType { content_type: JSON, schema: T::schema_ref() }];
    MetaResponse { description: "The answer.", status: Some(200), status_range: None, content, headers }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn if_none_match_is_a_list() {
        assert!(names("\"a\", W/\"b\"", "\"b\""));
        assert!(names("*", "\"b\""));
        assert!(!names("b", "\"b\""));
        assert!(!names("", "\"b\""));
    }
}
