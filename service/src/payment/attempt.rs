//! Attempts of a payment. The present one is in the payment's own row, those left behind are in
//! `payment_attempt`: that there is exactly one present attempt needs no further guard.

use super::query;
use super::reconcile::has_paid;
use crate::db::Tx;
use crate::event::{Event, emit};
use crate::port::EndedCharge;
use crate::{Ctx, Error, Result};
use chrono::{DateTime, Utc};
use domain::Money;
use domain::id::PaymentId;
use domain::payment::{Attempt, AttemptView, MANUAL_TRANSFER, PaymentEventKind, RefundReason};
use entity::payment_attempt::{self, Column as C};
use entity::{payment, payment_event};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, Set,
};

/// What an attempt is made with, wherever it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Means {
    pub attempt: Attempt,
    pub method: String,
    pub gateway: String,
    pub gateway_reference: Option<String>,
    /// For bank transfers: number of the account, and the amount with its suffix.
    pub transfer_account: Option<String>,
    pub transfer_amount: Option<Money>,
}

impl Means {
    /// The present attempt's.
    pub fn of(row: &payment::Model) -> Self {
        Self {
            attempt: Attempt { payment: row.id, number: row.attempt },
            method: row.method.clone(),
            gateway: row.gateway.clone(),
            gateway_reference: row.gateway_reference.clone(),
            transfer_account: row.transfer_account.clone(),
            transfer_amount: row.transfer_amount,
        }
    }

    fn of_left(row: payment_attempt::Model) -> Self {
        Self {
            attempt: Attempt { payment: row.payment_id, number: row.number },
            method: row.method,
            gateway: row.gateway,
            gateway_reference: row.gateway_reference,
            transfer_account: row.transfer_account,
            transfer_amount: row.transfer_amount,
        }
    }
}

/// The means of an attempt; `None` when the payment never had it.
pub(crate) async fn means(db: &impl ConnectionTrait, row: &payment::Model, number: i32) -> Result<Option<Means>> {
    if number == row.attempt {
        return Ok(Some(Means::of(row)));
    }
    Ok(payment_attempt::Entity::find_by_id((row.id, number)).one(db).await?.map(Means::of_left))
}

/// The means of every attempt, the present one first.
pub(crate) async fn all(db: &impl ConnectionTrait, row: &payment::Model) -> Result<Vec<Means>> {
    let mut all = vec![Means::of(row)];
    // Most payments have had no other.
    if row.attempted_at.is_some() {
        all.extend(left(db, row.id).await?.into_iter().map(Means::of_left));
    }
    Ok(all)
}

/// The attempt a bank transfer belongs to: the present one, or the last one by transfer. `None`: the
/// buyer never chose to transfer.
pub(crate) async fn transfer_means(db: &impl ConnectionTrait, row: &payment::Model) -> Result<Option<Means>> {
    // The present one is first; of those left the highest number counts.
    let mut all = all(db, row).await?;
    all[1..].reverse();
    Ok(all.into_iter().find(|m| m.gateway == MANUAL_TRANSFER))
}

async fn left(db: &impl ConnectionTrait, id: PaymentId) -> Result<Vec<payment_attempt::Model>> {
    Ok(payment_attempt::Entity::find().filter(C::PaymentId.eq(id)).order_by_asc(C::Number).all(db).await?)
}

/// What the buyer tried before, for the page.
pub(super) async fn views(ctx: &Ctx, row: &payment::Model) -> Result<Vec<AttemptView>> {
    if row.attempted_at.is_none() {
        return Ok(vec![]);
    }
    let view = |a: payment_attempt::Model| AttemptView {
        number: a.number,
        method: a.method,
        created_at: a.created_at,
        ended_at: a.ended_at,
    };
    Ok(left(&ctx.db, row.id).await?.into_iter().map(view).collect())
}

/// Whether the present charge has come to nothing: its gateway reported a failure, or another amount
/// than was asked for.
pub(super) async fn has_failed(db: &impl ConnectionTrait, row: &payment::Model) -> Result<bool> {
    use payment_event::Column as E;
    if row.gateway_reference.is_none() {
        return Ok(false);
    }
    let is_failure =
        Condition::any().add(E::Kind.eq(PaymentEventKind::Failed)).add(E::Outcome.eq(RefundReason::AmountMismatch.as_str()));
    let since = row.attempted_at.unwrap_or(row.created_at);
    let failures = payment_event::Entity::find()
        .filter(E::PaymentId.eq(row.id))
        .filter(E::Gateway.eq(&row.gateway))
        .filter(E::CreatedAt.gt(since))
        .filter(is_failure);
    Ok(failures.count(db).await? > 0)
}

/// The highest number given so far.
pub(super) async fn highest(tx: &Tx, row: &payment::Model) -> Result<i32> {
    let left = payment_attempt::Entity::find().filter(C::PaymentId.eq(row.id)).order_by_desc(C::Number).one(&**tx).await?;
    Ok(left.map_or(row.attempt, |a| a.number.max(row.attempt)))
}

