//! Areas next to a place: what serves them is shown after what serves the place itself, as something to ask.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use kith_index::gazetteer::{Area, AreaKind, Gazetteer, Place};

use crate::domain::listing::UNITED_KINGDOM;

/// An authority beside another, with the areas that hold it and tell something.
struct Next {
    code: &'static str,
    held_by: Vec<&'static str>,
}

/// Codes of the areas that touch the authorities of a place, or of the area of that code, and do not hold it; some more than
/// once. A nation or a country is beside nobody: that says too little.
pub fn beside(place: &Place, area_code: Option<&str>) -> Vec<&'static str> {
    let within = area_code.map(|code| Gazetteer::embedded().within(code)).unwrap_or_default();
    let inside: HashSet<&str> = within.iter().chain(&place.areas).map(String::as_str).collect();
    let own = if area_code.is_some() { &within } else { &place.areas };
    let mut codes: Vec<&'static str> = Vec::new();
    for code in own {
        for next in next_to(code).iter().filter(|next| !inside.contains(next.code)) {
            codes.extend(next.held_by.iter().filter(|code| !inside.contains(*code)));
        }
    }
    codes
}

/// The authorities beside one; none of what is no authority. All are worked out at the first question, whatever it is
/// about: a table that grew with what is asked would tell where readers have looked.
fn next_to(code: &str) -> &'static [Next] {
    static KNOWN: LazyLock<HashMap<String, Vec<Next>>> = LazyLock::new(|| {
        let gazetteer = Gazetteer::embedded();
        let is_authority = |code: &String| gazetteer.area(code).is_some_and(|area| area.kind == AreaKind::Authority);
        let authorities = gazetteer.within(UNITED_KINGDOM).into_iter().filter(is_authority);
        authorities.map(|code| (code.clone(), neighbours(&code))).collect()
    });
    KNOWN.get(code).map_or(&[], Vec::as_slice)
}

fn neighbours(authority: &str) -> Vec<Next> {
    let gazetteer = Gazetteer::embedded();
    let telling = |area: &&Area| !matches!(area.kind, AreaKind::Nation | AreaKind::Country);
    let next = gazetteer.neighbours(authority).into_iter().map(|next| {
        let holders = gazetteer.areas_of_authority(&next.code);
        let held_by = holders.iter().filter_map(|code| gazetteer.area(code)).filter(telling);
        Next { code: &next.code, held_by: held_by.map(|area| area.code.as_str()).collect() }
    });
    next.collect()
}

#[cfg(test)]
mod tests {
    use kith_index::gazetteer::Resolution;

    use super::*;

    fn around(text: &str) -> Vec<&'static str> {
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
            assert!(leeds.contains(&code), "{code}: {leeds:?}");
        }
        for code in ["E08000035", "county:west-yorkshire", "county:yorkshire", "E12000003", "E92000001"] {
            assert!(!leeds.contains(&code), "{code}");
        }
    }

    #[test]
    fn every_authority_on_the_mainland_has_neighbours_and_what_is_no_authority_has_none() {
        let gazetteer = Gazetteer::embedded();
        let authorities = gazetteer.within(UNITED_KINGDOM).into_iter();
        let authorities = authorities.filter(|code| gazetteer.area(code).unwrap().kind == AreaKind::Authority);
        let (with, without): (Vec<_>, Vec<_>) = authorities.partition(|code| !next_to(code).is_empty());
        assert!(with.len() > 340 && without.len() < 10, "{} {without:?}", with.len());
        assert!(next_to("E92000001").is_empty() && next_to("no area").is_empty());
    }

    #[test]
    fn an_area_has_those_around_it_and_a_nation_is_beside_nobody() {
        let powys = around("Powys");
        assert!(powys.contains(&"E06000019"), "Herefordshire is over the border: {powys:?}");
        assert!(!powys.contains(&"E92000001") && !powys.contains(&"W06000023"));
        let yorkshire = around("Yorkshire");
        assert!(yorkshire.contains(&"county:lancashire"), "a group has neighbours too: {yorkshire:?}");
        assert!(!yorkshire.contains(&"E08000035"));
        assert!(around("United Kingdom").is_empty());
    }
}
