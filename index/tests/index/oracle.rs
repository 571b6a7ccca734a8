//! Every answer is what looking at every document would give.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kith_index::{Block, Document, FacetGroup, Hit, Index, Query, Relaxed, Role, Sort, Whereabouts, distance_m};

use crate::world::{Asked, Looked, Random, World, batch, payload, query, some_ids, terms};

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
    let matches = |group: &&Looked| {
        has(&group.word)
            || has_any(document, &group.terms)
            || group.phrases.iter().any(|phrase| phrase.iter().all(|word| has(word)))
    };
    asked.groups.iter().filter(matches).count()
}

fn has_any(document: &Document, terms: &[String]) -> bool {
    terms.iter().any(|term| document.terms.contains(term))
}

/// What has to be asked of a document: for each facet, and for the age; `None` when it does not pass.
fn asks(document: &Document, query: &Query) -> Option<(Vec<bool>, bool)> {
    let facet = |group: &FacetGroup| match (group.any.is_empty() && group.ask.is_empty(), query.strict) {
        (true, _) => Some(false),
        _ if has_any(document, &group.any) => Some(false),
        (false, strict) => (!strict && has_any(document, &group.ask)).then_some(true),
    };
    let facets = query.facets.iter().map(facet).collect::<Option<Vec<_>>>()?;
    let (minimum, maximum) = (document.minimum_age, document.maximum_age);
    let contradicts = minimum.zip(maximum).is_some_and(|(minimum, maximum)| minimum > maximum);
    let Some(age) = query.age.map(f32::from) else {
        return Some((facets, false));
    };
    if contradicts || (minimum, maximum) == (None, None) {
        return (!query.strict).then_some((facets, true));
    }
    (minimum.is_none_or(|least| least <= age) && maximum.is_none_or(|most| age <= most)).then_some((facets, false))
}

/// Whether a document of `covers` does not say which area it serves.
fn asks_for_area(document: &Document, query: &Query) -> bool {
    !query.strict && query.area_unstated.as_ref().is_some_and(|unstated| document.areas.contains(unstated))
}

/// Documents that pass everything but words.
fn documents<'a>(world: &'a World, query: &Query) -> impl Iterator<Item = &'a Document> {
    let query = query.clone();
    world.values().flatten().filter(move |document| {
        document.role == Role::Hit
            && !query.withdrawn.contains(&document.listing)
            && (query.kinds.is_empty() || query.kinds.contains(&document.kind))
            && query.organization.as_ref().is_none_or(|id| document.organization.as_ref() == Some(id))
            && (query.languages.is_empty() || query.languages.iter().any(|have| document.languages.contains(have)))
            && asks(document, &query).is_some()
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
        Whereabouts::Area | Whereabouts::Remote => {
            (shares(&query.areas) || asks_for_area(document, query)).then_some((false, None))
        }
        Whereabouts::None => None,
    }
}

