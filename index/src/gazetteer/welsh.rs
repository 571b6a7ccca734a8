//! What places are called in Welsh.

use super::tables::TownRow;
use super::{Gazetteer, LONGEST_TEXT, Place, PlaceKind, Target, names};

/// Towns of Wales that the tables call by their Welsh name: their other names are English or older ones.
const WELSH_ALREADY: [&str; 10] = [
    "Aberaeron",
    "Aberdyfi",
    "Caernarfon",
    "Conwy",
    "Cwmafan",
    "Henfynyw Upper",
    "Llanfairpwllgwyngyll",
    "Llansantffraid Glan Conwy",
    "Porthmadog",
    "Y Felinheli",
];

/// The Welsh name of a town of Wales, which is the first of its other names.
pub fn town_name(town: &TownRow) -> Option<&'static str> {
    let is_english = town.part == "WLS" && !WELSH_ALREADY.contains(&town.name);
    town.more_names.first().copied().filter(|_| is_english)
}

impl Gazetteer {
    /// What the place is called in Welsh, where that is another name than its label. Postcodes have none.
    pub fn welsh_label(&self, place: &Place) -> Option<&str> {
        match place.kind {
            PlaceKind::Area => self.area(place.areas.first()?)?.name_cy.as_deref(),
            PlaceKind::Town => {
                let is_it = |number: u32| {
                    let town = &self.towns[number as usize];
                    (town.name == place.label && town.lat == place.lat && town.lon == place.lon).then_some(town)
                };
                let found =
                    self.named(&names::fold(&place.label, LONGEST_TEXT)).iter().find_map(|name| match name.target {
                        Target::Town(number) => is_it(number),
                        Target::Area(_) => None,
                    })?;
                found.name_cy
            }
            PlaceKind::Postcode | PlaceKind::Sector | PlaceKind::District | PlaceKind::Coordinates => None,
        }
    }

    /// What an area is called in Welsh, where that is another name. Towns that stand as areas have theirs too.
    pub fn welsh_area_name(&self, code: &str) -> Option<&str> {
        let area = self.area(code)?;
        area.name_cy.as_deref().or_else(|| {
            let wales = area.parents.iter().any(|parent| parent == "W92000004");
            let town = self.towns.iter().filter(|_| wales).find(|town| {
                town.part == "WLS"
                    && town.name == area.name
                    && town.authority.is_some_and(|authority| area.parents.contains(&self.areas.get(authority).code))
            })?;
            town.name_cy
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Resolution;

    #[test]
    fn places_of_wales_have_their_welsh_names_and_no_english_one() {
        let gazetteer = Gazetteer::embedded();
        let welsh = |text: &str| match gazetteer.resolve(text) {
            Resolution::Point(place) | Resolution::Area(place, _) => gazetteer.welsh_label(&place).map(str::to_owned),
            _ => panic!("{text}"),
        };
        for (typed, name) in [
            ("Cardiff", "Caerdydd"),
            ("Caerdydd", "Caerdydd"),
            ("Brecon", "Aberhonddu"),
            ("Treorchy", "Treorci"),
            ("Wales", "Cymru"),
        ] {
            assert_eq!(welsh(typed).as_deref(), Some(name), "{typed}");
        }
        for typed in ["Caernarfon", "Porthmadog", "Treherbert", "Leeds", "LS6 2", "CF42 5", "51.48,-3.18"] {
            assert_eq!(welsh(typed), None, "{typed}");
        }
        assert_eq!(gazetteer.welsh_area_name("W06000015"), Some("Caerdydd"));
        assert_eq!(gazetteer.welsh_area_name("town:brecon"), Some("Aberhonddu"));
        assert_eq!(gazetteer.welsh_area_name("E08000035"), None);
    }
}
