//! Finding links by either side: the record that states them, or the one that they name.

use super::{Snapshot, error::Result, sql::query};
use crate::domain::{
    entry::Entry,
    id::{Id, kind},
    link::Link,
};

impl Snapshot {
    /// Whether any link is kept, of whatever standing. Most directories begin without.
    pub async fn has_links(&mut self) -> Result<bool> {
        Ok(query("SELECT id FROM link LIMIT 1").optional(self.open.exec()).await?.is_some())
    }

    /// All links that the records of these ids state or stated, in the order of their own ids.
    pub async fn links_stated_by(&mut self, ids: &[String]) -> Result<Vec<Entry<Link>>> {
        self.among(&[], "holder_id", ids.iter().cloned()).await
    }

    /// All links whose other side is called one of these, in the order of their own ids. The same name may be another
    /// source's, or another kind's: the caller looks at what each link means by it.
    pub async fn links_naming(&mut self, names: &[String]) -> Result<Vec<Entry<Link>>> {
        self.among(&[], "other_name", names.iter().cloned()).await
    }

    /// All links that records of these ids state of what is called one of these, in the order of their own ids. Either list is
    /// short.
    pub async fn links_between(&mut self, holders: &[String], names: &[String]) -> Result<Vec<Entry<Link>>> {
        let (by, one, few, many) = if holders.len() <= names.len() {
            ("other_name", "holder_id", holders, names)
        } else {
            ("holder_id", "other_name", names, holders)
        };
        let mut found = Vec::new();
        for of in few {
            found.extend(self.among(&[(one, of.clone())], by, many.iter().cloned()).await?);
        }
        found.sort_unstable_by_key(|link: &Entry<Link>| link.record.id);
        found.dedup_by_key(|link| link.record.id);
        Ok(found)
    }

    /// How many links that a source's records state lead to what is not here, or is withdrawn.
    pub async fn links_to_nothing(&mut self, source: Id<kind::Source>) -> Result<u64> {
        let nothing = query(
            "SELECT count(*) AS n FROM link WHERE source_id = ? AND standing = 'published' AND state <> 'lapsed'
             AND NOT EXISTS (SELECT 1 FROM service WHERE link.other_kind = 'service'
                 AND service.standing = 'published' AND service.id = link.other_name)
             AND NOT EXISTS (SELECT 1 FROM service WHERE link.other_kind = 'service'
                 AND service.standing = 'published' AND service.source_id = link.source_id
                 AND service.foreign_id = link.other_name)
             AND NOT EXISTS (SELECT 1 FROM organization WHERE link.other_kind = 'organization'
                 AND organization.standing = 'published' AND organization.id = link.other_name)
             AND NOT EXISTS (SELECT 1 FROM organization WHERE link.other_kind = 'organization'
                 AND organization.standing = 'published' AND organization.source_id = link.source_id
                 AND organization.foreign_id = link.other_name)",
        );
        nothing.bind(source).one(self.open.exec()).await?.counter("n")
    }

    /// At most `limit` links that were to be looked at again before a day (`YYYY-MM-DD`) and are not known to be overdue.
    pub async fn links_due_before(&mut self, day: &str, limit: u32) -> Result<Vec<Id<kind::Link>>> {
        let rows = query("SELECT id FROM link WHERE review_on < ? ORDER BY id LIMIT ?")
            .bind(day)
            .bind(i64::from(limit))
            .all(self.open.exec())
            .await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            entry::{Entry, LinkFacts, Origin, Standing},
            id::Id,
            link::{Link, Named, Side, SideKind, Stated, Terms},
            vocabulary::values::{Direction, LinkState, Relationship},
        },
        store::{Store, testing::*},
    };

    fn link(n: u128, holder: u128, other: &str) -> Entry<Link> {
        let like = group(n);
        let stated = Stated {
            relationship: Relationship::MemberOf,
            direction: Direction::To,
            other: Named { kind: SideKind::Organization, name: other.to_owned() },
            state: LinkState::Claimed,
            note: Some("Since 2024".to_owned()),
            terms: Terms::default(),
        };
        Entry {
            record: Link { id: Id::from_u128(n), holder: Side::service(Id::from_u128(holder)), stated },
            facts: LinkFacts::default(),
            extra: like.extra,
            standing: if n == 3 { Standing::Withdrawn } else { Standing::Published },
            origin: Origin { source: source().id, foreign_id: format!("l/{n}") },
            revision: 1,
            created: like.created,
            changed: like.changed,
        }
    }

    #[tokio::test]
    async fn links_come_back_by_either_side() {
        async fn check(store: Store, _: String) {
            assert!(!store.snapshot().await.unwrap().has_links().await.unwrap());
            let links = [link(1, 70, "circle"), link(2, 71, "circle"), link(3, 70, "choir")];
            let mut tx = store.begin().await.unwrap();
            tx.put_source(&source()).await.unwrap();
            tx.put(&links).await.unwrap();
            tx.commit(audit(), &[]).await.unwrap();
            let mut read = store.snapshot().await.unwrap();
            assert!(read.has_links().await.unwrap());
            let by = |id: u128| [Id::<()>::from_u128(id).to_string()];
            assert_eq!(read.links_stated_by(&by(70)).await.unwrap(), [links[0].clone(), links[2].clone()]);
            assert_eq!(read.links_naming(&["circle".to_owned()]).await.unwrap(), links[..2]);
            assert_eq!(read.links_naming(&["Circle".to_owned(), "l/1".to_owned()]).await.unwrap(), []);
            let holders = [(by(70)[0].clone(), 2), (by(71)[0].clone(), 1)];
            assert_eq!(read.link_holders("", 9).await.unwrap(), holders);
            assert_eq!(read.link_holders("", 1).await.unwrap(), holders[..1]);
            assert_eq!(read.link_holders(&holders[0].0, 9).await.unwrap(), holders[1..]);
            assert_eq!(read.links_to_nothing(source().id).await.unwrap(), 2, "what is withdrawn states nothing");
            assert_eq!(read.links_to_nothing(Id::from_u128(5)).await.unwrap(), 0);
            let names = ["circle", "choir"].map(str::to_owned);
            let ids = [1, 2, 3].map(Id::from_u128);
            assert_eq!(read.next_links("", &names, "", 9).await.unwrap(), ids);
            assert_eq!(
                read.next_links(&holders[1].0, &["choir", ""].map(str::to_owned), "", 9).await.unwrap(),
                ids[1..]
            );
            assert_eq!(read.next_links("", &names, &ids[0].to_string(), 1).await.unwrap(), ids[1..2]);
        }
        on_both("links_come_back_by_either_side", check).await;
    }
}
