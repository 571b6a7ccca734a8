//! C5: how long an answer takes tells nothing of a house either.
//!
//! The same questions are put in turn to directories that differ in the secret alone, on connections that stay open, in an
//! order that a coin decides. Two directories of one secret differ too, by where the system has put their bytes; so several
//! pairs are built anew, and what is compared is the difference between secrets beside that between directories of one
//! secret. That the comparison sees a difference is shown on made-up times only, not by a program that answers later.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use super::{
    table,
    worlds::{Secret, World},
};
use crate::support::{Client, Serving, until};

/// Questions in which a house could matter.
const QUESTIONS: [&str; 4] = [
    "/v1/search?q=refuge&near=Leeds",
    "/v1/search?latitude=53.8&longitude=-1.5&within_km=60",
    "/v1/search?near=Yorkshire+and+The+Humber&sort=distance",
    "/v1/services?per_page=100",
];
/// A directory of one secret, served by this test program or by the program that `KITH_TEST_PROGRAM` names.
enum Served {
    Here(Box<World>),
    There { server: Serving, _folder: tempfile::TempDir },
}

impl Served {
    fn of(secret: &Secret, program: Option<&OsStr>) -> Self {
        let Some(program) = program else { return Self::Here(Box::new(World::small(secret))) };
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("county.json"));
        fs::write(&file, World::small_file(secret)).unwrap();
        let import = ["import", "--source", "county", "--data"];
        let imported = Command::new(program).args(import).arg(&data).arg(&file).output().unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        let server = Serving::run(command);
        until("it is ready", || server.client.get("/readyz").status == 200);
        Self::There { server, _folder: folder }
    }

    fn client(&self) -> &Client {
        match self {
            Self::Here(world) => &world.client,
            Self::There { server, .. } => &server.client,
        }
    }
}

/// Beyond this a difference would be likely to be one.
const MOST: f64 = 4.5;

/// A connection that stays open.
struct Wire(TcpStream);

impl Wire {
    fn to(client: &Client) -> Self {
        let stream = TcpStream::connect(client.address()).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// How long one answer takes, in microseconds.
    fn ask(&mut self, path: &str) -> f64 {
        let request = format!("GET {path} HTTP/1.1\r\nHost: kith.example\r\n\r\n");
        let began = Instant::now();
        self.0.write_all(request.as_bytes()).unwrap();
        let mut got = Vec::new();
        let mut piece = [0; 65_536];
        loop {
            let length = self.0.read(&mut piece).unwrap();
            assert!(length > 0, "the connection stays open");
            got.extend_from_slice(&piece[..length]);
            if let Some(head) = got.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&got[..head]).to_lowercase();
                let length: usize =
                    text.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
                if got.len() >= head + 4 + length {
                    return began.elapsed().as_secs_f64() * 1e6;
                }
            }
        }
    }
}

/// Welch's t of two samples.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let moments = |sample: &[f64]| {
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        (mean, sample.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0) / n)
    };
    let ((a, of_a), (b, of_b)) = (moments(one), moments(other));
    (a - b) / (of_a + of_b).sqrt()
}

/// Both samples without what is longer than nine tenths of all.
fn cropped(samples: &[Vec<f64>; 2]) -> [Vec<f64>; 2] {
    let mut all = samples.concat();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * 9 / 10];
    samples.each_ref().map(|sample| sample.iter().copied().filter(|value| *value <= most).collect())
}

