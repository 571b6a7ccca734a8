//! One test for each known trap of the libraries below that applies here.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use kith::cli::{listen::Limits, serve};
use serde_json::Value;

use crate::support::{
    Client, a_service, directory_in, one_of_each, project, runtime, sample_client, serve_endpoint, with_a_panic,
};

const LARGEST: usize = kith::api::limits::LARGEST_BODY;

/// A search of so many bytes.
fn padded(length: usize) -> String {
    format!("{{\"q\":\"grief\"{}}}", " ".repeat(length - "{\"q\":\"grief\"}".len()))
}

/// Sends a search in chunks, without saying how long it is; answers the whole reply.
fn in_chunks(client: &Client, body: &str) -> String {
    let mut request = b"POST /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.as_bytes().chunks(60_000) {
        request.extend(format!("{:x}\r\n", chunk.len()).bytes());
        request.extend(chunk);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    client.raw(&request)
}

/// Answers of every operation to requests that are fine, by the path in the document.
fn good_answers(client: &Client) -> Vec<(&'static str, Value)> {
    let (service, organization) = a_service(client);
    let mut answers = Vec::new();
    for (path, asked) in [
        (
            "/v1/search",
            vec![
                "/v1/search".to_owned(),
                "/v1/search?q=grief&near=ls62ab".to_owned(),
                "/v1/search?near=Wales".to_owned(),
                "/v1/search?q=xqzzv".to_owned(),
            ],
        ),
        (
            "/v1/sessions",
            vec!["/v1/sessions?near=LS6+2".to_owned(), "/v1/sessions?near=Wales&date=2026-11-26".to_owned()],
        ),
        ("/v1/services", vec!["/v1/services?per_page=100".to_owned(), "/v1/services?per_page=1".to_owned()]),
        ("/v1/services/{id}", vec![format!("/v1/services/{service}")]),
        ("/v1/organizations", vec!["/v1/organizations?per_page=100".to_owned()]),
        ("/v1/organizations/{id}", vec![format!("/v1/organizations/{organization}")]),
        ("/v1/places", vec!["/v1/places?q=New".to_owned(), "/v1/places?q=LS6".to_owned()]),
        ("/v1/suggest", vec!["/v1/suggest?q=tues".to_owned(), "/v1/suggest?q=grie".to_owned()]),
        ("/v1/terms", vec!["/v1/terms".to_owned()]),
        ("/v1/crisis", vec!["/v1/crisis".to_owned()]),
        ("/v1/decisions", vec!["/v1/decisions".to_owned()]),
        ("/v1/resilience", vec!["/v1/resilience?area=Leeds".to_owned(), "/v1/resilience?area=Wales".to_owned()]),
        // From Armley Trauma Service; the ids of the sample are the same in every run.
        ("/v1/pathways", vec!["/v1/pathways?from=69c2af70-e5bf-58dd-bdc9-8ba82f1e0819&to_layer=community".to_owned()]),
        (
            "/v1/support-map",
            vec![
                "/v1/support-map?near=LS12&need=bereavement".to_owned(),
                "/v1/support-map?near=Lerwick&need=suicide-loss&age=15".to_owned(),
            ],
        ),
        ("/healthz", vec!["/healthz".to_owned()]),
        ("/readyz", vec!["/readyz".to_owned()]),
    ] {
        answers.extend(asked.iter().map(|asked| (path, client.get(asked).json())));
    }
    let folder = tempfile::tempdir().unwrap();
    answers.extend(crate::networks::one_of_each(folder.path()));
    let report = serde_json::json!({"listing_id": service, "reason": "full"}).to_string();
    let status = client.post_json("/v1/reports", &report).json();
    let code = status["code"].as_str().unwrap();
    answers.push(("/v1/reports/{code}", client.get(&format!("/v1/reports/{code}")).json()));
    answers
}

