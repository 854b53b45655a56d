//! Unpaid payments end: their orders are cancelled and the stock is given back.

use super::reconcile::ask_all;
use super::{attempt, lock_orders, lock_payment};
use crate::db::{Tx, transact};
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::live::Signal;
use crate::order::step::{Step, step};
use crate::{Ctx, Result, inventory};
use domain::id::{OrderId, PaymentId, UserId};
use domain::order::{OrderAction, OrderStatus, Party, SystemNote};
use domain::payment::{COD, PaymentStatus};
use entity::payment;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set};

/// Payments ended per look, so that a long queue does not live in memory.
const BATCH: u64 = 200;

/// Cancels what was not paid in time; each payment in a transaction of its own, so that one that
/// fails does not stop the others.
pub async fn auto_cancel(ctx: &Ctx) -> Result<Tally> {
    let mut ended = Tally::default();
    let mut after: Option<PaymentId> = None;
    loop {
        let mut due = payment::Entity::find()
            .select_only()
            .column(payment::Column::Id)
            .filter(payment::Column::Status.eq(PaymentStatus::Pending))
            .filter(payment::Column::ExpiresAt.lte(ctx.now()))
            // What is paid at the door ends with its orders.
            .filter(payment::Column::Gateway.ne(COD))
            .order_by_asc(payment::Column::Id)
            .limit(BATCH);
        if let Some(after) = after {
            due = due.filter(payment::Column::Id.gt(after));
        }
        let due: Vec<PaymentId> = due.into_tuple().all(&ctx.db).await?;
        let Some(last) = due.last().copied() else { return Ok(ended) };
        for id in due {
            let expired = expire(ctx, id).await;
            if let Err(error) = &expired {
                tracing::error!(payment = %id, cause = %error, "payment could not be expired");
            }
            ended.count(id, &expired);
        }
        after = Some(last);
    }
}

async fn expire(ctx: &Ctx, id: PaymentId) -> Result<bool> {
    // Its webhook may have got lost: better asked now than refunded later.
    if let Some(row) = payment::Entity::find_by_id(id).one(&ctx.db).await?
        && let Err(error) = ask_all(ctx, &row).await
    {
        tracing::warn!(payment = %id, cause = %error, "gateway could not be asked before the payment ends");
    }
    let orders = transact(ctx, |tx| async move {
        let payment = lock_payment(&tx, id).await?;
        // Paid between the look and the lock: nothing to do.
        if payment.status != PaymentStatus::Pending || payment.gateway == COD || payment.expires_at > ctx.now() {
            return Ok(None);
        }
        let note = Some(SystemNote::Unpaid.code().to_owned());
        close(ctx, &tx, payment, PaymentStatus::Expired, Party::System, None, note).await.map(Some)
    })
    .await?;
    let Some(orders) = orders else { return Ok(false) };
    ctx.live.send(Signal::Payment(id));
    orders.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
    Ok(true)
}

/// Ends an unpaid payment and every order that waits for it. The payment is locked by the caller.
pub(crate) async fn close(
    ctx: &Ctx,
    tx: &Tx,
    payment: payment::Model,
    status: PaymentStatus,
    party: Party,
    actor: Option<UserId>,
    note: Option<String>,
) -> Result<Vec<OrderId>> {
    let now = ctx.now();
    let id = payment.id;
    attempt::end_charge(tx, &payment, now).await?;
    let asked = payment.ask_at;
    let mut row = payment.into_active_model();
    row.status = Set(status);
    // Money may have come in the last moment.
    row.ask_at = Set(asked.map(|_| now));
    row.updated_at = Set(now);
    row.update(&**tx).await?;
    let mut ended = vec![];
    for order in lock_orders(tx, id).await? {
        if order.status == OrderStatus::Cancelled {
            continue;
        }
        let order_id = order.id;
        inventory::release(&**tx, now, order_id, &order.number).await?;
        step(ctx, tx, order, Step { action: OrderAction::Cancel, party, actor, note: note.clone() }).await?;
        emit(&**tx, now, Event::OrderCancelled { order: order_id }).await?;
        ended.push(order_id);
    }
    Ok(ended)
}
