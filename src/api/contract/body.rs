//! What the document alone can tell of a body: members that it does not have, what is missing, what is of another type.
//!
//! poem-openapi stops at the first of them and says no more than that the request cannot be read. A search reads its body
//! itself, member by member, and is left alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    super::problem::{Problem, Slug},
    shape::{Shape, resolved},
};
use crate::domain::read::{Code, Violation, push_token};

/// How the bodies are called that are read by poem-openapi.
const READ_THERE: &str = "application/json; charset=utf-8";
/// The longest name of a member that is repeated, in characters.
const NAME: usize = 64;

/// The members of an operation's body, by name.
#[derive(Debug)]
pub struct Members {
    shapes: BTreeMap<String, Shape>,
    required: BTreeSet<String>,
}

/// What there is to say of a body. It holds what somebody looks for, so it has no `Debug`.
pub struct Looked {
    /// Every fault that the document alone can tell.
    pub faults: Vec<Violation>,
    /// The same body without what is faulty, so that an operation can tell the rest.
    pub readable: Map<String, Value>,
}

impl Members {
    /// Those of an operation of a document; `None` where it takes no body, or reads it itself.
    pub fn read(operation: &Value, document: &Value) -> Option<Self> {
        let schema = resolved(operation.pointer("/requestBody/content")?.get(READ_THERE)?.get("schema")?, document);
        let shapes = schema["properties"].as_object()?.iter();
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Some(Self {
            shapes: shapes.map(|(name, schema)| (name.clone(), Shape::of(schema, document))).collect(),
            required: required.map(str::to_owned).collect(),
        })
    }

    /// Looks at a body.
    ///
    /// # Errors
    /// A problem where it is no JSON, or no object.
    pub fn look(&self, bytes: &[u8]) -> Result<Looked, Problem> {
        let body = match serde_json::from_slice(bytes) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err(Problem::invalid(vec![Violation::new("", Code::NotAnObject)])),
            Err(error) => return Err(malformed(&error)),
        };
        let mut looked = Looked { faults: Vec::new(), readable: Map::new() };
        for name in self.required.iter().filter(|name| body.get(*name).is_none_or(Value::is_null)) {
            looked.fault(name, None, Code::Required);
            looked.readable.insert(name.clone(), self.shapes.get(name).map_or(Value::Null, some_value));
        }
        for (name, value) in body {
            match self.shapes.get(&name) {
                None => {
                    let name: String = name.chars().take(NAME).collect();
                    looked.fault(&name, None, Code::UnknownParameter);
                }
                Some(_) if value.is_null() => {}
                Some(shape) if fits(shape, &name, &value, &mut looked) => {
                    looked.readable.insert(name, value);
                }
                Some(shape) if self.required.contains(&name) => {
                    looked.readable.insert(name, some_value(shape));
                }
                Some(_) => {}
            }
        }
        Ok(looked)
    }
}

/// A body that is no JSON, and from where on.
pub fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::new(Slug::MalformedBody).detail(format!("It is no JSON from line {line}, column {column} on."))
}

impl Looked {
    fn fault(&mut self, name: &str, at: Option<usize>, code: Code) {
        let mut pointer = String::new();
        push_token(&mut pointer, name);
        if let Some(at) = at {
            push_token(&mut pointer, &at.to_string());
        }
        self.faults.push(Violation::new(pointer, code));
    }
}

