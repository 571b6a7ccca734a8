//! The published document, put right once, and the checks that it implies.
//!
//! poem-openapi ignores unknown parameters and answers 405 without `Allow`; the document knows both
//! the names and the methods, so one check in front of all operations reads them from it.

use std::{collections::BTreeMap, sync::Arc};

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result, http::Method};
use serde_json::{Map, Value, json};

use self::{
    body::Members,
    query::{Looked, Parameters},
};
use super::{
    SEARCHES, limits,
    problem::{self, Problem, Slug},
};
use crate::directory::admission::{self, Stop};

mod body;
mod query;
mod shape;

pub use self::{body::malformed, query::decoded};

/// Parameters that say a place. Where one of them cannot be read, it is not told that the place is not known.
const PLACE: [&str; 4] = ["/near", "/postcode", "/latitude", "/longitude"];

/// One path of the document.
#[derive(Debug)]
struct Path {
    segments: Vec<Option<String>>, // None: a parameter stands here
    methods: BTreeMap<String, Parameters>,
    /// What is posted here.
    body: Option<Members>,
}

/// What the document says of paths, methods and parameters.
#[derive(Debug)]
pub struct Contract {
    paths: Vec<Path>,
    is_strict: bool,
}

/// Puts right what poem-openapi cannot say: closed objects, header names, lists that may be left out, no server of its own.
pub fn put_right(spec: &str) -> Value {
    let mut document: Value = serde_json::from_str(spec).expect("poem-openapi writes JSON");
    if let Some(root) = document.as_object_mut() {
        root.remove("servers");
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            if name.ends_with("Request") {
                schema["additionalProperties"] = json!(false);
            }
        }
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for operation in
        paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut)
    {
        // A list that nothing is sent for is empty, so no client has to send it.
        let parameters = operation.pointer_mut("/parameters").and_then(Value::as_array_mut).into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["schema"]["type"] == "array") {
            parameter["required"] = json!(false);
        }
        for response in
            operation.pointer_mut("/responses").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
        {
            if let Some(headers) = response.pointer_mut("/headers").and_then(Value::as_object_mut)
                && let Some(etag) = headers.remove("ETAG")
            {
                headers.insert("ETag".to_owned(), etag);
            }
        }
    }
    document
}

impl Contract {
    /// Reads a document; `pages` are further paths, not in it, that are only read.
    pub fn read(document: &Value, pages: &[&str]) -> Self {
        let paths = document.pointer("/paths").and_then(Value::as_object).into_iter().flatten();
        let read_only = json!({"get": {}});
        let pages = pages.iter().map(|path| read_path(path, &read_only, document));
        let paths = paths.map(|(path, operations)| read_path(path, operations, document)).chain(pages).collect();
        Self { paths, is_strict: true }
    }

    /// The same, but parameters that are not known are passed over: the manners of a standard that is not ours.
    #[must_use]
    pub fn passing_over_unknown(self) -> Self {
        Self { is_strict: false, ..self }
    }

    fn path(&self, path: &str) -> Option<&Path> {
        let asked: Vec<&str> = path.split('/').collect();
        self.paths.iter().find(|path| {
            path.segments.len() == asked.len()
                && path
                    .segments
                    .iter()
                    .zip(&asked)
                    .all(|(known, asked)| known.as_ref().map_or(!asked.is_empty(), |known| known == asked))
        })
    }

    /// Every fault that the document alone can tell; `Ok(None)` when the path is not of the document.
    fn check(&self, method: &Method, path: &str, query: &str) -> std::result::Result<(), Refusal> {
        let Some(path) = self.path(path) else { return Ok(()) };
        let asked = if *method == Method::HEAD { "get".to_owned() } else { method.as_str().to_ascii_lowercase() };
        let Some(parameters) = path.methods.get(&asked) else {
            let mut allow: Vec<String> = path.methods.keys().map(|method| method.to_ascii_uppercase()).collect();
            if path.methods.contains_key("get") {
                allow.push("HEAD".to_owned());
            }
            allow.push("OPTIONS".to_owned());
            return Err(Refusal::Method(allow.join(", ")));
        };
        let looked = parameters.look(query, self.is_strict);
        if looked.faults.is_empty() { Ok(()) } else { Err(Refusal::Query(looked)) }
    }

