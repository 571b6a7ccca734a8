//! How a [`Reader`] reads one field: text, words of a list, numbers, dates, addresses.

use serde_json::Value;

use super::{Code, Mended, Reader, Unreadable, forms};

/// A closed list of words of the standard.
pub trait Words: Sized + Copy + 'static {
    /// Every value with its word.
    const ALL: &'static [(Self, &'static str)];

    /// The standard's word for this value.
    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::ALL.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }
}

impl<'r> Reader<'r, '_> {
    /// A text that must be there.
    pub fn required_text(&mut self, field: &'static str, longest: usize) -> String {
        self.text_or(field, longest, |reader| {
            reader.fault::<()>(field, Code::Required);
        })
    }

    /// A text that the standard needs and real feeds leave out: empty then, with a notice.
    pub fn wanted_text(&mut self, field: &'static str, longest: usize) -> String {
        self.text_or(field, longest, |reader| reader.notice(field, Mended::LeftBlank))
    }

    /// A text that the standard needs and nobody misses: empty when not stated.
    pub fn text_or_empty(&mut self, field: &'static str, longest: usize) -> String {
        self.text(field, longest).unwrap_or_default()
    }

    fn text_or(&mut self, field: &'static str, longest: usize, absent: impl FnOnce(&mut Self)) -> String {
        if self.take(field).is_none() {
            absent(self);
        }
        self.text(field, longest).unwrap_or_default()
    }

    /// A text of at most so many characters.
    pub fn text(&mut self, field: &'static str, longest: usize) -> Option<String> {
        let text = match self.take(field)? {
            Value::String(text) => {
                let trimmed = text.trim();
                if trimmed.len() != text.len() {
                    self.notice(field, Mended::Trimmed);
                }
                trimmed.to_owned()
            }
            Value::Number(number) => {
                if field != "id" {
                    self.notice(field, Mended::TextInNumber);
                }
                number.to_string()
            }
            _ => return self.fault(field, Code::NotText),
        };
        if text.contains('\0') {
            return self.fault(field, Code::HasNul);
        }
        if text.len() > longest && text.chars().count() > longest {
            return self.fault(field, Code::TooLong);
        }
        Some(text)
    }

    /// One of a list of words that must be there.
    pub fn required_choice<W: Words>(&mut self, field: &'static str) -> W {
        if self.take(field).is_none() {
            self.fault::<()>(field, Code::Required);
        }
        self.choose(field, Unreadable::Refused).unwrap_or(W::ALL[0].0)
    }

    /// One of a list of words.
    pub fn choice<W: Words>(&mut self, field: &'static str) -> Option<W> {
        let unreadable = self.run.unreadable;
        self.choose(field, unreadable)
    }

    fn choose<W: Words>(&mut self, field: &'static str, unreadable: Unreadable) -> Option<W> {
        let Value::String(text) = self.take(field)? else { return self.fault(field, Code::NotInList) };
        let text = text.trim();
        if let Some((value, _)) = W::ALL.iter().find(|(_, word)| *word == text) {
            return Some(*value);
        }
        match W::ALL.iter().find(|(_, word)| word.eq_ignore_ascii_case(&text.replace('_', " "))) {
            Some((value, _)) => {
                self.notice(field, Mended::CaseFolded);
                Some(*value)
            }
            None => self.unreadable(field, Code::NotInList, unreadable),
        }
    }

    /// A finite number, also one written as text.
    pub fn number(&mut self, field: &'static str) -> Option<f64> {
        let number = self.plain_number(field);
        match number {
            Some(Ok(number)) => {
                if self.take(field).is_some_and(Value::is_string) {
                    self.notice(field, Mended::NumberInText);
                }
                Some(number)
            }
            Some(Err(())) => self.unreadable(field, Code::NotANumber, self.run.unreadable),
            None => None,
        }
    }

    /// A number between two bounds, both allowed.
    pub fn between(&mut self, field: &'static str, least: f64, most: f64) -> Option<f64> {
        let number = self.number(field)?;
        if (least..=most).contains(&number) {
            Some(number)
        } else {
            self.unreadable(field, Code::OutOfRange, self.run.unreadable)
        }
    }

    /// A whole number from 1 on, as an interval or a count is.
    pub fn count(&mut self, field: &'static str) -> Option<f64> {
        let number = self.between(field, 1.0, 1_000_000.0)?;
        if number.fract() == 0.0 { Some(number) } else { self.unreadable(field, Code::OutOfRange, self.run.unreadable) }
    }

    /// `latitude` or `longitude`: only as a pair, within the globe, and not the null island that stands for "unknown".
    pub fn degrees(&mut self, field: &'static str) -> Option<f64> {
        let pair = (self.plain_number("latitude"), self.plain_number("longitude"));
        let (stated, position) = match pair {
            (None, None) => return None,
            (Some(Err(())), _) if field == "latitude" => return self.number(field),
            (_, Some(Err(()))) if field == "longitude" => return self.number(field),
            (Some(Ok(latitude)), Some(Ok(longitude))) => (true, Some((latitude, longitude))),
            (latitude, longitude) => (if field == "latitude" { latitude.is_some() } else { longitude.is_some() }, None),
        };
        let position = position.filter(|(latitude, longitude)| {
            latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (*latitude != 0.0 || *longitude != 0.0)
        });
        match position {
            Some((latitude, longitude)) => Some(if field == "latitude" { latitude } else { longitude }),
            None => {
                if stated {
                    self.notice(field, Mended::PositionDropped);
                }
                None
            }
        }
    }

    /// A number without a word about it: `Err` when something else stands there.
    fn plain_number(&mut self, field: &'static str) -> Option<Result<f64, ()>> {
        let number = match self.take(field)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        Some(number.filter(|number: &f64| number.is_finite()).ok_or(()))
    }

    /// A day, `YYYY-MM-DD`.
    pub fn date(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotADate, Mended::Rewritten, forms::date)
    }

    /// An instant, RFC 3339.
    pub fn instant(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotADate, Mended::Rewritten, forms::instant)
    }

    /// A time of day, `HH:MM[:SS][Z|+hh:mm]`.
    pub fn time(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotATime, Mended::Rewritten, forms::time)
    }

    /// A web address.
    pub fn web(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotAnAddressOfTheWeb, Mended::SchemeAdded, forms::web)
    }

    /// A web address that must be there.
    pub fn required_web(&mut self, field: &'static str) -> String {
        if self.take(field).is_none() {
            self.fault::<()>(field, Code::Required);
            return String::new();
        }
        let text = self.text(field, super::TEXT).unwrap_or_default();
        match forms::web(&text) {
            Some(kept) => {
                if kept != text {
                    self.notice(field, Mended::SchemeAdded);
                }
                kept
            }
            None if text.is_empty() => text,
            None => self.fault(field, Code::NotAnAddressOfTheWeb).unwrap_or_default(),
        }
    }

    /// An identifier of the form `scheme:rest`, mostly a web address.
    pub fn uri(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotAnAddressOfTheWeb, Mended::SchemeAdded, forms::uri)
    }

    /// An e-mail address.
    pub fn email(&mut self, field: &'static str) -> Option<String> {
        self.form(field, Code::NotAnEmail, Mended::Rewritten, forms::email)
    }

    fn form(
        &mut self,
        field: &'static str,
        code: Code,
        mended: Mended,
        form: fn(&str) -> Option<String>,
    ) -> Option<String> {
        let text = self.text(field, super::TEXT)?;
        match form(&text) {
            Some(kept) => {
                if kept != text {
                    self.notice(field, mended);
                }
                Some(kept)
            }
            None => self.unreadable(field, code, self.run.unreadable),
        }
    }

    /// An optional value that cannot be read: a fault, or left out with a notice.
    fn unreadable<T>(&mut self, field: &'static str, code: Code, what: Unreadable) -> Option<T> {
        match what {
            Unreadable::Refused => self.fault(field, code),
            Unreadable::Dropped => {
                self.notice(field, Mended::Dropped);
                None
            }
        }
    }

    /// The value of a field, with nulls and blanks as absent.
    pub(super) fn take(&mut self, field: &'static str) -> Option<&'r Value> {
        // A field is asked for several times in a row; one that comes again later may stand here twice.
        if self.seen.last() != Some(&field) {
            self.seen.push(field);
        }
        match self.record.get(field)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            value => Some(value),
        }
    }
}
