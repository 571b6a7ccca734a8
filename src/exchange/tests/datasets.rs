//! Real sets, to their last row, where they lie beside the project.

use std::collections::BTreeMap;

use super::{
    super::{SourceIds, Survey},
    Draft, Format, Item, Kept, Mapping, Package, Part, SeededChance, at_risk, decide, kinds, shared,
};
use crate::domain::id::Id;

const CHARITIES: &str = include_str!("../../../tests/fixtures/uk-charities.toml");
const TRUSTS: &str = include_str!("../../../tests/fixtures/uk-nhs-2014/trusts.toml");
const CLINICS: &str = include_str!("../../../tests/fixtures/uk-nhs-2014/clinics.toml");
const HOSPITALS: &str = include_str!("../../../tests/fixtures/uk-nhs-2014/hospitals.toml");
const GPS: &str = include_str!("../../../tests/fixtures/uk-nhs-2014/gps.toml");
const PHARMACIES: &str = include_str!("../../../tests/fixtures/uk-nhs-2014/pharmacies.toml");

/// Reads a mapped table from a folder of sets; `None` when the folder is not there.
fn read(mapping: &str, folder: &str) -> Option<(usize, BTreeMap<&'static str, usize>, Vec<Item>)> {
    let format = Format::Table(Box::new(Mapping::parse(mapping).unwrap()));
    let Format::Table(mapping) = &format else { unreachable!() };
    let names = mapping.source.file.iter().chain(mapping.join.iter().map(|further| &further.file));
    let files: Option<Vec<_>> =
        names.map(|name| Some((name.clone(), shared(&format!("datasets/{folder}/{name}"))?))).collect();
    let files = files?;
    let parts: Vec<_> = files.iter().map(|(name, bytes)| Part { name, bytes }).collect();
    let package = Package::of_parts(&parts, &format).unwrap();
    let decisions = decide(&Survey::of(package.sketches().unwrap(), &at_risk).unwrap(), &Kept::default());
    let chance = SeededChance::new(1);
    let mut ids = SourceIds::new(Id::from_u128(1), &chance);
    let items: Vec<Item> = package.records(&decisions, &mut ids).unwrap().collect::<Result<_, _>>().unwrap();
    let mut counts = BTreeMap::new();
    for item in &items {
        let became = match (&item.result, item.merged_into) {
            (Err(_), _) => "refused",
            (_, Some(_)) => "merged",
            _ => "read",
        };
        *counts.entry(became).or_default() += 1;
        for kind in item.result.iter().flat_map(|_| kinds(item)) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    Some((items.len(), counts, items))
}

#[test]
fn the_register_of_charities_is_read_to_the_last_row() {
    let Some((rows, counts, items)) = read(CHARITIES, "uk-charities") else { return };
    // 6,667 rows are about 6,500 charities, 68 of them in both files. Eight have nothing but a number.
    assert_eq!((rows, counts["read"], counts["merged"], counts["refused"]), (6_667, 6_492, 167, 8));
    assert_eq!((counts["organization"], counts["taxonomy"]), (6_492, 2));
    for item in items.iter().filter(|item| item.result.is_err()) {
        let faults = item.result.as_ref().unwrap_err();
        assert_eq!((item.part, faults[0].pointer.as_str(), faults[0].code.as_str()), (1, "/name", "required"));
    }
    // Postcodes are blank in some rows, and places of refuges are withheld.
    assert!((6_400..6_492).contains(&counts["location"]), "{counts:?}");
}

#[test]
fn the_places_of_the_health_service_are_read_to_the_last_row() {
    let (mut rows, mut listings) = (0, 0);
    for (mapping, expected) in [
        (TRUSTS, (702, 702, 0)),
        (CLINICS, (5_462, 5_333, 129)),
        (HOSPITALS, (2_918, 1_761, 1_157)),
        (GPS, (9_970, 9_970, 0)),
        (PHARMACIES, (11_799, 11_799, 0)),
    ] {
        let Some((all, counts, items)) = read(mapping, "uk-nhs-2014") else { return };
        let merged = counts.get("merged").copied().unwrap_or_default();
        let refused: Vec<_> = items.iter().filter_map(|item| item.result.as_ref().err()).collect();
        assert!(refused.is_empty(), "{refused:?}");
        assert_eq!((all, counts["read"], merged), expected);
        rows += all;
        listings += counts["read"];
        if mapping == PHARMACIES {
            pharmacies(&items);
        }
    }
    assert_eq!((rows, listings), (30_851, 29_565));
}

/// Opening times hang on their pharmacies: 11,245 of them have some.
fn pharmacies(items: &[Item]) {
    let services = items.iter().flat_map(|item| item.result.iter().flatten()).filter_map(|draft| match draft {
        Draft::Service(service) => Some(&service.record),
        _ => None,
    });
    let open: Vec<_> = services.filter(|service| !service.schedules.is_empty()).collect();
    assert!((11_200..=11_245).contains(&open.len()), "{}", open.len());
    assert!(
        open.iter().flat_map(|service| &service.schedules).all(|one| one.byday.is_some() && one.opens_at.is_some())
    );
    let first = open.iter().find(|service| service.name == "Brierfield Pharmacy").unwrap();
    let times: Vec<_> = first
        .schedules
        .iter()
        .map(|one| [&one.byday, &one.opens_at, &one.closes_at].map(|text| text.clone().unwrap_or_default()).join(" "))
        .collect();
    assert!(times.contains(&"MO,TU 09:30 13:00".to_owned()), "{times:?}");
}
