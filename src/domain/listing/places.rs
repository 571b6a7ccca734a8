//! Where a listing is, as its cards say it: an address, the areas it serves, or the areas a network works across.

use super::{AREA_NOT_STATED, Joined, Locate, Located, UNITED_KINGDOM, Whereabouts};
use crate::domain::{
    card::{Card, CardPlace, CardPlaceKind, NamedArea},
    location::Location,
    place::{AreaCode, PlaceMode, Position},
};

impl Joined {
    /// The one card of a network that says across which areas it works.
    pub(super) fn across(&self, base: &Card, mut codes: Vec<AreaCode>, gazetteer: &dyn Locate) -> (Card, Whereabouts) {
        codes.sort();
        codes.dedup();
        let areas: Vec<NamedArea> = codes
            .iter()
            .filter_map(|code| Some(NamedArea { code: code.0.clone(), name: gazetteer.area_name(code)? }))
            .collect();
        let names = areas.iter().map(|area| area.name.as_str()).collect::<Vec<_>>().join(", ");
        let label =
            if names.is_empty() { "Across the areas that it names".to_owned() } else { format!("Across {names}") };
        let kind = CardPlaceKind::Across;
        let place = CardPlace { kind, label, latitude: None, longitude: None, precision_km: None, areas };
        (Card { place, ..base.clone() }, Whereabouts::Remote(codes))
    }

    /// The one card of an `area` or `remote` service: codes and names of areas, never a point.
    pub(super) fn served(&self, base: &Card, mode: PlaceMode, gazetteer: &dyn Locate) -> (Card, Whereabouts) {
        let mut codes = self.service.as_ref().map(|service| service.facts.areas.clone()).unwrap_or_default();
        let areas: Vec<NamedArea> = codes
            .iter()
            .map(|code| NamedArea {
                code: code.0.clone(),
                name: gazetteer.area_name(code).unwrap_or_else(|| code.0.clone()),
            })
            .collect();
        let in_words = |area: &NamedArea| {
            if area.code == UNITED_KINGDOM { format!("the whole {}", area.name) } else { area.name.clone() }
        };
        let names = areas.iter().map(in_words).collect::<Vec<_>>().join(", ");
        let label = match (mode, names.is_empty()) {
            (PlaceMode::Remote, true) => "By phone or online".to_owned(),
            (PlaceMode::Remote, false) => format!("By phone or online, for {names}"),
            (_, true) => "Ask whether it serves you; where it is stays private".to_owned(),
            (_, false) => format!("Serves {names}; where it is stays private"),
        };
        if codes.is_empty() {
            let code = if mode == PlaceMode::Area { AREA_NOT_STATED } else { UNITED_KINGDOM };
            codes.push(AreaCode(code.to_owned()));
        }
        let mut card = base.clone();
        card.place = CardPlace { kind: mode.into(), label, latitude: None, longitude: None, precision_km: None, areas };
        let whereabouts = if mode == PlaceMode::Area { Whereabouts::Area(codes) } else { Whereabouts::Remote(codes) };
        (card, whereabouts)
    }
}

/// A place with a public address: the source's own point if it gave one, else its postcode's.
pub(super) fn exact_place(location: &Location, gazetteer: &dyn Locate) -> (CardPlace, Whereabouts) {
    let address = location.addresses.first();
    let postcode = address.map(|address| address.postal_code.as_str()).unwrap_or_default();
    let located = match (location.latitude, location.longitude) {
        (Some(latitude), Some(longitude)) => {
            let position = Position { latitude, longitude, precision_km: 0.0 };
            Some(Located { position, areas: gazetteer.areas_at(latitude, longitude) })
        }
        _ => gazetteer.postcode(postcode),
    };
    let parts = [
        location.name.as_deref().unwrap_or_default(),
        address.map(|a| a.address_1.as_str()).unwrap_or_default(),
        address.map(|a| a.city.as_str()).unwrap_or_default(),
        postcode,
    ];
    let label = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let position = located.as_ref().map(|located| located.position);
    let place = CardPlace {
        kind: CardPlaceKind::Exact,
        label: if label.is_empty() { "A place with no stated address".to_owned() } else { label },
        latitude: position.map(|position| position.latitude),
        longitude: position.map(|position| position.longitude),
        precision_km: position.map(|position| position.precision_km),
        areas: Vec::new(),
    };
    let whereabouts =
        located.map_or(Whereabouts::NotStated, |located| Whereabouts::Point(located.position, located.areas));
    (place, whereabouts)
}
