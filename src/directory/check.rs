//! Do the store, the change log and the published view agree? For keepers and for tests.
//!
//! Everything published is derived anew from the records and compared with what the log says and
//! with the very bytes in the view.

use std::{collections::HashMap, sync::Arc, time::Duration};

use kith_index::{Read, Reader};

use super::{
    Directory, Result, bonds,
    recognition::{self, Recognition},
    shares,
    shown::{All, Shown, shown},
    terms,
    view::Generation,
};
use crate::{
    domain::{digest::digest, organization::Organization, service::Service},
    store::{ListingRef, Published, Snapshot},
};

/// How many faults are told.
const MOST_FAULTS: usize = 100;
/// Lines of the log read at once.
const PAGE: u32 = 1_000;
/// How long a view that is behind gets to catch up, and how often it is looked at.
const PATIENCE: (u32, Duration) = (50, Duration::from_millis(100));

/// Digests of the published bytes by listing; `None` where readers are shown nothing.
type Digests = HashMap<String, Option<String>>;

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
    /// Open listings that have a number, a mailbox or a site in common with one whose place is private, by id: for a keeper to look
    /// at, and no fault.
    pub sharing: Vec<String>,
    /// Open listings that speak of a place at risk, with the member in which they do (their name, terms and description where it is
    /// empty): they came in before this version of the program recognised it. For a keeper to look at, and no fault.
    pub heard: Vec<(String, String)>,
}

impl Report {
    fn fault(&mut self, text: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(text);
        }
    }
}

