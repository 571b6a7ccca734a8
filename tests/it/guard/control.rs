//! C4: each leak that a debug build can be made to have is caught, and a release build has none of them.
//!
//! A leak is switched on by the environment of a whole process, so each is looked for by this test program itself,
//! started once more for one test.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use kith::domain::sabotage::LEAKS;

use super::{
    attack::attack,
    table,
    twins::compare,
    worlds::{Secret, World},
};

/// What leaks nowhere but into what is kept or logged, each with the test that looks into all that the real program
/// keeps, logs and says, and with what that test says of it.
const INSIDE: [(&str, &str, &str); 4] = [
    ("leak-kept", CANARY, "\"kith.db"),
    ("leak-log", CANARY, "what the import logs holds a secret"),
    ("trace-log", TRACES, "the log: plain"),
    ("trace-temp", TRACES, "folder for what does not last: searched: plain"),
];
const CANARY: &str = "canary::an_import_of_refuges_leaves_no_trace_of_where_they_are";
const TRACES: &str = "traces::a_search_leaves_no_trace";
/// The comparison of C1, where a strategy could be named.
const TWINS: &str = "twin worlds";
/// Which strategy is made for which leak; it must be among those that see it.
const MADE_FOR: [(&str, &str); 25] = [
    ("leak-distance", "distance told"),
    ("leak-order", "order among public listings"),
    ("leak-count", "counts by circle"),
    ("leak-facet", "facets by circle"),
    ("leak-pin", "pins and addresses in every record"),
    ("leak-area", "areas touched, beside a listing of one's own"),
    ("leak-phone", "telephones of the card"),
    ("leak-words", "words of addresses"),
    ("leak-suggest", "suggestions"),
    ("leak-feed", "pins and addresses in every record"),
    ("leak-history", "history when the house moves"),
    ("leak-length", "tags and lengths, beside a copy of one's own"),
    ("leak-duplicate", "imports at guessed addresses"),
    ("text-unread", "words of addresses"),
    ("gate-open", "local numbers in odd spellings"),
    ("shared-place", TWINS),
    ("narrow-areas", "areas over time and of linked listings"),
    ("id-from-source", "structure of ids"),
    ("withheld-ties", "baits with guessed local numbers"),
    ("numbers-unseen", "local numbers in odd spellings"),
    ("terms-as-given", "terms of a town, and ids guessed of them"),
    ("source-named", "names of sources"),
    ("keys-shown", "keys of open listings that name what is private"),
    ("runner-shown", "an organisation of listed words that opens something"),
    ("links-shown", "baits with links of every kind, at guessed places"),
];

/// Names the one strategy that is to be tried.
const ONLY: &str = "KITH_TEST_STRATEGY";

/// Runs one test of this program with a leak switched on; all that it printed, and whether it passed.
fn under(leak: &str, test: &str) -> (String, bool) {
    under_with(leak, test, "")
}

fn under_with(leak: &str, test: &str, strategy: &str) -> (String, bool) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads=1"])
        .env("KITH_SABOTAGE", leak)
        .env(ONLY, strategy)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("running 1 test"), "{said}");
    (said, output.status.success())
}

/// What the harness says of a leak: who saw it.
fn seen(leak: &str) -> Vec<String> {
    if let Some((_, test, sign)) = INSIDE.iter().find(|(name, ..)| *name == leak) {
        // A test that fails for another reason has seen nothing.
        let (said, passed) = under(leak, test);
        return (!passed && said.contains(sign)).then(|| "canaries".to_owned()).into_iter().collect();
    }
    // The strategy that is made for a leak has to see it by itself; others are not asked.
    let strategy = MADE_FOR.iter().find(|(name, _)| *name == leak).map_or("", |(_, strategy)| *strategy);
    let (said, passed) = under_with(leak, "guard::control::looked_for", strategy);
    assert!(passed, "{leak}: what fails sees nothing: {said}");
    said.lines().filter_map(|line| line.strip_prefix("seen by ")).map(str::to_owned).collect()
}

