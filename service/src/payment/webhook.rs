//! Webhooks: kept together with what they did, in one transaction; what cannot be applied is kept
//! as well. Nothing is acknowledged that is not kept.

use super::apply::{Applied, announce, apply};
use super::sent::{Taken, take_report};
use crate::db::{new_id, transact};
use crate::port::{GatewayEvent, PaymentGateway, Report};
use crate::{Ctx, Error, Result};
use chrono::{DateTime, Utc};
use domain::id::WebhookId;
use domain::payment::PaymentEventKind;
use domain::webhook::WebhookState;
use entity::webhook;
use http::HeaderMap;
use sea_orm::{ConnectionTrait, EntityTrait, Set};

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
    id: WebhookId,
    gateway: &'static str,
    body: String,
    is_signed: bool,
    at: DateTime<Utc>,
}

impl Kept {
    fn new(ctx: &Ctx, gateway: &'static str, body: &[u8], is_signed: bool) -> Self {
        let kept = if is_signed { body } else { &body[..body.len().min(KEPT_OF_FORGED)] };
        let body = plain(&String::from_utf8_lossy(kept));
        Self { id: new_id(), gateway, body, is_signed, at: ctx.now() }
    }

    async fn store(&self, db: &impl ConnectionTrait, state: WebhookState, outcome: &str) -> Result<()> {
        self.write(db, state, outcome, Some(self.at)).await
    }

    /// Not processed: the gateway will send it again.
    async fn store_failed(&self, db: &impl ConnectionTrait, error: &Error) -> Result<()> {
        self.write(db, WebhookState::NotApplied, &format!("failed: {error}"), None).await
    }

    async fn write(
        &self,
        db: &impl ConnectionTrait,
        state: WebhookState,
        outcome: &str,
        processed_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let row = webhook::ActiveModel {
            id: Set(self.id),
            gateway: Set(self.gateway.to_owned()),
            body: Set(self.body.clone()),
            is_signed: Set(self.is_signed),
            state: Set(state),
            outcome: Set(Some(plain(outcome))),
            received_at: Set(self.at),
            processed_at: Set(processed_at),
        };
        webhook::Entity::insert(row).exec_without_returning(db).await?;
        Ok(())
    }

    /// Keeps what belongs to no payment of ours. Where money is meant, somebody must look.
    async fn store_stray(&self, db: &impl ConnectionTrait, outcome: &str, reported: &GatewayEvent) -> Result<()> {
        self.store(db, WebhookState::NotApplied, outcome).await?;
        let GatewayEvent { kind, amount, reference, .. } = reported;
        if matches!(kind, PaymentEventKind::Paid | PaymentEventKind::Refunded | PaymentEventKind::Disputed) {
            let (gateway, webhook) = (self.gateway, self.id);
            tracing::error!(gateway, %webhook, %kind, %amount, %reference, outcome, "webhook about money that is not applied");
        }
        Ok(())
    }

    /// Keeps what is about a refund that is none of ours.
    async fn store_unknown_refund(&self, db: &impl ConnectionTrait, outcome: &str, reference: &str) -> Result<()> {
        self.store(db, WebhookState::NotApplied, outcome).await?;
        tracing::error!(gateway = self.gateway, webhook = %self.id, %reference, outcome, "webhook about money that is not applied");
        Ok(())
    }
}

/// PostgreSQL refuses NUL in text; card numbers are not ours to keep.
fn plain(text: &str) -> String {
    domain::pan::mask(&text.replace('\0', "\u{fffd}")).into_owned()
}

