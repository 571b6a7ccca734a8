//! What stays of a service that was public when it becomes protected, and of the organization that runs it.

use serde::Serialize;
use serde_json::Value;

use super::{
    allow,
    compile::clear_values,
    shape::{Members, Shape, decode},
    silence,
};
use crate::domain::{
    id::{Id, kind},
    organization::Organization,
    read::{self, Record, Unreadable},
    service::Service,
};

/// The members on the short list of such an organization, and of those that the standard does not know.
///
/// `None` when nothing that the standard needs would be left.
pub fn cut(organization: &Organization, extra: &Record) -> Option<(Organization, Record)> {
    let record = shortened(organization, extra, allow::ORGANIZATION)?;
    let read = read::read_with::<Organization>(&record, "", &mut read::Given, Unreadable::Dropped);
    Some((read.record?, read.extra))
}

/// The members of a service on the short list, without texts that could tell its place, under an id that does not lead back.
///
/// `None` when its name tells it, or nothing that the standard needs would be left.
pub fn cut_service(service: &Service, id: Id<kind::Service>) -> Option<Service> {
    let mut record = shortened(service, &Record::new(), allow::SERVICE)?;
    let mut violations = Vec::new();
    silence::texts(&mut record, "", &mut Vec::new(), &mut violations);
    record.insert("id".to_owned(), id.to_string().into());
    let read = read::read_with::<Service>(&record, "", &mut read::Given, Unreadable::Dropped);
    read.record.filter(|_| violations.is_empty())
}

/// The members on a list, of the record and of those that the standard does not know.
fn shortened(of: &impl Serialize, extra: &Record, list: Members<'static>) -> Option<Record> {
    let Ok(Value::Object(mut record)) = serde_json::to_value(of) else { return None };
    record.extend(extra.iter().map(|(pointer, value)| (pointer.trim_start_matches('/').to_owned(), value.clone())));
    let bytes = serde_json::to_vec(&record).ok()?;
    let Ok((Value::Object(mut record), _)) = decode(&bytes, Shape::Only(list)) else { return None };
    clear_values(&mut record);
    // The list has no ids of children; the link to a term is put back from the term itself.
    for attribute in record.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten() {
        let term = attribute.pointer("/taxonomy_term/id").cloned();
        if let (Some(attribute), Some(term)) = (attribute.as_object_mut(), term) {
            attribute.insert("taxonomy_term_id".to_owned(), term);
        }
    }
    Some(record)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Id, Organization, Service, cut, cut_service, read};

    #[test]
    fn of_a_service_texts_that_tell_go_too_and_its_id() {
        let record = json!({
            "id": "00000000-0000-4000-8000-000000000001", "name": "Harbour", "status": "active", "description": "CANARY, at LS6 2ZX.",
            "email": "a@b.example", "application_process": "Ring first.", "phones": [{ "id": "00000000-0000-4000-8000-000000000002", "number": "01632 960107" }],
            "contacts": [{ "id": "00000000-0000-4000-8000-000000000003", "name": "CANARY" }], "assurer_email": "CANARY@b.example",
            "schedules": [{ "id": "00000000-0000-4000-8000-000000000004", "notes": "CANARY" }], "accreditations": "CANARY",
        });
        let service = read::read::<Service>(record.as_object().unwrap()).0.unwrap();
        let cut = cut_service(&service, Id::from_u128(7)).unwrap();
        assert!(!format!("{cut:?}").contains("CANARY") && cut.id.as_u128() == 7);
        assert_eq!((&*cut.name, cut.application_process.as_deref()), ("Harbour", Some("Ring first.")));
        assert_eq!(cut.phones[0].number, "01632 960107");
        let tells = Service { name: "Refuge, LS6 2ZX".to_owned(), ..service };
        assert!(cut_service(&tells, Id::from_u128(7)).is_none());
    }

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
