//! The pages for people: what they find, what they never load, and that they work without script.

use serde_json::{Value, json};

use crate::support::{Answer, Client, a_service, encoded, ids, sample_client, with_one_withdrawn};

#[path = "pages/accessible.rs"]
mod accessible;
#[path = "../support/browser.rs"]
pub mod browser;
#[path = "pages/narrowed.rs"]
mod narrowed;
#[path = "pages/ways.rs"]
mod ways;

/// The values of an attribute, in order, with entities read.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
    let start = format!(" {name}=\"");
    tags.flat_map(|tag| tag.split(&*start).skip(1)).map(|rest| read(rest.split('"').next().unwrap())).collect()
}

fn read(text: &str) -> String {
    [
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// Listings that a page leads to, in order.
fn listed(html: &str) -> Vec<String> {
    attributes(html, "href").iter().filter_map(|href| href.strip_prefix("/listing/")).map(str::to_owned).collect()
}

fn element<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("<{name}")).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split_once('>').unwrap().1.split_once(&format!("</{name}>")).unwrap().0
}

fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// What no page may hold, whatever it shows.
fn loads_nothing(answer: &Answer, what: &str) {
    let html = answer.text();
    for unwanted in [
        "<script",
        "<img",
        "<iframe",
        "<object",
        "<embed",
        "<base",
        "<style",
        "http-equiv",
        " style=",
        " src=",
        " srcset=",
        "javascript:",
        "data:",
        "@import",
        "url(",
    ] {
        assert!(!html.to_lowercase().contains(unwanted), "{what}: {unwanted} in {html}");
    }
    assert!(event_handlers(&html).is_empty(), "{what}: {html}");
    let links: Vec<&str> = html.split("<link ").skip(1).map(|tag| tag.split('>').next().unwrap()).collect();
    assert_eq!(links, ["rel=\"stylesheet\" href=\"/assets/site.css\""], "{what}");
    let actions = ["/", "/tonight", "/this-week", "/support-map"];
    let own = |action: &String| actions.contains(&action.as_str()) || action.ends_with("/pathway");
    assert!(attributes(&html, "action").iter().all(own), "{what}");
    assert!(attributes(&html, "method").iter().all(|method| method == "post"), "{what}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("form-action 'self'")
            && !policy.contains("script-src"),
        "{what}: {policy}"
    );
    assert_eq!(
        (answer.header("referrer-policy"), answer.header("cache-control"), answer.header("set-cookie")),
        ("no-referrer", "no-store", ""),
        "{what}"
    );
}

fn event_handlers(html: &str) -> Vec<&str> {
    let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
    tags.filter(|tag| tag.split(' ').any(|part| part.len() > 4 && part.starts_with("on") && part.contains("=\"")))
        .collect()
}

/// One page of each sort, with what was sent to get it.
fn pages(client: &Client) -> Vec<(String, Answer)> {
    let (service, _) = a_service(client);
    let mut pages: Vec<(String, Answer)> = [
        "/",
        "/nowhere",
        "/listing/x",
        "/listing/01980000-0000-7000-8000-000000000000",
        &format!("/listing/{service}"),
    ]
    .map(|path| (path.to_owned(), client.get(path)))
    .into();
    for (q, near, within_km, page) in [
        ("grief support", "LS6 2", "", ""),
        ("", "Yorkshire", "", ""),
        ("", "", "", "2"),
        ("xqzzv", "Leeds", "5", ""),
        ("grief", "Lieds", "", ""),
        ("grief", "Newport", "", ""),
        ("grief", "", "5", ""),
        ("grief", "Leeds", "7", "x"),
        (&"a".repeat(300), "", "", ""),
    ] {
        let body = form(&[("q", q), ("near", near), ("within_km", within_km), ("page", page)]);
        pages.push((body.clone(), client.post_form("/", &body)));
    }
    pages.push((
        "another type".to_owned(),
        client.send("POST", "/", &[("Content-Type", "text/plain")], Some(b"q=grief")),
    ));
    for path in ["/tonight", "/this-week"] {
        pages.push((path.to_owned(), client.get(path)));
        for (near, within_km) in [("LS6 2", ""), ("Hexham", "25"), ("", ""), ("Newport", "")] {
            let body = form(&[("near", near), ("within_km", within_km)]);
            pages.push((format!("{path} {body}"), client.post_form(path, &body)));
        }
    }
    pages.push(("another method".to_owned(), client.send("DELETE", "/", &[], None)));
    pages
}

