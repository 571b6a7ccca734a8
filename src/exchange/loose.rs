//! Values for pass 1, which finds no fault with anything: what is not of the kind hoped for is passed over.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::domain::read::foreign_id;

/// A word, an object, or something else that is passed over: pass 1 finds no fault with kinds of values.
pub struct Loose<T> {
    /// The text or number, if it is one and not blank.
    pub word: Option<String>,
    /// The object, if it is one.
    pub object: Option<T>,
}

/// A text or a number.
pub type Word = Loose<Nothing>;

/// The bytes of a text, whatever they are: for words about a place, which may be no text at all where it must not be read.
pub struct Glance(Vec<u8>);

impl Glance {
    /// What can be read of them.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl<'de> Deserialize<'de> for Glance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(GlanceVisitor)
    }
}

struct GlanceVisitor;

impl Visitor<'_> for GlanceVisitor {
    type Value = Glance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Glance, E> {
        Ok(Glance(bytes.to_vec()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Glance, E> {
        Ok(Glance(text.as_bytes().to_vec()))
    }
}

/// An object of which nothing is decoded.
#[derive(Deserialize)]
pub struct Nothing {}

impl<T> Loose<T> {
    /// The word as an id.
    pub fn id(&self) -> Option<String> {
        self.word.as_deref().map(foreign_id)
    }
}

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self { word: None, object: None }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<T>, A::Error> {
        Ok(Loose { word: None, object: Some(T::deserialize(MapAccessDeserializer::new(map))?) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose<T>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose<T>, E> {
        let text = text.trim();
        Ok(Loose { word: (!text.is_empty()).then(|| text.to_owned()), object: None })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose<T>, E> {
        Ok(Loose { word: Some(number.to_string()), object: None })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose<T>, E> {
        Ok(Loose { word: Some(number.to_string()), object: None })
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose<T>, E> {
        Ok(Loose { word: Some(serde_json::Value::from(number).to_string()), object: None })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }

    fn visit_unit<E>(self) -> Result<Loose<T>, E> {
        Ok(Loose::default())
    }
}

/// A list, or nothing when something else stands there.
pub struct List<T>(pub Vec<Loose<T>>);

impl<T> List<T> {
    /// Those elements that are objects.
    pub fn objects(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(|item| item.object.as_ref())
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }
}
