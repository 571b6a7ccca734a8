//! The seam: one SQL text for SQLite and PostgreSQL. Only this file and its child `connect.rs` name a driver.
//!
//! Statements are put together from literals only, and every value is bound. Markers are `?` and are
//! numbered for PostgreSQL. The count of values is checked here, because SQLite would silently
//! take NULL for one that is missing.

mod connect;

use std::{borrow::Cow, str::FromStr};

use sqlx::{
    AssertSqlSafe, Decode, PgConnection, Postgres, Sqlite, SqliteConnection, Type, postgres::PgRow, sqlite::SqliteRow,
};

pub use self::connect::Store;
pub(super) use self::connect::{Alone, Bell, Open, PATIENCE};
use super::error::{Cause, Error, Result};
use crate::domain::{clock::Timestamp, id::Id};

/// Where a statement runs.
pub(super) enum Exec<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// A value to bind. An absent value keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Real(Option<f64>),
    Bool(Option<bool>),
}

/// `impl From<$from> for Value`, one line each.
macro_rules! values {
    ($($from:ty: |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Value { fn from($value: $from) -> Self { $to } })*
    };
}

values! {
    &str: |value| Self::Text(Some(value.to_owned()));
    String: |value| Self::Text(Some(value));
    Option<String>: |value| Self::Text(value);
    i64: |value| Self::Int(Some(value));
    // Counters stay far below 2^63, and as a bound the greatest number means the same.
    u64: |value| Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)));
    Option<u64>: |value| Self::Int(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)));
    f64: |value| Self::Real(Some(value));
    bool: |value| Self::Bool(Some(value));
    Timestamp: |value| Self::Text(Some(value.to_string()));
}

impl<T> From<Id<T>> for Value {
    fn from(value: Id<T>) -> Self {
        Self::Text(Some(value.to_string()))
    }
}

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Query {
    text: Cow<'static, str>,
    binds: Vec<Value>,
    table: &'static str,
}

/// A statement with `?` for each value.
pub(super) fn query(text: &'static str) -> Query {
    Query { text: Cow::Borrowed(text), binds: Vec::new(), table: "" }
}

impl Query {
    /// A statement joined from literals; no other text can get into one.
    pub(super) fn joined(parts: &[&'static str]) -> Self {
        Self { text: Cow::Owned(parts.concat()), binds: Vec::new(), table: "" }
    }

    /// Binds the next value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.binds.push(value.into());
        self
    }

