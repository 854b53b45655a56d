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
        let failed = |e: lettre::transport::smtp::Error| {
            let is_final = e.status().is_some_and(|code| is_about_letter(code.into(), &e.to_string()));
            if is_final { Error::refused("mail", e) } else { Error::port("mail", e) }
        };
        let sending = self.0.send(super::message(mail)?);
        let sent =
            tokio::time::timeout(PATIENCE, sending).await.map_err(|_| Error::port("mail", "the server does not answer"))?;
        sent.map(drop).map_err(failed)
    }
}

/// Whether an answer is the server's last word about this letter: its reader or what it says. 4xx are not,
/// nor is a 5xx about ourselves – no service for us (554), a password (53x) or sender it does not want –,
/// which would be said of every letter: that is mended at our end, and the letters go then.
fn is_about_letter(code: u16, text: &str) -> bool {
    if !(500..600).contains(&code) {
        return false;
    }
    match enhanced(text) {
        // The sender's address (RFC 3463).
        Some((1, 7 | 8)) => false,
        // The reader's address or mailbox, the message or its size.
        Some((1 | 2 | 6, _) | (3, 4)) => true,
        Some((1.., _)) => false,
        Some((0, _)) | None => {
            let text = text.to_lowercase();
            (550..=553).contains(&code) && !["sender", "mail from"].iter().any(|ours| text.contains(ours))
        }
    }
}

/// Subject and detail of an enhanced status code, `5.1.1`.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
        let mut parts = word.trim_matches('.').split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let is_code = class == "5" && parts.next().is_none();
        if is_code { Some((subject.parse().ok()?, detail.parse().ok()?)) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::is_about_letter;

    #[test]
    fn only_what_is_said_of_reader_or_message_is_final() {
        for (code, text) in [
            (550, "permanent error (550): no such user"),
            (550, "permanent error (550): 5.1.1 <budi@contoh.id>: user unknown"),
            (552, "permanent error (552): 5.2.2 mailbox full"),
            (554, "permanent error (554): 5.6.0 message malformed"),
            (552, "permanent error (552): 5.3.4 message too big"),
            (550, "permanent error (550): 5.0.0 no"),
        ] {
            assert!(is_about_letter(code, text), "{text}");
        }
        for (code, text) in [
            (450, "transient error (450): 4.2.1 try later"),
            (554, "permanent error (554): no SMTP service here"),
            (535, "permanent error (535): 5.7.8 credentials invalid"),
            (550, "permanent error (550): 5.1.8 bad sender's system address"),
            (553, "permanent error (553): 5.1.7 sender address refused"),
            (550, "permanent error (550): sender verify failed"),
            (550, "permanent error (550): 5.7.1 your address 203.0.113.9 is blocked"),
            (503, "permanent error (503): bad sequence of commands"),
        ] {
            assert!(!is_about_letter(code, text), "{text}");
        }
    }
}
