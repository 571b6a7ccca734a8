//! Points that stand for the postcodes around them, and which authorities a position or a circle has to do with.

use std::collections::HashMap;

use geo::{Distance, Haversine, Point};

use super::areas::Authorities;
use super::reach::{Around, Direction};

/// A position further than this from every known point is nowhere in the kingdom.
const FURTHEST_KM: f64 = 30.0;
/// Size of a grid cell, in degrees.
const CELL: f64 = 0.1;
const KM_PER_DEGREE: f64 = 111.2;

/// A place that stands for those around it: a postcode sector, or a town where sectors are not open data.
#[derive(Debug, Clone)]
pub struct Spot {
    pub lat: f64,
    pub lon: f64,
    /// 95 % of what it stands for lies within.
    pub radius_km: f64,
    /// How many addresses it stands for.
    pub weight: f64,
    /// Authorities by their share, the largest first; none outside the United Kingdom.
    pub authorities: Vec<u16>,
}

/// Spots in a grid.
pub struct Spots {
    list: Vec<Spot>,
    directions: Vec<Direction>,
    cells: HashMap<(i32, i32), Vec<u32>>,
    /// By number of the authority.
    reaches: Vec<Reach>,
}

/// The spots of one authority.
#[derive(Default)]
struct Reach {
    spots: Vec<u32>,
    around: Around,
    /// The largest of their radii.
    widest_km: f64,
}

impl Spots {
    pub fn new(list: Vec<Spot>) -> Spots {
        let mut cells: HashMap<(i32, i32), Vec<u32>> = HashMap::new();
        for (number, spot) in (0u32..).zip(&list) {
            cells.entry(cell(spot.lat, spot.lon)).or_default().push(number);
        }
        let directions: Vec<Direction> = list.iter().map(|spot| Direction::of(spot.lat, spot.lon)).collect();
        let mut reaches: Vec<Reach> = Vec::new();
        for ((number, spot), direction) in (0u32..).zip(&list).zip(&directions) {
            for &authority in &spot.authorities {
                let authority = usize::from(authority);
                if reaches.len() <= authority {
                    reaches.resize_with(authority + 1, Reach::default);
                }
                let reach = &mut reaches[authority];
                reach.spots.push(number);
                reach.around.hold(direction);
                reach.widest_km = reach.widest_km.max(spot.radius_km);
            }
        }
        Spots { list, directions, cells, reaches }
    }

    pub fn get(&self, number: usize) -> &Spot {
        &self.list[number]
    }

    /// All of them.
    pub fn all(&self) -> &[Spot] {
        &self.list
    }

    /// The authorities of the nearest spot.
    pub fn authorities_at(&self, lat: f64, lon: f64) -> &[u16] {
        if !sound(lat, lon) {
            return &[];
        }
        let here = Direction::of(lat, lon);
        let apart = |number: usize| here.apart(&self.directions[number]);
        // Most positions have a spot within a few kilometres; only remote ones look over the whole reach.
        let nearest = [4.0, FURTHEST_KM].into_iter().find_map(|reach| {
            let nearest = self.around(lat, lon, reach).map(|number| (apart(number), number));
            let (_, nearest) = nearest.min_by(|a, b| a.0.total_cmp(&b.0))?;
            here.is_within(&self.directions[nearest], reach).then_some(&self.list[nearest])
        });
        nearest.map_or(&[], |spot| &spot.authorities)
    }

    /// The authorities of every spot whose own circle meets the circle of `km` around the position.
    pub fn authorities_touched(&self, lat: f64, lon: f64, km: f64) -> Authorities {
        let mut touched = Authorities::default();
        if !sound(lat, lon) || !km.is_finite() {
            return touched;
        }
        let (km, here) = (km.max(0.0), Direction::of(lat, lon));
        for (authority, reach) in (0u16..).zip(&self.reaches) {
            let is_near = |&number: &u32| {
                let number = number as usize;
                here.is_within(&self.directions[number], km + self.list[number].radius_km)
            };
            if !reach.around.is_beyond(&here, km + reach.widest_km) && reach.spots.iter().any(is_near) {
                touched.insert(authority);
            }
        }
        self.authorities_at(lat, lon).iter().for_each(|&authority| touched.insert(authority));
        touched
    }

    /// The weighted middle of the spots whose main authority is in `set`, and the distance in km within which 95 % of
    /// their weight lies. `None` when there are none.
    pub fn middle_of(&self, set: &Authorities) -> Option<(f64, f64, f64)> {
        let mine = |spot: &&Spot| spot.authorities.first().is_some_and(|&main| set.meets(&super::areas::only(main)));
        let (mut lat, mut lon, mut weight) = (0.0, 0.0, 0.0);
        for spot in self.list.iter().filter(mine) {
            lat += spot.lat * spot.weight;
            lon += spot.lon * spot.weight;
            weight += spot.weight;
        }
        if weight <= 0.0 {
            return None;
        }
        let (lat, lon) = (lat / weight, lon / weight);
        let mut away: Vec<(f64, f64)> = self
            .list
            .iter()
            .filter(mine)
            .map(|spot| (distance_km(lat, lon, spot.lat, spot.lon), spot.weight))
            .collect();
        away.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut inside = 0.0;
        let radius = away.iter().find(|(_, w)| {
            inside += w;
            inside >= 0.95 * weight
        });
        Some((lat, lon, radius.map_or(0.0, |(km, _)| *km)))
    }

