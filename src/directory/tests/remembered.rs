//! What is remembered of links: made some at a time, again after a crash, and again where a keeper asks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    NOW, Town,
    linking::{circle, group, member},
};
use crate::{
    directory::{
        Directory,
        linking::{Meant, Step},
    },
    domain::{
        clock::{FixedClock, SeededChance},
        entry::Standing,
        link::{ActingFor, Saying},
        organization::Organization,
        service::Service,
        vocabulary::values::{Direction, Relationship},
    },
    store::{Audit, BondRow, Tx},
};

async fn commit(town: &Town, tx: Tx) {
    let (at, actor) = (town.directory.clock.now(), "a test".to_owned());
    tx.commit(Audit { at, actor, action: "a test", subject: None, detail: json!({}) }, &[]).await.unwrap();
}

/// As an earlier program leaves it: its rows, some of them otherwise.
async fn as_by_another(town: &Town) {
    let mut tx = town.directory.store.begin().await.unwrap();
    tx.clear_bonds(3).await.unwrap();
    let row = |own: &str| BondRow {
        own: own.to_owned(),
        other: "service/gone".to_owned(),
        link: "member_of/to".to_owned(),
        place: String::new(),
        digest: String::new(),
    };
    tx.put_bonds(&[&row("service/none"), &row("organization/none")]).await.unwrap();
    tx.say_bonds_made("another").await.unwrap();
    commit(town, tx).await;
}

async fn rows(town: &Town) -> Vec<BondRow> {
    let mut read = town.directory.store.snapshot().await.unwrap();
    let mut names = vec!["service/none".to_owned(), "organization/none".to_owned()];
    let services = read.page::<Service>(None, 1_000).await.unwrap();
    let organizations = read.page::<Organization>(None, 1_000).await.unwrap();
    names.extend(services.iter().map(|entry| format!("service/{}", entry.record.id)));
    names.extend(organizations.iter().map(|entry| format!("organization/{}", entry.record.id)));
    read.bonds_around(&names).await.unwrap()
}

async fn faults(town: &Town) -> Vec<String> {
    town.directory.check().await.unwrap().faults
}

/// A network with more members than its rows are read all for.
fn network(size: usize) -> Value {
    let mut items = vec![circle("West Circle", "Many.")];
    items.extend((0..size).map(|n| member(n, &format!("Member {n:05}"), "A line.")));
    Value::Array(items)
}

#[tokio::test]
async fn links_are_remembered_anew_in_steps_that_a_crash_does_not_undo_and_readers_and_writers_need_not_wait_for() {
    let town = Town::new().await;
    town.import(network(210)).await;
    let (before, shown) = (rows(&town).await, town.listing("West Circle").unwrap());
    assert_eq!((before.len(), &shown["card"]["links_total"]), (420, &json!(210)));
    as_by_another(&town).await;
    assert!(faults(&town).await[0].starts_with("not all links are remembered"), "{:?}", faults(&town).await);

    // Nothing that is published waits for the rows, or is otherwise without them.
    town.directory.rebuild().await.unwrap();
    assert_eq!(town.listing("West Circle").unwrap(), shown);
    let told = faults(&town).await;
    assert!(told.len() == 1 && told[0].starts_with("not all links"), "{told:?}");

    for _ in 0..3 {
        assert!(town.directory.remember_some(50).await.unwrap());
    }
    let some = rows(&town).await.len();
    assert!(some > 0 && some < 420, "{some}");
    // The program ends here, and another goes on where it was.
    let (clock, chance) = (Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(9)));
    let second = Directory::open(town.folder.path(), None, clock, chance).await.unwrap();
    assert!(second.remember_some(50).await.unwrap());
    assert_eq!(rows(&town).await.len(), some + 100, "fifty links, from either side");
    // Somebody writes meanwhile: what is done already and what is not.
    for n in [0, 1, 2, 208, 209] {
        town.try_import("county", &json!([member(n, &format!("Renamed {n}"), "A line.")])).await.unwrap();
    }
    let mut steps = 0;
    while second.remember_some(50).await.unwrap() {
        steps += 1;
    }
    assert!(steps <= 3, "{steps}");
    drop(second);
    town.agrees().await;
    let after = rows(&town).await;
    let keys = |rows: &[BondRow]| rows.iter().map(|row| (row.own.clone(), row.place.clone())).collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(&before), "the same links; those of another program have gone");
    assert_eq!(town.listing("West Circle").unwrap()["card"]["links_total"], 210);
}

