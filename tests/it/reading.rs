//! Reading listings, organizations, terms, places and the crisis block, and what a reader's program may keep.

use std::collections::BTreeSet;

use kith::domain::vocabulary::vocabulary;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, a_service, directory_in, encoded, ids, names, one_of_each, runtime, sample_client, serve_in_process,
};

/// Whether a path is for programs.
fn is_api(path: &str) -> bool {
    kith::api::is_api_path(path.split('?').next().unwrap())
}

/// Asks again with a tag, which must be known; answers the tag.
fn not_modified(client: &Client, path: &str, answer: &Answer) -> String {
    let tag = answer.header("etag").to_owned();
    assert!(tag.len() > 10 && tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
    for held in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let again = client.send("GET", path, &[("If-None-Match", &held)], None);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path} {held}");
    }
    let other = client.send("GET", path, &[("If-None-Match", "\"other\"")], None);
    assert!(other.status == 200 && other.body == answer.body, "{path}");
    tag
}

/// All services, page by page, following `next`.
fn walk(client: &Client, per_page: usize) -> Vec<Value> {
    walk_all(client, "/v1/services", per_page)
}

/// All listings of an address, page by page, following `next`.
fn walk_all(client: &Client, path: &str, per_page: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(format!("{path}?per_page={per_page}"));
    for _ in 0..100 {
        let Some(path) = next else { return items };
        let page = client.get(&path).json();
        let got = page["items"].as_array().unwrap();
        assert!(got.len() <= per_page && !got.is_empty());
        items.extend(got.iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
    }
    panic!("the walk does not end");
}

#[test]
fn a_walk_gives_every_service_once_and_is_the_union_of_searches() {
    let client = sample_client();
    let items = walk(&client, 7);
    let walked: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert!(walked.is_sorted_by(|a, b| a < b), "in the order of ids, each once");
    let mut searched = BTreeSet::new();
    for kind in ["group", "service", "helpline", "place"] {
        for page in 1..=9 {
            searched
                .extend(ids(&client.get(&format!("/v1/search?kind={kind}&per_page=50&page={page}")).json()["results"]));
        }
    }
    assert_eq!(walked.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(), searched);
    assert!(walked.len() > 30);
    assert_eq!(items, walk(&client, 100));
}

#[test]
fn services_and_organizations_are_read_at_their_own_addresses_only() {
    let client = sample_client();
    let services = walk(&client, 100);
    let organizations = walk_all(&client, "/v1/organizations", 7);
    assert!(organizations.len() > 7 && organizations == walk_all(&client, "/v1/organizations", 100));
    for (items, own, other) in
        [(&services, "/v1/services", "/v1/organizations"), (&organizations, "/v1/organizations", "/v1/services")]
    {
        for item in items {
            let is_organization = ["organization", "network"].iter().any(|kind| item["card"]["kind"] == *kind);
            assert_eq!(is_organization, own == "/v1/organizations");
            let id = item["id"].as_str().unwrap();
            assert_eq!(client.get(&format!("{own}/{id}")).json(), *item);
            client.get(&format!("{other}/{id}")).problem("no-such-listing");
            assert_eq!(client.get(&format!("{own}?id={id}")).json()["items"], json!([item]));
            assert_eq!(client.get(&format!("{other}?id={id}")).json()["items"], json!([]));
        }
    }
    let named: BTreeSet<&str> =
        services.iter().filter_map(|service| service["card"]["organization"]["id"].as_str()).collect();
    let walked: BTreeSet<&str> = organizations.iter().filter_map(|organization| organization["id"].as_str()).collect();
    assert!(named.is_subset(&walked) && walked.len() == organizations.len());
}

#[test]
fn a_listing_read_by_its_id_says_what_its_card_says() {
    let client = sample_client();
    for item in walk(&client, 100) {
        let id = item["id"].as_str().unwrap();
        assert_eq!(client.get(&format!("/v1/services/{id}")).json(), item);
        assert_eq!(client.get(&format!("/v1/services/{}", id.to_uppercase())).json(), item);
        let card = &item["card"];
        assert_eq!((&card["id"], &card["page_url"]), (&json!(id), &json!(format!("/listing/{id}"))));
        assert_eq!(card["name"], item["service"]["name"]);
        let exact = card["place"]["kind"] == "exact";
        assert_eq!(item["places"].as_array().is_some_and(|places| !places.is_empty()), exact, "{id}");
        assert!(item["description"].as_str().unwrap().contains("Invented sample listing."));
        for source in ["name", "licence", "attribution"] {
            assert!(!card["source"][source].as_str().unwrap().is_empty(), "{id} {source}");
        }
    }
}

#[test]
fn a_batch_gives_those_that_are_known() {
    let client = sample_client();
    let items = walk(&client, 100);
    let some: Vec<&str> = [3, 0, 7].into_iter().map(|at: usize| items[at]["id"].as_str().unwrap()).collect();
    let unknown = "01980000-0000-7000-8000-000000000000";
    let batch = client.get(&format!("/v1/services?id={}&id={unknown}&id={}&id={}", some[0], some[1], some[2])).json();
    let got: Vec<&str> = batch["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(got, some);
    assert!(batch.get("next").is_none());
}

#[test]
fn reads_by_id_have_a_strong_tag_and_are_not_sent_twice() {
    let client = sample_client();
    let (service, organization) = a_service(&client);
    let mut tags = BTreeSet::new();
    let paths = [
        format!("/v1/services/{service}"),
        format!("/v1/organizations/{organization}"),
        "/v1/services".to_owned(),
        "/v1/services?per_page=3".to_owned(),
        "/v1/terms".to_owned(),
        "/v1/terms?facet=need".to_owned(),
        "/v1/crisis".to_owned(),
        "/v1/crisis?nation=wales".to_owned(),
    ];
    for path in &paths {
        let answer = client.get(path);
        assert_eq!(
            (answer.status, answer.header("content-type"), answer.header("cache-control")),
            (200, "application/json", "no-cache"),
            "{path}"
        );
        tags.insert(not_modified(&client, path, &answer));
    }
    assert_eq!(tags.len(), paths.len(), "other bytes have another tag");
}

#[test]
fn answers_to_words_or_places_are_kept_by_nobody() {
    let client = sample_client();
    let form = client.post_form("/", "q=grief&near=LS6+2");
    let body = client.post_json("/v1/search", "{\"q\":\"grief\"}");
    let gets = ["/v1/search?q=grief", "/v1/search", "/v1/search?near=nowhere-at-all", "/v1/places?q=Leeds", "/"]
        .map(|path| client.get(path));
    for answer in gets.iter().chain([&form, &body]) {
        assert_eq!(
            (answer.header("cache-control"), answer.header("etag"), answer.header("last-modified")),
            ("no-store", "", "")
        );
    }
}

#[test]
fn an_organization_names_its_services() {
    let client = sample_client();
    let (_, organization) = a_service(&client);
    let tea = client.get("/v1/search?q=tea+and+talk+for+men").json()["results"]["items"][0]["organization"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [organization, tea] {
        let whole = client.get(&format!("/v1/organizations/{id}")).json();
        assert_eq!(
            (&whole["id"], &whole["organization"]["id"], &whole["card"]["kind"]),
            (&json!(id), &json!(id), &json!("organization"))
        );
        let mut named: Vec<&str> =
            whole["services"].as_array().unwrap().iter().map(|service| service["id"].as_str().unwrap()).collect();
        let searched = client
            .get(&format!(
                "/v1/search?organization_id={id}&kind=group&kind=service&kind=place&kind=helpline&per_page=100"
            ))
            .json();
        let mut searched = ids(&searched["results"]);
        named.sort_unstable();
        searched.sort_unstable();
        assert_eq!(named, searched);
        assert!(!named.is_empty());
    }
}

#[test]
fn terms_come_whole_or_by_facet_and_old_words_find_but_are_not_sent() {
    let client = sample_client();
    let all = client.get("/v1/terms");
    let list = all.json();
    let terms = list["terms"].as_array().unwrap();
    assert_eq!(terms.len(), vocabulary().terms.len());
    assert_eq!(list["version"], vocabulary().version);
    for facet in ["need", "support", "approach", "audience", "way_in", "marker", "access"] {
        let some = client.get(&format!("/v1/terms?facet={facet}")).json();
        let expected: Vec<Value> = terms.iter().filter(|term| term["facet"] == facet).cloned().collect();
        assert!(!expected.is_empty());
        assert_eq!(some["terms"], json!(expected));
    }
    let old: Vec<&String> = vocabulary().terms.iter().flat_map(|term| &term.search_only).collect();
    assert!(old.len() > 10);
    for term in terms {
        for shown in ["label", "label_cy", "synonyms", "abbreviations"] {
            let shown = match &term[shown] {
                Value::Array(words) => words.iter().map(|word| word.as_str().unwrap().to_lowercase()).collect(),
                word => vec![word.as_str().unwrap_or_default().to_lowercase()],
            };
            assert!(old.iter().all(|old| !shown.contains(&old.to_lowercase())), "{}", term["id"]);
        }
    }
    assert!(!all.text().contains("search_only") && !all.text().contains("shell shock"));
    let found = client.get("/v1/search?q=shell+shock").json();
    assert!(
        names(&found["results"]).contains(&"Tuesday Muster for veterans and families".to_owned()),
        "{:?}",
        names(&found["results"])
    );
}

#[test]
fn crisis_lines_are_those_of_the_nation() {
    let client = sample_client();
    let lines = |path: &str| -> Vec<String> {
        client.get(path).json()["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = lines("/v1/crisis");
    let mut seen = BTreeSet::new();
    for (nation, own) in [
        ("england", "nhs-111-england"),
        ("scotland", "nhs-24"),
        ("wales", "live-fear-free"),
        ("northern_ireland", "lifeline"),
    ] {
        let lines = lines(&format!("/v1/crisis?nation={nation}"));
        assert_eq!(lines[0], "999");
        assert!(lines.contains(&own.to_owned()) && lines.contains(&"samaritans".to_owned()), "{nation}: {lines:?}");
        assert!(lines.iter().all(|line| all.contains(line)) && lines.len() < all.len());
        seen.extend(lines);
    }
    assert_eq!(seen, all.into_iter().collect());
}

#[test]
fn before_the_view_is_ready_crisis_lines_answer_and_the_rest_says_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let client = serve_in_process(&directory, runtime());
    for path in [
        "/v1/crisis",
        "/v1/crisis?nation=wales",
        "/v1/terms",
        "/v1/places?q=Leeds",
        "/healthz",
        "/openapi.json",
        "/",
        "/assets/site.css",
    ] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    let id = "01980000-0000-7000-8000-000000000000";
    for path in [
        "/v1/search?q=grief",
        "/readyz",
        "/v1/services",
        &format!("/v1/services/{id}"),
        &format!("/v1/services?id={id}"),
        &format!("/v1/organizations/{id}"),
    ] {
        let answer = client.get(path);
        assert_eq!(answer.status, 503, "{path}");
        let problem = answer.problem("not-ready");
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)), "{path}");
        assert_eq!(problem["crisis"][0]["id"], "999", "{path}: {problem:#}");
    }
    let page = client.post_form("/", "q=grief");
    assert_eq!(page.status, 503);
    assert!(!page.header("retry-after").is_empty() && page.text().contains("tel:999"));

    runtime().block_on(directory.bring_up_to_date()).unwrap();
    let to_check = kith::domain::crisis::to_check(directory.clock.now().london_date());
    assert_eq!(
        client.get("/readyz").json(),
        json!({"status": "ready", "documents": 0, "sequence": 0, "crisis_lines_to_check": to_check})
    );
    assert_eq!(client.get("/v1/search?q=grief").json()["results"]["total"], 0);
    assert_eq!(client.get("/v1/services").json()["items"], json!([]));
}

#[test]
fn probes_say_that_it_lives_and_answers() {
    let client = sample_client();
    assert_eq!(client.get("/healthz").json(), json!({"status": "alive"}));
    let ready = client.get("/readyz").json();
    assert_eq!(ready["status"], "ready");
    assert!(ready["documents"].as_u64() > Some(39));
    assert_eq!(ready["sequence"], client.get("/v1/search").json()["as_of"]["sequence"]);
}

#[test]
fn every_offered_place_can_be_asked_for_as_it_stands() {
    let client = sample_client();
    for q in ["Lee", "Caer", "LS6", "Newport", "Yorkshire", "Bangor", "abertawe"] {
        let list = client.get(&format!("/v1/places?q={}", encoded(q))).json();
        let items = list["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.len() <= 10, "{q}");
        for item in items {
            let near = item["near"].as_str().unwrap();
            let answer = client.get(&format!("/v1/search?facets=none&per_page=1&near={}", encoded(near)));
            assert_eq!(answer.status, 200, "{q}: {near}");
            assert_eq!(answer.json()["place"]["resolved"], item["label"], "{q}: {near}");
        }
    }
    assert_eq!(client.get("/v1/places?q=xqzzvq").json()["items"], json!([]));
}

#[test]
fn head_answers_what_get_would_without_the_body() {
    let client = sample_client();
    for path in one_of_each(&client) {
        let (get, head) = (client.get(&path), client.send("HEAD", &path, &[], None));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        let told = |answer: &Answer| {
            let headers = answer
                .headers
                .iter()
                .filter(|(name, _)| !["date", "content-length", "transfer-encoding"].contains(&name.as_str()));
            headers.cloned().collect::<BTreeSet<_>>()
        };
        assert_eq!(told(&head), told(&get), "{path}");
    }
}

#[test]
fn programs_of_any_origin_may_read_and_pages_stay_with_theirs() {
    let client = sample_client();
    for path in one_of_each(&client) {
        let answer = client.send("GET", &path, &[("Origin", "https://app.example")], None);
        let expected = if is_api(&path) { "*" } else { "" };
        assert_eq!(
            (answer.header("access-control-allow-origin"), answer.header("access-control-allow-credentials")),
            (expected, ""),
            "{path}"
        );
        let asked = [
            ("Origin", "https://app.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "if-none-match"),
        ];
        let preflight = client.send("OPTIONS", &path, &asked, None);
        assert_eq!(preflight.header("access-control-allow-origin"), expected, "{path}");
        if is_api(&path) {
            assert_eq!(preflight.status, 204, "{path}");
            assert!(
                preflight.header("access-control-allow-headers").to_lowercase().contains("if-none-match"),
                "{path}"
            );
            assert!(answer.header("access-control-expose-headers").contains("ETag"), "{path}");
        }
    }
}

#[test]
fn every_answer_tells_browsers_to_load_frame_sniff_and_tell_on_nothing() {
    let client = sample_client();
    let mut answers: Vec<(String, Answer)> =
        one_of_each(&client).into_iter().map(|path| (path.clone(), client.get(&path))).collect();
    answers.push(("a form".to_owned(), client.post_form("/", "near=xqzzv")));
    answers.push(("a wrong method".to_owned(), client.send("DELETE", "/v1/search", &[], None)));
    answers.push(("a wrong method of a page".to_owned(), client.send("DELETE", "/", &[], None)));
    answers.push((
        "a preflight".to_owned(),
        client.send("OPTIONS", "/v1/search", &[("Access-Control-Request-Method", "GET")], None),
    ));
    for (path, answer) in answers {
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(
            (answer.header("x-content-type-options"), answer.header("referrer-policy")),
            ("nosniff", "no-referrer"),
            "{path}"
        );
        assert_eq!(answer.header("server"), "", "{path}");
    }
}
