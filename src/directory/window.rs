//! Sessions as they were asked for: which window of time, near where, and every fault at once.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::request::SearchRequest;
use crate::domain::{
    clock::Timestamp,
    read::{Code, Violation},
    rhythm::{Moment, Rhythm, Session, WeekMask, day_begins, parts_of_days},
};

/// The longest window, in days.
pub const LONGEST_DAYS: i64 = 31;
/// How many days a window has that does not say where it ends.
const USUAL_DAYS: i64 = 7;
const DAY: i64 = 86_400_000;

/// Sessions as they were asked for. It holds what a person looks for, so it has no `Debug`.
#[derive(Clone, Default, PartialEq)]
pub struct SessionsRequest {
    /// Words, place, filters and page. Its order is not used.
    pub search: SearchRequest,
    /// From when, RFC 3339; now, when absent.
    pub from: Option<String>,
    /// Until before when, RFC 3339; seven days after, when absent.
    pub to: Option<String>,
    /// A day in London instead, `YYYY-MM-DD`; of today what is on from now.
    pub date: Option<String>,
    /// Only sessions that begin at this time of day or later, `HH:MM`.
    pub starts_after: Option<String>,
    /// Only sessions that begin before this time of day, `HH:MM`.
    pub starts_before: Option<String>,
}

/// The window of time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// From when.
    pub from: Timestamp,
    /// Until before when.
    pub to: Timestamp,
    /// The parts of the week in which its sessions are.
    pub parts: WeekMask,
    /// Whether a session must be in one of those; otherwise the window itself sees to it.
    asked: bool,
    after: Option<NaiveTime>,
    before: Option<NaiveTime>,
}

impl SessionsRequest {
    /// The window, seen from `now`.
    ///
    /// # Errors
    /// Every fault of the request; places are looked up later.
    pub fn window(&self, now: Timestamp) -> Result<Window, Vec<Violation>> {
        let mut faults = self.search.faults();
        if !self.search.has_place() {
            faults.push(Violation::new("/near", Code::Required));
        }
        let time = |text: &Option<String>| text.as_deref().map(|text| NaiveTime::parse_from_str(text, "%H:%M"));
        let mut of_day = [None; 2];
        for (name, text, into) in [("/starts_after", &self.starts_after, 0), ("/starts_before", &self.starts_before, 1)]
        {
            match time(text).transpose() {
                Ok(time) => of_day[into] = time,
                Err(_) => faults.push(Violation::new(name, Code::NotATime)),
            }
        }
        let (from, to) = self.ends(now, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let first = Moment::of(from).local().date().weekday().num_days_from_monday();
        let days = u32::try_from((to.millis() - from.millis()) / DAY).unwrap_or(0);
        let parts = match self.search.parts_of_week() {
            // From the day before on: what began then may still be on.
            0 => parts_of_days(first + 6, days + 3),
            asked => asked,
        };
        let asked = self.search.parts_of_week() != 0;
        Ok(Window { from, to, parts, asked, after: of_day[0], before: of_day[1] })
    }

    /// Both ends of the window; what is wrong with them is added to the faults.
    fn ends(&self, now: Timestamp, faults: &mut Vec<Violation>) -> (Timestamp, Timestamp) {
        let mut fault = |pointer: &str, code, reason: String| {
            faults.push(Violation { pointer: pointer.to_owned(), code, reason });
            (now, now)
        };
        if let Some(date) = &self.date {
            if self.from.is_some() || self.to.is_some() {
                return fault("/date", Code::Conflict, "say the time once: date, or from and to".to_owned());
            }
            let ends = date
                .parse::<NaiveDate>()
                .ok()
                .and_then(|date| Some((day_begins(date, 0)?, day_begins(date.checked_add_days(Days::new(1))?, 0)?)));
            let Some((begins, ends)) = ends else {
                return fault("/date", Code::NotADate, Code::NotADate.reason().to_owned());
            };
            // Of today's day what is over is of no use to anybody.
            return (if now < ends { begins.max(now) } else { begins }, ends);
        }
        let mut instant = |pointer: &str, text: &Option<String>, otherwise: i64| match text.as_deref().map(str::parse) {
            Some(Ok(instant)) => Some(instant),
            Some(Err(_)) => {
                fault(pointer, Code::NotATime, "is not an instant as RFC 3339 writes it, with its offset".to_owned());
                None
            }
            None => Timestamp::from_millis(otherwise),
        };
        let Some(from) = instant("/from", &self.from, now.millis()) else {
            instant("/to", &self.to, 0);
            return (now, now);
        };
        let Some(to) = instant("/to", &self.to, from.millis() + USUAL_DAYS * DAY) else { return (now, now) };
        if to <= from {
            return fault("/to", Code::Conflict, "is not after the beginning of the window".to_owned());
        }
        if to.millis() - from.millis() > LONGEST_DAYS * DAY + DAY / 24 {
            return fault("/to", Code::OutOfRange, format!("is more than {LONGEST_DAYS} days after the beginning"));
        }
        (from, to)
    }
}

impl Window {
    /// The sessions of a rhythm in the window.
    pub fn sessions(&self, rhythm: Rhythm<'_>) -> Vec<Session> {
        let mut sessions = rhythm.between(self.from, self.to);
        if self.after.is_some() || self.before.is_some() {
            let is_asked = |time: NaiveTime| {
                self.after.is_none_or(|after| time >= after) && self.before.is_none_or(|before| time < before)
            };
            sessions.retain(|session| is_asked(session.starts.local().time()));
        }
        if self.asked {
            sessions.retain(|session| session.parts() & self.parts != 0);
        }
        sessions
    }
}

#[cfg(test)]
mod tests {
    use super::SessionsRequest;
    use crate::directory::request::SearchRequest;