/// Takes a webhook in; `from`: the sender's address. An error means the gateway should send it again.
pub async fn receive_webhook(ctx: &Ctx, gateway: &str, from: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Received> {
    let Some(adapter) = ctx.ports.gateways.get(gateway) else { return Ok(Received::UnknownGateway) };
    let read = adapter.read_webhook(headers, body);
    let kept = Kept::new(ctx, adapter.name(), body, !matches!(read, Ok(None)));
    let accepted = Received::Accepted(adapter.acknowledgement());
    match read {
        // Facts are told apart by their names: without one, this would hide the next.
        Ok(Some(report)) if is_name(name_of(&report)) => {
            let taken = match report {
                Report::Payment(event) => take(ctx, adapter.as_ref(), &kept, event).await,
                Report::Refund(reference) => take_refund(ctx, adapter.as_ref(), &kept, &reference).await,
            };
            if let Err(error) = taken {
                kept.store_failed(&ctx.db, &error).await?;
                return Err(error);
            }
            Ok(accepted)
        }
        Ok(Some(_)) => {
            tracing::error!(gateway, webhook = %kept.id, "webhook without a usable reference");
            kept.store(&ctx.db, WebhookState::NotApplied, "not understood: reference").await?;
            Ok(accepted)
        }
        Ok(None) => {
            // Anybody can send these; what is signed is never made to wait.
            ctx.limits.take_forged(from)?;
            tracing::warn!(gateway, webhook = %kept.id, "webhook with a wrong signature");
            kept.store(&ctx.db, WebhookState::Forged, "forged").await?;
            Ok(Received::Forged)
        }
        // Authentic, but not understood: sending it again will not help; a person must look.
        Err(error) => {
            tracing::error!(gateway, webhook = %kept.id, cause = %error, "webhook not understood");
            kept.store(&ctx.db, WebhookState::NotApplied, &format!("not understood: {error}")).await?;
            Ok(accepted)
        }
    }
}

/// Applies a report, or what the gateway says when asked about it, and keeps it with the outcome.
async fn take(ctx: &Ctx, adapter: &dyn PaymentGateway, kept: &Kept, reported: GatewayEvent) -> Result<()> {
    let event = if adapter.confirms_by_query() {
        confirmed(ctx, adapter, adapter.find(&reported.reference)).await?
    } else {
        Some(reported.clone())
    };
    let Some(event) = &event else { return kept.store_stray(&ctx.db, "not confirmed", &reported).await };
    let applied = transact(ctx, |tx| async move {
        let applied = match event.attempt {
            Some(attempt) => apply(ctx, &tx, kept.gateway, attempt, event).await?,
            None => Applied::stray("unknown reference"),
        };
        if applied.is_ours {
            kept.store(&*tx, WebhookState::Applied, &applied.outcome).await?;
        } else {
            kept.store_stray(&*tx, &applied.outcome, event).await?;
        }
        Ok(applied)
    })
    .await?;
    announce(ctx, event, applied);
    Ok(())
}

fn name_of(report: &Report) -> &str {
    match report {
        Report::Payment(event) => &event.reference,
        Report::Refund(reference) => reference,
    }
}

/// Applies what the gateway says when asked about a refund it has reported, and keeps the report with
/// the outcome.
async fn take_refund(ctx: &Ctx, adapter: &dyn PaymentGateway, kept: &Kept, reference: &str) -> Result<()> {
    let Some(found) = &confirmed(ctx, adapter, adapter.named_refund(reference)).await? else {
        return kept.store_unknown_refund(&ctx.db, "not confirmed", reference).await;
    };
    let taken = transact(ctx, |tx| async move {
        let taken = take_report(ctx, &tx, kept.gateway, found).await?;
        match &taken {
            Taken::Ours(outcome) | Taken::Fact(_, Applied { outcome, .. }) => {
                kept.store(&*tx, WebhookState::Applied, outcome).await?;
            }
            Taken::Stray(outcome) => kept.store_unknown_refund(&*tx, outcome, reference).await?,
        }
        Ok(taken)
    })
    .await?;
    if let Taken::Fact(event, applied) = taken {
        announce(ctx, &event, applied);
    }
    Ok(())
}

/// What a gateway says when it is asked, if it says it in time.
async fn confirmed<T>(ctx: &Ctx, adapter: &dyn PaymentGateway, asked: impl Future<Output = Result<T>>) -> Result<T> {
    let asked = tokio::time::timeout(ctx.settings.confirm_within, asked).await;
    asked.unwrap_or_else(|_| Err(Error::port(adapter.name(), "did not confirm in time")))
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
