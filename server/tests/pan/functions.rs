//! Calls of server functions, read from the sources: pages' own calls are not in the OpenAPI document.

use crate::World;
use crate::document::{Kind, Place};
use std::path::Path;

/// Arguments whose card numbers are somebody else's (adr/0016).
const EXEMPT: [&str; 1] = ["tracking_number"];

pub fn places(world: &World) -> Vec<Place> {
    let mut sources = String::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src")), &mut sources);
    let functions: Vec<_> = sources.split("#[server(endpoint = \"").skip(1).filter_map(function).collect();
    assert!(functions.len() > 90, "{} server functions", functions.len());
    let mut places = vec![];
    for (path, is_get, arguments) in functions {
        let form: Vec<_> = arguments.iter().map(|name| (name.clone(), world.argument(name))).collect();
        for (at, name) in arguments.iter().enumerate().filter(|(_, name)| !EXEMPT.contains(&name.as_str())) {
            let method = if is_get { "GET" } else { "POST" };
            assert!(!name.is_empty(), "{path}");
            places.push(Place { method: method.into(), path: format!("/api/{path}"), kind: Kind::Call(form.clone(), at) });
        }
    }
    places
}

fn read(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|e| e == "rs") {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Endpoint, whether it is asked by GET, and names of the form's fields; none of uploads.
fn function(source: &str) -> Option<(String, bool, Vec<String>)> {
    let (path, rest) = source.split_once('"').unwrap();
    let (attribute, rest) = rest.split_once(")]").unwrap();
    let (_, rest) = rest.split_once("pub async fn ").unwrap();
    let (_, rest) = rest.split_once('(').unwrap();
    let (arguments, _) = rest.split_once("-> Answer").unwrap();
    if arguments.contains("MultipartData") {
        return None;
    }
    let arguments = arguments.replace("#[server(default)]", "");
    let arguments = arguments.trim().trim_end_matches(')');
    let names = split(arguments).into_iter().map(|argument| {
        let (name, kind) = argument.split_once(':').unwrap();
        let (name, kind) = (name.trim(), kind.trim());
        match kind {
            "String" | "Option<String>" | "i64" | "bool" => name.to_owned(),
            _ if kind.starts_with("BTreeMap") => format!("{name}[store-0199a0b0-0000-7000-8000-000000000000]"),
            _ if kind.starts_with("Vec") => format!("{name}[0]"),
            _ => format!("{name}[q]"),
        }
    });
    Some((path.to_owned(), attribute.contains("GetUrl"), names.collect()))
}

/// At commas that stand in no brackets.
fn split(arguments: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in arguments.chars() {
        depth += i32::from("<([".contains(c)) - i32::from(">)]".contains(c));
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}
