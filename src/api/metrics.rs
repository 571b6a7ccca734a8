//! `GET /metrics`, at an address of its own that only this machine reaches: how the directory fares, in OpenMetrics text.
//!
//! Counts and states only. The one label holds ids of crisis lines, which are compiled in: nothing that a reader sends
//! can become a label, a name or a value.

use std::fmt::Write;

use poem::{Endpoint, EndpointExt, Response, Route, endpoint::make_sync, get};

use super::headers::Headers;
use crate::{directory::Directory, domain::crisis};

/// The content type of the text.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers `/metrics` and nothing else.
pub fn endpoint(directory: &Directory) -> impl Endpoint + use<> {
    let directory = directory.clone();
    let answer = make_sync(move |_| Response::builder().content_type(CONTENT_TYPE).body(text(&directory)));
    Route::new()
        .at("/metrics", get(answer))
        .catch_all_error(|error| async move { super::problem::from_poem(error) })
        .after(|answer: poem::Result<Response>| async move {
            let mut response = answer?;
            response.headers_mut().insert("cache-control", poem::http::HeaderValue::from_static("no-store"));
            Headers { api: false }.put_on(&mut response);
            Ok::<_, poem::Error>(response)
        })
}

/// All metrics at this moment.
fn text(directory: &Directory) -> String {
    let documents = directory.view.reader().map(|reader| reader.documents());
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, u64)]| {
        let _ = writeln!(text, "# TYPE {name} gauge\n# HELP {name} {help}");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let one = |value: u64| [(String::new(), value)];
    gauge("kith_ready", "Whether searches are answered.", &one(documents.is_ok().into()));
    gauge("kith_documents", "Documents in the published view.", &one(documents.map_or(0, |documents| documents)));
    gauge("kith_sequence", "The last change that readers can see.", &one(directory.as_of().sequence));
    gauge("kith_searches_waiting", "Searches that wait for their turn.", &one(directory.waiting() as u64));
    let to_check = crisis::to_check(directory.clock.now().london_date());
    let lines: Vec<(String, u64)> = crisis::lines()
        .iter()
        .map(|line| (format!("{{line=\"{}\"}}", line.id), to_check.contains(&line.id.as_str()).into()))
        .collect();
    gauge(
        "kith_crisis_line_to_check",
        "Whether nobody has rung the number of a crisis line for 45 days, or ever.",
        &lines,
    );
    text.push_str("# EOF\n");
    text
}
