//! What grows with the number of listings, in one table: `cargo bench -p kith-index --bench growth`.
//!
//! 10,000, 100,000 and 1,000,000 invented listings (`KITH_BENCH_SIZES=10000,5000000` for others), each in a process of
//! its own, so that memory is its own too. Times of questions are of the thread's processor clock; a change is timed on
//! the wall, from the call that applies it until a new reader answers with it.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

use std::env;
use std::process::Command;
use std::time::Instant;

use kith_index::{Document, Index, Near, Op, Query, Read, Words};

#[path = "support/listings.rs"]
mod listings;
#[path = "support/mod.rs"]
mod support;
use listings::{Town, empty, put, query, towns};
use support::{Clock, Random, SHOWN, folder_bytes_by_extension, process_seconds, resident_megabytes};

/// Says to this very program which size it is to measure.
const SIZE: &str = "KITH_BENCH_GROWTH_SIZE";
/// Listings of one commit while loading.
const STEP: usize = 20_000;
/// Questions of a figure, after as many others.
const QUESTIONS: usize = 1_500;
/// Changes of one listing each.
const CHANGES: usize = 200;

/// What is measured, in the order of the lines that a process prints.
const ROWS: [&str; 15] = [
    "listings a processor second, all merged",
    "bytes a listing without bodies",
    "open to ready, ms of wall",
    "open to ready, ms of processor",
    "circle of 5 km, us: median",
    "circle of 5 km, us: p99",
    "words + circle of 5 km, us: median",
    "words + circle of 5 km, us: p99",
    "words + circle of 1, 5 or 25 km, us: median",
    "words + circle of 1, 5 or 25 km, us: p99",
    "a change until it is answered, ms: median",
    "a change until it is answered, ms: p99",
    "memory before changes, MB own",
    "memory at the end, MB own",
    "memory at the end, MB of mapped files",
];

fn main() {
    if let Some(size) = env::var(SIZE).ok().and_then(|size| size.parse().ok()) {
        measure(size).iter().for_each(|figure| println!("{figure}"));
        return;
    }
    let sizes = env::var("KITH_BENCH_SIZES").unwrap_or_else(|_| "10000,100000,1000000".to_owned());
    let columns: Vec<(&str, Vec<f64>)> = sizes.split(',').map(|size| (size, elsewhere(size))).collect();
    print!("{:<46}", "listings");
    columns.iter().for_each(|(size, _)| print!("{size:>12}"));
    println!("{:>14}", "last / first");
    for (at, row) in ROWS.iter().enumerate() {
        print!("{row:<46}");
        columns.iter().for_each(|(_, figures)| print!("{:>12.1}", figures[at]));
        println!("{:>14.2}", columns[columns.len() - 1].1[at] / columns[0].1[at]);
    }
}

/// The figures of one size, measured by another process.
fn elsewhere(size: &str) -> Vec<f64> {
    let program = env::current_exe().expect("a running program has a path");
    let output = Command::new(program).env(SIZE, size).output().expect("it can be run again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let figures: Vec<f64> =
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(figures.len(), ROWS.len(), "a figure for every row");
    figures
}

fn measure(number: usize) -> [f64; ROWS.len()] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = Random(1);
    let towns = towns(&mut random);
    let built = build(folder.path(), number, &towns, &mut random);
    let files = folder_bytes_by_extension(folder.path());
    let bytes: u64 =
        files.iter().filter(|(extension, _)| !SHOWN.contains(&extension.as_str())).map(|(_, bytes)| bytes).sum();
    let (start, clock) = (Instant::now(), Clock::start());
    let index = Index::open(folder.path()).expect("opened");
    let (wall, processor) = (start.elapsed().as_secs_f64() * 1e3, clock.thread_micros() / 1e3);
    let near = |query: Query, km: f64| Query { near: query.near.map(|near| Near { km, ..near }), ..query };
    let circle = cost(&index, || near(query(&towns, &mut random, false), 5.0));
    let words = cost(&index, || near(query(&towns, &mut random, true), 5.0));
    let mixed = cost(&index, || query(&towns, &mut random, true));
    let (own, _) = resident_megabytes();
    let visible = changes(&index);
    let (after, mapped) = resident_megabytes();
    [
        number as f64 / built,
        bytes as f64 / number as f64,
        wall,
        processor,
        circle.0,
        circle.1,
        words.0,
        words.1,
        mixed.0,
        mixed.1,
        visible.0,
        visible.1,
        own,
        after,
        mapped,
    ]
}

/// Processor seconds of loading and merging.
fn build(folder: &std::path::Path, number: usize, towns: &[Town], random: &mut Random) -> f64 {
    let index = empty(folder);
    index.load();
    let mut seconds = 0.0;
    for first in (0..number).step_by(STEP) {
        let ops: Vec<Op> = (first..number.min(first + STEP)).map(|n| put(n, towns, random)).collect();
        let before = process_seconds();
        index.apply(&ops, first as u64, first as u64).expect("applied");
        seconds += process_seconds() - before;
    }
    let before = process_seconds();
    index.optimise().expect("merged");
    seconds + process_seconds() - before
}

/// Median and p99 of what questions cost, in microseconds of processor.
fn cost(index: &Index, mut make: impl FnMut() -> Query) -> (f64, f64) {
    let reader = index.reader();
    let mut micros = Vec::with_capacity(QUESTIONS);
    for round in 0..2 * QUESTIONS {
        let query = make();
        let clock = Clock::start();
        std::hint::black_box(reader.search(&query).expect("an answer"));
        if round >= QUESTIONS {
            micros.push(clock.thread_micros());
        }
    }
    ends(micros)
}

/// Median and p99 of how long single changes take until they are answered, in milliseconds on the wall.
fn changes(index: &Index) -> (f64, f64) {
    let each = (0..CHANGES).map(|n| {
        let (listing, word) = (format!("changed-{}", n % 50), format!("unheard{n}"));
        let document = Document {
            id: listing.clone(),
            listing: listing.clone(),
            kind: "group".to_owned(),
            name: format!("Changed {word}"),
            record: word.clone().into_bytes(),
            ..Document::default()
        };
        let ops = [Op::Put { listing: listing.clone(), documents: vec![document] }];
        let start = Instant::now();
        index.apply(&ops, 0, 0).expect("applied");
        let reader = index.reader();
        let asked = Query { words: Words::parse(&word), limit: 1, ..Query::default() };
        let found = reader.search(&asked).expect("an answer").results.total;
        let read = reader.get(&listing).expect("readable");
        let took = start.elapsed().as_secs_f64() * 1e3;
        assert!(found == 1 && read == Some(Read::Record(word.into_bytes().into())), "a change is answered at once");
        took
    });
    ends(each.collect())
}

/// The median and the p99.
fn ends(mut all: Vec<f64>) -> (f64, f64) {
    all.sort_by(f64::total_cmp);
    (all[all.len() / 2], all[all.len() * 99 / 100])
}
