//! Several programs on one data folder: seen by the server at once, and whole after a power cut.

#[path = "../support/postgres.rs"]
mod postgres;
mod setting;
mod upgraded;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use kith::{
    directory::{Directory, Error},
    domain::{
        clock::{FixedClock, SeededChance},
        entry::Standing,
        id::{Id, kind},
        service::Service,
    },
    store::Audit,
};
use serde_json::{Value, json};

use self::setting::{MANY, Running, group, harm, many};
use crate::support::{Client, NOW, Serving, directory_in, ids, kith, kith_ok, names, project, runtime, until};

fn import(data: &Path, file: &Path) -> String {
    kith_ok(data, &["import", "--source", "county", file.to_str().unwrap()])
}

fn total(client: &Client, asked: &str) -> u64 {
    client.get(&format!("/v1/search?{asked}")).json()["results"]["total"].as_u64().unwrap()
}

/// How often a term is counted among the results.
fn counted(client: &Client, asked: &str, term: &str) -> u64 {
    let answer = client.get(&format!("/v1/search?{asked}")).json();
    answer["facets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|facet| facet["id"] == term)
        .map_or(0, |facet| facet["count"].as_u64().unwrap())
}

/// Waits until something has come about, and fails when that takes longer than readers are promised. The debug build and
/// the tests beside this one get three times as long.
fn within(promised: Duration, what: &str, happened: impl FnMut() -> bool) {
    let began = Instant::now();
    until(what, happened);
    assert!(began.elapsed() <= promised * 3, "{what}: after {:?}", began.elapsed());
}

#[test]
fn an_import_is_found_while_the_server_runs_and_a_withdrawal_is_gone_from_everything() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, &group(folder.path(), "one", "Kettle circle"));
    let server = Serving::ready(&data, &[]);
    let client = &server.client;
    assert_eq!(total(client, "q=circle"), 1);
    import(&data, &group(folder.path(), "two", "Lantern circle"));
    within(Duration::from_secs(1), "the import is found", || total(client, "q=lantern&near=LS6+2") == 1);
    assert_eq!((total(client, "q=circle"), counted(client, "", "bereavement")), (2, 2));

    let id = ids(&client.get("/v1/search?q=lantern").json()["results"])[0].clone();
    let organization =
        client.get(&format!("/v1/services/{id}")).json()["organization"]["id"].as_str().unwrap().to_owned();
    let organization = format!("/v1/organizations/{organization}");
    assert!(client.get(&organization).text().contains(&id));
    kith_ok(&data, &["withdraw", &id]);
    assert_eq!(client.get(&format!("/v1/services/{id}")).status, 410, "the command waits for the server");
    within(Duration::from_secs(2), "its name is gone from its organization", || {
        !client.get(&organization).text().contains(&id)
    });
    assert_eq!(
        (total(client, "q=lantern"), total(client, "q=circle"), total(client, ""), counted(client, "", "bereavement")),
        (0, 1, 1, 1)
    );
    assert!(!client.get("/v1/services").text().contains(&id));
    assert_eq!(client.get(&format!("/v1/services?id={id}")).json()["items"], json!([]));
    assert_eq!(client.get(&format!("/listing/{id}")).status, 410);
    // What its source says again does not bring it back; a keeper does.
    import(&data, &group(folder.path(), "two", "Lantern circle, again"));
    import(&data, &group(folder.path(), "three", "Candle circle"));
    within(Duration::from_secs(1), "the later import is found", || total(client, "q=candle") == 1);
    assert_eq!((client.get(&format!("/v1/services/{id}")).status, total(client, "q=lantern")), (410, 0));
    kith_ok(&data, &["restore", &id]);
    within(Duration::from_secs(2), "the restored listing is found", || total(client, "q=lantern") == 1);
    assert_eq!(client.get(&format!("/v1/services/{id}")).json()["card"]["name"], "Lantern circle, again");
    kith_ok(&data, &["check"]);
    let unknown = kith(&data, &["withdraw", "00000000-0000-4000-8000-000000000000"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no such listing"));
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::ready(folder.path(), &[]);
    let (code, said) = Running::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another kith process holds the data folder"), "{said}");
    assert_eq!(kith(folder.path(), &["reindex"]).status.code(), Some(1));
    assert_eq!(server.client.get("/readyz").status, 200);
    // The lock goes with its holder, however that ends.
    server.kill();
    drop(Serving::ready(folder.path(), &[]));
}

/// All that is said for these questions but how fresh it is.
fn answers(client: &Client) -> Vec<Value> {
    let asked = [
        "/v1/search?per_page=100",
        "/v1/search?q=grief&near=LS6+2",
        "/v1/search?near=Leeds&sort=distance",
        "/v1/services?per_page=100",
        "/hsds/services?per_page=100",
        "/hsds/service_at_locations?per_page=100",
        "/hsds/taxonomy_terms?per_page=100",
    ];
    asked
        .map(|path| {
            let mut answer = client.get(path).json();
            answer.as_object_mut().unwrap().remove("as_of");
            answer
        })
        .into()
}

#[test]
fn a_view_that_is_deleted_or_damaged_comes_back_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, &project("tests/fixtures/hsds-page.json"));
    import(&data, &group(folder.path(), "one", "Grief circle"));
    let server = Serving::ready(&data, &[]);
    let whole = answers(&server.client);
    assert!(whole[1]["results"]["total"].as_u64() > Some(0), "{:#}", whole[1]);

    let view = data.join("view");
    fs::remove_dir_all(&view).unwrap();
    let began = Instant::now();
    while !view.join("CURRENT").exists() {
        assert_eq!(answers(&server.client), whole, "readers notice nothing");
        assert!(began.elapsed() < crate::support::PATIENCE);
    }
    assert_eq!(answers(&server.client), whole);
    // The new view is followed like the old one.
    import(&data, &group(folder.path(), "two", "Lantern circle"));
    until("the import is found", || total(&server.client, "q=lantern") == 1);
    kith_ok(&data, &["check"]);
    let whole = answers(&server.client);
    drop(server);

    for damage in 0..9 {
        harm(&view, damage);
        let server = Serving::ready(&data, &[]);
        // What only a checksum shows is found while the server answers already.
        until("the view is built anew", || damage < 5 || mended(&server));
        assert_eq!(answers(&server.client), whole, "damage {damage}");
        kith_ok(&data, &["check"]);
    }
}