    /// Numbers of all spots that may lie within `km`: those of all cells that the circle's box meets.
    fn around(&self, lat: f64, lon: f64, km: f64) -> impl Iterator<Item = usize> {
        let (low, high) = (lat - km / KM_PER_DEGREE, lat + km / KM_PER_DEGREE);
        // A degree of longitude is shortest at the end of the box that is nearer to the pole.
        let widest = low.abs().max(high.abs()).min(80.0);
        let side = km / (KM_PER_DEGREE * widest.to_radians().cos());
        let ((y0, x0), (y1, x1)) = (cell(low, lon - side), cell(high, lon + side));
        let cells = (y0..=y1).flat_map(move |y| (x0..=x1).map(move |x| (y, x)));
        cells.filter_map(|at| self.cells.get(&at)).flatten().map(|&number| number as usize)
    }
}

/// Great-circle distance in kilometres between two positions in degrees.
pub fn distance_km(lat: f64, lon: f64, other_lat: f64, other_lon: f64) -> f64 {
    Haversine.distance(Point::new(lon, lat), Point::new(other_lon, other_lat)) / 1000.0
}

fn cell(lat: f64, lon: f64) -> (i32, i32) {
    ((lat / CELL).floor() as i32, (lon / CELL).floor() as i32)
}

fn sound(lat: f64, lon: f64) -> bool {
    lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(lat: f64, lon: f64, radius_km: f64, authority: u16) -> Spot {
        Spot { lat, lon, radius_km, weight: 1.0, authorities: vec![authority] }
    }

    #[test]
    fn a_position_belongs_to_the_nearest_spot_within_reach() {
        let spots = Spots::new(vec![spot(53.8, -1.55, 1.0, 1), spot(53.9, -1.55, 1.0, 2), spot(54.0, 0.0, 1.0, 3)]);
        assert_eq!(spots.authorities_at(53.81, -1.55), [1]);
        assert_eq!(spots.authorities_at(53.88, -1.56), [2]);
        assert_eq!(spots.authorities_at(53.7, -1.3), [1], "some 20 km off, several cells away");
        assert!(spots.authorities_at(52.0, -1.55).is_empty(), "200 km off");
        assert!(spots.authorities_at(f64::NAN, 0.0).is_empty());
    }

    #[test]
    fn a_circle_touches_what_its_edge_meets() {
        let spots = Spots::new(vec![spot(53.8, -1.55, 1.0, 1), spot(53.9, -1.55, 3.0, 2)]);
        let touched = |km| {
            let set = spots.authorities_touched(53.8, -1.55, km);
            (set.meets(&super::super::areas::only(1)), set.meets(&super::super::areas::only(2)))
        };
        assert_eq!(touched(0.0), (true, false));
        assert_eq!(touched(8.0), (true, false), "11.1 km apart less a radius of 3 km");
        assert_eq!(touched(8.2), (true, true));
        assert_eq!(touched(1e12), (true, true));
        assert!(spots.authorities_touched(53.8, -1.55, f64::NAN).is_empty());
    }

    #[test]
    fn the_grid_finds_what_a_look_at_every_spot_finds() {
        let list: Vec<Spot> = (0..600u16)
            .map(|n| spot(50.0 + f64::from(n % 29) * 0.37, -7.0 + f64::from(n % 83) * 0.11, f64::from(n % 7), n % 361))
            .collect();
        let spots = Spots::new(list.clone());
        for (lat, lon, km) in
            [(50.5, -3.0, 2.0), (58.0, -6.9, 60.0), (60.3, 1.9, 25.0), (55.05, 0.0, 0.0), (53.0, -2.0, 400.0)]
        {
            let mut expected = Authorities::default();
            for spot in list.iter().filter(|s| distance_km(lat, lon, s.lat, s.lon) <= km + s.radius_km) {
                expected.insert(spot.authorities[0]);
            }
            let nearest = list
                .iter()
                .min_by(|a, b| distance_km(lat, lon, a.lat, a.lon).total_cmp(&distance_km(lat, lon, b.lat, b.lon)));
            nearest
                .filter(|s| distance_km(lat, lon, s.lat, s.lon) <= 30.0)
                .iter()
                .for_each(|s| expected.insert(s.authorities[0]));
            assert_eq!(spots.authorities_touched(lat, lon, km), expected, "{lat} {lon} {km}");
        }
    }
}
