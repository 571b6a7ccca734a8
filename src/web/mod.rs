//! The directory over HTTP, for people: pages that work without script.
//!
//! A search is a POST, so that what was looked for stands in no address, history or log. The pages
//! eat the same published bytes as everyone else ([`view`]); a listing's words are only ever text.

mod chrome;
mod credits_page;
mod decisions_page;
mod facts;
mod filters;
mod form;
mod links;
mod listing_page;
mod map_page;
mod members_page;
mod message_page;
mod pathway_page;
mod practice;
mod report_page;
mod resilience_page;
mod results_page;
mod sessions_page;
mod shared;
mod shelf_page;
mod stylesheet;
mod view;
mod way;
mod words;

use askama::Template;
use poem::{
    Body, Endpoint, EndpointExt, FromRequest, IntoResponse, Request, RequestBody, Response, Route, RouteMethod,
    error::MethodNotAllowedError,
    handler,
    http::{HeaderValue, StatusCode, header::HeaderName},
    middleware::CatchPanic,
    web::{Data, Form, Path},
};

use self::{
    form::{Fields, On},
    map_page::{MapForm, MapPage},
    message_page::Message,
    pathway_page::PathwayPage,
    report_page::ReportPage,
    resilience_page::{Asked, ResiliencePage},
    sessions_page::SessionsPage,
    shelf_page::{Sent, Shelf, ShelfPage},
};
use crate::directory::{
    Directory, Error,
    networks::MembersAsked,
    reports::{NewReport, sender},
};

/// The largest form that is taken, in bytes.
const LARGEST_FORM: usize = 16 * 1024;

/// On every page: nothing is loaded from elsewhere, nothing is framed, nothing is kept or told on.
const HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
];

/// All pages. Every path that is no page answers a 404 page.
pub fn routes(directory: Directory) -> impl Endpoint<Output = Response> {
    let sample = directory.is_sample();
    Route::new()
        .at("/", reached_by(RouteMethod::new().get(home).post(search), "GET, HEAD, POST", sample))
        .at("/tonight", reached_by(RouteMethod::new().get(ask_tonight).post(tonight), "GET, HEAD, POST", sample))
        .at("/this-week", reached_by(RouteMethod::new().get(ask_this_week).post(this_week), "GET, HEAD, POST", sample))
        .at("/support-map", reached_by(RouteMethod::new().get(ask_map).post(map), "GET, HEAD, POST", sample))
        .at(
            "/listing/:id/pathway",
            reached_by(RouteMethod::new().get(ask_pathway).post(pathway), "GET, HEAD, POST", sample),
        )
        .at("/listing/:id", reached_by(RouteMethod::new().get(listing), "GET, HEAD", sample))
        .at("/listing/:id/members", reached_by(RouteMethod::new().get(members), "GET, HEAD", sample))
        .at("/networks", reached_by(RouteMethod::new().get(all_networks).post(networks), "GET, HEAD, POST", sample))
        .at("/resources", reached_by(RouteMethod::new().get(all_resources).post(resources), "GET, HEAD, POST", sample))
        .at(
            "/listing/:id/report",
            reached_by(RouteMethod::new().get(ask_report).post(report), "GET, HEAD, POST", sample),
        )
        .at("/credits", reached_by(RouteMethod::new().get(credits), "GET, HEAD", sample))
        .at(
            "/resilience",
            reached_by(RouteMethod::new().get(ask_resilience).post(resilience), "GET, HEAD, POST", sample),
        )
        .at("/decisions", reached_by(RouteMethod::new().get(decisions), "GET, HEAD", sample))
        .at(stylesheet::PATH, reached_by(RouteMethod::new().get(stylesheet::stylesheet), "GET, HEAD", sample))
        // Browsers ask for it unasked; there is no picture to give.
        .at(
            "/favicon.ico",
            poem::endpoint::make_sync(|_| StatusCode::NO_CONTENT.with_header("Cache-Control", "max-age=86400")),
        )
        .data(directory)
        .catch_all_error(move |error| async move { Message::of_status(error.status()).response(sample) })
        .with(CatchPanic::new().with_handler(move |_| {
            tracing::error!("a page panicked");
            Message::of_status(StatusCode::INTERNAL_SERVER_ERROR).response(sample)
        }))
        .after(|answer: poem::Result<_>| async move {
            let mut response = answer.map_or_else(poem::Error::into_response, IntoResponse::into_response);
            for (name, value) in HEADERS {
                response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
            }
            Ok::<_, poem::Error>(response)
        })
        .map_to_response()
}

/// Says which methods there are when another is tried.
fn reached_by(methods: RouteMethod, allow: &'static str, sample: bool) -> impl Endpoint<Output = Response> {
    methods
        .catch_error(move |_: MethodNotAllowedError| async move {
            Message::of_status(StatusCode::METHOD_NOT_ALLOWED)
                .response(sample)
                .with_header("Allow", allow)
                .into_response()
        })
        .map_to_response()
}

