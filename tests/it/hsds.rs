//! The Open Referral UK feed: every operation over a real port, against the published schemas where they are here.

mod schemas;

use std::collections::{BTreeMap, BTreeSet};

use kith::{
    api::hsds::records::{
        AtLocation, AtLocationInList, ListPage, OrganizationInList, ServiceInList, WholeOrganization, WholeService,
    },
    directory::{
        Directory,
        import::{Shipment, source_id},
    },
    domain::{
        entry::{Source, Standing},
        taxonomy::{Taxonomy, TaxonomyTerm},
        vocabulary::vocabulary,
    },
    exchange::{Format, Part},
};
use poem_openapi::types::ParseFromJSON;
use serde_json::{Value, json};

use self::schemas::Schemas;
use crate::support::{
    Client, a_service, directory_in, project, runtime, sample_client, serve_in_process, with_one_withdrawn,
};

const COLLECTIONS: [&str; 5] = ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"];

/// Every record of a collection, page by page; each page is what its envelope says.
fn walk(client: &Client, collection: &str, per_page: usize) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    for number in 1..1_000 {
        let page = client.get(&format!("/hsds/{collection}?page={number}&per_page={per_page}")).json();
        let contents = page["contents"].as_array().unwrap().clone();
        let total = page["total_items"].as_u64().unwrap() as usize;
        let pages = total.div_ceil(per_page).max(1);
        let envelope = json!({
            "total_items": total, "total_pages": pages, "page_number": number, "size": contents.len(),
            "first_page": number == 1, "last_page": number == pages, "empty": contents.is_empty(),
            "contents": contents,
        });
        assert_eq!(page, envelope);
        items.extend(contents);
        if number < pages {
            assert_eq!(items.len(), number * per_page, "a page that is not the last is full");
            continue;
        }
        assert_eq!(items.len(), total);
        assert!(ids(&items).is_sorted_by(|a, b| a < b), "in the order of ids, each once");
        return items;
    }
    panic!("the walk does not end")
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// Every service as our own operations give it.
fn listings(client: &Client) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some("/v1/services?per_page=100".to_owned());
    while let Some(path) = next {
        let page = client.get(&path).json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
    }
    items
}

/// What holds of every answer without any schema: nothing is null, no list is empty, ids are UUIDs.
fn is_tidy(value: &Value, at: &str) {
    match value {
        Value::Null => panic!("{at} is null"),
        Value::Array(items) => {
            assert!(!items.is_empty() || at.ends_with("/contents"), "{at} is empty");
            items.iter().enumerate().for_each(|(n, item)| is_tidy(item, &format!("{at}/{n}")));
        }
        Value::Object(members) => {
            for (name, member) in members {
                if name == "id" || name.ends_with("_id") {
                    let id = member.as_str().unwrap_or_default();
                    assert!(
                        id.len() == 36 && id.matches('-').count() == 4 && id == id.to_lowercase(),
                        "{at}/{name}: {id}"
                    );
                }
                is_tidy(member, &format!("{at}/{name}"));
            }
        }
        _ => {}
    }
}

fn is_read_as<T: ParseFromJSON>(answer: &Value) {
    if let Err(error) = T::parse_from_json(Some(answer.clone())) {
        panic!("{}: {answer:#}", error.into_message());
    }
}

