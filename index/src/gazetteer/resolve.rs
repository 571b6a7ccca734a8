//! What a reader typed: numbers, a postcode, a name, a name and the area it lies in; or names spelled nearly so.

use std::cmp::Reverse;

use super::areas::Authorities;
use super::names::{self, fold};
use super::postcode;
use super::spots::distance_km;
use super::{AreaKind, Gazetteer, LONGEST_TEXT, Name, Place, Resolution, Standing, Target};

/// A place is taken among its namesakes when it has so many times the residents of the next.
const DOMINATES: u32 = 8;
/// A city of so many residents is meant rather than the county or region of its name (Bristol, London).
const CITY: u32 = 100_000;
/// A town of so many residents is meant rather than an authority of its name somewhere else.
const TOWN: u32 = 20_000;
/// How near "X, Y" must be to the town Y.
const BESIDE_KM: f64 = 15.0;
const MOST_CHOICES: usize = 10;
const MOST_NEAREST: usize = 5;
/// Positions outside are not in the kingdom.
const BOX: (std::ops::RangeInclusive<f64>, std::ops::RangeInclusive<f64>) = (49.0..=61.5, -9.0..=2.5);

pub fn resolve(gazetteer: &Gazetteer, text: &str) -> Resolution {
    known(gazetteer, text).unwrap_or_else(|| {
        let text: String = text.chars().take(LONGEST_TEXT).collect();
        let is_no_name = position(&text).is_some() || looks_like_a_postcode(&text);
        Resolution::Unknown { nearest: if is_no_name { Vec::new() } else { nearest(gazetteer, &text) } }
    })
}

/// The same without a look for what else may have been meant.
pub fn known(gazetteer: &Gazetteer, text: &str) -> Option<Resolution> {
    let text: String = text.chars().take(LONGEST_TEXT).collect();
    if let Some((lat, lon)) = position(&text) {
        let inside = BOX.0.contains(&lat) && BOX.1.contains(&lon);
        return inside.then(|| Resolution::Point(gazetteer.place_of_position(lat, lon)));
    }
    if let Some(place) = gazetteer.place_of_postcode(&text) {
        return Some(Resolution::Point(place));
    }
    if looks_like_a_postcode(&text) {
        return None;
    }
    if let Some(place) = postcode_at_end(gazetteer, &text) {
        return Some(Resolution::Point(place));
    }
    let key = fold(&text, LONGEST_TEXT);
    let plain = ["near ", "in ", "around ", "the "].iter().find_map(|word| key.strip_prefix(word));
    named(gazetteer, &key)
        .or_else(|| named(gazetteer, plain?))
        .or_else(|| by_commas(gazetteer, &text))
        .or_else(|| by_words(gazetteer, &key))
        .or_else(|| by_words(gazetteer, plain?))
}

/// The area of a name that is exactly it once folded, without words that only say what kind of body governs it.
pub fn area_named(gazetteer: &Gazetteer, name: &str) -> Option<u16> {
    let key = fold(name, LONGEST_TEXT);
    let mut key = key.strip_prefix("the ").unwrap_or(&key);
    if let Some(found) = best_area(gazetteer, key) {
        return Some(found);
    }
    for before in
        ["city of ", "county of ", "royal borough of ", "london borough of ", "borough of ", "metropolitan borough of "]
    {
        key = key.strip_prefix(before).unwrap_or(key);
    }
    // "X Metropolitan Borough Council" ends in three such words.
    for _ in 0..4 {
        if let Some(found) = best_area(gazetteer, key) {
            return Some(found);
        }
        let endings =
            [" council", " county", " city", " borough", " district", " metropolitan", " region", " unitary authority"];
        key = endings.iter().find_map(|ending| key.strip_suffix(ending))?;
    }
    best_area(gazetteer, key)
}

/// The town that a name means by itself, not one among several.
pub fn town_named(gazetteer: &Gazetteer, name: &str) -> Option<u32> {
    let mut towns = towns_named(gazetteer, &fold(name, LONGEST_TEXT));
    dominates(&mut towns).then(|| towns[0].1)
}

/// Two numbers, with a comma or a space between them.
fn position(text: &str) -> Option<(f64, f64)> {
    let mut parts = text.split([',', ' ', '\t']).filter(|part| !part.is_empty());
    let (lat, lon) = (parts.next()?, parts.next()?);
    let number = |part: &str| {
        let digits = part.strip_prefix(['-', '+']).unwrap_or(part);
        let plain =
            digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        part.parse::<f64>().ok().filter(|_| plain)
    };
    parts.next().is_none().then_some(())?;
    Some((number(lat)?, number(lon)?))
}

