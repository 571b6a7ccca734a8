//! Bytes that must go for good: what a row held before it was blanked is in no file of the database afterwards.
//!
//! SQLite overwrites what it frees (`secure_delete`), but copies of old pages stay in its write-ahead log, and pages that
//! were freed before are as they were. So the file is written anew and the log cut to nothing. PostgreSQL keeps dead rows
//! until a table is vacuumed, and what plain vacuuming frees is not overwritten: tables are written anew unless they are
//! very large. Its archived log, its replicas and all backups are the operator's; `SECURITY.md` says what to do.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    Tx,
    error::{Error, Result},
    sql::{Alone, PATIENCE, Query, Store, query},
};

/// Tables whose rows may hold what was public.
const TABLES: [&str; 10] = [
    "organization",
    "service",
    "location",
    "service_at_location",
    "taxonomy",
    "taxonomy_term",
    "link",
    "bond",
    "report",
    "source",
];
/// The largest PostgreSQL table that is written anew, for which nobody may read it meanwhile; in bytes.
const SMALL: u64 = 2_000_000_000;
/// How often it is tried again while somebody reads or writes.
const POLL: Duration = Duration::from_millis(50);

/// What a purge did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Tables that were too large to be written anew: what they held is freed, and not overwritten.
    pub only_freed: usize,
}

impl Tx {
    /// Says that bytes of what this transaction blanks must go, in the store and in every node's view.
    pub async fn want_purge(&mut self) -> Result<()> {
        query("UPDATE directory SET purges_due = purges_due + 1").execute(self.open.exec()).await?;
        Ok(())
    }
}

impl Store {
    /// Whether bytes are still to go from the store's files.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_purge_due(&self) -> Result<bool> {
        let mut open = self.begin_reading().await?;
        let row = query("SELECT purges_due, purges_done FROM directory").one(open.exec()).await?;
        Ok(row.counter("purges_due")? > row.counter("purges_done")?)
    }

    /// Makes what was blanked go from all files of the database. Writers wait meanwhile, on PostgreSQL readers of the store
    /// too; readers of the site do not.
    ///
    /// # Errors
    /// [`Error::Busy`] when somebody read or wrote all the while; then it is still due.
    pub async fn purge(&self) -> Result<Purged> {
        let due = self.state().await?.purges_due;
        let mut writer = self.alone().await?;
        let mut purged = Purged::default();
        if let Self::Sqlite(_) = self {
            when_free(&mut writer, &["VACUUM"]).await?;
            // Whoever reads keeps a part of the log: they let go soon.
            when_free(&mut writer, &["PRAGMA wal_checkpoint(TRUNCATE)"]).await?;
        } else {
            for table in TABLES {
                let size = query(
                    "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) AS n FROM pg_class
                     WHERE relname = ? AND relnamespace = CAST(current_schema() AS regnamespace)",
                );
                let size = size.bind(table).one(writer.exec()).await?.counter("n")?;
                purged.only_freed += usize::from(size > SMALL);
                when_free(&mut writer, &[if size > SMALL { "VACUUM " } else { "VACUUM (FULL) " }, table]).await?;
            }
        }
        drop(writer);
        let mut open = self.begin_within(PATIENCE).await?;
        let done = query("UPDATE directory SET purges_done = ? WHERE purges_done < ?").bind(due).bind(due);
        done.execute(open.exec()).await?;
        open.commit().await?;
        Ok(purged)
    }
}

/// Runs a statement outside any transaction; again and again for as long as a writer waits, until nobody is in its way.
async fn when_free(writer: &mut Alone, statement: &[&'static str]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let is_done = match Query::joined(statement).all(writer.exec()).await {
            // A checkpoint says in its answer that somebody reads what it would cut.
            Ok(rows) => rows.first().is_none_or(|row| row.get::<i64>("busy").is_ok_and(|busy| busy == 0)),
            Err(Error::Busy(_)) => false,
            Err(error) => return Err(error),
        };
        if is_done {
            return Ok(());
        }
        if Instant::now() >= end {
            return Err(Error::Busy(PATIENCE));
        }
        sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::Purged;
    use crate::{
        domain::entry::Entry,
        store::{Store, testing::*},
    };

    const SECRET: &str = "Zqk7Canary at the mill";

    /// How many files of a SQLite database hold the secret.
    fn holding(url: &str) -> usize {
        let path = url.trim_start_matches("sqlite:");
        let files = ["", "-wal", "-shm"].map(|end| format!("{path}{end}"));
        let files = files.iter().filter_map(|file| fs::read(Path::new(file)).ok());
        files.filter(|bytes| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())).count()
    }

    #[tokio::test]
    async fn what_was_blanked_is_in_no_file_after_a_purge() {
        async fn check(store: Store, url: String) {
            let mut open: Vec<Entry<Group>> = (1..=300).map(group).collect();
            open.iter_mut().for_each(|entry| entry.record.name = format!("{SECRET} {}", entry.record.id));
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.put(&open).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            assert!(!store.is_purge_due().await.unwrap());

            let blanked: Vec<_> = (1..=300).map(group).map(|entry| Entry { revision: 2, ..entry }).collect();
            let mut tx = store.begin().await.unwrap();
            tx.put(&blanked).await.unwrap();
            tx.want_purge().await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let is_file = url.starts_with("sqlite:");
            assert!(!is_file || holding(&url) > 0, "the control finds them");
            assert!(store.is_purge_due().await.unwrap());

            // Somebody reads while it begins, and lets go.
            let reading = store.snapshot().await.unwrap();
            let again = store.clone();
            let purge = tokio::spawn(async move { again.purge().await });
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            drop(reading);
            assert_eq!(purge.await.unwrap().unwrap(), Purged { only_freed: 0 });
            assert!(!store.is_purge_due().await.unwrap());
            assert!(!is_file || holding(&url) == 0);
            let ids: Vec<_> = blanked.iter().map(|entry| entry.record.id).collect();
            assert_eq!(store.snapshot().await.unwrap().get::<Group>(&ids).await.unwrap(), blanked);
        }
        on_both("what_was_blanked_is_in_no_file_after_a_purge", check).await;
    }
}
