//! Packages of tables: the same as compiled, every row accounted for, nothing of a protected place read.

use super::super::tests::{at_risk, drafts, import_all, kinds, shared};
use crate::{
    domain::{
        place::PlaceMode,
        read::{Code, Given, Mended, Unreadable, read_with},
        service::Service,
        write::write,
    },
    exchange::{Draft, Error, Format, Item, Kept, Package, Part, Survey, decide},
};

macro_rules! fixture {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../../tests/fixtures/hsds-tabular/", $name)) as &[u8])),*]
    };
}

/// A hall with a circle and a walk, told in every table of HSDS 3.1.
const HALL: [(&str, &[u8]); 25] = fixture! {
    "accessibility.csv" "addresses.csv" "attributes.csv" "contacts.csv" "cost_options.csv" "datapackage.json" "funding.csv" "languages.csv"
    "locations.csv" "meta_table_descriptions.csv" "metadata.csv" "organization_identifiers.csv" "organizations.csv" "phones.csv"
    "programs.csv" "required_documents.csv" "schedules.csv" "service_areas.csv" "service_at_location.csv" "service_capacity.csv"
    "services.csv" "taxonomies.csv" "taxonomy_terms.csv" "units.csv" "url.csv"
};
const COMPILED: &str = include_str!("../../../tests/fixtures/hsds-tabular.json");

fn import(files: &[(&str, &str)]) -> Result<Vec<Item>, Error> {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    import_all(&files, &Format::HsdsTabular).map(|(_, items)| items)
}

fn faults(item: &Item) -> Vec<(&str, Code)> {
    item.result.as_ref().unwrap_err().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect()
}

#[test]
fn tables_say_the_same_as_the_compiled_form() {
    let (_, tables) = import_all(&HALL, &Format::HsdsTabular).unwrap();
    let (_, compiled) = import_all(&[("", COMPILED.as_bytes())], &Format::Hsds).unwrap();
    assert_eq!(drafts(&tables), drafts(&compiled));
    assert_eq!(kinds(&tables[1]), ["taxonomy", "term", "service", "location", "at"]);
    assert_eq!(tables.iter().map(|item| item.row).collect::<Vec<_>>(), [2, 2, 3]);
    let Draft::Service(circle) = &tables[1].result.as_ref().unwrap()[2] else { panic!() };
    assert_eq!(circle.record.capacities[0].unit.as_ref().unwrap().name, "place");
    assert_eq!(circle.extra.keys().collect::<Vec<_>>(), ["/local_code", "/metadata"]);
    let Draft::Location(hall) = &tables[1].result.as_ref().unwrap()[3] else { panic!() };
    assert_eq!(hall.record.name.as_deref(), Some("Café Millbank"));
    assert!(tables.iter().all(|item| item.notices.iter().all(|notice| notice.mended != Mended::NumberInText)));
    // Without the descriptor the names of the files say as much.
    let bare: Vec<_> = HALL.into_iter().filter(|(name, _)| *name != "datapackage.json").collect();
    assert_eq!(drafts(&import_all(&bare, &Format::HsdsTabular).unwrap().1), drafts(&compiled));
}

#[test]
fn a_record_of_tables_is_written_and_read_back_with_what_the_standard_does_not_know() {
    let (_, items) = import_all(&HALL, &Format::HsdsTabular).unwrap();
    let Draft::Service(circle) = &items[1].result.as_ref().unwrap()[2] else { panic!() };
    let written = write(&circle.record, &circle.extra);
    assert_eq!(written["local_code"], "GR-7");
    assert_eq!(written["metadata"][0]["previous_value"], "Circle");
    let again = read_with::<Service>(&written, "", &mut Given, Unreadable::Refused);
    assert_eq!((again.record.as_ref(), again.extra), (Some(&circle.record), circle.extra.clone()));
}