#[handler]
fn home(Data(directory): Data<&Directory>) -> Response {
    page(StatusCode::OK, &form::HomePage::new(on(On::Search, directory), directory.is_sample()))
}

#[handler]
async fn search(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    let fields = match fields(request, body, directory).await {
        Ok(fields) => fields,
        Err(status) => return Message::of_status(status).response(sample),
    };
    let words = fields.q.clone();
    let asked = match fields.request() {
        Err(faults) => return page(StatusCode::BAD_REQUEST, &form::HomePage::new(fields.with(faults), sample)),
        Ok(asked) => asked,
    };
    // Held until the page is made: that is computed too.
    let _turn = match directory.turn().await {
        Ok(turn) => turn,
        Err(error) => return failed(&error, &words, sample),
    };
    match directory.search(&asked) {
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => page(StatusCode::OK, &results_page::ResultsPage::new(fields, answer)),
            Err(error) => unreadable(&error, sample),
        },
        Err(error) => match form::faults_of(&error) {
            Some(faults) => page(StatusCode::BAD_REQUEST, &form::HomePage::new(fields.with(faults), sample)),
            None => failed(&error, &words, sample),
        },
    }
}

#[handler]
fn ask_tonight(Data(directory): Data<&Directory>) -> Response {
    ask(On::Tonight, directory)
}

#[handler]
fn ask_this_week(Data(directory): Data<&Directory>) -> Response {
    ask(On::ThisWeek, directory)
}

/// The empty form of a page.
fn on(on: On, directory: &Directory) -> Fields {
    Fields { on, held: directory.view.held_terms(), ..Fields::default() }
}

fn ask(at: On, directory: &Directory) -> Response {
    page(StatusCode::OK, &SessionsPage::asking(on(at, directory), directory.is_sample()))
}

#[handler]
async fn tonight(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    sessions(On::Tonight, request, body, directory).await
}

#[handler]
async fn this_week(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    sessions(On::ThisWeek, request, body, directory).await
}

async fn sessions(on: On, request: &Request, body: Body, directory: &Directory) -> Response {
    let sample = directory.is_sample();
    let fields = match fields(request, body, directory).await {
        Ok(fields) => Fields { on, ..fields },
        Err(status) => return Message::of_status(status).response(sample),
    };
    let words = fields.q.clone();
    let wrong = |fields| page(StatusCode::BAD_REQUEST, &SessionsPage::asking(fields, sample));
    let asked = match sessions_page::request(&fields, directory.clock.now()) {
        Err(faults) => return wrong(fields.with(faults)),
        Ok(asked) => asked,
    };
    let _turn = match directory.turn().await {
        Ok(turn) => turn,
        Err(error) => return failed(&error, &words, sample),
    };
    match directory.sessions(&asked) {
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => page(StatusCode::OK, &SessionsPage::answering(fields, &answer)),
            Err(error) => unreadable(&error, sample),
        },
        Err(error) => match form::faults_of(&error) {
            Some(faults) => wrong(fields.with(faults)),
            None => failed(&error, &words, sample),
        },
    }
}

#[handler]
fn listing(Path(id): Path<String>, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    match directory.listing(&id) {
        Ok(published) => match serde_json::from_slice(&published.json) {
            Ok(listing) => {
                page(StatusCode::OK, &listing_page::ListingPage::new(listing, sample, directory.clock.now()))
            }
            Err(error) => unreadable(&error, sample),
        },
        Err(error) => failed(&error, "", sample),
    }
}

#[handler]
fn members(Path(id): Path<String>, request: &Request, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    // The only thing that its own links put into the address; anything else there begins anew.
    let after = request.uri().query().and_then(|query| query.strip_prefix("after=")).map(str::to_owned);
    let asked = MembersAsked { states: Vec::new(), after, limit: members_page::ON_PAGE };
    match directory.members(&id, &asked) {
        Ok(found) => page(StatusCode::OK, &members_page::MembersPage::new(found, sample)),
        Err(error) => failed(&error, "", sample),
    }
}

#[handler]
async fn all_networks(Data(directory): Data<&Directory>) -> Response {
    shelf(Shelf::Networks, Sent::default(), directory).await
}

#[handler]
async fn all_resources(Data(directory): Data<&Directory>) -> Response {
    shelf(Shelf::Resources, Sent::default(), directory).await
}

#[handler]
async fn networks(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    sent_shelf(Shelf::Networks, request, body, directory).await
}

#[handler]
async fn resources(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    sent_shelf(Shelf::Resources, request, body, directory).await
}

