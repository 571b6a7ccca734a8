//! Files become listings: the same whatever their form, with every row accounted for, and again without a change.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use kith::{
    directory::import::{Report, Shipment, source_id},
    domain::entry::Source,
    exchange::{Format, Part},
};
use serde_json::{Value, json};

use crate::{
    canary::scan::files,
    support::{Client, Serving, directory_in, kith, kith_ok, names, project, runtime, serve_in_process, shared},
};

fn page() -> Value {
    serde_json::from_str(&fs::read_to_string(project("tests/fixtures/hsds-page.json")).unwrap()).unwrap()
}

/// A directory into which files of one source were imported, one after the other.
fn imported(shipments: &[(String, Format)]) -> (Client, Vec<Report>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (directory, reports) = runtime().block_on(async {
        let directory = directory_in(folder.path()).await;
        let source =
            Source { id: source_id("county"), name: "county".to_owned(), url: None, licence: None, attribution: None };
        let mut reports = Vec::new();
        for (text, format) in shipments {
            let shipment = Shipment {
                source: &source,
                files: &[Part { name: "file", bytes: text.as_bytes() }],
                format,
                dry_run: false,
                actor: "a test",
            };
            reports.push(directory.import(shipment, &mut |_, _| {}).await.unwrap());
        }
        directory.bring_up_to_date().await.unwrap();
        (directory, reports)
    });
    (serve_in_process(&directory, runtime()), reports, folder)
}

/// The report of an import by the program, which must succeed.
fn report(data: &Path, arguments: &[&str]) -> Value {
    let told = data.with_extension("report.json");
    kith_ok(data, &[&["import", "--report", told.to_str().unwrap()], arguments].concat());
    serde_json::from_slice::<Value>(&fs::read(told).unwrap()).unwrap()[0].take()
}

fn number(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap()
}

fn adds_up(report: &Value) -> bool {
    number(report, "read")
        == ["created", "updated", "same", "merged", "refused"].iter().map(|name| number(report, name)).sum::<u64>()
}

/// The change log and both counters, as `kith check` and the answers tell them.
fn state(data: &Path) -> (String, Vec<(String, Vec<u8>)>) {
    let view = files(&data.join("view")).into_iter().filter(|(name, _)| !name.ends_with(".lock")).collect();
    (kith_ok(data, &["check"]), view)
}

#[test]
fn one_object_a_list_a_page_and_lines_give_the_same_directory() {
    let page = page();
    let items = page["contents"].as_array().unwrap();
    let lines: Vec<String> = items.iter().map(Value::to_string).collect();
    let forms = [
        vec![(page.to_string(), Format::Hsds)],
        vec![(page["contents"].to_string(), Format::Hsds)],
        vec![(format!("\u{feff}{}\r\n\n", lines.join("\r\n")), Format::HsdsLines)],
        lines.iter().map(|line| (line.clone(), Format::Hsds)).collect(),
    ];
    let answers = forms.map(|form| {
        let (client, reports, _folder) = imported(&form);
        assert_eq!(reports.iter().map(|report| report.created).sum::<u64>(), 3);
        assert!(reports.iter().all(Report::adds_up));
        let listings = client.get("/v1/services").json()["items"].take();
        let found = client.get("/v1/search?near=LS6+2&sort=distance").json();
        (listings, found["results"].clone(), found["covers_area"].clone(), found["facets"].clone())
    });
    assert_eq!(answers[0].0.as_array().unwrap().len(), 3);
    assert_eq!(answers[0].1["total"], 2, "{:#}", answers[0].1);
    for answer in &answers[1..] {
        assert!(answer == &answers[0], "{answer:#?}");
    }
}

#[test]
fn a_dry_run_tells_the_same_numbers_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = project("tests/fixtures/hsds-page.json");
    let arguments = [file.to_str().unwrap(), "--source", "county"];
    let dry = report(&data, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(number(&dry, "created"), 3);
    assert!(kith_ok(&data, &["reindex"]).contains(": 0 listings"));
    assert!(kith_ok(&data, &["check"]).starts_with("0 services, 0 organisations, 0 lines"));
    assert_eq!(report(&data, &arguments), dry);
    let before = state(&data);
    let again = report(&data, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((number(&again, "same"), number(&again, "created")), (3, 0));
    assert!(state(&data) == before, "a dry run over what is there changes nothing");
}

#[test]
fn a_report_accounts_for_every_row_and_says_what_is_wrong_with_each_refused_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = report(&folder.path().join("data"), &[project("tests/fixtures/hsds-broken.json").to_str().unwrap()]);
    assert!(adds_up(&report), "{report:#}");
    let counts = ["read", "created", "updated", "same", "merged", "refused"].map(|name| number(&report, name));
    assert_eq!(counts, [8, 1, 0, 0, 1, 6]);
    let refusals: Vec<String> = report["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            format!("{} {} {}", fault["row"], fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())
        })
        .collect();
    for fault in [
        "1 /name required",
        "1 /service_at_locations/0/location/location_type not_in_list",
        "1 /phones/0/number required",
        "2  not_an_object",
        "3  unknown_kind",
        "4  not_readable",
        "5 /id required",
        "8 /id duplicate",
    ] {
        assert!(refusals.iter().any(|refusal| refusal == fault), "{fault}: {refusals:#?}");
    }
    let told = report.to_string();
    for value in ["sometimes", "nowhere at all", "not-an-address", "The Green", "tent", "noon"] {
        assert!(!told.contains(value), "the report repeats {value}");
    }
}

