//! What a request may weigh. poem has no limit of its own, and its `SizeLimit` refuses every request
//! without a `Content-Length`, so this one counts what arrives.

use http_body_util::{BodyExt, Limited, combinators::BoxBody};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::problem::{Problem, Slug};

/// The largest body of a request, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;
/// The longest path and query, in bytes.
pub const LONGEST_URI: usize = 8 * 1024;

/// Refuses bodies over a number of bytes, however they are sent.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimitEndpoint { inner, most: self.0 }
    }
}

/// See [`BodyLimit`].
pub struct BodyLimitEndpoint<E> {
    inner: E,
    most: usize,
}

impl<E: Endpoint> Endpoint for BodyLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let too_large =
            || Problem::new(Slug::TooLarge).detail(format!("At most {} bytes are taken.", self.most)).response();
        let length = request
            .headers()
            .get("content-length")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.most as u64) {
            return Ok(too_large());
        }
        if request.original_uri().path_and_query().is_some_and(|uri| uri.as_str().len() > LONGEST_URI) {
            return Ok(Problem::new(Slug::InvalidRequest)
                .detail(format!("The address is longer than {LONGEST_URI} bytes."))
                .response());
        }
        let body: BoxBody<bytes::Bytes, std::io::Error> = request.take_body().into();
        let limited = Limited::new(body, self.most).map_err(std::io::Error::other);
        request.set_body(Body::from(BoxBody::new(limited)));
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}

/// Reads a whole body under the limit.
///
/// # Errors
/// A problem when it is too large or breaks off.
pub async fn whole_body(body: Body) -> std::result::Result<Vec<u8>, Problem> {
    let body: BoxBody<bytes::Bytes, std::io::Error> = body.into();
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes().to_vec()),
        Err(error) if is_over(&error) => Err(Problem::new(Slug::TooLarge)),
        Err(_) => Err(Problem::new(Slug::MalformedBody).detail("The body broke off.")),
    }
}

fn is_over(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<http_body_util::LengthLimitError>())
}
