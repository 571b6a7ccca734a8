//! Whole packages: what they come to, and what is never read of them.

use std::path::PathBuf;

use super::{About, Decisions, Draft, Error, Format, Item, Kept, Mapping, Package, Part, SourceIds, Survey, decide};
use crate::domain::{
    clock::SeededChance,
    id::Id,
    place::{AreaCode, PlaceMode},
    read::{Code, Mended},
};

const PAGE: &str = include_str!("../../tests/fixtures/hsds-page.json");
const BROKEN: &str = include_str!("../../tests/fixtures/hsds-broken.json");

mod datasets;
mod defects;
mod oruk1;
mod protected;

/// Stands in for the vocabulary: only the word in a name counts.
pub(super) fn at_risk(about: &About) -> Option<String> {
    let is_named = about.name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "refuge");
    (is_named || about.terms.iter().any(|term| term == "refuge")).then(String::new)
}

fn import(bytes: &[u8], format: &Format) -> Result<(Decisions, Vec<Item>), Error> {
    import_all(&[("", bytes)], format)
}

pub(super) fn import_all(files: &[(&str, &[u8])], format: &Format) -> Result<(Decisions, Vec<Item>), Error> {
    let parts: Vec<_> = files.iter().map(|(name, bytes)| Part { name, bytes }).collect();
    let package = Package::of_parts(&parts, format)?;
    let decisions = decide(&Survey::of(package.sketches()?, &at_risk)?, &Kept::default());
    let chance = SeededChance::new(1);
    let mut ids = SourceIds::new(Id::from_u128(1), &chance);
    let items = package.records(&decisions, &mut ids)?.collect::<Result<_, _>>()?;
    Ok((decisions, items))
}

fn hsds(text: &str) -> Vec<Item> {
    import(text.as_bytes(), &Format::Hsds).unwrap().1
}

pub(super) fn drafts(items: &[Item]) -> Vec<&Draft> {
    items.iter().flat_map(|item| item.result.as_ref().unwrap()).collect()
}

pub(super) fn kinds(item: &Item) -> Vec<&'static str> {
    let kind = |draft: &Draft| match draft {
        Draft::Taxonomy(_) => "taxonomy",
        Draft::TaxonomyTerm(_) => "term",
        Draft::Organization(_) => "organization",
        Draft::Service(_) => "service",
        Draft::Location(_) => "location",
        Draft::ServiceAtLocation(_) => "at",
        Draft::Link(_) => "link",
    };
    item.result.as_ref().unwrap().iter().map(kind).collect()
}

/// A file beside the project, or nothing, said by name.
pub(super) fn shared(path: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let bytes = std::fs::read(&path).ok();
    assert!(bytes.is_some() || std::env::var_os("KITH_TEST_ALL").is_none(), "{} is missing", path.display());
    if bytes.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    bytes
}

