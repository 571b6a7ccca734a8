//! Pages as browsers get them: the right status, sound markup, nothing loaded, nothing told.

use std::{collections::HashSet, sync::Arc};

use poem::{
    Endpoint, Request, Response,
    http::{Method, StatusCode},
};
use serde_json::{Value as Json, json};

use super::{failed, form::Fields, listing_page::ListingPage, page, results_page::ResultsPage, routes};
use crate::{
    directory::{Directory, Error, view::Progress},
    domain::clock::{SeededChance, SystemClock, Timestamp},
};

/// A directory whose view is not built yet.
async fn empty() -> (tempfile::TempDir, impl Endpoint<Output = Response>) {
    let folder = tempfile::tempdir().unwrap();
    let directory =
        Directory::open(folder.path(), None, Arc::new(SystemClock), Arc::new(SeededChance::new(1))).await.unwrap();
    let pages = routes(directory);
    (folder, pages)
}

fn form(body: &str) -> Request {
    let builder =
        Request::builder().method(Method::POST).uri_str("/").content_type("application/x-www-form-urlencoded");
    builder.body(body.to_owned())
}

fn get(path: &str) -> Request {
    Request::builder().uri_str(path).finish()
}

/// The status and the text, after every promise of a page has been looked at.
async fn sound(response: Response) -> (StatusCode, String) {
    let headers = response.headers().clone();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"));
    assert_eq!((header("referrer-policy").as_str(), header("cache-control").as_str()), ("no-referrer", "no-store"));
    assert_eq!((header("x-content-type-options").as_str(), header("set-cookie").as_str()), ("nosniff", ""));
    let status = response.status();
    let html = response.into_body().into_string().await.unwrap();
    is_sound(&html);
    (status, html)
}

/// What holds for every page's markup.
fn is_sound(html: &str) {
    assert!(html.starts_with("<!doctype html>") && html.contains("<html lang=\"en-GB\">"), "{html}");
    assert_eq!(html.matches("<h1").count(), 1);
    for unwanted in ["<script", "<img", "<iframe", " style=", "<style", " onclick", "<base", "http-equiv", " src="] {
        assert!(!html.contains(unwanted), "{unwanted} in {html}");
    }
    let first_link = html.split_once("<a ").unwrap().1;
    assert!(first_link.contains("https://www.bbc.co.uk/weather") && first_link.find("</a>") < first_link.find("<a "));
    assert!(html.contains("href=\"tel:999\""));
    let ids: Vec<&str> = attributes(html, "id").collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "ids are unique");
    for reference in ["for", "aria-labelledby", "aria-describedby"] {
        for id in attributes(html, reference).flat_map(str::split_whitespace) {
            assert!(known.contains(id), "{reference} names {id}");
        }
    }
    for href in attributes(html, "href") {
        let ours = href.starts_with('/') || href.strip_prefix('#').is_some_and(|id| known.contains(id));
        assert!(
            ours || ["https://", "http://", "tel:", "mailto:"].iter().any(|start| href.starts_with(start)),
            "{href}"
        );
    }
    for tag in html.split("<a ").skip(1).map(|tag| tag.split_once('>').unwrap().0) {
        assert!(!tag.contains("href=\"http") || tag.contains("rel=\"noreferrer noopener\""), "{tag}");
    }
}

fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let tags = html.split('<').skip(1).map(|tag| tag.split_once('>').map_or(tag, |(tag, _)| tag));
    let start = format!(" {name}=\"");
    tags.filter_map(move |tag| Some(tag.split_once(&start)?.1.split_once('"')?.0))
}

/// The instant at which pages are made.
fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn title(html: &str) -> &str {
    html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0
}

fn rendered(template: &impl askama::Template) -> String {
    let html = template.render().unwrap();
    is_sound(&html);
    html
}

