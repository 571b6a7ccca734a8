//! Links between listings, from files to what readers are shown: never dangling, never agreed by one side alone, and
//! never a way to a private place.

use serde_json::{Value, json};

use super::{Town, hall, service};
use crate::{
    directory::read::Family,
    domain::{entry::Standing, read::Code},
};

/// A service with links.
fn with_links(mut service: Value, links: Value) -> Value {
    service["kith"] = json!({ "links": links });
    service
}

fn group(id: &str, name: &str, links: Value) -> Value {
    with_links(service(id, name, &format!("org-{id}"), &[(&format!("at-{id}"), &format!("hall-{id}"))]), links)
}

fn network(links: Value) -> Value {
    with_links(json!({ "id": "circle", "name": "West Circle", "description": "A network." }), links)
}

fn member_of_circle() -> Value {
    json!([{ "relationship": "member_of", "to": { "organization_id": "circle" }, "note": "Since 2024" }])
}

fn refuge(areas: &Value, links: Value) -> Value {
    let service = json!({ "id": "refuge", "name": "Calm refuge", "status": "active", "description": "Rooms.",
        "organization": { "id": "harbour", "name": "Calm" }, "service_areas": areas });
    with_links(service, links)
}

fn leeds() -> Value {
    json!([{ "name": "Leeds", "extent": "E08000035" }])
}

