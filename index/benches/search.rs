//! How long searches take, how fast the index is built and how large it is: `cargo bench -p kith-index --bench search`.
//!
//! Invented listings round invented towns; `KITH_BENCH_N` says how many (100,000). A tenth have two or three places, a
//! tenth stand in the country. Times are of the thread's processor clock, which other work on the machine hardly
//! disturbs, but for its caches. Goals are those of a million listings.
//!
//! To try something out: `KITH_BENCH_FOLDER` keeps the index and finds it again, `KITH_BENCH_ROW` measures only rows
//! whose name holds it, `KITH_BENCH_QUERIES` says how many queries a row has (1500).
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kith_index::{Index, Near, Op, Query, Synonym, Synonyms, Words};

#[path = "support/listings.rs"]
mod listings;
#[path = "support/mod.rs"]
mod support;
use listings::{Town, about, empty, facets, put, query, spelled, towns, word};
use support::{Clock, Random, SHOWN, folder_bytes_by_extension, process_seconds, resident_megabytes};

fn queries() -> usize {
    std::env::var("KITH_BENCH_QUERIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1500)
}

fn main() {
    let number: usize = std::env::var("KITH_BENCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = Random(1);
    let towns = towns(&mut random);
    let synonyms = synonyms(&mut random);
    // An index that was kept is opened instead of built: to try something out.
    let kept = std::env::var_os("KITH_BENCH_FOLDER").map(std::path::PathBuf::from);
    let path = kept.as_deref().unwrap_or(folder.path());
    if !path.join("meta.json").exists() {
        build(path, number, &towns, &mut random);
    }
    let index = open(path);
    println!("\n{:<56}{:>8}{:>8}{:>8}{:>8}  goal", "processor time, us", "p50", "p90", "p99", "found");
    let words = "words + circle + facets + counts";
    measure(words, "40 / - / 500", &index, &mut random, |random| query(&towns, random, true));
    let city = |random: &mut Random, groups| {
        let (lat, lon) = about(towns[0], random);
        let near = Some(Near { lat, lon, km: 25.0 });
        Query { near, facets: facets(random, groups), ..query(&towns, random, false) }
    };
    measure("25 km of the largest town", "- / - / 2000", &index, &mut random, |random| city(random, 0));
    measure("25 km of the largest town, 1 or 2 facets", "- / - / 2000", &index, &mut random, |random| {
        let groups = 1 + random.below(2);
        city(random, groups)
    });
    measure("circle + facets + counts", "", &index, &mut random, |random| query(&towns, random, false));
    for km in [1.0, 5.0, 25.0] {
        measure(&format!("{words}, {km} km"), "", &index, &mut random, |random| {
            let query = query(&towns, random, true);
            Query { near: query.near.map(|near| Near { km, ..near }), ..query }
        });
    }
    measure("words, anywhere", "", &index, &mut random, |random| Query { near: None, ..query(&towns, random, true) });
    let one = |random: &mut Random, from, to| Query {
        words: Words::parse(&word(random, from, to)),
        near: None,
        facets: Vec::new(),
        ..query(&towns, random, false)
    };
    measure("one word of many documents, anywhere", "", &index, &mut random, |random| one(random, 15.0, 60));
    let two = |random: &mut Random| Query {
        words: Words::parse(&format!("{} {}", word(random, 1.0, 60), word(random, 1.0, 60))),
        ..one(random, 1.0, 60)
    };
    measure("two words of very many documents, anywhere", "", &index, &mut random, two);
    measure("one word of few documents, anywhere", "", &index, &mut random, |random| one(random, 300.0, 5000));
    measure("any of the words + circle + facets + counts", "", &index, &mut random, |random| Query {
        all_words: false,
        ..query(&towns, random, true)
    });
    measure("words, a third of them with 8 other words", "", &index, &mut random, |random| {
        let query = query(&towns, random, true);
        Query { words: query.words.with_synonyms(&synonyms), ..query }
    });
    measure("words, age 34 and what is not stated", "", &index, &mut random, |random| {
        let mut query = query(&towns, random, true);
        query.facets.iter_mut().for_each(|group| group.ask = vec!["term-1".to_owned()]);
        Query { age: Some(34), ..query }
    });
    measure("words, counts of all terms", "", &index, &mut random, |random| Query {
        count_all: true,
        ..query(&towns, random, true)
    });
    measure("circle + facets + counts of all terms", "", &index, &mut random, |random| Query {
        count_all: true,
        ..query(&towns, random, false)
    });
    suggest(&index, &mut random);
    if std::env::var("KITH_BENCH_ROW").is_err() {
        under_writes(&index, number, &towns, &mut random);
    }
}

/// Searches while ten changes are committed every 200 ms, as the follower does it.
fn under_writes(index: &Index, number: usize, towns: &[Town], random: &mut Random) {
    let done = AtomicBool::new(false);
    let mut writes = Random(77);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut commits, mut next, mut cpu) = (Vec::new(), number, 0.0);
            while !done.load(Ordering::Relaxed) {
                let ops: Vec<Op> = (0..10).map(|n| put(next + n, towns, &mut writes)).collect();
                next += ops.len();
                let (start, before) = (Instant::now(), process_seconds());
                index.apply(&ops, 0, 0).expect("applied");
                cpu += process_seconds() - before;
                commits.push(start.elapsed().as_secs_f64() * 1e3);
                std::thread::sleep(Duration::from_millis(200).saturating_sub(start.elapsed()));
            }
            (commits, cpu)
        });
        let (mut micros, mut segments) = (Vec::new(), Vec::new());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            let query = query(towns, random, true);
            let reader = index.reader();
            let clock = Clock::start();
            std::hint::black_box(reader.search(&query).expect("an answer"));
            micros.push(clock.thread_micros());
            segments.push(index.segment_sizes().len());
            std::thread::sleep(Duration::from_millis(2));
        }
        done.store(true, Ordering::Relaxed);
        let (mut commits, _) = writer.join().expect("the writer ends");
        row("words + circle, under 50 changes a second", "120 / - / -", &mut micros, 0.0);
        segments.sort_unstable();
        commits.sort_by(f64::total_cmp);
        println!(
            "segments then: {} in the middle, {} at most (goal 6); a commit of ten changes takes {:.0} ms, {:.0} at most",
            segments[segments.len() / 2],
            segments[segments.len() - 1],
            commits[commits.len() / 2],
            commits[commits.len() - 1],
        );
    });
    let (own, mapped) = resident_megabytes();
    println!("memory at the end: {own:.0} MB own, {mapped:.0} MB of mapped files");
}