/// Whether a server has built its view anew since it began.
fn mended(server: &Serving) -> bool {
    server.log.lock().unwrap().contains("built the published view")
}

#[test]
fn without_its_database_a_server_starts_and_answers_from_the_view_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (full, empty) = (folder.path().join("full"), folder.path().join("empty"));
    import(&full, &group(folder.path(), "one", "Kettle circle"));
    let nowhere = ["--database", "postgres://nobody@127.0.0.1:1/nothing"];
    let server = Serving::ready(&full, &nowhere);
    assert_eq!(total(&server.client, "q=kettle&near=LS6+2"), 1);
    assert_eq!(server.client.get("/v1/search").json()["sample"], false);
    let server = Serving::start(&empty, &nowhere);
    let problem = server.client.get("/v1/search");
    assert_eq!(problem.status, 503);
    assert!(problem.text().contains("999"), "the crisis lines stand there all the same: {}", problem.text());
    assert_eq!(server.client.get("/v1/crisis").status, 200);
}

#[test]
fn what_another_process_withdraws_while_the_view_is_built_anew_is_hidden_at_once() {
    let folder = tempfile::tempdir().unwrap();
    kith_ok(folder.path(), &["import", "--source", "many", many(folder.path()).to_str().unwrap()]);
    runtime().block_on(async {
        let server = directory_in(folder.path()).await;
        server.bring_up_to_date().await.unwrap();
        let keeper = directory_in(folder.path()).await;
        let (id, _) = server.view.reader().unwrap().ids().unwrap().swap_remove(0);
        let withdrawing = async {
            while server.view.progress().done == 0 {
                tokio::task::yield_now().await;
            }
            keeper.set_standing(&id, Standing::Withdrawn, "a test").await.unwrap();
            while !server.view.hidden().contains(&id) {
                tokio::task::yield_now().await;
            }
            assert!(matches!(server.listing(&id), Err(Error::Gone)));
        };
        tokio::select! {
            biased;
            () = withdrawing => {}
            built = server.rebuild() => panic!("built before the withdrawal was seen: {built:?}"),
        }
        server.rebuild().await.unwrap();
        server.bring_up_to_date().await.unwrap();
        assert!(server.view.hidden().is_empty() && matches!(server.listing(&id), Err(Error::Gone)));
    });
}