    /// What the document says of what is posted to a path.
    fn body(&self, method: &Method, path: &str) -> Option<&Members> {
        self.path(path).filter(|_| *method == Method::POST)?.body.as_ref()
    }
}

enum Refusal {
    Method(String),
    Query(Looked),
}

fn read_path(path: &str, operations: &Value, document: &Value) -> Path {
    let segments = path.split('/').map(|part| (!part.starts_with('{')).then(|| part.to_owned())).collect();
    let body = operations.get("post").and_then(|operation| Members::read(operation, document));
    let methods = operations.as_object().into_iter().flatten();
    let methods = methods.map(|(method, operation)| (method.clone(), Parameters::read(operation, document)));
    Path { segments, methods: methods.collect(), body }
}

/// The check in front of all operations.
#[derive(Clone)]
pub struct Strict(pub Arc<Contract>);

impl<E: Endpoint> Middleware<E> for Strict {
    type Output = StrictEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        StrictEndpoint { inner, contract: Arc::clone(&self.0) }
    }
}

/// See [`Strict`].
pub struct StrictEndpoint<E> {
    inner: E,
    contract: Arc<Contract>,
}

impl<E: Endpoint> Endpoint for StrictEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let uri = request.original_uri();
        match self.contract.check(request.method(), uri.path(), uri.query().unwrap_or_default()) {
            Ok(()) => match self.with_readable_body(request).await {
                Ok(request) => self.inner.call(request).await.map(IntoResponse::into_response),
                Err(problem) => Ok(problem.response()),
            },
            Err(Refusal::Query(looked)) => Ok(self.with_the_rest(looked, request).await.response()),
            Err(Refusal::Method(allow)) if request.method() == Method::OPTIONS => {
                Ok(Response::builder().status(poem::http::StatusCode::NO_CONTENT).header("Allow", allow).finish())
            }
            Err(Refusal::Method(allow)) => {
                let mut response = Problem::new(Slug::MethodNotAllowed).detail(format!("It takes {allow}.")).response();
                response.headers_mut().insert("Allow", allow.parse().expect("method names are header text"));
                Ok(response)
            }
        }
    }
}

impl<E: Endpoint> StrictEndpoint<E> {
    /// All faults of a request whose query has some: these, and those that the operation finds in the rest. Its answer is
    /// of other values and goes nowhere.
    async fn with_the_rest(&self, looked: Looked, mut request: Request) -> Problem {
        let mut told = Problem::invalid(looked.faults);
        let words = looked.readable.split('&').find_map(|pair| decoded(pair.strip_prefix("q=")?));
        let uri = format!("{}?{}", request.uri().path(), looked.readable).parse();
        let (Ok(uri), &Method::GET | &Method::HEAD) = (uri, request.method()) else { return told };
        *request.uri_mut() = uri;
        self.add_the_rest(&mut told, request).await;
        told.asked_with(words.as_deref())
    }

    /// The same request, if the document finds no fault with its body; otherwise all of its faults.
    async fn with_readable_body(&self, mut request: Request) -> std::result::Result<Request, Problem> {
        let path = request.original_uri().path().to_owned();
        let Some(members) = self.contract.body(request.method(), &path).filter(|_| is_json(&request)) else {
            return Ok(request);
        };
        let bytes = limits::whole_body(request.take_body(), limits::LARGEST_BODY).await?;
        let looked = members.look(&bytes)?;
        if looked.faults.is_empty() {
            request.set_body(bytes);
            return Ok(request);
        }
        let mut told = Problem::invalid(looked.faults);
        let words = looked.readable.get("q").and_then(Value::as_str).map(str::to_owned);
        // Whatever else is posted would be done.
        if SEARCHES.contains(&&*path) {
            request.set_body(Value::Object(looked.readable).to_string());
            self.add_the_rest(&mut told, request).await;
        }
        Err(told.asked_with(words.as_deref()))
    }

