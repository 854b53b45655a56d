//! Files made for the caller.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use service::export::File;

/// Saved, never shown, never kept by anybody on the way.
pub fn download(file: File) -> Response {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let name: String = file.name.chars().filter(|c| plain(*c)).collect();
    let headers = [
        (header::CONTENT_TYPE, file.media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, file.bytes).into_response()
}