#[test]
fn tables_of_the_first_version_are_read_in_its_words() {
    let items = import(&[
        ("organization.csv", "id,name,description,url\no,Elm,Trees.,elm.example\n"),
        ("service.csv", "id,organization_id,name,status,fees\ns,o,Circle,active,None\n"),
        ("service_at_location.csv", "id,service_id,location_id\nx,s,l\n"),
        ("location.csv", "id,name,latitude,longitude\nl,Hall,53.8,-1.5\n"),
        (
            "physical_address.csv",
            "id,location_id,address_1,city,state_province,postal_code,country\na,l,1 High St,Leeds,,LS6 2AA,GB\n",
        ),
        ("accessibility_for_disabilities.csv", "id,location_id,accessibility,details\nb,l,Ramp,Steep\n"),
        (
            "regular_schedule.csv",
            "id,service_id,location_id,service_at_location_id,weekday,opens_at,closes_at\nr,,,x,Tuesday,9:00am,17:00\n",
        ),
        ("phone.csv", "id,location_id,service_id,organization_id,number,language\np,,s,,01632 960151,Welsh\n"),
        ("language.csv", "id,service_id,location_id,language\ng,s,,Polish\n"),
        ("service_taxonomy.csv", "id,service_id,taxonomy_id,taxonomy_detail\nt,s,x:1,\n"),
        ("taxonomy.csv", "id,name,parent_id,vocabulary\nx:1,Grief,,county\n"),
        ("eligibility.csv", "id,service_id,eligibility\ne,s,adult\n"),
    ])
    .unwrap();
    assert_eq!(kinds(&items[1]), ["taxonomy", "term", "service", "location", "at"]);
    let drafts = drafts(&items);
    let [Draft::Organization(elm), _, _, Draft::Service(circle), Draft::Location(hall), Draft::ServiceAtLocation(at)] =
        &drafts[..]
    else {
        panic!("{drafts:?}")
    };
    assert_eq!(elm.record.website.as_deref(), Some("https://elm.example"));
    assert_eq!(
        (circle.record.eligibility_description.as_deref(), circle.record.fees.as_deref()),
        (Some("adult"), Some("None"))
    );
    assert_eq!(circle.record.phones[0].languages[0].name.as_deref(), Some("Welsh"));
    assert_eq!(circle.record.languages[0].name.as_deref(), Some("Polish"));
    assert_eq!(
        (hall.record.addresses[0].address_1.as_str(), hall.record.accessibility[0].details.as_deref()),
        ("1 High St", Some("Steep"))
    );
    let schedule = &at.record.schedules[0];
    assert_eq!((schedule.byday.as_deref(), schedule.opens_at.as_deref()), (Some("TU"), Some("09:00")));
}

#[test]
fn a_service_of_the_first_version_may_name_its_place_itself() {
    let items = import(&[
        ("services.csv", "id,location_id,name,status\ns,l,Circle,active\nt,l,Choir,active\n"),
        ("locations.csv", "id,name\nl,Hall\n"),
        ("physical_addresses.csv", "id,location_id,address_1\na,l,1 High St\n"),
    ])
    .unwrap();
    assert_eq!((kinds(&items[0]), kinds(&items[1])), (vec!["service", "location", "at"], vec!["service", "at"]));
}

#[test]
fn every_row_is_accounted_for() {
    let items = import(&[
        ("services.csv", "id,name,status,minimum_age\ns,Circle,active,\ns,Circle,active,\ns,Choir,active,\n,Walk,active,\nu,,open,old\nv,Talk,active,18,more\n"),
        ("phones.csv", "id,service_id,number\np,s,01632 960152\n,s,\n,,01632 960153\nq,gone,1\n"),
        ("attributes.csv", "id,link_id\na,p\nb,gone\n"),
        ("locations.csv", "id,name\nl,Nowhere\n"),
        ("groups.csv", "id,title\n1,x\n"),
    ])
    .unwrap();
    // The first service has a phone without a number; so has the second row, which is refused before the third is compared with it.
    assert_eq!(faults(&items[0]), [("/phones/1/number", Code::Required)]);
    let told: Vec<_> = items[3..].iter().map(|item| (item.part, item.row, faults(item)[0])).collect();
    assert_eq!(
        told,
        [
            (0, 5, ("/id", Code::Required)),
            (0, 6, ("/name", Code::Required)),
            (0, 7, ("", Code::NotReadable)),
            (1, 4, ("", Code::Orphan)),
            (1, 5, ("", Code::Orphan)),
            (2, 3, ("", Code::Orphan)),
            (3, 2, ("", Code::Orphan)),
            (4, 1, ("", Code::UnknownKind)),
        ]
    );
    assert_eq!(import(&[("phones.csv", "id\n")]).map(|_| ()), Err(Error::NoTables));
    assert_eq!(
        import(&[("service.csv", "id\n"), ("services.csv", "id\n")]).map(|_| ()),
        Err(Error::TwoTables { table: "service" })
    );
}

