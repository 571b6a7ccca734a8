//! Clients that mean harm, against the real program with its real limits: who keeps connections busy (R16), who sends too much
//! (R17), who asks what is dear (S4).

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    guard::table,
    support::{Client, Serving, until},
};

/// Connections of each of the five kinds.
const EACH: usize = 100;
/// How long they are kept busy: longer than the time that a head has.
const TIME: Duration = Duration::from_secs(12);

/// The sample, served by the real program.
fn served() -> (Serving, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Serving::ready(folder.path(), &["--sample"]), folder)
}

/// A figure of the process in kilobytes, as the system counts it.
fn kilobytes(serving: &Serving, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", serving.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

/// Processor time of the process so far, in milliseconds.
fn processor(serving: &Serving) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", serving.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    // Hundredths of a second, of the program and of the system for it.
    10 * (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap())
}

fn open_files(serving: &Serving) -> usize {
    fs::read_dir(format!("/proc/{}/fd", serving.id())).unwrap().count()
}

/// Asks as honest readers do until it is over; the times of the answers in milliseconds.
fn honest(client: &Client, over: impl Fn() -> bool) -> Vec<f64> {
    let id = client.get("/v1/services?per_page=1").json()["items"][0]["id"].as_str().unwrap().to_owned();
    let mut times = Vec::new();
    while !over() {
        let began = Instant::now();
        let answer = match times.len() % 4 {
            0 => client.post_json("/v1/search", "{\"q\": \"grief support\", \"near\": \"LS6 2\"}"),
            1 => client.get("/v1/crisis"),
            2 => client.get(&format!("/v1/services/{id}")),
            _ => client.post_form("/", "q=grief&near=Leeds"),
        };
        assert_eq!(answer.status, 200);
        times.push(began.elapsed().as_secs_f64() * 1e3);
        thread::sleep(Duration::from_millis(15));
    }
    times.sort_by(f64::total_cmp);
    times
}

fn p99(times: &[f64]) -> f64 {
    times[times.len() * 99 / 100]
}

