//! Pictures from the object store.

use crate::api::Problem;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Error, Noun};
use object_store::ObjectStoreExt;
use object_store::path::Path as Key;
use service::Ctx;

/// Keys are never reused: a browser may keep a picture for ever.
pub async fn serve(State(ctx): State<Ctx>, Path(key): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let missing = || Problem(Error::NotFound(Noun::Image));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    if !key.ends_with(".webp") || !key.chars().all(plain) {
        return Err(missing());
    }
    let tag = format!("\"{key}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let found = ctx.ports.files.get(&Key::from(key.as_str())).await.map_err(|_| missing())?;
    let length = found.meta.size;
    let headers = [
        (header::CONTENT_TYPE, "image/webp".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, tag),
    ];
    Ok((headers, Body::from_stream(found.into_stream())).into_response())
}
