//! Bodies that fit the schemas of the OpenAPI document, so that new routes are tried without being
//! named in a test.

use serde_json::{Map, Value, json};

/// What fields of a name want to hear.
pub trait Names {
    fn value(&self, name: &str) -> Option<Value>;
    /// The key of a map.
    fn key(&self, name: &str) -> String;
}

/// The schema behind references and "or null".
pub fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return resolve(document, &document["components"]["schemas"][name]);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[several].as_array() {
            let real = choices.iter().find(|c| c["type"] != "null").unwrap_or(&choices[0]);
            return resolve(document, real);
        }
    }
    schema
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind))
}

/// A body that is right, as far as the names of its fields tell.
pub fn body_of(document: &Value, schema: &Value, name: &str, names: &impl Names) -> Value {
    if let Some(known) = names.value(name) {
        return known;
    }
    let schema = resolve(document, schema);
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if is(schema, "object") {
        let mut body = Map::new();
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            body.insert(field.clone(), body_of(document, inner, field, names));
        }
        if schema["additionalProperties"].is_object() {
            body.insert(names.key(name), body_of(document, &schema["additionalProperties"], "", names));
        }
        return body.into();
    }
    if is(schema, "array") {
        return json!([body_of(document, &schema["items"], name.trim_end_matches('s'), names)]);
    }
    if is(schema, "integer") || is(schema, "number") {
        return json!(1);
    }
    if is(schema, "boolean") {
        return json!(false);
    }
    match schema["format"].as_str() {
        Some("uuid") => json!("0199a0b0-0000-7000-8000-000000000000"),
        Some("date-time") => json!("2026-11-21T07:00:00Z"),
        Some("date") => json!("2026-11-21"),
        _ => json!("teks"),
    }
}
