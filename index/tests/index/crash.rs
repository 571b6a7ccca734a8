//! A writer that is killed leaves its last commit, whole.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use kith_index::{Document, Index, Op, Read, Whereabouts};

use crate::world::{Random, payload};

/// Names the folder to the child; without it the child's test does nothing.
const FOLDER: &str = "KITH_INDEX_CRASH_FOLDER";
const LISTINGS: u64 = 7;

fn put(round: u64) -> Op {
    let listing = format!("listing-{}", round % LISTINGS);
    let place = |n: u64| Document {
        id: format!("{listing}/{n}"),
        listing: listing.clone(),
        whereabouts: Whereabouts::Point { lat: (round % 90) as f64, lon: n as f64 },
        text: format!("round {round}"),
        record: if n == 0 { round.to_string().into_bytes() } else { Vec::new() },
        ..Document::default()
    };
    let documents = (0..1 + round % 3).map(place).collect();
    Op::Put { listing, documents }
}

/// Not a test of its own: run by the one below in a process that is killed.
#[test]
fn child_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let index = Index::open(Path::new(&folder)).expect("opened");
    let from = index.payload().sequence + 1;
    for round in from..from + 5_000 {
        index.apply(&[put(round)], round, round).expect("applied");
    }
}

/// Waits until the commit file has changed so many times, 20 seconds at most.
fn wait_for_commits(folder: &Path, times: usize) {
    let commit = || std::fs::metadata(folder.join("meta.json")).and_then(|file| file.modified()).ok();
    let (mut last, mut changes) = (commit(), 0);
    for _ in 0..4_000 {
        std::thread::sleep(Duration::from_millis(5));
        let now = commit();
        changes += usize::from(now != last);
        last = now;
        if changes >= times {
            return;
        }
    }
}

#[test]
fn a_killed_writer_leaves_its_last_commit_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Index::create(folder.path(), payload()).expect("an index"));
    let mut random = Random(17);
    let mut before = 0;
    // More of them, where somebody wants to be surer than every run has time for.
    let kills = std::env::var("KITH_CRASH_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4);
    for _ in 0..kills {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "crash::child_writes_until_it_is_killed"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        wait_for_commits(folder.path(), 1 + random.below(3));
        // Somewhere within the next commit.
        std::thread::sleep(Duration::from_millis(random.next() % 120));
        child.kill().expect("killed");
        child.wait().expect("gone");

        let index = Index::open(folder.path()).expect("opened after a crash");
        assert_eq!(index.validate().expect("checksums"), Vec::<String>::new());
        let sequence = index.payload().sequence;
        assert!(sequence > before, "the child never committed");
        before = sequence;
        let reader = index.reader();
        let mut documents = 0;
        for listing in 0..LISTINGS.min(sequence) {
            // The last round up to the commit that wrote this listing.
            let round = sequence - (sequence + LISTINGS - listing) % LISTINGS;
            let record = reader.get(&format!("listing-{listing}")).expect("readable");
            let written = (round > 0).then(|| Read::Record(round.to_string().into()));
            assert_eq!(record, written, "at {sequence}");
            documents += if round > 0 { 1 + round % 3 } else { 0 };
        }
        if sequence >= LISTINGS {
            assert_eq!(reader.documents(), documents);
        }
    }
}
