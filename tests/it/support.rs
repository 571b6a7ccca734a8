//! A directory on a real port for tests, the real program as a child, and a plain client.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, OnceLock, mpsc},
    time::{Duration, Instant},
};

use kith::{
    api::{self, contract::Contract},
    cli::{
        listen::{Limits, Listening},
        sample, serve,
    },
    directory::Directory,
    domain::{
        clock::{FixedClock, SeededChance},
        entry::Standing,
    },
};
use poem::{Request, Route, endpoint::make};
use serde_json::{Value, json};

/// The instant at which test servers stand still.
pub const NOW: &str = "2026-11-23T09:00:00Z";
/// How long anything may take to come about.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    agent: ureq::Agent,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("bodies are UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body, which must be a problem of this type.
    pub fn problem(&self, slug: &str) -> Value {
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem:#}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], self.status);
        assert!(!problem["title"].as_str().unwrap_or_default().is_empty());
        problem
    }

    /// Pointers and codes of a problem's faults, each as `pointer code`.
    pub fn faults(&self) -> Vec<String> {
        let problem = self.problem("invalid-request");
        let faults = problem["violations"].as_array().expect("an invalid request names its faults");
        faults
            .iter()
            .map(|fault| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap()))
            .collect()
    }
}

impl Client {
    /// A client of the server at an address.
    pub fn of(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // A connection each: one that was kept may be closed by the server as the next request sets out.
            .max_idle_connections(0)
            .timeout_global(Some(PATIENCE))
            .build();
        Self { address, agent: config.into() }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn post_json(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], Some(body.as_bytes()))
    }

    pub fn post_form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], Some(body.as_bytes()))
    }

    /// Sends a request and reads the whole answer.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_vec()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.expect("the server answers");
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
        Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().read_to_vec().unwrap(),
        }
    }

    /// Sends bytes as they are on a connection of their own, and reads until it closes or is silent.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Serves a directory from this process until it ends.
pub fn serve_in_process(directory: &Directory, runtime: &tokio::runtime::Runtime) -> Client {
    serve_endpoint(serve::endpoint(directory), Limits::default(), runtime)
}

/// Serves whatever answers, with the deadlines and limits of a real server.
pub fn serve_endpoint(
    endpoint: impl poem::Endpoint + 'static,
    limits: Limits,
    runtime: &tokio::runtime::Runtime,
) -> Client {
    let (tell, told) = mpsc::channel();
    runtime.spawn(async move {
        let acceptor = Listening::bind("127.0.0.1:0", limits).await.unwrap();
        let address = *poem::listener::Acceptor::local_addr(&acceptor)[0].as_socket_addr().unwrap();
        tell.send(address).unwrap();
        let endpoint = serve::while_awaited(acceptor.peers(), limits.request, endpoint);
        poem::Server::new_with_acceptor(acceptor).run(endpoint).await.unwrap();
    });
    Client::of(told.recv_timeout(PATIENCE).unwrap())
}

/// One runtime for all servers of this process.
pub fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

/// An empty directory in a folder, with a clock that stands still.
pub async fn directory_in(folder: &Path) -> Directory {
    Directory::open(folder, None, Arc::new(FixedClock::at(NOW)), Arc::new(SeededChance::new(1))).await.unwrap()
}

/// The sample, served; one for all tests that only read.
pub fn sample_client() -> Client {
    static SAMPLE: OnceLock<(Client, tempfile::TempDir)> = OnceLock::new();
    let (client, _) = SAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        (serve_in_process(&sample_in(folder.path()), runtime()), folder)
    });
    client.clone()
}

/// The sample with one listing withdrawn, and that listing's id.
pub fn with_one_withdrawn() -> (Client, String) {
    static SERVED: OnceLock<(Client, String, tempfile::TempDir)> = OnceLock::new();
    let (client, id, _) = SERVED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let directory = sample_in(folder.path());
        let client = serve_in_process(&directory, runtime());
        let (id, _) = a_service(&client);
        runtime().block_on(directory.set_standing(&id, Standing::Withdrawn, "a test")).unwrap();
        (client, id, folder)
    });
    (client.clone(), id.clone())
}