/// Reads everything that the feed gives and holds it against the document and the schemas; answers how much it was.
fn everything_is_valid(client: &Client) -> usize {
    let schemas = Schemas::read();
    let mut faults = Vec::new();
    let mut check = |name: &str, answer: &Value| {
        is_tidy(answer, name);
        faults.extend(schemas.iter().flat_map(|schemas| schemas.faults(name, answer)));
    };
    check("about", &client.get("/hsds").json());
    let mut read = 0;
    for collection in COLLECTIONS {
        let list = client.get(&format!("/hsds/{collection}?per_page=100")).json();
        match collection {
            "services" => is_read_as::<ListPage<ServiceInList>>(&list),
            "organizations" => is_read_as::<ListPage<OrganizationInList>>(&list),
            "service_at_locations" => is_read_as::<ListPage<AtLocationInList>>(&list),
            "taxonomies" => is_read_as::<ListPage<Taxonomy>>(&list),
            _ => is_read_as::<ListPage<TaxonomyTerm>>(&list),
        }
        if collection != "organizations" {
            check(collection, &list);
        }
        if !collection.starts_with("taxonom") {
            let of_it = format!("{collection}/contents");
            list["contents"].as_array().unwrap().iter().for_each(|item| check(&of_it, item));
        }
        for item in walk(client, collection, 100) {
            read += 1;
            let whole = client.get(&format!("/hsds/{collection}/{}", item["id"].as_str().unwrap())).json();
            match collection {
                "services" => is_read_as::<WholeService>(&whole),
                "organizations" => is_read_as::<WholeOrganization>(&whole),
                "service_at_locations" => is_read_as::<AtLocation>(&whole),
                "taxonomies" => is_read_as::<Taxonomy>(&whole),
                _ => is_read_as::<TaxonomyTerm>(&whole),
            }
            check(
                collection.strip_suffix('s').map_or("", |one| if one == "taxonomie" { "taxonomy" } else { one }),
                &whole,
            );
            for (name, member) in item.as_object().unwrap().iter().filter(|(_, member)| !member.is_object()) {
                assert_eq!(member, &whole[name], "{collection} {name}");
                assert!(!member.is_array(), "{collection} {name}");
            }
        }
    }
    assert!(faults.is_empty(), "{} faults: {:#?}", faults.len(), &faults[..faults.len().min(20)]);
    read
}

#[test]
fn every_answer_over_the_sample_is_what_the_document_and_the_schemas_say() {
    let read = everything_is_valid(&sample_client());
    assert!(read > 200, "only {read} records were read");
}

#[test]
fn the_feed_says_what_it_is_and_where_it_is_described() {
    let client = sample_client();
    let about = client.get("/hsds").json();
    assert_eq!(about["version"], "HSDS-UK-3.0");
    assert_eq!(about["openapi_url"], format!("http://{}/hsds/openapi.json", client.address()));
    let document = client.get("/hsds/openapi.json").json();
    for collection in COLLECTIONS {
        assert!(document["paths"][format!("/hsds/{collection}")]["get"].is_object(), "{collection}");
        assert!(document["paths"][format!("/hsds/{collection}/{{id}}")]["get"].is_object(), "{collection}");
    }
    assert!(
        client.get("/openapi.json").json()["paths"].as_object().unwrap().keys().all(|path| !path.starts_with("/hsds"))
    );
    let behind = |headers: &[(&str, &str)]| client.send("GET", "/hsds", headers, None).json()["openapi_url"].clone();
    assert_eq!(
        behind(&[("Host", "kith.example"), ("X-Forwarded-Proto", "https")]),
        "https://kith.example/hsds/openapi.json"
    );
}

#[test]
fn a_walk_gives_every_service_of_the_directory_and_every_place_of_each() {
    let client = sample_client();
    let services = walk(&client, "services", 7);
    let listed = listings(&client);
    let all = ids(&listed).iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert!(all.len() > 30);
    assert_eq!(ids(&services), all);
    assert_eq!(services, walk(&client, "services", 100));
    let mut places = BTreeSet::new();
    let mut organizations = BTreeSet::new();
    for listing in &listed {
        let service = client.get(&format!("/hsds/services/{}", listing["id"].as_str().unwrap())).json();
        assert_eq!(service["name"], listing["service"]["name"]);
        assert_eq!(service["last_modified"], listing["last_modified"]);
        let told =
            if listing["card"]["place"]["kind"] == "area" { Value::Null } else { json!("2026-11-23T09:00:00.000Z") };
        assert_eq!(service["last_modified"], told);
        organizations.insert(service["organization"]["id"].as_str().unwrap().to_owned());
        let shown = listing["places"].as_array().map_or(0, Vec::len);
        let at = service["service_at_locations"].as_array().cloned().unwrap_or_default();
        assert_eq!(at.len(), shown);
        places.extend(ids(&at).iter().map(|id| (*id).to_owned()));
        for at in &at {
            assert_eq!((&at["service_id"], &at["location_id"]), (&service["id"], &at["location"]["id"]));
        }
    }
    let set =
        |collection| ids(&walk(&client, collection, 3)).iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(set("service_at_locations"), places);
    assert!(organizations.is_subset(&set("organizations")) && places.len() > 20);
    let terms = walk(&client, "taxonomy_terms", 9);
    assert_eq!(terms.len(), vocabulary().terms.len());
    assert_eq!(ids(&walk(&client, "taxonomies", 9)), [terms[0]["taxonomy_id"].as_str().unwrap()]);
}

