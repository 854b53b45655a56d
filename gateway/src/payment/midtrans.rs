//! Adapter for Midtrans: Snap for cards, Core API for the rest (payments-wire.md, section 1).

mod wire;

use super::amount::agrees;
use super::call::{Answered, Caller, Patience};
use super::channel::{self, ChannelKind as Kind, Refunds};
use async_trait::async_trait;
use bytes::Bytes;
use domain::payment::{Channel, PaymentEventKind};
use http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use service::port::{Charge, ChargeRequest, EndedCharge, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report};
use service::{Error, Result};
pub(crate) use wire::signature;
use wire::{Hold, Notification};

const NAME: &str = "midtrans";

/// Where Midtrans is, and the keys shared with it.
#[derive(Clone)]
pub struct MidtransConfig {
    /// `https://api.midtrans.com` or the sandbox's.
    pub core_url: String,
    /// `https://app.midtrans.com/snap/v1` or the sandbox's.
    pub snap_url: String,
    /// The first signs what we send; notifications may be signed with any (keys are rotated).
    pub server_keys: Vec<String>,
}

pub struct Midtrans {
    config: MidtransConfig,
    caller: Caller,
}

/// Our channel and what Midtrans calls it.
const CHANNELS: [(&str, Kind); 8] = [
    ("qris", Kind::Qris),
    ("gopay", Kind::Wallet),
    ("bca_va", Kind::VirtualAccount),
    ("bni_va", Kind::VirtualAccount),
    ("bri_va", Kind::VirtualAccount),
    ("permata_va", Kind::VirtualAccount),
    ("mandiri_bill", Kind::VirtualAccount),
    ("card", Kind::Card),
];

impl Midtrans {
    pub fn new(config: MidtransConfig) -> Result<Self> {
        if config.server_keys.is_empty() {
            return Err(Error::port(NAME, "no server key"));
        }
        Ok(Self { config, caller: Caller::new(NAME, Patience::default())? })
    }

