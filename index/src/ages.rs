//! Whom a listing is for by age, in two bytes.

/// The youngest and the oldest in whole years; [`NOT_STATED`] for an end that is not stated.
pub(crate) type AgeRange = [u8; 2];

/// An end of a range that is not stated.
const NOT_STATED: u8 = u8::MAX;

/// Rounds both ends to the year of life they fall in. What is no age (below zero, not a number), and both ends of a
/// range that holds nobody, are not stated.
pub(crate) fn age_range(minimum: Option<f32>, maximum: Option<f32>) -> AgeRange {
    let year = |age: Option<f32>| match age {
        Some(age) if age >= 0.0 => age.floor().min(f32::from(NOT_STATED - 1)) as u8,
        _ => NOT_STATED,
    };
    let range = [year(minimum), year(maximum)];
    let holds_nobody = range[1] < range[0] && range[0] != NOT_STATED;
    if holds_nobody { [NOT_STATED; 2] } else { range }
}

/// Whether a range holds an age; `None` when neither end is stated. With one end stated the other is open.
pub(crate) fn holds([youngest, oldest]: AgeRange, age: u8) -> Option<bool> {
    let stated = youngest != NOT_STATED || oldest != NOT_STATED;
    stated.then_some((youngest == NOT_STATED || youngest <= age) && age <= oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(minimum: Option<f32>, maximum: Option<f32>, age: u8) -> Option<bool> {
        holds(age_range(minimum, maximum), age)
    }

    #[test]
    fn both_ends_belong_to_the_range_and_an_end_not_stated_is_open() {
        for (age, inside) in [(10, false), (11, true), (17, true), (18, false)] {
            assert_eq!(fits(Some(11.0), Some(17.0), age), Some(inside), "{age}");
        }
        assert_eq!(fits(Some(18.0), None, 90), Some(true));
        assert_eq!(fits(Some(18.0), None, 17), Some(false));
        assert_eq!(fits(None, Some(25.0), 25), Some(true));
        assert_eq!(fits(None, Some(25.0), 26), Some(false));
        assert_eq!(fits(None, None, 40), None);
    }

    #[test]
    fn months_count_for_the_year_they_are_in() {
        assert_eq!(fits(Some(0.5), Some(4.9), 0), Some(true));
        assert_eq!(fits(Some(0.5), Some(4.9), 4), Some(true));
    }

    #[test]
    fn what_cannot_be_an_age_is_not_stated() {
        assert_eq!(fits(Some(f32::NAN), Some(-3.0), 30), None);
        assert_eq!(fits(Some(60.0), Some(18.0), 30), None);
        assert_eq!(fits(Some(18.0), Some(f32::INFINITY), u8::MAX), Some(false));
        assert_eq!(fits(Some(18.0), Some(999.0), 120), Some(true));
    }
}
