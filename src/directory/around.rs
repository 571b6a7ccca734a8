//! The place of a search: looked up in the gazetteer, and how far around it to look.

use kith_index::{
    Block, Code, Hits, Near, Query, Reader,
    gazetteer::{Gazetteer, Place, Resolution},
};

use super::{Error, PlaceProblem, Result, beside::beside, request::SearchRequest, search::candidate, without};
use crate::domain::listing::UNITED_KINGDOM;

/// Radii that a search without one tries, in kilometres.
pub(super) const WIDENING: [f64; 6] = [5.0, 10.0, 25.0, 50.0, 100.0, 200.0];
/// Beyond this radius a search goes only when nothing at all was found inside.
pub(super) const FAR_KM: f64 = 50.0;
/// How many results end the widening.
pub(super) const ENOUGH: u64 = 10;

/// A place that was asked for, ready to be searched.
pub(super) struct Asked {
    pub place: Place,
    pub area_code: Option<String>,
}

pub(super) fn asked_place(request: &SearchRequest) -> Result<Option<Asked>> {
    let unknown = || Error::Place(PlaceProblem { ambiguous: false, candidates: Vec::new() });
    if let Some(postcode) = &request.postcode {
        let place = Gazetteer::embedded().postcode(postcode).ok_or_else(unknown)?;
        return Ok(Some(Asked { place, area_code: None }));
    }
    let text = match (&request.near, request.latitude, request.longitude) {
        (Some(near), _, _) => near.clone(),
        (None, Some(latitude), Some(longitude)) => format!("{latitude},{longitude}"),
        _ => return Ok(None),
    };
    match Gazetteer::embedded().resolve(&text) {
        Resolution::Point(place) => Ok(Some(Asked { place, area_code: None })),
        Resolution::Area(place, code) => Ok(Some(Asked { place, area_code: Some(code) })),
        Resolution::Ambiguous(places) => {
            Err(Error::Place(PlaceProblem { ambiguous: true, candidates: places.into_iter().map(candidate).collect() }))
        }
        Resolution::Unknown { nearest } => Err(Error::Place(PlaceProblem {
            ambiguous: false,
            candidates: nearest.into_iter().map(candidate).collect(),
        })),
    }
}

/// Asks the view, around the place that was asked for; answers the radius too, where there is one. No card names what is hidden.
pub(super) fn find(
    reader: &Reader,
    query: &mut Query,
    request: &SearchRequest,
    asked: Option<&Asked>,
) -> Result<(Hits, Option<f64>)> {
    let (mut hits, radius) = look(reader, query, request, asked)?;
    without::hits(&mut hits, &query.withdrawn);
    Ok((hits, radius))
}

fn look(
    reader: &Reader,
    query: &mut Query,
    request: &SearchRequest,
    asked: Option<&Asked>,
) -> Result<(Hits, Option<f64>)> {
    // Resources have no place: one is told as understood, and nothing is left out or ordered by it.
    match asked.filter(|_| !request.is_for_resources()) {
        None => Ok((reader.search(query)?, None)),
        Some(Asked { place, area_code: Some(code) }) => {
            let gazetteer = Gazetteer::embedded();
            query.within_areas = owned(&gazetteer.within(code));
            query.areas_here.clone_from(&query.within_areas);
            query.areas_here.extend(owned(&place.areas));
            query.areas.clone_from(&query.areas_here);
            query.areas.extend(beside(place, Some(code)).into_iter().map(Code::Borrowed));
            whole_country(query, request);
            Ok((reader.search(query)?, None))
        }
        Some(Asked { place, area_code: None }) => {
            let asking = reader.asking(&query.words)?;
            let mut widening: &[f64] = request.within_km.as_ref().map_or(&WIDENING, std::slice::from_ref);
            // How far to go is found out by counting: only the last circle is answered.
            while let [km, further @ ..] = widening
                && request.within_km.is_none()
                && *km < FAR_KM
            {
                query.near = Some(circle(place, *km));
                if asking.finds(query, ENOUGH)? {
                    break;
                }
                widening = further;
            }
            let (mut hits, mut radius) = (Hits::default(), None);
            let beside = beside(place, None);
            for km in widening {
                radius = Some(*km);
                query.near = Some(circle(place, *km));
                // Areas that only a circle widened so far touches are not near.
                let near = request.within_km.unwrap_or(km.min(FAR_KM));
                areas_of(query, place, near + place.precision_km);
                query.areas.extend(beside.iter().copied().map(Code::Borrowed));
                whole_country(query, request);
                // Within reach all words first, then most or any of them; only then what is far.
                query.all_words = request.within_km.is_none() && *km < FAR_KM;
                hits = asking.search(query)?;
                let Block { total, broader, .. } = hits.results;
                if total - broader >= ENOUGH || (total > 0 && *km >= FAR_KM) {
                    break;
                }
            }
            Ok((hits, radius))
        }
    }
}

/// What is so near to any address of the place, not only to its middle.
fn circle(place: &Place, km: f64) -> Near {
    Near { lat: place.lat, lon: place.lon, km: km + place.precision_km }
}

/// The areas of a place, and those that a circle of `km` around it touches.
fn areas_of(query: &mut Query, place: &Place, km: f64) {
    query.areas_here = owned(&place.areas);
    query.areas.clone_from(&query.areas_here);
    query.areas.extend(Gazetteer::embedded().areas_touched(place.lat, place.lon, km).into_iter().map(Code::Borrowed));
}

fn owned(codes: &[String]) -> Vec<Code> {
    codes.iter().cloned().map(Code::Owned).collect()
}

/// What serves the whole United Kingdom serves every place in it. Who wants only what is stated is not told to ask what
/// serves another area.
fn whole_country(query: &mut Query, request: &SearchRequest) {
    if request.strict == Some(true) {
        query.areas.clone_from(&query.areas_here);
    }
    for areas in [&mut query.areas, &mut query.areas_here] {
        areas.push(Code::Borrowed(UNITED_KINGDOM));
    }
}
