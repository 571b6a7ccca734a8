//! The only way to commit: the records, the log, the audit line and both counters together.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::{
    Snapshot, Tx,
    changes::Published,
    error::{Error, Result},
    sql::{Query, query},
};
use crate::domain::{
    clock::Timestamp,
    id::{Id, Kind, kind},
};

/// What a keeper can later read of a commit. Names of operations and counts, never values of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// When it happened: the instant that the written entries carry.
    pub at: Timestamp,
    /// Who did it: a key's or a person's id, or the command.
    pub actor: String,
    /// What was done: `import`, `withdraw`.
    pub action: &'static str,
    /// The id of what it was done to, if it was one thing.
    pub subject: Option<String>,
    /// Counts and names of operations.
    pub detail: Json,
}

/// Something that readers are shown by an id of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListingRef {
    /// What it is known by in the log and in the view. A listing's is its id; other records have their kind before
    /// theirs (`taxonomy/...`), because a source may give records of different kinds the same id.
    pub id: String,
    /// The record's kind.
    pub kind: ListingKind,
}

impl ListingRef {
    /// A record of a kind by its id.
    pub fn new<T: Kind>(kind: ListingKind, id: Id<T>) -> Self {
        let id = match kind {
            ListingKind::Service | ListingKind::Organization => id.to_string(),
            other => format!("{}/{id}", other.as_str()),
        };
        Self { id, kind }
    }

    /// The record's id.
    pub fn record<T: Kind>(&self) -> Option<Id<T>> {
        self.id.rsplit('/').next()?.parse().ok()
    }
}

/// `enum $name` whose words are kept in the database.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $column:literal { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The word kept in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The value that a word of the database stands for.
            pub(super) fn of(word: &str) -> Result<Self> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(Error::Corrupt { column: $column }) }
            }
        }
    };
}

words! {
    /// The kinds of what readers are shown: listings, and records that only the feed shows by an id of their own.
    ListingKind, "listing_kind" {
        /// A service, with its places.
        Service "service",
        /// An organization.
        Organization "organization",
        /// A service at one place.
        ServiceAtLocation "service_at_location",
        /// All holds together.
        Holds "holds",
        /// A scheme of terms.
        Taxonomy "taxonomy",
        /// A term.
        TaxonomyTerm "taxonomy_term",
    }
}

words! {
    /// What was done to a listing.
    Action, "action" {
        /// It was written, or something that it shows was.
        Put "put",
        /// It is not to be shown any more.
        Withdraw "withdraw",
    }
}

/// One listing that a commit touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which one.
    pub listing: ListingRef,
    /// What was done.
    pub action: Action,
    /// A digest of the bytes that readers are shown from now on; `None` when they are shown nothing.
    pub digest: Option<String>,
}

/// Where the counters stand after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The number of its last line.
    pub sequence: u64,
    /// Moved by one if readers are shown anything else than before.
    pub public_sequence: u64,
}

/// Lines in one INSERT.
const ROWS: usize = 100;

impl Snapshot {
    /// The number of the last commit; each has an audit line.
    pub async fn last_commit(&mut self) -> Result<u64> {
        query("SELECT coalesce(max(id), 0) AS n FROM audit").one(self.open.exec()).await?.counter("n")
    }

    /// Whether another run than this has committed something of the source since that commit.
    ///
    /// Both must be ids, as runs write them into the `detail` of their audit lines.
    pub async fn was_overtaken(&mut self, since: u64, source: Id<kind::Source>, run: Id<()>) -> Result<bool> {
        let others = query("SELECT count(*) AS n FROM audit WHERE id > ? AND detail LIKE ? AND detail NOT LIKE ?")
            .bind(since)
            .bind(format!("%{source}%"))
            .bind(format!("%{run}%"));
        Ok(others.one(self.open.exec()).await?.counter("n")? > 0)
    }
}

