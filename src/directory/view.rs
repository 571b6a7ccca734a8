//! The published view: a folder of index generations, the one that answers, and what must not be
//! seen although it still stands there.
//!
//! `view/CURRENT` names the generation that answers. A rebuild makes a new one beside it and swaps;
//! the old one answers until then, even when its files have been deleted under it. A withdrawal is
//! in the overlay before its request is answered, and leaves it when the index has caught up.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwap, ArcSwapOption};
use kith_index::{Index, Op, Payload, Read, Reader};

use super::{
    Error, Result,
    holds::{holds_ref, terms_of},
    without,
};
use crate::domain::{
    graph::{Graph, Links},
    listing::LINKED,
};

/// The file that names the generation in use.
const CURRENT: &str = "CURRENT";

/// The file that says up to which purge no bytes are left of what had to go.
const PURGED: &str = "PURGED";

/// The file that says up to which line of the change log the readers of the process that holds the folder see it.
const SEEN: &str = "SEEN";

/// What readers read.
pub struct View {
    folder: PathBuf,
    generation: ArcSwapOption<Generation>,
    hidden: Mutex<HashMap<String, u64>>,
    hidden_ids: ArcSwap<HashSet<String>>,
    built: AtomicU64,
    to_build: AtomicU64,
    purges_due: AtomicU64,
    seen: Mutex<String>,
}

/// One index folder.
pub struct Generation {
    /// The index.
    pub index: Index,
    name: String,
    links: Mutex<Links>,
    graph: ArcSwap<Graph>,
    held: ArcSwap<HashSet<String>>,
}

impl Generation {
    fn new(index: Index, name: String) -> Self {
        Self { index, name, links: Mutex::default(), graph: ArcSwap::default(), held: ArcSwap::default() }
    }

    /// Reads all links of the index, and which terms are held. What is applied afterwards is taken in by [`Generation::apply`].
    ///
    /// # Errors
    /// [`Error::View`] when the index cannot be read.
    pub fn read_links(&self) -> Result<()> {
        let mut links = Links::default();
        self.index.reader().each_marked(LINKED, |id, listing| {
            links.put(id, listing);
        })?;
        self.graph.store(links.graph());
        *self.links.lock().unwrap_or_else(PoisonError::into_inner) = links;
        if let Some(Read::Record(holds)) = self.index.reader().get(&holds_ref().id)? {
            self.held.store(Arc::new(terms_of(&holds)));
        }
        Ok(())
    }

    /// Applies changes in one commit, and takes their links in.
    ///
    /// # Errors
    /// [`Error::View`] when the index cannot be written; nothing is taken in then.
    pub fn apply(&self, ops: &[Op], sequence: u64, public_sequence: u64) -> Result<()> {
        self.index.apply(ops, sequence, public_sequence)?;
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for op in ops {
            if let Op::Put { documents, listing } = op
                && *listing == holds_ref().id
            {
                let held = documents.first().map(|document| terms_of(&document.record));
                self.held.store(Arc::new(held.unwrap_or_default()));
            }
            let record = match op {
                Op::Put { documents, .. } => {
                    documents.iter().find(|document| document.marks.iter().any(|mark| mark == LINKED))
                }
                Op::Remove { .. } => None,
            };
            let had = links.has(op.listing());
            changed |= had || record.is_some();
            match record {
                Some(document) => {
                    links.put(op.listing(), &document.record);
                }
                None => links.remove(op.listing()),
            }
        }
        if changed {
            self.graph.store(links.graph());
        }
        Ok(())
    }

    /// Who is linked with whom.
    pub fn graph(&self) -> Arc<Graph> {
        self.graph.load_full()
    }
}

/// How far the first build has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Listings written.
    pub done: u64,
    /// Listings to write; 0 while that is not known.
    pub of: u64,
}

