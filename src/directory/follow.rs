//! The follower: carries what was committed into the published view, for ever.
//!
//! It reads the change log from where the view's last commit stands, reloads the listings that are
//! named there, and applies them in one commit with the new number. A crash anywhere repeats the
//! batch. A view that is missing, damaged or of another directory, epoch, schema or gazetteer is
//! built anew beside the one in use, and swapped in when it is whole.

use std::{
    collections::HashSet,
    convert::Infallible,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use kith_index::{Op, Payload, gazetteer::Gazetteer};

use super::{
    Directory, Error, Result,
    bonds::{LINKS_AT_ONCE, PAUSE},
    document,
    shown::{All, Shown, shown},
    view::{Generation, Progress},
};
use crate::{
    domain::{coming::marks, vocabulary::vocabulary},
    store::{Change, ListingRef, Snapshot, State},
};

/// Lines of the change log in one commit of the view.
const BATCH: u32 = 2_000;
/// How often the follower looks although nobody woke it.
const LOOK: Duration = Duration::from_millis(200);
/// How long the store may take at first before readers get the view that is there.
const SOON: Duration = Duration::from_secs(3);
/// How long it waits after a failure.
const REST: Duration = Duration::from_secs(1);

/// How far the checksums of the view have been read, once in a process's life.
enum Checksums {
    /// Not begun: no view is open.
    Wanted,
    /// Under way.
    Reading(tokio::task::JoinHandle<std::result::Result<Vec<String>, kith_index::Error>>),
    /// Done.
    Read,
}

impl Directory {
    /// Opens the view, or builds it, and follows the log to its end. Then links are remembered, where they are not.
    ///
    /// Only the holder of the folder's lock may call this.
    ///
    /// # Errors
    /// When the store or the view cannot be used.
    pub async fn bring_up_to_date(&self) -> Result<()> {
        if self.view.generation().is_none()
            && let Some(generation) = self.open_current().await?
        {
            self.view.take(generation)?;
        }
        if self.view.generation().is_none() || !self.view.is_in_place() {
            self.rebuild().await?;
        }
        while self.follow_batch().await? > 0 {}
        if self.mend_terms().await? {
            while self.follow_batch().await? > 0 {}
        }
        self.purge_view().await?;
        // Readers are answered by now; what is written between the steps is followed at once.
        while self.remember_some(LINKS_AT_ONCE).await? {
            while self.follow_batch().await? > 0 {}
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Follows for ever. Failures are logged and tried again; readers keep the last good view.
    ///
    /// # Errors
    /// Before it follows: when the store is there, and this program cannot use it.
    pub async fn follow(&self) -> Result<Infallible> {
        self.reach_store().await?;
        if let Err(error) = self.purge_if_due().await {
            tracing::error!(%error, "bytes of what was public could not be made to go; `kith purge` tries again");
        }
        let mut checksums = Checksums::Wanted;
        loop {
            match self.follow_until_broken(&mut checksums).await {
                Ok(never) => match never {},
                Err(error) => tracing::error!(%error, "following the change log failed; trying again"),
            }
            tokio::time::sleep(REST).await;
        }
    }

    /// Waits for the store. While it is away, readers get the view that is there.
    async fn reach_store(&self) -> Result<()> {
        loop {
            let mut reaching = pin!(self.prepare());
            let reached = match tokio::time::timeout(SOON, &mut reaching).await {
                Ok(reached) => reached,
                Err(_) => {
                    self.show_as_it_is().await;
                    reaching.await
                }
            };
            match reached {
                Err(Error::Store(error)) if error.is_passing() => {
                    tracing::error!(%error, "the store cannot be reached; trying again");
                    self.show_as_it_is().await;
                }
                settled => return settled,
            }
            tokio::time::sleep(REST).await;
        }
    }

    /// Shows the view of the folder without asking the store whether it is its own: if it was made by this program.
    async fn show_as_it_is(&self) {
        if self.view.generation().is_some() {
            return;
        }
        let view = Arc::clone(&self.view);
        let Ok(Some(generation)) = tokio::task::spawn_blocking(move || view.open_current()).await else { return };
        let made_with = generation.index.payload().gazetteer;
        let Some(sample) = [false, true].into_iter().find(|sample| made_with == world(*sample)) else { return };
        self.sample.store(sample, Ordering::Relaxed);
        match self.view.take(generation) {
            Ok(()) => tracing::warn!("readers get the published view as it was last left"),
            Err(error) => tracing::error!(%error, "the published view cannot be taken into use"),
        }
    }

    async fn follow_until_broken(&self, checksums: &mut Checksums) -> Result<Infallible> {
        let mut watch = self.store.watch().await?;
        let mut day = None;
        loop {
            let today = self.clock.now().london_date();
            if day != Some(today) {
                self.expire().await?;
                day = Some(today);
            }
            self.mend(checksums).await?;
            self.bring_up_to_date().await?;
            watch.changed(LOOK).await?;
        }
    }

    /// Reads the checksums of the view that was found, while it answers already, and builds it anew if a file is damaged.
    async fn mend(&self, checksums: &mut Checksums) -> Result<()> {
        match std::mem::replace(checksums, Checksums::Read) {
            Checksums::Wanted => {
                *checksums = match self.view.generation() {
                    Some(found) => Checksums::Reading(tokio::task::spawn_blocking(move || found.index.validate())),
                    None => Checksums::Wanted,
                };
            }
            Checksums::Reading(reading) if !reading.is_finished() => *checksums = Checksums::Reading(reading),
            Checksums::Reading(reading) => {
                if !matches!(reading.await, Ok(Ok(damaged)) if damaged.is_empty()) {
                    tracing::warn!("the published view is damaged and will be built anew");
                    // If that fails, the files are read again and the damage is not forgotten.
                    *checksums = Checksums::Wanted;
                    self.rebuild().await?;
                    *checksums = Checksums::Read;
                }
            }
            Checksums::Read => {}
        }
        Ok(())
    }

    /// Builds the whole view anew and swaps it in. What is withdrawn meanwhile is hidden in the one that answers.
    ///
    /// # Errors
    /// When the store or the view cannot be used; the view in use stays.
    pub async fn rebuild(&self) -> Result<()> {
        let mut snapshot = self.store.snapshot().await?;
        let state = snapshot.state().await?;
        let in_use = self.view.generation().map(|generation| generation.index.payload());
        let seen = in_use.filter(|payload| fits(payload, &state)).map_or(state.sequence, |payload| payload.sequence);
        tokio::select! {
            built = self.build(snapshot, state) => built,
            never = self.hide_meanwhile(seen) => match never {},
        }
    }

    async fn build(&self, mut snapshot: Snapshot, state: State) -> Result<()> {
        let of = All::count(&mut snapshot).await?;
        self.view.set_progress(Progress { done: 0, of });
        let generation = Arc::new(self.view.begin(payload(&state, 0, 0))?);
        generation.index.load();
        let mut all = All::default();
        while let Some(listings) = all.next(&mut snapshot).await? {
            self.add(&mut snapshot, &generation, &listings).await?;
        }
        drop(snapshot);
        let whole = Arc::clone(&generation);
        tokio::task::spawn_blocking(move || {
            whole.index.optimise()?;
            whole.index.apply(&[], state.sequence, state.public_sequence)?;
            whole.read_links()
        })
        .await??;
        self.view.take(generation)?;
        self.view.caught_up(state.sequence);
        // It was made of what the store held then, and the one before has gone with its folder.
        self.view.has_purged(state.purges_due)?;
        tracing::info!(listings = of, sequence = state.sequence, "built the published view");
        Ok(())
    }

    /// Hides what the log says is gone, for as long as it is waited for.
    async fn hide_meanwhile(&self, mut sequence: u64) -> Infallible {
        loop {
            match self.hide_since(sequence).await {
                Ok(seen) => sequence = seen,
                Err(error) => tracing::warn!(%error, "what is withdrawn while the view is built could not be read"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Hides what the next lines of the log took away; answers the number of the last line.
    async fn hide_since(&self, sequence: u64) -> Result<u64> {
        let mut snapshot = self.store.snapshot().await?;
        let changes = snapshot.changes_since(sequence, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(sequence) };
        let ids: Vec<String> = distinct(&changes).into_iter().map(|listing| listing.id).collect();
        for (id, _) in snapshot.published(&ids).await?.iter().filter(|(_, published)| published.gone) {
            self.view.hide(id, last.sequence);
        }
        Ok(last.sequence)
    }

    /// Whether the view in the folder, whoever writes it, has all that the store held at that moment, and the readers
    /// of the process that writes it see it so.
    pub fn has_published(&self, state: &State) -> bool {
        let in_folder = self.view.payload_in_folder();
        in_folder.is_some_and(|payload| fits(&payload, state) && payload.sequence >= state.sequence)
            && self.view.seen_in_folder(&state.epoch) >= state.sequence
            && self.view.purged_in_folder() >= state.purges_due
    }

    async fn add(&self, snapshot: &mut Snapshot, generation: &Arc<Generation>, listings: &[ListingRef]) -> Result<()> {
        let ops = ops(snapshot, listings).await?;
        let generation = Arc::clone(generation);
        // Numbers stay at nought until the build is whole, so that a half-built view is never believed.
        tokio::task::spawn_blocking(move || generation.index.apply(&ops, 0, 0)).await??;
        let Progress { done, of } = self.view.progress();
        self.view.set_progress(Progress { done: done + listings.len() as u64, of });
        Ok(())
    }

    /// Applies the next lines of the log; answers how many there were.
    async fn follow_batch(&self) -> Result<usize> {
        let generation = self.view.generation().ok_or(Error::NotReady(self.view.progress()))?;
        let mut snapshot = self.store.snapshot().await?;
        let state = snapshot.state().await?;
        self.view.want_purge(state.purges_due);
        let applied = generation.index.payload();
        if !fits(&applied, &state) || applied.sequence > state.sequence {
            drop(snapshot);
            self.rebuild().await?;
            return Ok(1);
        }
        let changes = snapshot.changes_since(applied.sequence, BATCH).await?;
        let Some(last) = changes.last() else {
            self.view.caught_up(applied.sequence);
            return Ok(0);
        };
        let sequence = last.sequence;
        let public =
            changes.iter().filter_map(|change| change.public_sequence).max().unwrap_or(applied.public_sequence);
        let listings = distinct(&changes);
        let ops = ops(&mut snapshot, &listings).await?;
        drop(snapshot);
        for listing in ops.iter().filter(|op| is_gone(op)).map(Op::listing) {
            self.view.hide(listing, sequence);
        }
        tokio::task::spawn_blocking(move || generation.apply(&ops, sequence, public)).await??;
        self.view.caught_up(sequence);
        tracing::debug!(lines = changes.len(), sequence, "followed the change log");
        Ok(changes.len())
    }

    /// The generation on disk, if it is whole and of this directory.
    async fn open_current(&self) -> Result<Option<Arc<Generation>>> {
        let view = Arc::clone(&self.view);
        // A damaged file may make the engine panic; such a view is built anew like any other that cannot be opened.
        let opened = tokio::task::spawn_blocking(move || view.open_current()).await;
        let Ok(Some(generation)) = opened else { return Ok(None) };
        let state = self.store.state().await?;
        let payload = generation.index.payload();
        Ok((fits(&payload, &state) && payload.sequence <= state.sequence).then_some(generation))
    }
}

/// Current records as ops: what can be shown is put, what was shown is gone, of the rest there is no word.
async fn ops(snapshot: &mut Snapshot, listings: &[ListingRef]) -> Result<Vec<Op>> {
    let ids: Vec<String> = listings.iter().map(|listing| listing.id.clone()).collect();
    let since = snapshot.shown_since(&ids).await?;
    let shown = shown(snapshot, listings).await?;
    let op = |(listing, shown): (&ListingRef, Option<Shown>)| match (shown, since.get(&listing.id)) {
        (Some(shown), since) => shown.put(listing, since.copied()),
        (None, Some(_)) => document::gone(&listing.id),
        (None, None) => Op::Remove { listing: listing.id.clone() },
    };
    Ok(listings.iter().zip(shown).map(op).collect())
}

fn is_gone(op: &Op) -> bool {
    matches!(op, Op::Put { documents, .. } if documents.iter().all(|document| document.role == kith_index::Role::Tombstone))
}

fn distinct(changes: &[Change]) -> Vec<ListingRef> {
    let mut seen = HashSet::with_capacity(changes.len());
    changes.iter().map(|change| &change.listing).filter(|listing| seen.insert(&listing.id)).cloned().collect()
}

/// What a view of this directory carries in every commit.
fn payload(state: &State, sequence: u64, public_sequence: u64) -> Payload {
    Payload {
        directory: state.directory.clone(),
        epoch: state.epoch.clone(),
        schema: kith_index::SCHEMA,
        gazetteer: world(state.sample),
        sequence,
        public_sequence,
        terms: vocabulary()
            .terms
            .iter()
            .map(|term| term.id.clone())
            .chain(marks().into_iter().map(|(id, _)| id))
            .collect(),
    }
}

/// The versions of everything compiled in that published bytes are made with, and whether the listings are invented.
fn world(sample: bool) -> String {
    let kind = if sample { " sample" } else { "" };
    let gazetteer = Gazetteer::embedded().version();
    format!("{gazetteer} {} {} {}{kind}", vocabulary().version, env!("CARGO_PKG_VERSION"), document::SHAPE)
}

fn fits(payload: &Payload, state: &State) -> bool {
    payload.directory == state.directory
        && payload.epoch == state.epoch
        && payload.schema == kith_index::SCHEMA
        && payload.gazetteer == world(state.sample)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::clock::{SeededChance, SystemClock};

    #[tokio::test]
    async fn damage_is_not_forgotten_when_the_view_cannot_be_built_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (clock, chance) = (Arc::new(SystemClock), Arc::new(SeededChance::new(1)));
        let directory = Directory::open(folder.path(), None, clock, chance).await.unwrap();
        directory.bring_up_to_date().await.unwrap();
        let found_damage = async || {
            let reading = tokio::spawn(async { Ok(vec!["a.bodies".to_owned()]) });
            while !reading.is_finished() {
                tokio::task::yield_now().await;
            }
            Checksums::Reading(reading)
        };
        // The file that names the new view cannot be written.
        let taken = folder.path().join("view/CURRENT.new");
        fs::create_dir(&taken).unwrap();
        let mut checksums = found_damage().await;
        assert!(directory.mend(&mut checksums).await.is_err());
        assert!(matches!(checksums, Checksums::Wanted), "the files are read again");
        fs::remove_dir(taken).unwrap();
        let damaged = directory.view.generation().unwrap();
        checksums = found_damage().await;
        directory.mend(&mut checksums).await.unwrap();
        assert!(matches!(checksums, Checksums::Read));
        assert!(!Arc::ptr_eq(&damaged, &directory.view.generation().unwrap()));
    }
}