#[test]
fn a_page_of_services_comes_apart_into_records_that_refer_to_each_other() {
    let items = hsds(PAGE);
    assert_eq!(items.iter().map(|item| item.row).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(kinds(&items[0]), ["organization", "taxonomy", "term", "service", "location", "at"]);
    // The organization, the term and the place have been given with the first service.
    assert_eq!(kinds(&items[1]), ["service", "at"]);
    let Some(Draft::Service(first)) = items[0].result.as_ref().unwrap().get(3) else { panic!() };
    assert_eq!(first.record.url.as_deref(), Some("https://www.millbank-hall.example/circle"));
    assert_eq!(first.record.schedules[0].opens_at.as_deref(), Some("19:00"));
    assert_eq!(first.extra.keys().collect::<Vec<_>>(), ["/pc_local_code"]);
    let Some(Draft::Organization(runs)) = items[0].result.as_ref().unwrap().first() else { panic!() };
    assert_eq!(first.record.organization_id, Some(runs.record.id));
    let [Draft::Service(second), Draft::ServiceAtLocation(at)] = &items[1].result.as_ref().unwrap()[..] else {
        panic!()
    };
    assert_eq!(second.foreign_id, "walking-group-2");
    assert_eq!(second.record.organization_id, first.record.organization_id);
    assert_eq!(second.record.attributes[0].taxonomy_term_id, first.record.attributes[0].taxonomy_term_id);
    assert_eq!((at.record.service_id, at.record.schedules.len()), (Some(second.record.id), 1));
    let Draft::Location(hall) = &items[0].result.as_ref().unwrap()[4] else { panic!() };
    assert_eq!(at.record.location_id, Some(hall.record.id));
    let [Draft::Service(line)] = &items[2].result.as_ref().unwrap()[..] else { panic!() };
    assert_eq!((line.facts.mode, &line.facts.areas[..]), (PlaceMode::Remote, &[AreaCode("E92000001".to_owned())][..]));
}

#[test]
fn the_same_bytes_give_the_same_records_in_a_list_a_page_and_lines() {
    let page: serde_json::Value = serde_json::from_str(PAGE).unwrap();
    let contents = page["contents"].as_array().unwrap();
    let lines: Vec<_> = contents.iter().map(|item| item.to_string()).collect();
    let from_lines = import(lines.join("\n").as_bytes(), &Format::HsdsLines).unwrap().1;
    let list = hsds(&page["contents"].to_string());
    assert_eq!(drafts(&hsds(PAGE)), drafts(&from_lines));
    assert_eq!(drafts(&list), drafts(&from_lines));
    assert_eq!(drafts(&hsds(&lines[2])), drafts(&from_lines[2..]));
}

#[test]
fn a_broken_item_tells_all_its_faults_and_stops_no_other() {
    let items = hsds(BROKEN);
    let faults = |index: usize| -> Vec<_> {
        items[index].result.as_ref().unwrap_err().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect()
    };
    assert_eq!(
        faults(0),
        [
            ("/organization/name", Code::Required),
            ("/organization/website", Code::NotAnAddressOfTheWeb),
            ("/service_at_locations/1", Code::NotAnObject),
            ("/name", Code::Required),
            ("/status", Code::NotInList),
            ("/description", Code::NotText),
            ("/url", Code::NotAnAddressOfTheWeb),
            ("/email", Code::NotAnEmail),
            ("/assured_date", Code::NotADate),
            ("/minimum_age", Code::NotANumber),
            ("/maximum_age", Code::OutOfRange),
            ("/schedules/0/freq", Code::NotInList),
            ("/schedules/0/opens_at", Code::NotATime),
            ("/schedules/0/interval", Code::OutOfRange),
            ("/phones/0/number", Code::Required),
            ("/phones/1/extension", Code::NotANumber),
            ("/languages", Code::NotAList),
            ("/service_at_locations/0/location/location_type", Code::NotInList),
            ("/service_at_locations/0/location/addresses/0/address_type", Code::Required),
        ]
    );
    assert_eq!(faults(1), [("", Code::NotAnObject)]);
    assert_eq!(faults(2), [("", Code::UnknownKind)]);
    assert_eq!(faults(3), [("", Code::NotReadable)]);
    assert!(items[3].result.as_ref().unwrap_err()[0].reason.contains("line 23, column"), "{:?}", items[3].result);
    assert_eq!(faults(4), [("/id", Code::Required)]);
    assert_eq!(kinds(&items[5]), ["service"]);
    assert_eq!((items[6].merged_into, items[6].result.as_ref().unwrap().len()), (Some(6), 0));
    assert_eq!(faults(7), [("/id", Code::Duplicate)]);
}

#[test]
fn nothing_of_a_refuges_place_is_decoded_or_drafted() {
    // Half a character pair is an error to whoever decodes it, so a draft proves that nobody did.
    let refuge = r#"{"id":"7d0e1b5c-0000-4000-8000-000000000001","name":"Elm House refuge","status":"active","contacts":[{"name":"CANARY \ud800"}],
      "pc_note":"CANARY \ud800","schedules":[{"notes":"CANARY \ud800"}],"latitude":1e999,"phones":[{"id":"CANARY","number":"01632 960107","location_id":"CANARY \ud800"}],
      "service_areas":[{"name":"Yorkshire","extent":"E12000003"},{"extent":"{\"type\":\"CANARY\"}","extent_type":"geojson"}],
      "attributes":[{"id":"CANARY","link_type":"note","value":"CANARY","taxonomy_term":{"code":"refuge","name":"Refuge","taxonomy":"county-topics","CANARY":1}}],
      "organization":{"id":"org-9","name":"Elm","description":"CANARY","locations":[{"id":"hq","addresses":[{"address_1":"CANARY \ud800"}]}],
        "organization_identifiers":[{"identifier":"1000001","CANARY":1}]},
      "service_at_locations":[{"id":"CANARY","location":{"id":"house","location_type":"physical","latitude":1e999,"addresses":[{"address_1":"CANARY \ud800"}]}}]}"#;
    let choir = r#"{"id":"choir","name":"Choir","status":"active","organization":{"id":"org-9","name":"Elm","description":"CANARY","phones":[{"number":"CANARY"}]},
      "service_at_locations":[{"description":"CANARY","location":{"id":"house","addresses":[{"address_1":"CANARY \ud800"}]}},
        {"location":{"id":"hall","location_type":"physical","name":"Hall","services":[{"CANARY":1}]}}]}"#;
    let owner = r#"{"id":"org-9","name":"Elm","description":"CANARY","logo":"CANARY","locations":[{"id":"hq","addresses":[{"address_1":"CANARY \ud800"}]}]}"#;
    let other = r#"{"id":"org-8","name":"Oak","description":"d","services":[{"id":"s","name":"A refuge","status":"active","location":"CANARY \ud800"}],"locations":[{"id":"house","name":"CANARY \ud800"}]}"#;
    // The choir, which shares the house, comes first: what is withheld must be known before anything is read.
    let (decisions, items) = import(format!("[{choir},{refuge},{owner},{other}]").as_bytes(), &Format::Hsds).unwrap();
    assert_eq!(items.iter().map(|item| item.withheld > 0).collect::<Vec<_>>(), [true; 4]);
    let told = format!("{:?}", items.iter().map(|item| (&item.result, &item.notices)).collect::<Vec<_>>());
    assert!(!told.contains("CANARY"), "{told}");
    assert!(decisions.withholds_location("house"));
    assert_eq!(kinds(&items[0]), ["organization", "service", "location", "at"]);
    assert_eq!(kinds(&items[1]), ["service"]);
    assert_eq!((kinds(&items[2]), kinds(&items[3])), (vec!["organization"], vec!["organization", "service"]));
    let Draft::Service(refuge) = &items[1].result.as_ref().unwrap()[0] else { panic!() };
    assert_ne!(refuge.record.id.to_string(), refuge.foreign_id);
    assert_eq!(&refuge.record.id.to_string()[14..15], "4");
    assert_eq!(
        (refuge.facts.mode, &refuge.facts.areas[..]),
        (PlaceMode::Area, &[AreaCode("E12000003".to_owned())][..])
    );
    assert_eq!((refuge.record.phones.len(), refuge.extra.len(), refuge.record.schedules.len()), (1, 0, 0));
    assert!(items[1].notices.iter().any(|notice| notice.mended == Mended::ShapeDropped));
}