fn results(q: &str, near: &str, within_km: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut answer = json!({
        "place": {"resolved": "LS6 2", "kind": "sector", "precision_km": 0.6, "within": "Leeds"},
        "understood": {"terms": [{"id": "bereavement", "label": "Bereavement and grief"}], "words": "all"},
        "results": {"total": 41, "page": 1, "per_page": 20, "items": [card()]},
        "covers_area": {"total": 1, "page": 1, "per_page": 20, "items": []},
        "facets": (0..12).map(|n| json!({"id": format!("t{n}"), "label": format!("Term {n}"), "count": 20 - n})).collect::<Vec<_>>(),
        "kinds": [],
        "searched_within_km": 5.0,
        "crisis": [{"id": "999", "name": "Emergency services", "phone": "999", "url": "https://x.example", "hours": "Day and night",
            "who_for": "Anyone", "nations": ["england"], "source": "x", "stated_on": "2024", "note": "not yet checked by a person"}],
        "as_of": {"epoch": "e", "sequence": 1},
        "sample": false,
    });
    change(&mut answer);
    let fields = Fields::default().but(q, near, within_km);
    rendered(&ResultsPage::new(fields, serde_json::from_value(answer).unwrap()))
}

fn card() -> Json {
    json!({
        "id": "0198", "kind": "group", "name": "Tea & <b>Talk</b>", "organization": {"id": "0199", "name": "The Hall"},
        "summary": "Come as you are.", "who_for": [{"id": "men", "label": "Men", "facet": "audience"}], "minimum_age": 18.0,
        "schedule_text": "Every Tuesday, 19:00 to 20:30", "phones": [{"number": "0113 496 0123"}], "url": "javascript:alert(1)",
        "place": {"kind": "exact", "label": "St Michael's Hall, LS6 3AW", "latitude": 53.8, "longitude": -1.5},
        "distance_km": 2.34, "status": "active", "source": {"name": "council", "url": "https://council.example", "licence": "OGL-UK-3.0"},
        "page_url": "/listing/0198", "report_url": "/listing/0198/report",
    })
}

#[tokio::test]
async fn the_form_can_be_reached_and_nothing_else_is_loaded() {
    let (_folder, pages) = empty().await;
    let (status, html) = sound(pages.get_response(get("/")).await).await;
    assert_eq!((status, title(&html)), (StatusCode::OK, "Find support – Kith"));
    assert!(html.contains("<form class=\"search\" method=\"post\" action=\"/\""));
    let head = pages.get_response(Request::builder().method(Method::HEAD).uri_str("/").finish()).await;
    assert_eq!((head.status(), head.into_body().into_string().await.unwrap()), (StatusCode::OK, String::new()));
}

#[tokio::test]
async fn what_is_typed_comes_back_as_text_and_stands_in_no_title() {
    let (_folder, pages) = empty().await;
    let response = pages.get_response(form("q=%22%3E%3Cscript%3Ezebra&within_km=5")).await;
    let (status, html) = sound(response).await;
    assert_eq!((status, title(&html)), (StatusCode::BAD_REQUEST, "Error: something to put right – Kith"));
    assert!(
        html.contains("zebra")
            && html.contains("href=\"#near\"")
            && html.contains("near-hint near-error\" aria-invalid=\"true\"")
    );
    assert!(html.contains("<option value=\"5\" selected>"));
}