impl Tx {
    /// Commits what was put, with the listings that it touches. A listing named twice counts once, as last named.
    ///
    /// Every line takes the next number. The public number moves by one if for at least one line readers are
    /// shown other bytes than before; lines without such a change have no public number.
    ///
    /// # Errors
    /// After any error nothing of the transaction is kept, except when the connection broke in the
    /// moment of committing: then it may or may not be, and writing again is safe.
    pub async fn commit(mut self, audit: Audit, lines: &[Line]) -> Result<Committed> {
        let lines = last_of_each(lines);
        let ids: Vec<String> = lines.iter().map(|line| line.listing.id.clone()).collect();
        let shown = self.published(&ids).await?;
        let moved: Vec<bool> = lines.iter().map(|line| moves(line, shown.get(&line.listing.id))).collect();

        let row = query(
            "UPDATE directory SET sequence = sequence + ?, public_sequence = public_sequence + ?
             RETURNING sequence, public_sequence",
        )
        .bind(lines.len() as u64)
        .bind(u64::from(moved.contains(&true)))
        .one(self.open.exec())
        .await?;
        let committed =
            Committed { sequence: row.counter("sequence")?, public_sequence: row.counter("public_sequence")? };

        self.log(&lines, &moved, committed, audit.at).await?;
        let news = lines.iter().zip(&moved).filter(|(_, moved)| **moved).map(|(line, _)| *line).collect::<Vec<_>>();
        self.show(&news, &shown, committed.public_sequence).await?;
        self.write_audit(audit).await?;
        self.inner.open.commit().await?;
        Ok(committed)
    }

