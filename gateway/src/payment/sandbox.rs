//! Adapter for the sandbox gateway of demos and tests.

pub mod wire;

use super::call::{Caller, Patience};
use async_trait::async_trait;
use http::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use service::port::{Charge, ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report};
use service::{Error, Result};
use wire::{CreatePayment, CreateRefund, Payment, Refund, SIGNATURE_HEADER, Webhook};

const NAME: &str = "sandbox";

/// Where the gateway is, and the two secrets shared with it.
#[derive(Clone)]
pub struct SandboxConfig {
    pub base_url: String,
    pub server_key: String,
    pub webhook_secret: String,
}

pub struct Sandbox {
    config: SandboxConfig,
    caller: Caller,
}

impl Sandbox {
    pub fn new(config: SandboxConfig) -> Result<Self> {
        Ok(Self { config, caller: Caller::new(NAME, Patience::default())? })
    }

    /// Waits as long as told instead of the usual time.
    pub fn with_patience(self, patience: Patience) -> Result<Self> {
        Ok(Self { caller: Caller::new(NAME, patience)?, ..self })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/payments{path}", self.config.base_url);
        self.caller.client.request(method, url).bearer_auth(&self.config.server_key)
    }

    /// All our calls carry an idempotency key: they may be repeated.
    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let answer = self.caller.send(request, true).await?;
        if !answer.status.is_success() {
            return Err(Error::port(NAME, format!("answered {}", answer.status)));
        }
        serde_json::from_slice(&answer.body).map_err(|e| Error::port(NAME, e))
    }
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn charge(&self, request: ChargeRequest) -> Result<Charge> {
        let body = CreatePayment::from(&request);
        let call = self.request(Method::POST, "");
        let made: Payment = self.call(call.header("Idempotency-Key", request.attempt.to_string()).json(&body)).await?;
        if made.amount != request.amount.0 {
            return Err(Error::port(NAME, "charged another amount than asked for"));
        }
        Ok(Charge { reference: made.id, redirect_url: Some(made.redirect_url), pay_with: None })
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<Report>> {
        let signature = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !wire::is_authentic(&self.config.webhook_secret, signature, body) {
            return Ok(None);
        }
        let webhook: Webhook = serde_json::from_slice(body)?;
        webhook.into_event().map(|event| Some(Report::Payment(event)))
    }

    async fn find(&self, reference: &str) -> Result<Option<GatewayEvent>> {
        let found: Payment = self.call(self.request(Method::GET, &format!("/{reference}"))).await?;
        Ok(Some(found.into_event()))
    }

    async fn refund(&self, request: RefundRequest) -> Result<RefundState> {
        let body = CreateRefund { amount: request.amount.0, reason: request.reason };
        let call = self.request(Method::POST, &format!("/{}/refunds", request.reference));
        let made: Refund = self.call(call.header("Idempotency-Key", request.refund.to_string()).json(&body)).await?;
        Ok(RefundState::Done(made.id))
    }
}
