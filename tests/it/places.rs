//! Full postcodes from a file to an answer, with the real program.

use std::fs;

use serde_json::json;

use crate::support::{Serving, kith, kith_ok};

const CODES: &str = "pcds,doterm,oslaua,lat,long\n\
    LS6 2AB,,E08000035,53.8213,-1.5666\n\
    LS6 2AD,200106,E08000035,53.8220,-1.5650\n\
    BT1 5GS,,N09000003,54.5966,-5.9301\n\
    LS6 2AE,,E08000035,north,-1.5650\n";

#[test]
fn postcodes_are_built_shown_and_answered_with() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(kith_ok(&data, &["places", "show"]).contains("no file"));
    let file = folder.path().join("ONSPD_MAY_2025_UK.csv");
    fs::write(&file, CODES).unwrap();
    let file = file.to_str().unwrap();
    let said = kith_ok(&data, &["places", "build", file]);
    assert!(said.contains("4 rows read = 2 taken + 1 of Northern Ireland") && said.contains("1 faulty"), "{said}");
    assert!(said.contains("line 5, column lat") && !said.contains("north"), "{said}");
    let said = kith_ok(&data, &["places", "show"]);
    assert!(said.contains("1 postcodes in use, 1 no longer") && said.contains("May 2025"), "{said}");
    let credits = kith_ok(&data, &["--credits"]);
    assert!(credits.contains("Royal Mail") && credits.contains("GeoNames") && credits.contains("ONSPD_MAY_2025"));

    let serving = Serving::ready(&data, &[]);
    let asked = |near: &str| {
        let answer = serving.client.post_json("/v1/search", &json!({"near": near}).to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["place"].clone()
    };
    let place = asked("ls62ab");
    assert_eq!((place["resolved"].as_str(), place["kind"].as_str()), (Some("LS6 2AB"), Some("postcode")), "{place}");
    assert!(place["precision_km"].as_f64().unwrap() <= 0.1 && place["note"].is_null(), "{place}");
    assert!(asked("LS6 2AD")["note"].as_str().unwrap().contains("no longer in use"));
    assert_eq!(asked("LS6 2ZZ")["resolved"], "LS6 2");
    let page = serving.client.post_form("/", "near=LS6+2AD").text();
    assert!(page.contains("The postcode is no longer in use; the search is around where it was."), "{page}");
    let welsh = serving.client.post_json("/v1/search", r#"{"postcode": "LS6 2AD", "lang": "cy"}"#).json();
    assert!(welsh["place"]["note"].as_str().unwrap().contains("mwyach"), "{}", welsh["place"]);
    let log = serving.log.lock().unwrap().to_lowercase();
    assert!(!log.contains("ls6"), "nothing that was looked up stands in the log");
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    fs::write(&file, "name,town\nZebra,Leeds\n").unwrap();
    let failed = kith(folder.path(), &["places", "build", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && said.contains("line 1") && said.contains("pcds"), "{said}");
    assert!(!said.contains("Zebra") && !folder.path().join("places").exists());
    fs::create_dir_all(folder.path().join("places")).unwrap();
    fs::write(folder.path().join("places").join("postcodes.kpc"), "not one").unwrap();
    assert!(!kith(folder.path(), &["places", "show"]).status.success());
    let checked = kith(folder.path(), &["--credits"]);
    assert!(
        checked.status.success() && String::from_utf8_lossy(&checked.stderr).contains("full postcodes are not used")
    );
}
