//! What was measured, a line a figure: printed, and kept as files in the folder of the build (`tmp/guard/*.md`), each a
//! row of a Markdown table, so that a table of them all can be put together from the last runs.

use std::{fs, path::PathBuf};

/// Keeps one line: the goal's id, what was done, how often, the figure, and whether it is as it must be.
pub fn row(id: &str, what: &str, n: usize, figure: &str, pass: bool) {
    let line = format!("| {id} | {what} | {n} | {figure} | {} |", if pass { "yes" } else { "NO" });
    println!("{line}");
    let name: String = what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    fs::create_dir_all(folder()).unwrap();
    fs::write(folder().join(format!("{id}-{name}.md")), format!("{line}\n")).unwrap();
}

/// Where the lines are kept from one run to the next.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("guard")
}
