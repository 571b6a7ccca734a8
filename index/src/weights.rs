//! Every number that decides in which order hits stand, in one place, with what it does in plain words.
//!
//! Who changes one changes what people find first. So the fingerprint of all of them stands in the ledger of the directory's
//! decisions, and a test there refuses a change without an entry.

/// A number of the order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What it does, in a sentence.
    pub says: &'static str,
}

/// Declares the constants, and the list of all of them.
macro_rules! weights {
    ($($name:ident = $value:literal, $says:literal;)*) => {
        $(#[doc = $says] pub(crate) const $name: f64 = $value;)*

        /// All numbers of the order.
        pub const WEIGHTS: &[Weight] = &[$(Weight { name: stringify!($name), value: $value, says: $says }),*];
    };
}

weights! {
    NAME = 2.0,
        "A word in a name or a term scores this much more, over the same word anywhere in the text, which scores 1.";
    TERM = 4.0,
        "A term that the words mean scores this many times what a word of the same rarity does: what says of itself that it is just that stands before what mentions it.";
    PHRASE = 0.7,
        "A further phrase that the words mean scores this much, where the words typed score 1.";
    BROADER = 1.0,
        "A wider term than the words mean scores this many times what a word of the same rarity does.";
    REPEATED = 1.2,
        "How soon a word said again and again counts no more: the usual constant k1 of BM25, the formula of the scores.";
    LENGTH = 0.75,
        "How much a long text loses against a short one with the same words, from 0 to 1: the usual constant b of BM25.";
    HALVED_AT = 500.0,
        "Around a place a score is halved at this many metres for each kilometre of the radius asked for: half way to the rim.";
    HALVED_AT_LEAST = 500.0,
        "And never nearer than at this many metres.";
    TO_BE_ASKED = 1.0,
        "Steps back of what does not state something that was asked for. More steps back stand after fewer, whatever the score.";
    ELSEWHERE = 2.0,
        "Steps back of what serves a neighbouring area and not the place asked for, among listings without a public place.";
    NO_AREA_STATED = 4.0,
        "Steps back of what does not say which area it serves, among listings without a public place.";
    ONLY_BROADER = 8.0,
        "Steps back of what has only a wider term than the words mean.";
    ENDED = 16.0,
        "Steps back of what has ended.";
}
