//! The same questions, asked of the library in this process: what is left when HTTP is taken away.

use std::{hint::black_box, path::Path, sync::Arc};

use kith::{
    directory::Directory,
    domain::clock::{SystemChance, SystemClock},
};

use crate::{
    listings::{Question, World},
    load::Times,
    support::Clock,
};

/// Asks the mix, then questions of one sort each; prints processor times of the thread.
pub async fn ask(world: &World, folder: &Path, questions: &[Question]) {
    let directory = Directory::open(folder, None, Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let directory = directory.expect("a directory");
    directory.bring_up_to_date().await.expect("a view");
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}{:>9}", "without HTTP, µs of CPU", "mean", "p50", "p90", "p99", "bytes");
    row(&directory, "the mix", questions);
    for (name, questions) in crate::classes(world) {
        row(&directory, &name, &questions);
    }
}

fn row(directory: &Directory, name: &str, questions: &[Question]) {
    let mut bytes = 0;
    // Once to warm the caches, once to measure.
    for measured in [false, true] {
        let micros = questions.iter().map(|question| {
            let clock = Clock::start();
            if question.begun {
                black_box(directory.suggest(&question.words, 10).expect("an answer"));
            } else {
                bytes += black_box(directory.search(&question.request()).expect("an answer")).len();
            }
            clock.thread_micros()
        });
        let micros: Vec<f64> = micros.collect();
        if measured {
            let mean = micros.iter().sum::<f64>() / micros.len() as f64;
            let times = Times::new(micros, 1.0);
            let [p50, p90, p99] = [50.0, 90.0, 99.0].map(|percent| times.percentile(percent));
            let bytes = bytes / 2 / questions.len();
            println!("{name:<34}{mean:>9.1}{p50:>9.1}{p90:>9.1}{p99:>9.1}{bytes:>9}");
        }
    }
}
