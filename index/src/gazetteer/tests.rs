//! What the embedded gazetteer answers.

use proptest::prelude::*;

use super::*;

fn gazetteer() -> &'static Gazetteer {
    Gazetteer::embedded()
}

fn point(text: &str) -> Place {
    match gazetteer().resolve(text) {
        Resolution::Point(place) => place,
        other => panic!("{text}: {other:?}"),
    }
}

fn area(text: &str) -> (Place, String) {
    match gazetteer().resolve(text) {
        Resolution::Area(place, code) => (place, code),
        other => panic!("{text}: {other:?}"),
    }
}

fn choices(text: &str) -> Vec<(String, Option<String>)> {
    match gazetteer().resolve(text) {
        Resolution::Ambiguous(places) => places.into_iter().map(|place| (place.label, place.within)).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

fn nearest(text: &str) -> Vec<String> {
    match gazetteer().resolve(text) {
        Resolution::Unknown { nearest } => nearest.into_iter().map(|place| place.label).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_full_postcode_is_answered_by_its_sector_and_says_so() {
    for text in [
        "LS6 2AB",
        "ls62ab",
        " Ls6   2aB ",
        "LS6 2A",
        "Flat 2, 10 High Street, Leeds LS6 2AB",
        "10 High Street, LS62AB",
    ] {
        let place = point(text);
        assert_eq!(
            (place.label.as_str(), place.kind, place.note),
            ("LS6 2", PlaceKind::Sector, Some(Note::PostcodeToSector)),
            "{text}"
        );
        assert!(place.areas.contains(&"E08000035".to_owned()), "{text}");
    }
    let place = point("BT1 5GS");
    assert_eq!(
        (place.label.as_str(), place.note),
        ("BT1", Some(Note::PostcodeToDistrict)),
        "sectors there are not open data"
    );
    assert!(place.areas.contains(&"N92000002".to_owned()));
}

#[test]
fn sectors_and_districts_need_no_note() {
    for text in ["LS6 2", "ls62"] {
        let place = point(text);
        assert_eq!((place.label.as_str(), place.note), ("LS6 2", None));
        assert!(
            (place.lat - 53.82).abs() < 0.02 && (place.lon + 1.56).abs() < 0.02 && place.precision_km < 2.0,
            "{place:?}"
        );
    }
    assert_eq!((point("LS6").label.as_str(), point("LS6").kind), ("LS6", PlaceKind::District));
    assert_eq!(point("w1").within.as_deref(), Some("Westminster"), "for all of W1A to W1W");
    assert_eq!(point("SW1A 1AA").label, "SW1A 1");
    assert_eq!(point("LS99 9AA").label, "LS99", "a known district");
}

#[test]
fn unknown_postcodes_stay_unknown() {
    for text in ["ZZ99 9ZZ", "QQ1 1AA", "ZZ999ZZ"] {
        assert!(nearest(text).is_empty(), "{text}");
        assert_eq!(gazetteer().postcode(text), None);
    }
}

#[test]
fn a_city_is_its_point() {
    let leeds = point("Leeds");
    assert_eq!((leeds.kind, leeds.within.as_deref()), (PlaceKind::Town, Some("West Yorkshire")));
    assert!((leeds.lat - 53.797).abs() < 0.01 && leeds.population > 400_000);
    for (text, label) in [
        ("London", "London"),
        ("bristol", "Bristol"),
        ("Hull", "Kingston upon Hull"),
        ("Caerdydd", "Cardiff"),
        ("Abertawe", "Swansea"),
        ("Swansea", "Swansea"),
        ("Inbhir Nis", "Inverness"),
        ("Doire", "Derry / Londonderry"),
        ("Londonderry", "Derry / Londonderry"),
        ("St Albans", "St Albans"),
        ("saint albans", "St Albans"),
        ("STOKE ON TRENT", "Stoke-on-Trent"),
        ("kings lynn", "King's Lynn"),
        ("near Leeds", "Leeds"),
    ] {
        assert_eq!(point(text).label, label, "{text}");
    }
}

#[test]
fn names_of_counties_regions_and_nations_are_areas() {
    for (text, code) in [
        ("Yorkshire", "county:yorkshire"),
        ("West Yorkshire", "county:west-yorkshire"),
        ("Wales", "W92000004"),
        ("Cymru", "W92000004"),
        ("Scotland", "S92000003"),
        ("Powys", "W06000023"),
        ("Gwynedd", "W06000002"),
        ("Kent", "county:kent"),
        ("Hampshire", "county:hampshire"),
        ("Cornwall", "county:cornwall"),
        ("the Midlands", "region:midlands"),
        ("Midlands", "region:midlands"),
        ("West Midlands", "county:west-midlands"),
        ("Rhondda Cynon Taf", "W06000016"),
        ("ynys mon", "W06000001"),
        ("Kirklees", "E08000034"),
        ("UK", "K02000001"),
        ("North Wales", "region:north-wales"),
        ("Kent, England", "county:kent"),
    ] {
        let (place, found) = area(text);
        assert_eq!(found, code, "{text}");
        assert_eq!(place.kind, PlaceKind::Area);
        assert_eq!(place.areas[0], code);
    }
    let (kent, _) = area("Kent");
    assert!((kent.lat - 51.3).abs() < 0.2 && (20.0..70.0).contains(&kent.precision_km), "{kent:?}");
    assert_eq!(kent.within.as_deref(), Some("South East"));
}

#[test]
fn namesakes_are_offered_with_what_tells_them_apart() {
    for text in ["Newport", "Richmond", "Bangor"] {
        let found = choices(text);
        assert!(found.len() > 1 && found.iter().all(|(_, within)| within.is_some()), "{found:?}");
        let mut apart = found.clone();
        apart.dedup();
        assert_eq!(apart, found);
    }
    assert_eq!(choices("Newport")[0], ("Newport".into(), Some("Gwent".into())), "the city, not \"Newport, Newport\"");
    assert_eq!(choices("Bangor")[1], ("Bangor".into(), Some("Gwynedd".into())));
}

#[test]
fn an_area_after_the_name_narrows() {
    for (text, label, code) in [
        ("Newport, Isle of Wight", "Newport", "E06000046"),
        ("Newport Isle of Wight", "Newport", "E06000046"),
        ("newport, pembrokeshire", "Newport", "W06000009"),
        ("Leeds, Kent", "Leeds", "county:kent"),
        ("leeds kent", "Leeds", "county:kent"),
        ("Leeds, West Yorkshire, England", "Leeds", "E08000035"),
        ("Bangor in Wales", "Bangor", "W06000002"),
        ("Richmond, London", "Richmond", "E09000027"),
        ("Richmond, North Yorkshire", "Richmond", "E06000065"),
        ("Douglas, Isle of Man", "Douglas", "M83000003"),
    ] {
        let place = point(text);
        assert_eq!(place.label, label, "{text}");
        assert!(place.areas.iter().any(|found| found == code), "{text}: {place:?}");
    }
    assert_eq!(point("Douglas, Isle of Man").within.as_deref(), Some("Isle of Man"));
    assert_eq!(nearest("Leeds, Cornwall")[0], "Leeds", "no such place, but its name is known");
}

#[test]
fn two_numbers_are_a_position_in_the_kingdom_or_nothing() {
    for text in ["53.8,-1.55", "53.8 -1.55", "53.8, -1.55", " +53.8 , -1.55 "] {
        let place = point(text);
        assert_eq!((place.kind, place.lat, place.lon), (PlaceKind::Coordinates, 53.8, -1.55), "{text}");
        assert_eq!(place.areas[0], "E08000035");
    }
    for text in [
        "48.8,2.35",
        "-1.55,53.8",
        "1e9,3",
        "53.8",
        "53.8,-1.55,7",
        "NaN,NaN",
        "inf inf",
        "53.8,",
        "9999999999999999999999 1",
    ] {
        assert!(matches!(gazetteer().resolve(text), Resolution::Unknown { .. }), "{text}");
    }
}

#[test]
fn nonsense_is_unknown_and_slips_find_the_name() {
    let long = "x".repeat(10_000);
    for text in ["", " ", "x", ",", ", ,", "🏠🏠", "qwertyuiopasdfgh", "\0", "Лидс", "%%%", "the", "in ", &long]
    {
        assert!(nearest(text).is_empty(), "{text:?}");
    }
    assert_eq!(nearest("Leedss")[0], "Leeds");
    assert_eq!(nearest("Manchestre")[0], "Manchester");
    assert_eq!(nearest("Aberystwith")[0], "Aberystwyth");
    assert!(nearest("Brimingham").len() <= 5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in ".{0,120}", near in "[a-z0-9 ,.'-]{0,40}") {
        for text in [&text, &near] {
            gazetteer().resolve(text);
            gazetteer().area_named(text);
            gazetteer().postcode(text);
            prop_assert!(gazetteer().suggest(text, 7).len() <= 7);
        }
    }

    #[test]
    fn any_position_is_answered(lat in -100.0..100.0, lon in -200.0..200.0, km in -10.0..1e5) {
        let touched = gazetteer().areas_touched(lat, lon, km);
        prop_assert!(gazetteer().areas_at(lat, lon).iter().all(|code| touched.contains(&code.as_str())));
    }
}

#[test]
fn every_own_name_resolves_to_itself_or_a_namesake() {
    // Every fifth is enough, and all would take long.
    for town in gazetteer().towns.iter().step_by(5) {
        let found = match gazetteer().resolve(town.name) {
            Resolution::Point(place) | Resolution::Area(place, _) => vec![place],
            Resolution::Ambiguous(places) => places,
            Resolution::Unknown { .. } => panic!("{}", town.name),
        };
        assert!(!found.is_empty());
    }
}

#[test]
fn a_position_lies_in_all_levels_of_areas() {
    assert_eq!(
        gazetteer().areas_at(53.797, -1.548),
        [
            "E08000035",
            "county:yorkshire",
            "county:west-yorkshire",
            "E54000054",
            "E12000003",
            "region:north-of-england",
            "E92000001",
            "K02000001",
            "K03000001",
            "K04000001",
            "town:leeds",
        ]
    );
    let has = |lat, lon, code: &str| gazetteer().areas_at(lat, lon).iter().any(|found| found == code);
    assert!(has(51.48, -3.18, "W11000029"), "Cardiff and its health board");
    assert!(has(57.477, -4.225, "S08000022"), "Inverness");
    assert!(has(54.597, -5.93, "N09000003"), "Belfast, where no sectors are open");
    assert!(has(60.15, -1.14, "S12000027"), "Lerwick");
    assert_eq!(gazetteer().areas_at(54.24, -4.53), ["M83000003"], "Man is in no nation");
    for (lat, lon) in [(48.85, 2.35), (56.0, 3.0), (0.0, 0.0), (f64::NAN, 1.0), (91.0, 181.0)] {
        assert!(gazetteer().areas_at(lat, lon).is_empty(), "{lat} {lon} is France, sea or nowhere");
    }
}

#[test]
fn a_circle_touches_more_areas_the_wider_it_is() {
    let touched = |km| gazetteer().areas_touched(53.797, -1.548, km);
    assert!(touched(0.0).contains(&"E08000035") && !touched(0.0).contains(&"E08000032"));
    assert!(touched(15.0).contains(&"E08000032"), "Bradford");
    assert!(touched(100.0).len() > touched(15.0).len());
    let large = touched(5_000.0).into_iter().filter(|code| !code.starts_with("town:")).count();
    assert_eq!(large, gazetteer().areas.len(), "everything");
    assert!(touched(f64::NAN).is_empty() && gazetteer().areas_touched(48.85, 2.35, 10.0).is_empty());
}

#[test]
fn what_lies_within_what() {
    let within = |code| gazetteer().within(code);
    assert_eq!(within("E08000035")[0], "E08000035");
    assert!(within("E08000035")[1..].iter().all(|code| code.starts_with("town:")));
    let large = |code| within(code).into_iter().filter(|code| !code.starts_with("town:")).count();
    assert_eq!(large("county:west-yorkshire"), 6, "itself and five authorities");
    assert_eq!(within("town:otley"), ["town:otley"]);
    assert_eq!(within("county:west-yorkshire")[0], "county:west-yorkshire");
    assert!(within("W92000004").contains(&"W11000024".to_owned()));
    assert_eq!(large("K02000001"), gazetteer().areas.len() - 3, "all but the Crown dependencies");
    assert!(within("nowhere").is_empty() && gazetteer().areas_of_authority("nowhere").is_empty());
    let around = gazetteer().areas_of_authority("W06000015");
    for code in ["W06000015", "county:south-glamorgan", "W11000029", "W92000004", "K02000001"] {
        assert!(around.iter().any(|found| found == code), "{code}");
    }
}

#[test]
fn areas_are_found_by_their_names_for_service_areas() {
    let named = |name| gazetteer().area_named(name).map(|area| area.code.as_str());
    for (name, code) in [
        ("Leeds", "E08000035"),
        ("Leeds City Council", "E08000035"),
        ("City of Bradford Metropolitan District Council", "E08000032"),
        ("LONDON BOROUGH OF CAMDEN", "E09000007"),
        ("Hull", "E06000010"),
        ("Kent County Council", "county:kent"),
        ("the West Midlands", "county:west-midlands"),
        ("Yorkshire & The Humber", "E12000003"),
        ("Sir Benfro", "W06000009"),
        ("NHS Lothian", "S08000024"),
        ("London", "E12000007"),
        ("Bristol, City of", "E06000023"),
        ("Durham", "county:county-durham"),
        ("Northern Ireland", "N92000002"),
        ("United Kingdom", "K02000001"),
    ] {
        assert_eq!(named(name), Some(code), "{name}");
    }
    for name in ["", "council", "Headingley", "City of", "the"] {
        assert_eq!(named(name), None, "{name}");
    }
}

#[test]
fn every_area_has_a_middle_and_is_found_by_code() {
    for number in 0..gazetteer().areas.len() as u16 {
        let place = gazetteer().place_of_area(number);
        assert!((49.0..61.5).contains(&place.lat) && place.precision_km >= 0.0, "{}", place.label);
        assert_eq!(gazetteer().area(&place.areas[0]).map(|area| &area.name), Some(&place.label));
    }
    assert_eq!(gazetteer().area("E08000035").unwrap().name_cy, None);
    assert_eq!(gazetteer().area("W06000015").unwrap().name_cy.as_deref(), Some("Caerdydd"));
}

#[test]
fn a_listing_is_placed_by_its_postcode() {
    let place = gazetteer().postcode("LS6 2AB").unwrap();
    assert_eq!((place.label.as_str(), place.areas[0].as_str()), ("LS6 2", "E08000035"));
    assert_eq!(gazetteer().postcode("Leeds"), None);
    assert_eq!(gazetteer().postcode(""), None);
}

#[test]
fn credits_are_owed_to_all_whose_facts_are_used() {
    for who in ["Office for National Statistics", "OS data", "Royal Mail", "GeoNames"] {
        assert!(ATTRIBUTIONS.iter().any(|attribution| attribution.text.contains(who)), "{who}");
    }
}

#[test]
fn villages_and_suburbs_are_known_and_told_apart() {
    for (text, within, code) in [
        ("Headingley", "West Yorkshire", "E08000035"),
        ("Headingley, Leeds", "West Yorkshire", "E08000035"),
        ("headingley leeds", "West Yorkshire", "E08000035"),
        ("Harehills", "West Yorkshire", "E08000035"),
        ("Hebden Bridge", "West Yorkshire", "E08000033"),
        ("Heptonstall", "West Yorkshire", "E08000033"),
        ("Lochinver", "Highland", "S12000017"),
        ("Treorci", "Rhondda Cynon Taf", "W06000016"),
        ("Crossmaglen", "Newry, Mourne and Down", "N09000010"),
        ("Seacroft, Leeds", "West Yorkshire", "E08000035"),
        ("Seacroft LS14", "West Yorkshire", "E08000035"),
    ] {
        let place = point(text);
        assert_eq!((place.kind, place.within.as_deref()), (PlaceKind::Town, Some(within)), "{text}");
        assert!(place.areas.iter().any(|found| found == code), "{text}: {place:?}");
    }
    // Every one of several namesakes can be asked for by what it is offered with.
    for name in ["Newport", "Richmond", "Ashley", "Norton", "Church End"] {
        for (label, within) in choices(name) {
            let asked = format!("{label}, {}", within.expect("namesakes lie somewhere"));
            assert_eq!(point(&asked).label, label, "{asked}");
        }
    }
}

#[test]
fn boards_trusts_counties_of_ulster_and_islands_are_areas() {
    for (text, code) in [
        ("West Yorkshire ICB", "E54000054"),
        ("NHS West Yorkshire", "E54000054"),
        ("NHS West Yorkshire Integrated Care Board", "E54000054"),
        ("NHS Highland", "S08000022"),
        ("Betsi Cadwaladr", "W11000023"),
        ("Belfast Trust", "health:belfast"),
        ("County Down", "county:down"),
        ("Co. Tyrone", "county:tyrone"),
        ("County Derry", "county:londonderry"),
        ("Jersey", "dependency:jersey"),
        ("Guernsey", "dependency:guernsey"),
        ("Isle of Man", "M83000003"),
        ("Ynys Manaw", "M83000003"),
        ("Sir Fynwy", "W06000021"),
        ("Fìobha", "S12000047"),
    ] {
        assert_eq!(area(text).1, code, "{text}");
    }
    let (icb, _) = area("NHS West Yorkshire");
    assert!((icb.lat - 53.75).abs() < 0.15 && icb.within.as_deref() == Some("Yorkshire and The Humber"), "{icb:?}");
    for (text, code) in [
        ("JE2", "dependency:jersey"),
        ("GY1", "dependency:guernsey"),
        ("IM1", "M83000003"),
        ("BT7", "N09000003"),
        ("EH1", "S12000036"),
    ] {
        assert_eq!(point(text).areas[0], code, "{text}");
    }
    assert_eq!(gazetteer().area_named("Huddersfield").map(|area| area.code.as_str()), Some("town:huddersfield"));
}
