//! What gateways and banks do with money by themselves: chargebacks, reversals, refunds made on the
//! gateway's own pages.

use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::order::step::{Step, step};
use crate::payment::{NewRefund, complete_refund, hold_refund, insert_refund, lock_orders};
use crate::port::GatewayEvent;
use crate::{Actor, Ctx, Error, Result, inventory, ledger};
use domain::id::{OrderId, PaymentId};
use domain::identity::Permission;
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{Attempt, RefundReason, RefundStatus};
use domain::refund::DisputeRow;
use domain::{Money, Page, PageRequest};
use entity::payment_dispute::{self as dispute, Column as C};
use entity::{order, payment, payment_split, refund};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::BTreeMap;

/// Flags money that was taken away for finance.
pub(crate) async fn open(ctx: &Ctx, tx: &Tx, payment: PaymentId, id: uuid::Uuid, event: &GatewayEvent) -> Result<()> {
    let row = dispute::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(payment),
        event_id: Set(id),
        kind: Set(event.kind),
        amount: Set(event.amount),
        opened_at: Set(ctx.now()),
        resolved_by: Set(None),
        resolved_at: Set(None),
        resolution: Set(None),
        outcome: Set(None),
        booked: Set(Money::ZERO),
        loss: Set(Money::ZERO),
        settlement_line_id: Set(None),
    };
    dispute::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// A gateway says how much of a payment it has sent back so far. What we asked it for is no news;
/// the whole payment sent back by itself ends the orders that were not sent; anything else finance
/// must look at. Answers the orders that changed, and whether it was news.
pub(crate) async fn take_gateway_refund(
    ctx: &Ctx,
    tx: &Tx,
    payment: &payment::Model,
    id: uuid::Uuid,
    event: &GatewayEvent,
) -> Result<(Vec<OrderId>, bool)> {
    let known = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment.id))
        .filter(refund::Column::Status.is_in([RefundStatus::Requested, RefundStatus::Failed, RefundStatus::Succeeded]))
        .all(&**tx)
        .await?;
    let known = Money::sum(known.into_iter().filter(|r| !r.is_by_hand).map(|r| r.amount))?;
    if event.amount <= known {
        return Ok((vec![], false));
    }
    open(ctx, tx, payment.id, id, event).await?;
    if event.amount != payment.amount || known != Money::ZERO {
        return Ok((vec![], true));
    }
    let splits = payment_split::Entity::find().filter(payment_split::Column::PaymentId.eq(payment.id)).all(&**tx).await?;
    let splits: BTreeMap<_, _> = splits.into_iter().map(|s| (s.order_id, s)).collect();
    let mut changed = vec![];
    for order in lock_orders(tx, payment.id).await? {
        let split = splits.get(&order.id).ok_or_else(|| Error::fault("order without split"))?;
        changed.push(order.id);
        send_back(ctx, tx, payment, &order, split, &event.reference).await?;
        if matches!(order.status, OrderStatus::Pending | OrderStatus::Processing) {
            let (id, number) = (order.id, order.number.clone());
            let note = Some("dana dikembalikan oleh gateway".to_owned());
            step(ctx, tx, order, Step { action: OrderAction::Cancel, party: Party::Desk, actor: None, note }).await?;
            inventory::release(&**tx, ctx.now(), id, &number).await?;
            emit(&**tx, ctx.now(), Event::OrderCancelled { order: id }).await?;
        }
    }
    Ok((changed, true))
}

/// Books the share of an order as owed and as sent.
async fn send_back(
    ctx: &Ctx,
    tx: &Tx,
    payment: &payment::Model,
    order: &order::Model,
    split: &payment_split::Model,
    reference: &str,
) -> Result<()> {
    let new = NewRefund {
        id: new_id(),
        attempt: Attempt { payment: payment.id, number: payment.attempt },
        order: Some(order.id),
        amount: split.amount,
        reason: RefundReason::ByGateway,
        status: RefundStatus::Requested,
        cause: format!("order:{}", order.id),
        requested_by: None,
        note: None,
        shipping: Money::ZERO,
        restock: false,
    };
    let id = new.id;
    if split.amount == Money::ZERO || !insert_refund(ctx, tx, new).await? {
        return Ok(());
    }
    hold_refund(tx, split, split.amount).await?;
    ledger::owe(ctx, tx, order, payment.id, split.amount, &id.to_string()).await?;
    if order.status == OrderStatus::Delivered {
        crate::analytics::record_refund(tx, order, id).await?;
    }
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    complete_refund(ctx, tx, &row, reference, None).await.map(drop)
}

/// Open ones oldest first, or those that were looked at.
pub async fn list(ctx: &Ctx, actor: &Actor, is_open: bool, page: PageRequest) -> Result<Page<DisputeRow>> {
    actor.require(Permission::FinanceView)?;
    let rows = match is_open {
        true => dispute::Entity::find().filter(C::ResolvedAt.is_null()).order_by_asc(C::OpenedAt),
        false => dispute::Entity::find().filter(C::ResolvedAt.is_not_null()).order_by_desc(C::OpenedAt),
    };
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

pub(super) async fn show(ctx: &Ctx, rows: Vec<dispute::Model>) -> Result<Vec<DisputeRow>> {
    let payments = payment::Entity::find().filter(payment::Column::Id.is_in(rows.iter().map(|r| r.payment_id)));
    let payments: BTreeMap<_, _> = payments.all(&ctx.db).await?.into_iter().map(|p| (p.id, p)).collect();
    let orders = order::Entity::find().filter(order::Column::GroupId.is_in(payments.values().map(|p| p.group_id)));
    let orders = orders.order_by_asc(order::Column::Id).all(&ctx.db).await?;
    let shown = rows.into_iter().filter_map(|row| {
        let payment = payments.get(&row.payment_id)?;
        Some(DisputeRow {
            id: row.id,
            payment_id: row.payment_id,
            orders: orders.iter().filter(|o| o.group_id == payment.group_id).map(|o| o.number.clone()).collect(),
            method: payment.method.clone(),
            kind: row.kind,
            amount: row.amount,
            opened_at: row.opened_at,
            resolved_at: row.resolved_at,
            resolution: row.resolution,
            outcome: row.outcome,
            booked: row.booked,
            loss: row.loss,
        })
    });
    Ok(shown.collect())
}