    /// Adds the faults that the operation finds in what is left of a request.
    async fn add_the_rest(&self, told: &mut Problem, request: Request) {
        // Faults are found before anything is searched for; nobody waits for what would be found.
        let answer = match admission::unless(Stop::when(|| true), self.inner.call(request)).await {
            Ok(answer) => answer.into_response(),
            Err(error) => problem::from_poem(error),
        };
        if let Some(found) = answer.extensions().get::<Problem>() {
            let known: Vec<String> = told.violations.iter().map(|fault| fault.pointer.clone()).collect();
            let has_place = known.iter().any(|pointer| PLACE.contains(&&**pointer));
            let rest = found.faults(has_place).into_iter().filter(|fault| !is_told(&known, &fault.pointer));
            let room = problem::MOST_TOLD.saturating_sub(told.violations.len());
            told.violations.extend(rest.take(room));
        }
    }
}

/// Whether a request says that its body is JSON.
pub fn is_json(request: &Request) -> bool {
    let kind = request.content_type().and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether something was told of a parameter, or of the list in which it stands.
fn is_told(known: &[String], pointer: &str) -> bool {
    // What has no readable name is no parameter.
    let named = known.iter().filter(|known| !known.is_empty());
    let mut rests = named.filter_map(|known| pointer.strip_prefix(&**known));
    rests.any(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::{Contract, Refusal, Strict, admission};
    use poem::{Endpoint, Middleware, http::Method};
    use serde_json::json;

    fn contract() -> Contract {
        Contract::read(
            &json!({"paths": {
            "/v1/search": {"get": {"parameters": [
                {"in": "query", "name": "q", "schema": {"type": "string"}},
                {"in": "query", "name": "within_km", "schema": {"type": "number"}},
                {"in": "query", "name": "need", "schema": {"type": "array", "items": {"type": "string"}}}]}, "post": {}},
            "/v1/services/{id}": {"get": {}}}}),
            &["/openapi.json"],
        )
    }

    #[test]
    fn every_fault_of_a_query_is_named_at_once() {
        let faults = |query| match contract().check(&Method::GET, "/v1/search", query) {
            Err(Refusal::Query(looked)) => {
                looked.faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code.as_str())).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        assert_eq!(faults("q=a&need=x&need=y&within_km=5.5"), Vec::<String>::new());
        assert_eq!(
            faults("q=a&q=b&within_km=NaN&colour=red&q=%FF"),
            ["/q conflict", "/within_km not_a_number", "/colour unknown_parameter", "/q not_text"]
        );
        assert_eq!(faults("%FF=a&a/b=1"), [" not_text", "/a~1b unknown_parameter"]);
    }

    #[test]
    fn a_lenient_document_passes_over_what_it_does_not_know_and_nothing_else() {
        let check = |query| contract().passing_over_unknown().check(&Method::GET, "/v1/search", query);
        assert!(check("colour=red&%FF=a&page=x").is_ok());
        assert!(
            matches!(check("colour=red&within_km=x&q=a&q=b"), Err(Refusal::Query(looked)) if looked.faults.len() == 2)
        );
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        let allow = |method, path: &str| match contract().check(&method, path, "") {
            Err(Refusal::Method(allow)) => allow,
            _ => String::new(),
        };
        assert_eq!(allow(Method::DELETE, "/v1/search"), "GET, POST, HEAD, OPTIONS");
        assert_eq!(allow(Method::POST, "/v1/services/1"), "GET, HEAD, OPTIONS");
        assert_eq!(allow(Method::PUT, "/openapi.json"), "GET, HEAD, OPTIONS");
        assert_eq!(allow(Method::HEAD, "/v1/search"), "");
        assert_eq!(allow(Method::DELETE, "/elsewhere"), "");
    }

    /// Its answer goes nowhere: that it was told to stop shows in what it does.
    #[tokio::test]
    async fn nothing_is_searched_for_whose_query_has_faults() {
        let stopped = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stopped);
        let inner = poem::endpoint::make_sync(move |_| seen.store(admission::stop().is_asked(), Ordering::Relaxed));
        let endpoint = Strict(Arc::new(contract())).transform(inner);
        let request = || poem::Request::builder().uri_str("/v1/search?q=a&q=b").finish();
        endpoint.call(request()).await.unwrap();
        assert!(!stopped.load(Ordering::Relaxed), "what has no faults is searched for");
        let Err(Refusal::Query(looked)) = endpoint.contract.check(&Method::GET, "/v1/search", "q=a&q=b") else {
            panic!("a name twice is a fault");
        };
        assert_eq!(endpoint.with_the_rest(looked, request()).await.violations.len(), 1);
        assert!(stopped.load(Ordering::Relaxed));
    }
}
