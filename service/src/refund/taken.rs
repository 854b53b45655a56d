//! What the books make of money that a gateway or bank took by itself. Nothing is asked of the gateway:
//! the money is gone already.

use crate::db::{Tx, new_id};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::order::step::{Step, step};
use crate::payment::{
    self, Means, NewRefund, complete_refund, drop_waiting, hold_refund, insert_refund, is_refunded_by_hand, lock_orders,
    note_refund,
};
use crate::{Ctx, Error, Result, analytics, inventory, ledger};
use domain::id::{OrderId, RefundId};
use domain::ledger::{Account, AccountKind, Balanced, LedgerKind};
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{Attempt, PaymentEventKind, PaymentStatus, RefundReason, RefundStatus};
use domain::refund::DisputeResolution;
use domain::{Conflict, Money};
use entity::{order, payment as payments, payment_dispute, payment_event, payment_split, refund, refund_line};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use std::collections::BTreeSet;

/// Why orders end and requests are dropped.
const TAKEN: &str = "dana ditarik kembali lewat gateway";

/// A dispute about to be booked.
pub(super) struct Case<'a> {
    by: &'a SignedIn,
    dispute: &'a payment_dispute::Model,
    payment: &'a payments::Model,
    input: &'a DisputeResolution,
    reason: RefundReason,
    /// What reported it.
    event: payment_event::Model,
    /// How the money had come.
    means: Means,
}

impl<'a> Case<'a> {
    pub async fn new(
        tx: &Tx,
        by: &'a SignedIn,
        dispute: &'a payment_dispute::Model,
        payment: &'a payments::Model,
        input: &'a DisputeResolution,
        reason: RefundReason,
    ) -> Result<Self> {
        let event = payment_event::Entity::find_by_id(dispute.event_id).one(&**tx).await?;
        let event = event.ok_or_else(|| Error::fault("dispute without its event"))?;
        let means = payment::means(&**tx, payment, dispute.attempt).await?;
        let means = means.ok_or_else(|| Error::fault("dispute of an attempt that never was"))?;
        Ok(Self { by, dispute, payment, input, reason, event, means })
    }

    fn amount(&self) -> Money {
        self.input.amount.unwrap_or(self.dispute.amount)
    }

    /// Whether the orders were paid in the attempt the money had come in.
    fn paid_orders(&self) -> bool {
        use PaymentStatus as S;
        self.dispute.attempt == self.payment.attempt
            && matches!(self.payment.status, S::Paid | S::PartiallyRefunded | S::Refunded)
    }

    /// A refund that is no other's, and sent already.
    fn refund(&self, order: Option<OrderId>, amount: Money, about: impl std::fmt::Display) -> NewRefund {
        NewRefund {
            id: new_id(),
            attempt: Attempt { payment: self.payment.id, number: self.dispute.attempt },
            order,
            amount,
            reason: self.reason,
            status: RefundStatus::Requested,
            cause: format!("dispute:{}:{about}", self.dispute.id),
            requested_by: Some(self.by.id),
            note: Some(self.input.resolution.clone()),
            shipping: Money::ZERO,
            restock: false,
        }
    }
}

/// What a resolution booked.
#[derive(Default)]
pub(super) struct Booked {
    /// Of what the orders had left, and of refunds that were not sent yet.
    pub taken: Money,
    /// Of what had gone back before.
    pub loss: Money,
    pub changed: BTreeSet<OrderId>,
}

/// Takes the money from refunds of it that nobody has sent, then from what the orders have left of it.
/// The rest went back before: of a chargeback that is the platform's loss, of a refund it is refused.
pub(super) async fn book(ctx: &Ctx, tx: &Tx, case: &Case<'_>) -> Result<Booked> {
    let mut booked = match unexpected(tx, case).await? {
        Some(owed) => from_unexpected(ctx, tx, case, owed).await?,
        None if case.paid_orders() => from_orders(ctx, tx, case).await?,
        // Came and went without being counted.
        None => return Err(domain::Error::invalid("outcome", "never_booked").into()),
    };
    let rest = case.amount().checked_sub(booked.taken)?;
    if rest == Money::ZERO {
        return Ok(booked);
    }
    if case.reason == RefundReason::ByGateway {
        return Err(Conflict::RefundTooMuch { left: booked.taken }.into());
    }
    let clearing = Account::at_gateway(AccountKind::GatewayClearing, &case.event.gateway);
    let lost = Balanced::transfer(AccountKind::ChargebackLoss, clearing, rest)?;
    let about = (None, Some(case.payment.id));
    ledger::book(&**tx, ctx.now(), LedgerKind::Chargeback, &case.dispute.id.to_string(), about, &lost).await?;
    booked.loss = rest;
    Ok(booked)
}