#[test]
fn children_with_blank_ids_are_named_after_their_parent() {
    let files =
        |order: &str| import(&[("services.csv", "id,name,status\ns,Circle,active\n"), ("phones.csv", order)]).unwrap();
    let items = files("id,service_id,number\n,s,1\n ,s,2\n");
    let Draft::Service(circle) = drafts(&items)[0] else { panic!() };
    assert_eq!(circle.record.phones.len(), 2);
    assert_ne!(circle.record.phones[0].id, circle.record.phones[1].id);
    assert_eq!(drafts(&items), drafts(&files("id,service_id,number\n,s,1\n ,s,2\n")));
}

/// A refuge in every table that could tell where it is, with bytes that are no text in each cell that must not be read.
fn refuge() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| {
        // `!` stands for a byte that is no UTF-8: to decode its cell is a fault.
        text.bytes().map(|byte| if byte == b'!' { 0xff } else { byte }).collect::<Vec<u8>>()
    };
    [
        ("organizations.csv", "id,name,description,website,legal_status\no,Elm,CANARY,elm.example,CANARY!\n"),
        (
            "services.csv",
            "id,organization_id,name,description,status,wait_time,pc_note\nchoir,o,Choir,Songs.,active,,\nr,o,Elm House refuge,Rooms.,active,CANARY!,CANARY!\n",
        ),
        ("service_at_location.csv", "id,service_id,location_id,description\nc1,choir,house,CANARY!\nc2,choir,hall,\nr1,r,house,CANARY!\n"),
        ("locations.csv", "id,location_type,name,latitude,organization_id\nhouse,physical,CANARY!,CANARY!,\nhall,physical,Hall,,\nhq,physical,CANARY!,CANARY!,o\nback,physical,CANARY!,CANARY!,\n"),
        ("addresses.csv", "id,location_id,address_1,address_type\n1,house,CANARY!,physical\n2,hall,Mill Lane,physical\n3,hq,CANARY!,physical\n4,back,CANARY!,physical\n"),
        (
            "phones.csv",
            "id,service_id,location_id,organization_id,service_at_location_id,number,description\n1,r,,,,01632 960161,\n2,r,back,,,CANARY!,\n3,choir,house,,,CANARY!,\n4,,house,,,CANARY!,\n5,,,o,,CANARY!,\n6,choir,,,r1,CANARY!,\n7,,,,r1,CANARY!,\n8,choir,,,,01632 960162,\n",
        ),
        ("schedules.csv", "id,service_id,service_at_location_id,location_id,description\n1,r,,,CANARY!\n2,,r1,,CANARY!\n3,,,house,CANARY!\n"),
        ("contacts.csv", "id,service_id,organization_id,name\n1,r,,CANARY!\n2,,o,CANARY!\n"),
        ("accessibility.csv", "id,location_id,description\n1,house,CANARY!\n2,back,CANARY!\n"),
        ("service_areas.csv", "id,service_id,service_at_location_id,name,description,extent,extent_type\n1,r,,Yorkshire,CANARY!,E12000003,text\n2,,r1,CANARY!,CANARY!,,\n"),
        ("metadata.csv", "id,resource_id,field_name,previous_value\n1,r,address_1,CANARY!\n2,house,name,CANARY!\n"),
        ("attributes.csv", "id,link_id,taxonomy_term_id,value,note\n1,r,t,CANARY,CANARY!\n2,house,room,CANARY!,CANARY!\n"),
        ("taxonomy_terms.csv", "id,name,taxonomy,description\nt,refuge,county,CANARY!\nroom,rooms,county,CANARY!\n"),
    ]
    .map(|(name, table)| (name, text(table)))
    .to_vec()
}

