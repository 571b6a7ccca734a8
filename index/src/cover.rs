//! Which stretches of the Hilbert curve hold a circle.
//!
//! The globe is cut into rows of cells, fine enough that a dozen or two of them cross the circle. Of each row it is
//! worked out once which columns the circle touches and which lie in it whole; coarser rows are made of pairs of finer
//! ones. What remains is whole numbers: the curve is walked from the whole globe down, and each cell is left out, kept
//! whole or cut into four.
//!
//! ```text
//!   row 3    · · ░ ░ ░ ░ · ·      ░ touched: the distance decides
//!   row 2    · ░ ▓ ▓ ▓ ▓ ░ ·      ▓ inside: no distance is asked
//!   row 1    · ░ ▓ ▓ ▓ ▓ ░ ·
//!   row 0    · · ░ ░ ░ ░ · ·
//! ```

use std::ops::Range;

use crate::hilbert::{BITS, HEIGHT_DEGREES, SIDE_DEGREES, first_key};

/// Half the length of a meridian, metres: the height of the grid.
const MERIDIAN_METRES: f64 = 20_015_115.0;
/// Rows that cross a circle, at least, where every document of a stretch is looked at; twice as many at most.
pub(crate) const FINE: f64 = 10.0;
/// The same where postings are followed: there a stretch costs more than a document too many.
pub(crate) const COARSE: f64 = 5.0;
/// Columns of a row that a circle may touch; with more, cells are taken twice as large.
const MOST_COLUMNS: i64 = 64;
/// Circles wider than this (radians from the centre) are not covered closely: all of the globe is their cover.
const WIDEST: f64 = 1.4;
/// Slack in degrees by which cells are taken as larger than they are: rounding must leave no position out.
const SLACK_DEGREES: f64 = 2e-7;
/// The same of the circle's radius: a share of it, and radians.
const SLACK: (f64, f64) = (1e-9, 2e-9);

/// A stretch of sort keys that a circle meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub keys: Range<u64>,
    /// All of it lies in the circle.
    pub inside: bool,
}

/// Columns of one row, both ends included; empty when the first is after the last. They may lie a turn beside the
/// grid, on either side, where the circle crosses the date line.
#[derive(Clone, Copy)]
struct Row {
    touched: [i64; 2],
    inside: [i64; 2],
}

const NONE: [i64; 2] = [i64::MAX, i64::MIN];
const NO_ROW: Row = Row { touched: NONE, inside: NONE };

/// The rows of one level of the grid that a circle touches.
struct Level {
    first: i64,
    rows: Vec<Row>,
}

impl Level {
    fn row(&self, y: i64) -> Row {
        usize::try_from(y - self.first).ok().and_then(|at| self.rows.get(at)).copied().unwrap_or(NO_ROW)
    }

    /// The level above, of cells twice as wide.
    fn coarser(&self) -> Self {
        let (first, end) = (self.first >> 1, (self.first + self.rows.len() as i64 + 1) >> 1);
        let rows = (first..end).map(|y| {
            let (a, b) = (self.row(2 * y), self.row(2 * y + 1));
            let touched = [a.touched[0].min(b.touched[0]) >> 1, a.touched[1].max(b.touched[1]) >> 1];
            let (from, to) = (a.inside[0].max(b.inside[0]), a.inside[1].min(b.inside[1]));
            // A column of this level is inside when both columns below it are.
            let inside = if from > to { NONE } else { [(from + 1) >> 1, ((to + 1) >> 1) - 1] };
            Row { touched, inside }
        });
        Self { first, rows: rows.collect() }
    }
}

/// The stretches of the curve that a circle meets, ascending and apart: centre in degrees, radius in radians.
///
/// `fine` is [`FINE`] or [`COARSE`].
pub(crate) fn cover(lat: f64, lon: f64, radius: f64, fine: f64) -> Vec<Span> {
    if radius > WIDEST {
        return vec![Span { keys: 0..first_key(1 << (2 * BITS)), inside: false }];
    }
    let metres = radius / std::f64::consts::PI * MERIDIAN_METRES;
    let mut depth = (MERIDIAN_METRES * fine / (2.0 * metres).max(1.0)).log2().ceil().clamp(1.0, f64::from(BITS)) as u32;
    let mut finest = rows(lat, lon, radius, depth);
    // Towards the poles cells are narrow, and a circle has too many of them.
    while finest.rows.iter().any(|row| row.touched[1].saturating_sub(row.touched[0]) > MOST_COLUMNS) && depth > 0 {
        finest = finest.coarser();
        depth -= 1;
    }
    let mut levels = vec![finest];
    for _ in 0..depth {
        let next = levels.last().expect("it begins with one").coarser();
        levels.push(next);
    }
    levels.reverse();
    let beside = |row: &Row| row.touched[0] <= row.touched[1] && (row.touched[0] < 0 || row.touched[1] >> depth != 0);
    let wraps = levels[depth as usize].rows.iter().any(beside);
    let mut walk = Walk { levels: &levels, depth, wraps, spans: Vec::with_capacity(128) };
    walk.cell(0, 0, 0, 0, false, false);
    walk.spans
}

