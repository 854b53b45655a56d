//! JSON bodies: broken syntax is 400, a value that does not fit its field is 422 and names it.

use crate::api::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use domain::Error;
use serde::de::DeserializeOwned;

/// The parsed JSON body.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json =
            request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.starts_with("application/json"));
        if !is_json {
            return Err(Problem(Error::UnsupportedType));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Problem(Error::TooLarge { limit: LIMIT })
            } else {
                Problem(Error::Malformed("body could not be read".into()))
            }
        })?;
        if bytes.len() as u64 > LIMIT {
            return Err(Problem(Error::TooLarge { limit: LIMIT }));
        }
        parse(&bytes).map(Self).map_err(Problem)
    }
}

/// Bytes of a JSON body; larger ones are refused with 413.
pub const LIMIT: u64 = 2 * 1024 * 1024;

pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        match error.inner().classify() {
            serde_json::error::Category::Data => {
                let text = error.inner().to_string();
                // serde names a missing field only in its message, not in the path.
                match text.strip_prefix("missing field `").and_then(|t| t.split('`').next()) {
                    Some(field) if path == "." => Error::invalid(field, "required"),
                    Some(field) => Error::invalid(format!("{path}.{field}"), "required"),
                    None => Error::invalid(path, "invalid_value"),
                }
            }
            _ => Error::Malformed("body is not valid JSON".into()),
        }
    })?;
    json.end().map_err(|_| Error::Malformed("body is not valid JSON".into()))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::cart::AddItem;

    #[test]
    fn tells_syntax_from_values() {
        assert!(matches!(parse::<AddItem>(b"{"), Err(Error::Malformed(_))));
        assert!(parse::<AddItem>(b"{} x").is_err());
        let id = "0199a0b0-0000-7000-8000-000000000000";
        let huge = format!(r#"{{"variant_id":"{id}","quantity":99999999999999999999}}"#);
        assert_eq!(parse::<AddItem>(huge.as_bytes()), Err(Error::invalid("quantity", "invalid_value")));
        let missing = format!(r#"{{"variant_id":"{id}"}}"#);
        assert_eq!(parse::<AddItem>(missing.as_bytes()), Err(Error::invalid("quantity", "required")));
    }
}
