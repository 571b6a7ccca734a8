//! C9: whatever is told of areas, of whatever listings that come to hang together in whatever order, nothing that anybody
//! can lay over one another is smaller than the floor.
//!
//! What was told is never untold and what is tied stays tied, so looking at the end of each sequence looks at all its
//! states. The judge knows the tables of areas and nothing of how the program reckons.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kith::{
    directory::floors::{FLOOR, Floors, Wish},
    domain::place::AreaCode,
};
use kith_index::gazetteer::{AreaKind, Gazetteer};

use super::table;

/// Steps of one sequence.
const STEPS: usize = 60;
const SUBJECTS: u64 = 10;

/// Areas that may be told by themselves, each as the pieces that it is made of: authorities, or a part of one.
struct Map {
    areas: Vec<(AreaCode, BTreeSet<String>)>,
    addresses: HashMap<String, u32>,
}

impl Map {
    /// Of the areas around authorities of which some area holds only a part, as the tables of the gazetteer have them; a
    /// smaller part is taken for a tenth, a larger one for seven tenths.
    fn where_areas_cross() -> Self {
        let gazetteer = Gazetteer::embedded();
        let mut parts: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
        let rows = include_str!("../../../index/data/areas.tsv").lines().filter(|line| !line.starts_with('#'));
        for row in rows {
            let columns: Vec<&str> = row.split('\t').collect();
            for member in columns.get(4).into_iter().flat_map(|members| members.split('|')) {
                for (sign, tenths) in [('+', 7), ('~', 1)] {
                    let of = member.strip_prefix(sign).map(|code| parts.entry(code.to_owned()).or_default());
                    of.into_iter().for_each(|parts| parts.push((columns[0].to_owned(), tenths)));
                }
            }
        }
        let is_authority = |code: &String| gazetteer.area(code).is_some_and(|area| area.kind == AreaKind::Authority);
        let all = gazetteer.within("K02000001");
        let addresses = |code: &str| gazetteer.area(code).map_or(0, |area| area.addresses);
        let mut map = Self { areas: Vec::new(), addresses: HashMap::new() };
        let pieces = |authority: &String| {
            let of = parts.get(authority).into_iter().flatten();
            let own = of.map(|(area, _)| format!("{authority} in {area}")).collect::<Vec<_>>();
            own.into_iter().chain([authority.clone()]).collect::<Vec<_>>()
        };
        for authority in all.iter().filter(|code| is_authority(code)) {
            let of = || parts.get(authority).into_iter().flatten();
            let tenth = addresses(authority) / 10;
            map.addresses.extend(of().map(|(area, tenths)| (format!("{authority} in {area}"), tenth * tenths)));
            let rest = 10_u32.saturating_sub(of().map(|(_, tenths)| tenths).sum());
            map.addresses.insert(authority.clone(), tenth * rest);
        }
        for code in &all {
            let holds_a_part =
                |authority: &String| parts.get(authority).is_some_and(|of| of.iter().any(|(area, _)| area == code));
            let inside = gazetteer.within(code).into_iter().filter(|code| is_authority(code));
            let mut own: BTreeSet<String> =
                inside.filter(|authority| !holds_a_part(authority)).flat_map(|of| pieces(&of)).collect();
            own.extend(
                parts
                    .keys()
                    .filter(|authority| holds_a_part(authority))
                    .map(|authority| format!("{authority} in {code}")),
            );
            let crosses = own.iter().any(|piece| piece.contains(" in "));
            if crosses && !code.starts_with("town:") && addresses(code) >= FLOOR {
                map.areas.push((AreaCode(code.clone()), own));
            }
        }
        map
    }

    fn size(&self, pieces: &BTreeSet<String>) -> u32 {
        pieces.iter().map(|piece| self.addresses[piece]).sum()
    }

    /// Whether any of these sets have something in common, but little: of those that hold an authority all together have
    /// the least.
    fn are_narrow(&self, told: &[BTreeSet<String>]) -> bool {
        let all: BTreeSet<&String> = told.iter().flatten().collect();
        all.into_iter().any(|authority| {
            let mut holding = told.iter().filter(|set| set.contains(authority));
            let first = holding.next().expect("one holds it").clone();
            let common = holding.fold(first, |common, set| common.intersection(set).cloned().collect());
            self.size(&common) < FLOOR
        })
    }
}

