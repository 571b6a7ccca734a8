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
    use std::collections::BTreeSet;

    use poem_openapi::{
        registry::Registry,
        types::{ParseFromParameter, ToJSON, Type},
    };
    use serde::Serialize;
    use serde_json::{Value, json};

    use crate::domain::{
        contact::{Contact, Language, Phone, Url},
        id::{Id, kind},
        location::{Accessibility, Address, Location},
        organization::{Funding, Organization, OrganizationIdentifier, Program},
        read::{Read, read},
        schedule::Schedule,
        service::{CostOption, RequiredDocument, Service, ServiceArea, ServiceCapacity, Unit},
        service_at_location::ServiceAtLocation,
        taxonomy::{Attribute, Taxonomy, TaxonomyTerm},
    };

    /// Reads a record of the least members and compares what is written of it with what is published.
    fn least<T: Read + Serialize + Type + ToJSON>(mut least: Value) {
        least["id"] = json!("ac148810-d857-441c-9679-408f346de14b");
        let (record, faults) = read::<T>(least.as_object().unwrap());
        let record = record.unwrap_or_else(|| panic!("{}: {faults:?}", T::name()));
        let written = serde_json::to_value(&record).unwrap();
        let mut registry = Registry::new();
        T::register(&mut registry);
        let schema = &registry.schemas[&*T::name()];
        let keys: BTreeSet<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, schema.required.iter().copied().collect(), "{}", T::name());
        assert_eq!(record.to_json().unwrap(), written, "{}", T::name());
        // Every member of the published schema is one that reading knows.
        for (name, _) in &schema.properties {
            let mut odd = least.clone();
            odd[*name] = json!([[7]]);
            assert!(read::<T>(odd.as_object().unwrap()).0.is_none(), "{} does not read {name}", T::name());
        }
    }

    #[test]
    fn what_is_published_as_needed_is_what_is_always_written() {
        least::<Service>(json!({"name": "a", "status": "temporarily closed"}));
        least::<Organization>(json!({"name": "a"}));
        least::<Location>(json!({"location_type": "virtual"}));
        least::<Address>(json!({"address_type": "postal"}));
        least::<Phone>(json!({"number": "1"}));
        least::<Taxonomy>(json!({"name": "a"}));
        least::<TaxonomyTerm>(json!({"name": "a"}));
        least::<ServiceAtLocation>(json!({}));
        least::<Schedule>(json!({}));
        least::<ServiceArea>(json!({}));
        least::<CostOption>(json!({}));
        least::<Contact>(json!({}));
        least::<Language>(json!({}));
        least::<Accessibility>(json!({}));
        least::<Attribute>(json!({}));
        least::<Program>(json!({"name": "a"}));
        least::<Funding>(json!({}));
        least::<OrganizationIdentifier>(json!({"identifier": "1"}));
        least::<RequiredDocument>(json!({}));
        least::<ServiceCapacity>(json!({}));
        least::<Unit>(json!({"name": "bed"}));
        least::<Url>(json!({"url": "https://a.example"}));
    }

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
