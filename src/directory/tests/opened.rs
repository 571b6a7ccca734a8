//! Organisations whose words speak of a place at risk: opened by the safeguarding role alone, and heard again by `kith check`.

use serde_json::{Value, json};

use super::{Town, hall, source_id};
use crate::{
    directory::{Error, safeguard::Safeguarding},
    domain::{entry::Standing, id::kind, organization::Organization, service::Service},
    exchange::usual,
    store::Audit,
};

fn lead() -> Safeguarding {
    Safeguarding::of("safeguarding lead", "A shop, and no house").unwrap()
}

/// A shop whose name speaks of a refuge, with a place, and a service of it.
fn shop() -> Value {
    json!([{ "id": "H", "name": "Calm Refuge", "description": "We sell books.", "locations": [hall("L", "Market")],
        "services": [{ "id": "H", "name": "Reading", "status": "active",
            "service_at_locations": [{ "id": "S", "location": hall("M", "Library") }] }] }])
}

impl Town {
    async fn only_organization(&self) -> (String, bool, bool) {
        let kept = self.directory.store.snapshot().await.unwrap().page::<Organization>(None, 9).await.unwrap();
        let [one] = &kept[..] else { panic!("{kept:?}") };
        (one.record.id.to_string(), one.facts.protected, one.facts.at_risk)
    }

    async fn only_service(&self) -> String {
        let kept = self.directory.store.snapshot().await.unwrap().page::<Service>(None, 9).await.unwrap();
        let mut open = kept.iter().filter(|entry| entry.standing == Standing::Published);
        open.next().unwrap().record.id.to_string()
    }
}

#[tokio::test]
async fn an_organization_is_opened_with_its_services_and_closed_again() {
    let town = Town::new().await;
    town.import(shop()).await;
    let (id, protected, at_risk) = town.only_organization().await;
    assert!(protected && at_risk && !town.told().await.contains("Market"));

    // Its service has been private since the first import: while it is, so is the organisation.
    assert_eq!(town.directory.open_place(&id, true, &lead()).await.unwrap(), 1);
    town.import(shop()).await;
    let told = town.told().await;
    assert!(!told.contains("Market") && !told.contains("Library") && !told.contains("sell books"), "{told}");
    let (_, protected, at_risk) = town.only_organization().await;
    assert!(protected && !at_risk);

    town.directory.open_place(&town.only_service().await, true, &lead()).await.unwrap();
    assert_eq!(town.directory.open_place(&id, true, &lead()).await.unwrap(), 0);
    town.import(shop()).await;
    let told = town.told().await;
    assert!(told.contains("Market") && told.contains("Library") && told.contains("sell books"), "{told}");
    assert_eq!(town.only_organization().await, (id.clone(), false, false), "it keeps its id");
    assert!(town.directory.check().await.unwrap().heard.is_empty());
    assert!(matches!(town.directory.open_place(&id, true, &lead()).await, Err(Error::NotPrivate)));

    // Both are judged anew.
    for id in [town.only_service().await, id] {
        town.directory.open_place(&id, false, &lead()).await.unwrap();
    }
    town.import(shop()).await;
    let told = town.told().await;
    assert!(!told.contains("Market") && !told.contains("Library") && !told.contains("sell books"), "{told}");
}

#[tokio::test]
async fn what_opens_an_organization_opens_no_service_that_its_source_calls_alike() {
    let town = Town::new().await;
    let mut both = shop();
    both[0]["services"][0]["name"] = json!("Refuge");
    town.import(both.clone()).await;
    let (id, ..) = town.only_organization().await;
    town.directory.open_place(&id, true, &lead()).await.unwrap();
    town.import(both).await;
    let told = town.told().await;
    assert!(!told.contains("Market") && !told.contains("Library"), "{told}");
}

#[tokio::test]
async fn a_check_hears_what_was_kept_before_it_was_recognised() {
    let town = Town::new().await;
    town.import(json!([
        { "id": "o", "name": "Calm", "description": "Tea.", "locations": [hall("L", "Market")] },
        { "id": "b", "name": "Choir", "status": "active", "organization_id": "o", "description": "Songs.",
            "service_at_locations": [{ "id": "S", "location": hall("M", "Library") }] }]))
        .await;
    assert!(town.directory.check().await.unwrap().heard.is_empty());
    // As an older program kept them.
    let mut tx = town.directory.store.begin().await.unwrap();
    let mut services = tx.page::<Service>(None, 9).await.unwrap();
    services[0].revision += 1;
    services[0].record.fees_description = Some("Rent of our refuge is paid by benefits.".to_owned());
    tx.put(&services).await.unwrap();
    let mut organizations = tx.page::<Organization>(None, 9).await.unwrap();
    organizations[0].revision += 1;
    organizations[0].record.description = "We run a refuge for women.".to_owned();
    tx.put(&organizations).await.unwrap();
    let at = town.directory.clock.now();
    let audit = Audit { at, actor: "a test".to_owned(), action: "import", subject: None, detail: json!({}) };
    tx.commit(audit, &[]).await.unwrap();
    town.directory.reindex("a test").await.unwrap();
    let checked = town.directory.check().await.unwrap();
    let mut heard: Vec<&str> = checked.heard.iter().map(|(_, at)| at.as_str()).collect();
    heard.sort_unstable();
    assert_eq!((heard, checked.faults.len()), (vec!["", "fees"], 0), "{:?}", checked.faults);
    // What is read anew says nothing of it any more; what still says so is recognised.
    town.import(
        json!([{ "id": "b", "name": "Choir", "status": "active", "organization_id": "o", "description": "Songs.",
        "service_at_locations": [{ "id": "S", "location": hall("M", "Library") }] }]),
    )
    .await;
    assert_eq!(town.directory.check().await.unwrap().heard.len(), 1);
}

#[tokio::test]
async fn an_organization_that_another_source_has_taken_first_gets_no_id_that_leads_back_to_its_own() {
    let town = Town::new().await;
    let own = "5c1e0a52-7d0f-4b62-9a52-8f6d3c1b7a90";
    let bait = json!([{ "id": own, "name": "Knitters", "description": "Wool." }]);
    town.try_import("bait", &bait).await.unwrap();
    town.import(json!([{ "id": "r", "name": "Refuge", "status": "active", "organization":
        { "id": own, "name": "Thorn", "description": "Neighbours." } }]))
        .await;
    let kept = town.directory.store.snapshot().await.unwrap().page::<Organization>(None, 9).await.unwrap();
    let of_refuge: Vec<_> = kept.iter().filter(|entry| entry.facts.protected).collect();
    let [refuge] = of_refuge[..] else { panic!("{kept:?}") };
    let ids = usual::<kind::Organization>(source_id("county"), own);
    assert!(!ids.contains(&refuge.record.id) && refuge.record.id.to_string().as_bytes()[14] == b'4', "{refuge:?}");
}
