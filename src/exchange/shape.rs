//! Decodes only those parts of a JSON text that a shape asks for.
//!
//! What a shape does not ask for is passed over by the JSON reader: its bytes are never decoded.

use std::{cell::Cell, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Members by name, each with its shape.
pub type Members<'a> = &'a [(&'a str, Shape<'a>)];

/// Which parts of a value are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// All of it.
    Whole,
    /// A text, a number or a yes or no; of anything else only that it is something else.
    Word,
    /// An object with these members only.
    Only(Members<'a>),
    /// An object with all its members, these in their own shape.
    But(Members<'a>),
    /// A list whose elements all have one shape.
    Each(&'a Shape<'a>),
    /// A list whose elements have these shapes; further ones are not wanted.
    Nth(&'a [Shape<'a>]),
    /// None of it.
    Nothing,
}

/// The wanted parts of a JSON text, and how many members were passed over.
///
/// The error holds a place, never a value: only its line and column may be told.
pub fn decode(bytes: &[u8], shape: Shape<'_>) -> serde_json::Result<(Value, u32)> {
    let passed = Cell::new(0);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = Seed { shape, passed: &passed }.deserialize(&mut json)?;
    json.end()?;
    Ok((value, passed.get()))
}

impl<'a> Shape<'a> {
    /// The shape of a member of an object that has this shape.
    pub fn member(self, name: &str) -> Self {
        let named = |members: Members<'a>| members.iter().find(|(member, _)| *member == name).map(|(_, shape)| *shape);
        match self {
            Self::Only(members) => named(members).unwrap_or(Self::Nothing),
            Self::But(members) => named(members).unwrap_or(Self::Whole),
            Self::Whole => Self::Whole,
            _ => Self::Nothing,
        }
    }

    /// The shape of an element of a list that has this shape.
    pub fn element(self, index: usize) -> Self {
        match self {
            Self::Each(shape) => *shape,
            Self::Nth(shapes) => shapes.get(index).copied().unwrap_or(Self::Nothing),
            Self::Whole => Self::Whole,
            _ => Self::Nothing,
        }
    }
}

/// Leaves of a value what a shape asks for, where the value was made and not read.
pub fn prune(value: &mut Value, shape: Shape<'_>) {
    match (value, shape) {
        (_, Shape::Whole) | (Value::Null, _) => {}
        (Value::Object(members), Shape::Only(_) | Shape::But(_)) => {
            members.retain(|name, _| !matches!(shape.member(name), Shape::Nothing));
            for (name, value) in members.iter_mut() {
                prune(value, shape.member(name));
            }
        }
        (Value::Array(items), Shape::Each(_) | Shape::Nth(_)) => {
            for (index, item) in items.iter_mut().enumerate() {
                prune(item, shape.element(index));
            }
        }
        (Value::String(_) | Value::Number(_) | Value::Bool(_), Shape::Word) => {}
        (value, _) => *value = Value::Null,
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    shape: Shape<'a>,
    passed: &'a Cell<u32>,
}

impl<'a> Seed<'a> {
    fn of(self, shape: Shape<'a>) -> Self {
        if matches!(shape, Shape::Nothing) {
            self.passed.set(self.passed.get().saturating_add(1));
        }
        Self { shape, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.shape {
            Shape::Whole => Value::deserialize(deserializer),
            Shape::Nothing => IgnoredAny::deserialize(deserializer).map(|_| Value::Null),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        if !matches!(self.shape, Shape::Only(_) | Shape::But(_)) {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Object(Map::new()));
        }
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let seed = self.of(self.shape.member(&name));
            let value = map.next_value_seed(seed)?;
            if !matches!(seed.shape, Shape::Nothing) && members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            if !matches!(self.shape, Shape::Each(_) | Shape::Nth(_)) {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Value::Array(Vec::new()));
            }
            let shape = self.shape.element(items.len());
            let Some(item) = list.next_element_seed(Seed { shape, ..self })? else { return Ok(Value::Array(items)) };
            if matches!(shape, Shape::Nothing) {
                self.passed.set(self.passed.get().saturating_add(1));
            }
            items.push(item);
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(self.word(|| text.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(self.word(|| number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(self.word(|| number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(self.word(|| number.into()))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(self.word(|| yes.into()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

impl Seed<'_> {
    /// A word is kept where a word is wanted; where a list or an object is wanted it only shows that it is neither.
    fn word(self, value: impl FnOnce() -> Value) -> Value {
        if matches!(self.shape, Shape::Word) { value() } else { Value::Bool(false) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Shape, decode, prune};

    const PHONE: Shape<'_> = Shape::Only(&[("number", Shape::Word)]);
    const SERVICE: Shape<'_> = Shape::Only(&[("name", Shape::Word), ("phones", Shape::Each(&PHONE))]);

    #[test]
    fn only_what_is_asked_for_is_decoded() {
        // A number beyond all bounds and half a character pair are errors to whoever decodes them.
        let text = br#"{"name": "a", "latitude": 1e999, "phones": [{"number": 1, "note": "\ud800"}], "location": {"x": ["\udfff"]}}"#;
        assert_eq!(decode(text, SERVICE).unwrap(), (json!({"name": "a", "phones": [{"number": 1}]}), 3));
        assert!(decode(text, Shape::Whole).is_err());
        assert!(decode(text, Shape::But(&[("latitude", Shape::Nothing), ("location", Shape::Nothing)])).is_err());
        assert!(decode(br#"{"a": "b"} x"#, SERVICE).is_err());
    }

    #[test]
    fn pruning_leaves_what_decoding_would_have_decoded() {
        let mut value =
            json!({"name": {"x": 1}, "street": "x", "phones": [{"number": 1, "note": "x"}, "0163", null], "more": 1});
        prune(&mut value, SERVICE);
        assert_eq!(value, json!({"name": null, "phones": [{"number": 1}, null, null]}));
    }

    #[test]
    fn a_wrong_kind_of_value_gives_nothing_away() {
        let text = br#"{"name": {"street": "x"}, "phones": ["0163", {"number": ["y"]}]}"#;
        assert_eq!(decode(text, SERVICE).unwrap().0, json!({"name": {}, "phones": [false, {"number": []}]}));
    }

    #[test]
    fn elements_may_differ_in_shape_and_a_member_may_not_come_twice() {
        let shape = Shape::But(&[("list", Shape::Nth(&[Shape::Whole, Shape::Nothing]))]);
        assert_eq!(
            decode(br#"{"list": [1, 2, 3], "x": [4]}"#, shape).unwrap(),
            (json!({"list": [1, null, null], "x": [4]}), 2)
        );
        assert!(decode(br#"{"name": "a", "name": "b"}"#, SERVICE).is_err());
    }
}
