//! Cross-site requests change nothing: a request that is not safe must come from our own pages, with
//! cookies or without: a foreign form could also sign its victim in to the attacker's account.
//! Programs send a bearer token, or say nothing about where they come from.

use crate::api::Problem;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use domain::Error;

pub fn check(request: &Request, public_url: &str) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    if safe || headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    if is_same_origin(headers, public_url) { Ok(()) } else { Err(Problem(Error::Forbidden)) }
}

/// `Sec-Fetch-Site` where the browser sends it, else the `Origin`; a client that sends neither is no
/// browser of today and cannot be abused by a foreign page.
fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        Some(origin) => {
            let host = text("host").unwrap_or_default();
            origin == public_url || origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        None => true,
    }
}
