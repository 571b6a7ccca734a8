//! What an answer over HTTP costs: `cargo bench -p kith --bench http`.
//!
//! Starts the real server over invented listings (`KITH_BENCH_N`, 100,000), a greeting on the same poem set-up, and
//! PostgreSQL with PostGIS where they are installed; asks all the same and prints one table. Costs are the processor
//! time of the servers, which other work on the machine hardly disturbs; rates and percentiles are of wall time, with
//! the generator on the same cores. `KITH_BENCH_ONLY` leaves out all parts but those it names: `compare` (with PostgreSQL),
//! `overload`, `hostile`; `kith` is the part of `compare` without PostgreSQL, and `inside` asks the same of the library
//! in this process, without HTTP. `KITH_BENCH_FOLDER` keeps the view and finds it again: to try something out.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

mod inside;
mod listings;
mod load;
mod overload;
mod postgres;
mod servers;
#[path = "../../index/benches/support/mod.rs"]
mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use kith::{
    directory::Directory,
    domain::clock::{SystemChance, SystemClock},
};
use kith_index::{Document, Op};

use self::{
    listings::{Question, World},
    load::{Wire, closed, get},
    postgres::Postgres,
    servers::Served,
    support::Random,
};

/// Listings made and written in one step.
const STEP: usize = 10_000;
/// Questions of a run, asked round and round.
const QUESTIONS: usize = 5_000;
/// How long each figure is measured.
const TIME: Duration = Duration::from_millis(2_500);
/// Questions whose totals are compared.
const COMPARED: usize = 300;

fn main() {
    servers::greet_if_asked();
    let number: usize = env::var("KITH_BENCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let only = env::var("KITH_BENCH_ONLY").unwrap_or_else(|_| "compare,overload,hostile".to_owned());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let kept = env::var_os("KITH_BENCH_FOLDER").map(PathBuf::from);
    let folder = kept.as_deref().unwrap_or(temporary.path());
    let world = World::new(number);
    if !folder.join("view").exists() {
        runtime.block_on(publish(&world, number, folder));
    }
    let mut random = Random(11);
    let questions: Vec<Question> = (0..QUESTIONS).map(|_| world.question(&mut random)).collect();
    if only.contains("inside") {
        runtime.block_on(inside::ask(&world, folder, &questions));
    }
    if only.contains("compare") || only.contains("kith") {
        let (kith, cost) = alone(&world, folder, &questions);
        if only.contains("compare") {
            compare(&world, number, &kith, cost, &questions, &runtime);
        }
    }
    if only.contains("hostile") {
        overload::hostile(&Served::kith(folder, false));
    }
    if only.contains("overload") {
        overload::crowd(folder, &world);
    }
}

/// Makes the listings and publishes them in a real view, as the follower would.
async fn publish(world: &World, number: usize, folder: &Path) {
    let directory = Directory::open(folder, None, Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let directory = directory.expect("a directory");
    directory.bring_up_to_date().await.expect("an empty view");
    let generation = directory.view.generation().expect("an empty view");
    let (began, mut bytes) = (Instant::now(), 0);
    for first in (0..number).step_by(STEP) {
        let ops: Vec<Op> = (first..number.min(first + STEP)).map(|n| world.listing(n)).collect();
        bytes += ops.iter().map(|op| document(op).body.len()).sum::<usize>();
        generation.index.apply(&ops, 0, 0).expect("applied");
    }
    generation.index.optimise().expect("merged");
    println!(
        "{number} listings made and published in {:.1} s (processor {:.1} s); a card has {} bytes; the view {:.0} MiB",
        began.elapsed().as_secs_f64(),
        support::process_seconds(),
        bytes / number,
        size(&folder.join("view")) as f64 / 1024.0 / 1024.0,
    );
}

fn document(op: &Op) -> &Document {
    let Op::Put { documents, .. } = op else { panic!("listings are put") };
    &documents[0]
}

/// Bytes of all files in a folder and those below it.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().map_or(0, |file| file.len()) }
            },
        )
        .sum()
}

/// One line for the greeting and for Kith at each number of connections; answers the server, and what an answer costs.
fn alone(world: &World, folder: &Path, questions: &[Question]) -> (Served, f64) {
    let greeting = Served::greeting();
    let hello = http("greeting (poem, JSON)", &greeting, &[get("/")], &[1, 2, 8, 64]);
    drop(greeting);
    let kith = Served::kith(folder, false);
    println!("kith: ready in {:.0} ms, {:.0} MiB at first", kith.ready, kith.memory());
    kith.at_rest();
    println!("kith: {:.0} MiB when the checksums have been read", kith.memory());
    let requests: Vec<Vec<u8>> = questions.iter().map(|question| get(&question.path())).collect();
    closed(kith.address, 2, &requests, TIME);
    let cost = http("kith, the mix", &kith, &requests, &[1, 2, 8, 64]);
    for (name, questions) in classes(world) {
        let requests: Vec<Vec<u8>> = questions.iter().map(|question| get(&question.path())).collect();
        http(&name, &kith, &requests, &[2]);
    }
    println!(
        "kith: {:.0} MiB after that; {:.1} % of the greeting's rate per core",
        kith.memory(),
        100.0 * hello / cost
    );
    (kith, cost)
}

