//! The hosted payment page: a plain form.

use super::Sim;
use super::book::Entry;
use super::webhook::{Knobs, send};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::Money;
use domain::analytics::WIB;
use minijinja::{Environment, context};
use serde::Deserialize;
use std::sync::LazyLock;
use std::time::Duration;

static PAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    if let Err(error) = pages.add_template("page.html", include_str!("page.html")) {
        tracing::error!(cause = %error, "payment page is broken");
    }
    pages
});

pub(super) async fn show(State(sim): State<Sim>, Path(id): Path<String>) -> Response {
    match sim.book.find(&id) {
        Some(entry) => render(&entry),
        None => (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response(),
    }
}

/// Fields of the page's form.
#[derive(Deserialize)]
pub(super) struct Settle {
    outcome: String,
    #[serde(default)]
    delay_ms: Option<u64>,
    #[serde(default)]
    duplicates: Option<u32>,
    #[serde(default)]
    amount_off_by: Option<i64>,
    #[serde(default)]
    lost: Option<String>,
    /// A second, real payment of what is paid already.
    #[serde(default)]
    double: Option<String>,
}

/// Settles the payment and sends the browser back to the shop; the webhook follows.
pub(super) async fn settle(State(sim): State<Sim>, Path(id): Path<String>, Form(form): Form<Settle>) -> Response {
    if !["paid", "failed", "expired"].contains(&form.outcome.as_str()) {
        return (StatusCode::BAD_REQUEST, Html("<h1>Hasil tidak dikenal</h1>")).into_response();
    }
    let settled = sim.book.change(&id, |entry| {
        let again = entry.status == "paid" && form.outcome == "paid" && form.double.is_some();
        // A failed try may be followed by another one.
        if !again && !["pending", "failed"].contains(&entry.status.as_str()) {
            return (entry.clone(), false);
        }
        entry.status.clone_from(&form.outcome);
        entry.settlements += u32::from(form.outcome == "paid");
        (entry.clone(), true)
    });
    match settled {
        None => (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response(),
        Some((entry, false)) => render(&entry),
        Some((entry, true)) => {
            let knobs = Knobs {
                delay: Duration::from_millis(form.delay_ms.unwrap_or(0).min(60_000)),
                duplicates: form.duplicates.unwrap_or(0).min(100),
                amount_off_by: form.amount_off_by.unwrap_or(0),
                is_lost: form.lost.is_some(),
            };
            send(&sim, &entry, &form.outcome, knobs);
            Redirect::to(&entry.request.return_url).into_response()
        }
    }
}

fn render(entry: &Entry) -> Response {
    let page = PAGE.get_template("page.html").and_then(|page| {
        page.render(context! {
            id => entry.id,
            amount => Money(entry.request.amount).to_string(),
            customer => entry.request.customer_name,
            expires_at => entry.request.expires_at.with_timezone(&WIB).format("%d-%m-%Y %H.%M WIB").to_string(),
            status => entry.status,
            open => ["pending", "failed"].contains(&entry.status.as_str()),
            return_url => entry.request.return_url,
        })
    });
    match page {
        Ok(page) => {
            let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
