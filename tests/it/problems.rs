//! Every way in which a request can be wrong, what it is told, and that it is never told its own words.

use kith::api::problem::Slug;
use serde_json::{Value, json};

use crate::support::{Answer, encoded, ids, sample_client, with_a_panic, with_one_withdrawn};

fn get(query: &str) -> Answer {
    sample_client().get(&format!("/v1/search?{query}"))
}

fn post(body: &str) -> Answer {
    sample_client().post_json("/v1/search", body)
}

#[test]
fn each_faulty_parameter_is_named_with_what_is_wrong() {
    let (most, too_many) = ("é".repeat(256), "é".repeat(257));
    assert_eq!(get(&format!("q={}", encoded(&most))).status, 200);
    assert_eq!(get("page=500").status, 200, "the deepest page");
    for (query, faults) in [
        ("colour=red", "/colour unknown_parameter"),
        ("near=Leeds&within_km=wide", "/within_km not_a_number"),
        ("near=Leeds&within_km=NaN", "/within_km not_a_number"),
        ("near=Leeds&within_km=inf", "/within_km not_a_number"),
        ("near=Leeds&within_km=0", "/within_km out_of_range"),
        ("near=Leeds&within_km=500.5", "/within_km out_of_range"),
        ("within_km=5", "/within_km conflict"),
        ("latitude=NaN&longitude=0", "/latitude not_a_number"),
        ("latitude=90.5&longitude=0", "/latitude out_of_range"),
        ("latitude=53.8", "/longitude required"),
        ("near=Leeds&latitude=53.8&longitude=-1.5", "/near conflict"),
        ("page=0", "/page out_of_range"),
        ("page=-1", "/page not_a_number"),
        ("page=501", "/page too_deep"),
        ("page=4294967295&per_page=100", "/page too_deep"),
        ("per_page=0", "/per_page out_of_range"),
        ("per_page=101", "/per_page out_of_range"),
        ("facets=maybe", "/facets/0 not_in_list"),
        (&format!("q={}", encoded(&too_many)), "/q too_long"),
        (&format!("near={}", "a".repeat(101)), "/near too_long"),
        ("need=bereavement&need=nope", "/need/1 unknown_term"),
        ("need=men", "/need/0 unknown_term"),
        ("term=nope", "/term/0 unknown_term"),
        ("taxonomy_term_id=7", "/taxonomy_term_id/0 not_a_uuid"),
        ("organization_id=7", "/organization_id not_a_uuid"),
        ("kind=group&kind=club", "/kind/1 not_in_list"),
        ("sort=nearest", "/sort not_in_list"),
        ("q=a&q=a", "/q conflict"),
        ("q=%00", "/q has_nul"),
        ("q=%zz", "/q not_text"),
        ("q=%", "/q not_text"),
        ("q=%FF", "/q not_text"),
        ("%FF=a", " not_text"),
    ] {
        let answer = get(query);
        assert_eq!((answer.status, answer.faults()), (400, vec![faults.to_owned()]), "{query}");
        assert!(answer.json()["violations"][0]["reason"].as_str().unwrap().len() > 5, "{query}");
    }
}

#[test]
fn reading_operations_name_faulty_parameters_too() {
    let client = sample_client();
    for (path, faults) in [
        (
            "/v1/services?id=x&after=y&per_page=0",
            vec!["/id/0 not_a_uuid", "/after not_a_uuid", "/after conflict", "/per_page out_of_range"],
        ),
        ("/v1/services?page=2", vec!["/page unknown_parameter"]),
        ("/v1/terms?facet=colour", vec!["/facet not_in_list"]),
        ("/v1/crisis?nation=france", vec!["/nation not_in_list"]),
        ("/v1/places", vec!["/q required"]),
        ("/v1/places?q=+", vec!["/q required"]),
        (&format!("/v1/places?q={}", "a".repeat(101)), vec!["/q too_long"]),
        ("/healthz?verbose=true", vec!["/verbose unknown_parameter"]),
        ("/openapi.json?v=2", vec!["/v unknown_parameter"]),
    ] {
        assert_eq!(client.get(path).faults(), faults, "{path}");
    }
    let ids = "id=01980000-0000-7000-8000-000000000000&".repeat(101);
    assert_eq!(client.get(&format!("/v1/services?{}", ids.trim_end_matches('&'))).faults(), ["/id too_long"]);
}

