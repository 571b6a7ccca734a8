//! How far texts are understood that nobody had in mind when the rules were written: each file of `tests/fixtures/unseen` says
//! when it was written, and whether its texts were used to widen the rules.
//!
//! The figures are printed and kept, whatever they are; what the tests ask for is that they do not become worse.

use std::fs;

use kith::domain::{
    crisis::urgency::{Urgency, UrgencyLevel},
    vocabulary::{describes_at_risk, is_at_risk},
};

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
    let (n, second, fits) = crisis("crisis_second.tsv", 35, 1);
    table::row("C13", "urgent texts, second set (unseen 17 of 40; words were then weighed with it)", n, &second, fits);
    assert!(fits, "{second}");
    let (n, third, fits) = crisis("crisis_third.tsv", 15, 1);
    table::row("C13", "urgent texts, third set, unseen and indirect (7 of 40 before)", n, &third, fits);
    assert!(fits, "{third}");
}

/// Recall of places at risk and false alarms of one file, and whether they are no worse than these.
fn at_risk(name: &str, at_least: usize, at_most: usize) -> (usize, String, bool) {
    let texts = texts(name);
    let is_seen = |text: &[String]| is_at_risk(&text[0]) || describes_at_risk(&text[1]);
    let (found, of) = share(&texts, &["risk"], is_seen);
    let (alarms, others) = share(&texts, &["open"], is_seen);
    let figure = format!("{found} of {of} at risk found, {alarms} of {others} others protected");
    (of + others, figure, found >= at_least && alarms <= at_most)
}

#[test]
fn places_at_risk_are_found() {
    let (n, first, fits) = at_risk("at_risk_first.tsv", 60, 0);
    table::row("C12", "places at risk, first set (8 of 60 before; rules were then widened with it)", n, &first, fits);
    assert!(fits, "{first}");
    let (n, second, fits) = at_risk("at_risk_second.tsv", 37, 0);
    table::row("C12", "places at risk, second set (unseen 5 of 40; rules were then widened with it)", n, &second, fits);
    assert!(fits, "{second}");
    let (n, third, fits) = at_risk("at_risk_third.tsv", 12, 5);
    table::row("C12", "places at risk, third set, unseen (1 of 25 before)", n, &third, fits);
    assert!(fits, "{third}");
}