/// Whether a value is of a shape; otherwise what is wrong is told.
fn fits(shape: &Shape, name: &str, value: &Value, looked: &mut Looked) -> bool {
    let code = match (shape, value) {
        (Shape::Texts, Value::Array(items)) => {
            let before = looked.faults.len();
            for (at, item) in items.iter().enumerate() {
                if let Some(code) = of_text(item) {
                    looked.fault(name, Some(at), code);
                }
            }
            return looked.faults.len() == before;
        }
        (Shape::Texts, _) => Some(Code::NotAList),
        (Shape::Text, value) => of_text(value),
        (Shape::Word(words), Value::String(word)) => {
            (!words.iter().any(|known| known == word)).then_some(Code::NotInList)
        }
        (Shape::Flag, Value::Bool(_)) | (Shape::Other, _) | (Shape::Number, Value::Number(_)) => None,
        (Shape::Integer, Value::Number(number)) => {
            number.as_u64().is_none_or(|whole| u32::try_from(whole).is_err()).then_some(Code::OutOfRange)
        }
        (Shape::Number | Shape::Integer, _) => Some(Code::NotANumber),
        (Shape::Flag | Shape::Word(_), _) => Some(Code::NotInList),
    };
    code.into_iter().for_each(|code| looked.fault(name, None, code));
    code.is_none()
}

/// A value of a shape that can be read, whatever becomes of it.
fn some_value(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!("x"),
        Shape::Number | Shape::Integer => json!(1),
        Shape::Flag => json!(false),
        Shape::Texts => json!([]),
        Shape::Word(words) => json!(words.first()),
        Shape::Other => Value::Null,
    }
}

/// What is wrong with a text; a number is taken for one, as in records.
fn of_text(value: &Value) -> Option<Code> {
    match value {
        Value::String(text) => text.contains('\0').then_some(Code::HasNul),
        Value::Number(_) => None,
        _ => Some(Code::NotText),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Members, READ_THERE};

    fn members() -> Members {
        let schema = json!({ "type": "object", "required": ["from", "form"], "properties": {
            "from": { "type": "string" }, "form": { "$ref": "#/components/schemas/Form" },
            "km": { "type": "number" }, "age": { "type": "integer" }, "strict": { "type": "boolean" },
            "need": { "type": "array", "items": { "type": "string" } }, "more": { "type": "object" } } });
        let form = json!({ "type": "string", "enum": ["json", "csv"] });
        let document = json!({ "components": { "schemas": { "Asked": schema, "Form": form } } });
        let operation = json!({ "requestBody": { "content": {
            READ_THERE: { "schema": { "$ref": "#/components/schemas/Asked" } } } } });
        Members::read(&operation, &document).unwrap()
    }

    #[test]
    fn every_fault_of_a_body_is_named_at_once_and_the_rest_can_be_read() {
        let looked = |body: Value| {
            let looked = members().look(body.to_string().as_bytes()).unwrap_or_else(|_| panic!("{body}"));
            let faults: Vec<_> = looked.faults.iter().map(|f| format!("{} {}", f.pointer, f.code.as_str())).collect();
            (faults, Value::Object(looked.readable))
        };
        let good =
            json!({ "from": "a", "form": "csv", "km": 1.5, "age": 7, "strict": true, "need": ["x"], "more": {} });
        assert_eq!(looked(good.clone()), (Vec::new(), good));
        assert_eq!(looked(json!({ "from": 7, "form": "json", "km": null })).0, [""; 0]);
        let (faults, readable) =
            looked(json!({ "form": "pdf", "km": "x", "age": -1, "strict": 1, "more": 1, "colour/": 1,
            "need": ["a", 1, true, "b\0"] }));
        let mut told = faults.clone();
        told.sort();
        let expected = [
            "/age out_of_range",
            "/colour~1 unknown_parameter",
            "/form not_in_list",
            "/from required",
            "/km not_a_number",
            "/need/2 not_text",
            "/need/3 has_nul",
            "/strict not_in_list",
        ];
        assert_eq!(told, expected);
        assert_eq!(readable, json!({ "from": "x", "form": "json", "more": 1 }));
        assert_eq!(
            looked(json!({ "from": "a", "form": "csv", "age": 1.5, "need": "x" })).0,
            ["/age out_of_range", "/need not_a_list"]
        );
        for bad in ["", "{", "[]", "7"] {
            assert!(members().look(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_an_operation_reads_itself_is_left_to_it() {
        let operation = json!({ "requestBody": { "content": { "application/json": { "schema": {} } } } });
        assert!(Members::read(&operation, &json!({})).is_none());
        assert!(Members::read(&json!({}), &json!({})).is_none());
    }
}
