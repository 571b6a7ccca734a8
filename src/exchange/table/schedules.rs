//! Rows of days and times become schedules.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::{hours, mapping::Cell};
use crate::domain::read::Record;

/// Schedules gathered of rows. Those that differ only in their days are one.
#[derive(Default)]
pub struct Schedules(Vec<Record>);

impl Schedules {
    /// Adds what one row says: `value` gives what stands under a field of the mapping.
    pub fn add(&mut self, fields: &BTreeMap<String, Cell>, mut value: impl FnMut(&Cell) -> Option<String>) {
        let mut plain: Record = Map::new();
        let (mut day, mut times) = (None, None);
        for (field, cell) in fields {
            let Some(value) = value(cell) else { continue };
            match field.as_str() {
                "day" => day = Some(value),
                "times" => times = Some(value),
                "count" | "interval" => drop(plain.insert(field.clone(), number(&value))),
                _ => drop(plain.insert(field.clone(), value.into())),
            }
        }
        if day.is_none() && times.is_none() && plain.is_empty() {
            return;
        }
        let days = day.as_deref().map(hours::days);
        let ranges = times.as_deref().map(hours::times);
        // What is not understood is kept as words, and no part of it is guessed.
        let unread_day = day.filter(|_| days == Some(None));
        let unread_times = times.filter(|_| ranges == Some(None) || unread_day.is_some());
        if unread_day.is_some() || unread_times.is_some() {
            let said = plain.get("description").and_then(Value::as_str).map(str::to_owned);
            let words: Vec<String> = [unread_day.clone(), unread_times, said].into_iter().flatten().collect();
            plain.insert("description".to_owned(), words.join(" ").into());
        }
        if let Some(Some(days)) = days {
            plain.insert("byday".to_owned(), days.into());
            plain.entry("freq").or_insert_with(|| "WEEKLY".into());
        }
        match ranges.flatten().filter(|_| unread_day.is_none()) {
            Some(ranges) => {
                for (from, to) in ranges {
                    let mut schedule = plain.clone();
                    schedule.insert("opens_at".to_owned(), from.into());
                    schedule.insert("closes_at".to_owned(), to.into());
                    self.put(schedule);
                }
            }
            None => self.put(plain),
        }
    }

    fn put(&mut self, schedule: Record) {
        let days = |one: &Record| one.get("byday").and_then(Value::as_str).map(str::to_owned);
        let same = self.0.iter_mut().find(|known| rest(known).eq(rest(&schedule)));
        match (same, days(&schedule)) {
            (Some(known), Some(more)) if days(known).is_some() => {
                let all = format!("{},{more}", days(known).unwrap_or_default());
                // Days that are counted within a month are no days of the week, and stay as they were written.
                known.insert("byday".to_owned(), hours::days(&all).unwrap_or(all).into());
            }
            (Some(known), None) if *known == schedule => {}
            _ => self.0.push(schedule),
        }
    }

    /// All of them, as the member of a service: from Monday to Sunday and by the hour, whatever order the rows have. Those
    /// without a day of the week come last.
    pub fn into_value(mut self) -> Option<Value> {
        self.0.sort_by_cached_key(|one| {
            let text = |field: &str| one.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            (hours::first_day(&text("byday")).unwrap_or(usize::MAX), text("opens_at"))
        });
        (!self.0.is_empty()).then(|| self.0.into_iter().map(Value::Object).collect())
    }
}

/// All of a schedule but its days.
fn rest(schedule: &Record) -> impl Iterator<Item = (&String, &Value)> {
    schedule.iter().filter(|(name, _)| *name != "byday")
}

fn number(text: &str) -> Value {
    text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Cell, Schedules};

    fn gathered(rows: &[(&str, &str)]) -> serde_json::Value {
        let fields = ["day", "times"].map(|field| (field.to_owned(), Cell::Column(field.to_owned()))).into();
        let mut schedules = Schedules::default();
        for (day, times) in rows {
            schedules.add(&fields, |cell| {
                let value = if matches!(cell, Cell::Column(column) if column == "day") { day } else { times };
                (!value.is_empty()).then(|| (*value).to_owned())
            });
        }
        schedules.into_value().unwrap_or_default()
    }

    #[test]
    fn days_with_the_same_times_are_one_schedule() {
        assert_eq!(
            gathered(&[
                ("Tuesday", "09:00-13:00, 14:00-17:00"),
                ("Sunday", "by chance"),
                ("Saturday", "1000-1200"),
                ("Monday", "09:00-13:00"),
                ("", "")
            ]),
            json!([
                {"byday": "MO,TU", "freq": "WEEKLY", "opens_at": "09:00", "closes_at": "13:00"},
                {"byday": "TU", "freq": "WEEKLY", "opens_at": "14:00", "closes_at": "17:00"},
                {"byday": "SA", "freq": "WEEKLY", "opens_at": "10:00", "closes_at": "12:00"},
                {"byday": "SU", "freq": "WEEKLY", "description": "by chance"},
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_kept_in_words_and_not_guessed() {
        assert_eq!(
            gathered(&[("Bank holidays", "10:00-12:00"), ("Monday", "late"), ("", "by appointment")]),
            json!([{"byday": "MO", "freq": "WEEKLY", "description": "late"}, {"description": "Bank holidays 10:00-12:00"}, {"description": "by appointment"}])
        );
        assert_eq!(gathered(&[("", "")]), json!(null));
    }
}
