//! Words of HSDS 1 and Open Referral UK 1.0 become words of HSDS 3.
//!
//! The older form has one compiled object a service, as the newer one has, with other names in it. What has no
//! counterpart (`deliverable_type`, `holiday_schedules`) stays as it is and is kept as an extra.

use serde_json::{Value, json};

use super::{
    allow,
    compile::{Input, Subject},
    decide::Decisions,
    hours,
    shape::{Shape, prune},
};
use crate::domain::{
    place::PlaceMode,
    read::{Mended, Notice, Record, foreign_id},
};

/// Puts an item in the words of HSDS 3. Of a protected service, by itself or inside an organization, what the short list of
/// those words does not name is dropped.
pub fn renew(input: &mut Input, decisions: &Decisions) {
    let Input { subject, record, notices, .. } = input;
    match subject {
        Subject::Service(mode) => service(record, *mode, "", notices),
        Subject::Organization => {
            organization(record);
            for (index, nested) in objects(record, "services").enumerate() {
                // One without an id was read by the short list too.
                let mode = text(nested, "id").map_or(PlaceMode::Area, |id| decisions.mode(&foreign_id(&id)));
                service(nested, mode, &format!("/services/{index}"), notices);
            }
        }
    }
}

fn service(service: &mut Record, mode: PlaceMode, pointer: &str, notices: &mut Vec<Notice>) {
    renamed(service, pointer, notices);
    if mode == PlaceMode::Area {
        let mut value = Value::Object(std::mem::take(service));
        prune(&mut value, Shape::Only(allow::SERVICE));
        if let Value::Object(record) = value {
            *service = record;
        }
    }
}

fn renamed(service: &mut Record, pointer: &str, notices: &mut Vec<Notice>) {
    if let Some(Value::Object(nested)) = service.get_mut("organization") {
        organization(nested);
    }
    if text(service, "status").is_none() {
        service.insert("status".to_owned(), "active".into());
        notices.push(Notice { pointer: format!("{pointer}/status"), mended: Mended::Assumed });
    }
    day_first(service, "assured_date");
    if let Some(access) = text(service, "attending_access").filter(|_| text(service, "application_process").is_none()) {
        service.remove("attending_access");
        service.insert("application_process".to_owned(), in_words(&access).into());
    }
    everywhere(service);
    contact_phones(service);
    eligibility(service);
    terms(service);
    move_list(service, &["fundings"], "funding");
    for area in objects(service, "service_areas") {
        rename(area, "service_area", "name");
        let code = |field: &str| text(area, field).and_then(|text| area_code(&text));
        if let Some(code) = code("extent").or_else(|| code("uri")) {
            area.insert("extent".to_owned(), code.into());
            area.insert("extent_type".to_owned(), "text".into());
        }
    }
    for cost in objects(service, "cost_options") {
        day_first(cost, "valid_from");
        day_first(cost, "valid_to");
    }
    for place in objects(service, "service_at_locations") {
        everywhere(place);
        if let Some(Value::Object(nested)) = place.get_mut("location") {
            location(nested);
        }
    }
    attending_type(service);
}

fn organization(organization: &mut Record) {
    rename(organization, "url", "website");
    move_list(organization, &["fundings"], "funding");
    everywhere(organization);
    contact_phones(organization);
    objects(organization, "locations").for_each(location);
}

fn location(location: &mut Record) {
    everywhere(location);
    for (old, kind) in
        [(["physical_addresses", "physical_address"], "physical"), (["postal_addresses", "postal_address"], "postal")]
    {
        for mut address in taken(location, &old) {
            if let Value::Object(address) = &mut address {
                address.entry("address_type").or_insert_with(|| kind.into());
            }
            push(location, "addresses", address);
        }
    }
    if text(location, "location_type").is_none() {
        let kind = |address: &Value| address["address_type"].as_str().unwrap_or_default() == "postal";
        let by_post = location.get("addresses").and_then(Value::as_array).is_some_and(|all| all.iter().all(kind));
        let by_post = by_post && !location.contains_key("latitude");
        location.insert("location_type".to_owned(), if by_post { "postal" } else { "physical" }.into());
    }
    move_list(location, &["accessibility_for_disabilities", "accessibility_for_disability"], "accessibility");
    for access in objects(location, "accessibility") {
        rename(access, "accessibility", "description");
    }
}

