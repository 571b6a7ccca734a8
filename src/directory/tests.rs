//! Files of one source, one after the other: what is public never grows where it must not, and always agrees.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Directory, Result, assemble,
    document::Places,
    import::{Report, Shipment, source_id},
    shown::{organization_ref, service_ref},
};
use crate::{
    domain::{
        clock::{FixedClock, SeededChance},
        entry::{Source, Standing},
        organization::Organization,
        service::Service,
    },
    exchange::{Format, Part},
};

mod awaited;
mod hidden;
mod holds;
mod linking;
mod links;
mod markers;
mod networks;
mod opened;
mod pathways;
mod remembered;
mod terms;

const NOW: &str = "2026-11-23T09:00:00Z";

/// A directory of its own, in a folder that goes with it.
struct Town {
    directory: Directory,
    folder: tempfile::TempDir,
}

impl Town {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, chance) = (Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(7)));
        let directory = Directory::open(folder.path(), None, clock, chance).await.unwrap();
        Self { directory, folder }
    }

    /// Imports files of one package, whatever becomes of them.
    async fn import_files(&self, files: &[Part<'_>], format: &Format) -> Report {
        let name = "county";
        let source = Source { id: source_id(name), name: name.into(), url: None, licence: None, attribution: None };
        let shipment = Shipment { source: &source, files, format, dry_run: false, actor: "a test" };
        let report = self.directory.import(shipment, &mut |_, _| {}).await.unwrap();
        assert!(report.adds_up(), "{report:?}");
        report
    }

    async fn try_import(&self, name: &str, items: &Value) -> Result<Report> {
        let source = Source { id: source_id(name), name: name.into(), url: None, licence: None, attribution: None };
        let bytes = items.to_string();
        let shipment = Shipment {
            source: &source,
            files: &[Part { name: "", bytes: bytes.as_bytes() }],
            format: &Format::Hsds,
            dry_run: false,
            actor: "a test",
        };
        self.directory.import(shipment, &mut |_, _| {}).await
    }

    /// Imports a file, after which the published view must agree, and its second import changes nothing.
    async fn import(&self, items: Value) -> Report {
        let report = self.try_import("county", &items).await.unwrap();
        assert!(report.adds_up(), "{report:?}");
        let before = self.directory.store.state().await.unwrap();
        let again = self.try_import("county", &items).await.unwrap();
        assert_eq!((again.created, again.updated), (0, 0), "{again:?}");
        assert_eq!(self.directory.store.state().await.unwrap(), before);
        self.agrees().await;
        report
    }

    async fn agrees(&self) {
        self.directory.bring_up_to_date().await.unwrap();
        let checked = self.directory.check().await.unwrap();
        assert!(checked.faults.is_empty(), "{:?}", checked.faults);
    }

    /// All that readers are shown.
    async fn told(&self) -> String {
        let mut read = self.directory.store.snapshot().await.unwrap();
        let services = read.page::<Service>(None, 1_000).await.unwrap();
        let organizations = read.page::<Organization>(None, 1_000).await.unwrap();
        let listings: Vec<_> = services
            .iter()
            .map(|entry| service_ref(entry.record.id))
            .chain(organizations.iter().map(|entry| organization_ref(entry.record.id)))
            .collect();
        let joined = assemble::joined(&mut read, &listings).await.unwrap();
        let public = joined.into_iter().flatten().filter_map(|joined| joined.public(&Places));
        public
            .map(|public| {
                let cards: Vec<_> = public.cards.iter().map(|(card, _)| card).collect();
                json!([public.listing, cards]).to_string()
            })
            .collect()
    }
}

fn hall(id: &str, street: &str) -> Value {
    json!({ "id": id, "name": format!("Hall {id}"), "location_type": "physical", "latitude": 53.82, "longitude": -1.57,
        "addresses": [{ "address_1": street, "city": "Leeds", "state_province": "West Yorkshire", "postal_code": "LS6 2AB",
            "country": "GB", "address_type": "physical" }] })
}