#[tokio::test]
async fn what_a_check_finds_of_links_reindex_mends() {
    let town = Town::new().await;
    town.import(network(210)).await;
    let before = rows(&town).await;
    let shown = town.listing("West Circle").unwrap();
    // A fault of ours: rows are missing, so that the network would be made of others than it was.
    let mut tx = town.directory.store.begin().await.unwrap();
    tx.remove_bonds(&before.iter().filter(|row| row.own.starts_with("organization")).take(5).collect::<Vec<_>>())
        .await
        .unwrap();
    commit(&town, tx).await;
    let told = faults(&town).await;
    assert!(told.iter().any(|fault| fault.starts_with("10 links") && fault.contains("kith reindex")), "{told:?}");
    assert!(told.iter().any(|fault| fault.contains("published otherwise")), "{told:?}");
    assert_eq!(town.directory.reindex("a test").await.unwrap(), 0, "the log had it right");
    assert_eq!(faults(&town).await, [""; 0]);
    assert_eq!((rows(&town).await, town.listing("West Circle").unwrap()), (before, shown));
}

#[tokio::test]
async fn reindex_publishes_what_was_published_otherwise() {
    let town = Town::new().await;
    town.import(json!([group("a", "Alpha", "org-a"), group("b", "Beta", "org-b")])).await;
    let state = town.directory.store.state().await.unwrap();
    // The log says of one that it was published in other words, as after a change of the program.
    let listing = super::service_ref(town.id("Alpha").await.parse().unwrap());
    let line = crate::store::Line { listing, action: crate::store::Action::Put, digest: Some("other".to_owned()) };
    let tx = town.directory.store.begin().await.unwrap();
    let (at, actor) = (town.directory.clock.now(), "a test".to_owned());
    let audit = Audit { at, actor, action: "a test", subject: None, detail: json!({}) };
    tx.commit(audit, &[line]).await.unwrap();
    town.directory.bring_up_to_date().await.unwrap();
    assert_eq!(faults(&town).await.len(), 1);
    assert_eq!(town.directory.reindex("a test").await.unwrap(), 1);
    assert_eq!(faults(&town).await, [""; 0]);
    let after = town.directory.store.state().await.unwrap();
    assert_eq!(after.public_sequence, state.public_sequence + 2);
    assert_eq!(town.directory.reindex("a test").await.unwrap(), 0);
}

#[tokio::test]
async fn a_link_that_comes_to_mean_another_record_of_its_name_leaves_the_former_one() {
    let town = Town::new().await;
    town.try_import("elsewhere", &json!([group("choir", "Canal Choir", "org-b")])).await.unwrap();
    town.agrees().await;
    let choir = town.id("Canal Choir").await;
    let mut clinic = group("clinic", "Trauma Clinic", "org-a");
    clinic["kith"] = json!({ "links": [{ "relationship": "refers_to", "to": { "service_id": choir } }] });
    town.import(json!([clinic])).await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic claimed"]);
    // The source of the link brings in a record that it calls so itself: that is what it means now.
    town.import(json!([clinic, group(&choir, "Lantern Band", "org-c")])).await;
    assert_eq!(town.links("Lantern Band"), ["is sent people by Trauma Clinic claimed"]);
    assert_eq!(town.links("Trauma Clinic"), ["refers people to Lantern Band claimed"]);
    assert_eq!(town.links("Canal Choir"), [""; 0]);
}

