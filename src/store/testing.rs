//! What the store's tests share: each check runs on SQLite and on PostgreSQL, with a small record of its own.

use std::{env, process::Command};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Audit, Kept, Line, ListingKind, ListingRef, Store, sql::query};
use crate::domain::{
    clock::{FixedClock, SeededChance, Timestamp},
    entry::{Aggregate, Entry, Origin, ServiceFacts, Source, Standing},
    id::{Id, kind},
};

#[path = "../../tests/support/postgres.rs"]
mod postgres;

pub(super) const NOW: &str = "2026-05-06T09:30:00Z";
pub(super) const LATER: &str = "2026-05-06T09:31:00Z";
/// Names the database to a second process of the tests.
const CHILD: &str = "KITH_TEST_CHILD";

/// Runs a check on a new SQLite file, and on a new PostgreSQL database where there is a PostgreSQL. The check is
/// given the store and its URL.
pub(super) async fn on_both(test: &str, check: impl AsyncFn(Store, String)) {
    on_both_empty(test, async |url| check(reopen(&url).await, url).await).await;
}

/// The same with databases that nobody has opened yet.
pub(super) async fn on_both_empty(test: &str, check: impl AsyncFn(String)) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = format!("sqlite:{}", folder.path().join("kith.db").display());
    for url in [Some(file), postgres::database(test)].into_iter().flatten() {
        eprintln!("{test} on {}", url.split(':').next().unwrap_or_default());
        check(url).await;
    }
}

/// Opens a database, as another process would.
pub(super) async fn reopen(url: &str) -> Store {
    Store::open(url, &FixedClock::at(NOW), &SeededChance::new(1)).await.expect("the store opens")
}

/// Starts a test by its full path in a second process, in which [`child_url`] answers.
pub(super) fn child(module: &str, test: &str, url: &str) -> Command {
    let module = module.split_once("::").expect("a module is in a crate").1;
    let mut command = Command::new(env::current_exe().expect("a test knows its program"));
    command.args(["--exact", &format!("{module}::{test}"), "--nocapture"]).env(CHILD, url);
    command
}

/// The database that the first process uses, in a second one.
pub(super) fn child_url() -> Option<String> {
    env::var(CHILD).ok()
}

/// Makes a sample pass for real data, as only a test would.
pub(super) async fn clear_sample(url: &str) {
    let mut open = reopen(url).await.begin_alone().await.expect("the test writes alone");
    query("UPDATE directory SET sample = ?").bind(false).execute(open.exec()).await.expect("the row is there");
    open.commit().await.expect("the test commits");
}

/// A record of the tests, kept in the table of services.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    pub id: Id<kind::Service>,
    pub organization_id: Option<Id<kind::Organization>>,
    pub name: String,
}

impl Aggregate for Group {
    type Kind = kind::Service;
    type Facts = ServiceFacts;

    fn id(&self) -> Id<kind::Service> {
        self.id
    }
}

impl Kept for Group {
    const TABLE: &'static str = "service";
    const KEYS: &'static [&'static str] = &["organization_id", "place_mode"];

    fn keys(entry: &Entry<Self>) -> Vec<Option<String>> {
        vec![entry.record.organization_id.map(|id| id.to_string()), Some(entry.facts.mode.as_str().to_owned())]
    }
}

pub(super) fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

pub(super) fn source() -> Source {
    Source {
        id: Id::from_u128(1),
        name: "leeds".into(),
        url: Some("https://groups.example/feed".into()),
        licence: Some("OGL-UK-3.0".into()),
        attribution: None,
    }
}

/// The n-th group, of the organization `n / 10`, as the source first told it.
pub(super) fn group(n: u128) -> Entry<Group> {
    Entry {
        record: Group {
            id: Id::from_u128(n),
            organization_id: Some(Id::from_u128(n / 10)),
            name: format!("Tuesday group {n}: \"tea\" \\ cân"),
        },
        facts: ServiceFacts::default(),
        extra: json!({ "/local_code": n as u64 }).as_object().cloned().expect("an object"),
        standing: Standing::Published,
        origin: Origin { source: source().id, foreign_id: format!("g/{n}") },
        revision: 1,
        created: now(),
        changed: now(),
    }
}

pub(super) fn audit() -> Audit {
    Audit { at: now(), actor: "test".into(), action: "import", subject: None, detail: json!({ "created": 1 }) }
}

/// A line about the n-th group: readers are shown these bytes, or nothing.
pub(super) fn line(n: u128, digest: Option<&str>) -> Line {
    let listing = ListingRef { id: Id::<kind::Service>::from_u128(n).to_string(), kind: ListingKind::Service };
    let action = if digest.is_some() { Action::Put } else { Action::Withdraw };
    Line { listing, action, digest: digest.map(str::to_owned) }
}