fn build(folder: &Path, number: usize, towns: &[Town], random: &mut Random) {
    let index = empty(folder);
    index.load();
    let (mut cpu, mut wall) = (0.0, 0.0);
    for (at, first) in (0..number).step_by(20_000).enumerate() {
        let ops: Vec<Op> = (first..number.min(first + 20_000)).map(|n| put(n, towns, random)).collect();
        let (start, before) = (Instant::now(), process_seconds());
        index.apply(&ops, at as u64, at as u64).expect("applied");
        cpu += process_seconds() - before;
        wall += start.elapsed().as_secs_f64();
    }
    let (start, before) = (Instant::now(), process_seconds());
    let segments = index.segment_sizes().len();
    index.optimise().expect("merged");
    let merging = process_seconds() - before;
    println!(
        "{number} listings: {:.0} a processor second (goal 20,000), {:.0} a second of wall; {segments} segments",
        number as f64 / cpu,
        number as f64 / wall,
    );
    println!(
        "merged to {} in {:.1} s, {merging:.1} s of processor: with that {:.0} a processor second",
        index.segment_sizes().len(),
        start.elapsed().as_secs_f64(),
        number as f64 / (cpu + merging),
    );
    let mut rest = 0;
    for (extension, bytes) in folder_bytes_by_extension(folder) {
        println!("  {extension}: {:.1} bytes a listing", bytes as f64 / number as f64);
        rest += if SHOWN.contains(&extension.as_str()) { 0 } else { bytes };
    }
    println!(
        "  without bodies: {:.0} bytes a listing, {:.0} MB (goal 220 bytes; columns 80)",
        rest as f64 / number as f64,
        rest as f64 / 1e6
    );
}

fn open(folder: &Path) -> Index {
    let (start, clock) = (Instant::now(), Clock::start());
    let index = Index::open(folder).expect("opened");
    let (own, mapped) = resident_megabytes();
    println!(
        "opened in {:.0} ms, {:.0} ms of processor (goal 3000); {own:.0} MB own memory, {mapped:.0} MB of mapped files",
        start.elapsed().as_secs_f64() * 1e3,
        clock.thread_micros() / 1e3
    );
    index
}

fn measure(name: &str, goal: &str, index: &Index, random: &mut Random, make: impl FnMut(&mut Random) -> Query) {
    let reader = index.reader();
    measure_each(name, goal, random, make, |query| reader.search(query).expect("an answer").results.total);
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
    measure_each("suggestions", "20 / - / -", random, make, found);
    measure_each("suggestions for one letter", "", random, |random| spelled(random)[..1].to_owned(), found);
    let hostile =
        |random: &mut Random| (0..100).map(|_| spelled(random)[..2].to_owned() + " ").collect::<String>() + "b";
    measure_each(
        "suggestions for hostile input",
        "",
        random,
        |random| hostile(random) + &spelled(random),
        |text| 1 + found(text),
    );
    let slip = |random: &mut Random| {
        let (mut word, at) = (spelled(random), random.below(6));
        word.replace_range(at..at + 1, "q");
        word
    };
    measure_each("a slip put right", "", random, slip, |text| {
        u64::from(reader.respell(text, &hidden).expect("a reading").is_some())
    });
}

fn measure_each<T>(
    name: &str,
    goal: &str,
    random: &mut Random,
    mut make: impl FnMut(&mut Random) -> T,
    search: impl Fn(&T) -> u64,
) {
    if std::env::var("KITH_BENCH_ROW").is_ok_and(|only| !name.contains(&only)) {
        return;
    }
    // As many others before: a service that has run for a while has its files in memory.
    let warm: u64 = (0..queries()).map(|_| search(&make(random))).sum();
    let queries: Vec<T> = (0..queries()).map(|_| make(random)).collect();
    let mut found = 0;
    assert!(warm > 0, "the queries find nothing");
    let mut micros: Vec<f64> = queries
        .iter()
        .map(|query| {
            let clock = Clock::start();
            found += search(query);
            clock.thread_micros()
        })
        .collect();
    row(name, goal, &mut micros, found as f64 / queries.len() as f64);
}

/// Prints percentiles of some times.
fn row(name: &str, goal: &str, micros: &mut [f64], found: f64) {
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    println!("{name:<56}{:>8.0}{:>8.0}{:>8.0}{found:>8.0}  {goal}", at(0.5), at(0.9), at(0.99));
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
