//! What several tests need: seeded chance, and a payload.

use crate::{Payload, SCHEMA};

/// A payload that starts with these terms.
pub(crate) fn payload(terms: &[&str]) -> Payload {
    Payload {
        directory: "test".to_owned(),
        epoch: "first".to_owned(),
        schema: SCHEMA,
        gazetteer: "none".to_owned(),
        sequence: 0,
        public_sequence: 0,
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
    }
}

/// A seeded source of numbers (splitmix64): the same seed gives the same run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 up to, not including, `below`.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        (self.next() % below as u64) as usize
    }
}
