//! Problems: the one table from what went wrong to HTTP (RFC 9457, `application/problem+json`).
//!
//! Every failure of every operation leaves through here, those of the framework too. A page for each
//! type stands in `openapi/problems/` and is served at the type's address.

use std::sync::LazyLock;

use bytes::Bytes;
use poem::{
    IntoResponse, Response,
    http::{HeaderMap, HeaderValue, StatusCode},
};
use poem_openapi::{
    ApiResponse, Object,
    error::{ContentTypeError, ParseParamError, ParsePathError},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};
use serde::Serialize;

use super::headers::Headers;
use crate::{
    directory::{Candidate, Error},
    domain::{
        crisis::{self, CrisisLine},
        listing::UNITED_KINGDOM,
        read::{Code, Violation},
    },
};

/// After how many seconds to come back to what answers 503.
const RETRY_AFTER: &str = "2";
/// How many faults of a request are told: an answer must not be many times as long as what it answers.
pub const MOST_TOLD: usize = 100;
/// The content type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Declares the problem types: slug, status, title, and the page that explains it.
macro_rules! problems {
    ($($name:ident $slug:literal $status:literal $title:literal;)*) => {
        /// A type of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Slug { $(#[doc = $title] $name),* }

        impl Slug {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its word in the address.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }

            /// Its HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// Its title, the same for every problem of the type.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            /// The page that explains it, in Markdown.
            pub const fn page(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("../../openapi/problems/", $slug, ".md"))),* }
            }
        }
    };
}

problems! {
    InvalidRequest "invalid-request" 400 "The request has faults to put right";
    UnknownPlace "unknown-place" 400 "The place is not known";
    AmbiguousPlace "ambiguous-place" 400 "More than one place has that name";
    MalformedBody "malformed-body" 400 "The body is not what its type says";
    NotFound "not-found" 404 "There is nothing at this address";
    NoSuchListing "no-such-listing" 404 "There is no such listing";
    MethodNotAllowed "method-not-allowed" 405 "This address does not take that method";
    TookTooLong "took-too-long" 408 "The request took too long to arrive";
    Withdrawn "withdrawn" 410 "The listing has been withdrawn";
    TooLarge "too-large" 413 "The body is larger than is taken here";
    UnsupportedType "unsupported-type" 415 "The body's type is not taken here";
    TooManyReports "too-many-reports" 429 "More reports than are taken";
    Internal "internal" 500 "Something went wrong on our side";
    NotReady "not-ready" 503 "The directory is being made ready";
    Busy "busy" 503 "More is being asked than can be answered";
}

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct Problem {
    /// The type's address, relative to this server: `/problems/invalid-request`.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    pub problem_type: String,
    /// The type's title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every fault of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub violations: Vec<Fault>,
    /// Places that may have been meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub candidates: Vec<PlaceCandidate>,
    /// Lines to ring or text now, where the directory itself cannot answer, or the words asked with sound urgent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[oai(default)]
    pub crisis: Vec<CrisisLine>,
}

/// One fault of a request. It never repeats the value.
#[derive(Debug, Clone, Serialize, Object)]
pub struct Fault {
    /// Where: a JSON pointer into the body, or `/name` of a parameter.
    pub pointer: String,
    /// What, as a word a program can use.
    pub code: String,
    /// What, for people.
    pub reason: String,
}

/// A place that may have been meant.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PlaceCandidate {
    /// Ask for this to get it: a value for `near`.
    pub near: String,
    /// Its name.
    pub label: String,
    /// The county or authority it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

impl From<Candidate> for PlaceCandidate {
    fn from(candidate: Candidate) -> Self {
        Self { near: candidate.near, label: candidate.label, within: candidate.within }
    }
}

impl Problem {
    /// A problem of a type.
    pub fn new(slug: Slug) -> Self {
        Self {
            problem_type: format!("/problems/{}", slug.as_str()),
            title: slug.title().to_owned(),
            status: slug.status(),
            detail: None,
            violations: Vec::new(),
            candidates: Vec::new(),
            crisis: Vec::new(),
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same with lines to ring or text now, where the words that were asked with sound as if somebody needed one.
    #[must_use]
    pub fn asked_with(mut self, words: Option<&str>) -> Self {
        let (lines, urgency) = crisis::offered_to(words, UNITED_KINGDOM);
        if self.crisis.is_empty() && !urgency.is_none() {
            self.crisis = lines.into_iter().cloned().collect();
        }
        self
    }

    /// A request with these faults; the first hundred are told.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let mut problem = Self::new(Slug::InvalidRequest);
        problem.violations = violations.into_iter().take(MOST_TOLD).map(Fault::from).collect();
        problem
    }

    /// The problem as a response.
    pub fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("the table holds only valid statuses");
        let body = serde_json::to_vec(self).expect("a problem has only text keys");
        let mut response =
            Response::builder().status(status).content_type(CONTENT_TYPE).header("Cache-Control", "no-store");
        if self.status == 503 {
            response = response.header("Retry-After", RETRY_AFTER);
        }
        let mut response = response.body(body);
        response.extensions_mut().insert(self.clone());
        response
    }

