//! The Containerfile: it names what there is, and what it sets the program up with starts and serves.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use kith::config::SETTINGS;

use crate::support::{Client, project, until};

/// The lines of the Containerfile that begin with an instruction, without it.
fn lines<'a>(text: &'a str, instruction: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.strip_prefix(instruction)?.strip_prefix(' '))
}

#[test]
fn the_image_starts_the_program_with_settings_that_it_knows() {
    let text = fs::read_to_string(project("Containerfile")).unwrap();
    let words = |instruction: &'static str| lines(&text, instruction).flat_map(str::split_whitespace);
    let known: Vec<String> = SETTINGS.iter().map(|(name, _)| format!("KITH_{}", name.to_uppercase())).collect();
    let set: Vec<(&str, &str)> = words("ENV")
        .map(|pair| pair.split_once('=').unwrap())
        // The C library's, not ours; `traces/memory.rs` shows that it does what it is there for.
        .filter(|(name, _)| *name != "GLIBC_TUNABLES")
        .collect();
    assert!(set.len() >= 2 && set.iter().all(|(name, _)| known.iter().any(|known| known == name)), "{set:?}");
    let value = |name: &str| set.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(words("VOLUME").collect::<Vec<_>>(), [value("KITH_DATA")], "what is written is kept");
    let port = value("KITH_LISTEN").rsplit_once(':').unwrap().1;
    assert_eq!(words("EXPOSE").collect::<Vec<_>>(), [port]);
    assert_ne!(words("USER").last(), Some("root"));
    let rust = words("FROM").next().unwrap().split([':', '-']).nth(1).unwrap();
    let needs = fs::read_to_string(project("Cargo.toml")).unwrap();
    let needs =
        needs.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"').to_owned();
    let version = |text: &str| text.split('.').map(|part| part.parse::<u32>().unwrap()).collect::<Vec<_>>();
    assert!(version(rust) >= version(&needs), "{rust} builds what needs {needs}");
    let left_out = fs::read_to_string(project(".containerignore")).unwrap();
    assert!(left_out.lines().any(|line| line == "target") && left_out.lines().any(|line| line == ".git"));

    // The same settings and command, but for the folder and the address, which belong to the container.
    let json = |instruction| serde_json::from_str::<Vec<String>>(lines(&text, instruction).next().unwrap()).unwrap();
    assert_eq!(json("ENTRYPOINT"), ["kith"]);
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(json("CMD"))
        .env("KITH_DATA", folder.path())
        .env("KITH_LISTEN", "127.0.0.1:0")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).map(str::parse);
    let client = address.and_then(Result::ok).map(Client::of);
    if let Some(client) = &client {
        until("it is ready", || client.get("/readyz").status == 200);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(client.is_some(), "{line}");
    assert!(folder.path().join("kith.db").exists());
}
