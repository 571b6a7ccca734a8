//! Places at risk that a file tells of in another way than by a plain word in a name or a description: with markup in it, in
//! another field, by a mode written oddly. None of them may come out with its address.

use serde_json::{Value, json};

use crate::{
    publishing::served,
    support::{Serving, kith_ok, runtime},
};

/// Where each is.
const STREET: &str = "12 Kirkgate";

/// An item at that street; `more` is put over it, `there` over its location and `at` over its place.
fn item(number: usize, more: &Value, there: &Value, at: &Value) -> Value {
    let over = |mut value: Value, more: &Value| {
        value.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        value
    };
    let location = json!({ "id": format!("l{number}"), "name": "Hall", "location_type": "physical", "latitude": 53.9,
        "longitude": -1.69, "addresses": [{ "address_1": STREET, "city": "Otley", "state_province": "x",
        "postal_code": "LS21 3AA", "country": "GB", "address_type": "physical" }] });
    let place = over(json!({ "id": format!("p{number}"), "location": over(location, there) }), at);
    let service = json!({ "id": format!("s{number}"), "name": "Women", "status": "active", "description": "Tea.",
        "service_at_locations": [place] });
    over(service, more)
}

fn mode(link: &str, value: &Value) -> Value {
    json!({ "attributes": [{ "link_type": link, "value": value }] })
}

#[test]
fn a_place_at_risk_is_recognised_in_whatever_field_and_spelling_its_source_tells_of_it() {
    let none = json!({});
    let told = [
        json!({ "description": "<p>We run a <strong>refuge</strong> for women.</p>" }),
        json!({ "description": "We&nbsp;run&nbsp;a&nbsp;refuge" }),
        json!({ "description": "We run<br>a<br/>refuge" }),
        json!({ "name": "Safe&nbsp;House" }),
        json!({ "name": "Ref<b>uge</b>" }),
        json!({ "name": "Refu\u{ad}ge" }),
        json!({ "alternate_name": "<i>Safe</i> house" }),
        json!({ "program": { "id": "pr", "name": "Safe house programme", "description": "x" } }),
        json!({ "program": { "id": "pr2", "name": "Homes", "description": "We run a refuge for women." } }),
        json!({ "eligibility_description": "Women who flee to our refuge." }),
        json!({ "application_process": "Ring. The address is confidential, and we offer refuge." }),
        json!({ "alert": "Our refuge is full." }),
        json!({ "fees_description": "Rent of our refuge is paid by benefits." }),
        json!({ "accreditations": "Quality mark for refuge provision." }),
        json!({ "phones": [{ "number": "0300 123 4567", "description": "Rings in our refuge." }] }),
        json!({ "url": "https://otley-womens-refuge.example/" }),
        json!({ "email": "safe.house@otley.example" }),
        mode("kith:place_mode", &json!("AREA")),
        mode("kith:place_mode", &json!("hidden")),
        mode("kith:place_mode", &json!(["area"])),
        mode("kith:place_mode", &Value::Null),
        mode(" Kith:Place_Mode ", &json!("area")),
        json!({ "kith": { "place_mode": "area" } }),
        json!({ "attributes": [{ "taxonomy_term": { "code": "kith:place_mode", "name": "area" } }] }),
    ];
    let mut items: Vec<Value> = told.iter().enumerate().map(|(n, more)| item(n, more, &none, &none)).collect();
    items.push(item(50, &none, &json!({ "name": "Women's Refuge" }), &none));
    items.push(item(51, &none, &json!({ "description": "This is our refuge. The address is confidential." }), &none));
    items.push(item(52, &none, &none, &json!({ "description": "Our refuge." })));
    for private in &items {
        let (client, _directory, _report, _folder) = served(&json!([private]));
        let listed = client.get("/v1/services").text();
        assert!(listed.contains("\"kind\":\"area\""), "{private}\n{listed}");
        for page in ["/v1/services", "/hsds/services", "/hsds/service_at_locations", "/v1/search?near=LS21"] {
            let shown = client.get(page).text();
            assert!(!shown.contains("Kirkgate") && !shown.contains("LS21 3AA"), "{page} of {private}\n{shown}");
        }
    }
    // What tells nothing is shown where it is; so is what says so.
    for open in [item(90, &none, &none, &none), item(91, &mode("kith:place_mode", &json!("Exact")), &none, &none)] {
        let (client, _directory, _report, _folder) = served(&json!([open]));
        assert!(client.get("/v1/search?near=LS21").text().contains(STREET), "{open}");
    }
}

