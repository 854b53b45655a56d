//! Adapter for Xendit: invoices (the hosted page) and refunds (payments-wire.md, section 2).

mod wire;

use super::amount::agrees;
use super::call::{Answered, Caller, Patience};
use super::channel::{self, ChannelKind as Kind, Refunds};
use async_trait::async_trait;
use domain::Money;
use domain::payment::Channel;
use http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::json;
use service::port::{
    Charge, ChargeRequest, EndedCharge, FoundRefund, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report,
};
use service::{Error, Result};
use subtle::ConstantTimeEq;
use wire::{Invoice, Refund, RefundList};

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
        if config.callback_tokens.is_empty() {
            return Err(Error::port(NAME, "no callback token"));
        }
        Ok(Self { config, caller: Caller::new(NAME, Patience::default())? })
    }

    /// Waits as long as told instead of the usual time.
    pub fn with_patience(self, patience: Patience) -> Result<Self> {
        Ok(Self { caller: Caller::new(NAME, patience)?, ..self })
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

    async fn listed(&self, invoice: &str) -> Result<Vec<Refund>> {
        let query = [("invoice_id", invoice), ("limit", "100")];
        let answer = self.caller.send(self.call(reqwest::Method::GET, "refunds").query(&query), true).await?;
        let found: RefundList = read(&answer)?;
        Ok(found.data)
    }

    /// What Xendit knows of a refund of ours, each try with a name of its own.
    async fn tries(&self, request: &RefundRequest) -> Result<Vec<Refund>> {
        let listed = self.listed(&request.reference).await?;
        Ok(listed.into_iter().filter(|refund| refund.refund() == Some(request.refund)).collect())
    }
}

/// The try that counts: one that failed counts only when there is no other.
fn latest(tries: &[Refund], request: &RefundRequest) -> Result<Option<RefundState>> {
    let counts = tries.iter().find(|t| !matches!(t.state(), RefundState::Failed(_))).or(tries.last());
    counts.map(|refund| refund.state_of(request)).transpose()
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
                let call = self.call(reqwest::Method::POST, "v2/invoices").json(&wire::create(&request, method));
                read(&self.caller.send(call, false).await?)?
            }
        };
        agrees(NAME, made.asked()?, request.amount)?;
        Ok(Charge { reference: made.id, redirect_url: Some(made.invoice_url), pay_with: None })
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<Report>> {
        let given = headers.get("x-callback-token").map(http::HeaderValue::as_bytes).unwrap_or_default();
        let is_known = self.config.callback_tokens.iter().any(|token| !token.is_empty() && token.as_bytes().ct_eq(given).into());
        if !is_known {
            return Ok(None);
        }
        wire::report(body).map(Some)
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

    /// Xendit does not remember idempotency keys for ever, refuses names it knows, and repeats the old
    /// answer about a refund that has failed since: so it is asked first what it knows.
    async fn refund(&self, request: RefundRequest) -> Result<RefundState> {
        let tries = self.tries(&request).await?;
        if let Some(state) = latest(&tries, &request)?.filter(|state| !matches!(state, RefundState::Failed(_))) {
            return Ok(state);
        }
        let name = wire::refund_name(request.refund, tries.len());
        let body = json!({
            "invoice_id": request.reference, "reference_id": name, "amount": request.amount.0,
            "currency": "IDR", "reason": "CANCELLATION",
        });
        let call = self.call(reqwest::Method::POST, "refunds").header("idempotency-key", name);
        let answer = self.caller.send(call.json(&body), true).await?;
        match answer.json()["error_code"].as_str().unwrap_or_default() {
            // A try whose answer was lost has come first.
            "DUPLICATE_ERROR" => latest(&self.tries(&request).await?, &request)?.ok_or_else(|| refused(&answer)),
            "REFUND_IN_PROGRESS" => Ok(RefundState::Busy),
            _ => read::<Refund>(&answer)?.state_of(&request),
        }
    }

    async fn find_refund(&self, request: &RefundRequest) -> Result<Option<RefundState>> {
        latest(&self.tries(request).await?, request)
    }

    async fn refunds_of(&self, charge: &str) -> Result<Vec<FoundRefund>> {
        self.listed(charge).await?.into_iter().map(Refund::found).collect()
    }

    async fn named_refund(&self, reference: &str) -> Result<Option<FoundRefund>> {
        let answer = self.caller.send(self.call(reqwest::Method::GET, &format!("refunds/{reference}")), true).await?;
        if answer.status == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read::<Refund>(&answer)?.found().map(Some)
    }
}