#[test]
fn services_inside_an_organization_are_services_and_a_refuge_among_them_hides_its_place() {
    let organization = r#"{"id":"o","name":"Harbour","description":"d",
      "locations":[{"id":"house","location_type":"physical","addresses":[{"address_1":"CANARY \ud800"}]}],
      "services":[{"id":"s","name":"Safe Hands refuge","status":"active","schedules":[{"notes":"CANARY \ud800"}],
          "service_at_locations":[{"id":"x","location_id":"house","description":"CANARY \ud800"}]},
        {"id":"choir","name":"Choir","status":"active","organization":{"id":"CANARY"},
          "service_at_locations":[{"location":{"id":"hall","location_type":"physical","name":"Hall"}}]}]}"#;
    let choir = r#"{"id":"choir","name":"Another choir","status":"active"}"#;
    let (decisions, items) = import(format!("[{organization},{choir}]").as_bytes(), &Format::Hsds).unwrap();
    assert!(!format!("{:?}", items.iter().map(|item| &item.result).collect::<Vec<_>>()).contains("CANARY"));
    assert!(decisions.withholds_location("house") && decisions.withholds_organization("o"));
    assert_eq!(kinds(&items[0]), ["organization", "service", "service", "location", "at"]);
    let [_, Draft::Service(refuge), Draft::Service(choir), ..] = &items[0].result.as_ref().unwrap()[..] else {
        panic!()
    };
    assert_eq!((refuge.facts.mode, choir.facts.mode), (PlaceMode::Area, PlaceMode::Exact));
    assert!(refuge.record.organization_id.is_some());
    assert_eq!(refuge.record.organization_id, choir.record.organization_id);
    assert_eq!(items[1].result.as_ref().unwrap_err()[0].code, Code::Duplicate);

    // A faulty one refuses its row, and says where it stands.
    let faulty = hsds(r#"{"id":"o","name":"Oak","description":"d","services":[{"name":"Choir","status":"active"}]}"#);
    assert_eq!(faulty[0].result.as_ref().unwrap_err()[0].pointer, "/services/0/id");

    // In the item of a service they stay unread, but what they are is known.
    let within = r#"{"id":"choir","name":"Choir","status":"active","organization":{"id":"o","name":"Harbour",
      "locations":[{"id":"house","addresses":[{"address_1":"CANARY \ud800"}]}],
      "services":[{"id":"s","name":"A refuge","service_at_locations":[{"location_id":"house"}]}]}}"#;
    let (decisions, items) = import(within.as_bytes(), &Format::Hsds).unwrap();
    assert!(decisions.withholds_location("house"));
    assert_eq!(kinds(&items[0]), ["organization", "service"]);
}

