//! Reports by anyone: taken without an account, labelled, answered, and no way to take a genuine group down.

use std::{path::Path, sync::Arc};

use kith::{
    directory::Directory,
    domain::clock::{FixedClock, SeededChance},
};
use serde_json::{Value, json};

use crate::{
    canary::scan::Scan,
    support::{Client, Serving, encoded, ids, kith, kith_ok, runtime, sample_client, serve_in_process, until},
};

/// What a reader writes, and nobody else may ever read.
const WORDS: &str = "Zqk7Canary says the door is green";

fn send(client: &Client, from: &str, listing: &str, reason: &str, text: Option<&str>) -> crate::support::Answer {
    let body = json!({"listing_id": listing, "reason": reason, "text": text}).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
    client.send("POST", "/v1/reports", &headers, Some(body.as_bytes()))
}

fn reported(client: &Client, from: &str, listing: &str, reason: &str) -> String {
    let answer = send(client, from, listing, reason, Some(WORDS));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let status = answer.json();
    assert_eq!(status["state"], "received");
    status["code"].as_str().unwrap().to_owned()
}

/// A directory with groups and a refuge, served.
fn served(folder: &Path) -> Serving {
    let group = |id: &str, more: Value| {
        let mut group = json!({ "id": id, "name": format!("{id} circle"), "status": "active", "description": "Tea.",
            "organization": { "id": "hall", "name": "Mill Hall", "description": "A hall." } });
        group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        group.to_string()
    };
    let refuge =
        json!({"attributes": [{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]});
    let rows = [
        group("kettle", json!({})),
        group("lantern", json!({})),
        group("candle", json!({})),
        group("willow", json!({})),
        group("vouched", json!({"assured_date": "2026-01-05"})),
        group("kindness", refuge),
    ];
    let file = folder.join("groups.ndjson");
    std::fs::write(&file, rows.join("\n")).unwrap();
    kith_ok(&folder.join("data"), &["import", "--source", "county", file.to_str().unwrap()]);
    Serving::ready(&folder.join("data"), &["--log", "trace"])
}

fn id_of(client: &Client, name: &str) -> String {
    ids(&client.get(&format!("/v1/search?q={name}")).json()["results"])[0].clone()
}

fn card(client: &Client, id: &str) -> Value {
    client.get(&format!("/v1/services/{id}")).json()["card"].clone()
}

#[test]
fn a_report_labels_the_listing_is_worked_through_and_leaves_no_word_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = served(folder.path());
    let client = &server.client;
    let id = id_of(client, "kettle");
    assert_eq!(card(client, &id)["report_url"], format!("/listing/{id}/report"));
    let feed = client.get(&format!("/hsds/services/{id}")).json();
    let codes: Vec<String> = ["wrong", "closed", "full", "no_answer"]
        .iter()
        .map(|reason| reported(client, "192.0.2.1", &id, reason))
        .collect();
    until("the label is published", || card(client, &id)["being_checked"] == true);
    assert!(client.get(&format!("/listing/{id}")).text().contains("Being checked"));
    assert_eq!(client.get("/v1/search?q=kettle").json()["results"]["items"][0]["being_checked"], true);
    // The standard has no word for it, so the feed says what it said.
    let mut now = client.get(&format!("/hsds/services/{id}")).json();
    now["last_modified"] = feed["last_modified"].clone();
    assert_eq!(now, feed);

    let state = |code: &str| client.get(&format!("/v1/reports/{code}")).json();
    assert_eq!(state(&codes[0]), json!({"code": codes[0], "state": "received"}));
    let listed = kith_ok(&data, &["reports", "list"]);
    assert!(codes.iter().all(|code| listed.contains(code)) && listed.contains("4 to be seen to"), "{listed}");
    assert!(!listed.contains("Zqk7"), "{listed}");
    assert!(kith_ok(&data, &["reports", "show", &codes[0]]).contains(WORDS));
    kith_ok(&data, &["reports", "start", &codes[0]]);
    assert_eq!(state(&codes[0].to_uppercase())["state"], "being_checked");

    // Neither answers nor the log have what was written; the store has it, until the report is closed.
    let scan = Scan::of(&["Zqk7Canary"], &[]);
    for path in ["/v1/search", "/v1/services", "/v1/organizations", "/hsds/services", "/", "/openapi.json", "/readyz"] {
        scan.clean(path, client.get(path).text());
    }
    for code in &codes {
        scan.clean("a report's state", client.get(&format!("/v1/reports/{code}")).text());
    }
    scan.clean(
        "the listing",
        client.get(&format!("/v1/services/{id}")).text() + &client.get(&format!("/listing/{id}")).text(),
    );
    scan.clean("the log", server.log.lock().unwrap().as_bytes());

    kith_ok(&data, &["reports", "close", &codes[0], "--changed", "corrected"]);
    assert_eq!(state(&codes[0]), json!({"code": codes[0], "state": "changed", "because": "corrected"}));
    for code in &codes[1..] {
        assert_eq!(card(client, &id)["being_checked"], true, "others are open");
        kith_ok(&data, &["reports", "close", code, "--not-changed", "confirmed"]);
    }
    assert!(!kith_ok(&data, &["reports", "show", &codes[0]]).contains("Zqk7"), "it is forgotten");
    until("the label is gone", || card(client, &id)["being_checked"].is_null());
    assert_eq!(kith(&data, &["reports", "close", &codes[0], "--changed", "corrected"]).status.code(), Some(1));
    assert_eq!(kith(&data, &["reports", "close", &codes[0]]).status.code(), Some(2));
    kith_ok(&data, &["check"]);
}

