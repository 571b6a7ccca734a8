//! Connecting, and opening transactions: what differs between the two databases beyond the text.

use std::{future::Future, path::Path, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Database, Executor, PgConnection, Pool, Postgres, Sqlite, SqliteConnection, Transaction,
    pool::{PoolConnection, PoolOptions},
    postgres::{PgConnectOptions, PgListener},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{Exec, fault, is_busy, query};
use crate::store::error::{Error, Result};

/// How long a writer waits for another one, in this process or elsewhere.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(30);
/// How long SQLite itself waits before it says that it is busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a SQLite file is asked whether another connection has committed.
const POLL: Duration = Duration::from_millis(100);
/// Connections for reading. Reads of people do not come here, so a few are enough.
const READERS: u32 = 4;
/// The PostgreSQL channel on which a commit is announced.
const CHANNEL: &str = "kith_commit";
/// The first SQLite without the WAL-reset fault.
const SQLITE_FLOOR: [u32; 3] = [3, 51, 3];

/// Where entries are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file on this machine.
    Sqlite(Pools<Sqlite>),
    /// A server, which several machines may share.
    Postgres(Pools<Postgres>),
}

/// The connections to one database: one to write, a few to read.
#[derive(Debug)]
pub struct Pools<D: Database> {
    writer: Pool<D>,
    readers: Pool<D>,
}

// A derived one would ask for a database that can be cloned.
impl<D: Database> Clone for Pools<D> {
    fn clone(&self) -> Self {
        Self { writer: self.writer.clone(), readers: self.readers.clone() }
    }
}

impl Store {
    /// Names a database without reaching it: [`Store::prepare`] must have ended well before anything else is asked.
    ///
    /// # Errors
    /// [`Error::Url`] for an address of no known form.
    pub fn at(url: &str) -> Result<Self> {
        if let Some(rest) = url.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() || path == ":memory:" {
                return Err(Error::Url);
            }
            return Ok(Self::Sqlite(sqlite(Path::new(path))));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(|_| Error::Url)?;
            return Ok(Self::Postgres(postgres(options)));
        }
        Err(Error::Url)
    }

    /// Connects. Neither migrates nor looks at the tables.
    pub(in crate::store) async fn reach(&self) -> Result<()> {
        let Self::Sqlite(pools) = self else { return self.begin_reading().await.map(drop) };
        within(PATIENCE, async {
            loop {
                // Turning to WAL needs the file for itself and does not heed the busy timeout.
                let mut connection = match pools.writer.acquire().await {
                    Ok(connection) => connection,
                    Err(error) if is_busy(&error) => {
                        sleep(POLL).await;
                        continue;
                    }
                    Err(error) => return Err(fault(error, "")),
                };
                let row = query("SELECT sqlite_version() AS version").one(Exec::Sqlite(&mut connection)).await?;
                return new_enough(&row.get::<String>("version")?);
            }
        })
        .await
    }

    /// Opens the one writing transaction there can be; waits its turn for at most `patience`.
    ///
    /// On both databases the lock is taken here and not at the first write, so what a writer reads
    /// stays true until it commits: no lost update, and no digest of a listing made from two halves.
    pub(in crate::store) async fn begin_within(&self, patience: Duration) -> Result<Open> {
        within(patience, async {
            match self {
                Self::Sqlite(pools) => loop {
                    match pools.writer.begin_with("BEGIN IMMEDIATE").await {
                        Ok(open) => return Ok(Open::Sqlite(open)),
                        // SQLite's own patience is shorter than ours, and is not fair between processes.
                        Err(error) if is_busy(&error) => sleep(POLL / 4).await,
                        Err(error) => return Err(fault(error, "")),
                    }
                },
                Self::Postgres(pools) => {
                    let mut open = Open::Postgres(pools.writer.begin().await.map_err(|error| fault(error, ""))?);
                    query("SELECT sequence FROM directory FOR UPDATE").all(open.exec()).await?;
                    Ok(open)
                }
            }
        })
        .await
    }

    /// Opens a writing transaction for the migrations, when there may be no table to lock yet.
    pub(in crate::store) async fn begin_alone(&self) -> Result<Open> {
        let Self::Postgres(pools) = self else { return self.begin_within(PATIENCE).await };
        within(PATIENCE, async {
            let mut open = Open::Postgres(pools.writer.begin().await.map_err(|error| fault(error, ""))?);
            // The number is arbitrary and is ours alone within this database.
            query("SELECT pg_advisory_xact_lock(?)").bind(0x6b69_7468_i64).all(open.exec()).await?;
            Ok(open)
        })
        .await
    }

    /// Takes the writing connection itself, for what cannot be done in a transaction.
    pub(in crate::store) async fn alone(&self) -> Result<Alone> {
        match self {
            Self::Sqlite(pools) => pools.writer.acquire().await.map(Alone::Sqlite),
            Self::Postgres(pools) => pools.writer.acquire().await.map(Alone::Postgres),
        }
        .map_err(|error| fault(error, ""))
    }

    /// Opens a reading transaction. Its snapshot is taken by the first statement.
    pub(in crate::store) async fn begin_reading(&self) -> Result<Open> {
        Ok(match self {
            Self::Sqlite(pools) => Open::Sqlite(pools.readers.begin().await.map_err(|error| fault(error, ""))?),
            Self::Postgres(pools) => {
                let open = pools.readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await;
                Open::Postgres(open.map_err(|error| fault(error, ""))?)
            }
        })
    }

    /// Whether a table is there.
    pub(in crate::store) async fn has_table(&self, open: &mut Open, table: &'static str) -> Result<bool> {
        let text = match self {
            Self::Sqlite(_) => "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ?",
            Self::Postgres(_) => {
                "SELECT count(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?"
            }
        };
        Ok(query(text).bind(table).one(open.exec()).await?.get::<i64>("n")? > 0)
    }

    /// Listens for commits of anyone from now on.
    pub(in crate::store) async fn bell(&self) -> Result<Bell> {
        match self {
            Self::Sqlite(pools) => {
                let connection = pools.readers.connect_options().connect().await.map_err(|error| fault(error, ""))?;
                let mut bell = Bell::Sqlite { connection, version: 0 };
                bell.rung(Duration::ZERO).await?;
                Ok(bell)
            }
            Self::Postgres(pools) => {
                let mut listener = PgListener::connect_with(&pools.readers).await.map_err(|error| fault(error, ""))?;
                listener.listen(CHANNEL).await.map_err(|error| fault(error, ""))?;
                Ok(Bell::Postgres(listener))
            }
        }
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Self::Postgres(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
        }
    }
}

