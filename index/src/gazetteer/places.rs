//! Reading the tables into the gazetteer, and making a `Place` of what is in it.

use std::sync::OnceLock;

use super::areas::{Areas, only};
use super::names;
use super::postcode::{self, Reading};
use super::postcodes::{PRECISION_KM, Postcodes, TERMINATED_PRECISION_KM};
use super::spots::{Spot, Spots, distance_km};
use super::tables::{self, SpotRow};
use super::town_areas::TownAreas;
use super::welsh;
use super::{AreaKind, Gazetteer, LONGEST_TEXT, Name, Note, Place, PlaceKind, Standing, Target};

/// A city, town or village.
pub struct Town {
    pub name: &'static str,
    pub name_cy: Option<&'static str>,
    pub lat: f64,
    pub lon: f64,
    pub residents: u32,
    /// How far off the point may be, for a place of which only a point is known.
    point_km: Option<f64>,
    pub authority: Option<u16>,
    pub part: &'static str,
}

impl Town {
    /// Residents, with a guess for those that are not known: a village, and a smaller one where only a point is known.
    pub fn weight(&self) -> u32 {
        self.residents.max(if self.point_km.is_some() { 150 } else { 300 })
    }

    /// How far it reaches, in km.
    pub fn radius_km(&self) -> f64 {
        let built_up = (f64::from(self.weight()) / RESIDENTS_PER_KM2 / std::f64::consts::PI).sqrt().mul_add(1.2, 0.5);
        self.point_km.unwrap_or(built_up)
    }
}

/// Residents of a built-up square kilometre, to judge how far a town reaches.
const RESIDENTS_PER_KM2: f64 = 4_000.0;
/// A Northern Irish town stands for the country around it.
const TOWN_REACH_KM: f64 = 4.0;

/// Reads every table.
pub fn load(postcodes: Option<Postcodes>) -> Gazetteer {
    let (areas, area_names) = Areas::load();
    let number_of = |code: &&str| areas.number(code).expect("a test looks up every code of the embedded tables");

    let spot = |row: &SpotRow| Spot {
        lat: row.lat,
        lon: row.lon,
        radius_km: row.radius_km,
        weight: f64::from(row.postcodes),
        authorities: row.authorities.iter().map(number_of).collect(),
    };
    let (mut sectors, mut spots) = (Vec::new(), Vec::new());
    for row in tables::sectors() {
        sectors.push(row.name);
        spots.push(spot(&row));
    }
    let districts = tables::districts().map(|row| (row.name, spot(&row))).collect();

    let (mut towns, mut names) = (Vec::new(), Vec::new());
    let mut name = |text: &str, target, standing| {
        let key = names::fold(text, LONGEST_TEXT);
        names.push(Name { letters: names::letters(&key), key, target, standing, importance: 0 });
    };
    for (number, row) in (0u32..).zip(tables::towns().chain(tables::villages())) {
        let town = Town {
            name: row.name,
            name_cy: welsh::town_name(&row),
            lat: row.lat,
            lon: row.lon,
            residents: row.residents,
            point_km: row.radius_km,
            authority: (!row.authority.is_empty()).then(|| number_of(&row.authority)),
            part: row.part,
        };
        name(row.name, Target::Town(number), Standing::Label);
        row.more_names.iter().for_each(|other| name(other, Target::Town(number), Standing::Other));
        // Villages would only spread the roughness of their points.
        if !matches!(row.part, "ENG" | "WLS" | "SCT") && row.radius_km.is_none() {
            spots.push(Spot {
                lat: row.lat,
                lon: row.lon,
                radius_km: TOWN_REACH_KM,
                weight: f64::from(town.residents) / 25.0, // residents of a postcode, the measure of the sectors
                authorities: town.authority.into_iter().collect(),
            });
        }
        towns.push(town);
    }
    for (number, all) in area_names {
        for (place, text) in all.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            // The tables give the English name first, then the Welsh one, then aliases.
            let standing = [Standing::Label, Standing::Own].get(place).copied().unwrap_or(Standing::Other);
            name(text, Target::Area(number), standing);
        }
    }
    names.sort_by(|a, b| a.key.cmp(&b.key).then(a.standing.cmp(&b.standing)));
    names.dedup_by(|b, a| a.key == b.key && a.target == b.target); // an alias may fold to the name itself
    let middles = (0..areas.len()).map(|_| OnceLock::new()).collect();
    let version = match &postcodes {
        Some(file) => format!("{} {:016x}", tables::VERSION.trim_end(), file.checksum()),
        None => tables::VERSION.trim_end().to_owned(),
    };
    let town_areas = TownAreas::new(&towns, &areas, |town| within_of_town(&areas, town));
    let spots = Spots::new(spots);
    let mut gazetteer =
        Gazetteer { areas, middles, spots, sectors, districts, towns, town_areas, postcodes, version, names };
    for at in 0..gazetteer.names.len() {
        gazetteer.names[at].importance = gazetteer.importance(&gazetteer.names[at]);
    }
    gazetteer
}

