//! A transaction as the API and the reports describe it.

use crate::simulator::hosted::{Bill, now};
use chrono::{DateTime, Utc};
use domain::analytics::WIB;
use serde_json::{Value, json};

/// Jakarta's time, without saying so.
fn time(at: DateTime<Utc>) -> String {
    at.with_timezone(&WIB).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The transaction as Midtrans describes it; every scalar is a string.
pub fn transaction(bill: &Bill) -> Value {
    let refunded = bill.refunded();
    let (code, status) = match bill.status.as_str() {
        "paid" if bill.request["is_partly_charged_back"] == true => ("200", "partial_chargeback"),
        "paid" if is_captured(bill) => ("200", "capture"),
        "paid" if refunded == 0 => ("200", "settlement"),
        "paid" if refunded < bill.amount => ("200", "partial_refund"),
        "paid" => ("200", "refund"),
        "failed" | "reversed" => ("202", "deny"),
        "chargeback" => ("200", "chargeback"),
        "expired" => ("407", "expire"),
        "cancelled" | "voided" => ("200", "cancel"),
        _ => ("201", "pending"),
    };
    let amount = if bill.status == "paid" { bill.paid_amount } else { bill.amount };
    let mut body = json!({
        "status_code": code, "status_message": "Success, transaction is found", "transaction_id": bill.id,
        "order_id": bill.reference, "merchant_id": "G000000001", "gross_amount": format!("{amount}.00"), "currency": "IDR",
        "payment_type": payment_type(&bill.method), "transaction_time": time(bill.created_at), "transaction_status": status,
        "fraud_status": "accept", "expiry_time": time(bill.expires_at),
    });
    if let Some(paid_at) = bill.paid_at.filter(|_| !is_captured(bill) && bill.status != "voided") {
        body["settlement_time"] = json!(time(paid_at));
    }
    if refunded > 0 {
        body["refund_amount"] = json!(format!("{refunded}.00"));
        let refund = |(n, (key, amount)): (usize, (&String, &i64))| {
            json!({
                "refund_chargeback_id": n + 1, "refund_amount": format!("{amount}.00"), "created_at": time(now()),
                "reason": "", "refund_key": key, "refund_method": "online",
            })
        };
        body["refunds"] = bill.refunds.iter().enumerate().map(refund).collect();
    }
    let number = account_number(&bill.id);
    match bill.method.as_str() {
        "bca" | "bni" | "bri" | "cimb" => body["va_numbers"] = json!([{ "bank": bill.method, "va_number": number }]),
        "permata" => body["permata_va_number"] = json!(number),
        "echannel" => (body["biller_code"], body["bill_key"]) = (json!("70012"), json!(number)),
        _ => {}
    }
    body
}

fn payment_type(method: &str) -> &str {
    match method {
        "bca" | "bni" | "bri" | "cimb" | "permata" => "bank_transfer",
        other => other,
    }
}

/// Digits that belong to the transaction.
fn account_number(id: &str) -> String {
    let digits = id.bytes().filter(u8::is_ascii_hexdigit).map(|b| char::from(b'0' + b % 10));
    format!("8808{}", digits.take(12).collect::<String>())
}

/// A card whose money has not settled, where the simulator was asked to capture first.
pub fn is_captured(bill: &Bill) -> bool {
    bill.status == "paid" && bill.request["is_captured_first"] == true && !bill.is_settled
}

/// A Snap page nobody has used, or nobody will: no transaction.
pub fn is_untouched(bill: &Bill) -> bool {
    bill.method == "credit_card" && ["pending", "cancelled"].contains(&bill.status.as_str())
}
