//! The house rules that a compiler does not know: who may import whom, and which crate has which home.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each layer with the layers it may use. `config` is a file of its own.
const LAYERS: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("exchange", &["domain"]),
    ("store", &["domain"]),
    ("directory", &["domain", "exchange", "store"]),
    ("api", &["domain", "directory"]),
    ("web", &["domain", "directory"]),
    ("cli", &["domain", "exchange", "directory", "api", "web", "config"]),
];

/// Crates with one home: where they may be named.
const HOMES: [(&str, &[&str]); 13] = [
    ("sqlx", &["src/store"]),
    ("tantivy", &["index"]),
    ("geo", &["index"]),
    ("kith_index", &["src/directory", "index", "tests/it/guard"]),
    ("poem", &["src/api", "src/web", "src/cli/serve.rs", "src/cli/listen", "tests"]),
    ("poem_openapi", &["src/api", "src/domain", "tests"]),
    ("csv", &["src/exchange", "tests"]),
    ("flate2", &["src/exchange", "tests"]),
    ("zip", &["src/exchange", "index", "tests"]),
    ("clap", &["src/cli"]),
    ("askama", &["src/web"]),
    ("getrandom", &["src/domain/clock.rs"]),
    ("indicatif", &["src/cli"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder of the project, as a path from the root with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The words that follow `prefix` in the code of a file, comments left out: `crate::` gives layers.
fn named_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    let code = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    code.flat_map(move |line| line.split(prefix).skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
}

/// Layers that a file names: `crate::store`, also inside `use crate::{store, ...}` over several lines.
fn layers_named(text: &str) -> Vec<String> {
    let mut named: Vec<String> = named_after(text, "crate::").map(str::to_owned).collect();
    let mut rest = text;
    while let Some(at) = rest.find("use crate::{") {
        rest = &rest[at + "use crate::{".len()..];
        let (mut depth, mut word) = (0, String::new());
        for c in rest.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                c if depth == 0 && (c.is_alphanumeric() || c == '_') => word.push(c),
                ',' if depth == 0 => named.push(std::mem::take(&mut word)),
                ':' if depth == 0 && !word.is_empty() => named.push(std::mem::take(&mut word)),
                _ => {}
            }
        }
        named.push(word);
    }
    named
}

#[test]
fn imports_point_down_only() {
    let mut wrong = Vec::new();
    for (name, text) in sources("src") {
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| name.starts_with(&format!("src/{layer}/"))) else {
            continue;
        };
        let own = name.split('/').nth(1).unwrap().to_owned();
        for used in layers_named(&text).into_iter().filter(|used| *used != own) {
            let is_layer = LAYERS.iter().any(|(layer, _)| *layer == used) || used == "config";
            if is_layer && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_layer_test_reads_what_it_should() {
    let text = "use crate::{\n    api::x,\n    store::{self, Store},\n};\nuse crate::web;\n// crate::cli\nlet a = crate::config::B;";
    assert_eq!(
        layers_named(text).into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>(),
        ["web", "config", "api", "x", "store"]
    );
}

#[test]
fn each_crate_has_one_home() {
    let mut wrong = Vec::new();
    for (name, text) in sources("src").into_iter().chain(sources("index")).chain(sources("tests")) {
        for (library, homes) in HOMES.iter().filter(|(_, homes)| !homes.iter().any(|home| name.starts_with(home))) {
            let uses = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")).any(|line| {
                line.starts_with(&format!("use {library}::"))
                    || line
                        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
                        .any(|word| word.starts_with(&format!("{library}::")))
            });
            if uses {
                wrong.push(format!("{name} names {library}, whose home is {homes:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_opens_with_what_it_is_for_and_can_be_read_in_one_sitting() {
    let mut wrong = Vec::new();
    for (name, text) in sources("src").into_iter().chain(sources("index")).chain(sources("tests")) {
        if !text.starts_with("//!") {
            wrong.push(format!("{name} does not say what it is for"));
        }
        let lines = text.lines().count();
        if lines > 500 {
            wrong.push(format!("{name} has {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn migrations_that_part_come_in_pairs_and_every_problem_has_a_page() {
    let names = |folder: &str| -> Vec<String> {
        fs::read_dir(root().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let migrations = names("migrations");
    for name in &migrations {
        if let Some(stem) = name.strip_suffix(".sqlite.sql") {
            assert!(migrations.contains(&format!("{stem}.postgres.sql")), "{name} has no pair");
        }
        if let Some(stem) = name.strip_suffix(".postgres.sql") {
            assert!(migrations.contains(&format!("{stem}.sqlite.sql")), "{name} has no pair");
        }
    }
    let mut pages = names("openapi/problems");
    pages.sort();
    let mut slugs: Vec<String> =
        kith::api::problem::Slug::ALL.iter().map(|slug| format!("{}.md", slug.as_str())).collect();
    slugs.sort();
    assert_eq!(pages, slugs);
}

/// Each test that the hazard log names is there, so that no control is claimed which nobody checks.
#[test]
fn every_test_of_the_hazard_log_is_there() {
    let log = fs::read_to_string(root().join("SAFEGUARDING.md")).unwrap();
    let rows: Vec<&str> = log.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #")).collect();
    assert!(rows.len() >= 10, "{}", rows.len());
    let all: String =
        ["src", "index", "tests"].iter().flat_map(|folder| sources(folder)).map(|(_, text)| text).collect();
    for row in rows {
        let tests: Vec<&str> = row.rsplit('|').nth(1).unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            assert!(all.contains(&format!("fn {test}(")), "{test}");
        }
    }
}

#[test]
fn what_people_type_is_neither_remembered_nor_spelt_elsewhere_by_their_browser() {
    let mut fields = 0;
    for entry in fs::read_dir(root().join("src/web/templates")).unwrap().map(Result::unwrap) {
        let text = fs::read_to_string(entry.path()).unwrap();
        let tags = text.split('<').filter(|tag| tag.starts_with("textarea") || tag.contains("type=\"text\""));
        for tag in tags {
            fields += 1;
            // Some browsers send words to be spelt to their maker.
            for attribute in ["autocomplete=\"off\"", "spellcheck=\"false\""] {
                assert!(tag.contains(attribute), "{:?} needs {attribute}: {tag}", entry.file_name());
            }
        }
    }
    assert!(fields > 8, "{fields}");
}
