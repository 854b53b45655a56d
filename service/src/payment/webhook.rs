//! Webhooks: stored first, then verified, then applied.

use super::apply_event;
use crate::db::new_id;
use crate::port::{GatewayEvent, PaymentGateway};
use crate::{Ctx, Result};
use entity::webhook;
use http::HeaderMap;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

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

/// Applies a report, or what the gateway says when asked about it.
async fn take(ctx: &Ctx, adapter: &dyn PaymentGateway, event: GatewayEvent) -> Result<String> {
    if !adapter.confirms_by_query() {
        return apply_event(ctx, adapter.name(), &event).await;
    }
    match adapter.find(&event.reference).await? {
        Some(confirmed) => apply_event(ctx, adapter.name(), &confirmed).await,
        None => Ok("not confirmed".into()),
    }
}

/// Bytes of a refused body that are kept: enough to see what it was, too little to fill a disk.
const KEPT_OF_FORGED: usize = 2_048;

/// Takes a webhook in. An error means the gateway should send it again.
pub async fn receive_webhook(ctx: &Ctx, gateway: &str, headers: &HeaderMap, body: &[u8]) -> Result<Received> {
    let Some(adapter) = ctx.ports.gateways.get(gateway) else { return Ok(Received::UnknownGateway) };
    let read = adapter.read_webhook(headers, body);
    let is_signed = !matches!(read, Ok(None));
    let kept = if is_signed { body } else { &body[..body.len().min(KEPT_OF_FORGED)] };
    // PostgreSQL refuses NUL in text.
    let text = String::from_utf8_lossy(kept).replace('\0', "\u{fffd}");
    let id: uuid::Uuid = new_id();
    let row = webhook::ActiveModel {
        id: Set(id),
        gateway: Set(gateway.to_owned()),
        body: Set(text),
        is_signed: Set(is_signed),
        outcome: Set(None),
        received_at: Set(ctx.now()),
        processed_at: Set(None),
    };
    webhook::Entity::insert(row).exec_without_returning(&ctx.db).await?;
    let accepted = Received::Accepted(adapter.acknowledgement());
    let (received, outcome) = match read {
        Ok(Some(event)) => (accepted, take(ctx, adapter.as_ref(), event).await?),
        Ok(None) => {
            tracing::warn!(gateway, webhook = %id, "webhook with a wrong signature");
            (Received::Forged, "forged".to_owned())
        }
        // Authentic, but not understood: sending it again will not help; a person must look.
        Err(error) => {
            tracing::error!(gateway, webhook = %id, cause = %error, "webhook not understood");
            (accepted, format!("not understood: {error}"))
        }
    };
    webhook::Entity::update_many()
        .col_expr(webhook::Column::Outcome, Expr::value(outcome))
        .col_expr(webhook::Column::ProcessedAt, Expr::value(ctx.now()))
        .filter(webhook::Column::Id.eq(id))
        .exec(&ctx.db)
        .await?;
    Ok(received)
}
