//! What a request may weigh. poem has no limit of its own, and its `SizeLimit` refuses every request
//! without a `Content-Length`, so this one counts what arrives.

use http_body_util::{BodyExt, Limited, combinators::BoxBody};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::problem::{Problem, Slug};

/// The largest body of a request, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;
/// How much more than that is read and thrown away, in bytes, so that the refusal reaches who sent it.
const STILL_READ: usize = 1024 * 1024;
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
        let length = request
            .headers()
            .get("content-length")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u64>().ok());
        let waits = request.headers().contains_key("expect");
        let most = self.most as u64 + if waits { 0 } else { STILL_READ as u64 };
        if length.is_some_and(|length| length > most) {
            return Ok(too_large(self.most).response());
        }
        if request.original_uri().path_and_query().is_some_and(|uri| uri.as_str().len() > LONGEST_URI) {
            return Ok(Problem::new(Slug::InvalidRequest)
                .detail(format!("The address is longer than {LONGEST_URI} bytes."))
                .response());
        }
        // Before anything can refuse it: a connection with half a body left on it is of no further use.
        if length.is_some() || request.headers().contains_key("transfer-encoding") {
            match whole_body(request.take_body(), self.most).await {
                Ok(whole) => request.set_body(whole),
                Err(problem) => return Ok(problem.response()),
            }
        }
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}

/// Reads a whole body under a limit.
///
/// # Errors
/// A problem when it is too large or breaks off.
pub async fn whole_body(body: Body, most: usize) -> std::result::Result<Vec<u8>, Problem> {
    let body: BoxBody<bytes::Bytes, std::io::Error> = body.into();
    let limited = Limited::new(body, most + STILL_READ).map_err(std::io::Error::other);
    match up_to(Body::from(BoxBody::new(limited)), most).await {
        Ok(Some(whole)) => Ok(whole),
        Ok(None) => Err(too_large(most)),
        Err(error) if is_over(&error) => Err(too_large(most)),
        Err(_) => Err(Problem::new(Slug::MalformedBody).detail("The body broke off.")),
    }
}

/// A whole body, or `None` when it has more bytes than `most`. It is read to its end all the same: a connection
/// that is closed while its reader still writes is reset, and the answer that says why is lost with it.
async fn up_to(body: Body, most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut body: BoxBody<bytes::Bytes, std::io::Error> = body.into();
    let (mut whole, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        length += data.len();
        if length <= most {
            whole.extend_from_slice(&data);
        } else {
            whole = Vec::new();
        }
    }
    Ok((length <= most).then_some(whole))
}

fn too_large(most: usize) -> Problem {
    Problem::new(Slug::TooLarge).detail(format!("At most {most} bytes are taken."))
}

fn is_over(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<http_body_util::LengthLimitError>())
}
