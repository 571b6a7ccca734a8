//! Places and areas of the United Kingdom: what a reader typed, what is around a point, what lies within what.
//!
//! Everything is embedded (`data/README.md`); nothing is asked of the network and nothing is remembered.

mod areas;
mod names;
mod places;
mod postcode;
mod resolve;
mod spots;
mod suggest;
mod tables;

use std::sync::OnceLock;

use serde::Serialize;

use areas::{Areas, Authorities};
use places::Town;
use spots::{Spot, Spots};

/// The gazetteer. There is one, made from the embedded tables: [`Gazetteer::embedded`].
pub struct Gazetteer {
    areas: Areas,
    /// Middle and radius in km of each area: measured over all its sectors when first asked for.
    middles: Vec<OnceLock<(f64, f64, f64)>>,
    /// Sectors in the order of `sectors`, then the towns where sectors are not open data.
    spots: Spots,
    sectors: Vec<&'static str>,
    districts: Vec<(&'static str, Spot)>,
    towns: Vec<Town>,
    /// Every name that leads somewhere, by its key.
    names: Vec<Name>,
}

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
    /// Codes of the areas the place lies in, small ones first. A postcode sector may lie in several authorities, that
    /// with the most postcodes first. For an area: its own code, then those of the areas that hold all of it.
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
    /// A postcode sector ("LS6 2").
    Sector,
    /// A postcode district ("LS6").
    District,
    /// A city, town or village.
    Town,
    /// A position given as numbers.
    Coordinates,
    /// A local authority, county, region or nation.
    Area,
}

impl PlaceKind {
    /// The kind as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            PlaceKind::Sector => "sector",
            PlaceKind::District => "district",
            PlaceKind::Town => "town",
            PlaceKind::Coordinates => "coordinates",
            PlaceKind::Area => "area",
        }
    }
}

/// How an answer is coarser than the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A full postcode was answered by its sector.
    PostcodeToSector,
    /// A full postcode or a sector was answered by its district: its sector is not known or not open data.
    PostcodeToDistrict,
}

/// An area that services say they cover.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Area {
    /// The GSS code; for areas that have none, a stable code of our own such as `county:west-yorkshire`.
    pub code: String,
    /// The English name.
    pub name: String,
    /// The Welsh name, where there is one.
    pub name_cy: Option<String>,
    /// What kind of area it is.
    pub kind: AreaKind,
    /// About how many addresses it has: 11 for each postcode that is or was in use; in Northern Ireland, two for every
    /// five residents. An estimate on the low side.
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
    /// A ceremonial or preserved county, or a group of them or of authorities ("Yorkshire", "Ayrshire").
    County,
    /// A health board of Wales or Scotland.
    HealthBoard,
    /// A local authority as of April 2025: a district where there are two tiers.
    Authority,
    /// The United Kingdom, or a part of it of more than one nation.
    Country,
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
        }
    }

    /// Small kinds before large ones.
    fn rank(self) -> u8 {
        match self {
            AreaKind::Authority => 0,
            AreaKind::County => 1,
            AreaKind::HealthBoard => 2,
            AreaKind::Region => 3,
            AreaKind::Nation => 4,
            AreaKind::Country => 5,
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
        text: "Names, positions and populations of towns: GeoNames (geonames.org), changed.",
        licence: "Creative Commons Attribution 4.0",
        address: "https://creativecommons.org/licenses/by/4.0/",
    },
];

/// One name, and what it names.
struct Name {
    key: String,
    /// What `names::letters` says of the key.
    letters: u32,
    target: Target,
    standing: Standing,
}

/// What a name is to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// The name it is shown by.
    Label,
    /// The Welsh name of an area.
    Own,
    /// Another name: a nickname, a short form, a town's name in another language.
    Other,
}

/// A numbered town or area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    Town(u32),
    Area(u16),
}

/// No more than this many characters of a text are read.
const LONGEST_TEXT: usize = 100;

impl Gazetteer {
    /// The gazetteer of this build. The first call reads the tables, the others only lend it.
    pub fn embedded() -> &'static Gazetteer {
        static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();
        GAZETTEER.get_or_init(places::load)
    }

    /// Changes whenever a table changes: what was derived from the gazetteer must then be derived anew.
    pub fn version(&self) -> &'static str {
        tables::VERSION.trim_end()
    }

    /// What a reader's text stands for: a postcode or the beginning of one, a place or area by name, or two numbers.
    /// Any text is answered; only its first 100 characters are read.
    pub fn resolve(&self, text: &str) -> Resolution {
        resolve::resolve(self, text)
    }

    /// Places and areas whose name, or districts and sectors whose code, begins with `prefix`, the larger ones first. At
    /// most `limit` and never more than fifty.
    pub fn suggest(&self, prefix: &str, limit: usize) -> Vec<Place> {
        suggest::suggest(self, prefix, limit)
    }

    /// The area of a code.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.number(code).map(|number| self.areas.get(number))
    }

    /// Codes of the areas at a position, as the nearest postcode sector tells; none further than 30 km from any. Near
    /// a border the answer holds the neighbours as well when they share the sector.
    pub fn areas_at(&self, lat: f64, lon: f64) -> Vec<String> {
        self.areas.codes_of(self.spots.authorities_at(lat, lon))
    }

    /// The code itself and those of all areas that hold the whole authority (or other area); none for an unknown code.
    pub fn areas_of_authority(&self, code: &str) -> Vec<String> {
        self.area(code).map_or_else(Vec::new, |area| [&area.code].into_iter().chain(&area.parents).cloned().collect())
    }

    /// Codes of all areas that a circle of `km` around a position touches, judged by the circles of postcode sectors.
    pub fn areas_touched(&self, lat: f64, lon: f64, km: f64) -> Vec<String> {
        let touched = self.spots.authorities_touched(lat, lon, km);
        if touched.is_empty() { Vec::new() } else { self.codes(self.areas.numbers_touching(&touched)) }
    }

    /// The code itself, then those of all areas that lie wholly within it; none for an unknown code.
    pub fn within(&self, code: &str) -> Vec<String> {
        let Some(number) = self.areas.number(code) else { return Vec::new() };
        let mut inside = self.areas.numbers_inside(self.areas.extent(number));
        inside.retain(|&other| other != number);
        inside.insert(0, number);
        self.codes(inside)
    }

    /// Where a listing with this postcode is: the centre of its sector, else of its district. `None` for what is no UK
    /// postcode or is not known.
    pub fn postcode(&self, text: &str) -> Option<Place> {
        let few: String = text.chars().take(LONGEST_TEXT).collect();
        self.place_of_postcode(&few)
    }

    /// The area of exactly this name or alias; case, accents, "the" and words such as "Council" do not matter.
    pub fn area_named(&self, name: &str) -> Option<&Area> {
        resolve::area_named(self, name).map(|number| self.areas.get(number))
    }

    fn codes(&self, numbers: Vec<u16>) -> Vec<String> {
        numbers.into_iter().map(|number| self.areas.get(number).code.clone()).collect()
    }

    fn set_of(&self, authority: Option<u16>) -> Authorities {
        authority.map_or_else(Authorities::default, areas::only)
    }
}

#[cfg(test)]
mod tests;
