//! How long searches take, how fast the index is built and how large it is: `cargo bench -p kith-index --bench search`.
//!
//! Invented listings round invented towns; `KITH_BENCH_N` says how many (100,000). Percentiles are of wall time, which
//! other work on the machine disturbs; the mean is of the thread's processor time, which it hardly does.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use kith_index::{
    Document, FacetGroup, Index, Near, Op, Payload, Query, SCHEMA, Synonym, Synonyms, Whereabouts, Words,
};

#[path = "support/mod.rs"]
mod support;
use support::{Clock, Random, folder_bytes_by_extension, process_seconds};

const TERMS: usize = 80;
const VOCABULARY: usize = 20_000;
const QUERIES: usize = 1500;

fn main() {
    let number: usize = std::env::var("KITH_BENCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = Random(1);
    let towns: Vec<(f64, f64, f64)> = (0..60)
        .map(|_| (50.5 + random.unit() * 7.0, -5.0 + random.unit() * 6.0, 0.02 + random.unit() * 0.15))
        .collect();

    let synonyms = synonyms(&mut random);
    let index = build(folder.path(), number, &towns, &mut random);
    measure("words + circle + facets + counts", &index, &mut random, |random| query(&towns, random, true));
    measure("the same, a third of the words with 8 synonyms", &index, &mut random, |random| {
        let query = query(&towns, random, true);
        Query { words: query.words.with_synonyms(&synonyms), ..query }
    });
    measure("the same, age 34 and what is not stated", &index, &mut random, |random| {
        let mut query = query(&towns, random, true);
        query.facets.iter_mut().for_each(|group| group.ask = vec!["term-1".to_owned()]);
        Query { age: Some(34), ..query }
    });
    measure("the same, counts of all terms", &index, &mut random, |random| Query {
        count_all: true,
        ..query(&towns, random, true)
    });
    measure("circle + facets + counts of all terms", &index, &mut random, |random| Query {
        count_all: true,
        ..query(&towns, random, false)
    });
    measure("circle + facets + counts", &index, &mut random, |random| query(&towns, random, false));
    measure("words, anywhere", &index, &mut random, |random| Query { near: None, ..query(&towns, random, true) });

    suggest(&index, &mut random);

    let mut millis: Vec<f64> = (0..100)
        .map(|n| {
            let op = [put(number + n, &towns, &mut random)];
            let clock = Instant::now();
            index.apply(&op, 0, 0).expect("applied");
            clock.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    println!(
        "one change a commit: p50 {:.0} ms, p99 {:.0} ms, then {} segments",
        millis[50],
        millis[98],
        index.segment_sizes().len()
    );
    measure("words + circle + facets + counts, after those", &index, &mut random, |random| query(&towns, random, true));
}

fn build(folder: &Path, number: usize, towns: &[(f64, f64, f64)], random: &mut Random) -> Index {
    let payload = Payload {
        directory: "bench".to_owned(),
        epoch: "1".to_owned(),
        schema: SCHEMA,
        gazetteer: "none".to_owned(),
        sequence: 0,
        public_sequence: 0,
        terms: (0..256).map(|n| format!("term-{n}")).collect(),
    };
    let index = Index::create(folder, payload).expect("an index");
    let (mut cpu, mut wall) = (0.0, 0.0);
    for (at, first) in (0..number).step_by(20_000).enumerate() {
        let ops: Vec<Op> = (first..number.min(first + 20_000)).map(|n| put(n, towns, random)).collect();
        let (start, before) = (Instant::now(), process_seconds());
        index.apply(&ops, at as u64, at as u64).expect("applied");
        cpu += process_seconds() - before;
        wall += start.elapsed().as_secs_f64();
    }
    let start = Instant::now();
    index.optimise().expect("merged");
    println!(
        "{number} listings: {:.0} per processor second, {:.0} per second of wall; merged in {:.2} s to {} segment",
        number as f64 / cpu,
        number as f64 / wall,
        start.elapsed().as_secs_f64(),
        index.segment_sizes().len(),
    );
    for (extension, bytes) in folder_bytes_by_extension(folder) {
        println!("  {extension}: {:.1} bytes a listing", bytes as f64 / number as f64);
    }
    let start = Instant::now();
    drop(index);
    let index = Index::open(folder).expect("opened");
    println!("opened in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    index
}

fn measure(name: &str, index: &Index, random: &mut Random, make: impl FnMut(&mut Random) -> Query) {
    let reader = index.reader();
    measure_each(name, random, make, |query| reader.search(query).expect("an answer").results.total);
}

/// Names begun with two to six letters, a quarter of them after a whole word.
fn suggest(index: &Index, random: &mut Random) {
    let reader = index.reader();
    let hidden = HashSet::new();
    let make = |random: &mut Random| {
        let begun: String = spelled(random).chars().take(2 + random.below(5)).collect();
        if random.below(4) == 0 { format!("{} {begun}", spelled(random)) } else { begun }
    };
    let found = |text: &String| reader.suggest(text, 8, &hidden).expect("suggestions").len() as u64;
    measure_each("suggestions", random, make, found);
    measure_each("suggestions for one letter", random, |random| spelled(random)[..1].to_owned(), found);
    let hostile =
        |random: &mut Random| (0..100).map(|_| spelled(random)[..2].to_owned() + " ").collect::<String>() + "b";
    measure_each(
        "suggestions for hostile input",
        random,
        |random| hostile(random) + &spelled(random),
        |text| 1 + found(text),
    );
}

fn measure_each<T>(
    name: &str,
    random: &mut Random,
    mut make: impl FnMut(&mut Random) -> T,
    search: impl Fn(&T) -> u64,
) {
    let queries: Vec<T> = (0..QUERIES).map(|_| make(random)).collect();
    let warm: u64 = queries.iter().take(200).map(&search).sum();
    let mut found = 0;
    assert!(warm > 0, "the queries find nothing");
    let whole = Clock::start();
    let mut micros: Vec<f64> = queries
        .iter()
        .map(|query| {
            let clock = Instant::now();
            found += search(query);
            clock.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    let mean = whole.thread_micros() / QUERIES as f64;
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    println!(
        "{name}: p50 {:.0} us, p90 {:.0} us, p99 {:.0} us wall; mean {mean:.0} us processor; {:.0} found on average",
        at(0.5),
        at(0.9),
        at(0.99),
        found as f64 / QUERIES as f64
    );
}

/// A word by rank: common ones far more often, as in real text.
fn word(random: &mut Random, from: f64, to: usize) -> String {
    let rank = from * (to as f64 / from).powf(random.unit());
    format!("w{}", rank as usize)
}

/// A word of syllables, as names have them: 30,000 words, common ones far more often.
fn spelled(random: &mut Random) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "ca", "da", "ga", "ha", "la", "ma", "na", "be", "ce", "de", "fe", "le", "me", "ne", "re", "co", "do",
        "ho", "lo", "mo", "no", "ro", "so", "bi", "di", "fi", "hi", "li", "mi", "ni", "ti",
    ];
    let rank = 30_000_f64.powf(random.unit()) as u64;
    let mut mixed = (rank * 0x9e37_79b9) % 32_768;
    let mut out = String::new();
    for _ in 0..3 {
        out += SYLLABLES[(mixed % 32) as usize];
        mixed /= 32;
    }
    out
}

/// Eight other words for a third of the words.
fn synonyms(random: &mut Random) -> Synonyms {
    let typed: Vec<String> = (15..5000).filter(|rank| rank % 3 == 0).map(|rank| format!("w{rank}")).collect();
    let others: Vec<String> = typed.iter().flat_map(|_| 0..8).map(|_| word(random, 15.0, 5000)).collect();
    Synonyms::new(typed.iter().zip(others.chunks(8)).map(|(phrase, others)| Synonym {
        phrase,
        phrases: others.iter().map(String::as_str).collect(),
        ..Synonym::default()
    }))
}

fn text(random: &mut Random, words: usize) -> String {
    (0..words).map(|_| word(random, 1.0, VOCABULARY) + " ").collect()
}

fn term(random: &mut Random) -> String {
    format!("term-{}", (TERMS as f64 * random.unit() * random.unit()) as usize)
}

/// A term that comes too late for a bit.
fn imported(random: &mut Random) -> String {
    format!("imported-{}", random.below(600))
}

fn point(towns: &[(f64, f64, f64)], random: &mut Random) -> (f64, f64) {
    let (lat, lon, spread) = towns[(towns.len() as f64 * random.unit() * random.unit()) as usize];
    let mut bell = || (0..4).map(|_| random.unit()).sum::<f64>() - 2.0;
    (lat + bell() * spread, lon + bell() * spread * 1.6)
}

fn put(n: usize, towns: &[(f64, f64, f64)], random: &mut Random) -> Op {
    let listing = format!("{:08x}-0000-7000-8000-{n:012x}", random.next() as u32);
    let (lat, lon) = point(towns, random);
    let mut terms: Vec<String> = (0..3 + random.below(5)).map(|_| term(random)).collect();
    terms.push(imported(random));
    let document = Document {
        id: listing.clone(),
        listing: listing.clone(),
        kind: "group".to_owned(),
        name: format!("{}{} {}", text(random, 2), spelled(random), spelled(random)),
        names: text(random, 2),
        text: text(random, 80),
        terms,
        minimum_age: (random.below(3) == 0).then_some([0.0, 11.0, 18.0][random.below(3)]),
        languages: vec!["en".to_owned()],
        whereabouts: Whereabouts::Point { lat, lon },
        areas: vec!["nation".to_owned(), format!("region-{}", n % 12)],
        body: vec![b'x'; 900 + random.below(300)],
        record: vec![b'y'; 2000],
        ..Document::default()
    };
    Op::Put { listing, documents: vec![document] }
}

fn query(towns: &[(f64, f64, f64)], random: &mut Random, words: bool) -> Query {
    let (lat, lon) = point(towns, random);
    let typed: String =
        if words { (0..1 + random.below(3)).map(|_| word(random, 15.0, 5000) + " ").collect() } else { String::new() };
    Query {
        words: Words::parse(&typed),
        all_words: true,
        near: Some(Near { lat, lon, km: [1.0, 5.0, 25.0][random.below(3)] }),
        facets: (0..random.below(3)).map(|_| FacetGroup::from(vec![term(random)])).collect(),
        limit: 20,
        counts: true,
        ..Query::default()
    }
}
