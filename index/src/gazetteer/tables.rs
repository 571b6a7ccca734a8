//! The embedded tables as rows. `data/README.md` tells their columns; `data/build.py` made them.

/// What `build.py` stamped on the tables it left behind.
pub const VERSION: &str = include_str!("../../data/VERSION");

const AREAS: &str = include_str!("../../data/areas.tsv");
const AUTHORITIES: &str = include_str!("../../data/authorities.tsv");
const AUTHORITY_POSTCODES: &str = include_str!("../../data/authority_postcodes.tsv");
const SECTORS: &str = include_str!("../../data/sectors.tsv");
const DISTRICTS: &str = include_str!("../../data/districts.tsv");
const VILLAGES: &str = include_str!("../../data/villages.tsv");
const NEIGHBOURS: &str = include_str!("../../data/neighbours.tsv");
const TOWNS: &str = include_str!("../../data/towns.tsv");

/// An area that is not a local authority.
pub struct AreaRow {
    pub code: &'static str,
    pub kind: &'static str,
    pub name: &'static str,
    pub name_cy: &'static str,
    /// What it is made of, if it is not made of the authorities that name it.
    pub members: Vec<(Share, &'static str)>,
    pub aliases: Vec<&'static str>,
}

/// How much of a member an area holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Whole,
    /// Most of it.
    Most,
    /// A smaller part of it.
    Part,
}

/// A local authority, or a Crown dependency, and the areas it belongs to.
pub struct AuthorityRow {
    pub code: &'static str,
    pub name: &'static str,
    pub name_cy: &'static str,
    /// County, region, nation and health board: those it has.
    pub within: Vec<&'static str>,
    pub aliases: Vec<&'static str>,
    /// Residents; only given where there are no open postcodes to count.
    pub residents: u32,
}

/// A postcode sector or district.
pub struct SpotRow {
    pub name: &'static str,
    pub lat: f64,
    pub lon: f64,
    pub radius_km: f64,
    pub postcodes: u32,
    pub authorities: Vec<&'static str>,
}

/// A city, town or village.
pub struct TownRow {
    pub name: &'static str,
    pub more_names: Vec<&'static str>,
    pub lat: f64,
    pub lon: f64,
    pub residents: u32,
    /// How far off the point may be, in km, for a place of which only a point is known.
    pub radius_km: Option<f64>,
    pub authority: &'static str,
    /// ENG, WLS, SCT, NIR, or IM, JE, GG for the Crown dependencies.
    pub part: &'static str,
}

pub fn areas() -> impl Iterator<Item = AreaRow> {
    rows::<6>(AREAS).map(|[code, kind, name, name_cy, members, aliases]| AreaRow {
        code,
        kind,
        name,
        name_cy,
        members: list(members).into_iter().map(share).collect(),
        aliases: list(aliases),
    })
}

pub fn authorities() -> impl Iterator<Item = AuthorityRow> {
    rows::<9>(AUTHORITIES).map(|[code, name, name_cy, county, region, nation, board, aliases, residents]| {
        AuthorityRow {
            code,
            name,
            name_cy,
            within: [county, region, nation, board].into_iter().filter(|code| !code.is_empty()).collect(),
            aliases: list(aliases),
            residents: if residents.is_empty() { 0 } else { number(residents) },
        }
    })
}

/// Authority code and how many postcodes it has or had.
pub fn authority_postcodes() -> impl Iterator<Item = (&'static str, u32)> {
    rows::<2>(AUTHORITY_POSTCODES).map(|[code, count]| (code, number(count)))
}

pub fn sectors() -> impl Iterator<Item = SpotRow> {
    spots(SECTORS)
}

pub fn districts() -> impl Iterator<Item = SpotRow> {
    spots(DISTRICTS)
}

pub fn towns() -> impl Iterator<Item = TownRow> {
    rows::<8>(TOWNS).map(|[name, more_names, lat, lon, residents, authority, part, _geonames_id]| TownRow {
        name,
        more_names: list(more_names),
        lat: number(lat),
        lon: number(lon),
        residents: number(residents),
        radius_km: None,
        authority,
        part,
    })
}

/// Villages and suburbs that are not among the towns.
pub fn villages() -> impl Iterator<Item = TownRow> {
    rows::<6>(VILLAGES).map(|[name, lat, lon, radius_km, authority, part]| TownRow {
        name,
        more_names: Vec::new(),
        lat: number(lat),
        lon: number(lon),
        residents: 0,
        radius_km: Some(number(radius_km)),
        authority,
        part,
    })
}

/// Each authority with those that touch it.
pub fn neighbours() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    rows::<2>(NEIGHBOURS).map(|[code, others]| (code, list(others)))
}

fn spots(table: &'static str) -> impl Iterator<Item = SpotRow> {
    rows::<6>(table).map(|[name, lat, lon, radius, postcodes, authorities]| SpotRow {
        name,
        lat: number(lat),
        lon: number(lon),
        radius_km: f64::from(number::<u32>(radius)) / 100.0,
        postcodes: number(postcodes),
        authorities: list(authorities),
    })
}

/// The rows of a table, each of exactly `N` columns; lines that open with `#` are remarks.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut cells = line.split('\t');
        let row = std::array::from_fn(|_| cells.next().expect("a test counts the columns of every embedded row"));
        debug_assert!(cells.next().is_none(), "a row has more columns than its table");
        row
    })
}

fn list(cell: &'static str) -> Vec<&'static str> {
    cell.split('|').filter(|part| !part.is_empty()).collect()
}

fn share(member: &'static str) -> (Share, &'static str) {
    match (member.strip_prefix('+'), member.strip_prefix('~')) {
        (Some(code), _) => (Share::Most, code),
        (_, Some(code)) => (Share::Part, code),
        _ => (Share::Whole, member),
    }
}

fn number<T: std::str::FromStr>(cell: &str) -> T {
    cell.parse().ok().expect("a test reads every number of the embedded tables")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 8] = [AREAS, AUTHORITIES, AUTHORITY_POSTCODES, SECTORS, DISTRICTS, TOWNS, VILLAGES, NEIGHBOURS];

    #[test]
    fn every_row_is_read() {
        assert!(areas().count() > 80);
        assert_eq!(authorities().count(), 364, "with three Crown dependencies");
        assert_eq!(authority_postcodes().count(), 350, "those of Great Britain");
        assert!(sectors().count() > 10_000);
        assert!(districts().count() > 2_900);
        assert!(towns().count() > 5_000);
        assert!(villages().count() > 15_000);
        assert!(neighbours().count() > 340);
        let size: usize = ALL.iter().map(|table| table.len()).sum();
        assert!(size < 4 << 20, "{size} bytes are compiled in");
    }

    #[test]
    fn the_stamp_is_that_of_the_tables() {
        let hash = ALL
            .iter()
            .flat_map(|table| table.bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        assert_eq!(
            VERSION.trim(),
            format!("{hash:016x}"),
            "a table was changed: run `python3 index/data/build.py --stamp`"
        );
    }

    #[test]
    fn postcodes_of_northern_ireland_are_districts_only() {
        assert!(sectors().all(|sector| !sector.name.starts_with("BT")), "they are not open data");
        assert!(districts().any(|district| district.name == "BT1"));
    }

    #[test]
    fn points_lie_in_or_near_the_kingdom() {
        for spot in sectors().chain(districts()) {
            assert!((49.0..61.5).contains(&spot.lat) && (-9.0..2.5).contains(&spot.lon), "{}", spot.name);
        }
        assert!(sectors().map(|s| s.name).is_sorted() && districts().map(|d| d.name).is_sorted());
    }
}