/// The same with spans joined that follow each other, whether all of them is inside or not.
pub(crate) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.dedup_by(|next, last| {
        let follows = last.keys.end == next.keys.start;
        if follows {
            (last.keys.end, last.inside) = (next.keys.end, last.inside && next.inside);
        }
        follows
    });
    spans
}

/// The rows of a circle at a depth of the grid.
fn rows(lat: f64, lon: f64, radius: f64, depth: u32) -> Level {
    let side = f64::from(1_u32 << depth);
    let (height, width) = (HEIGHT_DEGREES / side, SIDE_DEGREES / side);
    let outer = Cap::new(lat, radius * (1.0 + SLACK.0) + SLACK.1);
    let inner = Cap::new(lat, radius * (1.0 - SLACK.0) - SLACK.1);
    let row_of = |lat: f64| ((lat + 90.0) / height).floor().clamp(0.0, side - 1.0) as i64;
    let reach = outer.radius.to_degrees() + SLACK_DEGREES;
    let (first, last) = (row_of(lat - reach), row_of(lat + reach));
    let column = |lon: f64| (lon + 180.0) / width;
    let whole = [0, side as i64 - 1];
    let row = |y: i64| {
        let south = y as f64 * height - 90.0 - SLACK_DEGREES;
        let north = (y + 1) as f64 * height - 90.0 + SLACK_DEGREES;
        let touched = match outer.widest(south, north) {
            None => NONE,
            Some(half) if half >= 180.0 => whole,
            Some(half) => {
                let half = half + SLACK_DEGREES;
                [column(lon - half).floor() as i64, column(lon + half).floor() as i64]
            }
        };
        let inside = match inner.narrowest(south, north) {
            None => NONE,
            Some(half) if half >= 180.0 => whole,
            Some(half) => {
                let half = half - SLACK_DEGREES;
                [column(lon - half).ceil() as i64, column(lon + half).floor() as i64 - 1]
            }
        };
        Row { touched, inside }
    };
    Level { first, rows: (first..=last).map(row).collect() }
}

/// A circle by its centre's latitude: how far east and west it reaches at another latitude.
struct Cap {
    /// Radians; not positive when there is no circle left.
    radius: f64,
    lat: f64,
    cosine: f64,
    half_square: f64,
    /// Latitude in degrees where it is widest, if there is one.
    widest_at: Option<f64>,
}

impl Cap {
    fn new(lat: f64, radius: f64) -> Self {
        let half = (radius.max(0.0) / 2.0).sin();
        let widest = lat.to_radians().sin() / radius.cos();
        Self {
            radius,
            lat,
            cosine: lat.to_radians().cos().max(0.0),
            half_square: half * half,
            widest_at: (widest.abs() <= 1.0).then(|| widest.asin().to_degrees()),
        }
    }

    /// Degrees to either side at a latitude; 180 where it goes all around, `None` where it does not reach.
    fn half_width(&self, lat: f64) -> Option<f64> {
        let half = ((lat - self.lat).to_radians() / 2.0).sin();
        let left = self.half_square - half * half;
        if left < 0.0 || self.radius <= 0.0 {
            return None;
        }
        let across = self.cosine * lat.to_radians().cos().max(0.0);
        // At a pole, and beyond it, every longitude is as near.
        if left >= across { Some(180.0) } else { Some(2.0 * (left / across).sqrt().asin().to_degrees()) }
    }

    /// The most over a band of latitudes: wider towards the one where it is widest.
    fn widest(&self, south: f64, north: f64) -> Option<f64> {
        let reach = self.radius.to_degrees();
        let (south, north) = (south.max(self.lat - reach).max(-90.0), north.min(self.lat + reach).min(90.0));
        if south > north {
            return None;
        }
        let top = self.widest_at.filter(|at| (south..=north).contains(at)).and_then(|at| self.half_width(at));
        // An end that is just the rim may round to outside of it.
        let ends = [self.half_width(south), self.half_width(north), top, Some(0.0)];
        ends.into_iter().flatten().reduce(f64::max)
    }

    /// The least over a band of latitudes; `None` when some of it lies outside.
    fn narrowest(&self, south: f64, north: f64) -> Option<f64> {
        let (south, north) = (self.half_width(south.max(-90.0))?, self.half_width(north.min(90.0))?);
        Some(south.min(north))
    }
}

struct Walk<'a> {
    levels: &'a [Level],
    depth: u32,
    /// Some columns lie beside the grid.
    wraps: bool,
    spans: Vec<Span>,
}

