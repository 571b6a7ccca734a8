//! A schedule: when something happens, in the words of iCalendar.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{
    id::{Id, kind},
    read::{NAME, TEXT, Words, record},
    taxonomy::Attribute,
};

record! {
    /// When a service happens or a place is open. Times are wall-clock times in London.
    Schedule, kind::Schedule;
    needed {}
    optional {
        /// The service.
        service_id: Id<kind::Service> = key();
        /// The place.
        location_id: Id<kind::Location> = key();
        /// The service at one place.
        service_at_location_id: Id<kind::ServiceAtLocation> = key();
        /// The first day on which this holds, `YYYY-MM-DD`.
        valid_from: String = date();
        /// The last day on which this holds, `YYYY-MM-DD`.
        valid_to: String = date();
        /// The day of the first event, `YYYY-MM-DD`.
        dtstart: String = date();
        /// The day of the last event, `YYYY-MM-DD`.
        until: String = date();
        /// The day on which a week starts.
        wkst: Weekday = choice();
        /// Whether it recurs by weeks or by months.
        freq: Freq = choice();
        /// Days of the week, with the week of the month before each where monthly: `TU,TH`, `2TH`, `-1FR`.
        byday: String = text(NAME);
        /// Weeks of the year.
        byweekno: String = text(NAME);
        /// Days of the month.
        bymonthday: String = text(NAME);
        /// Days of the year.
        byyearday: String = text(NAME);
        /// When it happens, in words.
        description: String = text(TEXT);
        /// From when, `HH:MM[:SS]` with the zone the source wrote.
        opens_at: String = time();
        /// Until when, `HH:MM[:SS]` with the zone the source wrote.
        closes_at: String = time();
        /// A page with each session, perhaps to book one.
        schedule_link: String = web();
        /// How one attends.
        attending_type: String = text(TEXT);
        /// More about it.
        notes: String = text(TEXT);
    }
    numbers {
        /// Hours from UTC, as the source wrote it.
        timezone = between(-14.0, 14.0);
        /// How often it happens in all.
        count = count();
        /// Every how many weeks or months.
        interval = count();
    }
    lists {
        /// Which terms describe it.
        attributes: Attribute;
    }
    apart {}
}

/// Whether something recurs by weeks or by months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "UPPERCASE")]
#[oai(rename_all = "UPPERCASE")]
pub enum Freq {
    /// By weeks.
    Weekly,
    /// By months.
    Monthly,
}

impl Words for Freq {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Weekly, "WEEKLY"), (Self::Monthly, "MONTHLY")];
}

/// A day of the week, in iCalendar's two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "UPPERCASE")]
#[oai(rename_all = "UPPERCASE")]
pub enum Weekday {
    /// Monday.
    Mo,
    /// Tuesday.
    Tu,
    /// Wednesday.
    We,
    /// Thursday.
    Th,
    /// Friday.
    Fr,
    /// Saturday.
    Sa,
    /// Sunday.
    Su,
}

impl Words for Weekday {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Mo, "MO"),
        (Self::Tu, "TU"),
        (Self::We, "WE"),
        (Self::Th, "TH"),
        (Self::Fr, "FR"),
        (Self::Sa, "SA"),
        (Self::Su, "SU"),
    ];
}
