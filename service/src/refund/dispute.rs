//! What gateways and banks do with money by themselves: chargebacks, reversals, refunds made on the
//! gateway's own pages.

use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::order::step::{Step, step};
use crate::payment::{
    Means, NewRefund, complete_refund, drop_waiting, hold_refund, insert_refund, is_refunded_by_hand, lock_orders, means,
};
use crate::port::GatewayEvent;
use crate::{Actor, Ctx, Error, Result, inventory, ledger};
use domain::id::{OrderId, PaymentId};
use domain::identity::Permission;
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{Attempt, PaymentEventKind, RefundReason, RefundStatus};
use domain::refund::{DisputeOutcome, DisputeRow};
use domain::{Money, Page, PageRequest};
use entity::payment_dispute::{self as dispute, Column as C};
use entity::{order, payment, payment_event, payment_split, refund};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::BTreeMap;

/// Why orders end and requests are dropped.
const BY_GATEWAY: &str = "dana dikembalikan oleh gateway";

/// Flags money that was taken away for finance.
pub(crate) async fn open(ctx: &Ctx, tx: &Tx, payment: PaymentId, id: uuid::Uuid, event: &GatewayEvent) -> Result<()> {
    let attempt = event.attempt.ok_or_else(|| Error::fault("dispute of no attempt"))?;
    let row = dispute::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(payment),
        event_id: Set(id),
        attempt: Set(attempt.number),
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

/// A gateway says how much of the money of an attempt it has sent back so far. What we asked it for is
/// no news; the whole payment sent back by itself ends the orders that were not sent; anything else
/// finance must look at. Answers the orders that changed, and whether it was news.
pub(crate) async fn take_gateway_refund(
    ctx: &Ctx,
    tx: &Tx,
    payment: &payment::Model,
    means: &Means,
    id: uuid::Uuid,
    event: &GatewayEvent,
) -> Result<(Vec<OrderId>, bool)> {
    let ours = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment.id))
        .filter(refund::Column::Attempt.eq(means.attempt.number))
        .filter(refund::Column::Status.is_not_in([RefundStatus::Waiting, RefundStatus::Rejected]))
        // What a bank took back no gateway has sent.
        .filter(refund::Column::Reason.ne(RefundReason::Chargeback))
        .all(&**tx)
        .await?;
    let is_by_hand = is_refunded_by_hand(ctx, &means.gateway, &means.method);
    let is_named = |row: &refund::Model| event.refunds.contains(&(row.id, row.amount));
    // It knows nothing of those sent by bank transfer (where all are, it is taken to know them), and of
    // one that failed only when it says so.
    let counts = |row: &&refund::Model| is_named(row) || is_by_hand || (row.status != RefundStatus::Failed && !row.is_by_hand);
    let known = Money::sum(ours.iter().filter(counts).map(|r| r.amount))?;
    // Somebody at a gateway that cannot be asked has sent all that is owed.
    let is_all_sent = is_by_hand && event.amount >= known;
    let is_open = |row: &refund::Model| row.status != RefundStatus::Succeeded;
    let (mut changed, mut is_news) = (vec![], false);
    for row in ours.iter().filter(|row| is_named(row) || (is_all_sent && is_open(row))) {
        if complete_refund(ctx, tx, row, &row.id.to_string(), None).await? {
            changed.extend(row.order_id);
            is_news = true;
        }
    }
    let told = disputed(tx, means.attempt, event).await?;
    let explained = known.checked_add(told)?;
    let is_explained = event.amount <= explained && (!is_by_hand || is_all_sent || !ours.iter().any(is_open));
    if is_explained {
        return Ok((changed, is_news));
    }
    // What is open already, or booked, is not to be booked again. What a person has sent may have been sent
    // from our bank: then it is no part of what the gateway sent.
    let by_person = |row: &&refund::Model| row.is_by_hand && row.status == RefundStatus::Succeeded && !is_named(row);
    let sure = Money::sum(ours.iter().filter(counts).filter(|row| !by_person(row)).map(|r| r.amount))?.checked_add(told)?;
    let rest = if event.amount > sure { event.amount.checked_sub(sure)? } else { event.amount };
    open(ctx, tx, payment.id, id, &GatewayEvent { amount: rest, ..event.clone() }).await?;
    let is_whole = event.amount == payment.amount && means.attempt.number == payment.attempt;
    // What the gateway refused before is part of the whole; what a person sends is not.
    let is_alone = ours.iter().all(|row| row.status == RefundStatus::Failed && !row.is_by_hand && row.order_id.is_some());
    if is_whole && is_alone && !is_news {
        for row in &ours {
            complete_refund(ctx, tx, row, &event.reference, None).await?;
        }
        changed = end_orders(ctx, tx, payment, &event.reference).await?;
    }
    Ok((changed, true))
}

