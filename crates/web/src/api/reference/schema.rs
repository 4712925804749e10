//! A body's members as rows of a table: what a schema says, without its references.

use serde_json::{Map, Value};

use super::prose::Prose;

/// Deeper than any body here; a schema that holds itself ends there.
const DEEPEST: usize = 12;

/// One member of a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// How deep it lies: 0 for a member of the body itself.
    pub depth: usize,
    /// Its name; `[]` stands for each element of an array.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// The grammar of its text.
    pub pattern: Option<String>,
    /// Whether it has to be there.
    pub required: bool,
    /// What it says.
    pub about: Prose,
    /// The words it can be, when they are few.
    pub words: Vec<String>,
}

/// The members of a body.
pub fn members(document: &Value, schema: &Value) -> Vec<Member> {
    let mut rows = Vec::new();
    list(document, &resolve(document, schema), 0, &mut rows);
    rows
}

/// A schema without its reference. What stands beside the reference goes before what is referenced, and the parts of an
/// `allOf` are one.
pub fn resolve(document: &Value, schema: &Value) -> Value {
    let mut resolved = match schema["$ref"].as_str() {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            resolve(document, &document["components"]["schemas"][name])
        }
        None => schema.clone(),
    };
    if let (Some(resolved), Some(beside)) = (resolved.as_object_mut(), schema.as_object()) {
        for (name, value) in beside.iter().filter(|(name, _)| *name != "$ref") {
            resolved.insert(name.clone(), value.clone());
        }
    }
    match resolved.get("allOf").and_then(Value::as_array) {
        Some(parts) => {
            let parts: Vec<Value> = parts.iter().map(|part| resolve(document, part)).collect();
            joined(&resolved, &parts)
        }
        None => resolved,
    }
}

fn joined(whole: &Value, parts: &[Value]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for part in parts {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    let about = whole["description"].clone();
    serde_json::json!({"type": "object", "description": about, "properties": properties, "required": required})
}

/// What a schema of `X or null` says of X.
pub fn non_null(schema: &Value) -> Option<&Value> {
    schema["oneOf"]
        .as_array()?
        .iter()
        .find(|choice| choice["type"] != "null")
}

fn list(document: &Value, schema: &Value, depth: usize, rows: &mut Vec<Member>) {
    if depth >= DEEPEST {
        return;
    }
    match schema["type"].as_str() {
        Some("array") => list(document, &resolve(document, &schema["items"]), depth, rows),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                let required = required.iter().any(|required| required == name);
                row(document, name, member, required, depth, rows);
            }
        }
    }
}

fn row(document: &Value, name: &str, member: &Value, required: bool, depth: usize, rows: &mut Vec<Member>) {
    let whole = resolve(document, member);
    let (mut schema, nullable) = match non_null(&whole) {
        Some(choice) => (resolve(document, choice), true),
        None => (whole.clone(), false),
    };
    // One value may be any of several objects: their members in a row each would not say which go together.
    if schema.get("oneOf").is_some() {
        schema["type"] = "object".into();
    }
    let about = [
        &member["description"],
        &whole["description"],
        &schema["description"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .unwrap_or_default();
    let words = schema["enum"].as_array().into_iter().flatten();
    rows.push(Member {
        depth,
        name: name.to_owned(),
        kind: kind(document, &schema, nullable),
        pattern: pattern(document, &schema),
        required,
        about: Prose::of(about),
        words: words.filter_map(Value::as_str).map(str::to_owned).collect(),
    });
    list(document, &schema, depth + 1, rows);
}

fn pattern(document: &Value, schema: &Value) -> Option<String> {
    let element = resolve(document, &schema["items"]);
    let pattern = schema["pattern"].as_str().or(element["pattern"].as_str())?;
    Some(pattern.to_owned())
}

/// A type in words: `array of string, 1 to 4`, `integer from 1, or null`.
fn kind(document: &Value, schema: &Value, nullable: bool) -> String {
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let mut text = match types.iter().find(|kind| **kind != "null").copied() {
        Some("array") => {
            let element = resolve(document, &schema["items"]);
            format!("array of {}", kind_of_element(document, &element))
        }
        Some("string") => match schema["format"].as_str() {
            Some(format @ ("date" | "date-time" | "uri")) => format.to_owned(),
            _ => "string".to_owned(),
        },
        Some(other) => other.to_owned(),
        None => "any".to_owned(),
    };
    text.push_str(&bounds(schema));
    if nullable || types.contains(&"null") {
        text.push_str(", or null");
    }
    text
}

fn kind_of_element(document: &Value, element: &Value) -> String {
    match element["type"].as_str() {
        Some("object") => "objects".to_owned(),
        Some("string") => "strings".to_owned(),
        _ => kind(document, element, false),
    }
}

fn bounds(schema: &Value) -> String {
    let number = |name: &str| {
        schema[name]
            .as_u64()
            .or(schema[name].as_f64().map(|value| value as u64))
    };
    let pairs = [
        ("minItems", "maxItems", ""),
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
    ];
    let told = pairs.into_iter().find_map(|(least, most, unit)| {
        Some(match (number(least), number(most)) {
            (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
            (None, Some(most)) => format!(", at most {most}{unit}"),
            (Some(0), None) | (None, None) => return None,
            (Some(least), None) => format!(", at least {least}{unit}"),
        })
    });
    told.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_told_without_references() {
        let document = json!({"components": {"schemas": {
            "Id": {"type": "string", "pattern": "^x$", "description": "An id."},
            "Contact": {"type": "object", "required": ["reference"], "properties": {
                "reference": {"$ref": "#/components/schemas/Id", "description": "Yours."}}}}}});
        let body = json!({"type": "object", "required": ["who"], "properties": {
            "until": {"type": ["string", "null"], "format": "date"},
            "who": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"$ref": "#/components/schemas/Contact"}}}});
        let told: Vec<_> = members(&document, &body)
            .into_iter()
            .map(|row| (row.depth, row.name, row.kind, row.required, row.about.to_string()))
            .collect();
        let row = |depth, name: &str, kind: &str, required, about: &str| {
            (
                depth,
                name.to_owned(),
                kind.to_owned(),
                required,
                about.to_owned(),
            )
        };
        assert_eq!(
            told,
            [
                row(0, "until", "date, or null", false, ""),
                row(0, "who", "array of objects, 1 to 4", true, ""),
                row(1, "reference", "string", true, "Yours."),
            ]
        );
    }
}
