//! Circles on the globe: which cells one touches, and how far away a position is.
//!
//! Distances are great-circle metres on a sphere of the mean earth radius. The scan uses a flat approximation in
//! `f32` and asks the exact formula only where the two could disagree: within 0.1 % of the rim.

use std::ops::Range;

use crate::hilbert::{self, BITS, PositionE7};

/// A circle a reader asked for.
#[derive(Clone, Copy, PartialEq)]
pub struct Near {
    /// Latitude of the centre, degrees.
    pub lat: f64,
    /// Longitude of the centre, degrees.
    pub lon: f64,
    /// Radius in kilometres, any widening included.
    pub km: f64,
}

/// Never prints where: a reader's place must not reach a log.
impl std::fmt::Debug for Near {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Near { .. }")
    }
}

const EARTH_METRES: f64 = 6_371_008.8;
const METRES_PER_E7: f64 = EARTH_METRES * std::f64::consts::PI / 180.0 * 1e-7;
/// Relative slack between the approximation and the exact distance.
const SLACK: f32 = 0.001;
/// The most cells kept while a circle is covered; a poor cover is wider, never wrong.
const MOST_CELLS: usize = 96;

/// Great-circle distance between two points in degrees, in metres.
pub fn distance_m(lat_a: f64, lon_a: f64, lat_b: f64, lon_b: f64) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let across = lat_a.to_radians().cos() * lat_b.to_radians().cos() * half(lon_a, lon_b);
    2.0 * EARTH_METRES * (half(lat_a, lat_b) + across).clamp(0.0, 1.0).sqrt().asin()
}

/// A circle made ready for a scan.
pub(crate) struct Circle {
    near: Near,
    metres: f64,
    centre: PositionE7,
    /// Cosine and half sine of the centre's latitude, when the flat approximation holds.
    flat: Option<(f32, f32)>,
}

impl Circle {
    /// The circle, or `None` when the centre is not on the globe or the radius is no number.
    pub(crate) fn new(near: Near) -> Option<Self> {
        let centre = hilbert::position_e7(near.lat, near.lon)?;
        let metres = (near.km.is_finite() && near.km >= 0.0).then_some(near.km * 1000.0)?;
        // Far from here the plane bends too much, and across the date line longitudes jump.
        let local = near.km <= 100.0 && near.lat.abs() <= 70.0 && near.lon.abs() <= 175.0;
        let flat = local.then(|| {
            let (sin, cos) = near.lat.to_radians().sin_cos();
            (cos as f32, (sin / 2.0) as f32)
        });
        Some(Self { near, metres, centre, flat })
    }

    /// Exact distance of a position from the centre, in metres.
    pub(crate) fn exact_m(&self, [lat, lon]: PositionE7) -> f64 {
        distance_m(self.near.lat, self.near.lon, f64::from(lat) * 1e-7, f64::from(lon) * 1e-7)
    }

    /// Whether a position lies in the circle; if so, no more than its distance in metres.
    pub(crate) fn at_least_m(&self, position: PositionE7) -> Option<f64> {
        if let Some((cos, half_sin)) = self.flat {
            let metres = self.flat_m(position, cos, half_sin);
            let rim = self.metres as f32;
            if metres > rim * (1.0 + SLACK) + 1.0 {
                return None;
            }
            if metres < rim * (1.0 - SLACK) - 1.0 {
                return Some(f64::from((metres * (1.0 - SLACK) - 1.0).max(0.0)));
            }
        }
        let metres = self.exact_m(position);
        (metres <= self.metres).then_some(metres)
    }

    /// Distance on a plane whose width is taken halfway between the two latitudes.
    fn flat_m(&self, [lat, lon]: PositionE7, cos: f32, half_sin: f32) -> f32 {
        let north = (i64::from(lat) - i64::from(self.centre[0])) as f32 * METRES_PER_E7 as f32;
        let east = (i64::from(lon) - i64::from(self.centre[1])) as f32 * METRES_PER_E7 as f32;
        let turn = north / EARTH_METRES as f32;
        let east = east * (cos - half_sin * turn - cos * turn * turn / 8.0);
        (north * north + east * east).sqrt()
    }

    /// Ranges of sort keys that hold every position in the circle, ascending and apart.
    ///
    /// Cells are split level by level until they are small or too many; whole cells inside are kept as they are.
    pub(crate) fn cover(&self) -> Vec<Range<u64>> {
        let mut kept: Vec<(u64, u32)> = Vec::new();
        let mut rim = vec![(0_u32, 0_u32)];
        for depth in 1..=BITS {
            let mut next = Vec::with_capacity(rim.len() * 2);
            for (x, y) in rim.iter().flat_map(|&(x, y)| (0..4).map(move |q| (2 * x + (q & 1), 2 * y + (q >> 1)))) {
                match self.meets(hilbert::bounds(x, y, depth)) {
                    Meets::Not => {}
                    Meets::Inside => kept.push((hilbert::curve(x, y, depth), depth)),
                    Meets::Rim => next.push((x, y)),
                }
            }
            rim = next;
            if rim.len() > MOST_CELLS / 2 || depth == BITS {
                kept.extend(rim.drain(..).map(|(x, y)| (hilbert::curve(x, y, depth), depth)));
                break;
            }
        }
        let mut ranges: Vec<Range<u64>> = kept
            .into_iter()
            .map(|(number, depth)| {
                let below = 2 * (BITS - depth);
                hilbert::first_key(number << below)..hilbert::first_key((number + 1) << below)
            })
            .collect();
        ranges.sort_unstable_by_key(|range| range.start);
        ranges.dedup_by(|next, before| {
            let touches = next.start <= before.end;
            if touches {
                before.end = before.end.max(next.end);
            }
            touches
        });
        ranges
    }

