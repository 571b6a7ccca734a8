//! Days relative to today: the first of a series, about half a year back, and those that an alert names.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};

use super::listings::{Attend, Freq};

/// Half a year in weeks: even, so that what is fortnightly keeps its step.
const WEEKS_BACK: u64 = 26;

/// The day on which a series began; `None` when its days cannot be read.
///
/// A fortnightly series is set so that its next day is in this round of the week (`next = 0`) or in
/// the one after (`next = 1`).
pub fn first_day(when: &Attend, today: NaiveDate) -> Option<NaiveDate> {
    match when.freq {
        Freq::Weekly => {
            let next = next_day(when, today)?;
            if when.cancelled {
                return next.checked_add_days(Days::new(7 * u64::from(when.every)));
            }
            next.checked_sub_days(Days::new(7 * WEEKS_BACK))
        }
        Freq::Monthly => {
            let (ordinal, day) = when.on.split_at_checked(when.on.len().checked_sub(2)?)?;
            in_month(today.checked_sub_months(Months::new(6))?, ordinal.parse().ok()?, weekday(day)?)
        }
    }
}

/// The next day of a weekly series, today included.
fn next_day(when: &Attend, today: NaiveDate) -> Option<NaiveDate> {
    let days = when.on.split(',').map(weekday).collect::<Option<Vec<_>>>()?;
    let coming = today.iter_days().take(7).find(|day| days.contains(&day.weekday()))?;
    coming.checked_add_days(Days::new(7 * u64::from(when.next)))
}

/// An alert with its days written out: `{next}` is the next day of the series, `{after}` the one that
/// follows it, `{+21}` and `{-40}` are days from today. `None` when one cannot be read.
pub fn filled(alert: &str, when: Option<&Attend>, today: NaiveDate) -> Option<String> {
    let mut parts = alert.split('{');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        let day = match name {
            "next" => next_day(when?, today)?,
            "after" => next_day(when?, today)?.checked_add_days(Days::new(7 * u64::from(when?.every)))?,
            days => today.checked_add_signed(TimeDelta::try_days(days.parse().ok()?)?)?,
        };
        out.push_str(&day.format("%A %-d %B").to_string());
        out.push_str(rest);
    }
    Some(out)
}

/// The so-manieth such day of a day's month; from its end when negative.
fn in_month(month: NaiveDate, ordinal: i8, day: Weekday) -> Option<NaiveDate> {
    let nth = |n: u8| NaiveDate::from_weekday_of_month_opt(month.year(), month.month(), day, n);
    match ordinal {
        1..=5 => nth(ordinal.unsigned_abs()),
        -1 => nth(5).or_else(|| nth(4)),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Days, NaiveDate};

    use super::{filled, first_day};
    use crate::cli::sample::listings::Attend;

    fn when(text: &str) -> Attend {
        toml::from_str(&format!("{text}\nfrom = \"10:00\"\nto = \"11:00\"\nsay = \"x\"")).unwrap()
    }

    #[test]
    fn series_begin_on_one_of_their_days_and_keep_their_step() {
        for offset in 0..40 {
            let today = NaiveDate::from_ymd_opt(2026, 2, 20).unwrap() + Days::new(offset);
            let weekly = first_day(&when("on = \"TU,SA\""), today).unwrap();
            assert!(weekly < today && ["Tue", "Sat"].contains(&weekly.weekday().to_string().as_str()));

            for next in 0..2 {
                let start = first_day(&when(&format!("every = 2\nnext = {next}\non = \"SA\"")), today).unwrap();
                let coming = start.iter_days().step_by(14).find(|day| *day >= today).unwrap();
                let days = (coming - today).num_days();
                assert!((next * 7..next * 7 + 7).contains(&days), "{today} {days}");
            }
        }
    }

    #[test]
    fn a_cancelled_session_is_left_out_and_the_series_goes_on_a_week_later() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(first_day(&when("on = \"WE\"\ncancelled = true"), today).unwrap().to_string(), "2026-12-02");
    }

    #[test]
    fn alerts_name_days_from_today_and_of_the_series() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let said = |alert| filled(alert, Some(&when("on = \"WE\"")), today);
        assert_eq!(
            said("Not {next}; again {after}, {+10}, {-1}.").as_deref(),
            Some("Not Wednesday 25 November; again Wednesday 2 December, Thursday 3 December, Sunday 22 November.")
        );
        assert_eq!((said("{soon}"), said("{next"), filled("{next}", None, today)), (None, None, None));
        assert_eq!(filled("No days.", None, today).as_deref(), Some("No days."));
    }

    #[test]
    fn monthly_series_count_from_either_end_of_the_month() {
        let today = NaiveDate::from_ymd_opt(2026, 8, 31).unwrap();
        let first = |on: &str| {
            first_day(&when(&format!("freq = \"monthly\"\non = \"{on}\"")), today).map(|day| day.to_string())
        };
        assert_eq!(first("2TH").as_deref(), Some("2026-02-12"));
        assert_eq!(first("-1TU").as_deref(), Some("2026-02-24"));
        assert_eq!(first("TH"), None);
        assert_eq!(first_day(&when("on = \"XX\""), today), None);
    }
}