    /// Its faults, as faults among others: a place that is not known, or not clear, is one, unless the request had none
    /// that could be read.
    pub fn faults(&self, of_no_place: bool) -> Vec<Fault> {
        let is_place = [Slug::UnknownPlace, Slug::AmbiguousPlace].iter().any(|slug| self.title == slug.title());
        let place = (is_place && !of_no_place).then(|| Fault {
            pointer: "/near".to_owned(),
            code: Code::NotReadable.as_str().to_owned(),
            reason: "is no place that is known here, or more than one".to_owned(),
        });
        self.violations.iter().cloned().chain(place).collect()
    }
}

/// The answer to a search that is one too many: its head and its body are written once, and then copied.
pub fn busy() -> Response {
    static WRITTEN: LazyLock<(HeaderMap, Bytes)> = LazyLock::new(|| {
        let problem = Problem::from(Error::Busy);
        let mut response = problem.response();
        Headers { api: true }.put_on(&mut response);
        (response.headers().clone(), serde_json::to_vec(&problem).expect("a problem has only text keys").into())
    });
    let (headers, json) = &*WRITTEN;
    let mut response = poem::Body::from_bytes(json.clone()).into_response();
    response.set_status(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().clone_from(headers);
    response
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        Self { pointer: violation.pointer, code: violation.code.as_str().to_owned(), reason: violation.reason }
    }
}

impl From<Error> for Problem {
    /// What each outcome of the directory means in HTTP.
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(violations) => Self::invalid(violations),
            Error::Place(place) => {
                let mut problem = if place.ambiguous {
                    Self::new(Slug::AmbiguousPlace).detail("Ask again with one of the candidates.")
                } else {
                    Self::new(Slug::UnknownPlace)
                        .detail("Ask with a postcode, a town, a county or a nation of the United Kingdom.")
                };
                problem.candidates = place.candidates.into_iter().map(PlaceCandidate::from).collect();
                problem
            }
            Error::Missing => Self::new(Slug::NoSuchListing),
            Error::Gone => Self::new(Slug::Withdrawn).detail("Whoever copied it should remove it."),
            Error::TooMany => Self::new(Slug::TooManyReports).detail("Try again in ten minutes. In danger, ring 999."),
            Error::NotReady(progress) => {
                let mut problem = Self::new(Slug::NotReady)
                    .detail(format!("{} of {} listings are ready.", progress.done, progress.of));
                problem.crisis = crisis::lines().to_vec();
                problem
            }
            Error::Busy => {
                let mut problem = Self::new(Slug::Busy).detail("Ask again in two seconds.");
                problem.crisis = crisis::lines().to_vec();
                problem
            }
            error => {
                tracing::error!(error = %error, "an operation failed");
                Self::new(Slug::Internal)
            }
        }
    }
}

/// Turns whatever the framework refuses into a problem; responses that are problems already stay.
pub fn from_poem(error: poem::Error) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let fault = |pointer: String, reason: &str| {
        Problem::invalid(vec![Violation { pointer, code: Code::NotReadable, reason: reason.to_owned() }])
    };
    let problem = if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        fault(format!("/{}", parameter.name), "cannot be read as its type")
    } else if error.downcast_ref::<ParsePathError>().is_some() {
        Problem::new(Slug::NoSuchListing).detail("The id in the address is not a UUID.")
    } else if error.downcast_ref::<ContentTypeError>().is_some() {
        Problem::new(Slug::UnsupportedType).detail("Send application/json.")
    } else {
        match error.status().as_u16() {
            400 => Problem::new(Slug::InvalidRequest).detail("The request cannot be read."),
            404 => Problem::new(Slug::NotFound),
            405 => Problem::new(Slug::MethodNotAllowed),
            408 => Problem::new(Slug::TookTooLong),
            413 => Problem::new(Slug::TooLarge),
            415 => Problem::new(Slug::UnsupportedType).detail("Send application/json."),
            _ => {
                tracing::error!(status = error.status().as_u16(), "a request failed");
                Problem::new(Slug::Internal)
            }
        }
    };
    let mut response = problem.response();
    if problem.status == 405 {
        // Only paths outside the document come here, and those are for reading; see `contract`.
        response.headers_mut().insert("Allow", HeaderValue::from_static("GET, HEAD"));
    }
    response
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        let mut error = Self::from_response(problem.response());
        // What stands beside a response is replaced by what stands beside the error.
        error.set_data(problem);
        error
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response()
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        let content = || vec![MetaMediaType { content_type: CONTENT_TYPE, schema: Self::schema_ref() }];
        let response = |status, description| MetaResponse {
            description,
            status,
            status_range: None,
            content: content(),
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                response(Some(400), "The request has faults; all are listed."),
                response(Some(404), "There is nothing here."),
                response(Some(405), "The address does not take that method; `Allow` names those it takes."),
                response(Some(410), "It was here and has been withdrawn. Remove your copy."),
                response(Some(413), "The body is too large."),
                response(Some(415), "The body's type is not taken here."),
                response(Some(429), "More was sent than is taken; try again later."),
                response(Some(500), "Something went wrong on our side."),
                response(
                    Some(503),
                    "The directory is being made ready, or too many ask at this moment; `Retry-After` says when to come back.",
                ),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        <Self as Type>::register(registry);
    }
}
