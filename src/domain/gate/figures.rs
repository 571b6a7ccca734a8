//! Figures of a private record that stand by themselves, outside of any sentence: telephone numbers, sums, ages, days and the numbers of
//! registers. Each has to be what it says it is, and within bounds: other figures may be a local number or a position.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use serde_json::{Map, Number, Value};

use super::sentence;
use crate::domain::{coming::Coming, crisis, service::Service, telltale::number};

/// What may stand before the figures of a register's number.
const PREFIXES: [&str; 9] = ["", "SC", "NI", "NIC", "OC", "SO", "RS", "IP", "CE"];
/// Registers whose numbers are published of anybody.
pub const REGISTERS: [&str; 6] = ["GB-CHC", "GB-SC", "GB-NIC", "GB-COH", "GB-MPR", "GB-SHPE"];
/// Numbers of services of the whole country that have no code: emergencies, health, police, and the lines that all of Europe shares.
const SHORT: [&str; 12] =
    ["999", "112", "111", "101", "105", "119", "159", "116000", "116006", "116111", "116117", "116123"];
/// No fee is higher, so that no sums are a position.
const MOST_POUNDS: f64 = 500.0;
/// The highest extension: with one figure more it could be the code of a town.
const MOST_EXTENSION: f64 = 999.0;
/// The highest age, in years.
const MOST_AGE: f64 = 120.0;
/// The years in which something was looked at, or holds. What is older than that is out of date by any measure.
const YEARS: std::ops::RangeInclusive<u32> = 2000..=2099;

/// The days of a year, which a day may be away.
const YEAR: u64 = 366;

/// Whether a number can be rung as it stands: a national one of its length, a local one that is seen to be local (what is
/// done with that is decided by its areas), or a short one that is known.
pub fn is_number(text: &str) -> bool {
    #[cfg(debug_assertions)]
    if crate::domain::sabotage::on("numbers-unseen") {
        return text.chars().any(|c| c.is_ascii_digit());
    }
    let text = text.trim();
    let rest = text.strip_prefix('+').unwrap_or(text);
    if !rest.chars().all(|c| c.is_ascii_digit() || "()- ".contains(c)) {
        return false;
    }
    let figures: String = rest.chars().filter(char::is_ascii_digit).collect();
    if !figures.starts_with('0') && rest == text {
        return is_short(&figures);
    }
    let Some(national) = number::national(text) else { return false };
    match national.get(..2) {
        Some("01" | "02") => (10..=11).contains(&national.len()) && number::rings(text) != number::Rings::Anywhere,
        Some("03" | "07") => national.len() == 11,
        Some("08") => (10..=11).contains(&national.len()) || national == "08001111",
        _ => false,
    }
}

/// A number without a code that everybody may know. Of those that only some have, four figures may be a town's.
fn is_short(figures: &str) -> bool {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        // A word is sent to these by text message.
        crisis::lines().iter().filter_map(|line| line.text.as_ref()).map(|text| text.number.clone()).collect()
    });
    SHORT.contains(&figures) || WORDS.iter().any(|known| known == figures)
}

/// Whether a number of that member may be told. One that has no bounds here tells nothing that a reader needs.
pub fn is_bounded(member: &str, number: &Number) -> bool {
    let within = |most: f64| number.as_f64().filter(|number| (0.0..=most).contains(number));
    match member {
        "amount" => within(MOST_POUNDS).is_some_and(is_price),
        "extension" => within(MOST_EXTENSION).is_some_and(|number| number.fract() == 0.0),
        member if member.ends_with("_age") => within(MOST_AGE).is_some_and(|age| age.fract() == 0.0),
        _ => false,
    }
}

/// Whether a sum is one that is asked for: in pounds and halves. A tenth more would be a degree to ten kilometres.
fn is_price(amount: f64) -> bool {
    (amount * 2.0).fract() == 0.0
}

/// Whether a day, `YYYY-MM-DD`, is one on which somebody can have looked at a listing.
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && text.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year| YEARS.contains(&year))
}

/// Leaves of the days of a private service those that can be meant on a day: on which somebody looked at it in the year before, or
/// that a sum holds from or until within a year. Others may be a code.
pub fn keep_days(service: &mut Service, coming: &mut Coming, on: NaiveDate) {
    let year = Days::new(YEAR);
    let [first, last] = [on.checked_sub_days(year), on.checked_add_days(year)].map(|day| day.unwrap_or(on));
    let looked = |day: &mut String| !day.parse().is_ok_and(|day: NaiveDate| (first..=on).contains(&day));
    let holds = |day: &mut String| !day.parse().is_ok_and(|day: NaiveDate| (first..=last).contains(&day));
    service.assured_date.take_if(looked);
    coming.accepting_checked_on.take_if(looked);
    if let Some(wait) = &mut coming.wait {
        wait.checked_on.take_if(looked);
    }
    for cost in &mut service.cost_options {
        cost.valid_from.take_if(holds);
        cost.valid_to.take_if(holds);
    }
}

