//! Towns of 5,000 residents or more as areas that a listing can say it covers: circles, with a code each.

use std::collections::HashMap;

use super::areas::{Areas, Authorities, only};
use super::names::fold;
use super::places::Town;
use super::reach::Direction;
use super::{Area, AreaKind, LONGEST_TEXT};

/// Smaller places are not named as areas: too few people live there for a listing to hide among.
pub const FEWEST_RESIDENTS: u32 = 5_000;
const ADDRESSES_PER_FIVE_RESIDENTS: u32 = 2;
const KM_PER_DEGREE: f64 = 111.2;

/// A town that reaches further is looked at every time: looking for the few of them by latitude would widen every look.
const WIDE_KM: f64 = 4.0;

/// The towns: the `wide` largest, then the others from south to north.
pub struct TownAreas {
    list: Vec<Circle>,
    wide: usize,
    numbers: HashMap<String, usize>,
}

struct Circle {
    area: Area,
    lat: f64,
    lon: f64,
    direction: Direction,
    radius_km: f64,
    authority: Authorities,
    town: u32,
}

impl TownAreas {
    /// The towns that are large enough. `within` tells what a town lies in, to tell namesakes apart.
    pub fn new(towns: &[Town], areas: &Areas, within: impl Fn(&Town) -> Option<String>) -> TownAreas {
        let large = || (0u32..).zip(towns).filter(|(_, town)| town.residents >= FEWEST_RESIDENTS);
        let mut namesakes: HashMap<String, u32> = HashMap::new();
        large().for_each(|(_, town)| *namesakes.entry(slug(town.name)).or_default() += 1);
        let mut list: Vec<Circle> = Vec::new();
        let mut taken: HashMap<String, u32> = HashMap::new();
        for (number, town) in large() {
            let mut code = format!("town:{}", slug(town.name));
            if namesakes[&slug(town.name)] > 1 {
                code.push_str(&format!("-{}", slug(&within(town).unwrap_or_default())));
            }
            // Two of a name in one county: the larger keeps the plain code.
            let times = taken.entry(code.clone()).or_default();
            *times += 1;
            if *times > 1 {
                code.push_str(&format!("-{times}"));
            }
            let parents = town.authority.map_or_else(Vec::new, |authority| {
                areas
                    .numbers_around(&only(authority))
                    .into_iter()
                    .map(|parent| areas.get(parent).code.clone())
                    .collect()
            });
            let addresses = town.residents / 5 * ADDRESSES_PER_FIVE_RESIDENTS;
            let area =
                Area { code, name: town.name.to_owned(), name_cy: None, kind: AreaKind::Town, addresses, parents };
            let authority = town.authority.map_or_else(Authorities::default, only);
            list.push(Circle {
                area,
                lat: town.lat,
                lon: town.lon,
                direction: Direction::of(town.lat, town.lon),
                radius_km: town.radius_km(),
                authority,
                town: number,
            });
        }
        let is_wide = |circle: &Circle| circle.radius_km > WIDE_KM;
        list.sort_by(|a, b| is_wide(b).cmp(&is_wide(a)).then(a.lat.total_cmp(&b.lat)));
        let wide = list.partition_point(is_wide);
        let numbers = list.iter().enumerate().map(|(at, circle)| (circle.area.code.clone(), at)).collect();
        TownAreas { list, wide, numbers }
    }