#[test]
fn an_id_with_a_nul_refuses_its_own_row_only() {
    let items = hsds(
        r#"[{"id":"a\u0000b","name":"x","description":"d"},{"id":"s","name":"x","status":"active","organization_id":"\u0000"},
        {"id":"t","name":"x","status":"active","service_at_locations":[{"id":"\u0000","location":{"id":"\u0000"}}]},{"id":"ok","name":"x"}]"#,
    );
    let codes: Vec<_> = items.iter().map(|item| item.result.as_ref().map_err(|faults| faults[0].code).err()).collect();
    assert_eq!(codes, [Some(Code::HasNul), Some(Code::HasNul), Some(Code::HasNul), None]);
}

#[test]
fn an_item_that_cannot_be_sketched_is_never_read() {
    let twice =
        r#"{"id":"a","id":"b","name":"x","status":"active","service_at_locations":[{"location":{"id":"CANARY"}}]}"#;
    let items = hsds(twice);
    assert_eq!(items[0].result.as_ref().unwrap_err()[0].code, Code::NotReadable);
    assert!(!format!("{items:?}").contains("CANARY"));
}

const TABLE: &str = r#"
[source]
name = "table"
[entity]
kind = "service"
id = "ref"
[fields]
name = "title"
status = { value = "active" }
description = { join = ["a", "b"], with = " / " }
url = "web"
phone = "tel"
[organization]
name = "by"
[place]
address_1 = "street"
postcode = "postcode"
latitude = "lat"
longitude = "lon"
[[terms]]
column = "topics"
separator = ";"
taxonomy = "t"
"#;

fn table(more: &str) -> Format {
    Format::Table(Box::new(Mapping::parse(&format!("{TABLE}{more}")).unwrap()))
}

