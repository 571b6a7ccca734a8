//! Keeps the memory of a running process to itself: no core file when it crashes, and no look into it for other
//! programs of the same user.
//!
//! What readers ask goes through memory, and memory that is given back keeps its bytes for a while: those of the
//! framework's buffers as well, which are not ours to blank. So nobody but the machine's administrator may read it, and
//! it is written to no disk.

/// Asks the system to write no image of this process, and to let nobody else's hands on it.
#[cfg(target_os = "linux")]
pub fn memory() {
    use nix::sys::{
        prctl,
        resource::{Resource, setrlimit},
    };

    // The limit is for systems that hand images to a program of their own; the mark keeps debuggers out as well.
    let done = setrlimit(Resource::RLIMIT_CORE, 0, 0).and_then(|()| prctl::set_dumpable(false));
    if let Err(error) = done {
        tracing::warn!(%error, "the memory of this process is not kept from others of the same user");
    }
}

/// Other systems have their own ways to switch images of processes off.
#[cfg(not(target_os = "linux"))]
pub fn memory() {}
