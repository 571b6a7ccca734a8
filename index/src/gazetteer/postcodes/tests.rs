//! What is written is found again, and what is damaged is not believed.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::gazetteer::{Gazetteer, Note, PlaceKind, Resolution, spots::distance_km};

const LEEDS: &str = "E08000035";
const BRADFORD: &str = "E08000032";

fn code(postcode: &'static str, lat: f64, lon: f64, authority: &'static str) -> Code<'static> {
    Code { postcode, lat, lon, authority: (!authority.is_empty()).then_some(authority), terminated: false }
}

fn written(codes: &[Code<'_>]) -> (tempfile::TempDir, PathBuf, Packed) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places").join("postcodes.kpc");
    let mut packer = Packer::new(false);
    codes.iter().for_each(|code| packer.add(*code).unwrap());
    let about = About { released: "May 2025".into(), source: "a test".into(), ..About::default() };
    let packed = packer.write(&path, about).unwrap();
    (folder, path, packed)
}

fn three() -> [Code<'static>; 3] {
    [
        code("LS6 2AB", 53.8201, -1.5702, LEEDS),
        code("LS62AD", 53.8290, -1.5610, BRADFORD),
        Code { terminated: true, ..code("ls6 2ae", 53.829, -1.561, "") },
    ]
}

#[test]
fn what_is_written_is_found_again() {
    let (_folder, path, packed) = written(&three());
    assert_eq!((packed.live, packed.terminated, packed.authority_guessed, packed.authority_unknown), (2, 1, 1, 0));
    let file = Postcodes::open(&path).unwrap();
    assert_eq!((file.about().released.as_str(), file.about().live, file.sectors()), ("May 2025", 2, 1));
    assert_eq!(file.size(), packed.bytes);
    let found = file.find("LS6 2", "AB").unwrap();
    assert!(distance_km(found.lat, found.lon, 53.8201, -1.5702) < 0.02, "{found:?}");
    assert_eq!((found.authority, found.terminated), (Some(LEEDS), false));
    let found = file.find("LS6 2", "AE").unwrap();
    assert_eq!((found.authority, found.terminated), (Some(BRADFORD), true), "as the nearest code");
    for (sector, unit) in [("LS6 2", "AF"), ("LS6 2", "A"), ("LS6 3", "AB"), ("LS6 22", "AB"), ("much longer", "AB")] {
        assert_eq!(file.find(sector, unit), None, "{sector}{unit}");
    }
}

#[test]
fn a_code_given_twice_is_the_one_in_use() {
    let old = Code { terminated: true, ..code("LS6 2AB", 53.0, -1.5, LEEDS) };
    let (_folder, path, packed) = written(&[old, code("LS6 2AB", 53.82, -1.57, LEEDS)]);
    assert_eq!((packed.repeated, packed.live, packed.terminated), (1, 1, 0));
    let found = Postcodes::open(&path).unwrap();
    assert!(!found.find("LS6 2", "AB").unwrap().terminated);
}

#[test]
fn what_is_no_open_data_or_nowhere_is_refused() {
    let mut packer = Packer::new(false);
    assert_eq!(packer.add(code("BT1 5GS", 54.6, -5.9, "N09000003")), Err(Refusal::NotOpenData));
    assert_eq!(packer.add(code("LS6 2AB", 99.999_999, 0.0, LEEDS)), Err(Refusal::NoPosition));
    assert_eq!(packer.add(code("LS6 2AB", f64::NAN, 0.0, LEEDS)), Err(Refusal::NoPosition));
    for text in ["", "LS6", "LS6 2", "LS6 2CC", "Leeds", "LS6 2ABC"] {
        assert_eq!(packer.add(Code { postcode: text, ..three()[0] }), Err(Refusal::NotAPostcode), "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.kpc");
    assert!(matches!(packer.write(&path, About::default()), Err(PostcodesError::Empty)));
    assert!(!path.exists(), "nothing is written");
    assert_eq!(Packer::new(true).add(code("BT1 5GS", 54.6, -5.9, "N09000003")), Ok(()), "with a licence");
}

#[test]
fn a_damaged_or_foreign_file_is_refused() {
    let (_folder, path, _) = written(&three());
    let whole = std::fs::read(&path).unwrap();
    for at in [8, 17, 25, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        assert!(matches!(Postcodes::of_bytes(OwnedBytes::new(changed)), Err(PostcodesError::Damaged)), "{at}");
    }
    for length in 0..whole.len() {
        assert!(Postcodes::of_bytes(OwnedBytes::new(whole[..length].to_vec())).is_err(), "{length}");
    }
    assert!(matches!(
        Postcodes::of_bytes(OwnedBytes::new(b"postcode,lat,lon\n".to_vec())),
        Err(PostcodesError::Foreign)
    ));
    assert!(matches!(Postcodes::open(&path.with_extension("no")), Err(PostcodesError::Unreadable(_))));
}

#[test]
fn the_gazetteer_answers_with_the_file_and_by_sectors_without() {
    let (_folder, path, _) = written(&three());
    let with = Gazetteer::with_postcodes(&path).unwrap();
    let without = Gazetteer::embedded();
    assert_ne!(with.version(), without.version(), "what was placed by sectors must be placed anew");
    let place = |gazetteer: &Gazetteer, text: &str| match gazetteer.resolve(text) {
        Resolution::Point(place) => place,
        other => panic!("{text}: {other:?}"),
    };
    for text in ["LS6 2AB", "ls62ab", "10 High Street, Leeds LS6 2AB"] {
        let exact = place(&with, text);
        assert_eq!((exact.label.as_str(), exact.kind, exact.note), ("LS6 2AB", PlaceKind::Postcode, None), "{text}");
        assert!(exact.precision_km <= 0.1 && exact.areas.contains(&LEEDS.to_owned()));
        let sector = place(without, text);
        assert_eq!((sector.label.as_str(), sector.note), ("LS6 2", Some(Note::PostcodeToSector)));
    }
    assert_eq!(place(&with, "LS6 2AE").note, Some(Note::Terminated));
    assert_eq!(place(&with, "LS6 2AF").note, Some(Note::PostcodeToSector), "a code that the file lacks");
    assert_eq!(place(&with, "LS6 2A").note, Some(Note::PostcodeToSector), "a code not typed to its end");
    assert_eq!(place(&with, "BT1 5GS").note, Some(Note::PostcodeToDistrict));
    assert_eq!(with.suggest("ls6 2ab", 9)[0].label, "LS6 2AB");
    assert_eq!(with.postcode("LS6 2AB").unwrap().kind, PlaceKind::Postcode);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn positions_come_back_within_their_steps(
        spread in 0.0001f64..6.0,
        codes in proptest::collection::btree_map((0usize..3, 0usize..20, 0usize..20), (0.0f64..1.0, 0.0f64..1.0, 0usize..3, any::<bool>()), 1..300),
    ) {
        const LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
        let names = [LEEDS, BRADFORD, "no such authority"];
        let given: Vec<_> = codes
            .iter()
            .map(|(&(sector, a, b), &(y, x, authority, terminated))| {
                let unit = String::from_utf8(vec![LETTERS[a], LETTERS[b]]).unwrap();
                (["LS6 2", "LS6 3", "SW1A 1"][sector], unit, 50.0 + y * spread, -4.0 + x * spread, names[authority], terminated)
            })
            .collect();
        let texts: Vec<String> = given.iter().map(|(sector, unit, ..)| format!("{sector}{unit}")).collect();
        let all: Vec<Code<'_>> = given
            .iter()
            .zip(&texts)
            .map(|((_, _, lat, lon, authority, terminated), text)| Code {
                postcode: text, lat: *lat, lon: *lon, authority: Some(*authority), terminated: *terminated,
            })
            .collect();
        let (_folder, path, packed) = written(&all);
        prop_assert_eq!((packed.live + packed.terminated) as usize, given.len());
        let file = Postcodes::open(&path).unwrap();
        // A step is 20 metres until a sector needs more than 4,095 of them, some 80 km.
        let most = if spread < 0.7 { 0.025 } else { 0.05 };
        for (sector, unit, lat, lon, authority, terminated) in &given {
            let found = file.find(sector, unit).unwrap();
            prop_assert!(distance_km(found.lat, found.lon, *lat, *lon) < most);
            prop_assert_eq!(found.terminated, *terminated);
            if *authority != names[2] {
                prop_assert_eq!(found.authority, Some(*authority));
            }
        }
    }
}