    const NOW: &str = "2026-11-23T09:00:00Z";

    fn asked(from: &str, to: &str, date: &str) -> SessionsRequest {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let search = SearchRequest { near: some("LS6 2"), ..SearchRequest::default() };
        SessionsRequest { search, from: some(from), to: some(to), date: some(date), ..SessionsRequest::default() }
    }

    fn window(from: &str, to: &str, date: &str) -> String {
        match asked(from, to, date).window(NOW.parse().unwrap()) {
            Ok(window) => format!("{} {} {:07x}", window.from, window.to, window.parts),
            Err(faults) => faults.iter().map(|fault| format!("{} {};", fault.pointer, fault.code.as_str())).collect(),
        }
    }

    #[test]
    fn a_window_is_a_week_from_now_a_day_or_what_is_said() {
        assert_eq!(window("", "", ""), "2026-11-23T09:00:00.000Z 2026-11-30T09:00:00.000Z fffffff");
        assert_eq!(window("", "", "2026-11-23"), "2026-11-23T09:00:00.000Z 2026-11-24T00:00:00.000Z f0000ff");
        assert_eq!(window("", "", "2026-06-10"), "2026-06-09T23:00:00.000Z 2026-06-10T23:00:00.000Z 00ffff0");
        assert_eq!(
            window("2026-11-25T18:00:00Z", "2026-11-25T22:00:00Z", ""),
            "2026-11-25T18:00:00.000Z 2026-11-25T22:00:00.000Z 000fff0"
        );
    }

    #[test]
    fn faults_of_the_window_are_told() {
        assert_eq!(window("", "", "24 November"), "/date not_a_date;");
        assert_eq!(window("2026-11-25T18:00:00Z", "", "2026-11-24"), "/date conflict;");
        assert_eq!(window("tonight", "2026-11-24", ""), "/from not_a_time;/to not_a_time;");
        assert_eq!(window("", "2026-11-23T09:00:00Z", ""), "/to conflict;");
        assert_eq!(window("", "2026-12-25T09:00:00Z", ""), "/to out_of_range;");
        let none = SessionsRequest { starts_after: Some("half six".to_owned()), ..SessionsRequest::default() };
        let faults = none.window(NOW.parse().unwrap()).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/near", "/starts_after"]);
    }
}
