//! Xendit's JSON. Amounts are numbers, in samples also strings: both are read.

use crate::payment::amount::{check_currency, rupiah};
use domain::Money;
use domain::payment::PaymentEventKind;
use serde::Deserialize;
use serde_json::{Value, json};
use service::port::{ChargeRequest, GatewayEvent};
use service::{Error, Result};

/// An invoice, as answered, listed and reported.
#[derive(Deserialize)]
pub struct Invoice {
    pub id: String,
    pub external_id: String,
    pub status: String,
    pub amount: Value,
    #[serde(default)]
    pub paid_amount: Value,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub invoice_url: String,
}

pub fn create(request: &ChargeRequest, method: &str) -> Value {
    json!({
        "external_id": request.attempt.to_string(),
        "amount": request.amount.0,
        "currency": "IDR",
        "payer_email": request.buyer_email,
        "description": format!("Pesanan Belanjain {}", request.group),
        "customer": { "given_names": request.buyer_name, "email": request.buyer_email },
        "invoice_duration": (request.expires_at - request.at).num_seconds().max(300),
        "payment_methods": [method],
        "success_redirect_url": request.return_url,
        "failure_redirect_url": request.return_url,
        "should_send_email": false,
        "locale": "id",
    })
}

impl Invoice {
    /// In rupiah, of an invoice as of a report.
    pub fn asked(&self) -> Result<Money> {
        check_currency("xendit", self.currency.as_deref())?;
        rupiah(&self.amount).map(Money).ok_or_else(|| Error::port("xendit", "no amount in whole rupiah"))
    }

    /// What was really paid counts, where Xendit says it; the unknown is pending.
    pub fn into_event(self) -> Result<GatewayEvent> {
        check_currency("xendit", self.currency.as_deref())?;
        let kind = match self.status.as_str() {
            "PAID" | "SETTLED" => PaymentEventKind::Paid,
            "EXPIRED" => PaymentEventKind::Expired,
            _ => PaymentEventKind::Created,
        };
        let paid = rupiah(&self.paid_amount).filter(|_| kind == PaymentEventKind::Paid);
        let amount = paid.map_or_else(|| self.asked(), |paid| Ok(Money(paid)))?;
        Ok(GatewayEvent { attempt: self.external_id.parse().ok(), reference: self.id, kind, amount })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(changes: &[(&str, Value)]) -> Result<GatewayEvent> {
        let mut body = json!({
            "id": "68dd0c5f1a2b3c4d5e6f7081", "external_id": "0199a0b0-0000-7000-8000-000000000000", "is_high": false,
            "status": "PAID", "amount": 275_000, "paid_amount": 275_000, "currency": "IDR", "payment_channel": "QRIS",
        });
        for (key, value) in changes {
            body[*key] = value.clone();
        }
        serde_json::from_value::<Invoice>(body).unwrap().into_event()
    }

    #[test]
    fn what_was_paid_counts() {
        assert_eq!(event(&[]).unwrap().amount, Money(275_000));
        assert_eq!(event(&[("paid_amount", json!(270_000))]).unwrap().amount, Money(270_000));
        assert_eq!(event(&[("paid_amount", json!(null)), ("amount", json!("275000.0"))]).unwrap().amount, Money(275_000));
        assert!(event(&[("paid_amount", json!(null)), ("amount", json!(10.5))]).is_err());
        assert!(event(&[("currency", json!("PHP"))]).is_err());
    }

    #[test]
    fn an_invoice_in_another_currency_is_not_what_was_asked_for() {
        let asked = |currency: Value| {
            let body = json!({ "id": "1", "external_id": "x", "status": "PENDING", "amount": "275000", "currency": currency });
            serde_json::from_value::<Invoice>(body).unwrap().asked()
        };
        assert_eq!(asked(json!("IDR")).unwrap(), Money(275_000));
        assert_eq!(asked(json!(null)).unwrap(), Money(275_000));
        assert!(asked(json!("PHP")).is_err());
    }

    #[test]
    fn the_unknown_is_pending() {
        for (status, kind) in [
            ("PENDING", PaymentEventKind::Created),
            ("SETTLED", PaymentEventKind::Paid),
            ("EXPIRED", PaymentEventKind::Expired),
            ("UNKNOWN_ENUM_VALUE", PaymentEventKind::Created),
        ] {
            assert_eq!(event(&[("status", json!(status))]).unwrap().kind, kind, "{status}");
        }
    }
}
