//! What the simulated gateways have in common: bills in memory, a hosted payment page, reports with
//! each gateway's own pauses between repetitions, trouble on demand.

use super::page::{self, Outcome, Shown};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A payment at a simulated gateway.
#[derive(Clone, Debug)]
pub struct Bill {
    pub id: String,
    /// The shop's own name of it.
    pub reference: String,
    pub amount: i64,
    /// The gateway's name of the channel.
    pub method: String,
    pub customer: String,
    /// `pending`, `paid`, `failed`, `expired`, `cancelled`, `refunded`.
    pub status: String,
    pub return_url: String,
    pub webhook_url: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    /// Paid, as far as it differs from the amount.
    pub paid_amount: i64,
    /// The shop's refund id to its amount.
    pub refunds: BTreeMap<String, i64>,
    /// As the shop sent it.
    pub request: Value,
}

impl Bill {
    pub fn refunded(&self) -> i64 {
        self.refunds.values().sum()
    }
}

/// What differs between the gateways.
pub trait Provider: Send + Sync + 'static {
    fn title(&self) -> &'static str;
    /// Headers and body of a report about the bill as it is.
    fn report(&self, bill: &Bill) -> (HeaderMap, Vec<u8>);
    /// Whether the shop's answer ends the repetitions.
    fn is_taken(&self, status: StatusCode, _body: &[u8]) -> bool {
        status.is_success()
    }
    /// Pauses before each repetition.
    fn ladder(&self) -> Vec<Duration>;
}

pub struct Hosted<P> {
    pub provider: P,
    /// Where this gateway is mounted, for links.
    pub base_url: String,
    bills: Mutex<BTreeMap<String, Bill>>,
    trouble: Mutex<Trouble>,
    client: reqwest::Client,
}

/// Trouble to come, for tests of the shop's nerves.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Trouble {
    #[serde(default)]
    latency_ms: u64,
    /// Calls that are answered with 503.
    #[serde(default)]
    failures: u32,
}

impl<P: Provider> Hosted<P> {
    pub fn new(provider: P, base_url: String, client: reqwest::Client) -> Arc<Self> {
        Arc::new(Self { provider, base_url, bills: Mutex::default(), trouble: Mutex::default(), client })
    }

    /// The gateway's API with the hosted page beside it.
    pub fn mount(self: &Arc<Self>, api: Router<Arc<Self>>) -> Router {
        let troubled = api.layer(from_fn_with_state(self.clone(), troubled::<P>));
        troubled
            .route("/", get(index::<P>))
            .route("/pay/{id}", get(show::<P>).post(settle::<P>))
            .route("/pay/by-reference/{id}", get(show::<P>).post(settle::<P>))
            .route("/_trouble", post(make_trouble::<P>))
            .with_state(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bill>> {
        self.bills.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, bill: Bill) {
        self.lock().insert(bill.id.clone(), bill);
    }

    pub fn find(&self, test: impl Fn(&Bill) -> bool) -> Option<Bill> {
        self.all(test).into_iter().next()
    }

    /// Bills that fit, as they are at this moment.
    pub fn all(&self, test: impl Fn(&Bill) -> bool) -> Vec<Bill> {
        let now = now();
        let mut bills = self.lock();
        for bill in bills.values_mut().filter(|b| b.status == "pending" && b.expires_at <= now) {
            bill.status = "expired".into();
        }
        bills.values().filter(|b| test(b)).cloned().collect()
    }

    /// Changes a bill that fits; `None` when there is none.
    pub fn change<T>(&self, test: impl Fn(&Bill) -> bool, change: impl FnOnce(&mut Bill) -> T) -> Option<T> {
        let mut bills = self.lock();
        bills.values_mut().find(|b| test(b)).map(change)
    }

    pub fn page_url(&self, id: &str) -> String {
        format!("{}/pay/{id}", self.base_url)
    }

    /// Reports the bill as it is, in the background.
    pub fn report(self: &Arc<Self>, bill: &Bill, delay: Duration, copies: u32) {
        for _ in 0..copies {
            let (sim, bill) = (self.clone(), bill.clone());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let (headers, body) = sim.provider.report(&bill);
                sim.deliver(&bill.webhook_url, headers, body).await;
            });
        }
    }

