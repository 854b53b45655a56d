//! Where a bank transfer goes, and the amount that tells it from all others.

use crate::db::Tx;
use crate::{Ctx, Result};
use domain::desk::{BankAccount, MAX_SUFFIX, TransferView};
use domain::id::PaymentId;
use domain::payment::PaymentStatus;
use domain::{Conflict, Money};
use entity::payment::{self, Column as C};
use entity::payment_attempt::{self, Column as A};
use rand::seq::IndexedRandom;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::BTreeSet;

/// Account number and amount with a free suffix. Two checkouts that choose the same one at the same
/// time meet in the unique index, and the later one runs again. Who goes back to a transfer
/// (`payment` names the payment then) is asked for the same amount: it may be on its way.
pub(crate) async fn assign(ctx: &Ctx, tx: &Tx, payment: Option<PaymentId>, amount: Money) -> Result<(String, Money)> {
    if let Some(known) = earlier(ctx, tx, payment).await? {
        return Ok(known);
    }
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    for account in &ctx.settings.bank_accounts {
        let taken: Vec<i64> = payment::Entity::find()
            .select_only()
            .column(C::TransferAmount)
            .filter(C::TransferAccount.eq(&account.number))
            .filter(C::Status.is_in(open))
            .filter(C::TransferAmount.between(amount.0 + 1, amount.0 + MAX_SUFFIX))
            .into_tuple()
            .all(&**tx)
            .await?;
        let taken: BTreeSet<i64> = taken.into_iter().chain(left(tx, &account.number, amount).await?).collect();
        let free: Vec<i64> = (1..=MAX_SUFFIX).map(|suffix| amount.0 + suffix).filter(|sum| !taken.contains(sum)).collect();
        if let Some(sum) = free.choose(&mut rand::rng()) {
            return Ok((account.number.clone(), Money(*sum)));
        }
    }
    Err(Conflict::PaymentMethodUnavailable.into())
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

/// Amounts of transfers that were left for another method but may still come: their payments are open.
async fn left(tx: &Tx, account: &str, amount: Money) -> Result<Vec<i64>> {
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    let payments = payment::Entity::find().select_only().column(C::Id).filter(C::Status.is_in(open)).into_query();
    let amounts = payment_attempt::Entity::find()
        .select_only()
        .column(A::TransferAmount)
        .filter(A::TransferAccount.eq(account))
        .filter(A::TransferAmount.between(amount.0 + 1, amount.0 + MAX_SUFFIX))
        .filter(A::PaymentId.in_subquery(payments));
    Ok(amounts.into_tuple().all(&**tx).await?)
}

/// What the buyer is to transfer, as long as the account is still ours.
pub(crate) fn view(ctx: &Ctx, row: &payment::Model) -> Option<TransferView> {
    let (number, amount) = (row.transfer_account.as_ref()?, row.transfer_amount?);
    Some(TransferView { account: account(ctx, number)?, amount })
}

pub(super) fn account(ctx: &Ctx, number: &str) -> Option<BankAccount> {
    ctx.settings.bank_accounts.iter().find(|a| a.number == number).cloned()
}
