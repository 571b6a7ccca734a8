//! Who is still there. A search computes on the thread that would otherwise notice that its sender hangs up, so it asks
//! here, by the sender's address, which tells one connection from all others.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::net::TcpStream;

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

    /// Whether the other side has hung up, or the connection is not there any more. Asks the system, because the
    /// reactor may wait for the very thread that asks; costs about a microsecond.
    pub fn has_left(&self, address: SocketAddr) -> bool {
        let Some(stream) = self.lock().get(&address).and_then(Weak::upgrade) else { return true };
        has_ended(&lock(&stream))
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

/// Whether there is nothing to read any more. What has come and is not read yet, a request that follows, say, hides the end.
#[cfg(unix)]
fn has_ended(stream: &TcpStream) -> bool {
    use std::os::fd::AsFd;
    let Ok(same) = stream.as_fd().try_clone_to_owned() else { return false };
    // It does not block, since the other does not.
    match std::net::TcpStream::from(same).peek(&mut [0]) {
        Ok(bytes) => bytes == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

#[cfg(not(unix))]
fn has_ended(_: &TcpStream) -> bool {
    false
}

/// Nothing that is locked here is left half done by a panic.
pub(super) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
