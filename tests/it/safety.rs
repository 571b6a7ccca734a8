//! What was searched for is recorded nowhere; and a listing whose place is private is never told, ordered or
//! counted by where it is.

use serde_json::{Value, json};

use kith::{
    directory::import::{Shipment, source_id},
    domain::entry::Source,
    exchange::{Format, Part},
};

use crate::{
    canary::scan::{LATITUDE, LONGITUDE, Scan, mark},
    support::{Answer, Client, Serving, directory_in, ids, kith_ok, runtime, sample_client, serve_in_process},
};

/// Words, names of places and addresses of a reader, each marked.
const SOUGHT: [&str; 4] = ["Zqk7Canary", "grief Zqk7Canary", "Zqk7Canary, Leeds", "KW17 2QZ"];

#[test]
fn what_was_searched_for_is_in_no_log_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    kith_ok(&data, &["import", crate::support::project("tests/fixtures/hsds-page.json").to_str().unwrap()]);
    let server = Serving::ready(&data, &["--log", "trace"]);
    // A connection of its own for each: one whose body was refused unread may be closed before the next request.
    let fresh = || Client::of(server.client.address());
    let mut asked = 0;
    for sought in SOUGHT {
        let encoded = sought.replace(' ', "%20").replace(',', "%2C");
        let header = sought.replace(' ', "-");
        for path in [
            format!("/v1/search?q={encoded}"),
            format!("/v1/search?near={encoded}"),
            format!("/v1/search?q={encoded}&near=LS6+2&page=0&kind={encoded}&need={encoded}&{encoded}=1"),
            format!("/v1/search?latitude={encoded}&longitude={LONGITUDE}"),
            format!("/v1/search?latitude={LATITUDE}&longitude={LONGITUDE}"),
            format!("/v1/search?near={LATITUDE},{LONGITUDE}&q=circle"),
            format!("/v1/places?q={encoded}"),
            format!("/v1/terms?facet={encoded}"),
            format!("/v1/services/{encoded}"),
            format!("/v1/organizations/{encoded}?q={encoded}"),
            format!("/v1/services?id={encoded}&after={encoded}"),
            format!("/hsds/services?search={encoded}&postcode={encoded}&{encoded}=1"),
            format!("/hsds/taxonomy_terms/{encoded}"),
            format!("/hsds/{encoded}"),
            format!("/v1/{encoded}"),
            format!("/{encoded}?q={encoded}"),
            format!("/?q={encoded}"),
            format!("/listing/{encoded}"),
            format!("/problems/{encoded}"),
        ] {
            fresh().send(
                "GET",
                &path,
                &[
                    ("Referer", &format!("https://a.example/{encoded}")),
                    ("User-Agent", &header),
                    ("Cookie", &header),
                    ("X-Forwarded-For", &header),
                ],
                None,
            );
            fresh().send("DELETE", &path, &[], None);
            fresh().send(
                "OPTIONS",
                &path,
                &[("Origin", &format!("https://{header}.example")), ("Access-Control-Request-Method", "GET")],
                None,
            );
            asked += 3;
        }
        for body in [
            json!({ "q": sought }),
            json!({ "near": sought }),
            json!({ "q": [sought], "near": 1, sought: 1, "need": [sought] }),
            json!([sought]),
            json!(sought),
        ] {
            fresh().post_json("/v1/search", &body.to_string());
            fresh().post_json("/v1/search", &format!("{body}{sought}"));
            fresh().send("POST", "/v1/search", &[("Content-Type", &header)], Some(body.to_string().as_bytes()));
            asked += 3;
        }
        for form in [
            format!("q={encoded}"),
            format!("q=a&near={encoded}"),
            format!("within_km={encoded}&page={encoded}&{encoded}"),
            format!("q={encoded}%ff"),
        ] {
            fresh().post_form("/", &form);
            fresh().send(
                "POST",
                "/",
                &[("Content-Type", "multipart/form-data; boundary=Zqk7Canary")],
                Some(form.as_bytes()),
            );
            asked += 2;
        }
        fresh().raw(format!("GET /{sought} HTTP/1.1\r\n{sought}\r\n\r\n").as_bytes());
        fresh().raw(format!("{sought}\r\n\r\n").as_bytes());
    }
    assert!(asked > 200);
    // A change is followed, so that it is plain that the log is written at that level.
    let late = folder.path().join("late.json");
    std::fs::write(&late, json!({ "id": "late", "name": "Late circle", "status": "active" }).to_string()).unwrap();
    kith_ok(&data, &["import", late.to_str().unwrap()]);
    crate::support::until("the log is written", || server.log.lock().unwrap().contains("followed the change log"));
    let scan = Scan::of_secrets();
    scan.clean("the log", server.log.lock().unwrap().as_bytes());
    let (found, files) = scan.files(folder.path());
    assert!(files >= 8, "{files}");
    assert_eq!(found, [""; 0]);
}

