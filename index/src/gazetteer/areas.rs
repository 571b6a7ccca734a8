//! Areas as sets of local authorities: what lies within what follows from the sets.

use std::collections::HashMap;

use super::tables::{self, AreaRow, AuthorityRow};
use super::{Area, AreaKind};

/// Delivery addresses to a postcode. There are about 30 million addresses and, counting postcodes no longer in use as
/// the tables do, 2.6 million postcodes; rounded down, because the figure guards at-risk listings.
const ADDRESSES_PER_POSTCODE: u32 = 11;

/// A set of local authorities, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Authorities([u64; 6]);

impl Authorities {
    pub fn insert(&mut self, authority: u16) {
        self.0[usize::from(authority) / 64] |= 1 << (authority % 64);
    }

    pub fn has_all(&self, authorities: &[u16]) -> bool {
        authorities.iter().all(|&authority| self.0[usize::from(authority) / 64] & (1 << (authority % 64)) != 0)
    }

    pub fn meets(&self, other: &Authorities) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub fn is_within(&self, other: &Authorities) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    pub fn is_empty(&self) -> bool {
        self.0 == [0; 6]
    }

    fn join(&mut self, other: &Authorities) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}

/// All areas. The authorities come first, so that an authority's number is its place in the list; then counties, health
/// boards, regions, nations and countries: every list of codes made from it goes from the small to the large.
pub struct Areas {
    list: Vec<Area>,
    extents: Vec<Authorities>,
    numbers: HashMap<&'static str, u16>,
    /// Numbers of the areas that are other words for several areas ("Yorkshire").
    groups: Vec<u16>,
}