/// A refund is not on its way after all: what a gateway has reported while it counted as known may have been
/// made on the gateway's own pages, and the report does not come again. Called with the payment locked.
pub(crate) async fn look_again(ctx: &Ctx, tx: &Tx, failed: &refund::Model) -> Result<()> {
    use RefundStatus as S;
    use payment_event::Column as E;
    use refund::Column as R;
    let attempt = Attempt { payment: failed.payment_id, number: failed.attempt };
    let payment = payment::Entity::find_by_id(attempt.payment).one(&**tx).await?;
    let payment = payment.ok_or_else(|| Error::fault("refund without payment"))?;
    let means = means(&**tx, &payment, attempt.number).await?;
    let means = means.ok_or_else(|| Error::fault("refund of an attempt that never was"))?;
    let refunds = refund::Entity::find().filter(R::PaymentId.eq(payment.id)).all(&**tx).await?;
    let disputes = dispute::Entity::find().filter(C::PaymentId.eq(payment.id)).all(&**tx).await?;
    let reports = payment_event::Entity::find()
        .filter(E::PaymentId.eq(payment.id))
        .filter(E::Gateway.eq(&means.gateway))
        .filter(E::Kind.eq(PaymentEventKind::Refunded))
        // Those that stand for refunds of ours bear their names.
        .filter(E::GatewayReference.is_not_in(refunds.iter().map(|row| row.id.to_string())))
        .filter(E::Id.is_not_in(disputes.iter().map(|row| row.event_id)))
        .order_by_desc(E::Amount);
    let Some(report) = reports.one(&**tx).await? else { return Ok(()) };
    let event = GatewayEvent {
        attempt: Some(attempt),
        reference: report.gateway_reference,
        kind: PaymentEventKind::Refunded,
        amount: report.amount,
        refunds: vec![],
    };
    let is_its = |row: &&refund::Model| {
        row.attempt == attempt.number
            && !row.is_by_hand
            && row.reason != RefundReason::Chargeback
            && matches!(row.status, S::Requested | S::Sending | S::Succeeded)
    };
    let sent = Money::sum(refunds.iter().filter(is_its).map(|row| row.amount))?;
    let explained = sent.checked_add(disputed(tx, attempt, &event).await?)?;
    if event.amount > explained {
        let amount = event.amount.checked_sub(explained)?;
        open(ctx, tx, payment.id, report.id, &GatewayEvent { amount, ..event }).await?;
    }
    Ok(())
}

/// What finance was told of before by the same name, and is not among the refunds: the gateway counts it
/// in once more. One that names each refund by itself does not.
async fn disputed(tx: &Tx, attempt: Attempt, event: &GatewayEvent) -> Result<Money> {
    use payment_event::Column as E;
    let told = payment_event::Entity::find()
        .select_only()
        .column(E::Id)
        .filter(E::PaymentId.eq(attempt.payment))
        .filter(E::GatewayReference.eq(&event.reference))
        .into_tuple::<uuid::Uuid>();
    let before = dispute::Entity::find()
        .filter(C::PaymentId.eq(attempt.payment))
        .filter(C::Attempt.eq(attempt.number))
        .filter(C::Kind.eq(PaymentEventKind::Refunded))
        .filter(C::EventId.is_in(told.all(&**tx).await?));
    let mut sum = Money::ZERO;
    for row in before.all(&**tx).await? {
        let is_refund = row.outcome == Some(DisputeOutcome::RefundSent);
        sum = sum.checked_add(if is_refund { row.amount.checked_sub(row.booked)? } else { row.amount })?;
    }
    Ok(sum)
}

/// What was not sent ends, and the rest of every share is booked as owed and as sent.
async fn end_orders(ctx: &Ctx, tx: &Tx, payment: &payment::Model, reference: &str) -> Result<Vec<OrderId>> {
    let mut changed = vec![];
    for order in lock_orders(tx, payment.id).await? {
        changed.push(order.id);
        drop_waiting(ctx, tx, order.id, BY_GATEWAY).await?;
        send_back(ctx, tx, payment, &order, reference).await?;
        if matches!(order.status, OrderStatus::Pending | OrderStatus::Processing) {
            let (id, number) = (order.id, order.number.clone());
            let note = Some(BY_GATEWAY.to_owned());
            step(ctx, tx, order, Step { action: OrderAction::Cancel, party: Party::Desk, actor: None, note }).await?;
            inventory::release(&**tx, ctx.now(), id, &number).await?;
            emit(&**tx, ctx.now(), Event::OrderCancelled { order: id }).await?;
        }
    }
    Ok(changed)
}

/// Books what is left of the share of an order as owed and as sent.
async fn send_back(ctx: &Ctx, tx: &Tx, payment: &payment::Model, order: &order::Model, reference: &str) -> Result<()> {
    let split = payment_split::Entity::find_by_id((payment.id, order.id)).one(&**tx).await?;
    let split = split.ok_or_else(|| Error::fault("order without split"))?;
    let amount = split.amount.checked_sub(split.refunded)?.checked_sub(split.refund_held)?;
    let new = NewRefund {
        id: new_id(),
        attempt: Attempt { payment: payment.id, number: payment.attempt },
        order: Some(order.id),
        amount,
        reason: RefundReason::ByGateway,
        status: RefundStatus::Requested,
        cause: format!("order:{}", order.id),
        requested_by: None,
        note: None,
        shipping: Money::ZERO,
        restock: false,
    };
    let id = new.id;
    if amount == Money::ZERO || !insert_refund(ctx, tx, new).await? {
        return Ok(());
    }
    hold_refund(tx, &split, amount).await?;
    ledger::owe(ctx, tx, order, payment.id, amount, &id.to_string()).await?;
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
