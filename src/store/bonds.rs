//! What each listing shows of its links, in short: which there are, in which order, and a digest of each.

use std::collections::HashMap;

use super::{
    Snapshot, Tx,
    entries::in_lists,
    error::Result,
    sql::{Query, Row, query},
};
use crate::domain::id::{Id, kind};

/// Rows of one INSERT, and of one DELETE.
const ROWS: usize = 100;

/// A link as one of its listings shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BondRow {
    /// The listing that shows it: its kind and id.
    pub own: String,
    /// The listing that it leads to.
    pub other: String,
    /// Relationship and direction.
    pub link: String,
    /// Where it stands among those of `own`; sorts as text.
    pub place: String,
    /// Of the bytes that `own` shows of it.
    pub digest: String,
}

impl Snapshot {
    /// All rows of which one of these is either side.
    pub async fn bonds_around(&mut self, sides: &[String]) -> Result<Vec<BondRow>> {
        let mut found = Vec::new();
        for column in ["own", "other"] {
            for values in in_lists(sides.iter().cloned()) {
                let mut parts = vec!["SELECT own, other, link, place, digest FROM bond WHERE ", column, " IN (?"];
                parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
                parts.push(")");
                for row in Query::joined(&parts).bind_all(values).all(self.open.exec()).await? {
                    found.push(bond(&row)?);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The rows between one side and these others, as either of the two shows them.
    pub async fn bonds_between(&mut self, side: &str, others: &[String]) -> Result<Vec<BondRow>> {
        let mut found = Vec::new();
        for [one, many] in [["own", "other"], ["other", "own"]] {
            for values in in_lists(others.iter().cloned()) {
                let mut parts = vec!["SELECT own, other, link, place, digest FROM bond WHERE ", one, " = ? AND ", many];
                parts.push(" IN (?");
                parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
                parts.push(")");
                for row in Query::joined(&parts).bind(side).bind_all(values).all(self.open.exec()).await? {
                    found.push(bond(&row)?);
                }
            }
        }
        Ok(found)
    }

    /// How many links those of these sides show that show more than so many.
    pub async fn bonds_over(&mut self, sides: &[String], most: u64) -> Result<HashMap<String, u64>> {
        let mut found = HashMap::new();
        for values in in_lists(sides.iter().cloned()) {
            let mut parts = vec!["SELECT own, count(*) AS n FROM bond WHERE own IN (?"];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(") GROUP BY own HAVING count(*) > ?");
            for row in Query::joined(&parts).bind_all(values).bind(most).all(self.open.exec()).await? {
                found.insert(row.get("own")?, row.counter("n")?);
            }
        }
        Ok(found)
    }

    /// The other sides of the first links that a side shows, at most so many.
    pub async fn first_bonds(&mut self, own: &str, most: u64) -> Result<Vec<String>> {
        let first = query("SELECT other FROM bond WHERE own = ? ORDER BY place LIMIT ?").bind(own).bind(most);
        first.all(self.open.exec()).await?.iter().map(|row| row.get("other")).collect()
    }

    /// The ids of all links that a record of this id states or that name it by one of these, each with its revision, in order.
    /// Nothing else of them is read.
    pub async fn link_heads(&mut self, holder: &str, names: &[String]) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        let sides = [("holder_id", vec![holder.to_owned()]), ("other_name", names.to_vec())];
        for (column, values) in sides {
            for value in values {
                let query = Query::joined(&["SELECT id, revision FROM link WHERE ", column, " = ?"]).bind(value);
                for row in query.all(self.open.exec()).await? {
                    found.push((row.get("id")?, row.counter("revision")?));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The next links that a record of this id states or that name it by one of these, in the order of their ids: at most so
    /// many, after one.
    pub async fn next_links(
        &mut self,
        holder: &str,
        names: &[String; 2],
        after: &str,
        limit: u64,
    ) -> Result<Vec<Id<kind::Link>>> {
        let next = query(
            "SELECT id FROM link WHERE id > ? AND (holder_id = ? OR other_name = ? OR other_name = ?) ORDER BY id LIMIT ?",
        );
        let next = next.bind(after).bind(holder).bind(names[0].as_str()).bind(names[1].as_str()).bind(limit);
        next.all(self.open.exec()).await?.iter().map(|row| row.parsed("id")).collect()
    }

    /// A side of which others are to be told, and the last link that has been looked at for that.
    pub async fn next_bond_due(&mut self) -> Result<Option<(String, String)>> {
        let next = query("SELECT own, after FROM bond_due ORDER BY own LIMIT 1").optional(self.open.exec()).await?;
        next.map(|row| Ok((row.get("own")?, row.get("after")?))).transpose()
    }

    /// What the rows of a side were made of on its own account, when they were made last.
    pub async fn bonds_made_of(&mut self, own: &str) -> Result<Option<String>> {
        let found = query("SELECT digest FROM bond_side WHERE own = ?").bind(own).optional(self.open.exec()).await?;
        found.map(|row| row.get("digest")).transpose()
    }

    /// The ids of the next records that state links, or did, in order, each with how many: at most so many ids, after one.
    pub async fn link_holders(&mut self, after: &str, limit: u32) -> Result<Vec<(String, u64)>> {
        let next = query(
            "SELECT holder_id, count(*) AS n FROM link WHERE holder_id > ? GROUP BY holder_id ORDER BY holder_id LIMIT ?",
        );
        let rows = next.bind(after).bind(i64::from(limit)).all(self.open.exec()).await?;
        rows.iter().map(|row| Ok((row.get("holder_id")?, row.counter("n")?))).collect()
    }

    /// What made all rows, or how far it has come; `None` where nothing has.
    pub async fn bonds_made(&mut self) -> Result<Option<String>> {
        query("SELECT bonds_made FROM directory").one(self.open.exec()).await?.get("bonds_made")
    }
}

impl Tx {
    /// Writes rows; one of the same two sides and link is replaced.
    pub async fn put_bonds(&mut self, rows: &[&BondRow]) -> Result<()> {
        for chunk in rows.chunks(ROWS) {
            let mut parts = vec!["INSERT INTO bond (own, other, link, place, digest) VALUES (?, ?, ?, ?, ?)"];
            parts.extend(std::iter::repeat_n(", (?, ?, ?, ?, ?)", chunk.len() - 1));
            parts
                .push(" ON CONFLICT (own, other, link) DO UPDATE SET place = excluded.place, digest = excluded.digest");
            let values = chunk.iter().flat_map(|row| [&row.own, &row.other, &row.link, &row.place, &row.digest]);
            let query = Query::joined(&parts).bind_all(values.map(String::as_str)).about("bond");
            query.execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Removes rows.
    pub async fn remove_bonds(&mut self, rows: &[&BondRow]) -> Result<()> {
        for chunk in rows.chunks(ROWS) {
            let mut parts = vec!["DELETE FROM bond WHERE (own = ? AND other = ? AND link = ?)"];
            parts.extend(std::iter::repeat_n(" OR (own = ? AND other = ? AND link = ?)", chunk.len() - 1));
            let values = chunk.iter().flat_map(|row| [&row.own, &row.other, &row.link]);
            Query::joined(&parts).bind_all(values.map(String::as_str)).execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Says of which side others are to be told, and after which link: none to begin with.
    pub async fn say_bond_due(&mut self, own: &str, after: &str) -> Result<()> {
        query("INSERT INTO bond_due (own, after) VALUES (?, ?) ON CONFLICT (own) DO UPDATE SET after = excluded.after")
            .bind(own)
            .bind(after)
            .about("bond_due")
            .execute(self.open.exec())
            .await?;
        Ok(())
    }

    /// Says that the others have been told of a side.
    pub async fn end_bond_due(&mut self, own: &str) -> Result<()> {
        query("DELETE FROM bond_due WHERE own = ?").bind(own).execute(self.open.exec()).await?;
        Ok(())
    }

    /// Says what the rows of a side are made of on its own account.
    pub async fn say_bonds_made_of(&mut self, own: &str, digest: &str) -> Result<()> {
        query("INSERT INTO bond_side (own, digest) VALUES (?, ?) ON CONFLICT (own) DO UPDATE SET digest = excluded.digest")
            .bind(own)
            .bind(digest)
            .about("bond_side")
            .execute(self.open.exec())
            .await?;
        Ok(())
    }

    /// Forgets what the rows of these sides are made of.
    pub async fn forget_what_bonds_are_made_of(&mut self, sides: &[String]) -> Result<()> {
        for values in in_lists(sides.iter().cloned()) {
            let mut parts = vec!["DELETE FROM bond_side WHERE own IN (?"];
            parts.extend(std::iter::repeat_n(", ?", values.len() - 1));
            parts.push(")");
            Query::joined(&parts).bind_all(values).execute(self.open.exec()).await?;
        }
        Ok(())
    }

    /// Forgets the rows of the first so many sides, and of all sides what theirs are made of. Answers how many rows went.
    pub async fn clear_bonds(&mut self, sides: u32) -> Result<u64> {
        query("DELETE FROM bond_side").execute(self.open.exec()).await?;
        let first = query("DELETE FROM bond WHERE own IN (SELECT DISTINCT own FROM bond ORDER BY own LIMIT ?)");
        first.bind(i64::from(sides)).execute(self.open.exec()).await
    }

    /// Says what made all rows, or how far it has come.
    pub async fn say_bonds_made(&mut self, by: &str) -> Result<()> {
        query("UPDATE directory SET bonds_made = ?").bind(by).execute(self.open.exec()).await?;
        Ok(())
    }
}

fn bond(row: &Row) -> Result<BondRow> {
    Ok(BondRow {
        own: row.get("own")?,
        other: row.get("other")?,
        link: row.get("link")?,
        place: row.get("place")?,
        digest: row.get("digest")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, testing::*};

    fn row(own: &str, other: &str, place: &str) -> BondRow {
        let [own, other, place] = [own, other, place].map(str::to_owned);
        BondRow { own, other, link: "member_of/to".to_owned(), place, digest: "d".to_owned() }
    }

    #[tokio::test]
    async fn bonds_are_counted_and_the_first_of_them_read() {
        async fn check(store: Store, _: String) {
            let rows =
                [row("a", "n", "1"), row("n", "a", "2"), row("n", "b", "1"), row("n", "c", "3"), row("b", "n", "1")];
            let mut tx = store.begin().await.unwrap();
            tx.put_bonds(&rows.iter().collect::<Vec<_>>()).await.unwrap();
            let moved = row("n", "c", "0");
            tx.put_bonds(&[&moved]).await.unwrap();
            tx.remove_bonds(&[&rows[2], &row("z", "z", "1")]).await.unwrap();
            assert_eq!(tx.bonds_made().await.unwrap(), None);
            tx.say_bonds_made("this").await.unwrap();
            for digest in ["x", "y"] {
                tx.say_bonds_made_of("n", digest).await.unwrap();
            }
            tx.commit(audit(), &[]).await.unwrap();
            let mut read = store.snapshot().await.unwrap();
            let around = read.bonds_around(&["a".to_owned()]).await.unwrap();
            assert_eq!(around, [rows[0].clone(), rows[1].clone()]);
            let all = ["a", "b", "n"].map(str::to_owned);
            assert_eq!(read.bonds_over(&all, 1).await.unwrap(), HashMap::from([("n".to_owned(), 2)]));
            assert_eq!(read.first_bonds("n", 1).await.unwrap(), ["c"]);
            assert_eq!(read.bonds_made().await.unwrap().as_deref(), Some("this"));
            assert_eq!(read.bonds_made_of("n").await.unwrap().as_deref(), Some("y"));
            assert_eq!(read.bonds_made_of("a").await.unwrap(), None);
            assert_eq!(read.link_heads("a", &all).await.unwrap(), []);
            let between = |others: &[usize]| others.iter().map(|n| all[*n].clone()).collect::<Vec<_>>();
            let found = read.bonds_between("n", &between(&[0, 1])).await.unwrap();
            assert_eq!(found, [rows[1].clone(), rows[0].clone(), rows[4].clone()]);
            assert_eq!(read.bonds_between("a", &between(&[1])).await.unwrap(), []);
            assert_eq!(read.next_bond_due().await.unwrap(), None);
            drop(read);
            let mut tx = store.begin().await.unwrap();
            for (own, after) in [("b", ""), ("a", ""), ("a", "7")] {
                tx.say_bond_due(own, after).await.unwrap();
            }
            assert_eq!(tx.next_bond_due().await.unwrap(), Some(("a".to_owned(), "7".to_owned())));
            tx.end_bond_due("a").await.unwrap();
            assert_eq!(tx.next_bond_due().await.unwrap(), Some(("b".to_owned(), String::new())));
            assert_eq!(tx.clear_bonds(1).await.unwrap(), 1);
            assert_eq!(tx.bonds_made_of("n").await.unwrap(), None);
            assert_eq!(tx.bonds_around(&all).await.unwrap().len(), 3);
            assert_eq!((tx.clear_bonds(9).await.unwrap(), tx.clear_bonds(9).await.unwrap()), (3, 0));
            assert_eq!(tx.bonds_around(&all).await.unwrap(), []);
        }
        on_both("bonds_are_counted_and_the_first_of_them_read", check).await;
    }
}