/// Members of the standard that hold no words, or tell where something is. Of all others it is heard when they speak of a refuge.
const NO_WORDS: [&str; 35] = [
    "id",
    "link_entity",
    "link_type",
    "address_1",
    "address_2",
    "attention",
    "city",
    "region",
    "state_province",
    "country",
    "postal_code",
    "location_type",
    "address_type",
    "extent",
    "extent_type",
    "number",
    "freq",
    "byday",
    "bymonthday",
    "byweekno",
    "byyearday",
    "wkst",
    "dtstart",
    "until",
    "valid_from",
    "valid_to",
    "opens_at",
    "closes_at",
    "status",
    "currency",
    "assurer_email",
    "identifier",
    "last_modified",
    "updated",
    "schedule_link",
];

/// Every member of a service in the document of the standard's feed that may hold words, as the way to it.
fn members_with_words() -> Vec<Vec<String>> {
    let document: Value = serde_json::from_str(include_str!("../../openapi/hsds.json")).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut found = Vec::new();
    let mut open = vec![("WholeService".to_owned(), Vec::<String>::new())];
    while let Some((schema, way)) = open.pop() {
        for (name, member) in schemas[&schema]["properties"].as_object().unwrap() {
            let member = if member["type"] == "array" { &member["items"] } else { member };
            let of = member["$ref"].as_str().or_else(|| member["allOf"][0]["$ref"].as_str());
            let of = of.map(|of| of.rsplit('/').next().unwrap().to_owned());
            let way: Vec<String> = way.iter().chain([name]).cloned().collect();
            let is_left = NO_WORDS.contains(&name.as_str()) || name.ends_with("_id") || name.ends_with("_date");
            // Who runs it is heard by itself, our extension is written otherwise in the feed; the same terms stand on everything, and history in everything.
            // A link leads to others.
            let is_others = way.ends_with(&["additional_urls".to_owned(), "url".to_owned()]);
            let is_elsewhere = is_others
                || ["organization", "kith"].contains(&name.as_str())
                || name == "addresses"
                || (way.len() > 3 && name == "attributes");
            if is_left || is_elsewhere || member["format"] == "uuid" || member["format"] == "date-time" {
                continue;
            }
            match of.filter(|of| schemas[of].get("properties").is_some()) {
                Some(of) if way.len() < 7 => open.push((of, way)),
                Some(_) => {}
                None if member["type"] == "string" => found.push(way),
                None => {}
            }
        }
    }
    found
}

/// What a record has beside the member in question, so that it can be read.
fn beside(name: &str) -> Value {
    match name {
        "phones" => json!({ "number": "0300 123 4567" }),
        "languages" => json!({ "name": "Urdu" }),
        "additional_urls" => json!({ "url": "https://others.example/" }),
        "location" => item(0, &json!({}), &json!({}), &json!({}))["service_at_locations"][0]["location"].clone(),
        "schedules" => json!({ "freq": "WEEKLY", "byday": "MO" }),
        "taxonomy_term" => json!({ "name": "Rooms", "taxonomy": "x" }),
        "attributes" => json!({ "taxonomy_term": { "name": "Rooms", "taxonomy": "x" } }),
        _ => json!({ "name": "Rooms" }),
    }
}