async fn sent_shelf(kind: Shelf, request: &Request, body: Body, directory: &Directory) -> Response {
    match sent(request, body).await.and_then(|sent| Sent::of(kind, sent).ok_or(StatusCode::BAD_REQUEST)) {
        Ok(sent) => shelf(kind, sent, directory).await,
        Err(status) => Message::of_status(status).response(directory.is_sample()),
    }
}

async fn shelf(kind: Shelf, sent: Sent, directory: &Directory) -> Response {
    let sample = directory.is_sample();
    let wrong = |sent, place| page(StatusCode::BAD_REQUEST, &ShelfPage::wrong(kind, sent, place, sample));
    let Some(asked) = sent.request(kind) else { return wrong(sent, false) };
    let _turn = match directory.turn().await {
        Ok(turn) => turn,
        Err(error) => return failed(&error, sent.words(), sample),
    };
    match directory.search(&asked) {
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => page(StatusCode::OK, &ShelfPage::answering(kind, sent, answer)),
            Err(error) => unreadable(&error, sample),
        },
        Err(Error::Place(_)) => wrong(sent, true),
        Err(error) => failed(&error, sent.words(), sample),
    }
}

/// The page that asks what is wrong with a listing.
fn report_page(id: &str, directory: &Directory) -> Result<ReportPage, Error> {
    let published = directory.listing(id)?;
    // What cannot be read has no name to show; the page of the listing says so.
    let read: view::Listing = serde_json::from_slice(&published.json).map_err(|_| Error::Missing)?;
    Ok(ReportPage::asking(read.card, directory.is_sample()))
}

#[handler]
fn ask_report(Path(id): Path<String>, Data(directory): Data<&Directory>) -> Response {
    match report_page(&id, directory) {
        Ok(asking) => page(StatusCode::OK, &asking),
        Err(error) => failed(&error, "", directory.is_sample()),
    }
}

#[handler]
async fn report(Path(id): Path<String>, request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    let sent = match sent(request, body).await {
        Ok(sent) => sent,
        Err(status) => return Message::of_status(status).response(sample),
    };
    let forwarded = request.headers().get_all("x-forwarded-for").into_iter().next_back();
    let from =
        request.remote_addr().as_socket_addr().map(|peer| sender(peer.ip(), forwarded.map(|value| value.as_bytes())));
    let asking = match report_page(&id, directory) {
        Ok(asking) => asking,
        Err(error) => return failed(&error, "", sample),
    };
    let field = |name: &str| sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone());
    // Browsers count a line's end as one character and send two.
    let text = field("text").unwrap_or_default().replace("\r\n", "\n");
    let stated = |name| field(name).filter(|value| !value.is_empty());
    let (barrier, since) = (stated("barrier"), stated("since"));
    let reason = field("reason").unwrap_or_default();
    let new = NewReport { listing_id: id, reason, barrier, since, text: Some(text.clone()) };
    match directory.report(&new, from).await {
        Ok(report) => page(StatusCode::OK, &asking.received(&report.code)),
        Err(Error::Invalid(faults)) => page(StatusCode::BAD_REQUEST, &asking.with(&new, text, &faults)),
        Err(error) => failed(&error, "", sample),
    }
}

#[handler]
fn ask_map(Data(directory): Data<&Directory>) -> Response {
    page(StatusCode::OK, &MapPage::asking(MapForm::of(&[], directory.view.held_terms()), directory.is_sample()))
}

#[handler]
async fn map(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    let form = match sent(request, body).await {
        Ok(sent) => MapForm::of(&sent, directory.view.held_terms()),
        Err(status) => return Message::of_status(status).response(sample),
    };
    let wrong = |form| page(StatusCode::BAD_REQUEST, &MapPage::asking(form, sample));
    let asked = match form.request() {
        Err(faults) => return wrong(form.with(faults)),
        Ok(asked) => asked,
    };
    let _turn = match directory.turn().await {
        Ok(turn) => turn,
        Err(error) => return failed(&error, "", sample),
    };
    match directory.support_map(&asked) {
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => page(StatusCode::OK, &MapPage::answering(form, answer)),
            Err(error) => unreadable(&error, sample),
        },
        Err(error) => match form::faults_of(&error) {
            Some(faults) => wrong(form.with(faults)),
            None => failed(&error, "", sample),
        },
    }
}

/// The page that asks where to, from a listing.
fn pathway_page(id: &str, directory: &Directory) -> Result<PathwayPage, Error> {
    let published = directory.listing(id)?;
    let read: view::Listing = serde_json::from_slice(&published.json).map_err(|_| Error::Missing)?;
    Ok(PathwayPage::asking(read.card, directory.is_sample()))
}

#[handler]
fn ask_pathway(Path(id): Path<String>, Data(directory): Data<&Directory>) -> Response {
    match pathway_page(&id, directory) {
        Ok(asking) => page(StatusCode::OK, &asking),
        Err(error) => failed(&error, "", directory.is_sample()),
    }
}

