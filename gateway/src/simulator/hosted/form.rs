//! The hosted payment page and what its form does.

use super::{Bill, Hosted, Provider, now};
use crate::simulator::page::{self, Outcome, Shown};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

fn missing() -> Response {
    (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response()
}

pub(super) async fn show<P: Provider>(State(sim): State<Arc<Hosted<P>>>, Path(id): Path<String>) -> Response {
    sim.find(|b| b.id == id || b.reference == id).map_or_else(missing, |bill| render(&sim, &bill))
}

/// Every open bill: what a bank's or wallet's app would be for, in a demo.
pub(super) async fn index<P: Provider>(State(sim): State<Arc<Hosted<P>>>) -> Response {
    let mut bills = sim.all(|b| b.status == "pending");
    bills.sort_by_key(|b| std::cmp::Reverse(b.created_at));
    let rows: Vec<_> = bills.iter().map(|b| (sim.page_url(&b.id), b.amount, b.customer.as_str(), b.method.as_str())).collect();
    page::index(sim.provider.title(), &rows)
}

fn render<P: Provider>(sim: &Hosted<P>, bill: &Bill) -> Response {
    let follow_ups: Vec<_> = sim.provider.follow_ups().iter().map(|f| (f.outcome, f.label)).collect();
    page::render(&Shown {
        title: sim.provider.title(),
        action: sim.page_url(&bill.id),
        id: &bill.id,
        amount: bill.amount,
        customer: &bill.customer,
        method: &bill.method,
        expires_at: bill.expires_at,
        status: &bill.status,
        return_url: &bill.return_url,
        takes_late: true,
        follow_ups: &follow_ups,
    })
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
}

pub(super) async fn settle<P: Provider>(
    State(sim): State<Arc<Hosted<P>>>,
    Path(id): Path<String>,
    Form(form): Form<Settle>,
) -> Response {
    let follow_up = sim.provider.follow_ups().iter().find(|f| f.outcome == form.outcome);
    let outcome = Outcome::read(&form.outcome, form.amount_off_by);
    let changed = sim.change(
        |b| b.id == id || b.reference == id,
        |bill| {
            let is_changed = match (follow_up, outcome) {
                (Some(follow_up), _) if bill.status == "paid" => {
                    (follow_up.apply)(bill);
                    true
                }
                (None, Some(outcome)) => pay(bill, outcome),
                _ => false,
            };
            (bill.clone(), is_changed)
        },
    );
    match changed {
        None => missing(),
        Some(_) if follow_up.is_none() && outcome.is_none() => {
            (StatusCode::BAD_REQUEST, Html("<h1>Hasil tidak dikenal</h1>")).into_response()
        }
        Some((bill, false)) => render(&sim, &bill),
        Some((bill, true)) => {
            if form.lost.is_none() && follow_up.is_none_or(|f| f.is_told) {
                let delay = Duration::from_millis(form.delay_ms.unwrap_or(0).min(60_000));
                sim.report(&bill, delay, 1 + form.duplicates.unwrap_or(0).min(100));
            }
            Redirect::to(&bill.return_url).into_response()
        }
    }
}

/// Whether the outcome changes the bill. Paid late, after it expired, as well: it happens.
fn pay(bill: &mut Bill, outcome: Outcome) -> bool {
    let is_late = bill.status == "expired" && outcome.status == "paid";
    let is_open = matches!(bill.status.as_str(), "pending" | "failed") || is_late;
    if is_open {
        outcome.status.clone_into(&mut bill.status);
        let paid = outcome.paid(bill.amount);
        bill.paid_at = paid.map(|_| now());
        bill.paid_amount = paid.unwrap_or(bill.amount);
    }
    is_open
}
