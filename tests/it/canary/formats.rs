//! The same for the formats that are not compiled JSON of today: older feeds in a folder, tables in an archive, further tables.

use std::{
    fs,
    io::{Cursor, Write},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    import,
    plant::{self, How, refuge},
    scan::{LATITUDE, LONGITUDE, POSTCODE, mark},
    surfaces,
};
use crate::support::{Serving, ids, kith_ok};

/// A service of today in the words of Open Referral UK 1.0, a refuge with marks in what only that has.
fn older(mut service: Value) -> Value {
    let rename = |object: &mut Value, old: &str, new: &str| {
        if let Some(value) = object.as_object_mut().and_then(|members| members.remove(old)) {
            object[new] = value;
        }
    };
    let terms: Vec<Value> = service["attributes"].as_array().into_iter().flatten().filter_map(|attribute| attribute.get("taxonomy_term")).map(|term| {
        // The older form has no codes; what stands there stands in the id.
        let code = term["code"].as_str().or(term["id"].as_str()).unwrap_or("7");
        json!({ "id": mark("link-id"), "note": mark("link"), "taxonomy": { "id": format!("topic:{code}"), "name": term["name"], "vocabulary": "topic", "note": mark("taxonomy") } })
    }).collect();
    service["service_taxonomys"] = terms.into();
    if service.get("contacts").is_some() {
        // A refuge: open groups may say all this.
        service["contacts"][0]["phones"] = service["phones"].clone();
        service["attending_type"] = mark("how").into();
        service["deliverable_type"] = mark("what").into();
        service["holiday_schedules"] = json!([{ "start_date": mark("holiday") }]);
        service["eligibilitys"] =
            json!([{ "id": mark("eligibility-id"), "eligibility": "adult", "note": mark("eligibility") }]);
    }
    rename(&mut service, "schedules", "regular_schedules");
    service["reviews"] = json!([{ "title": mark("review"), "widget": mark("widget") }]);
    service.as_object_mut().unwrap().remove("phones");
    if let Some(organization) = service.get_mut("organization") {
        rename(organization, "website", "url");
    }
    for at in service["service_at_locations"].as_array_mut().unwrap() {
        rename(at, "schedules", "regular_schedule");
        if let Some(location) = at.get_mut("location") {
            rename(location, "addresses", "physical_addresses");
            rename(location, "accessibility", "accessibility_for_disabilities");
        }
    }
    service
}

#[test]
fn older_feeds_in_a_folder_leave_no_trace_of_where_refuges_are() {
    let folder = tempfile::tempdir().unwrap();
    let (data, pages) = (folder.path().join("data"), folder.path().join("pages"));
    fs::create_dir(&pages).unwrap();
    // Who shares the house stands on the first page, and the refuges on the second.
    let mut neighbours = plant::neighbours("shared-house");
    let mut organization = neighbours.pop().unwrap();
    // Inside its organization stands one more, in the older words too.
    organization["services"] = json!([older(refuge("inner", How::Name, "inner-house"))]);
    organization["url"] = organization["website"].take();
    organization["reviews"] = json!([{ "title": mark("organization-review") }]);
    neighbours = neighbours.into_iter().map(older).collect();
    let refuges: Vec<Value> =
        [How::Term, How::Name, How::Declared].map(|how| older(refuge(&format!("{how:?}"), how, "shared-house"))).into();
    for (name, content) in [("page-1.json", neighbours), ("page-2.json", refuges), ("page-3.json", vec![organization])]
    {
        let page = json!({ "totalElements": 6, "last": false, "content": content });
        fs::write(pages.join(name), page.to_string()).unwrap();
    }
    let report = import(&data, &pages, &[]);
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((number("read"), number("created"), number("refused")), (6, 6, 0), "{report:#}");
    assert!(number("withheld") > 60 && number("protected") == 4, "{report:#}");
    assert_eq!(surfaces(&data), [""; 0]);
    let server = Serving::ready(&data, &[]);
    let found = server.client.get("/v1/search?q=calm+refuge&near=Leeds").json();
    let cards = found["covers_area"]["items"].as_array().unwrap();
    assert!(cards.iter().all(|card| card["place"]["kind"] == "area"), "{found:#}");
    let named = cards.iter().filter(|card| card["name"] == "Calm women's refuge");
    assert_eq!(named.count(), 2, "the one on a page and the one inside the organization: {found:#}");
}