#[test]
fn what_cannot_be_read_is_told_with_everything_else() {
    let client = sample_client();
    let id = "01980000-0000-7000-8000-000000000000";
    for (path, faults) in [
        (
            "/v1/search?age=-3&need=nope&per_page=0&colour=red&latitude=abc&longitude=999&within_km=5",
            vec![
                "/age not_a_number",
                "/colour unknown_parameter",
                "/latitude not_a_number",
                "/need/0 unknown_term",
                "/longitude out_of_range",
                "/per_page out_of_range",
            ],
        ),
        ("/v1/search?near=%FF&within_km=5000", vec!["/near not_text", "/within_km out_of_range"]),
        ("/v1/search?near=Nowhereville&page=x", vec!["/page not_a_number", "/near not_readable"]),
        ("/v1/search?latitude=x&longitude=-1.5", vec!["/latitude not_a_number"]),
        ("/v1/search?need=%FF&need=nope&kind=club", vec!["/need not_text", "/kind/0 not_in_list"]),
        ("/v1/sessions?near=Leeds&per_page=x&from=then", vec!["/per_page not_a_number", "/from not_a_time"]),
        ("/v1/support-map?age=old&need=nope", vec!["/age not_a_number", "/need/0 unknown_term", "/near required"]),
        (
            "/v1/pathways?age=-1&from=x&to_layer=nope",
            vec!["/age not_a_number", "/from not_a_uuid", "/to_layer not_in_list"],
        ),
        (
            "/v1/services?per_page=x&id=7&after=y",
            vec!["/per_page not_a_number", "/id/0 not_a_uuid", "/after not_a_uuid", "/after conflict"],
        ),
        ("/v1/resilience?format=pdf&need=nope", vec!["/format not_in_list", "/area required", "/need unknown_term"]),
        (
            &format!("/v1/networks/{id}/members?per_page=x&state=maybe"),
            vec!["/per_page not_a_number", "/state/0 not_in_list"],
        ),
        ("/v1/search?%FF=a&need=nope", vec![" not_text", "/need/0 unknown_term"]),
        ("/v1/suggest?per_page=x", vec!["/per_page unknown_parameter", "/q required"]),
    ] {
        let sorted = |mut faults: Vec<String>| {
            faults.sort();
            faults
        };
        let faults = faults.into_iter().map(str::to_owned).collect();
        assert_eq!(sorted(client.get(path).faults()), sorted(faults), "{path}");
    }
    // Words that sound urgent bring their lines, whatever else is faulty.
    let urgent = client.get("/v1/search?q=i+want+to+die&age=-3").json();
    assert_eq!((urgent["violations"].as_array().unwrap().len(), urgent["crisis"].is_array()), (1, true), "{urgent}");
    // What can be read is not answered beside what cannot.
    let answer = client.get("/v1/search?near=Leeds&age=-3");
    assert_eq!((answer.status, answer.faults()), (400, vec!["/age not_a_number".to_owned()]));
    assert!(answer.json()["results"].is_null());
}