#[tokio::test]
async fn every_failure_is_a_page_with_its_status() {
    let (_folder, pages) = empty().await;
    for (request, expected) in [
        (get("/nowhere"), StatusCode::NOT_FOUND),
        (get("/listing/0198"), StatusCode::SERVICE_UNAVAILABLE),
        (form("q=tea"), StatusCode::SERVICE_UNAVAILABLE),
        (form(&format!("q={}", "x".repeat(17_000))), StatusCode::PAYLOAD_TOO_LARGE),
        (form("q=a&q=b"), StatusCode::BAD_REQUEST),
        (Request::builder().method(Method::POST).uri_str("/").body("q=a"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Request::builder().method(Method::DELETE).uri_str("/").finish(), StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let (status, _) = sound(pages.get_response(request).await).await;
        assert_eq!(status, expected);
    }
    let wrong = pages.get_response(Request::builder().method(Method::PUT).uri_str("/listing/x").finish()).await;
    assert_eq!(wrong.headers()["allow"], "GET, HEAD");
    for (error, status, words) in [
        (Error::Missing, StatusCode::NOT_FOUND, "no page at this address"),
        (Error::Gone, StatusCode::GONE, "taken down"),
        (
            Error::NotReady(Progress { done: 1200, of: 40_000 }),
            StatusCode::SERVICE_UNAVAILABLE,
            "1,200 of 40,000 listings",
        ),
    ] {
        let response = failed(&error, "", false);
        assert_eq!(response.headers().contains_key("retry-after"), status == StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.status(), status);
        let html = response.into_body().into_string().await.unwrap();
        is_sound(&html);
        assert!(html.contains(words));
    }
}

#[tokio::test]
async fn credits_name_whose_data_it_is_without_a_view() {
    let (_folder, pages) = empty().await;
    let (status, html) = sound(pages.get_response(get("/credits")).await).await;
    assert_eq!((status, title(&html)), (StatusCode::OK, "Credits – Kith"));
    for who in ["Royal Mail", "Office for National Statistics", "GeoNames", "Open Government Licence", "not reviewed"] {
        assert!(html.contains(who), "{who}");
    }
    let (_, home) = sound(pages.get_response(get("/")).await).await;
    assert!(home.contains("href=\"/credits\""));
}

#[tokio::test]
async fn the_stylesheet_is_asked_about_by_its_tag() {
    let (_folder, pages) = empty().await;
    let asked = |method: Method, tag: &str| {
        let builder = Request::builder().method(method).uri_str("/assets/site.css");
        if tag.is_empty() { builder.finish() } else { builder.header("If-None-Match", tag).finish() }
    };
    let first = pages.get_response(asked(Method::GET, "")).await;
    assert_eq!((first.content_type(), first.status()), (Some("text/css; charset=utf-8"), StatusCode::OK));
    assert_eq!(first.headers()["cache-control"], "max-age=3600");
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'));
    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        assert_eq!(pages.get_response(asked(Method::GET, &known)).await.status(), StatusCode::NOT_MODIFIED, "{known}");
    }
    assert_eq!(pages.get_response(asked(Method::GET, "\"x\"")).await.status(), StatusCode::OK);
    let head = pages.get_response(asked(Method::HEAD, "")).await;
    assert_eq!((head.status(), head.headers()["etag"].to_str().unwrap()), (StatusCode::OK, tag.as_str()));
}

#[test]
fn results_say_how_many_where_how_far_and_what_is_not_stated() {
    let html = results("grief", "LS6 2", "", |_| {}).replace('\n', "");
    assert_eq!(title(&html), "Search results – Kith");
    assert!(html.contains("<h1>41 groups and services within 5 km of LS6 2</h1>"));
    for words in [
        "Tea &#38; &#60;b&#62;Talk&#60;/b&#62;",
        "<p class=\"kicker\">Group, run by The Hall</p>",
        "<p>Men, from age 18</p>",
        "<p>2.3 km (1.5 miles) in a straight line</p>",
        "<a href=\"tel:01134960123\">0113 496 0123</a>",
        "<dt>Cost</dt><dd class=\"unknown\"><p>Not stated, ask</p></dd>",
        "<li>Term 7: 13</li>",
        "also taken to mean: Bereavement and grief.",
        "name=\"page\" value=\"2\">Next page",
        "Page 1 of 3",
        "LS6 2 is in Leeds.",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    for unwanted in ["javascript", "Term 8", "Previous page", "These listings are invented", "inactive"] {
        assert!(!html.contains(unwanted), "{unwanted}");
    }
}

#[test]
fn a_relaxed_search_and_a_wider_circle_are_said_openly() {
    let html = results("grief choir dog", "LS6 2", "", |answer| {
        answer["understood"]["words"] = json!("any");
        answer["searched_within_km"] = json!(25.0);
        answer["sample"] = json!(true);
    });
    for words in ["at least one of them", "the search went further out", "These listings are invented"] {
        assert!(html.contains(words), "{words}");
    }
    assert!(
        results("grief", "LS6 2", "", |answer| answer["understood"]["words"] = json!("most")).contains("most of them")
    );
}

#[test]
fn what_serves_the_area_stands_apart() {
    let html = results("refuge", "LS6 2", "", |answer| {
        let mut refuge = card();
        refuge["place"] = json!({"kind": "area", "label": "Serves Yorkshire; where it is stays private"});
        refuge.as_object_mut().unwrap().remove("distance_km");
        answer["results"] = json!({"total": 0, "page": 1, "per_page": 20, "items": []});
        answer["covers_area"] = json!({"total": 1, "page": 1, "per_page": 20, "items": [refuge]});
    });
    assert!(
        html.contains("<h1>No groups or services found within 5 km of LS6 2</h1>")
            && html.contains("where it is stays private")
    );
    assert!(html.contains("By phone, online, or where the place stays private</h2>") && !html.contains("What to try"));
}

#[test]
fn an_empty_answer_says_what_to_try() {
    let nothing = |answer: &mut Json| {
        for block in ["results", "covers_area"] {
            answer[block] = json!({"total": 0, "page": 1, "per_page": 20, "items": []});
        }
        answer["facets"] = json!([]);
    };
    let html = results("zebra", "LS6 2", "5", nothing);
    assert_eq!(title(&html), "Nothing found – Kith");
    assert_eq!(html.matches("class=\"try\"").count(), 3);
    assert!(html.contains("<details class=\"again\" open>"));
}

#[test]
fn a_listing_says_which_session_is_next_unless_it_is_not_running() {
    let says = |status: &str| {
        let mut card = card();
        card["status"] = json!(status);
        let schedule = json!({"id": "00000000-0000-0000-0000-000000000001", "freq": "WEEKLY", "byday": "TU", "opens_at": "19:00", "closes_at": "20:30"});
        let listing = json!({"id": "0198", "card": card, "service": {"id": "0198", "name": "x", "status": status, "schedules": [schedule]}});
        rendered(&ListingPage::new(serde_json::from_value(listing).unwrap(), false, now()))
    };
    assert!(says("active").contains("<p>Next: Tuesday 24 November, 19:00 to 20:30</p>"));
    for status in ["inactive", "defunct", "temporarily closed"] {
        assert!(!says(status).contains("Next:"), "{status}");
    }
}

#[test]
fn a_listing_is_whole_and_its_title_does_not_name_it() {
    let mut card = card();
    card["alert"] = json!("No meeting on 3 May.");
    card["status"] = json!("temporarily closed");
    let listing = json!({
        "id": "0198", "card": card, "description": "First.\n\nSecond <i>one</i>.",
        "service": {"id": "0198", "name": "x", "status": "active", "application_process": "Just turn up."},
        "places": [{"place": {"kind": "exact", "label": "St Michael's Hall"},
            "location": {"id": "1", "location_type": "physical", "transportation": "Bus 1", "accessibility": [{"id": "2", "description": "Step-free"}]}}],
    });
    let html = rendered(&ListingPage::new(serde_json::from_value(listing).unwrap(), true, now()));
    assert_eq!(title(&html), "Group details – Kith");
    for words in [
        "<p>First.</p>",
        "Second &#60;i&#62;",
        "Just turn up.",
        "Bus 1",
        "Step-free",
        "No meeting on 3 May.",
        "Closed for the time being",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(
        html.contains("href=\"/listing/0199\"")
            && html.contains("https://council.example")
            && html.contains("OGL-UK-3.0")
    );
    let response = page(
        StatusCode::OK,
        &ListingPage::new(serde_json::from_value(json!({"card": self::card()})).unwrap(), false, now()),
    );
    assert_eq!(response.status(), StatusCode::OK);
}