#[handler]
async fn pathway(Path(id): Path<String>, request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    let sent = match sent(request, body).await {
        Ok(sent) => sent,
        Err(status) => return Message::of_status(status).response(sample),
    };
    let field = |name: &str| sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone());
    let asking = match pathway_page(&id, directory) {
        Ok(asking) => {
            let [layer, age, lang] = ["to_layer", "age", "lang"].map(|name| field(name).unwrap_or_default());
            asking.sent(layer, age, &lang)
        }
        Err(error) => return failed(&error, "", sample),
    };
    let _turn = match directory.turn().await {
        Ok(turn) => turn,
        Err(error) => return failed(&error, "", sample),
    };
    match directory.pathways(&asking.request(&id)) {
        Ok(answer) => match serde_json::from_slice(&answer) {
            Ok(answer) => page(StatusCode::OK, &asking.answering(&answer)),
            Err(error) => unreadable(&error, sample),
        },
        Err(Error::Invalid(faults)) => page(StatusCode::BAD_REQUEST, &asking.with(&faults)),
        Err(error) => failed(&error, "", sample),
    }
}

#[handler]
fn credits(Data(directory): Data<&Directory>) -> Response {
    page(StatusCode::OK, &credits_page::CreditsPage::new(directory.is_sample()))
}

#[handler]
fn ask_resilience(Data(directory): Data<&Directory>) -> Response {
    page(StatusCode::OK, &ResiliencePage::asking(directory.is_sample(), &directory.view.held_terms()))
}

#[handler]
async fn resilience(request: &Request, body: Body, Data(directory): Data<&Directory>) -> Response {
    let sample = directory.is_sample();
    let asked = match sent(request, body).await {
        Ok(sent) => Asked::of(&sent),
        Err(status) => return Message::of_status(status).response(sample),
    };
    let asking = ResiliencePage::asking(sample, &directory.view.held_terms());
    match directory.resilience(asked.request()).await {
        Ok(answer) => page(StatusCode::OK, &asking.answering(asked, answer)),
        Err(Error::Invalid(faults)) => page(StatusCode::BAD_REQUEST, &asking.with(asked, &faults)),
        Err(error) => failed(&error, "", sample),
    }
}

#[handler]
fn decisions(Data(directory): Data<&Directory>) -> Response {
    page(StatusCode::OK, &decisions_page::DecisionsPage::new(directory.decisions()))
}

/// The fields of the form that was sent, however it was sent.
async fn fields(request: &Request, body: Body, directory: &Directory) -> Result<Fields, StatusCode> {
    let fields = Fields::of(sent(request, body).await?).ok_or(StatusCode::BAD_REQUEST)?;
    Ok(Fields { held: directory.view.held_terms(), ..fields })
}

/// The names and values of the form that was sent.
async fn sent(request: &Request, body: Body) -> Result<Vec<(String, String)>, StatusCode> {
    let bytes = body.into_bytes_limit(LARGEST_FORM).await.map_err(|error| poem::Error::from(error).status())?;
    let Form(sent) =
        Form::from_request(request, &mut RequestBody::new(bytes.into())).await.map_err(|error| error.status())?;
    Ok(sent)
}

/// The page for an error, with the lines first that the words of the question call for.
fn failed(error: &Error, words: &str, sample: bool) -> Response {
    match error {
        Error::Missing => Message::of_status(StatusCode::NOT_FOUND).response(sample),
        Error::Gone => Message::of_status(StatusCode::GONE).response(sample),
        Error::TooMany => Message::of_status(StatusCode::TOO_MANY_REQUESTS).response(sample),
        Error::Store(error) => {
            tracing::error!(%error, "the store could not be written");
            Message::of_status(StatusCode::SERVICE_UNAVAILABLE).response_to(words, sample)
        }
        Error::NotReady(progress) => Message::not_ready(progress.done, progress.of)
            .response_to(words, sample)
            .with_header("Retry-After", "5")
            .into_response(),
        Error::Busy => Message::busy().response_to(words, sample).with_header("Retry-After", "2").into_response(),
        other => {
            tracing::error!(error = %other, "a page could not be made");
            Message::of_status(StatusCode::INTERNAL_SERVER_ERROR).response(sample)
        }
    }
}

fn unreadable(error: &serde_json::Error, sample: bool) -> Response {
    // The message of a JSON error may hold a value; its place does not.
    tracing::error!(line = error.line(), column = error.column(), "published bytes could not be read by a page");
    Message::of_status(StatusCode::INTERNAL_SERVER_ERROR).response(sample)
}

/// A page's response; its headers are set by [`routes`].
fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = template.render().expect("templates write into memory and call nothing that fails");
    Response::builder().status(status).content_type("text/html; charset=utf-8").body(html)
}

#[cfg(test)]
mod tests;
