//! A light load generator: a thread a connection, requests written beforehand, answers read and thrown away.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A connection that is kept.
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects.
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server takes connections");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        Self { stream, buffer: vec![0; 256 * 1024] }
    }

    /// Sends a request; answers the status and the body.
    pub fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.try_ask(request).expect("the server answers")
    }

    /// The same; `None` when the server has hung up.
    pub fn try_ask(&mut self, request: &[u8]) -> Option<(u16, &[u8])> {
        self.stream.write_all(request).ok()?;
        let mut filled = 0;
        loop {
            filled += self.stream.read(&mut self.buffer[filled..]).ok().filter(|read| *read > 0)?;
            let Some(head) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&self.buffer[..head]);
            let status = text.get(9..12).and_then(|status| status.parse().ok()).expect("a status line");
            let length = text
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
                .unwrap_or(0);
            let (start, end): (usize, usize) = (head + 4, head + 4 + length);
            if self.buffer.len() < end {
                self.buffer.resize(end, 0);
            }
            self.stream.read_exact(&mut self.buffer[filled.min(end)..end]).ok()?;
            return Some((status, &self.buffer[start..end]));
        }
    }
}

/// A GET of a path on a connection that is kept.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes()
}

/// A POST of a body on a connection that is kept.
pub fn post(path: &str, kind: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// How long each answer took, in microseconds, sorted; and for how long it was asked.
pub struct Times {
    pub micros: Vec<f64>,
    pub seconds: f64,
}

impl Times {
    /// Sorts what came in so long.
    pub fn new(mut micros: Vec<f64>, seconds: f64) -> Self {
        micros.sort_by(f64::total_cmp);
        Self { micros, seconds }
    }

    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.seconds
    }

    /// The time that so many of a hundred do not exceed; 0 where there are none.
    pub fn percentile(&self, percent: f64) -> f64 {
        let at = (self.micros.len() as f64 * percent / 100.0) as usize;
        self.micros.get(at.min(self.micros.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// Median, p95 and p99 in milliseconds, for people.
    pub fn told(&self) -> String {
        let [median, high, highest] = [50.0, 95.0, 99.0].map(|percent| self.percentile(percent) / 1e3);
        format!("{median:.2} / {high:.2} / {highest:.2}")
    }
}

/// Asks one request after the other on each of so many connections, for so long. Every answer must be a 200.
pub fn closed(address: SocketAddr, connections: usize, requests: &[Vec<u8>], time: Duration) -> Times {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let micros = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let (mut wire, mut micros) = (Wire::to(address), Vec::new());
                    while began.elapsed() < time {
                        let request = &requests[next.fetch_add(1, Ordering::Relaxed) % requests.len()];
                        let sent = Instant::now();
                        let (status, _) = wire.ask(request);
                        assert_eq!(status, 200, "{}", String::from_utf8_lossy(request));
                        micros.push(sent.elapsed().as_secs_f64() * 1e6);
                    }
                    micros
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it asked")).collect()
    });
    Times::new(micros, began.elapsed().as_secs_f64())
}

/// Asks at a rate, whether or not answers come; answers what was answered (200) and what was refused (503).
/// A connection that waits for its answer is late with its next request, so that the rate reached may be lower.
pub fn open(address: SocketAddr, connections: usize, request: &[u8], rate: f64, time: Duration) -> (Times, Times) {
    let began = Instant::now();
    let every = Duration::from_secs_f64(connections as f64 / rate);
    let mut all: (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|nth| {
                scope.spawn(move || {
                    let (mut wire, mut answered, mut refused) = (Wire::to(address), Vec::new(), Vec::new());
                    let mut due = every.mul_f64(nth as f64 / connections as f64);
                    while began.elapsed() < time {
                        thread::sleep(due.saturating_sub(began.elapsed()));
                        due = due.max(began.elapsed().saturating_sub(every * 4)) + every;
                        let sent = Instant::now();
                        let (status, _) = wire.ask(request);
                        let micros = sent.elapsed().as_secs_f64() * 1e6;
                        match status {
                            200 => answered.push(micros),
                            503 => refused.push(micros),
                            other => panic!("{other}"),
                        }
                    }
                    (answered, refused)
                })
            })
            .collect();
        for thread in threads {
            let (answered, refused) = thread.join().expect("it asked");
            all.0.extend(answered);
            all.1.extend(refused);
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    (Times::new(all.0, seconds), Times::new(all.1, seconds))
}
