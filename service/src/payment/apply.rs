//! The one completion path: browser return, webhook and reconciliation all come here.

use super::{expiry, lock_payment, refund, settle};
use crate::db::{Tx, new_id, transact};
use crate::live::Signal;
use crate::port::GatewayEvent;
use crate::{Ctx, Result};
use domain::id::{OrderId, PaymentId};
use domain::payment::{Effect, effect};
use entity::payment_event;
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};

/// What became of an event, and whose pages should look again.
pub(super) struct Applied {
    pub outcome: String,
    pub orders: Vec<OrderId>,
}

impl Applied {
    pub fn nothing(outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), orders: vec![] }
    }
}

/// Applies a verified fact to its payment: idempotent (the same fact counts once) and monotonic
/// (nothing moves a paid payment back). Answers what it did, for the record.
pub async fn apply_event(ctx: &Ctx, gateway: &str, event: &GatewayEvent) -> Result<String> {
    let Some(payment) = event.payment else { return Ok("unknown reference".into()) };
    let applied = transact(ctx, |tx| async move { apply(ctx, &tx, gateway, payment, event).await }).await?;
    announce(ctx, event, &applied);
    Ok(applied.outcome)
}

/// After the commit: pages that show it look again.
pub(super) fn announce(ctx: &Ctx, event: &GatewayEvent, applied: &Applied) {
    if let Some(payment) = event.payment.filter(|_| !applied.orders.is_empty()) {
        ctx.live.send(Signal::Payment(payment));
        applied.orders.iter().for_each(|order| ctx.live.send(Signal::Order(*order)));
    }
}

pub(super) async fn apply(ctx: &Ctx, tx: &Tx, gateway: &str, id: PaymentId, event: &GatewayEvent) -> Result<Applied> {
    let payment = match lock_payment(tx, id).await {
        Ok(payment) => payment,
        Err(crate::Error::Domain(domain::Error::NotFound(_))) => return Ok(Applied::nothing("unknown reference")),
        Err(error) => return Err(error),
    };
    if payment.gateway != gateway {
        return Ok(Applied::nothing("another gateway's payment"));
    }
    let effect = effect(payment.status, event.kind, payment.amount, event.amount);
    let outcome = match effect {
        Effect::Settle => "settled".to_owned(),
        Effect::ReturnMoney(reason) => reason.to_string(),
        Effect::Close(status) => format!("closed as {status}"),
        Effect::Nothing => "nothing".to_owned(),
    };
    let event_id = new_id::<uuid::Uuid>();
    if !record(ctx, tx, event_id, id, gateway, event, &outcome).await? {
        return Ok(Applied::nothing("duplicate"));
    }
    let orders = match effect {
        Effect::Settle => settle::settle(ctx, tx, payment).await?,
        Effect::ReturnMoney(reason) => {
            refund::request_unexpected(ctx, tx, &payment, event_id, event.amount, reason).await?;
            vec![]
        }
        Effect::Close(status) => expiry::close(ctx, tx, payment, status, domain::order::Party::System, None, None).await?,
        Effect::Nothing => vec![],
    };
    Ok(Applied { outcome, orders })
}

/// Writes the event; `false` when the same fact is known already.
pub(super) async fn record(
    ctx: &Ctx,
    tx: &Tx,
    id: uuid::Uuid,
    payment: PaymentId,
    gateway: &str,
    event: &GatewayEvent,
    outcome: &str,
) -> Result<bool> {
    use payment_event::Column as C;
    let row = payment_event::ActiveModel {
        id: Set(id),
        payment_id: Set(payment),
        gateway: Set(gateway.to_owned()),
        gateway_reference: Set(event.reference.clone()),
        kind: Set(event.kind),
        amount: Set(event.amount),
        outcome: Set(outcome.to_owned()),
        created_at: Set(ctx.now()),
    };
    let inserted = payment_event::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::Gateway, C::GatewayReference, C::Kind, C::Amount]).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(inserted == 1)
}
