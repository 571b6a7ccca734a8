//! Holds on what is not there any more.

use serde_json::json;

use super::Town;
use crate::{
    directory::{Error, holds::holds_ref},
    domain::{
        entry::Origin,
        hold::{Ground, Hold, Subject},
        id::Id,
        read::Code,
    },
    store::{Action, Audit, Line},
};

fn hold(n: u128, subject: Subject) -> Hold {
    let [since, until] = ["2026-11-20", "2026-12-20"].map(|day| day.parse().unwrap());
    Hold {
        id: Id::from_u128(n),
        subject,
        ground: Ground::NotAsked,
        role: "a peer worker".to_owned(),
        since,
        until,
        ended: None,
    }
}

#[tokio::test]
async fn a_hold_on_a_term_or_a_record_that_has_gone_is_listed_and_can_be_ended() {
    let town = Town::new().await;
    let gone = Origin { source: Id::from_u128(7), foreign_id: "gone".to_owned() };
    let mut tx = town.directory.store.begin().await.unwrap();
    tx.put_hold(&hold(1, Subject::Term("a-term-of-before".to_owned()))).await.unwrap();
    tx.put_hold(&hold(2, Subject::Service(gone))).await.unwrap();
    let (at, actor) = (town.directory.clock.now(), "a test".to_owned());
    let line = Line { listing: holds_ref(), action: Action::Put, digest: Some("before".to_owned()) };
    tx.commit(Audit { at, actor, action: "a test", subject: None, detail: json!({}) }, &[line]).await.unwrap();
    town.directory.bring_up_to_date().await.unwrap();

    let held = town.directory.held().await.unwrap();
    let id = Id::<()>::from_u128(2).to_string();
    let told: Vec<_> = held.iter().map(|held| (held.id.as_str(), held.is_there)).collect();
    assert_eq!(told, [("a-term-of-before", false), (id.as_str(), false)]);
    assert_eq!(town.directory.holds().unwrap().terms[0].term, "a-term-of-before");
    let refused = town.directory.end_hold("another-term", "a test").await;
    assert!(matches!(&refused, Err(Error::Invalid(faults)) if faults[0].code == Code::UnknownTerm), "{refused:?}");
    for held in &held {
        let ended = town.directory.end_hold(&held.id, "a test").await.unwrap();
        assert_eq!((ended.id, ended.ended.unwrap().to_string()), (held.hold.id, "2026-11-23".to_owned()));
        let again = town.directory.end_hold(&held.id, "a test").await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
    }
    town.agrees().await;
    assert_eq!(town.directory.held().await.unwrap().len(), 0);
    let holds = town.directory.holds().unwrap();
    assert_eq!((holds.terms.len(), holds.counts.iter().map(|count| count.ended).sum::<u32>()), (0, 2));
}