#[test]
fn every_leak_is_caught() {
    // Without a leak nobody sees one.
    let mut missed = seen("none");
    for test in [CANARY, TRACES] {
        let (said, passed) = under("none", test);
        assert!(passed, "{said}");
    }
    let mut caught = 0;
    for pair in LEAKS.chunks(2) {
        let runs: Vec<_> = pair.iter().map(|leak| (*leak, thread::spawn(|| seen(leak)))).collect();
        for (leak, run) in runs {
            let by = run.join().unwrap();
            println!("{leak}: {}", by.join("; "));
            let made_for = MADE_FOR.iter().find(|(name, _)| *name == leak).map(|(_, strategy)| *strategy);
            let expected = made_for.is_none_or(|strategy| by.iter().any(|seen| seen == strategy));
            if by.is_empty() || !expected {
                missed.push(format!("{leak}: {by:?}, expected {made_for:?}"));
            } else {
                caught += 1;
            }
        }
    }
    table::row(
        "C4",
        "leaks on purpose, caught",
        LEAKS.len(),
        &format!("{caught} of {}", LEAKS.len()),
        missed.is_empty(),
    );
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_guess_that_shows_is_taken() {
    // Each kind of bait under a leak that is made for it: the attacker guesses the very town, and not only that something differs.
    for (leak, test, plays) in [
        ("withheld-ties", "guard::baits::ties_are_guessed", 8),
        ("links-shown", "guard::baits::links_are_guessed", 2),
        ("leak-duplicate", "guard::baits::places_are_guessed", 2),
    ] {
        let (said, passed) = under(leak, test);
        let taken = said.lines().filter(|line| line.starts_with("played ") && line.contains(": guessed true")).count();
        assert!(passed && taken == plays, "{leak}: {said}");
    }
    // Whatever areas baits tell, the town is no part of it: only what is shown of the refuge could tell.
    let (said, passed) = under("leak-pin", "guard::baits::areas_are_seen");
    let seen = said.lines().filter(|line| line.starts_with("played ") && !line.ends_with(" 0 signs")).count();
    assert!(passed && seen == 2, "{said}");
}

#[test]
#[ignore = "a part of every_leak_is_caught, which starts it with a leak switched on"]
fn looked_for() {
    let only = env::var(ONLY).ok().filter(|strategy| !strategy.is_empty());
    if only.as_deref().is_none_or(|only| only == TWINS) {
        look_at_twins();
    }
    if only.as_deref() == Some(TWINS) {
        return;
    }
    for outcome in attack(10, only.as_deref()).into_iter().filter(super::attack::Outcome::is_better) {
        println!(
            "\nseen by {}\n{:?}, {:.3} km off, blind {:.3} km",
            outcome.strategy, outcome.signs, outcome.error, outcome.blind
        );
    }
}

fn look_at_twins() {
    let secrets = [Secret::number(1), Secret::number(2)];
    let worlds = secrets.each_ref().map(World::whole);
    let compared = compare(&worlds[0], &worlds[1], secrets.each_ref(), 1);
    for difference in compared.differences.iter().take(1) {
        println!("\nseen by {TWINS}\n{difference}");
    }
}

#[test]
fn a_release_build_cannot_be_made_to_leak() {
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_kith")).ancestors().nth(2).unwrap().to_owned();
    let program = folder.join("release").join("kith");
    let Ok(bytes) = fs::read(&program) else {
        println!("skipped: no release build beside the debug one");
        assert!(env::var_os("KITH_RELEASE").is_none(), "{} is missing", program.display());
        return;
    };
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.contains("the settings have faults"), "what it says can be found in it");
    for name in LEAKS.into_iter().chain(["KITH_SABOTAGE"]) {
        assert!(!text.contains(name), "{name} is in the release build");
    }
    table::row("C4", "names of leaks in a release build", LEAKS.len(), "0", true);
}
