//! Row by row of the notes' table of risks: what is said by mistake (S8), words as commands (S11), texts as scripts (S12),
//! other origins (S18), caches (S19) and headers of proxies (S20).

use std::{collections::BTreeSet, net::IpAddr};

use kith::directory::reports::sender;
use serde_json::{Value, json};

use crate::{
    canary::scan::files,
    guard::{table, twins::whole},
    pages::browser::Tab,
    support::{
        Answer, Client, Serving, a_service, encoded, kith_ok, one_of_each, sample_client, with_a_panic,
        with_one_withdrawn,
    },
};

/// Every address in every way to get it wrong.
fn mistakes(client: &Client) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for path in one_of_each(client) {
        let joint = if path.contains('?') { '&' } else { '?' };
        for (method, path) in [
            ("GET", format!("{path}{joint}no_such=1&page=x&%ff=%ff")),
            ("GET", format!("{path}/%2e%2e/%00")),
            ("DELETE", path.clone()),
            ("POST", path.clone()),
            ("PATCH", path.clone()),
        ] {
            for (kind, body) in [("application/json", "{\"q\": [[1"), ("text/xml", "<!DOCTYPE a>"), (FORM, "%ff=%zz")] {
                let body = (method == "POST").then_some(body.as_bytes());
                answers.push((format!("{method} {path}"), client.send(method, &path, &[("Content-Type", kind)], body)));
                if method != "POST" {
                    break;
                }
            }
        }
    }
    answers.push(("a panic".to_owned(), with_a_panic().get("/v1/panics")));
    answers
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn s8_no_mistake_is_answered_with_anything_of_the_inside() {
    let client = sample_client();
    let inside = [
        "panicked",
        ".rs:",
        "src/",
        "stack backtrace",
        "RUST_BACKTRACE",
        "SELECT ",
        "sqlite",
        "sqlx",
        "tantivy",
        "poem",
        "hyper",
        "serde",
        "/tmp/",
        "/home/",
        "at line ",
        "expected `",
    ];
    // Where it was built, who runs it, and where that keeps its crates.
    let home = std::env::var("HOME").unwrap_or_else(|_| "/home/".to_owned());
    let inside = inside.into_iter().chain([env!("CARGO_MANIFEST_DIR"), "/.cargo/", home.as_str()]);
    let inside: Vec<&str> = inside.filter(|word| word.len() > 1).collect();
    let answers = mistakes(&client);
    let mut failed = 0;
    for (what, answer) in &answers {
        failed += usize::from(answer.status >= 400);
        let all = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
        // The documents and the pages of problems say what they say; a mistake changes nothing of them.
        if answer.status >= 400 {
            for word in &inside {
                assert!(!all.contains(word), "{what}: {word} in {all}");
            }
            assert!(!all.contains(env!("CARGO_PKG_VERSION")), "{what}: {all}");
        }
        for name in ["server", "x-powered-by", "via", "x-runtime"] {
            assert_eq!(answer.header(name), "", "{what}");
        }
        assert_eq!(
            (answer.header("x-content-type-options"), answer.header("referrer-policy")),
            ("nosniff", "no-referrer"),
            "{what}"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        assert!(answer.status != 500 || what == "a panic", "{what}");
    }
    assert!(failed > 100, "{failed}");
    let what = "mistakes at every address: stack, path, query, version or missing header in the answer";
    table::row("S8", what, answers.len(), "0", true);
}

/// Texts made of what query languages have.
fn queries(number: usize) -> impl Iterator<Item = String> {
    const PARTS: [&str; 32] = [
        "grief",
        "circle",
        "house",
        "status:withdrawn",
        "id:",
        "name:grief",
        "all:*",
        "_source:",
        "*:*",
        "AND",
        "OR",
        "NOT",
        "-",
        "+",
        "\"",
        "'",
        "(",
        "))",
        "[a TO z]",
        "{a TO *}",
        "^5",
        "~2",
        "*",
        "?",
        "/.*/",
        "\\",
        ";--",
        "' OR '1'='1",
        "%00",
        "\u{202e}",
        "$ne",
        "|",
    ];
    let mut state = 11_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    (0..number).map(move |_| (0..1 + next() % 6).map(|_| PARTS[next() % PARTS.len()]).collect::<Vec<_>>().join(" "))
}

#[test]
fn s11_what_is_typed_is_words_and_never_a_command() {
    let (client, withdrawn) = with_one_withdrawn();
    let ids = |answer: &Value| -> BTreeSet<String> {
        ["results", "covers_area"]
            .into_iter()
            .flat_map(|block| answer[block]["items"].as_array().unwrap())
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let asked = |words: &str| client.post_json("/v1/search", &json!({ "q": words, "per_page": 100 }).to_string());
    let number = if std::env::var_os("KITH_RELEASE").is_some() { 20_000 } else { 400 };
    for words in queries(number) {
        let answer = asked(&words);
        assert_eq!(answer.status, 200, "{words:?} {}", answer.text());
        assert!(!ids(&answer.json()).contains(&withdrawn), "{words:?}");
    }
    // A field, an operator or a sign changes nothing beside the bare words.
    for (command, words) in [
        ("name:grief", "name grief"),
        ("grief AND circle", "grief and circle"),
        ("-grief", "grief"),
        ("+grief", "grief"),
        ("(grief)", "grief"),
        ("\"grief\"", "grief"),
        ("grief^100", "grief 100"),
        ("/grief/", "grief"),
        ("status:withdrawn grief", "status withdrawn grief"),
    ] {
        assert_eq!(ids(&asked(command).json()), ids(&asked(words).json()), "{command}");
    }
    table::row("S11", "texts of query languages: withdrawn listings found, failures", number, "0", true);
}

/// Texts that would run, lead somewhere or deceive if they were not shown as text.
const SCRIPTS: [&str; 24] = [
    "<script>window.xss=1</script>",
    "<img src=x onerror=window.xss=1>",
    "<svg onload=window.xss=1>",
    "<svg><script>window.xss=1</script></svg>",
    "\"><script>window.xss=1</script>",
    "'><img src=x onerror=window.xss=1>",
    "</title><script>window.xss=1</script>",
    "</textarea><script>window.xss=1</script>",
    "\" onmouseover=\"window.xss=1\" autofocus onfocus=\"window.xss=1",
    "' autofocus onfocus='window.xss=1",
    "javascript:window.xss=1",
    "JaVaScRiPt:window.xss=1//https://a.example",
    "java\tscript:window.xss=1",
    " javascript:window.xss=1",
    "data:text/html,<script>window.xss=1</script>",
    "vbscript:msgbox(1)",
    "https://a.example/\"onclick=\"window.xss=1",
    "https://a.example/<script>window.xss=1</script>",
    "{{window.xss=1}} ${window.xss=1} <%= 1 %>",
    "<iframe srcdoc=\"<script>parent.xss=1</script>\"></iframe>",
    "<meta http-equiv=refresh content='0;url=https://a.example'>",
    "<base href=https://a.example/>",
    "<style>@import 'https://a.example/x.css';</style>",
    "[a](javascript:window.xss=1) \u{202e}txt.exe\u{202c}\u{200b}",
];

/// A service with this in every text that a page may show.
fn scripted(at: usize, text: &str) -> String {
    json!({
        "id": format!("s{at}"), "name": format!("Circle {at} {text}"), "alternate_name": text, "description": text, "status": "active",
        "eligibility_description": text, "fees_description": text, "application_process": text, "alert": text, "accreditations": text,
        "phones": [{ "number": text, "description": text }], "contacts": [{ "name": text }], "languages": [{ "name": text, "code": text }],
        "schedules": [{ "freq": "WEEKLY", "byday": "TU", "opens_at": "18:00", "closes_at": "20:00", "description": text }],
        "organization": { "id": format!("o{at}"), "name": text, "description": text },
        "service_at_locations": [{ "location": { "id": format!("l{at}"), "location_type": "physical", "name": text, "description": text,
            "transportation": text, "latitude": 53.8, "longitude": -1.5, "addresses": [{ "address_1": text, "city": text, "postal_code": "LS6 2AB",
            "country": "GB", "address_type": "physical", "state_province": text }], "accessibility": [{ "description": text }] } }],
    })
    .to_string()
}

/// One with this as its addresses of the web and of mail.
fn addressed(at: usize, text: &str) -> String {
    json!({ "id": format!("a{at}"), "name": format!("Addressed {at}"), "status": "active", "url": text, "email": text, "application_process": text,
        "schedules": [{ "freq": "WEEKLY", "byday": "TU", "opens_at": "18:00", "schedule_link": text }],
        "organization": { "id": format!("p{at}"), "name": "Mill Hall", "description": "A hall.", "website": text } })
    .to_string()
}

#[test]
fn s12_no_text_of_a_listing_or_a_reader_becomes_a_script_or_a_link_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> =
        SCRIPTS.iter().enumerate().flat_map(|(at, text)| [scripted(at, text), addressed(at, text)]).collect();
    let (file, data) = (folder.path().join("hostile.ndjson"), folder.path().join("data"));
    std::fs::write(&file, rows.join("\n")).unwrap();
    kith_ok(&data, &["import", "--source", "county", file.to_str().unwrap()]);
    assert!(!files(&data).is_empty());
    let serving = Serving::ready(&data, &[]);
    let listed = serving.client.get("/v1/services?per_page=100").json();
    let pages: Vec<String> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["card"]["page_url"].as_str().unwrap().to_owned())
        .collect();
    assert!(pages.len() >= SCRIPTS.len(), "as text all of them are taken: {}", pages.len());
    let all = serving.client.get("/v1/services?per_page=100").text()
        + &serving.client.get("/hsds/services?per_page=100").text();
    for hidden in ['\u{202e}', '\u{202c}', '\u{200b}'] {
        assert!(!all.contains(hidden), "what cannot be seen is not published");
    }
    let Some(mut tab) = Tab::open("texts as scripts", 800) else { return };
    let base = format!("http://{}", serving.client.address());
    let look = |tab: &mut Tab, what: &str| {
        assert_eq!(tab.tell("typeof window.xss"), "undefined", "{what}");
        let schemes = tab.tell("[...new Set([...document.querySelectorAll('a[href], form[action]')].map(a => new URL(a.href || a.action).protocol))]");
        let known = ["http:", "https:", "mailto:", "tel:"];
        assert!(
            schemes.as_array().unwrap().iter().all(|scheme| known.contains(&scheme.as_str().unwrap())),
            "{what}: {schemes}"
        );
        assert_eq!(tab.tell("document.querySelectorAll('script, iframe, img, svg, style, base, object, meta[http-equiv], [onclick], [onfocus], [onmouseover], [onerror]').length"), 0, "{what}");
    };
    for page in &pages {
        for page in [page.clone(), format!("{page}/report")] {
            tab.go(&format!("{base}{page}"));
            look(&mut tab, &page);
        }
    }
    for text in SCRIPTS {
        tab.go(&base);
        let text = Value::from(text);
        tab.act(&format!("{{ const f = document.querySelector('form.search'); f.elements.q.value = {text}; f.elements.near.value = {text}; f.requestSubmit() }}"));
        look(&mut tab, &text.to_string());
        tab.act(
            "{ const f = document.querySelector('form.search'); f.elements.near.value = 'LS6 2'; f.requestSubmit() }",
        );
        look(&mut tab, &text.to_string());
    }
    let refused: Vec<&String> = tab
        .complaints
        .iter()
        .filter(|said| said.contains("Content Security Policy") || said.contains("exception"))
        .collect();
    let figure =
        format!("0 scripts run, {} complaints of the browser, links http, https, mailto and tel only", refused.len());
    table::row(
        "S12",
        "hostile texts in every field of listings and forms, shown in a browser",
        SCRIPTS.len(),
        &figure,
        refused.is_empty(),
    );
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(tab.requests.iter().all(|address| address.starts_with(&base)), "{:?}", tab.requests);
}