    /// How a cell lies to the circle, by bounds on the distance that err on the side of keeping it.
    fn meets(&self, [south, north, west, east]: [f64; 4]) -> Meets {
        let (lat, lon) = (self.near.lat, self.near.lon);
        let apart = |a: f64, b: f64| {
            let degrees = (a - b).abs();
            degrees.min((360.0 - degrees).abs())
        };
        let half_square = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let cosine = |degrees: f64| degrees.clamp(-90.0, 90.0).to_radians().cos();
        let lat_near = (south - lat).max(lat - north).max(0.0);
        let lat_far = (lat - south).max(north - lat);
        let within = west <= lon && lon <= east;
        let lon_near = if within { 0.0 } else { apart(lon, west).min(apart(lon, east)) };
        // Half a turn from the centre may lie between the edges: then the edges do not bound the far side.
        let wide = east - west > 90.0;
        let lon_far = if wide { 180.0 } else { apart(lon, west).max(apart(lon, east)).max(lon_near) };
        let narrow = cosine(south).min(cosine(north)).max(0.0);
        let broad = if south <= 0.0 && north >= 0.0 { 1.0 } else { cosine(south).max(cosine(north)) };
        let here = cosine(lat).max(0.0);
        let limit = half_square((self.metres / EARTH_METRES).to_degrees().min(180.0));
        if half_square(lat_near) + here * narrow * half_square(lon_near) > limit + 1e-15 {
            Meets::Not
        } else if !wide && half_square(lat_far) + here * broad * half_square(lon_far) < limit {
            Meets::Inside
        } else {
            Meets::Rim
        }
    }
}

enum Meets {
    Not,
    Rim,
    Inside,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Random;

    fn circles() -> Vec<Near> {
        let centres = [(53.8, -1.55), (0.0, 0.0), (89.95, 10.0), (-90.0, 0.0), (51.0, 179.99), (-17.0, -180.0)];
        centres
            .iter()
            .flat_map(|&(lat, lon)| [0.3, 5.0, 90.0, 3000.0, 19_000.0].map(|km| Near { lat, lon, km }))
            .collect()
    }

    #[test]
    fn every_position_in_a_circle_is_in_its_cover_and_known_to_be_inside() {
        let mut random = Random::new(7);
        for near in circles() {
            let circle = Circle::new(near).expect("a circle");
            let cover = circle.cover();
            assert!(cover.len() <= 4 * MOST_CELLS);
            assert!(cover.windows(2).all(|pair| pair[0].end < pair[1].start));
            let mut inside = 0;
            for _ in 0..300 {
                let spread = (near.km / 111.0).min(180.0) * [1.3, 0.5][random.below(2)];
                let lat = (near.lat + (random.unit() * 2.0 - 1.0) * spread).clamp(-90.0, 90.0);
                let stretch = lat.to_radians().cos().max(0.001);
                let mut lon = near.lon + (random.unit() * 2.0 - 1.0) * (spread / stretch).min(180.0);
                lon = (lon + 540.0).rem_euclid(360.0) - 180.0;
                let position = hilbert::position_e7(lat, lon).expect("on the globe");
                let exact = circle.exact_m(position);
                let found = circle.at_least_m(position);
                assert_eq!(found.is_some(), exact <= near.km * 1000.0, "{exact} m of {} km", near.km);
                if let Some(bound) = found {
                    inside += 1;
                    assert!(bound <= exact + 1e-6, "{bound} > {exact}");
                    let key = hilbert::first_key(hilbert::cell_of(position));
                    assert!(cover.iter().any(|range| range.contains(&key)), "left out at {exact} m");
                }
            }
            assert!(inside > 0, "no position tried lies in the circle of {} km", near.km);
        }
    }

    #[test]
    fn a_cover_is_not_much_larger_than_its_circle() {
        let near = Near { lat: 53.8, lon: -1.55, km: 5.0 };
        let cells: u64 = Circle::new(near).expect("a circle").cover().iter().map(|r| (r.end - r.start) >> 29).sum();
        let cell_m2 = (40_007_863.0 / 2.0 / 131_072.0) * (40_075_017.0 / 131_072.0 * near.lat.to_radians().cos());
        let ratio = cells as f64 * cell_m2 / (std::f64::consts::PI * 5000.0 * 5000.0);
        assert!((1.0..1.6).contains(&ratio), "{ratio}");
    }

    #[test]
    fn leeds_to_bradford_is_fourteen_kilometres() {
        let metres = distance_m(53.797_4, -1.543_8, 53.795_0, -1.759_4);
        assert!((14_100.0..14_300.0).contains(&metres), "{metres}");
    }
}