/// An item that says so at the end of a way, and nowhere else.
fn saying(number: usize, way: &[String], said: &str) -> Value {
    let mut item = item(number, &json!({}), &json!({}), &json!({}));
    let mut at = &mut item;
    for name in &way[..way.len() - 1] {
        let object = at.as_object_mut().unwrap();
        let is_one = ["location", "program", "taxonomy_term", "taxonomy_detail", "unit"].contains(&name.as_str());
        let new = if is_one { beside(name) } else { json!([beside(name)]) };
        let value = object.entry(name.clone()).or_insert(new);
        at = if value.is_array() { &mut value[0] } else { value };
    }
    at[way.last().unwrap()] = json!(said);
    item["id"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
    item
}

#[test]
fn every_member_of_the_standard_that_holds_words_is_heard() {
    let ways = members_with_words();
    assert!(ways.len() > 90, "{ways:?}");
    let told: Vec<(&Vec<String>, Value)> = ways
        .iter()
        .enumerate()
        .map(|(number, way)| {
            let name = way.last().unwrap().as_str();
            let said = match name {
                "url" | "website" | "term_uri" | "uri" => "https://otley-refuge.example/",
                "email" => "ask@otleyrefuge.example",
                _ => "Our refuge. The address is confidential.",
            };
            (way, saying(number, way, said))
        })
        .collect();
    let items: Vec<&Value> = told.iter().map(|(_, item)| item).collect();
    let (client, _directory, report, _folder) = served(&json!(items));
    // An open one keeps its id.
    let is_shown = |item: &Value| client.get(&format!("/v1/services/{}", item["id"].as_str().unwrap())).status == 200;
    let shown: Vec<String> = told.iter().filter(|(_, item)| is_shown(item)).map(|(way, _)| way.join(".")).collect();
    assert_eq!(shown, [""; 0]);
    // None was refused for another reason.
    assert_eq!((report.refused, report.protected), (0, told.len() as u64), "{:?}", report.refusals);
    // A keeper is told where it was heard.
    let title = ways.iter().position(|way| way.join("/") == "contacts/title").unwrap() as u64 + 1;
    let heard: Vec<_> = report.notices.iter().filter(|notice| notice.code == "heard_at_risk").collect();
    assert!(heard.iter().any(|notice| notice.row == title && notice.pointers == ["/contacts/title"]), "{heard:?}");
    let silent = ["name", "alternate_name", "description", "attributes/label"].map(str::to_owned);
    let is_silent = |way: &Vec<String>| silent.contains(&way.join("/"));
    let is_told = |row: u64| heard.iter().any(|notice| notice.row == row);
    assert!(ways.iter().enumerate().all(|(n, way)| !is_silent(way) || !is_told(n as u64 + 1)), "{heard:?}");
}

/// What open groups say of refuges without being one, each at the end of the way to its member.
const INNOCENT: [(&str, &str); 48] = [
    ("description", "We welcome refugees and people seeking asylum."),
    ("description", "Bring a letter from your refuge if you have one."),
    ("description", "Our drop-in at the library is open to women who live in refuges."),
    ("alternate_name", "Refugee women's choir"),
    ("application_process", "You can be referred by a refuge, your GP or yourself."),
    ("fees_description", "Free for people who live in a refuge."),
    ("eligibility_description", "Women who have left a refuge in the last year."),
    ("wait_time", "Two weeks; none if a refuge refers you."),
    ("alert", "Closed on Monday: the helpline of Refuge is open day and night."),
    ("interpretation_services", "Interpreters for refugees."),
    ("licenses", "Registered charity."),
    ("accreditations", "Quality mark of the national charity Refuge."),
    ("email", "refugees@otley.example"),
    ("url", "https://refugeewelcome.example/"),
    ("url", "https://example.org/advice/refugees"),
    ("additional_urls.label", "Find a refuge"),
    ("additional_urls.label", "National charity Refuge"),
    ("additional_urls.url", "https://refuge.example/help"),
    ("phones.description", "National Refuge helpline"),
    ("phones.description", "Line for refugees"),
    ("phones.description", "Out of hours, ring Refuge"),
    ("contacts.title", "Refugee support worker"),
    ("contacts.department", "Refugee and asylum team"),
    ("contacts.email", "refugeeteam@otley.example"),
    ("contacts.name", "Ann Shelter"),
    ("contacts.phones.description", "Only for refugees"),
    ("cost_options.option", "Free with a letter from a refuge"),
    ("cost_options.amount_description", "Refuges pay nothing."),
    ("required_documents.document", "Letter from your refuge, if you live in one"),
    ("funding.source", "Grant of the charity Refuge"),
    ("funding.source", "Refugee fund"),
    ("languages.note", "Interpreters who know refugees' needs"),
    ("schedules.description", "Refugee women on Tuesdays"),
    ("schedules.notes", "We pick up women from the refuge by minibus."),
    ("service_areas.name", "Refugees in Leeds"),
    ("capacities.description", "Ten places a week, two kept for refuges."),
    ("capacities.unit.name", "Places at the table"),
    ("program.name", "Refugee welcome"),
    ("program.description", "Training for staff of refuges."),
    ("attributes.label", "Refugees"),
    ("attributes.taxonomy_term.name", "Refugees and asylum seekers"),
    ("attributes.taxonomy_term.description", "Not for refuges: see the national list."),
    ("service_at_locations.description", "By the side door."),
    ("service_at_locations.location.name", "Refugee centre"),
    ("service_at_locations.location.description", "Shelter from the rain at the bus stop."),
    ("service_at_locations.location.transportation", "Bus stop Wildlife Refuge."),
    ("service_at_locations.location.accessibility.description", "Refuge point beside the lift, for evacuation."),
    ("service_at_locations.location.addresses.address_1", "The Refuge, Mill Lane"),
];

#[test]
fn what_open_groups_say_of_refuges_hides_none_of_them() {
    let way = |way: &str| way.split('.').map(str::to_owned).collect::<Vec<_>>();
    let told: Vec<Value> =
        INNOCENT.iter().enumerate().map(|(n, (member, said))| saying(n, &way(member), said)).collect();
    let (client, directory, report, _folder) = served(&json!(told));
    let is_hidden = |item: &Value| client.get(&format!("/v1/services/{}", item["id"].as_str().unwrap())).status != 200;
    let hidden = INNOCENT.iter().zip(&told).filter(|(_, item)| is_hidden(item)).map(|(innocent, _)| innocent);
    assert_eq!(hidden.collect::<Vec<_>>(), [&("", ""); 0], "{:?}", report.refusals);
    // Nor does a check hear more in what is shown of them than an import did in the file.
    let heard = runtime().block_on(directory.check()).unwrap().heard;
    assert!(heard.is_empty(), "{heard:?}");
}

#[test]
fn an_organization_is_not_at_risk_by_whom_one_asks_there() {
    let organization = |id: &str, more: Value| {
        let mut own =
            json!({ "id": id, "name": "Mill Hall", "description": "A hall for all.", "legal_status": "Charity" });
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        own
    };
    let told = [
        organization("o1", json!({ "contacts": [{ "name": "Ann", "title": "Refuge manager" }] })),
        organization("o2", json!({ "funding": [{ "source": "Fund of our refuge" }] })),
        organization("o3", json!({ "phones": [{ "number": "0300 123 4567", "description": "Rings in our refuge." }] })),
        organization("o4", json!({ "legal_status": "Charity that runs a refuge" })),
    ];
    let items: Vec<Value> = told
        .iter()
        .enumerate()
        .map(|(n, own)| item(n, &json!({ "organization": own }), &json!({}), &json!({})))
        .collect();
    let (client, _directory, report, _folder) = served(&json!(items));
    // None of the services is: the two organizations that speak of a refuge of theirs keep the short list only.
    assert_eq!(
        (report.protected, client.get("/v1/search?near=LS21").json()["results"]["total"].as_u64()),
        (0, Some(4))
    );
    let listed = client.get("/v1/organizations").json();
    let described = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["organization"]["description"] == "A hall for all.");
    assert_eq!(described.count(), 2, "{listed:#}");
}

