//! Emails over SMTP.

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use service::port::{Mail, Mailer};
use service::{Error, Result};
use std::time::Duration;

pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// `smtps://user:password@host`, or `smtp://host:25` in the clear.
    pub fn new(url: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| Error::port("mail", e))?;
        Ok(Self(transport.timeout(Some(Duration::from_secs(20))).build()))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<()> {
        self.0.send(super::message(mail)?).await.map(drop).map_err(|e| Error::port("mail", e))
    }
}
