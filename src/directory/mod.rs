//! What people do with the directory: search, read, import, withdraw, check.
//!
//! Writes go to the store; the follower carries them into the published view; readers read the view
//! and nothing else. Nothing here knows HTTP.

pub mod admission;
pub mod answer;
mod around;
pub mod assemble;
mod beside;
pub mod body;
mod bonds;
pub mod check;
pub mod credits;
pub mod decisions;
pub mod document;
mod dress;
mod earlier;
mod expire;
mod explain;
pub mod feed;
mod finer;
pub mod floors;
pub mod follow;
mod gate;
pub mod holds;
pub mod import;
mod labels;
pub mod linking;
mod links;
pub mod networks;
mod numbers;
mod passage;
pub mod pathways;
mod personal;
pub mod places;
pub mod plan;
mod purge;
pub mod read;
mod recognition;
mod reindex;
pub mod reports;
pub mod request;
pub mod resilience;
mod retire;
pub mod safeguard;
pub mod search;
pub mod sessions;
pub mod settle;
mod shares;
pub mod shown;
pub mod suggest;
pub mod support_map;
mod terms;
mod throttle;
mod ties;
pub mod view;
pub mod window;
pub mod withdraw;
mod without;
mod written;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    domain::{
        clock::{Chance, Clock},
        read::Violation,
    },
    store::{self, Store},
};

/// The ways an operation can end other than well. No message holds what a reader asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Put these right and ask again.
    #[error("the request has {} fault(s)", .0.len())]
    Invalid(Vec<Violation>),
    /// The place is not known, or more than one place has that name.
    #[error("the place is not known or not clear")]
    Place(PlaceProblem),
    /// There is no such listing.
    #[error("there is no such listing")]
    Missing,
    /// It was here and has been withdrawn.
    #[error("the listing has been withdrawn")]
    Gone,
    /// It has no place that could be told or kept private.
    #[error("the listing is not one whose place is private")]
    NotPrivate,
    /// A text that is to be let through is empty, too long, or found to tell a place.
    #[error("the text is empty, too long, or tells a place, which nobody can let through")]
    TellsPlace,
    /// More was sent than is taken from one address, or about one listing.
    #[error("more reports than are taken")]
    TooMany,
    /// The view is being built for the first time.
    #[error("the published view is being built ({} of {} listings)", .0.done, .0.of)]
    NotReady(view::Progress),
    /// More ask than can be answered, and too many wait.
    #[error("too many searches are waiting")]
    Busy,
    /// Another process holds the data folder.
    #[error("another kith process holds the data folder")]
    Locked,
    /// Imports of one source got in each other's way.
    #[error("another import of the same source is running; import again when it has ended")]
    Overtaken,
    /// A file could not be read in its format.
    #[error(transparent)]
    Exchange(#[from] crate::exchange::Error),
    /// The store is not available.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The view cannot be read or written.
    #[error(transparent)]
    View(kith_index::Error),
    /// A file or folder of the data folder cannot be used.
    #[error("the data folder cannot be used")]
    Folder(#[source] io::Error),
    /// A task of ours ended early.
    #[error("a background task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl From<kith_index::Error> for Error {
    /// A search that was ended has not failed: it took too long for as many as ask.
    fn from(error: kith_index::Error) -> Self {
        if matches!(error, kith_index::Error::Stopped) { Self::Busy } else { Self::View(error) }
    }
}

/// `Result` with this layer's error.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a place could not be used, with what the reader may have meant.
#[derive(Debug)]
pub struct PlaceProblem {
    /// Whether several places have the name; else none has.
    pub ambiguous: bool,
    /// Places that may have been meant.
    pub candidates: Vec<Candidate>,
}

/// A place that may have been meant.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Candidate {
    /// What to ask for to get exactly this one.
    pub near: String,
    /// Its name.
    pub label: String,
    /// The county or authority it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// The directory: the store of its keepers and the view of its readers.
#[derive(Clone)]
pub struct Directory {
    /// Where entries are kept. Not on the read path.
    pub store: Store,
    /// What readers read.
    pub view: Arc<view::View>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub chance: Arc<dyn Chance>,
    folder: PathBuf,
    tie_key: u64,
    sample: Arc<AtomicBool>,
    labels: Arc<labels::Labels>,
    admission: Arc<admission::Admission>,
    throttle: Arc<throttle::Throttle>,
    resilience: Arc<resilience::Tables>,
}

/// The lock on a data folder: only its holder writes `view/`. Let go when dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Directory {
    /// Opens the directory in a data folder, making what is not there. Does not open the view.
    ///
    /// `database` is a store URL; without one the folder's own SQLite file is used.
    ///
    /// # Errors
    /// When the folder cannot be made or the store cannot be opened.
    pub async fn open(
        folder: &Path,
        database: Option<&str>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self> {
        let directory = Self::at(folder, database, clock, chance)?;
        directory.prepare().await?;
        Ok(directory)
    }

    /// The directory in a data folder, its store not reached yet: for [`Directory::follow`], which does that.
    ///
    /// # Errors
    /// When the folder cannot be made or the store's URL is none.
    pub fn at(folder: &Path, database: Option<&str>, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::Folder)?;
        let own = || format!("sqlite:{}", folder.join("kith.db").display());
        let store = Store::at(&database.map_or_else(own, str::to_owned))?;
        let mut key = [0; 8];
        chance.fill(&mut key);
        let view = Arc::new(view::View::new(folder.join("view")));
        let sample = Arc::default();
        Ok(Self {
            store,
            view,
            clock,
            chance,
            folder: folder.to_owned(),
            tie_key: u64::from_le_bytes(key),
            sample,
            labels: Arc::default(),
            admission: Arc::default(),
            throttle: Arc::default(),
            resilience: Arc::default(),
        })
    }

    /// The same with another number of searches at work and waiting.
    #[must_use]
    pub fn admitting(self, admission: Arc<admission::Admission>) -> Self {
        Self { admission, ..self }
    }

    /// Reaches the store. It may be called again.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub async fn prepare(&self) -> Result<()> {
        self.store.prepare(&*self.clock, &*self.chance).await?;
        self.remember_none().await?;
        self.sample.store(self.store.state().await?.sample, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the listings are invented. Every search answer says so.
    pub fn is_sample(&self) -> bool {
        self.sample.load(Ordering::Relaxed)
    }

    /// Makes an empty directory one of invented listings.
    ///
    /// # Errors
    /// [`store::Error::HasData`] when it holds anything else.
    pub async fn become_sample(&self) -> Result<()> {
        self.store.mark_sample().await?;
        self.sample.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the data folder's lock.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process holds it.
    pub fn lock(&self) -> Result<Lock> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join("lock"))
            .map_err(Error::Folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Locked),
            Err(TryLockError::Error(error)) => Err(Error::Folder(error)),
        }
    }
}

#[cfg(test)]
mod tests;
