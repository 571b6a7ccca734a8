//! What a reader says is wrong with a listing, and what becomes of it.
//!
//! Nothing of the reader is kept. What they write is for keepers and is never published.

use std::fmt;

use chrono::NaiveDate;

use super::words::words;

/// The most characters that a reader may write.
pub const LONGEST: usize = 500;
/// How many days a listing is new: until then one report of danger takes it away until a keeper has looked.
pub const NEW_FOR_DAYS: i64 = 30;
/// How many listings reports can take away in a day; more than that is somebody emptying the directory.
pub const HIDDEN_A_DAY: usize = 3;

mod coded;

pub use coded::{Barrier, Coded, proposals};

words! {
    /// What is wrong.
    Reason {
        /// Something it says is wrong: a time, a number, a place.
        Wrong "wrong" "Something it says is wrong: a time, a number, a place";
        /// It has ended.
        Closed "closed" "It has closed or does not meet any more";
        /// It takes nobody new.
        Full "full" "It is full or takes nobody new";
        /// Nobody answers.
        NoAnswer "no_answer" "Nobody answers";
        /// Going there or ringing it could harm somebody.
        Unsafe "unsafe" "It is not safe, or not what it says it is";
        /// From a professional: somebody whom it should have been for was not eligible; `barrier` says why.
        NotEligible "not_eligible" "You support somebody, and they were not eligible";
        /// From a professional: somebody is waiting; `since` says from which month on.
        WaitingSince "waiting_since" "You support somebody, and they are waiting";
        /// From a professional: somebody got in.
        GotIn "got_in" "You support somebody, and they got in";
    }
}

words! {
    /// What has become of a report.
    State {
        /// It is here; nobody has looked at it yet.
        Received "received" "It has been received";
        /// A keeper is looking at it.
        BeingChecked "being_checked" "It is being checked";
        /// The listing was changed.
        Changed "changed" "The listing was changed";
        /// It was not.
        NotChanged "not_changed" "The listing was not changed";
    }
}

words! {
    /// Why a listing was changed or not.
    Because {
        /// What was wrong was put right.
        Corrected "corrected" "what was wrong has been put right";
        /// The listing was taken down.
        Withdrawn "withdrawn" "it has been taken down";
        /// Whoever runs it confirmed what it says.
        Confirmed "confirmed" "those who run it have confirmed what it says";
        /// Nothing could be found out.
        NothingFound "nothing_found" "nothing could be found that is wrong";
        /// It was about something else.
        SomethingElse "something_else" "it was about something else than this listing";
    }
}

impl Reason {
    /// Whether it is said by code alone, without words.
    pub const fn is_coded(self) -> bool {
        matches!(self, Self::NotEligible | Self::WaitingSince | Self::GotIn)
    }

    /// Reports of one sort are counted together: that it is not safe, what else is wrong, and what is said by code.
    pub const fn sort(self) -> u8 {
        match self {
            Self::Unsafe => 0,
            Self::Wrong | Self::Closed | Self::Full | Self::NoAnswer => 1,
            Self::NotEligible | Self::WaitingSince | Self::GotIn => 2,
        }
    }

    /// Whether the listing says meanwhile that it is being checked. That somebody waits or got in contradicts nothing.
    pub const fn labels(self) -> bool {
        !matches!(self, Self::WaitingSince | Self::GotIn)
    }
}

impl State {
    /// Whether it still has to be seen to.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::BeingChecked)
    }
}

/// A report as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// Random, and what whoever reported asks with.
    pub code: String,
    /// The listing's id.
    pub listing: String,
    /// What is wrong.
    pub reason: Reason,
    /// Why somebody was not eligible, where that is what is said.
    pub barrier: Option<Barrier>,
    /// The month since which somebody is waiting, `YYYY-MM`, where that is what is said.
    pub since: Option<String>,
    /// What the reader wrote; for keepers, until the report is closed.
    pub words: Option<String>,
    /// What has become of it.
    pub state: State,
    /// Why, once it is closed.
    pub because: Option<Because>,
    /// Whether it took the listing away.
    pub hides: bool,
    /// The day in London on which it came.
    pub day: NaiveDate,
}

/// What a reader wrote stands in no log.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report {{ {:?}, {:?} }}", self.reason, self.state)
    }
}

/// What is known of a listing when somebody says that it is not safe.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// For how many days it has been in this directory.
    pub days_here: i64,
    /// Whether a source states that somebody has checked it.
    pub is_checked: bool,
    /// Whether a keeper has looked at a report of it before and left it as it was.
    pub was_cleared: bool,
    /// How many listings reports have taken away today.
    pub hidden_today: usize,
}

/// Whether a report alone takes a listing away until a keeper has looked. Whoever wants a genuine group gone can send
/// any number of reports from anywhere, so more of them prove nothing: only what is new and vouched for by nobody goes, and
/// the second signal that takes anything else away is a keeper's.
pub const fn takes_away(reason: Reason, known: Known) -> bool {
    matches!(reason, Reason::Unsafe)
        && known.days_here < NEW_FOR_DAYS
        && !known.is_checked
        && !known.was_cleared
        && known.hidden_today < HIDDEN_A_DAY
}

/// A code as it is kept: people write it with blanks, hyphens and capitals.
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(32).collect()
}

/// A code of 80 random bits, in letters and digits that are not mistaken for one another.
pub fn code(random: [u8; 10]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    (0..16).rev().map(|at| char::from(LETTERS[(bits >> (5 * at) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_danger_in_what_is_new_and_vouched_for_by_nobody_takes_a_listing_away() {
        let new = Known { days_here: 0, is_checked: false, was_cleared: false, hidden_today: 0 };
        assert!(takes_away(Reason::Unsafe, new));
        assert!(takes_away(
            Reason::Unsafe,
            Known { days_here: NEW_FOR_DAYS - 1, hidden_today: HIDDEN_A_DAY - 1, ..new }
        ));
        for known in [
            Known { days_here: NEW_FOR_DAYS, ..new },
            Known { is_checked: true, ..new },
            Known { was_cleared: true, ..new },
            Known { hidden_today: HIDDEN_A_DAY, ..new },
        ] {
            assert!(!takes_away(Reason::Unsafe, known), "{known:?}");
        }
        for reason in Reason::ALL.iter().filter(|reason| **reason != Reason::Unsafe) {
            assert!(!takes_away(*reason, new), "{reason:?}");
        }
    }

    #[test]
    fn codes_are_found_as_people_write_them() {
        let code = code([255, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(code.len(), 16);
        assert_eq!(plain_code(&format!(" {}-{}", &code[..4].to_uppercase(), &code[4..])), code);
        assert_ne!(code, super::code([254, 0, 1, 2, 3, 4, 5, 6, 7, 8]));
        assert_ne!(code, super::code([255, 0, 1, 2, 3, 4, 5, 6, 7, 9]));
    }

    #[test]
    fn what_a_reader_wrote_is_not_printed() {
        let report = Report {
            code: "c0de".to_owned(),
            listing: "1d".to_owned(),
            reason: Reason::Wrong,
            barrier: None,
            since: None,
            words: Some("secret".to_owned()),
            state: State::Received,
            because: None,
            hides: false,
            day: NaiveDate::default(),
        };
        let said = format!("{report:?}");
        assert!(!said.contains("secret") && !said.contains("c0de") && !said.contains("1d"), "{said}");
    }
}
