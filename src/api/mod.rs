//! The directory over HTTP, for programs: `/v1`, the feed at `/hsds`, the probes, the document and the problem pages.

pub mod contract;
pub mod crisis;
pub mod decisions;
pub mod headers;
pub mod health;
pub mod hsds;
pub mod limits;
pub mod listings;
pub mod metrics;
pub mod networks;
pub mod pathways;
pub mod payload;
pub mod places;
pub mod problem;
pub mod reports;
pub mod resilience;
pub mod resources;
pub mod search;
pub mod sessions;
pub mod suggest;
pub mod support_map;
pub mod terms;

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, Request, Route, endpoint::make, handler, http::Method, middleware::CatchPanic, web::Path,
};
use poem_openapi::{ContactObject, LicenseObject, OpenApiService, Tags};

use self::problem::{Problem, Slug};
use crate::directory::Directory;

/// The parts of the document.
#[derive(Tags)]
pub enum Tag {
    /// Finding support by words, place and terms.
    Finding,
    /// Reading listings by id, and walking all of them.
    Reading,
    /// Words to search by, and lines to ring now.
    Knowing,
    /// Saying that something is wrong.
    Telling,
    /// For whoever runs the server.
    Running,
}

const DESCRIPTION: &str = "An open directory of peer support groups, community organisations and services for people who live with trauma. \
    Reading needs no key. Answers to words, a place or a filter are never stored, and every search has a POST twin so that it need not stand in an address. \
    Every failure is an `application/problem+json` whose `type` is a page on this server.";

type Operations = (
    search::Search,
    sessions::Sessions,
    pathways::Pathways,
    support_map::SupportMap,
    suggest::Suggest,
    listings::Listings,
    networks::Networks,
    resources::Resources,
    places::Places,
    terms::Terms,
    crisis::Crisis,
    decisions::Decisions,
    resilience::Resilience,
    reports::Reports,
    health::Health,
);

fn service(directory: &Directory) -> OpenApiService<Operations, ()> {
    let operations = (
        search::Search(directory.clone()),
        sessions::Sessions(directory.clone()),
        pathways::Pathways(directory.clone()),
        support_map::SupportMap(directory.clone()),
        suggest::Suggest(directory.clone()),
        listings::Listings(directory.clone()),
        networks::Networks(directory.clone()),
        resources::Resources(directory.clone()),
        places::Places,
        terms::Terms(directory.clone()),
        crisis::Crisis,
        decisions::Decisions(directory.clone()),
        resilience::Resilience(directory.clone()),
        reports::Reports(directory.clone()),
        health::Health(directory.clone()),
    );
    OpenApiService::new(operations, "Kith", env!("CARGO_PKG_VERSION"))
        .description(DESCRIPTION)
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .contact(ContactObject::new().name("The keepers of this directory"))
}

/// The published document, as `openapi/v1.json` has it.
pub fn document(directory: &Directory) -> serde_json::Value {
    contract::put_right(&service(directory).spec())
}

/// Everything for programs. Mount it at the root: its paths are whole.
pub fn endpoint(directory: &Directory) -> impl Endpoint + use<> {
    let document = document(directory);
    let contract = Arc::new(contract::Contract::read(&document, &["/openapi.json", "/problems/{slug}"]));
    let text = serde_json::to_string_pretty(&document).expect("a JSON value can be written");
    let routes = Route::new()
        .at("/openapi.json", poem::get(openapi.data(Arc::<str>::from(text))))
        .at("/problems/:slug", poem::get(problem_page))
        .nest("/", service(directory));
    let own = Arc::new(guarded(routes, contract).map_to_response().boxed());
    let feed = Arc::new(hsds::endpoint(directory).map_to_response().boxed());
    let directory = directory.clone();
    make(move |request: Request| {
        let path = request.uri().path();
        // Before anything is read of it: a refusal must cost next to nothing. Where a body follows, that is read first.
        let refused = *request.method() == Method::GET && SEARCHES.contains(&path) && directory.is_crowded();
        let side = Arc::clone(if is_below("/hsds", path) { &feed } else { &own });
        async move { if refused { Ok(problem::busy()) } else { side.call(request).await } }
    })
}

/// Paths whose answers take a turn.
const SEARCHES: [&str; 7] =
    ["/v1/search", "/v1/sessions", "/v1/suggest", "/v1/resources", "/v1/pathways", "/v1/support-map", "/v1/resilience"];

/// What stands around all operations: the document's checks, a limit on bodies, the headers, and a problem
/// for whatever fails, a panic too.
pub fn guarded<E: Endpoint + 'static>(routes: E, contract: Arc<contract::Contract>) -> impl Endpoint + use<E> {
    routes
        .with(contract::Strict(contract))
        .catch_all_error(|error| async move { problem::from_poem(error) })
        .with(limits::BodyLimit(limits::LARGEST_BODY))
        .with(CatchPanic::new().with_handler(|_| {
            tracing::error!("a handler panicked");
            Problem::new(Slug::Internal).response()
        }))
        .with(headers::Headers { api: true })
}

/// Whether a path is for programs; the rest are pages.
pub fn is_api_path(path: &str) -> bool {
    ["/v1", "/hsds", "/healthz", "/readyz", "/openapi.json", "/problems"].iter().any(|root| is_below(root, path))
}

fn is_below(root: &str, path: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[handler]
fn openapi(text: poem::web::Data<&Arc<str>>) -> poem::Response {
    poem::Response::builder()
        .content_type("application/json")
        .header("Cache-Control", "max-age=300")
        .body(text.0.to_string())
}

#[handler]
fn problem_page(Path(slug): Path<String>) -> poem::Response {
    match Slug::ALL.iter().find(|known| known.as_str() == slug) {
        Some(known) => poem::Response::builder()
            .content_type("text/markdown; charset=utf-8")
            .header("Cache-Control", "max-age=3600")
            .body(known.page()),
        None => Problem::new(Slug::NotFound).response(),
    }
}
