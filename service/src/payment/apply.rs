//! The one completion path: browser return, webhook and reconciliation all come here.

use super::attempt::{self, adopt};
use super::{Means, expiry, is_refunded_by_hand, lock_payment, refund, sent, settle};
use crate::db::{Tx, new_id, transact};
use crate::live::Signal;
use crate::port::GatewayEvent;
use crate::{Ctx, Result};
use domain::Money;
use domain::id::{OrderId, PaymentId};
use domain::payment::{Attempt, COD, Effect, PaymentEventKind, RefundReason, effect};
use entity::payment_event;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};

/// What became of an event, and whose pages should look again.
pub(super) struct Applied {
    pub outcome: String,
    /// Whether it is about a payment of ours at this gateway.
    pub is_ours: bool,
    pub orders: Vec<OrderId>,
}

impl Applied {
    pub fn nothing(outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), is_ours: true, orders: vec![] }
    }

    /// A fact that belongs to no payment we know.
    pub fn stray(outcome: &str) -> Self {
        Self { is_ours: false, ..Self::nothing(outcome) }
    }
}

/// Applies a verified fact to its payment: idempotent (the same fact counts once) and monotonic
/// (nothing moves a paid payment back). Answers what it did, for the record.
pub async fn apply_event(ctx: &Ctx, gateway: &str, event: &GatewayEvent) -> Result<String> {
    let Some(attempt) = event.attempt else { return Ok("unknown reference".into()) };
    let applied = transact(ctx, |tx| async move { apply(ctx, &tx, gateway, attempt, event).await }).await?;
    Ok(announce(ctx, event, applied))
}

/// After the commit: pages that show it look again.
pub(super) fn announce(ctx: &Ctx, event: &GatewayEvent, applied: Applied) -> String {
    if let Some(attempt) = event.attempt.filter(|_| applied.outcome != "duplicate") {
        ctx.live.send(Signal::Payment(attempt.payment));
        applied.orders.iter().for_each(|order| ctx.live.send(Signal::Order(*order)));
    }
    applied.outcome
}

/// Whether an event that was applied changed anything.
pub(super) fn is_news(outcome: &str) -> bool {
    !["duplicate", "nothing"].contains(&outcome)
}

