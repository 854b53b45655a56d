//! The ledger, newest first, and the accounts' balances.

use crate::{Actor, Ctx, Result};
use domain::finance::{AccountBalance, LedgerRow};
use domain::id::LedgerTransactionId;
use domain::identity::Permission;
use domain::ledger::AccountKind;
use domain::{Money, Page, PageRequest};
use entity::{ledger_entry, ledger_transaction, order, store};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Lines of the ledger, of one account if named.
pub async fn entries(ctx: &Ctx, actor: &Actor, account: Option<AccountKind>, page: PageRequest) -> Result<Page<LedgerRow>> {
    use ledger_entry::Column as C;
    actor.require(Permission::FinanceView)?;
    let mut rows = ledger_entry::Entity::find();
    if let Some(account) = account {
        rows = rows.filter(C::Account.eq(account));
    }
    let total = rows.clone().count(&ctx.db).await?;
    // Ids are ordered by time.
    let rows = rows.order_by_desc(C::Id).offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

/// A constant number of statements whatever the size.
pub(super) async fn show(ctx: &Ctx, rows: Vec<ledger_entry::Model>) -> Result<Vec<LedgerRow>> {
    let headers: Vec<LedgerTransactionId> = rows.iter().map(|r| r.transaction_id).collect();
    let headers = ledger_transaction::Entity::find().filter(ledger_transaction::Column::Id.is_in(headers)).all(&ctx.db).await?;
    let orders = order::Entity::find().filter(order::Column::Id.is_in(headers.iter().filter_map(|h| h.order_id)));
    let stores = store::Entity::find().filter(store::Column::Id.is_in(rows.iter().filter_map(|r| r.store_id)));
    let (orders, stores) = tokio::try_join!(orders.all(&ctx.db), stores.all(&ctx.db))?;
    let headers: BTreeMap<_, _> = headers.into_iter().map(|h| (h.id, h)).collect();
    let numbers: BTreeMap<_, _> = orders.into_iter().map(|o| (o.id, o.number)).collect();
    let names: BTreeMap<_, _> = stores.into_iter().map(|s| (s.id, s.name)).collect();
    let shown = rows.into_iter().filter_map(|row| {
        let header = headers.get(&row.transaction_id)?;
        Some(LedgerRow {
            transaction_id: row.transaction_id,
            at: row.created_at,
            kind: header.kind,
            account: row.account,
            store: row.store_id.and_then(|id| names.get(&id).cloned()),
            gateway: row.gateway,
            order_number: header.order_id.and_then(|id| numbers.get(&id).cloned()),
            payment_id: header.payment_id,
            amount: row.amount,
        })
    });
    Ok(shown.collect())
}

/// What every account stands at; their sum is zero.
pub async fn balances(ctx: &Ctx, actor: &Actor) -> Result<Vec<AccountBalance>> {
    use ledger_entry::Column as C;
    actor.require(Permission::FinanceView)?;
    let sums: Vec<(AccountKind, i64)> = ledger_entry::Entity::find()
        .select_only()
        .column(C::Account)
        .expr(Expr::col(C::Amount).sum().cast_as("BIGINT"))
        .group_by(C::Account)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let sums: BTreeMap<_, _> = sums.into_iter().collect();
    let balance =
        |account: &AccountKind| AccountBalance { account: *account, balance: Money(sums.get(account).copied().unwrap_or(0)) };
    Ok(AccountKind::ALL.iter().map(balance).collect())
}