impl View {
    /// The view in `folder`, not yet open.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            generation: ArcSwapOption::empty(),
            hidden: Mutex::default(),
            hidden_ids: ArcSwap::default(),
            built: AtomicU64::new(0),
            to_build: AtomicU64::new(0),
            purges_due: AtomicU64::new(0),
            seen: Mutex::default(),
        }
    }

    /// A reader of the generation in use.
    ///
    /// # Errors
    /// [`Error::NotReady`] while there is none.
    pub fn reader(&self) -> Result<Reader> {
        match self.generation.load().as_ref() {
            Some(generation) => Ok(generation.index.reader()),
            None => Err(Error::NotReady(self.progress())),
        }
    }

    /// The generation in use.
    pub fn generation(&self) -> Option<Arc<Generation>> {
        self.generation.load_full()
    }

    /// Who is linked with whom, as published. It may still hold what is [hidden](View::hidden).
    ///
    /// # Errors
    /// [`Error::NotReady`] while there is no generation.
    pub fn graph(&self) -> Result<Arc<Graph>> {
        match self.generation.load().as_ref() {
            Some(generation) => Ok(generation.graph()),
            None => Err(Error::NotReady(self.progress())),
        }
    }

    /// The ids of terms that are not offered for now; none while there is no generation.
    pub fn held_terms(&self) -> Arc<HashSet<String>> {
        self.generation.load().as_ref().map(|generation| generation.held.load_full()).unwrap_or_default()
    }

    /// One listing's bytes, unless it is hidden, and without what they say of others that are.
    ///
    /// # Errors
    /// [`Error::NotReady`] without a generation, [`Error::View`] when it cannot be read.
    pub fn get(&self, listing: &str) -> Result<Option<Read>> {
        // Looked at first: what is forgotten after this is known by the reader that follows.
        let hidden = self.hidden();
        let reader = self.reader()?;
        if hidden.contains(listing) {
            return Ok(Some(Read::Gone(bytes::Bytes::new())));
        }
        Ok(match reader.get(listing)? {
            Some(Read::Record(json)) => Some(Read::Record(without::json(json, &hidden))),
            other => other,
        })
    }

    /// Ids of withdrawn listings that the index may still hold.
    pub fn hidden(&self) -> Arc<HashSet<String>> {
        self.hidden_ids.load_full()
    }

    /// Hides a listing from this moment until the index has applied `sequence`.
    pub fn hide(&self, listing: &str, sequence: u64) {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let until = hidden.entry(listing.to_owned()).or_default();
        *until = sequence.max(*until);
        self.hidden_ids.store(Arc::new(hidden.keys().cloned().collect()));
    }

    /// Readers have the generation in use with everything up to `sequence`: forgets what it knows by itself now, and
    /// says so in the folder to those who [wait for it](View::seen_in_folder).
    pub fn caught_up(&self, sequence: u64) {
        self.forget(sequence);
        let Some(generation) = self.generation() else { return };
        let now = format!("{} {sequence}", generation.index.payload().epoch);
        let mut said = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *said == now {
            return;
        }
        match self.note(SEEN, &now) {
            Ok(()) => *said = now,
            Err(error) => {
                tracing::warn!(%error, "what readers see cannot be noted; commands that wait for it wait longer")
            }
        }
    }

    fn forget(&self, sequence: u64) {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if hidden.is_empty() {
            return;
        }
        hidden.retain(|_, until| *until > sequence);
        self.hidden_ids.store(Arc::new(hidden.keys().cloned().collect()));
    }

    /// How far a build has come.
    pub fn progress(&self) -> Progress {
        Progress { done: self.built.load(Ordering::Relaxed), of: self.to_build.load(Ordering::Relaxed) }
    }

    /// Says how far a build has come.
    pub fn set_progress(&self, progress: Progress) {
        self.built.store(progress.done, Ordering::Relaxed);
        self.to_build.store(progress.of, Ordering::Relaxed);
    }

    /// Opens the generation that `CURRENT` names; `None` when there is none that can be used.
    pub fn open_current(&self) -> Option<Arc<Generation>> {
        let name = fs::read_to_string(self.folder.join(CURRENT)).ok()?;
        let name = name.trim();
        if !is_generation(name) {
            return None;
        }
        match Index::open(&self.folder.join(name)) {
            Ok(index) => {
                let generation = Generation::new(index, name.to_owned());
                if let Err(error) = generation.read_links() {
                    tracing::warn!(%error, "the links of the published view cannot be read; it will be built anew");
                    return None;
                }
                Some(Arc::new(generation))
            }
            Err(error) => {
                tracing::warn!(%error, "the published view cannot be opened and will be built anew");
                None
            }
        }
    }

    /// What the last commit of the generation that `CURRENT` names carries; another process may have written it.
    pub fn payload_in_folder(&self) -> Option<Payload> {
        let name = fs::read_to_string(self.folder.join(CURRENT)).ok()?;
        let name = Some(name.trim()).filter(|name| is_generation(name))?;
        Index::payload_in(&self.folder.join(name)).ok()
    }

    /// Up to which line of the change log of that epoch readers see it; another process may be the one that they ask.
    pub fn seen_in_folder(&self, epoch: &str) -> u64 {
        let text = fs::read_to_string(self.folder.join(SEEN)).unwrap_or_default();
        text.strip_prefix(epoch).and_then(|rest| rest.trim().parse().ok()).unwrap_or_default()
    }

    /// Says how often bytes had to go so far, as the store counts it.
    pub fn want_purge(&self, due: u64) {
        self.purges_due.fetch_max(due, Ordering::Relaxed);
    }

    /// The purge that this view has still to do, if any.
    pub fn purge_due(&self) -> Option<u64> {
        let due = self.purges_due.load(Ordering::Relaxed);
        (due > 0 && self.purged_in_folder() < due).then_some(due)
    }

    /// Up to which purge nothing is left in the folder; another process may have done it.
    pub fn purged_in_folder(&self) -> u64 {
        let text = fs::read_to_string(self.folder.join(PURGED)).unwrap_or_default();
        text.trim().parse().unwrap_or_default()
    }

    /// Says that nothing is left in the folder of what had to go up to this purge.
    ///
    /// # Errors
    /// [`Error::Folder`] when it cannot be written.
    pub fn has_purged(&self, due: u64) -> Result<()> {
        if due <= self.purged_in_folder() {
            return Ok(());
        }
        self.note(PURGED, &due.to_string()).map_err(Error::Folder)
    }

    /// Writes a small file of the folder, whole or not at all.
    fn note(&self, name: &str, text: &str) -> io::Result<()> {
        let temporary = self.folder.join(format!("{name}.new"));
        fs::write(&temporary, text)?;
        fs::rename(&temporary, self.folder.join(name))
    }

    /// Whether the generation in use still stands in the folder under its name.
    pub fn is_in_place(&self) -> bool {
        let generation = self.generation.load();
        let Some(generation) = generation.as_ref() else { return false };
        fs::read_to_string(self.folder.join(CURRENT)).is_ok_and(|name| name.trim() == generation.name)
            && self.folder.join(&generation.name).join("meta.json").exists()
    }

    /// A new, empty generation beside the one in use.
    ///
    /// # Errors
    /// [`Error::Folder`] when the folder cannot be made, [`Error::View`] when the index cannot.
    pub fn begin(&self, payload: Payload) -> Result<Generation> {
        fs::create_dir_all(&self.folder).map_err(Error::Folder)?;
        let last = self.names().filter_map(|name| name[2..].parse::<u64>().ok()).max().unwrap_or(0);
        let in_use =
            self.generation.load().as_ref().and_then(|generation| generation.name[2..].parse().ok()).unwrap_or(0);
        let name = format!("g-{:08}", last.max(in_use) + 1);
        let folder = self.folder.join(&name);
        fs::create_dir_all(&folder).map_err(Error::Folder)?;
        Ok(Generation::new(Index::create(&folder, payload)?, name))
    }

    /// Makes a finished generation the one that answers, on disk and here, and removes the others.
    ///
    /// # Errors
    /// [`Error::Folder`] when `CURRENT` cannot be written.
    pub fn take(&self, generation: Arc<Generation>) -> Result<()> {
        let temporary = self.folder.join("CURRENT.new");
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&temporary, &generation.name))
            .and_then(|()| fs::File::open(&temporary)?.sync_all())
            .and_then(|()| fs::rename(&temporary, self.folder.join(CURRENT)))
            .and_then(|()| sync_folder(&self.folder))
            .map_err(Error::Folder)?;
        let keep = generation.name.clone();
        self.generation.store(Some(generation));
        // The folder may be another than the one in which it was noted.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // Open files outlive their names, so readers of an older generation are not disturbed.
        for name in self.names().filter(|name| *name != keep) {
            if let Err(error) = fs::remove_dir_all(self.folder.join(&name)) {
                tracing::warn!(%error, "an old generation of the view could not be removed");
            }
        }
        Ok(())
    }

    /// Lets go of the generation in use.
    pub fn close(&self) {
        self.generation.store(None);
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_generation(name))
    }
}

