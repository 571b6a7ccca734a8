//! Areas next to a place: what serves them is shown after what serves the place itself, as something to ask.

use std::collections::HashSet;

use kith_index::gazetteer::{AreaKind, Gazetteer, Place};

/// Codes of the areas that touch the authorities of a place, or of the area of that code, and do not hold it. A nation or
/// a country is beside nobody: that says too little.
pub fn beside(place: &Place, area_code: Option<&str>) -> Vec<String> {
    let gazetteer = Gazetteer::embedded();
    let is_authority = |code: &String| {
        gazetteer.area(code).is_some_and(|area| matches!(area.kind, AreaKind::Authority | AreaKind::Dependency))
    };
    let mut inside: HashSet<String> = area_code.map(|code| gazetteer.within(code)).into_iter().flatten().collect();
    inside.extend(place.areas.iter().cloned());
    let own = area_code.map_or_else(|| place.areas.clone(), |code| gazetteer.within(code));
    let own: Vec<String> = own.into_iter().filter(is_authority).collect();
    let mut codes = HashSet::new();
    let mut seen = HashSet::new();
    for next in own.iter().flat_map(|code| gazetteer.neighbours(code)) {
        if inside.contains(&next.code) || !seen.insert(&next.code) {
            continue;
        }
        for code in gazetteer.areas_of_authority(&next.code) {
            let tells =
                gazetteer.area(&code).is_some_and(|area| !matches!(area.kind, AreaKind::Nation | AreaKind::Country));
            if tells && !inside.contains(&code) {
                codes.insert(code);
            }
        }
    }
    let mut codes: Vec<String> = codes.into_iter().collect();
    codes.sort_unstable();
    codes
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
