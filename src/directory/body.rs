//! The body of a hit: a card's JSON with the rhythm of its place behind it, so that an answer can say which session is
//! next without reading the card. The index keeps both as bytes and knows neither.
//!
//! ```text
//! card's JSON | rhythm | length of the rhythm 2
//! ```

use crate::domain::rhythm::Rhythm;

/// A card's JSON and its rhythm in one.
pub fn join(mut card: Vec<u8>, rhythm: &[u8]) -> Vec<u8> {
    // 256 rules of at most 34 bytes fit; a rhythm that did not would be left out, not the card.
    let length = u16::try_from(rhythm.len()).unwrap_or(0);
    card.extend_from_slice(&rhythm[..usize::from(length)]);
    card.extend(length.to_le_bytes());
    card
}

/// The card's JSON and the rhythm in a body that [`join`] made.
pub fn split(body: &[u8]) -> (&[u8], Rhythm<'_>) {
    let parts = || {
        let (rest, length) = body.split_last_chunk::<2>()?;
        rest.split_at_checked(rest.len().checked_sub(u16::from_le_bytes(*length).into())?)
    };
    let (card, rhythm) = parts().unwrap_or((body, &[]));
    (card, Rhythm::new(rhythm))
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn what_was_joined_comes_apart_again() {
        for rhythm in [&[][..], b"beats"] {
            let body = join(b"{\"id\":\"a\"}".to_vec(), rhythm);
            let (card, found) = split(&body);
            assert_eq!((card, found.is_empty()), (&b"{\"id\":\"a\"}"[..], rhythm.is_empty()));
        }
        assert_eq!(split(b"{").0, b"{");
        assert_eq!(join(b"{}".to_vec(), &vec![0; 70_000]), b"{}\0\0");
    }
}
