//! Who reaches which route: every cell of role × route, as `matrix.txt` says. Whoever adds a route adds
//! its line there on purpose; `BELANJAIN_MATRIX=write` writes the file anew.

use crate::isolation::{documented, is_public};
use crate::sample::{Names, body_of};
use crate::shop::Http;
use http::Method;
use serde_json::{Value, json};

const NOBODYS: &str = "0199a0b0-0000-7000-8000-000000000000";
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix.txt");

struct Plain;

impl Names for Plain {
    fn value(&self, name: &str) -> Option<Value> {
        match name {
            "email" => Some(json!("siapa@contoh.id")),
            "delimiter" => Some(json!(",")),
            _ => None,
        }
    }

    fn key(&self, _: &str) -> String {
        "kunci".into()
    }
}

/// The answer's status to a body that fits, or to a form.
async fn status(http: &Http, document: &Value, route: &(Method, String, String), token: Option<&str>) -> u16 {
    let (method, template, path) = route;
    let content = &document["paths"][template][method.as_str().to_lowercase()]["requestBody"]["content"];
    let call = http.call(method.clone(), path).header("idempotency-key", &uuid::Uuid::now_v7().to_string());
    let call = match token {
        Some(token) => call.token(token),
        None => call,
    };
    let call = if content["multipart/form-data"].is_object() {
        call.file("berkas", "a.png", "image/png", b"x")
    } else {
        let schema = &content["application/json"]["schema"];
        call.json(&if schema.is_null() { json!(null) } else { body_of(document, schema, "", &Plain) })
    };
    call.send().await.status.as_u16()
}

#[tokio::test]
async fn every_role_reaches_its_routes_and_no_others() {
    // What a role may do does not depend on the database.
    let shop = service::fixture::sqlite().await.unwrap();
    let http = Http::new(&shop);
    let document = http.get("/!/api/openapi.json").send().await.expect(200);
    let mut people = vec![("customer", http.person("customer", "Budi").await), ("seller", http.person("seller", "Toko").await)];
    for role in ["cs1", "cs2", "business", "finance", "sysadmin", "admin"] {
        people.push((role, http.staff(&shop, role).await));
    }
    let (mut matrix, mut open) = (String::new(), vec![]);
    for (method, template) in documented(&document) {
        let path = template.replace("/api/v1", "");
        if is_public(&method, &path) || path == "/me" || path.starts_with("/me/") {
            continue;
        }
        let mut filled = path.clone();
        while let (Some(open), Some(close)) = (filled.find('{'), filled.find('}')) {
            filled.replace_range(open..=close, NOBODYS);
        }
        let route = (method, template, filled);
        let guest = status(&http, &document, &route, None).await;
        if guest != 401 {
            let schema = &document["paths"][&route.1][route.0.as_str().to_lowercase()]["requestBody"]["content"]["application/json"]
                ["schema"];
            open.push(format!("{} {path} answers a guest with {guest}: {}", route.0, body_of(&document, schema, "", &Plain)));
        }
        matrix += &format!("{} {path}:", route.0);
        for (role, person) in &people {
            let status = status(&http, &document, &route, Some(&person.token)).await;
            assert!(status < 500, "{} {path}: {status} for {role}", route.0);
            if status != 403 {
                matrix += &format!(" {role}");
            }
        }
        matrix.push('\n');
    }
    assert!(open.is_empty(), "{open:#?}");
    if std::env::var("BELANJAIN_MATRIX").is_ok_and(|v| v == "write") {
        std::fs::write(FILE, &matrix).unwrap();
    }
    let expected = std::fs::read_to_string(FILE).unwrap();
    let (is, should): (Vec<&str>, Vec<&str>) = (matrix.lines().collect(), expected.lines().collect());
    let differs: Vec<_> =
        is.iter().filter(|line| !should.contains(line)).chain(should.iter().filter(|l| !is.contains(l))).collect();
    assert!(differs.is_empty(), "{differs:#?}");
    assert!(is.len() > 80, "{} routes", is.len());
}
