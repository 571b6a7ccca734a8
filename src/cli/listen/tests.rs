//! The deadlines over real loopback sockets: who stalls is closed, who is honest is not.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    thread::sleep,
    time::{Duration, Instant},
};

use poem::{
    Body, Endpoint, IntoResponse, Request, Response, Route, Server, endpoint::make, http::StatusCode,
    listener::Acceptor,
};
use tokio::io::{AsyncRead, ReadBuf};

use super::{Limits, Listening};

const SHORT: Duration = Duration::from_millis(200);
const BIG: usize = 24 << 20;

fn limits() -> Limits {
    Limits { head: SHORT, request: SHORT, idle: 10 * SHORT, write: SHORT, connections: 8 }
}

/// Room for a busy machine, where what is honest must pass.
fn patient() -> Limits {
    Limits { head: 3 * SHORT, request: 3 * SHORT, write: 3 * SHORT, ..limits() }
}

/// A server on a free port for the length of a test.
struct Door {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

fn routes(asked: Arc<AtomicUsize>) -> impl Endpoint<Output = Response> + 'static {
    let echo = make(move |mut request: Request| {
        let asked = Arc::clone(&asked);
        async move {
            asked.fetch_add(1, Ordering::Relaxed);
            let body = request.take_body().into_bytes().await?;
            Ok::<_, poem::Error>(format!("{} bytes", body.len()).into_response())
        }
    });
    let big = make(async |_: Request| Ok::<_, poem::Error>(Body::from_async_read(Letters(BIG)).into_response()));
    let slow = make(async |_: Request| {
        tokio::time::sleep(10 * SHORT).await;
        Ok::<_, poem::Error>(StatusCode::OK.into_response())
    });
    poem::EndpointExt::map_to_response(Route::new().at("/", echo).at("/big", big).at("/slow", slow))
}

fn open(limits: Limits) -> Door {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let listening = runtime.block_on(Listening::bind("127.0.0.1:0", limits)).unwrap();
    let address = *listening.local_addr()[0].as_socket_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    runtime.spawn(Server::new_with_acceptor(listening).run(routes(Arc::clone(&asked))));
    Door { address, asked, _runtime: runtime }
}

/// A body of so many letters that is made as it is sent.
struct Letters(usize);

impl AsyncRead for Letters {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let now = self.0.min(buf.remaining());
        buf.initialize_unfilled_to(now).fill(b'x');
        buf.advance(now);
        self.0 -= now;
        Poll::Ready(Ok(()))
    }
}

impl Door {
    fn enter(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }
}

/// How long the server keeps a connection open that gets nothing more.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let start = Instant::now();
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => start.elapsed(),
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::WouldBlock, "still open after {:?}", start.elapsed());
            start.elapsed()
        }
    }
}

fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 1024];
    while !text.ends_with(b" bytes") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "closed before the answer: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn a_silent_connection_is_closed() {
    let door = open(limits());
    let took = until_closed(&mut door.enter());
    assert!(took >= SHORT * 9 / 10 && took < 10 * SHORT, "{took:?}");
}

