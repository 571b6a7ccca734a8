//! The door: accepts connections for poem and gives each the deadlines that poem itself lacks.
//!
//! [`Listening`] is a poem `Acceptor`. Each [`Connection`] watches the bytes that go by and is in one
//! of three phases: a request head is awaited, its answer is awaited, or the answer is on its way or
//! done. The watch knows no body lengths; where pipelining hides the start of a head, the longer
//! deadline of the phase before it holds, so every wait is bounded. Who hangs up before the answer has begun is not
//! answered: what was being done for the request is dropped where it waits. Clear-text HTTP/2 is refused
//! (its frames fit no such phases): a proxy in front speaks it to browsers and HTTP/1.1 to us.

mod head;
mod peers;

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
    time::Duration,
};

use poem::{
    http::uri::Scheme,
    listener::{Acceptor, Listener, TcpAcceptor, TcpListener},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::ToSocketAddrs,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep_until},
};

pub use self::peers::Peers;
use self::{
    head::HeadWatch,
    peers::{Listed, Shared, lock},
};

/// How long a connection may keep us waiting, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the start of a connection, or the first byte after an answer, to the end of a request's head.
    pub head: Duration,
    /// From the end of a head to the first byte of the answer; the request's body comes in this time.
    pub request: Duration,
    /// From the last byte of an answer to the next request; also the longest pause inside an answer.
    pub idle: Duration,
    /// For how long a reader may accept nothing of an answer.
    pub write: Duration,
    /// Connections at one time; further ones are closed at once.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            request: Duration::from_secs(30),
            idle: Duration::from_secs(60),
            write: Duration::from_secs(30),
            connections: 4096,
        }
    }
}

/// An open port whose connections have deadlines. Hand it to `poem::Server::new_with_acceptor`.
pub struct Listening {
    acceptor: TcpAcceptor,
    limits: Limits,
    places: Arc<Semaphore>,
    peers: Peers,
}

impl Listening {
    /// Opens a port; port 0 is any free one, which [`Acceptor::local_addr`] then tells.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(address: impl ToSocketAddrs + Send, limits: Limits) -> io::Result<Self> {
        let acceptor = TcpListener::bind(address).into_acceptor().await?;
        Ok(Self { acceptor, limits, places: Arc::new(Semaphore::new(limits.connections)), peers: Peers::default() })
    }

    /// Who is connected, now and later.
    pub fn peers(&self) -> Peers {
        self.peers.clone()
    }
}

impl Acceptor for Listening {
    type Io = Connection;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.acceptor.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Connection, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            match self.acceptor.accept().await {
                Ok((stream, here, peer, scheme)) => {
                    // A connection beyond the limit is dropped here, which closes it.
                    let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { continue };
                    if stream.set_nodelay(true).is_ok() {
                        let stream = Arc::new(Mutex::new(stream));
                        let listed = self.peers.list(peer.as_socket_addr().copied(), &stream);
                        return Ok((Connection::new(stream, self.limits, (place, listed)), here, peer, scheme));
                    }
                }
                // Out of file descriptors, say: poem would ask again at once and turn a whole core.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// One connection with its deadlines. A missed one is an error of kind `TimedOut`, which closes it.
#[derive(Debug)]
pub struct Connection {
    stream: Shared,
    limits: Limits,
    phase: Phase,
    head: HeadWatch,
    /// When the peer must have done what `phase` waits for.
    deadline: Instant,
    /// Since when the peer accepts nothing.
    blocked: Option<Instant>,
    /// The peer hung up while an answer was awaited.
    gone: bool,
    /// Fires at `deadline` or before; moved only when it must be earlier, since most are met.
    read_timer: Pin<Box<Sleep>>,
    write_timer: Pin<Box<Sleep>>,
    _place: (OwnedSemaphorePermit, Listed),
}

/// What the peer, or the handler, is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// A head is awaited, or has begun.
    Head,
    /// A head is whole; its body may follow; nothing has been answered.
    Request,
    /// The answer has begun, and may be done.
    Answer,
}

impl Connection {
    fn new(stream: Shared, limits: Limits, place: (OwnedSemaphorePermit, Listed)) -> Self {
        let now = Instant::now();
        let deadline = now + limits.head;
        Self {
            stream,
            limits,
            phase: Phase::Head,
            head: HeadWatch::default(),
            deadline,
            blocked: None,
            gone: false,
            read_timer: Box::pin(sleep_until(deadline)),
            write_timer: Box::pin(sleep_until(now + limits.write)),
            _place: place,
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.deadline = Instant::now()
            + match phase {
                Phase::Head => self.limits.head,
                Phase::Request => self.limits.request,
                Phase::Answer => self.limits.idle,
            };
    }

    /// Follows the phases along the bytes that came.
    fn came(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.phase == Phase::Answer {
            self.enter(Phase::Head);
            self.head = HeadWatch::default();
        }
        if self.phase == Phase::Head && self.head.ends_in(bytes)? {
            self.enter(Phase::Request);
        }
        Ok(())
    }

    /// Follows the phases along the bytes that went.
    fn went(&mut self, bytes: &[u8]) {
        self.blocked = None;
        match self.phase {
            // Leave to send the body is not yet the answer.
            Phase::Request if bytes == b"HTTP/1.1 100 Continue\r\n\r\n" => {}
            Phase::Request | Phase::Answer => self.enter(Phase::Answer),
            // The next head came while an answer was on its way: it is not read until that is done.
            Phase::Head => self.enter(Phase::Head),
        }
    }
}

/// Waits for a timer that may stand too early or too late.
fn poll_until(timer: &mut Pin<Box<Sleep>>, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
    if deadline < timer.deadline() {
        timer.as_mut().reset(deadline);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if timer.deadline() >= deadline {
            return Poll::Ready(());
        }
        timer.as_mut().reset(deadline);
    }
    Poll::Pending
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        let polled = Pin::new(&mut *lock(&this.stream)).poll_read(cx, buf);
        if let Poll::Ready(result) = polled {
            let came = &buf.filled()[before..];
            this.gone |= came.is_empty() && this.phase == Phase::Request;
            return Poll::Ready(result.and_then(|()| if came.is_empty() { Ok(()) } else { this.came(came) }));
        }
        // While an answer is stuck its own deadline runs, not the one of what comes after it.
        if this.blocked.is_some() {
            return Poll::Pending;
        }
        ready!(poll_until(&mut this.read_timer, this.deadline, cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let polled = Pin::new(&mut *lock(&this.stream)).poll_write(cx, buf);
        if let Poll::Ready(result) = polled {
            return Poll::Ready(result.inspect(|written| this.went(&buf[..*written])));
        }
        let since = *this.blocked.get_or_insert_with(Instant::now);
        ready!(poll_until(&mut this.write_timer, since + this.limits.write, cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // poem awaits a connection once more after it has failed, and with it the answer to a request that nobody waits
        // for any more; only another failure ends both.
        if self.gone {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut *lock(&self.stream)).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.stream)).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