/// Tables of refuges and of those who share their places, with a mark in each cell that could tell where.
fn tables() -> Vec<(&'static str, String)> {
    let address =
        || format!("{},{},{},{},{POSTCODE},GB,physical", mark("line-1"), mark("line-2"), mark("city"), mark("county"));
    let place = |id: &str| {
        format!(
            "{id},physical,{},{},{LATITUDE},{LONGITUDE},{},{}",
            mark("place"),
            mark("about-place"),
            mark("uprn"),
            mark("unknown")
        )
    };
    let own = |id: &str, of: &str| format!("{},{of}", place(id));
    vec![
        (
            "organizations.csv",
            format!(
                "id,name,description,website,legal_status,head_office\norg,Calm,{w},https://maps.app.goo.gl/Zqk7Canary,{w},{w}\n\
                 named,Warm women's refuge,{w},yew.example,{w},{w}\n",
                w = mark("organization")
            ),
        ),
        (
            "services.csv",
            format!(
                "id,organization_id,name,description,status,wait_time,licenses,postcode,program_id\n\
             choir,,Harbourside choir,Singing.,active,,,,p\n\
             one,org,Kind women's refuge,Rooms.,active,{w},{w},{POSTCODE}\n\
             two,org,Quiet Home,Rooms at {POSTCODE} {w}.,active,{w},{w},{POSTCODE}\n\
             inherits,named,Tuesday rooms,Talk.,active,{w},{w},{POSTCODE}\n\
             three,org,Ash refuge,Rooms.,{w},{w},{w},{POSTCODE}\n\
             four,org,Oak refuge,Rooms.,active,{w},{w},{POSTCODE},,{w}\n",
                w = mark("service")
            ),
        ),
        (
            "service_at_location.csv",
            format!(
                "id,service_id,location_id,description\na,one,house,{w}\nb,two,house,{w}\nc,choir,house,{w}\nd,choir,hall,\ne,two,,{w}\nf,inherits,back-room,{w}\n",
                w = mark("there")
            ),
        ),
        (
            "locations.csv",
            format!(
                "id,location_type,name,description,latitude,longitude,external_identifier,note,organization_id\n{},\n{},\n{},\n{}\nhall,physical,Mill Hall,,,,,,\n",
                place("house"),
                place("back"),
                place("back-room"),
                own("office", "org")
            ),
        ),
        (
            "addresses.csv",
            format!(
                "id,location_id,address_1,address_2,city,state_province,postal_code,country,address_type\n1,house,{}\n2,back,{}\n3,office,{}\n4,hall,Mill Lane,,Leeds,West Yorkshire,LS6 2AA,GB,physical\n5,gone,{}\n6,office,{}\n7,back-room,{}\n",
                address(),
                address(),
                address(),
                address(),
                address(),
                address()
            ),
        ),
        (
            "phones.csv",
            format!(
                "id,service_id,location_id,organization_id,service_at_location_id,contact_id,number,description\n6,choir,,,,,01632 960192,\n7,one,,,,9,01632 960193,\n8,two,,,,,01632 960194,the office at {POSTCODE} {w}\n1,one,,,,,01632 960191,\n2,one,back,,,,{w},{w}\n3,choir,house,,,,{w},{w}\n4,,,org,,,{w},{w}\n5,choir,,,a,,{w},{w}\n",
                w = mark("phone")
            ),
        ),
        (
            "contacts.csv",
            format!(
                "id,service_id,organization_id,name,email\n1,one,,{w},{w}\n2,,org,{w},{w}\n9,choir,,Ann,\n",
                w = mark("contact")
            ),
        ),
        (
            "schedules.csv",
            format!(
                "id,service_id,location_id,service_at_location_id,description,notes\n1,one,,,{w},{w}\n2,,,b,{w},{w}\n3,choir,house,,{w},{w}\n",
                w = mark("schedule")
            ),
        ),
        (
            "service_areas.csv",
            format!(
                "id,service_id,service_at_location_id,name,description,extent,extent_type\n1,one,,Leeds,{w},E08000035,text\n2,two,,{w},{w},{w},geojson\n3,,a,{w},{w},{w},\n",
                w = mark("area")
            ),
        ),
        (
            "attributes.csv",
            format!(
                "id,link_id,taxonomy_term_id,link_type,value,label\n1,two,t,,{w},{w}\n2,one,t,kith:where,{w},{w}\n3,house,room,,{w},{w}\n4,6,,,{w},{w}\n",
                w = mark("attribute")
            ),
        ),
        (
            "taxonomy_terms.csv",
            format!(
                "id,code,name,taxonomy,description\nt,refuge,Refuge,kith,{w}\nroom,,Rooms,county,{w}\n",
                w = mark("term")
            ),
        ),
        (
            "metadata.csv",
            format!(
                "id,resource_id,resource_type,field_name,previous_value,replacement_value\n1,one,service,x,{w},{w}\n2,house,location,x,{w},{w}\n3,1,address,x,{w},{w}\n4,6,address,x,{w},{w}\n",
                w = mark("history")
            ),
        ),
        // An open group that belongs to a programme of who runs the refuges.
        ("programs.csv", format!("id,organization_id,name,description\np,org,{w},{w}\n", w = mark("program"))),
        ("funding.csv", format!("id,service_id,organization_id,source\n1,one,org,{}\n", mark("funding"))),
        ("houses.csv", format!("id,street\n1,{}\n", mark("stranger"))),
    ]
}

