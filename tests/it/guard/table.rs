//! What was measured, a line a figure: printed, kept as files in the folder of the build (`tmp/guard/*.md`), and put
//! together in SECURITY.md, so that no figure there is pasted by hand.
//!
//! After a run of the tests `UPDATE_EXPECT=1 cargo test table_of_security` writes the table. Otherwise that test looks whether the
//! table has the lines of the tests, no others, and says of each what the tests say.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use kith::domain::clock::{Clock, SystemClock};

use super::{strategies::STRATEGIES, unseen};
use crate::support::project;

/// Where the table stands in SECURITY.md.
const MARKS: [&str; 2] = ["<!-- figures, written by a test -->\n", "<!-- end of the figures -->\n"];
const HEAD: &str = "| id | what | n | figure | pass |\n|---|---|---|---|---|\n";

/// What is looked at only beside a release build, and has no line where there was none.
const SOMETIMES: [&str; 1] = ["names of leaks in a release build"];

/// Keeps one line: the goal's id, what was done, how often, the figure, and whether it is as it must be.
pub fn row(id: &str, what: &str, n: usize, figure: &str, pass: bool) {
    let line = format!("| {id} | {what} | {n} | {figure} | {} |", if pass { "yes" } else { "NO" });
    println!("{line}");
    // What a leak on purpose brings about is no figure of the program.
    if std::env::var_os("KITH_SABOTAGE").is_some() {
        return;
    }
    let name: String = what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    fs::create_dir_all(folder()).unwrap();
    fs::write(folder().join(format!("{id}-{name}.md")), format!("{line}\n")).unwrap();
}

/// Where the lines are kept from one run to the next.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("guard")
}

/// A line's id, in an order that people expect, and what it is about.
type Key = ((String, u32), String);

/// The lines of a text by id and what they are about.
fn lines(text: &str) -> BTreeMap<Key, String> {
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (letters, number) =
            cells[0].split_at(cells[0].find(|c: char| c.is_ascii_digit()).unwrap_or(cells[0].len()));
        (((letters.to_owned(), number.parse().unwrap_or(0)), cells[1].to_owned()), line.to_owned())
    })
    .collect()
}

/// Every line that the tests can leave, from their texts: what is called `row` with two texts, one a strategy, and one a set of unseen texts.
fn expected() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> =
        STRATEGIES.iter().map(|(name, _)| ("C2".to_owned(), (*name).to_owned())).collect();
    found.extend(unseen::lines());
    let mut open = vec![project("tests/it")];
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                found.extend(rows_in(&path));
            }
        }
    }
    found
}

fn rows_in(path: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    for (at, call) in text.match_indices("table::row(") {
        let rest = &text[at + call.len()..];
        let Some((id, rest)) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            continue;
        };
        let rest = rest.trim_start_matches([',', ' ', '\n']);
        // A name stands for a text that is given just before.
        let what = match rest.strip_prefix('"') {
            Some(rest) => rest.split('"').next().map(str::to_owned),
            None => {
                let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let given = text[..at].rsplit_once(&format!("let {name} =")).map(|(_, rest)| rest.trim_start());
                given.and_then(|rest| rest.strip_prefix('"')?.split('"').next()).map(str::to_owned)
            }
        };
        if id.chars().all(|c| c.is_ascii_alphanumeric()) {
            found.extend(what.map(|what| (id.to_owned(), what)));
        }
    }
    found
}

#[test]
fn the_table_of_security_is_that_of_the_tests() {
    let file = project("SECURITY.md");
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(MARKS[0]).expect("the table has a beginning");
    let (table, after) = rest.split_once(MARKS[1]).expect("and an end");
    let left: String = fs::read_dir(folder())
        .into_iter()
        .flatten()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let expected = expected();
    assert!(expected.len() > STRATEGIES.len() + 10, "{expected:?}");
    let is_expected =
        |key: &Key| expected.iter().any(|(id, what)| *id == format!("{}{}", key.0.0, key.0.1) && *what == key.1);
    let (mut shown, left) = (lines(table), lines(&left));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        shown.extend(left.clone());
        // What a test does not say any more goes; what this run did not measure stays as it was.
        shown.retain(|key, _| is_expected(key));
        let day = SystemClock.now().london_date().format("%-d %B %Y");
        let rows: String = shown.values().map(|line| format!("{line}\n")).collect();
        let table = format!("Written on {day}.\n\n{HEAD}{rows}");
        fs::write(&file, format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1])).unwrap();
        return;
    }
    let again = "run the tests, then UPDATE_EXPECT=1 cargo test table_of_security";
    for (id, what) in expected.iter().filter(|(_, what)| !SOMETIMES.contains(&what.as_str())) {
        assert!(
            shown.keys().any(|key| format!("{}{}", key.0.0, key.0.1) == *id && key.1 == *what),
            "{id} {what} is not in SECURITY.md: {again}"
        );
    }
    for (key, line) in &shown {
        assert!(is_expected(key), "no test says this: {line}");
        assert!(line.ends_with("| yes |"), "{line}");
    }
    // Whether they are as they must be their own tests say; a line may be left from a run before.
    for (key, line) in left.iter().filter(|(key, _)| is_expected(key)) {
        assert!(shown.contains_key(key), "{line} is not in SECURITY.md: {again}");
    }
}
