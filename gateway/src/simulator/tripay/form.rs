//! Bodies as Tripay takes them: JSON, or forms with structures as PHP writes them.

use axum::Form;
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

/// The body as JSON, whichever of the two it is; null when it is neither. Values of forms are strings.
pub async fn read(request: Request) -> Value {
    let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
    if is_json {
        return Json::from_request(request, &()).await.map_or(Value::Null, |Json(body)| body);
    }
    Form::<Vec<(String, String)>>::from_request(request, &()).await.map_or(Value::Null, |Form(pairs)| nested(pairs))
}

/// `order_items[0][name]=Kopi` as `{"order_items":[{"name":"Kopi"}]}`.
fn nested(pairs: Vec<(String, String)>) -> Value {
    let mut root = Value::Object(Map::new());
    for (key, value) in pairs {
        let (head, rest) = key.split_once('[').unwrap_or((&key, ""));
        let steps = rest.split('[').map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty());
        let mut place = &mut root;
        for step in std::iter::once(head).chain(steps) {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[step];
        }
        *place = Value::String(value);
    }
    lists(root)
}

/// Objects whose keys are all numbers are lists.
fn lists(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let is_list = !fields.is_empty() && fields.keys().all(|key| key.parse::<u32>().is_ok());
    if !is_list {
        return fields.into_iter().map(|(key, value)| (key, lists(value))).collect::<Map<_, _>>().into();
    }
    let mut rows: Vec<_> = fields.into_iter().map(|(key, value)| (key.parse::<u32>().unwrap_or(0), lists(value))).collect();
    rows.sort_by_key(|row| row.0);
    rows.into_iter().map(|row| row.1).collect()
}

/// A whole number, as JSON or forms write it.
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::nested;
    use serde_json::json;

    #[test]
    fn forms_are_read_as_php_reads_them() {
        let pairs = [
            ("method", "BRIVA"),
            ("order_items[1][name]", "Teh"),
            ("order_items[0][name]", "Kopi"),
            ("order_items[0][price]", "1000"),
        ];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let expected = json!({ "method": "BRIVA", "order_items": [{ "name": "Kopi", "price": "1000" }, { "name": "Teh" }] });
        assert_eq!(nested(pairs), expected);
    }
}