#[test]
fn tables_in_an_archive_leave_no_trace_of_where_refuges_are() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("county.zip"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, table) in tables() {
        archive.start_file(format!("tables/{name}"), SimpleFileOptions::default()).unwrap();
        archive.write_all(table.as_bytes()).unwrap();
    }
    fs::write(&file, archive.finish().unwrap().into_inner()).unwrap();
    let report = import(&data, &file, &[]);
    let number = |name: &str| report[name].as_u64().unwrap();
    // Two organizations, six services of which two have faults (and are protected all the same), an address of no place, a place of nobody's that a phone names, and a stranger.
    assert_eq!((number("created"), number("refused")), (6, 4), "{report:#}");
    assert!(number("withheld") > 30 && number("protected") == 5, "{report:#}");
    let faults: Vec<String> = report["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            format!("{} {} {}", fault["file"].as_str().unwrap(), fault["row"], fault["pointer"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        faults,
        ["tables/services.csv 6 /status", "tables/services.csv 7 ", "tables/addresses.csv 6 ", "tables/houses.csv 1 "]
    );
    assert_eq!(surfaces(&data), [""; 0]);
    // The number of a refuge does not come to stand with a contact of others that it names.
    let server = Serving::ready(&data, &[]);
    let choir = ids(&server.client.get("/v1/search?q=choir").json()["results"])[0].clone();
    let told = server.client.get(&format!("/v1/services/{choir}")).text();
    assert!(told.contains("01632 960192") && told.contains("Ann") && !told.contains("01632 960193"), "{told}");
}

#[test]
fn further_tables_leave_no_trace_of_where_refuges_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (rows, mapping) = plant::table();
    let further = format!(
        "ref,day,words,who,code\n1,{w},{w},{w},\n2,Monday,{w},{w},UPRN 100012345678 {w}\n3,Monday,{w},{w},\n5,Monday,{w},{w},\n6,Friday,after tea,,\n7,Monday,{w},{w},\n9,Monday,{w},{w},\n",
        w = mark("further")
    );
    let more = "[contact]\nname = \"note\"\n[[join]]\nfile = \"times.csv\"\non = \"ref\"\nschedule = { day = \"day\", notes = \"words\" }\nterms = [{ column = \"code\", taxonomy = \"local\" }]\n";
    let (file, by) = (folder.path().join("table.csv"), folder.path().join("table.toml"));
    fs::write(&file, rows).unwrap();
    fs::write(folder.path().join("times.csv"), further).unwrap();
    fs::write(&by, format!("{mapping}{more}")).unwrap();
    let report = import(&data, &file, &["--mapping", by.to_str().unwrap()]);
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((number("read"), number("created"), number("refused"), number("protected")), (8, 5, 3, 4), "{report:#}");
    assert_eq!(surfaces(&data), [""; 0]);
}

