//! Requests made from the OpenAPI document, so that new routes are tried without being named here.

use crate::World;
use crate::sample::{Names, body_of, resolve};
use serde_json::Value;

impl Names for World {
    fn value(&self, name: &str) -> Option<Value> {
        self.sample(name)
    }

    fn key(&self, name: &str) -> String {
        if name == "notes" { self.store.clone() } else { "kunci".into() }
    }
}

/// A text in a request: which call, and where in its body the text goes.
#[derive(Clone, Debug)]
pub struct Place {
    pub method: String,
    pub path: String,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    /// The whole body, and the JSON pointer of the text.
    Body(Value, String),
    Query(String),
    /// Name of the file's field, and of the text; none: the file's name.
    Form(String, Option<String>),
    Path(String),
    /// The form of a server function, and which of its fields.
    Call(Vec<(String, String)>, usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = match &self.kind {
            Kind::Body(_, at) | Kind::Query(at) | Kind::Path(at) => at,
            Kind::Call(form, at) => &form[*at].0,
            Kind::Form(file, field) => field.as_ref().unwrap_or(file),
        };
        write!(f, "{} {} {at}", self.method, self.path)
    }
}

/// Numbers of somebody else's making: may look like a card (adr/0016).
const EXEMPT: [&str; 1] = ["tracking_number"];

pub fn places(document: &Value, world: &World) -> Vec<Place> {
    let mut places = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !["get", "post", "patch", "put", "delete"].contains(&method.as_str()) {
                continue;
            }
            let place = |kind| Place { method: method.to_uppercase(), path: world.path(path), kind };
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap().to_owned();
                match parameter["in"].as_str() {
                    Some("query") => places.push(place(Kind::Query(name))),
                    Some("path") => {
                        places.push(Place { path: path.clone(), ..place(Kind::Path(name)) });
                    }
                    _ => {}
                }
            }
            let content = &operation["requestBody"]["content"];
            let schema = &content["application/json"]["schema"];
            if !schema.is_null() && !path.contains("/webhooks/") {
                let body = body_of(document, schema, "", world);
                let mut texts = vec![];
                leaves(document, schema, &body, String::new(), &mut texts);
                places.extend(texts.into_iter().map(|at| place(Kind::Body(body.clone(), at))));
            }
            if !content["multipart/form-data"].is_null() {
                let description = operation["requestBody"]["description"].as_str().unwrap_or_default();
                let names: Vec<&str> = description.split('`').skip(1).step_by(2).collect();
                let Some((file, texts)) = names.split_first() else { panic!("{path} does not name its fields") };
                places.push(place(Kind::Form((*file).to_owned(), None)));
                places.extend(texts.iter().map(|text| place(Kind::Form((*file).to_owned(), Some((*text).to_owned())))));
            }
        }
    }
    places
}

/// Pointers of all texts that are not ids, dates or choices.
fn leaves(document: &Value, schema: &Value, body: &Value, at: String, found: &mut Vec<String>) {
    let schema = resolve(document, schema);
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                let property = &schema["properties"][name];
                let inner = if property.is_null() { &schema["additionalProperties"] } else { property };
                let name = name.replace('~', "~0").replace('/', "~1");
                leaves(document, inner, value, format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                leaves(document, &schema["items"], item, format!("{at}/{n}"), found);
            }
        }
        Value::String(_) => {
            let is_free = schema["enum"].is_null() && schema["format"].is_null();
            let name = at.rsplit('/').next().unwrap_or_default();
            if is_free && !EXEMPT.contains(&name) {
                found.push(at);
            }
        }
        _ => {}
    }
}
