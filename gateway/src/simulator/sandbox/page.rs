//! The hosted payment page: a plain form.

use super::Sim;
use super::book::Entry;
use super::webhook::{Knobs, send};
use crate::simulator::page::{self, Outcome, Shown};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::time::Duration;

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
    let Some(outcome) = Outcome::read(&form.outcome, form.amount_off_by) else {
        return (StatusCode::BAD_REQUEST, Html("<h1>Hasil tidak dikenal</h1>")).into_response();
    };
    let settled = sim.book.change(&id, |entry| {
        let again = entry.status == "paid" && outcome.status == "paid" && form.double.is_some();
        // A failed try may be followed by another one.
        if !again && !["pending", "failed"].contains(&entry.status.as_str()) {
            return (entry.clone(), false);
        }
        outcome.status.clone_into(&mut entry.status);
        entry.paid.extend(outcome.paid(entry.request.amount));
        (entry.clone(), true)
    });
    match settled {
        None => (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response(),
        Some((entry, false)) => render(&entry),
        Some((entry, true)) => {
            let knobs = Knobs {
                delay: Duration::from_millis(form.delay_ms.unwrap_or(0).min(60_000)),
                duplicates: form.duplicates.unwrap_or(0).min(100),
                is_lost: form.lost.is_some(),
            };
            send(&sim, &entry, outcome.status, knobs);
            Redirect::to(&entry.request.return_url).into_response()
        }
    }
}

fn render(entry: &Entry) -> Response {
    page::render(&Shown {
        title: "Gateway Sandbox",
        action: format!("/pay/{}", entry.id),
        id: &entry.id,
        amount: entry.request.amount,
        customer: &entry.request.customer_name,
        method: "",
        expires_at: entry.request.expires_at,
        status: &entry.status,
        return_url: &entry.request.return_url,
        takes_late: false,
        follow_ups: &[],
    })
}
