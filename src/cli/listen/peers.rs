//! Who is still there. A search computes on the thread that would otherwise notice that its sender hangs up, so it asks
//! here, by the sender's address, which tells one connection from all others.

use std::{
    collections::HashMap,
    future::Future,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use tokio::{io::Interest, net::TcpStream};

/// The stream of a connection, which its owner alone reads and writes.
pub(super) type Shared = Arc<Mutex<TcpStream>>;

/// The open connections of a port, by the address of the other side.
#[derive(Debug, Clone, Default)]
pub struct Peers(Arc<Mutex<HashMap<SocketAddr, Weak<Mutex<TcpStream>>>>>);

/// The entry of one connection, taken out when dropped.
#[derive(Debug)]
pub(super) struct Listed {
    peers: Peers,
    address: Option<SocketAddr>,
}

impl Peers {
    /// Enters a connection.
    pub(super) fn list(&self, address: Option<SocketAddr>, stream: &Shared) -> Listed {
        if let Some(address) = address {
            self.lock().insert(address, Arc::downgrade(stream));
        }
        Listed { peers: self.clone(), address }
    }

    /// Whether the other side has hung up, or the connection is not there any more. Costs no system call: the reactor
    /// has been told, on whichever thread waits for it.
    pub fn has_left(&self, address: SocketAddr) -> bool {
        let Some(stream) = self.lock().get(&address).and_then(Weak::upgrade) else { return true };
        let stream = lock(&stream);
        let ready = pin!(stream.ready(Interest::READABLE));
        match ready.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(ready)) => ready.is_read_closed(),
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Weak<Mutex<TcpStream>>>> {
        lock(&self.0)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if let Some(address) = self.address {
            self.peers.lock().remove(&address);
        }
    }
}

/// Nothing that is locked here is left half done by a panic.
pub(super) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
