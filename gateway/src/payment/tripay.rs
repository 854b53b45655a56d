//! Adapter for Tripay: closed payments (payments-wire.md, section 3).

mod wire;

use super::call::{Answered, Caller, Patience};
use super::channel::{self, ChannelKind as Kind, Refunds};
use async_trait::async_trait;
use domain::Money;
use domain::payment::Channel;
use http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use service::port::{Charge, ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report};
use service::{Error, Result};
use subtle::ConstantTimeEq;
use wire::Transaction;
pub(crate) use wire::hmac;

const NAME: &str = "tripay";

/// Where Tripay is, and what is shared with it.
#[derive(Clone)]
pub struct TripayConfig {
    /// `https://tripay.co.id/api` or `…/api-sandbox`.
    pub base_url: String,
    pub merchant_code: String,
    pub api_key: String,
    /// The first signs what we send; callbacks may be signed with any (keys are rotated).
    pub private_keys: Vec<String>,
}

pub struct Tripay {
    config: TripayConfig,
    caller: Caller,
}

/// Our channel, and what Tripay calls it.
const CHANNELS: [(&str, &str, Kind); 11] = [
    ("qris", "QRIS2", Kind::Qris),
    ("ovo", "OVO", Kind::Wallet),
    ("dana", "DANA", Kind::Wallet),
    ("shopeepay", "SHOPEEPAY", Kind::Wallet),
    ("bca_va", "BCAVA", Kind::VirtualAccount),
    ("bni_va", "BNIVA", Kind::VirtualAccount),
    ("bri_va", "BRIVA", Kind::VirtualAccount),
    ("mandiri_va", "MANDIRIVA", Kind::VirtualAccount),
    ("permata_va", "PERMATAVA", Kind::VirtualAccount),
    ("alfamart", "ALFAMART", Kind::Retail),
    ("indomaret", "INDOMARET", Kind::Retail),
];

/// What virtual accounts and counters take.
const ACCOUNT_MOST: Money = Money(10_000_000);
const RETAIL_MOST: Money = Money(2_500_000);

impl Tripay {
    pub fn new(config: TripayConfig) -> Result<Self> {
        if config.private_keys.is_empty() {
            return Err(Error::port(NAME, "no private key"));
        }
        Ok(Self { config, caller: Caller::new(NAME, Patience::default())? })
    }

    /// Waits as long as told instead of the usual time.
    pub fn with_patience(self, patience: Patience) -> Result<Self> {
        Ok(Self { caller: Caller::new(NAME, patience)?, ..self })
    }

    fn call(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.caller.client.request(method, format!("{}/{path}", self.config.base_url));
        request.bearer_auth(&self.config.api_key)
    }

    /// The transaction an earlier try has made: Tripay does not keep `merchant_ref` unique.
    async fn known(&self, request: &ChargeRequest) -> Result<Option<Transaction>> {
        let query = [("merchant_ref", request.attempt.to_string()), ("per_page", "5".to_owned())];
        let answer = self.caller.send(self.call(reqwest::Method::GET, "merchant/transactions").query(&query), true).await?;
        let found = data(&answer)?;
        let rows = found.as_array().into_iter().flatten();
        let row = rows.into_iter().find(|row| row["merchant_ref"] == json!(request.attempt.to_string()));
        match row.and_then(|row| row["reference"].as_str()) {
            // The list leaves out what the buyer needs.
            Some(reference) => self.detail(reference).await,
            None => Ok(None),
        }
    }

    async fn detail(&self, reference: &str) -> Result<Option<Transaction>> {
        let call = self.call(reqwest::Method::GET, "transaction/detail").query(&[("reference", reference)]);
        let answer = self.caller.send(call, true).await?;
        if answer.status == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        serde_json::from_value(data(&answer)?).map(Some).map_err(|e| Error::port(NAME, e))
    }
}

/// What a success carries.
fn data(answer: &Answered) -> Result<Value> {
    let mut body = answer.json();
    if !answer.status.is_success() || body["success"] != json!(true) {
        let message = body["message"].as_str().unwrap_or_default();
        return Err(Error::port(NAME, format!("answered {}: {message}", answer.status)));
    }
    Ok(body["data"].take())
}

#[async_trait]
impl PaymentGateway for Tripay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn channels(&self) -> Vec<Channel> {
        // There is no API for refunds.
        let of = |(code, _, kind): &(&'static str, &'static str, Kind)| match *kind {
            Kind::VirtualAccount => Channel { most: Some(ACCOUNT_MOST), ..channel::of(code, *kind, Refunds::Nothing) },
            Kind::Retail => Channel { most: Some(RETAIL_MOST), ..channel::of(code, *kind, Refunds::Nothing) },
            _ => channel::of(code, *kind, Refunds::Nothing),
        };
        CHANNELS.iter().map(of).collect()
    }

    fn acknowledgement(&self) -> Value {
        json!({ "success": true })
    }

    fn names_charges(&self) -> bool {
        true
    }

    async fn charge(&self, request: ChargeRequest) -> Result<Charge> {
        let Some((_, method, _)) = CHANNELS.iter().find(|(code, ..)| *code == request.channel) else {
            return Err(Error::port(NAME, format!("no channel {}", request.channel)));
        };
        let made = match self.known(&request).await? {
            Some(known) => known,
            None => {
                let message = format!("{}{}{}", self.config.merchant_code, request.attempt, request.amount.0);
                let signature = wire::hmac(&self.config.private_keys[0], message.as_bytes());
                let body = wire::create(&request, method, &signature);
                let answer = self.caller.send(self.call(reqwest::Method::POST, "transaction/create").json(&body), false).await?;
                serde_json::from_value(data(&answer)?).map_err(|e| Error::port(NAME, e))?
            }
        };
        made.charge(request.amount)
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<Report>> {
        let given = headers.get("x-callback-signature").map(http::HeaderValue::as_bytes).unwrap_or_default();
        let fits = |key: &String| bool::from(wire::hmac(key, body).as_bytes().ct_eq(given));
        if !self.config.private_keys.iter().any(fits) {
            return Ok(None);
        }
        let callback: wire::Callback = serde_json::from_slice(body).map_err(|e| Error::port(NAME, e))?;
        callback.into_event().map(|event| Some(Report::Payment(event)))
    }

    async fn find(&self, reference: &str) -> Result<Option<GatewayEvent>> {
        match self.detail(reference).await? {
            Some(found) => found.into_event().map(Some),
            None => Ok(None),
        }
    }

    async fn refund(&self, _: RefundRequest) -> Result<RefundState> {
        Err(Error::port(NAME, "refunds are made by hand"))
    }
}