#[test]
fn importing_again_changes_nothing_and_a_changed_record_alone_is_updated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("county.json");
    fs::write(&file, page().to_string()).unwrap();
    let arguments = [file.to_str().unwrap()];
    report(&data, &arguments);
    let before = state(&data);
    let again = report(&data, &arguments);
    assert_eq!((number(&again, "same"), number(&again, "read")), (3, 3), "{again:#}");
    assert!(state(&data) == before, "{} {}", before.0, state(&data).0);

    let mut changed = page();
    changed["contents"][0]["description"] = json!("Now with a marmalade table.");
    fs::write(&file, changed.to_string()).unwrap();
    let report = report(&data, &arguments);
    assert_eq!((number(&report, "updated"), number(&report, "same")), (1, 2), "{report:#}");
    let server = Serving::ready(&data, &[]);
    let found = server.client.get("/v1/search?q=marmalade").json();
    assert_eq!(names(&found["results"]), ["Tuesday bereavement circle"]);
    assert_eq!(server.client.get("/v1/search?q=kettle").json()["results"]["total"], 0);
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_place_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mapping =
        "[source]\nname = \"t\"\n[entity]\nkind = \"organization\"\nid = \"ref\"\n[fields]\nname = \"title\"\n";
    let cases = [
        ("empty.json", "", None, vec!["the file is empty"]),
        ("page.html.json", "\n <html>", None, vec!["line 2, column 2", "not JSON"]),
        ("cut.json", "[{\"name\":\"a\"},\n {\"name\":", None, vec!["line 2, column", "not JSON"]),
        ("lines.json", "{\"name\":\"a\"}\n[1]", None, vec!["line 2, column 1", "NDJSON"]),
        ("nothing.json", "{\"total_items\":3}", None, vec!["no list named contents"]),
        ("list.ndjson", "[1]", None, vec!["line 1, column 1"]),
        ("unknown.txt", "x", None, vec!["tells its format", "--format"]),
        ("table.csv", "id,title\n1,a\n", None, vec!["--mapping"]),
        ("table.csv", "id,title\n1,a\n", Some(mapping), vec!["the column \"ref\"", "0 times"]),
        ("table.csv", "ref,title,title\n1,a,b\n", Some(mapping), vec!["the column \"title\"", "2 times"]),
        ("table.csv", "ref,title\n1,a\n", Some("[source]\nname = \"t\"\nnmae = 1\n"), vec!["line 3, column 1", "nmae"]),
        ("table.csv", "ref,title\n1,a\n", Some("[source"), vec!["line 1, column"]),
    ];
    for (name, text, mapping, told) in cases {
        let (file, by) = (folder.path().join(name), folder.path().join("mapping.toml"));
        fs::write(&file, text).unwrap();
        let mut arguments = vec!["import", file.to_str().unwrap()];
        if let Some(mapping) = mapping {
            fs::write(&by, mapping).unwrap();
            arguments.extend(["--mapping", by.to_str().unwrap()]);
        }
        let output = kith(&data, &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        for part in told {
            assert!(said.contains(part), "{name} {part:?}: {said}");
        }
        assert!(!said.contains("panicked"), "{name}: {said}");
    }
    let missing = kith(&data, &["import", folder.path().join("none.json").to_str().unwrap()]);
    assert_eq!(missing.status.code(), Some(1));
    kith_ok(&data, &["reindex"]);
    assert!(kith_ok(&data, &["check"]).starts_with("0 services, 0 organisations, 0 lines"));
}

