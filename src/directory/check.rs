//! Do the store, the change log and the published view agree? For keepers and for tests.
//!
//! Everything published is derived anew from the records and compared with what the log says and
//! with the very bytes in the view.

use std::{collections::HashMap, time::Duration};

use kith_index::Read;

use super::{
    Directory, Result,
    shown::{All, Shown, shown},
    view::Generation,
};
use crate::{
    domain::{organization::Organization, service::Service},
    store::{ListingRef, Published, Snapshot},
};

/// How many faults are told.
const MOST_FAULTS: usize = 100;
/// Lines of the log read at once.
const PAGE: u32 = 1_000;
/// How long a view that is behind gets to catch up, and how often it is looked at.
const PATIENCE: (u32, Duration) = (50, Duration::from_millis(100));

/// What a check found.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Services kept.
    pub services: u64,
    /// Organisations kept.
    pub organizations: u64,
    /// Lines of the change log.
    pub lines: u64,
    /// Listings that readers can see, and records that only the feed shows.
    pub published: u64,
    /// The same in the view, withdrawn ones not counted; absent when there is no view.
    pub in_view: Option<u64>,
    /// What does not agree, by id; never a value.
    pub faults: Vec<String>,
}

impl Report {
    fn fault(&mut self, text: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(text);
        }
    }
}

impl Directory {
    /// Compares the store, the change log and the view.
    ///
    /// # Errors
    /// When one of them cannot be read at all; what does not agree is in the report.
    pub async fn check(&self) -> Result<Report> {
        let mut report = Report::default();
        let mut snapshot = self.store.snapshot().await?;
        let state = snapshot.state().await?;
        report.services = snapshot.count::<Service>().await?;
        report.organizations = snapshot.count::<Organization>().await?;
        self.check_log(&mut snapshot, state.sequence, &mut report).await?;
        let shown = self.check_records(&mut snapshot, &mut report).await?;
        drop(snapshot);
        self.check_view(state.sequence, &shown, &mut report).await?;
        Ok(report)
    }

    /// The log has no gap and ends where the counter stands.
    async fn check_log(&self, snapshot: &mut Snapshot, end: u64, report: &mut Report) -> Result<()> {
        let mut at = 0;
        loop {
            let page = snapshot.changes_since(at, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for change in page {
                if change.sequence != at + 1 {
                    report.fault(format!("the change log goes from {at} to {}", change.sequence));
                }
                at = change.sequence;
                report.lines += 1;
            }
        }
        if at != end {
            report.fault(format!("the change log ends at {at}, the counter stands at {end}"));
        }
        Ok(())
    }

    /// What is published anew from the records is what the log says was published. Answers the listings' bytes.
    async fn check_records(
        &self,
        snapshot: &mut Snapshot,
        report: &mut Report,
    ) -> Result<HashMap<String, Option<Vec<u8>>>> {
        let mut shown = HashMap::new();
        let mut all = All::default();
        while let Some(listings) = all.next(snapshot).await? {
            compare(snapshot, &listings, &mut shown, report).await?;
        }
        report.published = shown.values().flatten().count() as u64;
        Ok(shown)
    }

    /// The view holds the same bytes, and nothing else.
    async fn check_view(
        &self,
        sequence: u64,
        shown: &HashMap<String, Option<Vec<u8>>>,
        report: &mut Report,
    ) -> Result<()> {
        let Some(generation) = self.view_at(sequence).await? else {
            report.fault("there is no view, or it is behind; `kith reindex` builds it".to_owned());
            return Ok(());
        };
        for file in generation.index.validate()? {
            report.fault(format!("the view's file {file} is damaged"));
        }
        let reader = generation.index.reader();
        let ids = reader.ids()?;
        report.in_view = Some(ids.iter().filter(|(_, gone)| !gone).count() as u64);
        for (id, _) in &ids {
            if !shown.contains_key(id) {
                report.fault(format!("the view holds {id}, which the store does not know"));
            }
        }
        for (id, bytes) in shown {
            let agrees = match (reader.get(id)?, bytes) {
                (Some(Read::Record(in_view)), Some(bytes)) => in_view == bytes.as_slice(),
                (Some(Read::Gone(_)) | None, None) => true,
                _ => false,
            };
            if !agrees {
                report.fault(format!("the view shows {id} otherwise than the store"));
            }
        }
        Ok(())
    }

    /// A view that has applied at least this much, ours or the one on disk that another process writes.
    async fn view_at(&self, sequence: u64) -> Result<Option<std::sync::Arc<Generation>>> {
        for _ in 0..PATIENCE.0 {
            let view = std::sync::Arc::clone(&self.view);
            let found = tokio::task::spawn_blocking(move || view.generation().or_else(|| view.open_current())).await?;
            if let Some(generation) = found.filter(|generation| generation.index.payload().sequence >= sequence) {
                return Ok(Some(generation));
            }
            tokio::time::sleep(PATIENCE.1).await;
        }
        Ok(None)
    }
}

async fn compare(
    snapshot: &mut Snapshot,
    listings: &[ListingRef],
    bytes: &mut HashMap<String, Option<Vec<u8>>>,
    report: &mut Report,
) -> Result<()> {
    let ids: Vec<String> = listings.iter().map(|listing| listing.id.clone()).collect();
    let told = snapshot.published(&ids).await?;
    let since = snapshot.shown_since(&ids).await?;
    for (listing, shown) in listings.iter().zip(shown(snapshot, listings).await?) {
        let digest = shown.as_ref().map(Shown::digest);
        if !agree(told.get(&listing.id), digest.as_deref()) {
            report.fault(format!("{} was published otherwise than its records say", listing.id));
        }
        let record = shown.map(|shown| match shown.put(listing, since.get(&listing.id).copied()) {
            kith_index::Op::Put { documents, .. } => {
                documents.into_iter().next().map(|document| document.record).unwrap_or_default()
            }
            kith_index::Op::Remove { .. } => Vec::new(),
        });
        bytes.insert(listing.id.clone(), record);
    }
    Ok(())
}

fn agree(told: Option<&Published>, digest: Option<&str>) -> bool {
    told.filter(|told| !told.gone).map(|told| told.digest.as_str()) == digest
}