/// The sample in a folder, ready to be searched.
pub fn sample_in(folder: &Path) -> Directory {
    runtime().block_on(async {
        let directory = directory_in(folder).await;
        directory.become_sample().await.unwrap();
        let package = sample::package(directory.clock.now().london_date());
        directory.import_sample(&package, "a test").await.unwrap();
        directory.bring_up_to_date().await.unwrap();
        directory
    })
}

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file that stands beside a developer's checkout and on no user's machine; `None` where it is missing.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = project("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Runs the real program to its end.
pub fn kith(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .output()
        .expect("the program can be run")
}

/// Standard output of a command that must succeed.
pub fn kith_ok(data: &Path, arguments: &[&str]) -> String {
    let output = kith(data, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The real program, serving; ended when dropped.
pub struct Serving {
    child: Child,
    pub client: Client,
    /// All that it has printed since it said where it listens, and all that it has logged.
    pub log: Arc<std::sync::Mutex<String>>,
}

impl Serving {
    /// Starts `kith serve` on a free port and waits until it listens.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).arg("--data").arg(data);
        Self::run(command)
    }

    /// Runs a command that serves, and waits until it listens.
    pub fn run(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be run");
        let log = Arc::new(std::sync::Mutex::new(String::new()));
        let mut errors = child.stderr.take().unwrap();
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = errors.read(&mut buffer) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        });
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the server did not start: {line}{}", log.lock().unwrap());
        };
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child, client: Client::of(address), log }
    }

    /// Starts it and waits until it is ready.
    pub fn ready(data: &Path, arguments: &[&str]) -> Self {
        let serving = Self::start(data, arguments);
        until("the server is ready", || serving.client.get("/readyz").status == 200);
        serving
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something has come about, and fails when it does not.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < PATIENCE, "it never came about: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ids of a block of a search answer, in order.
pub fn ids(block: &Value) -> Vec<String> {
    block["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Names of a block of a search answer, in order.
pub fn names(block: &Value) -> Vec<String> {
    block["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Everything that is served, one address of each kind.
pub fn one_of_each(client: &Client) -> Vec<String> {
    let (service, organization) = a_service(client);
    vec![
        "/".to_owned(),
        format!("/listing/{service}"),
        "/assets/site.css".to_owned(),
        "/tonight".to_owned(),
        "/this-week".to_owned(),
        "/support-map".to_owned(),
        format!("/listing/{service}/pathway"),
        "/no-such-page".to_owned(),
        "/v1/search?q=grief".to_owned(),
        "/v1/search?colour=red".to_owned(),
        "/v1/sessions?near=LS6+2".to_owned(),
        "/v1/sessions".to_owned(),
        "/v1/support-map?near=LS6+2".to_owned(),
        format!("/v1/pathways?from={service}&to_layer=community"),
        "/v1/pathways".to_owned(),
        "/v1/services".to_owned(),
        format!("/v1/services/{service}"),
        "/v1/organizations".to_owned(),
        "/v1/networks".to_owned(),
        "/v1/networks?network_type=place".to_owned(),
        "/v1/resources?level=skilled".to_owned(),
        "/networks".to_owned(),
        "/resources".to_owned(),
        format!("/v1/organizations/{organization}"),
        "/v1/services/unknown".to_owned(),
        "/v1/places?q=Leeds".to_owned(),
        "/v1/terms".to_owned(),
        "/v1/crisis".to_owned(),
        "/v1/decisions".to_owned(),
        "/v1/resilience?area=Leeds".to_owned(),
        "/v1/reports/0000000000000000".to_owned(),
        format!("/listing/{service}/report"),
        "/hsds".to_owned(),
        "/hsds/services".to_owned(),
        format!("/hsds/services/{service}"),
        format!("/hsds/organizations/{organization}"),
        "/hsds/service_at_locations?per_page=3".to_owned(),
        "/hsds/taxonomy_terms?page=2".to_owned(),
        "/hsds/services/unknown".to_owned(),
        "/hsds/openapi.json".to_owned(),
        "/v1/no-such-path".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/openapi.json".to_owned(),
        "/problems/not-found".to_owned(),
    ]
}

/// The ids of a service of the sample and of who runs it.
pub fn a_service(client: &Client) -> (String, String) {
    let card = client.get("/v1/search?q=tuesday+grief+circle").json()["results"]["items"][0].clone();
    (card["id"].as_str().unwrap().to_owned(), card["organization"]["id"].as_str().unwrap().to_owned())
}

/// Percent-encodes all but letters and digits.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What stands around all operations, around one that panics and one that does not.
pub fn with_a_panic() -> Client {
    let panics =
        make(|_: Request| async { if true { panic!("on purpose, in a test") } else { Ok::<_, poem::Error>(()) } });
    let fine = make(|_: Request| async { Ok::<_, poem::Error>("fine") });
    let routes = Route::new().at("/v1/panics", panics).at("/v1/fine", fine);
    serve_endpoint(api::guarded(routes, Arc::new(Contract::read(&json!({}), &[]))), Limits::default(), runtime())
}