/// The refund of money nobody waited for, where the dispute is about such: paid late, or twice.
async fn unexpected(tx: &Tx, case: &Case<'_>) -> Result<Option<refund::Model>> {
    use payment_event::Column as E;
    use refund::Column as C;
    let owed = refund::Entity::find()
        .filter(C::PaymentId.eq(case.payment.id))
        .filter(C::Attempt.eq(case.dispute.attempt))
        .filter(C::OrderId.is_null())
        .filter(C::Status.ne(RefundStatus::Rejected))
        .filter(C::Reason.ne(RefundReason::Chargeback))
        .order_by_asc(C::Id)
        .all(&**tx)
        .await?;
    if owed.is_empty() {
        return Ok(None);
    }
    let paid = payment_event::Entity::find()
        .filter(E::PaymentId.eq(case.payment.id))
        .filter(E::Gateway.eq(&case.event.gateway))
        .filter(E::Kind.eq(PaymentEventKind::Paid))
        .all(&**tx)
        .await?;
    let is_meant = |paid: &payment_event::Model| {
        let rest = case.event.gateway_reference.strip_prefix(paid.gateway_reference.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest == "-partial")
    };
    Ok(match paid.iter().find(|event| is_meant(event)) {
        Some(event) => owed.into_iter().find(|row| row.cause == format!("event:{}", event.id)),
        None if case.paid_orders() => None,
        None => owed.into_iter().next(),
    })
}

async fn from_unexpected(ctx: &Ctx, tx: &Tx, case: &Case<'_>, owed: refund::Model) -> Result<Booked> {
    if owed.status == RefundStatus::Succeeded {
        return Ok(Booked::default());
    }
    let taken = owed.amount.min(case.amount());
    replace(ctx, tx, case, owed, taken).await?;
    Ok(Booked { taken, ..Booked::default() })
}

async fn from_orders(ctx: &Ctx, tx: &Tx, case: &Case<'_>) -> Result<Booked> {
    let orders = orders_of(tx, case).await?;
    let (mut rest, mut changed) = (case.amount(), BTreeSet::new());
    for owed in unsent(tx, case, &orders).await? {
        let part = owed.amount.min(rest);
        // Such a refund is of certain goods, and no part of it is.
        if part == Money::ZERO || (part < owed.amount && owed.reason == RefundReason::OnRequest) {
            continue;
        }
        changed.extend(owed.order_id);
        rest = rest.checked_sub(part)?;
        replace(ctx, tx, case, owed, part).await?;
    }
    for order in &orders {
        if rest == Money::ZERO {
            break;
        }
        let part = take(ctx, tx, case, order, rest).await?;
        if part != Money::ZERO {
            changed.insert(order.id);
        }
        rest = rest.checked_sub(part)?;
    }
    for order in orders.into_iter().filter(|order| changed.contains(&order.id)) {
        let (_, split) = payment::of_order(&**tx, order.id).await?;
        if split.refunded == split.amount {
            end_unsent(ctx, tx, case, order).await?;
        }
    }
    Ok(Booked { taken: case.amount().checked_sub(rest)?, loss: Money::ZERO, changed })
}

/// Those the money may be taken from.
async fn orders_of(tx: &Tx, case: &Case<'_>) -> Result<Vec<order::Model>> {
    let mut orders = lock_orders(tx, case.payment.id).await?;
    match &case.input.order {
        Some(number) => orders.retain(|order| order.number == *number),
        // A refund is of one order: which one only a person knows.
        None if case.reason == RefundReason::ByGateway && orders.len() > 1 => {
            return Err(domain::Error::invalid("order", "required").into());
        }
        None => {}
    }
    if orders.is_empty() { Err(domain::Error::invalid("order", "unknown_value").into()) } else { Ok(orders) }
}

/// Refunds of the orders that are owed and were not sent.
async fn unsent(tx: &Tx, case: &Case<'_>, orders: &[order::Model]) -> Result<Vec<refund::Model>> {
    use refund::Column as C;
    Ok(refund::Entity::find()
        .filter(C::PaymentId.eq(case.payment.id))
        .filter(C::Attempt.eq(case.dispute.attempt))
        .filter(C::OrderId.is_in(orders.iter().map(|order| order.id)))
        .filter(C::Status.is_in([RefundStatus::Requested, RefundStatus::Sending, RefundStatus::Failed]))
        .order_by_asc(C::Id)
        .all(&**tx)
        .await?)
}