/// Where a value is not what its schema says: a member missing, unknown, null or of another type.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return misfits(document, document.pointer(name.trim_start_matches('#')).unwrap(), value, at, found);
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut stated = all.iter().filter(|part| part.get("$ref").is_some() || part.get("type").is_some());
        let (Some(one), None) = (stated.next(), stated.next()) else { panic!("{at} is not of one schema") };
        return misfits(document, one, value, at, found);
    }
    // A shape of another standard, of which our document says nothing.
    if schema.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64(),
        Some("number") => value.is_number(),
        other => panic!("{at} has type {other:?}"),
    };
    if !fits || schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        found.push(format!("{at} is {value}"));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => misfits(document, schema, member, &format!("{at}/{name}"), found),
            None => found.push(format!("{at}/{name} is not in the document")),
        }
    }
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|name| value.get(name).is_none())
    {
        found.push(format!("{at}/{name} is missing"));
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        misfits(document, &schema["items"], item, &format!("{at}/{n}"), found);
    }
}

#[test]
fn trap_01_parameters_that_are_left_out_reset_no_connection() {
    let client = sample_client();
    let document = client.get("/openapi.json").json();
    assert!(!document.to_string().contains("\"explode\":false"));
    for path in document["paths"].as_object().unwrap().keys() {
        let whole = client.raw(
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").replace("{id}", "x").as_bytes(),
        );
        assert!(whole.starts_with("HTTP/1.1 200") || whole.starts_with("HTTP/1.1 40"), "{path}: {whole}");
    }
}

#[test]
fn trap_02_a_panic_does_not_close_the_connection() {
    let both = with_a_panic().raw(
        b"GET /v1/panics HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/fine HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert!(
        both.starts_with("HTTP/1.1 500") && both.contains("application/problem+json") && both.ends_with("fine"),
        "{both}"
    );
}

#[test]
fn trap_03_requests_without_a_content_length_are_answered() {
    let client = sample_client();
    for path in one_of_each(&client) {
        let whole = client.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(whole.starts_with("HTTP/1.1 ") && !whole.starts_with("HTTP/1.1 411"), "{path}: {whole}");
    }
    let chunked = in_chunks(&client, "{\"q\":\"grief\"}");
    assert!(chunked.starts_with("HTTP/1.1 200"), "{chunked}");
}

#[test]
fn trap_04_bodies_have_a_limit_however_they_are_sent() {
    let client = sample_client();
    assert_eq!(client.post_json("/v1/search", &padded(LARGEST)).status, 200);
    assert!(in_chunks(&client, &padded(LARGEST)).starts_with("HTTP/1.1 200"));
    for length in [LARGEST + 1, 3 * LARGEST] {
        let over = client.post_json("/v1/search", &padded(length));
        assert_eq!(over.status, 413);
        over.problem("too-large");
        let over = in_chunks(&client, &padded(length));
        assert!(over.starts_with("HTTP/1.1 413") && over.contains("/problems/too-large"), "{over}");
    }

    // Who says that more is coming is told before it comes; an honest reader does not send it then.
    for (method, path) in [("POST", "/v1/search"), ("GET", "/v1/terms")] {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 31457280\r\n\r\n"
        );
        assert!(client.raw(head.as_bytes()).starts_with("HTTP/1.1 413"), "{path}");
    }
    let form = client.post_form("/", &format!("q={}", "a".repeat(20_000)));
    assert_eq!(form.status, 413);
}

#[test]
fn trap_05_other_origins_get_no_method_header_or_credential_by_asking() {
    let client = sample_client();
    let origin = "https://elsewhere.example";
    for path in one_of_each(&client) {
        for method in ["DELETE", "PUT", "X-ANYTHING"] {
            let asked = [
                ("Origin", origin),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "X-Secret, Authorization, Cookie"),
            ];
            let answer = client.send("OPTIONS", &path, &asked, None);
            for (name, value) in &answer.headers {
                assert!(!value.contains(origin) && !value.contains(method), "{path}: {name}: {value}");
                assert!(
                    !value.contains("X-Secret") && !value.contains("Authorization") && !value.contains("Cookie"),
                    "{path}: {name}: {value}"
                );
            }
            assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        }
    }
}

