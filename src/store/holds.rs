//! What reviewers have asked to be looked at: listings by what their sources call them, terms by their ids.

use chrono::NaiveDate;

use super::{
    Snapshot, Tx,
    error::{Error, Result},
    sql::{Query, Row, query},
};
use crate::domain::{
    entry::Origin,
    hold::{About, Hold, Subject},
    id::Id,
};

const SELECT: &str = "SELECT id, about, source_id, name, ground, role, since, until, ended FROM hold";

impl Snapshot {
    /// Everything that is held now, the oldest first.
    pub async fn open_holds(&mut self) -> Result<Vec<Hold>> {
        let query = Query::joined(&[SELECT, " WHERE ended IS NULL ORDER BY since, id"]);
        query.all(self.open.exec()).await?.iter().map(hold).collect()
    }

    /// Everything that is held or ever was, the oldest first.
    pub async fn all_holds(&mut self) -> Result<Vec<Hold>> {
        Query::joined(&[SELECT, " ORDER BY since, id"]).all(self.open.exec()).await?.iter().map(hold).collect()
    }

    /// How something is held now; `None` when it is not.
    pub async fn hold_of(&mut self, subject: &Subject) -> Result<Option<Hold>> {
        let (source, name) = columns(subject);
        let query = Query::joined(&[SELECT, " WHERE about = ? AND source_id = ? AND name = ? AND ended IS NULL"]);
        let found = query.bind(subject.about().as_str()).bind(source).bind(name).optional(self.open.exec()).await?;
        found.as_ref().map(hold).transpose()
    }

    /// At most `limit` holds whose last day is before a day, and that have not ended.
    pub async fn holds_due_before(&mut self, day: NaiveDate, limit: u32) -> Result<Vec<Hold>> {
        let query = Query::joined(&[SELECT, " WHERE ended IS NULL AND until < ? ORDER BY until, id LIMIT ?"]);
        let query = query.bind(day.to_string()).bind(i64::from(limit));
        query.all(self.open.exec()).await?.iter().map(hold).collect()
    }
}

impl Tx {
    /// Writes a hold, new or ended.
    pub async fn put_hold(&mut self, hold: &Hold) -> Result<()> {
        let (source, name) = columns(&hold.subject);
        query(
            "INSERT INTO hold (id, about, source_id, name, ground, role, since, until, ended)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ended = excluded.ended",
        )
        .bind(hold.id)
        .bind(hold.subject.about().as_str())
        .bind(source)
        .bind(name)
        .bind(hold.ground.as_str())
        .bind(hold.role.as_str())
        .bind(hold.since.to_string())
        .bind(hold.until.to_string())
        .bind(hold.ended.map(|day| day.to_string()))
        .about("hold")
        .execute(self.open.exec())
        .await?;
        Ok(())
    }
}

/// The source and the name of what is held; a term has no source.
fn columns(subject: &Subject) -> (String, String) {
    match subject {
        Subject::Service(origin) | Subject::Organization(origin) => {
            (origin.source.to_string(), origin.foreign_id.clone())
        }
        Subject::Term(id) => (String::new(), id.clone()),
    }
}

fn hold(row: &Row) -> Result<Hold> {
    let word = |column| move |()| Error::Corrupt { column };
    let about: About = row.get::<String>("about")?.parse().map_err(word("about"))?;
    let name: String = row.get("name")?;
    let origin = |name| -> Result<Origin> { Ok(Origin { source: row.parsed("source_id")?, foreign_id: name }) };
    let ended: Option<String> = row.get("ended")?;
    Ok(Hold {
        id: row.parsed::<Id<_>>("id")?,
        subject: match about {
            About::Service => Subject::Service(origin(name)?),
            About::Organization => Subject::Organization(origin(name)?),
            About::Term => Subject::Term(name),
        },
        ground: row.get::<String>("ground")?.parse().map_err(word("ground"))?,
        role: row.get("role")?,
        since: row.parsed("since")?,
        until: row.parsed("until")?,
        ended: ended.map(|day| day.parse()).transpose().map_err(|_| Error::Corrupt { column: "ended" })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::hold::Ground,
        store::{Store, testing::*},
    };

    fn held(n: u128, subject: Subject, until: &str) -> Hold {
        let [since, until] = ["2026-05-06", until].map(|day| day.parse().unwrap());
        let role = "a peer worker".to_owned();
        Hold { id: Id::from_u128(n), subject, ground: Ground::Unclear, role, since, until, ended: None }
    }

    #[tokio::test]
    async fn a_hold_is_there_until_it_has_ended_and_counted_for_ever() {
        async fn check(store: Store, _: String) {
            let of = |name: &str| Origin { source: source().id, foreign_id: name.to_owned() };
            let service = held(1, Subject::Service(of("a")), "2026-06-05");
            let organization = held(2, Subject::Organization(of("a")), "2026-05-20");
            let term = held(3, Subject::Term("forces".to_owned()), "2026-05-20");
            let mut tx = store.begin().await.unwrap();
            for hold in [&service, &organization, &term] {
                tx.put_hold(hold).await.unwrap();
            }
            let again = held(4, Subject::Term("forces".to_owned()), "2026-05-30");
            tx.commit(audit(), &[]).await.unwrap();
            assert!(matches!(store.begin().await.unwrap().put_hold(&again).await, Err(Error::Taken { table: "hold" })));

            let mut read = store.snapshot().await.unwrap();
            assert_eq!(read.hold_of(&Subject::Service(of("a"))).await.unwrap(), Some(service.clone()));
            assert_eq!(read.hold_of(&Subject::Service(of("b"))).await.unwrap(), None);
            assert_eq!(read.open_holds().await.unwrap(), [service.clone(), organization.clone(), term.clone()]);
            let due = |day: &str| day.parse::<NaiveDate>().unwrap();
            assert_eq!(read.holds_due_before(due("2026-05-20"), 9).await.unwrap(), [], "its last day counts");
            let over = read.holds_due_before(due("2026-05-21"), 9).await.unwrap();
            assert_eq!(over, [organization, term.clone()]);
            assert_eq!(read.holds_due_before(due("2027-01-01"), 1).await.unwrap().len(), 1);
            drop(read);

            let ended = Hold { ended: Some(due("2026-05-21")), ..term };
            let mut tx = store.begin().await.unwrap();
            tx.put_hold(&ended).await.unwrap();
            tx.put_hold(&again).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let mut read = store.snapshot().await.unwrap();
            assert_eq!(read.hold_of(&again.subject).await.unwrap(), Some(again));
            assert_eq!(read.open_holds().await.unwrap().len(), 3);
            let all = read.all_holds().await.unwrap();
            assert!(all.len() == 4 && all.contains(&ended));
        }
        on_both("a_hold_is_there_until_it_has_ended_and_counted_for_ever", check).await;
    }
}