#[test]
fn an_import_that_is_cut_off_five_times_is_finished_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = many(folder.path());
    let mut cut = 0;
    for (number, delay) in [150, 350, 600, 900, 1_300].into_iter().enumerate() {
        let mut child = Running::start(&data, &["import", "--source", "many", file.to_str().unwrap()]);
        std::thread::sleep(Duration::from_millis(delay));
        cut += usize::from(!child.has_ended());
        drop(child);
        // Between two cuts the server starts on what there is, follows, and is cut off as well.
        if number % 2 == 1 {
            Serving::ready(&data, &[]).kill();
        }
    }
    assert!(cut >= 2, "the imports were over before they were cut off: {cut}");
    let report = folder.path().join("report.json");
    kith_ok(&data, &["import", "--source", "many", "--report", report.to_str().unwrap(), file.to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    let number = |name: &str| report[0][name].as_u64().unwrap();
    assert_eq!(
        (number("created") + number("same"), number("updated"), number("refused")),
        (MANY as u64, 0, 0),
        "{report:#}"
    );
    let checked = kith_ok(&data, &["check"]);
    assert!(checked.starts_with(&format!("{MANY} services")), "{checked}");
    assert_eq!(total(&Serving::ready(&data, &[]).client, "q=circle"), MANY as u64);
}

#[test]
fn a_server_that_is_cut_off_while_it_follows_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = many(folder.path());
    let mut server = Serving::ready(&data, &[]);
    let mut importing = Running::start(&data, &["import", "--source", "many", file.to_str().unwrap()]);
    let mut seen = 0;
    for _ in 0..3 {
        until("more has been followed", || {
            let now = total(&server.client, "");
            now > seen || importing.has_ended()
        });
        seen = total(&server.client, "");
        server.kill();
        server = Serving::ready(&data, &[]);
        let now = total(&server.client, "");
        assert!(now >= seen, "{now} after a restart, {seen} before");
    }
    assert_eq!(importing.ended().0, Some(0));
    until("all is followed", || total(&server.client, "q=circle") == MANY as u64);
    kith_ok(&data, &["check"]);
}

#[test]
fn a_check_tells_a_store_that_was_tampered_with() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, &group(folder.path(), "one", "Kettle circle"));
    kith_ok(&data, &["check"]);
    // A record is changed past the change log.
    let id = runtime().block_on(async {
        let directory =
            Directory::open(&data, None, Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(9))).await.unwrap();
        let mut tx = directory.store.begin().await.unwrap();
        let mut entries = tx.page::<Service>(None::<Id<kind::Service>>, 10).await.unwrap();
        entries[0].record.name = "Another name".to_owned();
        entries[0].revision += 1;
        tx.put(&entries).await.unwrap();
        let audit = Audit {
            at: directory.clock.now(),
            actor: "a test".to_owned(),
            action: "import",
            subject: None,
            detail: json!({}),
        };
        tx.commit(audit, &[]).await.unwrap();
        entries[0].record.id.to_string()
    });
    let output = kith(&data, &["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("{id} was published otherwise than its records say")) && said.contains("do not agree"),
        "{said}"
    );
    assert!(!said.contains("Another name"), "{said}");
}

#[test]
fn a_check_tells_a_view_that_was_tampered_with() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, &group(folder.path(), "one", "Kettle circle"));
    harm(&data.join("view"), 5);
    let output = kith(&data, &["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(".bodies is damaged"), "{said}");
    kith_ok(&data, &["reindex"]);
    kith_ok(&data, &["check"]);
}

/// Imports, searches, withdraws and checks with one store; answers all that readers were told.
fn flow(data: &Path, store: &[&str], files: &[PathBuf]) -> Vec<Value> {
    let run = |arguments: &[&str]| kith_ok(data, &[arguments, store].concat());
    for file in files {
        run(&["import", "--source", "county", file.to_str().unwrap()]);
    }
    let server = Serving::ready(data, store);
    let client = &server.client;
    let mut told = answers(client);
    assert_eq!(total(client, "q=kettle"), 2, "a group by its name, and one by its description");
    let id = told[0]["results"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|card| card["name"] == "Kettle circle")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    run(&["withdraw", &id]);
    until("the withdrawal is followed", || client.get(&format!("/v1/services/{id}")).status == 410);
    until("the counts follow", || total(client, "q=kettle") == 1);
    told.extend(answers(client));
    run(&["check"]);
    run(&["restore", &id]);
    until("the listing is back", || total(client, "q=kettle") == 2);
    told.extend(answers(client));
    told.push(json!(run(&["import", "--source", "county", files[0].to_str().unwrap()])));
    told.push(json!(run(&["check"])));
    told
}

/// The same without the instants at which things changed: two directories are not filled in the same millisecond.
fn without_times(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_times).collect(),
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| *name != "last_modified");
            kept.map(|(name, member)| (name.clone(), without_times(member))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn both_databases_give_the_same_answers() {
    let Some(url) = postgres::database("both_databases_give_the_same_answers") else { return };
    let folder = tempfile::tempdir().unwrap();
    let files = [
        project("tests/fixtures/hsds-page.json"),
        group(folder.path(), "one", "Kettle circle"),
        group(folder.path(), "two", "Lantern circle"),
    ];
    let sqlite = flow(&folder.path().join("sqlite"), &[], &files);
    let postgres = flow(&folder.path().join("postgres"), &["--database", &url], &files);
    assert_eq!(sqlite.len(), postgres.len());
    for (one, other) in sqlite.iter().zip(&postgres) {
        let (one, other) = (without_times(one), without_times(other));
        assert!(one == other, "{one:#}\n{other:#}");
    }
    assert!(names(&sqlite[0]["results"]).len() == 5, "{:#}", sqlite[0]);
    assert!(!folder.path().join("postgres/kith.db").exists());
}