#[test]
fn a_head_that_trickles_is_cut_off() {
    let door = open(limits());
    let mut stream = door.enter();
    let start = Instant::now();
    // Long enough for the server to close in the middle of it; the write then fails.
    for byte in b"GET / HTTP/1.1\r\nHost: x\r\nX: ".iter().chain([b'a'; 200].iter()) {
        if stream.write_all(&[*byte]).is_err() {
            break;
        }
        sleep(SHORT / 4);
    }
    assert!(start.elapsed() < 20 * SHORT, "{:?}", start.elapsed());
    assert_eq!(door.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_head_that_trickles_after_an_answer_is_cut_off() {
    let door = open(limits());
    let mut stream = door.enter();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(&mut stream).ends_with("0 bytes"));
    sleep(2 * SHORT);
    stream.write_all(b"G").unwrap();
    let took = until_closed(&mut stream);
    assert!(took < 6 * SHORT, "the head's deadline holds, not the idle one: {took:?}");
}

#[test]
fn a_body_that_stalls_or_trickles_is_cut_off() {
    let door = open(limits());
    let mut stream = door.enter();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab").unwrap();
    assert!(until_closed(&mut stream) < 10 * SHORT);

    let mut stream = door.enter();
    let start = Instant::now();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    while start.elapsed() < 20 * SHORT && stream.write_all(b"1\r\na\r\n").is_ok() {
        sleep(SHORT / 4);
    }
    assert!(start.elapsed() < 10 * SHORT, "{:?}", start.elapsed());

    let mut stream = door.enter();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n").unwrap();
    let took = until_closed(&mut stream);
    assert!(took < 6 * SHORT, "leave to continue is no answer: {took:?}");
}

#[test]
fn an_answer_that_does_not_begin_in_time_is_given_up() {
    let door = open(limits());
    let mut stream = door.enter();
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(until_closed(&mut stream) < 8 * SHORT);
}

#[test]
fn a_reader_that_accepts_nothing_is_dropped() {
    let door = open(Limits { idle: 30 * SHORT, ..limits() });
    let mut stream = door.enter();
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    sleep(10 * SHORT);
    let mut got = Vec::new();
    let end = stream.read_to_end(&mut got);
    assert!(got.len() < BIG, "the answer was cut: {end:?}");
}

#[test]
fn a_large_download_read_slowly_is_whole() {
    let door = open(patient());
    let mut stream = door.enter();
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut got = 0;
    let mut buffer = vec![0; 1 << 20];
    let start = Instant::now();
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            read => got += read,
        }
        // Longer in all than every deadline, and never still for one.
        if start.elapsed() < 6 * SHORT {
            sleep(SHORT / 4);
        }
    }
    assert!(got > BIG, "{got}");
}

#[test]
fn while_an_answer_is_stuck_only_its_own_deadline_runs() {
    let door = open(Limits { idle: SHORT, write: 20 * SHORT, ..limits() });
    let mut stream = door.enter();
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    sleep(4 * SHORT);
    let mut got = Vec::new();
    stream.take(BIG as u64).read_to_end(&mut got).unwrap();
    assert_eq!(got.len(), BIG);
}

#[test]
fn honest_requests_are_answered_with_pauses_between_them() {
    let door = open(patient());
    let mut stream = door.enter();
    for _ in 0..3 {
        stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe").unwrap();
        sleep(SHORT / 2);
        stream.write_all(b"llo").unwrap();
        assert!(answer(&mut stream).ends_with("5 bytes"));
        sleep(5 * SHORT);
    }
    let took = until_closed(&mut stream);
    assert!(took > 4 * SHORT && took < 12 * SHORT, "the idle deadline runs from the last answer: {took:?}");
}

#[test]
fn pipelined_requests_are_answered() {
    let door = open(patient());
    let mut stream = door.enter();
    stream
        .write_all(
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HT",
        )
        .unwrap();
    sleep(SHORT / 2);
    stream.write_all(b"TP/1.1\r\nHost: x\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
    assert!(text.contains("3 bytes"));
}

#[test]
fn connections_beyond_the_limit_are_closed_at_once_and_free_places_are_reused() {
    let door = open(Limits { connections: 2, head: 10 * SHORT, ..limits() });
    let (first, second) = (door.enter(), door.enter());
    sleep(SHORT / 4);
    assert!(until_closed(&mut door.enter()) < 5 * SHORT);
    drop((first, second));
    sleep(SHORT / 2);
    let mut stream = door.enter();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(&mut stream).ends_with("0 bytes"));
}

#[test]
fn http2_in_clear_text_is_refused() {
    let door = open(Limits { head: 10 * SHORT, ..limits() });
    let mut stream = door.enter();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    assert!(until_closed(&mut stream) < 5 * SHORT);
}
