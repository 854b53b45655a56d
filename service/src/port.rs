//! Ports: what the services need of the outside. Adapters are in the `gateway` crate.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::Money;
use domain::id::{EmailId, GroupId, PaymentId, RefundId};
use domain::payment::{Attempt, Channel, PayWith, PaymentEventKind, Refunds};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything outside, as the composition root wired it.
#[derive(Clone)]
pub struct Ports {
    /// By name (`sandbox`).
    pub gateways: Arc<BTreeMap<String, Arc<dyn PaymentGateway>>>,
    pub mailer: Arc<dyn Mailer>,
    /// Pictures: local folder or S3-compatible.
    pub files: Arc<dyn object_store::ObjectStore>,
}

/// A payment to be created at a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRequest {
    /// Ours; the gateway's idempotency key and our reference in its webhooks.
    pub attempt: Attempt,
    pub group: GroupId,
    /// The gateway's channel, as its declaration names it; empty for gateways without channels.
    pub channel: String,
    pub amount: Money,
    pub buyer_name: String,
    pub buyer_email: String,
    pub buyer_phone: String,
    /// The present.
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Where the hosted page sends the buyer back to.
    pub return_url: String,
    /// Where the gateway sends its webhooks.
    pub webhook_url: String,
}

/// What the gateway made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub reference: String,
    pub redirect_url: Option<String>,
    pub pay_with: Option<PayWith>,
}

/// A charge nobody is to pay any more. With all its gateway needs to know: the payment may have kept
/// another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedCharge {
    pub payment: PaymentId,
    /// Number of the attempt it was made for.
    pub attempt: i32,
    pub method: String,
    pub reference: String,
    pub redirect_url: Option<String>,
}

impl EndedCharge {
    /// The gateway's channel; empty for gateways without channels.
    pub fn channel(&self) -> &str {
        self.method.split_once(':').map_or("", |(_, channel)| channel)
    }
}

/// A fact a gateway reports, verified to come from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayEvent {
    /// Our name as the gateway echoes it; unparsable or unknown ones are kept for inspection.
    pub attempt: Option<Attempt>,
    /// The gateway's name of the fact: unique per gateway, kind and amount.
    pub reference: String,
    pub kind: PaymentEventKind,
    pub amount: Money,
    /// Of money sent back: refunds of ours the gateway names as carried out, with their amounts.
    pub refunds: Vec<(RefundId, Money)>,
}

/// What a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Payment(GatewayEvent),
    /// A refund by the gateway's name of it: [`PaymentGateway::named_refund`] is asked what is true.
    Refund(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// Ours; the gateway's idempotency key.
    pub refund: RefundId,
    pub payment: PaymentId,
    /// The gateway's reference of the charge.
    pub reference: String,
    pub amount: Money,
    pub reason: String,
}

/// What a gateway has made of a refund; its own name of it with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Carried out.
    Done(String),
    /// Taken on; whether it succeeds is known later.
    Pending(String),
    /// Not taken on yet: another refund of the same charge is under way, or its money has not settled. To be
    /// asked again.
    Busy,
    /// Given up for good, and why: asking for it again is another try at the gateway.
    Failed(String),
}

/// A refund a gateway was asked about by its own name of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRefund {
    /// Ours, as the gateway echoes it.
    pub refund: Option<RefundId>,
    /// The gateway's name of it.
    pub reference: String,
    /// The gateway's reference of the charge, where it says it.
    pub charge: Option<String>,
    pub amount: Money,
    pub state: RefundState,
}

/// A payment gateway, spoken to by HTTP. Called outside of any transaction.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    fn name(&self) -> &'static str;
    /// The ways to pay it offers.
    fn channels(&self) -> Vec<Channel> {
        vec![]
    }
    /// What it sends back of this channel's money, as it declares it; all of it without channels.
    fn refunds(&self, channel: &str) -> Refunds {
        self.channels().iter().find(|c| c.code == channel).map_or(Refunds::Parts, |c| c.refunds)
    }
    /// Whether it sends money of this channel back; otherwise a person must.
    fn can_refund(&self, channel: &str) -> bool {
        self.refunds(channel) != Refunds::Nothing
    }
    /// Whether its webhooks prove only who sends them: then [`Self::find`] is asked what is true.
    fn confirms_by_query(&self) -> bool {
        false
    }
    /// Whether its facts bear the name of the charge they are about ([`Charge::reference`]): of two
    /// charges of one attempt it is known which one has ended.
    fn names_charges(&self) -> bool {
        false
    }
    /// What it wants to be answered to a webhook.
    fn acknowledgement(&self) -> serde_json::Value {
        serde_json::json!({ "status": "ok" })
    }
    /// The present state of a charge, as a webhook would report it. `None`: it knows none.
    async fn find(&self, reference: &str) -> Result<Option<GatewayEvent>>;
    /// Idempotent by attempt.
    async fn charge(&self, request: ChargeRequest) -> Result<Charge>;
    /// Ends a charge that nobody is to pay any more, where the gateway can; elsewhere it is left to
    /// expire. One that was paid or has ended is left as it is. Safe to repeat.
    async fn cancel(&self, _charge: &EndedCharge) -> Result<()> {
        Ok(())
    }
    /// A code it has drawn ([`PayWith::QrPicture`]), as PNG. Fetched only from its own host.
    async fn picture(&self, _url: &str) -> Result<Bytes> {
        Err(crate::Error::port(self.name(), "draws no codes"))
    }
    /// Verifies the signature over the raw body and reads the report. `Ok(None)`: not authentic.
    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<Report>>;
    /// Idempotent by refund id. An error says nothing about what became of it.
    async fn refund(&self, request: RefundRequest) -> Result<RefundState>;
    /// What became of a refund that was asked for. `None`: the gateway knows none, or cannot tell.
    async fn find_refund(&self, _request: &RefundRequest) -> Result<Option<RefundState>> {
        Ok(None)
    }
    /// The refunds of a charge, whoever made them, for gateways that report refunds by name: there
    /// [`Self::find`] does not tell of them.
    async fn refunds_of(&self, _charge: &str) -> Result<Vec<FoundRefund>> {
        Ok(vec![])
    }
    /// The refund of that name, for gateways that report refunds by name. `None`: it knows none.
    async fn named_refund(&self, _reference: &str) -> Result<Option<FoundRefund>> {
        Ok(None)
    }
}

/// An email, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Becomes the Message-ID: a repeated delivery is recognisable.
    pub id: EmailId,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Where one click unsubscribes (RFC 8058); for letters nobody has to receive.
    pub unsubscribe_url: Option<String>,
    pub at: DateTime<Utc>,
}

#[async_trait]
pub trait Mailer: Send + Sync {
    /// Fails with [`crate::Error::Refused`] when trying again is no use.
    async fn send(&self, mail: &Mail) -> Result<()>;
}

/// Bytes of an uploaded file, never trusted.
pub type Upload = Bytes;
