//! What the sample's files say in our own extension's words: tables that go into a record as they stand, but for their days.

use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;

/// The same with each text of the form `{+90}` or `{-40}` as that many days from today, `YYYY-MM-DD`. Texts that were
/// wrapped for reading are unwrapped. `None` when a day cannot be read.
pub fn dated(value: &Value, today: NaiveDate) -> Option<Value> {
    Some(match value {
        Value::String(text) => match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(days) => today.checked_add_signed(TimeDelta::try_days(days.parse().ok()?)?)?.to_string().into(),
            None => super::one_line(text).into(),
        },
        Value::Array(items) => items.iter().map(|item| dated(item, today)).collect::<Option<Vec<_>>>()?.into(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| Some((name.clone(), dated(value, today)?)))
            .collect::<Option<serde_json::Map<_, _>>>()?
            .into(),
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::dated;

    #[test]
    fn days_are_counted_from_today_at_any_depth() {
        let today = "2026-11-23".parse().unwrap();
        let said = json!({ "on": "{-23}", "list": [{ "review_on": "{+8}" }], "does": "a \n b", "days": 2 });
        let filled = json!({ "on": "2026-10-31", "list": [{ "review_on": "2026-12-01" }], "does": "a b", "days": 2 });
        assert_eq!(dated(&said, today), Some(filled));
        assert_eq!(dated(&json!(["{soon}"]), today), None);
    }
}
