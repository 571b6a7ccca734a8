//! Completions of what a reader has begun to type.

use std::cmp::Reverse;

use super::names::fold;
use super::resolve::area_meant;
use super::{AreaKind, Gazetteer, LONGEST_TEXT, Name, Place, PlaceKind, Standing, Target};

const MOST: usize = 50;
/// A name typed to its end counts as a place so many times larger: York before Yorkshire, but Leeds for "lee".
const WHOLE_NAME: u32 = 20;
/// A name by which a place is not shown counts as one so many times smaller: for "s", not all of Yorkshire ("Swydd Efrog").
const OTHER_NAME: u32 = 4;
/// An area counts as a town with one resident for so many addresses: a town is meant more often than a county.
const ADDRESSES_TO_COUNT: u32 = 4;
const BOARD_ADDRESSES_TO_COUNT: u32 = 100;

pub fn suggest(gazetteer: &Gazetteer, prefix: &str, limit: usize) -> Vec<Place> {
    let limit = limit.min(MOST);
    let postcodes = codes(gazetteer, prefix, limit);
    if !postcodes.is_empty() {
        return postcodes;
    }
    let key = fold(prefix, LONGEST_TEXT);
    if key.is_empty() {
        return Vec::new();
    }
    let start = gazetteer.names.partition_point(|name| name.key < key);
    let begun = &gazetteer.names[start..];
    let begun = &begun[..begun.partition_point(|name| name.key.starts_with(&key))];
    let whole = begun.partition_point(|name| name.key == key);
    let mut found: Vec<(Reverse<u32>, usize)> = begun
        .iter()
        .enumerate()
        .map(|(at, name)| (Reverse(name.importance.saturating_mul(if at < whole { WHOLE_NAME } else { 1 })), at))
        .collect();
    // Some names lead to the same place and some are overshadowed, so more than will be offered are put in order.
    let enough = 4 * limit + whole;
    if found.len() > enough {
        found.select_nth_unstable(enough);
        found.truncate(enough);
    }
    found.sort_unstable();
    let mut seen = Vec::with_capacity(limit);
    for target in found.into_iter().map(|(_, at)| begun[at].target) {
        if seen.len() == limit {
            break;
        }
        if !seen.contains(&target) && !overshadowed(gazetteer, target) {
            seen.push(target);
        }
    }
    seen.into_iter().map(|target| gazetteer.place_of(target)).collect()
}

impl Gazetteer {
    /// What names are ordered by, the largest first.
    pub(super) fn importance(&self, name: &Name) -> u32 {
        let shown = if name.standing == Standing::Label { OTHER_NAME } else { 1 };
        self.weight(name.target).saturating_mul(shown)
    }

    /// Residents of a town, and a measure to set areas among them. Nobody looks for the whole country, so it comes last,
    /// and health boards are rarely meant.
    pub(super) fn weight(&self, target: Target) -> u32 {
        match target {
            Target::Town(number) => self.towns[number as usize].weight(),
            Target::Area(number) => {
                let area = self.areas.get(number);
                match area.kind {
                    AreaKind::Country => 0,
                    AreaKind::HealthBoard | AreaKind::IntegratedCareBoard => area.addresses / BOARD_ADDRESSES_TO_COUNT,
                    _ => area.addresses / ADDRESSES_TO_COUNT,
                }
            }
        }
    }
}

/// Sectors or districts whose code begins so.
fn codes(gazetteer: &Gazetteer, prefix: &str, limit: usize) -> Vec<Place> {
    let words: Vec<String> = prefix.split_whitespace().take(3).map(str::to_ascii_uppercase).collect();
    let plain = |word: &String| word.len() <= 7 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    if !words.iter().all(plain) || !words.concat().bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    match words.as_slice() {
        [district, inward] => {
            let sector = format!("{district} {}", &inward[..1]);
            let exact = gazetteer.place_of_postcode(prefix).filter(|place| place.kind == PlaceKind::Postcode);
            if let Some(place) = exact {
                return if limit == 0 { Vec::new() } else { vec![place] };
            }
            gazetteer.sectors_from(&sector).take(limit).filter_map(|s| gazetteer.place_of_sector(s, None)).collect()
        }
        [whole] => {
            // A space after the district asks for its sectors, not for longer districts.
            let ended = prefix.ends_with(char::is_whitespace);
            let exact = gazetteer.place_of_postcode(whole);
            let longer = gazetteer.districts_from(whole).filter(|district| !ended && district != whole);
            let longer = longer.filter_map(|district| gazetteer.place_of_district(district, None));
            let begun = format!("{whole} ");
            let sectors = gazetteer.sectors_from(&begun).filter_map(|sector| gazetteer.place_of_sector(sector, None));
            exact.into_iter().chain(longer).chain(sectors).take(limit).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the name of an area stands for something else when it is typed: the town of an authority's name, the city of
/// a county's or region's, the Welsh authority of a preserved county's.
fn overshadowed(gazetteer: &Gazetteer, target: Target) -> bool {
    let Target::Area(number) = target else { return false };
    let area = gazetteer.areas.get(number);
    if matches!(area.kind, AreaKind::Nation | AreaKind::Country | AreaKind::HealthBoard | AreaKind::IntegratedCareBoard)
    {
        return false;
    }
    area_meant(gazetteer, &fold(&area.name, LONGEST_TEXT)) != Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(prefix: &str, limit: usize) -> Vec<String> {
        suggest(Gazetteer::embedded(), prefix, limit).into_iter().map(|place| place.label).collect()
    }

    #[test]
    fn larger_places_come_first_unless_the_name_is_whole() {
        assert_eq!(labels("lee", 10)[0], "Leeds");
        assert_eq!(labels("man", 3)[0], "Manchester");
        assert_eq!(labels("york", 3)[0], "York", "the city before the county");
        assert_eq!(labels("caerd", 3)[0], "Cardiff", "Welsh names lead to the place");
        assert_eq!(labels("west york", 3), ["West Yorkshire", "NHS West Yorkshire Integrated Care Board"]);
        assert_eq!(labels("London", 3)[0], "London");
    }

    #[test]
    fn a_name_is_offered_once() {
        let offered = suggest(Gazetteer::embedded(), "bristol", 10);
        assert_eq!(
            offered.iter().filter(|place| place.label == "Bristol").count(),
            1,
            "not the county and authority too"
        );
        let offered = labels("newcastle u", 10);
        assert_eq!(offered, ["Newcastle upon Tyne", "Newcastle-under-Lyme"]);
    }

    #[test]
    fn codes_are_completed_by_code() {
        assert_eq!(labels("LS6", 9), ["LS6", "LS6 1", "LS6 2", "LS6 3", "LS6 4", "LS6 9"]);
        assert_eq!(labels("ls6 2a", 9), ["LS6 2"]);
        assert_eq!(labels("ls1", 4), ["LS1", "LS10", "LS11", "LS12"]);
        assert!(labels("ls1 ", 20).iter().all(|label| label == "LS1" || label.starts_with("LS1 ")));
    }

    #[test]
    fn nothing_is_offered_for_nothing_and_never_too_much() {
        assert!(labels("", 10).is_empty());
        assert!(labels("zzzz", 10).is_empty());
        assert!(labels("🏠", 10).is_empty());
        assert!(labels("leeds", 0).is_empty());
        assert_eq!(labels("s", 1_000).len(), MOST);
    }
}
