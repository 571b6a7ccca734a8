//! Where people live, roughly: the addresses of each authority, shared out over its postcode sectors.

use std::collections::HashMap;

use super::Gazetteer;

/// Addresses that stand at one point: those of a postcode sector, or of a town where sectors are not open data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Addresses<'a> {
    /// The code of the authority that has most of them.
    pub authority: &'a str,
    /// Degrees north of their middle.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// About how many: of an authority they add up to its [`Area::addresses`](super::Area::addresses).
    pub number: f64,
}

impl Gazetteer {
    /// The addresses of the kingdom, point by point. Where sectors are not open data, those of the country around stand at the
    /// towns.
    pub fn addresses(&self) -> impl Iterator<Item = Addresses<'_>> {
        let mut whole: HashMap<u16, f64> = HashMap::new();
        for spot in self.spots.all() {
            if let Some(authority) = spot.authorities.first() {
                *whole.entry(*authority).or_default() += spot.weight;
            }
        }
        self.spots.all().iter().filter(|spot| spot.weight > 0.0).filter_map(move |spot| {
            let authority = spot.authorities.first()?;
            let area = self.areas.get(*authority);
            let number = f64::from(area.addresses) * spot.weight / whole[authority];
            Some(Addresses { authority: &area.code, lat: spot.lat, lon: spot.lon, number })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::gazetteer::{AreaKind, Gazetteer};

    #[test]
    fn every_authority_has_its_addresses_and_they_are_as_many_as_it_is_said_to_have() {
        let gazetteer = Gazetteer::embedded();
        let mut found: HashMap<&str, f64> = HashMap::new();
        for addresses in gazetteer.addresses() {
            *found.entry(addresses.authority).or_default() += addresses.number;
        }
        let authorities = gazetteer.within("K02000001").into_iter().filter_map(|code| gazetteer.area(&code));
        let mut off = Vec::new();
        for authority in authorities.filter(|area| area.kind == AreaKind::Authority) {
            let ratio = found.get(authority.code.as_str()).copied().unwrap_or(0.0) / f64::from(authority.addresses);
            if (ratio - 1.0).abs() > 1e-9 {
                off.push((authority.name.as_str(), ratio));
            }
        }
        assert!(off.is_empty(), "{off:?}");
    }
}