#[test]
fn pages_are_asked_for_in_either_spelling_and_anything_else_is_passed_over() {
    let client = sample_client();
    let five = client.get("/hsds/services?page=2&per_page=5").json();
    assert_eq!(five["size"], 5);
    for same in ["?perPage=5&page=2", "?page=2&per_page=5&colour=red&%FF=1&colour=blue", "?per_page=5&perPage=9&page=2"]
    {
        assert_eq!(client.get(&format!("/hsds/services{same}")).json(), five, "{same}");
    }
    let usual = client.get("/hsds/taxonomy_terms").json();
    assert_eq!((&usual["size"], &usual["page_number"]), (&json!(50), &json!(1)));
    assert_eq!(client.get("/hsds/taxonomy_terms?per_page=4294967295").json()["size"], 100);
    for past in [99_u32, u32::MAX] {
        let page = client.get(&format!("/hsds/services?per_page=50&page={past}"));
        assert_eq!(page.status, 200);
        let page = page.json();
        assert_eq!((&page["contents"], &page["empty"], &page["last_page"]), (&json!([]), &json!(true), &json!(false)));
        assert_eq!((&page["total_items"], &page["page_number"]), (&five["total_items"], &json!(past)));
    }
    assert_eq!(
        client.get("/hsds/services?page=0&per_page=0").faults(),
        ["/page out_of_range", "/per_page out_of_range"]
    );
    assert_eq!(client.get("/hsds/services?page=two&page=3").faults(), ["/page not_a_number", "/page conflict"]);
}

#[test]
fn a_confidential_service_has_areas_and_no_place() {
    let client = sample_client();
    let listed = listings(&client);
    let mut seen = BTreeMap::new();
    for listing in &listed {
        let kind = listing["card"]["place"]["kind"].as_str().unwrap();
        *seen.entry(kind.to_owned()).or_insert(0) += 1;
        if kind == "exact" {
            continue;
        }
        let answer = client.get(&format!("/hsds/services/{}", listing["id"].as_str().unwrap()));
        let service = answer.json();
        for place in ["service_at_locations", "location", "addresses", "address_1", "postal_code", "latitude"] {
            assert!(!answer.text().contains(&format!("\"{place}\"")), "{place}: {service:#}");
        }
        let stated = listing["card"]["place"]["areas"].as_array().cloned().unwrap_or_default();
        for area in &stated {
            let served = service["service_areas"].as_array().unwrap();
            assert!(served.iter().any(|served| served["extent"] == area["code"]), "{service:#}");
        }
    }
    assert!(seen["area"] > 0 && seen["remote"] > 0, "{seen:?}");
}

#[test]
fn what_is_withdrawn_is_gone_at_all_its_addresses_and_what_never_was_is_not_found() {
    let (client, id) = with_one_withdrawn();
    let before = sample_client();
    let places: Vec<String> = before.get(&format!("/hsds/services/{id}")).json()["service_at_locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| at["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!places.is_empty());
    client.get(&format!("/hsds/services/{id}")).problem("withdrawn");
    for place in &places {
        assert_eq!(before.get(&format!("/hsds/service_at_locations/{place}")).status, 200);
        assert_eq!(client.get(&format!("/hsds/service_at_locations/{place}")).status, 410);
    }
    let total = |client: &Client, of: &str| walk(client, of, 10).len();
    assert_eq!(total(&client, "services") + 1, total(&before, "services"));
    assert_eq!(total(&client, "service_at_locations") + places.len(), total(&before, "service_at_locations"));

    let (service, organization) = a_service(&before);
    for nothing in [
        format!("/hsds/services/{organization}"),
        format!("/hsds/organizations/{service}"),
        format!("/hsds/service_at_locations/{service}"),
        format!("/hsds/services/{}", places[0]),
        "/hsds/taxonomy_terms/01980000-0000-7000-8000-000000000000".to_owned(),
        "/hsds/taxonomies/no-uuid".to_owned(),
        "/hsds/nothing".to_owned(),
    ] {
        assert_eq!(before.get(&nothing).status, 404, "{nothing}");
        before.get(&nothing).problem("not-found");
    }
    assert_eq!(before.get(&format!("/v1/services/{}", places[0])).status, 404);
    assert_eq!(before.get(&format!("/hsds/services/{}", service.to_uppercase())).status, 200);
}

