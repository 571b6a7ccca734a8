//! What the document says that a value is: a parameter of a query, or a member of a body.

use serde_json::Value;

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// A number, whole or not.
    Number,
    /// A whole number from nought on.
    Integer,
    /// True or false.
    Flag,
    /// A list of texts.
    Texts,
    /// One of these words.
    Word(Vec<String>),
    /// Anything else, which is not looked at: an object, a list of those.
    Other,
}

impl Shape {
    /// What a schema of the document says.
    pub fn of(schema: &Value, document: &Value) -> Self {
        let schema = resolved(schema, document);
        let words = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<String> = words.map(str::to_owned).collect();
        match schema["type"].as_str() {
            _ if !words.is_empty() => Self::Word(words),
            Some("string") => Self::Text,
            Some("number") => Self::Number,
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Flag,
            Some("array") if resolved(&schema["items"], document)["type"] == "string" => Self::Texts,
            _ => Self::Other,
        }
    }
}

/// A schema itself, where it is named or wrapped, as an optional one may be.
pub fn resolved<'d>(schema: &'d Value, document: &'d Value) -> &'d Value {
    let schema = schema["allOf"].get(0).unwrap_or(schema);
    let named = schema["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
    named.unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Shape;

    #[test]
    fn a_shape_is_read_through_names_and_wraps() {
        let form = json!({ "type": "string", "enum": ["json", "csv"] });
        let document = json!({ "components": { "schemas": { "Form": form } } });
        let words = Shape::Word(vec!["json".to_owned(), "csv".to_owned()]);
        let named = json!({ "$ref": "#/components/schemas/Form" });
        assert_eq!(Shape::of(&named, &document), words);
        assert_eq!(Shape::of(&json!({ "allOf": [named], "description": "x" }), &document), words);
        assert_eq!(Shape::of(&json!({ "type": "array", "items": named }), &document), Shape::Texts);
        assert_eq!(Shape::of(&json!({ "type": "array", "items": { "type": "object" } }), &document), Shape::Other);
        for (name, shape) in [("string", Shape::Text), ("integer", Shape::Integer), ("boolean", Shape::Flag)] {
            assert_eq!(Shape::of(&json!({ "type": name }), &document), shape);
        }
    }
}