/// What stands on several kinds of object: schedules, languages, phones, contacts.
fn everywhere(record: &mut Record) {
    move_list(record, &["regular_schedules", "regular_schedule"], "schedules");
    for schedule in objects(record, "schedules") {
        rename(schedule, "weekday", "byday");
        if let Some(days) = text(schedule, "byday").and_then(|text| hours::days(&text)) {
            schedule.insert("byday".to_owned(), days.into());
            schedule.entry("freq").or_insert_with(|| "WEEKLY".into());
        }
        for field in ["valid_from", "valid_to", "dtstart", "until"] {
            day_first(schedule, field);
        }
    }
    let languages = |record: &mut Record| objects(record, "languages").for_each(|one| rename(one, "language", "name"));
    let phones = |record: &mut Record| {
        for phone in objects(record, "phones") {
            if let Some(language) = phone.remove("language") {
                push(phone, "languages", json!({ "name": language }));
            }
            languages(phone);
        }
    };
    languages(record);
    phones(record);
    objects(record, "contacts").for_each(phones);
}

/// In the older form a service's numbers stand with its contacts. They become the service's own, with a link to the contact.
fn contact_phones(record: &mut Record) {
    let mut phones = Vec::new();
    for contact in objects(record, "contacts") {
        let (id, title) = (text(contact, "id"), text(contact, "title"));
        for mut phone in taken(contact, &["phones"]) {
            if let Value::Object(phone) = &mut phone {
                phone.extend(id.clone().map(|id| ("contact_id".to_owned(), id.into())));
                if let Some(title) = title.clone().filter(|_| text(phone, "description").is_none()) {
                    phone.insert("description".to_owned(), title.into());
                }
            }
            phones.push(phone);
        }
    }
    phones.into_iter().for_each(|phone| push(record, "phones", phone));
    if let Some(Value::Array(contacts)) = record.get_mut("contacts") {
        contacts.retain(|contact| contact.as_object().is_none_or(|contact| !contact.is_empty()));
    }
}

/// For whom: the widest ages that any line of it names, and its words.
fn eligibility(service: &mut Record) {
    let (mut least, mut most, mut words) = (Vec::new(), Vec::new(), Vec::<String>::new());
    for line in taken(service, &["eligibilitys", "eligibilities", "eligibility"]) {
        let Value::Object(mut line) = line else { continue };
        least.push(age(&line, "minimum_age"));
        most.push(age(&line, "maximum_age"));
        words.extend(text(&line, "eligibility").filter(|text| !words.contains(text)));
        for term in taken(&mut line, &["taxonomys", "taxonomies"]) {
            push(service, "attributes", attribute(None, term, Some("eligibility")));
        }
    }
    let widest = |ages: Vec<Option<f64>>, wider: fn(f64, f64) -> f64| -> Option<Value> {
        // One line without a bound lets everyone in on that side.
        ages.into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(wider).map(number)
    };
    for (field, age) in [("minimum_age", widest(least, f64::min)), ("maximum_age", widest(most, f64::max))] {
        if let Some(age) = age.filter(|_| text(service, field).is_none()) {
            service.insert(field.to_owned(), age);
        }
    }
    if !words.is_empty() && text(service, "eligibility_description").is_none() {
        service.insert("eligibility_description".to_owned(), words.join(", ").into());
    }
}

/// An age of some years; 0 as the oldest age, and words, are no bound.
fn age(line: &Record, field: &str) -> Option<f64> {
    let years: f64 = text(line, field)?.parse().ok()?;
    (years > 0.0 || field == "minimum_age").then_some(years)
}

fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e9 { json!(number as i64) } else { json!(number) }
}

/// Terms: `service_taxonomys` with a `taxonomy` each become attributes.
fn terms(service: &mut Record) {
    for link in taken(service, &["service_taxonomys", "service_taxonomies", "service_taxonomy"]) {
        let Value::Object(mut link) = link else { continue };
        if let Some(term) = link.remove("taxonomy") {
            let id = link.remove("id");
            push(service, "attributes", attribute(id, term, None));
        }
    }
}

