//! A search leaves no trace: whatever is asked, wherever it stands in a request, is afterwards in no file, no log, no
//! metric, no answer to anybody else, no title, no address and no history (S17, P1 to P4 of the notes).

pub mod ask;
mod journeys;
mod memory;
mod proxy;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    canary::{answers, scan::Scan},
    guard::table,
    support::{Client, Serving, kith_ok, until},
};

/// What serves the sample, logging all that it can, with a folder of its own for what does not last.
fn command(folder: &Path) -> Command {
    let temporary = folder.join("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
    command
        .args(["serve", "--sample", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--log", "trace", "--data"])
        .arg(folder.join("data"))
        .env("TMPDIR", &temporary)
        .env("RUST_LOG", "trace")
        .current_dir(folder);
    command
}

/// That, serving.
fn served(folder: &Path) -> Serving {
    let serving = Serving::run(command(folder));
    until("the server is ready", || serving.client.get("/readyz").status == 200);
    serving
}

/// Where the server says that its metrics are.
pub fn metrics_of(serving: &Serving) -> Client {
    let told = || {
        let log = serving.log.lock().unwrap();
        Some(log.split_once("metrics at http://")?.1.split('/').next()?.parse().unwrap())
    };
    until("it says where its metrics are", || told().is_some());
    Client::of(told().unwrap())
}

/// What the process itself shows of what it has open: names of files, and what stands in those that have no name any more.
fn open_files(id: u32, data: &Path) -> Vec<(String, Vec<u8>)> {
    let mut shown = Vec::new();
    for file in fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().map(Result::unwrap) {
        let Ok(target) = fs::read_link(file.path()) else { continue };
        let name = target.display().to_string();
        // Those of the data folder are read there; sockets and pipes cannot be read without taking from them.
        if target.is_absolute() && !target.starts_with(data) && !name.starts_with("/dev/") {
            shown.push((format!("open file {name}"), fs::read(file.path()).unwrap_or_default()));
        }
        shown.push((format!("name of open file {name}"), name.clone().into_bytes()));
    }
    for name in ["cmdline", "environ", "comm"] {
        shown.push((format!("/proc {name}"), fs::read(format!("/proc/{id}/{name}")).unwrap_or_default()));
    }
    shown
}

#[test]
fn a_search_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let serving = served(folder.path());
    let metrics = metrics_of(&serving);
    let asked = ask::everything(&serving.client, Some(&metrics));
    assert!(asked > 2_000, "only {asked} requests");
    // Something changes, so that it is plain that the log is written.
    let withdrawn = serving.client.get("/v1/services?per_page=1").json()["items"][0]["id"].as_str().unwrap().to_owned();
    kith_ok(&folder.path().join("data/sample"), &["withdraw", &withdrawn]);
    until("the log is written", || serving.log.lock().unwrap().contains("followed the change log"));

    let scan = Scan::of(&ask::SECRETS, &ask::DEGREES);
    let mut found: Vec<String> = Vec::new();
    let mut look =
        |what: &str, bytes: &[u8]| found.extend(scan.find(bytes).into_iter().map(|hit| format!("{what}: {hit}")));
    for (asked, bytes) in answers::all(&serving.client, &[], &[]) {
        look(&format!("answer to {asked}"), &bytes);
    }
    for (client, path) in [(&metrics, "/metrics"), (&serving.client, "/readyz"), (&serving.client, "/healthz")] {
        let answer = client.get(path);
        assert_eq!(answer.status, 200, "{path}");
        look(path, &answer.body);
    }
    let open = open_files(serving.id(), &folder.path().join("data"));
    assert!(open.len() > 20 || !cfg!(target_os = "linux"), "{}", open.len());
    for (name, bytes) in &open {
        look(name, bytes);
    }
    look("the log", serving.log.lock().unwrap().as_bytes());
    let mut files = 0;
    for (what, part) in [("data folder", "data"), ("folder for what does not last", "temporary")] {
        let (hits, read) = scan.files(&folder.path().join(part));
        files += read;
        found.extend(hits.into_iter().map(|hit| format!("{what}: {hit}")));
    }
    drop(serving);
    let (hits, read) = scan.files(folder.path());
    found.extend(hits);
    assert!(files > 8 && read >= 8, "{files} {read}");
    let figure =
        format!("{} in {files} files, {} open ones, the log, later answers and metrics", found.len(), open.len());
    table::row(
        "P1",
        "canaries in every place of every request, found afterwards (S17)",
        asked,
        &figure,
        found.is_empty(),
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn metrics_are_counts_and_states_at_an_address_of_this_machine_alone() {
    let folder = tempfile::tempdir().unwrap();
    let serving = served(folder.path());
    let metrics = metrics_of(&serving);
    let before = metrics.get("/metrics");
    assert_eq!((before.status, before.header("cache-control")), (200, "no-store"));
    assert!(before.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    let text = before.text();
    assert!(text.ends_with("# EOF\n") && text.contains("\nkith_ready 1\n"), "{text}");
    for line in kith::domain::crisis::lines() {
        let due = u8::from(line.checked.is_none());
        assert!(
            text.contains(&format!("kith_crisis_line_to_check{{line=\"{}\"}} {due}\n", line.id)) || due == 0,
            "{text}"
        );
    }
    for name in ["kith_documents ", "kith_sequence ", "kith_searches_waiting "] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }
    serving.client.post_json("/v1/search", "{\"q\": \"grief\", \"near\": \"Leeds\"}");
    serving.client.get("/v1/nowhere");
    assert_eq!(metrics.get("/metrics").text(), text, "no search moves a number");
    assert_eq!(metrics.get("/v1/search?q=grief").status, 404, "nothing else is answered there");
    assert_eq!(serving.client.get("/metrics").status, 404, "and it is answered nowhere else");
    let refused = Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(["serve", "--metrics", "0.0.0.0:0", "--data"])
        .arg(folder.path().join("other"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
}
