//! Security headers on every answer (ASVS V3.4).

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::Response;

/// Content security policy of pages; `script-src` follows the nonce of the page.
fn policy(nonce: &str) -> String {
    // Leptos starts its module with a nonced script; 'strict-dynamic' lets that one load the rest.
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self' http://127.0.0.1:* http://localhost:*; \
         frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
}

pub fn secure(response: &mut Response, path: &str, nonce: &str, is_secure: bool) {
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if is_page && let Ok(value) = HeaderValue::from_str(&policy(nonce)) {
        response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(value);
    }
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    if is_secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    if path.starts_with("/pkg/") && response.status().is_success() {
        // Names carry a hash of the content.
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, forever);
    } else if !is_static(path) {
        // Pages and answers depend on who asks.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

fn is_static(path: &str) -> bool {
    ["/media/", "/fonts/", "/icons", "/vendor/", "/favicon"].iter().any(|prefix| path.starts_with(prefix))
}