impl Gazetteer {
    pub(super) fn place_of(&self, target: Target) -> Place {
        match target {
            Target::Town(number) => self.place_of_town(number),
            Target::Area(number) => self.place_of_area(number),
        }
    }

    pub(super) fn place_of_town(&self, number: u32) -> Place {
        let town = &self.towns[number as usize];
        let authorities: Vec<u16> = town.authority.into_iter().collect();
        let mut areas = self.codes_at(&authorities, town.lat, town.lon);
        if town.point_km.is_some() {
            // The point is too rough to say which town it lies in.
            areas.retain(|code| !code.starts_with("town:"));
        }
        Place {
            label: town.name.to_owned(),
            kind: PlaceKind::Town,
            lat: town.lat,
            lon: town.lon,
            precision_km: town.radius_km(),
            areas,
            within: within_of_town(&self.areas, town),
            note: None,
            population: town.residents,
        }
    }

    pub(super) fn place_of_area(&self, number: u16) -> Place {
        let area = self.areas.get(number);
        let (lat, lon, precision_km) = *self.middles[usize::from(number)].get_or_init(|| {
            self.spots.middle_of(self.areas.extent(number)).expect("a test finds the middle of every embedded area")
        });
        Place {
            label: area.name.clone(),
            kind: PlaceKind::Area,
            lat,
            lon,
            precision_km,
            areas: self.areas_of_authority(&area.code),
            within: self.within_of_area(number),
            note: None,
            population: 0,
        }
    }

    pub(super) fn place_of_position(&self, lat: f64, lon: f64) -> Place {
        let authorities = self.spots.authorities_at(lat, lon);
        Place {
            label: format!("{lat:.4}, {lon:.4}"),
            kind: PlaceKind::Coordinates,
            lat,
            lon,
            precision_km: 0.0,
            areas: self.codes_at(authorities, lat, lon),
            within: authorities.first().map(|&main| self.areas.get(main).name.clone()),
            note: None,
            population: 0,
        }
    }

    /// The first reading of `text` as a postcode that the tables know.
    pub(super) fn place_of_postcode(&self, text: &str) -> Option<Place> {
        postcode::readings(text).into_iter().find_map(|reading| match reading {
            Reading::Unit { sector, district, unit } => self
                .place_of_unit(&sector, &unit)
                .or_else(|| self.place_of_sector(&sector, Some(Note::PostcodeToSector)))
                .or_else(|| self.place_of_district(&district, Some(Note::PostcodeToDistrict))),
            Reading::Sector { sector, district } => self
                .place_of_sector(&sector, None)
                .or_else(|| self.place_of_district(&district, Some(Note::PostcodeToDistrict))),
            Reading::District(district) => self.place_of_district(&district, None),
        })
    }

    /// A full postcode, where a file of them is there and has it.
    fn place_of_unit(&self, sector: &str, unit: &str) -> Option<Place> {
        let found = self.postcodes.as_ref()?.find(sector, unit)?;
        let own = found.authority.and_then(|code| self.areas.number(code));
        // An authority that the tables do not know, as of another year: those of the sector are near enough.
        let of_sector = || self.sectors.binary_search(&sector).ok().map(|at| self.spots.get(at).authorities.clone());
        let authorities = own.map_or_else(|| of_sector().unwrap_or_default(), |authority| vec![authority]);
        Some(Place {
            label: format!("{sector}{unit}"),
            kind: PlaceKind::Postcode,
            lat: found.lat,
            lon: found.lon,
            precision_km: if found.terminated { TERMINATED_PRECISION_KM } else { PRECISION_KM },
            areas: self.codes_at(&authorities, found.lat, found.lon),
            within: authorities.first().map(|&main| self.areas.get(main).name.clone()),
            note: found.terminated.then_some(Note::Terminated),
            population: 0,
        })
    }