/// A whole postcode, known or not: no name has this shape.
fn looks_like_a_postcode(text: &str) -> bool {
    postcode::readings(text).iter().any(|reading| matches!(reading, postcode::Reading::Unit { .. }))
}

/// The whole postcode that an address ends in.
fn postcode_at_end(gazetteer: &Gazetteer, text: &str) -> Option<Place> {
    let words: Vec<&str> = text.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    [2, 1].into_iter().filter(|&count| words.len() > count).find_map(|count| {
        let end = words[words.len() - count..].join(" ");
        if looks_like_a_postcode(&end) { gazetteer.place_of_postcode(&end) } else { None }
    })
}

/// What the whole of `key` names.
fn named(gazetteer: &Gazetteer, key: &str) -> Option<Resolution> {
    match area_meant(gazetteer, key) {
        Some(area) => Some(whole_area(gazetteer, area)),
        None => chosen(gazetteer, towns_named(gazetteer, key)),
    }
}

/// The area that `key` names, unless a town is rather meant: a city of its name in it, a town of its name in an
/// authority (or a large one elsewhere), any town when the area is only nicknamed so.
pub fn area_meant(gazetteer: &Gazetteer, key: &str) -> Option<u16> {
    let area = best_area(gazetteer, key)?;
    let names = gazetteer.named(key);
    let called_so = names.iter().any(|name| name.target == Target::Area(area) && name.standing != Standing::Other);
    let small = gazetteer.areas.get(area).kind == AreaKind::Authority;
    let extent = gazetteer.areas.extent(area);
    let town_meant = names.iter().any(|name| {
        let Target::Town(number) = name.target else { return false };
        let town = &gazetteer.towns[number as usize];
        let inside = gazetteer.set_of(town.authority).meets(extent);
        let city = inside && town.residents >= CITY;
        let called = name.standing == Standing::Label;
        city || called && (!called_so || small && (inside || town.residents >= TOWN))
    });
    (!town_meant).then_some(area)
}

/// The area meant by a name: in Wales an authority rather than the preserved county of its name, else the county rather
/// than the region or the authority.
fn best_area(gazetteer: &Gazetteer, key: &str) -> Option<u16> {
    let areas = gazetteer.named(key).iter().filter_map(|name| match name.target {
        Target::Area(number) => Some((number, name.standing == Standing::Other)),
        Target::Town(_) => None,
    });
    areas
        .min_by_key(|&(number, nickname)| {
            let area = gazetteer.areas.get(number);
            let welsh = area.parents.iter().any(|parent| parent == "W92000004");
            let rank = match area.kind {
                AreaKind::Country | AreaKind::Dependency => 0,
                AreaKind::Nation => 1,
                AreaKind::Authority if welsh => 2,
                AreaKind::County => 3,
                AreaKind::Region => 4,
                AreaKind::HealthBoard | AreaKind::IntegratedCareBoard => 5,
                AreaKind::Authority | AreaKind::Town => 6,
            };
            (nickname, rank, number)
        })
        .map(|(number, _)| number)
}

fn whole_area(gazetteer: &Gazetteer, number: u16) -> Resolution {
    Resolution::Area(gazetteer.place_of_area(number), gazetteer.areas.get(number).code.clone())
}

/// The towns of a name, each with the residents that count: a third for those that have it only as another name.
fn towns_named(gazetteer: &Gazetteer, key: &str) -> Vec<(u32, u32)> {
    let town = |name: &Name| match name.target {
        Target::Town(number) if name.standing == Standing::Label => {
            Some((gazetteer.towns[number as usize].weight(), number))
        }
        Target::Town(number) => Some((gazetteer.towns[number as usize].weight() / 3, number)),
        Target::Area(_) => None,
    };
    gazetteer.named(key).iter().filter_map(town).collect()
}

/// One of the towns when it is far larger than the others, else all of them; `None` when there are none.
fn chosen(gazetteer: &Gazetteer, mut towns: Vec<(u32, u32)>) -> Option<Resolution> {
    if towns.is_empty() {
        return None;
    }
    let alone = dominates(&mut towns);
    let mut places: Vec<Place> =
        towns.iter().take(MOST_CHOICES).map(|&(_, number)| gazetteer.place_of_town(number)).collect();
    if alone {
        return places.into_iter().next().map(Resolution::Point);
    }
    // Namesakes in one county are told apart by their postcode districts, which are understood after the name.
    let whole: Vec<_> = places.iter().map(|place| (place.label.clone(), place.within.clone())).collect();
    for place in &mut places {
        if whole.iter().filter(|(label, within)| *label == place.label && *within == place.within).count() > 1
            && let Some(district) = gazetteer.district_at(place.lat, place.lon)
        {
            let within = place.within.take().map_or_else(String::new, |within| format!("{within}, "));
            place.within = Some(within + district);
        }
    }
    Some(Resolution::Ambiguous(places))
}