#[test]
fn records_have_strong_tags() {
    let client = sample_client();
    for collection in COLLECTIONS {
        let list = format!("/hsds/{collection}?per_page=1");
        let id = client.get(&list).json()["contents"][0]["id"].as_str().unwrap().to_owned();
        for path in [list, format!("/hsds/{collection}/{id}"), "/hsds".to_owned()] {
            let answer = client.get(&path);
            let tag = answer.header("etag").to_owned();
            assert!(tag.len() > 10 && answer.header("access-control-allow-origin") == "*", "{path}");
            let again = client.send("GET", &path, &[("If-None-Match", &tag)], None);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        }
    }
}

async fn import(directory: &Directory, items: &Value) {
    let source =
        Source { id: source_id("county"), name: "county".to_owned(), url: None, licence: None, attribution: None };
    let text = items.to_string();
    let shipment = Shipment {
        source: &source,
        files: &[Part { name: "", bytes: text.as_bytes() }],
        format: &Format::Hsds,
        dry_run: false,
        actor: "a test",
    };
    let report = directory.import(shipment, &mut |_, _| {}).await.unwrap();
    assert_eq!(report.refused, 0, "{report:?}");
    directory.bring_up_to_date().await.unwrap();
    agrees(directory).await;
}

async fn agrees(directory: &Directory) {
    assert_eq!(directory.check().await.unwrap().faults, [""; 0]);
}

fn page() -> Value {
    serde_json::from_str(&std::fs::read_to_string(project("tests/fixtures/hsds-page.json")).unwrap()).unwrap()
}

#[test]
fn the_feed_follows_what_is_imported_changed_and_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let client = serve_in_process(&directory, runtime());
    assert_eq!(client.get("/hsds/services").status, 503);
    assert_eq!(client.get("/hsds").status, 200);
    runtime().block_on(directory.bring_up_to_date()).unwrap();
    assert_eq!(walk(&client, "services", 5), [json!(null); 0]);

    let mut items = page();
    runtime().block_on(import(&directory, &items));
    assert!(everything_is_valid(&client) > 140);
    let house = vocabulary().terms.len();
    let terms = walk(&client, "taxonomy_terms", 11);
    let own: Vec<&Value> = terms.iter().filter(|term| term["taxonomy"] != "kith").collect();
    assert!(!own.is_empty() && terms.len() == house + own.len(), "the house's and the source's, each once");
    let term = own.iter().find(|term| term["code"] == "B1").unwrap();
    let taxonomy = client.get(&format!("/hsds/taxonomies/{}", term["taxonomy_id"].as_str().unwrap())).json();
    assert_eq!((&taxonomy["name"], walk(&client, "taxonomies", 1).len()), (&json!("county-topics"), 2));

    // A changed record, and terms on both sides of the house's.
    let (first, last) = ("00000000-0000-4000-8000-000000000001", "ffffffff-ffff-4fff-bfff-ffffffffffff");
    let attribute = |id: &str| json!({ "taxonomy_term": { "id": id, "name": "A <b>term</b>", "taxonomy": "t" } });
    items["contents"][0]["name"] = json!("Wednesday circle");
    items["contents"][0]["url"] = json!("https://a.example/café");
    items["contents"][0]["attributes"] = json!([attribute(first), attribute(last)]);
    runtime().block_on(import(&directory, &items));
    let terms = walk(&client, "taxonomy_terms", 7);
    assert_eq!((ids(&terms)[0], ids(&terms)[terms.len() - 1], &terms[0]["name"]), (first, last, &json!("A term")));
    assert_eq!(terms, walk(&client, "taxonomy_terms", 100));
    everything_is_valid(&client);
    let services = walk(&client, "services", 1);
    let changed = services.iter().find(|service| service["name"] == "Wednesday circle").unwrap();
    assert!(changed.get("url").is_none());

    let id = changed["id"].as_str().unwrap();
    let at = walk(&client, "service_at_locations", 100);
    let of_it = at.iter().filter(|at| at["service_id"] == id).count();
    runtime().block_on(directory.set_standing(id, Standing::Withdrawn, "a test")).unwrap();
    for when in ["before the view has followed", "and after"] {
        assert_eq!(client.get(&format!("/hsds/services/{id}")).status, 410, "{when}");
        assert_eq!(walk(&client, "services", 1).len() + 1, services.len(), "{when}");
        assert_eq!(walk(&client, "service_at_locations", 1).len() + of_it, at.len(), "{when}");
        runtime().block_on(directory.bring_up_to_date()).unwrap();
        runtime().block_on(agrees(&directory));
    }
    runtime().block_on(directory.set_standing(id, Standing::Published, "a test")).unwrap();
    runtime().block_on(directory.bring_up_to_date()).unwrap();
    let answers = |client: &Client| COLLECTIONS.map(|of| walk(client, of, 100));
    let before = answers(&client);
    assert_eq!(before[0], services);
    runtime().block_on(directory.rebuild()).unwrap();
    assert_eq!(answers(&client), before, "a view built anew gives the same");
    runtime().block_on(agrees(&directory));
}

