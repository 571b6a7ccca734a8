//! Where people live, roughly: the addresses of each postcode sector, by the authority that has most of them.

use super::Gazetteer;
use super::areas::ADDRESSES_PER_POSTCODE;

/// Addresses that stand at one point: those of a postcode sector, or of a town where sectors are not open data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Addresses<'a> {
    /// The code of the authority that has most of them.
    pub authority: &'a str,
    /// Degrees north of their middle.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// About how many: 11 for each postcode, as for [`Area::addresses`](super::Area::addresses).
    pub number: f64,
}

impl Gazetteer {
    /// The addresses of the kingdom, point by point.
    pub fn addresses(&self) -> impl Iterator<Item = Addresses<'_>> {
        self.spots.all().iter().filter_map(|spot| {
            let authority = &self.areas.get(*spot.authorities.first()?).code;
            let number = spot.weight * f64::from(ADDRESSES_PER_POSTCODE);
            Some(Addresses { authority, lat: spot.lat, lon: spot.lon, number })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::gazetteer::{AreaKind, Gazetteer};

    #[test]
    fn every_authority_has_its_addresses_and_they_are_about_as_many_as_it_is_said_to_have() {
        let gazetteer = Gazetteer::embedded();
        let mut found: HashMap<&str, f64> = HashMap::new();
        for addresses in gazetteer.addresses() {
            *found.entry(addresses.authority).or_default() += addresses.number;
        }
        let authorities = gazetteer.within("K02000001").into_iter().filter_map(|code| gazetteer.area(&code));
        let mut off = Vec::new();
        for authority in authorities.filter(|area| area.kind == AreaKind::Authority) {
            let ratio = found.get(authority.code.as_str()).copied().unwrap_or(0.0) / f64::from(authority.addresses);
            if !(0.6..1.6).contains(&ratio) {
                off.push((authority.name.as_str(), ratio));
            }
        }
        assert!(off.is_empty(), "{off:?}");
    }
}
