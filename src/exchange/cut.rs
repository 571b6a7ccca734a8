//! What stays of an organization that was public when it becomes one that runs a protected service.

use serde_json::Value;

use super::{
    allow,
    compile::clear_values,
    shape::{Shape, decode},
};
use crate::domain::{
    organization::Organization,
    read::{self, Record, Unreadable},
};

/// The members on the short list of such an organization, and of those that the standard does not know.
///
/// `None` when nothing that the standard needs would be left.
pub fn cut(organization: &Organization, extra: &Record) -> Option<(Organization, Record)> {
    let Ok(Value::Object(mut record)) = serde_json::to_value(organization) else { return None };
    record.extend(extra.iter().map(|(pointer, value)| (pointer.trim_start_matches('/').to_owned(), value.clone())));
    let bytes = serde_json::to_vec(&record).ok()?;
    let Ok((Value::Object(mut record), _)) = decode(&bytes, Shape::Only(allow::ORGANIZATION)) else { return None };
    clear_values(&mut record);
    // The list has no ids of children; the link to a term is put back from the term itself.
    for attribute in record.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten() {
        let term = attribute.pointer("/taxonomy_term/id").cloned();
        if let (Some(attribute), Some(term)) = (attribute.as_object_mut(), term) {
            attribute.insert("taxonomy_term_id".to_owned(), term);
        }
    }
    let read = read::read_with::<Organization>(&record, "", &mut read::Given, Unreadable::Dropped);
    Some((read.record?, read.extra))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Organization, cut, read};

    #[test]
    fn nothing_but_the_short_list_stays() {
        let record = json!({
            "id": "00000000-0000-4000-8000-000000000001", "name": "Harbour", "email": "a@b.example",
            "organization_identifiers": [{ "id": "00000000-0000-4000-8000-000000000006", "identifier_type": "charity", "identifier": "1000001" }],
            "description": "CANARY", "phones": [{ "id": "00000000-0000-4000-8000-000000000002", "number": "CANARY" }],
            "contacts": [{ "id": "00000000-0000-4000-8000-000000000003", "name": "CANARY" }],
            "attributes": [{ "id": "00000000-0000-4000-8000-000000000004", "link_type": "x", "value": "CANARY",
                "taxonomy_term": { "id": "00000000-0000-4000-8000-000000000005", "name": "Women", "description": "CANARY" } }]
        });
        let organization = read::read::<Organization>(record.as_object().unwrap()).0.unwrap();
        let extra =
            json!({ "/organization_identifiers/0/note": "CANARY", "/note": "CANARY", "/phones/0/name": "CANARY" });
        let (cut, extra) = cut(&organization, extra.as_object().unwrap()).unwrap();
        let told = format!("{cut:?} {extra:?}");
        assert!(!told.contains("CANARY"), "{told}");
        assert_eq!((cut.id, &*cut.name, cut.email.as_deref()), (organization.id, "Harbour", Some("a@b.example")));
        let term = cut.attributes[0].taxonomy_term.as_ref().unwrap();
        assert_eq!(cut.attributes[0].taxonomy_term_id, Some(term.id));
        assert_eq!(cut.organization_identifiers[0].identifier, "1000001");
        assert!(extra.is_empty());
    }
}
