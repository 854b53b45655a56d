//! Emails over SMTP.

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use service::port::{Mail, Mailer};
use service::{Error, Result};
use std::time::Duration;

/// How long a server may take for one letter; lettre's own limit is for connecting only.
const PATIENCE: Duration = Duration::from_secs(30);

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
        // 5xx is the server's last word about a letter; 4xx, time-outs, a server that is down and a
        // password of ours it does not know (53x) are not.
        let failed = |e: lettre::transport::smtp::Error| {
            let is_about_us = e.status().is_some_and(|code| code.to_string().starts_with("53"));
            if e.is_permanent() && !is_about_us { Error::refused("mail", e) } else { Error::port("mail", e) }
        };
        let sending = self.0.send(super::message(mail)?);
        let sent =
            tokio::time::timeout(PATIENCE, sending).await.map_err(|_| Error::port("mail", "the server does not answer"))?;
        sent.map(drop).map_err(failed)
    }
}
