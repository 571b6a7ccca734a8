//! Reading and writing entries: one row per record, found by its id, its keys or its source's id.

use std::collections::{HashMap, HashSet};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Snapshot, Tx,
    error::{Error, Result},
    sql::{Query, Row, Value, query},
};
use crate::domain::{
    entry::{Aggregate, Entry, Origin, Standing},
    id::{Id, Kind, kind},
};

/// A kind of record that has a table. Implemented in `tables.rs`, one line each.
pub trait Kept: Aggregate {
    /// The table.
    const TABLE: &'static str;
    /// The columns that only this table has.
    const KEYS: &'static [&'static str];

    /// The values of those columns, in the same order.
    fn keys(entry: &Entry<Self>) -> Vec<Option<String>>;
}

/// A column that holds the id of another record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Services and locations of organizations.
    Organization,
    /// Places of services.
    Service,
    /// Services at locations.
    Location,
    /// Terms of taxonomies.
    Taxonomy,
}

impl Key {
    const fn column(self) -> &'static str {
        match self {
            Self::Organization => "organization_id",
            Self::Service => "service_id",
            Self::Location => "location_id",
            Self::Taxonomy => "taxonomy_id",
        }
    }
}

/// What every such table has beside its id, in the order in which it is written.
const COMMON: [&str; 9] =
    ["standing", "source_id", "foreign_id", "revision", "created", "changed", "facts", "extra", "record"];
/// Rows in one INSERT: with a dozen columns far below what either database can bind.
const ROWS: usize = 100;
/// Ids in one IN list.
const IDS: usize = 128;

impl Snapshot {
    /// The entries with these ids, in the order of ids. Ids that are not there are left out.
    pub async fn get<T: Kept>(&mut self, ids: &[Id<T::Kind>]) -> Result<Vec<Entry<T>>> {
        self.among(&[], "id", ids.iter().map(ToString::to_string)).await
    }

    /// The entries whose key is one of these ids, in the order of their own ids.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when the table has no such column.
    pub async fn by_key<T: Kept, K: Kind>(&mut self, key: Key, ids: &[Id<K>]) -> Result<Vec<Entry<T>>> {
        let column = key_column::<T, K>(key)?;
        self.among(&[], column, ids.iter().map(ToString::to_string)).await
    }

    /// Of the records with these ids, the id that one of their columns holds. Nothing else of them is read.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when the table has no such column.
    pub async fn keys_of<T: Kept, K: Kind>(
        &mut self,
        key: Key,
        ids: &[Id<T::Kind>],
    ) -> Result<Vec<(Id<T::Kind>, Option<Id<K>>)>> {
        let column = key_column::<T, K>(key)?;
        self.pairs::<T, K>(column, "id", ids.iter().map(ToString::to_string)).await
    }

    /// The records whose key is one of these ids, each with that id, in the order of their own. Nothing else of them is read.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when the table has no such column.
    pub async fn ids_by_key<T: Kept, K: Kind>(
        &mut self,
        key: Key,
        ids: &[Id<K>],
    ) -> Result<Vec<(Id<T::Kind>, Option<Id<K>>)>> {
        let column = key_column::<T, K>(key)?;
        self.pairs::<T, K>(column, column, ids.iter().map(ToString::to_string)).await
    }

    /// Those of these ids that there are records of, in their order.
    pub async fn present<T: Kept>(&mut self, ids: &[Id<T::Kind>]) -> Result<Vec<Id<T::Kind>>> {
        let pairs = self.pairs::<T, T::Kind>("id", "id", ids.iter().map(ToString::to_string)).await?;
        Ok(pairs.into_iter().map(|(id, _)| id).collect())
    }

    /// The entries that the source knows by these ids of its own.
    pub async fn by_foreign<T: Kept>(
        &mut self,
        source: Id<kind::Source>,
        foreign: &[String],
    ) -> Result<HashMap<String, Entry<T>>> {
        let entries = self.among(&[("source_id", source.to_string())], "foreign_id", foreign.iter().cloned()).await?;
        Ok(entries.into_iter().map(|entry: Entry<T>| (entry.origin.foreign_id.clone(), entry)).collect())
    }