impl Walk<'_> {
    /// Visits the cell in column `x` and row `y` of a level, whose number on that level's curve is `number`. Within it
    /// the curve runs as over the whole globe, except that columns and rows are swapped or run backwards.
    fn cell(&mut self, x: i64, y: i64, level: u32, number: u64, swapped: bool, turned: bool) {
        let row = self.levels[level as usize].row(y);
        let wraps = self.wraps;
        let has = |[from, to]: [i64; 2]| {
            let turn = 1_i64 << level;
            let at = |x: i64| from <= x && x <= to;
            at(x) || wraps && (at(x - turn) || at(x + turn))
        };
        if !has(row.touched) {
            return;
        }
        let inside = has(row.inside);
        if inside || level == self.depth {
            let below = 2 * (BITS - level);
            return self.keep(first_key(number << below)..first_key((number + 1) << below), inside);
        }
        for (digit, (right, up)) in [(0, 0), (0, 1), (1, 1), (1, 0)].into_iter().enumerate() {
            let (column, above) = if swapped { (up, right) } else { (right, up) };
            let turned_bit = i64::from(turned);
            let (column, above) = (column ^ turned_bit, above ^ turned_bit);
            // As `hilbert::curve` turns what is left of both coordinates.
            let (swapped, turned) = (swapped ^ (up == 0), turned ^ (up == 0 && right == 1));
            self.cell(2 * x + column, 2 * y + above, level + 1, number << 2 | digit as u64, swapped, turned);
        }
    }

    fn keep(&mut self, keys: Range<u64>, inside: bool) {
        match self.spans.last_mut() {
            Some(last) if last.keys.end == keys.start && last.inside == inside => last.keys.end = keys.end,
            _ => self.spans.push(Span { keys, inside }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hilbert::{cell_of, position_e7};
    use crate::near::{EARTH_METRES, distance_m};
    use crate::test_support::Random;

    const CENTRES: [(f64, f64); 9] = [
        (53.8, -1.55),
        (0.0, 0.0),
        (89.95, 10.0),
        (-90.0, 0.0),
        (90.0, 180.0),
        (51.0, 179.99),
        (-17.0, -180.0),
        (51.48, 0.0),
        (-89.99, 120.0),
    ];

    #[test]
    fn every_position_in_a_circle_is_covered_and_inside_is_inside() {
        let mut random = Random::new(7);
        let (mut within, mut sure) = (0, 0);
        for (lat, lon) in CENTRES {
            for km in [0.0, 0.3, 1.0, 5.0, 25.0, 90.0, 3000.0, 8000.0, 19_000.0] {
                let spans = cover(lat, lon, km * 1000.0 / EARTH_METRES, [FINE, COARSE][random.below(2)]);
                assert!(spans.len() <= 400 && spans.windows(2).all(|pair| pair[0].keys.end <= pair[1].keys.start));
                for _ in 0..400 {
                    let spread = (km / 111.0).clamp(1e-6, 180.0) * [1.3, 0.5][random.below(2)];
                    let near = (lat + (random.unit() * 2.0 - 1.0) * spread).clamp(-90.0, 90.0);
                    let stretch = near.to_radians().cos().max(0.001);
                    let across = lon + (random.unit() * 2.0 - 1.0) * (spread / stretch).min(180.0);
                    let position = position_e7(near, (across + 540.0).rem_euclid(360.0) - 180.0).expect("on the globe");
                    let [y, x] = position.map(|part| f64::from(part) * 1e-7);
                    let metres = distance_m(lat, lon, y, x);
                    let key = first_key(cell_of(position));
                    let span = spans.iter().find(|span| span.keys.contains(&key));
                    within += usize::from(metres <= km * 1000.0);
                    assert!(span.is_some() || metres > km * 1000.0, "{metres} m of {km} km round {lat} {lon}");
                    if span.is_some_and(|span| span.inside) {
                        sure += 1;
                        assert!(metres <= km * 1000.0, "{metres} m of {km} km round {lat} {lon}");
                    }
                }
            }
        }
        assert!(within > 10_000 && sure > within / 3, "{sure} of {within}");
    }

    #[test]
    fn a_cover_is_not_much_larger_than_its_circle() {
        let cells = |spans: &[Span]| spans.iter().map(|span| (span.keys.end - span.keys.start) >> 29).sum::<u64>();
        let cell_m2 = (40_007_863.0 / 2.0 / 131_072.0) * (40_075_017.0 / 131_072.0 * 53.8_f64.to_radians().cos());
        for km in [2.0, 5.0, 10.0, 25.0] {
            let spans = cover(53.8, -1.55, km * 1000.0 / EARTH_METRES, FINE);
            let circle = std::f64::consts::PI * (km * 1000.0).powi(2);
            let ratio = cells(&spans) as f64 * cell_m2 / circle;
            let inside: Vec<Span> = spans.into_iter().filter(|span| span.inside).collect();
            let sure = cells(&inside) as f64 * cell_m2 / circle;
            assert!((1.0..1.6).contains(&ratio) && (0.5..1.0).contains(&sure), "{ratio} {sure}");
        }
    }
}