/// A connection that keeps the server busy: what it begins with, and whether it goes on, a byte at a time.
fn slow(client: &Client, kind: usize) -> TcpStream {
    let mut stream = TcpStream::connect(client.address()).unwrap();
    let answers = "GET /hsds/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30);
    let beginning: &[u8] = match kind {
        0 => b"",
        1 => b"GET /v1/crisis HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        2 => b"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{",
        3 => answers.as_bytes(),
        _ => b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    stream.write_all(beginning).unwrap();
    stream.set_nonblocking(true).unwrap();
    stream
}

/// Whether the server has closed it; what has come is read, a byte of it where the reader is slow.
fn is_closed(stream: &mut TcpStream, most: usize) -> bool {
    let mut piece = vec![0; most];
    match stream.read(&mut piece) {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
    }
}

#[test]
fn r16_five_hundred_slow_connections_leave_others_their_answers() {
    let (serving, _folder) = served();
    let client = &serving.client;
    let quiet_until = Instant::now() + Duration::from_secs(2);
    let quiet = honest(client, || Instant::now() > quiet_until);
    let (files, memory) = (open_files(&serving), kilobytes(&serving, "VmRSS:"));
    let over = AtomicBool::new(false);
    // The honest are bounded by themselves too: a failure must not leave them asking for ever.
    let latest = Instant::now() + 4 * TIME;
    let (times, closed) = thread::scope(|scope| {
        let times = scope.spawn(|| honest(client, || over.load(Ordering::Relaxed) || Instant::now() > latest));
        let mut slow: Vec<(usize, TcpStream, bool)> =
            (0..5 * EACH).map(|at| (at % 5, slow(client, at % 5), false)).collect();
        until("they are all open", || open_files(&serving) > files + 4 * EACH);
        let end = Instant::now() + TIME;
        while Instant::now() < end {
            for (kind, stream, closed) in slow.iter_mut().filter(|(_, _, closed)| !closed) {
                if matches!(kind, 1 | 2) {
                    let _ = stream.write(b"a");
                }
                *closed = is_closed(stream, if *kind == 3 { 1 } else { 4_096 });
            }
            thread::sleep(Duration::from_millis(400));
        }
        over.store(true, Ordering::Relaxed);
        let closed: Vec<usize> =
            (0..5).map(|kind| slow.iter().filter(|(of, _, closed)| *of == kind && *closed).count()).collect();
        (times.join().unwrap(), closed)
    });
    assert_eq!(closed[..2], [EACH; 2], "who sends no head is sent away in time: {closed:?}");
    until("what was open is closed", || open_files(&serving) <= files + 2);
    let grown = kilobytes(&serving, "VmRSS:").saturating_sub(memory) / 1024;
    let figure = format!(
        "{} of {} honest requests answered, p99 {:.0} ms (quiet {:.0} ms), memory +{grown} MiB, files as before",
        times.len(),
        times.len(),
        p99(&times),
        p99(&quiet)
    );
    table::row(
        "R16",
        "slow connections of five kinds: silent, slow head, slow body, slow reader, idle",
        5 * EACH,
        &figure,
        grown < 128,
    );
    assert!(times.len() > 100 && grown < 128, "{figure}");
}

/// Sends bytes until the server has had enough; its answer and how long it took. Who is refused in the middle may lose the answer
/// with the connection: then it is empty.
fn push(client: &Client, parts: impl Iterator<Item = Vec<u8>>) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = TcpStream::connect(client.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    for part in parts {
        if stream.write_all(&part).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

fn whole(head: &str, body: &[u8]) -> std::vec::IntoIter<Vec<u8>> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{head}\r\nHost: x\r\nConnection: close\r\n{length}\r\n");
    vec![head.into_bytes(), body.to_vec()].into_iter()
}

fn post(kind: &str, body: &[u8]) -> std::vec::IntoIter<Vec<u8>> {
    let path = if kind.contains("form") { "/" } else { "/v1/search" };
    whole(&format!("POST {path} HTTP/1.1\r\nContent-Type: {kind}"), body)
}

#[test]
fn r17_what_is_too_large_is_refused_in_bounded_memory() {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let (serving, _folder) = served();
    let client = &serving.client;
    let get = |path: String| whole(&format!("GET {path} HTTP/1.1"), b"");
    let headers: String = (0..10_000).map(|at| format!("\r\nX-{at}: a")).collect();
    let chunks = std::iter::once(b"POST /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec())
        .chain(std::iter::repeat_n([b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat(), 1_024));
    let declared = vec![
        b"POST /v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n".to_vec(),
        vec![b' '; 1 << 20],
    ];
    let depth = "[".repeat(100_000);
    let members: String = (0..12_000).map(|at| format!("\"m{at}\":{at},")).collect();
    let form: String = (0..1_200).map(|at| format!("need=n{at}&")).collect();
    let multipart =
        format!("--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n{}\r\n--b--\r\n", "a".repeat(4 << 20));
    let ids = vec!["00000000-0000-4000-8000-000000000000"; 190].join(",");
    // What it is, what is sent, and whether the refusal must be a problem or a page: a head that cannot be read has neither.
    type Case = (&'static str, Box<dyn Iterator<Item = Vec<u8>>>, &'static [u16], bool);
    let case =
        |name, parts: std::vec::IntoIter<Vec<u8>>, statuses, told| -> Case { (name, Box::new(parts), statuses, told) };
    let cases: Vec<Case> = vec![
        case(
            "head of 1 MiB",
            whole(&format!("GET / HTTP/1.1\r\nX-Long: {}", "a".repeat(1 << 20)), b""),
            &[400, 431],
            false,
        ),
        case("10,000 headers", whole(&format!("GET /v1/terms HTTP/1.1{headers}"), b""), &[400, 431], false),
        case("address of 1 MiB", get(format!("/v1/search?q={}", "a".repeat(1 << 20))), &[400, 414, 431], false),
        case("address of 9 KiB", get(format!("/v1/search?q={}", "a".repeat(9 << 10))), &[400, 414], true),
        ("chunks without end", Box::new(chunks), &[413], true),
        case("10 GiB announced", declared.into_iter(), &[413], true),
        case("body of 2 MiB", post(JSON, &vec![b' '; 2 << 20]), &[413], true),
        case("JSON 100,000 deep", post(JSON, depth.as_bytes()), &[400], true),
        case("JSON deep in a member", post(JSON, format!("{{\"q\":{depth}").as_bytes()), &[400], true),
        case("12,000 members", post(JSON, format!("{{{members}\"q\":1}}").as_bytes()), &[400], true),
        case("15,000 terms", post(JSON, json!({ "need": vec!["nope"; 15_000] }).to_string().as_bytes()), &[400], true),
        case(
            "words of 64 KiB",
            post(JSON, json!({ "q": "grief ".repeat(11_000) }).to_string().as_bytes()),
            &[400],
            true,
        ),
        case("form of 5 MiB", post(FORM, &vec![b'a'; 5 << 20]), &[413], true),
        // Read as far as a form can hold answers; the others are passed over.
        case("form of 1,200 answers", post(FORM, form.as_bytes()), &[200, 400], true),
        case("multipart of 4 MiB", post("multipart/form-data; boundary=b", multipart.as_bytes()), &[413, 415], true),
        case("page 4,000,000,000", get("/v1/search?q=grief&page=4000000000".to_owned()), &[400], true),
        case("4,000,000,000 a page", get("/v1/services?per_page=4000000000".to_owned()), &[400], true),
        case("190 ids", get(format!("/v1/services?id={ids}")), &[200, 400], false),
        case("feed page 4,000,000,000", get("/hsds/services?page=4000000000".to_owned()), &[200, 400], false),
    ];
    // The highest mark begins anew.
    let _ = fs::write(format!("/proc/{}/clear_refs", serving.id()), "5");
    let (memory, mut slowest, mut wrong) = (kilobytes(&serving, "VmRSS:"), (0.0, ""), Vec::new());
    let number = cases.len();
    for (name, parts, statuses, told) in cases {
        let (answer, took) = push(client, parts);
        let status: u16 = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_default();
        println!("{name}: {status} in {:.0} ms", took.as_secs_f64() * 1e3);
        if took.as_secs_f64() > slowest.0 {
            slowest = (took.as_secs_f64(), name);
        }
        let is_told = answer.contains("application/problem+json") || answer.contains("<!doctype html>");
        let lost = !told && status == 0;
        if !lost && (!statuses.contains(&status) || told && !is_told) {
            wrong.push(format!("{name}: {}", answer.chars().take(300).collect::<String>()));
        }
    }
    let grown = kilobytes(&serving, "VmHWM:").saturating_sub(memory) / 1024;
    assert_eq!(client.get("/v1/search?q=grief").status, 200);
    let log = serving.log.lock().unwrap().clone();
    let fine = wrong.is_empty() && grown <= 64 && !log.contains("panicked");
    let figure = format!("memory +{grown} MiB at most, slowest {:.1} s ({})", slowest.0, slowest.1);
    table::row(
        "R17",
        "oversized heads, addresses, bodies, JSON, forms, pages and batches, refused or cut",
        number,
        &figure,
        fine,
    );
    assert!(fine, "{figure} {wrong:#?} {log}");
}

#[test]
fn s4_no_request_costs_more_than_its_share_of_the_processor() {
    let (serving, _folder) = served();
    let client = &serving.client;
    let terms: Vec<Value> =
        client.get("/v1/terms").json()["terms"].as_array().unwrap().iter().map(|term| term["id"].clone()).collect();
    let needs: Vec<&Value> = terms.iter().take(40).collect();
    let bodies = [
        json!({ "q": "a b c d e f g h i j k l m n o p q r s t u v w x y z".repeat(5) }),
        json!({ "q": "*a* ?b? c~2 d^9 [a TO z] (((((((((( \"x y\"~100".repeat(5) }),
        json!({ "q": "grief support group for people", "near": "Leeds", "within_km": 500, "sort": "soonest", "per_page": 100, "explain": true, "view": "full" }),
        json!({ "page": 100, "per_page": 100, "sort": "recently_checked" }),
        json!({ "page": 10_000, "per_page": 1, "sort": "soonest" }),
        json!({ "need": needs, "near": "London", "within_km": 500, "strict": true }),
        json!({ "q": "tuesdya greif supprot gruop", "near": "Wales", "lang": "cy", "view": "full", "per_page": 100 }),
        json!({ "taxonomy_term_id": vec!["00000000-0000-4000-8000-000000000000"; 50] }),
    ];
    let paths = [
        "/v1/sessions?near=London&within_km=500&per_page=100",
        "/v1/suggest?q=a",
        "/v1/suggest?q=a+b+c+d+e+f+g+h",
        "/v1/places?q=a",
        "/hsds/services?per_page=100&page=5",
        "/v1/services?per_page=100",
        "/openapi.json",
    ];
    let mut dearest = (0, String::new());
    let mut see = |before: u64, what: String| {
        let cost = processor(&serving) - before;
        if cost > dearest.0 {
            dearest = (cost, what);
        }
    };
    for body in &bodies {
        let before = processor(&serving);
        let status = client.post_json("/v1/search", &body.to_string()).status;
        assert!(matches!(status, 200 | 400), "{status} {body}");
        see(before, body.to_string().chars().take(60).collect());
    }
    for path in paths {
        let before = processor(&serving);
        assert_eq!(client.get(path).status, 200, "{path}");
        see(before, path.to_owned());
    }
    let fine = dearest.0 <= 2_000;
    let figure = format!("dearest {} ms of processor (debug build, sample)", dearest.0);
    table::row(
        "S4",
        "dear requests: deep pages, wild cards, many terms, wide circles",
        bodies.len() + paths.len(),
        &figure,
        fine,
    );
    assert!(fine, "{dearest:?}");
    // Work that nobody waits for any more: `overload::who_hangs_up_while_waiting_is_not_searched_for`.
}
