//! Tripay's channels, what they cost and how they are paid. The fees are the published ones; the shop
//! pays them.

use super::form::whole;
use super::{Params, Sim, is_authorized, refusal, success};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Number, Value, json};

pub(super) struct Channel {
    pub code: &'static str,
    pub name: &'static str,
    pub group: &'static str,
    /// The buyer pays on the wallet's own page.
    pub is_redirect: bool,
    /// Rupiah per transaction.
    flat: i64,
    /// Of the amount, in hundredths of a percent.
    share: i64,
    /// Rupiah.
    least: Option<i64>,
}

const fn account(code: &'static str, name: &'static str, flat: i64) -> Channel {
    Channel { code, name, group: "Virtual Account", is_redirect: false, flat, share: 0, least: None }
}

const fn shop(code: &'static str, name: &'static str) -> Channel {
    Channel { code, name, group: "Convenience Store", is_redirect: false, flat: 3_500, share: 0, least: None }
}

const fn wallet(code: &'static str, name: &'static str) -> Channel {
    Channel { code, name, group: "E-Wallet", is_redirect: true, flat: 0, share: 300, least: Some(1_000) }
}

const CHANNELS: [Channel; 11] = [
    Channel { code: "QRIS2", name: "QRIS", group: "QRIS", is_redirect: false, flat: 750, share: 70, least: None },
    account("BCAVA", "BCA Virtual Account", 5_500),
    account("BNIVA", "BNI Virtual Account", 4_250),
    account("BRIVA", "BRI Virtual Account", 4_250),
    account("MANDIRIVA", "Mandiri Virtual Account", 4_250),
    account("PERMATAVA", "Permata Virtual Account", 4_250),
    shop("ALFAMART", "Alfamart"),
    shop("INDOMARET", "Indomaret"),
    wallet("OVO", "OVO"),
    wallet("DANA", "DANA"),
    wallet("SHOPEEPAY", "ShopeePay"),
];

impl Channel {
    pub fn find(code: &str) -> Option<&'static Self> {
        CHANNELS.iter().find(|channel| channel.code == code)
    }

    /// Rupiah of an amount, rounded up.
    pub fn fee(&self, amount: i64) -> i64 {
        let share = (amount * self.share + 9_999) / 10_000;
        (self.flat + share).max(self.least.unwrap_or(0))
    }

    /// `0.70`
    fn percent(&self) -> String {
        format!("{}.{:02}", self.share / 100, self.share % 100)
    }

    /// A number in one place, text in another.
    fn describe(&self) -> Value {
        let percent: Option<Number> = self.percent().parse().ok();
        json!({
            "group": self.group, "code": self.code, "name": self.name, "type": if self.is_redirect { "redirect" } else { "direct" },
            "fee_merchant": { "flat": self.flat, "percent": percent }, "fee_customer": { "flat": 0, "percent": 0 },
            "total_fee": { "flat": self.flat, "percent": self.percent() }, "minimum_fee": self.least, "maximum_fee": null,
            "icon_url": null, "active": true,
        })
    }

    /// How buyers pay, by title.
    pub fn instructions(&self, pay_code: &str, amount: Option<i64>) -> Value {
        let amount = amount.map(|amount| format!(" sebesar <b>Rp {amount}</b>")).unwrap_or_default();
        let steps = match self.group {
            "QRIS" => vec!["Buka aplikasi bank atau dompet digital".to_owned(), format!("Pindai kode QR, lalu bayar{amount}")],
            "E-Wallet" => vec![format!("Buka aplikasi {}", self.name), format!("Setujui pembayaran{amount}")],
            _ => vec![format!("Masukkan kode bayar <b>{pay_code}</b>"), format!("Bayar{amount}")],
        };
        json!([{ "title": self.name, "steps": steps }])
    }
}

/// The channels a query is about: of its `code`, else all.
fn chosen(query: &Params) -> impl Iterator<Item = &'static Channel> + '_ {
    CHANNELS.iter().filter(|channel| query.get("code").is_none_or(|code| code == channel.code))
}

pub(super) async fn list(State(sim): State<Sim>, headers: HeaderMap, query: Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    success(chosen(&query).map(Channel::describe).collect())
}

pub(super) async fn fees(State(sim): State<Sim>, headers: HeaderMap, query: Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let Some(amount) = query.get("amount").and_then(|text| text.parse().ok()) else {
        return refusal(StatusCode::BAD_REQUEST, "The amount is required");
    };
    let row = |channel: &Channel| {
        json!({
            "code": channel.code, "name": channel.name,
            "fee": { "flat": channel.flat, "percent": channel.percent(), "min": channel.least, "max": null },
            "total_fee": { "merchant": channel.fee(amount), "customer": 0 },
        })
    };
    success(chosen(&query).map(row).collect())
}

pub(super) async fn instruction(State(sim): State<Sim>, headers: HeaderMap, query: Params) -> Response {
    if !is_authorized(&sim, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "Invalid API Key");
    }
    let Query(query) = query;
    let Some(channel) = query.get("code").and_then(|code| Channel::find(code)) else {
        return refusal(StatusCode::BAD_REQUEST, "Payment channel is not available");
    };
    let pay_code = query.get("pay_code").map_or("{{pay_code}}", String::as_str);
    let amount = query.get("amount").and_then(|text| whole(&json!(text)));
    let mut titles = channel.instructions(pay_code, amount);
    if query.get("allow_html").is_some_and(|allow| allow == "0") {
        for step in titles[0]["steps"].as_array_mut().into_iter().flatten() {
            *step = json!(step.as_str().unwrap_or_default().replace("<b>", "").replace("</b>", ""));
        }
    }
    success(titles)
}
