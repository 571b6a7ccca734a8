//! What the document alone can tell of a query: names that it does not have, what is missing, what cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::shape::Shape;
use crate::domain::read::{Code, Violation, push_token};

/// The parameters of an operation's query, by name.
#[derive(Debug, Default)]
pub struct Parameters {
    shapes: BTreeMap<String, Shape>,
    required: BTreeSet<String>,
}

/// What there is to say of a query.
pub struct Looked {
    /// Every fault that the document alone can tell.
    pub faults: Vec<Violation>,
    /// The same query without them, so that an operation can tell the rest: what is faulty has another value, which can be
    /// read. Nobody is to be given its answer.
    pub readable: String,
}

impl Parameters {
    /// Those of an operation of a document.
    pub fn read(operation: &Value, document: &Value) -> Self {
        let mut parameters = Self::default();
        let told = operation.pointer("/parameters").and_then(Value::as_array).into_iter().flatten();
        for parameter in told.filter(|parameter| parameter["in"] == "query") {
            let Some(name) = parameter["name"].as_str() else { continue };
            parameters.shapes.insert(name.to_owned(), Shape::of(&parameter["schema"], document));
            if parameter["required"] == true {
                parameters.required.insert(name.to_owned());
            }
        }
        parameters
    }

    /// Looks at a query. Unless `is_strict`, names that are not known are passed over.
    pub fn look(&self, query: &str, is_strict: bool) -> Looked {
        let mut faults = Vec::new();
        let mut readable: Vec<String> = Vec::new();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut fault = |name: &str, code, reason: &str| {
            let mut pointer = String::new();
            if !name.is_empty() {
                push_token(&mut pointer, name);
            }
            faults.push(Violation { pointer, code, reason: reason.to_owned() });
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let known = decoded(name).and_then(|name| self.shapes.get_key_value(&name));
            if known.is_none() && !is_strict {
                continue;
            }
            let (name, value) = match (known, decoded(name), decoded(value)) {
                (Some((name, shape)), _, Some(value)) => ((name, shape), value),
                (None, Some(name), Some(_)) => {
                    let name: String = name.chars().take(64).collect();
                    fault(&name, Code::UnknownParameter, "is no parameter here; /openapi.json lists them");
                    continue;
                }
                _ => {
                    fault(known.map_or("", |(name, _)| name), Code::NotText, "is not percent-encoded UTF-8");
                    if let Some((name, shape)) = known {
                        *seen.entry(name).or_default() += 1;
                        readable.push(format!("{name}={}", some_value(shape)));
                    }
                    continue;
                }
            };
            let (name, shape) = name;
            let times = seen.entry(name).or_default();
            *times += 1;
            if *times > 1 && *shape != Shape::Texts {
                fault(name, Code::Conflict, "is given twice");
            }
            let told = value.contains('\0').then_some((Code::HasNul, "holds a NUL character"));
            let told =
                told.into_iter().chain(fault_of(shape, &value)).inspect(|(code, reason)| fault(name, *code, reason));
            if told.count() > 0 {
                readable.push(format!("{name}={}", some_value(shape)));
            } else if *times == 1 || *shape == Shape::Texts {
                readable.push(pair.to_owned());
            }
        }
        for name in self.required.iter().filter(|name| !seen.contains_key(name.as_str())) {
            fault(name, Code::Required, Code::Required.reason());
            readable.push(format!("{name}={}", some_value(&self.shapes[name])));
        }
        Looked { faults, readable: readable.join("&") }
    }
}

/// What is wrong with a value of a shape.
fn fault_of(shape: &Shape, value: &str) -> Option<(Code, &'static str)> {
    let number = (Code::NotANumber, "is not a number that can be used here");
    match shape {
        Shape::Number => (!value.parse::<f64>().is_ok_and(f64::is_finite)).then_some(number),
        Shape::Integer => value.parse::<u32>().is_err().then_some(number),
        Shape::Flag => (!matches!(value, "true" | "false")).then_some((Code::NotInList, "is neither true nor false")),
        Shape::Word(words) => {
            (!words.iter().any(|word| word == value)).then_some((Code::NotInList, "is none of the words of the list"))
        }
        Shape::Text | Shape::Texts | Shape::Other => None,
    }
}

/// A value of a shape that can be read, whatever becomes of it.
fn some_value(shape: &Shape) -> &str {
    match shape {
        Shape::Text | Shape::Texts | Shape::Other => "x",
        Shape::Number | Shape::Integer => "1",
        Shape::Flag => "false",
        Shape::Word(words) => words.first().map_or("x", String::as_str),
    }
}

/// Percent-decoded text; `+` is a space. `None` when the bytes are not UTF-8.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Parameters, decoded};

    fn parameters() -> Parameters {
        let query = |name: &str, schema| json!({ "in": "query", "name": name, "schema": schema });
        let mut area = query("area", json!({ "type": "string" }));
        area["required"] = json!(true);
        let document =
            json!({ "components": { "schemas": { "Form": { "type": "string", "enum": ["json", "csv"] } } } });
        let operation = json!({ "parameters": [
            area,
            query("age", json!({ "type": "integer" })),
            query("need", json!({ "type": "array", "items": { "type": "string" } })),
            query("strict", json!({ "type": "boolean" })),
            query("format", json!({ "$ref": "#/components/schemas/Form" })),
        ] });
        Parameters::read(&operation, &document)
    }

    #[test]
    fn what_is_faulty_has_another_value_in_what_the_operation_is_asked() {
        let looked = |query: &str| {
            let looked = parameters().look(query, true);
            let faults: Vec<_> = looked.faults.iter().map(|f| format!("{} {}", f.pointer, f.code.as_str())).collect();
            (faults, looked.readable)
        };
        let query = "need=a&need=%FF&need=b&age=-3&age=7&strict=maybe&format=pdf&colour=red";
        let faults = [
            "/need not_text",
            "/age not_a_number",
            "/age conflict",
            "/strict not_in_list",
            "/format not_in_list",
            "/colour unknown_parameter",
            "/area required",
        ];
        let readable = "need=a&need=x&need=b&age=1&strict=false&format=json&area=x".to_owned();
        assert_eq!(looked(query), (faults.map(str::to_owned).to_vec(), readable));
        let good = "area=Leeds+West&format=csv&age=7&strict=true&need=a&need=b";
        assert_eq!(looked(good), (Vec::new(), good.to_owned()));
    }

    #[test]
    fn percent_encoding_is_read_or_refused() {
        assert_eq!(decoded("a+b%20c%C3%A9").as_deref(), Some("a b cé"));
        for bad in ["%", "%2", "%zz", "%FF"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
