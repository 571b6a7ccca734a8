//! Numbers of protected services that say more of where they are than the areas they name.

use std::collections::HashSet;

use kith_index::gazetteer::Gazetteer;

use crate::{
    domain::{
        place::{AreaCode, PlaceMode},
        telltale::number::{Rings, rings},
    },
    exchange::Draft,
};

/// Leaves out the geographic numbers of a protected service that are finer than its areas; how many those were.
///
/// The areas must have been settled. One that names none has none as wide as a number. `allowed`: services of which the
/// safeguarding role has said that a local number may be shown, by the source's ids.
pub fn without_finer(draft: &mut Draft, allowed: &HashSet<String>) -> u64 {
    let Draft::Service(offer) = draft else { return 0 };
    if offer.facts.mode != PlaceMode::Area || allowed.contains(&offer.foreign_id) {
        return 0;
    }
    let before = offer.record.phones.len();
    let areas = &offer.facts.areas;
    offer.record.phones.retain(|phone| match rings(&phone.number) {
        Rings::Anywhere => true,
        Rings::In(city) => !areas.is_empty() && areas.iter().all(|area| lies_in(area, city)),
        Rings::InTown => false,
    });
    (before - offer.record.phones.len()) as u64
}

fn lies_in(area: &AreaCode, city: &str) -> bool {
    Gazetteer::embedded().areas_of_authority(&area.0).iter().any(|code| code == city)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::telltale::number::CITIES;

    #[test]
    fn a_city_s_number_is_as_wide_as_the_city_and_no_wider() {
        for (code, area) in CITIES {
            let known = Gazetteer::embedded().area(area);
            assert!(known.is_some_and(|area| area.addresses >= 50_000), "{code} {area}");
        }
        let leeds = AreaCode("E08000035".to_owned());
        assert!(lies_in(&leeds, "E08000035") && lies_in(&leeds, "E12000003"));
        assert!(!lies_in(&AreaCode("E12000003".to_owned()), "E08000035"));
    }
}
