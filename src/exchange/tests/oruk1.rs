//! Open Referral UK 1.0, as councils still publish it.

use super::{super::Part, AreaCode, Code, Draft, Format, Mended, PlaceMode, drafts, import, import_all, kinds};

const PAGE: &str = include_str!("../../../tests/fixtures/oruk1-page.json");

#[test]
fn a_page_of_the_older_form_is_told_by_its_words_and_read() {
    let format = Format::detect(&[Part { name: "page", bytes: PAGE.as_bytes() }]).unwrap();
    assert!(matches!(format, Format::Oruk1));
    let (_, items) = import(PAGE.as_bytes(), &format).unwrap();
    assert_eq!(kinds(&items[0]), ["organization", "taxonomy", "taxonomy", "term", "term", "service", "location", "at"]);
    let Draft::Service(circle) = &items[0].result.as_ref().unwrap()[5] else { panic!() };
    let record = &circle.record;
    assert_eq!(record.application_process.as_deref(), Some("Drop in"));
    assert_eq!(
        (record.minimum_age, record.maximum_age, record.assured_date.as_deref()),
        (Some(18.0), None, Some("2025-11-05"))
    );
    assert_eq!((record.phones.len(), record.phones[0].number.as_str()), (1, "01632 960131"));
    assert_eq!(record.phones[0].contact_id, Some(record.contacts[0].id));
    let schedule = &record.schedules[0];
    assert_eq!(
        [&schedule.byday, &schedule.opens_at, &schedule.attending_type].map(|text| text.as_deref().unwrap_or_default()),
        ["TU", "19:00:00", "venue"]
    );
    assert_eq!(record.attributes.iter().filter(|attribute| attribute.taxonomy_term.is_some()).count(), 2);
    // What has no counterpart is kept, and what readers said of it is not read.
    assert_eq!(circle.extra.keys().collect::<Vec<_>>(), ["/deliverable_type", "/holiday_schedules"]);
    let Draft::Organization(hall) = &items[0].result.as_ref().unwrap()[0] else { panic!() };
    assert_eq!(hall.record.website.as_deref(), Some("https://millbank-hall.example"));
    let Draft::Location(place) = &items[0].result.as_ref().unwrap()[6] else { panic!() };
    assert_eq!(place.record.addresses[0].postal_code, "LS6 2AA");
    assert_eq!(place.record.accessibility[0].description.as_deref(), Some("Level from the street"));

    // The second has no status, and its organization and place have been given with the first.
    assert_eq!(kinds(&items[1]), ["service", "at"]);
    assert!(items[1].notices.iter().any(|notice| notice.mended == Mended::Assumed));
    let Draft::Service(second) = &items[1].result.as_ref().unwrap()[0] else { panic!() };
    assert!(second.record.service_areas[0].extent.as_deref() == Some("E08000035"));
}

#[test]
fn pages_of_a_feed_are_one_package_and_an_organization_among_them_is_one() {
    let more = r#"{"totalElements": 2, "last": true, "content": [{"id": "o-2", "name": "Elm", "description": "", "url": "elm.example", "services": [{"id": "x", "name": "Tea", "fees": "None", "regular_schedules": [{"weekday": "Friday"}], "reviews": [1]}], "reviews": []}, {"id": "t:1", "name": "Grief", "vocabulary": "county"}]}"#;
    let (_, items) = import_all(&[("1.json", PAGE.as_bytes()), ("2.json", more.as_bytes())], &Format::Oruk1).unwrap();
    assert_eq!(items.iter().map(|item| (item.part, item.row)).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 1), (1, 2)]);
    assert_eq!(kinds(&items[2]), ["organization", "service"]);
    let Draft::Service(tea) = &items[2].result.as_ref().unwrap()[1] else { panic!() };
    assert_eq!((tea.record.organization_id.is_some(), tea.record.schedules[0].byday.as_deref()), (true, Some("FR")));
    let assumed = &items[2].notices[0];
    assert_eq!((assumed.pointer.as_str(), assumed.mended), ("/services/0/status", Mended::Assumed));
    assert_eq!(items[3].result.as_ref().unwrap_err()[0].code, Code::UnknownKind);
    assert_eq!(drafts(&items[..3]).len(), 12);
}

#[test]
fn nothing_of_a_refuges_place_is_decoded_in_the_older_form() {
    let house = r#"{"id":"house","name":"CANARY \ud800","latitude":1e999,"physical_addresses":[{"address_1":"CANARY \ud800"}]}"#;
    let refuge = format!(
        r#"{{"id":"r1","name":"Elm House refuge","description":"Rooms.","reviews":["CANARY \ud800"],"attending_type":"CANARY",
        "holiday_schedules":[{{"CANARY":"\ud800"}}],"regular_schedules":[{{"description":"CANARY \ud800"}}],"deliverable_type":"CANARY",
        "contacts":[{{"id":"CANARY","name":"CANARY \ud800","phones":[{{"id":"CANARY","number":"01632 960132"}}]}}],
        "eligibilitys":[{{"id":"CANARY","eligibility":"female","minimum_age":16,"note":"CANARY \ud800"}}],
        "service_areas":[{{"id":"CANARY","service_area":"Yorkshire","uri":"https://CANARY.example/house","extent":"CANARY"}},{{"uri":"x/E12000003"}}],
        "service_taxonomys":[{{"id":"CANARY","taxonomy":{{"id":"c:refuge","name":"Refuge","vocabulary":"county","CANARY":1}}}}],
        "organization":{{"id":"o","name":"Elm","description":"CANARY","url":"https://elm.example","reviews":["CANARY \ud800"]}},
        "service_at_locations":[{{"id":"CANARY","regular_schedule":[{{"CANARY":"\ud800"}}],"location":{house}}}]}}"#
    );
    let choir = format!(
        r#"{{"id":"choir","name":"Choir","organization":{{"id":"o","name":"Elm","description":"CANARY"}},
        "service_at_locations":[{{"location":{house}}},{{"location":{{"id":"hall","name":"Hall"}}}}]}}"#
    );
    // The choir shares the house and stands on an earlier page.
    let pages = [choir, refuge].map(|item| format!(r#"{{"totalElements":2,"content":[{item}]}}"#));
    let files = [("1", pages[0].as_bytes()), ("2", pages[1].as_bytes())];
    let (decisions, items) = import_all(&files, &Format::Oruk1).unwrap();
    let told = format!("{:?}", items.iter().map(|item| (&item.result, &item.notices)).collect::<Vec<_>>());
    assert!(!told.contains("CANARY"), "{told}");
    assert!(decisions.withholds_location("house"));
    assert_eq!(items.iter().map(|item| item.withheld).collect::<Vec<_>>(), [2, 16]);
    assert_eq!(
        (kinds(&items[0]), kinds(&items[1])),
        (vec!["organization", "service", "location", "at"], vec!["service"])
    );
    let Draft::Service(refuge) = &items[1].result.as_ref().unwrap()[0] else { panic!() };
    assert_eq!(
        (refuge.facts.mode, &refuge.facts.areas[..]),
        (PlaceMode::Area, &[AreaCode("E12000003".to_owned())][..])
    );
    assert_eq!((refuge.record.phones[0].number.as_str(), refuge.record.minimum_age), ("01632 960132", Some(16.0)));
    assert_eq!((refuge.record.schedules.len(), refuge.record.contacts.len(), refuge.extra.len()), (0, 0, 0));
}
