//! Linking by hand: proposed, confirmed, ended by keepers for either side; what stands against it; beside what sources say.

use serde_json::{Value, json};

use super::{Town, service};
use crate::{
    directory::{
        Error,
        linking::{Done, Meant, Step},
    },
    domain::{
        entry::Standing,
        link::{ActingFor, Saying, Terms},
        read::Code,
        vocabulary::values::{Direction, Handover, LinkState, Relationship},
    },
    exchange::{Format, Mapping, Part},
    store::ENTRIES_READ,
};

pub(super) fn group(id: &str, name: &str, organization: &str) -> Value {
    service(id, name, organization, &[(&format!("at-{id}"), &format!("hall-{id}"))])
}

fn clinic_and_choir() -> Value {
    json!([
        group("clinic", "Trauma Clinic", "org-a"),
        group("choir", "Canal Choir", "org-b"),
        group("tea", "Tea", "org-a")
    ])
}

fn saying(does_not: &str) -> Saying {
    let terms = Terms {
        does_not: Some(does_not.to_owned()),
        handover: vec![Handover::WarmCall],
        reply_within_days: Some(2),
        ..Terms::default()
    };
    Saying { note: Some("Met in the spring".to_owned()), terms }
}

impl Town {
    pub(super) async fn id(&self, name: &str) -> String {
        self.listing(name).unwrap_or_else(|| panic!("{name}"))["id"].as_str().unwrap().to_owned()
    }

    /// A keeper's step for the first of two ids, which is the first side of the link.
    async fn step(
        &self,
        step: Step,
        [own, other]: [&str; 2],
        relationship: Relationship,
        direction: Direction,
        says: Saying,
    ) -> Result<Done, Vec<(String, Code)>> {
        let [own, other] = [self.directory.side(own).await.unwrap(), self.directory.side(other).await.unwrap()];
        let meant = Meant { relationship, direction, other };
        let done = self.directory.link(ActingFor::as_keeper(own), step, meant, says, "a test").await;
        self.agrees().await;
        done.map_err(|error| match error {
            Error::Invalid(faults) => faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect(),
            other => panic!("{other}"),
        })
    }
}

const REFERS: Relationship = Relationship::RefersTo;

#[tokio::test]
async fn one_side_proposes_the_other_confirms_and_either_ends_it() {
    let town = Town::new().await;
    town.import(clinic_and_choir()).await;
    let (clinic, choir) = (town.id("Trauma Clinic").await, town.id("Canal Choir").await);
    let (there, back) = ([clinic.as_str(), choir.as_str()], [choir.as_str(), clinic.as_str()]);
    let unsaid = town.step(Step::Confirm, back, REFERS, Direction::From, Saying::default()).await;
    assert_eq!(unsaid, Err(vec![("/other".to_owned(), Code::NotStated)]), "nothing to confirm yet");
    let done = town.step(Step::Propose, there, REFERS, Direction::To, saying("see under 18s")).await;
    assert_eq!(done, Ok(Done { silenced: false }));
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic claimed"]);
    // Its own word is no confirmation, nor is one of another relationship.
    let own = town.step(Step::Confirm, there, REFERS, Direction::To, Saying::default()).await;
    assert_eq!(own, Err(vec![("/other".to_owned(), Code::NotStated)]));
    let other = town.step(Step::Confirm, back, Relationship::Hosts, Direction::From, Saying::default()).await;
    assert_eq!(other, Err(vec![("/other".to_owned(), Code::NotStated)]));
    town.step(Step::Confirm, back, REFERS, Direction::From, saying("keep notes")).await.unwrap();
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic agreed"]);
    let link = town.listing("Canal Choir").unwrap()["links"][0].clone();
    assert_eq!(
        (&link["sides"][0]["terms"]["does_not"], &link["sides"][1]["terms"]["does_not"]),
        (&json!("keep notes"), &json!("see under 18s"))
    );
    assert_eq!((&link["note"], &link["handover"]), (&json!("Met in the spring"), &json!(["warm_call"])));
    // A file that says nothing of it takes nothing back.
    town.import(clinic_and_choir()).await;
    assert_eq!(town.links("Trauma Clinic"), ["refers people to Canal Choir agreed"]);
    town.step(Step::Lapse, there, REFERS, Direction::To, Saying::default()).await.unwrap();
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic lapsed"]);
    let over = town.step(Step::Confirm, back, REFERS, Direction::From, Saying::default()).await;
    assert_eq!(over, Err(vec![("/other".to_owned(), Code::NotStated)]), "what is over is not confirmed");
    town.step(Step::Propose, there, REFERS, Direction::To, Saying::default()).await.unwrap();
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic agreed"]);
    let said = town.directory.said_links(Some(&choir)).await.unwrap();
    let told: Vec<_> = said
        .iter()
        .map(|said| (said.first.1.as_str(), said.second.1.as_str(), said.by_first, said.source.as_str()))
        .collect();
    assert_eq!(said.len(), 2);
    assert!(
        told.contains(&("Trauma Clinic", "Canal Choir", true, "keeper"))
            && told.contains(&("Trauma Clinic", "Canal Choir", false, "keeper"))
    );
    let all = town.directory.said_links(None).await.unwrap();
    assert_eq!(all.iter().map(|said| said.shown).collect::<Vec<_>>(), [Some(LinkState::Agreed); 2]);
    // Neither has said anything else, and one has gone.
    town.stand("Canal Choir", Standing::Withdrawn).await;
    let said = town.directory.said_links(Some(&choir)).await.unwrap();
    assert_eq!(said.iter().map(|said| (said.state, said.shown)).collect::<Vec<_>>(), [(LinkState::Lapsed, None); 2]);
}