#[test]
fn a_form_finds_what_the_api_finds_in_the_same_order() {
    let client = sample_client();
    for (fields, query) in [
        (vec![("q", "grief support"), ("near", "LS6 2")], "q=grief+support&near=LS6+2"),
        (vec![("q", " grief "), ("near", "Leeds"), ("within_km", "10")], "q=grief&near=Leeds&within_km=10"),
        (vec![("near", "Caerdydd")], "near=Caerdydd"),
        (vec![("q", ""), ("near", ""), ("page", "2")], "page=2"),
        (vec![], ""),
    ] {
        let page = client.post_form("/", &form(&fields));
        assert_eq!(page.status, 200, "{query}");
        let answer = client.get(&format!("/v1/search?{query}")).json();
        let expected = [ids(&answer["results"]), ids(&answer["covers_area"])].concat();
        assert!(!expected.is_empty());
        assert_eq!(listed(&page.text()), expected, "{query}");
        assert!(element(&page.text(), "h1").contains(&answer["results"]["total"].to_string()), "{query}");
    }
}

#[test]
fn no_page_or_stylesheet_loads_anything_or_runs_anything() {
    let client = sample_client();
    for (what, page) in pages(&client) {
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{what}");
        loads_nothing(&page, &what);
        assert!(page.text().contains("tel:999"), "{what}: the lines to ring now are on every page");
    }
    let sheet = client.get("/assets/site.css").text();
    for unwanted in ["url(", "@import", "http", "//"] {
        assert!(!sheet.contains(unwanted), "{unwanted}");
    }
    assert_eq!(
        event_handlers("<a class=\"on\" onclick=\"x\">"),
        ["a class=\"on\" onclick=\"x\""],
        "the measure can fail"
    );
}

#[test]
fn what_goes_wrong_has_its_status_and_says_what_to_do() {
    let client = sample_client();
    let statuses: Vec<u16> = pages(&client).iter().map(|(_, page)| page.status).collect();
    assert_eq!(
        statuses,
        [
            200, 404, 404, 404, 200, 200, 200, 200, 200, 400, 400, 400, 400, 400, 415, 200, 200, 200, 400, 400, 200,
            200, 200, 400, 400, 405
        ]
    );
    let (client, withdrawn) = with_one_withdrawn();
    let gone = client.get(&format!("/listing/{withdrawn}"));
    assert_eq!(gone.status, 410);
    loads_nothing(&gone, "withdrawn");
    assert!(!gone.text().contains("Tuesday Grief Circle"));
    assert!(!listed(&client.post_form("/", "q=grief&near=LS6+2").text()).contains(&withdrawn));
}

#[test]
fn an_unknown_or_ambiguous_place_offers_places_that_work() {
    let client = sample_client();
    for near in ["Lieds", "Newport"] {
        let page = client.post_form("/", &form(&[("q", "grief"), ("near", near)]));
        assert_eq!(page.status, 400);
        let html = page.text();
        let buttons: Vec<&str> = html
            .split("<button")
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap())
            .filter(|tag| tag.contains("name=\"near\""))
            .collect();
        assert!(buttons.len() > 1, "{near}: {html}");
        for button in buttons {
            let value = attributes(&format!("<button{button}>"), "value").remove(0);
            let chosen = client.post_form("/", &form(&[("q", "grief"), ("near", &value)]));
            assert_eq!(chosen.status, 200, "{near}: {value}");
        }
        let hidden: Vec<&str> = html
            .split("<input")
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap())
            .filter(|tag| tag.contains("hidden"))
            .collect();
        assert!(
            hidden.iter().any(|tag| tag.contains("name=\"q\"") && tag.contains("value=\"grief\"")),
            "the words are kept"
        );
    }
}

#[test]
fn what_was_typed_is_in_no_header_title_or_address() {
    let client = sample_client();
    let mark = "Qvxtyped7319";
    for (q, near, expected) in [
        (mark, "LS6 2", 200),
        (&*format!("grief {mark}"), "", 200),
        ("grief", mark, 400),
        (&mark.repeat(30), mark, 400),
        (mark, "Newport", 400),
    ] {
        let page = client.post_form("/", &form(&[("q", q), ("near", near)]));
        assert_eq!(page.status, expected, "{q} {near}");
        let html = page.text();
        assert!(html.contains(mark), "the form keeps it, so that it can be put right");
        assert!(!format!("{:?}", page.headers).contains(mark) && !element(&html, "title").contains(mark));
        for name in ["href", "action", "id", "class", "name"] {
            assert!(attributes(&html, name).iter().all(|value| !value.contains(mark)), "{name}");
        }
    }
    let asked = client.get(&format!("/?q={mark}"));
    assert!(asked.status == 200 && !asked.text().contains(mark), "an address searches nothing");
}

