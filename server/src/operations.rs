//! Health, readiness, and the mailbox of demos.

use crate::AppState;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::id::EmailId;
use entity::email;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};
use service::Ctx;

pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready))
}

/// Every email that was written, newest first. Demo mode without a mail server only.
pub fn mailbox() -> Router<AppState> {
    Router::new().route("/dev/mail", get(list)).route("/dev/mail/{id}", get(show))
}

async fn ready(State(ctx): State<Ctx>) -> Response {
    match ctx.db.execute_unprepared("SELECT 1").await {
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database").into_response()
        }
    }
}

async fn list(State(ctx): State<Ctx>) -> Response {
    let rows = email::Entity::find()
        .order_by_desc(email::Column::CreatedAt)
        .order_by_desc(email::Column::Id)
        .limit(200)
        .all(&ctx.db)
        .await;
    let Ok(rows) = rows else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut page = String::from(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>Kotak surat</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>body{font-family:system-ui,sans-serif;\
         max-width:60rem;margin:2rem auto;padding:0 1rem}li{padding:.5rem 0;border-bottom:1px solid #ddd}</style></head>\
         <body><h1>Kotak surat</h1><ul>",
    );
    for row in rows {
        let (to, subject) = (escape(&row.recipient), escape(&row.subject));
        page.push_str(&format!("<li><a href=\"/dev/mail/{}\">{subject}</a> – {to}</li>", row.id));
    }
    page.push_str("</ul></body></html>");
    with_policy(page, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
}

async fn show(State(ctx): State<Ctx>, Path(id): Path<EmailId>) -> Response {
    match email::Entity::find_by_id(id).one(&ctx.db).await {
        Ok(Some(row)) => with_policy(
            row.html,
            "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn with_policy(page: String, policy: &'static str) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