#[test]
fn reports_alone_take_down_only_what_is_new_and_vouched_for_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = served(folder.path());
    let client = &server.client;
    let [kettle, vouched] = ["kettle", "vouched"].map(|name| id_of(client, name));
    let status = |id: &str| client.get(&format!("/v1/services/{id}")).status;

    // What a source says was checked stays, however many say that it is not safe.
    for from in 1..=12 {
        reported(client, &format!("192.0.2.{from}"), &vouched, "unsafe");
    }
    assert_eq!(status(&vouched), 200);
    // What is new and vouched for by nobody is gone at once.
    let code = reported(client, "198.51.100.1", &kettle, "unsafe");
    assert_eq!(status(&kettle), 410);
    assert_eq!(client.get("/v1/search?q=kettle").json()["results"]["total"], 0);
    assert_eq!(send(client, "198.51.100.1", &kettle, "unsafe", None).status, 410);
    // A keeper who finds nothing brings it back, and it is not taken away by a report again.
    kith_ok(&data, &["reports", "close", &code, "--not-changed", "confirmed"]);
    until("it is back", || status(&kettle) == 200);
    for from in 1..=3 {
        reported(client, &format!("203.0.113.{from}"), &kettle, "unsafe");
    }
    assert_eq!(status(&kettle), 200);
    // The second signal is a keeper's.
    let code = reported(client, "203.0.113.9", &vouched, "unsafe");
    kith_ok(&data, &["reports", "start", &code, "--hide"]);
    assert_eq!(status(&vouched), 410);
    kith_ok(&data, &["reports", "close", &code, "--changed", "withdrawn"]);
    assert_eq!(status(&vouched), 410, "it is withdrawn for good");
    // No more than three are taken away in a day, so nobody empties a new directory.
    for (name, gone) in [("lantern", true), ("candle", false)] {
        let id = id_of(client, name);
        reported(client, "203.0.113.20", &id, "unsafe");
        assert_eq!(status(&id) == 410, gone, "{name}");
    }
    kith_ok(&data, &["check"]);
}

/// The lines of open reports in which something stands.
fn listed(data: &Path, what: &str) -> Vec<String> {
    let listed = kith_ok(data, &["reports", "list"]);
    listed.lines().filter(|line| line.contains(what)).map(str::to_owned).collect()
}

