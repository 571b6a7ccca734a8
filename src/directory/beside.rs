//! Areas next to a place: what serves them is shown after what serves the place itself, as something to ask.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use kith_index::gazetteer::{Area, AreaKind, Gazetteer, Place};

/// An authority beside another, with the areas that hold it and tell something.
struct Next {
    code: &'static str,
    held_by: Vec<&'static str>,
}

/// Codes of the areas that touch the authorities of a place, or of the area of that code, and do not hold it. A nation or
/// a country is beside nobody: that says too little.
pub fn beside(place: &Place, area_code: Option<&str>) -> Vec<String> {
    let within = area_code.map(|code| Gazetteer::embedded().within(code)).unwrap_or_default();
    let inside: HashSet<&str> = within.iter().chain(&place.areas).map(String::as_str).collect();
    let own = if area_code.is_some() { &within } else { &place.areas };
    let mut codes: Vec<String> = Vec::new();
    for code in own {
        for next in next_to(code).iter().filter(|next| !inside.contains(next.code)) {
            codes.extend(next.held_by.iter().filter(|code| !inside.contains(*code)).map(|code| (*code).to_owned()));
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The authorities beside one; none of what is no authority. Looked up once for each: the map does not change.
fn next_to(code: &str) -> Arc<Vec<Next>> {
    static KNOWN: LazyLock<RwLock<HashMap<String, Arc<Vec<Next>>>>> = LazyLock::new(RwLock::default);
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(code) {
        return Arc::clone(known);
    }
    let gazetteer = Gazetteer::embedded();
    let is_authority = |area: &&Area| matches!(area.kind, AreaKind::Authority | AreaKind::Dependency);
    let neighbours = gazetteer.area(code).filter(is_authority).map(|_| gazetteer.neighbours(code));
    let next = neighbours.unwrap_or_default().into_iter().map(|next| {
        let holders = gazetteer.areas_of_authority(&next.code);
        let telling = |area: &&Area| !matches!(area.kind, AreaKind::Nation | AreaKind::Country);
        let held_by = holders.iter().filter_map(|code| gazetteer.area(code)).filter(telling);
        Next { code: &next.code, held_by: held_by.map(|area| area.code.as_str()).collect() }
    });
    let found = Arc::new(next.collect::<Vec<_>>());
    // Codes of the gazetteer only, so that this cannot grow without end.
    if gazetteer.area(code).is_some() {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(code.to_owned(), Arc::clone(&found));
    }
    found
}

#[cfg(test)]
mod tests {
    use kith_index::gazetteer::Resolution;

    use super::*;

    fn around(text: &str) -> Vec<String> {
        match Gazetteer::embedded().resolve(text) {
            Resolution::Point(place) => beside(&place, None),
            Resolution::Area(place, code) => beside(&place, Some(&code)),
            _ => panic!("{text}"),
        }
    }

    #[test]
    fn neighbours_are_beside_a_place_and_what_holds_it_is_not() {
        let leeds = around("LS6 2");
        for code in ["E08000032", "E08000034", "E06000065", "E08000036", "county:north-yorkshire"] {
            assert!(leeds.iter().any(|have| have == code), "{code}: {leeds:?}");
        }
        for code in ["E08000035", "county:west-yorkshire", "county:yorkshire", "E12000003", "E92000001"] {
            assert!(!leeds.iter().any(|have| have == code), "{code}");
        }
    }

    #[test]
    fn an_area_has_those_around_it_and_a_nation_is_beside_nobody() {
        let powys = around("Powys");
        assert!(powys.contains(&"E06000019".to_owned()), "Herefordshire is over the border: {powys:?}");
        assert!(!powys.contains(&"E92000001".to_owned()) && !powys.contains(&"W06000023".to_owned()));
        let yorkshire = around("Yorkshire");
        assert!(yorkshire.contains(&"county:lancashire".to_owned()), "a group has neighbours too: {yorkshire:?}");
        assert!(!yorkshire.contains(&"E08000035".to_owned()));
        assert!(around("United Kingdom").is_empty());
    }
}