#[test]
fn files_that_stand_together_are_one_import_so_that_what_one_protects_no_other_tells() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let place = r#"[{"location":{"id":"house","location_type":"physical","name":"Ash Court"}}]"#;
    let service = |id: &str, name: &str| {
        format!(r#"[{{"id":"{id}","name":"{name}","status":"active","service_at_locations":{place}}}]"#)
    };
    let paths = [("a.json", "Choir"), ("b.json", "Ash refuge")].map(|(file, name)| {
        let path = folder.path().join(file);
        fs::write(&path, service(file, name)).unwrap();
        path
    });
    let told = folder.path().join("report.json");
    let [a, b] = [&paths[0], &paths[1]].map(|path| path.to_str().unwrap());
    let said = kith_ok(&data, &["import", "--report", told.to_str().unwrap(), a, b]);
    assert!(said.starts_with(&format!("{a} and 1 more, as one\n  2 read = 2 created")), "{said}");
    let reports: Value = serde_json::from_slice(&fs::read(&told).unwrap()).unwrap();
    assert_eq!((reports.as_array().unwrap().len(), &reports[0]["protected"]), (1, &json!(1)));
    let server = Serving::ready(&data, &[]);
    let choir = server.client.get("/v1/search?q=choir").json();
    assert_eq!(choir["results"]["items"][0]["place"]["kind"], "not_stated", "{choir:#}");
}

#[test]
fn what_was_kept_before_a_file_that_cannot_be_read_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "[{").unwrap();
    let file = project("tests/fixtures/hsds-page.json");
    let output = kith(&data, &["import", "--source", "county", file.to_str().unwrap(), broken.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("not JSON"), "{said}");
    assert!(kith_ok(&data, &["check"]).contains("in the view"), "the first file is published");
}

#[test]
fn a_report_can_be_piped_into_a_program_that_reads_only_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(["import", project("tests/fixtures/hsds-broken.json").to_str().unwrap(), "--data"])
        .arg(folder.path().join("data"))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(kith_ok(&folder.path().join("data"), &["check"]).contains("1 in the view"));
}

#[test]
fn every_fault_of_the_settings_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kith.toml");
    fs::write(&file, "colour = \"red\"\nlog = 3\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
    command
        .args(["check", "--database", "mysql://root:secret@db", "--config"])
        .arg(&file)
        .arg("--data")
        .arg(folder.path().join("data"));
    let output = command.env("KITH_COLOR", "blue").env("KITH_LISTEN", "nowhere").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [
        "colour in the settings file",
        "log in the settings file",
        "KITH_COLOR is no setting",
        "KITH_LISTEN is not an address",
        "--database is neither",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("secret"), "{said}");
    assert!(!folder.path().join("data").exists(), "nothing was opened");
}

#[test]
fn a_register_of_charities_is_imported_to_the_last_row_and_can_be_searched() {
    let Some(csv) = shared("datasets/uk-charities/sample.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mapping = project("tests/fixtures/uk-charities.toml");
    let report = report(&data, &["--mapping", mapping.to_str().unwrap(), csv.to_str().unwrap()]);
    let counts = ["read", "created", "updated", "same", "merged", "refused"].map(|name| number(&report, name));
    assert_eq!(counts, [4_203, 4_104, 0, 0, 99, 0]);
    assert!(adds_up(&report));

    let server = Serving::ready(&data, &[]);
    let client = &server.client;
    let first = client.get("/v1/search?q=bereavement&near=Bristol&within_km=150").json();
    let hits = walk(client, "q=bereavement&near=Bristol&within_km=150");
    assert_eq!(first["results"]["total"].as_u64().unwrap(), hits.len() as u64);
    assert!(hits.len() >= 5, "{first:#}");
    let mut last = 0.0;
    for card in
        client.get("/v1/search?q=bereavement&near=Bristol&within_km=150&sort=distance").json()["results"]["items"]
            .as_array()
            .unwrap()
    {
        let distance = card["distance_km"].as_f64().unwrap();
        assert!(distance >= last && distance <= first["circle_km"].as_f64().unwrap(), "{card:#}");
        last = distance;
    }
    // Counted without the index's words: every charity in the circle, read whole.
    let around = walk(client, "near=Bristol&within_km=150");
    let mut naive = BTreeSet::new();
    for some in around.iter().collect::<Vec<_>>().chunks(100) {
        let asked: Vec<String> = some.iter().map(|id| format!("id={id}")).collect();
        for listing in client.get(&format!("/v1/organizations?{}", asked.join("&"))).json()["items"].as_array().unwrap()
        {
            let text = format!("{} {} {}", listing["card"]["name"], listing["description"], listing["card"]["terms"])
                .to_lowercase();
            // Grief counts as bereavement, and there are no words of a house term to tell it by.
            if text.contains("bereave") || text.contains("grief") || text.contains("griev") {
                naive.insert(listing["id"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(around.len() > 300, "{}", around.len());
    assert_eq!(hits, naive);
}

/// Ids of all results of a search, page by page.
fn walk(client: &Client, asked: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for page in 1..=100 {
        let results =
            client.get(&format!("/v1/search?{asked}&facets=none&per_page=100&page={page}")).json()["results"].take();
        let before = found.len();
        found.extend(crate::support::ids(&results));
        assert_eq!(found.len() - before, results["items"].as_array().unwrap().len(), "no listing is on two pages");
        if found.len() as u64 >= results["total"].as_u64().unwrap() {
            return found;
        }
    }
    panic!("the pages never end");
}