#[tokio::test]
async fn what_stands_against_a_link_is_told_at_once() {
    let town = Town::new().await;
    town.import(clinic_and_choir()).await;
    let (clinic, choir, tea) = (town.id("Trauma Clinic").await, town.id("Canal Choir").await, town.id("Tea").await);
    let to = |step, own: &'_ str, other: &'_ str, relationship| {
        let (own, other) = (own.to_owned(), other.to_owned());
        let town = &town;
        async move { town.step(step, [&own, &other], relationship, Direction::To, Saying::default()).await }
    };
    assert!(matches!(town.directory.side("nobody").await, Err(Error::Missing)));
    assert!(matches!(town.directory.side("00000000-0000-4000-8000-000000000000").await, Err(Error::Missing)));
    let itself = to(Step::Propose, &choir, &choir, REFERS).await;
    assert_eq!(itself, Err(vec![("/other".to_owned(), Code::SelfLink)]));
    to(Step::Propose, &clinic, &tea, REFERS).await.unwrap();
    let same = town.step(Step::Confirm, [&tea, &clinic], REFERS, Direction::From, Saying::default()).await;
    assert_eq!(same, Err(vec![("/side".to_owned(), Code::OneOrganization)]));
    // A circle of parts, over others; the same the other way round is none.
    let part = Relationship::PartOf;
    to(Step::Propose, &clinic, &choir, part).await.unwrap();
    to(Step::Propose, &choir, &tea, part).await.unwrap();
    for (own, other) in [(&choir, &clinic), (&tea, &clinic)] {
        assert_eq!(to(Step::Propose, own, other, part).await, Err(vec![("/relationship".to_owned(), Code::Circle)]));
    }
    let turned = town.step(Step::Propose, [&clinic, &tea], part, Direction::From, Saying::default()).await;
    assert_eq!(turned, Err(vec![("/relationship".to_owned(), Code::Circle)]));
    to(Step::Propose, &clinic, &tea, part).await.unwrap();
    to(Step::Lapse, &choir, &tea, part).await.unwrap();
    to(Step::Lapse, &clinic, &tea, part).await.unwrap();
    to(Step::Propose, &tea, &clinic, part).await.unwrap();
    town.stand("Canal Choir", Standing::Withdrawn).await;
    let both = to(Step::Propose, &choir, &choir, REFERS).await;
    let expected = ["/side", "/other", "/other"].map(str::to_owned).into_iter().zip([
        Code::UnknownListing,
        Code::UnknownListing,
        Code::SelfLink,
    ]);
    assert_eq!(both, Err(expected.collect()));
}

#[tokio::test]
async fn keepers_speak_beside_sources_and_a_source_that_ends_it_is_heard() {
    let town = Town::new().await;
    let files = |state: &str| {
        let mut items = clinic_and_choir();
        items[0]["kith"] = json!({ "links": [{ "relationship": "refers_to", "to": { "service_id": "choir" }, "state": state, "review_on": "2026-11-01" }] });
        items
    };
    town.import(files("claimed")).await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic lapsed"], "its day of review has passed");
    let (clinic, choir) = (town.id("Trauma Clinic").await, town.id("Canal Choir").await);
    town.step(Step::Propose, [&clinic, &choir], REFERS, Direction::To, saying("see under 18s")).await.unwrap();
    town.step(Step::Confirm, [&choir, &clinic], REFERS, Direction::From, Saying::default()).await.unwrap();
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic agreed"], "a keeper has looked again");
    town.import(files("lapsed")).await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic lapsed"]);
}

