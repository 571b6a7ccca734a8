//! A headless Chromium for the tests, spoken to through a pipe: no port, no profile, nothing but loopback.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Where Debian and its kin put it.
const PROGRAM: &str = "/usr/bin/chromium";
/// How long one answer of the browser may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// Nothing but what is asked for, and no name but loopback's is looked up.
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// One tab of a browser of its own; ended when dropped.
pub struct Tab {
    child: Child,
    input: ChildStdin,
    told: Receiver<Value>,
    session: String,
    sent: u64,
    /// Addresses asked for, in order.
    pub requests: Vec<String>,
    /// Answers that came, in order: address, and the header `Cache-Control`.
    pub answers: Vec<(String, String)>,
    /// What the browser complained of: broken policies, failed loads, script errors.
    pub complaints: Vec<String>,
    profile: tempfile::TempDir,
}

impl Tab {
    /// A tab so many pixels wide, or `None`, said aloud, where Chromium is not installed.
    ///
    /// # Panics
    /// If it is and does not start, or if it is not and `KITH_TEST_ALL=1` asks for it.
    pub fn open(test: &str, width: u32) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            assert!(env::var_os("KITH_TEST_ALL").is_none_or(|all| all != "1"), "{test}: no Chromium found");
            eprintln!("skipped, for Chromium is not installed: {test}");
            return None;
        }
        let profile = tempfile::tempdir().expect("a folder can be made");
        // The browser reads its third file and writes its fourth; the shell makes them of ours and becomes the browser.
        let mut child = Command::new("/bin/sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh", PROGRAM])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be run");
        let input = child.stdin.take().expect("it is a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                if serde_json::from_slice(&message).map(|value| tell.send(value)).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let (requests, answers, complaints) = (Vec::new(), Vec::new(), Vec::new());
        let session = String::new();
        let mut tab = Self { child, input, told, session, sent: 0, requests, answers, complaints, profile };
        let target = tab.ask("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = tab.ask("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        tab.session = attached["sessionId"].as_str().expect("a session has an id").to_owned();
        for domain in ["Page", "Network", "Log", "Runtime"] {
            tab.ask(&format!("{domain}.enable"), json!({}));
        }
        let screen = json!({"width": width, "height": 640, "deviceScaleFactor": 1, "mobile": true});
        tab.ask("Emulation.setDeviceMetricsOverride", screen);
        Some(tab)
    }

    /// Goes to an address and waits until its page is loaded.
    pub fn go(&mut self, address: &str) {
        self.ask("Page.navigate", json!({"url": address}));
        self.until_loaded();
    }

    /// Runs a script that leads to another page, and waits for that one.
    pub fn act(&mut self, script: &str) {
        self.tell(script);
        self.until_loaded();
    }

    /// What a script comes to in the page; a promise is waited for.
    pub fn tell(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        self.ask("Runtime.evaluate", asked)["result"]["value"].clone()
    }

    /// Shows the page as it would be printed.
    pub fn as_printed(&mut self) {
        self.ask("Emulation.setEmulatedMedia", json!({"media": "print"}));
    }

    /// Shows it on a screen again.
    pub fn as_shown(&mut self) {
        self.ask("Emulation.setEmulatedMedia", json!({"media": ""}));
    }

    fn until_loaded(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.next(end)["method"] != "Page.loadEventFired" {}
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).expect("the browser lives");
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.next(end);
            if answer["id"] == self.sent {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// The next message; what is worth keeping of it is kept.
    fn next(&mut self, end: Instant) -> Value {
        let message =
            self.told.recv_timeout(end.saturating_duration_since(Instant::now())).expect("the browser answers in time");
        let parameters = &message["params"];
        match message["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requests.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned())
            }
            Some("Network.responseReceived") => {
                let response = &parameters["response"];
                let headers = response["headers"].as_object().into_iter().flatten();
                let kept = headers.filter(|(name, _)| name.eq_ignore_ascii_case("cache-control"));
                let kept: String = kept.filter_map(|(_, value)| value.as_str()).collect();
                self.answers.push((response["url"].as_str().unwrap_or_default().to_owned(), kept));
            }
            Some("Log.entryAdded") => self.complaints.push(parameters["entry"]["text"].to_string()),
            Some("Network.loadingFailed" | "Runtime.exceptionThrown") => self.complaints.push(parameters.to_string()),
            _ => {}
        }
        message
    }
}

impl Tab {
    /// Ends the browser as a person would; the folder is what it has kept on the disk.
    pub fn quit(&mut self) -> &Path {
        // Asked to, it ends its own helpers; the pause is for those that write into the profile.
        let _ = self.input.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end && self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.profile.path()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.quit();
        let _ = fs::remove_dir_all(self.profile.path());
    }
}
