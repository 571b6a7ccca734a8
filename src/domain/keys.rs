//! Keys of published records: one that names what the same listing does not show is left out.
//!
//! A source may name anything by a key, in whatever member: a private service as that to which an open one's telephone belongs,
//! the organisation of a refuge as the parent of another. Whoever reads the open record would have the place beside the
//! private one's id. What a listing shows is known from the listing alone, so that nothing that comes, goes or
//! becomes private later can make a key tell; what is named across listings is said by links, which pass their own gate.

use std::collections::HashSet;

use super::{
    id::{Id, Kind, kind},
    read::Words,
};

/// Records by kind and id.
pub type Shown = HashSet<(&'static str, u128)>;

/// Kinds that belong to no listing: what they name is a word and leads nowhere.
const WORDS: [&str; 3] =
    [<kind::Taxonomy as Kind>::NAME, <kind::TaxonomyTerm as Kind>::NAME, <kind::Unit as Kind>::NAME];

/// Something with keys in it.
pub trait Keys {
    /// Notes the ids of all records in it.
    fn note(&self, _: &mut Shown) {}

    /// Leaves out every key in it of what is not among these.
    fn keep(&mut self, _: &Shown) {}

    /// Whether it is itself such a key; `field` is where it stands.
    fn leads_elsewhere(&self, _field: &str, _: &Shown) -> bool {
        false
    }
}

impl<K: Kind> Keys for Id<K> {
    fn leads_elsewhere(&self, _: &str, shown: &Shown) -> bool {
        !WORDS.contains(&K::NAME) && !shown.contains(&(K::NAME, self.as_u128()))
    }
}

impl Keys for String {
    /// What an attribute belongs to is a text: of what is no id here it can say nothing.
    fn leads_elsewhere(&self, field: &str, shown: &Shown) -> bool {
        let id: Option<Id<()>> = (field == "link_id").then(|| self.parse().ok()).flatten();
        id.is_some_and(|id| !shown.iter().any(|(_, known)| *known == id.as_u128()))
    }
}

impl<T: Words> Keys for T {}

impl<T: Keys> Keys for Vec<T> {
    fn note(&self, shown: &mut Shown) {
        self.iter().for_each(|value| value.note(shown));
    }

    fn keep(&mut self, shown: &Shown) {
        self.iter_mut().for_each(|value| value.keep(shown));
    }
}

impl<T: Keys> Keys for Option<T> {
    fn note(&self, shown: &mut Shown) {
        if let Some(value) = self {
            value.note(shown);
        }
    }

    fn keep(&mut self, shown: &Shown) {
        if let Some(value) = self {
            value.keep(shown);
        }
    }
}

/// Leaves an optional member out if it leads elsewhere, and in it what does.
pub fn keep_member<T: Keys>(member: &mut Option<T>, field: &str, shown: &Shown) {
    member.take_if(|value| value.leads_elsewhere(field, shown));
    member.keep(shown);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{read, service::Service};

    fn id(n: u8) -> String {
        format!("00000000-0000-4000-8000-0000000000{n:02}")
    }

    #[test]
    fn a_key_stays_where_the_listing_shows_what_it_names() {
        let record = json!({
            "id": id(1), "name": "Circle", "status": "active", "organization_id": id(2),
            "phones": [{ "id": id(3), "number": "1", "service_id": id(1), "organization_id": id(9), "contact_id": id(4),
                "languages": [{ "id": id(5), "name": "Urdu", "phone_id": id(3), "service_id": id(9) }] }],
            "contacts": [{ "id": id(4), "name": "Ann", "service_id": id(9), "location_id": id(8) }],
            "attributes": [
                { "id": id(6), "link_id": id(9), "taxonomy_term_id": id(7) },
                { "id": id(7), "link_id": id(1) }, { "id": id(8), "link_id": "a-1" }],
        });
        let mut service = read::read::<Service>(record.as_object().unwrap()).0.unwrap();
        let mut shown = Shown::new();
        service.note(&mut shown);
        service.keep(&shown);
        let told = serde_json::to_value(&service).unwrap();
        assert!(!told.to_string().contains(&id(9)) && told.get("organization_id").is_none(), "{told}");
        assert_eq!(
            (&told["phones"][0]["service_id"], &told["phones"][0]["contact_id"]),
            (&json!(id(1)), &json!(id(4)))
        );
        assert_eq!(told["phones"][0]["languages"][0]["phone_id"], id(3));
        // An id of one kind is none of another: here 8 is an attribute, and no place.
        assert_eq!(told["contacts"][0], json!({ "id": id(4), "name": "Ann" }));
        let linked =
            told["attributes"].as_array().unwrap().iter().map(|one| one["link_id"].clone()).collect::<Vec<_>>();
        assert_eq!(linked, [json!(null), json!(id(1)), json!("a-1")]);
        assert_eq!(told["attributes"][0]["taxonomy_term_id"], id(7));
    }
}
