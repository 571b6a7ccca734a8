//! The index as its owner holds it: create, open, apply changes, merge, check.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tantivy::directory::error::LockError;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::UserOperation;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{IndexWriter, TantivyError, Term};

use crate::ages::age_range;
use crate::analysis::{ANALYSER, analyser, name_words};
use crate::columns::{Mask, Row, flags, listing_key};
use crate::hilbert::{self, SERIAL_BITS, UNPLACED};
use crate::merging::FewSegments;
use crate::schema::{Fields, Prepared, engine_document, schema, settings};
use crate::segment_files::SegmentFiles;
use crate::snapshot::{MOST_KINDS, Snapshot, Stored, parse_stored, set_bit};
use crate::{Document, Error, Op, Payload, Reader, Result, Role, SCHEMA, Whereabouts};

/// Bytes of documents held in memory before a segment is written.
const WRITER_BYTES: usize = 160_000_000;

/// A search index in a folder: one writer, any number of readers.
pub struct Index {
    pub(crate) engine: tantivy::Index,
    /// Where its files are; `None` when they are in memory.
    pub(crate) folder: Option<PathBuf>,
    fields: Fields,
    writer: Mutex<Writer>,
    snapshot: RwLock<Arc<Snapshot>>,
}

struct Writer {
    /// Made on first use: it locks the folder against other processes.
    engine: Option<IndexWriter>,
    /// As of the last commit.
    stored: Stored,
    /// Nothing is merged until all of it is.
    loading: bool,
}

impl Writer {
    /// Forgets what was not committed; the next change begins with a new engine writer.
    fn forget(&mut self) {
        // Merges under way end first: one that ended later could take files from under the next writer.
        if let Some(engine) = self.engine.take() {
            engine.set_merge_policy(Box::new(NoMergePolicy));
            // What fails here was not committed either.
            let _ = engine.wait_merging_threads();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.forget();
    }
}

impl Index {
    /// Makes an index in an empty or absent folder; `payload.terms` gives the first bits.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] when something is there already.
    pub fn create(dir: &Path, payload: Payload) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        if std::fs::read_dir(dir)?.next().is_some() {
            return Err(Error::NotEmpty);
        }
        Self::start(builder().create_in_dir(dir)?, Some(dir), payload)
    }

    /// Makes an index in memory, for tests.
    ///
    /// # Errors
    /// Only if the engine fails.
    pub fn in_memory(payload: Payload) -> Result<Self> {
        Self::start(builder().create_in_ram()?, None, payload)
    }

    /// Opens the last commit of an index.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::OldSchema`] or [`Error::Damaged`]: in each case build anew.
    pub fn open(dir: &Path) -> Result<Self> {
        if !dir.join("meta.json").is_file() {
            return Err(Error::Missing);
        }
        let damaged = |error: TantivyError| Error::Damaged(error.to_string());
        let mut engine = tantivy::Index::open_in_dir(dir).map_err(damaged)?;
        let stored = parse_stored(engine.load_metas().map_err(damaged)?.payload.as_deref())?;
        let (schema, fields) = schema();
        if engine.schema() != schema {
            return Err(Error::OldSchema { found: stored.payload.schema });
        }
        engine.register_plugin(Arc::new(SegmentFiles { field: fields.files }));
        Self::assemble(engine, Some(dir), stored).map_err(|error| match error {
            Error::Engine(error) => damaged(error),
            other => other,
        })
    }

    /// What the last commit of an index carries, without opening it for searches.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Damaged`].
    pub fn payload_in(dir: &Path) -> Result<Payload> {
        if !dir.join("meta.json").is_file() {
            return Err(Error::Missing);
        }
        let damaged = |error: TantivyError| Error::Damaged(error.to_string());
        let metas = tantivy::Index::open_in_dir(dir).and_then(|engine| engine.load_metas()).map_err(damaged)?;
        Ok(parse_stored(metas.payload.as_deref())?.payload)
    }

    fn start(engine: tantivy::Index, folder: Option<&Path>, mut payload: Payload) -> Result<Self> {
        payload.schema = SCHEMA;
        payload.terms.truncate(crate::MOST_BITS);
        let stored = Stored { payload, kinds: Vec::new(), next: 0 };
        let mut writer = new_writer(&engine)?;
        commit(&mut writer, &stored)?;
        // Its threads and its lock go before the index is handed out.
        drop(writer);
        Self::assemble(engine, folder, stored)
    }

