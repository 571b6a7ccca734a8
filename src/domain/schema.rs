//! How ids appear in the published schema, and how numbers are written.

use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type},
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::id::{Id, Kind};

impl<T: Kind> Type for Id<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string_uuid".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "uuid")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: Kind> ParseFromJSON for Id<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) => Self::parse_from_parameter(&text),
            _ => Err(ParseError::custom("is not text")),
        }
    }
}

impl<T: Kind> ParseFromParameter for Id<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        text.parse().map_err(ParseError::custom)
    }
}

impl<T: Kind> ToJSON for Id<T> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

/// Writes a whole number as one (`18`, not `18.0`), as sources do.
pub fn number<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    /// Up to here every whole `f64` is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number {
        Some(whole) if whole.fract() == 0.0 && whole.abs() <= EXACT => serializer.serialize_i64(*whole as i64),
        other => other.serialize(serializer),
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::{ParseFromParameter, Type};

    use crate::domain::id::{Id, kind};

    #[test]
    fn an_id_is_a_string_of_format_uuid() {
        let schema = Id::<kind::Service>::schema_ref();
        let schema = schema.unwrap_inline();
        assert_eq!((schema.ty, schema.format), ("string", Some("uuid")));
        assert!(Id::<kind::Service>::parse_from_parameter("7").is_err());
    }

    #[test]
    fn whole_numbers_are_written_whole() {
        let write = |number| super::number(&Some(number), serde_json::value::Serializer).unwrap().to_string();
        assert_eq!([write(18.0), write(0.5), write(-0.0)], ["18", "0.5", "0"]);
    }
}