    /// Waits as long as told instead of the usual time.
    pub fn with_patience(self, patience: Patience) -> Result<Self> {
        Ok(Self { caller: Caller::new(NAME, patience)?, ..self })
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.config.server_keys[0], Some("")).header("Accept", "application/json")
    }

    fn core(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.authorized(self.caller.client.request(method, format!("{}/v2/{path}", self.config.core_url)))
    }

    /// Cards are entered on Midtrans' own page: no card number ever reaches us.
    async fn snap(&self, request: &ChargeRequest) -> Result<Charge> {
        let call = self.authorized(self.caller.client.post(format!("{}/transactions", self.config.snap_url)));
        let call = call.header("X-Override-Notification", &request.webhook_url);
        let call = call.header("Idempotency-Key", format!("{}-snap", request.attempt));
        let answer = self.caller.send(call.json(&wire::snap(request)), true).await?;
        let made = answer.json();
        let (Some(token), Some(url)) = (made["token"].as_str(), made["redirect_url"].as_str()) else {
            return Err(refused(&answer));
        };
        let reference = request.attempt.to_string();
        tracing::debug!(attempt = %request.attempt, token_length = token.len(), "snap page made");
        Ok(Charge { reference, redirect_url: Some(url.to_owned()), pay_with: None })
    }

    /// Ends a Snap page, which the Core API does not know before it is used. `false`: somebody is about
    /// to pay there. Its token is the last part of its address.
    async fn close_page(&self, charge: &EndedCharge) -> Result<bool> {
        let url = charge.redirect_url.as_deref().unwrap_or_default();
        let token = url.split(['?', '#']).next().and_then(|path| path.trim_end_matches('/').rsplit('/').next());
        let Some(token) = token.filter(|t| !t.is_empty()) else { return Ok(true) };
        let call = self.caller.client.post(format!("{}/transactions/{token}/cancel", self.config.snap_url));
        let answer = self.caller.send(self.authorized(call), true).await?;
        let body = answer.json();
        let message = body["error_messages"][0].as_str().unwrap_or_default().to_lowercase();
        match answer.status.is_success() || message.contains("already canceled") || message.contains("not found") {
            true => Ok(true),
            false if message.contains("on progress") => Ok(false),
            false => Err(refused(&answer)),
        }
    }

    async fn charge_core(&self, request: &ChargeRequest, channel: &str) -> Result<Charge> {
        let call = self.core(reqwest::Method::POST, "charge").header("X-Override-Notification", &request.webhook_url);
        let call = call.header("Idempotency-Key", format!("{}-core", request.attempt));
        let answer = self.caller.send(call.json(&wire::charge(request, channel)), true).await?;
        let mut made = checked(&answer);
        // The answer to an earlier try was lost: the transaction is there.
        if made.as_ref().is_err_and(|_| code(&answer.json()) == "406") {
            made = self.status(&request.attempt.to_string()).await?.ok_or_else(|| refused(&answer));
        }
        let made = made?;
        agrees(NAME, wire::asked(&made)?, request.amount)?;
        let pay_with = wire::pay_with(&made).or_else(|| wire::picture(&made, &self.config.core_url));
        Ok(Charge { reference: request.attempt.to_string(), redirect_url: wire::deeplink(&made), pay_with })
    }

    /// `None`: Midtrans does not know it (a Snap page nobody has used yet).
    async fn status(&self, id: &str) -> Result<Option<Value>> {
        let answer = self.caller.send(self.core(reqwest::Method::GET, &format!("{id}/status")), true).await?;
        let found = answer.json();
        if code(&found) == "404" || answer.status == reqwest::StatusCode::NOT_FOUND {
            return Ok(None);
        }
        checked(&answer).map(Some)
    }

    /// Gives back the money of a card that was captured and has not settled: all of it by voiding it, a
    /// part of it has to wait. What somebody has voided has gone back, every part of it.
    async fn void(&self, request: &RefundRequest, refusal: &Answered) -> Result<RefundState> {
        let Some(found) = self.status(&request.reference).await? else { return Err(refused(refusal)) };
        match wire::hold(&found) {
            Hold::Voided => return Ok(RefundState::Done(request.refund.to_string())),
            Hold::Captured if wire::asked(&found)? == request.amount => {}
            Hold::Captured => return Ok(RefundState::Busy),
            Hold::Other => return Err(refused(refusal)),
        }
        let answer = self.caller.send(self.core(reqwest::Method::POST, &format!("{}/cancel", request.reference)), true).await?;
        match code(&answer.json()).as_str() {
            // It has settled meanwhile, or an earlier try has voided it: the next one will see.
            "412" => Ok(RefundState::Busy),
            _ => checked(&answer).map(|_| RefundState::Done(request.refund.to_string())),
        }
    }
}

/// The code in the body: the HTTP status may be 200 where it is not.
fn code(body: &Value) -> String {
    wire::text(&body["status_code"])
}

/// The body of a success. 407 is how Midtrans speaks of an expired transaction, not an error.
fn checked(answer: &Answered) -> Result<Value> {
    let body = answer.json();
    let code: u32 = code(&body).parse().unwrap_or(0);
    let is_good = answer.status.is_success() && (code < 400 || code == 407);
    if is_good && body.is_object() { Ok(body) } else { Err(refused(answer)) }
}

fn refused(answer: &Answered) -> Error {
    let body = answer.json();
    let message = body["status_message"].as_str().or_else(|| body["error_messages"][0].as_str()).unwrap_or_default();
    Error::port(NAME, format!("answered {} {}: {message}", answer.status, code(&body)))
}