fn attribute(id: Option<Value>, mut term: Value, link_type: Option<&str>) -> Value {
    if let Value::Object(term) = &mut term
        && let Some(vocabulary) =
            term.remove("vocabulary").filter(|word| !word.as_str().unwrap_or_default().trim().is_empty())
    {
        term.insert("taxonomy_detail".to_owned(), json!({ "id": vocabulary, "name": vocabulary }));
        term.insert("taxonomy".to_owned(), vocabulary);
    }
    let mut attribute = json!({ "taxonomy_term": term });
    if let Some(id) = id {
        attribute["id"] = id;
    }
    if let Some(link_type) = link_type {
        attribute["link_type"] = link_type.into();
    }
    attribute
}

/// How one attends stands on each schedule in HSDS 3.
fn attending_type(service: &mut Record) {
    let Some(how) = text(service, "attending_type") else { return };
    service.remove("attending_type");
    let mut any = false;
    let mut fill = |record: &mut Record| {
        for schedule in objects(record, "schedules") {
            schedule.entry("attending_type").or_insert_with(|| how.clone().into());
            any = true;
        }
    };
    fill(service);
    objects(service, "service_at_locations").for_each(&mut fill);
    if !any {
        push(service, "schedules", json!({ "attending_type": how }));
    }
}

fn in_words(access: &str) -> String {
    match access {
        "referral" => "By referral".to_owned(),
        "appointment" => "By appointment".to_owned(),
        "membership" => "For members".to_owned(),
        "drop-in" => "Drop in".to_owned(),
        other => other.to_owned(),
    }
}

/// `31/01/2024` and `31/01/2024 09:00:00`, as British feeds write days, become `2024-01-31`.
fn day_first(record: &mut Record, field: &str) {
    let Some(written) = text(record, field) else { return };
    let day = written.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split('/').collect();
    if let [day, month, year] = parts[..]
        && year.len() == 4
        && day.len() <= 2
        && month.len() <= 2
    {
        record.insert(field.to_owned(), format!("{year}-{month:0>2}-{day:0>2}").into());
    }
}

/// The code of the Office for National Statistics that a text is, or that ends an address of the web.
fn area_code(text: &str) -> Option<String> {
    let last = text.trim_end_matches('/').rsplit('/').next()?;
    let (letter, digits) = last.split_at_checked(1)?;
    let is_code = letter.bytes().all(|b| b.is_ascii_uppercase())
        && digits.len() == 8
        && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| last.to_owned())
}

/// A text or number that is stated.
fn text(record: &Record, field: &str) -> Option<String> {
    let text = match record.get(field)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text != "null").then_some(text)
}

/// Gives a member its newer name, unless something is stated under that.
fn rename(record: &mut Record, old: &str, new: &str) {
    if text(record, new).is_none()
        && let Some(value) = record.remove(old)
    {
        record.insert(new.to_owned(), value);
    }
}

/// The objects of a list.
fn objects<'r>(record: &'r mut Record, field: &str) -> impl Iterator<Item = &'r mut Record> {
    record.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Takes lists out, under whichever of their names; what is no list stays for the gate to refuse or keep.
fn taken(record: &mut Record, names: &[&str]) -> Vec<Value> {
    let mut taken = Vec::new();
    for name in names {
        if let Some(Value::Array(items)) = record.get_mut(*name) {
            taken.append(items);
            record.remove(*name);
        }
    }
    taken
}

fn move_list(record: &mut Record, names: &[&str], new: &str) {
    taken(record, names).into_iter().for_each(|item| push(record, new, item));
}

