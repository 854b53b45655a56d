//! The sandbox gateway's wire format, shared by the adapter and the simulator as a specification of
//! both: JSON over HTTP, bearer key, `Idempotency-Key`, webhooks signed like
//! `X-Sandbox-Signature: t=<seconds>,v1=<hex HMAC-SHA-256 of "t.body">`.

use chrono::{DateTime, Utc};
use domain::Money;
use domain::payment::PaymentEventKind;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use service::port::{ChargeRequest, GatewayEvent};
use service::{Error, Result};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub const SIGNATURE_HEADER: &str = "x-sandbox-signature";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreatePayment {
    /// Our name of the attempt, echoed in webhooks.
    pub external_id: String,
    /// Whole rupiah.
    pub amount: i64,
    pub currency: String,
    pub customer_name: String,
    pub customer_email: String,
    pub expires_at: DateTime<Utc>,
    pub return_url: String,
    pub webhook_url: String,
}

impl From<&ChargeRequest> for CreatePayment {
    fn from(request: &ChargeRequest) -> Self {
        Self {
            external_id: request.attempt.to_string(),
            amount: request.amount.0,
            currency: "IDR".into(),
            customer_name: request.buyer_name.clone(),
            customer_email: request.buyer_email.clone(),
            expires_at: request.expires_at,
            return_url: request.return_url.clone(),
            webhook_url: request.webhook_url.clone(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub status: String,
    pub amount: i64,
    pub redirect_url: String,
    /// Our name of the attempt.
    pub external_id: String,
    /// Names the last fact, as its webhook does.
    pub reference: String,
}

impl Payment {
    pub fn into_event(self) -> GatewayEvent {
        GatewayEvent {
            attempt: self.external_id.parse().ok(),
            reference: self.reference,
            kind: kind(&self.status),
            amount: Money(self.amount),
            refunds: vec![],
        }
    }
}

/// Unknown names have no effect.
fn kind(name: &str) -> PaymentEventKind {
    match name {
        "paid" => PaymentEventKind::Paid,
        "failed" => PaymentEventKind::Failed,
        "expired" => PaymentEventKind::Expired,
        _ => PaymentEventKind::Created,
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreateRefund {
    pub amount: i64,
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub status: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Webhook {
    pub id: String,
    /// `payment.paid`, `payment.failed`, `payment.expired`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub created: DateTime<Utc>,
    pub data: WebhookData,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WebhookData {
    pub payment_id: String,
    pub external_id: String,
    /// Names the fact: a second, real payment has another one, a repeated webhook has not.
    pub reference: String,
    pub amount: i64,
    pub currency: String,
}

impl Webhook {
    /// Unknown types have no effect; another currency is not understood.
    pub fn into_event(self) -> Result<GatewayEvent> {
        if self.data.currency != "IDR" {
            return Err(Error::port("sandbox", format!("currency {}", self.data.currency)));
        }
        Ok(GatewayEvent {
            attempt: self.data.external_id.parse().ok(),
            reference: self.data.reference,
            kind: kind(self.kind.trim_start_matches("payment.")),
            amount: Money(self.data.amount),
            refunds: vec![],
        })
    }
}

/// The value of the signature header.
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    format!("t={seconds},v1={}", mac(secret, seconds, body))
}

/// Whether the signature fits the raw body, compared in constant time. A replay of an old webhook
/// is harmless (the fact is known already), so its age does not matter here.
pub fn is_authentic(secret: &str, signature: &str, body: &[u8]) -> bool {
    let part = |name: &str| signature.split(',').find_map(|p| p.trim().strip_prefix(name)?.strip_prefix('='));
    let (Some(seconds), Some(given)) = (part("t").and_then(|t| t.parse().ok()), part("v1")) else { return false };
    mac(secret, seconds, body).as_bytes().ct_eq(given.as_bytes()).into()
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_authentic, sign};

    #[test]
    fn only_the_untouched_body_is_authentic() {
        let signature = sign("rahasia", 1_763_700_000, b"{\"a\":1}");
        assert!(is_authentic("rahasia", &signature, b"{\"a\":1}"));
        assert!(!is_authentic("rahasia", &signature, b"{\"a\":2}"));
        assert!(!is_authentic("lain", &signature, b"{\"a\":1}"));
        assert!(!is_authentic("rahasia", &signature.replace("t=1", "t=2"), b"{\"a\":1}"));
        for broken in ["", "v1=", "t=1", "t=x,v1=00"] {
            assert!(!is_authentic("rahasia", broken, b"{\"a\":1}"), "{broken}");
        }
    }

    /// HMAC-SHA-256 of `1.{}` with the key `key`, computed with another implementation.
    #[test]
    fn agrees_with_a_known_vector() {
        assert_eq!(sign("key", 1, b"{}"), format!("t=1,v1={}", VECTOR));
    }

    const VECTOR: &str = "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
}
