//! What readers have said is wrong.

use std::collections::HashSet;

use super::{
    Snapshot, Tx,
    entries::in_lists,
    error::{Error, Result},
    sql::{Query, Row, query},
};
use crate::domain::{
    id::{Id, kind},
    report::{Reason, Report},
};

/// The most reports that are listed at once.
const MOST: u64 = 1_000;

const SELECT: &str = "SELECT code, listing_id, reason, barrier, since, words, state, because, hides, day FROM report";
const OPEN: &str = "state IN ('received', 'being_checked')";

impl Snapshot {
    /// The report of that code.
    pub async fn report(&mut self, code: &str) -> Result<Option<Report>> {
        let found = Query::joined(&[SELECT, " WHERE code = ?"]).bind(code).optional(self.open.exec()).await?;
        found.as_ref().map(report).transpose()
    }

    /// The reports that are to be seen to, the oldest day first; at most 1,000.
    pub async fn open_reports(&mut self) -> Result<Vec<Report>> {
        let query = Query::joined(&[SELECT, " WHERE ", OPEN, " ORDER BY day, code LIMIT ?"]).bind(MOST);
        query.all(self.open.exec()).await?.iter().map(report).collect()
    }

    /// Every report of a listing; at most 1,000.
    pub async fn reports_of(&mut self, listing: &str) -> Result<Vec<Report>> {
        let query = Query::joined(&[SELECT, " WHERE listing_id = ? ORDER BY day, code LIMIT ?"]);
        query.bind(listing).bind(MOST).all(self.open.exec()).await?.iter().map(report).collect()
    }

    /// How many reports of a day took a listing away.
    pub async fn hidden_by_reports_on(&mut self, day: chrono::NaiveDate) -> Result<u64> {
        let query = query("SELECT count(*) AS n FROM report WHERE hides AND day = ?").bind(day.to_string());
        query.one(self.open.exec()).await?.counter("n")
    }

    /// Those of these listings of which a report is to be seen to that [labels](Reason::labels) them.
    pub async fn reported(&mut self, listings: impl Iterator<Item = String>) -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        for ids in in_lists(listings) {
            let mut parts = vec!["SELECT DISTINCT listing_id FROM report WHERE ", OPEN, " AND listing_id IN (?"];
            parts.extend(std::iter::repeat_n(", ?", ids.len() - 1));
            parts.push(") AND reason NOT IN (?");
            let silent =
                || Reason::ALL.iter().filter(|reason| !reason.labels()).map(|reason| reason.as_str().to_owned());
            parts.extend(std::iter::repeat_n(", ?", silent().count() - 1));
            parts.push(")");
            let ids = ids.into_iter().chain(silent());
            for row in Query::joined(&parts).bind_all(ids).all(self.open.exec()).await? {
                found.insert(row.get("listing_id")?);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Writes a report, new or changed.
    pub async fn put_report(&mut self, report: &Report) -> Result<()> {
        query(
            "INSERT INTO report (code, listing_id, reason, barrier, since, words, state, because, hides, day)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (code) DO UPDATE SET words = excluded.words, state = excluded.state,
             because = excluded.because, hides = excluded.hides",
        )
        .bind(report.code.as_str())
        .bind(report.listing.as_str())
        .bind(report.reason.as_str())
        .bind(report.barrier.map(|barrier| barrier.as_str().to_owned()))
        .bind(report.since.clone())
        .bind(report.words.clone())
        .bind(report.state.as_str())
        .bind(report.because.map(|because| because.as_str().to_owned()))
        .bind(report.hides)
        .bind(report.day.to_string())
        .about("report")
        .execute(self.open.exec())
        .await?;
        Ok(())
    }

    /// Open reports that took a listing away are of another from now on: it stays away until the last of them is closed.
    pub async fn pass_on_hiding_reports(&mut self, from: Id<kind::Service>, to: Id<kind::Service>) -> Result<()> {
        Query::joined(&["UPDATE report SET listing_id = ? WHERE listing_id = ? AND hides AND ", OPEN])
            .bind(to.to_string())
            .bind(from.to_string())
            .about("report")
            .execute(self.open.exec())
            .await?;
        Ok(())
    }
}

fn report(row: &Row) -> Result<Report> {
    let word = |column| move |()| Error::Corrupt { column };
    Ok(Report {
        code: row.get("code")?,
        listing: row.get("listing_id")?,
        reason: row.get::<String>("reason")?.parse().map_err(word("reason"))?,
        barrier: row.get::<Option<String>>("barrier")?.map(|text| text.parse()).transpose().map_err(word("barrier"))?,
        since: row.get("since")?,
        words: row.get("words")?,
        state: row.get::<String>("state")?.parse().map_err(word("state"))?,
        because: row.get::<Option<String>>("because")?.map(|text| text.parse()).transpose().map_err(word("because"))?,
        hides: row.get("hides")?,
        day: row.parsed("day")?,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::report::{Barrier, Because, Reason, Report, State},
        store::{Store, testing::*},
    };

    fn report(code: &str, listing: &str) -> Report {
        Report {
            code: code.to_owned(),
            listing: listing.to_owned(),
            reason: Reason::NoAnswer,
            barrier: None,
            since: None,
            words: Some("It rings out.".to_owned()),
            state: State::Received,
            because: None,
            hides: code == "b",
            day: "2026-05-06".parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn reports_come_back_until_they_are_closed() {
        async fn check(store: Store, _: String) {
            let mut tx = store.begin().await.unwrap();
            let waiting = || Report {
                reason: Reason::WaitingSince,
                since: Some("2026-03".to_owned()),
                words: None,
                ..report("w", "z")
            };
            let barrier = Some(Barrier::Age);
            let age = || Report { reason: Reason::NotEligible, barrier, words: None, ..report("v", "v") };
            for one in [report("a", "x"), report("b", "x"), report("c", "y"), waiting(), age()] {
                tx.put_report(&one).await.unwrap();
            }
            let closed =
                Report { state: State::NotChanged, because: Some(Because::Confirmed), words: None, ..report("c", "y") };
            tx.put_report(&closed).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let mut read = store.snapshot().await.unwrap();
            assert_eq!(read.report("a").await.unwrap(), Some(report("a", "x")));
            assert_eq!(read.report("d").await.unwrap(), None);
            assert_eq!(read.open_reports().await.unwrap(), [report("a", "x"), report("b", "x"), age(), waiting()]);
            assert_eq!(read.reports_of("y").await.unwrap(), [closed]);
            assert_eq!(read.hidden_by_reports_on("2026-05-06".parse().unwrap()).await.unwrap(), 1);
            let reported = read.reported(["x", "y", "z", "v"].map(str::to_owned).into_iter()).await.unwrap();
            let mut reported: Vec<String> = reported.into_iter().collect();
            reported.sort();
            assert_eq!(reported, ["v", "x"], "who waits labels nothing");
        }
        on_both("reports_come_back_until_they_are_closed", check).await;
    }
}
