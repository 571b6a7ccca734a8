//! What one side says of how a link works: what it does and does not do, how people are handed over, and with whose consent.

use crate::domain::{
    coming::MOST_DAYS,
    gate::is_day,
    read::{NAME, said},
    vocabulary::values::Handover,
};

/// The longest of these texts, in characters.
const WORDS: usize = 1_000;

said! {
    /// What one side says of how a link works. Roles, never names. What is absent is not stated.
    Terms {
        one {
            /// What this side does for people whom the link leads from one to the other.
            does: String = text(WORDS);
            /// What it does not do: where its scope ends.
            does_not: String = text(WORDS);
            /// How people are handed over, in words.
            handover_note: String = text(WORDS);
            /// What information moves.
            information: String = text(WORDS);
            /// Whose consent is needed, and for what.
            consent: String = text(WORDS);
            /// Within how many days this side replies.
            reply_within_days: u32 = whole();
            /// Whom to tell when something is wrong, by role.
            escalation: String = text(NAME);
            /// Who supervises or supports those who do it, by role.
            supervision: String = text(NAME);
            /// Since when, `YYYY-MM-DD`.
            starts_on: String = date();
            /// The day on which it is looked at again, `YYYY-MM-DD`. Afterwards it has lapsed, until it is stated anew.
            review_on: String = date();
        }
        many {
            /// How people are handed over.
            handover: Handover = choices();
        }
    }
}

impl Terms {
    /// Leaves only words of closed lists, numbers and days: free words could tell where a private place is. Answers
    /// whether anything went.
    pub fn silence(&mut self) -> bool {
        let silent = Self {
            // As for all of a private record: what is in no bounds may be a code.
            reply_within_days: self.reply_within_days.filter(|days| *days <= MOST_DAYS),
            starts_on: self.starts_on.take().filter(|day| is_day(day)),
            review_on: self.review_on.take().filter(|day| is_day(day)),
            handover: std::mem::take(&mut self.handover),
            ..Self::default()
        };
        let before = std::mem::replace(self, silent);
        [
            before.does,
            before.does_not,
            before.handover_note,
            before.information,
            before.consent,
            before.escalation,
            before.supervision,
        ]
        .iter()
        .any(Option::is_some)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::Terms;

    #[test]
    fn of_a_private_side_only_what_can_be_meant_is_left() {
        let day = |day: &str| Some(day.to_owned());
        let said = |days, starts_on: &str| Terms {
            does: day("Tea."),
            reply_within_days: Some(days),
            starts_on: day(starts_on),
            review_on: day("2027-01-01"),
            ..Terms::default()
        };
        let mut plain = said(3, "2026-01-01");
        assert!(plain.silence());
        assert_eq!(plain, Terms { does: None, ..said(3, "2026-01-01") });
        let mut coded = said(1943, "1943-01-01");
        coded.silence();
        assert_eq!(coded, Terms { review_on: day("2027-01-01"), ..Terms::default() });
    }
}