#[tokio::test]
async fn what_is_withdrawn_has_to_be_asked_again() {
    let town = Town::new().await;
    town.import(clinic_and_choir()).await;
    let (clinic, choir) = (town.id("Trauma Clinic").await, town.id("Canal Choir").await);
    let agree = async || {
        town.step(Step::Propose, [&clinic, &choir], REFERS, Direction::To, Saying::default()).await.unwrap();
        town.step(Step::Confirm, [&choir, &clinic], REFERS, Direction::From, Saying::default()).await.unwrap();
        assert_eq!(town.links("Trauma Clinic"), ["refers people to Canal Choir agreed"]);
    };
    agree().await;
    let before = town.directory.store.state().await.unwrap();
    town.stand("Canal Choir", Standing::Withdrawn).await;
    assert_eq!(town.links("Trauma Clinic"), [""; 0]);
    assert!(town.directory.store.state().await.unwrap().public_sequence > before.public_sequence);
    town.stand("Canal Choir", Standing::Published).await;
    assert_eq!(town.links("Trauma Clinic"), ["refers people to Canal Choir lapsed"]);
    let alone = town.step(Step::Confirm, [&choir, &clinic], REFERS, Direction::From, Saying::default()).await;
    assert_eq!(alone, Err(vec![("/other".to_owned(), Code::NotStated)]), "both have to say so anew");
    agree().await;
}

#[tokio::test]
async fn of_a_private_side_keepers_keep_no_free_words_and_a_link_there_places_nothing() {
    let town = Town::new().await;
    let refuge = json!({ "id": "refuge", "name": "Calm refuge", "status": "active", "description": "Rooms.",
        "organization": { "id": "harbour", "name": "Calm" }, "service_areas": [{ "name": "Yorkshire and The Humber", "extent": "E12000003" }] });
    town.import(json!([group("choir", "Canal Choir", "org-b"), group("house", "Elm House", "org-c"), refuge])).await;
    let (choir, refuge, house) =
        (town.id("Canal Choir").await, town.id("Calm refuge").await, town.id("Elm House").await);
    let secret = || Saying { note: Some("SECRET next door".to_owned()), ..saying("SECRET lane") };
    let done = town.step(Step::Propose, [&choir, &refuge], REFERS, Direction::To, secret()).await;
    assert_eq!(done, Ok(Done { silenced: true }));
    town.step(Step::Confirm, [&refuge, &choir], REFERS, Direction::From, secret()).await.unwrap();
    assert!(!town.kept().contains("SECRET"));
    assert_eq!((town.links("Canal Choir"), town.links("Calm refuge")), (Vec::new(), Vec::new()));
    // What is protected later loses the words that were kept of it, also those that name it by its id here.
    town.step(Step::Propose, [&choir, &house], REFERS, Direction::To, secret()).await.unwrap();
    town.step(Step::Confirm, [&house, &choir], REFERS, Direction::From, secret()).await.unwrap();
    assert_eq!(town.links("Canal Choir"), ["refers people to Elm House agreed"]);
    town.import(json!([group("house", "Kind refuge", "org-c")])).await;
    assert_eq!((town.links("Canal Choir"), town.links("Kind refuge")), (Vec::new(), Vec::new()));
    let all = town.directory.store.snapshot().await.unwrap().page::<crate::domain::link::Link>(None, 99).await.unwrap();
    assert!(
        all.len() == 4 && all.iter().all(|link| !format!("{:?}", link.record.stated).contains("SECRET")),
        "{all:?}"
    );
}

#[tokio::test]
async fn a_file_with_a_circle_of_parts_is_told_and_nothing_walks_it_for_ever() {
    let town = Town::new().await;
    let part = |mut item: Value, of: &str| {
        item["kith"] = json!({ "links": [{ "relationship": "part_of", "to": { "service_id": of } }] });
        item
    };
    let items = json!([
        part(group("a", "Alpha", "org-a"), "b"),
        part(group("b", "Beta", "org-b"), "c"),
        part(group("c", "Gamma", "org-c"), "a"),
        part(group("d", "Delta", "org-d"), "a"),
    ]);
    let report = town.try_import("county", &items).await.unwrap();
    assert_eq!((report.created, report.refused, report.mended.get("circle_of_parts")), (4, 0, Some(&3)), "{report:?}");
    town.agrees().await;
    let said = town.directory.link_faults(
        ActingFor::as_keeper(town.directory.side(&town.id("Delta").await).await.unwrap()),
        Step::Propose,
        Meant {
            relationship: Relationship::PartOf,
            direction: Direction::To,
            other: town.directory.side(&town.id("Beta").await).await.unwrap(),
        },
    );
    assert_eq!(said.await.unwrap(), [], "a part of what is in a circle is in none itself");
}

