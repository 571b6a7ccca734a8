//! Which kind of record has which table, and which of its fields are key columns.

use super::entries::Kept;
use crate::domain::{
    entry::Entry,
    link::Link,
    location::Location,
    organization::Organization,
    service::Service,
    service_at_location::ServiceAtLocation,
    taxonomy::{Taxonomy, TaxonomyTerm},
};

/// One block per table: the record, the table, and `column = value` for each key column.
macro_rules! tables {
    ($($record:ty, $table:literal { $($column:literal = |$entry:ident| $value:expr;)* })*) => {
        $(impl Kept for $record {
            const TABLE: &'static str = $table;
            const KEYS: &'static [&'static str] = &[$($column),*];

            fn keys(_entry: &Entry<Self>) -> Vec<Option<String>> {
                vec![$({ let $entry = _entry; $value }),*]
            }
        })*
    };
}

tables! {
    Organization, "organization" {}
    Service, "service" {
        "organization_id" = |entry| entry.record.organization_id.map(|id| id.to_string());
        "place_mode" = |entry| Some(entry.facts.mode.as_str().to_owned());
        "believed_until" = |entry| entry.facts.believed_until().map(|day| day.to_string());
    }
    Location, "location" {
        "organization_id" = |entry| entry.record.organization_id.map(|id| id.to_string());
    }
    ServiceAtLocation, "service_at_location" {
        "service_id" = |entry| entry.record.service_id.map(|id| id.to_string());
        "location_id" = |entry| entry.record.location_id.map(|id| id.to_string());
    }
    Taxonomy, "taxonomy" {}
    TaxonomyTerm, "taxonomy_term" {
        "taxonomy_id" = |entry| entry.record.taxonomy_id.map(|id| id.to_string());
    }
    Link, "link" {
        "holder_kind" = |entry| Some(entry.record.holder.kind.as_str().to_owned());
        "holder_id" = |entry| Some(entry.record.holder.id.to_string());
        "other_kind" = |entry| Some(entry.record.stated.other.kind.as_str().to_owned());
        "other_name" = |entry| Some(entry.record.stated.other.name.clone());
        "relationship" = |entry| Some(entry.record.stated.relationship.as_str().to_owned());
        "direction" = |entry| Some(entry.record.stated.direction.as_str().to_owned());
        "state" = |entry| Some(entry.record.stated.state.as_str().to_owned());
        "review_on" = |entry| entry.record.stated.terms.review_on.clone().filter(|_| !entry.facts.overdue);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        domain::{
            entry::Standing,
            id::{Id, Kind, kind},
        },
        store::{Key, Store, testing::*},
    };

    /// Puts a record of the kind, and finds it again by its id and by each of these keys.
    async fn round<T: Kept + std::fmt::Debug>(store: &Store, keys: &[(Key, &str)]) {
        let mut record = json!({ "id": Id::<T::Kind>::from_u128(5), "name": "Tuesday", "status": "active",
            "location_type": "physical", "description": "Tea.", "code": "t" });
        for (n, (_, column)) in keys.iter().enumerate() {
            record[*column] = json!(Id::<T::Kind>::from_u128(70 + n as u128));
        }
        let record: T = serde_json::from_value(record).expect("a record of the kind");
        let like = group(5);
        let kept = Entry {
            facts: T::Facts::default(),
            record,
            extra: like.extra,
            standing: Standing::Published,
            origin: like.origin,
            revision: 1,
            created: like.created,
            changed: like.changed,
        };
        let mut tx = store.begin().await.unwrap();
        tx.put_source(&source()).await.unwrap();
        tx.put(std::slice::from_ref(&kept)).await.unwrap();
        assert_eq!(
            tx.get::<T>(&[kept.record.id()]).await.unwrap(),
            std::slice::from_ref(&kept),
            "{}",
            <T::Kind as Kind>::NAME
        );
        for (n, (key, column)) in keys.iter().enumerate() {
            let found = match key {
                Key::Organization => tx.by_key::<T, kind::Organization>(*key, &[Id::from_u128(70 + n as u128)]).await,
                Key::Service => tx.by_key::<T, kind::Service>(*key, &[Id::from_u128(70 + n as u128)]).await,
                Key::Location => tx.by_key::<T, kind::Location>(*key, &[Id::from_u128(70 + n as u128)]).await,
                Key::Taxonomy => tx.by_key::<T, kind::Taxonomy>(*key, &[Id::from_u128(70 + n as u128)]).await,
            };
            assert_eq!(found.unwrap(), std::slice::from_ref(&kept), "{column}");
        }
    }

    #[tokio::test]
    async fn every_kind_of_record_is_kept_and_found_by_its_keys() {
        async fn check(store: Store, _: String) {
            round::<Organization>(&store, &[]).await;
            round::<Service>(&store, &[(Key::Organization, "organization_id")]).await;
            round::<Location>(&store, &[(Key::Organization, "organization_id")]).await;
            round::<ServiceAtLocation>(&store, &[(Key::Service, "service_id"), (Key::Location, "location_id")]).await;
            round::<Taxonomy>(&store, &[]).await;
            round::<TaxonomyTerm>(&store, &[(Key::Taxonomy, "taxonomy_id")]).await;
        }
        on_both("every_kind_of_record_is_kept_and_found_by_its_keys", check).await;
    }
}
