//! Many listings in one place, where searches count whole blocks of documents without looking at each.

use kith_index::{Document, Index, Near, Op, Query, Sort, Whereabouts, Words};

use crate::oracle::check;
use crate::world::{Asked, Random, World, listing, payload, query, some_ids};

const CENTRE: (f64, f64) = (53.8, -1.55);

/// A listing as in other worlds, but all its points lie round one centre, and it seldom has several.
fn crowded(random: &mut Random, id: &str) -> Vec<Document> {
    let mut documents = listing(random, id);
    if !random.one_in(8) {
        documents.truncate(1);
    }
    for document in documents.iter_mut().filter(|document| matches!(document.whereabouts, Whereabouts::Point { .. })) {
        let mut bell = || (random.unit() + random.unit() - 1.0) * 0.3;
        let (lat, lon) = (CENTRE.0 + bell(), CENTRE.1 + bell());
        document.whereabouts = Whereabouts::Point { lat, lon };
    }
    documents
}

#[test]
fn a_crowd_is_counted_as_by_looking_at_everybody() {
    let mut random = Random(5);
    let mut world = World::new();
    let index = Index::in_memory(payload()).expect("an index");
    let mut most = 0;
    for round in 0..4 {
        let number = if round == 0 { 7_000 } else { 300 };
        let mut ops = Vec::new();
        for n in 0..number {
            let id = if round == 0 { format!("l{n:02}") } else { format!("l{:02}", random.below(7_000)) };
            if round > 0 && random.one_in(2) {
                world.remove(&id);
                ops.push(Op::Remove { listing: id });
            } else {
                let documents = crowded(&mut random, &id);
                world.insert(id.clone(), documents.clone());
                ops.push(Op::Put { listing: id, documents });
            }
        }
        index.apply(&ops, round, round).expect("applied");
        if round == 2 {
            index.optimise().expect("merged");
        }
        for n in 0..8 {
            let km = [2.0, 9.0, 20.0, 60.0][n % 4];
            let asked = query(&mut random);
            let (limit, sort) = (10_000, [Sort::Best, Sort::Distance][random.below(2)]);
            let near = Some(Near { lat: CENTRE.0, lon: CENTRE.1, km });
            let hidden = if n == 7 { some_ids(&mut random) } else { Default::default() };
            let browse = Query { limit, near, sort, counts: true, tie_key: 7, ..Query::default() };
            let words = if n == 6 { asked.query.words.clone() } else { Words::default() };
            let groups = if n == 6 { asked.groups } else { Vec::new() };
            let query = Query { words, withdrawn: hidden.into(), count_all: n == 5, ..browse };
            check(&index, &world, &Asked { query, groups });
            let browse = Query { near, counts: true, ..Query::default() };
            most = most.max(index.reader().search(&browse).expect("an answer").results.total);
        }
    }
    assert!(most > 3_000, "too few in the circle to be counted by blocks: {most}");
}
