//! Webhooks: signed, repeated until answered with 2xx.

use super::Sim;
use super::book::Entry;
use crate::payment::sandbox::wire::{SIGNATURE_HEADER, Webhook, WebhookData, sign};
use chrono::Utc;
use std::time::Duration;

/// What the payment page may ask for beside the outcome, to try the shop's nerves.
#[derive(Clone, Debug, Default)]
pub(super) struct Knobs {
    pub delay: Duration,
    /// Deliveries beside the first.
    pub duplicates: u32,
    /// The webhook gets lost.
    pub is_lost: bool,
}

/// Sends the webhook of an outcome in the background.
#[allow(clippy::disallowed_methods, reason = "the simulator is an outside system with a clock of its own")]
pub(super) fn send(sim: &Sim, entry: &Entry, outcome: &str, knobs: Knobs) {
    if knobs.is_lost {
        return;
    }
    let webhook = Webhook {
        id: format!("evt_{}", uuid::Uuid::new_v4().simple()),
        kind: format!("payment.{outcome}"),
        created: Utc::now(),
        data: WebhookData {
            payment_id: entry.id.clone(),
            external_id: entry.request.external_id.clone(),
            reference: entry.reference(outcome),
            amount: entry.amount(),
            currency: "IDR".into(),
        },
    };
    let Ok(body) = serde_json::to_vec(&webhook) else { return };
    for _ in 0..=knobs.duplicates {
        let (sim, body, url, delay) = (sim.clone(), body.clone(), entry.request.webhook_url.clone(), knobs.delay);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            deliver(&sim, &url, &body).await;
        });
    }
}

#[allow(clippy::disallowed_methods, reason = "the simulator is an outside system with a clock of its own")]
async fn deliver(sim: &Sim, url: &str, body: &[u8]) {
    let mut delays = sim.options.retry_delays.iter();
    loop {
        let signature = sign(&sim.options.webhook_secret, Utc::now().timestamp(), body);
        let request = sim
            .client
            .post(url)
            .header("content-type", "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(body.to_vec());
        if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        let Some(delay) = delays.next() else {
            tracing::warn!(url, "webhook given up");
            return;
        };
        tokio::time::sleep(*delay).await;
    }
}
