//! Whether points lie within so many kilometres of each other, mostly told without trigonometry.
//!
//! A point is kept as its direction from the middle of the earth. The straight line between two of them, through the
//! earth, is shorter than the way over it by a share that is known; only where that share decides is the way itself
//! worked out.

use super::spots::distance_km;

const EARTH_KM: f64 = 6_371.008_8;
/// Share by which squares may be off.
const SLACK: f64 = 1e-6;

/// A point on the globe.
#[derive(Debug, Clone, Copy)]
pub struct Direction {
    lat: f64,
    lon: f64,
    at: [f64; 3],
}

impl Direction {
    /// The point of a latitude and longitude in degrees.
    pub fn of(lat: f64, lon: f64) -> Self {
        let ((up, flat), (east, along)) = (lat.to_radians().sin_cos(), lon.to_radians().sin_cos());
        Self { lat, lon, at: [flat * along, flat * east, up] }
    }

    /// Square of the straight line to another, where the earth's radius is one.
    pub fn apart(&self, other: &Self) -> f64 {
        self.at.iter().zip(&other.at).map(|(a, b)| (a - b) * (a - b)).sum()
    }

    /// Whether another lies within `km` over the ground.
    pub fn is_within(&self, other: &Self, km: f64) -> bool {
        let (apart, reach) = (self.apart(other), km / EARTH_KM);
        if apart > reach * reach * (1.0 + SLACK) {
            return false;
        }
        // For lines up to the earth's radius: way = line + line³ / 24 + ..., and no more than line + line³ / 20.
        let more = 1.0 + apart / 20.0;
        if apart < 1.0 && apart * more * more < reach * reach * (1.0 - SLACK) {
            return true;
        }
        distance_km(self.lat, self.lon, other.lat, other.lon) <= km
    }
}

/// A box around points.
#[derive(Debug, Clone)]
pub struct Around {
    low: [f64; 3],
    high: [f64; 3],
}

impl Default for Around {
    fn default() -> Self {
        Self { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3] }
    }
}

impl Around {
    /// Makes it hold a point.
    pub fn hold(&mut self, point: &Direction) {
        for (at, part) in point.at.iter().enumerate() {
            self.low[at] = self.low[at].min(*part);
            self.high[at] = self.high[at].max(*part);
        }
    }

    /// Whether no point that it holds lies within `km` of another: a quick look, which may say no where it is so.
    pub fn is_beyond(&self, point: &Direction, km: f64) -> bool {
        let off = (0..3).map(|at| (self.low[at] - point.at[at]).max(point.at[at] - self.high[at]).max(0.0));
        let reach = km / EARTH_KM;
        off.map(|off| off * off).sum::<f64>() > reach * reach * (1.0 + SLACK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Random;

    #[test]
    fn what_is_told_without_trigonometry_is_what_it_would_tell() {
        let mut random = Random::new(4);
        let mut point = || (random.unit() * 12.0 + 49.0, random.unit() * 10.0 - 8.0);
        for _ in 0..300 {
            let (lat, lon) = point();
            let (here, mut around) = (Direction::of(lat, lon), Around::default());
            let others: Vec<_> = (0..20).map(|_| point()).collect();
            others.iter().for_each(|&(lat, lon)| around.hold(&Direction::of(lat, lon)));
            let away = |&(other_lat, other_lon): &(f64, f64)| distance_km(lat, lon, other_lat, other_lon);
            for other in &others {
                let direction = Direction::of(other.0, other.1);
                for share in [0.0, 0.5, 1.0 - 1e-4, 1.0 - 1e-8, 1.0, 1.0 + 1e-8, 1.0 + 1e-4, 2.0] {
                    let km = away(other) * share;
                    assert_eq!(here.is_within(&direction, km), away(other) <= km, "{share}");
                    assert!(!around.is_beyond(&here, km) || others.iter().all(|other| away(other) > km), "{share}");
                }
            }
        }
        assert!(Direction::of(51.5, -0.1).is_within(&Direction::of(51.5, -0.1), 0.0));
        assert!(Direction::of(51.5, -0.1).is_within(&Direction::of(-51.5, 179.9), 20_100.0));
        assert!(!Direction::of(51.5, -0.1).is_within(&Direction::of(-51.5, 179.9), 20_000.0));
        let mut far = Around::default();
        far.hold(&Direction::of(60.0, 0.0));
        assert!(far.is_beyond(&Direction::of(50.0, 0.0), 100.0), "1100 km off");
    }
}
