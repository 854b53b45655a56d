//! Where a bank transfer goes, and the amount that tells it from all others.

use crate::db::Tx;
use crate::{Ctx, Result};
use domain::desk::{BankAccount, MAX_SUFFIX, TransferView};
use domain::payment::PaymentStatus;
use domain::{Conflict, Money};
use entity::payment::{self, Column as C};
use rand::seq::IndexedRandom;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeSet;

/// Account number and amount with a free suffix. Two checkouts that choose the same one at the same
/// time meet in the unique index, and the later one runs again.
pub(crate) async fn assign(ctx: &Ctx, tx: &Tx, amount: Money) -> Result<(String, Money)> {
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
        let taken: BTreeSet<i64> = taken.into_iter().collect();
        let free: Vec<i64> = (1..=MAX_SUFFIX).map(|suffix| amount.0 + suffix).filter(|sum| !taken.contains(sum)).collect();
        if let Some(sum) = free.choose(&mut rand::rng()) {
            return Ok((account.number.clone(), Money(*sum)));
        }
    }
    Err(Conflict::PaymentMethodUnavailable.into())
}

/// What the buyer is to transfer, as long as the account is still ours.
pub(crate) fn view(ctx: &Ctx, row: &payment::Model) -> Option<TransferView> {
    let (number, amount) = (row.transfer_account.as_ref()?, row.transfer_amount?);
    Some(TransferView { account: account(ctx, number)?, amount })
}

pub(super) fn account(ctx: &Ctx, number: &str) -> Option<BankAccount> {
    ctx.settings.bank_accounts.iter().find(|a| a.number == number).cloned()
}
