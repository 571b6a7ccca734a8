//! What somebody in danger is shown: first of all, whatever else can be answered, and without a trace.

use serde_json::{Value, json};

use crate::support::{Client, Serving, encoded, ids, kith_ok, project, sample_client};

/// The urgency of an answer to these words, and the ids of all lines there.
fn asked(client: &Client, words: &str, near: &str) -> (Value, Vec<String>, Value) {
    let body = json!({"q": words, "near": near}).to_string();
    let answer = client.post_json("/v1/search", &body).json();
    let lines = answer["crisis"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned());
    (answer["urgency"].clone(), lines.collect(), answer)
}

fn page(client: &Client, words: &str, near: &str) -> String {
    client.post_form("/", &format!("q={}&near={}", encoded(words), encoded(near))).text()
}

#[test]
fn words_of_danger_bring_all_lines_first_and_the_results_after_them() {
    let client = sample_client();
    for (words, near, about, nation) in [
        ("I want to die", "LS6 2", "suicide", "nhs-111-england"),
        ("kill myself tonight", "Inverness", "suicide", "nhs-24"),
        ("he is outside with a knife", "Hexham", "abuse", "national-domestic-abuse"),
        ("dw i eisiau marw", "Treherbert", "suicide", "nhs-111-wales"),
        ("dwi ddim yn saff adra", "Treherbert", "abuse", "live-fear-free"),
        ("I was raped last night", "Belfast", "sexual_violence", "ni-domestic-sexual-abuse"),
    ] {
        let (urgency, lines, answer) = asked(&client, words, near);
        assert_eq!((&urgency["level"], &urgency["unclear"]), (&json!("now"), &json!(false)), "{words}");
        assert!(urgency["about"].as_array().unwrap().contains(&json!(about)), "{words}: {urgency}");
        let first: Vec<&str> = urgency["lines"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        assert_eq!(first[..3], ["999", "999-bsl", "999-text"], "{words}");
        assert!(first[3..6].contains(&nation), "{words}: {first:?}");
        assert_eq!(first.len(), lines.len(), "all lines are among them");
        // The same filters with other words of the same kind find as much: nothing is taken away.
        let get = client.get(&format!("/v1/search?q={}&near={}", encoded(words), encoded(near))).json();
        assert_eq!(ids(&get["results"]), ids(&answer["results"]));
        let html = page(&client, words, near);
        let (block, main) = html.split_once("<main").unwrap();
        assert!(block.contains("You can reach somebody now") && block.contains("<details open>"), "{words}");
        assert!(block.contains("tel:999") && block.contains("tel:116123"), "{words}");
        for id in ids(&answer["results"]).iter().take(3) {
            assert!(main.contains(id.as_str()), "{words}: the results are there");
        }
    }
    assert!(!ids(&asked(&client, "I want to die", "LS6 2").2["results"]).is_empty());
}

#[test]
fn words_about_it_bring_one_sentence_above_the_results_and_other_words_nothing() {
    let client = sample_client();
    for words in ["suicide bereavement group", "self-harm training", "galar ar ôl hunanladdiad"] {
        let (urgency, _, _) = asked(&client, words, "LS6 2");
        assert_eq!((&urgency["level"], &urgency["unclear"]), (&json!("topic"), &json!(false)), "{words}");
        assert!(!urgency["lines"].as_array().unwrap().contains(&json!("999")));
        let html = page(&client, words, "LS6 2");
        assert!(html.contains("If you need to talk to somebody about this") && html.contains("<details>"), "{words}");
        assert!(html.find("class=\"topic\"") < html.find("id=\"results-title\"").or(Some(usize::MAX)), "{words}");
        assert!(!html.contains("You can reach somebody now"));
    }
    let (urgency, _, _) = asked(&client, "choir", "LS6 2");
    assert_eq!(urgency, json!({"level": "none", "unclear": false}));
    let html = page(&client, "choir", "LS6 2");
    assert!(!html.contains("class=\"topic\"") && html.contains("In danger now, or need to talk?"));
}

#[test]
fn cutting_offers_both_readings() {
    let client = sample_client();
    let (urgency, _, _) = asked(&client, "cutting", "LS6 2");
    assert_eq!(
        (&urgency["level"], &urgency["unclear"], &urgency["about"]),
        (&json!("topic"), &json!(true), &json!(["self_harm"]))
    );
    let html = page(&client, "cutting", "LS6 2");
    assert!(html.contains("If you mean hurting yourself") && html.contains("If you mean something else"));
    assert!(html.contains("Search for support with self-harm") && html.contains("value=\"self-harm\""));
    assert_eq!(asked(&client, "fabric cutting class", "LS6 2").0["level"], "none");
}

#[test]
fn what_is_urgent_is_said_in_welsh_too_in_wales_and_to_whoever_asks_for_it() {
    let client = sample_client();
    let page = |fields: &str| client.post_form("/", fields).text();
    let (calm, now) = ("Mewn perygl nawr, neu angen siarad?", "Gallwch gael gafael ar rywun nawr.");
    for (fields, welsh, english) in [
        ("q=choir&near=Treherbert", calm, "In danger now, or need to talk?"),
        ("q=dw+i+eisiau+marw&near=Treherbert", now, "You can reach somebody now."),
        ("q=I+want+to+die&near=Leeds&lang=cy", now, "You can reach somebody now."),
        ("q=choir&near=Newport&lang=cy", calm, "In danger now, or need to talk?"),
        ("q=cutting&near=LS6+2&lang=cy", "Os ydych yn sôn am frifo’ch hun", "If you mean hurting yourself"),
        ("q=suicide+bereavement+group&near=Treherbert", "siarad â rhywun am hyn", "talk to somebody about this"),
    ] {
        let html = page(fields);
        assert!(html.contains(welsh) && html.contains(english), "{fields}");
        assert!(html.contains("<span lang=\"cy\">"), "a screen reader is told: {fields}");
    }
    for fields in ["q=choir&near=Leeds", "q=I+want+to+die", "q=cutting&near=LS6+2", "q=choir&near=Leeds&lang=fr", ""] {
        let html = page(fields);
        assert!(![calm, now, "Os ydych"].iter().any(|welsh| html.contains(welsh)), "{fields}");
    }
    let tonight = client.post_form("/tonight", "q=I+want+to+die&near=LS6+2&lang=cy").text();
    assert!(tonight.contains(now));
    // What the directory itself says of a listing is in that language then, and the next page keeps it.
    let html = page("near=Leeds&lang=cy");
    assert!(html.contains("Bob dydd ") && html.contains("name=\"lang\" value=\"cy\""), "{html}");
}

#[test]
fn a_question_that_cannot_be_answered_is_answered_with_lines() {
    let client = sample_client();
    for path in ["/v1/search", "/v1/sessions"] {
        for (words, urgent) in [("I want to die", true), ("choir", false)] {
            let answer = client.get(&format!("{path}?q={}&near=Newport", encoded(words)));
            let problem = answer.problem("ambiguous-place");
            assert_eq!(problem["crisis"][0]["id"] == "999", urgent, "{path} {words}: {problem}");
        }
    }
    let answer = client.post_form("/", "q=I+want+to+die&near=Newport");
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("You can reach somebody now"));
    let sessions = client.get("/v1/sessions?q=I+want+to+die&near=LS6+2").json();
    assert_eq!(sessions["urgency"]["level"], "now");
    let tonight = client.post_form("/tonight", "q=I+want+to+die&near=LS6+2").text();
    assert!(tonight.contains("You can reach somebody now"));
}

