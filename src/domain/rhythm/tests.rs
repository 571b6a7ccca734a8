//! Rhythms held against the iCalendar library, and what they say of days that people know.

use chrono::{NaiveDate, NaiveTime, TimeZone};
use rrule::RRuleSet;

use super::{Moment, Rhythm, Session, compile};
use crate::domain::{
    clock::{Chance, SeededChance, Timestamp},
    id::Id,
    schedule::{Freq, Schedule, Weekday},
};

/// A schedule; `byday` may be empty.
pub fn schedule(freq: &str, byday: &str, opens: &str, closes: &str) -> Schedule {
    let json = serde_json::json!({
        "id": Id::<crate::domain::id::kind::Schedule>::from_u128(1), "freq": freq, "opens_at": opens, "closes_at": closes,
    });
    let mut schedule: Schedule = serde_json::from_value(json).unwrap();
    schedule.byday = Some(byday.to_owned()).filter(|days| !days.is_empty());
    schedule
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn said(session: Option<Session>) -> String {
    let Some(times) = session.map(|session| session.times()) else { return "none".to_owned() };
    format!("{} to {}", times.starts_at, times.ends_at.unwrap_or_default())
}

fn next(schedules: &[Schedule], now: &str) -> String {
    said(Rhythm::new(&compile(schedules)).next(Moment::of(at(now))))
}

#[test]
fn the_next_session_is_the_one_that_is_on_or_the_next_to_begin() {
    let tuesdays = [schedule("WEEKLY", "TU", "18:30Z", "20:00Z")];
    let this_week = "2026-11-24T18:30:00+00:00 to 2026-11-24T20:00:00+00:00";
    for now in ["2026-11-23T09:00:00Z", "2026-11-24T18:30:00Z", "2026-11-24T19:59:59Z"] {
        assert_eq!(next(&tuesdays, now), this_week, "{now}");
    }
    assert_eq!(next(&tuesdays, "2026-11-24T20:00:00Z"), "2026-12-01T18:30:00+00:00 to 2026-12-01T20:00:00+00:00");
    assert_eq!(next(&tuesdays, "2026-03-30T09:00:00Z"), "2026-03-31T18:30:00+01:00 to 2026-03-31T20:00:00+01:00");
    let mut open_end = tuesdays.clone();
    open_end[0].closes_at = None;
    assert_eq!(next(&open_end, "2026-11-24T18:30:30Z"), "2026-11-24T18:30:00+00:00 to ");
    assert_eq!(next(&open_end, "2026-11-24T18:31:00Z"), "2026-12-01T18:30:00+00:00 to ");
}

#[test]
fn what_goes_on_past_midnight_is_on_after_midnight() {
    let nights = [schedule("WEEKLY", "SA", "22:00", "02:00")];
    let on = "2026-11-28T22:00:00+00:00 to 2026-11-29T02:00:00+00:00";
    assert_eq!(next(&nights, "2026-11-29T01:30:00Z"), on);
    assert_ne!(next(&nights, "2026-11-29T02:00:00Z"), on);
    let always = [schedule("WEEKLY", "MO,TU,WE,TH,FR,SA,SU", "00:00", "00:00")];
    assert_eq!(next(&always, "2026-11-29T01:30:00Z"), "2026-11-29T00:00:00+00:00 to 2026-11-30T00:00:00+00:00");
}

#[test]
fn a_week_is_left_out_by_two_rules_and_both_sides_of_it_are_told() {
    let mut until = schedule("WEEKLY", "TH", "18:00", "19:45");
    until.until = Some("2026-11-19".to_owned());
    let mut after = schedule("WEEKLY", "TH", "18:00", "19:45");
    after.dtstart = Some("2026-12-03".to_owned());
    let rhythm = compile(&[until, after]);
    let days = Rhythm::new(&rhythm).between(at("2026-11-01T00:00:00Z"), at("2026-12-10T12:00:00Z"));
    let days: Vec<String> = days.iter().map(|session| session.starts.to_string()[..10].to_owned()).collect();
    assert_eq!(days, ["2026-11-05", "2026-11-12", "2026-11-19", "2026-12-03"]);
}

#[test]
fn single_days_have_their_day_and_no_other() {
    let mut once = schedule("WEEKLY", "", "14:00", "16:00");
    (once.freq, once.dtstart) = (None, Some("2026-12-05".to_owned()));
    assert_eq!(next(&[once.clone()], "2026-11-23T09:00:00Z"), "2026-12-05T14:00:00+00:00 to 2026-12-05T16:00:00+00:00");
    assert_eq!(next(&[once.clone()], "2026-12-05T16:00:00Z"), "none");
    once.byday = Some("SU".to_owned());
    assert_eq!(next(&[once], "2026-11-23T09:00:00Z"), "none", "a day that it does not name");
    let mut weekday = schedule("WEEKLY", "MO", "09:00", "17:00");
    weekday.freq = None;
    assert_eq!(next(&[weekday], "2026-11-24T09:00:00Z"), "2026-11-30T09:00:00+00:00 to 2026-11-30T17:00:00+00:00");
}

#[test]
fn what_cannot_be_told_for_sure_is_not_told() {
    let unsure: [fn(&mut Schedule); 9] = [
        |s| s.interval = Some(2.0),
        |s| s.count = Some(6.0),
        |s| s.opens_at = None,
        |s| s.byday = Some("TU,XX".to_owned()),
        |s| s.byday = Some("2TU".to_owned()),
        |s| s.byday = None,
        |s| s.byweekno = Some("20".to_owned()),
        |s| s.bymonthday = Some("3".to_owned()),
        |s| s.until = Some("in spring".to_owned()),
    ];
    for (number, unsure) in unsure.into_iter().enumerate() {
        let mut schedule = schedule("WEEKLY", "TU", "18:30", "20:00");
        assert_ne!(next(&[schedule.clone()], "2026-11-23T09:00:00Z"), "none");
        unsure(&mut schedule);
        assert_eq!(next(&[schedule], "2026-11-23T09:00:00Z"), "none", "{number}");
    }
}

#[test]
fn opening_hours_of_a_whole_week_are_one_rule_and_broken_bytes_are_no_session() {
    let week = ["MO", "TU", "WE", "TH", "FR"].map(|day| schedule("WEEKLY", day, "09:00", "17:00"));
    let bytes = compile(&week);
    assert_eq!(bytes.len(), 12);
    for length in 0..12 {
        assert_eq!(Rhythm::new(&bytes[..length]).next(Moment::of(at("2026-11-23T09:00:00Z"))), None);
    }
    assert_eq!(Rhythm::new(&[0xff; 40]).next(Moment::of(at("2026-11-23T09:00:00Z"))), None);
    let many: Vec<Schedule> = (0..400_u64)
        .map(|days| {
            let day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(days);
            Schedule { freq: None, dtstart: Some(day.to_string()), ..schedule("WEEKLY", "", "10:00", "11:00") }
        })
        .collect();
    assert_eq!(compile(&many).len(), 256 * 12);
    assert_eq!(next(&many, "2026-01-30T00:00:00Z"), "2026-01-30T10:00:00+00:00 to 2026-01-30T11:00:00+00:00");
}

/// A number below another.
fn below(chance: &SeededChance, below: u64) -> u64 {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    u64::from_le_bytes(bytes) % below
}

/// A random schedule, and the same as an iCalendar text.
fn random(chance: &SeededChance) -> (Schedule, String) {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let below = |n| below(chance, n);
    let one_in = |n| below(n) == 0;
    let monthly = one_in(2);
    let interval = if one_in(2) { 1 } else { 1 + below(9) };
    let begins = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + chrono::Days::new(below(1_400));
    // Neither in the hour that comes twice nor in the one left out: there the library goes its own ways.
    let opens = NaiveTime::from_hms_opt([0, 3 + below(21)][below(2) as usize] as u32, below(60) as u32, 0).unwrap();
    // The library takes `2SU,TU` for days that are both, as its model does; here, as in iCalendar, they are either.
    let with_ordinals = monthly && !one_in(3);
    let day = |_| {
        let day = DAYS[below(7) as usize];
        let ordinal = with_ordinals.then(|| [1, 2, 3, 4, 5, -1, -2, -4][below(8) as usize]);
        ordinal.map_or_else(|| day.to_owned(), |nth: i32| format!("{nth}{day}"))
    };
    let days: Vec<String> = (0..below(4)).map(day).collect();
    let month_days: Vec<i64> = match monthly && one_in(3) {
        true => (0..1 + below(4)).map(|_| [1, -1][below(2) as usize] * (1 + below(31) as i64)).collect(),
        false => Vec::new(),
    };
    let mut schedule = schedule(if monthly { "MONTHLY" } else { "WEEKLY" }, &days.join(","), &opens.to_string(), "");
    schedule.dtstart = Some(begins.to_string());
    schedule.interval = Some(interval as f64);
    let freq = if monthly { Freq::Monthly } else { Freq::Weekly };
    let mut rule = format!("FREQ={};INTERVAL={interval}", if freq == Freq::Monthly { "MONTHLY" } else { "WEEKLY" });
    if !days.is_empty() {
        rule += &format!(";BYDAY={}", days.join(","));
    }
    if !month_days.is_empty() {
        let days: Vec<String> = month_days.iter().map(i64::to_string).collect();
        schedule.bymonthday = Some(days.join(","));
        rule += &format!(";BYMONTHDAY={}", days.join(","));
    }
    if one_in(3) {
        schedule.wkst = Some(Weekday::Su);
        rule += ";WKST=SU";
    }
    if one_in(3) {
        let times = 1 + below(30);
        schedule.count = Some(times as f64);
        rule += &format!(";COUNT={times}");
    } else if one_in(2) {
        let until = begins + chrono::Days::new(below(900));
        schedule.until = Some(until.to_string());
        let end = chrono_tz::Europe::London.from_local_datetime(&until.and_hms_opt(23, 59, 59).unwrap()).unwrap();
        rule += &format!(";UNTIL={}", end.to_utc().format("%Y%m%dT%H%M%SZ"));
    }
    let starts = begins.and_time(opens).format("%Y%m%dT%H%M%S");
    (schedule, format!("DTSTART;TZID=Europe/London:{starts}\nRRULE:{rule}"))
}

#[test]
fn random_rules_have_the_sessions_that_the_icalendar_library_gives_them() {
    let chance = SeededChance::new(7);
    let (mut sessions, mut empty) = (0, 0);
    for number in 0..4_000 {
        let (schedule, text) = random(&chance);
        let library: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{number}: {error}: {text}"));
        let begins: NaiveDate = schedule.dtstart.as_deref().unwrap().parse().unwrap();
        let bytes = compile(&[schedule]);
        let rhythm = Rhythm::new(&bytes);
        let from = begins - chrono::Days::new(30) + chrono::Days::new(below(&chance, 300));
        let from = at(&format!("{from}T{:02}:00:00Z", below(&chance, 24)));
        let to = Timestamp::from_millis(from.millis() + 86_400_000 * (1 + below(&chance, 60) as i64)).unwrap();
        let instants = |library: RRuleSet, from: Timestamp, to: Timestamp, most| -> Vec<i64> {
            let instant = |at: Timestamp| chrono::DateTime::from_timestamp_millis(at.millis()).unwrap();
            let zone = |at| instant(at).with_timezone(&rrule::Tz::UTC);
            // Its limits are inclusive.
            let found = library.after(zone(from)).before(zone(to)).all(most).dates;
            found.iter().map(chrono::DateTime::timestamp).filter(|at| *at < to.seconds()).collect()
        };
        let expected = instants(library.clone(), from, to, 1_000);
        let found: Vec<i64> =
            rhythm.between(from, to).iter().map(|session| session.starts.instant().unwrap().seconds()).collect();
        assert_eq!(found, expected, "{number} from {from} to {to}: {text}");
        let far = Timestamp::from_millis(from.millis() + 86_400_000 * 395).unwrap();
        let next = rhythm.next(Moment::of(from)).map(|session| session.starts.instant().unwrap().seconds());
        let next = next.filter(|next| *next < far.seconds());
        assert_eq!(next, instants(library, from, far, 1).first().copied(), "{number} next after {from}: {text}");
        sessions += found.len();
        empty += usize::from(found.is_empty());
    }
    assert!(sessions > 4_000 && (100..3_000).contains(&empty), "{sessions} sessions, {empty} windows without");
}