#[async_trait]
impl PaymentGateway for Midtrans {
    fn name(&self) -> &'static str {
        NAME
    }

    fn channels(&self) -> Vec<Channel> {
        let refunds = |kind: Kind| if kind == Kind::VirtualAccount { Refunds::Nothing } else { Refunds::Parts };
        CHANNELS.iter().map(|(code, kind)| channel::of(code, *kind, refunds(*kind))).collect()
    }

    /// The signature covers order, code and amount only. Who has seen one could report a cancelled
    /// transaction as settled, or one payment as many: status and transaction are asked.
    fn confirms_by_query(&self) -> bool {
        true
    }

    async fn charge(&self, request: ChargeRequest) -> Result<Charge> {
        match request.channel.as_str() {
            "card" => self.snap(&request).await,
            known if CHANNELS.iter().any(|(code, _)| *code == known) => self.charge_core(&request, known).await,
            other => Err(Error::port(NAME, format!("no channel {other}"))),
        }
    }

    /// 404: a Snap page nobody has used; 412: too late, which a report of its own says.
    async fn cancel(&self, charge: &EndedCharge) -> Result<()> {
        // The page first: nobody is to begin anew on it.
        let is_closed = charge.channel() != "card" || self.close_page(charge).await?;
        let call = self.core(reqwest::Method::POST, &format!("{}/cancel", charge.reference));
        let answer = self.caller.send(call, true).await?;
        match code(&answer.json()).as_str() {
            "412" => Ok(()),
            found if found == "404" || answer.status == reqwest::StatusCode::NOT_FOUND => {
                if is_closed {
                    Ok(())
                } else {
                    Err(Error::port(NAME, "somebody is about to pay on the page"))
                }
            }
            _ => checked(&answer).map(drop),
        }
    }

    fn read_webhook(&self, _: &HeaderMap, body: &[u8]) -> Result<Option<Report>> {
        let Ok(notification) = serde_json::from_slice::<Notification>(body) else { return Ok(None) };
        if !self.config.server_keys.iter().any(|key| notification.is_signed(key)) {
            return Ok(None);
        }
        notification.into_event().map(|event| Some(Report::Payment(event)))
    }

    async fn find(&self, reference: &str) -> Result<Option<GatewayEvent>> {
        let Some(found) = self.status(wire::transaction(reference)).await? else { return Ok(None) };
        let notification: Notification = serde_json::from_value(found).map_err(|e| Error::port(NAME, e))?;
        notification.into_event().map(Some)
    }

    /// Its address is public: no key goes with it.
    async fn picture(&self, url: &str) -> Result<Bytes> {
        if !wire::is_same_origin(url, &self.config.core_url) {
            return Err(Error::port(NAME, "picture on another host"));
        }
        let answer = self.caller.send(self.caller.client.get(url), true).await?;
        if !answer.status.is_success() || !answer.body.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err(Error::port(NAME, format!("answered {}, no PNG", answer.status)));
        }
        Ok(answer.body.into())
    }

    async fn refund(&self, request: RefundRequest) -> Result<RefundState> {
        let body = json!({ "refund_key": request.refund.to_string(), "amount": request.amount.0, "reason": request.reason });
        let call = self.core(reqwest::Method::POST, &format!("{}/refund", request.reference)).json(&body);
        let call = call.header("Idempotency-Key", format!("{}-refund", request.refund));
        let answer = self.caller.send(call, true).await?;
        match code(&answer.json()).as_str() {
            // The same refund key, carried out before.
            "406" => return Ok(RefundState::Done(request.refund.to_string())),
            "412" => return self.void(&request, &answer).await,
            _ => {}
        }
        let made = checked(&answer)?;
        let is_refunded = matches!(wire::kind(&made), PaymentEventKind::Refunded);
        if !is_refunded {
            return Err(Error::port(NAME, format!("refund left the transaction {}", wire::text(&made["transaction_status"]))));
        }
        Ok(RefundState::Done(request.refund.to_string()))
    }

    async fn find_refund(&self, request: &RefundRequest) -> Result<Option<RefundState>> {
        let Some(found) = self.status(&request.reference).await? else { return Ok(None) };
        let is_voided = wire::hold(&found) == Hold::Voided;
        let is_known = is_voided || wire::refunds(&found).contains(&(request.refund, request.amount));
        Ok(is_known.then(|| RefundState::Done(request.refund.to_string())))
    }
}
