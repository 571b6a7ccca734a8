//! The Hilbert curve over the globe: near places get near numbers, so a circle is a few ranges of them.
//!
//! The globe in degrees is a square of 2^17 by 2^17 cells (about 150 m north to south). A sort key is
//!
//! ```text
//!  bit 63        bits 62..29                 bits 28..0
//!  no position | cell number on the curve | order of arrival (makes keys unique)
//! ```

/// Bits of each coordinate of a cell.
pub(crate) const BITS: u32 = 17;
/// Bits below the cell number: the order of arrival.
pub(crate) const SERIAL_BITS: u32 = 29;
/// Keys at and above this have no position and sort last.
pub(crate) const UNPLACED: u64 = 1 << 63;

const WIDTH_E7: i64 = 3_600_000_001;
const HEIGHT_E7: i64 = 1_800_000_001;
/// Width of the square in degrees: a hair more than a turn, so that both ends of the date line have cells.
pub(crate) const SIDE_DEGREES: f64 = WIDTH_E7 as f64 * 1e-7;
/// Height of the square in degrees.
pub(crate) const HEIGHT_DEGREES: f64 = HEIGHT_E7 as f64 * 1e-7;

/// A position in units of 1e-7 degrees: latitude, longitude.
pub(crate) type PositionE7 = [i32; 2];

/// Rounds degrees to a stored position; `None` outside the globe or for NaN.
pub(crate) fn position_e7(lat: f64, lon: f64) -> Option<PositionE7> {
    let inside = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    inside.then(|| [(lat * 1e7).round() as i32, (lon * 1e7).round() as i32])
}

/// Number on the curve of the cell that holds a position.
pub(crate) fn cell_of([lat, lon]: PositionE7) -> u64 {
    let scale = |value: i64, size: i64| ((value << BITS) / size) as u32;
    curve(scale(i64::from(lon) + 1_800_000_000, WIDTH_E7), scale(i64::from(lat) + 900_000_000, HEIGHT_E7), BITS)
}

/// First sort key of a cell.
pub(crate) fn first_key(cell: u64) -> u64 {
    cell << SERIAL_BITS
}

/// Number on the curve of a cell of a grid of 2^`depth` cells a side.
///
/// Going one level deeper appends two bits: a cell's children are a range of the finer curve.
pub(crate) fn curve(x: u32, y: u32, depth: u32) -> u64 {
    let (mut x, mut y, mut number) = (x, y, 0_u64);
    for level in (0..depth).rev() {
        let (right, up) = ((x >> level) & 1, (y >> level) & 1);
        number = number << 2 | u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_visits_every_cell_once_and_steps_to_a_neighbour() {
        let mut cells = [(0_i32, 0_i32); 256];
        for x in 0..16 {
            for y in 0..16 {
                cells[curve(x, y, 4) as usize] = (x as i32, y as i32);
            }
        }
        for pair in cells.windows(2) {
            assert_eq!((pair[0].0 - pair[1].0).abs() + (pair[0].1 - pair[1].1).abs(), 1, "{pair:?}");
        }
    }

    #[test]
    fn a_cell_holds_a_range_of_the_finer_curve() {
        for (x, y) in [(0, 0), (70_000, 12), (131_071, 131_071), (65_536, 98_765)] {
            assert_eq!(curve(x, y, 17) >> 10, curve(x >> 5, y >> 5, 12));
        }
    }

    #[test]
    fn the_corners_of_the_globe_have_cells_and_beyond_it_there_are_none() {
        for (lat, lon) in [(90.0, 180.0), (-90.0, -180.0), (90.0, -180.0), (0.0, 0.0)] {
            let position = position_e7(lat, lon).expect("on the globe");
            assert!(first_key(cell_of(position)) < UNPLACED);
        }
        assert_eq!(position_e7(90.1, 0.0), None);
        assert_eq!(position_e7(f64::NAN, 0.0), None);
    }
}
