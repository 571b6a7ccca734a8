//! What the gazetteer answers with: places, areas, what a text stands for, and whom to thank.

use serde::Serialize;

/// What a text stands for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// One place with a position.
    Point(Place),
    /// A whole area, and its code. What lies in it: [`Gazetteer::within`].
    Area(Place, String),
    /// Several places of the same name, none of them far larger than the rest; the largest first, at most ten.
    Ambiguous(Vec<Place>),
    /// Nothing known.
    Unknown {
        /// Up to five places whose names are spelled nearly like it, the nearest first.
        nearest: Vec<Place>,
    },
}

/// A place to search around or in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// What to call it: "LS6 2", "Leeds", "West Yorkshire".
    pub label: String,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// Degrees north, WGS84. For an area, the middle of its addresses.
    pub lat: f64,
    /// Degrees east, WGS84.
    pub lon: f64,
    /// 95 % of what the place stands for lies within this many kilometres of the position.
    pub precision_km: f64,
    /// Codes of the areas the place lies in: authorities, then larger areas, the smaller kinds first, then named towns.
    /// A postcode sector may lie in several authorities, that with the most postcodes first. For an area: its own code,
    /// then those of the areas that hold all of it.
    pub areas: Vec<String>,
    /// The county or authority it lies in, to tell it from others of its name.
    pub within: Option<String>,
    /// What a reader should be told about how the text was understood.
    pub note: Option<Note>,
    /// Residents; 0 when not known, and for postcodes and areas.
    pub population: u32,
}

/// Kinds of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A full postcode ("LS6 2AB").
    Postcode,
    /// A postcode sector ("LS6 2").
    Sector,
    /// A postcode district ("LS6").
    District,
    /// A city, town or village.
    Town,
    /// A position given as numbers.
    Coordinates,
    /// A local authority, county, health board, region, nation or dependency.
    Area,
}

impl PlaceKind {
    /// The kind as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            PlaceKind::Postcode => "postcode",
            PlaceKind::Sector => "sector",
            PlaceKind::District => "district",
            PlaceKind::Town => "town",
            PlaceKind::Coordinates => "coordinates",
            PlaceKind::Area => "area",
        }
    }
}

/// What a reader should know of how a postcode was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A full postcode was answered by its sector.
    PostcodeToSector,
    /// A full postcode or a sector was answered by its district: its sector is not known or not open data.
    PostcodeToDistrict,
    /// The full postcode is no longer in use; the position is where it was.
    Terminated,
}

/// An area that services say they cover.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Area {
    /// The GSS code; for areas that have none, a stable code of our own such as `county:west-yorkshire` or `town:otley`.
    pub code: String,
    /// The English name.
    pub name: String,
    /// The Welsh name, where there is one.
    pub name_cy: Option<String>,
    /// What kind of area it is.
    pub kind: AreaKind,
    /// About how many addresses it has: 11 for each postcode that is or was in use; where postcodes are not open data, and
    /// for towns, two for every five residents. An estimate on the low side. What an area holds only a part of is not
    /// counted where that part is the smaller one.
    pub addresses: u32,
    /// Codes of the larger areas that hold all of it, the smallest kind first.
    pub parents: Vec<String>,
}

/// Kinds of areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// England, Northern Ireland, Scotland or Wales.
    Nation,
    /// A region of England, or a group of them ("the Midlands").
    Region,
    /// A ceremonial or preserved county, a county of Northern Ireland, or a group of counties or of authorities
    /// ("Yorkshire", "Ayrshire").
    County,
    /// A health board of Wales or Scotland, or a health and social care trust of Northern Ireland.
    HealthBoard,
    /// An integrated care board of the NHS in England, as of April 2023. Made of whole authorities but for the ten that
    /// lie in two: they count as the board's that has most of them, and as touched by the other.
    IntegratedCareBoard,
    /// A local authority as of April 2025: a district where there are two tiers.
    Authority,
    /// The United Kingdom, or a part of it of more than one nation.
    Country,
    /// Jersey, Guernsey with Alderney and Sark, or the Isle of Man. They belong to no nation of the kingdom.
    Dependency,
    /// A named town of 5,000 residents or more, as a circle. Never for a listing whose place puts people at risk.
    Town,
}

impl AreaKind {
    /// The kind as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            AreaKind::Nation => "nation",
            AreaKind::Region => "region",
            AreaKind::County => "county",
            AreaKind::HealthBoard => "health_board",
            AreaKind::Authority => "authority",
            AreaKind::Country => "country",
            AreaKind::IntegratedCareBoard => "icb",
            AreaKind::Dependency => "dependency",
            AreaKind::Town => "town",
        }
    }

    /// Small kinds before large ones.
    pub(super) fn rank(self) -> u8 {
        match self {
            AreaKind::Authority | AreaKind::Dependency => 0,
            AreaKind::County => 1,
            AreaKind::HealthBoard | AreaKind::IntegratedCareBoard => 2,
            AreaKind::Region => 3,
            AreaKind::Nation => 4,
            AreaKind::Country => 5,
            AreaKind::Town => 6,
        }
    }
}

/// Words that must be shown with what the gazetteer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Attribution {
    /// The text to show.
    pub text: &'static str,
    /// The name of the licence.
    pub licence: &'static str,
    /// Where the licence is to be read.
    pub address: &'static str,
}

/// Whose facts the tables hold.
pub const ATTRIBUTIONS: &[Attribution] = &[
    Attribution {
        text: "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail \
               copyright and database right 2025. Source: Office for National Statistics licensed under the Open \
               Government Licence v.3.0.",
        licence: "Open Government Licence v3.0",
        address: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    },
    Attribution {
        text: "Names, positions and populations of towns and villages: GeoNames (geonames.org), changed.",
        licence: "Creative Commons Attribution 4.0",
        address: "https://creativecommons.org/licenses/by/4.0/",
    },
];