#[test]
fn a_protected_row_of_a_table_is_read_without_its_place_and_a_faulty_row_names_its_column() {
    let head = b"ref,title,a,b,web,tel,by,street,postcode,lat,lon,topics,note\n";
    let rows: [&[u8]; 5] = [
        b"1,Choir,Sing,Out,choir.example,01632 960120,Elm,The Hall,LS6 2AA,53.8,-1.5,x;y;x,\xff\n",
        b"2,Elm refuge,Safe,,,,Elm,CANARY\xff,CANARY\xff,CANARY,CANARY,refuge,CANARY\n",
        b"3,Walk,,,http://no where,,,CANARY\xff,,,,,\n",
        b"4,Talk,,,http://no where,,,,,north,-1,,\n",
        b"5,Talk,,,,,,,,,,,,too,many\n",
    ];
    let (_, items) = import(&[&head[..], &rows.concat()].concat(), &table("")).unwrap();
    assert_eq!(items.iter().map(|item| item.row).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(kinds(&items[0]), ["organization", "taxonomy", "term", "term", "service", "location", "at"]);
    let Draft::Service(choir) = &items[0].result.as_ref().unwrap()[4] else { panic!() };
    assert_eq!(choir.record.description.as_deref(), Some("Sing / Out"));
    assert_eq!(choir.record.phones[0].number, "01632 960120");
    assert_eq!(kinds(&items[1]), ["service"]);
    assert_eq!(items[1].withheld, 4);
    let faults = |index: usize| -> Vec<_> {
        items[index].result.as_ref().unwrap_err().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect()
    };
    assert_eq!(faults(2), [("/street", Code::NotText)]);
    assert_eq!(faults(3), [("/web", Code::NotAnAddressOfTheWeb), ("/lat", Code::NotANumber)]);
    assert_eq!(faults(4), [("", Code::NotReadable)]);
    assert!(!format!("{items:?}").contains("CANARY"));
}

#[test]
fn rows_of_one_id_are_one_entry_when_the_mapping_merges_them() {
    let text = "ref,title,a,b,web,tel,by,street,postcode,lat,lon,topics\n1,Choir,,Out,,,,,,,,x\n1,Chor,Sing,,,,,,,,,y\n1,Choir,,Out,,,,,,,,x\n";
    let (_, items) = import(text.as_bytes(), &table("[merge]\non = \"ref\"\n")).unwrap();
    assert_eq!(items.iter().map(|item| item.merged_into).collect::<Vec<_>>(), [None, Some(2), Some(2)]);
    let Some(Draft::Service(choir)) = items[0].result.as_ref().unwrap().last() else { panic!() };
    assert_eq!(
        (choir.record.name.as_str(), choir.record.description.as_deref(), choir.record.attributes.len()),
        ("Choir", Some("Sing / Out"), 2)
    );
    assert!(
        items[0].notices.iter().any(|notice| (notice.pointer.as_str(), notice.mended) == ("/title", Mended::FirstKept))
    );
    let (_, apart) = import(text.as_bytes(), &table("")).unwrap();
    assert_eq!(apart[1].result.as_ref().unwrap_err()[0].code, Code::Duplicate);
    assert_eq!(apart[2].merged_into, Some(2));
}

#[test]
fn a_file_that_is_something_else_is_told_at_once() {
    let error = |bytes: &[u8], format: &Format| import(bytes, format).map(|_| ()).unwrap_err();
    assert_eq!(error(b" \n", &Format::Hsds), Error::Empty);
    assert_eq!(error(b"\xef\xbb\xbf<html>", &Format::Hsds), Error::NotJson { line: 1, column: 1 });
    assert_eq!(error(b"[{\"name\":\"x\"},\n", &Format::Hsds), Error::NotJson { line: 2, column: 1 });
    assert_eq!(error(b"ref,title\n1,a\n", &table("")), Error::Column { column: "a".to_owned(), times: 0 });
}

#[test]
fn the_example_of_the_standard_is_read() {
    let Some(bytes) = shared("oruk/hsds-3.1-dev/examples/service_full.json") else { return };
    let (_, items) = import(&bytes, &Format::Hsds).unwrap();
    assert_eq!(kinds(&items[0]), ["organization", "location", "taxonomy", "term", "service", "at"]);
    // Its place lies at 100 degrees north; it stands there twice and says the same.
    assert!(items[0].notices.iter().any(|notice| notice.mended == Mended::PositionDropped));
    assert!(items[0].notices.iter().all(|notice| notice.mended != Mended::FirstKept));
    let Draft::Service(service) = &items[0].result.as_ref().unwrap()[4] else { panic!() };
    assert_eq!((service.record.funding.len(), service.record.capacities.len()), (1, 1));
    assert_eq!((service.record.required_documents.len(), service.record.additional_urls.len()), (1, 1));
    assert!(service.record.program.is_some());
    // The history of the record is kept for a round trip only.
    assert!(service.extra.keys().all(|pointer| pointer.contains("/metadata")), "{:?}", service.extra.keys());
}

#[test]
fn pages_that_the_validator_of_open_referral_uk_passes_are_read_and_those_it_fails_are_told() {
    let mocks = |set: &str, name: &str| {
        let bytes = shared(&format!("oruk/oruk-3.0/validator/mocks/V3.0-UK-{set}/{name}.json"))?;
        let format = Format::detect(&[Part { name, bytes: &bytes }]).unwrap();
        assert!(matches!(format, Format::Hsds), "{set}/{name}");
        Some(import(&bytes, &format).unwrap().1)
    };
    for set in ["Default", "Warn"] {
        for name in ["service_full", "service_list", "organization_list"] {
            let Some(items) = mocks(set, name) else { return };
            assert!(!items.is_empty() && items.iter().all(|item| item.result.is_ok()), "{set}/{name}: {items:?}");
        }
    }
    // Lists of other things hold nothing to list.
    for name in ["taxonomy_list", "taxonomy_term_list", "service_at_location_list"] {
        let Some(items) = mocks("Default", name) else { return };
        assert!(items.iter().all(|item| item.result.as_ref().unwrap_err()[0].code == Code::UnknownKind), "{name}");
    }
    let Some(items) = mocks("Fail", "service_full") else { return };
    assert!(items.iter().any(|item| item.result.is_err()), "{items:?}");
}

#[test]
fn what_is_neither_a_service_nor_an_organization_is_told_so() {
    for text in [
        r#"{"id":"a","name":"Bereavement","description":"","taxonomy":"t"}"#,
        r#"{"id":"a","name":"Topics","description":"","version":"2"}"#,
        r#"{"id":"a","location_type":"physical","name":"Hall"}"#,
        r#"{"id":"a","service_id":"b","name":"Choir","status":"active"}"#,
        r#"{"id":"a","location":{"id":"b"},"schedules":[]}"#,
        r#"{"id":"a"}"#,
    ] {
        assert_eq!(hsds(text)[0].result.as_ref().unwrap_err()[0].code, Code::UnknownKind, "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    /// Whatever is in a file, reading it ends, and tells of each item once.
    #[test]
    fn no_bytes_make_reading_fail_but_in_words(cut in 0_usize..4_000, flips in proptest::collection::vec((0_usize..4_000, proptest::num::u8::ANY), 0..6), lines in proptest::bool::ANY) {
        let mut bytes = PAGE.as_bytes()[..PAGE.len() - cut.min(PAGE.len())].to_vec();
        for (at, byte) in flips {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        let format = if lines { Format::HsdsLines } else { Format::Hsds };
        if let Ok((decisions, items)) = import(&bytes, &format) {
            proptest::prop_assert_eq!(decisions.items(), items.len());
        }
    }

    /// The same for tables.
    #[test]
    fn no_rows_make_reading_fail_but_in_words(rows in proptest::collection::vec("[\\x00-\\x7f]{0,12}(,[a-z0-9\"\n. :/-]{0,9}){0,13}\n", 0..6)) {
        let text = format!("ref,title,a,b,web,tel,by,street,postcode,lat,lon,topics\n{}", rows.concat());
        let (decisions, items) = import(text.as_bytes(), &table("")).unwrap();
        proptest::prop_assert_eq!(decisions.items(), items.len());
    }
}
