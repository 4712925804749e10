//! An example of each body, made from its schema: the schema's own example where it has one, else something of its type.
//!
//! Of a request only what is required is in it; of an answer everything it can have, and null for words and times that
//! may be missing.

use serde_json::{Map, Value, json};
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::schema::{non_null, resolve};

/// Which way a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the caller.
    Request,
    /// To the caller.
    Answer,
}

/// Deeper than any body here; a schema that holds itself ends there.
const DEEPEST: usize = 12;

/// Gives each JSON body of a description an example: for the reference, for tools that make calls of it.
pub fn give_to(description: &mut OpenApi) {
    // A description that cannot be written has no schema to follow.
    let document = serde_json::to_value(&*description).unwrap_or_default();
    for item in description.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put]
            .into_iter()
            .flatten()
        {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                for (media_type, content) in &mut body.content {
                    give(&document, media_type, content, Direction::Request);
                }
            }
            let done = operation.responses.responses.iter_mut();
            for (_, response) in done.filter(|(status, _)| status.starts_with('2')) {
                if let RefOr::T(response) = response {
                    for (media_type, content) in &mut response.content {
                        give(&document, media_type, content, Direction::Answer);
                    }
                }
            }
        }
    }
}

fn give(document: &Value, media_type: &str, content: &mut RefOr<Content>, direction: Direction) {
    if let RefOr::T(content) = content
        && content.example.is_none()
        && media_type.ends_with("json")
        && let Ok(schema) = serde_json::to_value(&content.schema)
    {
        content.example = Some(of(document, &schema, direction));
    }
}

/// A value that follows this schema.
pub fn of(document: &Value, schema: &Value, direction: Direction) -> Value {
    at(document, schema, direction, 0)
}

fn at(document: &Value, schema: &Value, direction: Direction, depth: usize) -> Value {
    // Beside a reference there may be an example that fits the place better than the referenced one.
    if let Some(example) = own(schema) {
        return example;
    }
    let schema = resolve(document, schema);
    if let Some(example) = own(&schema) {
        return example;
    }
    if depth >= DEEPEST {
        return Value::Null;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let nullable = choices.iter().any(|choice| choice["type"] == "null");
        return match non_null(&schema) {
            _ if nullable && direction == Direction::Request => Value::Null,
            Some(choice) => {
                let example = at(document, choice, direction, depth + 1);
                // Words and times that may be missing are there at some point of a life; not all of them at one.
                if nullable && !example.is_object() && own(choice).is_none() {
                    Value::Null
                } else {
                    example
                }
            }
            None => Value::Null,
        };
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => {
            if kinds.iter().any(|kind| kind == "null") {
                return Value::Null;
            }
            kinds.iter().find(|kind| *kind != "null").cloned()
        }
        other => Some(other.clone()),
    };
    match kind.as_ref().and_then(Value::as_str) {
        Some("object") => object(document, &schema, direction, depth),
        Some("array") => match schema.get("items") {
            Some(items) => json!([at(document, items, direction, depth + 1)]),
            None => json!([]),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => json!(text(&schema)),
    }
}

fn own(schema: &Value) -> Option<Value> {
    schema
        .get("example")
        .or_else(|| schema["examples"].get(0))
        .cloned()
}

fn object(document: &Value, schema: &Value, direction: Direction, depth: usize) -> Value {
    let required = |name: &str| {
        let names = schema["required"].as_array();
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let members = schema["properties"].as_object().into_iter().flatten();
    let mut made: Map<String, Value> = members
        .filter(|(name, _)| direction == Direction::Answer || required(name))
        .map(|(name, member)| (name.clone(), at(document, member, direction, depth + 1)))
        .collect();
    if made.is_empty()
        && direction == Direction::Answer
        && let Some(values) = schema
            .get("additionalProperties")
            .filter(|values| values.is_object())
    {
        made.insert("name".to_owned(), at(document, values, direction, depth + 1));
    }
    Value::Object(made)
}

fn text(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date") => "2027-06-30",
        Some("date-time") => "2027-03-02T09:15:00Z",
        Some("uri") => "https://trefpunt.example/",
        _ => "text",
    }
}