fn remote(id: &str, name: &str, areas: &Value, links: Value) -> Value {
    let service = json!({ "id": id, "name": name, "status": "active", "description": "A line.", "service_areas": areas,
        "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }] });
    with_links(service, links)
}

impl Town {
    /// The published listing of that name.
    pub(super) fn listing(&self, name: &str) -> Option<Value> {
        [Family::Services, Family::Organizations].into_iter().find_map(|family| {
            let all = self.directory.walk(family, None, 20_000).unwrap().items;
            let mut listings = all.iter().map(|json| serde_json::from_slice::<Value>(json).unwrap());
            listings.find(|listing| listing["card"]["name"] == name)
        })
    }

    /// Each link of the listing of that name, in words.
    pub(super) fn links(&self, name: &str) -> Vec<String> {
        let listing = self.listing(name).unwrap_or_else(|| panic!("{name} is not there"));
        let word = |link: &Value, member: &str| link[member].as_str().unwrap().to_owned();
        let links = listing["links"].as_array().cloned().unwrap_or_default();
        let told = links
            .iter()
            .map(|link| format!("{} {} {}", word(link, "label"), word(&link["target"], "name"), word(link, "state")));
        told.collect()
    }

    /// All bytes of the store.
    pub(super) fn kept(&self) -> String {
        let files = ["kith.db", "kith.db-wal"].map(|name| std::fs::read(self.folder.path().join(name)));
        files.into_iter().flatten().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    pub(super) async fn stand(&self, name: &str, standing: Standing) {
        let kept = self.directory.store.snapshot().await.unwrap().page::<super::Service>(None, 20_000).await.unwrap();
        let entry = kept.iter().find(|entry| entry.record.name == name).unwrap();
        self.directory.set_standing(&entry.record.id.to_string(), standing, "a test").await.unwrap();
        self.agrees().await;
    }
}

#[tokio::test]
async fn a_claim_becomes_agreed_when_the_other_side_says_so_and_a_file_is_the_whole_truth() {
    let town = Town::new().await;
    let choir = |links: Value| group("choir", "Canal Choir", links);
    // The network comes in a later file, by an id that nobody knows yet.
    let report = town.import(json!([choir(member_of_circle())])).await;
    assert_eq!((report.created, report.refused, report.mended["place_withheld"]), (1, 0, 1), "{report:?}");
    assert_eq!(town.links("Canal Choir"), [""; 0], "a link to what is not there is not shown");
    town.import(json!([network(json!([]))])).await;
    assert_eq!(town.links("Canal Choir"), ["is a member of West Circle claimed"]);
    assert_eq!(town.links("West Circle"), ["has as a member Canal Choir claimed"]);
    let both = json!([{ "relationship": "member_of", "from": { "service_id": "choir" }, "state": "claimed" }]);
    let report = town.import(json!([network(both.clone())])).await;
    assert_eq!(report.updated, 1);
    assert!(town.listing("West Circle").unwrap()["links"][0].get("note").is_none());
    // Words about a record are kept once it is known to be nothing that must be protected.
    let report = town.import(json!([choir(member_of_circle())])).await;
    assert_eq!(report.updated, 1);
    assert_eq!(town.links("Canal Choir"), ["is a member of West Circle agreed"]);
    let shown = town.listing("West Circle").unwrap();
    let choir_id = town.listing("Canal Choir").unwrap()["id"].clone();
    assert_eq!(shown["links"][0]["target"]["id"], choir_id);
    assert_eq!(shown["links"][0]["target"]["page_url"], format!("/listing/{}", choir_id.as_str().unwrap()));
    assert_eq!((&shown["links"][0]["stated_by"], &shown["links"][0]["note"]), (&json!("both"), &json!("Since 2024")));
    // The choir renames itself and says no more that it belongs: the network still does.
    town.import(json!([group("choir", "Lock Choir", json!([]))])).await;
    assert_eq!(town.links("West Circle"), ["has as a member Lock Choir claimed"]);
    assert_eq!(town.links("Lock Choir"), ["is a member of West Circle claimed"]);
    town.import(json!([network(json!([]))])).await;
    assert_eq!(town.links("Lock Choir"), [""; 0]);
    let over = json!([{ "relationship": "member_of", "to": { "organization_id": "circle" }, "state": "lapsed" }]);
    town.import(json!([group("choir", "Lock Choir", over), network(both)])).await;
    assert_eq!(town.links("Lock Choir"), ["is a member of West Circle lapsed"]);
}

#[tokio::test]
async fn the_word_agreed_in_a_file_is_a_claim_and_one_organization_cannot_agree_with_itself() {
    let town = Town::new().await;
    let say = |to: &str| json!([{ "relationship": "refers_to", "to": { "service_id": to }, "state": "agreed" }]);
    let back = json!([{ "relationship": "refers_to", "from": { "service_id": "a" }, "state": "agreed" }]);
    let of_one = |id: &str, name: &str, links: Value| {
        with_links(service(id, name, "org-one", &[(&format!("at-{id}"), "one-hall")]), links)
    };
    town.import(json!([of_one("a", "Clinic", say("b")), of_one("b", "Tea", back), group("c", "Walk", say("a"))])).await;
    assert_eq!(town.links("Clinic"), ["refers people to Tea claimed", "is sent people by Walk claimed"]);
}

#[tokio::test]
async fn a_withdrawn_side_is_told_no_more_and_comes_back_with_links_that_have_lapsed() {
    let town = Town::new().await;
    let both = |note: &str| {
        let to_choir = json!([{ "relationship": "refers_to", "to": { "service_id": "choir" }, "note": note }]);
        json!([group("clinic", "Trauma Clinic", to_choir), group("choir", "Canal Choir", json!([]))])
    };
    let told = |town: &Town| town.links("Trauma Clinic");
    town.import(both("Since 2024")).await;
    assert_eq!(told(&town), ["refers people to Canal Choir claimed"]);
    town.stand("Canal Choir", Standing::Withdrawn).await;
    let clinic = town.listing("Trauma Clinic").unwrap();
    assert!(clinic.get("links").is_none() && clinic["card"].get("links_total").is_none());
    assert!(!town.told().await.contains("Canal Choir"));
    town.stand("Canal Choir", Standing::Published).await;
    assert_eq!(told(&town), ["refers people to Canal Choir lapsed"]);
    town.import(both("Since 2024")).await;
    assert_eq!(told(&town), ["refers people to Canal Choir lapsed"], "the same said again is nothing new");
    town.import(both("Asked again this autumn")).await;
    assert_eq!(told(&town), ["refers people to Canal Choir claimed"]);
    town.stand("Trauma Clinic", Standing::Withdrawn).await;
    assert_eq!(town.links("Canal Choir"), [""; 0], "what a withdrawn listing says is not told either");
    town.stand("Trauma Clinic", Standing::Published).await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic lapsed"]);
}

#[tokio::test]
async fn another_source_means_a_listing_by_its_id_here() {
    let town = Town::new().await;
    town.import(json!([group("choir", "Canal Choir", json!([]))])).await;
    let id = town.listing("Canal Choir").unwrap()["id"].clone();
    let items = json!([group(
        "clinic",
        "Trauma Clinic",
        json!([{ "relationship": "refers_to", "to": { "service_id": id } },
        { "relationship": "refers_to", "to": { "service_id": "choir" } }])
    )]);
    town.try_import("charity", &items).await.unwrap();
    town.agrees().await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic claimed"]);
    assert_eq!(town.links("Trauma Clinic"), ["refers people to Canal Choir claimed"], "choir is another source's word");
}

#[tokio::test]
async fn a_link_to_the_record_itself_is_a_fault_and_so_is_a_word_that_is_none() {
    let town = Town::new().await;
    let links = json!([{ "relationship": "part_of", "to": { "service_id": "choir" } }, { "relationship": "likes", "to": { "service_id": "b" } }]);
    let items = json!([group("choir", "Canal Choir", json!([links[0]])), group("b", "Walk", json!([links[1]])),
        { "id": "o", "name": "Elm", "description": "d", "kith": { "links": 7 } }]);
    let report = town.try_import("county", &items).await.unwrap();
    let told: Vec<_> = report.refusals.iter().map(|fault| (fault.row, fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(
        told,
        [
            (1, "/kith/links/0", Code::SelfLink),
            (2, "/kith/links/0/relationship", Code::NotInList),
            (3, "/kith/links", Code::NotAList),
        ]
    );
}

#[tokio::test]
async fn a_large_network_is_shown_in_part_and_counted_whole() {
    let town = Town::new().await;
    let members: Vec<Value> =
        (0..60).map(|n| remote(&format!("m{n}"), &format!("Member {n:02}"), &json!([]), member_of_circle())).collect();
    town.import(Value::Array([vec![network(json!([]))], members].concat())).await;
    let network = town.listing("West Circle").unwrap();
    assert_eq!(network["links"].as_array().unwrap().len(), 50);
    assert_eq!(network["card"]["links"].as_array().unwrap().len(), 5);
    assert_eq!(
        (&network["card"]["links_total"], &network["links"][0]["target"]["name"]),
        (&json!(60), &json!("Member 00"))
    );
    town.stand("Member 00", Standing::Withdrawn).await;
    let network = town.listing("West Circle").unwrap();
    assert_eq!(
        (&network["card"]["links_total"], &network["links"][0]["target"]["name"]),
        (&json!(59), &json!("Member 01"))
    );
}

#[tokio::test]
async fn a_refuge_is_never_placed_by_its_links() {
    let town = Town::new().await;
    let to_refuge =
        |note: &str| json!([{ "relationship": "refers_to", "to": { "service_id": "refuge" }, "note": note }]);
    let yorkshire = json!([{ "name": "Yorkshire and The Humber", "extent": "E12000003" }]);
    let hyde_park = json!([{ "name": "Otley", "extent": "town:otley" }]);
    let own = json!([
        { "relationship": "refers_to", "to": { "service_id": "centre" }, "note": "CANARY beside us" },
        { "relationship": "refers_to", "to": { "service_id": "line" }, "note": "CANARY at LS6 2AB" },
        { "relationship": "part_of", "to": { "organization_id": "office" } },
        { "relationship": "part_of", "to": { "organization_id": "harbour" } },
    ]);
    town.import(json!([
        refuge(&leeds(), own),
        group("centre", "Women's Centre", to_refuge("CANARY next door")),
        { "id": "office", "name": "Head Office", "description": "d", "locations": [hall("h", "Mill Lane")],
            "kith": { "links": [{ "relationship": "part_of", "from": { "service_id": "refuge" }, "note": "CANARY" }] } },
        remote("line", "Yorkshire Line", &yorkshire, to_refuge("CANARY by the river")),
        remote("narrow", "Otley Line", &hyde_park, to_refuge("CANARY in town")),
    ]))
    .await;
    assert_eq!(
        town.links("Calm refuge"),
        ["refers people to Yorkshire Line claimed", "is sent people by Yorkshire Line claimed"]
    );
    let lines = ["is sent people by Calm refuge claimed", "refers people to Calm refuge claimed"];
    let mut told = town.links("Yorkshire Line");
    told.sort_unstable();
    assert_eq!(told, lines);
    for open in ["Women's Centre", "Head Office", "Otley Line"] {
        assert_eq!(town.links(open), [""; 0], "{open}");
    }
    assert!(!town.told().await.contains("CANARY"));
    assert!(!town.kept().contains("CANARY"), "nothing free is even kept of such a link");
    // The line's organization opens an office: now the line has a place.
    let mut placed = remote("line", "Yorkshire Line", &yorkshire, to_refuge("CANARY"));
    placed["organization"] =
        json!({ "id": "lines", "name": "Lines", "description": "d", "locations": [hall("l", "Lock Lane")] });
    town.import(json!([placed])).await;
    assert_eq!(town.links("Calm refuge"), [""; 0]);
    assert_eq!(town.links("Yorkshire Line"), [""; 0]);
}

#[tokio::test]
async fn a_listing_that_becomes_protected_leaves_its_links_and_their_words() {
    let town = Town::new().await;
    let to_house =
        json!([{ "relationship": "refers_to", "to": { "service_id": "house" }, "note": "CANARY over the road" }]);
    let house = |name: &str, links: Value| group("house", name, links);
    let own = json!([{ "relationship": "hosts", "to": { "service_id": "choir" }, "note": "CANARY in our hall" }]);
    town.import(json!([house("Elm House", own.clone()), group("choir", "Canal Choir", to_house)])).await;
    assert_eq!(town.links("Canal Choir").len(), 2);
    assert!(town.kept().contains("CANARY"));
    town.import(json!([house("Kind refuge", own)])).await;
    assert_eq!(town.links("Canal Choir"), [""; 0]);
    assert_eq!(town.links("Kind refuge"), [""; 0]);
    let mut read = town.directory.store.snapshot().await.unwrap();
    let names = ["house".to_owned(), "choir".to_owned(), String::new()];
    let links = read.links_naming(&names).await.unwrap();
    assert_eq!((links.len(), links.iter().filter(|link| link.standing == Standing::Retired).count()), (2, 1));
    assert!(links.iter().all(|link| link.record.stated.note.is_none()));
}
