//! Who tells us things, and on what terms: every entry names its source.

use super::{
    Snapshot, Tx,
    error::Result,
    sql::{Row, query},
};
use crate::domain::{
    entry::Source,
    id::{Id, kind},
};

impl Snapshot {
    /// All sources, in the order of ids. There are few.
    pub async fn sources(&mut self) -> Result<Vec<Source>> {
        let rows =
            query("SELECT id, name, url, licence, attribution FROM source ORDER BY id").all(self.open.exec()).await?;
        rows.iter().map(source).collect()
    }

    /// One source.
    pub async fn source(&mut self, id: Id<kind::Source>) -> Result<Option<Source>> {
        let query = query("SELECT id, name, url, licence, attribution FROM source WHERE id = ?").bind(id);
        query.optional(self.open.exec()).await?.as_ref().map(source).transpose()
    }
}

impl Tx {
    /// Writes a source, new or changed.
    ///
    /// # Errors
    /// [`Error::Taken`](super::Error::Taken) when another source has the name.
    pub async fn put_source(&mut self, source: &Source) -> Result<()> {
        query(
            "INSERT INTO source (id, name, url, licence, attribution) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, licence = excluded.licence,
             attribution = excluded.attribution",
        )
        .bind(source.id)
        .bind(source.name.as_str())
        .bind(source.url.clone())
        .bind(source.licence.clone())
        .bind(source.attribution.clone())
        .about("source")
        .execute(self.open.exec())
        .await?;
        Ok(())
    }
}

fn source(row: &Row) -> Result<Source> {
    Ok(Source {
        id: row.parsed("id")?,
        name: row.get("name")?,
        url: row.get("url")?,
        licence: row.get("licence")?,
        attribution: row.get("attribution")?,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{entry::Source, id::Id},
        store::{Error, Store, testing::*},
    };

    #[tokio::test]
    async fn a_source_is_kept_with_its_terms_and_its_name_is_its_own() {
        async fn check(store: Store, _: String) {
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            let changed = Source { attribution: Some("Thanks".into()), url: None, ..source() };
            tx.put_source(&changed).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let mut snapshot = store.snapshot().await.unwrap();
            assert_eq!(snapshot.source(changed.id).await.unwrap().as_ref(), Some(&changed));
            assert_eq!(snapshot.source(Id::from_u128(5)).await.unwrap(), None);
            assert_eq!(snapshot.sources().await.unwrap(), [changed]);

            let namesake = Source { id: Id::from_u128(6), ..source() };
            let taken = store.begin().await.unwrap().put_source(&namesake).await;
            assert!(matches!(taken, Err(Error::Taken { table: "source" })), "{taken:?}");
        }
        on_both("a_source_is_kept_with_its_terms_and_its_name_is_its_own", check).await;
    }
}
