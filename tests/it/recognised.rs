//! Places at risk that a file tells of in another way than by a plain word in a name or a description: with markup in it, in
//! another field, by a mode written oddly. None of them may come out with its address.

use serde_json::{Value, json};

use crate::{
    publishing::served,
    support::{Serving, kith_ok},
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
    let rows = "ref,title,about,how,place,street,postcode,lat,lon\n\
        1,Choir,Sing,,Hall,3 Mill Lane,LS6 2AB,53.82,-1.57\n\
        2,Elm,Tea,Ring: we offer refuge.,Hall,12 Kirkgate,LS21 3AA,53.9,-1.69\n\
        3,Oak,Tea,,Women's refuge,12 Kirkgate,LS21 3AA,53.9,-1.69\n\
        4,Ash,<p>We run a <b>refuge</b></p>,,Hall,12 Kirkgate,LS21 3AA,53.9,-1.69\n";
    let mapping = "[source]\nname = \"town\"\nfile = \"table.csv\"\n[entity]\nkind = \"service\"\nid = \"ref\"\n[fields]\nname = \"title\"\ndescription = \"about\"\n\
        application_process = \"how\"\nstatus = { value = \"active\" }\n[place]\nname = \"place\"\naddress_1 = \"street\"\n\
        postal_code = \"postcode\"\nlatitude = \"lat\"\nlongitude = \"lon\"\n";
    let (table, by) = (file("table.csv", rows), file("table.toml", mapping));
    kith_ok(&data, &["import", &table, "--mapping", &by]);
    let folder_of_tables = folder.path().join("tables");
    file(
        "tables/service.csv",
        "id,name,status,program_id,alert\na,Birch,active,,\nb,Hazel,active,,Our refuge is full.\nc,Rowan,active,p,\nd,Yew,active,,\n",
    );
    file("tables/program.csv", "id,organization_id,name,description\np,,Safe house programme,x\n");
    file(
        "tables/location.csv",
        "id,location_type,name,latitude,longitude\nla,physical,Hall,53.82,-1.57\nlb,physical,Hall,53.9,-1.69\nlc,physical,Hall,53.9,-1.69\nld,physical,Women's refuge,53.9,-1.69\n",
    );
    file("tables/service_at_location.csv", "id,service_id,location_id\nxa,a,la\nxb,b,lb\nxc,c,lc\nxd,d,ld\n");
    file(
        "tables/address.csv",
        "id,location_id,address_1,city,state_province,postal_code,country,address_type\n1,la,3 Mill Lane,Leeds,x,LS6 2AB,GB,physical\n2,lb,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n3,lc,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n4,ld,12 Kirkgate,Otley,x,LS21 3AA,GB,physical\n",
    );
    kith_ok(&data, &["import", "--source", "county", folder_of_tables.to_str().unwrap()]);
    let server = Serving::ready(&data, &[]);
    let listed = server.client.get("/v1/services").json();
    let services = listed["items"].as_array().unwrap();
    assert_eq!(services.len(), 8, "{listed:#}");
    for service in services {
        let text = service.to_string();
        let is_open = ["Choir", "Birch"].iter().any(|open| text.contains(open));
        assert_eq!((text.contains("Mill Lane"), text.contains("Kirkgate")), (is_open, false), "{text}");
    }
}
