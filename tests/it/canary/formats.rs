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

/// A service of today in the words of Open Referral UK 1.0, a refuge with marks in what only that has.
fn older(mut service: Value) -> Value {
    let rename = |object: &mut Value, old: &str, new: &str| {
        if let Some(value) = object.as_object_mut().and_then(|members| members.remove(old)) {
            object[new] = value;
        }
    };
    let terms: Vec<Value> = service["attributes"].as_array().into_iter().flatten().filter_map(|attribute| attribute.get("taxonomy_term")).map(|term| {
        json!({ "id": mark("link-id"), "note": mark("link"), "taxonomy": { "id": format!("topic:{}", term["id"].as_str().unwrap_or("7")), "name": term["name"], "vocabulary": "topic", "note": mark("taxonomy") } })
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
    let organization = neighbours.pop().unwrap();
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
    // The organization of the last page has been given with the refuges.
    assert_eq!((number("read"), number("created"), number("same"), number("refused")), (6, 5, 1, 0), "{report:#}");
    assert!(number("withheld") > 60 && number("protected") == 3, "{report:#}");
    assert_eq!(surfaces(&data), [""; 0]);
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
                "id,name,description,website,legal_status,head_office\norg,Harbour,{},harbour.example,{},{}\n",
                mark("organization"),
                mark("legal"),
                mark("head-office")
            ),
        ),
        (
            "services.csv",
            format!(
                "id,organization_id,name,description,status,wait_time,licenses,postcode\n\
             choir,,Harbourside choir,Singing.,active,,,\n\
             one,org,Elm women's refuge,Rooms.,active,{w},{w},{POSTCODE}\n\
             two,org,Rowan House,Rooms.,active,{w},{w},{POSTCODE}\n\
             three,org,Ash refuge,Rooms.,{w},{w},{w},{POSTCODE}\n\
             four,org,Oak refuge,Rooms.,active,{w},{w},{POSTCODE},{w}\n",
                w = mark("service")
            ),
        ),
        (
            "service_at_location.csv",
            format!(
                "id,service_id,location_id,description\na,one,house,{w}\nb,two,house,{w}\nc,choir,house,{w}\nd,choir,hall,\ne,two,,{w}\n",
                w = mark("there")
            ),
        ),
        (
            "locations.csv",
            format!(
                "id,location_type,name,description,latitude,longitude,external_identifier,note,organization_id\n{},\n{},\n{}\nhall,physical,Mill Hall,,,,,,\n",
                place("house"),
                place("back"),
                own("office", "org")
            ),
        ),
        (
            "addresses.csv",
            format!(
                "id,location_id,address_1,address_2,city,state_province,postal_code,country,address_type\n1,house,{}\n2,back,{}\n3,office,{}\n4,hall,Mill Lane,,Leeds,West Yorkshire,LS6 2AA,GB,physical\n5,gone,{}\n",
                address(),
                address(),
                address(),
                address()
            ),
        ),
        (
            "phones.csv",
            format!(
                "id,service_id,location_id,organization_id,service_at_location_id,number,description\n1,one,,,,01632 960191,\n2,one,back,,,{w},{w}\n3,choir,house,,,{w},{w}\n4,,,org,,{w},{w}\n5,choir,,,a,{w},{w}\n",
                w = mark("phone")
            ),
        ),
        (
            "contacts.csv",
            format!("id,service_id,organization_id,name,email\n1,one,,{w},{w}\n2,,org,{w},{w}\n", w = mark("contact")),
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
                "id,link_id,taxonomy_term_id,link_type,value,label\n1,two,t,,{w},{w}\n2,one,t,kith:where,{w},{w}\n3,house,t,,{w},{w}\n",
                w = mark("attribute")
            ),
        ),
        ("taxonomy_terms.csv", format!("id,code,name,taxonomy,description\nt,refuge,Refuge,kith,{}\n", mark("term"))),
        (
            "metadata.csv",
            format!(
                "id,resource_id,resource_type,field_name,previous_value,replacement_value\n1,one,service,x,{w},{w}\n2,house,location,x,{w},{w}\n3,1,address,x,{w},{w}\n",
                w = mark("history")
            ),
        ),
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
    // One organization, five services of which two have faults, an address of no place, a place of nobody's that a phone names, and a stranger.
    assert_eq!((number("created"), number("refused")), (4, 4), "{report:#}");
    assert!(number("withheld") > 30 && number("protected") == 3, "{report:#}");
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
        ["tables/services.csv 5 /status", "tables/services.csv 6 ", "tables/addresses.csv 6 ", "tables/houses.csv 1 "]
    );
    assert_eq!(surfaces(&data), [""; 0]);
}

#[test]
fn further_tables_leave_no_trace_of_where_refuges_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (rows, mapping) = plant::table();
    let further = format!(
        "ref,day,words,who\n1,{w},{w},{w}\n2,Monday,{w},{w}\n3,Monday,{w},{w}\n5,Monday,{w},{w}\n6,Friday,after tea,\n7,Monday,{w},{w}\n9,Monday,{w},{w}\n",
        w = mark("further")
    );
    let more = "[contact]\nname = \"note\"\n[[join]]\nfile = \"times.csv\"\non = \"ref\"\nschedule = { day = \"day\", notes = \"words\" }\n";
    let (file, by) = (folder.path().join("table.csv"), folder.path().join("table.toml"));
    fs::write(&file, rows).unwrap();
    fs::write(folder.path().join("times.csv"), further).unwrap();
    fs::write(&by, format!("{mapping}{more}")).unwrap();
    let report = import(&data, &file, &["--mapping", by.to_str().unwrap()]);
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((number("read"), number("created"), number("refused")), (7, 4, 3), "{report:#}");
    assert_eq!(surfaces(&data), [""; 0]);
}
