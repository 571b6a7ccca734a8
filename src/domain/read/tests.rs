//! What the gate lets in, what it puts right, and what it tells.

use serde_json::{Value, json};

use super::{Code, Mended, Outcome, Read, Record, Unreadable, read, read_with};
use crate::domain::{
    contact::Phone,
    id::{Id, kind},
    location::Location,
    service::{Service, ServiceStatus},
};

const ID: &str = "ac148810-d857-441c-9679-408f346de14b";

fn record(value: Value) -> Record {
    let Value::Object(record) = value else { panic!("a record is an object") };
    record
}

fn mended<T: Read>(value: Value, unreadable: Unreadable) -> Outcome<T> {
    read_with(&record(value), "", &mut super::Given, unreadable)
}

fn faults<T: Read>(value: Value) -> Vec<(String, Code)> {
    read::<T>(&record(value)).1.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn all_faults_are_told_at_once_with_their_pointers_and_never_with_a_value() {
    let item = json!({
        "id": "secret-7", "status": "secret", "url": "http://secret", "email": "secret", "minimum_age": 400,
        "assured_date": "secret", "description": "sec\0ret", "alternate_name": "s".repeat(501),
        "phones": [{"number": "01632 960001"}, {"description": ["secret"]}, 7],
        "schedules": [{"opens_at": "secret", "interval": 1.5, "freq": "DAILY"}], "languages": {"name": "secret"},
        "attributes": [{"taxonomy_term": {"code": "a/b"}}, {"taxonomy_term": []}],
    });
    let (service, violations) = read::<Service>(&record(item));
    assert_eq!(service, None);
    let told: Vec<_> = violations.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
    assert_eq!(
        told,
        [
            ("/id", Code::NotAUuid),
            ("/name", Code::Required),
            ("/status", Code::NotInList),
            ("/alternate_name", Code::TooLong),
            ("/description", Code::HasNul),
            ("/url", Code::NotAnAddressOfTheWeb),
            ("/email", Code::NotAnEmail),
            ("/assured_date", Code::NotADate),
            ("/minimum_age", Code::OutOfRange),
            ("/schedules/0/freq", Code::NotInList),
            ("/schedules/0/opens_at", Code::NotATime),
            ("/schedules/0/interval", Code::OutOfRange),
            ("/phones/1/number", Code::Required),
            ("/phones/1/description", Code::NotText),
            ("/phones/2", Code::NotAnObject),
            ("/languages", Code::NotAList),
            ("/attributes/0/taxonomy_term/id", Code::NotAUuid),
            ("/attributes/0/taxonomy_term/name", Code::Required),
            ("/attributes/1/taxonomy_term", Code::NotAnObject),
        ]
    );
    assert!(!serde_json::to_string(&violations).unwrap().contains("secret"));
    assert!(!violations.iter().any(|fault| fault.to_string().contains("secret")));
}

#[test]
fn blanks_are_absent_and_small_slips_are_put_right_openly() {
    let outcome = mended::<Service>(
        json!({
            "id": ID, "name": " Tuesday group ", "status": "Temporarily_Closed", "description": "", "email": null, "url": "www.a.example/b",
            "minimum_age": "16", "schedules": [{"opens_at": "7:00pm", "valid_from": "2026-01-01T00:00:00Z"}],
        }),
        Unreadable::Refused,
    );
    let service = outcome.record.unwrap();
    assert_eq!((service.name.as_str(), service.status), ("Tuesday group", ServiceStatus::TemporarilyClosed));
    assert_eq!((service.description, service.email, service.minimum_age), (None, None, Some(16.0)));
    assert_eq!(service.url.as_deref(), Some("https://www.a.example/b"));
    assert_eq!(service.schedules[0].opens_at.as_deref(), Some("19:00"));
    let notices: Vec<_> = outcome.notices.iter().map(|notice| (notice.pointer.as_str(), notice.mended)).collect();
    assert_eq!(
        notices,
        [
            ("/name", Mended::Trimmed),
            ("/status", Mended::CaseFolded),
            ("/url", Mended::SchemeAdded),
            ("/minimum_age", Mended::NumberInText),
            ("/schedules/0/valid_from", Mended::Rewritten),
            ("/schedules/0/opens_at", Mended::Rewritten),
        ]
    );
}

#[test]
fn an_impossible_position_is_left_out_with_a_notice() {
    let at = |latitude: Value, longitude: Value| {
        let outcome = mended::<Location>(
            json!({"id": ID, "location_type": "physical", "latitude": latitude, "longitude": longitude}),
            Unreadable::Refused,
        );
        let location = outcome.record.unwrap();
        (location.latitude.zip(location.longitude), outcome.notices.iter().any(|n| n.mended == Mended::PositionDropped))
    };
    assert_eq!(at(json!(53.82), json!("-1.57")), (Some((53.82, -1.57)), false));
    assert_eq!(at(json!(100), json!(101)), (None, true));
    assert_eq!(at(json!(0), json!(0.0)), (None, true));
    assert_eq!(at(json!(53.8), Value::Null), (None, true));
    assert_eq!(at(Value::Null, json!("")), (None, false));
    assert_eq!(
        faults::<Location>(json!({"id": ID, "location_type": "postal", "latitude": "north", "longitude": 1}))[0],
        ("/latitude".to_owned(), Code::NotANumber)
    );
}

#[test]
fn a_source_may_have_its_unreadable_extras_dropped_but_never_what_is_needed() {
    let item = json!({"id": ID, "status": "open", "url": "http://none", "maximum_age": "old"});
    let outcome = mended::<Service>(item, Unreadable::Dropped);
    let told: Vec<_> = outcome.violations.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(told, ["/name", "/status"]);
    assert_eq!(outcome.notices.iter().filter(|notice| notice.mended == Mended::Dropped).count(), 2);
}

#[test]
fn children_without_an_id_are_named_after_their_parent_for_ever() {
    let item = json!({"id": ID, "name": "a", "status": "active", "phones": [{"id": " ", "number": "1", "languages": [{"code": "cy"}]}, {"number": 2}]});
    let service = read::<Service>(&record(item)).0.unwrap();
    let parent: Id<kind::Service> = ID.parse().unwrap();
    assert_eq!(service.phones[0].id, Id::named(parent, "phones/0"));
    assert_eq!(service.phones[0].languages[0].id, Id::named(service.phones[0].id, "languages/0"));
    assert_eq!(service.phones[1].number, "2");
}

#[test]
fn unknown_members_are_kept_by_pointer_and_known_ones_are_not() {
    let outcome = read_with::<Service>(
        &record(json!({
            "id": ID, "name": "a", "status": "active", "pc_x": {"y": 1}, "bad": "\0", "organization": {"id": 1},
            "phones": [{"number": "1", "a/b": true}],
        })),
        "/service",
        &mut super::Given,
        Unreadable::Refused,
    );
    assert_eq!(Value::Object(outcome.extra), json!({"/pc_x": {"y": 1}, "/phones/0/a~1b": true}));
}

#[test]
fn a_list_has_an_end() {
    let phones: Vec<Value> = (0..1_001).map(|_| json!({"number": "1"})).collect();
    assert_eq!(
        faults::<Service>(json!({"id": ID, "name": "a", "status": "active", "phones": phones})),
        [("/phones".to_owned(), Code::TooLong)]
    );
}

#[test]
fn what_is_written_is_what_is_read_and_holds_no_null() {
    let item = json!({"id": ID, "number": "01632 960001", "type": "text", "extension": 12, "languages": [{"id": ID, "code": "pl"}]});
    let phone = read::<Phone>(&record(item.clone())).0.unwrap();
    let text = serde_json::to_string(&phone).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), item);
    assert_eq!(serde_json::from_str::<Phone>(&text).unwrap(), phone);
}
