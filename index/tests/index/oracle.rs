//! Every answer is what looking at every document would give.

use std::collections::{BTreeMap, BTreeSet};

use kith_index::{Block, Document, Index, Query, Relaxed, Role, Sort, Whereabouts, distance_m};

use crate::world::{Asked, Random, World, batch, payload, query, terms};

/// A listing's matching documents in one block, each with its distance.
type Listings<'a> = BTreeMap<&'a str, Vec<(&'a Document, Option<f64>)>>;

struct Expected<'a> {
    results: Listings<'a>,
    covers: Listings<'a>,
    relaxed: Relaxed,
}

fn expect<'a>(world: &'a World, asked: &Asked) -> Expected<'a> {
    let all = asked.groups.len();
    let most = documents(world, &asked.query).map(|document| matched(document, asked)).max().unwrap_or(0);
    let (need, relaxed) = match most {
        _ if most == all || asked.query.all_words || all < 2 || most == 0 => (all, Relaxed::No),
        _ if most > 1 && 2 * most > all => (most, Relaxed::Most),
        _ => (1, Relaxed::Any),
    };
    let mut expected = Expected { results: Listings::new(), covers: Listings::new(), relaxed };
    for document in documents(world, &asked.query).filter(|document| matched(document, asked) >= need) {
        match place(document, &asked.query) {
            Some((true, metres)) => expected.results.entry(&document.listing).or_default().push((document, metres)),
            Some((false, _)) => expected.covers.entry(&document.listing).or_default().push((document, None)),
            None => {}
        }
    }
    expected
}

fn matched(document: &Document, asked: &Asked) -> usize {
    let has = |word: &str| {
        [&document.name, &document.names, &document.text].iter().any(|text| text.split(' ').any(|have| have == word))
    };
    let any = |terms: &[String]| terms.iter().any(|term| document.terms.contains(term));
    asked.groups.iter().filter(|(word, terms)| has(word) || any(terms)).count()
}

/// Documents that pass everything but words.
fn documents<'a>(world: &'a World, query: &Query) -> impl Iterator<Item = &'a Document> {
    let query = query.clone();
    world.values().flatten().filter(move |document| {
        let facet = |group: &Vec<String>| group.is_empty() || group.iter().any(|term| document.terms.contains(term));
        document.role == Role::Hit
            && !query.withdrawn.contains(&document.listing)
            && (query.kinds.is_empty() || query.kinds.contains(&document.kind))
            && query.organization.as_ref().is_none_or(|id| document.organization.as_ref() == Some(id))
            && (query.languages.is_empty() || query.languages.iter().any(|have| document.languages.contains(have)))
            && query.facets.iter().all(facet)
            && place(document, &query).is_some()
    })
}

/// Whether a document stands in `results` (with its distance) or in `covers`, or nowhere.
fn place(document: &Document, query: &Query) -> Option<(bool, Option<f64>)> {
    let shares = |codes: &[String]| codes.iter().any(|code| document.areas.contains(code));
    if query.near.is_none() && query.within_areas.is_empty() {
        return Some((true, None));
    }
    match document.whereabouts {
        Whereabouts::Point { lat, lon } => {
            let round = |degrees: f64| f64::from((degrees * 1e7).round() as i32) * 1e-7;
            let metres = query.near.map(|near| distance_m(near.lat, near.lon, round(lat), round(lon)));
            let near = query.near.is_none_or(|near| metres.is_some_and(|metres| metres <= near.km * 1000.0));
            (near && (query.within_areas.is_empty() || shares(&query.within_areas))).then_some((true, metres))
        }
        Whereabouts::Area | Whereabouts::Remote => shares(&query.areas).then_some((false, None)),
        Whereabouts::None => None,
    }
}

fn check(index: &Index, world: &World, asked: &Asked) {
    let reader = index.reader();
    let expected = expect(world, asked);
    let hits = reader.search(&asked.query).expect("an answer");
    assert_eq!(hits.relaxed, expected.relaxed);
    check_block(&hits.results, &expected.results, world);
    check_block(&hits.covers, &expected.covers, world);

    let counted: BTreeMap<String, u32> = hits.counts.iter().cloned().collect();
    for term in &terms()[..6] {
        let has = |documents: &Vec<(&Document, _)>| documents.iter().any(|(document, _)| document.terms.contains(term));
        let number = expected.results.values().filter(|documents| has(documents)).count() as u32;
        assert_eq!(counted.get(term).copied().unwrap_or(0), number, "count of {term}");
    }
    assert_eq!(hits.kinds.iter().map(|(_, number)| u64::from(*number)).sum::<u64>(), hits.results.total);

    // The nearest place is shown, and the order is what it says it is.
    let query = &asked.query;
    let mut keys: Vec<(f64, &str)> = Vec::new();
    for hit in &hits.results.hits {
        let documents = &expected.results[hit.listing.as_str()];
        let shown = documents.iter().find(|(document, _)| document.id == hit.id).expect("a matching document");
        assert_eq!(hit.distance_m, shown.1);
        assert!(documents.iter().all(|other| other.1 >= shown.1), "a nearer place is not shown");
        let score = f64::from(hit.score);
        let key = match (query.sort, query.near) {
            (Sort::RecentlyChecked, _) => -(shown.0.checked as f64),
            (Sort::Distance, Some(_)) => hit.distance_m.expect("in a circle"),
            (Sort::Best, Some(_)) if query.words.is_empty() => hit.distance_m.expect("in a circle"),
            (Sort::Best, Some(near)) => {
                -score / (1.0 + hit.distance_m.expect("in a circle") / (near.km * 500.0).max(500.0))
            }
            (_, None) => -score,
        };
        keys.push((key, &hit.listing));
    }
    assert!(keys.is_sorted(), "{:?}: {keys:?}", query.sort);
    let covers: Vec<(bool, f32)> = hits.covers.hits.iter().map(|hit| (!hit.here, -hit.score)).collect();
    assert!(covers.is_sorted(), "{covers:?}");
    assert!(hits.covers.hits.iter().all(|hit| hit.distance_m.is_none()));

    // A page is a part of the whole.
    let (offset, limit) = (hits.results.hits.len() / 3, 3);
    let page = Query { offset, limit, covers_offset: 1, covers_limit: 2, ..query.clone() };
    let page = reader.search(&page).expect("a page");
    assert_eq!(page.results.total, hits.results.total);
    let ids = |block: &Block| block.hits.iter().map(|hit| (hit.id.clone(), hit.score)).collect::<Vec<_>>();
    let part = |block: &Block, offset, limit| ids(block).into_iter().skip(offset).take(limit).collect::<Vec<_>>();
    assert_eq!(ids(&page.results), part(&hits.results, offset, limit));
    assert_eq!(ids(&page.covers), part(&hits.covers, 1, 2));
}

