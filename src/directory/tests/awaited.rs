//! An organisation that runs something private, told by its source in a later file than that.

use serde_json::{Value, json};

use super::{Town, hall};
use crate::{
    directory::safeguard::Safeguarding,
    domain::{entry::Standing, service::Service},
    exchange::{Format, Part},
};

/// What the source calls it: a word, or an id that is one here.
const NAMES: [&str; 2] = ["thorn", "6f0d7e52-0f41-4c55-9a3a-0b5d6f6f0001"];

fn tea(name: &str, of: &str) -> Value {
    json!({ "id": "r", "name": name, "status": "active", "description": "Tea.", "organization_id": of })
}

fn organization(id: &str) -> Value {
    json!([{ "id": id, "name": "Thorn", "description": "In Skipton.", "locations": [hall("L", "CANARY")] }])
}

async fn tells_nothing(town: &Town, name: &str) {
    town.import(organization(name)).await;
    let told = town.told().await;
    assert!(!told.contains("CANARY") && !told.contains("Skipton") && !told.contains("L Street"), "{name}: {told}");
}

#[tokio::test]
async fn an_organization_that_is_told_after_its_refuge_keeps_its_house_to_itself() {
    for name in NAMES {
        let town = Town::new().await;
        town.import(json!([tea("Refuge", name)])).await;
        tells_nothing(&town, name).await;
        tells_nothing(&town, name).await;
        // Also one that ran it while it was open.
        let town = Town::new().await;
        town.import(json!([tea("Tea", name)])).await;
        town.import(json!([tea("Refuge", name)])).await;
        tells_nothing(&town, name).await;
        // And one that runs an open service is told.
        let town = Town::new().await;
        town.import(json!([tea("Tea", name)])).await;
        town.import(organization(name)).await;
        assert!(town.told().await.contains("Skipton"));
    }
}

#[tokio::test]
async fn an_organization_that_is_told_after_its_service_was_hidden_keeps_its_house_to_itself() {
    for name in NAMES {
        let town = Town::new().await;
        town.import(json!([tea("Tea", name)])).await;
        let kept = town.directory.store.snapshot().await.unwrap().page::<Service>(None, 9).await.unwrap();
        let lead = Safeguarding::of("safeguarding lead", "She has been followed").unwrap();
        town.directory.hide_place(&kept[0].record.id.to_string(), &lead).await.unwrap();
        tells_nothing(&town, name).await;
    }
}

#[tokio::test]
async fn what_was_awaited_can_be_opened_once_nothing_of_it_is_private() {
    let town = Town::new().await;
    town.import(json!([tea("Refuge", "thorn")])).await;
    town.import(organization("thorn")).await;
    let mut read = town.directory.store.snapshot().await.unwrap();
    let service = read.page::<Service>(None, 9).await.unwrap();
    let published = service.iter().find(|entry| entry.standing == Standing::Published).unwrap().record.id.to_string();
    let own = read.page::<crate::domain::organization::Organization>(None, 9).await.unwrap()[0].record.id.to_string();
    drop(read);
    let lead = Safeguarding::of("safeguarding lead", "A shop, and no house").unwrap();
    town.directory.open_place(&own, true, &lead).await.unwrap();
    tells_nothing(&town, "thorn").await;
    town.directory.open_place(&published, true, &lead).await.unwrap();
    let mut both = organization("thorn");
    both.as_array_mut().unwrap().push(tea("Refuge", "thorn"));
    town.import(both).await;
    assert!(town.told().await.contains("Skipton"));
}

#[tokio::test]
async fn a_table_that_says_where_a_private_service_is_protects_the_place_though_it_has_not_the_service() {
    let parts = |at: &'static str| {
        [
            Part { name: "services.csv", bytes: b"id,name,status,description\nc,Choir,active,Songs\n" },
            Part {
                name: "locations.csv",
                bytes: b"id,name,location_type,latitude,longitude\nl2,CANARY,physical,53.96,-2.01\n",
            },
            Part { name: "service_at_locations.csv", bytes: at.as_bytes() },
        ]
    };
    for (at, is_told) in
        [("id,service_id,location_id\n1,r,l2\n2,c,l2\n", false), ("id,service_id,location_id\n2,c,l2\n", true)]
    {
        let town = Town::new().await;
        town.import(json!([tea("Refuge", "thorn")])).await;
        let report = town.import_files(&parts(at), &Format::HsdsTabular).await;
        town.agrees().await;
        assert_eq!((report.created, report.refused), (1, u64::from(!is_told)), "{report:?}");
        let told = town.told().await;
        assert!(told.contains("Choir") && told.contains("CANARY") == is_told, "{told}");
    }
}

#[tokio::test]
async fn nobody_hears_what_an_organization_runs_by_bringing_another_under_its_id() {
    let id = NAMES[1];
    let heard = |name: &'static str| async move {
        let town = Town::new().await;
        let open =
            json!({ "id": "c", "name": "Choir", "status": "active", "description": "Songs.", "organization_id": id });
        let mut all = organization(id);
        all.as_array_mut().unwrap().extend([open, tea(name, id)]);
        town.import(all).await;
        let bait = json!([{ "id": id, "name": "Knitters", "description": "Wool of the bait." }]);
        let report = town.try_import("bait", &bait).await.unwrap();
        assert!(town.told().await.contains("Wool of the bait"), "{name}");
        format!("{report:?}")
    };
    assert_eq!(heard("Tea").await, heard("Refuge").await);
}
