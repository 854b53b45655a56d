//! Midtrans' JSON: everything is a string there, amounts look like `275000.00`.

use crate::payment::amount::{check_currency, rupiah};
use domain::Money;
use domain::analytics::WIB;
use domain::id::RefundId;
use domain::payment::{PayWith, PaymentEventKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::port::{ChargeRequest, GatewayEvent};
use service::{Error, Result};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

/// Strings, numbers and what is missing, as text.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// What all charges say.
fn common(request: &ChargeRequest) -> Map<String, Value> {
    let details = json!({ "order_id": request.attempt.to_string(), "gross_amount": request.amount.0 });
    let customer = json!({ "first_name": request.buyer_name, "email": request.buyer_email });
    Map::from_iter([("transaction_details".to_owned(), details), ("customer_details".to_owned(), customer)])
}

pub fn snap(request: &ChargeRequest) -> Value {
    let mut body = common(request);
    body.insert("enabled_payments".into(), json!(["credit_card"]));
    body.insert("callbacks".into(), json!({ "finish": request.return_url, "error": request.return_url }));
    body.insert("expiry".into(), json!({ "unit": "minute", "duration": minutes(request) }));
    body.into()
}

pub fn charge(request: &ChargeRequest, channel: &str) -> Value {
    let mut body = common(request);
    let bank = channel.strip_suffix("_va");
    let (payment_type, detail) = match (channel, bank) {
        ("qris", _) => ("qris", Some(("qris", json!({ "acquirer": "gopay" })))),
        ("gopay", _) => ("gopay", Some(("gopay", json!({ "enable_callback": true, "callback_url": request.return_url })))),
        ("mandiri_bill", _) => ("echannel", Some(("echannel", json!({ "bill_info1": "Belanjain", "bill_info2": "Pesanan" })))),
        ("permata_va", _) => ("permata", None),
        (_, bank) => ("bank_transfer", Some(("bank_transfer", json!({ "bank": bank.unwrap_or(channel) })))),
    };
    body.insert("payment_type".into(), json!(payment_type));
    body.extend(detail.map(|(key, value)| (key.to_owned(), value)));
    let expiry = json!({ "order_time": order_time(request), "expiry_duration": minutes(request), "unit": "minute" });
    body.insert("custom_expiry".into(), expiry);
    body.into()
}

/// At least the five minutes that every channel allows.
fn minutes(request: &ChargeRequest) -> i64 {
    (request.expires_at - request.at).num_minutes().max(5)
}

/// Jakarta's time with its offset.
fn order_time(request: &ChargeRequest) -> String {
    request.at.with_timezone(&WIB).format("%Y-%m-%d %H:%M:%S %z").to_string()
}

/// What the buyer needs to pay, as far as the answer says.
pub fn pay_with(made: &Value) -> Option<PayWith> {
    let account = &made["va_numbers"][0];
    if let (Some(bank), Some(number)) = (account["bank"].as_str(), account["va_number"].as_str()) {
        return Some(PayWith::VirtualAccount { bank: bank.to_uppercase(), number: number.to_owned() });
    }
    if let Some(number) = made["permata_va_number"].as_str() {
        return Some(PayWith::VirtualAccount { bank: "PERMATA".into(), number: number.to_owned() });
    }
    if let (Some(biller), Some(key)) = (made["biller_code"].as_str(), made["bill_key"].as_str()) {
        return Some(PayWith::Bill { biller_code: biller.to_owned(), bill_key: key.to_owned() });
    }
    let qr = made["qr_string"].as_str().filter(|text| !text.is_empty());
    qr.map(|text| PayWith::Qris { qr_string: text.to_owned() })
}

/// Where Midtrans has drawn the code of a QRIS or GoPay transaction: as the answer says if that is
/// below `core_url`, else where it always is. (The answer to a status has no actions.)
pub fn picture(made: &Value, core_url: &str) -> Option<PayWith> {
    let kind = made["payment_type"].as_str().filter(|kind| matches!(*kind, "qris" | "gopay"))?;
    let id = made["transaction_id"].as_str()?;
    let told = action(made, "generate-qr-code").filter(|url| is_same_origin(url, core_url));
    Some(PayWith::QrPicture { url: told.unwrap_or_else(|| format!("{core_url}/v2/{kind}/{id}/qr-code")) })
}

/// Whether both are on the same host and port, by the same scheme.
pub fn is_same_origin(url: &str, core_url: &str) -> bool {
    let origin = |text: &str| reqwest::Url::parse(text).ok().map(|url| url.origin()).filter(|origin| origin.is_tuple());
    origin(url).is_some_and(|found| Some(found) == origin(core_url))
}

/// The wallet's own app.
pub fn deeplink(made: &Value) -> Option<String> {
    action(made, "deeplink-redirect")
}

fn action(made: &Value, name: &str) -> Option<String> {
    let actions = made["actions"].as_array()?;
    actions.iter().find(|a| a["name"] == name)?["url"].as_str().map(str::to_owned)
}

/// What was asked for, of a charge as of a report: rupiah, without the fee a buyer pays on top.
pub fn asked(body: &Value) -> Result<Money> {
    check_currency("midtrans", body["currency"].as_str())?;
    let info = &body["metadata"]["extra_info"]["gross_amount_info"]["original_amount"];
    let amount = rupiah(info).or_else(|| rupiah(&body["gross_amount"]));
    amount.map(Money).ok_or_else(|| Error::port("midtrans", "no amount in whole rupiah"))
}

/// What Midtrans reports, by notification or when asked.
#[derive(Deserialize)]
pub struct Notification {
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Notification {
    fn field(&self, name: &str) -> String {
        self.fields.get(name).map(text).unwrap_or_default()
    }

    /// SHA-512 of order, code and amount as they came, and the key.
    pub fn is_signed(&self, key: &str) -> bool {
        let given = self.field("signature_key").to_lowercase();
        signature(&self.field("order_id"), &self.field("status_code"), &self.field("gross_amount"), key)
            .as_bytes()
            .ct_eq(given.as_bytes())
            .into()
    }

    pub fn into_event(self) -> Result<GatewayEvent> {
        let body = Value::Object(self.fields);
        check_currency("midtrans", body["currency"].as_str())?;
        let kind = kind(&body);
        // Of refunds the sum of all so far, where it is said.
        let refunded = rupiah(&body["refund_amount"]).filter(|_| kind == PaymentEventKind::Refunded);
        let amount = refunded.map_or_else(|| asked(&body), |sum| Ok(Money(sum)))?;
        let (attempt, mut reference) = (text(&body["order_id"]).parse().ok(), text(&body["transaction_id"]));
        // A chargeback of the whole may follow, with the same amount: facts are told apart by their names.
        if status(&body) == "partial_chargeback" {
            reference.push_str(PARTIAL);
        }
        Ok(GatewayEvent { attempt, reference, kind, amount, refunds: refunds(&body) })
    }
}

/// What our name of a partial chargeback has beside the transaction's.
const PARTIAL: &str = "-partial";

/// The transaction that our name of a fact is about.
pub fn transaction(reference: &str) -> &str {
    reference.strip_suffix(PARTIAL).unwrap_or(reference)
}

fn status(body: &Value) -> String {
    text(&body["transaction_status"]).to_lowercase()
}

/// How far the money of a transaction that cannot be refunded has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Taken from the card, but not settled.
    Captured,
    /// Given back before it settled, or never taken.
    Voided,
    Other,
}

pub fn hold(body: &Value) -> Hold {
    match status(body).as_str() {
        "capture" => Hold::Captured,
        "cancel" => Hold::Voided,
        _ => Hold::Other,
    }
}

/// Refunds of ours that Midtrans has carried out; those made on its own pages have other keys.
pub fn refunds(body: &Value) -> Vec<(RefundId, Money)> {
    let ours = |row: &Value| Some((text(&row["refund_key"]).parse().ok()?, Money(rupiah(&row["refund_amount"])?)));
    body["refunds"].as_array().into_iter().flatten().filter_map(ours).collect()
}

pub fn signature(order_id: &str, status_code: &str, gross_amount: &str, key: &str) -> String {
    let digest = Sha512::digest(format!("{order_id}{status_code}{gross_amount}{key}"));
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// Paid only with code 200, a settled status and no doubt about fraud; the unknown is pending.
pub fn kind(body: &Value) -> PaymentEventKind {
    let is_accepted = matches!(text(&body["fraud_status"]).as_str(), "" | "accept");
    let is_final = text(&body["status_code"]) == "200";
    match status(body).as_str() {
        "settlement" | "capture" if is_accepted && is_final => PaymentEventKind::Paid,
        "expire" | "cancel" => PaymentEventKind::Expired,
        "deny" | "failure" => PaymentEventKind::Failed,
        "refund" | "partial_refund" => PaymentEventKind::Refunded,
        "chargeback" | "partial_chargeback" => PaymentEventKind::Disputed,
        _ => PaymentEventKind::Created,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "SB-Mid-server-BELANJAIN0001";

    fn notification(changes: &[(&str, Value)]) -> Notification {
        let mut body = json!({
            "transaction_time": "2026-10-01 10:00:00", "transaction_status": "settlement",
            "transaction_id": "3f0c8a52-1d7b-4a0a-9d0e-2f6f1f0b7a11", "status_code": "200", "payment_type": "qris",
            "order_id": "BLJ-20261001-0007", "gross_amount": "275000.00", "fraud_status": "accept", "currency": "IDR",
            "signature_key": "c1e473b709a8a7d6e45bb344e19e35e4433621141f973e340bc3345c722febe33a30eab90de7595116a3e5789e62e28e4b8d7e0de6c3e1b4d7622964978a2190",
        });
        for (key, value) in changes {
            body[*key] = value.clone();
        }
        serde_json::from_value(body).unwrap()
    }

    /// Vectors of payments-wire.md, 1.6.
    #[test]
    fn agrees_with_the_published_signatures() {
        assert!(notification(&[]).is_signed(KEY));
        assert!(!notification(&[("gross_amount", json!("275001.00"))]).is_signed(KEY));
        assert!(!notification(&[]).is_signed("SB-Mid-server-LAIN"));
        assert_eq!(
            signature("1111", "200", "100000.00", "askvnoibnosifnboseofinbofinfgbiufglnbfg"),
            "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231"
        );
    }

    #[test]
    fn only_a_settled_and_accepted_transaction_is_paid() {
        let kind = |changes: &[(&str, Value)]| notification(changes).into_event().unwrap().kind;
        assert_eq!(kind(&[]), PaymentEventKind::Paid);
        assert_eq!(kind(&[("transaction_status", json!("SETTLEMENT"))]), PaymentEventKind::Paid);
        assert_eq!(kind(&[("fraud_status", json!("challenge"))]), PaymentEventKind::Created);
        assert_eq!(kind(&[("status_code", json!("201"))]), PaymentEventKind::Created);
        for (status, expected) in [
            ("pending", PaymentEventKind::Created),
            ("authorize", PaymentEventKind::Created),
            ("expire", PaymentEventKind::Expired),
            ("cancel", PaymentEventKind::Expired),
            ("deny", PaymentEventKind::Failed),
            ("partial_refund", PaymentEventKind::Refunded),
            ("chargeback", PaymentEventKind::Disputed),
            ("something new", PaymentEventKind::Created),
        ] {
            assert_eq!(kind(&[("transaction_status", json!(status))]), expected, "{status}");
        }
    }

    #[test]
    fn a_refund_tells_how_much_went_back_so_far() {
        let refunded = [("transaction_status", json!("partial_refund")), ("refund_amount", json!("50000.00"))];
        let event = notification(&refunded).into_event().unwrap();
        assert_eq!((event.kind, event.amount), (PaymentEventKind::Refunded, Money(50_000)));
        assert_eq!(notification(&[("refund_amount", json!("1.00"))]).into_event().unwrap().amount, Money(275_000));
        let key = "0199a0b0-0000-7000-8000-000000000000";
        let named =
            json!([{ "refund_key": key, "refund_amount": "20000.00" }, { "refund_key": "map-1", "refund_amount": "30000.00" }]);
        let event = notification(&[refunded[0].clone(), refunded[1].clone(), ("refunds", named)]).into_event().unwrap();
        assert_eq!(event.refunds, [(key.parse().unwrap(), Money(20_000))]);
    }

    #[test]
    fn a_partial_chargeback_does_not_hide_the_whole_one() {
        let event = |status: &str| notification(&[("transaction_status", json!(status))]).into_event().unwrap();
        let (part, whole) = (event("partial_chargeback"), event("chargeback"));
        assert_eq!((part.kind, whole.kind), (PaymentEventKind::Disputed, PaymentEventKind::Disputed));
        assert_ne!(part.reference, whole.reference);
        assert_eq!(transaction(&part.reference), whole.reference);
        assert_eq!(transaction(&whole.reference), event("settlement").reference);
    }

    #[test]
    fn the_buyers_fee_is_not_an_overpayment() {
        let info = json!({ "extra_info": { "gross_amount_info": { "original_amount": "275000.00" } } });
        let event = notification(&[("gross_amount", json!("279000.00")), ("metadata", info)]).into_event().unwrap();
        assert_eq!(event.amount, Money(275_000));
        let info = json!({ "extra_info": { "gross_amount_info": { "original_amount": "275000.00" } } });
        assert_eq!(asked(&json!({ "gross_amount": "279000.00", "currency": "IDR", "metadata": info })).unwrap(), Money(275_000));
        assert!(asked(&json!({ "gross_amount": "275000.00", "currency": "USD" })).is_err());
        assert!(notification(&[("gross_amount", json!("275000.50"))]).into_event().is_err());
        assert!(notification(&[("currency", json!("USD"))]).into_event().is_err());
    }

    #[test]
    fn a_code_is_where_it_was_drawn_but_never_on_another_host() {
        let core = "https://api.midtrans.com";
        let url = |changes: Value| {
            let mut made = json!({ "payment_type": "qris", "transaction_id": "3f0c" });
            made.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            picture(&made, core).map(|drawn| drawn.to_string())
        };
        let action = |url: &str| json!({ "actions": [{ "name": "generate-qr-code", "method": "GET", "url": url }] });
        let rebuilt = Some("https://api.midtrans.com/v2/qris/3f0c/qr-code".to_owned());
        assert_eq!(url(action("https://api.midtrans.com/v2/x")).as_deref(), Some("https://api.midtrans.com/v2/x"));
        assert_eq!(url(json!({})), rebuilt);
        for other in
            ["http://api.midtrans.com/x", "https://api.midtrans.com.evil.id/x", "https://169.254.169.254/", "data:x", "x"]
        {
            assert_eq!(url(action(other)), rebuilt, "{other}");
        }
        assert_eq!(url(json!({ "payment_type": "gopay" })).as_deref(), Some("https://api.midtrans.com/v2/gopay/3f0c/qr-code"));
        assert_eq!(url(json!({ "payment_type": "bank_transfer" })), None);
    }
}
