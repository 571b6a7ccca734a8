//! A client generated from our documents, compiled strictly and run against the real port.
//!
//! The generator (openapi-typescript) and the compiler are tools of the tests: `KITH_TEST_NPM` names the folder of their
//! packages (`.ci/run` installs them).

use std::{env, fs, path::PathBuf, process::Command};

use serde_json::Value;

use crate::support::{project, sample_client};

/// The folder of npm's packages, or `None`, said aloud, where there is none.
pub fn npm(what: &str) -> Option<PathBuf> {
    let folder = env::var_os("KITH_TEST_NPM").map(PathBuf::from).filter(|folder| folder.join("node_modules").is_dir());
    if folder.is_none() {
        assert!(env::var_os("KITH_TEST_ALL").is_none_or(|all| all != "1"), "KITH_TEST_NPM names no folder: {what}");
        println!("skipped, for KITH_TEST_NPM names no folder: {what}");
    }
    folder
}

/// Runs a command that must succeed; gives what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().expect("node can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn a_client_generated_from_the_documents_compiles_strictly_and_finds_what_there_is() {
    let Some(npm) = npm("a generated client") else { return };
    let client = sample_client();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::os::unix::fs::symlink(npm.join("node_modules"), here.join("node_modules")).unwrap();
    fs::copy(project("tests/client/use.ts"), here.join("use.ts")).unwrap();
    fs::write(here.join("package.json"), "{\"type\": \"module\"}").unwrap();
    for (path, name) in [("/openapi.json", "v1"), ("/hsds/openapi.json", "hsds")] {
        fs::write(here.join(format!("{name}.json")), client.get(path).body).unwrap();
        let (from, to) = (format!("{name}.json"), format!("{name}.d.ts"));
        run(Command::new("node").current_dir(here).args(["node_modules/.bin/openapi-typescript", &from, "-o", &to]));
    }
    let strictly = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck"];
    let target = ["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"];
    // The one thing of node's that the program uses; its types are not needed for it.
    fs::write(here.join("node.d.ts"), "declare const process: { argv: string[] };").unwrap();
    let files = ["use.ts", "node.d.ts"];
    run(Command::new("node").current_dir(here).arg("node_modules/.bin/tsc").args(strictly).args(target).args(files));
    let base = format!("http://{}", client.address());
    let said: Value =
        serde_json::from_str(&run(Command::new("node").current_dir(here).args(["use.js", &base]))).unwrap();

    let path = "/v1/search?q=grief+support&near=LS6+2&audience=men&age=34&per_page=5";
    let answer = client.get(path).json();
    let items = answer["results"]["items"].as_array().unwrap();
    assert_eq!((&said["total"], &said["postTotal"]), (&answer["results"]["total"], &answer["results"]["total"]));
    let cards = said["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 5);
    for (card, item) in cards.iter().zip(items) {
        assert_eq!((&card["name"], &card["km"]), (&item["name"], &item["distance_km"]));
        assert_eq!((&card["phone"], &card["place"]), (&item["phones"][0]["number"], &item["place"]["label"]));
    }
    assert_eq!(said["listing"], items[0]["name"]);
    assert_eq!(said["problem"], serde_json::json!({"type": "/problems/unknown-place", "status": 400}));
    assert!(said["walked"].as_u64() > Some(100) && said["feedTotal"].as_u64() > Some(100), "{said}");
}
