//! Every answer is what looking at every document would give.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kith_index::{
    Block, Code, Document, FacetGroup, Hit, Index, Query, Relaxed, Role, Sort, Whereabouts, WordMatch, WordPlace,
    distance_m,
};

use crate::world::{Asked, Looked, Random, World, batch, payload, query, some_ids, terms};

/// A listing's matching documents in one block, each with its distance.
type Listings<'a> = BTreeMap<&'a str, Vec<(&'a Document, Option<f64>)>>;

struct Expected<'a> {
    results: Listings<'a>,
    covers: Listings<'a>,
    relaxed: Relaxed,
    need: usize,
}

fn expect<'a>(world: &'a World, asked: &Asked) -> Expected<'a> {
    let all = asked.groups.len();
    let most = documents(world, &asked.query).map(|document| matched(document, asked)).max().unwrap_or(0);
    let (need, relaxed) = match most {
        _ if most == all || asked.query.all_words || all < 2 || most == 0 => (all, Relaxed::No),
        _ if most > 1 && 2 * most > all => (most, Relaxed::Most),
        _ => (1, Relaxed::Any),
    };
    let mut expected = Expected { results: Listings::new(), covers: Listings::new(), relaxed, need };
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
    asked.groups.iter().filter(|group| itself(document, group) || has_any(document, &group.broader)).count()
}

/// Whether a document has what is looked for, not only something broader.
fn itself(document: &Document, group: &Looked) -> bool {
    let has = |word: &str| {
        [&document.name, &document.names, &document.text].iter().any(|text| text.split(' ').any(|have| have == word))
    };
    has(&group.word)
        || has_any(document, &group.terms)
        || group.phrases.iter().any(|phrase| phrase.iter().all(|word| has(word)))
}

/// Whether a document matches only by broader terms, where so many things have to match.
fn is_broader(document: &Document, asked: &Asked, need: usize) -> bool {
    asked.groups.iter().filter(|group| itself(document, group)).count() < need
}

fn has_any(document: &Document, terms: &[String]) -> bool {
    terms.iter().any(|term| document.terms.contains(term))
}

/// What has to be asked of a document.
#[derive(Clone, Debug, PartialEq)]
struct ToAsk {
    facets: Vec<bool>,
    age: bool,
    when: bool,
}

impl ToAsk {
    fn anything(&self) -> bool {
        self.age || self.when || self.facets.contains(&true)
    }
}

