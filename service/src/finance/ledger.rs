//! The ledger, newest first, and the accounts' balances.

use crate::{Actor, Ctx, Result};
use domain::finance::{AccountBalance, AccountLine, BalanceQuery, LedgerQuery, LedgerRow, Sides};
use domain::id::{LedgerTransactionId, StoreId};
use domain::identity::{Permission, StoreRef};
use domain::ledger::AccountKind;
use domain::statement::midnight;
use domain::{Money, Page, PageRequest};
use entity::ledger_entry::Column as C;
use entity::{ledger_entry, ledger_transaction, order, store};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::BTreeMap;

/// Rows shown per statement: databases bound what one may ask for.
const CHUNK: usize = 1_000;

/// Lines of the ledger, newest first.
pub async fn entries(ctx: &Ctx, actor: &Actor, query: &LedgerQuery, page: PageRequest) -> Result<Page<LedgerRow>> {
    actor.require(Permission::FinanceView)?;
    let rows = filtered(ctx, query).await?;
    let total = rows.clone().count(&ctx.db).await?;
    let rows = newest(rows).offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

/// What all these lines add up to.
pub async fn entry_sums(ctx: &Ctx, actor: &Actor, query: &LedgerQuery) -> Result<Sides> {
    actor.require(Permission::FinanceView)?;
    sides(ctx, filtered(ctx, query).await?).await
}

/// All lines found, newest first, for exports; `allow` is asked how many they may be.
pub(super) async fn all(ctx: &Ctx, query: &LedgerQuery, allow: fn(u64) -> Result<()>) -> Result<Vec<LedgerRow>> {
    let rows = filtered(ctx, query).await?;
    allow(rows.clone().count(&ctx.db).await?)?;
    let mut shown = vec![];
    for rows in newest(rows).all(&ctx.db).await?.chunks(CHUNK) {
        shown.extend(show(ctx, rows.to_vec()).await?);
    }
    Ok(shown)
}

async fn filtered(ctx: &Ctx, query: &LedgerQuery) -> Result<Select<ledger_entry::Entity>> {
    let mut rows = ledger_entry::Entity::find();
    if !query.accounts.is_empty() {
        rows = rows.filter(C::Account.is_in(query.accounts.iter().copied()));
    }
    if let Some(gateway) = &query.gateway {
        rows = rows.filter(C::Gateway.eq(gateway.as_str()));
    }
    if let Some(slug) = &query.store {
        // No store of that name, no rows.
        rows = rows.filter(C::StoreId.is_in(store_id(ctx, slug).await?));
    }
    if let Some(from) = query.from {
        rows = rows.filter(C::CreatedAt.gte(midnight(from)));
    }
    if let Some(next) = query.to.and_then(|day| day.succ_opt()) {
        rows = rows.filter(C::CreatedAt.lt(midnight(next)));
    }
    Ok(rows)
}

fn newest(rows: Select<ledger_entry::Entity>) -> Select<ledger_entry::Entity> {
    rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id)
}

pub(super) async fn store_id(ctx: &Ctx, slug: &str) -> Result<Option<StoreId>> {
    let ids = store::Entity::find().select_only().column(store::Column::Id).filter(store::Column::Slug.eq(slug));
    Ok(ids.into_tuple().one(&ctx.db).await?)
}

/// What entries put on either side.
pub(super) async fn sides(ctx: &Ctx, entries: Select<ledger_entry::Entity>) -> Result<Sides> {
    let side = |is_there: Expr| {
        let amount: Expr = Expr::case(is_there, Expr::col(C::Amount)).finally(0_i64).into();
        amount.sum().cast_as("BIGINT")
    };
    let sums: Option<(Option<i64>, Option<i64>)> =
        entries.select_only().expr(side(C::Amount.gt(0))).expr(side(C::Amount.lt(0))).into_tuple().one(&ctx.db).await?;
    let (debit, credit) = sums.unwrap_or_default();
    Ok(Sides { debit: Money(debit.unwrap_or_default()), credit: Money::ZERO.checked_sub(Money(credit.unwrap_or_default()))? })
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

/// Balances of the accounts of stores and gateways, the largest first.
pub async fn lines(ctx: &Ctx, actor: &Actor, query: &BalanceQuery, page: PageRequest) -> Result<Page<AccountLine>> {
    actor.require(Permission::FinanceView)?;
    let sum = || Expr::col(C::Amount).sum();
    let mut lines = ledger_entry::Entity::find()
        .select_only()
        .columns([C::Account, C::StoreId, C::Gateway])
        .expr_as(sum().cast_as("BIGINT"), "balance")
        .group_by(C::Account)
        .group_by(C::StoreId)
        .group_by(C::Gateway);
    if !query.accounts.is_empty() {
        lines = lines.filter(C::Account.is_in(query.accounts.iter().copied()));
    }
    if query.is_negative {
        let of = |is_debit: bool| C::Account.is_in(AccountKind::ALL.iter().copied().filter(move |a| a.is_debit() == is_debit));
        lines = lines.having(of(true).and(sum().lt(0)).or(of(false).and(sum().gt(0))));
    }
    let total = lines.clone().count(&ctx.db).await?;
    let rows: Vec<(AccountKind, Option<StoreId>, Option<String>, i64)> = lines
        .order_by_desc(Expr::from(Func::abs(sum())))
        .order_by_asc(C::Account)
        .order_by_asc(C::StoreId)
        .order_by_asc(C::Gateway)
        .offset(page.offset())
        .limit(page.per_page())
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let stores = store::Entity::find().filter(store::Column::Id.is_in(rows.iter().filter_map(|r| r.1))).all(&ctx.db).await?;
    let stores: BTreeMap<_, _> = stores.into_iter().map(|s| (s.id, StoreRef { id: s.id, slug: s.slug, name: s.name })).collect();
    let line = |(account, store, gateway, balance): (AccountKind, Option<StoreId>, Option<String>, i64)| AccountLine {
        account,
        store: store.and_then(|id| stores.get(&id).cloned()),
        gateway,
        balance: Money(balance),
        is_negative: account.is_negative(Money(balance)),
    };
    Ok(Page::new(rows.into_iter().map(line).collect(), page, total))
}
