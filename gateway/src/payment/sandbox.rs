//! Adapter for the sandbox gateway of demos and tests.

pub mod wire;

use async_trait::async_trait;
use http::HeaderMap;
use rand::Rng;
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use service::port::{Charge, ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest};
use service::{Error, Result};
use std::time::Duration;
use wire::{CreatePayment, CreateRefund, Payment, Refund, SIGNATURE_HEADER, Webhook};

/// Answers beyond this are not the gateway's.
const MAX_ANSWER: usize = 64 * 1024;
const TRIES: u32 = 3;

/// Where the gateway is, and the two secrets shared with it.
#[derive(Clone)]
pub struct SandboxConfig {
    pub base_url: String,
    pub server_key: String,
    pub webhook_secret: String,
}

pub struct Sandbox {
    config: SandboxConfig,
    client: Client,
}

impl Sandbox {
    pub fn new(config: SandboxConfig) -> Result<Self> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(8))
            // A gateway that redirects its API is not our gateway.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| Error::port("sandbox", e))?;
        Ok(Self { config, client })
    }

    /// Sends the request, again when the gateway could not be reached or is in trouble: all our
    /// calls carry an idempotency key.
    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let request = request.bearer_auth(&self.config.server_key);
        let mut tries = 1;
        loop {
            let attempt = request.try_clone().ok_or_else(|| Error::fault("request cannot be repeated"))?;
            match attempt.send().await {
                Ok(answer) if answer.status().is_success() => return read(answer).await,
                Ok(answer) if tries == TRIES || !answer.status().is_server_error() => {
                    return Err(Error::port("sandbox", format!("answered {}", answer.status())));
                }
                Err(error) if tries == TRIES => return Err(Error::port("sandbox", error)),
                _ => {
                    let pause = rand::rng().random_range(50..=150 * u64::from(tries));
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    tries += 1;
                }
            }
        }
    }
}

async fn read<T: DeserializeOwned>(mut answer: Response) -> Result<T> {
    let mut body = vec![];
    while let Some(chunk) = answer.chunk().await.map_err(|e| Error::port("sandbox", e))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Error::port("sandbox", "answer too long"));
        }
    }
    serde_json::from_slice(&body).map_err(|e| Error::port("sandbox", e))
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn charge(&self, request: ChargeRequest) -> Result<Charge> {
        let body = CreatePayment::from(&request);
        let call = self.client.post(format!("{}/v1/payments", self.config.base_url));
        let made: Payment = self.call(call.header("Idempotency-Key", request.payment.to_string()).json(&body)).await?;
        if made.amount != request.amount.0 {
            return Err(Error::port("sandbox", "charged another amount than asked for"));
        }
        Ok(Charge { reference: made.id, redirect_url: Some(made.redirect_url), instructions: None })
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<GatewayEvent>> {
        let signature = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !wire::is_authentic(&self.config.webhook_secret, signature, body) {
            return Ok(None);
        }
        let webhook: Webhook = serde_json::from_slice(body)?;
        webhook.into_event().map(Some)
    }

    async fn refund(&self, request: RefundRequest) -> Result<String> {
        let body = CreateRefund { amount: request.amount.0, reason: request.reason };
        let call = self.client.post(format!("{}/v1/payments/{}/refunds", self.config.base_url, request.reference));
        let made: Refund = self.call(call.header("Idempotency-Key", request.refund.to_string()).json(&body)).await?;
        Ok(made.id)
    }
}
