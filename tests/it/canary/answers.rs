//! Every answer that a reader can get: all operations of the document and all pages, asked in many ways.

use serde_json::{Value, json};

use crate::support::{Answer, Client};

/// Places and words that anyone may ask for.
const ORDINARY: [&str; 5] = ["refuge", "LS6 2", "Leeds", "Yorkshire and The Humber", "1"];

/// What was asked and all that came back: status, headers, body.
pub type Said = (String, Vec<u8>);

/// Asks everything, also with `secrets` in the place of words, places and ids. `ids` are added to those that
/// a walk over all services tells.
pub fn all(client: &Client, secrets: &[&str], ids: &[String]) -> Vec<Said> {
    let mut ids = [ids, &known_ids(client)].concat();
    ids.extend(secrets.iter().map(|secret| encoded(secret)));
    let documents = ["/openapi.json", "/hsds/openapi.json"].map(|path| client.get(path).json());
    let mut said = Vec::new();
    for (path, operations) in documents.iter().flat_map(|document| document["paths"].as_object().unwrap()) {
        for (method, operation) in operations.as_object().unwrap() {
            match method.as_str() {
                "get" => gets(client, path, operation, &ids, secrets, &mut said),
                "post" => posts(client, path, secrets, &mut said),
                other => panic!("{other} {path}: say here how it is asked"),
            }
        }
        said.push(whole(path, client.send("DELETE", &path.replace("{id}", &ids[0]), &[], None)));
    }
    for path in [
        "/openapi.json",
        "/hsds/openapi.json",
        "/hsds/nowhere",
        "/",
        "/tonight",
        "/this-week",
        "/support-map",
        "/credits",
        "/networks",
        "/resources",
        "/decisions",
        "/resilience",
        "/nowhere",
        "/problems/unknown-place",
    ] {
        said.push(whole(path, client.get(path)));
    }
    for id in &ids {
        said.push(whole("/listing", client.get(&format!("/listing/{id}"))));
        said.push(whole("/listing/members", client.get(&format!("/listing/{id}/members"))));
    }
    for words in ["", "refuge", "circle", "house"] {
        for near in ["", "LS6 2", "Leeds", "Yorkshire and The Humber", "KW17 2"] {
            for path in ["/", "/tonight", "/this-week", "/networks", "/resources"] {
                said.push(whole(path, client.post_form(path, &format!("q={}&near={}", encoded(words), encoded(near)))));
            }
        }
    }
    // A page shows what was typed, so of these only what was found counts.
    for secret in secrets {
        let page = client.post_form("/", &format!("q={}", encoded(secret))).text();
        said.push((
            format!("a page for {secret:?}"),
            page.split("href=\"/listing/").skip(1).collect::<String>().into_bytes(),
        ));
    }
    said
}

fn gets(client: &Client, path: &str, operation: &Value, ids: &[String], secrets: &[&str], said: &mut Vec<Said>) {
    let paths: Vec<String> = if path.contains("{id}") {
        ids.iter().map(|id| path.replace("{id}", id)).collect()
    } else {
        vec![path.to_owned()]
    };
    for path in &paths {
        said.push(whole(path, client.get(path)));
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    for name in parameters
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| parameter["name"].as_str().unwrap())
        .chain(["no_such"])
    {
        for value in secrets.iter().chain(&ORDINARY) {
            let address = format!("{}?{name}={}", paths[0], encoded(value));
            said.push(whole(&address, client.get(&address)));
            if name == "q" && path.contains("search") {
                let address = format!("{address}&near=LS6+2&within_km=500&sort=distance&per_page=100");
                said.push(whole(&address, client.get(&address)));
            }
        }
    }
}

fn posts(client: &Client, path: &str, secrets: &[&str], said: &mut Vec<Said>) {
    said.push(whole(path, client.post_json(path, "{")));
    said.push(whole(path, client.post_json(path, "{}")));
    for value in secrets.iter().chain(&ORDINARY) {
        for member in ["q", "near", "sort", "no_such", "page", "listing_id", "text"] {
            let mut body = serde_json::Map::new();
            body.insert(member.to_owned(), json!(value));
            said.push(whole(path, client.post_json(path, &Value::Object(body).to_string())));
        }
    }
}

/// Ids of all services, of who runs them, of what a search finds and of everything that the feed lists.
fn known_ids(client: &Client) -> Vec<String> {
    let mut ids = Vec::new();
    let mut next = Some("/v1/services?per_page=100".to_owned());
    while let Some(address) = next {
        let page = client.get(&address).json();
        for listing in page["items"].as_array().unwrap() {
            ids.extend(
                [&listing["id"], &listing["organization"]["id"]]
                    .into_iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned),
            );
        }
        next = page["next"].as_str().map(str::to_owned);
    }
    let found = client.get("/v1/search?per_page=100").json();
    ids.extend(
        found["results"]["items"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()),
    );
    for collection in ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"] {
        let mut page = 1;
        loop {
            let list = client.get(&format!("/hsds/{collection}?per_page=100&page={page}")).json();
            let listed = list["contents"].as_array().unwrap().iter();
            // One of the house's own terms stands for all of them.
            let house = |item: &&Value| item["taxonomy"] == "kith" && item["code"] != "refuge";
            ids.extend(listed.filter(|item| !house(item)).map(|item| item["id"].as_str().unwrap().to_owned()));
            if list["last_page"] == true {
                break;
            }
            page += 1;
        }
    }
    ids.sort();
    ids.dedup();
    ids
}

fn whole(asked: &str, answer: Answer) -> Said {
    let mut bytes = format!("{}\n{:?}\n", answer.status, answer.headers).into_bytes();
    bytes.extend(answer.body);
    (asked.to_owned(), bytes)
}

/// A text for an address or a form.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