#[test]
fn what_cannot_be_read_protects_the_places_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("groups.ndjson");
    let choir = |number: usize, location: &str| {
        let mut item = item(number, &json!({ "name": "Choir" }), &json!({ "id": location }), &json!({}));
        item["id"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
        item.to_string()
    };
    // The same places are named by items that no reader of JSON, or of the standard, takes: a member twice, half a
    // letter, an id that no database keeps, a place that stands by itself. One of them says nothing that would be at risk.
    let rows = [
        choir(1, "l1"),
        r#"{"id":"r1","name":"Elm","name":"Oak","status":"active","description":"We run a refuge.","service_at_locations":[{"location":{"id":"l1"}}]}"#.to_owned(),
        choir(2, "l2"),
        r#"{"id":"r2","name":"Elm \ud800","status":"active","alert":"Our refuge is full.","service_at_locations":[{"location_id":"l2"}]}"#.to_owned(),
        choir(3, "l3"),
        r#"{"id":"r3\u0000","name":"Elm","status":"active","contacts":[{"name":"Ann","title":"Refuge manager"}],"service_at_locations":[{"location":{"id":"l3"}}]}"#.to_owned(),
        choir(7, "l7"),
        r#"{"id":"r7","name":"Elm","name":"Oak","attributes":[{"link_type":"kith:place_mode","value":"area"}],"service_at_locations":[{"location":{"id":"l7"}}]}"#.to_owned(),
        choir(5, "l5"),
        r#"{"id":"l5","name":"Women's Refuge","location_type":"physical"}"#.to_owned(),
        choir(6, "l6"),
        r#"{"id":"00000000-0000-4000-8000-000000000006","name":"Refuge","taxonomy":"county","vocabulary":"x"}"#.to_owned(),
        choir(4, "l4"),
        r#"{"id":"r4","name":"Elm","name":"Oak","status":"active","description":"We sing.","service_at_locations":[{"location":{"id":"l4"}}]}"#.to_owned(),
    ];
    std::fs::write(&file, rows.join("\n")).unwrap();
    let data = folder.path().join("data");
    let report = kith_ok(&data, &["import", "--source", "county", file.to_str().unwrap()]);
    let server = Serving::ready(&data, &[]);
    let shown = |number: usize| {
        let path = format!("/v1/services/00000000-0000-4000-8000-{number:012}");
        let answer = server.client.get(&path);
        assert_eq!(answer.status, 200, "{report}");
        answer.text().contains(STREET)
    };
    assert_eq!([1, 2, 3, 5, 7].map(shown), [false; 5], "{report}");
    // A term by itself is no service, though it has the id of one.
    assert_eq!([4, 6].map(shown), [true; 2], "{report}");
    assert!(report.contains("7 refused"), "{report}");
}