#[test]
fn s18_who_asks_from_another_origin_gets_what_everybody_gets() {
    let client = sample_client();
    let origins = [
        "null",
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "HTTPS://KITH.EXAMPLE",
        "file://",
        "https://a.example, https://b.example",
        "*",
    ];
    let paths = one_of_each(&client);
    for path in &paths {
        let plain = client.get(path);
        assert!(["*", ""].contains(&plain.header("access-control-allow-origin")), "{path}");
        for origin in origins {
            let answer = client.send(
                "GET",
                path,
                &[("Origin", origin), ("Cookie", "a=b"), ("Sec-Fetch-Site", "cross-site")],
                None,
            );
            assert_eq!(whole(&answer), whole(&plain), "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "{path} {origin}");
        }
    }
    for path in ["/", "/tonight"] {
        let answer = client.send(
            "POST",
            path,
            &[("Origin", "https://evil.example"), ("Content-Type", FORM)],
            Some(b"near=LS6+2"),
        );
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (200, ""),
            "{path} stays with its own origin"
        );
    }
    table::row(
        "S18",
        "answers to other origins that differ, or allow credentials",
        paths.len() * origins.len(),
        "0",
        true,
    );
}

#[test]
fn s19_no_header_that_caches_do_not_look_at_changes_a_byte_and_nothing_private_is_kept() {
    let client = sample_client();
    let headers = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Host", "evil.example"),
        ("X-Forwarded-Server", "evil.example"),
        ("X-Forwarded-Port", "81"),
        ("X-Forwarded-Prefix", "/evil"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("X-Original-URL", "/v1/crisis"),
        ("X-Rewrite-URL", "/v1/crisis"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Forwarded-For", "192.0.2.9"),
        ("Authorization", "Bearer evil"),
        ("Cookie", "lang=cy"),
        ("User-Agent", "evil"),
        ("Accept-Language", "cy"),
        ("Accept-Encoding", "gzip, br"),
        ("Accept", "text/html"),
        ("Save-Data", "on"),
    ];
    let paths = one_of_each(&client);
    for path in &paths {
        let plain = client.get(path);
        for header in headers {
            let answer = client.send("GET", path, &[header], None);
            assert_eq!(whole(&answer), whole(&plain), "{path} {header:?}");
        }
        let kept = plain.header("cache-control");
        if plain.status >= 400 || path.contains("search") || path.contains("sessions?") || path.contains("suggest") {
            assert!(kept.contains("no-store"), "{path}: {kept}");
        }
    }
    // What looks like a stylesheet to a cache is none, and is not kept.
    let (service, _) = a_service(&client);
    for path in [
        format!("/listing/{service}/x.css"),
        format!("/listing/{service}.css"),
        "/v1/search/x.css?q=grief".to_owned(),
        format!("/{}.css", encoded("tonight")),
    ] {
        let answer = client.get(&path);
        assert!(
            answer.status == 404 && answer.header("cache-control").contains("no-store"),
            "{path} {}",
            answer.status
        );
    }
    table::row(
        "S19",
        "answers changed by headers that no cache looks at, or kept though private",
        paths.len() * headers.len(),
        "0",
        true,
    );
}

#[test]
fn s20_only_the_proxy_on_this_machine_is_believed_and_only_its_last_word() {
    let peer = |peer: &str, told: Option<&str>| sender(peer.parse().unwrap(), told.map(str::as_bytes)).to_string();
    let cases = [
        ("192.0.2.1", Some("198.51.100.1"), "192.0.2.1"),
        ("192.0.2.1", Some("127.0.0.1"), "192.0.2.1"),
        ("10.0.0.1", Some("198.51.100.1"), "10.0.0.1"),
        ("127.0.0.1", Some("198.51.100.1"), "198.51.100.1"),
        ("127.0.0.1", Some("203.0.113.5, 198.51.100.1"), "198.51.100.1"),
        ("127.0.0.1", Some("198.51.100.1, unknown"), "127.0.0.1"),
        ("127.0.0.1", Some("198.51.100.1:8080"), "127.0.0.1"),
        ("127.0.0.1", Some(""), "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("::1", Some("2001:db8::7"), "2001:db8::7"),
    ];
    for (from, told, expected) in cases {
        assert_eq!(peer(from, told), expected.parse::<IpAddr>().unwrap().to_string(), "{from} {told:?}");
    }
    // Who writes something new in front of it each time is still who the proxy says.
    let client = sample_client();
    let (service, _) = a_service(&client);
    let report = json!({ "listing_id": service, "reason": "full" }).to_string();
    let send = |at: usize| {
        let forwarded = format!("203.0.113.{at}, 198.51.100.200");
        let headers = [
            ("Content-Type", "application/json"),
            ("X-Forwarded-For", &*forwarded),
            ("X-Real-IP", &forwarded),
            ("Forwarded", "for=1.2.3.4"),
        ];
        client.send("POST", "/v1/reports", &headers, Some(report.as_bytes())).status
    };
    let statuses: Vec<u16> = (0..8).map(send).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    table::row("S20", "forged headers of proxies that were believed", cases.len() + statuses.len(), "0", true);
}
