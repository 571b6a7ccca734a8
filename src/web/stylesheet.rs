//! The one stylesheet: small, ours, kept by browsers for an hour and then asked about by its tag.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use poem::{
    Response, handler,
    http::{HeaderMap, StatusCode},
};

/// Where it is.
pub const PATH: &str = "/assets/site.css";

const TEXT: &str = include_str!("site.css");

/// A strong, quoted tag of its bytes.
static TAG: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    TEXT.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
});

/// Answers the stylesheet, or that it has not changed.
#[handler]
pub fn stylesheet(headers: &HeaderMap) -> Response {
    let known = headers.get_all("If-None-Match").iter().filter_map(|value| value.to_str().ok());
    let unchanged = known.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == TAG.as_str()
    });
    let response = Response::builder().header("ETag", TAG.as_str()).header("Cache-Control", "max-age=3600");
    if unchanged {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type("text/css; charset=utf-8").body(TEXT)
}
