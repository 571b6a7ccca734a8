//! Circles on the globe: how far away a position is.
//!
//! Distances are great-circle metres on a sphere of the mean earth radius. The scan uses a flat approximation in
//! `f32` and asks the exact formula only where the two could disagree: within 0.1 % of the rim.

use crate::cover::{COARSE, FINE, Span, cover, joined};
use crate::hilbert::{self, PositionE7};

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

/// Where some positions lie: none is more to the south or west, none more to the north or east.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub least: PositionE7,
    pub most: PositionE7,
}

impl Extent {
    /// Of some positions.
    pub(crate) fn of(positions: &[PositionE7]) -> Self {
        let none = Self { least: [i32::MAX; 2], most: [i32::MIN; 2] };
        positions.iter().fold(none, |all, position| Self {
            least: [0, 1].map(|part| all.least[part].min(position[part])),
            most: [0, 1].map(|part| all.most[part].max(position[part])),
        })
    }
}

pub(crate) const EARTH_METRES: f64 = 6_371_008.8;
const METRES_PER_E7: f64 = EARTH_METRES * std::f64::consts::PI / 180.0 * 1e-7;
/// Relative slack between the approximation and the exact distance.
const SLACK: f32 = 0.001;

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
    #[inline]
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

    /// Radius in metres.
    pub(crate) fn metres(&self) -> f64 {
        self.metres
    }

    /// Whether a position may lie in the circle, as a quick look tells.
    #[inline]
    pub(crate) fn may_hold(&self, position: PositionE7) -> bool {
        self.flat.is_none_or(|(cos, half_sin)| {
            self.flat_m(position, cos, half_sin) <= self.metres as f32 * (1.0 + SLACK) + 1.0
        })
    }

    /// No more than the distance of a position in metres.
    #[inline]
    pub(crate) fn no_more_m(&self, position: PositionE7) -> f64 {
        match self.flat {
            Some((cos, half_sin)) => f64::from((self.flat_m(position, cos, half_sin) * (1.0 - SLACK) - 1.0).max(0.0)),
            None => self.exact_m(position),
        }
    }

    /// Whether quick looks are possible.
    pub(crate) fn is_flat(&self) -> bool {
        self.flat.is_some()
    }

    /// No more than the distance in metres of any position of an extent that lies in the circle.
    pub(crate) fn no_nearer_m(&self, extent: &Extent) -> f64 {
        let Some((cos, half_sin)) = self.flat else { return 0.0 };
        let [lat, lon] = [0, 1].map(|part| self.centre[part].clamp(extent.least[part], extent.most[part]));
        let (north, _) = self.flat_parts([lat, lon], cos, half_sin);
        // As far as the extent reaches into the circle a degree of longitude is narrowest at the one or the other edge.
        let reach = (self.metres * 1.01 / METRES_PER_E7) as i32;
        let within = |edge: i32| edge.clamp(self.centre[0] - reach, self.centre[0] + reach);
        let [one, other] =
            [extent.least[0], extent.most[0]].map(|edge| self.flat_parts([within(edge), lon], cos, half_sin).1.abs());
        let east = one.min(other);
        f64::from(((north * north + east * east).sqrt() * (1.0 - SLACK) - 1.0).max(0.0))
    }

    /// A circle round the same point with a part of the radius.
    pub(crate) fn part(&self, share: f64) -> Option<Self> {
        Self::new(Near { km: self.near.km * share, ..self.near })
    }

    /// Distance on a plane whose width is taken halfway between the two latitudes.
    #[inline]
    fn flat_m(&self, position: PositionE7, cos: f32, half_sin: f32) -> f32 {
        let (north, east) = self.flat_parts(position, cos, half_sin);
        (north * north + east * east).sqrt()
    }

    /// How far to the north and to the east a position lies on that plane.
    #[inline]
    fn flat_parts(&self, [lat, lon]: PositionE7, cos: f32, half_sin: f32) -> (f32, f32) {
        // A difference of longitudes may wrap, but never to one that looks near: they span less than two thirds of
        // what 32 bits hold, and the centre keeps away from the date line.
        let north = lat.wrapping_sub(self.centre[0]) as f32 * METRES_PER_E7 as f32;
        let east = lon.wrapping_sub(self.centre[1]) as f32 * METRES_PER_E7 as f32;
        let turn = north / EARTH_METRES as f32;
        (north, east * (cos - half_sin * turn - cos * turn * turn / 8.0))
    }

    /// Stretches of sort keys that hold every position in the circle, ascending and apart.
    ///
    /// With `follows` for one who follows postings through them, else for one who looks at every document.
    pub(crate) fn cover(&self, follows: bool) -> Vec<Span> {
        let spans =
            cover(self.near.lat, self.near.lon, self.metres / EARTH_METRES, if follows { COARSE } else { FINE });
        if follows { joined(spans) } else { spans }
    }
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
    fn every_position_in_a_circle_is_known_to_be_inside() {
        let mut random = Random::new(7);
        for near in circles() {
            let circle = Circle::new(near).expect("a circle");
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
                }
            }
            assert!(inside > 0, "no position tried lies in the circle of {} km", near.km);
        }
    }

    #[test]
    fn nothing_in_a_circle_is_nearer_than_the_bound_of_an_extent_says() {
        let mut random = Random::new(8);
        let (mut inside, mut apart) = (0, 0);
        for _ in 0..2000 {
            let (lat, lon) = (random.unit() * 130.0 - 65.0, random.unit() * 340.0 - 170.0);
            let near = Near { lat, lon, km: [1.0, 5.0, 25.0, 100.0][random.below(4)] };
            let circle = Circle::new(near).expect("a circle");
            let spread = near.km / 111.0 * [0.3, 1.0, 3.0, 20.0][random.below(4)];
            let mut about = |centre: f64, most: f64| (centre + (random.unit() * 2.0 - 1.0) * spread).clamp(-most, most);
            let (south, west) = (about(lat, 89.0), about(lon, 179.0));
            let positions: Vec<_> = (0..64)
                .filter_map(|_| {
                    hilbert::position_e7((south + about(0.0, 9.0)).clamp(-89.0, 89.0), west + about(0.0, 0.5))
                })
                .collect();
            let bound = circle.no_nearer_m(&Extent::of(&positions));
            for exact in positions.iter().map(|&position| circle.exact_m(position)).filter(|m| *m <= circle.metres) {
                inside += 1;
                apart += u32::from(bound > 1.0);
                assert!(bound <= exact, "{bound} > {exact} in {} km at {lat}", near.km);
            }
        }
        assert!(inside > 1000 && apart > 100, "{inside} {apart}");
    }

    #[test]
    fn leeds_to_bradford_is_fourteen_kilometres() {
        let metres = distance_m(53.797_4, -1.543_8, 53.795_0, -1.759_4);
        assert!((14_100.0..14_300.0).contains(&metres), "{metres}");
    }
}
