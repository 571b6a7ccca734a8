//! Where entries are kept: SQLite or PostgreSQL, behind one face.
//!
//! A write is one transaction ([`Store::begin`] to [`Tx::commit`]): the records, an audit line and
//! lines of the change log, whose numbers come from a one-row counter that the committer holds. So the
//! numbers have no gaps and their order is the order of commits. Readers of the site never come here;
//! the follower does, through [`Store::changes_since`] and a [`Snapshot`].
//!
//! | file | what |
//! |---|---|
//! | `commit.rs` | [`Tx::commit`], the only way to commit: both counters, the log, the audit line |
//! | `changes.rs` | the change log, and what readers were last shown |
//! | `entries.rs` | reading and writing entries of any [`Kept`] kind |
//! | `links.rs` | finding links by either side |
//! | `bonds.rs` | what each listing shows of its links, in short |
//! | `reports.rs` | what readers say is wrong |
//! | `holds.rs` | what reviewers have asked to be looked at |
//! | `told.rs` | which areas were ever told, and what hangs together |
//! | `safeguard.rs` | decisions of the safeguarding role |
//! | `purge.rs` | bytes that must go for good |
//! | `tables.rs` | which kind has which table and key columns |
//! | `sources.rs` | who tells us things |
//! | `watch.rs` | noticing the commits of any process |
//! | `migrate.rs` | the steps of the schema |
//! | `sql.rs` | the seam, the only file that names a driver |

mod bears;
mod bonds;
mod changes;
mod commit;
mod entries;
mod error;
mod holds;
mod links;
mod migrate;
mod private;
mod purge;
mod reports;
mod safeguard;
mod sources;
mod sql;
mod tables;
#[cfg(test)]
mod testing;
mod told;
mod watch;

use std::ops::{Deref, DerefMut};

#[cfg(test)]
pub(crate) use self::entries::ENTRIES_READ;
use self::sql::{Open, PATIENCE, query};
pub use self::{
    bears::Borne,
    bonds::BondRow,
    changes::{Change, Published},
    commit::{Action, Audit, Committed, Line, ListingKind, ListingRef},
    entries::{Kept, Key},
    error::{Cause, Error, Result},
    purge::Purged,
    safeguard::{Decided, Decision},
    sql::Store,
    told::{Tie, Told},
    watch::Watch,
};
use crate::domain::clock::{Chance, Clock};