/// Money that was owed went by itself: a refund of its own stands for it, and the one that waited ends, or
/// is less. What the gateway may be sending at this moment must end first.
async fn replace(ctx: &Ctx, tx: &Tx, case: &Case<'_>, owed: refund::Model, part: Money) -> Result<()> {
    let by_gateway = !owed.is_by_hand && !is_refunded_by_hand(ctx, &case.means.gateway, &case.means.method);
    if owed.status == RefundStatus::Sending || (owed.status == RefundStatus::Requested && by_gateway) {
        return Err(Conflict::RefundUnderWay.into());
    }
    let (id, order, left) = (owed.id, owed.order_id, owed.amount.checked_sub(part)?);
    let (shipping, restock) = (owed.shipping, owed.restock);
    let is_whole = left == Money::ZERO;
    let status = if is_whole { RefundStatus::Rejected } else { owed.status };
    let mut row = owed.into_active_model();
    match status {
        RefundStatus::Rejected => row.status = Set(status),
        _ => row.amount = Set(left),
    }
    row.updated_at = Set(ctx.now());
    row.update(&**tx).await?;
    note_refund(ctx, tx, id, status, Some(case.by.id), Some(format!("{part}: {TAKEN}"))).await?;
    let mut new = case.refund(order, part, id);
    if is_whole {
        (new.shipping, new.restock) = (shipping, restock);
    }
    let standing = new.id;
    insert_once(ctx, tx, new).await?;
    if is_whole {
        take_over_lines(tx, id, standing).await?;
    }
    sent(ctx, tx, case, standing).await
}

/// The goods it was for went back as well: they stay counted. Those of a rejected request are not.
async fn take_over_lines(tx: &Tx, from: RefundId, to: RefundId) -> Result<()> {
    let lines = refund_line::Entity::find().filter(refund_line::Column::RefundId.eq(from)).all(&**tx).await?;
    if !lines.is_empty() {
        let same = lines.into_iter().map(|line| refund_line::Model { refund_id: to, ..line }.into_active_model().reset_all());
        refund_line::Entity::insert_many(same).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Takes what is left of an order's money, up to `most`, as owed and, in the same breath, as sent; answers
/// how much that was. Requests nobody has decided on do not stand in its way.
async fn take(ctx: &Ctx, tx: &Tx, case: &Case<'_>, order: &order::Model, most: Money) -> Result<Money> {
    let left = async || -> Result<(payment_split::Model, Money)> {
        let (_, split) = payment::of_order(&**tx, order.id).await?;
        let left = split.amount.checked_sub(split.refunded)?.checked_sub(split.refund_held)?;
        Ok((split, left))
    };
    let (mut split, mut free) = left().await?;
    if free < most {
        drop_waiting(ctx, tx, order.id, TAKEN).await?;
        (split, free) = left().await?;
    }
    let part = free.min(most);
    if part == Money::ZERO {
        return Ok(part);
    }
    let new = case.refund(Some(order.id), part, order.id);
    let id = new.id;
    insert_once(ctx, tx, new).await?;
    hold_refund(tx, &split, part).await?;
    ledger::owe(ctx, tx, order, split.payment_id, part, &id.to_string()).await?;
    if order.status == OrderStatus::Delivered {
        analytics::record_refund(tx, order, id).await?;
    }
    sent(ctx, tx, case, id).await?;
    Ok(part)
}

async fn insert_once(ctx: &Ctx, tx: &Tx, new: NewRefund) -> Result<()> {
    if insert_refund(ctx, tx, new).await? { Ok(()) } else { Err(Error::fault("dispute booked before it was resolved")) }
}

/// Out of what is at the gateway, whatever its channels can send back.
async fn sent(ctx: &Ctx, tx: &Tx, case: &Case<'_>, id: RefundId) -> Result<()> {
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    let mut row = row.into_active_model();
    row.is_by_hand = Set(false);
    let row = row.update(&**tx).await?;
    complete_refund(ctx, tx, &row, &case.event.gateway_reference, Some(case.by.id)).await.map(drop)
}

/// Nothing of its money is left: an order that was not sent stays at home.
async fn end_unsent(ctx: &Ctx, tx: &Tx, case: &Case<'_>, order: order::Model) -> Result<()> {
    if !matches!(order.status, OrderStatus::Pending | OrderStatus::Processing) {
        return Ok(());
    }
    let (id, number) = (order.id, order.number.clone());
    let (actor, note) = (Some(case.by.id), Some(TAKEN.to_owned()));
    step(ctx, tx, order, Step { action: OrderAction::Cancel, party: Party::Desk, actor, note }).await?;
    inventory::release(&**tx, ctx.now(), id, &number).await?;
    emit(&**tx, ctx.now(), Event::OrderCancelled { order: id }).await.map(drop)
}
