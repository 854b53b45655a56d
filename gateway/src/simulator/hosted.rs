//! What the simulated gateways have in common: bills that survive a restart, a hosted payment page,
//! reports with each gateway's own pauses between repetitions, trouble on demand.

mod form;
#[cfg(test)]
mod tests;
mod trouble;

use super::journal::Journal;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trouble::Trouble;

/// A payment at a simulated gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bill {
    pub id: String,
    /// The shop's own name of it.
    pub reference: String,
    pub amount: i64,
    /// The gateway's name of the channel.
    pub method: String,
    pub customer: String,
    /// `pending`, `paid`, `failed`, `expired`, `cancelled`, and what a gateway's follow-ups make of it.
    pub status: String,
    pub return_url: String,
    pub webhook_url: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    /// Paid, as far as it differs from the amount.
    pub paid_amount: i64,
    /// The money has reached the shop's account at the gateway.
    #[serde(default)]
    pub is_settled: bool,
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

/// What may happen to a bill after it was paid.
pub struct FollowUp {
    /// The outcome in the page's form.
    pub outcome: &'static str,
    pub label: &'static str,
    pub apply: fn(&mut Bill),
    /// Whether the gateway reports it; else it is only told when asked.
    pub is_told: bool,
}

/// What differs between the gateways.
pub trait Provider: Send + Sync + 'static {
    fn title(&self) -> &'static str;
    /// Headers and body of a report about the bill as it is.
    fn report(&self, bill: &Bill) -> (HeaderMap, Vec<u8>);
    /// Pauses before each repetition after the shop answered so (`None`: not at all), counted from the
    /// first report. None: the report was taken, or given up.
    fn ladder(&self, answer: Option<(StatusCode, &[u8])>) -> Vec<Duration>;
    fn follow_ups(&self) -> &'static [FollowUp] {
        &[]
    }
    /// Whether it reports that a bill's time ran out.
    fn tells_expiry(&self, _bill: &Bill) -> bool {
        true
    }
    /// The answer to a second call with an idempotency key while the first is carried out, where the
    /// gateway minds.
    fn busy(&self) -> Option<Response> {
        None
    }
}

pub struct Hosted<P> {
    pub provider: P,
    /// Where this gateway is mounted, for links.
    pub base_url: String,
    kept: Mutex<Kept>,
    trouble: Mutex<Trouble>,
    /// Idempotency keys of calls being carried out.
    busy: Mutex<BTreeSet<String>>,
    client: reqwest::Client,
}

#[derive(Default)]
struct Kept {
    bills: BTreeMap<String, Bill>,
    journal: Journal,
}

impl<P: Provider> Hosted<P> {
    /// `journal`: the file in which bills survive a restart.
    pub fn new(provider: P, base_url: String, client: reqwest::Client, journal: Option<&Path>) -> Arc<Self> {
        let (known, journal) = Journal::open::<Bill>(journal);
        let bills = known.into_iter().map(|bill| (bill.id.clone(), bill)).collect();
        let kept = Mutex::new(Kept { bills, journal });
        Arc::new(Self { provider, base_url, kept, trouble: Mutex::default(), busy: Mutex::default(), client })
    }

    /// The gateway's API with the hosted page beside it.
    pub fn mount(self: &Arc<Self>, api: Router<Arc<Self>>) -> Router {
        self.watch();
        let troubled = api.layer(from_fn_with_state(self.clone(), trouble::troubled::<P>));
        troubled
            .route("/", get(form::index::<P>))
            .route("/pay/{id}", get(form::show::<P>).post(form::settle::<P>))
            .route("/pay/by-reference/{id}", get(form::show::<P>).post(form::settle::<P>))
            .route("/_trouble", post(trouble::make::<P>))
            .with_state(self.clone())
    }

    /// Reports bills whose time runs out, soon after it did.
    fn watch(self: &Arc<Self>) {
        let sim = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(1));
            loop {
                ticks.tick().await;
                let Some(sim) = sim.upgrade() else { return };
                sim.expire_due();
            }
        });
    }

    fn expire_due(self: &Arc<Self>) {
        let now = now();
        let is_due = |bill: &Bill| bill.status == "pending" && bill.expires_at <= now;
        while let Some(bill) = self.update(is_due, |bill| {
            "expired".clone_into(&mut bill.status);
            bill.clone()
        }) {
            if self.provider.tells_expiry(&bill) {
                self.report(&bill, Duration::ZERO, 1);
            }
        }
    }

    pub fn put(&self, bill: Bill) {
        let mut kept = self.lock();
        kept.journal.append(&bill);
        kept.bills.insert(bill.id.clone(), bill);
    }

    pub fn find(self: &Arc<Self>, test: impl Fn(&Bill) -> bool) -> Option<Bill> {
        self.all(test).into_iter().next()
    }

    /// Bills that fit, as they are at this moment.
    pub fn all(self: &Arc<Self>, test: impl Fn(&Bill) -> bool) -> Vec<Bill> {
        self.expire_due();
        self.lock().bills.values().filter(|b| test(b)).cloned().collect()
    }

    /// Changes a bill that fits; `None` when there is none.
    pub fn change<T>(self: &Arc<Self>, test: impl Fn(&Bill) -> bool, change: impl FnOnce(&mut Bill) -> T) -> Option<T> {
        self.expire_due();
        self.update(test, change)
    }

    fn update<T>(&self, test: impl Fn(&Bill) -> bool, change: impl FnOnce(&mut Bill) -> T) -> Option<T> {
        let mut kept = self.lock();
        let Kept { bills, journal } = &mut *kept;
        let bill = bills.values_mut().find(|b| test(b))?;
        let result = change(bill);
        journal.append(bill);
        Some(result)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
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
                sim.deliver_bill(&bill).await;
            });
        }
    }

    /// Reports something that is no bill, in the background.
    pub fn tell(self: &Arc<Self>, url: String, headers: HeaderMap, body: Vec<u8>) {
        let sim = self.clone();
        tokio::spawn(async move { sim.deliver(&url, headers, body).await });
    }

    async fn deliver_bill(&self, bill: &Bill) {
        let (headers, body) = self.provider.report(bill);
        self.deliver(&bill.webhook_url, headers, body).await;
    }

    /// Ends when the report was taken or given up.
    async fn deliver(&self, url: &str, headers: HeaderMap, body: Vec<u8>) {
        for repetitions in 0.. {
            let answer = match self.client.post(url).headers(headers.clone()).body(body.clone()).send().await {
                Ok(answer) => Some((answer.status(), answer.bytes().await.unwrap_or_default())),
                Err(_) => None,
            };
            let pauses = self.provider.ladder(answer.as_ref().map(|(status, body)| (*status, &body[..])));
            match pauses.get(repetitions) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return,
            }
        }
    }
}

/// The simulators are outside systems with a clock of their own.
#[allow(clippy::disallowed_methods, reason = "an outside system has a clock of its own")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