/// Which directory this is, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The directory's id, for ever the same.
    pub directory: String,
    /// Random; renewed when the numbers may have gone back, as after a restore.
    pub epoch: String,
    /// The number of the last line of the change log. Internal: it never leaves the house.
    pub sequence: u64,
    /// Moves when something that readers are shown changes. Cursors and ETags are made of it.
    pub public_sequence: u64,
    /// Counts how often bytes of what was public had to go for good: every view is purged up to it.
    pub purges_due: u64,
    /// Whether the listings are invented.
    pub sample: bool,
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://...`: creates what is missing, migrates, founds the directory.
    ///
    /// # Errors
    /// Besides [`Error::Unavailable`]: an address of no known form, a SQLite with a known fault, a
    /// database that a newer program has migrated, a migration that was edited.
    pub async fn open(url: &str, clock: &dyn Clock, chance: &dyn Chance) -> Result<Self> {
        let store = Self::at(url)?;
        store.prepare(clock, chance).await?;
        Ok(store)
    }

    /// Reaches a database that was only named, by [`Store::at`]: creates what is missing, migrates, founds the
    /// directory. It may be called again.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn prepare(&self, clock: &dyn Clock, chance: &dyn Chance) -> Result<()> {
        self.reach().await?;
        migrate::run(self, clock).await?;
        self.found(clock, chance).await
    }

    /// Makes the directory's row, unless it is there.
    async fn found(&self, clock: &dyn Clock, chance: &dyn Chance) -> Result<()> {
        let mut open = self.begin_reading().await?;
        if query("SELECT id FROM directory").optional(open.exec()).await?.is_some() {
            return Ok(());
        }
        drop(open);
        let mut open = self.begin_within(PATIENCE).await?;
        // Another process may be founding it at this moment: the first one wins.
        query(
            "INSERT INTO directory (id, epoch, sequence, public_sequence, sample, created, bears_made) VALUES (?, ?, 0, 0, ?, ?, TRUE)
             ON CONFLICT (only_row) DO NOTHING",
        )
        .bind(random_text::<16>(chance))
        .bind(random_text::<8>(chance))
        .bind(false)
        .bind(clock.now())
        .execute(open.exec())
        .await?;
        open.commit().await
    }

    /// Which directory this is, and how far it has come.
    pub async fn state(&self) -> Result<State> {
        Snapshot { open: self.begin_reading().await? }.state().await
    }

    /// Says that the listings are invented. They say so themselves from then on.
    ///
    /// # Errors
    /// [`Error::HasData`] if something was committed before and this is no sample yet.
    pub async fn mark_sample(&self) -> Result<()> {
        let mut open = self.begin_within(PATIENCE).await?;
        let marked = query("UPDATE directory SET sample = ? WHERE sample OR sequence = 0").bind(true);
        if marked.execute(open.exec()).await? == 0 {
            return Err(Error::HasData);
        }
        open.commit().await
    }

    /// Gives the directory a new epoch, so that no cursor and no view from before is believed.
    ///
    /// For a keeper who has restored the database from a copy.
    pub async fn renew_epoch(&self, chance: &dyn Chance) -> Result<()> {
        let mut open = self.begin_within(PATIENCE).await?;
        query("UPDATE directory SET epoch = ?").bind(random_text::<8>(chance)).execute(open.exec()).await?;
        open.commit().await
    }

    /// Opens the writing transaction. There is one at a time, over all processes and machines, so what it
    /// reads stays true until it commits; others wait their turn. Keep it short.
    ///
    /// # Errors
    /// [`Error::Busy`] when the turn did not come within 30 seconds.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx { inner: Snapshot { open: self.begin_within(PATIENCE).await? } })
    }

    /// Opens a reading transaction: everything read through it is of one moment, this one.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot { open: self.begin_reading().await? };
        // Both databases fix the moment at the first statement.
        snapshot.state().await?;
        Ok(snapshot)
    }
}

/// One moment of the store, to read from. Long ones keep the database from tidying up: let go soon.
#[derive(Debug)]
pub struct Snapshot {
    open: Open,
}

impl Snapshot {
    /// Which directory this is, and how far it has come.
    pub async fn state(&mut self) -> Result<State> {
        let row = query("SELECT id, epoch, sequence, public_sequence, purges_due, sample FROM directory")
            .one(self.open.exec())
            .await?;
        Ok(State {
            directory: row.get("id")?,
            epoch: row.get("epoch")?,
            sequence: row.counter("sequence")?,
            public_sequence: row.counter("public_sequence")?,
            purges_due: row.counter("purges_due")?,
            sample: row.get("sample")?,
        })
    }
}

/// The writing transaction: reads like a [`Snapshot`], sees its own writes, and is undone unless
/// [`Tx::commit`] is called.
#[derive(Debug)]
pub struct Tx {
    inner: Snapshot,
}

impl Deref for Tx {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.inner
    }
}

