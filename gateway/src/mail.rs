//! Mail adapters: SMTP, and a folder when no mail server is configured.

pub mod mailbox;
pub mod smtp;

use lettre::Message;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use service::port::Mail;
use service::{Error, Result};

/// How to unsubscribe: `<https://…>` (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

/// One POST does it, without a page (RFC 8058).
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    /// An address must not be folded or encoded; ours is plain ASCII.
    fn display(&self) -> HeaderValue {
        let value = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
    }
}

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// The RFC 5322 message. The builder encodes every header: a line break in a name cannot add one.
fn message(mail: &Mail) -> Result<Message> {
    // An address that is none will not become one.
    let address = |text: &str| text.parse::<Mailbox>().map_err(|e| Error::refused("mail", format!("bad address: {e}")));
    let domain = mail.from.rsplit('@').next().unwrap_or("belanjain").trim_end_matches('>').to_owned();
    let body = MultiPart::alternative()
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.text.clone()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(mail.html.clone()));
    let mut message = Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .date(mail.at.into())
        .from(address(&mail.from)?)
        .to(address(&mail.to)?)
        .subject(mail.subject.replace(['\r', '\n'], " "));
    // Line breaks would be headers of somebody else's.
    if let Some(url) = mail.unsubscribe_url.as_ref().filter(|url| url.bytes().all(|b| b.is_ascii_graphic())) {
        message = message.header(ListUnsubscribe(url.clone())).header(ListUnsubscribePost);
    }
    message.multipart(body).map_err(|e| Error::port("mail", e))
}