    async fn log(&mut self, lines: &[&Line], moved: &[bool], committed: Committed, at: Timestamp) -> Result<()> {
        let mut sequence = committed.sequence - lines.len() as u64;
        let numbered: Vec<_> = lines.iter().zip(moved).collect();
        for chunk in numbered.chunks(ROWS) {
            let head =
                "INSERT INTO change_log (sequence, public_sequence, listing_id, listing_kind, action, at) VALUES ";
            let mut query = Query::joined(&rows(head, "(?, ?, ?, ?, ?, ?)", chunk.len(), "")).about("change_log");
            for (line, moved) in chunk {
                sequence += 1;
                query = query
                    .bind(sequence)
                    .bind(moved.then_some(committed.public_sequence))
                    .bind(line.listing.id.as_str())
                    .bind(line.listing.kind.as_str())
                    .bind(line.action.as_str())
                    .bind(at);
            }
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }

    async fn show(&mut self, lines: &[&Line], before: &HashMap<String, Published>, public_sequence: u64) -> Result<()> {
        for chunk in lines.chunks(ROWS) {
            let head = "INSERT INTO published (listing_id, listing_kind, digest, gone, public_sequence) VALUES ";
            let tail = " ON CONFLICT (listing_id) DO UPDATE SET listing_kind = excluded.listing_kind,
                digest = excluded.digest, gone = excluded.gone, public_sequence = excluded.public_sequence";
            let mut query = Query::joined(&rows(head, "(?, ?, ?, ?, ?)", chunk.len(), tail)).about("published");
            for line in chunk {
                let last = || before.get(&line.listing.id).map(|before| before.digest.clone()).unwrap_or_default();
                query = query
                    .bind(line.listing.id.as_str())
                    .bind(line.listing.kind.as_str())
                    .bind(line.digest.clone().unwrap_or_else(last))
                    .bind(line.digest.is_none())
                    .bind(public_sequence);
            }
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }

    async fn write_audit(&mut self, audit: Audit) -> Result<()> {
        // The counter's lock is held, so no other commit can take the same number.
        query(
            "INSERT INTO audit (id, at, actor, action, subject, detail)
             SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ? FROM audit",
        )
        .bind(audit.at)
        .bind(audit.actor)
        .bind(audit.action)
        .bind(audit.subject)
        .bind(audit.detail.to_string())
        .about("audit")
        .execute(self.open.exec())
        .await?;
        Ok(())
    }
}

/// Whether readers are shown something else than before.
fn moves(line: &Line, before: Option<&Published>) -> bool {
    let before = before.filter(|before| !before.gone).map(|before| before.digest.as_str());
    line.digest.as_deref() != before
}

/// One line per listing: where a commit names one twice, only how it ends is true.
fn last_of_each(lines: &[Line]) -> Vec<&Line> {
    let mut seen = HashSet::with_capacity(lines.len());
    let mut kept: Vec<&Line> = lines.iter().rev().filter(|line| seen.insert(&line.listing.id)).collect();
    kept.reverse();
    kept
}

fn rows(head: &'static str, row: &'static str, count: usize, tail: &'static str) -> Vec<&'static str> {
    let mut parts = vec![head, row];
    parts.extend((1..count).flat_map(|_| [", ", row]));
    parts.push(tail);
    parts
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Action, Committed};
    use crate::store::{Line, Store, sql::query, testing::*};

    async fn commit(store: &Store, lines: &[Line]) -> (u64, u64) {
        let Committed { sequence, public_sequence } =
            store.begin().await.unwrap().commit(audit(), lines).await.unwrap();
        assert_eq!(store.state().await.unwrap().sequence, sequence);
        assert_eq!(store.state().await.unwrap().public_sequence, public_sequence);
        (sequence, public_sequence)
    }

    #[tokio::test]
    async fn the_public_number_moves_only_with_what_readers_are_shown() {
        async fn check(store: Store, _: String) {
            assert_eq!(commit(&store, &[line(1, Some("a")), line(2, Some("b"))]).await, (2, 1));
            assert_eq!(commit(&store, &[line(1, Some("a")), line(2, Some("b"))]).await, (4, 1), "the same bytes");
            assert_eq!(commit(&store, &[line(1, Some("a")), line(2, Some("c"))]).await, (6, 2), "one of two");
            assert_eq!(commit(&store, &[line(3, None)]).await, (7, 2), "was never public");
            assert_eq!(commit(&store, &[line(1, None)]).await, (8, 3), "went");
            assert_eq!(commit(&store, &[line(1, None)]).await, (9, 3), "was gone");
            assert_eq!(commit(&store, &[line(1, Some("a"))]).await, (10, 4), "came back");
            assert_eq!(commit(&store, &[]).await, (10, 4), "no line, no number");
            assert_eq!(commit(&store, &[line(1, None), line(1, Some("a"))]).await, (11, 4), "only the end counts");

            let changes = store.changes_since(0, 100).await.unwrap();
            let public: Vec<_> = changes.iter().map(|change| change.public_sequence).collect();
            let expected = [Some(1), Some(1), None, None, None, Some(2), None, Some(3), None, Some(4), None];
            assert_eq!(public, expected);
            assert_eq!((changes[7].action, changes[9].action), (Action::Withdraw, Action::Put));
            assert_eq!((changes[0].at, &changes[0].listing), (now(), &line(1, None).listing));

            let shown = store.snapshot().await.unwrap().published_page(None, 10).await.unwrap();
            let shown: Vec<_> = shown.iter().map(|(_, p)| (p.digest.as_str(), p.gone, p.public_sequence)).collect();
            assert_eq!(shown, [("a", false, 4), ("c", false, 2)]);
        }
        on_both("the_public_number_moves_only_with_what_readers_are_shown", check).await;
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_leaves_nothing() {
        async fn check(store: Store, _: String) {
            commit(&store, &[line(1, Some("a"))]).await;
            let before = store.state().await.unwrap();
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.put(&[group(1)]).await.unwrap();
            assert_eq!(tx.count::<Group>().await.unwrap(), 1, "it sees its own writes");
            drop(tx);

            // A commit that fails half-way: its audit line cannot be kept.
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            let mut broken = audit();
            broken.actor = "a\0b".into();
            assert!(tx.commit(broken, &[line(1, Some("z")), line(2, Some("z"))]).await.is_err());

            let mut snapshot = store.snapshot().await.unwrap();
            assert_eq!(snapshot.state().await.unwrap(), before);
            assert_eq!(snapshot.count::<Group>().await.unwrap(), 0);
            assert_eq!(snapshot.sources().await.unwrap(), []);
            assert_eq!(store.changes_since(0, 10).await.unwrap().len(), 1);
            assert_eq!(commit(&store, &[line(1, Some("b"))]).await, (2, 2), "and no number is lost");
        }
        on_both("a_transaction_that_is_dropped_leaves_nothing", check).await;
    }

    #[tokio::test]
    async fn every_commit_has_its_audit_line() {
        async fn check(store: Store, _: String) {
            commit(&store, &[line(1, Some("a"))]).await;
            commit(&store, &[]).await;
            let mut tx = store.begin().await.unwrap();
            let rows = query("SELECT id, action, detail FROM audit ORDER BY id").all(tx.open.exec()).await.unwrap();
            let rows: Vec<_> = rows
                .iter()
                .map(|row| (row.get("id").unwrap(), row.get("action").unwrap(), row.get("detail").unwrap()))
                .collect::<Vec<(i64, String, String)>>();
            let expected = |id| (id, "import".to_owned(), r#"{"created":1}"#.to_owned());
            assert_eq!(rows, [expected(1), expected(2)]);
        }
        on_both("every_commit_has_its_audit_line", check).await;
    }

    #[tokio::test]
    async fn a_writer_that_is_killed_leaves_whole_commits() {
        const TEST: &str = "a_writer_that_is_killed_leaves_whole_commits";
        if let Some(url) = child_url() {
            let store = reopen(&url).await;
            for n in 1..100_000 {
                let mut tx = store.begin().await.unwrap();
                tx.put(&[group(n)]).await.unwrap();
                tx.commit(audit(), &[line(n, Some("a"))]).await.unwrap();
            }
            return;
        }
        async fn check(store: Store, url: String) {
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let mut writer = child(module_path!(), TEST, &url).spawn().unwrap();
            let mut watch = store.watch().await.unwrap();
            for _ in 0..100 {
                watch.changed(Duration::from_secs(1)).await.unwrap();
                if store.state().await.unwrap().sequence > 9 {
                    break;
                }
            }
            writer.kill().unwrap();
            writer.wait().unwrap();

            // The next turn comes, though the other never gave it back.
            let mut tx = store.begin().await.unwrap();
            let state = tx.state().await.unwrap();
            assert!(state.sequence > 9, "{state:?}");
            assert_eq!(tx.count::<Group>().await.unwrap(), state.sequence);
            assert_eq!(tx.changes_since(0, u32::MAX).await.unwrap().len() as u64, state.sequence);
            assert_eq!(tx.published_page(None, u32::MAX).await.unwrap().len() as u64, state.sequence);
            let committed = tx.commit(audit(), &[line(0, Some("a"))]).await.unwrap();
            assert_eq!(committed.sequence, state.sequence + 1);
        }
        on_both(TEST, check).await;
    }

    const COMMITS: u64 = 20;

    /// Commits one and two lines by turns, each commit under a mark of its own.
    async fn write(store: &Store, writer: u128) {
        for n in 0..u128::from(COMMITS) {
            let at = writer * 1_000 + n * 2;
            let lines = [line(at, Some("a")), line(at + 1, Some("a"))];
            let tx = store.begin().await.unwrap();
            tx.commit(audit(), &lines[..1 + (n % 2) as usize]).await.unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn writers_in_two_processes_cannot_mix_their_numbers() {
        const TEST: &str = "writers_in_two_processes_cannot_mix_their_numbers";
        if let Some(url) = child_url() {
            return write(&reopen(&url).await, 3).await;
        }
        async fn check(store: Store, url: String) {
            let mut second_process = child(module_path!(), TEST, &url).spawn().unwrap();
            let second_store = reopen(&url).await;
            let writers = [(store.clone(), 1), (second_store, 2)]
                .map(|(store, writer)| tokio::spawn(async move { write(&store, writer).await }));
            // What a follower sees while they write is never taken back and has no gap.
            let (mut seen, total) = (Vec::new(), 3 * COMMITS * 3 / 2);
            for _ in 0..30_000 {
                seen.extend(store.changes_since(seen.len() as u64, 100).await.unwrap());
                assert!(seen.iter().map(|change| change.sequence).eq(1..=seen.len() as u64), "a gap");
                if seen.len() as u64 == total {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            assert_eq!(seen.len() as u64, total);
            assert!(second_process.wait().unwrap().success());
            for writer in writers {
                writer.await.unwrap();
            }
            assert_eq!(store.changes_since(0, 1_000).await.unwrap(), seen);
            // The public number goes up by one a commit, and the lines of a commit stand together.
            let public: Vec<u64> = seen.iter().map(|change| change.public_sequence.unwrap()).collect();
            assert!(public.windows(2).all(|two| two[1] == two[0] || two[1] == two[0] + 1));
            assert_eq!((public[0], public[public.len() - 1]), (1, 3 * COMMITS));
        }
        on_both(TEST, check).await;
    }
}
