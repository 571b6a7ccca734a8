//! The published document is current, and says what clients need.

use std::fs;

use poem_openapi::types::ParseFromJSON;
use serde_json::Value;

use crate::support::{project, sample_client};

/// The document of the feed, and the name of its published file.
const FEED: (&str, &str) = ("/hsds/openapi.json", "openapi/hsds.json");
/// Our own, and the name of its published file.
const OWN: (&str, &str) = ("/openapi.json", "openapi/v1.json");

fn document((path, _): (&str, &str)) -> Value {
    sample_client().get(path).json()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
        })
        .collect()
}

#[test]
fn the_published_documents_are_current() {
    for of in [OWN, FEED] {
        let written = format!("{}\n", serde_json::to_string_pretty(&document(of)).unwrap());
        let path = project(of.1);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &written).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == written,
            "{} is not what the code says; UPDATE_EXPECT=1 cargo test contract writes it",
            of.1
        );
    }
}

#[test]
fn no_parameter_says_explode_false_and_every_operation_can_be_named() {
    for document in [OWN, FEED].map(document) {
        assert!(
            !document.to_string().contains("\"explode\":false"),
            "poem-openapi panics when such a parameter is absent"
        );
        let mut ids: Vec<String> = operations(&document)
            .iter()
            .map(|(_, _, operation)| operation["operationId"].as_str().unwrap().to_owned())
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}

#[test]
fn every_operation_documents_its_problems_and_describes_its_answers() {
    for (path, method, operation) in [OWN, FEED].map(document).iter().flat_map(operations) {
        let responses = operation["responses"].as_object().unwrap();
        for status in ["400", "404", "405", "500", "503"] {
            let schema = &responses[status]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{method} {path} {status}");
        }
        for (status, response) in responses {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{method} {path} {status}");
        }
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                !parameter["description"].as_str().unwrap_or_default().is_empty(),
                "{method} {path} {}",
                parameter["name"]
            );
        }
    }
}

#[test]
fn a_get_and_its_post_twin_take_the_same_things() {
    let document = document(OWN);
    for (path, body) in [
        ("/v1/search", "SearchRequest"),
        ("/v1/sessions", "SessionsRequest"),
        ("/v1/pathways", "PathwaysRequest"),
        ("/v1/support-map", "SupportMapRequest"),
    ] {
        let get = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let mut parameters: Vec<&str> = get.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let schema = &document["components"]["schemas"][body];
        let mut members: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        parameters.sort_unstable();
        members.sort_unstable();
        assert_eq!(parameters, members);
        assert_eq!(schema["additionalProperties"], false);
    }
}

#[test]
fn spliced_sessions_are_what_the_document_says() {
    for asked in ["near=LS6+2", "near=Hexham&date=2026-11-24", "near=Wales", "near=Lerwick&q=xqzzv"] {
        let answer = sample_client().get(&format!("/v1/sessions?{asked}")).json();
        kith::domain::answer::SessionsAnswer::parse_from_json(Some(answer))
            .unwrap_or_else(|error| panic!("{asked}: {}", error.into_message()));
    }
}

#[test]
fn spliced_answers_are_what_the_document_says() {
    let client = sample_client();
    for path in [
        "/v1/search",
        "/v1/search?q=grief&near=LS6+2",
        "/v1/search?near=Wales&facets=none",
        "/v1/search?q=xqzzv&near=53.8,-1.55",
        "/v1/search?q=baby+loss&near=Leeds&access=step-free&explain=true&view=full&lang=cy",
    ] {
        let answer = client.get(path).json();
        kith::domain::answer::SearchAnswer::parse_from_json(Some(answer.clone()))
            .unwrap_or_else(|error| panic!("{path}: {}", error.into_message()));
        for card in answer["results"]["items"].as_array().unwrap() {
            let family = match card["kind"].as_str().unwrap() {
                "organization" => "organizations",
                "network" => "networks",
                "resource" => "resources",
                _ => "services",
            };
            let one = client.get(&format!("/v1/{family}/{}", card["id"].as_str().unwrap())).json();
            kith::domain::card::Listing::parse_from_json(Some(one))
                .unwrap_or_else(|error| panic!("{}", error.into_message()));
        }
    }
}