fn check_block(block: &Block, expected: &Listings, world: &World) {
    assert_eq!(block.total as usize, expected.len());
    let found: BTreeSet<&str> = block.hits.iter().map(|hit| hit.listing.as_str()).collect();
    assert_eq!(found.len(), block.hits.len(), "a listing stands twice");
    assert_eq!(found, expected.keys().copied().collect());
    for hit in &block.hits {
        assert_eq!(hit.body, format!("body of {}", hit.id));
        assert_eq!(hit.other_places as usize, world[&hit.listing].len() - 1);
    }
}

fn check_reads(index: &Index, world: &World) {
    let reader = index.reader();
    let tombstone = |documents: &Vec<Document>| documents[0].role == Role::Tombstone;
    let ids: Vec<(String, bool)> = world.iter().map(|(id, documents)| (id.clone(), tombstone(documents))).collect();
    assert_eq!(reader.ids().expect("ids"), ids);
    assert_eq!(reader.documents() as usize, world.values().map(Vec::len).sum::<usize>());
    let groups: Vec<&String> =
        world.iter().filter(|(_, d)| !tombstone(d) && d[0].kind == "group").map(|(id, _)| id).collect();
    let mut listed = Vec::new();
    while let Some((id, record)) = reader.list(&["group"], listed.last().map(String::as_str), 1).expect("a list").pop()
    {
        assert_eq!(record, format!("record of {id}"));
        listed.push(id);
    }
    assert_eq!(listed.iter().collect::<Vec<_>>(), groups);
    assert_eq!(reader.count(&["group"]).expect("a count") as usize, groups.len());
}

#[test]
fn answers_are_those_of_looking_at_everything() {
    let (mut relaxed, mut found, mut covered) = ([0; 3], 0, 0);
    for seed in 0..8 {
        let mut random = Random(seed);
        let mut world = World::new();
        let index = Index::in_memory(payload()).expect("an index");
        for round in 0..5 {
            let ops = batch(&mut random, &mut world);
            index.apply(&ops, round, round).expect("applied");
            if random.one_in(5) {
                index.optimise().expect("merged");
            }
            check_reads(&index, &world);
            for _ in 0..15 {
                let asked = query(&mut random);
                check(&index, &world, &asked);
                let expected = expect(&world, &asked);
                relaxed[expected.relaxed as usize] += 1;
                found += expected.results.len();
                covered += expected.covers.len();
            }
        }
    }
    // The worlds are not so poor that nothing was tried.
    assert!(relaxed.iter().all(|&times| times > 20), "{relaxed:?}");
    assert!(found > 1000 && covered > 100, "{found} {covered}");
}

#[test]
fn a_reopened_folder_gives_the_same_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = Random(99);
    let mut world = World::new();
    let queries: Vec<Asked> = (0..40).map(|_| query(&mut random)).collect();
    let answers = |index: &Index| {
        let reader = index.reader();
        queries.iter().map(|asked| format!("{:?}", reader.search(&asked.query).expect("an answer"))).collect::<Vec<_>>()
    };
    let index = Index::create(folder.path(), payload()).expect("an index");
    for round in 1..4 {
        index.apply(&batch(&mut random, &mut world), round, round).expect("applied");
    }
    let before = answers(&index);
    let payload = index.payload();
    drop(index);
    let index = Index::open(folder.path()).expect("opened");
    assert_eq!(answers(&index), before);
    assert_eq!(index.payload(), payload);
    assert_eq!((payload.sequence, payload.public_sequence), (3, 3));
    index.apply(&batch(&mut random, &mut world), 4, 3).expect("applied after opening");
    queries.iter().for_each(|asked| check(&index, &world, asked));
    assert_eq!(index.validate().expect("checksums"), Vec::<String>::new());
}