/// How many lines the log has.
async fn lines(town: &Town) -> u64 {
    town.directory.store.state().await.unwrap().sequence
}

#[tokio::test]
async fn a_new_name_of_a_large_network_reaches_its_members_in_steps_and_a_crash_forgets_none() {
    let town = Town::new().await;
    town.import(network(210)).await;
    let (before, rows_before) = (lines(&town).await, rows(&town).await);
    town.try_import("county", &json!([circle("West Loop", "Many.")])).await.unwrap();
    assert_eq!(lines(&town).await - before, 1, "the network itself, and none of its members with it");
    let told = faults(&town).await;
    assert!(told.iter().any(|fault| fault.contains("view") || fault.contains("links")), "{told:?}");
    for step in 1..=2 {
        assert!(town.directory.remember_some(50).await.unwrap());
        assert_eq!(lines(&town).await - before, 1 + 50 * step);
    }
    // The program ends here, and another goes on where it was. Somebody writes meanwhile.
    let (clock, chance) = (Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(9)));
    let second = Directory::open(town.folder.path(), None, clock, chance).await.unwrap();
    for n in [0, 1, 208, 209] {
        town.try_import("county", &json!([member(n, &format!("Renamed {n}"), "A line.")])).await.unwrap();
    }
    let mut steps = 0;
    while second.remember_some(50).await.unwrap() {
        steps += 1;
    }
    assert!((2..=4).contains(&steps), "{steps}");
    drop(second);
    town.agrees().await;
    for n in 2..208 {
        assert_eq!(town.links(&format!("Member {n:05}")), ["is a member of West Loop claimed"]);
    }
    assert_eq!(town.links("Renamed 209"), ["is a member of West Loop claimed"]);
    assert_eq!(rows(&town).await.len(), rows_before.len());
}

#[tokio::test]
async fn a_large_network_that_says_something_of_one_member_is_heard_by_it_at_once() {
    let town = Town::new().await;
    town.import(network(210)).await;
    let side = async |name: &str| town.directory.side(&town.id(name).await).await.unwrap();
    let (circle, member) = (side("West Circle").await, side("Member 00207").await);
    let before = lines(&town).await;
    let meant = Meant { relationship: Relationship::MemberOf, direction: Direction::From, other: member };
    let says = Saying::default();
    town.directory.link(ActingFor::as_keeper(circle), Step::Confirm, meant, says, "a test").await.unwrap();
    assert_eq!(lines(&town).await - before, 2, "the network and the member");
    town.agrees().await;
    assert_eq!(lines(&town).await - before, 2, "to all others there is nothing to tell");
    assert_eq!(town.links("Member 00207"), ["is a member of West Circle agreed"]);
}

#[tokio::test]
async fn what_is_to_be_seen_no_more_goes_from_all_members_with_the_write_that_says_so() {
    for hides in [true, false] {
        let town = Town::new().await;
        town.import(network(210)).await;
        // Its members are still being told of its new name.
        town.try_import("county", &json!([circle("West Loop", "Many.")])).await.unwrap();
        town.directory.remember_some(50).await.unwrap();
        if hides {
            let refuge = json!([{ "id": "r", "name": "Calm Refuge", "status": "active", "organization_id": "circle" }]);
            town.try_import("county", &refuge).await.unwrap();
        } else {
            let id = town.id("West Circle").await;
            town.directory.set_standing(&id, Standing::Withdrawn, "a test").await.unwrap();
        }
        let at_once = rows(&town).await;
        assert_eq!(at_once.is_empty(), !hides, "who hides a place shows links with what has none");
        town.agrees().await;
        assert_eq!(rows(&town).await, at_once, "protected: {hides}");
        assert!(town.links("Member 00207").iter().all(|link| !link.contains("Circle")));
    }
}
