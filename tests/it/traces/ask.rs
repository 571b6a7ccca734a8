//! Canaries in every place where a request can hold something: path, query, header, body, form and cursor of every
//! operation of both documents, of the pages and of the metrics.

use serde_json::{Map, Value, json};

use crate::{
    canary::scan::{LATITUDE, LONGITUDE, POSTCODE, ROOT},
    guard::{
        twins,
        walk::{Request, Walker},
        worlds::Secret,
    },
    support::{Client, encoded},
};

/// The address of the reader, as a proxy on this machine says it.
const ADDRESS: &str = "203.0.113.77";
/// Everything that must be found nowhere: words, a postcode, an address of the network.
pub const SECRETS: [&str; 3] = [ROOT, POSTCODE, ADDRESS];
/// And a position, in degrees.
pub const DEGREES: [f64; 2] = [LATITUDE, LONGITUDE];
/// What is written where a request holds something.
const SOUGHT: [&str; 5] =
    ["Zqk7Canary", "grief Zqk7Canary group", "Zqk7Canary, Leeds", POSTCODE, "53.8271659,-1.5739462"];
/// The one member that is kept on purpose, for keepers, until a report is closed; `reports` and `SECURITY.md` say so.
const KEPT: (&str, &str) = ("/v1/reports", "text");
const FORM: &str = "application/x-www-form-urlencoded";

/// What every request says of who sends it.
fn headers() -> Vec<(&'static str, String)> {
    vec![
        ("User-Agent", "Zqk7Canary/1.0 (Zqk7Canary)".to_owned()),
        ("Referer", "https://a.example/?q=Zqk7Canary".to_owned()),
        ("Cookie", "session=Zqk7Canary; Zqk7Canary=1".to_owned()),
        ("Authorization", "Bearer Zqk7Canary.Zqk7Canary".to_owned()),
        ("X-Api-Key", ROOT.to_owned()),
        ("X-Forwarded-For", format!("{ROOT}, {ADDRESS}")),
        ("X-Real-IP", ADDRESS.to_owned()),
        ("Forwarded", format!("for={ADDRESS};host=Zqk7Canary")),
        ("X-Forwarded-Host", "Zqk7Canary.example".to_owned()),
        ("X-Request-Id", ROOT.to_owned()),
        ("Traceparent", "00-Zqk7Canary-Zqk7Canary-01".to_owned()),
        ("Accept-Language", "cy, Zqk7Canary;q=0.5".to_owned()),
        ("If-Modified-Since", ROOT.to_owned()),
        ("From", "reader@Zqk7Canary.example".to_owned()),
        ("Origin", "https://Zqk7Canary.example".to_owned()),
    ]
}

/// Sends requests and counts them.
struct Asker<'a> {
    client: &'a Client,
    asked: usize,
}

impl Asker<'_> {
    fn send(&mut self, request: &Request) -> crate::support::Answer {
        self.asked += 1;
        let own = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = headers();
        let all: Vec<(&str, &str)> = own.chain(all.iter().map(|(name, value)| (*name, value.as_str()))).collect();
        self.client.send(request.method, &request.path, &all, request.body.as_deref())
    }

    fn get(&mut self, path: &str) {
        self.send(&Request::get(path));
    }

    fn post(&mut self, path: &str, content_type: &str, body: &str) {
        self.send(&Request::post(path, content_type, body));
    }
}

/// Asks all this of a server and, if there is one, of what serves its metrics; gives the number of requests.
pub fn everything(client: &Client, metrics: Option<&Client>) -> usize {
    let mut asker = Asker { client, asked: 0 };
    for document in ["/openapi.json", "/hsds/openapi.json"] {
        operations(&mut asker, &client.get(document).json());
    }
    pages(&mut asker);
    nonsense(client, &mut asker.asked);
    // What the documents allow, with words and places of the secret kind among those that work.
    let secret = Secret {
        latitude: LATITUDE,
        longitude: LONGITUDE,
        street: ROOT,
        postcode: POSTCODE.to_owned(),
        phone: ADDRESS.to_owned(),
        mark: 1,
    };
    let mut known = twins::known(client, [&secret, &secret]);
    // Not what is sought: the words of a report are kept for its keepers until it is closed.
    known.insert(String::new(), vec!["the door is green".to_owned()]);
    let mut ask = |request: &Request| asker.send(request);
    let mut walker = Walker::new(&mut ask, known);
    let mut silent = Vec::new();
    for document in ["/openapi.json", "/hsds/openapi.json"] {
        silent.extend(walker.document(document));
    }
    assert_eq!(silent, [""; 0], "teach the harness how these are asked (known words in guard/twins.rs)");
    let asked = asker.asked;
    let mut metered = Asker { client: metrics.unwrap_or(client), asked: 0 };
    for sought in SOUGHT {
        let sought = encoded(sought);
        metered.get(&format!("/metrics?q={sought}&{sought}=1"));
        metered.get(&format!("/metrics/{sought}"));
        metered.post("/metrics", FORM, &format!("q={sought}"));
    }
    asked + metered.asked
}

