//! Headers that every answer carries, and who may read it from another origin.
//!
//! Reads are open to every origin without credentials. poem's `Cors` with nothing set reflects any
//! origin and allows every method, so it is not used.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderValue, Method, StatusCode, header::HeaderName},
};

const ALWAYS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// For answers that are no pages: nothing may load or frame anything through them.
const API_ONLY: [(&str, &str); 3] = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "ETag, Retry-After"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
];

/// Headers for every answer; with `api`, those for programs too.
#[derive(Debug, Clone, Copy)]
pub struct Headers {
    /// Whether the answers are for programs of any origin.
    pub api: bool,
}

impl<E: Endpoint> Middleware<E> for Headers {
    type Output = HeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        HeadersEndpoint { inner, headers: *self }
    }
}

/// See [`Headers`].
pub struct HeadersEndpoint<E> {
    inner: E,
    headers: Headers,
}

impl<E: Endpoint> Endpoint for HeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let preflight = self.headers.api
            && *request.method() == Method::OPTIONS
            && request.headers().contains_key("access-control-request-method");
        let mut response = if preflight {
            Response::builder()
                .status(StatusCode::NO_CONTENT)
                .header("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
                .header("Access-Control-Allow-Headers", "Content-Type, If-None-Match")
                .header("Access-Control-Max-Age", "86400")
                .finish()
        } else {
            self.inner.call(request).await?.into_response()
        };
        self.headers.put_on(&mut response);
        Ok(response)
    }
}

impl Headers {
    /// Adds to an answer those that it does not have.
    pub fn put_on(self, response: &mut Response) {
        let own: &[(&str, &str)] = if self.api { &API_ONLY } else { &[] };
        for (name, value) in ALWAYS.iter().chain(own) {
            response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
        }
    }
}
