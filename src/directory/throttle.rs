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
/// How many all addresses of a neighbourhood may send together, which one household may have to itself.
pub const MOST_NEARBY: u32 = 50;
/// The most addresses and neighbourhoods that are remembered; when there are more, the oldest are forgotten: who has so many
/// addresses needs none of them twice, and nobody else is to be kept from reporting by them.
const MOST_KEPT: usize = 20_000;

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
        let [own, nearby] = [OWN, NEARBY].map(|of| digest(&[&counts.key, &prefix(address, of)]));
        // Who has sent too many alone does not use up what the neighbours may send, and of who is refused with all of them
        // nothing more is kept.
        let alone = counts.seen.get(&own).map_or(0, |(_, count)| *count);
        alone < MOST && counts.count(nearby, now) <= MOST_NEARBY && counts.count(own, now) <= MOST
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
    /// Counts one more; answers how many there are.
    fn count(&mut self, hash: String, now: i64) -> u32 {
        if self.seen.len() >= MOST_KEPT && !self.seen.contains_key(&hash) {
            let mut firsts: Vec<i64> = self.seen.values().map(|(first, _)| *first).collect();
            // A tenth at a time, and at least one: all that are as old as the last of them.
            let (_, &mut until, _) = firsts.select_nth_unstable(MOST_KEPT / 10);
            self.seen.retain(|_, (first, _)| *first > until);
        }
        let (_, count) = self.seen.entry(hash).or_insert((now, 0));
        *count += 1;
        *count
    }

    fn forget(&mut self, now: i64) {
        self.seen.retain(|_, (first, _)| (0..WINDOW_SECONDS).contains(&(now - *first)));
    }
}

/// Bytes of an address that tell one household from another: all of IPv4, the first half of IPv6.
const OWN: [usize; 2] = [4, 8];
/// Those that its neighbours have as well: a site has so many addresses, or a provider so many customers.
const NEARBY: [usize; 2] = [3, 6];

/// The first bytes of an address, as many as are said for IPv4 and for IPv6.
fn prefix(address: Option<IpAddr>, [of_four, of_six]: [usize; 2]) -> Vec<u8> {
    let address = address.map(|address| address.to_canonical());
    match address {
        Some(IpAddr::V4(address)) => address.octets()[..of_four].to_vec(),
        Some(IpAddr::V6(address)) => address.octets()[..of_six].to_vec(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, MOST_KEPT, MOST_NEARBY, Throttle};
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
        // Two households, and where they are.
        assert_eq!(counts.seen.len(), 3, "what is older is gone");
        assert!(counts.seen.keys().all(|kept| !kept.contains("2001")));
    }

    #[test]
    fn nobody_is_kept_from_reporting_by_those_who_have_many_addresses() {
        let (throttle, chance) = (Throttle::default(), SeededChance::new(1));
        let at = |millisecond: usize| Timestamp::from_millis(1_795_000_000_000 + millisecond as i64).unwrap();
        let admits = |address: String, when| throttle.admits(address.parse().ok(), at(when), &chance);
        let forged = |number: usize| format!("2001:db8:{:x}:{:x}::1", number / 65_536, number % 65_536);
        let admitted = (0..70_000).filter(|number| admits(forged(*number), *number)).count();
        assert_eq!(admitted, 2 * MOST_NEARBY as usize, "one site and another");
        let spread = |number: usize| format!("2001:{:x}::1", number + 0x1000);
        (0..3 * MOST_KEPT / 2).for_each(|number| {
            assert!(admits(spread(number), 70_000 + number), "{number}");
        });
        assert!(throttle.0.lock().unwrap().seen.len() <= MOST_KEPT);
        assert!(admits("192.0.2.1".to_owned(), 100_000) && admits("2001:db8:9::1".to_owned(), 100_000));
        assert!((0..MOST_NEARBY as usize).all(|number| admits(format!("198.51.100.{number}"), 100_001)));
        assert!(!admits("198.51.100.255".to_owned(), 100_001) && admits("198.51.101.1".to_owned(), 100_001));
    }

    #[test]
    fn ten_minutes_after_the_last_report_nothing_is_left_of_anybody() {
        let (throttle, chance) = (Throttle::default(), SeededChance::new(1));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(throttle.admits("192.0.2.1".parse().ok(), at("2026-05-06T09:30:00Z"), &chance));
        throttle.forget(at("2026-05-06T09:39:59Z"));
        assert_eq!(throttle.0.lock().unwrap().seen.len(), 2);
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