fn sqlite(path: &Path) -> Pools<Sqlite> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // KiB: an import goes back and forth between rows of several tables.
        .pragma("cache_size", "-32768")
        // What is freed is overwritten: it may have told a place.
        .pragma("secure_delete", "ON");
    // Connections to a file do not age; closing the last writer would fold the log away under the readers.
    let pool = || PoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let writer = pool().max_connections(1).acquire_timeout(PATIENCE).connect_lazy_with(writing);
    let readers = pool().max_connections(READERS).connect_lazy_with(options.read_only(true));
    Pools { writer, readers }
}

fn postgres(options: PgConnectOptions) -> Pools<Postgres> {
    let options = options.application_name("kith").disable_statement_logging();
    let writer = PoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection: &mut PgConnection, _| {
            // A writer that fell silent must not keep the others out for ever.
            let text = "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'";
            Box::pin(async move { connection.execute(sqlx::raw_sql(text)).await.map(|_| ()) })
        })
        .connect_lazy_with(options.clone());
    // One more than on SQLite: the bell keeps one.
    let readers = PoolOptions::new().max_connections(READERS + 1).acquire_timeout(PATIENCE / 3);
    let readers = readers.connect_lazy_with(options);
    Pools { writer, readers }
}

async fn within<T>(patience: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(patience, work).await.unwrap_or(Err(Error::Busy(patience)))
}

fn new_enough(version: &str) -> Result<()> {
    let parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.as_slice() < SQLITE_FLOOR.as_slice() { Err(Error::OldSqlite { found: version.into() }) } else { Ok(()) }
}

/// An open transaction. Dropping it rolls back.
#[derive(Debug)]
pub(in crate::store) enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Open {
    /// Where a statement of this transaction runs.
    pub(in crate::store) fn exec(&mut self) -> Exec<'_> {
        match self {
            Self::Sqlite(open) => Exec::Sqlite(open),
            Self::Postgres(open) => Exec::Postgres(open),
        }
    }

    /// Runs many statements without values: a migration.
    pub(in crate::store) async fn run(&mut self, sqlite: &'static str, postgres: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(open) => sqlx::raw_sql(sqlite).execute(&mut **open).await.map(|_| ()),
            Self::Postgres(open) => sqlx::raw_sql(postgres).execute(&mut **open).await.map(|_| ()),
        }
        .map_err(|error| fault(error, ""))
    }

    /// Commits, and on PostgreSQL tells those who listen. SQLite's listeners see it in the file.
    pub(in crate::store) async fn commit(mut self) -> Result<()> {
        if let Self::Postgres(_) = self {
            query("SELECT pg_notify(?, '')").bind(CHANNEL).all(self.exec()).await?;
        }
        match self {
            Self::Sqlite(open) => open.commit().await,
            Self::Postgres(open) => open.commit().await,
        }
        .map_err(|error| fault(error, ""))
    }
}

/// The writing connection outside any transaction.
pub(in crate::store) enum Alone {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Alone {
    /// Where a statement runs, by itself.
    pub(in crate::store) fn exec(&mut self) -> Exec<'_> {
        match self {
            Self::Sqlite(connection) => Exec::Sqlite(connection),
            Self::Postgres(connection) => Exec::Postgres(connection),
        }
    }
}

/// Tells that someone has committed.
pub(in crate::store) enum Bell {
    Sqlite { connection: SqliteConnection, version: i64 },
    Postgres(PgListener),
}

impl Bell {
    /// Waits until it rings, `true`, or the time is over, `false`. It may ring without need.
    pub(in crate::store) async fn rung(&mut self, at_most: Duration) -> Result<bool> {
        let end = Instant::now() + at_most;
        match self {
            Self::Sqlite { connection, version } => loop {
                let row = query("PRAGMA data_version").one(Exec::Sqlite(connection)).await?;
                let now = row.get::<i64>("data_version")?;
                if std::mem::replace(version, now) != now {
                    return Ok(true);
                }
                if Instant::now() >= end {
                    return Ok(false);
                }
                sleep_until(end.min(Instant::now() + POLL)).await;
            },
            Self::Postgres(listener) => match timeout(at_most, listener.try_recv()).await {
                Err(_) => Ok(false),
                // `None` is a lost connection: what was announced meanwhile is lost with it.
                Ok(Ok(_)) => {
                    while listener.next_buffered().is_some() {}
                    Ok(true)
                }
                Ok(Err(error)) => Err(fault(error, "")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn an_old_sqlite_is_refused() {
        for good in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
            assert!(new_enough(good).is_ok(), "{good}");
        }
        for old in ["3.51.2", "3.9.9", "3.51", "2.99.99", ""] {
            assert!(new_enough(old).is_err(), "{old}");
        }
    }
}
