//! The index in its folder: what it says when the folder is not what it should be, and what a failure leaves.

use std::fs;
use std::path::Path;

use kith_index::{Document, Error, Index, Op, Query, SCHEMA, Whereabouts};

use crate::world::payload;

fn put(id: &str) -> Op {
    let whereabouts = Whereabouts::Point { lat: 53.8, lon: -1.55 };
    let document = Document {
        id: id.to_owned(),
        listing: id.to_owned(),
        whereabouts,
        record: b"r".to_vec(),
        ..Document::default()
    };
    Op::Put { listing: id.to_owned(), documents: vec![document] }
}

fn total(index: &Index) -> u64 {
    index.reader().search(&Query::default()).expect("an answer").results.total
}

/// Rewrites the first file of the folder whose name ends so.
fn change(folder: &Path, ending: &str, with: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let mut files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let file = files.find(|path| path.to_string_lossy().ends_with(ending)).expect("such a file");
    fs::write(&file, with(fs::read(&file).expect("readable"))).expect("writable");
}

#[test]
fn missing_damaged_and_old_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(Index::open(folder.path()), Err(Error::Missing)));
    let index = Index::create(folder.path(), payload()).expect("an index");
    index.apply(&[put("a"), put("b")], 1, 1).expect("applied");
    assert!(matches!(Index::create(folder.path(), payload()), Err(Error::NotEmpty)));
    drop(index);

    let meta = fs::read(folder.path().join("meta.json")).expect("the commit");
    let now = format!(r#"\"schema\":{SCHEMA}"#);
    let old = String::from_utf8(meta.clone()).expect("text").replace(&now, r#"\"schema\":0"#);
    fs::write(folder.path().join("meta.json"), old).expect("writable");
    assert!(matches!(Index::open(folder.path()), Err(Error::OldSchema { found: 0 })));
    fs::write(folder.path().join("meta.json"), &meta[..meta.len() / 2]).expect("writable");
    assert!(matches!(Index::open(folder.path()), Err(Error::Damaged(_))));
    fs::write(folder.path().join("meta.json"), &meta).expect("writable");
    assert_eq!(total(&Index::open(folder.path()).expect("whole again")), 2);

    change(folder.path(), ".columns", |mut bytes| {
        bytes.truncate(20);
        bytes
    });
    assert!(matches!(Index::open(folder.path()), Err(Error::Damaged(_))));
}

#[test]
fn a_changed_byte_is_found_by_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::create(folder.path(), payload()).expect("an index");
    index.apply(&[put("a")], 1, 1).expect("applied");
    drop(index);
    change(folder.path(), ".bodies", |mut bytes| {
        bytes[3] ^= 1;
        bytes
    });
    let damaged = Index::open(folder.path()).expect("opens").validate().expect("checksums");
    assert_eq!(damaged.len(), 1);
    assert!(damaged[0].ends_with(".bodies"));
}

#[test]
fn a_batch_that_fails_changes_nothing_and_the_next_one_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::create(folder.path(), payload()).expect("an index");
    index.apply(&[put("a")], 1, 1).expect("applied");
    let Op::Put { mut documents, listing } = put("c") else { unreachable!("a put") };
    documents[0].whereabouts = Whereabouts::Point { lat: 91.0, lon: 0.0 };
    let bad = [Op::Remove { listing: "a".to_owned() }, put("b"), Op::Put { listing, documents }];
    assert!(matches!(index.apply(&bad, 2, 2), Err(Error::Document(_))));
    assert_eq!((total(&index), index.payload().sequence), (1, 1));
    index.apply(&[put("d")], 2, 2).expect("applied");
    let ids = || index.reader().ids().expect("ids").into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(), ["a", "d"]);
    assert!(index.apply(&bad, 3, 3).is_err());
    drop(index);
    let index = Index::open(folder.path()).expect("opened");
    assert_eq!((total(&index), index.payload().sequence), (2, 2));
    index.apply(&[put("b")], 3, 3).expect("applied");
    assert_eq!((total(&index), index.payload().sequence), (3, 3));
}

#[test]
fn a_reader_keeps_its_commit_while_the_index_moves_on() {
    let index = Index::in_memory(payload()).expect("an index");
    index.apply(&[put("a"), put("b")], 1, 1).expect("applied");
    let reader = index.reader();
    index.apply(&[Op::Remove { listing: "a".to_owned() }, put("a"), put("c"), put("c")], 2, 2).expect("applied");
    index.optimise().expect("merged");
    assert_eq!((reader.payload().sequence, reader.ids().expect("ids").len()), (1, 2));
    assert_eq!(index.reader().ids().expect("ids").len(), 3);
}

#[test]
fn new_terms_take_the_next_bits_and_keep_them() {
    let mut first = payload();
    first.terms = vec!["one".to_owned()];
    let index = Index::in_memory(first).expect("an index");
    let with = |id: &str, terms: &[&str]| {
        let Op::Put { mut documents, listing } = put(id) else { unreachable!("a put") };
        documents[0].terms = terms.iter().map(|term| (*term).to_owned()).collect();
        Op::Put { listing, documents }
    };
    index.apply(&[with("a", &["two", "one"])], 1, 1).expect("applied");
    index.apply(&[with("a", &["three"]), with("b", &["two"])], 2, 2).expect("applied");
    assert_eq!(index.payload().terms, ["one", "two", "three"]);
    let hits = index.reader().search(&Query { counts: true, ..Query::default() }).expect("an answer");
    assert_eq!(hits.counts, [("two".into(), 1), ("three".into(), 1)]);
}

#[test]
fn merges_in_the_background_take_no_file_from_a_reader() {
    let index = Index::in_memory(payload()).expect("an index");
    let mut most = 0;
    for round in 0..150_u64 {
        let id = format!("l{}", round % 40);
        index.apply(&[put(&id)], round, round).expect("applied while segments are merged");
        assert!(index.reader().get(&id).expect("readable").is_some());
        assert_eq!(total(&index), (round + 1).min(40));
        most = most.max(index.segment_sizes().len());
    }
    // Merges run beside the commits, so a few more than the policy keeps may be there for a moment.
    assert!((2..30).contains(&most), "{most} segments");
}