#[test]
fn nothing_of_a_refuges_place_is_decoded_in_any_table() {
    let files = refuge();
    let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let (decisions, items) = import_all(&files, &Format::HsdsTabular).unwrap();
    let told = format!("{:?}", items.iter().map(|item| (&item.result, &item.notices)).collect::<Vec<_>>());
    assert!(!told.contains("CANARY"), "{told}");
    for place in ["house", "back"] {
        assert!(decisions.withholds_location(place), "{place}");
    }
    assert_eq!((kinds(&items[0]), kinds(&items[1])), (vec!["organization"], vec!["service", "location", "at"]));
    assert_eq!(kinds(&items[2]), ["service"]);
    let Draft::Service(refuge) = &items[2].result.as_ref().unwrap()[0] else { panic!() };
    assert_eq!((refuge.facts.mode, refuge.facts.areas.len(), refuge.extra.len()), (PlaceMode::Area, 1, 0));
    assert_eq!(refuge.record.phones.iter().map(|phone| phone.number.as_str()).collect::<Vec<_>>(), ["01632 960161"]);
    let Draft::Service(choir) = &items[1].result.as_ref().unwrap()[0] else { panic!() };
    assert_eq!(choir.record.phones.iter().map(|phone| phone.number.as_str()).collect::<Vec<_>>(), ["01632 960162"]);
    assert!(items.iter().all(|item| item.withheld > 0));
}

#[test]
fn what_was_decided_of_other_tables_is_not_used_for_these() {
    let parts = |text: &'static str| [Part { name: "services.csv", bytes: text.as_bytes() }];
    let open = |parts: &[Part<'static>]| Package::of_parts(parts, &Format::HsdsTabular).unwrap();
    let decisions =
        decide(&Survey::of(open(&parts("id,name\na,b\n")).sketches().unwrap(), &at_risk).unwrap(), &Kept::default());
    let chance = crate::domain::clock::SeededChance::new(1);
    let mut ids = crate::exchange::SourceIds::new(crate::domain::id::Id::from_u128(1), &chance);
    let other = open(&parts("id,name\na,b\nc,d\n"));
    let last = other.records(&decisions, &mut ids).unwrap().last().unwrap();
    assert_eq!(last.map(|_| ()), Err(Error::Changed { row: 3 }));
}

#[test]
fn the_tables_of_the_standards_example_are_read() {
    let names = [
        "organizations",
        "services",
        "phones",
        "schedules",
        "locations",
        "service_at_location",
        "addresses",
        "service_capacity",
        "metadata",
    ];
    let files: Option<Vec<_>> = names
        .iter()
        .map(|name| Some((format!("{name}.csv"), shared(&format!("oruk/hsds-3.1-dev/examples/csv/{name}.csv"))?)))
        .collect();
    let Some(files) = files else { return };
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let (_, items) = import_all(&files, &Format::HsdsTabular).unwrap();
    assert_eq!((kinds(&items[0]), kinds(&items[1])), (vec!["organization"], vec!["service", "location", "at"]));
    // Its capacity belongs to a service that is not among its services.
    assert!(items[2..].iter().any(|item| faults(item)[0].1 == Code::Orphan));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    /// Whatever is in tables, reading them ends, and tells of each item once.
    #[test]
    fn no_rows_make_reading_fail_but_in_words(tables in proptest::collection::vec((0_usize..8, proptest::collection::vec("[a-c\"\n, ]{0,8}(,[a-c0-9\"]{0,2}){0,6}\n", 0..6)), 1..5)) {
        let heads = [
            ("services.csv", "id,organization_id,name,status,location_id\n"), ("organizations.csv", "id,name\n"),
            ("service_at_location.csv", "id,service_id,location_id\n"), ("locations.csv", "id,organization_id,location_type\n"),
            ("phones.csv", "id,service_id,location_id,contact_id,number\n"), ("contacts.csv", "id,service_id,name\n"),
            ("attributes.csv", "id,link_id,taxonomy_term_id\n"), ("taxonomy_terms.csv", "id,name,taxonomy_id\n"),
        ];
        let mut files = vec![("services.csv", "id,organization_id,name,status,location_id\na,b,c,active,a\n".to_owned())];
        for (which, rows) in tables {
            let (name, head) = heads[which];
            if files.iter().all(|(known, _)| *known != name) {
                files.push((name, format!("{head}{}", rows.concat())));
            }
        }
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        if let Ok((decisions, items)) = import_all(&files, &Format::HsdsTabular) {
            proptest::prop_assert_eq!(decisions.items(), items.len());
        }
    }
}
