//! Which id a record of a source gets here.

use std::collections::HashMap;

use crate::domain::{
    clock::Chance,
    id::{Id, Kind, kind},
    place::PlaceMode,
};

/// Gives each record of a source its id here: the same one whenever it is asked again.
pub trait Ids {
    /// The 128 bits of the id of what the source calls `foreign_id`. `mode` is `Area` for protected services and
    /// organizations only, whose id here must not lead back to the source's.
    fn id(&mut self, kind: &'static str, foreign_id: &str, mode: PlaceMode) -> u128;
}

/// The usual rule: a known id; else a random one for what is protected; else the source's own if it is
/// a UUID; else one derived from the source and its name there.
pub struct SourceIds<'c> {
    source: Id<kind::Source>,
    chance: &'c dyn Chance,
    known: HashMap<(&'static str, String), u128>,
}

impl<'c> SourceIds<'c> {
    /// The rule for one source.
    pub fn new(source: Id<kind::Source>, chance: &'c dyn Chance) -> Self {
        Self { source, chance, known: HashMap::new() }
    }

    /// The source whose names these are.
    pub const fn source(&self) -> Id<kind::Source> {
        self.source
    }

    /// Says which id a record has already. Needed for what is or was protected; for others only where the rule was not followed.
    pub fn know(&mut self, kind: &'static str, foreign_id: &str, bits: u128) {
        self.known.insert((kind, foreign_id.to_owned()), bits);
    }
}

/// The ids that the rule can have given an unprotected record of that name.
pub fn usual<K: Kind>(source: Id<kind::Source>, foreign_id: &str) -> [Id<K>; 2] {
    let derived = Id::named(source, &format!("{}/{foreign_id}", K::NAME));
    [foreign_id.parse().unwrap_or(derived), derived]
}

impl Ids for SourceIds<'_> {
    fn id(&mut self, kind: &'static str, foreign_id: &str, mode: PlaceMode) -> u128 {
        let key = (kind, foreign_id.to_owned());
        if let Some(bits) = self.known.get(&key) {
            return *bits;
        }
        #[cfg(debug_assertions)]
        if crate::domain::sabotage::on("id-from-source") {
            return Id::<kind::Service>::named(self.source, &format!("{kind}/{foreign_id}")).as_u128();
        }
        if mode == PlaceMode::Area {
            let bits = Id::<kind::Service>::random(self.chance).as_u128();
            self.known.insert(key, bits);
            return bits;
        }
        let own: Result<Id<()>, _> = foreign_id.parse();
        own.unwrap_or_else(|_| Id::named(self.source, &format!("{kind}/{foreign_id}"))).as_u128()
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, SourceIds};
    use crate::domain::{clock::SeededChance, id::Id, place::PlaceMode};

    #[test]
    fn a_uuid_stays_another_name_is_derived_and_a_protected_one_is_random_but_steady() {
        let chance = SeededChance::new(1);
        let mut ids = SourceIds::new(Id::from_u128(7), &chance);
        assert_eq!(ids.id("service", "00000000-0000-0000-0000-000000000005", PlaceMode::Exact), 5);
        let derived = ids.id("service", "GB-1", PlaceMode::Exact);
        assert_eq!(ids.id("service", "GB-1", PlaceMode::Remote), derived);
        assert_ne!(ids.id("organization", "GB-1", PlaceMode::Exact), derived);
        let hidden = ids.id("service", "00000000-0000-0000-0000-000000000006", PlaceMode::Area);
        assert_ne!(hidden, 6);
        assert_eq!(ids.id("service", "00000000-0000-0000-0000-000000000006", PlaceMode::Area), hidden);
        ids.know("service", "GB-2", 9);
        assert_eq!(ids.id("service", "GB-2", PlaceMode::Area), 9);
    }
}
