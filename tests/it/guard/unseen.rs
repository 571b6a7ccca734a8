//! How far texts are understood that nobody had in mind when the rules were written: each file of `tests/fixtures/unseen` says
//! when it was written, and whether its texts were used to widen the rules.
//!
//! The figures are printed and kept, whatever they are; what the tests ask for is that they do not become worse.

use std::fs;

use kith::domain::crisis::urgency::{Urgency, UrgencyLevel};

use super::table;
use crate::support::project;

/// The texts of a file with their labels.
fn texts(name: &str) -> Vec<Vec<String>> {
    let file = fs::read_to_string(project("tests/fixtures/unseen").join(name)).unwrap();
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Of the texts with such labels, how many hold and how many there are.
fn share(texts: &[Vec<String>], labels: &[&str], holds: impl Fn(&[String]) -> bool) -> (usize, usize) {
    let of: Vec<_> = texts.iter().filter(|text| labels.contains(&text[0].as_str())).collect();
    (of.iter().filter(|text| holds(&text[1..])).count(), of.len())
}

/// Recall of urgent texts and false alarms of one file, and whether they are no worse than these.
fn crisis(name: &str, at_least: usize, at_most: usize) -> (usize, String, bool) {
    let texts = texts(name);
    let urgent = |text: &[String]| Urgency::of(&text[0]).level == UrgencyLevel::Now;
    let (found, of) = share(&texts, &["urgent"], urgent);
    let (alarms, others) = share(&texts, &["topic", "none"], urgent);
    let figure = format!("{found} of {of} urgent ones found, {alarms} of {others} others taken for urgent");
    (of + others, figure, found >= at_least && alarms <= at_most)
}

#[test]
fn urgent_texts_are_found() {
    let (n, first, fits) = crisis("crisis_first.tsv", 60, 0);
    table::row("C13", "urgent texts, first set (44 of 60 before; phrases were then widened with it)", n, &first, fits);
    assert!(fits, "{first}");
    let (n, second, fits) = crisis("crisis_second.tsv", 38, 1);
    table::row("C13", "urgent texts, second set (unseen 17 of 40; words were then weighed with it)", n, &second, fits);
    assert!(fits, "{second}");
    let (n, third, fits) = crisis("crisis_third.tsv", 15, 1);
    table::row("C13", "urgent texts, third set, unseen and indirect (7 of 40 before)", n, &third, fits);
    assert!(fits, "{third}");
}