/// Whether the first of the towns, which are put in order, is alone or far larger than the others.
fn dominates(towns: &mut [(u32, u32)]) -> bool {
    towns.sort_by_key(|&(weight, number)| (Reverse(weight), number));
    match *towns {
        [] => false,
        [_] => true,
        [(first, _), (second, _), ..] => first >= DOMINATES * second,
    }
}

/// "Newport, Isle of Wight": a name, then what it lies in, from the small to the large. A name may have a comma itself.
fn by_commas(gazetteer: &Gazetteer, text: &str) -> Option<Resolution> {
    let parts: Vec<String> =
        text.split(',').map(|part| fold(part, LONGEST_TEXT)).filter(|part| !part.is_empty()).collect();
    (1..parts.len()).rev().find_map(|cut| {
        let tails: Vec<&str> = parts[cut..].iter().map(String::as_str).collect();
        narrowed(gazetteer, &parts[..cut].join(" "), &tails, true)
    })
}

/// "Newport Isle of Wight": the same without the comma. Only an area can follow, or "Leeds Bradford" would be a place.
fn by_words(gazetteer: &Gazetteer, key: &str) -> Option<Resolution> {
    let spaces: Vec<usize> = key.match_indices(' ').map(|(at, _)| at).collect();
    spaces.into_iter().rev().find_map(|at| {
        let tail = &key[at + 1..];
        let tail = ["in ", "near "].iter().find_map(|word| tail.strip_prefix(word)).unwrap_or(tail);
        narrowed(gazetteer, &key[..at], &[tail], false)
    })
}

/// The places named `head` that lie in, or with `beside` next to, everything the `tails` name.
fn narrowed(gazetteer: &Gazetteer, head: &str, tails: &[&str], beside: bool) -> Option<Resolution> {
    let mut towns = towns_named(gazetteer, head);
    let mut area = best_area(gazetteer, head);
    for tail in tails {
        let tail = tail.strip_prefix("the ").unwrap_or(tail);
        let extents: Vec<&Authorities> = gazetteer
            .named(tail)
            .iter()
            .filter_map(|name| if let Target::Area(n) = name.target { Some(gazetteer.areas.extent(n)) } else { None })
            .collect();
        let district = gazetteer.place_of_district(&tail.to_ascii_uppercase(), None);
        let centres = if beside { towns_named(gazetteer, tail) } else { Vec::new() };
        towns.retain(|&(_, number)| {
            let town = &gazetteer.towns[number as usize];
            let own = gazetteer.set_of(town.authority);
            let inside = extents.iter().any(|extent| own.meets(extent));
            let in_district = district.as_ref().is_some_and(|district| {
                distance_km(town.lat, town.lon, district.lat, district.lon) <= district.precision_km + town.radius_km()
            });
            let next = centres.iter().filter(|&&(_, centre)| centre != number).any(|&(_, centre)| {
                let centre = &gazetteer.towns[centre as usize];
                distance_km(town.lat, town.lon, centre.lat, centre.lon) <= BESIDE_KM
            });
            inside || in_district || next
        });
        area = area.filter(|&number| extents.iter().any(|extent| gazetteer.areas.extent(number).is_within(extent)));
    }
    chosen(gazetteer, towns).or_else(|| area.map(|number| whole_area(gazetteer, number)))
}

/// Places whose names are spelled nearly like the text, or like its part before a comma.
fn nearest(gazetteer: &Gazetteer, text: &str) -> Vec<Place> {
    let head = fold(text.split(',').next().unwrap_or_default(), LONGEST_TEXT);
    let most = match head.len() {
        0..=3 => return Vec::new(),
        4..=6 => 1,
        _ => 2,
    };
    let letters = names::letters(&head);
    let mut found: Vec<(usize, u32, Target)> = Vec::new();
    for name in &gazetteer.names {
        if (name.letters ^ letters).count_ones() as usize > 2 * most {
            continue;
        }
        if let Some(slips) = names::distance(&head, &name.key, most) {
            found.push((slips, gazetteer.weight(name.target), name.target));
        }
    }
    found.sort_by_key(|&(slips, importance, target)| (slips, Reverse(importance), target_order(target)));
    let mut nearest: Vec<Place> = Vec::new();
    for (_, _, target) in found {
        let place = gazetteer.place_of(target);
        if nearest.len() < MOST_NEAREST && !nearest.iter().any(|p| p.label == place.label && p.within == place.within) {
            nearest.push(place);
        }
        if nearest.len() == MOST_NEAREST {
            break;
        }
    }
    nearest
}

fn target_order(target: Target) -> (u8, u32) {
    match target {
        Target::Town(number) => (0, number),
        Target::Area(number) => (1, u32::from(number)),
    }
}
