//! What real feeds get wrong: each of these has been met in a published set, and none of them may stop an import or be told
//! as something it is not.

use super::{Code, Draft, Error, Format, Item, Mapping, Mended, hsds, import, import_all, table};
use crate::domain::read::Violation;

fn service(item: &Item) -> &crate::exchange::Offer<crate::domain::service::Service> {
    let drafts = item.result.as_ref().unwrap();
    let found = drafts.iter().find_map(|draft| if let Draft::Service(service) = draft { Some(service) } else { None });
    found.unwrap()
}

fn mended(item: &Item) -> Vec<(&str, Mended)> {
    item.notices.iter().map(|notice| (notice.pointer.as_str(), notice.mended)).collect()
}

fn codes(faults: &[Violation]) -> Vec<Code> {
    faults.iter().map(|fault| fault.code).collect()
}

const HEAD: &str = "ref,title,a,b,web,tel,by,street,postcode,lat,lon,topics\n";

#[test]
fn an_id_of_the_right_shape_that_is_no_true_uuid_is_kept() {
    let items = hsds(r#"{"id":"A1B2C3D4-0000-0000-1111-222233334444","name":"Circle","status":"active"}"#);
    assert_eq!(service(&items[0]).record.id.to_string(), "a1b2c3d4-0000-0000-1111-222233334444");
}

#[test]
fn a_duplicate_id_is_merged_where_it_says_the_same_and_refused_where_it_does_not() {
    let one = r#"{"id":"a","name":"Circle","status":"active"}"#;
    let items = hsds(&format!("[{one},{one},{}]", one.replace("Circle", "Choir")));
    assert_eq!(items[1].merged_into, Some(1));
    assert_eq!(codes(items[2].result.as_ref().unwrap_err()), [Code::Duplicate]);
}

#[test]
fn a_service_without_an_organization_is_a_service() {
    let items = hsds(
        r#"[{"id":"a","name":"Circle","status":"active"},{"id":"b","name":"Choir","status":"active","organization":null,"organization_id":""}]"#,
    );
    assert!(items.iter().all(|item| service(item).record.organization_id.is_none()));
}

#[test]
fn a_web_address_without_a_scheme_gets_one() {
    let items = hsds(r#"{"id":"a","name":"Circle","status":"active","url":"www.a.example/x"}"#);
    assert_eq!(service(&items[0]).record.url.as_deref(), Some("https://www.a.example/x"));
    assert_eq!(mended(&items[0]), [("/url", Mended::SchemeAdded)]);
}

#[test]
fn empty_texts_are_absent_fields_and_nothing_to_tell_of() {
    let items = hsds(
        r#"{"id":"a","name":"Circle","status":"active","url":"","email":" ","minimum_age":"","fees":"","last_modified":"","program_id":"","schedules":[{"opens_at":"","freq":"","byday":""}]}"#,
    );
    let circle = service(&items[0]);
    assert_eq!(
        (circle.record.url.as_ref(), circle.record.minimum_age, circle.record.schedules[0].freq),
        (None, None, None)
    );
    assert!(items[0].notices.is_empty() && circle.extra.is_empty());
}

#[test]
fn markup_in_a_description_is_kept_as_its_source_wrote_it() {
    let items =
        hsds(r#"{"id":"a","name":"Circle","status":"active","description":"<p>Tea &amp; talk<script>x</script></p>"}"#);
    let description = service(&items[0]).record.description.as_deref().unwrap();
    assert_eq!(description, "<p>Tea &amp; talk<script>x</script></p>");
    // Readers get plain text of it.
    assert_eq!(crate::domain::plain::paragraphs(description), "Tea & talk");
}

#[test]
fn children_with_blank_ids_are_named_after_their_parent() {
    let items = hsds(
        r#"{"id":"a","name":"Circle","status":"active","phones":[{"id":"","number":"1"},{"id":" ","number":"2"}]}"#,
    );
    let phones = &service(&items[0]).record.phones;
    assert_ne!(phones[0].id, phones[1].id);
}

#[test]
fn times_with_am_and_without_a_colon_are_times() {
    let items =
        hsds(r#"{"id":"a","name":"Circle","status":"active","schedules":[{"opens_at":"9:00am","closes_at":"1730"}]}"#);
    let schedule = &service(&items[0]).record.schedules[0];
    assert_eq!((schedule.opens_at.as_deref(), schedule.closes_at.as_deref()), (Some("09:00"), Some("17:30")));
    assert_eq!(
        mended(&items[0]),
        [("/schedules/0/opens_at", Mended::Rewritten), ("/schedules/0/closes_at", Mended::Rewritten)]
    );
}

/// One location of a service, and what was put right there.
fn location(address: &str) -> (crate::domain::location::Location, Vec<Mended>) {
    let text = format!(
        r#"{{"id":"a","name":"Circle","status":"active","service_at_locations":[{{"id":"x","location":{{"id":"l","location_type":"physical",{address}}}}}]}}"#
    );
    let items = hsds(&text);
    let drafts = items[0].result.as_ref().unwrap();
    let found = drafts
        .iter()
        .find_map(|draft| if let Draft::Location(location) = draft { Some(&location.record) } else { None });
    (found.unwrap().clone(), items[0].notices.iter().map(|notice| notice.mended).collect())
}

#[test]
fn padded_counties_and_postcodes_are_trimmed() {
    let (hall, told) = location(
        r#""addresses":[{"address_1":"1 High St","city":"Leeds","state_province":"West Yorkshire   ","postal_code":" LS6 2AA ","country":"GB","address_type":"physical"}]"#,
    );
    let address = &hall.addresses[0];
    assert_eq!((address.state_province.as_str(), address.postal_code.as_str()), ("West Yorkshire", "LS6 2AA"));
    assert_eq!(told, [Mended::Trimmed, Mended::Trimmed]);
}

#[test]
fn a_town_in_the_place_of_a_postcode_becomes_the_town() {
    let (hall, told) = location(
        r#""addresses":[{"address_1":"x","postal_code":"POOLE","country":"GB","state_province":"Dorset","address_type":"physical"},{"address_1":"x","city":"Poole","postal_code":"DORSET","country":"GB","state_province":"Dorset","address_type":"physical"}]"#,
    );
    let [first, second] = &hall.addresses[..] else { panic!() };
    assert_eq!((first.city.as_str(), first.postal_code.as_str()), ("POOLE", ""));
    assert_eq!((second.city.as_str(), second.postal_code.as_str()), ("Poole", ""));
    assert!(told.contains(&Mended::TownMoved) && told.contains(&Mended::Dropped), "{told:?}");
}

#[test]
fn a_coordinate_without_its_other_half_is_left_out() {
    let (hall, told) = location(r#""latitude":53.8,"longitude":"""#);
    assert_eq!((hall.latitude, hall.longitude, told), (None, None, vec![Mended::PositionDropped]));
}

#[test]
fn one_row_for_each_contact_is_one_service_with_all_its_contacts() {
    let mapping = "[source]\nname = \"s\"\n[entity]\nkind = \"service\"\nid = \"ref\"\n[fields]\nname = \"title\"\nstatus = { value = \"active\" }\n[contact]\nname = \"who\"\nphone = \"tel\"\n[merge]\non = \"ref\"\n";
    let format = Format::Table(Box::new(Mapping::parse(mapping).unwrap()));
    let rows = "ref,title,who,tel\n1,Circle,Front desk,01632 960171\n1,Circle,Steward,\n1,Circle,Front desk,01632 960171\n2,Choir,,\n";
    let (_, items) = import(rows.as_bytes(), &format).unwrap();
    assert_eq!(items.iter().map(|item| item.merged_into).collect::<Vec<_>>(), [None, Some(2), Some(2), None]);
    let contacts = &service(&items[0]).record.contacts;
    assert_eq!(
        contacts.iter().map(|contact| contact.name.as_deref().unwrap()).collect::<Vec<_>>(),
        ["Front desk", "Steward"]
    );
    assert_eq!(contacts[0].phones[0].number, "01632 960171");
    assert!(service(&items[3]).record.contacts.is_empty() && items[0].notices.is_empty());
}

#[test]
fn another_spelling_of_a_header_is_the_same_column_and_two_of_them_are_a_question() {
    let rows = "1,Circle,,,,,,,LS6 2AA,,,\n";
    let (_, items) = import(format!("{}{rows}", HEAD.replace("postcode", "Post Code")).as_bytes(), &table("")).unwrap();
    let drafts = items[0].result.as_ref().unwrap();
    assert!(
        drafts
            .iter()
            .any(|draft| matches!(draft, Draft::Location(hall) if hall.record.addresses[0].postal_code == "LS6 2AA"))
    );
    let twice = format!("Post Code,{}", HEAD.replace("postcode", "Post code"));
    assert_eq!(
        import(twice.as_bytes(), &table("")).map(|_| ()).unwrap_err(),
        Error::Column { column: "postcode".to_owned(), times: 2 }
    );
}

#[test]
fn further_tables_of_a_mapping_must_be_there_and_tell_where_they_are_wrong() {
    let format = table("[[join]]\nfile = \"times.csv\"\non = \"REF\"\nschedule = { day = \"Day\" }\n");
    let main = format!("{HEAD}1,Circle,,,,,,,,,,\n");
    let with =
        |further: &str| import_all(&[("groups.csv", main.as_bytes()), ("times.csv", further.as_bytes())], &format);
    assert_eq!(
        import_all(&[("groups.csv", main.as_bytes())], &format).map(|_| ()),
        Err(Error::Missing { name: "times.csv".to_owned() })
    );
    let told = with("Ref,Weekday\n").map(|_| ()).unwrap_err();
    assert_eq!(told.to_string(), "times.csv: the column \"Day\" is needed once, and the table has it 0 times");
    let (_, items) = with("Ref,Day\n1,Tuesday\n 1 ,Bank holidays\n2,Monday\n1,Friday,more\n").unwrap();
    let schedules = &service(&items[0]).record.schedules;
    let said: Vec<_> = schedules.iter().map(|one| (one.byday.as_deref(), one.description.as_deref())).collect();
    assert_eq!(said, [(Some("TU"), None), (None, Some("Bank holidays"))]);
}
