//! Which areas were ever told of listings without a public place, and by what such listings hang together.
//!
//! Readers never see any of it, and nothing of it is ever removed. Subjects and ties are digests.

use super::{
    Snapshot, Tx,
    entries::in_lists,
    error::{Error, Result},
    sql::{Query, query},
};
use crate::domain::place::AreaCode;

/// Areas that were told of one listing at one time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told {
    /// The listing.
    pub subject: String,
    /// The areas, in order.
    pub areas: Vec<AreaCode>,
    /// Whether its place was private then; else it had none.
    pub hidden: bool,
}

/// One of the things by which listings hang together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tie {
    /// The listing, or the organisation.
    pub subject: String,
    /// What it shares with others.
    pub tie: String,
}

/// Rows of one INSERT.
const ROWS: usize = 200;

impl Snapshot {
    /// Whether anything is tied. Directories from before there were ties have to be looked through once.
    pub async fn has_ties(&mut self) -> Result<bool> {
        Ok(query("SELECT subject FROM told_tie LIMIT 1").optional(self.open.exec()).await?.is_some())
    }

    /// All ties of these subjects.
    pub async fn ties_of(&mut self, subjects: &[String]) -> Result<Vec<Tie>> {
        self.ties("SELECT subject, tie FROM told_tie WHERE subject IN (?", subjects).await
    }

    /// All that share one of these.
    pub async fn tied_by(&mut self, ties: &[String]) -> Result<Vec<Tie>> {
        self.ties("SELECT subject, tie FROM told_tie WHERE tie IN (?", ties).await
    }

    async fn ties(&mut self, head: &'static str, values: &[String]) -> Result<Vec<Tie>> {
        let mut found = Vec::new();
        for values in in_lists(values.iter().cloned()) {
            let mut parts = vec![head];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            for row in Query::joined(&parts).bind_all(values).all(self.open.exec()).await? {
                found.push(Tie { subject: row.get("subject")?, tie: row.get("tie")? });
            }
        }
        Ok(found)
    }

    /// All areas that were ever told of these subjects.
    pub async fn told(&mut self, subjects: &[String]) -> Result<Vec<Told>> {
        let mut found = Vec::new();
        for values in in_lists(subjects.iter().cloned()) {
            let mut parts = vec!["SELECT subject, areas, hidden FROM told_area WHERE subject IN (?"];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            for row in Query::joined(&parts).bind_all(values).all(self.open.exec()).await? {
                let areas = row.get::<String>("areas")?;
                let areas = serde_json::from_str(&areas).map_err(|_| Error::Corrupt { column: "areas" })?;
                found.push(Told { subject: row.get("subject")?, areas, hidden: row.get("hidden")? });
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Adds ties; those that are there stay.
    pub async fn put_ties(&mut self, ties: &[Tie]) -> Result<()> {
        for chunk in ties.chunks(ROWS) {
            let mut parts = vec!["INSERT INTO told_tie (subject, tie) VALUES (?, ?)"];
            parts.extend(std::iter::repeat_n(", (?, ?)", chunk.len() - 1));
            parts.push(" ON CONFLICT (subject, tie) DO NOTHING");
            let values = chunk.iter().flat_map(|tie| [tie.subject.as_str(), tie.tie.as_str()]);
            Query::joined(&parts).bind_all(values).about("told_tie").execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Adds areas that are told from now on; those that were told before stay.
    pub async fn put_told(&mut self, told: &[Told]) -> Result<()> {
        for chunk in told.chunks(ROWS) {
            let mut parts = vec!["INSERT INTO told_area (subject, areas, hidden) VALUES (?, ?, ?)"];
            parts.extend(std::iter::repeat_n(", (?, ?, ?)", chunk.len() - 1));
            parts.push(" ON CONFLICT (subject, areas, hidden) DO NOTHING");
            let mut query = Query::joined(&parts).about("told_area");
            for told in chunk {
                let areas = serde_json::to_string(&told.areas).map_err(|_| Error::Unwritable { table: "told_area" })?;
                query = query.bind(told.subject.as_str()).bind(areas).bind(told.hidden);
            }
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Tie, Told};
    use crate::{
        domain::place::AreaCode,
        store::{Store, testing::*},
    };

    #[tokio::test]
    async fn what_was_told_stays_and_is_found_by_its_ties() {
        async fn check(store: Store, _: String) {
            assert!(!store.snapshot().await.unwrap().has_ties().await.unwrap());
            let tie = |subject: &str, tie: &str| Tie { subject: subject.into(), tie: tie.into() };
            let told = |subject: &str, codes: &[&str], hidden| {
                let areas = codes.iter().map(|code| AreaCode((*code).to_owned())).collect();
                Told { subject: subject.into(), areas, hidden }
            };
            let areas = [told("a", &["E08000035"], true), told("a", &["E08000035"], false), told("b", &[], true)];
            for _ in 0..2 {
                let mut tx = store.begin().await.unwrap();
                tx.put_ties(&[tie("a", "phone"), tie("b", "phone"), tie("b", "org"), tie("c", "org")]).await.unwrap();
                tx.put_ties(&[]).await.unwrap();
                tx.put_told(&areas).await.unwrap();
                tx.commit(audit(), &[]).await.unwrap();
            }
            let mut read = store.snapshot().await.unwrap();
            assert!(read.has_ties().await.unwrap());
            let names = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let mut by = read.tied_by(&names(&["phone", "none"])).await.unwrap();
            by.sort();
            assert_eq!(by, [tie("a", "phone"), tie("b", "phone")]);
            let mut of = read.ties_of(&names(&["b", "c"])).await.unwrap();
            of.sort();
            assert_eq!(of, [tie("b", "org"), tie("b", "phone"), tie("c", "org")]);
            let mut all = read.told(&names(&["a", "b", "c"])).await.unwrap();
            all.sort();
            let mut expected = areas.to_vec();
            expected.sort();
            assert_eq!(all, expected);
        }
        on_both("what_was_told_stays_and_is_found_by_its_ties", check).await;
    }
}