    /// Binds the next values.
    pub(super) fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.binds.extend(values.into_iter().map(Into::into));
        self
    }

    /// Names the table that a broken constraint will be said of.
    pub(super) fn about(mut self, table: &'static str) -> Self {
        self.table = table;
        self
    }

    /// Runs it; answers how many rows it touched.
    pub(super) async fn execute(self, exec: Exec<'_>) -> Result<u64> {
        let table = self.table;
        match exec {
            Exec::Sqlite(connection) => self.sqlite()?.execute(connection).await.map(|done| done.rows_affected()),
            Exec::Postgres(connection) => self.postgres()?.execute(connection).await.map(|done| done.rows_affected()),
        }
        .map_err(|error| fault(error, table))
    }

    /// Runs it; answers all rows.
    pub(super) async fn all(self, exec: Exec<'_>) -> Result<Vec<Row>> {
        let table = self.table;
        match exec {
            Exec::Sqlite(connection) => {
                self.sqlite()?.fetch_all(connection).await.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Exec::Postgres(connection) => {
                self.postgres()?.fetch_all(connection).await.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        }
        .map_err(|error| fault(error, table))
    }

    /// Runs it; answers the first row, if there is one.
    pub(super) async fn optional(self, exec: Exec<'_>) -> Result<Option<Row>> {
        Ok(self.all(exec).await?.into_iter().next())
    }

    /// Runs it; answers the row that must be there.
    pub(super) async fn one(self, exec: Exec<'_>) -> Result<Row> {
        self.optional(exec)
            .await?
            .ok_or_else(|| Error::Unavailable(Cause("a row that is always there is missing".into())))
    }

    fn sqlite(self) -> Result<sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments>> {
        numbered(&self.text, &self.binds)?;
        Ok(self.binds.into_iter().fold(sqlx::query(AssertSqlSafe(self.text)), |query, value| match value {
            Value::Text(value) => query.bind(value),
            Value::Int(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
            Value::Bool(value) => query.bind(value),
        }))
    }

    fn postgres(self) -> Result<sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments>> {
        let text = numbered(&self.text, &self.binds)?;
        Ok(self.binds.into_iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| match value {
            Value::Text(value) => query.bind(value),
            Value::Int(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
            Value::Bool(value) => query.bind(value),
        }))
    }
}

/// The text with `$1, $2...` for its markers, once the values fit it. A `?` in quotes or in a comment is no marker.
fn numbered(text: &str, binds: &[Value]) -> Result<String> {
    let mut out = String::with_capacity(text.len() + 3 * binds.len());
    let (mut markers, mut within) = (0, None);
    for (at, c) in text.char_indices() {
        match within {
            None if c == '?' => {
                markers += 1;
                out.push_str(&format!("${markers}"));
                continue;
            }
            None if c == '\'' || c == '"' => within = Some(c),
            None if text[at..].starts_with("--") => within = Some('\n'),
            Some(end) if c == end => within = None,
            _ => {}
        }
        out.push(c);
    }
    if markers != binds.len() {
        return Err(Error::Bind { markers, binds: binds.len() });
    }
    if binds.iter().any(|value| matches!(value, Value::Text(Some(text)) if text.contains('\0'))) {
        return Err(Error::Nul);
    }
    Ok(out)
}

/// One row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What both databases can decode: text, `i64`, `f64`, `bool`, and each of them absent.
pub(super) trait Plain:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}
impl<T> Plain for T where T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> {}

impl Row {
    /// The value of a column.
    pub(super) fn get<T: Plain>(&self, column: &'static str) -> Result<T> {
        use sqlx::Row as _;
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|_| Error::Corrupt { column })
    }

    /// A counter.
    pub(super) fn counter(&self, column: &'static str) -> Result<u64> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| Error::Corrupt { column })
    }

    /// Text that is read as something else: an id, an instant.
    pub(super) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T> {
        self.get::<String>(column)?.parse().map_err(|_| Error::Corrupt { column })
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => match error.try_downcast_ref::<sqlx::sqlite::SqliteError>() {
            // The low byte is the primary code: SQLITE_BUSY, SQLITE_LOCKED.
            Some(_) => {
                error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
            }
            // lock_not_available, deadlock_detected, serialization_failure
            None => error.code().is_some_and(|code| matches!(code.as_ref(), "55P03" | "40P01" | "40001")),
        },
        _ => false,
    }
}

/// Our error for the driver's. Messages that can hold a value (data and constraint faults) are left out.
fn fault(error: sqlx::Error, table: &'static str) -> Error {
    let cause = match &error {
        _ if is_busy(&error) => return Error::Busy(PATIENCE),
        sqlx::Error::PoolTimedOut => "no connection was to be had in time".to_owned(),
        sqlx::Error::Database(said) if said.is_unique_violation() => return Error::Taken { table },
        sqlx::Error::Database(said) if said.is_foreign_key_violation() => return Error::UnknownSource { table },
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            let sqlite = said.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
            let silent = if sqlite {
                code.parse::<u32>().is_ok_and(|code| code & 0xff == 19)
            } else {
                code.starts_with("22") || code.starts_with("23")
            };
            if silent { format!("code {code}") } else { format!("code {code}: {}", said.message()) }
        }
        sqlx::Error::Io(said) => said.to_string(),
        sqlx::Error::Tls(_) => "the secure connection could not be made".to_owned(),
        sqlx::Error::PoolClosed => "the store has been closed".to_owned(),
        _ => "the driver refused the statement or the answer".to_owned(),
    };
    Error::Unavailable(Cause(cause))
}

