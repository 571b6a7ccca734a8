//! Many listings in one place, where searches count whole blocks of documents without looking at each.

use std::collections::HashSet;

use kith_index::{Document, Hit, Hits, Index, Near, Op, Query, Sort, Whereabouts, Words};

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

/// A word by rank, the first ones far more often.
fn word(random: &mut Random) -> String {
    format!("w{}", (200_f64.powf(random.unit())) as usize)
}

fn words(random: &mut Random, number: usize) -> String {
    (0..number).map(|_| word(random) + " ").collect()
}

/// A listing in a crowd; one in four has several places, and of these one in three differs from place to place if they may.
fn wordy(random: &mut Random, id: &str, may_differ: bool) -> Vec<Document> {
    let length = 5 + random.below(20);
    let first = Document {
        listing: id.to_owned(),
        kind: "group".to_owned(),
        name: words(random, 3),
        text: words(random, length),
        terms: random.some(&crate::world::terms(), 3),
        ended: random.one_in(9),
        ..Document::default()
    };
    if random.one_in(20) {
        // Many say the same, and nothing but the order of ids decides between them.
        let (name, text) = ("w2 w2 w2".to_owned(), "w2 w2".to_owned());
        let whereabouts = Whereabouts::Point { lat: CENTRE.0, lon: CENTRE.1 };
        return vec![Document { id: format!("{id}/0"), name, text, whereabouts, ended: false, ..first }];
    }
    let places = if random.one_in(4) { 2 + random.below(3) } else { 1 };
    let (uneven, spread) = (random.one_in(3) && may_differ, [0.005, 0.4][random.below(2)]);
    let (lat, lon) = (CENTRE.0 + random.unit() * 0.4 - 0.2, CENTRE.1 + random.unit() * 0.6 - 0.3);
    let document = |place| {
        let mut document = Document { id: format!("{id}/{place}"), ..first.clone() };
        document.whereabouts =
            Whereabouts::Point { lat: lat + spread * (random.unit() - 0.5), lon: lon + spread * (random.unit() - 0.5) };
        if random.one_in(10) {
            document.whereabouts = Whereabouts::Area;
            document.areas = vec!["E01".to_owned()];
        }
        if place > 0 {
            document.text = words(random, length);
            document.ended = random.one_in(9);
        }
        if uneven {
            document.terms = random.some(&crate::world::terms(), 3);
            document.kind = ["group", "service"][random.below(2)].to_owned();
        }
        document
    };
    (0..places).map(document).collect()
}

/// Whoever hides a listing that does not exist is answered one document at a time: the same must come of it.
#[test]
fn a_crowd_with_the_same_words_is_answered_as_one_by_one() {
    ask_both(6, true, 400);
}

/// What is known of one word is asked only where no listing differs from place to place, and little has been deleted.
#[test]
fn one_word_that_many_have_is_answered_as_one_by_one() {
    ask_both(7, false, 60);
}

fn ask_both(seed: u64, may_differ: bool, changed: u64) {
    let mut random = Random(seed);
    let index = Index::in_memory(payload()).expect("an index");
    let (mut most, mut asked) = (0, 0);
    for round in 0..5_u64 {
        let number = if round == 0 { 9_000 } else { changed };
        let ops = (0..number).map(|n| {
            let listing = format!("l{:04}", if round == 0 { n } else { random.below(9_000) as u64 });
            if round > 0 && random.one_in(2) {
                return Op::Remove { listing };
            }
            Op::Put { documents: wordy(&mut random, &listing, may_differ), listing }
        });
        index.apply(&ops.collect::<Vec<_>>(), round, round).expect("applied");
        if round == 3 {
            index.optimise().expect("merged");
        }
        let reader = index.reader();
        for n in 0..60 {
            let number = 1 + random.below(3);
            // Half of the questions have words that most listings have.
            let typed = match random.below(4) {
                0 | 1 => words(&mut random, number),
                2 => format!("w1 w{number}"),
                _ => format!("w{number}"),
            };
            let near = Near {
                lat: CENTRE.0 + random.unit() * 0.3 - 0.15,
                lon: CENTRE.1 + random.unit() * 0.3 - 0.15,
                km: [3.0, 8.0, 20.0, 90.0][random.below(4)],
            };
            let query = Query {
                words: Words::parse(&typed),
                all_words: true,
                near: (n % 3 != 0).then_some(near),
                facets: random.some(&[vec!["term-1".to_owned()].into()], 1),
                areas: if random.one_in(3) { vec!["E01".into()] } else { Vec::new() },
                covers_limit: 5,
                counts: n % 7 != 0,
                offset: random.below(2) * random.below(50),
                limit: [0, 1, 20, 5_000][random.below(4)],
                ..Query::default()
            };
            let one_by_one =
                Query { withdrawn: ["nobody".to_owned()].into_iter().collect::<HashSet<_>>().into(), ..query.clone() };
            let (together, apart) = (reader.search(&query).expect("hits"), reader.search(&one_by_one).expect("hits"));
            let told = |hits: &Hits| {
                let hit =
                    |hit: &Hit| (hit.listing.clone(), hit.id.clone(), hit.distance_m, hit.other_places, hit.ended);
                let shown: Vec<_> = hits.results.hits.iter().map(hit).collect();
                let covers: Vec<_> = hits.covers.hits.iter().map(hit).collect();
                (hits.results.total, shown, hits.covers.total, covers, hits.counts.clone(), hits.kinds.clone())
            };
            assert_eq!(told(&together), told(&apart), "round {round}, question {n}");
            for (one, other) in together.results.hits.iter().zip(&apart.results.hits) {
                assert_eq!(one.score, other.score, "round {round}, question {n}");
            }
            most = most.max(together.results.total);
            asked += usize::from(together.results.total > 100);
        }
    }
    assert!(most > 5_000 && asked > 100, "too few found: {most} {asked}");
}
