//! Asks every operation of a document in every way that the document allows, and in many that it does not.
//!
//! It reads the document, so that an operation that comes later is asked too. One that it never got a good answer
//! from fails the test that walks: then `Walker::values` or the caller's known words must learn what it needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::support::{Answer, encoded};

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), ..Self::default() }
    }

    pub fn post(path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { method: "POST", path: path.to_owned(), headers, body: Some(body.into()) }
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut request = self.clone();
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }
}

/// Walks a document.
pub struct Walker<'a> {
    /// Sends a request and gives its answer.
    pub ask: &'a mut dyn FnMut(&Request) -> Answer,
    /// Values by the name of a parameter or member; those of `""` are tried for every text.
    pub known: BTreeMap<String, Vec<String>>,
    document: Value,
    /// Decides which parameters are tried together.
    state: u64,
}

/// How many combinations of parameters are tried of one operation.
const COMBINED: usize = 60;

impl<'a> Walker<'a> {
    pub fn new(ask: &'a mut dyn FnMut(&Request) -> Answer, known: BTreeMap<String, Vec<String>>) -> Self {
        Self { ask, known, document: Value::Null, state: 7 }
    }

    /// Asks all that the document at this address describes; the answer names the operations without a good answer.
    pub fn document(&mut self, address: &str) -> Vec<String> {
        self.document = (self.ask)(&Request::get(address)).json();
        let paths = self.document["paths"].as_object().unwrap().clone();
        let mut operations: Vec<(String, String, Value)> = paths
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap().iter();
                methods.map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
            })
            .collect();
        // What is made by one operation is read by another: those with a part in their path come last.
        operations.sort_by_key(|(path, method, _)| (path.contains('{'), *method == "get", path.clone()));
        let mut silent = Vec::new();
        for (path, method, operation) in operations {
            let good = match method.as_str() {
                "get" => self.get(&path, &operation),
                "post" | "put" | "patch" => self.send(&path, &method, &operation),
                _ => 0,
            };
            if good == 0 {
                silent.push(format!("{} {path}", method.to_uppercase()));
            }
        }
        silent
    }

    /// Asks once; what an answer calls something is known from then on. Whether it was a good answer.
    fn ask(&mut self, request: &Request, good: &mut usize) -> Option<String> {
        let answer = (self.ask)(request);
        *good += usize::from((200..300).contains(&answer.status));
        if request.method != "GET"
            && let Ok(Value::Object(members)) = serde_json::from_slice(&answer.body)
        {
            for (name, value) in members.iter().filter_map(|(name, value)| Some((name, value.as_str()?))) {
                self.known.entry(name.clone()).or_default().push(value.to_owned());
            }
        }
        Some(answer.header("etag").to_owned()).filter(|tag| !tag.is_empty())
    }

    fn get(&mut self, path: &str, operation: &Value) -> usize {
        let mut good = 0;
        let parameters: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = |place: &'static str| parameters.iter().filter(move |parameter| parameter["in"] == place);
        let paths = self.paths(path);
        let query: Vec<(String, Vec<String>)> =
            named("query").map(|one| (word(&one["name"]), self.texts(&one["name"], one))).collect();
        let needed: Vec<String> = named("query")
            .filter(|one| one["required"] == true)
            .map(|one| pair(one["name"].as_str().unwrap(), &self.texts(&one["name"], one)[0]))
            .collect();
        let mut bases = vec![needed.join("&")];
        if query.iter().any(|(name, _)| name == "near") {
            let around = [
                "near=Leeds&per_page=100",
                "near=Yorkshire+and+The+Humber&per_page=100",
                "latitude=53.8&longitude=-1.5&within_km=300&per_page=100",
            ];
            bases.extend(around.map(str::to_owned));
        }
        if query.iter().any(|(name, _)| name == "to_layer") {
            bases.extend(self.some_ids().map(|id| format!("from={id}")));
        }
        for path in &paths {
            self.ask(&Request::get(path.clone()), &mut good);
            for base in bases.iter().filter(|base| !base.is_empty()) {
                self.ask(&Request::get(format!("{path}?{base}")), &mut good);
            }
        }
        for base in &bases {
            for (name, values) in &query {
                for value in values {
                    self.ask(&Request::get(format!("{}?{base}&{}", paths[0], pair(name, value))), &mut good);
                }
            }
        }
        for _ in 0..if query.len() > 4 { COMBINED } else { 0 } {
            let mut pairs = vec![bases[self.below(bases.len())].clone()];
            for _ in 0..2 + self.below(4) {
                let (name, values) = &query[self.below(query.len())];
                let value = self.below(values.len());
                pairs.push(pair(name, &values[value]));
            }
            self.ask(&Request::get(format!("{}?{}", paths[0], pairs.join("&"))), &mut good);
        }
        for path in paths.iter().take(4) {
            let plain = Request::get(format!("{path}?{}", bases[0]));
            let tag = self.ask(&plain, &mut good);
            for held in tag
                .iter()
                .flat_map(|tag| [tag.clone(), format!("\"x\", W/{tag}")])
                .chain(["*".to_owned(), "\"x\"".to_owned()])
            {
                self.ask(&plain.with("If-None-Match", &held), &mut good);
            }
            for accept in ["text/csv", "text/html, */*;q=0.1", "application/json"] {
                self.ask(&plain.with("Accept", accept).with("Accept-Language", "cy"), &mut good);
            }
            self.ask(&Request::get(format!("{path}?no_such=1")), &mut 0);
            for method in ["HEAD", "DELETE", "PUT", "OPTIONS"] {
                let other = Request { method, ..Request::get(path.clone()) };
                self.ask(
                    &other.with("Origin", "https://a.example").with("Access-Control-Request-Method", "GET"),
                    &mut 0,
                );
            }
        }
        good
    }

    fn send(&mut self, path: &str, method: &str, operation: &Value) -> usize {
        let mut good = 0;
        let method = ["POST", "PUT", "PATCH"].into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap();
        let contents = operation["requestBody"]["content"].as_object().cloned().unwrap_or_default();
        for path in self.paths(path) {
            for (content_type, content) in &contents {
                let schema = self.resolved(&content["schema"]);
                let members = schema["properties"].as_object().cloned().unwrap_or_default();
                let needed = schema["required"].as_array().cloned().unwrap_or_default();
                let least: Map<String, Value> = needed
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|name| (name.to_owned(), self.members(name, &members[name])[0].clone()))
                    .collect();
                let body = |members: &Map<String, Value>| Request {
                    method,
                    ..Request::post(&path, content_type, Value::Object(members.clone()).to_string())
                };
                self.ask(&body(&least), &mut good);
                let mut bases = vec![least];
                if members.contains_key("near") {
                    let around = json!({ "near": AROUND, "within_km": 300.0, "per_page": 100 });
                    bases.push(bases[0].clone().into_iter().chain(around.as_object().unwrap().clone()).collect());
                }
                if members.contains_key("to_layer") {
                    let from = self.some_ids().map(|id| [("from".to_owned(), json!(id))].into_iter().collect());
                    bases.extend(from.collect::<Vec<Map<String, Value>>>());
                }
                let offered: Vec<(String, Vec<Value>)> =
                    members.iter().map(|(name, schema)| (name.clone(), self.members(name, schema))).collect();
                for base in &bases {
                    for (name, value) in
                        offered.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
                    {
                        let mut members = base.clone();
                        members.insert(name.clone(), value.clone());
                        self.ask(&body(&members), &mut good);
                    }
                }
                for _ in 0..if offered.len() > 4 { COMBINED } else { 0 } {
                    let mut members = bases[self.below(bases.len())].clone();
                    for _ in 0..2 + self.below(4) {
                        let (name, values) = &offered[self.below(offered.len())];
                        let value = self.below(values.len());
                        members.insert(name.clone(), values[value].clone());
                    }
                    self.ask(&body(&members), &mut good);
                }
                let mut stray = bases[0].clone();
                stray.insert("no_such".to_owned(), json!(1));
                self.ask(&body(&stray), &mut 0);
            }
            for (kind, text) in
                [("application/json", "{"), ("application/json", "[]"), ("application/json", ""), ("text/plain", "{}")]
            {
                self.ask(&Request { method, ..Request::post(&path, kind, text) }, &mut 0);
            }
        }
        good
    }

    /// Ids of some listings, those with links among them.
    fn some_ids(&self) -> impl Iterator<Item = &String> {
        self.known.get("id").into_iter().flatten().take(6)
    }

    /// The path with each of the known values in its place; itself, where nothing stands in it.
    fn paths(&self, path: &str) -> Vec<String> {
        let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
        let (name, after) = rest.split_once('}').unwrap();
        let values = self.known.get(name).cloned().unwrap_or_default();
        values.iter().flat_map(|value| self.paths(&format!("{before}{}{after}", encoded(value)))).collect()
    }

    fn resolved(&self, schema: &Value) -> Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default(),
            None => {
                schema["allOf"][0].as_object().map_or_else(|| schema.clone(), |_| self.resolved(&schema["allOf"][0]))
            }
        }
    }

    /// Values of a member: good ones first.
    fn members(&self, name: &str, schema: &Value) -> Vec<Value> {
        let schema = &self.resolved(schema);
        match schema["type"].as_str() {
            Some("array") => {
                self.members(name, &json!({ "description": schema["description"], "type": schema["items"]["type"], "$ref": schema["items"]["$ref"] }))
                    .into_iter()
                    .map(|value| json!([value]))
                    .collect()
            }
            Some("integer") => [1, 2, 0, 18, 100].map(Value::from).into(),
            Some("number") => self.texts(&json!(name), &json!({ "schema": schema })).iter().filter_map(|text| text.parse::<f64>().ok()).map(Value::from).collect(),
            Some("boolean") => [true, false].map(Value::from).into(),
            Some("object") => vec![json!({})],
            _ => self.texts(&json!(name), &json!({ "schema": schema, "description": schema["description"] })).into_iter().map(Value::from).collect(),
        }
    }

    /// Texts for a parameter: good ones first.
    fn texts(&self, name: &Value, parameter: &Value) -> Vec<String> {
        let schema = self.resolved(&parameter["schema"]);
        let schema = if schema["type"] == "array" { self.resolved(&schema["items"]) } else { schema };
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        if let Some(words) = schema["enum"].as_array() {
            return words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        let known = self.known.get(name.as_str().unwrap()).cloned().unwrap_or_default();
        match schema["type"].as_str() {
            Some("integer") => texts(&["1", "2", "0", "18", "100"]),
            Some("number") if !known.is_empty() => known,
            Some("number") => texts(&["5", "60.5", "0"]),
            Some("boolean") => texts(&["true", "false"]),
            _ => {
                let description = parameter["description"].as_str().unwrap_or_default();
                let told = description.split('`').skip(1).step_by(2).map(str::to_owned);
                let stray = self.known.get("").cloned().unwrap_or_default();
                let mut seen = BTreeSet::new();
                known.into_iter().chain(told).chain(stray).filter(|text| seen.insert(text.clone())).collect()
            }
        }
    }

    fn below(&mut self, below: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % below
    }
}

/// An area that all of a world's listings are in or serve.
const AROUND: &str = "53.8,-1.5";

fn word(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A parameter; a latitude does not come alone.
fn pair(name: &str, value: &str) -> String {
    match name {
        "latitude" => format!("latitude={}&longitude=-1.5", encoded(value)),
        "longitude" => format!("latitude=53.8&longitude={}", encoded(value)),
        _ => format!("{name}={}", encoded(value)),
    }
}