#[test]
fn trap_06_no_answer_sets_a_cookie_and_none_is_read() {
    let client = sample_client();
    for path in one_of_each(&client) {
        let plain = client.get(&path);
        let with = client.send("GET", &path, &[("Cookie", "session=1; poem-csrf-token=x")], None);
        assert_eq!((plain.header("set-cookie"), with.header("set-cookie")), ("", ""), "{path}");
        assert!(with.status == plain.status && with.body == plain.body, "{path}");
    }
    for answer in
        [client.post_form("/", "q=grief"), client.post_json("/v1/search", "{}"), client.send("DELETE", "/", &[], None)]
    {
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[test]
fn trap_07_a_refused_method_comes_with_those_that_are_taken() {
    let client = sample_client();
    let mut refused = 0;
    for path in one_of_each(&client) {
        for method in ["PUT", "DELETE", "PATCH", "POST"] {
            let answer = client.send(method, &path, &[], None);
            if answer.status == 405 {
                refused += 1;
                let allow: Vec<&str> = answer.header("allow").split(", ").collect();
                assert!(
                    allow.contains(&"GET") && allow.contains(&"HEAD") && !allow.contains(&method),
                    "{method} {path}: {allow:?}"
                );
            }
        }
    }
    assert!(refused > 40, "{refused}");
}

#[test]
fn trap_08_the_stylesheet_has_a_quoted_tag_can_be_kept_and_can_be_asked_for_by_head() {
    let client = sample_client();
    let sheet = client.get("/assets/site.css");
    let tag = sheet.header("etag");
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 8, "{tag}");
    assert!(sheet.header("cache-control").starts_with("max-age="));
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    let again = client.send("GET", "/assets/site.css", &[("If-None-Match", tag)], None);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag));
    let head = client.send("HEAD", "/assets/site.css", &[], None);
    assert_eq!((head.status, head.header("etag")), (200, tag));
}

#[test]
fn trap_09_nothing_is_compressed_under_the_tag_of_what_is_not() {
    let client = sample_client();
    for path in one_of_each(&client) {
        let plain = client.get(&path);
        let asked = client.send("GET", &path, &[("Accept-Encoding", "gzip, br, zstd")], None);
        assert_eq!(asked.header("content-encoding"), "", "{path}");
        assert!(asked.body == plain.body && asked.header("etag") == plain.header("etag"), "{path}");
    }
}

