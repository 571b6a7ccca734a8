//! Where the bodies of hits live, measured: `cargo bench -p kith-index --bench bodies` (`KITH_BENCH_N`, 100,000).
//!
//! (a) files of each segment written and merged by our plugin, as the index has it; (b) the engine's own document store
//! without compression, in large and in small blocks. Both load the same bodies of about 1 kB, delete and replace some
//! in ten commits, fetch twenty by id, merge to one segment, and are checked body by body after each step.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to people")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use kith_index::{Document, Index, Op, Payload, Read, SCHEMA};
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, Term};
use tantivy::store::{Compressor, StoreReader};
use tantivy::{DocId, DocSet, IndexReader, IndexSettings, IndexSortByField, IndexWriter, Order, ReloadPolicy};
use tantivy::{SegmentReader, TERMINATED, TantivyDocument};

#[path = "support/mod.rs"]
mod support;
use support::{Clock, Random, folder_bytes, process_seconds};

/// Body of each id as it should be now.
type Bodies = BTreeMap<u64, Vec<u8>>;

/// What both candidates can do.
trait Candidate {
    fn apply(&self, removed: &[u64], put: &[(u64, Vec<u8>)]);
    fn optimise(&self);
    /// Calls `with` for each body found, after finding its document by id.
    fn fetch(&self, ids: &[u64], with: &mut dyn FnMut(u64, &[u8]));
    fn segments(&self) -> usize;
    /// Only finds the documents, where that can be told apart.
    fn find(&self, _: &[u64]) -> Option<usize> {
        None
    }
}