#[test]
fn words_and_listings_are_only_ever_text() {
    let client = sample_client();
    let typed = "\"><script>alert(1)</script><b onmouseover=\"x\">";
    for (q, near) in [(typed, "Leeds"), ("grief", typed)] {
        let page = client.post_form("/", &form(&[("q", q), ("near", near)]));
        loads_nothing(&page, typed);
        assert!(read(&page.text()).contains(typed), "the form keeps it");
    }
}

#[test]
fn every_listing_has_a_page_that_says_what_its_record_says() {
    let client = sample_client();
    let list = client.get("/v1/services?per_page=100").json();
    let items = list["items"].as_array().unwrap();
    assert!(items.len() > 30);
    for item in items {
        let card = &item["card"];
        let page = client.get(card["page_url"].as_str().unwrap());
        assert_eq!(page.status, 200);
        let html = page.text();
        assert_eq!(read(element(&html, "h1")), card["name"].as_str().unwrap());
        loads_nothing(&page, card["name"].as_str().unwrap());
        let text = read(&html);
        let said = |value: &Value| value.as_str().is_none_or(|value| text.contains(value));
        assert!(said(&card["schedule_text"]) && said(&card["cost"]) && said(&card["source"]["attribution"]), "{html}");
        for phone in card["phones"].as_array().into_iter().flatten() {
            assert!(said(&phone["number"]), "{html}");
        }
        for place in item["places"].as_array().into_iter().flatten() {
            assert!(said(&place["place"]["label"]), "{html}");
        }
        if card["place"]["kind"] == json!("area") {
            assert!(
                text.contains("stays private") && !html.contains("postcode") && !html.contains("latitude"),
                "{html}"
            );
        }
    }
}

#[test]
fn in_a_browser_320_pixels_wide_a_search_and_a_listing_fit_and_nothing_else_is_asked_for() {
    let Some(mut tab) = browser::Tab::open("a search in a browser", 320) else { return };
    let base = format!("http://{}/", sample_client().address());
    let fits = |tab: &mut browser::Tab, what: &str| {
        let width = tab.tell("document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(width <= 320, "{what} is {width} pixels wide");
    };
    tab.go(&base);
    fits(&mut tab, "the first page");
    assert!(
        tab.tell("getComputedStyle(document.body).fontFamily").as_str().unwrap().contains("system-ui"),
        "the stylesheet is used"
    );
    tab.act("document.querySelector('#q').value = 'grief support'; document.querySelector('#near').value = 'LS6 2'; document.querySelector('#q').form.requestSubmit()");
    fits(&mut tab, "the results");
    assert_eq!(tab.tell("location.href"), base, "what was typed is in no address");
    let found = tab.tell("[...document.querySelectorAll('a[href^=\"/listing/\"]')].map(a => a.textContent)");
    assert!(found.as_array().unwrap().contains(&json!("Tuesday Grief Circle")), "{found}");
    tab.act("[...document.querySelectorAll('a[href^=\"/listing/\"]')].find(a => a.textContent == 'Tuesday Grief Circle').click()");
    fits(&mut tab, "the listing");
    let listing = tab.tell("location.href");
    assert_eq!(tab.tell("document.querySelector('h1').textContent"), "Tuesday Grief Circle");
    for path in ["tonight", "this-week"] {
        tab.go(&format!("{base}{path}"));
        fits(&mut tab, path);
        tab.act(
            "document.querySelector('#near').value = 'LS6 2'; document.querySelector('#near').form.requestSubmit()",
        );
        fits(&mut tab, "the sessions");
        assert_eq!(tab.tell("location.href"), format!("{base}{path}"), "what was typed is in no address");
        assert!(tab.tell("document.querySelectorAll('.day .card').length").as_u64().unwrap() >= 3);
        // Headings go down one step at a time, so that a screen reader's outline has no holes.
        let levels = tab.tell("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]))");
        let levels: Vec<u64> = levels.as_array().unwrap().iter().map(|level| level.as_u64().unwrap()).collect();
        let main = levels.iter().position(|level| *level == 1).unwrap();
        assert!(levels[main..].windows(2).all(|pair| pair[1] <= pair[0] + 1), "{path}: {levels:?}");
    }
    tab.go(listing.as_str().unwrap());
    assert_eq!(tab.tell("document.referrer"), "");
    assert_eq!(tab.tell("document.cookie + localStorage.length + sessionStorage.length"), "00");
    assert!(
        tab.requests.len() >= 3 && tab.requests.iter().all(|address| address.starts_with(&base)),
        "{:?}",
        tab.requests
    );
    assert!(tab.complaints.is_empty(), "{:?}", tab.complaints);
}