    fn assemble(engine: tantivy::Index, folder: Option<&Path>, stored: Stored) -> Result<Self> {
        engine.tokenizers().register(ANALYSER, analyser());
        let fields = schema().1;
        let snapshot = Snapshot::open(&engine, fields, stored.clone(), None)?;
        Ok(Self {
            engine,
            folder: folder.map(Path::to_owned),
            fields,
            writer: Mutex::new(Writer { engine: None, stored, loading: false }),
            snapshot: RwLock::new(Arc::new(snapshot)),
        })
    }

    /// Payload of the commit that searches see.
    pub fn payload(&self) -> Payload {
        self.current().stored.payload.clone()
    }

    /// The commit that searches see now, for as long as the reader is kept.
    pub fn reader(&self) -> Reader {
        Reader::new(self.current())
    }

    /// Applies changes in one commit with its counters; when it returns, new readers see them.
    ///
    /// Within a batch later changes to a listing win. Nothing is changed when it fails.
    ///
    /// # Errors
    /// [`Error::Document`] for a document that cannot be indexed, [`Error::Exhausted`] when keys are used up, and
    /// whatever the engine meets.
    pub fn apply(&self, ops: &[Op], sequence: u64, public_sequence: u64) -> Result<()> {
        let mut writer = self.lock();
        let mut stored = writer.stored.clone();
        stored.payload.sequence = sequence;
        stored.payload.public_sequence = public_sequence;
        let done = self.write(&mut writer, ops, &mut stored);
        if done.is_err() {
            writer.forget();
            return done;
        }
        writer.stored = stored;
        self.reload(&writer)
    }

    fn write(&self, writer: &mut Writer, ops: &[Op], stored: &mut Stored) -> Result<()> {
        let engine = match &mut writer.engine {
            Some(engine) => engine,
            none => {
                let engine = none.insert(new_writer(&self.engine)?);
                if writer.loading {
                    engine.set_merge_policy(Box::new(NoMergePolicy));
                }
                engine
            }
        };
        let mut bits = stored.bits();
        for op in ops {
            // One group, so that all documents of a listing are in one segment: what is known of it stands together.
            let mut group = vec![UserOperation::Delete(Term::from_field_text(self.fields.listing, op.listing()))];
            if let Op::Put { listing, documents } = op {
                let siblings = documents.iter().filter(|document| document.role == Role::Hit).count() > 1;
                // Searches rely on it: equal ones stand in the order of ids.
                let mut documents: Vec<&Document> = documents.iter().collect();
                documents.sort_by(|a, b| a.id.cmp(&b.id));
                for document in documents {
                    if document.listing != *listing {
                        return Err(Error::Document("it names another listing than the put it came with"));
                    }
                    let prepared = prepare(document, siblings, stored, &mut bits)?;
                    group.push(UserOperation::Add(engine_document(&self.fields, document, &prepared)?));
                }
            }
            engine.run(group)?;
        }
        commit(engine, stored)
    }

    /// Begins to load very many listings, with [`Index::apply`]: nothing is merged until [`Index::optimise`] ends it.
    /// For an index that is not searched before, because it has many segments.
    pub fn load(&self) {
        let mut writer = self.lock();
        writer.loading = true;
        if let Some(engine) = &writer.engine {
            engine.set_merge_policy(Box::new(NoMergePolicy));
        }
    }

    /// Merges everything into one segment without deleted documents, and waits for it.
    ///
    /// # Errors
    /// Whatever the engine meets; the index is as it was then.
    pub fn optimise(&self) -> Result<()> {
        let mut writer = self.lock();
        // Merges under way hold segments: they end first, and none start meanwhile.
        if let Some(engine) = writer.engine.take() {
            engine.set_merge_policy(Box::new(NoMergePolicy));
            engine.wait_merging_threads()?;
        }
        let mut engine = new_writer(&self.engine)?;
        engine.set_merge_policy(Box::new(NoMergePolicy));
        if let Some(ids) = self.unmerged()? {
            engine.merge(&ids).wait()?;
        }
        // Also when nothing was left to merge: a merge that ended just now may not be seen yet.
        self.reload(&writer)?;
        engine.garbage_collect_files().wait()?;
        engine.set_merge_policy(Box::new(FewSegments));
        writer.engine = Some(engine);
        writer.loading = false;
        Ok(())
    }

