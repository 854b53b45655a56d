//! Money of bank transfers, as the desk found it: the same path as a gateway's report.

use super::apply::{apply, record};
use super::{clearing, refund};
use crate::db::{Tx, new_id};
use crate::port::GatewayEvent;
use crate::{Ctx, Result, ledger};
use domain::Money;
use domain::id::{OrderId, PaymentId};
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::payment::{Attempt, MANUAL_TRANSFER, PaymentEventKind, RefundReason};
use entity::payment_event;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

fn event(attempt: Attempt, reference: &str, amount: Money) -> GatewayEvent {
    GatewayEvent {
        attempt: Some(attempt),
        reference: reference.to_owned(),
        kind: PaymentEventKind::Paid,
        amount,
        refunds: vec![],
    }
}

/// A verified transfer, made in an attempt. Answers the orders that changed.
pub(crate) async fn settle_transfer(
    ctx: &Ctx,
    tx: &Tx,
    attempt: Attempt,
    reference: &str,
    amount: Money,
) -> Result<Vec<OrderId>> {
    Ok(apply(ctx, tx, MANUAL_TRANSFER, attempt, &event(attempt, reference, amount)).await?.orders)
}

/// Whether the transfer of that reference paid its orders.
pub(crate) async fn has_settled(tx: &Tx, reference: &str) -> Result<bool> {
    use payment_event::Column as C;
    let paid = payment_event::Entity::find()
        .filter(C::Gateway.eq(MANUAL_TRANSFER))
        .filter(C::GatewayReference.eq(reference))
        .filter(C::Kind.eq(PaymentEventKind::Paid))
        .filter(C::Outcome.eq("settled"));
    Ok(paid.count(&**tx).await? > 0)
}

/// What arrived above the amount of a paid payment: stays in the house (`keep`) or goes back.
pub(crate) async fn book_surplus(
    ctx: &Ctx,
    tx: &Tx,
    attempt: Attempt,
    reference: &str,
    surplus: Money,
    keep: bool,
) -> Result<()> {
    if surplus == Money::ZERO {
        return Ok(());
    }
    let (event_id, id): (uuid::Uuid, PaymentId) = (new_id(), attempt.payment);
    let reason = RefundReason::AmountMismatch;
    let outcome = if keep { "kept" } else { reason.as_str() };
    if !record(ctx, tx, event_id, id, MANUAL_TRANSFER, &event(attempt, reference, surplus), outcome).await? {
        return Ok(());
    }
    if keep {
        let kept = Balanced::transfer(clearing(MANUAL_TRANSFER), AccountKind::Rounding, surplus)?;
        let about = (None, Some(id));
        return ledger::book(&**tx, ctx.now(), LedgerKind::Surplus, &event_id.to_string(), about, &kept).await;
    }
    refund::request_unexpected(ctx, tx, refund::Unexpected { attempt, event: event_id, amount: surplus, reason }).await
}