fn push(record: &mut Record, field: &str, item: Value) {
    let list = record.entry(field).or_insert_with(|| Value::Array(Vec::new()));
    match list {
        Value::Array(items) => items.push(item),
        Value::Null => *list = Value::Array(vec![item]),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Decisions, Input, Subject, renew};
    use crate::domain::place::PlaceMode;

    fn renewed(subject: Subject, value: Value) -> Value {
        let Value::Object(record) = value else { panic!("an item is an object") };
        let mut input = Input { part: 0, row: 1, subject, record, withheld: 0, notices: Vec::new() };
        renew(&mut input, &Decisions::default());
        Value::Object(input.record)
    }

    #[test]
    fn an_older_service_says_the_same_in_newer_words() {
        let service = json!({
            "id": "1", "name": "Circle", "assured_date": "05/11/2023 10:00:00", "attending_type": "venue", "attending_access": "referral", "deliverable_type": "Advice",
            "organization": {"id": "o", "name": "Elm", "url": "https://elm.example"},
            "eligibilitys": [{"eligibility": "adult", "minimum_age": "18", "maximum_age": 0, "taxonomys": [{"id": "c:1", "name": "Carers"}]}, {"eligibility": "teen", "minimum_age": 13}],
            "contacts": [{"id": "c", "title": "Front desk", "phones": [{"number": "01632 960001", "language": "Welsh"}]}],
            "languages": [{"language": "Polish"}], "fundings": [{"source": "Lottery"}],
            "service_areas": [{"service_area": "Leeds", "uri": "http://statistics.example/id/E08000035"}],
            "service_taxonomys": [{"id": "t", "taxonomy": {"id": "x:2", "name": "Grief", "vocabulary": "county"}}],
            "regular_schedules": [{"weekday": "Tuesday", "opens_at": "19:00", "valid_from": "1/2/2024"}],
            "service_at_locations": [{"id": "s", "regular_schedule": [{"byday": "MO", "freq": "WEEKLY"}], "location": {"id": "l", "latitude": 53.8,
                "physical_addresses": [{"address_1": "1 High St"}], "postal_addresses": [{"address_1": "PO Box 1"}],
                "accessibility_for_disabilities": [{"accessibility": "Ramp"}]}}],
        });
        assert_eq!(
            renewed(Subject::Service(PlaceMode::Exact), service),
            json!({
                "id": "1", "name": "Circle", "assured_date": "2023-11-05", "application_process": "By referral", "deliverable_type": "Advice", "status": "active",
                "organization": {"id": "o", "name": "Elm", "website": "https://elm.example"},
                "minimum_age": 13, "eligibility_description": "adult, teen",
                "contacts": [{"id": "c", "title": "Front desk"}],
                "phones": [{"number": "01632 960001", "contact_id": "c", "description": "Front desk", "languages": [{"name": "Welsh"}]}],
                "languages": [{"name": "Polish"}], "funding": [{"source": "Lottery"}],
                "service_areas": [{"name": "Leeds", "extent": "E08000035", "extent_type": "text", "uri": "http://statistics.example/id/E08000035"}],
                "attributes": [{"link_type": "eligibility", "taxonomy_term": {"id": "c:1", "name": "Carers"}},
                    {"id": "t", "taxonomy_term": {"id": "x:2", "name": "Grief", "taxonomy": "county", "taxonomy_detail": {"id": "county", "name": "county"}}}],
                "schedules": [{"byday": "TU", "freq": "WEEKLY", "opens_at": "19:00", "valid_from": "2024-02-01", "attending_type": "venue"}],
                "service_at_locations": [{"id": "s", "schedules": [{"byday": "MO", "freq": "WEEKLY", "attending_type": "venue"}],
                    "location": {"id": "l", "latitude": 53.8, "location_type": "physical",
                        "addresses": [{"address_1": "1 High St", "address_type": "physical"}, {"address_1": "PO Box 1", "address_type": "postal"}],
                        "accessibility": [{"description": "Ramp"}]}}],
            })
        );
    }

    #[test]
    fn a_protected_service_keeps_only_the_short_list_whatever_it_is_called_by() {
        let service = json!({"id": "1", "name": "House", "status": "active", "attending_type": "venue", "regular_schedules": [{"notes": "x"}],
            "contacts": [{"name": "Ann", "phones": [{"number": "1", "location_id": "x"}]}], "deliverable_type": "x", "fundings": [{"source": "x"}],
            "service_areas": [{"uri": "http://house.example/x"}]});
        assert_eq!(
            renewed(Subject::Service(PlaceMode::Area), service),
            json!({"id": "1", "name": "House", "status": "active", "phones": [{"number": "1"}], "service_areas": [{}]})
        );
    }
}
