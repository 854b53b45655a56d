//! Webhooks: kept together with what they did, in one transaction; what cannot be applied is kept
//! as well. Nothing is acknowledged that is not kept.

use super::apply::{Applied, announce, apply};
use crate::db::{new_id, transact};
use crate::port::{GatewayEvent, PaymentGateway};
use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use entity::webhook;
use http::HeaderMap;
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use uuid::Uuid;

/// What became of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Answered with what the gateway wants to hear.
    Accepted(serde_json::Value),
    /// The signature does not fit: kept, not applied.
    Forged,
    /// No such gateway is switched on.
    UnknownGateway,
}

/// Bytes of a refused body that are kept: enough to see what it was, too little to fill a disk.
const KEPT_OF_FORGED: usize = 2_048;

/// A webhook as it came.
struct Kept {
    id: Uuid,
    gateway: &'static str,
    body: String,
    is_signed: bool,
    at: DateTime<Utc>,
}

impl Kept {
    fn new(ctx: &Ctx, gateway: &'static str, body: &[u8], is_signed: bool) -> Self {
        let kept = if is_signed { body } else { &body[..body.len().min(KEPT_OF_FORGED)] };
        // PostgreSQL refuses NUL in text; card numbers are not ours to keep.
        let text = String::from_utf8_lossy(kept).replace('\0', "\u{fffd}");
        let body = domain::pan::mask(&text).into_owned();
        Self { id: new_id(), gateway, body, is_signed, at: ctx.now() }
    }

    /// Without an outcome: something failed, and the gateway will send it again.
    async fn store(&self, db: &impl ConnectionTrait, outcome: Option<&str>) -> Result<()> {
        let row = webhook::ActiveModel {
            id: Set(self.id),
            gateway: Set(self.gateway.to_owned()),
            body: Set(self.body.clone()),
            is_signed: Set(self.is_signed),
            outcome: Set(outcome.map(str::to_owned)),
            received_at: Set(self.at),
            processed_at: Set(outcome.map(|_| self.at)),
        };
        webhook::Entity::insert(row).exec_without_returning(db).await?;
        Ok(())
    }
}

/// Takes a webhook in. An error means the gateway should send it again.
pub async fn receive_webhook(ctx: &Ctx, gateway: &str, headers: &HeaderMap, body: &[u8]) -> Result<Received> {
    let Some(adapter) = ctx.ports.gateways.get(gateway) else { return Ok(Received::UnknownGateway) };
    let read = adapter.read_webhook(headers, body);
    let kept = Kept::new(ctx, adapter.name(), body, !matches!(read, Ok(None)));
    let accepted = Received::Accepted(adapter.acknowledgement());
    match read {
        // Facts are told apart by their names: without one, this would hide the next.
        Ok(Some(event)) if is_name(&event.reference) => {
            if let Err(error) = take(ctx, adapter.as_ref(), &kept, event).await {
                kept.store(&ctx.db, None).await?;
                return Err(error);
            }
            Ok(accepted)
        }
        Ok(Some(_)) => {
            tracing::error!(gateway, webhook = %kept.id, "webhook without a usable reference");
            kept.store(&ctx.db, Some("not understood: reference")).await?;
            Ok(accepted)
        }
        Ok(None) => {
            tracing::warn!(gateway, webhook = %kept.id, "webhook with a wrong signature");
            kept.store(&ctx.db, Some("forged")).await?;
            Ok(Received::Forged)
        }
        // Authentic, but not understood: sending it again will not help; a person must look.
        Err(error) => {
            tracing::error!(gateway, webhook = %kept.id, cause = %error, "webhook not understood");
            kept.store(&ctx.db, Some(&format!("not understood: {error}"))).await?;
            Ok(accepted)
        }
    }
}

/// Applies a report, or what the gateway says when asked about it, and keeps it with the outcome.
async fn take(ctx: &Ctx, adapter: &dyn PaymentGateway, kept: &Kept, reported: GatewayEvent) -> Result<()> {
    let event = if adapter.confirms_by_query() { adapter.find(&reported.reference).await? } else { Some(reported) };
    let Some(event) = &event else { return kept.store(&ctx.db, Some("not confirmed")).await };
    let applied = transact(ctx, |tx| async move {
        let applied = match event.attempt {
            Some(attempt) => apply(ctx, &tx, kept.gateway, attempt, event).await?,
            None => Applied::nothing("unknown reference"),
        };
        kept.store(&*tx, Some(&applied.outcome)).await?;
        Ok(applied)
    })
    .await?;
    announce(ctx, event, applied);
    Ok(())
}

/// Whether a gateway can mean a fact of its own by it; it may become part of a URL.
fn is_name(reference: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"/?#%\\".contains(c);
    (1..=200).contains(&reference.len()) && reference.chars().all(is_plain) && !reference.contains("..")
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn references_do_not_lead_elsewhere() {
        for good in ["sbx_1-paid-1", "3f0c8a52-1d7b-4a0a-9d0e-2f6f1f0b7a11", "T12345000000000ABCDE"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "..", "a/../b", "a?b", "a%2fb", "a b", "a\nb", "ü", &"x".repeat(201)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