impl Directory {
    /// Compares the store, the change log and the view, all at one moment.
    ///
    /// While somebody writes, the two moments differ; then it looks again, for a bounded time.
    ///
    /// # Errors
    /// When one of them cannot be read at all; what does not agree is in the report.
    pub async fn check(&self) -> Result<Report> {
        let mut report = Report::default();
        for _ in 0..PATIENCE.0 {
            let mut snapshot = self.store.snapshot().await?;
            let sequence = snapshot.state().await?.sequence;
            let generation = self.generation_to_check().await?;
            let at = generation.as_ref().map(|generation| generation.index.payload().sequence);
            report = Report::default();
            if at == Some(sequence) || (at.is_none() && sequence == 0) {
                if self.store.is_purge_due().await? {
                    report.fault(
                        "bytes of what is protected now are still in the store's files; `kith purge`".to_owned(),
                    );
                }
                report.services = snapshot.count::<Service>().await?;
                report.organizations = snapshot.count::<Organization>().await?;
                self.check_log(&mut snapshot, sequence, &mut report).await?;
                let shown = self.check_records(&mut snapshot, &mut report).await?;
                report.sharing = shares::open_ones(&mut snapshot).await?;
                check_bonds(&mut snapshot, &mut report).await?;
                if !snapshot.bears_made().await? {
                    report.fault(
                        "terms are shown that no open listing may bear; `kith serve` lets them go at its start, `kith reindex` now"
                            .to_owned(),
                    );
                }
                drop(snapshot);
                if let Some(generation) = generation {
                    // A commit since then makes the two differ for a good reason: look again.
                    let reader = generation.index.reader();
                    if reader.payload().sequence != sequence {
                        continue;
                    }
                    check_view(&generation, &reader, &shown, &mut report)?;
                }
                return Ok(report);
            }
            report.fault("there is no view, or it is behind; `kith reindex` builds it".to_owned());
            tokio::time::sleep(PATIENCE.1).await;
        }
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
    async fn check_records(&self, snapshot: &mut Snapshot, report: &mut Report) -> Result<Digests> {
        let mut shown = HashMap::new();
        let mut all = All::default();
        while let Some(listings) = all.next(snapshot).await? {
            compare(snapshot, &listings, &mut shown, report).await?;
        }
        report.published = shown.values().flatten().count() as u64;
        Ok(shown)
    }

    /// The view, ours or the one on disk that another process writes.
    async fn generation_to_check(&self) -> Result<Option<Arc<Generation>>> {
        let view = Arc::clone(&self.view);
        Ok(tokio::task::spawn_blocking(move || view.generation().or_else(|| view.open_current())).await?)
    }
}

/// The view holds the same bytes, and nothing else.
fn check_view(generation: &Generation, reader: &Reader, shown: &Digests, report: &mut Report) -> Result<()> {
    for file in generation.index.validate()? {
        report.fault(format!("the view's file {file} is damaged"));
    }
    let ids = reader.ids()?;
    report.in_view = Some(ids.iter().filter(|(_, gone)| !gone).count() as u64);
    for (id, _) in &ids {
        if !shown.contains_key(id) {
            report.fault(format!("the view holds {id}, which the store does not know"));
        }
    }
    for (id, bytes) in shown {
        let agrees = match (reader.get(id)?, bytes) {
            (Some(Read::Record(in_view)), Some(expected)) => digest(&[&in_view]) == *expected,
            (Some(Read::Gone(_)) | None, None) => true,
            _ => false,
        };
        if !agrees {
            report.fault(format!("the view shows {id} otherwise than the store"));
        }
    }
    Ok(())
}

/// What is remembered of links is what the records say.
async fn check_bonds(snapshot: &mut Snapshot, report: &mut Report) -> Result<()> {
    if !bonds::are_remembered(snapshot).await? {
        let remedy = "`kith serve` does it by and by, `kith reindex` now";
        report.fault(format!("not all links are remembered by this version of the program; {remedy}"));
        return Ok(());
    }
    if snapshot.next_bond_due().await?.is_some() {
        let remedy = "`kith serve` does it by and by, `kith reindex` now";
        report.fault(format!("not all listings show yet what has changed of one with many links; {remedy}"));
        return Ok(());
    }
    let others = bonds::all_differences(snapshot).await?;
    if others > 0 {
        let remedy = "`kith reindex` remembers all anew";
        report.fault(format!("{others} links are remembered otherwise than the records say; {remedy}"));
    }
    Ok(())
}

async fn compare(
    snapshot: &mut Snapshot,
    listings: &[ListingRef],
    digests: &mut Digests,
    report: &mut Report,
) -> Result<()> {
    let ids: Vec<String> = listings.iter().map(|listing| listing.id.clone()).collect();
    let told = snapshot.published(&ids).await?;
    let since = snapshot.shown_since(&ids).await?;
    let shown = shown(snapshot, listings).await?;
    let otherwise = terms::difference(snapshot, listings, &shown).await?.len();
    if otherwise > 0 && snapshot.bears_made().await? {
        report.fault(format!(
            "{otherwise} terms of listings are noted otherwise than the records say; `kith reindex` mends it"
        ));
    }
    let (recognition, mut heard) = (Recognition::default(), Vec::new());
    for (listing, shown) in listings.iter().zip(shown) {
        let is_open = matches!(&shown, Some(Shown::Listing(listing)) if !listing.is_private);
        let published = shown.as_ref().map(Shown::digest);
        if !agree(told.get(&listing.id), published.as_deref()) {
            report
                .fault(format!("{} was published otherwise than its records say; `kith reindex` mends it", listing.id));
        }
        let record = shown.map(|shown| match shown.put(listing, since.get(&listing.id).copied()) {
            kith_index::Op::Put { documents, .. } => {
                documents.into_iter().next().map(|document| document.record).unwrap_or_default()
            }
            kith_index::Op::Remove { .. } => Vec::new(),
        });
        let at = record.as_ref().filter(|_| is_open).and_then(|record| recognition.heard_in(listing.kind, record));
        heard.extend(at.map(|at| (listing.clone(), at)));
        digests.insert(listing.id.clone(), record.map(|record| digest(&[&record])));
    }
    let open = recognition::not_opened(snapshot, heard.iter().map(|(listing, _)| listing.clone()).collect()).await?;
    heard.retain(|(listing, _)| open.contains(listing));
    report.heard.extend(heard.into_iter().map(|(listing, at)| (listing.id, at)));
    Ok(())
}

/// Whether the log says of a listing what is published of it now.
pub fn agree(told: Option<&Published>, digest: Option<&str>) -> bool {
    told.filter(|told| !told.gone).map(|told| told.digest.as_str()) == digest
}
