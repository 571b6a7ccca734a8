//! C9: whatever is told of areas, of whatever listings that come to hang together in whatever order, nothing that anybody
//! can lay over one another is smaller than the floor.
//!
//! What was told is never untold and what is tied stays tied, so looking at the end of each sequence looks at all its
//! states. The judge knows authorities and addresses and nothing of how the program reckons.

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

/// Areas that may be told by themselves, each as the authorities it is made of.
struct Map {
    areas: Vec<(AreaCode, BTreeSet<String>)>,
    addresses: HashMap<String, u32>,
}

impl Map {
    fn of_the_kingdom() -> Self {
        let gazetteer = Gazetteer::embedded();
        let all: Vec<_> = gazetteer.within("K02000001").iter().filter_map(|code| gazetteer.area(code)).collect();
        let is_authority = |code: &str| gazetteer.area(code).is_some_and(|area| area.kind == AreaKind::Authority);
        let addresses: HashMap<_, _> = all
            .iter()
            .filter(|area| area.kind == AreaKind::Authority)
            .map(|area| (area.code.clone(), area.addresses))
            .collect();
        let members = |code: &str| gazetteer.within(code).into_iter().filter(|code| is_authority(code)).collect();
        let wide = all.iter().filter(|area| area.kind != AreaKind::Town && area.addresses >= FLOOR);
        let areas = wide.map(|area| (AreaCode(area.code.clone()), members(&area.code))).collect();
        Self { areas, addresses }
    }

    fn size(&self, authorities: &BTreeSet<String>) -> u32 {
        authorities.iter().map(|code| self.addresses[code]).sum()
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
    let map = Map::of_the_kingdom();
    assert!(map.areas.len() > 200);
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