fn is_generation(name: &str) -> bool {
    name.strip_prefix("g-").is_some_and(|number| number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Makes a rename last through a power cut, where the system lets a folder be synced.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use kith_index::{Payload, SCHEMA};

    use super::View;

    #[test]
    fn what_readers_see_is_noted_in_whatever_folder_they_read() {
        let folder = tempfile::tempdir().unwrap();
        let view = View::new(folder.path().join("view"));
        let payload = |epoch: &str| Payload {
            directory: "test".to_owned(),
            epoch: epoch.to_owned(),
            schema: SCHEMA,
            gazetteer: "none".to_owned(),
            sequence: 0,
            public_sequence: 0,
            terms: Vec::new(),
        };
        view.caught_up(1);
        assert_eq!(view.seen_in_folder("first"), 0, "nobody reads anything yet");
        for (epoch, sequence) in [("first", 7), ("first", 7), ("second", 7)] {
            view.take(Arc::new(view.begin(payload(epoch)).unwrap())).unwrap();
            view.caught_up(sequence);
            assert_eq!(view.seen_in_folder(epoch), sequence);
            fs::remove_dir_all(folder.path().join("view")).unwrap();
            assert_eq!(view.seen_in_folder(epoch), 0);
        }
        view.take(Arc::new(view.begin(payload("second")).unwrap())).unwrap();
        view.caught_up(8);
        assert_eq!((view.seen_in_folder("first"), view.seen_in_folder("second")), (0, 8));
    }
}