    /// The town of a code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.numbers.get(code).map(|&at| &self.list[at].area)
    }

    /// The authority that a town is counted to; none where that is not known.
    pub fn authority(&self, code: &str) -> Option<Authorities> {
        self.numbers.get(code).map(|&at| self.list[at].authority)
    }

    /// The area of a numbered town, if it is large enough for one.
    pub fn of_town(&self, town: u32) -> Option<&Area> {
        self.list.iter().find(|circle| circle.town == town).map(|circle| &circle.area)
    }

    /// Codes of the towns that a circle of `km` touches.
    pub fn touched(&self, lat: f64, lon: f64, km: f64) -> impl Iterator<Item = &String> {
        let (wide, others) = self.list.split_at(self.wide);
        // A little more than the reach: a degree is not everywhere equally long.
        let reach = (km.max(0.0) + WIDE_KM) * 1.02 / KM_PER_DEGREE;
        let start = others.partition_point(|circle| circle.lat < lat - reach);
        let near = others[start..].iter().take_while(move |circle| circle.lat <= lat + reach);
        let here = Direction::of(lat, lon);
        let is_touched = move |circle: &&Circle| here.is_within(&circle.direction, km.max(0.0) + circle.radius_km);
        wide.iter().chain(near).filter(is_touched).map(|circle| &circle.area.code)
    }

    /// Codes of the towns in authorities of `set`.
    pub fn inside(&self, set: &Authorities) -> impl Iterator<Item = &String> {
        self.list.iter().filter(|circle| circle.authority.meets(set)).map(|circle| &circle.area.code)
    }

    /// The towns whose circles touch that of a town, without itself.
    pub fn neighbours(&self, code: &str) -> Vec<&Area> {
        let Some(&at) = self.numbers.get(code) else { return Vec::new() };
        let own = &self.list[at];
        let touched = self.touched(own.lat, own.lon, own.radius_km).filter(|other| *other != code);
        touched.filter_map(|other| self.get(other)).collect()
    }
}

fn slug(name: &str) -> String {
    fold(name, LONGEST_TEXT).replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use crate::gazetteer::{AreaKind, Gazetteer};

    #[test]
    fn towns_have_codes_of_their_own_and_villages_have_none() {
        let gazetteer = Gazetteer::embedded();
        let town = gazetteer.area("town:otley").unwrap();
        assert_eq!((town.name.as_str(), town.kind), ("Otley", AreaKind::Town));
        assert!((4_000..8_000).contains(&town.addresses), "{}", town.addresses);
        assert!(town.parents.contains(&"E08000035".to_owned()));
        for code in ["town:hebden-bridge", "town:headingley", "town:", "town:newport"] {
            assert_eq!(gazetteer.area(code), None, "{code}: too small, or several of the name");
        }
        assert!(
            gazetteer.area("town:newport-gwent").is_some() && gazetteer.area("town:newport-isle-of-wight").is_some()
        );
        let all = &gazetteer.town_areas;
        assert_eq!(all.numbers.len(), all.list.len(), "no code twice");
        assert!(all.list.len() > 1_500);
    }

    #[test]
    fn a_circle_touches_the_towns_that_it_meets() {
        let gazetteer = Gazetteer::embedded();
        let touched = |km| gazetteer.areas_touched(53.9055, -1.6938, km);
        let has = |km, code: &str| touched(km).contains(&code);
        assert!(has(0.0, "town:otley") && !has(0.0, "town:ilkley") && has(12.0, "town:ilkley"));
        assert!(gazetteer.areas_at(53.9055, -1.6938).contains(&"town:otley".to_owned()));
        assert!(gazetteer.within("E08000035").contains(&"town:otley".to_owned()));
        assert!(!gazetteer.within("E08000035").contains(&"town:ilkley".to_owned()));
    }

    #[test]
    fn every_town_is_found_by_looking_at_each() {
        let towns = &Gazetteer::embedded().town_areas;
        for (lat, lon, km) in [(53.8, -1.55, 20.0), (51.5, -0.1, 3.0), (57.5, -4.2, 80.0), (50.1, -5.5, 0.0)] {
            let mut all: Vec<&String> = towns
                .list
                .iter()
                .filter(|c| crate::gazetteer::spots::distance_km(lat, lon, c.lat, c.lon) <= km + c.radius_km)
                .map(|c| &c.area.code)
                .collect();
            let mut found: Vec<&String> = towns.touched(lat, lon, km).collect();
            all.sort();
            found.sort();
            assert_eq!(found, all, "{lat} {lon} {km}");
        }
    }
}
