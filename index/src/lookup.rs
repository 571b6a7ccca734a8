//! Reading by id and in the order of ids.

use std::collections::HashSet;

use bytes::Bytes;
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocId, DocSet, TERMINATED};

use crate::columns::{RECORD, TOMBSTONE, listing_key};
use crate::snapshot::Segment;
use crate::{Reader, Result};

/// What an id leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The listing's full record.
    Record(Bytes),
    /// The listing is gone; what its tombstone says (its record, else its body).
    Gone(Bytes),
}

impl Reader {
    /// The record of a listing, from whichever of its documents has one. Knows nothing of withdrawals ahead of their
    /// commit: the caller asks its own set first, and answers as for [`Read::Gone`].
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn get(&self, listing: &str) -> Result<Option<Read>> {
        let mut read = None;
        self.each_of(listing, |segment, doc| {
            let flags = segment.columns.flags[doc as usize];
            if read.is_none() && flags & (TOMBSTONE | RECORD) != 0 {
                let entry = segment.columns.entries.get(doc)?;
                let bytes = if entry.record.is_empty() { entry.body } else { entry.record };
                let bytes = Bytes::copy_from_slice(bytes);
                read = Some(if flags & TOMBSTONE != 0 { Read::Gone(bytes) } else { Read::Record(bytes) });
            }
            Ok(())
        })?;
        Ok(read)
    }

    /// Ids and records of listings of these kinds (none: all), after an id, in ascending order of id, no tombstones.
    ///
    /// A listing has the kind of the document that holds its record. Listings in `withdrawn` are left out.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn list(
        &self,
        kinds: &[&str],
        after: Option<&str>,
        limit: usize,
        withdrawn: &HashSet<String>,
    ) -> Result<Vec<(String, Bytes)>> {
        let kinds = self.snapshot.kinds(kinds);
        let mut out = Vec::new();
        if limit == 0 {
            return Ok(out);
        }
        self.each_listing(after, |listing, documents| {
            for &(segment, doc) in documents.iter().filter(|_| !withdrawn.contains(listing)) {
                if is_listed(segment, doc, kinds) {
                    let record = segment.columns.entries.get(doc)?.record;
                    out.push((listing.to_owned(), Bytes::copy_from_slice(record)));
                    break;
                }
            }
            Ok(out.len() < limit)
        })?;
        Ok(out)
    }

    /// Number of listings [`Reader::list`] would answer without a limit.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn count(&self, kinds: &[&str], withdrawn: &HashSet<String>) -> Result<u64> {
        let kinds = self.snapshot.kinds(kinds);
        let withdrawn: HashSet<u64> = withdrawn.iter().map(|listing| listing_key(listing)).collect();
        let mut number = 0;
        for segment in &self.snapshot.segments {
            let is_shown = |doc: &DocId| !withdrawn.contains(&segment.columns.listings[*doc as usize]);
            let live = segment.reader.doc_ids_alive().filter(|&doc| is_listed(segment, doc, kinds)).filter(is_shown);
            number += live.count() as u64;
        }
        Ok(number)
    }

    /// Live documents, tombstones among them.
    pub fn documents(&self) -> u64 {
        self.snapshot.segments.iter().map(|segment| u64::from(segment.reader.num_docs())).sum()
    }

    /// Live listings, tombstones apart, those withdrawn ahead of their commit among them.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn listings(&self) -> Result<u64> {
        Ok(self.ids()?.iter().filter(|(_, tombstone)| !tombstone).count() as u64)
    }

    /// Every live listing id in ascending order, and whether only a tombstone is left of it. Those withdrawn ahead of
    /// their commit are among them: this is for checking what the index holds, not for readers.
    ///
    /// # Errors
    /// When a file of the index cannot be read.
    pub fn ids(&self) -> Result<Vec<(String, bool)>> {
        let mut out = Vec::new();
        self.each_listing(None, |listing, documents| {
            let tombstone =
                documents.iter().all(|(segment, doc)| segment.columns.flags[*doc as usize] & TOMBSTONE != 0);
            out.push((listing.to_owned(), tombstone));
            Ok(true)
        })?;
        Ok(out)
    }

    /// Calls `with` for each live document of a listing.
    pub(crate) fn each_of(&self, listing: &str, mut with: impl FnMut(&Segment, DocId) -> Result<()>) -> Result<()> {
        let term = Term::from_field_text(self.snapshot.fields.listing, listing);
        for segment in &self.snapshot.segments {
            let Some(mut postings) = segment.listing.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                if segment.is_alive(doc) {
                    with(segment, doc)?;
                }
                postings.advance();
            }
        }
        Ok(())
    }

    /// Calls `with` for each listing that has live documents, in ascending order of id, until it answers `false`.
    pub(crate) fn each_listing(
        &self,
        after: Option<&str>,
        mut with: impl FnMut(&str, &[(&Segment, DocId)]) -> Result<bool>,
    ) -> Result<()> {
        let mut streams = Vec::new();
        for segment in &self.snapshot.segments {
            let range = segment.listing.terms().range();
            let range = after.map(|after| after.as_bytes()).into_iter().fold(range, |range, after| range.gt(after));
            let mut stream = range.into_stream()?;
            if stream.advance() {
                streams.push((segment, stream));
            }
        }
        let mut documents = Vec::new();
        while let Some(least) = streams.iter().map(|(_, stream)| stream.key()).min() {
            let listing = String::from_utf8_lossy(least).into_owned();
            documents.clear();
            let mut ended = Vec::new();
            for (at, (segment, stream)) in streams.iter_mut().enumerate() {
                if stream.key() != listing.as_bytes() {
                    continue;
                }
                let owner: &Segment = segment;
                let mut postings =
                    segment.listing.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
                while postings.doc() != TERMINATED {
                    if segment.is_alive(postings.doc()) {
                        documents.push((owner, postings.doc()));
                    }
                    postings.advance();
                }
                if !stream.advance() {
                    ended.push(at);
                }
            }
            for at in ended.into_iter().rev() {
                drop(streams.remove(at));
            }
            if !documents.is_empty() && !with(&listing, &documents)? {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a document holds the record of a listing of these kinds.
pub(crate) fn is_listed(segment: &Segment, doc: DocId, kinds: u16) -> bool {
    let (flags, kind) = (segment.columns.flags[doc as usize], segment.columns.kinds[doc as usize]);
    flags & RECORD != 0 && flags & TOMBSTONE == 0 && (kinds >> kind) & 1 != 0
}