#[tokio::test]
async fn a_file_hears_of_its_links_that_lead_to_nothing() {
    let town = Town::new().await;
    let refers = |others: &[&str]| {
        let mut item = group("a", "Alpha", "org-a");
        let link = |other: &&str| json!({ "relationship": "refers_to", "to": { "service_id": other } });
        item["kith"] = json!({ "links": others.iter().map(link).collect::<Vec<_>>() });
        item
    };
    let told = async |items: Value| {
        let report = town.try_import("county", &items).await.unwrap();
        report.mended.get("links_to_nothing").copied()
    };
    assert_eq!(told(json!([refers(&["b", "c"])])).await, Some(2));
    // What comes later in the same file is there.
    assert_eq!(told(json!([refers(&["b", "c"]), group("b", "Beta", "org-b")])).await, Some(1));
    town.agrees().await;
    let id = town.id("Beta").await;
    assert_eq!(told(json!([refers(&["b", &id])])).await, None, "by either name");
    town.stand("Beta", Standing::Withdrawn).await;
    assert_eq!(told(json!([refers(&["b", &id])])).await, Some(2), "what is withdrawn is not there");
    assert_eq!(told(json!([refers(&["b", &id, "c"])])).await, Some(3));
}

#[tokio::test]
async fn a_further_table_of_links_is_read_by_a_mapping() {
    let town = Town::new().await;
    let mapping = Mapping::parse(
        r#"
[source]
name = "county"
file = "groups.csv"
[entity]
kind = "service"
id = "ref"
[fields]
name = "name"
status = { value = "active" }
[organization]
id = "org"
name = "org"
[[join]]
file = "links.csv"
on = "group"
link = { relationship = "what", to_service_id = "to", from_service_id = "from", does_not = "not", handover = "how", reply_within_days = "days", review_on = "review" }
"#,
    )
    .unwrap();
    let groups = "ref,name,org\n1,Trauma Clinic,A\n2,Canal Choir,B\n3,Calm refuge,C\n";
    let links = "group,what,to,from,not,how,days,review\n1,refers_to,2,,treat children,warm_call; three_way_meeting,2,2027-01-01\n\
        2,refers_to,,1,keep notes,,,\n3,refers_to,2,,SECRET lane,warm_call,,\n1,likes,2,,,,,\n";
    let import = async |links: &str| {
        let files = [
            Part { name: "groups.csv", bytes: groups.as_bytes() },
            Part { name: "links.csv", bytes: links.as_bytes() },
        ];
        town.import_files(&files, &Format::Table(Box::new(mapping.clone()))).await
    };
    let report = import(links).await;
    let told: Vec<_> = report.refusals.iter().map(|fault| (fault.row, fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(told, [(2, "/kith/links/1/relationship", Code::NotInList)]);
    let report = import(links.rsplit_once("1,likes").unwrap().0).await;
    assert_eq!((report.refused, report.read), (0, 3), "{report:?}");
    town.agrees().await;
    assert_eq!(town.links("Canal Choir"), ["is sent people by Trauma Clinic agreed"]);
    let link = town.listing("Trauma Clinic").unwrap()["links"][0].clone();
    assert_eq!(
        (&link["handover"], &link["sides"][0]["terms"]["does_not"]),
        (&json!(["warm_call", "three_way_meeting"]), &json!("treat children"))
    );
    assert_eq!(
        (&link["sides"][0]["terms"]["reply_within_days"], &link["review_on"]),
        (&json!(2), &json!("2027-01-01"))
    );
    assert!(!town.kept().contains("SECRET"), "of a refuge no free cell is read");
    assert!(Mapping::parse("[source]\nname = \"s\"\n[entity]\nkind = \"service\"\nid = \"ref\"\n[fields]\nname = \"n\"\n[[join]]\nfile = \"l.csv\"\non = \"r\"\nlink = { relationship = \"what\" }\n").is_err());
}

/// A member of a large network, by the number of its line.
pub(super) fn member(n: usize, name: &str, description: &str) -> Value {
    json!({ "id": format!("m{n}"), "name": name, "status": "active", "description": description,
        "attributes": [{ "link_type": "kith:place_mode", "value": "remote" }],
        "kith": { "links": [{ "relationship": "member_of", "to": { "network_id": "circle" } }] } })
}

pub(super) fn circle(name: &str, description: &str) -> Value {
    json!({ "id": "circle", "name": name, "description": description, "kith": { "network": { "network_type": "peer" } } })
}

/// What a write costs: entries read while it is written, while it is followed, and lines of the log.
async fn cost(town: &Town, items: &Value) -> [u64; 3] {
    let read = || ENTRIES_READ.with(std::cell::Cell::get);
    let (before, began) = (town.directory.store.state().await.unwrap().sequence, read());
    town.try_import("county", items).await.unwrap();
    let written = read();
    town.directory.bring_up_to_date().await.unwrap();
    [written - began, read() - written, town.directory.store.state().await.unwrap().sequence - before]
}

#[tokio::test]
async fn a_large_network_costs_a_member_that_changes_no_more_than_what_is_shown() {
    // With `KITH_RELEASE=1` of the size that issues name; it prints what it took.
    let size = if std::env::var_os("KITH_RELEASE").is_some() { 10_000 } else { 600 };
    let town = Town::new().await;
    let mut items = vec![circle("West Circle", "Many.")];
    items.extend((0..size).map(|n| member(n, &format!("Member {n:05}"), "A line.")));
    let began = std::time::Instant::now();
    let report = town.try_import("county", &Value::Array(items)).await.unwrap();
    let imported = began.elapsed();
    assert_eq!(report.created, size as u64 + 1);
    town.directory.bring_up_to_date().await.unwrap();
    let published = began.elapsed() - imported;

    let began = std::time::Instant::now();
    let [written, followed, lines] = cost(&town, &json!([member(7, "Member renamed", "A line.")])).await;
    println!(
        "{size} members: import {imported:?}, publishing {published:?}; one member renamed {:?}: {written} + {followed} entries",
        began.elapsed()
    );
    assert_eq!(lines, 2, "the member and the network");
    assert!(written < 400 && followed < 250, "{written} {followed}");
    // What the network does not show of a member leaves the network alone.
    let [written, followed, lines] = cost(&town, &json!([member(7, "Member renamed", "Another line.")])).await;
    assert_eq!(lines, 1);
    assert!(written < 60 && followed < 20, "{written} {followed}");
    // What members do not show of the network leaves them alone, and its name does not.
    let began = std::time::Instant::now();
    cost(&town, &json!([circle("West Circle", "Still many.")])).await;
    println!("the network described anew, and all its links looked at once {:?}", began.elapsed());
    let began = std::time::Instant::now();
    let [written, followed, lines] = cost(&town, &json!([circle("West Circle", "Ever so many.")])).await;
    println!("the network described anew {:?}: {written} + {followed} entries", began.elapsed());
    assert_eq!(lines, 1);
    assert!(written < 400 && followed < 250, "{written} {followed}");
    let began = std::time::Instant::now();
    town.try_import("county", &json!([circle("West Loop", "Still many.")])).await.unwrap();
    println!("the network renamed, with all its members: written {:?}", began.elapsed());
    let [.., lines] = cost(&town, &json!([circle("West Ring", "Still many.")])).await;
    assert_eq!(lines, size as u64 + 1);

    let ring = town.id("West Ring").await;
    let shown = town.listing("West Ring").unwrap();
    let listed = shown["links"].as_array().unwrap();
    assert_eq!((&shown["card"]["links_total"], listed.len()), (&json!(size), 50));
    let asked = crate::directory::networks::MembersAsked { states: Vec::new(), after: None, limit: 10 };
    let members = town.directory.members(&ring, &asked).unwrap();
    assert_eq!((members.total, members.items.len()), (size as u64, 10));
    // Those that both say come first, wherever they stand among all.
    let last = town.id(&format!("Member {:05}", size - 1)).await;
    town.step(Step::Confirm, [&ring, &last], Relationship::MemberOf, Direction::From, Saying::default()).await.unwrap();
    town.directory.bring_up_to_date().await.unwrap();
    let shown = town.listing("West Ring").unwrap();
    assert_eq!((&shown["links"][0]["target"]["id"], &shown["links"][0]["state"]), (&json!(last), &json!("agreed")));
    // A member that goes is counted no more.
    town.stand(&format!("Member {:05}", size - 1), Standing::Withdrawn).await;
    assert_eq!(town.listing("West Ring").unwrap()["card"]["links_total"], size - 1);
    assert_eq!(town.directory.check().await.unwrap().faults, [""; 0]);
}