    /// Segments to merge into one; `None` when there is nothing to gain. Holds no segment, so their files can go.
    fn unmerged(&self) -> Result<Option<Vec<SegmentId>>> {
        let segments = self.engine.searchable_segment_metas()?;
        let worn = segments.len() > 1 || segments.iter().any(|segment| segment.num_deleted_docs() > 0);
        Ok(worn.then(|| segments.iter().map(SegmentMeta::id).collect()))
    }

    fn reload(&self, writer: &Writer) -> Result<()> {
        let next = Snapshot::open(&self.engine, self.fields, writer.stored.clone(), Some(&self.current()))?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        // A panic elsewhere leaves at worst an engine writer with uncommitted work: forget it.
        self.writer.lock().unwrap_or_else(|poisoned| {
            let mut writer = poisoned.into_inner();
            writer.forget();
            writer
        })
    }

    /// Documents per segment, to see merging at work in tests and benchmarks.
    #[doc(hidden)]
    pub fn segment_sizes(&self) -> Vec<u32> {
        self.current().segments.iter().map(|segment| segment.reader.num_docs()).collect()
    }
}

fn builder() -> tantivy::IndexBuilder {
    let (schema, fields) = schema();
    tantivy::Index::builder()
        .schema(schema)
        .settings(settings())
        .register_plugin(Arc::new(SegmentFiles { field: fields.files }))
}

fn new_writer(engine: &tantivy::Index) -> Result<IndexWriter> {
    let mut tries = 0;
    let writer = loop {
        // One thread: its segments are sorted, and a batch is one segment.
        match engine.writer_with_num_threads(1, WRITER_BYTES) {
            // A lock just given up may last a moment longer: a process being started shares our open files.
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) if tries < 20 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(50));
            }
            other => break other?,
        }
    };
    writer.set_merge_policy(Box::new(FewSegments));
    // The engine's first stamp is that of the last commit (tantivy 0.27). A change with it would count as committed in
    // a merge that starts beside it, and in some segments of the merge as done already: so the stamp goes unused.
    writer.run(std::iter::empty())?;
    // What a crash left of a commit that was not finished has the names that the next commit gives its files.
    writer.garbage_collect_files().wait()?;
    Ok(writer)
}