#[test]
fn all_that_the_standard_nests_is_served_where_its_schemas_take_it() {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let text = std::fs::read_to_string(project("tests/fixtures/hsds-tabular.json")).unwrap();
    let mut items: Value = serde_json::from_str(&text).unwrap();
    // The schemas want a unit, a number and a day of every capacity.
    items[1]["capacities"].as_array_mut().unwrap().push(json!({ "available": 3, "unit": { "name": "bed" } }));
    runtime().block_on(import(&directory, &items));
    let client = serve_in_process(&directory, runtime());
    assert!(everything_is_valid(&client) > 5);
    let circle = client.get("/hsds/services/7c2d1f7e-2b63-4e64-8e1d-000000000010").json();
    assert_eq!(
        (circle["capacities"].as_array().unwrap().len(), &circle["capacities"][0]["unit"]["name"]),
        (1, &json!("place"))
    );
    for member in ["program", "funding", "required_documents", "additional_urls"] {
        assert!(!circle[member].is_null(), "{member}: {circle:#}");
    }
    let hall = &circle["organization"];
    for member in ["programs", "funding", "organization_identifiers", "additional_websites"] {
        assert!(!hall[member].is_null(), "{member}: {hall:#}");
    }
    assert!(!circle.to_string().contains("metadata"), "the history of a record is not served");
}

#[test]
fn records_of_different_kinds_may_have_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let directory = runtime().block_on(directory_in(folder.path()));
    let id = "5b1c0f6e-1a52-4d53-9d0c-3f1f5a0a0009";
    let item = json!([{
        "id": id, "name": "Circle", "status": "active",
        "service_at_locations": [{ "id": id, "location": { "id": id, "location_type": "physical", "name": "Hall" } }],
        "attributes": [{ "taxonomy_term": { "id": id, "name": "Grief", "taxonomy_detail": { "id": id, "name": "Topics" } } }],
    }]);
    runtime().block_on(import(&directory, &item));
    let client = serve_in_process(&directory, runtime());
    let name = |path: &str, pointer: &str| client.get(&format!("{path}/{id}")).json().pointer(pointer).cloned();
    assert_eq!(name("/v1/services", "/service/name"), Some(json!("Circle")));
    assert_eq!(name("/hsds/services", "/service_at_locations/0/location/name"), Some(json!("Hall")));
    assert_eq!(name("/hsds/service_at_locations", "/name"), Some(json!("Circle")));
    assert_eq!(name("/hsds/taxonomy_terms", "/name"), Some(json!("Grief")));
    assert_eq!(name("/hsds/taxonomies", "/name"), Some(json!("Topics")));
    assert_eq!(client.get(&format!("/hsds/organizations/{id}")).status, 404);
}
