//! Adapter for Xendit: invoices (the hosted page) and refunds (payments-wire.md, section 2).

mod wire;

use super::amount::rupiah;
use super::call::{Answered, Caller};
use super::channel::{self, ChannelKind as Kind, Refunds};
use async_trait::async_trait;
use domain::Money;
use domain::payment::Channel;
use http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use service::port::{Charge, ChargeRequest, EndedCharge, GatewayEvent, PaymentGateway, RefundRequest};
use service::{Error, Result};
use subtle::ConstantTimeEq;
use wire::Invoice;

const NAME: &str = "xendit";

/// Where Xendit is, and what is shared with it.
#[derive(Clone)]
pub struct XenditConfig {
    /// `https://api.xendit.co`; the key decides between test and live.
    pub base_url: String,
    pub secret_key: String,
    /// Any of them is taken (tokens are rotated).
    pub callback_tokens: Vec<String>,
}

pub struct Xendit {
    config: XenditConfig,
    caller: Caller,
}

/// Our channel, and what Xendit calls it.
const CHANNELS: [(&str, &str, Kind); 9] = [
    ("qris", "QRIS", Kind::Qris),
    ("ovo", "OVO", Kind::Wallet),
    ("dana", "DANA", Kind::Wallet),
    ("shopeepay", "SHOPEEPAY", Kind::Wallet),
    ("bca_va", "BCA", Kind::VirtualAccount),
    ("bni_va", "BNI", Kind::VirtualAccount),
    ("bri_va", "BRI", Kind::VirtualAccount),
    ("mandiri_va", "MANDIRI", Kind::VirtualAccount),
    ("card", "CREDIT_CARD", Kind::Card),
];

/// What a virtual account takes.
const ACCOUNT_MOST: Money = Money(50_000_000);

impl Xendit {
    pub fn new(config: XenditConfig) -> Result<Self> {
        Ok(Self { config, caller: Caller::new(NAME)? })
    }

    fn call(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.caller.client.request(method, format!("{}/{path}", self.config.base_url));
        request.basic_auth(&self.config.secret_key, Some(""))
    }

    /// The invoice an earlier try has made. Xendit neither knows idempotency keys for invoices nor
    /// keeps `external_id` unique.
    async fn known(&self, request: &ChargeRequest) -> Result<Option<Invoice>> {
        let call = self.call(reqwest::Method::GET, "v2/invoices").query(&[("external_id", request.attempt.to_string())]);
        let answer = self.caller.send(call, true).await?;
        let found: Vec<Invoice> = read(&answer)?;
        Ok(found.into_iter().find(|invoice| invoice.external_id == request.attempt.to_string()))
    }

    async fn invoice(&self, id: &str) -> Result<Option<Invoice>> {
        let answer = self.caller.send(self.call(reqwest::Method::GET, &format!("v2/invoices/{id}")), true).await?;
        if answer.status == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(&answer).map(Some)
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answered) -> Result<T> {
    if !answer.status.is_success() {
        return Err(refused(answer));
    }
    serde_json::from_slice(&answer.body).map_err(|e| Error::port(NAME, e))
}

fn refused(answer: &Answered) -> Error {
    let body = answer.json();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    Error::port(NAME, format!("answered {} {}: {}", answer.status, text("error_code"), text("message")))
}

#[async_trait]
impl PaymentGateway for Xendit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn channels(&self) -> Vec<Channel> {
        let of = |(code, _, kind): &(&'static str, &'static str, Kind)| match (*code, *kind) {
            (_, Kind::VirtualAccount) => Channel { most: Some(ACCOUNT_MOST), ..channel::of(code, *kind, Refunds::Nothing) },
            // These take nothing back in parts.
            ("ovo" | "shopeepay", _) => channel::of(code, *kind, Refunds::Whole),
            _ => channel::of(code, *kind, Refunds::Parts),
        };
        CHANNELS.iter().map(of).collect()
    }

    /// The token proves who sends, not what: the invoice itself is asked.
    fn confirms_by_query(&self) -> bool {
        true
    }

    async fn charge(&self, request: ChargeRequest) -> Result<Charge> {
        let Some((_, method, _)) = CHANNELS.iter().find(|(code, ..)| *code == request.channel) else {
            return Err(Error::port(NAME, format!("no channel {}", request.channel)));
        };
        let made = match self.known(&request).await? {
            Some(known) => known,
            None => {
                let call = self.call(reqwest::Method::POST, "v2/invoices").json(&wire::create(&request, method));
                read(&self.caller.send(call, false).await?)?
            }
        };
        if rupiah(&made.amount) != Some(request.amount.0) {
            return Err(Error::port(NAME, "charged another amount than asked for"));
        }
        Ok(Charge { reference: made.id, redirect_url: Some(made.invoice_url), pay_with: None })
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<GatewayEvent>> {
        let given = headers.get("x-callback-token").map(http::HeaderValue::as_bytes).unwrap_or_default();
        let is_known = self.config.callback_tokens.iter().any(|token| !token.is_empty() && token.as_bytes().ct_eq(given).into());
        if !is_known {
            return Ok(None);
        }
        let invoice: Invoice = serde_json::from_slice(body).map_err(|e| Error::port(NAME, e))?;
        invoice.into_event().map(Some)
    }

    /// The path really ends in an exclamation mark. An invoice that is not pending stays as it is.
    async fn cancel(&self, charge: &EndedCharge) -> Result<()> {
        let call = self.call(reqwest::Method::POST, &format!("invoices/{}/expire!", charge.reference));
        let answer = self.caller.send(call, true).await?;
        let is_over = [reqwest::StatusCode::BAD_REQUEST, reqwest::StatusCode::NOT_FOUND].contains(&answer.status);
        if answer.status.is_success() || is_over { Ok(()) } else { Err(refused(&answer)) }
    }

    async fn find(&self, reference: &str) -> Result<Option<GatewayEvent>> {
        match self.invoice(reference).await? {
            Some(invoice) => invoice.into_event().map(Some),
            None => Ok(None),
        }
    }

    async fn refund(&self, request: RefundRequest) -> Result<String> {
        let body = json!({
            "invoice_id": request.reference, "reference_id": request.refund.to_string(), "amount": request.amount.0,
            "currency": "IDR", "reason": "CANCELLATION",
        });
        let call = self.call(reqwest::Method::POST, "refunds").header("idempotency-key", request.refund.to_string());
        let made: Value = read(&self.caller.send(call.json(&body), true).await?)?;
        match (made["id"].as_str(), made["status"].as_str()) {
            (_, Some("FAILED" | "CANCELLED")) | (None, _) => {
                Err(Error::port(NAME, format!("refund {}", made["failure_code"].as_str().unwrap_or("failed"))))
            }
            (Some(id), _) => Ok(id.to_owned()),
        }
    }
}
