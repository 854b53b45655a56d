//! Where a bank transfer goes, and the amount that tells it from all others.

use crate::db::Tx;
use crate::{Ctx, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::desk::{BankAccount, MAX_SUFFIX, TransferView};
use domain::id::PaymentId;
use domain::payment::PaymentStatus;
use domain::{Conflict, Money};
use entity::payment::{self, Column as C};
use entity::payment_attempt::{self, Column as A};
use rand::seq::IndexedRandom;
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use std::collections::BTreeMap;

/// Days for which an amount is asked of nobody else after its payment has ended: a transfer of Friday
/// night is booked on Monday, after a long holiday a week later, and must still be told from others.
const REST: TimeDelta = TimeDelta::days(7);

/// Amounts with a suffix that are in use, and those that rest with the time their payment ended.
type Taken = BTreeMap<i64, Option<DateTime<Utc>>>;
/// An amount, and its payment's status and last change.
type Sum = (i64, PaymentStatus, DateTime<Utc>);

/// Account number and amount with a free suffix. Two checkouts that choose the same one at the same
/// time meet in the unique index, and the later one runs again. Who goes back to a transfer
/// (`payment` names the payment then) is asked for the same amount: it may be on its way. When all
/// amounts are in use or rest, the one that has rested longest is taken.
pub(crate) async fn assign(ctx: &Ctx, tx: &Tx, payment: Option<PaymentId>, amount: Money) -> Result<(String, Money)> {
    if let Some(known) = earlier(ctx, tx, payment).await? {
        return Ok(known);
    }
    let mut rested: Option<(DateTime<Utc>, &String, i64)> = None;
    for account in &ctx.settings.bank_accounts {
        let taken = taken(ctx, tx, &account.number, amount).await?;
        let free: Vec<i64> = (1..=MAX_SUFFIX).map(|suffix| amount.0 + suffix).filter(|sum| !taken.contains_key(sum)).collect();
        if let Some(sum) = free.choose(&mut rand::rng()) {
            return Ok((account.number.clone(), Money(*sum)));
        }
        let resting = taken.into_iter().filter_map(|(sum, ended)| Some((ended?, &account.number, sum)));
        rested = resting.chain(rested).min();
    }
    let (_, number, sum) = rested.ok_or(Conflict::PaymentMethodUnavailable)?;
    Ok((number.clone(), Money(sum)))
}

/// Of payments, and of transfers that were left for another method but may still come.
async fn taken(ctx: &Ctx, tx: &Tx, account: &str, amount: Money) -> Result<Taken> {
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    let (from, to) = (amount.0 + 1, amount.0 + MAX_SUFFIX);
    let is_taken = Condition::any().add(C::Status.is_in(open)).add(C::UpdatedAt.gt(ctx.now() - REST));
    let of_payment: RelationDef =
        payment_attempt::Entity::belongs_to(payment::Entity).from(A::PaymentId).to(payment::Column::Id).into();
    let present = payment::Entity::find()
        .select_only()
        .column(C::TransferAmount)
        .filter(C::TransferAccount.eq(account))
        .filter(C::TransferAmount.between(from, to));
    let left = payment_attempt::Entity::find()
        .select_only()
        .column(A::TransferAmount)
        .join(JoinType::InnerJoin, of_payment)
        .filter(A::TransferAccount.eq(account))
        .filter(A::TransferAmount.between(from, to));
    let present = present.column(C::Status).column(C::UpdatedAt).filter(is_taken.clone()).into_tuple::<Sum>().all(&**tx).await?;
    let left = left.column(C::Status).column(C::UpdatedAt).filter(is_taken).into_tuple::<Sum>().all(&**tx).await?;
    let mut taken = Taken::new();
    for (sum, status, ended) in present.into_iter().chain(left) {
        let ended = (!open.contains(&status)).then_some(ended);
        // In use by one of them is in use; otherwise the last end counts.
        let known = taken.entry(sum).or_insert(ended);
        *known = known.zip(ended).map(|(one, other)| one.max(other));
    }
    Ok(taken)
}

async fn earlier(ctx: &Ctx, tx: &Tx, payment: Option<PaymentId>) -> Result<Option<(String, Money)>> {
    let Some(id) = payment else { return Ok(None) };
    let row = payment_attempt::Entity::find()
        .filter(A::PaymentId.eq(id))
        .filter(A::TransferAccount.is_not_null())
        .order_by_desc(A::Number)
        .one(&**tx)
        .await?;
    let known = row.and_then(|a| Some((a.transfer_account?, a.transfer_amount?)));
    Ok(known.filter(|(number, _)| account(ctx, number).is_some()))
}

/// What the buyer is to transfer, as long as the account is still ours.
pub(crate) fn view(ctx: &Ctx, row: &payment::Model) -> Option<TransferView> {
    let (number, amount) = (row.transfer_account.as_ref()?, row.transfer_amount?);
    Some(TransferView { account: account(ctx, number)?, amount })
}

pub(super) fn account(ctx: &Ctx, number: &str) -> Option<BankAccount> {
    ctx.settings.bank_accounts.iter().find(|a| a.number == number).cloned()
}
