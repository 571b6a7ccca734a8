//! Areas as sets of local authorities: what lies within what follows from the sets.

use std::collections::HashMap;

use super::tables::{self, AreaRow, AuthorityRow, Share};
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

    pub fn has(&self, authority: u16) -> bool {
        self.0[usize::from(authority) / 64] & (1 << (authority % 64)) != 0
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

    pub fn common(&self, other: &Authorities) -> Authorities {
        let mut both = *self;
        both.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
        both
    }

    pub fn join(&mut self, other: &Authorities) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }
}

/// All areas. The authorities come first, so that an authority's number is its place in the list; then counties, health
/// boards, regions, nations and countries: every list of codes made from it goes from the small to the large.
pub struct Areas {
    list: Vec<Area>,
    /// What each area is counted to be made of: authorities of which it holds all or most.
    extents: Vec<Authorities>,
    /// Authorities of which it holds anything at all, and those that it holds all of. Nearly always the same.
    touched: Vec<Authorities>,
    whole: Vec<Authorities>,
    /// The authorities that touch each authority.
    borders: Vec<Authorities>,
    /// For each authority the larger areas that hold any of it.
    larger: Vec<Vec<u16>>,
    numbers: HashMap<&'static str, u16>,
    /// Addresses of each authority.
    addresses: Vec<u32>,
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
        let (mut touched, mut whole) = (extents.clone(), extents.clone());
        // A group may hold areas that are sorted before or after it, but never another group.
        for row in others.iter().filter(|row| !row.members.is_empty()) {
            let of = |shares: &[Share]| {
                let mut joined = Authorities::default();
                let held = row.members.iter().filter(|(share, _)| shares.contains(share));
                held.for_each(|(_, member)| joined.join(&extents[usize::from(numbers[member])]));
                joined
            };
            let [all, most, any] =
                [of(&[Share::Whole]), of(&[Share::Whole, Share::Most]), of(&[Share::Whole, Share::Most, Share::Part])];
            let number = usize::from(numbers[row.code]);
            (whole[number], extents[number], touched[number]) = (all, most, any);
        }
        let mut borders = vec![Authorities::default(); authorities.len()];
        for (code, others) in tables::neighbours() {
            others.iter().for_each(|other| borders[usize::from(numbers[code])].insert(numbers[other]));
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
            // Only the Crown dependencies belong to nothing larger.
            let kind = if row.within.is_empty() { AreaKind::Dependency } else { AreaKind::Authority };
            list.push(area(row.code, row.name, row.name_cy, kind));
        }
        let groups: Vec<&str> = others.iter().filter(|row| !row.members.is_empty()).map(|row| row.code).collect();
        let groups = groups.into_iter().map(|code| numbers[code]).collect();
        for row in others {
            names.push((list.len() as u16, [row.name, row.name_cy].into_iter().chain(row.aliases).collect()));
            list.push(area(row.code, row.name, row.name_cy, kind_of(row.kind)));
        }
        let mut areas =
            Areas { list, extents, touched, whole, borders, larger: Vec::new(), numbers, addresses, groups };
        areas.larger = (0..areas.borders.len() as u16).map(|authority| areas.larger_than(&only(authority))).collect();
        for number in 0..areas.list.len() {
            let extent = areas.extents[number];
            areas.list[number].addresses = areas.addresses_of(&extent);
            let touched = areas.touched[number];
            let mut parents = areas.numbers_around(&touched);
            parents.retain(|&parent| usize::from(parent) != number && areas.extents[usize::from(parent)] != touched);
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

    /// Authorities of which an area holds anything, and those of which it holds all.
    pub fn reach(&self, number: u16) -> (&Authorities, &Authorities) {
        (&self.touched[usize::from(number)], &self.whole[usize::from(number)])
    }

    /// How many authorities there are; their numbers are those below.
    pub fn authorities(&self) -> u16 {
        self.addresses.len() as u16
    }

    /// The addresses of all authorities of `set`.
    pub fn addresses_of(&self, set: &Authorities) -> u32 {
        (0u16..).zip(&self.addresses).filter(|(authority, _)| set.has(*authority)).map(|(_, n)| n).sum()
    }

    /// Areas with any part of an authority of `set`.
    pub fn numbers_touching(&self, set: &Authorities) -> Vec<u16> {
        numbers_where(&self.touched, |touched| touched.meets(set))
    }

    /// Areas that hold all of `set`.
    pub fn numbers_around(&self, set: &Authorities) -> Vec<u16> {
        numbers_where(&self.whole, |whole| set.is_within(whole))
    }

    /// Areas that lie wholly in `set`.
    pub fn numbers_inside(&self, set: &Authorities) -> Vec<u16> {
        numbers_where(&self.touched, |touched| touched.is_within(set))
    }

    /// Areas of the same kind that touch an area and have nothing in common with it. Groups have no neighbours and are none.
    pub fn neighbours(&self, number: u16) -> Vec<u16> {
        let (extent, kind) = (&self.extents[usize::from(number)], self.get(number).kind);
        if self.is_wide_group(number) {
            return Vec::new();
        }
        let mut beyond = Authorities::default();
        let own = (0u16..).zip(&self.borders).filter(|(authority, _)| extent.meets(&only(*authority)));
        own.for_each(|(_, border)| beyond.join(border));
        let mut found = numbers_where(&self.extents, |other| other.meets(&beyond) && !other.meets(extent));
        found.retain(|&other| self.get(other).kind == kind && !self.is_wide_group(other));
        found
    }

    /// Whether the area is a group of its own kind ("Yorkshire"), beside which its members stand already. Boards and the
    /// counties of Northern Ireland are made of authorities and no such groups.
    fn is_wide_group(&self, number: u16) -> bool {
        let kind = self.get(number).kind;
        let own_kind = matches!(kind, AreaKind::Region | AreaKind::County | AreaKind::Country);
        own_kind && self.is_group(number) && self.whole[usize::from(number)] == self.touched[usize::from(number)]
    }

    /// The codes of `authorities` in the order given, then of every larger area that holds one of them.
    pub fn codes_of(&self, authorities: &[u16]) -> Vec<String> {
        let codes =
            |larger: &[u16]| authorities.iter().chain(larger).map(|&number| self.get(number).code.clone()).collect();
        // Most positions have to do with one authority.
        if let [authority] = authorities {
            return codes(&self.larger[usize::from(*authority)]);
        }
        let mut set = Authorities::default();
        authorities.iter().for_each(|&authority| set.insert(authority));
        codes(&self.larger_than(&set))
    }

    /// The areas that are no authorities and hold any part of one of `set`.
    fn larger_than(&self, set: &Authorities) -> Vec<u16> {
        let first = self.borders.len();
        let larger = (first as u16..).zip(&self.touched[first..]);
        larger.filter(|(_, touched)| touched.meets(set)).map(|(number, _)| number).collect()
    }
}

fn numbers_where(sets: &[Authorities], test: impl Fn(&Authorities) -> bool) -> Vec<u16> {
    (0u16..).zip(sets).filter(|(_, set)| test(set)).map(|(number, _)| number).collect()
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
        "icb" => AreaKind::IntegratedCareBoard,
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
                "E54000054",
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
    fn what_an_area_holds_a_part_of_is_touched_and_not_inside() {
        let (areas, _) = Areas::load();
        let number = |code: &str| areas.number(code).unwrap();
        let [north_yorkshire, west, humber] = ["E06000065", "E54000054", "E54000051"].map(number);
        assert!(areas.numbers_touching(&only(north_yorkshire)).contains(&west), "Craven is under the western board");
        assert!(!areas.numbers_inside(areas.extent(west)).contains(&north_yorkshire));
        assert!(areas.numbers_inside(areas.extent(humber)).contains(&north_yorkshire), "most of it");
        let parents = &areas.get(north_yorkshire).parents;
        assert!(!parents.iter().any(|code| code.starts_with("E54")), "neither board holds all of it");
        assert_eq!(areas.list.iter().filter(|area| area.kind == AreaKind::IntegratedCareBoard).count(), 42);
    }

    #[test]
    fn neighbours_touch_and_share_nothing() {
        let (areas, _) = Areas::load();
        let around = |code| codes(&areas, areas.neighbours(areas.number(code).unwrap()));
        let mut leeds = around("E08000035");
        leeds.sort_unstable();
        // Bradford, Kirklees, North Yorkshire, Wakefield.
        assert_eq!(leeds, ["E06000065", "E08000032", "E08000034", "E08000036"]);
        assert!(around("S12000017").contains(&"S12000035"), "Highland and Argyll, over empty hills");
        assert!(around("N09000003").contains(&"N09000007"), "Belfast and Lisburn, where no postcodes are open");
        assert!(around("W92000004").contains(&"E92000001") && !around("N92000002").contains(&"S92000003"));
        assert!(
            around("county:kent").contains(&"county:east-sussex") && !around("county:kent").contains(&"county:sussex")
        );
        assert!(
            around("E06000046").is_empty() || around("E06000046").iter().all(|code| code.starts_with('E')),
            "Wight"
        );
        assert!(
            around("county:yorkshire").is_empty() && around("K02000001").is_empty() && around("M83000003").is_empty()
        );
        for number in 0..areas.list.len() as u16 {
            for other in areas.neighbours(number) {
                assert!(areas.neighbours(other).contains(&number), "{}", areas.get(number).code);
            }
        }
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
            if !matches!(area.kind, AreaKind::Nation | AreaKind::Country | AreaKind::Dependency) {
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
