//! The follower: carries what was committed into the published view, for ever.
//!
//! It reads the change log from where the view's last commit stands, reloads the listings that are
//! named there, and applies them in one commit with the new number. A crash anywhere repeats the
//! batch. A view that is missing, damaged or of another directory, epoch, schema or gazetteer is
//! built anew beside the one in use, and swapped in when it is whole.

use std::{collections::HashSet, sync::Arc, time::Duration};

use kith_index::{Op, Payload, gazetteer::Gazetteer};

use super::{
    Directory, Error, Result, document,
    shown::{All, Shown, shown},
    view::{Generation, Progress},
};
use crate::{
    domain::vocabulary::vocabulary,
    store::{Change, ListingRef, Snapshot, State},
};

/// Lines of the change log in one commit of the view.
const BATCH: u32 = 2_000;
/// How often the follower looks although nobody woke it.
const LOOK: Duration = Duration::from_millis(200);
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
    /// Opens the view, or builds it, and follows the log to its end.
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
        Ok(())
    }

    /// Follows for ever. Failures are logged and tried again; readers keep the last good view.
    pub async fn follow(&self) {
        let mut checksums = Checksums::Wanted;
        loop {
            match self.follow_until_broken(&mut checksums).await {
                Ok(never) => match never {},
                Err(error) => tracing::error!(%error, "following the change log failed; trying again"),
            }
            tokio::time::sleep(REST).await;
        }
    }

    async fn follow_until_broken(&self, checksums: &mut Checksums) -> Result<std::convert::Infallible> {
        let mut watch = self.store.watch().await?;
        loop {
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
                    self.rebuild().await?;
                }
            }
            Checksums::Read => {}
        }
        Ok(())
    }

    /// Builds the whole view anew and swaps it in.
    ///
    /// # Errors
    /// When the store or the view cannot be used; the view in use stays.
    pub async fn rebuild(&self) -> Result<()> {
        let mut snapshot = self.store.snapshot().await?;
        let state = snapshot.state().await?;
        let of = All::count(&mut snapshot).await?;
        self.view.set_progress(Progress { done: 0, of });
        let generation = Arc::new(self.view.begin(payload(&state, 0, 0))?);
        let mut all = All::default();
        while let Some(listings) = all.next(&mut snapshot).await? {
            self.add(&mut snapshot, &generation, &listings).await?;
        }
        drop(snapshot);
        let whole = Arc::clone(&generation);
        tokio::task::spawn_blocking(move || {
            whole.index.optimise()?;
            whole.index.apply(&[], state.sequence, state.public_sequence)
        })
        .await??;
        self.view.take(generation)?;
        self.view.caught_up(state.sequence);
        tracing::info!(listings = of, sequence = state.sequence, "built the published view");
        Ok(())
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
        let applied = generation.index.payload();
        if !fits(&applied, &state) || applied.sequence > state.sequence {
            drop(snapshot);
            self.rebuild().await?;
            return Ok(1);
        }
        let changes = snapshot.changes_since(applied.sequence, BATCH).await?;
        let Some(last) = changes.last() else { return Ok(0) };
        let sequence = last.sequence;
        let public =
            changes.iter().filter_map(|change| change.public_sequence).max().unwrap_or(applied.public_sequence);
        let listings = distinct(&changes);
        let ops = ops(&mut snapshot, &listings).await?;
        drop(snapshot);
        for listing in ops.iter().filter(|op| is_gone(op)).map(Op::listing) {
            self.view.hide(listing, sequence);
        }
        tokio::task::spawn_blocking(move || generation.index.apply(&ops, sequence, public)).await??;
        self.view.caught_up(sequence);
        tracing::debug!(lines = changes.len(), sequence, "followed the change log");
        Ok(changes.len())
    }

    /// The generation on disk, if it is whole and of this directory.
    async fn open_current(&self) -> Result<Option<Arc<Generation>>> {
        let view = Arc::clone(&self.view);
        let Some(generation) = tokio::task::spawn_blocking(move || view.open_current()).await? else { return Ok(None) };
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
        gazetteer: world(),
        sequence,
        public_sequence,
        terms: vocabulary().terms.iter().map(|term| term.id.clone()).collect(),
    }
}

/// The versions of everything compiled in that published bytes are made with.
fn world() -> String {
    let gazetteer = Gazetteer::embedded().version();
    format!("{gazetteer} {} {} {}", vocabulary().version, env!("CARGO_PKG_VERSION"), document::SHAPE)
}

fn fits(payload: &Payload, state: &State) -> bool {
    payload.directory == state.directory
        && payload.epoch == state.epoch
        && payload.schema == kith_index::SCHEMA
        && payload.gazetteer == world()
}