/// Who hangs together with whom, and what they told.
#[derive(Default)]
struct History {
    ties: BTreeMap<String, BTreeSet<String>>,
    told: Vec<(String, BTreeSet<String>)>,
}

impl History {
    fn groups(&self) -> Vec<BTreeSet<String>> {
        let mut groups: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
        for (subject, ties) in &self.ties {
            let (joined, others) = groups.into_iter().partition(|(_, of)| !of.is_disjoint(ties));
            groups = others;
            let mut own = (BTreeSet::from([subject.clone()]), ties.clone());
            for (subjects, ties) in Vec::<(_, _)>::from_iter(joined) {
                own.0.extend(subjects);
                own.1.extend(ties);
            }
            groups.push(own);
        }
        groups.into_iter().map(|(subjects, _)| subjects).collect()
    }

    fn is_narrow(&self, map: &Map) -> bool {
        self.groups().iter().any(|group| {
            let told = self.told.iter().filter(|(subject, _)| group.contains(subject));
            let told: BTreeSet<_> = told.map(|(_, set)| set.clone()).collect();
            map.are_narrow(&told.into_iter().collect::<Vec<_>>())
        })
    }
}

struct Run {
    history: History,
    refused: usize,
}

/// One sequence of edits; `is_guarded`: the floor is kept, else everything is told as it was wished.
fn sequence(map: &Map, seed: u64, is_guarded: bool) -> Run {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let (mut floors, mut run) = (Floors::default(), Run { history: History::default(), refused: 0 });
    let mut former: HashMap<String, Vec<AreaCode>> = HashMap::new();
    for _ in 0..STEPS {
        let subject = format!("subject {}", below(SUBJECTS));
        let own = vec![subject.clone()];
        let ties = if below(3) == 0 { vec![subject.clone(), format!("tie {}", below(8))] } else { own };
        if !floors.tie(&[(subject.clone(), ties.clone())]) && is_guarded {
            run.refused += 1;
            continue;
        }
        run.history.ties.entry(subject.clone()).or_default().extend(ties);
        let mut areas = BTreeSet::new();
        for _ in 0..=below(2) {
            areas.insert(map.areas[below(map.areas.len() as u64) as usize].0.clone());
        }
        let areas: Vec<AreaCode> = areas.into_iter().collect();
        let before = former.get(&subject).cloned().unwrap_or_default();
        let wish = Wish { subject: &subject, hidden: true, areas: &areas, former: &before };
        let (told, mended) = if is_guarded { floors.tell(wish) } else { (areas, None) };
        run.refused += usize::from(mended.is_some());
        let authorities = |code: &AreaCode| map.areas.iter().find(|(known, _)| known == code).map(|(_, of)| of.clone());
        let set: BTreeSet<String> = told.iter().filter_map(authorities).flatten().collect();
        run.history.told.push((subject.clone(), set));
        former.insert(subject, told);
    }
    run
}

#[test]
fn no_sequence_of_edits_leaves_less_than_the_floor() {
    let sequences: u64 = if std::env::var_os("KITH_RELEASE").is_some() { 1_700 } else { 170 };
    let map = Map::where_areas_cross();
    assert!(map.areas.len() > 40, "{}", map.areas.len());
    let runs: Vec<Run> = (0..sequences).map(|seed| sequence(&map, seed, true)).collect();
    let narrow = runs.iter().filter(|run| run.history.is_narrow(&map)).count();
    let refused: usize = runs.iter().map(|run| run.refused).sum();
    // Without the floor the judge sees plenty.
    let unguarded = (0..20).filter(|seed| sequence(&map, *seed, false).history.is_narrow(&map)).count();
    let steps = runs.len() * STEPS;
    let figure = format!(
        "{narrow} under the floor ({refused} edits refused or widened; without it {unguarded} of 20 sequences)"
    );
    table::row("C9", "edits of areas and of what hangs together", steps, &figure, narrow == 0);
    assert_eq!(narrow, 0);
    assert!(steps >= 10_000 && refused > 100 && unguarded > 5, "{figure}");
}
