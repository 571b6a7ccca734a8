//! The resilience view, as those who plan support and connect people get it.

use serde_json::Value;

use crate::support::{encoded, kith, runtime, sample_client, sample_in, serve_in_process};

fn rows(answer: &Value) -> &Vec<Value> {
    answer["rows"].as_array().unwrap()
}

#[test]
fn no_layer_and_no_authority_is_silently_missing() {
    let client = sample_client();
    let leeds = client.get("/v1/resilience?area=Leeds").json();
    assert_eq!((leeds["area"]["code"].as_str(), leeds["within_km"].as_u64()), (Some("E08000035"), Some(10)));
    assert_eq!(leeds["sample"], true);
    let needs = client.get("/v1/terms?facet=need").json()["terms"].as_array().unwrap().len();
    assert_eq!(rows(&leeds).len(), needs + 1, "all together, and each");
    assert!(rows(&leeds)[0]["need"].is_null() && rows(&leeds)[1]["need"].is_string());
    let county = client.get("/v1/resilience?area=West+Yorkshire&need=bereavement&within_km=5").json();
    assert_eq!(rows(&county).len(), 5);
    for row in rows(&leeds).iter().chain(rows(&county)) {
        let layers: Vec<&str> =
            row["layers"].as_array().unwrap().iter().map(|one| one["layer"].as_str().unwrap()).collect();
        assert_eq!(layers, ["now", "this_week", "alongside", "specialist", "community", "around_you"]);
        let (links, said) = (row["agreed_links"].as_u64().unwrap(), row["links"].as_str().unwrap());
        assert_eq!(links == 0, said == "no link recorded", "{row}");
        let addresses = row["addresses"].as_u64().unwrap();
        for layer in row["layers"].as_array().unwrap() {
            let within = layer["addresses_within"].as_u64().unwrap();
            assert!(within <= addresses && within % 100 == 0 && layer["share"].as_u64().unwrap() <= 100, "{layer}");
        }
    }
    let all = &rows(&leeds)[0];
    assert!(all["listings"].as_u64() > Some(20) && all["agreed_links"].as_u64() > Some(0), "{all}");
    assert!(all["networks"].is_u64(), "{all}");
    // Alongside: most of the city has a group for the bereaved within ten kilometres, and nobody of its own far away.
    let of = |answer: &Value, need: &str| {
        let row = rows(answer).iter().find(|row| row["need"] == need).unwrap().clone();
        row["layers"][2]["share"].as_u64().unwrap()
    };
    assert!(of(&leeds, "bereavement") > 80, "{}", of(&leeds, "bereavement"));
    let near = client.get("/v1/resilience?area=Leeds&within_km=5").json();
    assert!(of(&near, "bereavement") <= of(&leeds, "bereavement"));
}

#[test]
fn it_comes_as_a_table_too_and_is_kept_by_nobody() {
    let client = sample_client();
    let path = "/v1/resilience?area=Leeds&need=bereavement";
    let asked = client.get(&format!("{path}&format=csv"));
    let accepted = client.send("GET", path, &[("Accept", "text/csv")], None);
    assert_eq!(asked.body, accepted.body);
    assert_eq!((asked.header("content-type"), asked.header("cache-control")), ("text/csv; charset=utf-8", "no-store"));
    assert!(asked.header("etag").is_empty());
    let text = asked.text();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("E08000035,Leeds,bereavement,")).collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[2].contains(",alongside,People who have been there,"), "{}", lines[2]);
    assert_eq!(client.get(path).header("content-type"), "application/json");
}

#[test]
fn every_fault_is_told_at_once() {
    let client = sample_client();
    let answer = client.get("/v1/resilience?area=54.5,3.5&need=atlantis&within_km=7");
    assert_eq!(answer.status, 400);
    let mut faults = answer.faults();
    faults.sort();
    assert_eq!(faults, ["/area unknown_area", "/need unknown_term", "/within_km not_in_list"]);
    assert_eq!(client.get("/v1/resilience").status, 400);
    assert_eq!(client.get("/v1/resilience?area=Leeds&format=xml").status, 400);
}

#[test]
fn people_ask_it_by_a_form() {
    let client = sample_client();
    assert!(client.get("/resilience").text().contains("<h1>Support within reach</h1>"));
    let page = client.post_form("/resilience", "area=Leeds&need=bereavement&within_km=10").text();
    for words in ["Leeds, within 10 km", "People who have been there", "agreed link", "What these figures are"] {
        assert!(page.contains(words), "{words}");
    }
    let wrong = client.post_form("/resilience", "area=Atlantis&need=bereavement&within_km=3");
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("Name a council") && wrong.text().contains("Choose one of the distances"));
}

#[test]
fn who_has_no_link_and_on_whom_others_hang_is_told_to_a_keeper_only() {
    let folder = tempfile::tempdir().unwrap();
    let directory = sample_in(folder.path());
    let client = serve_in_process(&directory, runtime());
    // A network is in the middle of its members: somebody loses every way to the others without it.
    let mut hanging = Vec::new();
    let organizations = client.get("/v1/organizations?per_page=100").json();
    let is_linked = |item: &&Value| item["links"].is_array();
    for item in organizations["items"].as_array().unwrap().iter().filter(is_linked).take(20) {
        let told = kith(folder.path(), &["resilience", "--for", item["id"].as_str().unwrap()]);
        let said = String::from_utf8(told.stdout).unwrap();
        assert!(told.status.success() && said.starts_with("Tell this to the organisation itself"), "{said}");
        hanging.extend(said.contains("others hang on it").then_some(said));
    }
    assert!(!hanging.is_empty());
    let missing = kith(folder.path(), &["resilience", "--for", "00000000-0000-4000-8000-000000000000"]);
    assert_eq!(missing.status.code(), Some(1));
    // No public answer names a listing at all.
    let public = client.get("/v1/resilience?area=Yorkshire+and+The+Humber").text()
        + &client.post_form("/resilience", &format!("area={}&within_km=10", encoded("Leeds"))).text();
    for item in client.get("/v1/services?per_page=100").json()["items"].as_array().unwrap() {
        assert!(!public.contains(item["card"]["name"].as_str().unwrap()), "{}", item["card"]["name"]);
        assert!(!public.contains(item["id"].as_str().unwrap()));
    }
}
