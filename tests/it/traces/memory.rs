//! The memory of the running program: that it is kept from others of the same user and written to no disk, and what of
//! what readers asked is still in it afterwards.

use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    os::unix::{
        fs::MetadataExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::ask;
use crate::{
    canary::scan::Scan,
    guard::table,
    support::{Serving, project, until},
};

/// Somebody without rights, where the tests run as an administrator.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Starts a shell command that may write an image of itself when it dies, as somebody without rights.
fn started(folder: &Path, shell: &str) -> Child {
    let nobody = format!("setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups --");
    let less = if is_root() { &nobody } else { "" };
    let mut command = Command::new("sh");
    // Whose limit was zero may not raise it, so this comes before the rights go.
    command.args(["-c", &format!("ulimit -c unlimited; exec {less} {shell}")]).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Whether another process of the same user may look into this one.
fn is_open(id: u32) -> bool {
    let mut look = Command::new("head");
    look.args(["-c", "1", &format!("/proc/{id}/environ")]).stdout(Stdio::null()).stderr(Stdio::null());
    if is_root() {
        look.uid(NOBODY).gid(NOBODY);
    }
    look.status().unwrap().success()
}

/// Ends a process as a crash would; whether the system wrote an image of it.
fn crash(mut child: Child) -> bool {
    let sent = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap().core_dumped()
}

#[test]
fn no_image_of_the_program_is_written_and_nobody_of_the_same_user_looks_into_it() {
    if !cfg!(target_os = "linux") {
        println!("skipped: other systems have other ways");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    if is_root() {
        std::os::unix::fs::chown(here, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    // A program that protects nothing of itself shows that the tests would see it.
    let sleeper = started(here, "sleep 60");
    until("it can be looked into", || is_open(sleeper.id()));
    let images = crash(sleeper);
    if !images {
        println!("this system writes no images of processes where the test runs: only the other half is looked at");
    }
    // Where others may run what stands in the folder of the build.
    let program = here.join("kith");
    fs::copy(env!("CARGO_BIN_EXE_kith"), &program).unwrap();
    let child = started(
        here,
        &format!("{} serve --listen 127.0.0.1:0 --data {}", program.display(), here.join("data").display()),
    );
    until("it runs", || here.join("data/kith.db").exists());
    let (owner, open) = (fs::metadata(format!("/proc/{}/environ", child.id())).unwrap().uid(), is_open(child.id()));
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default();
    let written = crash(child);
    let none = limits
        .lines()
        .any(|line| line.starts_with("Max core file size") && line.split_whitespace().nth(4) == Some("0"));
    let left = fs::read_dir(here)
        .unwrap()
        .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("core"));
    let kept = !open && owner == 0 && !written && none;
    let figure = format!(
        "images written {}, open to others of its user: {}",
        u8::from(written),
        if open { "yes" } else { "no" }
    );
    table::row("P1", "a crash writes no image, and no debugger of the same user gets in (Linux)", 1, &figure, kept);
    assert!(kept && (left.count() == 0 || images), "{owner} {open} {written} {limits}");
}

/// All that a process may write to, in pieces that overlap; `None` where the system refuses.
fn image(id: u32, mut each: impl FnMut(&[u8])) -> Option<u64> {
    const PIECE: u64 = 4 << 20;
    const OVERLAP: u64 = 256;
    let maps = fs::read_to_string(format!("/proc/{id}/maps")).ok()?;
    let mut memory = fs::File::open(format!("/proc/{id}/mem")).ok()?;
    let mut whole = 0;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights, name) = (words.next()?, words.next()?, words.nth(3).unwrap_or_default());
        if !rights.starts_with("rw") || name.starts_with("[v") {
            continue;
        }
        let (from, to) = range.split_once('-')?;
        let (mut at, end) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        while at < end {
            let mut piece = vec![0; PIECE.min(end - at) as usize];
            memory.seek(SeekFrom::Start(at)).ok()?;
            if memory.read_exact(&mut piece).is_ok() && piece.iter().any(|byte| *byte != 0) {
                whole += piece.len() as u64;
                each(&piece);
            }
            at += PIECE - if end - at > PIECE { OVERLAP } else { 0 };
        }
    }
    Some(whole)
}

/// How often canaries are in the memory of a process, and of how many bytes; `None` where the system refuses.
pub fn remains(id: u32, scan: &Scan) -> Option<(usize, u64)> {
    let mut found = 0;
    let whole = image(id, |piece| {
        let here = scan.count(piece);
        // In which spelling tells whose it was; these are secrets of a test.
        if here > 0 {
            println!("{here}: {:?}", scan.find(piece));
        }
        found += here;
    })?;
    Some((found, whole))
}

#[test]
fn what_readers_asked_is_blanked_in_memory_where_the_c_library_is_told_to() {
    if !is_root() || !cfg!(target_env = "gnu") {
        println!("skipped, for only an administrator of a system with glibc may look: the memory after the searches");
        return;
    }
    let scan = Scan::of(&ask::SECRETS, &ask::DEGREES);
    let left = |told: Option<String>, all: bool| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = super::command(folder.path());
        match told {
            Some(told) => command.env("GLIBC_TUNABLES", told),
            None => command.env_remove("GLIBC_TUNABLES"),
        };
        let serving = Serving::run(command);
        until("the server is ready", || serving.client.get("/readyz").status == 200);
        let asked = if all { ask::everything(&serving.client, None) } else { ask::some(&serving.client) };
        // What the last connection held is given back when it is closed.
        thread::sleep(Duration::from_secs(1));
        (asked, remains(serving.id(), &scan).unwrap())
    };
    let (asked, (found, _)) = left(None, false);
    assert!(found > 0, "the search sees what is there");
    let figure = format!("{found} places still hold a canary");
    table::row("P1", "memory afterwards, as the C library leaves it: not claimed", asked, &figure, true);
    let (asked, (found, bytes)) = left(Some(tunables()), true);
    let figure = format!("{found} in {} MB", bytes / 1_000_000);
    let what = "memory afterwards, where the C library is told to blank what is given back (`Containerfile`)";
    table::row("P1", what, asked, &figure, found == 0);
    assert_eq!(found, 0);
}

/// What the image says to the C library.
fn tunables() -> String {
    let text = fs::read_to_string(project("Containerfile")).unwrap();
    let told = text.split_whitespace().find_map(|word| word.strip_prefix("GLIBC_TUNABLES="));
    told.expect("the image tells it").to_owned()
}
