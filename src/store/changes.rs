//! The change log, and what readers were last shown of each listing.

use std::collections::HashMap;

use super::{
    Snapshot,
    commit::{Action, ListingKind, ListingRef},
    entries::in_lists,
    error::Result,
    sql::{Query, Row, Store, query},
};
use crate::domain::clock::Timestamp;

/// One line of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number: no gaps, in the order of commits. Internal.
    pub sequence: u64,
    /// The public number of its commit; `None` when readers were shown the same bytes as before.
    pub public_sequence: Option<u64>,
    /// What it is about.
    pub listing: ListingRef,
    /// What was done.
    pub action: Action,
    /// When.
    pub at: Timestamp,
}

/// What readers were last shown of a listing that was ever public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The listing's kind.
    pub kind: ListingKind,
    /// The digest of the bytes they were shown last.
    pub digest: String,
    /// Whether they are shown nothing any more.
    pub gone: bool,
    /// When that last changed.
    pub public_sequence: u64,
}

impl Store {
    /// At most `limit` lines of the log with numbers over `after`, in order.
    pub async fn changes_since(&self, after: u64, limit: u32) -> Result<Vec<Change>> {
        Snapshot { open: self.begin_reading().await? }.changes_since(after, limit).await
    }
}

impl Snapshot {
    /// At most `limit` lines of the log with numbers over `after`, in order.
    pub async fn changes_since(&mut self, after: u64, limit: u32) -> Result<Vec<Change>> {
        let rows = query(
            "SELECT sequence, public_sequence, listing_id, listing_kind, action, at FROM change_log
             WHERE sequence > ? ORDER BY sequence LIMIT ?",
        )
        .bind(after)
        .bind(i64::from(limit))
        .all(self.open.exec())
        .await?;
        rows.iter().map(change).collect()
    }

    /// What readers were last shown of these listings. Those that never were public are left out.
    pub async fn published(&mut self, ids: &[String]) -> Result<HashMap<String, Published>> {
        let mut found = HashMap::with_capacity(ids.len());
        for ids in in_lists(ids.iter().cloned()) {
            let mut parts = vec![PUBLISHED, " WHERE listing_id IN (?"];
            parts.extend(std::iter::repeat_n(", ?", ids.len() - 1));
            parts.push(")");
            for row in Query::joined(&parts).bind_all(ids).all(self.open.exec()).await? {
                let (id, published) = published(&row)?;
                found.insert(id, published);
            }
        }
        Ok(found)
    }

    /// When what readers are shown of these listings last changed. Those that never were public are left out.
    pub async fn shown_since(&mut self, ids: &[String]) -> Result<HashMap<String, Timestamp>> {
        let mut found = HashMap::with_capacity(ids.len());
        for ids in in_lists(ids.iter().cloned()) {
            let mut parts = vec![SHOWN_SINCE, " WHERE p.listing_id IN (?"];
            parts.extend(std::iter::repeat_n(", ?", ids.len() - 1));
            parts.push(")");
            for row in Query::joined(&parts).bind_all(ids).all(self.open.exec()).await? {
                found.insert(row.get("listing_id")?, row.parsed("at")?);
            }
        }
        Ok(found)
    }