pub(super) async fn apply(ctx: &Ctx, tx: &Tx, gateway: &str, attempt: Attempt, event: &GatewayEvent) -> Result<Applied> {
    let id = attempt.payment;
    let payment = match lock_payment(tx, id).await {
        Ok(payment) => payment,
        Err(crate::Error::Domain(domain::Error::NotFound(_))) => return Ok(Applied::stray("unknown reference")),
        Err(error) => return Err(error),
    };
    let Some(means) = attempt::means(&**tx, &payment, attempt.number).await? else {
        return Ok(Applied::stray("unknown reference"));
    };
    if means.gateway != gateway {
        return Ok(Applied::stray("another gateway's payment"));
    }
    let is_present = attempt.number == payment.attempt;
    let sent_back = match event.kind {
        PaymentEventKind::Refunded => refund::sent_back(tx, attempt).await?,
        _ => Money::ZERO,
    };
    let effect = match effect(payment.status, event.kind, payment.amount, event.amount, is_present) {
        // The courier is to be given cash: who transfers as well has paid twice.
        Effect::Settle if payment.gateway == COD => Effect::ReturnMoney(RefundReason::DoublePayment),
        Effect::CheckReversal if is_reversal(ctx, tx, &means, event).await? => Effect::Dispute,
        Effect::CheckReversal => Effect::Nothing,
        // Of two charges made for the attempt at the same moment the other one ended.
        Effect::Close(_) if is_of_another_charge(ctx, &means, event) => Effect::Nothing,
        // Money nobody waited for has come, and is owed back or was sent.
        Effect::Dispute | Effect::SettleThenCheckRefund if sent_back > Money::ZERO => Effect::CheckRefund,
        // What came was not what is still waited for.
        Effect::SettleThenCheckRefund if payment.gateway == COD => Effect::Dispute,
        effect => effect,
    };
    let mut outcome = match effect {
        Effect::Settle | Effect::SettleThenCheckRefund => "settled".to_owned(),
        Effect::ReturnMoney(reason) => reason.to_string(),
        Effect::Close(status) => format!("closed as {status}"),
        Effect::CheckRefund => "checked".to_owned(),
        Effect::Dispute => "disputed".to_owned(),
        Effect::CheckReversal | Effect::Nothing => "nothing".to_owned(),
    };
    let event_id = new_id::<uuid::Uuid>();
    if !record(ctx, tx, event_id, id, gateway, event, &outcome).await? {
        // A captured card is reported once more when it settles: from then on a part of it can go back.
        if event.kind == PaymentEventKind::Paid {
            sent::ask_again(ctx, tx, attempt).await?;
        }
        return Ok(Applied::nothing("duplicate"));
    }
    let orders = match effect {
        Effect::Settle => {
            let payment = adopt(ctx, tx, payment, attempt.number).await?;
            settle::settle(ctx, tx, payment).await?
        }
        Effect::SettleThenCheckRefund => {
            // A late report of the payment is the same money.
            let paid = GatewayEvent { kind: PaymentEventKind::Paid, amount: payment.amount, ..event.clone() };
            record(ctx, tx, new_id(), id, gateway, &paid, &outcome).await?;
            let payment = adopt(ctx, tx, payment, attempt.number).await?;
            let orders = settle::settle(ctx, tx, payment.clone()).await?;
            crate::refund::take_gateway_refund(ctx, tx, &payment, &means, event_id, event).await?;
            orders
        }
        Effect::ReturnMoney(reason) => {
            let unexpected = refund::Unexpected { attempt, event: event_id, amount: event.amount, reason };
            refund::request_unexpected(ctx, tx, unexpected).await?;
            vec![]
        }
        Effect::Close(status) => expiry::close(ctx, tx, payment, status, domain::order::Party::System, None, None).await?,
        Effect::CheckRefund => {
            let (orders, is_news) = crate::refund::take_gateway_refund(ctx, tx, &payment, &means, event_id, event).await?;
            outcome = if is_news { outcome } else { "nothing".to_owned() };
            orders
        }
        Effect::Dispute => {
            crate::refund::open_dispute(ctx, tx, id, event_id, event).await?;
            vec![]
        }
        Effect::CheckReversal | Effect::Nothing => vec![],
    };
    Ok(Applied { outcome, is_ours: true, orders })
}

fn is_of_another_charge(ctx: &Ctx, means: &Means, event: &GatewayEvent) -> bool {
    let names_charges = ctx.ports.gateways.get(&means.gateway).is_some_and(|gateway| gateway.names_charges());
    names_charges && means.gateway_reference.as_ref().is_some_and(|kept| *kept != event.reference)
}

/// Whether money that had come is gone, and not because we asked its gateway to send it back.
async fn is_reversal(ctx: &Ctx, tx: &Tx, means: &Means, event: &GatewayEvent) -> Result<bool> {
    if !has_paid(tx, means.attempt.payment, &means.gateway, &event.reference).await? {
        return Ok(false);
    }
    if event.kind != PaymentEventKind::Expired || is_refunded_by_hand(ctx, &means.gateway, &means.method) {
        return Ok(true);
    }
    // Voiding takes the whole, so that all of it must have been asked for.
    let sent_back = refund::sent_back(tx, means.attempt).await?;
    Ok(!(Money(1)..=sent_back).contains(&event.amount))
}

/// Whether money came by what the gateway names so: a reversal is reported by the name of the
/// transaction that paid, a failed try by a name of its own.
async fn has_paid(tx: &Tx, payment: PaymentId, gateway: &str, reference: &str) -> Result<bool> {
    use payment_event::Column as C;
    let paid = payment_event::Entity::find()
        .filter(C::PaymentId.eq(payment))
        .filter(C::Gateway.eq(gateway))
        .filter(C::GatewayReference.eq(reference))
        .filter(C::Kind.eq(PaymentEventKind::Paid))
        .filter(C::Amount.gt(0));
    Ok(paid.count(&**tx).await? > 0)
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
