//! What the rules about words cost a text: `cargo bench -p kith --bench words`.
//!
//! How urgent a search sounds is asked of every search, whether a description is of a place at risk and what of a private
//! listing passes of every import. The texts are those of `tests/fixtures/unseen`. Times are of one thread, a text at a time.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

use std::{fs, hint::black_box, path::Path, time::Instant};

use kith::domain::{
    crisis::urgency::Urgency,
    gate::{Allowed, kept},
    vocabulary::{describes_at_risk, is_at_risk},
};

/// How often each text is read; the best time counts.
const TIMES: usize = 7;

fn main() {
    println!("{:<44} {:>6} {:>8} {:>8} {:>8} {:>8}", "µs a text", "texts", "letters", "mean", "p50", "p99");
    row("how urgent a search sounds", &texts("crisis_", 1), |text| {
        black_box(Urgency::of(text));
    });
    row("whether a name is of a place at risk", &texts("at_risk_", 1), |text| {
        black_box(is_at_risk(text));
    });
    row("whether a description is of a place at risk", &texts("at_risk_", 2), |text| {
        black_box(describes_at_risk(text));
    });
    row("which sentences of a private listing pass", &texts("gate_", 1), |text| {
        black_box(kept(text, &Allowed::default()));
    });
}

/// One column of all files whose names begin so.
fn texts(begin: &str, column: usize) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/unseen");
    let mut texts = Vec::new();
    for file in fs::read_dir(folder).expect("the folder of texts").flatten() {
        if file.file_name().to_string_lossy().starts_with(begin) {
            let file = fs::read_to_string(file.path()).expect("a file of texts");
            let lines = file.lines().filter(|line| !line.starts_with('#'));
            texts.extend(lines.filter_map(|line| line.split('\t').nth(column)).map(str::to_owned));
        }
    }
    texts
}

fn row(name: &str, texts: &[String], read: impl Fn(&str)) {
    texts.iter().for_each(|text| read(text));
    let mut times: Vec<f64> = texts
        .iter()
        .map(|text| {
            let time = || {
                let begun = Instant::now();
                read(text);
                begun.elapsed().as_secs_f64() * 1e6
            };
            (0..TIMES).map(|_| time()).fold(f64::INFINITY, f64::min)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{name:<44} {:>6} {:>8} {:>8.1} {:>8.1} {:>8.1}",
        texts.len(),
        texts.iter().map(|text| text.chars().count()).sum::<usize>() / texts.len(),
        times.iter().sum::<f64>() / times.len() as f64,
        at(0.5),
        at(0.99),
    );
}