#[test]
fn tables_are_read_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let data = folder.path().join("data");
    let rows = "ref,title,about,how,place,street,postcode,lat,lon,role\n\
        1,Choir,Sing,,Hall,3 Mill Lane,LS6 2AB,53.82,-1.57\n\
        2,Elm,Tea,Ring: we offer refuge.,Hall,12 Kirkgate,LS21 3AA,53.9,-1.69\n\
        3,Oak,Tea,,Women's refuge,12 Kirkgate,LS21 3AA,53.9,-1.69\n\
        4,Ash,<p>We run a <b>refuge</b></p>,,Hall,12 Kirkgate,LS21 3AA,53.9,-1.69\n\
        5,Bay,Tea,,Hall,12 Kirkgate,LS21 3AA,53.9,-1.69,Refuge worker\n";
    let mapping = "[source]\nname = \"town\"\nfile = \"table.csv\"\n[entity]\nkind = \"service\"\nid = \"ref\"\n[fields]\nname = \"title\"\ndescription = \"about\"\n\
        application_process = \"how\"\nstatus = { value = \"active\" }\n[place]\nname = \"place\"\naddress_1 = \"street\"\n\
        postal_code = \"postcode\"\nlatitude = \"lat\"\nlongitude = \"lon\"\n[contact]\ntitle = \"role\"\n";
    let (table, by) = (file("table.csv", rows), file("table.toml", mapping));
    kith_ok(&data, &["import", &table, "--mapping", &by]);
    let folder_of_tables = folder.path().join("tables");
    file(
        "tables/service.csv",
        "id,name,status,program_id,alert\na,Birch,active,,\nb,Hazel,active,,Our refuge is full.\nc,Rowan,active,p,\nd,Yew,active,,\ne,Fir,active,,\nf,Ivy,active,,\ng,Box,active,,\n",
    );
    file("tables/program.csv", "id,organization_id,name,description\np,,Safe house programme,x\n");
    file(
        "tables/location.csv",
        "id,location_type,name,latitude,longitude\nla,physical,Hall,53.82,-1.57\nlb,physical,Hall,53.9,-1.69\nlc,physical,Hall,53.9,-1.69\nld,physical,Women's refuge,53.9,-1.69\nle,physical,Hall,53.9,-1.69\nlf,physical,Hall,53.9,-1.69\nlg,physical,Hall,53.9,-1.69\n",
    );
    file(
        "tables/service_at_location.csv",
        "id,service_id,location_id\nxa,a,la\nxb,b,lb\nxc,c,lc\nxd,d,ld\nxe,e,le\nxf,f,lf\nxg,g,lg\n",
    );
    file(
        "tables/address.csv",
        "id,location_id,address_1,city,state_province,postal_code,country,address_type\n1,la,3 Mill Lane,Leeds,x,LS6 2AB,GB,physical\n2,lb,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n3,lc,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n4,ld,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n5,le,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n6,lf,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n7,lg,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n",
    );
    // Who is asked at the place, a term of the location, the line of a contact at the location.
    file(
        "tables/contact.csv",
        "id,service_at_location_id,location_id,name,title\nc1,xe,,Ann,Refuge manager\nc2,,lg,Ann,\n",
    );
    file("tables/attribute.csv", "id,link_id,link_entity,taxonomy_term_id\na1,lf,location,t1\n");
    file("tables/taxonomy_term.csv", "id,name,taxonomy\nt1,Refuge,x\n");
    file("tables/phone.csv", "id,contact_id,number,description\nn1,c2,0300 123 4567,Rings in our refuge.\n");
    kith_ok(&data, &["import", "--source", "county", folder_of_tables.to_str().unwrap()]);
    let server = Serving::ready(&data, &[]);
    let listed = server.client.get("/v1/services").json();
    let services = listed["items"].as_array().unwrap();
    assert_eq!(services.len(), 12, "{listed:#}");
    for service in services {
        let text = service.to_string();
        let is_open = ["Choir", "Birch"].iter().any(|open| text.contains(open));
        assert_eq!((text.contains("Mill Lane"), text.contains("Kirkgate")), (is_open, false), "{text}");
    }
}
