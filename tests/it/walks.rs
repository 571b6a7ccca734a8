//! The README, done: its commands are run as they stand there, and what it says they answer is what they answer.
//!
//! A block of `sh` is run by a shell in an empty folder, with the sample served where it says 8080 and the built program
//! for `cargo run --release --`. A block of `json` or `text` after it is held against its output: `"..."` stands for
//! anything, a text that ends in `...` for any that begins so, and a line of text must be among those printed.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::support::{Client, project, sample_client};

/// One fenced block: its language and its text.
struct Fenced {
    language: String,
    text: String,
}

/// The blocks under a heading, up to the next of its depth.
fn blocks(readme: &str, heading: &str) -> Vec<Fenced> {
    let under = readme.split_once(heading).unwrap_or_else(|| panic!("{heading}")).1;
    let depth = heading.split(' ').next().unwrap();
    let mut found = Vec::new();
    let mut open: Option<Fenced> = None;
    for line in under.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Fenced { language: language.to_owned(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) if line.starts_with(&format!("{depth} ")) => break,
            (None, None) => {}
        }
    }
    found
}

/// Where an answer differs from what was said of it; `None` when it does not.
fn differs(said: &Value, answered: &Value, at: &str) -> Option<String> {
    match (said, answered) {
        (Value::Object(said), Value::Object(answered)) => {
            said.iter().filter(|(name, _)| *name != "...").find_map(|(name, said)| {
                let at = format!("{at}/{name}");
                match answered.get(name) {
                    Some(answered) => differs(said, answered, &at),
                    None => Some(format!("{at} is not answered")),
                }
            })
        }
        (Value::Array(said), Value::Array(answered)) => {
            let more = said.last() == Some(&Value::from("..."));
            let stated = if more { &said[..said.len() - 1] } else { said };
            if stated.len() > answered.len() || (!more && stated.len() < answered.len()) {
                return Some(format!("{at} has {} items", answered.len()));
            }
            let mut pairs = stated.iter().zip(answered).enumerate();
            pairs.find_map(|(number, (said, answered))| differs(said, answered, &format!("{at}/{number}")))
        }
        (Value::String(said), Value::String(answered)) if said.ends_with("...") => {
            let begun = said.trim_end_matches("...").trim_end();
            (!answered.starts_with(begun)).then(|| format!("{at} is {answered}"))
        }
        (Value::String(anything), _) if anything == "..." => None,
        _ => (said != answered).then(|| format!("{at} is {answered}, not {said}")),
    }
}

fn run(script: &str, folder: &Path, client: &Client) -> String {
    let script = script
        .replace("http://127.0.0.1:8080", &format!("http://{}", client.address()))
        .replace("cargo run --release --", "\"$KITH\"");
    let output = Command::new("/bin/bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("KITH", env!("CARGO_BIN_EXE_kith"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{script}\n{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Runs the commands under a heading and holds what they print against what is said of it.
fn walk(heading: &str, least: usize) {
    let readme = fs::read_to_string(project("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = sample_client();
    let (mut printed, mut held) = (String::new(), 0);
    for block in blocks(&readme, heading) {
        match block.language.as_str() {
            // Serving never ends; the sample is served already.
            "sh" if block.text.contains("-- serve") || block.text.contains("cargo test") => {}
            "sh" => printed = run(&block.text, folder.path(), &client),
            "json" => {
                let said: Value = serde_json::from_str(&block.text).unwrap();
                let answered: Value = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}"));
                assert_eq!(differs(&said, &answered, ""), None, "{heading}: {answered:#}");
                held += 1;
            }
            "text" => {
                for line in block.text.lines().filter(|line| line.trim() != "...") {
                    assert!(
                        printed.lines().any(|printed| printed.trim() == line.trim()),
                        "{heading}: {line}\n{printed}"
                    );
                }
                held += 1;
            }
            _ => {}
        }
    }
    assert!(held >= least, "{heading}: {held} answers were held against what is said of them");
}

#[test]
fn the_first_search_answers_what_is_said() {
    walk("## Try it", 1);
}

#[test]
fn the_walk_of_a_social_worker_holds() {
    walk("### A social worker", 2);
}

#[test]
fn the_walk_of_a_peer_worker_holds() {
    walk("### A peer worker", 2);
}

#[test]
fn the_walk_of_a_partner_holds() {
    walk("### A partner", 2);
}

#[test]
fn what_is_said_and_is_not_so_is_found() {
    let answered = serde_json::json!({"a": [1, 2], "b": "Every Tuesday", "c": {"d": null}});
    for said in [r#"{"a": [1, "..."], "b": "Every ..."}"#, r#"{"c": "...", "a": [1, 2]}"#, r#"{"...": ""}"#] {
        assert_eq!(differs(&serde_json::from_str(said).unwrap(), &answered, ""), None, "{said}");
    }
    for said in [r#"{"a": [1]}"#, r#"{"a": [2, "..."]}"#, r#"{"b": "On ..."}"#, r#"{"e": 1}"#, r#"{"c": {"d": 1}}"#] {
        assert!(differs(&serde_json::from_str(said).unwrap(), &answered, "").is_some(), "{said}");
    }
}