/// Questions of one sort each.
fn classes(world: &World) -> Vec<(String, Vec<Question>)> {
    let mut random = Random(12);
    let mut some = |ask: &mut dyn FnMut(&mut Random) -> Question| {
        std::iter::repeat_with(|| ask(&mut random)).take(1_000).collect::<Vec<_>>()
    };
    let mut out = Vec::new();
    for (name, words, circle, terms) in [
        ("  words", true, false, 0),
        ("  circle", false, true, 0),
        ("  words + circle", true, true, 0),
        ("  words + circle + 2 terms", true, true, 2),
    ] {
        out.push((name.to_owned(), some(&mut |random| world.ask(random, words, circle, terms))));
    }
    let circle_of = |question: Question, km| {
        let circle = question.circle.map(|(latitude, longitude, _)| (latitude, longitude, km));
        Question { circle, ..question }
    };
    let five = some(&mut |random| circle_of(world.ask(random, false, true, 0), Some(5.0)));
    out.push(("  circle of 5 km".to_owned(), five));
    let near = some(&mut |random| circle_of(world.ask(random, true, true, 0), None));
    out.push(("  words near, no radius said".to_owned(), near));
    out
}

/// The same for PostgreSQL.
fn compare(
    world: &World,
    number: usize,
    kith: &Served,
    cost: f64,
    questions: &[Question],
    runtime: &tokio::runtime::Runtime,
) {
    runtime.block_on(async {
        let documents = (0..number).map(|n| match world.listing(n) {
            Op::Put { mut documents, .. } => documents.remove(0),
            Op::Remove { .. } => unreachable!("listings are put"),
        });
        let Some(postgres) = Postgres::load(documents).await else {
            println!("PostgreSQL with PostGIS is not installed: not compared");
            return;
        };
        println!("PostgreSQL: loaded and indexed in {:.1} s, {:.0} MiB on disk", postgres.loading, postgres.disk);
        agree(kith, &postgres, questions).await;
        postgres.closed(2, questions, TIME).await;
        for connections in [1, 2, 8, 64] {
            let (times, cpu) = postgres.closed(connections, questions, TIME).await;
            let each = cpu / times.micros.len() as f64;
            line("PostgreSQL + PostGIS", connections, each, &times);
            if connections == 2 {
                println!(
                    "PostgreSQL: {:.0} times Kith's processor time; {:.0} MiB",
                    each / cost,
                    postgres.memory().await
                );
            }
        }
    });
}

/// Measures a server at some numbers of connections; answers the cost of an answer at two, in microseconds.
fn http(name: &str, served: &Served, requests: &[Vec<u8>], connections: &[usize]) -> f64 {
    let mut cost = 0.0;
    for &connections in connections {
        let before = served.cpu();
        let times = closed(served.address, connections, requests, TIME);
        let each = (served.cpu() - before) / times.micros.len() as f64;
        line(name, connections, each, &times);
        if connections == 2 {
            cost = each;
        }
    }
    cost
}

fn line(name: &str, connections: usize, cpu: f64, times: &load::Times) {
    println!(
        "{name:<28} {connections:>3} connections: {cpu:>8.1} µs of CPU each, {:>7.0}/s, {} ms (p50 / p95 / p99)",
        times.rate(),
        times.told()
    );
}

/// Compares totals on the first questions. Kith finds listings that have most or any of the words where none has all:
/// for those PostgreSQL must find none.
async fn agree(kith: &Served, postgres: &Postgres, questions: &[Question]) {
    let (mut wire, mut same, mut of) = (Wire::to(kith.address), 0, 0);
    for question in questions.iter().filter(|question| !question.begun).take(COMPARED) {
        let (_, body) = wire.ask(&get(&question.path()));
        let answer: serde_json::Value = serde_json::from_slice(body).expect("JSON");
        let all = question.words.is_empty() || answer["understood"]["words"] == "all";
        let total = |block: &str| answer[block]["total"].as_u64().unwrap_or(0);
        let ours = if all { total("results") + total("covers_area") } else { 0 };
        let theirs = postgres.total(question).await;
        of += 1;
        same += u32::from(ours == theirs);
        if ours != theirs && of - same <= 3 {
            println!("  differs: {} finds {ours}, PostgreSQL {theirs}", question.path());
        }
    }
    println!("totals are the same for {same} of {of} questions");
}