/// What has to be asked of a document; `None` when it does not pass.
fn asks(document: &Document, query: &Query) -> Option<ToAsk> {
    let when = match (query.when, document.when) {
        (0, _) => false,
        (_, 0) if query.strict || query.when_stated => return None,
        (_, 0) => true,
        (asked, stated) if asked & stated == 0 => return None,
        _ => false,
    };
    let facet = |group: &FacetGroup| match (group.any.is_empty() && group.ask.is_empty(), query.strict) {
        (true, _) => Some(false),
        _ if has_any(document, &group.any) => Some(false),
        (false, true) => None,
        (false, false) => {
            let denies = group.any.iter().all(|term| document.denied.contains(term)) && !group.any.is_empty();
            (has_any(document, &group.ask) || group.unless_denied && !denies).then_some(true)
        }
    };
    let facets = query.facets.iter().map(facet).collect::<Option<Vec<_>>>()?;
    let (minimum, maximum) = (document.minimum_age, document.maximum_age);
    let contradicts = minimum.zip(maximum).is_some_and(|(minimum, maximum)| minimum > maximum);
    let Some(age) = query.age.map(f32::from) else {
        return Some(ToAsk { facets, age: false, when });
    };
    if contradicts || (minimum, maximum) == (None, None) {
        return (!query.strict).then_some(ToAsk { facets, age: true, when });
    }
    let holds = minimum.is_none_or(|least| least <= age) && maximum.is_none_or(|most| age <= most);
    holds.then_some(ToAsk { facets, age: false, when })
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
    let shares = |codes: &[Code]| codes.iter().any(|code| document.areas.iter().any(|have| have == code));
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
    check_block(&hits.results, &expected.results, world, |document| is_broader(document, asked, expected.need));
    check_block(&hits.covers, &expected.covers, world, |document| is_broader(document, asked, expected.need));

    let counted: BTreeMap<String, u32> = hits.counts.iter().map(|(term, count)| (term.to_string(), *count)).collect();
    for term in &terms()[..if asked.query.count_all { 12 } else { 6 }] {
        let has = |documents: &Vec<(&Document, _)>| documents.iter().any(|(document, _)| document.terms.contains(term));
        let number = expected.results.values().filter(|documents| has(documents)).count() as u32;
        assert_eq!(counted.get(term).copied().unwrap_or(0), number, "count of {term}");
    }
    assert!(asked.query.count_all || counted.len() <= 6);
    assert_eq!(hits.kinds.iter().map(|(_, number)| u64::from(*number)).sum::<u64>(), hits.results.total);

    for hit in hits.results.hits.iter().chain(&hits.covers.hits) {
        let document = world[&hit.listing].iter().find(|document| document.id == hit.id).expect("a document");
        let to_ask = asks(document, &asked.query).expect("a match");
        let facets = (0..to_ask.facets.len()).map(|number| hit.asks.facet(number)).collect();
        assert_eq!(ToAsk { facets, age: hit.asks.age(), when: hit.asks.when() }, to_ask);
        let covers = hits.covers.hits.iter().any(|cover| cover.id == hit.id);
        let area = covers && asks_for_area(document, &asked.query);
        assert_eq!(hit.asks.area(), area);
        assert_eq!(hit.asks.is_empty(), !area && !to_ask.anything());
        assert_eq!(hit.broader, is_broader(document, asked, expected.need));
        check_explained(&reader.explain(&asked.query, hit).expect("reasons"), document, &asked.groups);
    }

    // The nearest place is shown, and the order is what it says it is.
    let query = &asked.query;
    let stated_first = query.sort == Sort::Best || (query.sort == Sort::Distance && query.near.is_none());
    let tier = |hit: &Hit| stated_first && !hit.asks.is_empty();
    let ended = |hit: &Hit| world[&hit.listing][0].ended;
    let mut keys: Vec<(bool, bool, bool, f64, &str)> = Vec::new();
    for hit in &hits.results.hits {
        let documents = &expected.results[hit.listing.as_str()];
        let shown = documents.iter().find(|(document, _)| document.id == hit.id).expect("a matching document");
        assert_eq!(hit.distance_m, shown.1);
        let needs_asking =
            |document: &Document| stated_first && asks(document, query).is_some_and(|asks| asks.anything());
        let rank = |(document, metres): &(&Document, Option<f64>)| {
            (is_broader(document, asked, expected.need), needs_asking(document), *metres)
        };
        let better = |other: &(&Document, Option<f64>)| rank(other) < rank(shown);
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
        keys.push((ended(hit), hit.broader, tier(hit), key, &hit.listing));
    }
    assert!(keys.is_sorted(), "{:?}: {keys:?}", query.sort);
    let covers = hits
        .covers
        .hits
        .iter()
        .map(|hit| (ended(hit), hit.broader, hit.asks.area(), !hit.here, !hit.asks.is_empty(), -hit.score));
    let covers: Vec<(bool, bool, bool, bool, bool, f32)> = covers.collect();
    assert!(covers.is_sorted(), "{covers:?}");
    assert!(hits.covers.hits.iter().all(|hit| hit.distance_m.is_none()));

    // Whether there are so many with all words, for who widens a circle.
    let needs_no_broader = |documents: &&Vec<(&Document, _)>| {
        expected.relaxed == Relaxed::No
            && !documents.iter().all(|(document, _)| is_broader(document, asked, expected.need))
    };
    let direct = expected.results.values().filter(needs_no_broader).count() as u64;
    let asking = reader.asking(&query.words).expect("words");
    for number in [1, direct.max(1), direct + 1] {
        assert_eq!(asking.finds(query, number).expect("known"), direct >= number, "{number} of {direct}");
    }

    // Every place by itself: all matching documents, each with its own distance.
    let places = reader.search(&Query { every_place: true, ..query.clone() }).expect("places");
    let of = |hits: &[Hit]| {
        hits.iter().map(|hit| (hit.id.clone(), hit.distance_m.map(f64::to_bits))).collect::<BTreeSet<_>>()
    };
    let all =
        expected.results.values().flatten().map(|(document, metres)| (document.id.clone(), metres.map(f64::to_bits)));
    assert_eq!(of(&places.results.hits), all.collect());
    assert_eq!(places.results.total as usize, places.results.hits.len());

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

/// What is told of a hit is what its document has.
fn check_explained(told: &[WordMatch], document: &Document, groups: &[Looked]) {
    assert_eq!(told.len(), groups.len());
    let has = |texts: &[&String], word: &str| texts.iter().any(|text| text.split(' ').any(|have| have == word));
    let had = |terms: &[String]| terms.iter().filter(|term| document.terms.contains(term)).cloned().collect::<Vec<_>>();
    let everything = [&document.name, &document.names, &document.text];
    for (told, group) in told.iter().zip(groups) {
        let place = [(1, WordPlace::Name), (2, WordPlace::Names), (3, WordPlace::Text)];
        let place = place.into_iter().find(|(most, _)| has(&everything[..*most], &group.word));
        assert_eq!((&told.typed, told.place), (&group.word, place.map(|(_, place)| place)));
        assert_eq!((&told.terms, &told.broader), (&had(&group.terms), &had(&group.broader)));
        let same = |phrase: &Vec<String>| phrase.iter().all(|word| has(&everything, word));
        assert_eq!(told.same, group.phrases.iter().any(same));
    }
}

fn check_block(block: &Block, expected: &Listings, world: &World, is_broader: impl Fn(&Document) -> bool) {
    assert_eq!(block.total as usize, expected.len());
    let found: BTreeSet<&str> = block.hits.iter().map(|hit| hit.listing.as_str()).collect();
    assert_eq!(found.len(), block.hits.len(), "a listing stands twice");
    assert_eq!(found, expected.keys().copied().collect());
    let broader = |documents: &&Vec<(&Document, _)>| documents.iter().all(|(document, _)| is_broader(document));
    assert_eq!(block.broader as usize, expected.values().filter(broader).count());
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
    let (mut relaxed, mut found, mut covered, mut to_ask, mut broader) = ([0; 3], 0, 0, 0, 0);
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
                let by_broader = |(document, _): &&(&Document, _)| is_broader(document, &asked, expected.need);
                broader += expected.results.values().flatten().filter(by_broader).count();
                let shown = expected.results.values().flatten().chain(expected.covers.values().flatten());
                let asks = |document| asks(document, &asked.query).is_some_and(|asks| asks.anything());
                to_ask += shown.filter(|(document, _)| asks(document)).count();
            }
        }
    }
    // The worlds are not so poor that nothing was tried.
    assert!(relaxed.iter().all(|&times| times > 20), "{relaxed:?}");
    assert!(found > 1000 && covered > 100 && to_ask > 100 && broader > 50, "{found} {covered} {to_ask} {broader}");
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