/// Asks some of it, all the same in every place; gives the number of requests.
pub fn some(client: &Client) -> usize {
    let mut asker = Asker { client, asked: 0 };
    pages(&mut asker);
    asker.asked
}

/// Every parameter, member and part of a path of a document, alone and with what else is needed.
fn operations(asker: &mut Asker, document: &Value) {
    for (path, methods) in document["paths"].as_object().unwrap() {
        for sought in SOUGHT {
            let word = encoded(sought);
            let parts: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { &*word } else { part }).collect();
            let address = parts.join("/");
            asker.get(&format!("{address}/{word}"));
            asker.get(&format!("{address}?{word}={word}&no_such={word}"));
            for method in ["DELETE", "PUT", "OPTIONS", "HEAD"] {
                asker.send(&Request { method, ..Request::get(format!("{address}?q={word}")) });
            }
            for parameter in methods["get"]["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                if parameter["in"] == "query" {
                    asker.get(&format!("{address}?{name}={word}"));
                    asker.get(&format!("{address}?{name}={word}&near=LS6+2&q={word}"));
                } else if parameter["in"] == "header" {
                    let mut request = Request::get(address.clone());
                    request.headers.push((name.to_owned(), format!("\"{sought}\"")));
                    asker.send(&request);
                }
            }
            for (kind, content) in methods["post"]["requestBody"]["content"].as_object().into_iter().flatten() {
                bodies(asker, path, kind, &members(document, &content["schema"]), sought);
            }
        }
    }
}

fn members(document: &Value, schema: &Value) -> Vec<String> {
    let schema = match schema["$ref"].as_str().or(schema["allOf"][0]["$ref"].as_str()) {
        Some(name) => document.pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn bodies(asker: &mut Asker, path: &str, kind: &str, members: &[String], sought: &str) {
    for name in members.iter().map(String::as_str).chain([sought]).filter(|name| (path, *name) != KEPT) {
        for value in [json!(sought), json!([sought]), json!({ sought: sought })] {
            let mut body = Map::from_iter([(name.to_owned(), value)]);
            asker.post(path, kind, &Value::Object(body.clone()).to_string());
            body.insert("near".to_owned(), json!("LS6 2"));
            asker.post(path, kind, &Value::Object(body).to_string());
        }
    }
    let whole = json!({ "q": sought, "near": "LS6 2" }).to_string();
    for body in [&*format!("{whole}{sought}"), &whole[..whole.len() - 2], sought, &format!("[\"{sought}\"]")] {
        asker.post(path, kind, body);
    }
    asker.post(path, &format!("application/{}", encoded(sought)), &whole);
    asker.post(path, "text/plain", &whole);
    asker.post(path, FORM, &format!("q={}", encoded(sought)));
}

fn pages(asker: &mut Asker) {
    for sought in SOUGHT {
        let word = encoded(sought);
        for path in ["/", "/tonight", "/this-week"] {
            asker.get(&format!("{path}?q={word}&near={word}"));
            for form in [
                format!("q={word}"),
                format!("q={word}&near=LS6+2"),
                format!("near={word}"),
                format!(
                    "q=grief&near=Leeds&within_km={word}&age={word}&page={word}&strict={word}&need={word}&language={word}"
                ),
                format!("{word}={word}"),
                format!("q={word}%ff"),
            ] {
                asker.post(path, FORM, &form);
            }
            let part = format!(
                "--b\r\nContent-Disposition: form-data; name=\"q\"; filename=\"{ROOT}\"\r\n\r\n{sought}\r\n--b--\r\n"
            );
            asker.post(path, "multipart/form-data; boundary=b", &part);
        }
        for path in ["listing", "problems", "assets", "nowhere"] {
            asker.get(&format!("/{path}/{word}"));
        }
        asker.get(&format!("/{word}?{word}"));
        asker.get(&format!("/listing/{word}/report"));
        asker.post(&format!("/listing/{word}/report"), FORM, &format!("reason={word}&text={word}"));
    }
}

/// Requests that are none: what a parser refuses must not be written down either.
fn nonsense(client: &Client, asked: &mut usize) {
    for sought in SOUGHT {
        for bytes in [
            format!("GET /{sought} HTTP/1.1\r\n{sought}\r\n\r\n"),
            format!("{sought}\r\n\r\n"),
            format!("{sought} /v1/search?q={sought} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            format!("GET /v1/search?q={} HTTP/1.1\r\nHost: {sought}\r\nConnection: close\r\n\r\n", encoded(sought)),
            format!("GET /v1/search?q={} HTTP/9.9\r\nHost: x\r\n\r\n", encoded(sought)),
            format!(
                "POST /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {sought}\r\n\r\n{sought}"
            ),
            format!(
                "POST /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{sought}\r\n"
            ),
        ] {
            client.raw(bytes.as_bytes());
            *asked += 1;
        }
    }
}