#[test]
fn what_was_taken_away_stays_away_when_its_source_calls_it_a_refuge() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("groups.ndjson");
    let import = |says: &str| {
        let group = |name: &str| {
            json!({ "id": name, "name": format!("{name} circle"), "status": "active", "description": says,
                "organization": { "id": format!("o{name}"), "name": "Calm", "description": "Tea." } })
        };
        let rows: Vec<String> =
            ["kindness", "listening", "friendship", "calm"].map(|name| group(name).to_string()).into();
        std::fs::write(&file, rows.join("\n")).unwrap();
        kith_ok(&data, &["import", "--source", "county", file.to_str().unwrap()])
    };
    import("Tea.");
    let server = Serving::ready(&data, &[]);
    let client = &server.client;
    let names = || {
        let all = client.get("/v1/services?per_page=100").json();
        let mut names: Vec<String> =
            all["items"].as_array().unwrap().iter().map(|item| item["card"]["name"].to_string()).collect();
        names.sort();
        names.join(" ")
    };
    let [kindness, listening, friendship] = ["kindness", "listening", "friendship"].map(|name| id_of(client, name));
    kith_ok(&data, &["withdraw", &kindness]);
    let code = reported(client, "192.0.2.1", &listening, "unsafe");
    kith_ok(&data, &["withdraw", &friendship]);
    let role = ["--by", "safeguarding lead", "--because", "They asked"];
    kith_ok(&data, &[&["safeguard", "hide", &friendship], &role[..]].concat());
    until("three are gone", || names() == "\"calm circle\"");

    for says in ["We run a refuge for women.", "We run a refuge for women. Ring us.", "Tea and talk."] {
        import(says);
        until("the fourth is private", || {
            let all = client.get("/v1/services").json();
            all["items"][0]["card"]["place"]["kind"] != "exact" && names().contains("circle")
        });
        assert_eq!(names(), "\"calm circle\"", "{says}");
        assert_eq!(
            [&kindness, &listening, &friendship].map(|id| client.get(&format!("/v1/services/{id}")).status),
            [410; 3]
        );
    }
    // The report is of what it has become, whose id nobody knows, and brings that back when it is closed.
    let lines = listed(&data, &code);
    assert!(lines.len() == 1 && !lines[0].contains(&listening), "{lines:?}");
    kith_ok(&data, &["reports", "close", &code, "--not-changed", "confirmed"]);
    until("it is back", || names() == "\"calm circle\" \"listening circle\"");
    assert_eq!(client.get(&format!("/v1/services/{listening}")).status, 410);
    assert!(!client.get(&format!("/v1/reports/{code}")).text().contains(&id_of(client, "listening")));
    kith_ok(&data, &["check"]);
}

#[test]
fn what_would_tell_a_private_place_is_not_kept_and_one_address_cannot_flood() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = served(folder.path());
    let client = &server.client;
    let rowan = id_of(client, "kindness");
    let answer =
        send(client, "192.0.2.1", &rowan, "wrong", Some("Zqk7Canary: it is at KW17 2QZ, 53.8271659,-1.5739462"));
    assert_eq!(answer.status, 200);
    let said = kith_ok(&data, &["reports", "show", answer.json()["code"].as_str().unwrap()]);
    assert!(said.contains("No words."), "{said}");
    let (found, files) = Scan::of_secrets().files(&data);
    assert!(found.is_empty() && files > 5, "{found:?}");

    let kettle = id_of(client, "kettle");
    let statuses: Vec<u16> = (0..6).map(|_| send(client, "192.0.2.50", &kettle, "full", None).status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    send(client, "192.0.2.50", &kettle, "full", None).problem("too-many-reports");
    assert_eq!(send(client, "192.0.2.51", &kettle, "full", None).status, 200);
    // Nor can a crowd: there is room for who says that it is not safe.
    let lantern = id_of(client, "lantern");
    let crowd = (60..70).flat_map(|n| std::iter::repeat_n(format!("198.51.{n}.1"), 5));
    assert!(crowd.map(|from| send(client, &from, &lantern, "closed", None).status).all(|status| status == 200));
    send(client, "192.0.2.71", &lantern, "closed", None).problem("too-many-reports");
    assert_eq!(send(client, "192.0.2.72", &lantern, "unsafe", None).status, 200);
    assert_eq!(client.get(&format!("/v1/services/{lantern}")).status, 410);
    // Nothing of who sent it is kept, in any file.
    let scan = Scan::of(&["192.0.2.50", "192.0.2.51"], &[]);
    assert_eq!(scan.files(&data).0, [""; 0]);
    scan.clean("the log", server.log.lock().unwrap().as_bytes());
}