#[test]
fn a_body_is_told_all_its_faults_at_once() {
    let body = json!({
        "q": "a".repeat(257), "near": ["Leeds"], "latitude": "north", "within_km": -1, "need": ["nope", "bereavement", 7], "kind": "group",
        "organization_id": "7", "sort": "nearest", "facets": "maybe", "page": 0, "per_page": 1000, "colour": "red", "location": "LS6", "a/b": null,
    });
    let mut faults = post(&body.to_string()).faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            "/a~1b unknown_parameter",
            "/colour unknown_parameter",
            "/facets not_a_list",
            "/kind not_a_list",
            "/latitude not_a_number",
            "/location unknown_parameter",
            "/near not_text",
            "/need/2 not_text",
            "/organization_id not_a_uuid",
            "/page out_of_range",
            "/per_page out_of_range",
            "/q too_long",
            "/sort not_in_list",
            "/within_km out_of_range",
        ]
    );
    assert_eq!(
        post(r#"{"need":["nope"],"latitude":53.8,"page":0}"#).faults(),
        ["/longitude required", "/need/0 unknown_term", "/page out_of_range"]
    );
    assert_eq!(post(r#"{"q":"a\u0000b"}"#).faults(), ["/q has_nul"]);
}

#[test]
fn a_body_that_is_no_search_says_what_it_is_instead() {
    for list in ["[]", "[{\"q\":\"a\"}]", "\"grief\"", "7", "null", "true"] {
        assert_eq!(post(list).faults(), [" not_an_object"], "{list}");
    }
    for (text, place) in [
        ("{\"q\": \"a\",\n \"near\": }", "line 2, column 10"),
        ("", "line 1, column 0"),
        ("{\"q\": \"a\"", "line 1, column 9"),
        ("{\"q\": NaN}", "line 1, column 7"),
        ("{\"q\": \"a\"} {}", "line 1, column 12"),
        ("q=grief", "line 1, column 1"),
    ] {
        let answer = post(text);
        assert_eq!(answer.status, 400, "{text}");
        let detail = answer.problem("malformed-body")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(place), "{text}: {detail}");
    }
    let broken =
        sample_client().send("POST", "/v1/search", &[("Content-Type", "application/json")], Some(b"{\"q\": \"\xff\"}"));
    broken.problem("malformed-body");
    let deep = "[".repeat(100_000);
    post(&deep).problem("malformed-body");
}

#[test]
fn a_body_of_another_type_is_refused() {
    let client = sample_client();
    let body = Some(&b"{\"q\":\"grief\"}"[..]);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonp", "json"] {
        let answer = client.send("POST", "/v1/search", &[("Content-Type", kind)], body);
        assert_eq!(answer.status, 415, "{kind}");
        answer.problem("unsupported-type");
    }
    assert_eq!(client.send("POST", "/v1/search", &[], body).status, 415);
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(client.send("POST", "/v1/search", &[("Content-Type", kind)], body).status, 200, "{kind}");
    }
}

#[test]
fn an_unknown_or_ambiguous_place_comes_with_candidates_that_can_be_sent_as_they_stand() {
    for (near, slug) in [("Lieds", "unknown-place"), ("Newport", "ambiguous-place"), ("Whitchurch", "ambiguous-place")]
    {
        for answer in [get(&format!("near={near}")), post(&json!({"near": near}).to_string())] {
            assert_eq!(answer.status, 400, "{near}");
            let problem = answer.problem(slug);
            let candidates = problem["candidates"].as_array().unwrap();
            assert!(candidates.len() > 1, "{near}");
            for candidate in candidates {
                let again = get(&format!("facets=none&near={}", encoded(candidate["near"].as_str().unwrap())));
                assert_eq!(
                    (again.status, &again.json()["place"]["resolved"]),
                    (200, &candidate["label"]),
                    "{near}: {candidate}"
                );
                assert_eq!(again.json()["place"]["within"], candidate["within"], "{near}: {candidate}");
            }
        }
    }
    for nonsense in ["xqzzvplace", "ZZ99+9ZZ", "%21%21%21", "0,0", "53.8,-1.55,7"] {
        let answer = get(&format!("near={nonsense}"));
        assert_eq!(answer.status, 400, "{nonsense}");
        assert!(answer.problem("unknown-place")["detail"].as_str().unwrap().contains("postcode"), "{nonsense}");
    }
    assert_eq!(get("near=&q=grief").status, 200, "an empty place is none");
}

