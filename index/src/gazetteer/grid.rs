//! The National Grid of Great Britain (EPSG:27700), turned into degrees.

const AIRY: (f64, f64) = (6_377_563.396, 6_356_256.909);
const WGS84: (f64, f64) = (6_378_137.0, 6_356_752.314_245);
/// Scale on the central meridian.
const SCALE: f64 = 0.999_601_271_7;
/// True origin, in degrees, and its easting and northing in metres.
const ORIGIN: (f64, f64, f64, f64) = (49.0, -2.0, 400_000.0, -100_000.0);
/// From the frame of the old ellipsoid to that of WGS84: metres, seconds of arc, and a stretch.
const SHIFT: [f64; 3] = [446.448, -125.157, 542.060];
const TURN: [f64; 3] = [0.1502, 0.2470, 0.8421];
const STRETCH: f64 = -20.4894e-6;

/// Degrees north and east (WGS84) of an easting and northing in metres, good to about 5 m within Great Britain.
pub fn to_degrees(east: f64, north: f64) -> (f64, f64) {
    let (lat, lon) = on_old_ellipsoid(east, north);
    let [x, y, z] = earth_centred(lat, lon);
    let [rx, ry, rz] = TURN.map(|seconds| (seconds / 3600.0_f64).to_radians());
    let stretched = 1.0 + STRETCH;
    let x2 = SHIFT[0] + stretched * x - rz * y + ry * z;
    let y2 = SHIFT[1] + rz * x + stretched * y - rx * z;
    let z2 = SHIFT[2] - ry * x + rx * y + stretched * z;
    let (a, b) = WGS84;
    let e2 = 1.0 - b * b / (a * a);
    let flat = x2.hypot(y2);
    let mut lat = z2.atan2(flat * (1.0 - e2));
    for _ in 0..5 {
        let sine = lat.sin();
        lat = (z2 + e2 * a / (1.0 - e2 * sine * sine).sqrt() * sine).atan2(flat);
    }
    (lat.to_degrees(), y2.atan2(x2).to_degrees())
}

/// The inverse of the transverse Mercator projection, in radians on the Airy ellipsoid.
fn on_old_ellipsoid(east: f64, north: f64) -> (f64, f64) {
    let (a, b) = AIRY;
    let e2 = 1.0 - b * b / (a * a);
    let (lat0, lon0) = (ORIGIN.0.to_radians(), ORIGIN.1.to_radians());
    let mut lat = lat0;
    for _ in 0..8 {
        lat += (north - ORIGIN.3 - meridian(lat, lat0)) / (a * SCALE);
    }
    let root = 1.0 - e2 * lat.sin().powi(2);
    let nu = a * SCALE / root.sqrt();
    let rho = a * SCALE * (1.0 - e2) / root.powf(1.5);
    let eta2 = nu / rho - 1.0;
    let (tan, sec, x) = (lat.tan(), 1.0 / lat.cos(), east - ORIGIN.2);
    let (t2, nu3, nu5) = (tan * tan, nu.powi(3), nu.powi(5));
    let across = tan / (2.0 * rho * nu) * x.powi(2)
        - tan / (24.0 * rho * nu3) * (5.0 + 3.0 * t2 + eta2 - 9.0 * t2 * eta2) * x.powi(4)
        + tan / (720.0 * rho * nu5) * (61.0 + 90.0 * t2 + 45.0 * t2 * t2) * x.powi(6);
    let along = sec / nu * x - sec / (6.0 * nu3) * (nu / rho + 2.0 * t2) * x.powi(3)
        + sec / (120.0 * nu5) * (5.0 + 28.0 * t2 + 24.0 * t2 * t2) * x.powi(5);
    (lat - across, lon0 + along)
}

/// Length of the meridian from the origin, in metres.
fn meridian(lat: f64, lat0: f64) -> f64 {
    let (a, b) = AIRY;
    let n = (a - b) / (a + b);
    let (n2, n3) = (n * n, n * n * n);
    let (less, more) = (lat - lat0, lat + lat0);
    b * SCALE
        * ((1.0 + n + 1.25 * n2 + 1.25 * n3) * less - (3.0 * n + 3.0 * n2 + 2.625 * n3) * less.sin() * more.cos()
            + (1.875 * n2 + 1.875 * n3) * (2.0 * less).sin() * (2.0 * more).cos()
            - (35.0 / 24.0) * n3 * (3.0 * less).sin() * (3.0 * more).cos())
}

fn earth_centred(lat: f64, lon: f64) -> [f64; 3] {
    let (a, b) = AIRY;
    let e2 = 1.0 - b * b / (a * a);
    let v = a / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    [v * lat.cos() * lon.cos(), v * lat.cos() * lon.sin(), (1.0 - e2) * v * lat.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points_come_out_within_a_few_metres() {
        // A postcode's published centre, and the survey's own worked example.
        for (east, north, lat, lon) in
            [(529_090.0, 179_645.0, 51.501_009, -0.141_588), (651_409.9, 313_177.3, 52.657_978, 1.716_052)]
        {
            let found = to_degrees(east, north);
            let off = crate::gazetteer::spots::distance_km(found.0, found.1, lat, lon);
            assert!(off < 0.01, "{found:?} is {off} km off");
        }
        let (lat, lon) = to_degrees(400_000.0, -100_000.0);
        assert!((lat - 49.0).abs() < 0.001 && (lon + 2.0).abs() < 0.002, "the true origin is moved by the datum alone");
    }
}
