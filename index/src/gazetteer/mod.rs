//! Places and areas of the United Kingdom: what a reader typed, what is around a point, what lies within what.
//!
//! Everything is embedded (`data/README.md`) but full postcodes, which an operator may add as a file ([`postcodes`]);
//! nothing is asked of the network and nothing is remembered.

mod addresses;
mod areas;
mod grid;
mod model;
mod names;
mod overlap;
mod places;
mod postcode;
pub mod postcodes;
mod reach;
mod resolve;
mod spots;
mod suggest;
mod tables;
mod town_areas;
mod welsh;

use std::{path::Path, sync::OnceLock};

use areas::{Areas, Authorities};
use places::Town;
use postcodes::{Postcodes, PostcodesError};
use spots::{Spot, Spots};
use town_areas::TownAreas;

pub use addresses::Addresses;
pub use grid::to_degrees;
pub use model::{ATTRIBUTIONS, Area, AreaKind, Attribution, Note, Place, PlaceKind, Resolution};
pub use overlap::Extent;

/// The gazetteer. A process has one, made from the embedded tables: [`Gazetteer::embedded`].
pub struct Gazetteer {
    areas: Areas,
    /// Middle and radius in km of each area: measured over all its sectors when first asked for.
    middles: Vec<OnceLock<(f64, f64, f64)>>,
    /// Sectors in the order of `sectors`, then the towns where sectors are not open data.
    spots: Spots,
    sectors: Vec<&'static str>,
    districts: Vec<(&'static str, Spot)>,
    towns: Vec<Town>,
    town_areas: TownAreas,
    /// Full postcodes, where an operator has added them.
    postcodes: Option<Postcodes>,
    version: String,
    /// Every name that leads somewhere, by its key.
    names: Vec<Name>,
}

/// One name, and what it names.
struct Name {
    key: String,
    /// What `names::letters` says of the key.
    letters: u32,
    target: Target,
    standing: Standing,
    /// What places are ordered by as a reader types, the largest first.
    importance: u32,
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

/// The gazetteer of the process.
static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();

/// Gives the gazetteer of the process a file of full postcodes. To be called once, before anything asks it.
///
/// # Errors
/// When the file cannot be used, and [`PostcodesError::InUse`] when the gazetteer has been asked already.
pub fn install(path: &Path) -> Result<(), PostcodesError> {
    GAZETTEER.set(Gazetteer::with_postcodes(path)?).map_err(|_| PostcodesError::InUse)
}

impl Gazetteer {
    /// The gazetteer of this process. The first call reads the tables, the others only lend it.
    pub fn embedded() -> &'static Gazetteer {
        GAZETTEER.get_or_init(|| places::load(None))
    }

    /// A gazetteer of its own, with a file of full postcodes.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn with_postcodes(path: &Path) -> Result<Gazetteer, PostcodesError> {
        Ok(places::load(Some(Postcodes::open(path)?)))
    }

    /// Changes whenever a table or the file of postcodes changes: what was derived from the gazetteer must then be
    /// derived anew.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The file of full postcodes, if there is one.
    pub fn postcodes(&self) -> Option<&Postcodes> {
        self.postcodes.as_ref()
    }

    /// What a reader's text stands for: a postcode or the beginning of one, a place or area by name, or two numbers.
    /// Any text is answered; only its first 100 characters are read.
    pub fn resolve(&self, text: &str) -> Resolution {
        resolve::resolve(self, text)
    }

    /// What [`Gazetteer::resolve`] tells, where that is no [`Resolution::Unknown`]: quicker for who has no use for the
    /// nearest names.
    pub fn resolve_known(&self, text: &str) -> Option<Resolution> {
        resolve::known(self, text)
    }

    /// Places and areas whose name, or districts and sectors whose code, begins with `prefix`, the larger ones first. At
    /// most `limit` and never more than fifty.
    pub fn suggest(&self, prefix: &str, limit: usize) -> Vec<Place> {
        suggest::suggest(self, prefix, limit)
    }

    /// The area of a code.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.number(code).map(|number| self.areas.get(number)).or_else(|| self.town_areas.get(code))
    }

    /// Areas of the same kind that touch an area: for an authority those with addresses within about a kilometre of its
    /// own or a border on land, so some across a river; for a town the towns that grow into it. None for groups
    /// ("Yorkshire") and unknown codes.
    pub fn neighbours(&self, code: &str) -> Vec<&Area> {
        match self.areas.number(code) {
            Some(number) => self.areas.neighbours(number).into_iter().map(|number| self.areas.get(number)).collect(),
            None => self.town_areas.neighbours(code),
        }
    }

    /// Codes of the areas at a position, as the nearest postcode sector tells; none further than 30 km from any. Near
    /// a border the answer holds the neighbours as well when they share the sector.
    pub fn areas_at(&self, lat: f64, lon: f64) -> Vec<String> {
        self.codes_at(self.spots.authorities_at(lat, lon), lat, lon)
    }

    /// The code itself and those of all areas that hold the whole authority (or other area); none for an unknown code.
    pub fn areas_of_authority(&self, code: &str) -> Vec<String> {
        self.area(code).map_or_else(Vec::new, |area| [&area.code].into_iter().chain(&area.parents).cloned().collect())
    }

    /// Codes of all areas that a circle of `km` around a position touches, judged by the circles of postcode sectors and
    /// of towns.
    pub fn areas_touched(&self, lat: f64, lon: f64, km: f64) -> Vec<&str> {
        let touched = self.spots.authorities_touched(lat, lon, km);
        if touched.is_empty() {
            return Vec::new();
        }
        let numbers = self.areas.numbers_touching(&touched).into_iter();
        let mut codes: Vec<&str> = numbers.map(|number| self.areas.get(number).code.as_str()).collect();
        codes.extend(self.town_areas.touched(lat, lon, km).map(String::as_str));
        codes
    }

    /// The code itself, then those of all areas that lie wholly within it, and of its towns; none for an unknown code.
    pub fn within(&self, code: &str) -> Vec<String> {
        let Some(number) = self.areas.number(code) else {
            return self.town_areas.get(code).map(|town| town.code.clone()).into_iter().collect();
        };
        let mut inside = self.areas.numbers_inside(self.areas.extent(number));
        inside.retain(|&other| other != number);
        inside.insert(0, number);
        let mut codes = self.codes(inside);
        codes.extend(self.town_areas.inside(self.areas.extent(number)).cloned());
        codes
    }

    /// Where a listing with this postcode is: its own centre where full postcodes are there, else that of its sector, else
    /// of its district. `None` for what is no UK
    /// postcode or is not known.
    pub fn postcode(&self, text: &str) -> Option<Place> {
        let few: String = text.chars().take(LONGEST_TEXT).collect();
        self.place_of_postcode(&few)
    }

    /// The area of exactly this name or alias; case, accents, "the" and words such as "Council" do not matter. Else the
    /// town of 5,000 residents or more that the name means.
    pub fn area_named(&self, name: &str) -> Option<&Area> {
        match resolve::area_named(self, name) {
            Some(number) => Some(self.areas.get(number)),
            None => self.town_areas.of_town(resolve::town_named(self, name)?),
        }
    }

    /// The codes of authorities and of all that holds or touches them, then of the towns around a position.
    fn codes_at(&self, authorities: &[u16], lat: f64, lon: f64) -> Vec<String> {
        let mut codes = self.areas.codes_of(authorities);
        if !authorities.is_empty() {
            codes.extend(self.town_areas.touched(lat, lon, 0.0).cloned());
        }
        codes
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