#[cfg(test)]
mod tests {
    use super::{Error, Exec, Value, numbered, query};
    use crate::store::{Store, testing::*};

    #[tokio::test]
    async fn values_of_every_type_come_back_present_or_absent() {
        async fn check(store: Store, _: String) {
            let mut open = store.begin_reading().await.unwrap();
            let four = || query("SELECT ? AS text, ? AS number, ? AS real, ? AS yes");
            let bind = |text: Option<&str>, number, real, yes| {
                four()
                    .bind(text.map(str::to_owned))
                    .bind(Value::Int(number))
                    .bind(Value::Real(real))
                    .bind(Value::Bool(yes))
            };
            let row = bind(Some("cân ?"), Some(i64::MIN), Some(0.1), Some(true)).one(open.exec()).await.unwrap();
            assert_eq!(row.get::<String>("text").unwrap(), "cân ?");
            assert_eq!(row.get::<i64>("number").unwrap(), i64::MIN);
            assert_eq!(row.get::<f64>("real").unwrap().to_bits(), 0.1_f64.to_bits());
            assert!(row.get::<bool>("yes").unwrap());
            assert!(matches!(row.get::<String>("other"), Err(Error::Corrupt { column: "other" })));
            let row = bind(None, None, None, None).one(open.exec()).await.unwrap();
            assert_eq!(row.get::<Option<String>>("text").unwrap(), None);
            assert_eq!(row.get::<Option<i64>>("number").unwrap(), None);
            assert_eq!(row.get::<Option<f64>>("real").unwrap(), None);
            assert_eq!(row.get::<Option<bool>>("yes").unwrap(), None);

            let short = four().bind("a").all(open.exec()).await.map(drop);
            assert!(matches!(short, Err(Error::Bind { markers: 4, binds: 1 })), "{short:?}");
        }
        on_both("values_of_every_type_come_back_present_or_absent", check).await;
    }

    #[tokio::test]
    async fn connections_are_set_to_lose_nothing_and_to_wait_for_nobody_for_ever() {
        async fn check(store: Store, _: String) {
            let mut open = store.begin_within(super::PATIENCE).await.unwrap();
            if matches!(open.exec(), Exec::Postgres(_)) {
                let mut show = async |text, column| query(text).one(open.exec()).await.unwrap().get::<String>(column);
                assert_eq!(show("SHOW lock_timeout", "lock_timeout").await.unwrap(), "30s");
                let silence = "idle_in_transaction_session_timeout";
                assert_eq!(show("SHOW idle_in_transaction_session_timeout", silence).await.unwrap(), "1min");
                return;
            }
            let mut pragma =
                async |text, column| query(text).one(open.exec()).await.unwrap().get::<i64>(column).unwrap();
            assert_eq!(pragma("PRAGMA synchronous", "synchronous").await, 2, "FULL");
            assert_eq!(pragma("PRAGMA foreign_keys", "foreign_keys").await, 1);
            assert_eq!(pragma("PRAGMA busy_timeout", "timeout").await, 5_000);
            let mode = query("PRAGMA journal_mode").one(open.exec()).await.unwrap();
            assert_eq!(mode.get::<String>("journal_mode").unwrap(), "wal");
        }
        on_both("connections_are_set_to_lose_nothing_and_to_wait_for_nobody_for_ever", check).await;
    }

    #[test]
    fn markers_are_numbered_outside_quotes_and_comments() {
        let two = [Value::from("a"), Value::from(1.5)];
        let text = "SELECT '?', \"?\" -- ?\nFROM t WHERE a = ? AND b = ?";
        assert_eq!(numbered(text, &two).unwrap(), "SELECT '?', \"?\" -- ?\nFROM t WHERE a = $1 AND b = $2");
    }

    #[test]
    fn a_count_of_values_that_differs_is_refused() {
        for binds in [vec![], vec![Value::from(1_i64), Value::from(true)]] {
            let given = binds.len();
            assert!(matches!(numbered("a = ?", &binds), Err(Error::Bind { markers: 1, binds }) if binds == given));
        }
    }
}