#[test]
fn ids_that_are_unknown_malformed_or_withdrawn_are_told_apart() {
    let (client, withdrawn) = with_one_withdrawn();
    for root in ["/v1/services", "/v1/organizations"] {
        for id in
            ["01980000-0000-7000-8000-000000000000", "x", "%00", "01980000-0000-7000-8000-00000000000", "..%2f..%2fetc"]
        {
            let answer = client.get(&format!("{root}/{id}"));
            assert_eq!(answer.status, 404, "{root} {id}");
            answer.problem("no-such-listing");
        }
        let gone = client.get(&format!("{root}/{withdrawn}"));
        assert_eq!(gone.status, 410);
        gone.problem("withdrawn");
        assert_eq!(client.get(&format!("{root}/{}", withdrawn.to_uppercase())).status, 410);
    }
    assert_eq!(client.get(&format!("/v1/services?id={withdrawn}")).json()["items"], json!([]));
    let left = client.get("/v1/search?per_page=100").json();
    assert!(!ids(&left["results"]).contains(&withdrawn));
    let whole = sample_client().get("/v1/search?per_page=100").json();
    assert_eq!(left["results"]["total"].as_u64().unwrap() + 1, whole["results"]["total"].as_u64().unwrap());
    let count = |answer: &Value| {
        answer["facets"].as_array().unwrap().iter().find(|count| count["id"] == "bereavement").unwrap()["count"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(count(&left) + 1, count(&whole), "and it is in no count");
}

#[test]
fn a_wrong_method_is_told_the_right_ones_at_every_address() {
    let client = sample_client();
    let document = client.get("/openapi.json").json();
    let mut paths: Vec<(String, Vec<String>)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, methods)| {
            (
                path.replace("{id}", "01980000-0000-7000-8000-000000000000"),
                methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect(),
            )
        })
        .collect();
    paths.push(("/openapi.json".to_owned(), vec!["GET".to_owned()]));
    paths.push(("/problems/internal".to_owned(), vec!["GET".to_owned()]));
    for (path, mut methods) in paths {
        methods.extend(methods.contains(&"GET".to_owned()).then(|| "HEAD".to_owned()));
        methods.push("OPTIONS".to_owned());
        methods.sort();
        for wrong in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"]
            .into_iter()
            .filter(|method| !methods.contains(&(*method).to_owned()))
        {
            let answer = client.send(wrong, &path, &[], None);
            assert_eq!(answer.status, 405, "{wrong} {path}");
            answer.problem("method-not-allowed");
            let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, methods, "{wrong} {path}");
        }
        let options = client.send("OPTIONS", &path, &[], None);
        assert_eq!((options.status, options.header("allow").is_empty()), (204, false), "{path}");
    }
}

#[test]
fn addresses_that_are_none_are_told_so() {
    let client = sample_client();
    for path in [
        "/v1",
        "/v1/",
        "/v1/nope",
        "/v1/search/",
        "/v1/services/",
        "/v1/services//",
        "/v1//search",
        "/healthz/",
        "/readyz/x",
        "/openapi.json/",
        "/problems/",
        "/problems/nope",
        "/v1/search/%2e%2e/terms",
    ] {
        let answer = client.get(path);
        assert_eq!(answer.status, 404, "{path}");
        answer.problem("not-found");
    }
    let long = client.get(&format!("/v1/search?q={}", "a".repeat(9 * 1024)));
    assert_eq!(long.status, 400);
    assert!(long.problem("invalid-request")["detail"].as_str().unwrap().contains("address"));
}

#[test]
fn a_panic_is_a_problem_that_tells_nothing_of_itself() {
    let answer = with_a_panic().get("/v1/panics");
    assert_eq!(answer.status, 500);
    assert!(!answer.problem("internal").to_string().contains("purpose"));
    assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));
}

#[test]
fn every_type_of_problem_is_a_page_on_this_server() {
    let client = sample_client();
    for slug in Slug::ALL {
        let page = client.get(&format!("/problems/{}", slug.as_str()));
        assert_eq!((page.status, page.header("content-type")), (200, "text/markdown; charset=utf-8"));
        let text = page.text();
        assert_eq!(text.lines().next(), Some(&*format!("# {}", slug.title())));
        assert!(text.contains(&format!("Status {}.", slug.status())), "{}", slug.as_str());
    }
}