#[test]
fn with_the_database_stopped_and_no_view_the_program_still_says_whom_to_ring() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = ["--database", "postgres://nobody@127.0.0.1:1/nothing", "--log", "trace"];
    let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
    let server = Serving::start(&empty, &nowhere);
    let client = &server.client;
    for nation in ["england", "scotland", "wales", "northern_ireland"] {
        let answer = client.get(&format!("/v1/crisis?nation={nation}"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["lines"][0]["phone"], "999");
    }
    let problem = client.post_json("/v1/search", r#"{"q": "I want to die quietly"}"#).problem("not-ready");
    assert_eq!(problem["crisis"][0]["id"], "999");
    let page = client.post_form("/", "q=I+want+to+die+quietly");
    assert_eq!(page.status, 503);
    assert!(page.text().contains("You can reach somebody now") && page.text().contains("tel:116123"));
    let logged = server.log.lock().unwrap().to_lowercase();
    assert!(!logged.contains("quietly") && !logged.contains("urgency"), "{logged}");

    kith_ok(&full, &["import", project("tests/fixtures/hsds-page.json").to_str().unwrap()]);
    let server = Serving::ready(&full, &nowhere);
    let answer = server.client.post_json("/v1/search", r#"{"q": "I want to die"}"#).json();
    assert_eq!((&answer["urgency"]["level"], &answer["crisis"][0]["id"]), (&json!("now"), &json!("999")));
}

#[test]
fn keepers_are_told_which_lines_nobody_has_rung() {
    let folder = tempfile::tempdir().unwrap();
    kith_ok(folder.path(), &["import", project("tests/fixtures/hsds-page.json").to_str().unwrap()]);
    let said = kith_ok(folder.path(), &["check"]);
    let never = kith::domain::crisis::lines().iter().filter(|line| line.checked.is_none());
    for line in never {
        assert!(said.contains(&line.id), "{said}");
    }
    assert!(said.contains("store, log and view agree"));
}