/// Random bytes in hexadecimal.
fn random_text<const N: usize>(chance: &dyn Chance) -> String {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Error, Store, sql::query, testing::*};
    use crate::domain::clock::{FixedClock, SeededChance};

    #[tokio::test]
    async fn the_epoch_stays_until_it_is_renewed() {
        async fn check(store: Store, url: String) {
            let before = store.state().await.unwrap();
            assert_eq!((before.sequence, before.public_sequence, before.sample), (0, 0, false));
            assert_eq!((before.directory.len(), before.epoch.len()), (32, 16));
            store.close().await;

            let again = Store::open(&url, &FixedClock::at(LATER), &SeededChance::new(99)).await.unwrap();
            assert_eq!(again.state().await.unwrap(), before);
            again.renew_epoch(&SeededChance::new(100)).await.unwrap();
            let after = again.state().await.unwrap();
            assert_ne!(after.epoch, before.epoch);
            assert_eq!(after.directory, before.directory);
        }
        on_both("the_epoch_stays_until_it_is_renewed", check).await;
    }

    #[tokio::test]
    async fn a_directory_is_founded_once_however_many_open_it() {
        async fn check(url: String) {
            let opening = (1..=4).map(|seed| {
                let url = url.clone();
                tokio::spawn(async move {
                    let store = Store::open(&url, &FixedClock::at(NOW), &SeededChance::new(seed)).await?;
                    store.state().await
                })
            });
            let mut states = Vec::new();
            for opened in opening.collect::<Vec<_>>() {
                states.push(opened.await.unwrap().unwrap());
            }
            assert!(states.iter().all(|state| *state == states[0]), "{states:?}");
        }
        on_both_empty("a_directory_is_founded_once_however_many_open_it", check).await;
    }

    #[tokio::test]
    async fn nothing_is_written_through_a_snapshot() {
        async fn check(store: Store, _: String) {
            let mut snapshot = store.snapshot().await.unwrap();
            let refused = query("UPDATE directory SET sequence = 5").execute(snapshot.open.exec()).await;
            assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        }
        on_both("nothing_is_written_through_a_snapshot", check).await;
    }

    #[tokio::test]
    async fn only_an_empty_directory_becomes_a_sample() {
        async fn check(store: Store, url: String) {
            store.mark_sample().await.unwrap();
            assert!(store.state().await.unwrap().sample);
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.commit(audit(), &[line(1, Some("a"))]).await.unwrap();
            store.mark_sample().await.expect("marking a sample again changes nothing");

            clear_sample(&url).await;
            assert!(matches!(store.mark_sample().await, Err(Error::HasData)));
        }
        on_both("only_an_empty_directory_becomes_a_sample", check).await;
    }

    #[tokio::test]
    async fn a_snapshot_stays_at_its_moment() {
        async fn check(store: Store, _: String) {
            let mut snapshot = store.snapshot().await.unwrap();
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.put(&[group(1)]).await.unwrap();
            tx.commit(audit(), &[line(1, Some("a"))]).await.unwrap();
            assert_eq!(snapshot.count::<Group>().await.unwrap(), 0);
            assert_eq!(snapshot.state().await.unwrap().sequence, 0);
            assert_eq!(store.snapshot().await.unwrap().count::<Group>().await.unwrap(), 1);
        }
        on_both("a_snapshot_stays_at_its_moment", check).await;
    }

    #[tokio::test]
    async fn a_second_writer_waits_its_turn_and_not_for_ever() {
        async fn check(store: Store, url: String) {
            let other = reopen(&url).await;
            let tx = store.begin().await.unwrap();
            let refused = other.begin_within(Duration::from_millis(300)).await.map(drop);
            assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
            let waiting = tokio::spawn(async move { other.begin().await.map(drop) });
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(!waiting.is_finished());
            drop(tx);
            waiting.await.unwrap().expect("the turn comes when the first writer is gone");
        }
        on_both("a_second_writer_waits_its_turn_and_not_for_ever", check).await;
    }

    #[tokio::test]
    async fn an_address_of_no_known_form_is_refused() {
        for url in ["", "sqlite:", "sqlite::memory:", "mysql://x", "kith.db", "postgres://[x"] {
            let answer = Store::open(url, &FixedClock::at(NOW), &SeededChance::new(1)).await;
            assert!(matches!(answer, Err(Error::Url)), "{url}");
        }
    }
}
