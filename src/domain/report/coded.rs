//! What professionals say by code of how it went: why somebody was not eligible, since when somebody is waiting, that somebody
//! got in. It proposes corrections to whoever keeps the listing, is published nowhere, not even counted, and has no words:
//! nothing of the person can be in it.

use chrono::{Datelike, NaiveDate};

use super::{Reason, Report};
use crate::domain::{
    read::{Code, Violation},
    words::words,
};

words! {
    /// Why somebody was not eligible.
    Barrier {
        /// Too young or too old.
        Age "age" "their age";
        /// They live elsewhere.
        Area "area" "where they live";
        /// It is not for what they need.
        Need "need" "what they need support with";
        /// They came by another way than it takes.
        Referral "referral" "how they were referred";
        /// It costs more than they have.
        Cost "cost" "what it costs";
        /// They could not get in, hear, see or follow.
        Access "access" "access";
        /// Something else.
        Other "other" "something else";
    }
}

/// How long ago somebody may have begun to wait, in years.
const LONGEST_WAIT: i32 = 10;

/// The coded part of a report, as it was sent.
#[derive(Default)]
pub struct Coded<'a> {
    /// A word of [`Barrier`].
    pub barrier: Option<&'a str>,
    /// A month, `YYYY-MM`.
    pub since: Option<&'a str>,
    /// Whether words were sent too.
    pub has_words: bool,
}

impl Coded<'_> {
    /// The faults of it beside a reason, on a day; what may be said depends on the reason.
    pub fn faults(&self, reason: Reason, today: NaiveDate) -> Vec<Violation> {
        let barrier = match (self.barrier, reason == Reason::NotEligible) {
            (None, true) => Some(Code::Required),
            (Some(_), false) => Some(Code::Conflict),
            (Some(word), true) => word.parse::<Barrier>().is_err().then_some(Code::NotInList),
            (None, false) => None,
        };
        let since = match (self.since, reason == Reason::WaitingSince) {
            (None, true) => Some(Code::Required),
            (Some(_), false) => Some(Code::Conflict),
            (Some(word), true) => match month(word) {
                None => Some(Code::NotADate),
                Some(month) => {
                    let first = NaiveDate::from_ymd_opt(today.year() - LONGEST_WAIT, 1, 1);
                    (month > today || first.is_some_and(|first| month < first)).then_some(Code::OutOfRange)
                }
            },
            (None, false) => None,
        };
        // What can be said by code is not told in words: those would be about a person.
        let text = (self.has_words && reason.is_coded()).then_some(Code::Conflict);
        let faults = [("/barrier", barrier), ("/since", since), ("/text", text)].into_iter();
        faults.filter_map(|(pointer, code)| Some(Violation::new(pointer, code?))).collect()
    }
}

/// The first day of a month; `None` for what is none.
fn month(text: &str) -> Option<NaiveDate> {
    let is_plain =
        text.len() == 7 && text.bytes().enumerate().all(|(at, b)| if at == 4 { b == b'-' } else { b.is_ascii_digit() });
    format!("{text}-01").parse().ok().filter(|_| is_plain)
}

/// What the open reports of one listing propose, a sentence each; only what is said by code.
pub fn proposals(reports: &[Report]) -> Vec<String> {
    let open = || reports.iter().filter(|report| report.state.is_open());
    let people = |number: usize| if number == 1 { "one says".to_owned() } else { format!("{number} say") };
    let mut proposals: Vec<String> = Vec::new();
    for barrier in Barrier::ALL {
        let number = open().filter(|report| report.barrier == Some(*barrier)).count();
        if number > 0 {
            let said = people(number);
            proposals.push(format!(
                "{said} that somebody was not eligible because of {}: ask whether it is stated",
                barrier.label()
            ));
        }
    }
    let waiting: Vec<&str> = open().filter_map(|report| report.since.as_deref()).collect();
    if let Some(first) = waiting.iter().min() {
        let said = people(waiting.len());
        proposals.push(format!("{said} that somebody is waiting, the longest since {first}: ask how long it takes"));
    }
    let got_in = open().filter(|report| report.reason == Reason::GotIn).count();
    if got_in > 0 {
        proposals.push(format!("{} that somebody got in: it takes people", people(got_in)));
    }
    proposals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::State;

    fn today() -> NaiveDate {
        "2026-05-06".parse().unwrap()
    }

    #[test]
    fn each_reason_takes_its_own_code_and_no_other() {
        let faults = |reason: Reason, barrier: Option<&str>, since: Option<&str>, has_words: bool| {
            let faults = Coded { barrier, since, has_words }.faults(reason, today());
            faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(faults(Reason::NotEligible, Some("age"), None, false), [""; 0]);
        assert_eq!(faults(Reason::WaitingSince, None, Some("2026-05"), false), [""; 0]);
        assert_eq!(faults(Reason::GotIn, None, None, false), [""; 0]);
        assert_eq!(faults(Reason::Wrong, None, None, true), [""; 0]);
        assert_eq!(faults(Reason::NotEligible, None, None, true), ["/barrier required", "/text conflict"]);
        assert_eq!(
            faults(Reason::NotEligible, Some("name"), Some("2026-05"), false),
            ["/barrier not_in_list", "/since conflict"]
        );
        assert_eq!(faults(Reason::Full, Some("age"), Some("x"), false), ["/barrier conflict", "/since conflict"]);
        for (since, code) in [
            ("2026-06", "out_of_range"),
            ("2015-12", "out_of_range"),
            ("2026-13", "not_a_date"),
            ("May 2026", "not_a_date"),
            ("2026-5-", "not_a_date"),
        ] {
            assert_eq!(faults(Reason::WaitingSince, None, Some(since), false), [format!("/since {code}")], "{since}");
        }
    }

    #[test]
    fn what_is_open_is_counted_for_the_keeper_in_words() {
        let report = |reason, barrier, since: Option<&str>, state| Report {
            code: String::new(),
            listing: String::new(),
            reason,
            barrier,
            since: since.map(str::to_owned),
            words: None,
            state,
            because: None,
            hides: false,
            day: today(),
        };
        let age = || report(Reason::NotEligible, Some(Barrier::Age), None, State::Received);
        let reports = [
            age(),
            age(),
            age(),
            report(Reason::NotEligible, Some(Barrier::Age), None, State::Changed),
            report(Reason::WaitingSince, None, Some("2026-03"), State::BeingChecked),
            report(Reason::WaitingSince, None, Some("2025-11"), State::Received),
            report(Reason::GotIn, None, None, State::Received),
            report(Reason::Wrong, None, None, State::Received),
        ];
        assert_eq!(
            proposals(&reports),
            [
                "3 say that somebody was not eligible because of their age: ask whether it is stated",
                "2 say that somebody is waiting, the longest since 2025-11: ask how long it takes",
                "one says that somebody got in: it takes people",
            ]
        );
        assert_eq!(proposals(&reports[7..]), [""; 0]);
    }
}