/// The number of a register that anybody may look into, by the name of the register; what it is called, if that passes.
pub fn is_register(members: &Map<String, Value>) -> bool {
    let text = |member: &str| members.get(member).and_then(Value::as_str);
    let number = text("identifier").unwrap_or_default();
    let figures = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let is_number = PREFIXES.contains(&&number[..number.len() - figures.len()])
        && (5..=8).contains(&figures.len())
        && figures.chars().all(|c| c.is_ascii_digit());
    let called = text("identifier_type").unwrap_or_default();
    // Figures of no register may be those of a house or a telephone.
    let known = text("identifier_scheme").map_or(REGISTERS.contains(&called), |scheme| REGISTERS.contains(&scheme));
    let called_so = called.is_empty() || REGISTERS.contains(&called) || sentence::is_name(called, &[]);
    is_number && known && called_so
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_bounded, is_day, is_number, is_register, keep_days};
    use crate::domain::{
        coming::{Coming, Wait},
        read,
        service::Service,
    };

    #[test]
    fn days_on_which_nobody_can_have_looked_are_not_told() {
        let kept = |day: &str| {
            let record = json!({ "id": "00000000-0000-4000-8000-000000000001", "name": "Refuge", "status": "active", "assured_date": day,
                "cost_options": [{ "id": "00000000-0000-4000-8000-000000000002", "valid_from": day, "valid_to": day }] });
            let mut service = read::read::<Service>(record.as_object().unwrap()).0.unwrap();
            let wait = Some(Wait { checked_on: Some(day.to_owned()), weeks_from: Some(1), weeks_to: None });
            let mut coming = Coming { wait, accepting_checked_on: Some(day.to_owned()), ..Coming::default() };
            keep_days(&mut service, &mut coming, "2026-11-23".parse().unwrap());
            let cost = &service.cost_options[0];
            let looked =
                [&service.assured_date, &coming.accepting_checked_on, &coming.wait.as_ref().unwrap().checked_on];
            assert!(looked.iter().all(|day| day.is_some() == looked[0].is_some()));
            (looked[0].is_some(), cost.valid_from.is_some() && cost.valid_to.is_some())
        };
        for day in ["2026-11-23", "2026-01-01", "2025-11-23"] {
            assert_eq!(kept(day), (true, true), "{day}");
        }
        assert_eq!(kept("2026-11-24"), (false, true), "to come");
        for day in ["2053-09-05", "2090-05-01", "2025-11-21", "2001-06-12"] {
            assert_eq!(kept(day), (false, false), "{day}");
        }
    }

    #[test]
    fn a_number_is_national_or_seen_to_be_local_or_known_to_all() {
        for number in [
            "0808 157 0001",
            "+44 808 157 0001",
            "0300 123 4567",
            "07700 900123",
            "(01943) 461234",
            "0113 496 0123",
            "999",
            "116 123",
            "85258",
            "0800 1111",
        ] {
            assert!(is_number(number), "{number}");
        }
        for number in [
            "1943 461234",
            "18001 01943 461234",
            "01943",
            "1943",
            "81943",
            "61943",
            "943",
            "116194",
            "+1943 461234",
            "+44 1943",
            "01943 461234 x 5",
            "01943.461234",
            "461234",
            "",
            "0808 157",
        ] {
            assert!(!is_number(number), "{number}");
        }
    }

    #[test]
    fn other_figures_have_bounds() {
        let number = |value: serde_json::Value| value.as_number().unwrap().clone();
        for (member, value) in [
            ("amount", json!(3.5)),
            ("minimum_age", json!(16)),
            ("maximum_age", json!(25.0)),
            ("extension", json!(204)),
        ] {
            assert!(is_bounded(member, &number(value)), "{member}");
        }
        for (member, value) in [
            ("amount", json!(53.95)),
            ("amount", json!(53.9)),
            ("amount", json!(1.7)),
            ("amount", json!(1943)),
            ("amount", json!(-1)),
            ("minimum_age", json!(16.5)),
            ("minimum_age", json!(1943)),
            ("extension", json!(1943)),
            ("extension", json!(53.9)),
            ("whatever", json!(1)),
        ] {
            assert!(!is_bounded(member, &number(value.clone())), "{member} {value}");
        }
        assert!(is_day("2026-03-01") && !is_day("1943-03-01") && !is_day("2026-03-01T19:43:00Z") && !is_day(""));
    }

    #[test]
    fn a_register_is_named() {
        let passes = |value: serde_json::Value| is_register(value.as_object().unwrap());
        assert!(passes(json!({ "identifier_scheme": "GB-CHC", "identifier": "1000001" })));
        assert!(passes(json!({ "identifier_type": "GB-COH", "identifier": "SC123456" })));
        for number in [
            json!({ "identifier": "1000001" }),
            json!({ "identifier_type": "UPRN", "identifier": "1000001" }),
            json!({ "identifier_scheme": "GB-CHC", "identifier_type": "Otley", "identifier": "1000001" }),
            json!({ "identifier_scheme": "GB-CHC", "identifier": "01943461234" }),
            json!({ "identifier_scheme": "own", "identifier": "1000001" }),
        ] {
            assert!(!passes(number.clone()), "{number}");
        }
    }
}
