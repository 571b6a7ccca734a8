//! The steps of the schema, applied in order when a database is opened.
//!
//! All missing steps go in one transaction, so a crash leaves either the old schema or the new one. A
//! database that knows a step we do not, or whose step was edited since, is refused untouched.

use uuid::Uuid;

use super::{
    error::{Error, Result},
    sql::{Open, Store, query},
};
use crate::domain::clock::Clock;

/// One step of the schema.
struct Step {
    version: i64,
    name: &'static str,
    text: Text,
}

/// The SQL of a step.
#[derive(Clone, Copy)]
enum Text {
    /// One text for both databases.
    Both(&'static str),
    /// Only where the two must part.
    #[cfg_attr(not(test), expect(dead_code, reason = "no step has needed a pair yet; migrations/README.md says when"))]
    Pair { sqlite: &'static str, postgres: &'static str },
}

/// Every step, in order. Never edit a released one: add another.
const STEPS: &[Step] = &[
    Step { version: 1, name: "directory", text: Text::Both(include_str!("../../migrations/0001_directory.sql")) },
    Step {
        version: 2,
        name: "believed_until",
        text: Text::Both(include_str!("../../migrations/0002_believed_until.sql")),
    },
    Step { version: 3, name: "link", text: Text::Both(include_str!("../../migrations/0003_link.sql")) },
    Step { version: 4, name: "report", text: Text::Both(include_str!("../../migrations/0004_report.sql")) },
    Step { version: 5, name: "told_areas", text: Text::Both(include_str!("../../migrations/0005_told_areas.sql")) },
    Step { version: 6, name: "link_review", text: Text::Both(include_str!("../../migrations/0006_link_review.sql")) },
    Step { version: 7, name: "coded_reason", text: Text::Both(include_str!("../../migrations/0007_coded_reason.sql")) },
    Step { version: 8, name: "hold", text: Text::Both(include_str!("../../migrations/0008_hold.sql")) },
    Step { version: 9, name: "bond", text: Text::Both(include_str!("../../migrations/0009_bond.sql")) },
    Step { version: 10, name: "bond_due", text: Text::Both(include_str!("../../migrations/0010_bond_due.sql")) },
    Step { version: 11, name: "bears", text: Text::Both(include_str!("../../migrations/0011_bears.sql")) },
];

/// Brings the schema up to date. Writes nothing when it is.
pub(super) async fn run(store: &Store, clock: &dyn Clock) -> Result<()> {
    apply(store, clock, STEPS).await
}

async fn apply(store: &Store, clock: &dyn Clock, steps: &[Step]) -> Result<()> {
    // A look first: most starts find nothing to do, and must not wait for a writer to learn it.
    if missing(store, &mut store.begin_reading().await?, steps).await?.is_empty() {
        return Ok(());
    }
    let mut open = store.begin_alone().await?;
    // Another process may have been faster.
    let missing = missing(store, &mut open, steps).await?;
    if !store.has_table(&mut open, "migration").await? {
        let text = "CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            checksum TEXT NOT NULL, applied TEXT NOT NULL)";
        open.run(text, text).await?;
    }
    for step in missing {
        let (sqlite, postgres) = step.text.sides();
        open.run(sqlite, postgres).await?;
        query("INSERT INTO migration (version, name, checksum, applied) VALUES (?, ?, ?, ?)")
            .bind(step.version)
            .bind(step.name)
            .bind(step.text.checksum())
            .bind(clock.now())
            .execute(open.exec())
            .await?;
    }
    open.commit().await
}

/// The steps that the database lacks.
async fn missing<'a>(store: &Store, open: &mut Open, steps: &'a [Step]) -> Result<Vec<&'a Step>> {
    let mut missing: Vec<&Step> = steps.iter().collect();
    if !store.has_table(open, "migration").await? {
        return Ok(missing);
    }
    for row in query("SELECT version, checksum FROM migration ORDER BY version").all(open.exec()).await? {
        let version = row.get::<i64>("version")?;
        let Some(step) = steps.iter().find(|step| step.version == version) else {
            return Err(Error::NewerSchema { found: version, known: steps.last().map_or(0, |step| step.version) });
        };
        if row.get::<String>("checksum")? != step.text.checksum() {
            return Err(Error::EditedMigration { version });
        }
        missing.retain(|step| step.version != version);
    }
    Ok(missing)
}

impl Text {
    /// What SQLite runs, and what PostgreSQL runs.
    const fn sides(self) -> (&'static str, &'static str) {
        match self {
            Self::Both(text) => (text, text),
            Self::Pair { sqlite, postgres } => (sqlite, postgres),
        }
    }

    /// The same for the same text, whatever line ends a checkout has given it.
    fn checksum(self) -> String {
        let (sqlite, postgres) = self.sides();
        let text = format!("{sqlite}\u{1e}{postgres}").replace("\r\n", "\n");
        Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).simple().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, STEPS, Step, Store, Text, apply};
    use crate::{
        domain::clock::FixedClock,
        store::testing::{LATER, on_both},
    };

    const SECOND: Text =
        Text::Pair { sqlite: "CREATE TABLE second (n BIGINT) -- lite", postgres: "CREATE TABLE second (n BIGINT)" };

    /// The number of the step after all that there are.
    fn next() -> i64 {
        STEPS.last().expect("there is a first step").version + 1
    }

    fn with_second(text: Text) -> Vec<Step> {
        let known = STEPS.iter().map(|step| Step { version: step.version, name: step.name, text: step.text });
        known.chain([Step { version: next(), name: "second", text }]).collect()
    }

    #[tokio::test]
    async fn steps_are_applied_once_and_a_foreign_history_is_refused() {
        async fn check(store: Store, _: String) {
            let clock = FixedClock::at(LATER);
            for _ in 0..2 {
                apply(&store, &clock, &with_second(SECOND)).await.unwrap();
            }
            let older = apply(&store, &clock, STEPS).await;
            assert!(
                matches!(older, Err(Error::NewerSchema { found, known }) if found == next() && known == next() - 1),
                "{older:?}"
            );
            let edited = apply(&store, &clock, &with_second(Text::Both("CREATE TABLE other (n BIGINT)"))).await;
            assert!(matches!(edited, Err(Error::EditedMigration { version }) if version == next()), "{edited:?}");
        }
        on_both("steps_are_applied_once_and_a_foreign_history_is_refused", check).await;
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing() {
        async fn check(store: Store, _: String) {
            let clock = FixedClock::at(LATER);
            let broken = Text::Both("CREATE TABLE second (n BIGINT); INSERT INTO nowhere VALUES (1);");
            assert!(apply(&store, &clock, &with_second(broken)).await.is_err());
            apply(&store, &clock, &with_second(SECOND)).await.expect("the table of the broken step is not there");
        }
        on_both("a_step_that_fails_leaves_nothing", check).await;
    }

    #[test]
    fn line_ends_do_not_change_a_checksum() {
        assert_eq!(Text::Both("a\r\nb").checksum(), Text::Both("a\nb").checksum());
        assert_ne!(Text::Both("a\nb").checksum(), Text::Both("a b").checksum());
    }
}