#[test]
fn faults_of_a_report_are_told_together_and_unknown_codes_lead_nowhere() {
    let client = sample_client();
    let send = |body: &str| client.post_json("/v1/reports", body);
    let long = "a".repeat(501);
    let answer = send(&json!({"listing_id": "x", "reason": "bad", "text": long}).to_string());
    assert_eq!(answer.faults(), ["/listing_id not_a_uuid", "/reason not_in_list", "/text too_long"]);
    for body in ["{}", "[]", "{", r#"{"listing_id": 1}"#, r#"{"listing_id":"x","reason":"wrong","name":"me"}"#] {
        assert_eq!(send(body).status, 400, "{body}");
    }
    let nowhere = json!({"listing_id": "01980000-0000-7000-8000-000000000000", "reason": "wrong"}).to_string();
    send(&nowhere).problem("no-such-listing");
    for code in ["0", "zzzzzzzzzzzzzzzz", "%00", "a%2Fb"] {
        assert_eq!(client.get(&format!("/v1/reports/{code}")).status, 404, "{code}");
    }
}

#[test]
fn the_form_works_without_script_and_without_a_database_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let client = &server.client;
    let id = id_of(client, "willow");
    let path = format!("/listing/{id}/report");
    assert!(client.get(&format!("/listing/{id}")).text().contains(&format!("href=\"{path}\"")));
    let page = client.get(&path).text();
    assert!(page.contains("<form") && page.contains("willow circle") && !page.contains("<script"));
    let wrong = client.post_form(&path, &format!("reason=&text={}", encoded("<b>tea</b>")));
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("Choose what is wrong") && !wrong.text().contains("<b>tea"));
    let sent = client.post_form(&path, "reason=closed&text=It+has+moved");
    assert_eq!(sent.status, 200, "{}", sent.text());
    let code = sent.text().split("this code: <strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(client.get(&format!("/v1/reports/{code}")).json()["state"], "received");
    assert_eq!(client.get("/listing/01980000-0000-7000-8000-000000000000/report").status, 404);
    drop(server);

    let nowhere = ["--database", "postgres://nobody@127.0.0.1:1/nothing"];
    let server = Serving::ready(&folder.path().join("data"), &nowhere);
    assert_eq!(server.client.get(&path).status, 200);
    let answer = send(&server.client, "192.0.2.1", &id, "wrong", None);
    answer.problem("not-ready");
    assert_eq!(server.client.post_form(&path, "reason=closed").status, 503);
}

#[test]
fn what_has_been_here_for_thirty_days_is_only_labelled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(folder.path()));
    // A day on which whatever is here has been here for long.
    let later = Arc::new(FixedClock::at("2126-05-06T09:30:00Z"));
    let client = runtime().block_on(async {
        let directory = Directory::open(&data, None, later, Arc::new(SeededChance::new(7))).await.unwrap();
        directory.bring_up_to_date().await.unwrap();
        let client = serve_in_process(&directory, runtime());
        (client, directory)
    });
    let (client, directory) = client;
    let id = id_of(&client, "kettle");
    for from in 1..=20 {
        reported(&client, &format!("192.0.2.{from}"), &id, "unsafe");
    }
    runtime().block_on(directory.bring_up_to_date()).unwrap();
    assert_eq!(card(&client, &id)["being_checked"], true);
    assert_eq!(client.get("/v1/search?q=kettle").json()["results"]["total"], 1);
}

