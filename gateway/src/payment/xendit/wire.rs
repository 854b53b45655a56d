//! Xendit's JSON. Amounts are numbers, in samples also strings: both are read.

use crate::payment::amount::{check_currency, rupiah};
use domain::Money;
use domain::id::RefundId;
use domain::payment::PaymentEventKind;
use serde::Deserialize;
use serde_json::{Value, json};
use service::port::{ChargeRequest, FoundRefund, GatewayEvent, RefundRequest, RefundState, Report};
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
        Ok(GatewayEvent { attempt: self.external_id.parse().ok(), reference: self.id, kind, amount, refunds: vec![] })
    }
}

/// A refund, as answered, listed and reported.
#[derive(Deserialize)]
pub struct Refund {
    id: String,
    #[serde(default)]
    reference_id: Option<String>,
    #[serde(default)]
    invoice_id: Option<String>,
    amount: Value,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    failure_code: Option<String>,
}

#[derive(Deserialize)]
pub struct RefundList {
    pub data: Vec<Refund>,
}

/// `reference_id` of a refund of which `failed` tries have failed for good.
pub fn refund_name(refund: RefundId, failed: usize) -> String {
    if failed == 0 { refund.to_string() } else { format!("{refund}-{failed}") }
}

impl Refund {
    /// Ours, whichever try it is.
    pub fn refund(&self) -> Option<RefundId> {
        self.reference_id.as_deref()?.get(..36)?.parse().ok()
    }

    /// The unknown is pending.
    pub fn state(&self) -> RefundState {
        match self.status.as_str() {
            "SUCCEEDED" => RefundState::Done(self.id.clone()),
            "FAILED" | "CANCELLED" => RefundState::Failed(self.failure_code.clone().unwrap_or_else(|| self.status.clone())),
            _ => RefundState::Pending(self.id.clone()),
        }
    }

    fn amount(&self) -> Result<Money> {
        let currency = self.currency.as_deref().unwrap_or("IDR");
        if currency != "IDR" {
            return Err(Error::port("xendit", format!("refund in {currency}")));
        }
        rupiah(&self.amount).map(Money).ok_or_else(|| Error::port("xendit", "refund of no whole rupiah"))
    }

    /// Its state, if it is what was asked for. Of one that failed nothing has gone, whatever was asked for then.
    pub fn state_of(&self, request: &RefundRequest) -> Result<RefundState> {
        let state = self.state();
        if !matches!(state, RefundState::Failed(_)) && self.amount()? != request.amount {
            return Err(Error::port("xendit", "refunds another amount than asked for"));
        }
        Ok(state)
    }

    pub fn found(self) -> Result<FoundRefund> {
        let (refund, amount, state) = (self.refund(), self.amount()?, self.state());
        Ok(FoundRefund { refund, reference: self.id, charge: self.invoice_id, amount, state })
    }
}

/// What a webhook is about. Of refunds Xendit's sample nests the data twice, its text once.
pub fn report(body: &[u8]) -> Result<Report> {
    let body: Value = serde_json::from_slice(body).map_err(|e| Error::port("xendit", e))?;
    if body["event"].as_str().is_some_and(|event| event.starts_with("refund.")) {
        let id = body["data"]["id"].as_str().or_else(|| body["data"]["data"]["id"].as_str());
        let id = id.ok_or_else(|| Error::port("xendit", "refund without an id"))?;
        return Ok(Report::Refund(id.to_owned()));
    }
    let invoice: Invoice = serde_json::from_value(body).map_err(|e| Error::port("xendit", e))?;
    invoice.into_event().map(Report::Payment)
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
    fn reports_of_refunds_are_read_in_both_shapes() {
        let refund = json!({ "id": "rfd-1", "status": "FAILED", "amount": 1 });
        for data in [refund.clone(), json!({ "data": refund })] {
            let body = json!({ "event": "refund.failed", "business_id": "b", "created": "2026-11-25T00:00:00Z", "data": data });
            assert_eq!(report(body.to_string().as_bytes()).unwrap(), Report::Refund("rfd-1".into()));
        }
        assert!(report(br#"{"event":"refund.failed","data":{}}"#).is_err());
    }

    #[test]
    fn only_a_final_refund_is_final() {
        let id: RefundId = "0199a0b0-0000-7000-8000-000000000000".parse().unwrap();
        let refund = |status: &str, failed| -> Refund {
            let name = refund_name(id, failed);
            serde_json::from_value(json!({ "id": "rfd-1", "reference_id": name, "amount": "5000", "status": status })).unwrap()
        };
        assert_eq!((refund("PENDING", 0).refund(), refund("PENDING", 2).refund()), (Some(id), Some(id)));
        for (status, state) in [
            ("SUCCEEDED", RefundState::Done("rfd-1".into())),
            ("PENDING", RefundState::Pending("rfd-1".into())),
            ("UNKNOWN_ENUM_VALUE", RefundState::Pending("rfd-1".into())),
            ("CANCELLED", RefundState::Failed("CANCELLED".into())),
        ] {
            assert_eq!(refund(status, 0).state(), state, "{status}");
        }
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
