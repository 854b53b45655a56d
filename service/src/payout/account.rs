//! Where a store wants its money.

use crate::audit::{self, Deed};
use crate::db::transact;
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result};
use domain::identity::Permission;
use domain::payout::{ACCOUNT_DELAY, PayoutAccount, PayoutAccountInput};
use entity::payout_account;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde_json::{Value, json};

pub(super) fn show(row: payout_account::Model) -> PayoutAccount {
    PayoutAccount {
        bank: row.bank,
        account_number: row.account_number,
        holder: row.holder,
        changed_at: row.changed_at,
        usable_from: row.changed_at + ACCOUNT_DELAY,
    }
}

/// By the seller. Writing the same again changes nothing and does not delay anything; payouts
/// already asked for go where they were asked for.
pub async fn set_account(ctx: &Ctx, actor: &Actor, input: PayoutAccountInput) -> Result<PayoutAccount> {
    let store = actor.store(Permission::StoreManage)?;
    let by = actor.user()?;
    let input = &input.check()?;
    transact(ctx, |tx| async move {
        super::request::lock_store(&tx, store).await?;
        let known = payout_account::Entity::find_by_id(store).one(&*tx).await?;
        let state = |bank: &str, number: &str, holder: &str| json!({ "bank": bank, "account_number": number, "holder": holder });
        let before = known.as_ref().map_or(Value::Null, |r| state(&r.bank, &r.account_number, &r.holder));
        let after = state(&input.bank, &input.account_number, &input.holder);
        if let Some(known) = &known
            && before == after
        {
            return Ok(show(known.clone()));
        }
        let now = ctx.now();
        let row = payout_account::ActiveModel {
            store_id: Set(store),
            bank: Set(input.bank.clone()),
            account_number: Set(input.account_number.clone()),
            holder: Set(input.holder.clone()),
            changed_at: Set(now),
        };
        let row = match known {
            None => row.insert(&*tx).await?,
            Some(_) => row.update(&*tx).await?,
        };
        let deed = Deed { action: "payout.account", subject: "store", subject_id: store.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await?;
        emit(&*tx, now, Event::PayoutAccountChanged { store }).await?;
        Ok(show(row))
    })
    .await
}
