//! More than can be answered, and requests that are meant to hurt.

use std::{
    num::NonZero,
    path::Path,
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    listings::{World, uuid},
    load::{Times, Wire, closed, get, open, post},
    servers::Served,
    support::Random,
};

/// How long each rate is kept up.
const TIME: Duration = Duration::from_secs(5);
/// Connections that ask; more than can be at work and wait.
const CONNECTIONS: usize = 96;
/// How often what must always answer is asked for meanwhile.
const LOOK: Duration = Duration::from_millis(10);

/// Asks one server on one core at its capacity and at four and ten times that, and looks whether crisis lines and
/// listings by id are answered meanwhile.
pub fn crowd(folder: &Path, world: &World) {
    let kith = Served::kith(folder, true);
    stay_off_its_core();
    // A dear search, so that the crowd and not its refusals is what there is most of: why each is there, on a long page.
    let mut words = world.ask(&mut Random(3), true, false, 0);
    words.words.truncate(words.words.find(' ').unwrap_or(words.words.len()));
    let request = get(&format!("{}&per_page=100&explain=true&view=full", words.path()));
    closed(kith.address, 2, std::slice::from_ref(&request), Duration::from_secs(1));
    let before = kith.cpu();
    let alone = closed(kith.address, 2, std::slice::from_ref(&request), TIME);
    let capacity = alone.rate();
    println!(
        "overload, one core: capacity {capacity:.0}/s, {:.0} µs of CPU each, {} ms (p50 / p95 / p99)",
        (kith.cpu() - before) / alone.micros.len() as f64,
        alone.told()
    );
    for times in [1.0, 4.0, 10.0] {
        let before = kith.cpu();
        let began = Instant::now();
        let ((answered, refused), urgent) = thread::scope(|scope| {
            let urgent = scope.spawn(|| urgent(&kith));
            (open(kith.address, CONNECTIONS, &request, capacity * times, TIME), urgent.join().expect("it looked"))
        });
        let busy = (kith.cpu() - before) / began.elapsed().as_secs_f64() / 1e6;
        println!(
            "  at {times:>2} times ({:.0}/s reached): {:.0}/s answered ({:.0} % of capacity), {} ms; {:.0}/s refused, {} ms; \
             crisis and by id {} of {}, {} ms; {busy:.2} cores",
            answered.rate() + refused.rate(),
            answered.rate(),
            100.0 * answered.rate() / capacity,
            answered.told(),
            refused.rate(),
            refused.told(),
            urgent.micros.len(),
            urgent.micros.len(),
            urgent.told(),
        );
    }
}

/// Who asks gets the other cores, where there are any and `taskset` is installed: else it would be measured how much of the
/// server's core they take.
fn stay_off_its_core() {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let others = format!("1-{}", cores - 1);
    let moved =
        Command::new("taskset").args(["-acp", &others, &process::id().to_string()]).stdout(Stdio::null()).status();
    if cores == 1 || !moved.is_ok_and(|status| status.success()) {
        println!("overload: who asks shares the server's core");
    }
}

/// Asks for crisis lines, a listing and whether the process lives, over and over; each must be answered.
fn urgent(kith: &Served) -> Times {
    let mut wire = Wire::to(kith.address);
    let requests = [get("/v1/crisis"), get(&format!("/v1/services/{}", uuid(3, 1))), get("/healthz")];
    let (began, mut micros) = (Instant::now(), Vec::new());
    for request in requests.iter().cycle() {
        if began.elapsed() >= TIME {
            break;
        }
        let sent = Instant::now();
        let (status, _) = wire.ask(request);
        micros.push(sent.elapsed().as_secs_f64() * 1e6);
        assert_eq!(status, 200, "what is urgent is always answered");
        thread::sleep(LOOK);
    }
    Times::new(micros, TIME.as_secs_f64())
}

/// What requests of 64 KiB and their like cost, each the mean of many.
pub fn hostile(kith: &Served) {
    let large = 64 * 1024;
    let json = |name: &str, words: String| post("/v1/search", "application/json", &format!("{{\"{name}\": {words}}}"));
    let list = |word: &str| format!("[{}]", vec![format!("\"{word}\""); large / (word.len() + 3)].join(","));
    let words: String = (0..large / 4).map(|at| format!("w{} ", at % 100)).collect();
    let most: String = (0..).map(|at| format!("{} ", at % 10)).take(128).collect();
    for (name, request) in [
        ("words of 64 KiB", json("q", format!("\"{words}\""))),
        ("one word of 64 KiB", json("q", format!("\"{}\"", "a".repeat(large)))),
        ("64 KiB of terms", json("need", list("nope"))),
        ("64 KiB of terms that are", json("need", list("bereavement"))),
        ("64 KiB of members", post("/v1/search", "application/json", &members(large))),
        (
            "64 KiB of them, one faulty",
            post("/v1/search", "application/json", &members(large).replacen('{', "{\"page\":\"x\",", 1)),
        ),
        ("64 KiB of brackets", post("/v1/search", "application/json", &"[".repeat(large))),
        ("as many words as are taken", json("q", format!("\"{most}\""))),
        ("a place of 64 KiB", json("near", format!("\"{words}\""))),
        ("suggest 64 KiB", post("/v1/suggest", "application/json", &format!("{{\"q\": \"{words}\"}}"))),
        ("8 KiB of parameters", get(&format!("/v1/search?{}", "q=&".repeat(2_600)))),
        ("8 KiB of unknown ones", get(&format!("/v1/search?{}", "a&".repeat(3_900)))),
        ("8 KiB of terms", get(&format!("/v1/search?{}", "need=a&".repeat(1_100)))),
        ("a form of 15 KiB", post("/", "application/x-www-form-urlencoded", &"q=a&".repeat(3_800))),
        ("a form of 64 KiB", post("/", "application/x-www-form-urlencoded", &"q=a&".repeat(large / 4))),
        ("a header of 64 KiB", header(large)),
    ] {
        let (before, mut wire) = (kith.cpu(), Wire::to(kith.address));
        let (mut asked, mut status, mut length) = (0, 0, 0);
        let began = Instant::now();
        while asked < 500 && began.elapsed() < Duration::from_secs(2) {
            asked += 1;
            match wire.try_ask(&request) {
                Some((told, body)) => (status, length) = (told, body.len()),
                // What is too large is answered while it still comes, and the connection closed.
                None => wire = Wire::to(kith.address),
            }
        }
        let cpu = (kith.cpu() - before) / f64::from(asked) / 1e3;
        println!("hostile, {name:<28} {status}, {cpu:.2} ms of CPU each, {length} bytes answered");
    }
}

fn members(bytes: usize) -> String {
    let members: Vec<String> = (0..bytes / 10).map(|at| format!("\"m{at}\":1")).collect();
    format!("{{{}}}", members.join(","))
}

fn header(bytes: usize) -> Vec<u8> {
    format!("GET /v1/crisis HTTP/1.1\r\nHost: bench\r\nIf-None-Match: {}\r\n\r\n", "\"a\",".repeat(bytes / 4))
        .into_bytes()
}