fn service(id: &str, name: &str, organization: &str, places: &[(&str, &str)]) -> Value {
    let places: Vec<_> = places
        .iter()
        .map(|(at, place)| json!({ "id": at, "location": hall(place, &format!("{place} Street")) }))
        .collect();
    json!({ "id": id, "name": name, "status": "active", "description": "A group.",
        "organization": { "id": organization, "name": format!("Org {organization}"), "description": "d" },
        "service_at_locations": places })
}

#[tokio::test]
async fn a_refuge_inside_an_organization_hides_their_place() {
    let town = Town::new().await;
    let report = town
        .import(json!([{ "id": "o", "name": "Calm Women", "description": "d", "locations": [hall("L", "L Street")],
            "services": [{ "id": "s", "name": "Calm Refuge", "status": "active",
                "service_at_locations": [{ "id": "x", "location_id": "L" }] }] }]))
        .await;
    assert_eq!((report.created, report.protected), (1, 1));
    let told = town.told().await;
    assert!(told.contains("Calm Refuge") && !told.contains("L Street"), "{told}");
}

#[tokio::test]
async fn a_narrow_area_says_nothing_beside_the_wide_one_that_holds_it() {
    let town = Town::new().await;
    let refuge = |id: &str, areas: Value| {
        let mut refuge = service(id, "Women's Refuge", &format!("org-{id}"), &[]);
        refuge["service_areas"] = areas;
        refuge
    };
    let by_code = refuge("r1", json!([{ "extent": "E12000003" }, { "name": "Thorne" }]));
    let by_name = refuge("r2", json!([{ "name": "Thorne" }, { "name": "Yorkshire and The Humber" }]));
    town.import(json!([by_code, by_name])).await;
    let told = town.told().await;
    assert!(told.contains("Serves Yorkshire and The Humber;") && !told.contains("Doncaster"), "{told}");
    // By itself it is told as the area around it.
    let town = Town::new().await;
    town.import(json!([refuge("r3", json!([{ "name": "Thorne" }]))])).await;
    assert!(town.told().await.contains("Serves Doncaster;"));
}

#[tokio::test]
async fn an_organization_that_becomes_protected_is_cut_though_the_file_only_names_it() {
    let town = Town::new().await;
    let text = "We are at CANARY 12";
    town.import(json!([{ "id": "ho", "name": "Calm Home", "description": text, "email": "a@b.example",
        "phones": [{ "number": "0113 4960000", "description": text }], "contacts": [{ "name": "CANARY" }],
        "note": "CANARY", "attributes": [{ "link_type": "x", "value": "CANARY" }], "locations": [hall("L", "CANARY")] }]))
        .await;
    assert!(town.told().await.contains("CANARY"));
    town.import(json!([{ "id": "H", "name": "Calm Refuge", "status": "active", "organization_id": "ho" }])).await;
    let told = town.told().await;
    assert!(told.contains("Calm Home") && !told.contains("CANARY"), "{told}");
    let kept = town.directory.store.snapshot().await.unwrap().page::<Organization>(None, 9).await.unwrap();
    assert!(kept[0].facts.protected && !format!("{kept:?}").contains("CANARY"), "{kept:?}");
    // A later file that tells all again does not bring it back.
    town.import(json!([{ "id": "ho", "name": "Calm Home", "description": text, "locations": [hall("M", "CANARY")],
        "attributes": [{ "link_type": "x", "value": "CANARY" }] }]))
        .await;
    let kept = town.directory.store.snapshot().await.unwrap().page::<Organization>(None, 9).await.unwrap();
    assert!(!format!("{kept:?}{}", town.told().await).contains("CANARY"), "{kept:?}");
}

