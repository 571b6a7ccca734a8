//! Terms in a directory from before it was noted who bears them.

use serde_json::json;

use super::{NOW, Town, service};
use crate::{
    directory::shown::{All, Shown, shown},
    domain::{
        clock::{Clock, FixedClock},
        entry::Standing,
        service::Service,
    },
    store::Audit,
};

/// The texts of all terms and taxonomies that readers are shown.
async fn told(town: &Town) -> String {
    let mut read = town.directory.store.snapshot().await.unwrap();
    let (mut all, mut told) = (All::from_taxonomies(), String::new());
    while let Some(some) = all.next(&mut read).await.unwrap() {
        for shown in shown(&mut read, &some).await.unwrap().into_iter().flatten() {
            if let Shown::Record(record) = shown {
                told.push_str(&String::from_utf8(record.json).unwrap());
            }
        }
    }
    told
}

#[tokio::test]
async fn what_no_open_listing_bears_goes_from_a_directory_from_before() {
    let town = Town::new().await;
    let bears = |of: &str, name: &str| {
        let mut service = service(of, of, &format!("org-{of}"), &[(&format!("at-{of}"), &format!("hall-{of}"))]);
        service["attributes"] = json!([{ "taxonomy_term": { "id": name, "name": name, "description": "d",
            "taxonomy_detail": { "id": format!("{name}-scheme"), "name": format!("{name} scheme"), "description": format!("All that is {name}") } } }]);
        service
    };
    town.import(json!([bears("Lark", "kept"), bears("Wren", "left")])).await;
    assert!(told(&town).await.contains("left scheme"));

    // As it was: nothing is noted, and a withdrawal leaves the terms.
    let mut tx = town.directory.store.begin().await.unwrap();
    tx.say_bears_made(false).await.unwrap();
    let mut services = tx.page::<Service>(None, 10).await.unwrap();
    services.retain(|service| service.record.name == "Wren");
    let ids: Vec<String> = services.iter().map(|service| service.record.id.to_string()).collect();
    let noted = tx.borne_by(&ids).await.unwrap();
    tx.remove_borne(&noted.iter().collect::<Vec<_>>()).await.unwrap();
    let at = FixedClock::at(NOW).now();
    let audit = Audit { at, actor: "a test".into(), action: "test", subject: None, detail: json!({}) };
    tx.commit(audit, &[]).await.unwrap();
    let checked = town.directory.check().await.unwrap();
    assert!(checked.faults.iter().any(|fault| fault.contains("no open listing")), "{:?}", checked.faults);
    town.directory.set_standing(&ids[0], Standing::Withdrawn, "a test").await.unwrap();
    let before = told(&town).await;
    assert!(before.contains("left scheme") && before.contains("kept scheme"), "{before}");

    town.agrees().await;
    let after = told(&town).await;
    assert!(!after.contains("left") && after.contains("kept scheme"), "{after}");
    let mut read = town.directory.store.snapshot().await.unwrap();
    assert_eq!(read.terms_of_nobody().await.unwrap(), []);
    assert_eq!(read.taxonomies_of_nobody().await.unwrap(), []);
    assert!(!town.directory.store.is_purge_due().await.unwrap());
    let bytes = std::fs::read(town.folder.path().join("kith.db")).unwrap();
    // The listing itself is kept, as a keeper may restore it; what was said of its taxonomy is not.
    let is_kept = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(is_kept(b"All that is kept") && !is_kept(b"All that is left"));
}
