//! Noticing that someone has committed: this process, another one, or another machine.

use std::{fmt, time::Duration};

use tokio::time::Instant;

use super::{
    State,
    error::Result,
    sql::{Bell, Store},
};

/// How often the counters are looked at, in case an announcement was lost with a connection.
const LOOK: Duration = Duration::from_secs(1);

/// Tells when something may have been committed since the watch was made or last told so.
pub struct Watch {
    store: Store,
    bell: Bell,
    seen: State,
}

impl Store {
    /// Watches from now on. It holds one connection of its own.
    pub async fn watch(&self) -> Result<Watch> {
        let bell = self.bell().await?;
        // Read after the bell hangs, so that no commit falls between the two.
        Ok(Watch { store: self.clone(), bell, seen: self.state().await? })
    }
}

impl Watch {
    /// Returns when something may have been committed by anyone, or when the time is over.
    ///
    /// # Errors
    /// [`Error::Unavailable`](super::Error::Unavailable) when the database has gone. Wait, and make a new watch.
    pub async fn changed(&mut self, at_most: Duration) -> Result<()> {
        let end = Instant::now() + at_most;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            let rung = self.bell.rung(rest.min(LOOK)).await?;
            let state = self.store.state().await?;
            let moved = std::mem::replace(&mut self.seen, state) != self.seen;
            if rung || moved || Instant::now() >= end {
                return Ok(());
            }
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("seen", &self.seen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::store::{
        Store,
        sql::{Exec, query},
        testing::*,
    };

    const TEST: &str = "a_commit_of_another_process_wakes_the_watch";

    #[tokio::test]
    async fn a_commit_of_another_process_wakes_the_watch() {
        if let Some(url) = child_url() {
            let tx = reopen(&url).await.begin().await.unwrap();
            tx.commit(audit(), &[line(1, Some("a"))]).await.unwrap();
            return;
        }
        async fn check(store: Store, url: String) {
            let mut watch = store.watch().await.unwrap();
            let start = Instant::now();
            watch.changed(Duration::from_millis(150)).await.unwrap();
            assert!(start.elapsed() >= Duration::from_millis(150), "nothing has happened");

            let mut second_process = child(module_path!(), TEST, &url).spawn().unwrap();
            // Opening the database may ring too: wait for the line.
            let end = Instant::now() + Duration::from_secs(20);
            while store.state().await.unwrap().sequence == 0 && Instant::now() < end {
                watch.changed(Duration::from_secs(20)).await.unwrap();
            }
            assert!(Instant::now() < end, "the watch slept through the commit");
            assert!(second_process.wait().unwrap().success());
            assert_eq!(store.changes_since(0, 10).await.unwrap().len(), 1);
        }
        on_both(TEST, check).await;
    }

    #[tokio::test]
    async fn the_bell_rings_for_every_commit_and_only_then() {
        async fn check(store: Store, url: String) {
            let mut bell = store.bell().await.unwrap();
            let other = reopen(&url).await;
            let mut slowest = Duration::ZERO;
            for n in 1..=5 {
                let committing = async {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    let tx = other.begin().await.unwrap();
                    tx.commit(audit(), &[line(n, Some("a"))]).await.unwrap();
                    Instant::now()
                };
                let hearing = async { (bell.rung(Duration::from_secs(20)).await.unwrap(), Instant::now()) };
                let (committed, (rung, heard)) = tokio::join!(committing, hearing);
                assert!(rung);
                slowest = slowest.max(heard.saturating_duration_since(committed));
            }
            eprintln!("  heard after at most {slowest:?}");
            assert!(!bell.rung(Duration::from_millis(150)).await.unwrap(), "nobody has committed");
        }
        on_both("the_bell_rings_for_every_commit_and_only_then", check).await;
    }

    #[tokio::test]
    async fn the_store_and_its_watch_outlive_their_connections() {
        async fn check(store: Store, url: String) {
            let mut watch = store.watch().await.unwrap();
            let other = reopen(&url).await;
            let mut open = other.begin_reading().await.unwrap();
            if matches!(open.exec(), Exec::Sqlite(_)) {
                return;
            }
            let mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let ended = query(mine).all(open.exec()).await.unwrap().len();
            assert!(ended >= 3, "the writer, a reader and the bell: {ended}");

            store.begin().await.unwrap().commit(audit(), &[line(1, Some("a"))]).await.unwrap();
            watch.changed(Duration::from_secs(20)).await.unwrap();
            assert_eq!(store.state().await.unwrap().sequence, 1);
            let tx = store.begin().await.unwrap();
            tx.commit(audit(), &[line(2, Some("a"))]).await.unwrap();
            let mut bell = watch.bell;
            assert!(bell.rung(Duration::from_secs(20)).await.unwrap(), "it listens again");
        }
        on_both("the_store_and_its_watch_outlive_their_connections", check).await;
    }
}
