//! Mail adapters: SMTP, and a folder when no mail server is configured.

pub mod mailbox;
pub mod smtp;

use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use service::port::Mail;
use service::{Error, Result};

/// The RFC 5322 message. The builder encodes every header: a line break in a name cannot add one.
fn message(mail: &Mail) -> Result<Message> {
    let address = |text: &str| text.parse::<Mailbox>().map_err(|e| Error::port("mail", format!("bad address: {e}")));
    let domain = mail.from.rsplit('@').next().unwrap_or("belanjain").trim_end_matches('>').to_owned();
    let body = MultiPart::alternative()
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.text.clone()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(mail.html.clone()));
    Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .date(mail.at.into())
        .from(address(&mail.from)?)
        .to(address(&mail.to)?)
        .subject(mail.subject.replace(['\r', '\n'], " "))
        .multipart(body)
        .map_err(|e| Error::port("mail", e))
}