    /// At most `limit` entries after an id, in the order of ids.
    pub async fn page<T: Kept>(&mut self, after: Option<Id<T::Kind>>, limit: u32) -> Result<Vec<Entry<T>>> {
        let after = after.map_or_else(String::new, |id| id.to_string());
        let mut parts = select::<T>();
        parts.push(" WHERE id > ? ORDER BY id LIMIT ?");
        let rows = Query::joined(&parts).bind(after).bind(i64::from(limit)).all(self.open.exec()).await?;
        rows.iter().map(entry).collect()
    }

    /// How many entries there are, whatever their standing.
    pub async fn count<T: Kept>(&mut self) -> Result<u64> {
        Query::joined(&["SELECT count(*) AS n FROM ", T::TABLE]).one(self.open.exec()).await?.counter("n")
    }

    /// At most `limit` services that say something which was to be believed until before a day (`YYYY-MM-DD`).
    pub async fn believed_until_before(&mut self, day: &str, limit: u32) -> Result<Vec<Id<kind::Service>>> {
        let rows = query("SELECT id FROM service WHERE believed_until < ? ORDER BY id LIMIT ?")
            .bind(day)
            .bind(i64::from(limit))
            .all(self.open.exec())
            .await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    async fn pairs<T: Kept, K: Kind>(
        &mut self,
        shown: &'static str,
        column: &'static str,
        values: impl Iterator<Item = String>,
    ) -> Result<Vec<(Id<T::Kind>, Option<Id<K>>)>> {
        let mut pairs = Vec::new();
        for values in in_lists(values) {
            let mut parts = vec!["SELECT id, ", shown, " AS other FROM ", T::TABLE, " WHERE ", column, " IN (?"];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            for row in Query::joined(&parts).bind_all(values).all(self.open.exec()).await? {
                let other: Option<String> = row.get("other")?;
                let other = other.map(|id| id.parse().map_err(|_| Error::Corrupt { column: shown })).transpose()?;
                pairs.push((row.parsed("id")?, other));
            }
        }
        pairs.sort_unstable_by_key(|(id, _)| *id);
        Ok(pairs)
    }

    /// The entries in whose column one of these values stands, and in fixed columns these, in the order of ids.
    pub(super) async fn among<T: Kept>(
        &mut self,
        fixed: &[(&'static str, String)],
        column: &'static str,
        values: impl Iterator<Item = String>,
    ) -> Result<Vec<Entry<T>>> {
        let mut entries = Vec::new();
        for values in in_lists(values) {
            let mut parts = select::<T>();
            parts.push(" WHERE ");
            fixed.iter().for_each(|(name, _)| parts.extend([name, " = ? AND "]));
            parts.extend([column, " IN (?"]);
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            let query = Query::joined(&parts).bind_all(fixed.iter().map(|(_, value)| value.as_str())).bind_all(values);
            for row in query.all(self.open.exec()).await? {
                entries.push(entry::<T>(&row)?);
            }
        }
        entries.sort_unstable_by_key(|entry| entry.record.id());
        Ok(entries)
    }
}

impl Tx {
    /// Writes entries: new ones, and new revisions of those that are there.
    ///
    /// The caller counts the revision up. When an entry was created is kept from its first writing. Nothing is changed for readers or in the log until lines for the
    /// touched listings are committed.
    ///
    /// # Errors
    /// [`Error::Stale`] when the store holds this revision or a later one, [`Error::Taken`] when another row has
    /// the source's id, [`Error::Nul`] for text with U+0000, [`Error::Repeated`] for an id given twice. After
    /// any of them the transaction is of no more use.
    pub async fn put<T: Kept>(&mut self, entries: &[Entry<T>]) -> Result<()> {
        let mut seen = HashSet::with_capacity(entries.len());
        if !entries.iter().all(|entry| seen.insert(entry.record.id())) {
            return Err(Error::Repeated { table: T::TABLE });
        }
        for chunk in entries.chunks(ROWS) {
            let mut query = Query::joined(&upsert::<T>(chunk.len())).about(T::TABLE);
            for entry in chunk {
                query = query.bind_all(values(entry)?);
            }
            if query.execute(self.open.exec()).await? != chunk.len() as u64 {
                return Err(Error::Stale { table: T::TABLE });
            }
        }
        Ok(())
    }
}

/// Values for IN lists, each once. A list is filled up to a power of two with its last value, so that few
/// different statements have to be prepared.
pub(super) fn in_lists(values: impl Iterator<Item = String>) -> impl Iterator<Item = Vec<String>> {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    let mut rest = values.into_iter().peekable();
    std::iter::from_fn(move || {
        rest.peek()?;
        let mut list: Vec<String> = rest.by_ref().take(IDS).collect();
        let last = list.last().cloned()?;
        list.resize(list.len().next_power_of_two(), last);
        Some(list)
    })
}

/// The column of a key, if the table has it and it holds such ids.
fn key_column<T: Kept, K: Kind>(key: Key) -> Result<&'static str> {
    let column = key.column();
    if !T::KEYS.contains(&column) || column.strip_suffix("_id") != Some(K::NAME) {
        return Err(Error::NoSuchKey { table: T::TABLE, column });
    }
    Ok(column)
}

fn select<T: Kept>() -> Vec<&'static str> {
    let mut parts = vec!["SELECT "];
    parts.extend(commas(COMMON.into_iter()));
    parts.extend([" FROM ", T::TABLE]);
    parts
}

fn upsert<T: Kept>(rows: usize) -> Vec<&'static str> {
    let columns = || ["id"].into_iter().chain(T::KEYS.iter().copied()).chain(COMMON);
    let mut parts = vec!["INSERT INTO ", T::TABLE, " ("];
    parts.extend(commas(columns()));
    parts.push(") VALUES ");
    for row in 0..rows {
        parts.push(if row == 0 { "(" } else { ", (" });
        parts.extend(commas(columns().map(|_| "?")));
        parts.push(")");
    }
    parts.push(" ON CONFLICT (id) DO UPDATE SET ");
    for (n, column) in columns().filter(|column| !["id", "created"].contains(column)).enumerate() {
        parts.extend([if n == 0 { "" } else { ", " }, column, " = excluded.", column]);
    }
    // An older revision than the one that is there never wins.
    parts.extend([" WHERE ", T::TABLE, ".revision < excluded.revision"]);
    parts
}