    pub(super) fn place_of_sector(&self, sector: &str, note: Option<Note>) -> Option<Place> {
        let at = self.sectors.binary_search(&sector).ok()?;
        Some(self.place_of_spot(sector, self.spots.get(at), PlaceKind::Sector, note))
    }

    pub(super) fn place_of_district(&self, district: &str, note: Option<Note>) -> Option<Place> {
        let at = self.districts.binary_search_by(|(name, _)| (*name).cmp(district)).ok()?;
        Some(self.place_of_spot(district, &self.districts[at].1, PlaceKind::District, note))
    }

    /// The district whose centre is nearest.
    pub(super) fn district_at(&self, lat: f64, lon: f64) -> Option<&'static str> {
        let away = |spot: &Spot| distance_km(lat, lon, spot.lat, spot.lon);
        self.districts.iter().min_by(|a, b| away(&a.1).total_cmp(&away(&b.1))).map(|(name, _)| *name)
    }

    fn place_of_spot(&self, label: &str, spot: &Spot, kind: PlaceKind, note: Option<Note>) -> Place {
        Place {
            label: label.to_owned(),
            kind,
            lat: spot.lat,
            lon: spot.lon,
            precision_km: spot.radius_km,
            areas: self.codes_at(&spot.authorities, spot.lat, spot.lon),
            within: spot.authorities.first().map(|&main| self.areas.get(main).name.clone()),
            note,
            population: 0,
        }
    }

    fn within_of_area(&self, number: u16) -> Option<String> {
        let codes = self.areas.get(number).parents.iter();
        let mut parents: Vec<u16> = codes.filter_map(|code| self.areas.number(code)).collect();
        parents.retain(|&parent| {
            let area = self.areas.get(parent);
            let telling = matches!(area.kind, AreaKind::County | AreaKind::Region | AreaKind::Nation);
            telling && !self.areas.is_group(parent) && area.name != self.areas.get(number).name
        });
        parents.first().map(|&parent| self.areas.get(parent).name.clone())
    }

    /// The districts whose code begins so, in the order of their codes.
    pub(super) fn districts_from(&self, prefix: &str) -> impl Iterator<Item = &'static str> {
        let start = self.districts.partition_point(|(name, _)| *name < prefix);
        self.districts[start..].iter().map(|(name, _)| *name).take_while(move |name| name.starts_with(prefix))
    }

    /// The sectors whose code begins so, in the order of their codes.
    pub(super) fn sectors_from(&self, prefix: &str) -> impl Iterator<Item = &'static str> {
        let start = self.sectors.partition_point(|name| *name < prefix);
        self.sectors[start..].iter().copied().take_while(move |name| name.starts_with(prefix))
    }

    /// Everything of exactly this name.
    pub(super) fn named(&self, key: &str) -> &[Name] {
        let start = self.names.partition_point(|name| name.key.as_str() < key);
        let end = start + self.names[start..].partition_point(|name| name.key == key);
        &self.names[start..end]
    }
}

/// In England the county; elsewhere the authority, which people know better than a preserved county. The other one when
/// that is called like the town itself.
fn within_of_town(areas: &Areas, town: &Town) -> Option<String> {
    let authority = town.authority?;
    let holders = areas.numbers_around(&only(authority));
    let of_kind = |kind| holders.iter().copied().find(|&n| areas.get(n).kind == kind && !areas.is_group(n));
    let county = of_kind(AreaKind::County);
    let choices = if town.part == "ENG" { [county, Some(authority)] } else { [Some(authority), county] };
    choices
        .into_iter()
        .chain([of_kind(AreaKind::Region), of_kind(AreaKind::Nation)])
        .flatten()
        .map(|n| &areas.get(n).name)
        .find(|name| *name != town.name)
        .cloned()
}