    /// Reports something that is no bill, in the background.
    pub fn tell(self: &Arc<Self>, url: String, headers: HeaderMap, body: Vec<u8>) {
        let sim = self.clone();
        tokio::spawn(async move { sim.deliver(&url, headers, body).await });
    }

    async fn deliver(&self, url: &str, headers: HeaderMap, body: Vec<u8>) {
        let mut pauses = self.provider.ladder().into_iter();
        loop {
            let sent = self.client.post(url).headers(headers.clone()).body(body.clone()).send().await;
            if let Ok(answer) = sent {
                let status = answer.status();
                let body = answer.bytes().await.unwrap_or_default();
                if self.provider.is_taken(status, &body) {
                    return;
                }
            }
            let Some(pause) = pauses.next() else {
                tracing::warn!(url, "report given up");
                return;
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// The simulators are outside systems with a clock of their own.
#[allow(clippy::disallowed_methods, reason = "an outside system has a clock of its own")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn troubled<P: Provider>(State(sim): State<Arc<Hosted<P>>>, request: Request, next: Next) -> Response {
    let trouble = {
        let mut trouble = sim.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let now = *trouble;
        trouble.failures = trouble.failures.saturating_sub(1);
        now
    };
    if trouble.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(trouble.latency_ms.min(60_000))).await;
    }
    if trouble.failures > 0 {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

async fn make_trouble<P: Provider>(State(sim): State<Arc<Hosted<P>>>, Json(trouble): Json<Trouble>) -> Json<Value> {
    *sim.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    Json(json!({ "success": true }))
}

async fn show<P: Provider>(State(sim): State<Arc<Hosted<P>>>, Path(id): Path<String>) -> Response {
    match sim.find(|b| b.id == id || b.reference == id) {
        Some(bill) => render(&sim, &bill),
        None => (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response(),
    }
}

/// Every open bill: what a bank's or wallet's app would be for, in a demo.
async fn index<P: Provider>(State(sim): State<Arc<Hosted<P>>>) -> Response {
    let mut bills = sim.all(|b| b.status == "pending");
    bills.sort_by_key(|b| std::cmp::Reverse(b.created_at));
    let rows: Vec<_> = bills.iter().map(|b| (sim.page_url(&b.id), b.amount, b.customer.as_str(), b.method.as_str())).collect();
    page::index(sim.provider.title(), &rows)
}

fn render<P: Provider>(sim: &Hosted<P>, bill: &Bill) -> Response {
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
    })
}

/// Fields of the page's form.
#[derive(Deserialize)]
struct Settle {
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

async fn settle<P: Provider>(State(sim): State<Arc<Hosted<P>>>, Path(id): Path<String>, Form(form): Form<Settle>) -> Response {
    let Some(outcome) = Outcome::read(&form.outcome, form.amount_off_by) else {
        return (StatusCode::BAD_REQUEST, Html("<h1>Hasil tidak dikenal</h1>")).into_response();
    };
    let changed = sim.change(
        |b| b.id == id || b.reference == id,
        |bill| {
            // Paid late, after it expired, as well: it happens.
            let is_open =
                matches!(bill.status.as_str(), "pending" | "failed") || (bill.status == "expired" && outcome.status == "paid");
            if is_open {
                outcome.status.clone_into(&mut bill.status);
                let paid = outcome.paid(bill.amount);
                bill.paid_at = paid.map(|_| now());
                bill.paid_amount = paid.unwrap_or(bill.amount);
            }
            (bill.clone(), is_open)
        },
    );
    match changed {
        None => (StatusCode::NOT_FOUND, Html("<h1>Pembayaran tidak ditemukan</h1>")).into_response(),
        Some((bill, false)) => render(&sim, &bill),
        Some((bill, true)) => {
            if form.lost.is_none() {
                let delay = Duration::from_millis(form.delay_ms.unwrap_or(0).min(60_000));
                sim.report(&bill, delay, 1 + form.duplicates.unwrap_or(0).min(100));
            }
            Redirect::to(&bill.return_url).into_response()
        }
    }
}