#[tokio::test]
async fn an_organization_at_risk_is_not_widened_under_another_name() {
    let town = Town::new().await;
    let named = |name: &str, place: &str| json!([{ "id": "H", "name": name, "description": "CANARY", "locations": [hall(place, "CANARY")] }]);
    town.import(named("Calm Refuge", "L")).await;
    town.import(named("Calm", "M")).await;
    town.import(json!([{ "id": "t", "name": "Tea", "status": "active", "organization_id": "H",
        "service_at_locations": [{ "location": hall("N", "CANARY") }] }]))
        .await;
    let told = town.told().await;
    assert!(told.contains("Calm") && told.contains("Tea") && !told.contains("CANARY"), "{told}");
}

#[tokio::test]
async fn after_a_place_was_protected_later_files_are_imported_and_do_not_tell_it() {
    let town = Town::new().await;
    let choir = |at: &str, place: &str| service("B", "Choir", "o1", &[(at, place)]);
    town.import(json!([choir("S1", "L")])).await;
    town.import(json!([choir("S1", "L"), service("A", "Calm Refuge", "o2", &[("S9", "L")])])).await;
    assert!(!town.told().await.contains("L Street"));
    let report = town.import(json!([choir("S1", "M"), service("C", "Tea", "o1", &[("S2", "L")])])).await;
    assert_eq!((report.created, report.updated, report.refused), (1, 1, 0), "{report:?}");
    let told = town.told().await;
    assert!(told.contains("M Street") && told.contains("Tea") && !told.contains("L Street"), "{told}");
}

#[tokio::test]
async fn a_place_that_only_the_earlier_file_told_is_remembered_when_its_service_is_protected() {
    let town = Town::new().await;
    let choir = service("B", "Choir", "o3", &[("S1", "L")]);
    town.import(json!([service("A", "Calm Home", "o2", &[("S9", "L")]), choir])).await;
    assert!(town.told().await.contains("L Street"));
    town.import(json!([service("A", "Calm Refuge", "o2", &[])])).await;
    town.import(json!([choir])).await;
    town.import(json!([service("A", "Calm Home", "o2", &[("S9", "L")]), choir])).await;
    let told = town.told().await;
    assert!(told.contains("Choir") && !told.contains("L Street"), "{told}");
}

#[tokio::test]
async fn what_was_retired_to_protect_a_place_cannot_be_restored() {
    let town = Town::new().await;
    town.import(json!([service("A", "Calm Home", "o2", &[("S9", "L")])])).await;
    let old = town.directory.store.snapshot().await.unwrap().page::<Service>(None, 9).await.unwrap()[0].record.id;
    town.import(json!([service("A", "Calm Refuge", "o2", &[("S9", "L")])])).await;
    for standing in [Standing::Published, Standing::Withdrawn] {
        let answer = town.directory.set_standing(&old.to_string(), standing, "a test").await;
        assert!(matches!(answer, Err(super::Error::Gone)), "{answer:?}");
    }
    assert!(!town.told().await.contains(&old.to_string()));
}

#[tokio::test]
async fn a_group_that_moved_is_told_where_it_is_and_may_come_back() {
    let town = Town::new().await;
    let choir = |places: &[(&str, &str)]| json!([service("B", "Choir", "o1", places)]);
    town.import(choir(&[("S1", "L"), ("S3", "N")])).await;
    let report = town.import(choir(&[("S2", "M"), ("S3", "N")])).await;
    assert_eq!(report.updated, 1);
    let told = town.told().await;
    assert!(told.contains("M Street") && told.contains("N Street") && !told.contains("L Street"), "{told}");
    assert_eq!(town.import(choir(&[("S3", "N")])).await.updated, 1, "a place less is a change");
    town.import(choir(&[("S1", "L")])).await;
    let told = town.told().await;
    assert!(told.contains("L Street") && !told.contains("N Street"), "{told}");
}

