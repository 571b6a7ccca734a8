//! How few addresses several sets of areas can have in common.
//!
//! Whoever collects all the areas that were ever told of one place looks at what they have in common. [`smallest`] says
//! how small that can get for any of them together: it counts what they surely share, so that an authority of which an
//! area holds only a part counts for nothing where another area might meet that part.

use std::collections::HashSet;

use super::{Gazetteer, areas::Authorities};

/// What a set of areas holds, as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// Authorities of which it holds anything, and those of which it holds all.
    touched: Authorities,
    whole: Authorities,
    addresses: u32,
}

impl Extent {
    /// Whether it holds nothing that is known.
    pub fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Whether it surely holds all of another.
    fn holds(&self, other: &Extent) -> bool {
        other.touched.is_within(&self.whole)
    }
}

impl Gazetteer {
    /// What areas hold together; codes that are not known hold nothing.
    pub fn extent<'c>(&self, codes: impl IntoIterator<Item = &'c str>) -> Extent {
        let (mut extent, mut counted, mut of_towns) = (Extent::default(), Authorities::default(), 0);
        for code in codes {
            if let Some(number) = self.areas.number(code) {
                let (touched, whole) = self.areas.reach(number);
                extent.touched.join(touched);
                extent.whole.join(whole);
                counted.join(self.areas.extent(number));
            } else if let (Some(town), Some(authority)) = (self.town_areas.get(code), self.town_areas.authority(code)) {
                extent.touched.join(&authority);
                of_towns = town.addresses.max(of_towns);
            }
        }
        extent.addresses = self.areas.addresses_of(&counted).max(of_towns);
        extent
    }

    /// The fewest addresses that any of these have in common with one another, or that the smallest of them holds by
    /// itself. Those that have nothing in common say of no place that it lies in both, and do not count. Only what one with
    /// a mark (`true`) is a part of is looked at; `None` when there is none.
    pub fn smallest_overlap(&self, extents: &[(Extent, bool)]) -> Option<u32> {
        // Most authorities lie in the same sets as another one, and need not be looked at again.
        let mut seen: HashSet<Vec<bool>> = HashSet::new();
        let lies_in = |authority| extents.iter().map(move |(extent, _)| extent.touched.has(authority));
        let patterns = (0..self.areas.authorities()).map(|authority| lies_in(authority).collect::<Vec<bool>>());
        let new = patterns.filter(|pattern| pattern.contains(&true) && seen.insert(pattern.clone()));
        new.filter_map(|pattern| self.overlap_of(extents.iter().zip(pattern).filter(|(_, is)| *is).map(|(e, _)| e)))
            .min()
    }

    /// The same of all that hold anything of one authority. Whatever fewer of them have in common holds that too.
    fn overlap_of<'e>(&self, extents: impl Iterator<Item = &'e (Extent, bool)>) -> Option<u32> {
        let mut there: Vec<&Extent> = Vec::new();
        let mut marked = false;
        for (extent, mark) in extents {
            marked |= mark;
            // What holds all of another narrows nothing.
            if there.iter().any(|other| extent.holds(other)) {
                continue;
            }
            there.retain(|other| !other.holds(extent));
            there.push(extent);
        }
        match there.as_slice() {
            _ if !marked => None,
            [] => None,
            [one] => Some(one.addresses),
            [first, others @ ..] => {
                let common = others.iter().fold(first.whole, |common, other| common.common(&other.whole));
                Some(self.areas.addresses_of(&common))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Areas published one after the other, each set as one.
    fn overlap(sets: &[&[&str]]) -> Option<u32> {
        let gazetteer = Gazetteer::embedded();
        let extents: Vec<_> = sets.iter().map(|codes| (gazetteer.extent(codes.iter().copied()), true)).collect();
        gazetteer.smallest_overlap(&extents)
    }

    fn addresses(code: &str) -> Option<u32> {
        Gazetteer::embedded().area(code).map(|area| area.addresses)
    }

    #[test]
    fn an_area_by_itself_holds_what_it_holds() {
        for code in ["E08000035", "E12000003", "E54000054", "K02000001"] {
            assert_eq!(overlap(&[&[code]]), addresses(code), "{code}");
            assert_eq!(overlap(&[&[code], &[code]]), addresses(code), "{code}, twice");
        }
        assert_eq!(overlap(&[]), None);
        assert_eq!(overlap(&[&["no such code"]]), None);
    }

    #[test]
    fn what_holds_all_of_another_narrows_nothing() {
        assert_eq!(overlap(&[&["E08000035"], &["E12000003"], &["E92000001"]]), addresses("E08000035"));
        let both = addresses("E08000035").unwrap() + addresses("E08000032").unwrap();
        assert_eq!(overlap(&[&["E08000035", "E08000032"]]), Some(both));
    }

    #[test]
    fn what_two_share_a_part_of_an_authority_counts_for_nothing() {
        // Craven is all that North Yorkshire and the board of West Yorkshire have in common.
        assert_eq!(overlap(&[&["E54000054"], &["E06000065"]]), Some(0));
        assert_eq!(overlap(&[&["E06000065"], &["E08000035"], &["E54000054"]]), Some(0));
    }

    #[test]
    fn three_may_have_less_in_common_than_any_two() {
        // Leeds, Bradford and Rutland by turns: each two share a city, all three only Rutland, by its county.
        let (leeds, bradford, wakefield) = ("E08000035", "E08000032", "E08000036");
        let board = "E54000015"; // Leicester, Leicestershire and Rutland
        let county = "county:rutland";
        let sets: [&[&str]; 3] =
            [&[leeds, bradford, board], &[bradford, wakefield, county], &[leeds, wakefield, county]];
        for two in [&sets[..2], &sets[1..], &[sets[0], sets[2]]] {
            assert!(overlap(two).unwrap() >= 50_000, "{two:?}");
        }
        assert_eq!(overlap(&sets), addresses("E06000017"));
        assert!(overlap(&sets).unwrap() < 50_000);
    }

    #[test]
    fn what_has_nothing_in_common_says_nothing_of_one_place() {
        let smaller = addresses("E08000036").min(addresses("E08000035"));
        assert_eq!(overlap(&[&["E08000035"], &["E08000036"]]), smaller);
    }

    #[test]
    fn only_what_a_marked_one_is_a_part_of_is_looked_at() {
        let gazetteer = Gazetteer::embedded();
        let of = |code: &str| gazetteer.extent([code]);
        let (town, leeds, wakefield) = (of("town:otley"), of("E08000035"), of("E08000036"));
        assert_eq!(gazetteer.smallest_overlap(&[(town, false), (leeds, false)]), None);
        assert_eq!(gazetteer.smallest_overlap(&[(town, false), (wakefield, true)]), addresses("E08000036"));
        assert!(gazetteer.smallest_overlap(&[(town, false), (leeds, true)]).unwrap() < 50_000);
    }
}
