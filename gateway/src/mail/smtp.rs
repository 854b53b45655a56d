//! Emails over SMTP.

use crate::breaker::{Breaker, Pass};
use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use service::port::{Mail, Mailer};
use service::{Error, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a server may take for one letter; lettre's own limit is for connecting only.
const PATIENCE: Duration = Duration::from_secs(30);
/// A server that does not answer is left alone for so long: meanwhile the workers do what needs no mail.
const REST: Duration = Duration::from_secs(30);

pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
    breaker: Mutex<Breaker>,
}

impl Smtp {
    /// `smtps://user:password@host`, or `smtp://host:25` in the clear.
    pub fn new(url: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| Error::port("mail", e))?;
        let transport = transport.timeout(Some(Duration::from_secs(20))).build();
        Ok(Self { transport, patience: PATIENCE, breaker: Mutex::new(Breaker::new(REST)) })
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let failed = |e: lettre::transport::smtp::Error| {
            let is_final = e.status().is_some_and(|code| is_about_letter(code.into(), &e.to_string()));
            if is_final { Error::refused("mail", e) } else { Error::port("mail", e) }
        };
        let message = super::message(mail)?;
        if self.breaker().admit(Instant::now()) == Pass::Closed {
            return Err(Error::port("mail", "the server is given a rest after repeated failures"));
        }
        let sent = tokio::time::timeout(self.patience, self.transport.send(message)).await;
        // Whatever it says of the letter, it is there.
        let is_there = matches!(&sent, Ok(Ok(_))) || matches!(&sent, Ok(Err(error)) if error.status().is_some());
        self.breaker().note(is_there, Instant::now());
        match sent {
            Ok(sent) => sent.map(drop).map_err(failed),
            Err(_) => Err(Error::port("mail", "the server does not answer")),
        }
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
    use super::{Smtp, is_about_letter};
    use service::port::{Mail, Mailer};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use tokio::net::TcpListener;

    /// A server that takes every connection and never says a word.
    #[tokio::test]
    async fn a_server_that_hangs_is_not_waited_for_by_every_letter() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = taken.clone();
        let listening = tokio::spawn(async move {
            let mut open = vec![];
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                open.push(connection);
            }
        });
        let server = Smtp::new(&format!("smtp://{address}")).unwrap();
        let smtp = Smtp { patience: Duration::from_millis(50), ..server };
        let mail = Mail {
            id: domain::id::EmailId(uuid::Uuid::now_v7()),
            from: "Belanjain <halo@contoh.id>".into(),
            to: "budi@contoh.id".into(),
            subject: "Halo".into(),
            html: "<p>Halo</p>".into(),
            text: "Halo".into(),
            unsubscribe_url: None,
            at: chrono::DateTime::UNIX_EPOCH,
        };
        let mut said = vec![];
        for _ in 0..7 {
            said.push(smtp.send(&mail).await.unwrap_err().to_string());
        }
        assert!(said[..5].iter().all(|text| text.contains("does not answer")), "{said:?}");
        assert!(said[5..].iter().all(|text| text.contains("given a rest")), "{said:?}");
        assert!(taken.load(Ordering::Relaxed) <= 5);
        listening.abort();
    }

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
