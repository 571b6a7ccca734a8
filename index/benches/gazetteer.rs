//! How long the gazetteer takes to answer, and how large a file of postcodes is.
//!
//! `KITH_POSTCODES=FILE cargo bench -p kith-index --bench gazetteer` also asks a file that `kith places build` made.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table and may fail where it stands"
)]

use std::{hint::black_box, path::PathBuf, time::Instant};

use kith_index::gazetteer::{Gazetteer, Resolution};

/// Times that each question is asked.
const ROUNDS: usize = 200;

fn main() {
    let start = Instant::now();
    let gazetteer = match std::env::var_os("KITH_POSTCODES").map(PathBuf::from) {
        Some(path) => &*Box::leak(Box::new(Gazetteer::with_postcodes(&path).unwrap())),
        None => Gazetteer::embedded(),
    };
    println!("read the tables in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    if let Some(file) = gazetteer.postcodes() {
        let codes = u64::from(file.about().live) + u64::from(file.about().terminated);
        println!("{codes} postcodes in {:.2} MB", file.size() as f64 / 1e6);
        let asked =
            [("LS6 2", "AB"), ("SW1A 1", "AA"), ("CF10 3", "AT"), ("EH1 1", "YZ"), ("KW17 2", "AA"), ("ZE1 0", "ZZ")];
        table("full postcode, found in the file", &asked, |(sector, unit)| {
            black_box(file.find(sector, unit));
        });
    }
    let codes = ["LS6 2AB", "sw1a1aa", "LS6 2", "BT7", "EH1"];
    table("postcode, resolved", &codes, |text| assert!(!matches!(gazetteer.resolve(text), Resolution::Unknown { .. })));
    let names = ["Leeds", "Caerdydd", "Newport", "the Midlands", "Headingley, Leeds", "NHS West Yorkshire"];
    table("name, resolved", &names, |text| assert!(!matches!(gazetteer.resolve(text), Resolution::Unknown { .. })));
    table("name, misspelt", &["Leedss", "Manchestre", "Aberystwith"], |text| {
        black_box(gazetteer.resolve(text));
    });
    table("completions, eight", &["s", "b", "le", "man", "newc", "west york", "ls6", "caerd"], |text| {
        black_box(gazetteer.suggest(text, 8));
    });
    table("areas at a position", &[(53.8, -1.55), (57.5, -4.2), (51.5, -0.1)], |(lat, lon)| {
        black_box(gazetteer.areas_at(lat, lon));
    });
    table("areas touched, 10 km", &[(53.8, -1.55), (57.5, -4.2), (51.5, -0.1)], |(lat, lon)| {
        black_box(gazetteer.areas_touched(lat, lon, 10.0));
    });
}

/// Prints the median and the slowest of many answers, in microseconds.
fn table<T: Copy>(what: &str, asked: &[T], answer: impl Fn(T)) {
    let mut took: Vec<f64> = Vec::with_capacity(asked.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for &question in asked {
            let start = Instant::now();
            answer(question);
            took.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!("{what:<36} median {:>8.2} µs   99 % {:>8.2} µs", at(0.5), at(0.99));
}
