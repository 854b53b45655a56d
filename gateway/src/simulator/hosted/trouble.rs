//! Trouble to come, for tests of the shop's nerves.

use super::{Hosted, Provider};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// The knobs; turned all at once, what is left out is off.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Trouble {
    latency_ms: u64,
    /// Calls that are answered with 503 and not carried out.
    failures: u32,
    /// Calls that are answered with 429 and not carried out.
    limits: u32,
    /// Seconds after which the answer 429 asks to be called again.
    reset: u64,
    /// Calls that are carried out, and whose answer breaks off.
    lose_answers: u32,
    /// Counted trouble is for calls of this method only.
    only: Option<String>,
    /// Midtrans leaves out the text of QRIS codes.
    without_qr_string: bool,
    /// Midtrans captures cards on pages made from now on, and settles them when told.
    captures: bool,
}

/// What happens to one call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Good,
    Fails,
    IsLimited { reset: u64 },
    LosesAnswer,
}

impl Trouble {
    fn fate(&mut self, method: &str) -> Fate {
        if self.only.as_deref().is_some_and(|only| only != method) {
            return Fate::Good;
        }
        let limited = Fate::IsLimited { reset: self.reset };
        let counters =
            [(&mut self.failures, Fate::Fails), (&mut self.limits, limited), (&mut self.lose_answers, Fate::LosesAnswer)];
        for (left, fate) in counters {
            if *left > 0 {
                *left -= 1;
                return fate;
            }
        }
        Fate::Good
    }
}

impl<P: Provider> Hosted<P> {
    pub fn is_without_qr_string(&self) -> bool {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).without_qr_string
    }

    pub fn captures_first(&self) -> bool {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).captures
    }
}

/// An idempotency key whose call is being carried out.
struct Busy<P> {
    sim: Arc<Hosted<P>>,
    key: String,
}

impl<P> Busy<P> {
    /// `None`: it is already.
    fn begin(sim: &Arc<Hosted<P>>, key: &str) -> Option<Self> {
        let is_new = sim.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
        is_new.then(|| Self { sim: sim.clone(), key: key.to_owned() })
    }
}

impl<P> Drop for Busy<P> {
    fn drop(&mut self) {
        self.sim.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

pub(super) async fn troubled<P: Provider>(State(sim): State<Arc<Hosted<P>>>, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").and_then(|v| v.to_str().ok());
    let _busy = match key.zip(sim.provider.busy()) {
        None => None,
        Some((key, refusal)) => match Busy::begin(&sim, key) {
            None => return refusal,
            busy => busy,
        },
    };
    let (latency, fate) = {
        let mut trouble = sim.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        (trouble.latency_ms.min(60_000), trouble.fate(request.method().as_str()))
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    match fate {
        Fate::Fails => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Fate::IsLimited { reset } => limited(reset),
        Fate::Good => next.run(request).await,
        Fate::LosesAnswer => cut(next.run(request).await).await,
    }
}

/// As Xendit says it.
fn limited(reset: u64) -> Response {
    let headers = [
        ("rate-limit-limit", "60".to_owned()),
        ("rate-limit-remaining", "0".to_owned()),
        ("rate-limit-reset", reset.to_string()),
    ];
    let body = json!({ "error_code": "RATE_LIMIT_EXCEEDED", "message": "You have exceeded the rate limit" });
    (StatusCode::TOO_MANY_REQUESTS, headers, Json(body)).into_response()
}

/// The connection breaks in the middle of the answer.
async fn cut(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    parts.headers.remove("content-length");
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let broken = [Ok::<Bytes, std::io::Error>(half), Err(std::io::ErrorKind::ConnectionReset.into())];
    Response::from_parts(parts, Body::from_stream(futures::stream::iter(broken)))
}

pub(super) async fn make<P: Provider>(State(sim): State<Arc<Hosted<P>>>, Json(trouble): Json<Trouble>) -> Json<Value> {
    *sim.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    Json(json!({ "success": true }))
}
