//! Who is searched for now, who waits, and who is sent away: what keeps a crowd from slowing everybody down.
//!
//! A search takes a [`Turn`] and computes on the thread that it is on. There are as many turns as cores; a short queue waits
//! for them in the order of coming, and whoever finds it full is refused at once ([`Error::Busy`]), because an answer
//! that comes too late has cost as much as one in time. What takes no turn (crisis lines, probes, terms, listings by id)
//! never waits for one: the server has more threads than there are turns ([`threads`]).
//!
//! Who goes away while waiting leaves the queue: the server drops what it was doing for a connection that is closed, and a
//! turn that is waited for is given to nobody who does not wait any more. A search at work cannot be dropped, because it
//! computes on the thread that would notice: it asks every few thousand documents whether it is still awaited ([`stop`]).

use std::{future::Future, num::NonZero, thread};

pub use kith_index::Stop;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Directory, Error, Result};

/// How many wait for each turn. Words anywhere take a millisecond at a million listings (median), so that the last of
/// them waits for some 30 ms; dear ones take longer.
const WAITING_EACH: usize = 32;

/// Leave to compute one answer, given back when dropped.
#[derive(Debug)]
pub struct Turn<'a>(#[expect(dead_code, reason = "holding it is what it is for")] SemaphorePermit<'a>);

/// How deep a search goes into the stack of its thread, generously.
const DEPTH: usize = if cfg!(debug_assertions) { 512 * 1024 } else { 96 * 1024 };

impl Drop for Turn<'_> {
    /// What was asked for must not stay on the stack: the C library blanks only what is given back to it.
    fn drop(&mut self) {
        blank_stack();
    }
}

/// Writes over the part of the stack that a search has used and left.
#[inline(never)]
fn blank_stack() {
    let mut left = [0_u8; DEPTH];
    std::hint::black_box(&mut left);
}

/// The turns, and the queue for them.
#[derive(Debug)]
pub struct Admission {
    turns: Semaphore,
    queue: Semaphore,
    places: usize,
}

impl Admission {
    /// So many answers at work at one time, and so many waiting.
    pub const fn new(turns: usize, places: usize) -> Self {
        Self { turns: Semaphore::const_new(turns), queue: Semaphore::const_new(places), places }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Error::Busy`], at once, when too many wait already.
    pub async fn turn(&self) -> Result<Turn<'_>> {
        // Those who wait come first: a turn that is given back goes to them and is not free.
        if let Ok(turn) = self.turns.try_acquire() {
            return Ok(Turn(turn));
        }
        let _place = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let turn = self.turns.acquire().await.expect("the turns are never closed");
        Ok(Turn(turn))
    }

    /// Whether whoever comes now is refused.
    pub fn is_crowded(&self) -> bool {
        self.queue.available_permits() == 0 && self.turns.available_permits() == 0
    }

    /// How many wait now.
    pub fn waiting(&self) -> usize {
        self.places - self.queue.available_permits()
    }
}

impl Default for Admission {
    /// One turn a core, and a queue of a length in proportion.
    fn default() -> Self {
        Self::new(cores(), cores() * WAITING_EACH)
    }
}

impl Directory {
    /// Waits for a turn to compute something that costs more than a look-up.
    ///
    /// # Errors
    /// [`Error::Busy`], at once, when too many wait already.
    pub async fn turn(&self) -> Result<Turn<'_>> {
        self.admission.turn().await
    }

    /// How many searches wait for their turn now.
    pub fn waiting(&self) -> usize {
        self.admission.waiting()
    }

    /// Whether a turn that is asked for now is refused.
    pub fn is_crowded(&self) -> bool {
        self.admission.is_crowded()
    }
}

tokio::task_local! {
    static STOP: Stop;
}

/// Works on something; searches that it makes end as soon as `stop` says so.
pub async fn unless<W: Future>(stop: Stop, work: W) -> W::Output {
    STOP.scope(stop, work).await
}

/// What ends searches of the task at hand; nothing does where it was not said.
pub fn stop() -> Stop {
    STOP.try_with(Stop::clone).unwrap_or_default()
}

/// How many threads a server needs so that some are left for what takes no turn.
pub fn threads() -> usize {
    cores() + 1
}

/// The cores that this process may use.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::{Admission, Error};

    /// One look at whether it has come about.
    macro_rules! look {
        ($future:expr) => {
            $future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        };
    }

    #[test]
    fn turns_are_given_in_the_order_of_coming_and_one_too_many_is_refused() {
        let admission = Admission::new(1, 2);
        let Poll::Ready(Ok(first)) = look!(pin!(admission.turn())) else { panic!("the turn is free") };
        let (mut second, mut third) = (pin!(admission.turn()), pin!(admission.turn()));
        assert!(look!(second).is_pending() && look!(third).is_pending());
        assert_eq!(admission.waiting(), 2);
        assert!(matches!(look!(pin!(admission.turn())), Poll::Ready(Err(Error::Busy))));
        drop(first);
        assert!(look!(third).is_pending());
        let mut late = pin!(admission.turn());
        assert!(!matches!(look!(late), Poll::Ready(Ok(_))), "who waits comes before who comes");
        let Poll::Ready(Ok(turn)) = look!(second) else { panic!("it is the turn of the second") };
        drop(turn);
        assert!(matches!(look!(third), Poll::Ready(Ok(_))));
    }

    #[test]
    fn who_goes_away_leaves_the_queue() {
        let admission = Admission::new(1, 1);
        let Poll::Ready(Ok(first)) = look!(pin!(admission.turn())) else { panic!("the turn is free") };
        {
            let mut gone = Box::pin(admission.turn());
            assert!(look!(gone).is_pending());
            drop(first);
            // The turn is on its way to one who is not there any more.
        }
        assert_eq!(admission.waiting(), 0);
        assert!(matches!(look!(pin!(admission.turn())), Poll::Ready(Ok(_))));
    }
}
