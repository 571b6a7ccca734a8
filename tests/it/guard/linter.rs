//! C7 and C8: what does not compile, and how well texts that tell a place are told from others. The tests themselves stand
//! beside the code; here are their figures.

use std::fs;

use kith::domain::telltale::tells_place;

use super::table;
use crate::support::project;

#[test]
fn the_figures_of_the_labelled_texts() {
    let texts = fs::read_to_string(project("tests/fixtures/linter.tsv")).unwrap();
    // What is judged beside its areas, and what a keeper is only asked about, has its figures beside the code.
    let others = ["name", "domain", "person", "home", "mobile"];
    let of_others = |label: &str| others.contains(&label.strip_prefix("no-").unwrap_or(label));
    let lines: Vec<(&str, &str)> = (texts.lines().filter(|line| !line.starts_with('#')))
        .map(|line| line.split_once('\t').unwrap())
        .filter(|(label, _)| !of_others(label))
        .collect();
    let seen = |tells: bool| {
        let of: Vec<bool> =
            lines.iter().filter(|(label, _)| (*label != "free") == tells).map(|(_, text)| tells_place(text)).collect();
        (of.iter().filter(|seen| **seen).count() as f64, of.len() as f64)
    };
    let ((found, telling), (alarms, free)) = (seen(true), seen(false));
    let good = lines.len() >= 300 && found / telling >= 0.95 && alarms / free <= 0.05;
    let figure = format!("recall {:.3}, precision {:.3}", found / telling, found / (found + alarms));
    let what =
        "texts that tell a place (`tests/fixtures/linter.tsv`; written by those who wrote the rules, so they flatter)";
    table::row("C8", what, lines.len(), &figure, good);
    assert!(good, "{figure}");
}

#[test]
fn the_code_that_must_not_compile_is_there_to_be_tried() {
    // Each block is compiled by `cargo test`, which fails where one does compile.
    let text = fs::read_to_string(project("src/domain/place.rs")).unwrap();
    let blocks = text.matches("```compile_fail,E").count();
    let figure = format!("{blocks} refused");
    table::row(
        "C7",
        "code that would read a street or a position of an `area` record does not compile",
        blocks,
        &figure,
        blocks >= 4,
    );
    assert!(blocks >= 4);
}
