//! The book of decisions, as programs and people get it.

use crate::support::{directory_in, runtime, sample_client, serve_in_process};

#[test]
fn every_decision_says_how_far_it_is_agreed_and_the_numbers_stand_beside_it() {
    let client = sample_client();
    let answer = client.get("/v1/decisions");
    assert_eq!(answer.status, 200);
    let book = answer.json();
    let decisions = book["decisions"].as_array().unwrap();
    for decision in decisions {
        let status = decision["status"].as_str().unwrap();
        let reviewed = decision["reviewed_by"]["people"].as_u64().is_some_and(|people| people > 0);
        let said =
            if decision["invented"] == true { "invented" } else { "not yet reviewed by people with lived experience" };
        assert!(reviewed || status.contains(said), "{decision}");
    }
    let terms = client.get("/v1/terms").json();
    let newest = |subject: &str| {
        let of = |decision: &&serde_json::Value| decision["subject"] == subject && decision["fingerprint"].is_string();
        decisions.iter().find(of).unwrap()["fingerprint"].clone()
    };
    assert_eq!(newest("vocabulary"), terms["version"]);
    assert_eq!(newest("weights"), book["weights_version"]);
    assert!(book["weights"].as_array().unwrap().iter().all(|weight| weight["says"].as_str().unwrap().ends_with('.')));
    let overdue = decisions.iter().filter(|decision| decision["overdue"] == true).count();
    assert!(overdue >= 1 && book["overdue"] == overdue, "{overdue}");
    let tag = answer.header("etag").to_owned();
    assert_eq!(client.send("GET", "/v1/decisions", &[("If-None-Match", &*tag)], None).status, 304);
}

#[test]
fn what_is_invented_is_shown_by_a_sample_only() {
    let folder = tempfile::tempdir().unwrap();
    let client = serve_in_process(&runtime().block_on(directory_in(folder.path())), runtime());
    let book = client.get("/v1/decisions").json();
    assert_eq!(book["sample"], false);
    assert!(book["decisions"].as_array().unwrap().iter().all(|decision| decision["invented"] == false), "{book:#}");
    assert!(
        sample_client().get("/v1/decisions").json()["decisions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["invented"] == true)
    );
}

#[test]
fn people_read_what_is_overdue_first_and_what_was_said_done_and_could_not_be() {
    let page = sample_client().get("/decisions");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = String::from_utf8(page.body).unwrap();
    let at = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(at("overdue</h2>") < at("<h2>Decisions</h2>"));
    for words in [
        "You said",
        "We did",
        "We could not",
        "Because",
        "Against it",
        "not yet reviewed by people with lived experience",
    ] {
        at(words);
    }
    assert!(String::from_utf8(sample_client().get("/").body).unwrap().contains("href=\"/decisions\""));
}
