//! How a [`Reader`] reads the fields of a question: what bodies of requests hold and records do not.

use serde_json::Value;

use super::{Code, LIST, NAME, Reader, Words};
use crate::domain::place::is_area_code;

impl Reader<'_, '_> {
    /// A list of short texts; absent is empty.
    pub fn texts(&mut self, field: &'static str) -> Vec<String> {
        let items = match self.take(field) {
            None => return Vec::new(),
            Some(Value::Array(items)) if items.len() <= LIST => items,
            Some(other) => {
                self.fault::<()>(field, if other.is_array() { Code::TooLong } else { Code::NotAList });
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            match item {
                Value::String(text) if text.contains('\0') => self.fault_at(field, at, Code::HasNul),
                Value::String(text) if text.len() > NAME => self.fault_at(field, at, Code::TooLong),
                Value::String(text) => texts.push(text.trim().to_owned()),
                _ => self.fault_at(field, at, Code::NotText),
            }
        }
        texts
    }

    /// A list of gazetteer codes, each a letter and eight digits; absent is empty.
    pub fn area_codes(&mut self, field: &'static str) -> Vec<String> {
        let codes = self.texts(field);
        for (at, _) in codes.iter().enumerate().filter(|(_, code)| !is_area_code(code)) {
            self.fault_at(field, at, Code::NotInList);
        }
        codes
    }

    /// A list of words of ours; absent is empty, a word twice counts once.
    pub fn choices<W: Words + PartialEq>(&mut self, field: &'static str) -> Vec<W> {
        let mut found = Vec::new();
        for (at, word) in self.texts(field).iter().enumerate() {
            match W::ALL.iter().find(|(_, known)| known == word) {
                Some((value, _)) if !found.contains(value) => found.push(*value),
                Some(_) => {}
                None => self.fault_at(field, at, Code::NotInList),
            }
        }
        found
    }

    /// `true` or `false`.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        match self.take(field)? {
            Value::Bool(flag) => Some(*flag),
            _ => self.fault(field, Code::NotInList),
        }
    }

    /// A whole number from 0 on.
    pub fn whole(&mut self, field: &'static str) -> Option<u32> {
        let number = self.number(field)?;
        if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be whole and in range"
            )]
            return Some(number as u32);
        }
        self.fault(field, Code::OutOfRange)
    }

    fn fault_at(&mut self, field: &'static str, at: usize, code: Code) {
        let pointer = format!("{}/{at}", self.run.pointer(Some(field)));
        self.violate(super::Violation::new(pointer, code));
    }
}