#[tokio::test]
async fn a_place_that_changes_hands_leaves_both_listings_true() {
    let town = Town::new().await;
    let (none, at): (&[_], &[_]) = (&[], &[("S1", "L")]);
    let two = |choir, band| json!([service("B", "Choir", "o1", choir), service("C", "Band", "o1", band)]);
    town.import(two(at, none)).await;
    town.import(two(none, at)).await;
    town.import(two(at, none)).await;

    let owner = |id: &str, places: &[&str]| {
        let places: Vec<_> = places.iter().map(|place| hall(place, "Green")).collect();
        json!({ "id": id, "name": id, "description": "d", "locations": places })
    };
    town.import(json!([owner("oA", &["H"]), owner("oB", &[])])).await;
    let told = town.told().await.matches("Hall H").count();
    town.import(json!([owner("oA", &[]), owner("oB", &["H"])])).await;
    assert_eq!(town.told().await.matches("Hall H").count(), told, "with one of the two");
    town.import(json!([owner("oB", &[])])).await;
    assert!(!town.told().await.contains("Hall H"));
}

#[tokio::test]
async fn a_second_source_with_the_same_ids_has_records_of_its_own() {
    let town = Town::new().await;
    let id = |n: u32| format!("00000000-0000-4000-8000-{n:012}");
    let term = json!([{ "taxonomy_term": { "id": id(6), "name": "Music", "taxonomy_detail": { "id": id(7), "name": "Topics" } } }]);
    let file = |name: &str, service_id: u32| {
        let mut item = service(&id(service_id), name, &id(2), &[(&id(3), &id(4))]);
        item["attributes"] = term.clone();
        item
    };
    town.import(json!([file("Choir", 1)])).await;
    for again in [false, true] {
        let report = town.try_import("other", &json!([file("Band", 1), file("Drums", 8)])).await.unwrap();
        assert_eq!((report.created, report.same, report.refused), if again { (0, 2, 0) } else { (2, 0, 0) });
    }
    town.agrees().await;
    let mut read = town.directory.store.snapshot().await.unwrap();
    let services = read.page::<Service>(None, 9).await.unwrap();
    let [choir, band, drums] = ["Choir", "Band", "Drums"]
        .map(|name| services.iter().find(|entry| entry.record.name == name).unwrap().record.clone());
    assert_eq!(band.organization_id, drums.organization_id);
    assert_ne!(band.organization_id, choir.organization_id);
    assert_ne!(band.attributes[0].taxonomy_term_id, choir.attributes[0].taxonomy_term_id);
    assert_eq!(read.count::<Organization>().await.unwrap(), 2);
}

#[tokio::test]
async fn an_import_does_not_tell_what_another_has_protected_meanwhile() {
    let town = Town::new().await;
    let groups = (0..600).map(|n| json!({ "id": format!("n{n}"), "name": "Circle", "status": "active" }));
    let house = |name: &str| service("S", name, "oS", &[("SS", "L")]);
    let slow = Value::from(groups.chain([house("Calm Home")]).collect::<Vec<_>>()).to_string();
    let slow = [Part { name: "", bytes: slow.as_bytes() }];
    let source = Source { id: source_id("county"), name: "county".into(), url: None, licence: None, attribution: None };
    let shipment = Shipment { source: &source, files: &slow, format: &Format::Hsds, dry_run: false, actor: "a test" };
    let mut other = Some(json!([house("Calm Refuge")]).to_string());
    // Another process imports when the first batch of this one has been committed.
    let mut meanwhile = |_, _| {
        let Some(bytes) = other.take() else { return };
        let shipment = Shipment { files: &[Part { name: "", bytes: bytes.as_bytes() }], ..shipment };
        let import = || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let (clock, chance) = (Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(8)));
                let second = Directory::open(town.folder.path(), None, clock, chance).await.unwrap();
                second.import(shipment, &mut |_, _| {}).await.unwrap();
            });
        };
        std::thread::scope(|scope| scope.spawn(import).join().unwrap());
    };
    let report = town.directory.import(shipment, &mut meanwhile).await.unwrap();
    assert!(report.adds_up() && report.protected == 1, "{report:?}");
    let told = town.told().await;
    assert!(told.contains("Calm") && !told.contains("L Street"));
    town.agrees().await;
}
