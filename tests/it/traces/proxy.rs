//! The proxies that `docs/proxy` sets up: run for real where they are installed, with canaries in every request, a server
//! behind them that goes away, and a search through all that they have written.

use std::{
    env, fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{ask, served};
use crate::{
    canary::scan::Scan,
    guard::table,
    support::{Client, project, until},
};

/// A proxy that runs; ended when dropped.
struct Proxy {
    child: Child,
    client: Client,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The master ends its workers when it is asked, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Whether a program is there; without it the test is skipped, said aloud.
fn is_there(program: &str) -> bool {
    let there =
        ["/usr/sbin", "/usr/bin", "/usr/local/bin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !there {
        assert!(env::var_os("KITH_TEST_ALL").is_none_or(|all| all != "1"), "{program} is not installed");
        println!("skipped, for it is not installed: {program} in front of the server");
    }
    there
}

/// A file of `docs/proxy` with its addresses and folders put where a test may have them.
fn set_up(name: &str, changes: &[(&str, &str)]) -> String {
    let text = fs::read_to_string(project("docs/proxy").join(name)).unwrap();
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{name} says {from:?}");
        text.replace(from, to)
    })
}

/// Starts what a configuration in a folder describes, at that port.
fn started(folder: &Path, mut command: Command, port: u16) -> Proxy {
    let said = fs::File::create(folder.join("said")).unwrap();
    let child = command
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(said.try_clone().unwrap())
        .stderr(said)
        .spawn()
        .unwrap();
    let proxy = Proxy { child, client: Client::of(([127, 0, 0, 1], port).into()) };
    until("the proxy answers", || std::net::TcpStream::connect(proxy.client.address()).is_ok());
    proxy
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn nginx(folder: &Path, behind: &Client, changes: &[(&str, &str)]) -> Proxy {
    let (port, logs) = (free_port(), format!("{}/", folder.display()));
    let (listen, pass) = (format!("listen 127.0.0.1:{port};"), format!("proxy_pass http://{};", behind.address()));
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {}/temporary_{kind};\n", folder.display()))
        .concat();
    let http = format!("http {{\n{temporary}");
    let ours = [
        ("/var/log/nginx/", &*logs),
        ("listen 443 ssl;", &listen),
        ("ssl_certificate /etc/ssl/kith.example.pem;", ""),
        ("ssl_certificate_key /etc/ssl/kith.example.key;", ""),
        ("proxy_pass http://127.0.0.1:8080;", &pass),
        ("http {\n", &http),
    ];
    fs::write(folder.join("nginx.conf"), set_up("nginx.conf", &[&ours[..], changes].concat())).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command
        .args(["-p", &logs, "-c", "nginx.conf", "-e"])
        .arg(folder.join("error.log"))
        .args(["-g", &format!("daemon off; pid {logs}pid;")]);
    // Its workers change their user, and must still reach the folder.
    started(folder, command, port)
}

fn caddy(folder: &Path, behind: &Client, changes: &[(&str, &str)]) -> Proxy {
    let (port, logs, pass) =
        (free_port(), format!("{}/", folder.display()), format!("reverse_proxy {}", behind.address()));
    let site = format!("http://127.0.0.1:{port} {{");
    let ours = [
        ("/var/log/caddy/", &*logs),
        ("kith.example {", &site),
        ("reverse_proxy 127.0.0.1:8080", &pass),
        ("\tlog default {", "\tadmin off\n\tlog default {"),
    ];
    fs::write(folder.join("Caddyfile"), set_up("Caddyfile", &[&ours[..], changes].concat())).unwrap();
    let mut command = Command::new("/usr/bin/caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
    started(folder, command, port)
}

type Start = fn(&Path, &Client, &[(&str, &str)]) -> Proxy;

/// Asks all that can be asked through the proxy, with the server behind it and then without; what is found in its folder, and in
/// how many lines of its log.
fn traces(start: Start, changes: &[(&str, &str)], all: bool) -> (usize, usize, Vec<String>) {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let serving = served(there.path());
    let proxy = start(here.path(), &serving.client, changes);
    let asked = if all { ask::everything(&proxy.client, None) } else { ask::some(&proxy.client) };
    drop(serving);
    let asked = asked + ask::some(&proxy.client);
    assert_eq!(proxy.client.get("/v1/search?q=Zqk7Canary").status, 502);
    drop(proxy);
    without_times(here.path());
    let (found, _) = Scan::of(&ask::SECRETS, &ask::DEGREES).files(here.path());
    let log = fs::read_to_string(here.path().join("kith.log")).unwrap();
    (asked, log.lines().count(), found)
}

/// Takes the times out of what Caddy has written: seconds and their fractions have the figures of a position by chance.
fn without_times(folder: &Path) {
    for log in ["kith.log", "caddy.log"].map(|name| folder.join(name)) {
        let Ok(text) = fs::read_to_string(&log) else { continue };
        let mut parts = text.split("\"ts\":");
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            kept.push_str("\"ts\":");
            kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
        }
        fs::write(log, kept).unwrap();
    }
}

#[test]
fn the_log_of_the_nginx_that_is_described_holds_no_search() {
    if !is_there("nginx") {
        return;
    }
    let (asked, lines, found) = traces(nginx, &[], true);
    let figure = format!("{} in {lines} lines of its log and its other files", found.len());
    table::row(
        "P1",
        "canaries through nginx as `docs/proxy/nginx.conf` sets it up, found afterwards",
        asked,
        &figure,
        found.is_empty(),
    );
    assert!(lines > asked * 9 / 10 && found.is_empty(), "{lines} of {asked}: {found:#?}");
    // As it comes, it keeps what was asked, and what went wrong of it: the test would see both.
    let as_it_comes = [("error.log emerg", "error.log error"), ("kith.log kith;", "kith.log combined;")];
    let (_, _, found) = traces(nginx, &as_it_comes, false);
    for file in ["kith.log: ", "error.log: "] {
        assert!(found.iter().any(|hit| hit.starts_with(file)), "{file}{found:?}");
    }
}

#[test]
fn the_log_of_the_caddy_that_is_described_holds_no_search() {
    if !is_there("caddy") {
        return;
    }
    let (asked, lines, found) = traces(caddy, &[], true);
    let figure = format!("{} in {lines} lines of its log and its other files", found.len());
    table::row(
        "P1",
        "canaries through Caddy as `docs/proxy/Caddyfile` sets it up, found afterwards",
        asked,
        &figure,
        found.is_empty(),
    );
    assert!(lines > asked * 9 / 10 && found.is_empty(), "{lines} of {asked}: {found:#?}");
    let as_it_comes = [("request delete", ""), ("exclude http.log http.handlers", "")];
    let (_, _, found) = traces(caddy, &as_it_comes, false);
    for file in ["kith.log: ", "caddy.log: "] {
        assert!(found.iter().any(|hit| hit.starts_with(file)), "{file}{found:?}");
    }
}
