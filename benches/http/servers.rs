//! The servers that are compared, each a process of its own, and what the system tells of a process.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kith::{
    cli::listen::{Limits, Listening},
    directory::admission,
};
use poem::{Endpoint, Server, listener::Acceptor};

use crate::load::{Wire, get};

/// Says to this very program that it is the server that greets.
const GREET: &str = "KITH_BENCH_GREET";

/// A server in a process of its own, ended when dropped.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first answer that it is ready, in milliseconds.
    pub ready: f64,
}

impl Served {
    /// The real program over a data folder; on one core only, where `taskset` is installed and that is asked for.
    pub fn kith(data: &Path, one_core: bool) -> Self {
        let program = env!("CARGO_BIN_EXE_kith");
        let mut command = if one_core { Command::new("taskset") } else { Command::new(program) };
        if one_core {
            command.args(["-c", "0", program]);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data);
        let mut served = Self::start(&mut command);
        let began = Instant::now();
        while Wire::to(served.address).ask(&get("/readyz")).0 != 200 {
            assert!(began.elapsed() < Duration::from_secs(60), "the server is not ready");
            std::thread::sleep(Duration::from_millis(5));
        }
        served.ready += began.elapsed().as_secs_f64() * 1e3;
        served
    }

    /// Waits until it has no work of its own any more: after its start it reads the checksums of the view, and whoever asks
    /// meanwhile would have that in the bill.
    pub fn at_rest(&self) {
        let began = Instant::now();
        let mut before = self.cpu();
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = self.cpu();
            // A server at rest looks at its log a few times a second.
            if now - before <= 20_000.0 || began.elapsed() > Duration::from_secs(90) {
                return;
            }
            before = now;
        }
    }

    /// Poem behind the same listener, which answers a few bytes of JSON to everything.
    pub fn greeting() -> Self {
        let program = env::current_exe().expect("a running program has a path");
        Self::start(Command::new(program).env(GREET, "1"))
    }

    fn start(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program can be run");
        let mut line = String::new();
        let said = child.stdout.take().expect("its standard output is a pipe");
        BufReader::new(said).read_line(&mut line).expect("it says where it listens");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address = address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("not started: {line}"));
        Self { child, address, ready: began.elapsed().as_secs_f64() * 1e3 }
    }

    /// Processor time so far, in microseconds.
    pub fn cpu(&self) -> f64 {
        cpu_of(self.child.id())
    }

    /// Resident memory, in MiB.
    pub fn memory(&self) -> f64 {
        memory_of(self.child.id())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Greets, when this process was started to do so; it never comes back then.
pub fn greet_if_asked() {
    if env::var_os(GREET).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(admission::threads()).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let acceptor = Listening::bind("127.0.0.1:0", Limits::default()).await.expect("a free port");
        let address = *acceptor.local_addr()[0].as_socket_addr().expect("an address");
        println!("greets at http://{address}");
        Server::new_with_acceptor(acceptor).run(greeting()).await.expect("it serves");
    });
}

fn greeting() -> impl Endpoint {
    poem::endpoint::make_sync(|_| {
        poem::Response::builder().content_type("application/json").body("{\"hello\":\"world\"}")
    })
}

/// Processor time of a process so far, in microseconds, to the tick of the system's clock (100 a second).
pub fn cpu_of(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 1e4
}

/// The process that started another.
pub fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// Resident memory of a process, in MiB.
pub fn memory_of(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
