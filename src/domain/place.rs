//! How a listing's place may be told: the modes, as types that cannot hold what must not be told.
//!
//! The true address of a confidential place is not collected. An [`AreaCode`] is all that an `area`
//! listing has, and it has no field for a street, a postcode or a coordinate:
//!
//! ```
//! # use kith::domain::{entry::ServiceFacts, listing::Whereabouts, place::AreaCode};
//! let area = AreaCode("E08000035".to_owned());
//! let Whereabouts::Area(areas) = Whereabouts::Area(vec![area]) else { unreachable!() };
//! let facts = ServiceFacts { areas, ..ServiceFacts::default() };
//! ```
//! ```compile_fail,E0609
//! kith::domain::place::AreaCode("E08000035".to_owned()).latitude;
//! ```
//! ```compile_fail,E0609
//! kith::domain::place::AreaCode("E08000035".to_owned()).postal_code;
//! ```
//! ```compile_fail,E0560
//! # use kith::domain::entry::ServiceFacts;
//! ServiceFacts { address_1: String::new(), ..ServiceFacts::default() };
//! ```
//! ```compile_fail,E0023
//! # use kith::domain::{listing::Whereabouts, place::Position};
//! # fn reads(whereabouts: Whereabouts) {
//! if let Whereabouts::Area(position, areas) = whereabouts {}
//! # }
//! ```

use serde::{Deserialize, Serialize};

/// How the places of one service may be told. A service has exactly one mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceMode {
    /// Addresses are public.
    #[default]
    Exact,
    /// Only gazetteer areas are public; nothing finer exists anywhere in the directory.
    Area,
    /// There is no place to go to: phone, post or online.
    Remote,
}

impl PlaceMode {
    /// The word used in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Area => "area",
            Self::Remote => "remote",
        }
    }
}

/// A code of the gazetteer: a nation, region, county, health board or authority (`E08000035`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AreaCode(pub String);

/// Whether a text has the form of a gazetteer's code: a letter and eight digits.
pub fn is_area_code(text: &str) -> bool {
    let (first, rest) = text.split_at_checked(1).unwrap_or_default();
    first.bytes().all(|b| b.is_ascii_uppercase()) && rest.len() == 8 && rest.bytes().all(|b| b.is_ascii_digit())
}

/// A position in WGS84 degrees, and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The true place lies within so many kilometres in 95 of 100 cases; 0 when the source gave the point.
    pub precision_km: f64,
}