    /// At most `limit` listings that were ever public, after an id and in the order of ids.
    #[cfg(test)]
    pub(super) async fn published_page(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<(String, Published)>> {
        let rows = Query::joined(&[PUBLISHED, " WHERE listing_id > ? ORDER BY listing_id LIMIT ?"])
            .bind(after.unwrap_or_default())
            .bind(i64::from(limit))
            .all(self.open.exec())
            .await?;
        rows.iter().map(published).collect()
    }
}

/// The plus keeps SQLite from looking through all lines of a commit for each of its listings: one commit may have ten
/// thousand, and a listing has few.
const SHOWN_SINCE: &str = "SELECT p.listing_id, c.at FROM published p JOIN change_log c
    ON c.listing_id = p.listing_id AND +c.public_sequence = p.public_sequence";

const PUBLISHED: &str = "SELECT listing_id, listing_kind, digest, gone, public_sequence FROM published";

fn published(row: &Row) -> Result<(String, Published)> {
    let published = Published {
        kind: ListingKind::of(&row.get::<String>("listing_kind")?)?,
        digest: row.get("digest")?,
        gone: row.get("gone")?,
        public_sequence: row.counter("public_sequence")?,
    };
    Ok((row.get("listing_id")?, published))
}

fn change(row: &Row) -> Result<Change> {
    let public_sequence = match row.get::<Option<i64>>("public_sequence")? {
        Some(_) => Some(row.counter("public_sequence")?),
        None => None,
    };
    Ok(Change {
        sequence: row.counter("sequence")?,
        public_sequence,
        listing: ListingRef { id: row.get("listing_id")?, kind: ListingKind::of(&row.get::<String>("listing_kind")?)? },
        action: Action::of(&row.get::<String>("action")?)?,
        at: row.parsed("at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::SHOWN_SINCE;
    use crate::store::{Store, sql::Query, testing::*};

    #[tokio::test]
    async fn what_is_shown_is_as_old_as_its_last_change() {
        async fn check(store: Store, _: String) {
            let both = [line(1, Some("a")), line(2, Some("a"))];
            store.begin().await.unwrap().commit(audit(), &both).await.unwrap();
            let mut later = audit();
            later.at = LATER.parse().unwrap();
            let lines = [line(1, Some("b")), line(2, Some("a")), line(3, None)];
            store.begin().await.unwrap().commit(later, &lines).await.unwrap();
            let ids: Vec<String> = lines.iter().map(|line| line.listing.id.clone()).collect();
            let since = store.snapshot().await.unwrap().shown_since(&ids).await.unwrap();
            let told: Vec<_> = ids.iter().map(|id| since.get(id).map(ToString::to_string)).collect();
            let at = |text: &str| Some(text.replace('Z', ".000Z"));
            assert_eq!(told, [at(LATER), at(NOW), None]);
            if let Store::Sqlite(_) = &store {
                let plan = Query::joined(&["EXPLAIN QUERY PLAN ", SHOWN_SINCE, " WHERE p.listing_id IN (?, ?)"]);
                let mut read = store.snapshot().await.unwrap();
                let steps = plan.bind_all(ids[..2].to_vec()).all(read.open.exec()).await.unwrap();
                let steps: Vec<String> = steps.iter().map(|row| row.get("detail").unwrap()).collect();
                assert!(steps.iter().any(|step| step.contains("change_log_listing")), "{steps:?}");
            }
        }
        on_both("what_is_shown_is_as_old_as_its_last_change", check).await;
    }

    #[tokio::test]
    async fn the_log_and_the_published_listings_are_read_in_pages() {
        async fn check(store: Store, _: String) {
            let lines: Vec<_> = (1..=250).map(|n| line(n, Some("a"))).collect();
            let tx = store.begin().await.unwrap();
            tx.commit(audit(), &lines).await.unwrap();

            let first = store.changes_since(0, 200).await.unwrap();
            let rest = store.changes_since(first.last().unwrap().sequence, 200).await.unwrap();
            let numbers: Vec<u64> = first.iter().chain(&rest).map(|change| change.sequence).collect();
            assert_eq!(numbers, (1..=250).collect::<Vec<_>>());
            assert_eq!(store.changes_since(u64::MAX, 1).await.unwrap(), []);

            let mut snapshot = store.snapshot().await.unwrap();
            let page = snapshot.published_page(None, 200).await.unwrap();
            let tail = snapshot.published_page(page.last().map(|(id, _)| id.as_str()), 200).await.unwrap();
            let ids: Vec<String> = page.into_iter().chain(tail).map(|(id, _)| id).collect();
            let all: Vec<String> = lines.iter().map(|line| line.listing.id.clone()).collect();
            assert_eq!(ids, all);
            assert_eq!(snapshot.published(&all).await.unwrap().len(), 250);
        }
        on_both("the_log_and_the_published_listings_are_read_in_pages", check).await;
    }
}