/// For so long, in so many rounds with directories built anew: times of answers by secret, as differences from the mean of their
/// round and question, and t of the two, whole, cropped, and of the differences of the rounds. A pair of processes differs by
/// where its bytes are, in all of its answers alike; so with many answers only the last counts what is independent.
fn compared(secrets: [u64; 2], rounds: u64, time: Duration, program: Option<&OsStr>) -> ([f64; 3], usize) {
    let mut samples = [Vec::new(), Vec::new()];
    let mut apart = Vec::new();
    let mut state = 17_u64;
    for round in 0..rounds {
        // Which is built first is not the same in all rounds.
        let first = (round % 2) as usize;
        let mut worlds: Vec<(usize, Served)> =
            [first, 1 - first].map(|side| (side, Served::of(&Secret::number(secrets[side]), program))).into();
        worlds.sort_by_key(|(side, _)| *side);
        let mut wires = [Wire::to(worlds[0].1.client()), Wire::to(worlds[1].1.client())];
        let mut of_round = 0.0;
        for path in QUESTIONS {
            for _ in 0..200 {
                wires.iter_mut().for_each(|wire| _ = wire.ask(path));
            }
            let end = Instant::now() + time / (rounds as u32 * QUESTIONS.len() as u32);
            let mut here = [Vec::new(), Vec::new()];
            while Instant::now() < end {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let side = (state >> 40) as usize % 2;
                here[side].push(wires[side].ask(path));
            }
            let mean = here.iter().flatten().sum::<f64>() / here.iter().flatten().count() as f64;
            let [one, other] = here.each_ref().map(|side| side.iter().sum::<f64>() / side.len() as f64);
            of_round += (one - other) / mean;
            for (all, here) in samples.iter_mut().zip(here) {
                all.extend(here.into_iter().map(|value| value - mean));
            }
        }
        apart.push(of_round);
    }
    let n = apart.len() as f64;
    let middle = apart.iter().sum::<f64>() / n;
    let spread = apart.iter().map(|of_round| (of_round - middle).powi(2)).sum::<f64>() / (n - 1.0);
    let by_rounds = middle / (spread / n).sqrt();
    let parts = cropped(&samples);
    ([welch(&samples[0], &samples[1]), welch(&parts[0], &parts[1]), by_rounds], samples.iter().map(Vec::len).sum())
}

#[test]
fn how_long_an_answer_takes_tells_nothing_of_a_house() {
    if env::var_os("KITH_RELEASE").is_none() {
        println!("skipped: it takes minutes and a quiet machine (KITH_RELEASE=1)");
        return;
    }
    let time = Duration::from_secs(60);
    // What two directories of the same secret differ by.
    let (none, asked) = compared([31, 31], 6, time, None);
    let figure = format!("t {:.1}, cropped {:.1}", none[0], none[1]);
    table::row("C5", "times of answers, two directories of one secret: what chance does", asked, &figure, true);
    let (t, asked) = compared([31, 32], 6, time, None);
    let figure = format!("t {:.1}, cropped {:.1}", t[0], t[1]);
    let same = t.iter().zip(none).take(2).all(|(t, none)| t.abs() < MOST.max(2.0 * none.abs()));
    table::row("C5", "times of answers, two directories that differ in the secret", asked, &figure, same);
    assert!(same, "{t:?} beside {none:?}");
}

#[test]
#[ignore = "for a release build and a quarter of an hour: KITH_TEST_PROGRAM=target/release/kith KITH_TEST_SECONDS=420"]
fn how_long_the_program_itself_takes_tells_nothing_of_a_house() {
    let program = env::var_os("KITH_TEST_PROGRAM").expect("KITH_TEST_PROGRAM names the program");
    let seconds = env::var("KITH_TEST_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(60);
    let time = Duration::from_secs(seconds);
    let load =
        || fs::read_to_string("/proc/loadavg").map_or_else(|_| "not known".to_owned(), |load| load[..4].to_owned());
    let before = load();
    let (none, chance) = compared([31, 31], 12, time, Some(&program));
    let (t, asked) = compared([31, 32], 12, time, Some(&program));
    for (what, [whole, cropped, rounds], n) in [("one secret", none, chance), ("two secrets", t, asked)] {
        println!("C5, release program, {what}: {n} answers, t {whole:.1}, cropped {cropped:.1}, by rounds {rounds:.1}");
    }
    println!("load {before} to {}", load());
    assert!(t[2].abs() < MOST, "{t:?} beside {none:?}");
}

#[test]
fn the_statistic_sees_a_difference_and_none_where_there_is_none() {
    let mut state = 5_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / 2_f64.powi(31) * 100.0
    };
    let samples = [(); 2].map(|()| (0..20_000).map(|_| next()).collect::<Vec<f64>>());
    let t =
        |samples: &[Vec<f64>; 2]| [welch(&samples[0], &samples[1]), welch(&cropped(samples)[0], &cropped(samples)[1])];
    assert!(t(&samples).iter().all(|t| t.abs() < MOST), "{:?}", t(&samples));
    let later = samples[1].iter().map(|value| value + 3.0).collect();
    assert!(t(&[samples[0].clone(), later]).iter().all(|t| t.abs() > MOST));
}
