//! A PostgreSQL of our own for the tests of one process, on loopback and a free port.
//!
//! The first test that asks starts a throw-away cluster; every test gets a database of its own in it. A
//! shell that waits on a pipe from this process stops the cluster and removes its folder when
//! the process ends, however it ends.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The URL of a new empty database, or `None`, said aloud, where PostgreSQL's programs are not installed.
///
/// # Panics
/// If they are and the cluster does not start, or if they are not and `KITH_TEST_ALL=1` asks for them.
pub fn database(test: &str) -> Option<String> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Some(cluster) = CLUSTER.get_or_init(Cluster::start) else {
        assert!(env::var_os("KITH_TEST_ALL").is_none_or(|all| all != "1"), "{test}: no PostgreSQL programs found");
        eprintln!("skipped on PostgreSQL, whose programs are not installed: {test}");
        return None;
    };
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut create = Command::new(cluster.programs.join("createdb"));
    create.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &cluster.port.to_string(), &name]);
    assert!(create.status().expect("createdb can be run").success(), "{test}: createdb failed");
    Some(format!("postgres://postgres@127.0.0.1:{}/{name}", cluster.port))
}

struct Cluster {
    programs: PathBuf,
    port: u16,
    /// Held, never written to: the system closes it when this process ends.
    _pipe: ChildStdin,
}

impl Cluster {
    fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = env::temp_dir().join(format!("kith-postgres-{}", process::id()));
        let data = folder.join("data");
        fs::create_dir_all(&folder).expect("a folder can be made among the temporary ones");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let pipe = watchdog(&programs, &folder);
        let mut init = unprivileged(&programs.join("initdb"));
        run(init.arg("-D").arg(&data).args("-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync".split(' ')));
        // Another process may take the free port before PostgreSQL does.
        for _ in 0..5 {
            let port = free_port();
            let settings = format!(
                "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c max_connections=200 \
                 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            );
            let mut start = unprivileged(&programs.join("pg_ctl"));
            start
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(folder.join("log"))
                .args(["-w", "-t", "60", "-o", &settings, "start"]);
            if quiet(&mut start).status().expect("pg_ctl can be run").success() {
                return Some(Self { programs, port, _pipe: pipe });
            }
        }
        panic!("PostgreSQL does not start: {}", fs::read_to_string(folder.join("log")).unwrap_or_default());
    }
}

/// Stops the cluster once the other end of its standard input is closed. In a process group of its own, so that what
/// ends the tests does not end it.
#[expect(clippy::zombie_processes, reason = "it outlives this process, and is waited for by none")]
fn watchdog(programs: &Path, folder: &Path) -> ChildStdin {
    let script = r#"trap '' INT TERM HUP; read -r _; cd /; "$@" stop; rm -rf "$0""#;
    let stop = unprivileged(&programs.join("pg_ctl"));
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(folder).arg(stop.get_program()).args(stop.get_args());
    shell.arg("-D").arg(folder.join("data")).args(["-m", "immediate"]).process_group(0);
    let shell = quiet(&mut shell).stdin(Stdio::piped()).spawn().expect("a shell can be run");
    shell.stdin.expect("its standard input is a pipe")
}

/// Where PostgreSQL's server programs are: the newest of Debian's folders, else the search path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    let debian = newest.map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let path = env::var_os("PATH").unwrap_or_default();
    let searched = env::split_paths(&path).collect::<Vec<_>>();
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "createdb"].iter().all(|name| folder.join(name).is_file());
    debian.into_iter().chain(searched).find(complete)
}

/// A command of the cluster, which PostgreSQL refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
