//! Tripay's JSON: numbers may come as strings, and `amount` includes a fee the buyer pays.

use crate::payment::amount::{agrees, check_currency};
use domain::Money;
use domain::payment::{PayWith, PaymentEventKind};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use service::port::{Charge, ChargeRequest, GatewayEvent};
use service::{Error, Result};
use sha2::Sha256;

/// Hex HMAC-SHA-256.
pub fn hmac(key: &str, message: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(message);
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

pub fn create(request: &ChargeRequest, method: &str, signature: &str) -> Value {
    json!({
        "method": method,
        "merchant_ref": request.attempt.to_string(),
        "amount": request.amount.0,
        "customer_name": request.buyer_name,
        "customer_email": request.buyer_email,
        "customer_phone": request.buyer_phone,
        "order_items": [{ "name": "Pesanan Belanjain", "price": request.amount.0, "quantity": 1 }],
        "callback_url": request.webhook_url,
        "return_url": request.return_url,
        "expired_time": request.expires_at.timestamp(),
        "signature": signature,
    })
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn kind(status: &str) -> PaymentEventKind {
    match status {
        "PAID" => PaymentEventKind::Paid,
        "EXPIRED" => PaymentEventKind::Expired,
        "FAILED" => PaymentEventKind::Failed,
        "REFUND" => PaymentEventKind::Refunded,
        _ => PaymentEventKind::Created,
    }
}

/// What was asked for, without the buyer's fee.
fn net(amount: &Value, fee_customer: &Value, currency: Option<&str>) -> Result<Money> {
    check_currency("tripay", currency)?;
    let amount = whole(amount).ok_or_else(|| Error::port("tripay", "no amount"))?;
    Ok(Money(amount - whole(fee_customer).unwrap_or(0)))
}

/// A transaction, as created or asked for.
#[derive(Deserialize)]
pub struct Transaction {
    reference: String,
    #[serde(default)]
    merchant_ref: Option<String>,
    #[serde(default)]
    payment_name: String,
    amount: Value,
    #[serde(default)]
    fee_customer: Value,
    /// Tripay knows rupiah only and does not say so.
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    pay_code: Value,
    #[serde(default)]
    pay_url: Value,
    #[serde(default)]
    checkout_url: Value,
    #[serde(default)]
    qr_string: Value,
    status: String,
}

impl Transaction {
    fn net(&self) -> Result<Money> {
        net(&self.amount, &self.fee_customer, self.currency.as_deref())
    }

    pub fn charge(self, asked: Money) -> Result<Charge> {
        agrees("tripay", self.net()?, asked)?;
        let code = text(&self.pay_code).map(|number| PayWith::VirtualAccount { bank: self.payment_name.clone(), number });
        let pay_with = text(&self.qr_string).map(|qr_string| PayWith::Qris { qr_string }).or(code);
        let redirect_url = text(&self.pay_url).or_else(|| text(&self.checkout_url));
        Ok(Charge { reference: self.reference, redirect_url, pay_with })
    }

    pub fn into_event(self) -> Result<GatewayEvent> {
        Ok(GatewayEvent {
            attempt: self.merchant_ref.as_deref().and_then(|text| text.parse().ok()),
            kind: kind(&self.status),
            amount: self.net()?,
            reference: self.reference,
            refunds: vec![],
        })
    }
}

/// What Tripay reports.
#[derive(Deserialize)]
pub struct Callback {
    reference: String,
    #[serde(default)]
    merchant_ref: Option<String>,
    total_amount: Value,
    #[serde(default)]
    fee_customer: Value,
    #[serde(default)]
    currency: Option<String>,
    status: String,
}

impl Callback {
    pub fn into_event(self) -> Result<GatewayEvent> {
        Ok(GatewayEvent {
            attempt: self.merchant_ref.as_deref().and_then(|text| text.parse().ok()),
            reference: self.reference,
            kind: kind(&self.status),
            amount: net(&self.total_amount, &self.fee_customer, self.currency.as_deref())?,
            refunds: vec![],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of payments-wire.md, 3.3 and 3.4.
    #[test]
    fn agrees_with_the_published_signatures() {
        assert_eq!(
            hmac("ytf6ooi2gmlNPfpchd94jDOk8hRWOu", b"T0001INV555671500000"),
            "9f167eba844d1fcb369404e2bda53702e2f78f7aa12e91da6715414e65b8c86a"
        );
        assert_eq!(
            hmac("priv-BELANJAIN-0001", b"T12345BLJ-20261001-0007275000"),
            "30ade761ddd547bf7e04af57e5aaa7bdfe76521c7968b15598ba3fad6e398de9"
        );
        assert_eq!(hmac("priv-BELANJAIN-0001", CALLBACK), "533e83cb9e50f3fffe91ab126624728a6fc1862c94a3e39380cfa14de834baa6");
    }

    const CALLBACK: &[u8] = br#"{"reference":"T12345000000000ABCDE","merchant_ref":"BLJ-20261001-0007","payment_method":"QRIS","payment_method_code":"QRIS2","total_amount":275000,"fee_merchant":2675,"fee_customer":0,"total_fee":2675,"amount_received":272325,"is_closed_payment":1,"status":"PAID","paid_at":1790000000,"note":null}"#;

    #[test]
    fn reads_callbacks_without_the_buyers_fee() {
        let event = serde_json::from_slice::<Callback>(CALLBACK).unwrap().into_event().unwrap();
        assert_eq!((event.kind, event.amount, event.attempt), (PaymentEventKind::Paid, Money(275_000), None));
        let fee = json!({ "reference": "T1", "total_amount": "153750", "fee_customer": "3750", "status": "REFUND" });
        let event = serde_json::from_value::<Callback>(fee).unwrap().into_event().unwrap();
        assert_eq!((event.kind, event.amount), (PaymentEventKind::Refunded, Money(150_000)));
    }

    #[test]
    fn tells_the_buyer_how_to_pay() {
        let made = |changes: Value| {
            let mut body = json!({
                "reference": "T1", "payment_name": "BCA Virtual Account", "amount": 10_000, "status": "UNPAID",
                "checkout_url": "https://tripay.co.id/checkout/T1", "pay_code": null, "pay_url": null,
            });
            for (key, value) in changes.as_object().unwrap() {
                body[key] = value.clone();
            }
            serde_json::from_value::<Transaction>(body).unwrap().charge(Money(10_000))
        };
        let account = made(json!({ "pay_code": 80_777_012_345_i64 })).unwrap().pay_with;
        let expected = PayWith::VirtualAccount { bank: "BCA Virtual Account".into(), number: "80777012345".into() };
        assert_eq!(account, Some(expected));
        assert_eq!(made(json!({ "qr_string": "000201" })).unwrap().pay_with, Some(PayWith::Qris { qr_string: "000201".into() }));
        assert_eq!(made(json!({ "pay_url": "https://dana" })).unwrap().redirect_url.as_deref(), Some("https://dana"));
        assert!(made(json!({ "amount": 10_001 })).is_err());
        assert!(made(json!({ "amount": 10_500, "fee_customer": "500", "currency": "IDR" })).is_ok());
        assert!(made(json!({ "currency": "USD" })).is_err());
    }
}