fn commit(writer: &mut IndexWriter, stored: &Stored) -> Result<()> {
    let payload = serde_json::to_string(stored).map_err(|error| Error::Io(error.into()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}

/// Works out a document's columns and words; counts it, and gives bits to its new terms and a number to a new kind.
fn prepare<'a>(
    document: &'a Document,
    siblings: bool,
    stored: &mut Stored,
    bits: &mut HashMap<String, u8>,
) -> Result<Prepared<'a>> {
    let (cell, position) = match document.whereabouts {
        Whereabouts::Point { lat, lon } => {
            let position = hilbert::position_e7(lat, lon).ok_or(Error::Document("its position is not on the globe"))?;
            (hilbert::first_key(hilbert::cell_of(position)), position)
        }
        _ => (UNPLACED, [0, 0]),
    };
    if stored.next >> SERIAL_BITS != 0 {
        return Err(Error::Exhausted);
    }
    let key = cell | stored.next;
    stored.next += 1;
    let mut mask = Mask::default();
    let mut beyond = Vec::new();
    if document.role == Role::Hit {
        for term in &document.terms {
            match Stored::bit(bits, &mut stored.payload.terms, term) {
                Some(bit) => set_bit(&mut mask, bit),
                None => beyond.push(term.as_str()),
            }
        }
    }
    beyond.sort_unstable();
    beyond.dedup();
    let kind = match stored.kinds.iter().position(|kind| *kind == document.kind) {
        Some(kind) => kind,
        None if stored.kinds.len() < MOST_KINDS => {
            stored.kinds.push(document.kind.clone());
            stored.kinds.len() - 1
        }
        None => return Err(Error::Document("there are more than 16 kinds of listing")),
    };
    let (exact, letters) = match document.role {
        Role::Tombstone => (Vec::new(), 0),
        Role::Hit | Role::Record => name_words(&document.name),
    };
    let row = Row {
        key,
        position,
        mask,
        listing: listing_key(&document.listing),
        checked: u32::try_from(document.checked.max(0)).unwrap_or(u32::MAX),
        flags: flags(document, siblings),
        kind: u8::try_from(kind).expect("kinds are fewer than 16"),
        ages: age_range(document.minimum_age, document.maximum_age),
        letters: u8::try_from(letters).unwrap_or(u8::MAX),
        when: document.when,
    };
    Ok(Prepared { row, exact, beyond })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Read;
    use crate::test_support::payload;

    /// A listing of one document.
    fn put(listing: &str, record: &str) -> Op {
        let (listing, record) = (listing.to_owned(), record.as_bytes().to_vec());
        let document = Document { id: listing.clone(), listing: listing.clone(), record, ..Document::default() };
        Op::Put { listing, documents: vec![document] }
    }

    fn apply_without_merges(index: &Index, ops: &[Op], sequence: u64) {
        let mut writer = index.lock();
        let engine = writer.engine.get_or_insert_with(|| new_writer(&index.engine).expect("a writer"));
        engine.set_merge_policy(Box::new(NoMergePolicy));
        drop(writer);
        index.apply(ops, sequence, sequence).expect("applied");
    }

    fn record(index: &Index, listing: &str) -> Option<String> {
        index.reader().get(listing).expect("readable").map(|read| match read {
            Read::Record(bytes) | Read::Gone(bytes) => String::from_utf8(bytes.to_vec()).expect("text"),
        })
    }

    /// The engine's first stamp after a restart is that of the last commit. A delete with it was lost on segments that
    /// the last commit had deleted from, if a merge started before the delete's own commit.
    #[test]
    fn a_merge_between_the_first_change_after_a_restart_and_its_commit_loses_no_delete() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::create(folder.path(), payload(&[])).expect("an index");
        apply_without_merges(&index, &[put("a", "old"), put("b", "old"), put("c", "old")], 1);
        for (sequence, listing) in [(2, "d"), (3, "e"), (4, "f")] {
            apply_without_merges(&index, &[put(listing, "old")], sequence);
        }
        // The last commit before the restart deletes from the segment that has `b`; now there are segments to merge.
        apply_without_merges(&index, &[put("a", "new")], 5);
        assert_eq!(index.segment_sizes().len(), 5);
        drop(index);

        let index = Index::open(folder.path()).expect("opened");
        index.apply(&[put("b", "new")], 6, 6).expect("applied");
        // Waits for the merge that began beside the change.
        index.optimise().expect("merged");
        assert_eq!(record(&index, "b").as_deref(), Some("new"));
        assert_eq!((index.segment_sizes(), record(&index, "a").as_deref()), (vec![6], Some("new")));
    }

    /// The same stamp also made a merge write the delete down before the change was committed.
    #[test]
    fn a_merge_beside_the_first_change_after_a_restart_does_not_commit_its_delete() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::create(folder.path(), payload(&[])).expect("an index");
        for (sequence, listing) in [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")] {
            apply_without_merges(&index, &[put(listing, "old")], sequence);
        }
        drop(index);

        let index = Index::open(folder.path()).expect("opened");
        let mut writer = new_writer(&index.engine).expect("a writer");
        writer.delete_term(Term::from_field_text(index.fields.listing, "b"));
        let segments = index.engine.searchable_segment_ids().expect("segments");
        writer.merge(&segments).wait().expect("merged");
        drop(writer);
        index.reload(&index.lock()).expect("reloaded");
        assert_eq!((index.segment_sizes(), record(&index, "b").as_deref()), (vec![5], Some("old")));
    }

    #[test]
    fn files_that_a_crash_left_before_its_commit_are_not_in_the_way_of_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::create(folder.path(), payload(&[])).expect("an index");
        apply_without_merges(&index, &[put("a", "old"), put("b", "old")], 1);
        drop(index);
        let committed = std::fs::read(folder.path().join("meta.json")).expect("the commit");

        let index = Index::open(folder.path()).expect("opened");
        apply_without_merges(&index, &[put("a", "new")], 2);
        drop(index);
        // As if it had been killed just before the commit: all its files are there, but not the commit.
        std::fs::write(folder.path().join("meta.json"), committed).expect("writable");
        let files = |ending: &str| {
            let names = std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("entry").path());
            names.filter(|name| name.to_string_lossy().ends_with(ending)).count()
        };
        assert_eq!((files(".del"), files(".columns")), (1, 2));

        let index = Index::open(folder.path()).expect("opened");
        assert_eq!((index.payload().sequence, record(&index, "a").as_deref()), (1, Some("old")));
        apply_without_merges(&index, &[put("a", "new")], 2);
        assert_eq!((record(&index, "a").as_deref(), index.segment_sizes()), (Some("new"), vec![1, 1]));
        assert_eq!((files(".del"), files(".columns")), (1, 2));
    }
}