#[test]
fn the_same_search_finds_what_open_groups_tell_in_each_of_these_formats() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    let mut group = older(plant::open_group(&mark("older")));
    group["service_at_locations"][0]["location"]["physical_addresses"][0]["address_1"] = json!(mark("older-address"));
    group["reviews"] = json!([]);
    let inner = |id: &str| json!({ "id": id, "name": "Inner circle", "service_at_locations": [{ "location": { "id": "inner-hall", "name": mark("older-inside") } }] });
    let organization = json!({ "id": "oak", "name": "Oak", "description": "", "services": [inner("inner")] });
    let older = write("older.json", json!({ "totalElements": 2, "content": [group, organization] }).to_string());
    let w = mark("tables");
    write("tables/services.csv", format!("id,name,description,status\na,Table circle,{w}-text,active\n"));
    write("tables/service_at_location.csv", "id,service_id,location_id\nb,a,c\n".to_owned());
    write("tables/locations.csv", format!("id,location_type,latitude,longitude\nc,physical,{LATITUDE},{LONGITUDE}\n"));
    write(
        "tables/addresses.csv",
        format!(
            "id,location_id,address_1,city,postal_code,country,address_type\n6,c,{w}-address,Leeds,{POSTCODE},GB,physical\n"
        ),
    );
    write("tables/phones.csv", format!("id,service_id,number,description\n6,a,01632 960195,{w}-phone\n"));
    write("tables/metadata.csv", format!("id,resource_id,resource_type,previous_value\n1,6,phone,{w}-history\n"));
    let (_, mapping) = plant::table();
    let row =
        format!("9,Further circle,{m}-text,01632 960196,Oak,o9,{m}-street,Leeds,LS6 2AA,,,,,\n", m = mark("further"));
    let table = write(
        "groups/table.csv",
        format!("ref,title,about,phone,by,org_ref,street,town,post,lat,lon,when,topics,note\n{row}"),
    );
    write("groups/times.csv", format!("ref,words\n9,{}-times\n", mark("further")));
    let by = write(
        "table.toml",
        format!("{mapping}[[join]]\nfile = \"times.csv\"\non = \"ref\"\nschedule = {{ notes = \"words\" }}\n"),
    );
    kith_ok(&data, &["import", "--source", "older", older.to_str().unwrap()]);
    kith_ok(&data, &["import", "--source", "tables", folder.path().join("tables").to_str().unwrap()]);
    kith_ok(&data, &["import", "--mapping", by.to_str().unwrap(), table.to_str().unwrap()]);
    let found = surfaces(&data);
    assert!(!found.is_empty() && !found.iter().any(|hit| hit.starts_with("log")), "{found:#?}");
    // Each of the marks by itself, in what is kept and in what is answered.
    let server = Serving::ready(&data, &[]);
    let said = super::answers::all(&server.client, &[], &[]);
    let kept = super::scan::files(&data);
    for text in [
        "older",
        "older-address",
        "older-inside",
        "tables-text",
        "tables-address",
        "tables-phone",
        "further-text",
        "further-street",
        "further-times",
    ] {
        let (name, end) = text.split_once('-').filter(|(name, _)| *name != "older").unwrap_or((text, ""));
        let text = format!("{}{}{end}", mark(name), if end.is_empty() { "" } else { "-" });
        let has = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&text);
        assert!(said.iter().any(|(_, bytes)| has(bytes)), "no answer says {text}");
        assert!(kept.iter().any(|(name, bytes)| name.starts_with("kith.db") && has(bytes)), "it is not kept: {text}");
    }
    // The history of a record is kept for its source, and reaches no reader.
    let history = format!("{w}-history");
    assert!(kept.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&history)));
    assert!(!said.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&history)));
}