pub fn check(index: &Index, world: &World, asked: &Asked) {
    let reader = index.reader();
    let expected = expect(world, asked);
    let hits = reader.search(&asked.query).expect("an answer");
    assert_eq!(hits.relaxed, expected.relaxed);
    check_block(&hits.results, &expected.results, world);
    check_block(&hits.covers, &expected.covers, world);

    let counted: BTreeMap<String, u32> = hits.counts.iter().cloned().collect();
    for term in &terms()[..if asked.query.count_all { 12 } else { 6 }] {
        let has = |documents: &Vec<(&Document, _)>| documents.iter().any(|(document, _)| document.terms.contains(term));
        let number = expected.results.values().filter(|documents| has(documents)).count() as u32;
        assert_eq!(counted.get(term).copied().unwrap_or(0), number, "count of {term}");
    }
    assert!(asked.query.count_all || counted.len() <= 6);
    assert_eq!(hits.kinds.iter().map(|(_, number)| u64::from(*number)).sum::<u64>(), hits.results.total);

    for hit in hits.results.hits.iter().chain(&hits.covers.hits) {
        let document = world[&hit.listing].iter().find(|document| document.id == hit.id).expect("a document");
        let (facets, age) = asks(document, &asked.query).expect("a match");
        let told: Vec<bool> = (0..facets.len()).map(|number| hit.asks.facet(number)).collect();
        assert_eq!((told, hit.asks.age()), (facets.clone(), age));
        let covers = hits.covers.hits.iter().any(|cover| cover.id == hit.id);
        let area = covers && asks_for_area(document, &asked.query);
        assert_eq!(hit.asks.area(), area);
        assert_eq!(hit.asks.is_empty(), !area && !age && !facets.contains(&true));
    }

    // The nearest place is shown, and the order is what it says it is.
    let query = &asked.query;
    let stated_first = query.sort == Sort::Best || (query.sort == Sort::Distance && query.near.is_none());
    let tier = |hit: &Hit| stated_first && !hit.asks.is_empty();
    let mut keys: Vec<(bool, f64, &str)> = Vec::new();
    for hit in &hits.results.hits {
        let documents = &expected.results[hit.listing.as_str()];
        let shown = documents.iter().find(|(document, _)| document.id == hit.id).expect("a matching document");
        assert_eq!(hit.distance_m, shown.1);
        let needs_asking = |document: &Document| {
            stated_first && asks(document, query).is_some_and(|(facets, age)| age || facets.contains(&true))
        };
        let better = |(document, metres): &(&Document, Option<f64>)| {
            (needs_asking(document), *metres) < (needs_asking(shown.0), shown.1)
        };
        assert!(!documents.iter().any(better), "a better place is not shown");
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
        keys.push((tier(hit), key, &hit.listing));
    }
    assert!(keys.is_sorted(), "{:?}: {keys:?}", query.sort);
    let covers = hits.covers.hits.iter().map(|hit| (hit.asks.area(), !hit.here, !hit.asks.is_empty(), -hit.score));
    let covers: Vec<(bool, bool, bool, f32)> = covers.collect();
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

fn check_reads(index: &Index, world: &World, withdrawn: &HashSet<String>) {
    let reader = index.reader();
    let tombstone = |documents: &Vec<Document>| documents[0].role == Role::Tombstone;
    let ids: Vec<(String, bool)> = world.iter().map(|(id, documents)| (id.clone(), tombstone(documents))).collect();
    assert_eq!(reader.ids().expect("ids"), ids);
    assert_eq!(reader.documents() as usize, world.values().map(Vec::len).sum::<usize>());
    let groups = world.iter().filter(|(_, d)| !tombstone(d) && d[0].kind == "group").map(|(id, _)| id);
    let groups: Vec<&String> = groups.filter(|id| !withdrawn.contains(*id)).collect();
    let mut listed = Vec::new();
    loop {
        let after = listed.last().map(String::as_str);
        let Some((id, record)) = reader.list(&["group"], after, 1, withdrawn).expect("a list").pop() else {
            break;
        };
        assert_eq!(record, format!("record of {id}"));
        listed.push(id);
    }
    assert_eq!(listed.iter().collect::<Vec<_>>(), groups);
    assert_eq!(reader.count(&["group"], withdrawn).expect("a count") as usize, groups.len());
}

#[test]
fn answers_are_those_of_looking_at_everything() {
    let (mut relaxed, mut found, mut covered, mut to_ask) = ([0; 3], 0, 0, 0);
    // 100 queries a seed. More of them, where somebody wants to be surer than every run has time for.
    let usual = if std::env::var_os("KITH_RELEASE").is_some() { 100 } else { 16 };
    let seeds = std::env::var("KITH_ORACLE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(usual);
    for seed in 0..seeds {
        let mut random = Random(seed);
        let mut world = World::new();
        let index = Index::in_memory(payload()).expect("an index");
        for round in 0..5 {
            let ops = batch(&mut random, &mut world);
            index.apply(&ops, round, round).expect("applied");
            if random.one_in(5) {
                index.optimise().expect("merged");
            }
            check_reads(&index, &world, &some_ids(&mut random));
            for _ in 0..20 {
                let asked = query(&mut random);
                check(&index, &world, &asked);
                let expected = expect(&world, &asked);
                relaxed[expected.relaxed as usize] += 1;
                found += expected.results.len();
                covered += expected.covers.len();
                let shown = expected.results.values().flatten().chain(expected.covers.values().flatten());
                let asks =
                    |document| asks(document, &asked.query).is_some_and(|(facets, age)| age || facets.contains(&true));
                to_ask += shown.filter(|(document, _)| asks(document)).count();
            }
        }
    }
    // The worlds are not so poor that nothing was tried.
    assert!(relaxed.iter().all(|&times| times > 20), "{relaxed:?}");
    assert!(found > 1000 && covered > 100 && to_ask > 100, "{found} {covered} {to_ask}");
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
    // A merge under way changes scores, for they count deleted documents: this one waits until there is none.
    index.optimise().expect("merged");
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