/// Every object in a value, also inside others.
fn objects(value: &Value) -> Vec<&serde_json::Map<String, Value>> {
    match value {
        Value::Object(members) => std::iter::once(members).chain(members.values().flat_map(objects)).collect(),
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn an_area_listing_is_told_with_no_distance_and_no_point() {
    let client = sample_client();
    let mut seen = 0;
    for near in ["LS6 2", "Leeds", "Yorkshire", "England", "53.8,-1.55", "Hexham", "CF48 1"] {
        for more in ["", "&sort=distance", "&q=refuge", "&q=safe+place&within_km=500&sort=recently_checked"] {
            let answer = client.get(&format!("/v1/search?per_page=100&near={}{more}", near.replace(' ', "+"))).json();
            assert!(
                answer["results"]["items"].as_array().unwrap().iter().all(|card| card["place"]["kind"] != "area"),
                "{near}{more}"
            );
            for card in answer["covers_area"]["items"].as_array().unwrap() {
                assert!(card.get("distance_km").is_none(), "{near}{more}: {card:#}");
                if card["place"]["kind"] == "area" {
                    seen += 1;
                    pointless(card);
                    pointless(&client.get(&format!("/v1/services/{}", card["id"].as_str().unwrap())).json());
                }
            }
        }
    }
    assert!(seen >= 5, "only {seen} area cards were seen");
}

fn pointless(value: &Value) {
    const TELLING: [&str; 11] = [
        "distance_km",
        "latitude",
        "longitude",
        "precision_km",
        "postal_code",
        "address_1",
        "addresses",
        "places",
        "location_id",
        "service_at_location_id",
        "service_at_locations",
    ];
    for object in objects(value) {
        let telling: Vec<&&str> = TELLING.iter().filter(|name| object.contains_key(**name)).collect();
        assert!(telling.is_empty(), "{telling:?} in {value:#}");
    }
}

/// A served directory of twelve refuges and three open groups in and around Leeds; `latitude` and `street` are where the
/// first refuge is, as its file says; `hall` is where the first group meets.
fn town(latitude: f64, street: &str, hall: f64) -> (Client, tempfile::TempDir) {
    let place = |id: &str, latitude: f64, street: &str| {
        let address = json!([{ "address_1": street, "city": "Leeds", "state_province": "West Yorkshire", "postal_code": "LS6 2AA", "country": "GB", "address_type": "physical" }]);
        json!([{ "location": { "id": id, "location_type": "physical", "latitude": latitude, "longitude": -1.55, "addresses": address } }])
    };
    let refuges = (0..12).map(|number| {
        let at = if number == 0 { (latitude, street) } else { (53.79, "another") };
        json!({ "id": format!("refuge-{number}"), "name": "Refuge", "status": "active", "description": "Rooms for women.", "service_areas": [{ "name": "Leeds", "extent": "E08000035" }],
            "organization": { "id": "harbour", "name": "Calm", "description": at.1 }, "service_at_locations": place(&format!("house-{number}"), at.0, at.1) })
    });
    let groups = (0..3).map(|number| {
        json!({ "id": format!("group-{number}"), "name": "Circle", "status": "active", "description": "Tea.", "service_at_locations": place(&format!("hall-{number}"), hall + 0.01 * f64::from(number), "Hall") })
    });
    let bytes = Value::from(groups.chain(refuges).collect::<Vec<_>>()).to_string();
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(async {
        let directory = directory_in(folder.path()).await;
        let source =
            Source { id: source_id("town"), name: "town".to_owned(), url: None, licence: None, attribution: None };
        let shipment = Shipment {
            source: &source,
            files: &[Part { name: "town", bytes: bytes.as_bytes() }],
            format: &Format::Hsds,
            dry_run: false,
            actor: "a test",
        };
        let report = directory.import(shipment, &mut |_, _| {}).await.unwrap();
        assert_eq!((report.created, report.protected), (15, 12));
        directory.bring_up_to_date().await.unwrap();
        directory
    });
    (serve_in_process(&directory, runtime()), folder)
}

#[test]
fn the_order_of_area_listings_does_not_depend_on_where_one_asks_from() {
    let (client, _folder) = town(53.8271, "x", 53.80);
    let order = |point: &str, more: &str| {
        ids(&client.get(&format!("/v1/search?near={point}&within_km=2&per_page=50{more}")).json()["covers_area"])
    };
    for more in ["", "&q=refuge", "&q=rooms", "&sort=distance", "&q=women&sort=distance"] {
        let first = order("53.8,-1.55", more);
        assert_eq!(first.len(), 12, "{more}");
        for point in ["53.8271,-1.55", "53.79,-1.55", "53.81,-1.53", "53.80,-1.58"] {
            assert_eq!(order(point, more), first, "{point}{more}");
        }
    }
}

#[test]
fn no_answer_changes_with_the_address_that_a_refuge_hides() {
    // The same clock and the same chance: only what the file says of one refuge's place is different.
    let (here, _folder) = town(53.8271, &mark("street"), 53.80);
    let (there, _other) = town(51.4545, "quite another, and longer than that", 53.80);
    let service = |client: &Client| {
        client.get("/v1/services").json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|listing| listing["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut asked: Vec<String> = [
        "/v1/services",
        "/v1/search",
        "/v1/search?q=refuge",
        "/v1/search?q=rooms&page=2&per_page=5",
        "/v1/search?q=street",
        "/v1/search?q=longer",
        "/readyz",
        "/openapi.json",
        "/v1/terms",
    ]
    .map(str::to_owned)
    .into();
    for point in ["53.8271,-1.55", "51.4545,-1.55", "53.79,-1.55", "LS6+2", "Leeds", "Bristol", "England"] {
        for more in ["", "&q=refuge", "&sort=distance", "&q=circle", "&per_page=1&page=2"] {
            asked.push(format!("/v1/search?near={point}{more}"));
        }
        for km in ["0.1", "1", "3", "200"] {
            asked.push(format!(
                "/v1/search?near=53.8271,-1.55&within_km={km}&q={}",
                if km == "3" { "women" } else { "" }
            ));
        }
    }
    asked.extend(service(&here).iter().flat_map(|id| [format!("/v1/services/{id}"), format!("/listing/{id}")]));
    let organization =
        here.get("/v1/search?q=refuge&near=Leeds").json()["covers_area"]["items"][0]["organization"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
    asked.push(format!("/v1/organizations/{organization}"));
    let whole = |answer: Answer| {
        let headers: Vec<_> =
            answer.headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("date")).collect();
        (answer.status, headers, String::from_utf8(answer.body).unwrap())
    };
    for path in asked {
        let (one, other) = (whole(here.get(&path)), whole(there.get(&path)));
        assert!(one == other, "{path}: {one:?}\n{other:?}");
        assert_eq!(one.0, 200, "{path}: {one:?}");
    }
    assert_eq!(whole(here.post_form("/", "q=refuge&near=LS6+2")), whole(there.post_form("/", "q=refuge&near=LS6+2")));
    // The comparison sees the same change in an open group.
    let (moved, _third) = town(53.8271, "x", 53.81);
    let path = "/v1/search?near=53.8271,-1.55&q=circle";
    assert_ne!(whole(here.get(path)), whole(moved.get(path)));
}
