//! How often one address may report. In memory only: ten minutes under a keyed hash, whose key changes each day.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use crate::domain::{
    clock::{Chance, Timestamp},
    digest::digest,
};

/// How many reports an address may send in [`WINDOW_SECONDS`].
pub const MOST: u32 = 5;
/// How long an address is remembered, in seconds.
const WINDOW_SECONDS: i64 = 600;
/// The most addresses that are remembered; when there are more, nobody can report until one is forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// Counts by keyed hashes of addresses.
#[derive(Default)]
pub struct Throttle(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    key: [u8; 32],
    day: Option<chrono::NaiveDate>,
    seen: HashMap<String, (i64, u32)>,
}

impl Throttle {
    /// Whether an address may report once more at this moment; counts it if so.
    pub fn admits(&self, address: Option<IpAddr>, now: Timestamp, chance: &dyn Chance) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.london_date();
        if counts.day != Some(today) {
            chance.fill(&mut counts.key);
            counts.day = Some(today);
            counts.seen.clear();
        }
        let now = now.seconds();
        counts.forget(now);
        let hash = digest(&[&counts.key, &prefix(address)]);
        let full = counts.seen.len() >= MOST_ADDRESSES && !counts.seen.contains_key(&hash);
        if full {
            return false;
        }
        let (_, count) = counts.seen.entry(hash).or_insert((now, 0));
        *count += 1;
        *count <= MOST
    }
}

impl Throttle {
    /// Forgets who reported ten minutes ago or more, though nobody reports since.
    pub fn forget(&self, now: Timestamp) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.forget(now.seconds());
        if counts.seen.is_empty() {
            // No address that is tried against the key of a while ago finds anything; the next report makes another.
            *counts = Counts::default();
        }
    }
}

impl Counts {
    fn forget(&mut self, now: i64) {
        self.seen.retain(|_, (first, _)| (0..WINDOW_SECONDS).contains(&(now - *first)));
    }
}

/// What of an address tells one household from another: all of IPv4, the first half of IPv6.
fn prefix(address: Option<IpAddr>) -> Vec<u8> {
    match address {
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.octets().to_vec(),
            None => address.octets()[..8].to_vec(),
        },
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Throttle};
    use crate::domain::clock::{SeededChance, Timestamp};

    #[test]
    fn an_address_may_report_a_few_times_in_ten_minutes_and_is_then_forgotten() {
        let (throttle, chance) = (Throttle::default(), SeededChance::new(1));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let admits = |address: &str, time: &str| throttle.admits(address.parse().ok(), at(time), &chance);
        for _ in 0..MOST {
            assert!(admits("192.0.2.1", "2026-05-06T09:30:00Z"));
        }
        assert!(!admits("192.0.2.1", "2026-05-06T09:39:59Z") && admits("192.0.2.2", "2026-05-06T09:39:59Z"));
        assert!(admits("192.0.2.1", "2026-05-06T09:40:00Z"));
        for last in 1..=MOST {
            assert!(admits(&format!("2001:db8::{last}"), "2026-05-06T10:00:00Z"));
        }
        assert!(!admits("2001:db8::ffff", "2026-05-06T10:00:00Z") && admits("2001:db8:0:1::1", "2026-05-06T10:00:00Z"));
        let counts = throttle.0.lock().unwrap();
        assert_eq!(counts.seen.len(), 2, "what is older is gone");
        assert!(counts.seen.keys().all(|kept| !kept.contains("2001")));
    }

    #[test]
    fn ten_minutes_after_the_last_report_nothing_is_left_of_anybody() {
        let (throttle, chance) = (Throttle::default(), SeededChance::new(1));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(throttle.admits("192.0.2.1".parse().ok(), at("2026-05-06T09:30:00Z"), &chance));
        throttle.forget(at("2026-05-06T09:39:59Z"));
        assert_eq!(throttle.0.lock().unwrap().seen.len(), 1);
        throttle.forget(at("2026-05-06T09:40:00Z"));
        let counts = throttle.0.lock().unwrap();
        assert!(counts.seen.is_empty() && counts.key == [0; 32] && counts.day.is_none());
    }

    #[test]
    fn the_key_changes_each_day() {
        let (throttle, chance) = (Throttle::default(), SeededChance::new(1));
        let key = |time: &str| {
            throttle.admits("192.0.2.1".parse().ok(), time.parse().unwrap(), &chance);
            throttle.0.lock().unwrap().key
        };
        let first = key("2026-05-06T22:00:00Z");
        assert_eq!(key("2026-05-06T22:30:00Z"), first);
        assert_ne!(key("2026-05-06T23:30:00Z"), first, "it is tomorrow in London");
    }
}
