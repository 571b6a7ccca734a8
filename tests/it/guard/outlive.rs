//! Terms of sources come from open listings only: with the last one that bore it a term goes, and its taxonomy, whether that was
//! hidden, protected by a file or withdrawn. With the next that bears it it comes back.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::worlds::open_group;
use crate::support::{Serving, kith_ok, until};

/// A term of a taxonomy, both named so.
fn term(name: &str) -> Value {
    json!({ "taxonomy_term": { "id": name, "code": name, "name": name, "description": format!("At 12 {name} Street"),
        "taxonomy_detail": { "id": format!("{name}-scheme"), "name": format!("{name} scheme"), "description": name } } })
}

/// A group with terms of its own on all that is its, and one that it shares with others.
fn group(number: u32) -> Value {
    let mut group = open_group(number, 53.8, -1.5);
    let own = |of: &str| term(&format!("{of}{number}"));
    group["organization"] = json!({ "id": format!("org-{number}"), "name": format!("Elm {number}"), "description": "d", "attributes": [own("organization")] });
    group["attributes"] = json!([own("service"), term("shared")]);
    group["service_at_locations"][0]["attributes"] = json!([own("there")]);
    group["service_at_locations"][0]["location"]["attributes"] = json!([own("place")]);
    group
}

fn import(data: &Path, items: &[Value]) {
    let file = data.with_extension("json");
    fs::write(&file, Value::from(items).to_string()).unwrap();
    let said = kith_ok(data, &["import", "--source", "county", file.to_str().unwrap()]);
    assert!(said.contains("0 refused") || !said.contains("refused"), "{said}");
}

/// Ids and texts of terms and taxonomies that are not the house's.
fn shown(server: &Serving) -> Vec<(String, String)> {
    let all = |path: &str| -> Vec<Value> {
        let page = |page| server.client.get(&format!("{path}?per_page=100&page={page}")).json();
        let pages = page(1)["total_pages"].as_u64().unwrap();
        (1..=pages).flat_map(|at| page(at)["contents"].as_array().unwrap().clone()).collect()
    };
    let mut shown: Vec<_> = ["/hsds/taxonomy_terms", "/hsds/taxonomies"]
        .into_iter()
        .flat_map(|path| all(path).into_iter().map(move |of| (path, of)))
        .filter(|(_, of)| is_ours(of["name"].as_str().unwrap()))
        .map(|(path, of)| (format!("{path}/{}", of["id"].as_str().unwrap()), of["name"].as_str().unwrap().to_owned()))
        .collect();
    shown.sort();
    shown
}

fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(" scheme").unwrap_or(name);
    ["organization", "place", "service", "there", "shared"]
        .iter()
        .any(|of| name.strip_prefix(of).is_some_and(|number| number.chars().all(|c| c.is_ascii_digit())))
}

fn names(shown: &[(String, String)]) -> Vec<&str> {
    let mut names: Vec<_> = shown.iter().map(|(_, name)| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// The names of all that a group bears alone.
fn own(number: u32) -> Vec<String> {
    let of = ["organization", "place", "service", "there"].map(|of| format!("{of}{number}"));
    of.iter().flat_map(|name| [name.clone(), format!("{name} scheme")]).collect()
}

fn id_of(server: &Serving, name: &str) -> String {
    let listed = server.client.get("/v1/services?per_page=100").json();
    let found = listed["items"].as_array().unwrap().iter().find(|item| item["card"]["name"] == name);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn no_term_outlives_the_listings_that_bore_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    import(&data, &[group(1), group(2), group(3)]);
    let server = Serving::ready(&data, &[]);
    let all = shown(&server);
    let expected = |numbers: &[u32]| {
        let mut names: Vec<String> = numbers.iter().flat_map(|number| own(*number)).collect();
        names.extend(["shared".to_owned(), "shared scheme".to_owned()]);
        names.sort_unstable();
        names
    };
    assert_eq!(names(&all), expected(&[1, 2, 3]));

    // The safeguarding role hides one, and its terms are gone when that has been answered.
    let hidden = id_of(&server, "Circle 1");
    let role = ["--by", "safeguarding lead", "--because", "She has been followed"];
    kith_ok(&data, &[["safeguard", "hide", &hidden].as_slice(), &role].concat());
    assert_eq!(names(&shown(&server)), expected(&[2, 3]));
    for (path, name) in &all {
        let is_gone = own(1).contains(name);
        assert_eq!(server.client.get(path).status, if is_gone { 410 } else { 200 }, "{name}");
    }
    // Its source goes on sending it, and brings no term back.
    import(&data, &[group(1)]);
    assert_eq!(names(&shown(&server)), expected(&[2, 3]));

    // A file protects another: it is a refuge by now.
    let mut refuge = group(2);
    refuge["description"] = json!("We run a refuge for women.");
    refuge["attributes"] = json!([{ "taxonomy_term": { "code": "refuge", "name": "Refuge", "taxonomy": "kith" } }]);
    import(&data, &[refuge]);
    assert_eq!(names(&shown(&server)), expected(&[3]));
    let bytes = fs::read(data.join("kith.db")).unwrap();
    let is_kept = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(is_kept("service3 scheme") && is_kept("place3 Street"));
    for of in ["organization", "place", "service", "there"] {
        assert!(!is_kept(&format!("{of}1 S")) && !is_kept(&format!("{of}1 s")), "{of}");
        assert!(!is_kept(&format!("{of}2 S")) && !is_kept(&format!("{of}2 s")), "{of}");
    }

    // The last one is withdrawn with its organisation, and comes back.
    let last = id_of(&server, "Circle 3");
    let listed = server.client.get("/v1/organizations?per_page=100").json();
    let organization = listed["items"].as_array().unwrap().iter().find(|item| item["card"]["name"] == "Elm 3");
    let organization = organization.unwrap()["id"].as_str().unwrap().to_owned();
    kith_ok(&data, &["withdraw", &last]);
    let left = shown(&server);
    assert_eq!(names(&left), ["organization3", "organization3 scheme"]);
    kith_ok(&data, &["withdraw", &organization]);
    assert_eq!(shown(&server), []);
    kith_ok(&data, &["restore", &organization]);
    kith_ok(&data, &["restore", &last]);
    until("they are back", || names(&shown(&server)) == expected(&[3]));

    // Another group that bears what went brings it back, under the same id.
    let mut other = group(4);
    other["attributes"] = json!([term("service1")]);
    import(&data, &[other]);
    until("the term is back", || shown(&server).iter().any(|(_, name)| name == "service1 scheme"));
    let back = shown(&server);
    assert!(all.iter().filter(|(_, name)| name.starts_with("service1")).all(|of| back.contains(of)), "{back:?}");
    drop(server);
    kith_ok(&data, &["check"]);
}