impl Areas {
    /// Every area of the tables, and for each the names that lead to it, its own first.
    pub fn load() -> (Areas, Vec<(u16, Vec<&'static str>)>) {
        let authorities: Vec<AuthorityRow> = tables::authorities().collect();
        let mut others: Vec<AreaRow> = tables::areas().collect();
        others.sort_by_key(|row| kind_of(row.kind).rank());

        let codes = authorities.iter().map(|row| row.code).chain(others.iter().map(|row| row.code));
        let numbers: HashMap<&'static str, u16> = codes.zip(0..).collect();

        let mut extents = vec![Authorities::default(); numbers.len()];
        for (number, row) in (0u16..).zip(&authorities) {
            for code in [row.code].iter().chain(&row.within) {
                extents[usize::from(numbers[code])].insert(number);
            }
        }
        // A group may hold areas that are sorted before or after it, but never another group.
        for row in others.iter().filter(|row| !row.members.is_empty()) {
            let mut extent = Authorities::default();
            row.members.iter().for_each(|member| extent.join(&extents[usize::from(numbers[member])]));
            extents[usize::from(numbers[row.code])] = extent;
        }

        let counted: HashMap<&str, u32> = tables::authority_postcodes().collect();
        let addresses: Vec<u32> = authorities
            .iter()
            .map(|row| counted.get(row.code).map_or(row.residents * 2 / 5, |n| n * ADDRESSES_PER_POSTCODE))
            .collect();

        let mut list = Vec::with_capacity(numbers.len());
        let mut names = Vec::with_capacity(numbers.len());
        for row in authorities {
            names.push((list.len() as u16, [row.name, row.name_cy].into_iter().chain(row.aliases).collect()));
            list.push(area(row.code, row.name, row.name_cy, AreaKind::Authority));
        }
        let groups: Vec<&str> = others.iter().filter(|row| !row.members.is_empty()).map(|row| row.code).collect();
        let groups = groups.into_iter().map(|code| numbers[code]).collect();
        for row in others {
            names.push((list.len() as u16, [row.name, row.name_cy].into_iter().chain(row.aliases).collect()));
            list.push(area(row.code, row.name, row.name_cy, kind_of(row.kind)));
        }
        let mut areas = Areas { list, extents, numbers, groups };
        for number in 0..areas.list.len() {
            let extent = areas.extents[number];
            areas.list[number].addresses =
                (0u16..).zip(&addresses).filter(|(a, _)| extent.meets(&only(*a))).map(|(_, n)| n).sum();
            let mut parents = areas.numbers_around(&extent);
            parents.retain(|&parent| usize::from(parent) != number && areas.extents[usize::from(parent)] != extent);
            areas.list[number].parents = parents.iter().map(|&parent| areas.get(parent).code.clone()).collect();
        }
        (areas, names)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn get(&self, number: u16) -> &Area {
        &self.list[usize::from(number)]
    }

    pub fn number(&self, code: &str) -> Option<u16> {
        self.numbers.get(code).copied()
    }

    /// Whether the area is another word for several, and not what an address would say.
    pub fn is_group(&self, number: u16) -> bool {
        self.groups.contains(&number)
    }

    pub fn extent(&self, number: u16) -> &Authorities {
        &self.extents[usize::from(number)]
    }

    /// Areas with at least one authority of `set`.
    pub fn numbers_touching(&self, set: &Authorities) -> Vec<u16> {
        self.numbers_where(|extent| extent.meets(set))
    }

    /// Areas that hold all of `set`.
    pub fn numbers_around(&self, set: &Authorities) -> Vec<u16> {
        self.numbers_where(|extent| set.is_within(extent))
    }

    /// Areas that lie wholly in `set`.
    pub fn numbers_inside(&self, set: &Authorities) -> Vec<u16> {
        self.numbers_where(|extent| extent.is_within(set))
    }

    /// The codes of `authorities` in the order given, then of every larger area that holds one of them.
    pub fn codes_of(&self, authorities: &[u16]) -> Vec<String> {
        let mut set = Authorities::default();
        authorities.iter().for_each(|&authority| set.insert(authority));
        let larger = self.numbers_touching(&set).into_iter().filter(|&n| self.get(n).kind != AreaKind::Authority);
        authorities.iter().copied().chain(larger).map(|n| self.get(n).code.clone()).collect()
    }

    fn numbers_where(&self, test: impl Fn(&Authorities) -> bool) -> Vec<u16> {
        (0u16..).zip(&self.extents).filter(|(_, extent)| test(extent)).map(|(number, _)| number).collect()
    }
}

/// The set of one authority.
pub fn only(authority: u16) -> Authorities {
    let mut set = Authorities::default();
    set.insert(authority);
    set
}

fn area(code: &str, name: &str, name_cy: &str, kind: AreaKind) -> Area {
    let name_cy = (!name_cy.is_empty()).then(|| name_cy.to_owned());
    Area { code: code.to_owned(), name: name.to_owned(), name_cy, kind, addresses: 0, parents: Vec::new() }
}

fn kind_of(word: &str) -> AreaKind {
    match word {
        "county" => AreaKind::County,
        "health_board" => AreaKind::HealthBoard,
        "region" => AreaKind::Region,
        "nation" => AreaKind::Nation,
        "country" => AreaKind::Country,
        _ => unreachable!("a test reads the kind of every embedded area"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(areas: &Areas, numbers: Vec<u16>) -> Vec<&str> {
        numbers.into_iter().map(|n| areas.get(n).code.as_str()).collect()
    }

    #[test]
    fn an_authority_lies_in_its_county_region_nation_and_the_kingdom() {
        let (areas, _) = Areas::load();
        let leeds = areas.number("E08000035").unwrap();
        assert_eq!(
            codes(&areas, areas.numbers_around(areas.extent(leeds))),
            [
                "E08000035",
                "county:yorkshire",
                "county:west-yorkshire",
                "E12000003",
                "region:north-of-england",
                "E92000001",
                "K02000001",
                "K03000001",
                "K04000001",
            ]
        );
    }

    #[test]
    fn groups_hold_all_their_members() {
        let (areas, _) = Areas::load();
        let yorkshire = areas.number("county:yorkshire").unwrap();
        let inside = codes(&areas, areas.numbers_inside(areas.extent(yorkshire)));
        for code in ["county:north-yorkshire", "county:east-riding-of-yorkshire", "E08000039", "E06000010"] {
            assert!(inside.contains(&code), "{code}");
        }
        assert!(!inside.contains(&"E12000003"), "the region has northern Lincolnshire as well");
    }

    #[test]
    fn no_area_is_empty_and_every_authority_has_a_nation() {
        let (areas, names) = Areas::load();
        assert_eq!(names.len(), areas.list.len());
        for number in 0..names.len() as u16 {
            let area = areas.get(number);
            assert!(!areas.extent(number).is_empty(), "{}", area.code);
            assert!(area.addresses > 1_000, "{} {}", area.code, area.addresses);
            if !matches!(area.kind, AreaKind::Nation | AreaKind::Country) {
                assert!(
                    area.parents.iter().any(|code| code.ends_with("92000001")
                        || code.ends_with("92000002")
                        || code.ends_with("92000003")
                        || code.ends_with("92000004")),
                    "{}",
                    area.code
                );
            }
        }
    }

    #[test]
    fn addresses_are_of_the_right_size() {
        let (areas, _) = Areas::load();
        let of = |code: &str| areas.get(areas.number(code).unwrap()).addresses;
        assert!((25_000_000..33_000_000).contains(&of("K02000001")), "{}", of("K02000001"));
        assert!((300_000..450_000).contains(&of("E08000035")), "Leeds: {}", of("E08000035"));
        assert!(of("E06000053") < 5_000, "Isles of Scilly: {}", of("E06000053"));
    }
}