fn commas(words: impl Iterator<Item = &'static str>) -> impl Iterator<Item = &'static str> {
    words.enumerate().flat_map(|(n, word)| [if n == 0 { "" } else { ", " }, word])
}

fn values<T: Kept>(entry: &Entry<T>) -> Result<Vec<Value>> {
    let mut values = vec![entry.record.id().into()];
    values.extend(T::keys(entry).into_iter().map(Value::from));
    values.extend([
        entry.standing.as_str().into(),
        entry.origin.source.into(),
        entry.origin.foreign_id.as_str().into(),
        entry.revision.into(),
        entry.created.into(),
        entry.changed.into(),
        json(T::TABLE, &entry.facts)?.into(),
        json(T::TABLE, &entry.extra)?.into(),
        json(T::TABLE, &entry.record)?.into(),
    ]);
    Ok(values)
}

/// JSON text without NUL: written as an escape it would pass the database and come back.
fn json<V: Serialize>(table: &'static str, value: &V) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|_| Error::Unwritable { table })?;
    let escaped = text.match_indices("\\u0000").any(|(at, _)| {
        // An even number of backslashes before it are themselves escaped.
        text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
    });
    if escaped { Err(Error::Nul) } else { Ok(text) }
}

#[cfg(test)]
std::thread_local! {
    /// How many entries this thread has read.
    pub(crate) static ENTRIES_READ: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

fn entry<T: Kept>(row: &Row) -> Result<Entry<T>> {
    #[cfg(test)]
    ENTRIES_READ.with(|read| read.set(read.get() + 1));
    Ok(Entry {
        record: parse(row, "record")?,
        facts: parse(row, "facts")?,
        extra: parse(row, "extra")?,
        standing: parse_standing(&row.get::<String>("standing")?)?,
        origin: Origin { source: row.parsed("source_id")?, foreign_id: row.get("foreign_id")? },
        revision: row.counter("revision")?,
        created: row.parsed("created")?,
        changed: row.parsed("changed")?,
    })
}

fn parse<V: DeserializeOwned>(row: &Row, column: &'static str) -> Result<V> {
    // The reason is not passed on: it may quote the text.
    serde_json::from_str(&row.get::<String>(column)?).map_err(|_| Error::Corrupt { column })
}

fn parse_standing(word: &str) -> Result<Standing> {
    [Standing::Published, Standing::Withdrawn, Standing::Retired]
        .into_iter()
        .find(|standing| standing.as_str() == word)
        .ok_or(Error::Corrupt { column: "standing" })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{Key, in_lists};
    use crate::{
        domain::{
            entry::{Entry, Origin, Standing},
            id::{Id, kind},
        },
        store::{Error, Store, testing::*},
    };

    async fn keep(store: &Store, entries: &[Entry<Group>]) {
        let mut tx = store.begin().await.unwrap();
        tx.put_source(&source()).await.unwrap();
        tx.put(entries).await.unwrap();
        tx.commit(audit(), &[]).await.unwrap();
    }

    #[tokio::test]
    async fn entries_come_back_as_they_were_put() {
        async fn check(store: Store, _: String) {
            let mut groups: Vec<_> = (1..=300).map(group).collect();
            keep(&store, &groups).await;
            let later = LATER.parse().unwrap();
            groups[4] = Entry { standing: Standing::Withdrawn, revision: 2, changed: later, ..group(5) };
            keep(&store, &[Entry { created: later, ..groups[4].clone() }]).await;

            let mut snapshot = store.snapshot().await.unwrap();
            let ids: Vec<_> = groups.iter().map(|group| group.record.id).rev().chain([Id::from_u128(999)]).collect();
            assert_eq!(snapshot.get::<Group>(&ids).await.unwrap(), groups);
            assert_eq!(snapshot.get::<Group>(&[]).await.unwrap(), []);
            assert_eq!(snapshot.count::<Group>().await.unwrap(), 300);
        }
        on_both("entries_come_back_as_they_were_put", check).await;
    }

    #[tokio::test]
    async fn entries_are_found_by_key_and_by_the_id_of_their_source() {
        async fn check(store: Store, _: String) {
            keep(&store, &(1..=300).map(group).collect::<Vec<_>>()).await;
            let mut snapshot = store.snapshot().await.unwrap();
            let organizations = [Id::<kind::Organization>::from_u128(3), Id::from_u128(1), Id::from_u128(3)];
            let found = snapshot.by_key::<Group, _>(Key::Organization, &organizations).await.unwrap();
            assert_eq!(found, (10..20).chain(30..40).map(group).collect::<Vec<_>>());

            let foreign: Vec<String> = [7, 250, 999].map(|n| format!("g/{n}")).into();
            let found = snapshot.by_foreign::<Group>(source().id, &foreign).await.unwrap();
            assert_eq!(found.len(), 2);
            assert_eq!(found["g/250"], group(250));
            assert!(snapshot.by_foreign::<Group>(Id::from_u128(2), &foreign).await.unwrap().is_empty());

            let of = |n: u128| Id::<kind::Organization>::from_u128(n);
            let pairs = snapshot.ids_by_key::<Group, _>(Key::Organization, &organizations).await.unwrap();
            let expected = (10..20).map(|n| (group(n), 1)).chain((30..40).map(|n| (group(n), 3)));
            assert_eq!(pairs, expected.map(|(group, by)| (group.record.id, Some(of(by)))).collect::<Vec<_>>());
            let ids = [group(31), group(12)].map(|group| group.record.id);
            let keys = snapshot.keys_of::<Group, kind::Organization>(Key::Organization, &ids).await.unwrap();
            assert_eq!(keys, [(ids[1], Some(of(1))), (ids[0], Some(of(3)))]);
            assert_eq!(snapshot.present::<Group>(&[ids[0], Id::from_u128(999)]).await.unwrap(), [ids[0]]);
            let no_such = snapshot.by_key::<Group, kind::Location>(Key::Location, &[]).await;
            assert!(
                matches!(no_such, Err(Error::NoSuchKey { table: "service", column: "location_id" })),
                "{no_such:?}"
            );
            let other_kind = snapshot.by_key::<Group, kind::Service>(Key::Organization, &[]).await;
            assert!(matches!(other_kind, Err(Error::NoSuchKey { .. })), "{other_kind:?}");
        }
        on_both("entries_are_found_by_key_and_by_the_id_of_their_source", check).await;
    }

    #[tokio::test]
    async fn pages_go_through_all_entries_once() {
        async fn check(store: Store, _: String) {
            keep(&store, &(1..=25).map(group).collect::<Vec<_>>()).await;
            let mut snapshot = store.snapshot().await.unwrap();
            let (mut after, mut seen) = (None, Vec::new());
            for expected in [10, 10, 5, 0] {
                let page = snapshot.page::<Group>(after, 10).await.unwrap();
                assert_eq!(page.len(), expected);
                after = page.last().map(|entry| entry.record.id).or(after);
                seen.extend(page);
            }
            assert_eq!(seen, (1..=25).map(group).collect::<Vec<_>>());
        }
        on_both("pages_go_through_all_entries_once", check).await;
    }

    #[tokio::test]
    async fn a_write_that_would_lose_something_is_refused() {
        async fn check(store: Store, _: String) {
            keep(&store, &[group(1), group(2)]).await;
            let put = async |entries: &[Entry<Group>]| store.begin().await.unwrap().put(entries).await;

            let stale = put(&[group(3), group(1)]).await;
            assert!(matches!(stale, Err(Error::Stale { table: "service" })), "{stale:?}");
            let twice = put(&[group(3), group(3)]).await;
            assert!(matches!(twice, Err(Error::Repeated { .. })), "{twice:?}");
            let taken = put(&[Entry { origin: group(2).origin, ..group(3) }]).await;
            assert!(matches!(taken, Err(Error::Taken { table: "service" })), "{taken:?}");
            let told = taken.map_err(|taken| format!("{taken} {taken:?}")).unwrap_err();
            assert!(!told.contains("g/2") && !told.contains(&Id::<()>::from_u128(3).to_string()), "{told}");
            let unknown = Origin { source: Id::from_u128(77), foreign_id: "x".into() };
            let unknown = put(&[Entry { origin: unknown, ..group(3) }]).await;
            assert!(matches!(unknown, Err(Error::UnknownSource { table: "service" })), "{unknown:?}");
            assert_eq!(store.snapshot().await.unwrap().count::<Group>().await.unwrap(), 2);
        }
        on_both("a_write_that_would_lose_something_is_refused", check).await;
    }

    #[tokio::test]
    async fn nul_is_refused_wherever_it_stands() {
        async fn check(store: Store, _: String) {
            keep(&store, &[]).await;
            let named = |name: &str| {
                let mut entry = group(1);
                entry.record.name = name.into();
                entry
            };
            let foreign = Origin { source: source().id, foreign_id: "a\0b".into() };
            for bad in [named("a\0b"), named("\\\0"), Entry { origin: foreign, ..group(1) }] {
                let refused = store.begin().await.unwrap().put(&[bad]).await.unwrap_err();
                assert!(matches!(refused, Error::Nul), "{refused:?}");
                assert_eq!(refused.to_string(), "text with a NUL character is not kept");
            }
            let innocent = named("the six characters \\u0000 are text");
            keep(&store, std::slice::from_ref(&innocent)).await;
            assert_eq!(store.snapshot().await.unwrap().get(&[innocent.record.id]).await.unwrap(), [innocent]);
        }
        on_both("nul_is_refused_wherever_it_stands", check).await;
    }

    #[tokio::test]
    async fn thousands_of_entries_are_put_quickly() {
        async fn check(store: Store, _: String) {
            let groups: Vec<_> = (1..=5_000).map(group).collect();
            let lines: Vec<_> = (1..=5_000).map(|n| line(n, Some("a"))).collect();
            let start = Instant::now();
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.put(&groups).await.unwrap();
            let put = start.elapsed();
            tx.commit(audit(), &lines).await.unwrap();
            let rate = |time: std::time::Duration| 5_000.0 / time.as_secs_f64();
            eprintln!("  put {:.0}/s, put and committed {:.0}/s", rate(put), rate(start.elapsed()));
            assert_eq!(store.snapshot().await.unwrap().count::<Group>().await.unwrap(), 5_000);
        }
        on_both("thousands_of_entries_are_put_quickly", check).await;
    }

    #[test]
    fn lists_are_bounded_and_hold_each_value_once() {
        let lists: Vec<_> = in_lists((0..300).chain(0..5).map(|n| format!("{n:03}"))).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [128, 128, 64]);
        let mut all = lists.concat();
        all.dedup();
        assert_eq!(all.len(), 300);
        assert_eq!(in_lists(std::iter::empty()).count(), 0);
    }
}