fn main() {
    let number: u64 = std::env::var("KITH_BENCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    run("(a) plugin files", number, |folder| Box::new(PluginFiles::new(folder)));
    run("(b) document store, 16 kB blocks", number, |folder| Box::new(DocumentStore::new(folder, 16_384)));
    run("(b) document store, a block per body", number, |folder| Box::new(DocumentStore::new(folder, 1)));
}

fn run(name: &str, number: u64, make: impl FnOnce(&Path) -> Box<dyn Candidate>) {
    println!("{name}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let candidate = make(folder.path());
    let mut random = Random(5);
    let mut bodies = Bodies::new();

    let (wall, cpu) = (Instant::now(), process_seconds());
    for first in (0..number).step_by(10_000) {
        let put: Vec<_> = (first..number.min(first + 10_000)).map(|id| (id, body(id, 0, &mut random))).collect();
        candidate.apply(&[], &put);
        bodies.extend(put);
    }
    report("load", wall, cpu, folder.path(), candidate.as_ref());
    check("loaded", candidate.as_ref(), &bodies, number);

    let (wall, cpu) = (Instant::now(), process_seconds());
    for round in 1..=10 {
        let removed: Vec<u64> = (0..number / 50).map(|_| random.next() % number).collect();
        let put: Vec<_> = (0..number / 33)
            .map(|_| {
                let id = random.next() % number;
                (id, body(id, round, &mut random))
            })
            .collect();
        candidate.apply(&removed, &put);
        removed.iter().for_each(|id| drop(bodies.remove(id)));
        bodies.extend(put);
    }
    report("change in 10 commits", wall, cpu, folder.path(), candidate.as_ref());
    check("changed", candidate.as_ref(), &bodies, number);
    fetch("several segments", candidate.as_ref(), &bodies, &mut random);

    let (wall, cpu) = (Instant::now(), process_seconds());
    candidate.optimise();
    report("merge to one", wall, cpu, folder.path(), candidate.as_ref());
    check("merged", candidate.as_ref(), &bodies, number);
    fetch("one segment", candidate.as_ref(), &bodies, &mut random);
}

fn report(step: &str, wall: Instant, cpu: f64, folder: &Path, candidate: &dyn Candidate) {
    println!(
        "  {step}: {:.2} s wall, {:.2} s processor, {:.1} MB, {} segments",
        wall.elapsed().as_secs_f64(),
        process_seconds() - cpu,
        folder_bytes(folder) as f64 / 1e6,
        candidate.segments()
    );
}

/// Every id that should be there has its own body of its last version; every other id has none.
fn check(step: &str, candidate: &dyn Candidate, bodies: &Bodies, number: u64) {
    let mut right = 0;
    let ids: Vec<u64> = (0..number).collect();
    candidate.fetch(&ids, &mut |id, body| right += usize::from(bodies.get(&id).is_some_and(|should| should == body)));
    assert_eq!(right, bodies.len(), "{step}: a body is wrong or missing");
    let mut found = 0;
    candidate.fetch(&ids, &mut |_, _| found += 1);
    assert_eq!(found, bodies.len(), "{step}: a removed body is still there");
}

fn fetch(step: &str, candidate: &dyn Candidate, bodies: &Bodies, random: &mut Random) {
    let ids: Vec<u64> = bodies.keys().copied().collect();
    let mut micros: Vec<f64> = (0..2000)
        .map(|_| {
            let twenty: Vec<u64> = (0..20).map(|_| ids[random.below(ids.len())]).collect();
            let mut bytes = 0;
            let clock = Clock::start();
            candidate.fetch(&twenty, &mut |_, body| bytes += body.to_vec().len());
            let time = clock.wall_micros();
            assert!(bytes > 0);
            time
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    println!("  find and fetch 20, {step}: p50 {:.1} us, p99 {:.1} us wall", micros[1000], micros[1980]);
    let mut micros = Vec::new();
    for _ in 0..2000 {
        let twenty: Vec<u64> = (0..20).map(|_| ids[random.below(ids.len())]).collect();
        let clock = Clock::start();
        if candidate.find(&twenty).is_some_and(|found| found > 0) {
            micros.push(clock.wall_micros());
        }
    }
    micros.sort_by(f64::total_cmp);
    if let Some(median) = micros.get(micros.len() / 2) {
        println!("  of this, finding 20 in the same dictionary: p50 {median:.1} us");
    }
}

fn body(id: u64, version: u64, random: &mut Random) -> Vec<u8> {
    let mut out = format!("{id} {version} ").into_bytes();
    out.resize(850 + random.below(300), (id * 31 + version) as u8);
    out
}

fn listing(id: u64) -> String {
    format!("listing-{id:012}")
}

/// A place on the curve for an id, the same for both candidates in spirit: scattered.
fn scattered(id: u64) -> u64 {
    Random(id).next()
}

/// The index itself, with nothing to search in its documents.
struct PluginFiles(Index);

impl PluginFiles {
    fn new(folder: &Path) -> Self {
        let payload = Payload {
            directory: "bench".to_owned(),
            epoch: "1".to_owned(),
            schema: SCHEMA,
            gazetteer: "none".to_owned(),
            sequence: 0,
            public_sequence: 0,
            terms: Vec::new(),
        };
        Self(Index::create(folder, payload).expect("an index"))
    }
}

impl Candidate for PluginFiles {
    fn apply(&self, removed: &[u64], put: &[(u64, Vec<u8>)]) {
        let mut ops: Vec<Op> = removed.iter().map(|&id| Op::Remove { listing: listing(id) }).collect();
        ops.extend(put.iter().map(|(id, body)| {
            let place = scattered(*id);
            let (lat, lon) = ((place % 180) as f64 - 89.5, ((place >> 8) % 360) as f64 - 179.5);
            let document = Document {
                id: String::new(),
                listing: listing(*id),
                whereabouts: kith_index::Whereabouts::Point { lat, lon },
                record: body.clone(),
                ..Document::default()
            };
            Op::Put { listing: listing(*id), documents: vec![document] }
        }));
        self.0.apply(&ops, 0, 0).expect("applied");
    }

    fn optimise(&self) {
        self.0.optimise().expect("merged");
    }

    fn fetch(&self, ids: &[u64], with: &mut dyn FnMut(u64, &[u8])) {
        let reader = self.0.reader();
        for &id in ids {
            if let Some(Read::Record(body)) = reader.get(&listing(id)).expect("readable") {
                with(id, &body);
            }
        }
    }

    fn segments(&self) -> usize {
        self.0.segment_sizes().len()
    }
}

/// The loser: bodies in the engine's document store.
struct DocumentStore {
    engine: tantivy::Index,
    writer: Mutex<IndexWriter>,
    reader: IndexReader,
    open: Mutex<Vec<(SegmentReader, StoreReader)>>,
    key: Field,
    listing: Field,
    body: Field,
}

impl DocumentStore {
    fn new(folder: &Path, block: usize) -> Self {
        let mut schema = Schema::builder();
        let key = schema.add_u64_field("key", FAST);
        let listing = schema.add_text_field("listing", STRING);
        let body = schema.add_bytes_field("body", STORED);
        let settings = IndexSettings {
            sort_by_field: Some(IndexSortByField { field: "key".to_owned(), order: Order::Asc }),
            docstore_compression: Compressor::None,
            docstore_compress_dedicated_thread: false,
            docstore_blocksize: block,
            ..IndexSettings::default()
        };
        let engine = tantivy::Index::builder().schema(schema.build()).settings(settings);
        let engine = engine.create_in_dir(folder).expect("an index");
        let writer = engine.writer_with_num_threads(1, 160_000_000).expect("a writer");
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().expect("a reader");
        let (writer, open) = (Mutex::new(writer), Mutex::new(Vec::new()));
        Self { engine, writer, reader, open, key, listing, body }
    }

    fn reload(&self) {
        self.reader.reload().expect("reloaded");
        let searcher = self.reader.searcher();
        let open = |segment: &SegmentReader| (segment.clone(), segment.get_store_reader(0).expect("a store"));
        *self.open.lock().expect("not poisoned") = searcher.segment_readers().iter().map(open).collect();
    }
}

impl DocumentStore {
    fn each(&self, ids: &[u64], mut with: impl FnMut(u64, &StoreReader, DocId)) {
        let open = self.open.lock().expect("not poisoned");
        for &id in ids {
            let term = Term::from_field_text(self.listing, &listing(id));
            for (segment, store) in open.iter() {
                let index = segment.inverted_index(self.listing).expect("an index");
                let found = index.read_postings(&term, IndexRecordOption::Basic).expect("postings");
                let Some(mut postings) = found else { continue };
                while postings.doc() != TERMINATED {
                    if segment.alive_bitset().is_none_or(|alive| alive.is_alive(postings.doc())) {
                        with(id, store, postings.doc());
                    }
                    postings.advance();
                }
            }
        }
    }
}

impl Candidate for DocumentStore {
    fn apply(&self, removed: &[u64], put: &[(u64, Vec<u8>)]) {
        let mut writer = self.writer.lock().expect("not poisoned");
        let delete = |id: u64| writer.delete_term(Term::from_field_text(self.listing, &listing(id)));
        for &id in removed {
            delete(id);
        }
        for (id, body) in put {
            delete(*id);
            let mut document = TantivyDocument::new();
            document.add_u64(self.key, scattered(*id));
            document.add_text(self.listing, listing(*id));
            // The length at the end lets a reader take the body off the stored document without decoding it.
            document.add_bytes(self.body, &[body, (body.len() as u32).to_le_bytes().as_slice()].concat());
            writer.add_document(document).expect("added");
        }
        writer.commit().expect("committed");
        drop(writer);
        self.reload();
    }

    fn optimise(&self) {
        let mut slot = self.writer.lock().expect("not poisoned");
        // Merges under way are waited for by giving the writer up; a fresh one merges what is left.
        let segments = loop {
            let segments = self.engine.searchable_segment_ids().expect("segments");
            if segments.len() < 2 || slot.merge(&segments).wait().is_ok() {
                break segments;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        };
        assert!(!segments.is_empty());
        slot.garbage_collect_files().wait().expect("tidied");
        drop(slot);
        self.reload();
    }

    fn fetch(&self, ids: &[u64], with: &mut dyn FnMut(u64, &[u8])) {
        self.each(ids, |id, store, doc| {
            let bytes = store.get_document_bytes(doc).expect("a document");
            let (rest, length) = bytes.split_at(bytes.len() - 4);
            let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
            with(id, &rest[rest.len() - length..]);
        });
    }

    fn find(&self, ids: &[u64]) -> Option<usize> {
        let mut found = 0;
        self.each(ids, |_, _, _| found += 1);
        Some(found)
    }

    fn segments(&self) -> usize {
        self.reader.searcher().segment_readers().len()
    }
}