#[test]
fn how_it_went_is_said_by_code_proposes_corrections_and_is_published_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = served(folder.path());
    let client = &server.client;
    let id = id_of(client, "kettle");
    let send = |from: u8, body: Value| {
        let mut whole = json!({ "listing_id": id });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let from = format!("192.0.2.{from}");
        let headers = [("content-type", "application/json"), ("x-forwarded-for", &*from)];
        client.send("POST", "/v1/reports", &headers, Some(whole.to_string().as_bytes()))
    };
    let before = client.get(&format!("/v1/services/{id}"));
    let got_in = send(1, json!({ "reason": "got_in" })).json()["code"].as_str().unwrap().to_owned();
    for from in 2..=3 {
        assert_eq!(send(from, json!({ "reason": "waiting_since", "since": "2026-03" })).status, 200);
    }
    // Neither labels the listing: nothing that is published has changed, not even its tag.
    let later = id_of(client, "lantern");
    reported(client, "192.0.2.40", &later, "closed");
    until("a later report is published", || card(client, &later)["being_checked"] == true);
    let after = client.get(&format!("/v1/services/{id}"));
    assert_eq!(
        (before.body, before.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("etag"))),
        (after.body, after.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("etag")))
    );

    for from in 4..=6 {
        assert_eq!(send(from, json!({ "reason": "not_eligible", "barrier": "age" })).status, 200);
    }
    until("what contradicts it labels it", || card(client, &id)["being_checked"] == true);
    let listed = kith_ok(&data, &["reports", "list"]);
    let age = format!("/listing/{id}: 3 say that somebody was not eligible because of their age");
    let waits = format!("/listing/{id}: 2 say that somebody is waiting, the longest since 2026-03");
    assert!(
        listed.contains(&age) && listed.contains(&waits) && listed.contains("one says that somebody got in"),
        "{listed}"
    );
    assert!(kith_ok(&data, &["reports", "show", &got_in]).contains("3 say"));
    // Whoever asks gets the state of their own and no count.
    assert_eq!(client.get(&format!("/v1/reports/{got_in}")).json(), json!({ "code": got_in, "state": "received" }));
    for path in [
        format!("/v1/services/{id}"),
        format!("/listing/{id}"),
        "/v1/search?q=kettle".to_owned(),
        "/v1/decisions".to_owned(),
    ] {
        let said = client.get(&path).text();
        assert!(
            !said.contains("eligible because") && !said.contains("waiting_since") && !said.contains("got_in"),
            "{path}"
        );
    }

    let faults = |body: Value| {
        let mut faults = send(9, body).faults();
        faults.sort();
        faults
    };
    assert_eq!(
        faults(json!({ "reason": "not_eligible", "since": "2026-03", "text": "Her name is" })),
        ["/barrier required", "/since conflict", "/text conflict"]
    );
    assert_eq!(faults(json!({ "reason": "waiting_since", "since": "2999-01" })), ["/since out_of_range"]);
    assert_eq!(faults(json!({ "reason": "closed", "barrier": "age" })), ["/barrier conflict"]);
    // Closed as any other; that nothing was changed does not vouch for the listing.
    kith_ok(&data, &["reports", "close", &got_in, "--not-changed", "nothing_found"]);
    let code = reported(client, "198.51.100.1", &id, "unsafe");
    assert_eq!(client.get(&format!("/v1/services/{id}")).status, 410, "{code}");
    kith_ok(&data, &["check"]);
}

#[test]
fn how_it_went_can_be_told_by_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let client = &server.client;
    let path = format!("/listing/{}/report", id_of(client, "willow"));
    assert_eq!(client.post_form(&path, "reason=not_eligible&barrier=cost&since=&text=").status, 200);
    let wrong = client.post_form(&path, "reason=waiting_since&barrier=&since=spring&text=They+told+me");
    assert_eq!(wrong.status, 400);
    let said = wrong.text();
    assert!(
        said.contains("Write the month since which")
            && said.contains("told without words")
            && said.contains("value=\"spring\"")
    );
}
