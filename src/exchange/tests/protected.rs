//! Mapped tables with contacts, times and further tables: nothing of a protected row's place is decoded.

use super::{Draft, PlaceMode, import_all, kinds, table};

const MORE: &str = r#"
[contact]
name = "who"
[schedule]
day = "day"
times = "open"
[[join]]
file = "times.csv"
on = "ref"
schedule = { day = "day", description = "at" }
terms = [{ column = "kind", taxonomy = "t" }]
"#;

#[test]
fn nothing_of_a_refuges_place_is_decoded_in_a_table_or_in_further_ones() {
    // The term that tells what it is stands in the further table only.
    let main = b"ref,title,a,b,web,tel,by,street,postcode,lat,lon,topics,who,day,open\n\
        1,Choir,Sing,,,,Oak,The Hall,LS6 2AA,,,,Ann,Monday,0900-1730\n\
        2,Elm House,Safe,,,01632 960181,Elm,CANARY\xff,CANARY\xff,CANARY\xff,CANARY\xff,,CANARY\xff,CANARY\xff,CANARY\xff\n";
    let further = b"ref,day,at,kind\n2,CANARY\xff,CANARY\xff,refuge\n1,Tuesday,\xff,\n";
    let (_, items) = import_all(&[("groups.csv", main), ("times.csv", further)], &table(MORE)).unwrap();
    assert_eq!(kinds(&items[0]), ["organization", "service", "location", "at"]);
    assert_eq!(kinds(&items[1]), ["organization", "service"]);
    let Draft::Service(house) = &items[1].result.as_ref().unwrap()[1] else { panic!() };
    assert_eq!((house.facts.mode, house.record.phones.len()), (PlaceMode::Area, 1));
    // Street, postcode, two coordinates, the contact, day and times here, day and words there.
    assert_eq!(items[1].withheld, 9);
    let told = format!("{:?}", items.iter().map(|item| (&item.result, &item.notices)).collect::<Vec<_>>());
    assert!(!told.contains("CANARY"), "{told}");
    let Draft::Service(choir) = &items[0].result.as_ref().unwrap()[1] else { panic!() };
    assert_eq!((choir.record.contacts.len(), choir.record.schedules.len()), (1, 2));
}