#[test]
fn no_problem_repeats_what_was_sent() {
    let client = sample_client();
    let mark = "Qvxcanary7319";
    let document = client.get("/openapi.json").json();
    let mut answers = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", mark);
        for parameter in
            methods["get"]["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query")
        {
            let name = parameter["name"].as_str().unwrap();
            for value in [
                mark.to_owned(),
                format!("{mark}%00"),
                format!("{mark}%zz"),
                format!("{mark}&{name}={mark}"),
                mark.repeat(30),
            ] {
                answers.push(client.get(&format!("{path}?{name}={value}")));
            }
        }
        answers.push(client.get(&format!("{path}?colour={mark}")));
        answers.push(client.send(
            "PUT",
            &format!("{path}?colour={mark}"),
            &[("If-None-Match", mark)],
            Some(mark.as_bytes()),
        ));
        let unknown_method =
            client.raw(format!("{mark} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        assert!(unknown_method.starts_with("HTTP/1.1 405") && !unknown_method.contains(mark), "{unknown_method}");
    }
    for (name, schema) in document["components"]["schemas"]["SearchRequest"]["properties"].as_object().unwrap() {
        for value in [
            json!(mark),
            json!([mark]),
            json!({"a": mark}),
            json!([[mark]]),
            json!(mark.repeat(40)),
            json!(vec![mark; 60]),
            json!(format!("{mark}\0")),
        ] {
            answers.push(client.post_json("/v1/search", &json!({name.as_str(): value, "colour": mark}).to_string()));
        }
        assert!(!schema.is_null());
    }
    for body in
        [format!("{{\"q\": \"{mark}\", {mark}}}"), mark.to_owned(), format!("[\"{mark}\"]"), format!("\"{mark}\"")]
    {
        answers.push(client.post_json("/v1/search", &body));
    }
    answers.push(client.send(
        "POST",
        "/v1/search",
        &[("Content-Type", &format!("application/{mark}"))],
        Some(mark.as_bytes()),
    ));
    answers.push(client.get(&format!("/v1/{mark}")));
    answers.push(client.get(&format!("/problems/{mark}")));
    answers.push(client.get(&format!("/v1/search?q={}", mark.repeat(800))));
    let failed: Vec<Answer> = answers.into_iter().filter(|answer| answer.status >= 400).collect();
    assert!(failed.len() > 200, "{}", failed.len());
    for answer in failed {
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let whole = format!("{:?}{}", answer.headers, answer.text()).to_lowercase();
        assert!(!whole.contains(&mark.to_lowercase()), "{whole}");
    }
    let malformed = client.raw(format!("GET /v1/search?q={mark} {mark} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
    assert!(malformed.starts_with("HTTP/1.1 400") && !malformed.contains(mark), "{malformed}");
}

#[test]
fn an_answer_is_never_many_times_as_long_as_what_it_answers() {
    let members: Vec<String> = (0..5_000).map(|at| format!("\"m{at}\":1")).collect();
    let terms = vec!["\"nope\""; 5_000].join(",");
    for answer in [
        get(&"a&".repeat(3_900)),
        get(&"q=&".repeat(2_600)),
        get(&"need=nope&".repeat(800)),
        post(&format!("{{{}}}", members.join(","))),
        post(&format!("{{\"page\":\"x\",{}}}", members.join(","))),
        post(&format!("{{\"need\":[{terms}]}}")),
    ] {
        assert!(matches!(answer.faults().len(), 1..=100), "{}", answer.text());
    }
}

#[test]
fn all_faults_of_a_body_are_told_at_once_by_every_operation_that_takes_one() {
    let arm = "69c2af70-e5bf-58dd-bdc9-8ba82f1e0819";
    for (path, body, faults) in [
        (
            "/v1/support-map",
            json!({ "need": ["nope"], "near": "LS12", "age": -1, "x": 1 }),
            vec!["/age out_of_range", "/need/0 unknown_term", "/x unknown_parameter"],
        ),
        (
            "/v1/support-map",
            json!({ "need": "bereavement", "age": "old" }),
            vec!["/age not_a_number", "/near required", "/need not_a_list"],
        ),
        (
            "/v1/pathways",
            json!({ "from": arm, "to_layer": "x", "age": -1 }),
            vec!["/age out_of_range", "/to_layer not_in_list"],
        ),
        ("/v1/pathways", json!({ "from": true }), vec!["/from not_text", "/to required"]),
        (
            "/v1/resources",
            json!({ "level": ["zz"], "page": -1, "for_role": "x" }),
            vec!["/for_role not_a_list", "/level/0 not_in_list", "/page out_of_range"],
        ),
        (
            "/v1/sessions",
            json!({ "near": "LS6", "age": "x", "day": ["xday"], "y": 1 }),
            vec!["/age not_a_number", "/day/0 not_in_list", "/y unknown_parameter"],
        ),
        (
            "/v1/suggest",
            json!({ "limit": 99, "z": 1 }),
            vec!["/limit out_of_range", "/q required", "/z unknown_parameter"],
        ),
        ("/v1/reports", json!({ "reason": "wrong", "z": 1 }), vec!["/listing_id required", "/z unknown_parameter"]),
    ] {
        let send =
            |body: &[u8]| sample_client().send("POST", path, &[("Content-Type", "application/json")], Some(body));
        let mut told = send(body.to_string().as_bytes()).faults();
        told.sort();
        assert_eq!(told, faults, "{path} {body}");
        assert_eq!(send(b"[]").faults(), [" not_an_object"], "{path}");
        send(b"{\"q\": ").problem("malformed-body");
    }
}
