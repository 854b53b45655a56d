//! A store asks for its money.

use super::query;
use crate::db::{Tx, dialect, new_id, transact};
use crate::{Actor, Ctx, Result, ledger};
use domain::id::{PayoutId, StoreId};
use domain::identity::Permission;
use domain::ledger::{AccountKind, Balanced, LedgerKind};
use domain::order::document_number;
use domain::payout::{ACCOUNT_DELAY, PayoutInput, PayoutRow, PayoutStatus};
use domain::{Conflict, Noun};
use entity::{payout, payout_account, store};
use rand::Rng;
use sea_orm::{EntityTrait, QuerySelect, Set};

/// Everything that changes a store's payouts takes this lock first: of many requests at once one
/// sees the balance, the others see what it left.
pub(super) async fn lock_store(tx: &Tx, id: StoreId) -> Result<()> {
    let mut query = store::Entity::find_by_id(id);
    if dialect::is_postgres(&**tx) {
        // Not the key lock that every new order of the store takes.
        query = query.lock(sea_orm::sea_query::LockType::NoKeyUpdate);
    }
    query.one(&**tx).await?.map(drop).ok_or_else(|| domain::Error::NotFound(Noun::Store).into())
}

/// By the seller: never more than is available, and one at a time. The money leaves the balance now.
pub async fn request(ctx: &Ctx, actor: &Actor, input: PayoutInput) -> Result<PayoutRow> {
    let store = actor.store(Permission::StoreManage)?;
    let user = actor.user()?.id;
    let amount = input.check()?;
    let id: PayoutId = transact(ctx, |tx| async move {
        lock_store(&tx, store).await?;
        let now = ctx.now();
        if query::has_open(&*tx, store).await? {
            return Err(Conflict::PayoutOpen.into());
        }
        let account = payout_account::Entity::find_by_id(store).one(&*tx).await?.ok_or(Conflict::PayoutAccountMissing)?;
        let usable = account.changed_at + ACCOUNT_DELAY;
        if now < usable {
            return Err(Conflict::PayoutAccountFresh { until: usable }.into());
        }
        let available = query::credit(&*tx, AccountKind::SellerPayable, store).await?;
        if amount > available {
            return Err(Conflict::PayoutExceeds { available }.into());
        }
        let id = new_id();
        let number = document_number("PO", now, rand::rng().random());
        let row = payout::ActiveModel {
            id: Set(id),
            number: Set(number.clone()),
            store_id: Set(store),
            amount: Set(amount),
            status: Set(PayoutStatus::Requested),
            bank: Set(account.bank),
            account_number: Set(account.account_number),
            holder: Set(account.holder),
            requested_by: Set(user),
            requested_at: Set(now),
            ..Default::default()
        };
        payout::Entity::insert(row).exec_without_returning(&*tx).await?;
        let of = |kind| (kind, Some(store));
        let moved = Balanced::transfer(of(AccountKind::SellerPayable), of(AccountKind::PayoutTransit), amount)?;
        ledger::book(&*tx, now, LedgerKind::PayoutRequested, &number, (None, None), &moved).await?;
        Ok(id)
    })
    .await?;
    query::own_one(ctx, store, id).await
}