/// Moves the present attempt of a locked payment to those left behind, and ends its charge.
pub(super) async fn leave(tx: &Tx, row: &payment::Model, now: DateTime<Utc>) -> Result<()> {
    let left = payment_attempt::ActiveModel {
        payment_id: Set(row.id),
        number: Set(row.attempt),
        method: Set(row.method.clone()),
        gateway: Set(row.gateway.clone()),
        gateway_reference: Set(row.gateway_reference.clone()),
        redirect_url: Set(row.redirect_url.clone()),
        instructions: Set(row.instructions.clone()),
        transfer_account: Set(row.transfer_account.clone()),
        transfer_amount: Set(row.transfer_amount),
        created_at: Set(row.attempted_at.unwrap_or(row.created_at)),
        ended_at: Set(now),
    };
    payment_attempt::Entity::insert(left).exec_without_returning(&**tx).await?;
    end_charge(tx, row, now).await
}

/// Notes what the gateway made of an attempt that was left meanwhile.
pub(super) async fn note_charge(tx: &Tx, asked: &payment::Model, reference: &str) -> Result<()> {
    payment_attempt::Entity::update_many()
        .col_expr(C::GatewayReference, Expr::value(reference))
        .filter(C::PaymentId.eq(asked.id))
        .filter(C::Number.eq(asked.attempt))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Makes an attempt that was left behind the present one again: it is the one that pays. Money goes
/// back the way it came.
pub(super) async fn adopt(ctx: &Ctx, tx: &Tx, row: payment::Model, number: i32) -> Result<payment::Model> {
    if number == row.attempt {
        return Ok(row);
    }
    let old = payment_attempt::Entity::find_by_id((row.id, number)).one(&**tx).await?;
    let old = old.ok_or_else(|| Error::fault("attempt vanished"))?;
    leave(tx, &row, ctx.now()).await?;
    payment_attempt::Entity::delete_by_id((row.id, number)).exec(&**tx).await?;
    let mut row = row.into_active_model();
    row.attempt = Set(old.number);
    row.attempted_at = Set(Some(old.created_at));
    row.method = Set(old.method);
    row.gateway = Set(old.gateway);
    row.gateway_reference = Set(old.gateway_reference);
    row.redirect_url = Set(old.redirect_url);
    row.instructions = Set(old.instructions);
    row.transfer_account = Set(old.transfer_account);
    row.transfer_amount = Set(old.transfer_amount);
    Ok(row.update(&**tx).await?)
}

/// Nobody is to pay the present charge of a locked payment any more: its gateway is told after the
/// commit, as often as it takes.
pub(super) async fn end_charge(tx: &Tx, row: &payment::Model, now: DateTime<Utc>) -> Result<()> {
    let Some(reference) = row.gateway_reference.clone() else { return Ok(()) };
    let (method, redirect_url) = (row.method.clone(), row.redirect_url.clone());
    let charge = EndedCharge { payment: row.id, attempt: row.attempt, method, reference, redirect_url };
    emit(&**tx, now, Event::ChargeEnded { charge }).await.map(drop)
}

/// Ends a charge at its gateway, where that can be done. What comes nevertheless is dealt with when it
/// comes. One that has taken money after all, awaited or not, is left alone: some gateways would undo
/// what is in our books by then.
pub(crate) async fn cancel_charge(ctx: &Ctx, charge: &EndedCharge) -> Result<()> {
    use PaymentEventKind as E;
    let Some(gateway) = ctx.ports.gateways.get(query::gateway_of(&charge.method)) else { return Ok(()) };
    let row = payment::Entity::find_by_id(charge.payment).one(&ctx.db).await?;
    let is_it = |row: &payment::Model| {
        row.attempt == charge.attempt && row.gateway_reference.as_ref() == Some(&charge.reference) && has_paid(row)
    };
    if row.as_ref().is_some_and(is_it) {
        return Ok(());
    }
    let found = gateway.find(&charge.reference).await?.map(|event| event.kind);
    if matches!(found, Some(E::Paid | E::Refunded | E::Disputed)) { Ok(()) } else { gateway.cancel(charge).await }
}

/// The attempt whose charge a gateway calls so.
pub(super) async fn charged(tx: &Tx, gateway: &str, reference: &str) -> Result<Option<Attempt>> {
    let present = payment::Entity::find()
        .filter(payment::Column::Gateway.eq(gateway))
        .filter(payment::Column::GatewayReference.eq(reference));
    if let Some(row) = present.one(&**tx).await? {
        return Ok(Some(Attempt { payment: row.id, number: row.attempt }));
    }
    let left = payment_attempt::Entity::find().filter(C::Gateway.eq(gateway)).filter(C::GatewayReference.eq(reference));
    Ok(left.one(&**tx).await?.map(|row| Attempt { payment: row.payment_id, number: row.number }))
}