#[test]
fn trap_10_answers_are_what_the_document_says_with_no_null_and_no_member_more() {
    let client = sample_client();
    let document = client.get("/openapi.json").json();
    assert!(!document.to_string().contains("\"nullable\"") && !document.to_string().contains("\"format\":\"url\""));
    assert_eq!(document["components"]["schemas"]["SearchRequest"]["additionalProperties"], false);
    let mut found = Vec::new();
    let answers = good_answers(&client);
    for (path, _) in document["paths"].as_object().unwrap().iter().filter(|(_, methods)| methods["get"].is_object()) {
        assert!(answers.iter().any(|(asked, _)| asked == path), "{path} is not tried");
    }
    for (path, answer) in answers {
        let schema =
            document["paths"][path]["get"]["responses"]["200"]["content"].as_object().unwrap().values().next().unwrap()
                ["schema"]
                .clone();
        misfits(&document, &schema, &answer, path, &mut found);
    }
    for path in ["/v1/search?colour=red", "/v1/search?near=Newport", "/v1/services/x"] {
        misfits(&document, &document["components"]["schemas"]["Problem"], &client.get(path).json(), path, &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
    // The measure can fail.
    misfits(
        &document,
        &document["components"]["schemas"]["Alive"],
        &serde_json::json!({"status": null, "more": 1}),
        "",
        &mut found,
    );
    assert_eq!(found.len(), 2);
}

#[test]
fn trap_11_what_an_extractor_refuses_is_a_problem_too() {
    let client = sample_client();
    let (service, _) = a_service(&client);
    let bad_header = |path: &str| {
        [
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: ").as_bytes(),
            b"\xff\xfe\r\n\r\n",
        ]
        .concat()
    };
    for path in
        ["/v1/terms".to_owned(), "/v1/crisis".to_owned(), "/v1/services".to_owned(), format!("/v1/services/{service}")]
    {
        let answer = client.raw(&bad_header(&path));
        assert!(answer.starts_with("HTTP/1.1 200"), "a tag that is no text is no tag: {path}: {answer}");
    }
    for path in ["/v1/terms?facet=x", "/v1/places", "/v1/search?page=x", "/v1/services/%ff"] {
        assert_eq!(client.get(path).header("content-type"), "application/problem+json", "{path}");
    }
}

#[test]
fn trap_12_there_is_no_page_that_loads_its_code_from_elsewhere() {
    let client = sample_client();
    for path in ["/docs", "/swagger", "/rapidoc", "/redoc", "/scalar", "/stoplight", "/openapi-explorer"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    let manifest: toml::Table = fs::read_to_string(project("Cargo.toml")).unwrap().parse().unwrap();
    let openapi = &manifest["dependencies"]["poem-openapi"];
    assert_eq!((openapi["default-features"].as_bool(), openapi.get("features")), (Some(false), None));
}

#[test]
fn trap_13_no_abandoned_crate_comes_with_the_framework_and_what_must_come_is_named() {
    let lock: toml::Table = fs::read_to_string(project("Cargo.lock")).unwrap().parse().unwrap();
    let names: Vec<&str> =
        lock["package"].as_array().unwrap().iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"poem-openapi"));
    let unwanted = |name: &&&str| {
        name.starts_with("opentelemetry") || ["rustls-pemfile", "prometheus", "openssl-sys", "reqwest"].contains(name)
    };
    assert_eq!(names.iter().filter(unwanted).count(), 0, "{names:?}");
    let deny: toml::Table = fs::read_to_string(project("deny.toml")).unwrap().parse().unwrap();
    let ignored: Vec<&str> =
        deny["advisories"]["ignore"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        names.contains(&"quick-xml"),
        ignored == ["RUSTSEC-2026-0194", "RUSTSEC-2026-0195"],
        "drop the two when quick-xml is gone"
    );
    let xml = sample_client().send("POST", "/v1/search", &[("Content-Type", "application/xml")], Some(b"<a/>"));
    assert_eq!(xml.status, 415, "no XML is read");
}

#[test]
fn a_body_that_nobody_wants_does_not_cost_the_connection() {
    let mut stream = TcpStream::connect(sample_client().address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for head in ["PUT /v1/search", "POST /v1/nowhere", "POST /v1/search"] {
        stream.write_all(format!("{head} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n").as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(50));
        stream.write_all(b"hello").unwrap();
    }
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut whole = String::new();
    stream.read_to_string(&mut whole).unwrap();
    let statuses: Vec<&str> = whole.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["405", "404", "415", "200"], "{whole}");
}

#[test]
fn connections_that_stall_are_closed_and_others_are_answered_meanwhile() {
    let short = Duration::from_millis(300);
    let limits = Limits { head: short, request: short, idle: short, write: short, connections: 64 };
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let client = serve_endpoint(serve::endpoint(&directory), limits, runtime());
    let stalled = [
        &b""[..],
        b"GET /v1/crisis HT",
        b"GET /v1/crisis HTTP/1.1\r\nHost: x\r\nX-Slow: a",
        b"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nq=",
    ];
    let waiting: Vec<_> = stalled
        .into_iter()
        .map(|beginning| {
            let mut stream = TcpStream::connect(client.address()).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.write_all(beginning).unwrap();
            thread::spawn(move || {
                let began = Instant::now();
                let mut got = Vec::new();
                let end = stream.read_to_end(&mut got);
                let timed_out =
                    end.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
                (timed_out, began.elapsed(), String::from_utf8_lossy(&got).into_owned())
            })
        })
        .collect();
    assert_eq!(client.get("/v1/crisis").status, 200);
    for (waiting, beginning) in waiting.into_iter().zip(stalled) {
        let (timed_out, took, got) = waiting.join().unwrap();
        let beginning = String::from_utf8_lossy(beginning);
        assert!(!timed_out && took < Duration::from_secs(15), "{beginning}: still open after {took:?}");
        assert!(!got.contains(" 200 "), "{beginning}: {got}");
    }
}
