//! A store's statement of a month: what came in, what was kept, what was paid out, to the rupiah.

mod file;
mod pdf;

pub use file::{Kind, download, download_of_store};

use crate::{Actor, Ctx, Result};
use chrono::{DateTime, Utc};
use domain::id::{LedgerTransactionId, StoreId};
use domain::identity::Permission;
use domain::ledger::AccountKind;
use domain::statement::{Month, Statement, StatementKind, StatementLine, StatementSum};
use domain::{Money, Noun};
use entity::ledger_entry::Column as C;
use entity::{ledger_entry, ledger_transaction, order, store};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Of the store the caller works in; the present month unless named.
pub async fn find(ctx: &Ctx, actor: &Actor, month: Option<&str>) -> Result<Statement> {
    let store = actor.store(Permission::StoreManage)?;
    of(ctx, store, month).await
}

/// Of any store, for finance.
pub async fn of_store(ctx: &Ctx, actor: &Actor, slug: &str, month: Option<&str>) -> Result<Statement> {
    actor.require(Permission::FinanceView)?;
    let row = store::Entity::find().filter(store::Column::Slug.eq(slug)).one(&ctx.db).await?;
    of(ctx, row.ok_or(domain::Error::NotFound(Noun::Store))?.id, month).await
}

async fn of(ctx: &Ctx, id: StoreId, month: Option<&str>) -> Result<Statement> {
    let month = match month.map(str::trim).filter(|m| !m.is_empty()) {
        Some(text) => Month::parse(text)?,
        None => Month::of(ctx.now()),
    };
    let (from, to) = month.bounds();
    let store = store::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Store))?;
    let opening = opening(ctx, id, from).await?;
    let (lines, closing) = lines(ctx, id, (from, to), opening).await?;
    let mut sums: BTreeMap<StatementKind, Money> = BTreeMap::new();
    for line in &lines {
        let sum = sums.entry(line.kind).or_default();
        *sum = sum.checked_add(line.amount)?;
    }
    let sums = sums.into_iter().map(|(kind, amount)| StatementSum { kind, amount }).filter(|s| s.amount != Money::ZERO);
    Ok(Statement { store: store.name, month: month.to_string(), opening, lines, closing, sums: sums.collect() })
}

async fn opening(ctx: &Ctx, store: StoreId, from: DateTime<Utc>) -> Result<Money> {
    let sum: Option<Option<i64>> = ledger_entry::Entity::find()
        .select_only()
        .expr(Expr::col(C::Amount).sum().cast_as("BIGINT"))
        .filter(C::Account.eq(AccountKind::SellerPayable))
        .filter(C::StoreId.eq(store))
        .filter(C::CreatedAt.lt(from))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    Ok(Money::ZERO.checked_sub(Money(sum.flatten().unwrap_or_default()))?)
}

/// Every transaction that moved the balance is told by its other lines: together they are what the
/// balance gained or lost, each under its own name.
async fn lines(
    ctx: &Ctx,
    store: StoreId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    opening: Money,
) -> Result<(Vec<StatementLine>, Money)> {
    let moved = Query::select()
        .column(C::TransactionId)
        .from(ledger_entry::Entity)
        .and_where(Expr::col(C::Account).eq(AccountKind::SellerPayable.as_str()))
        .and_where(Expr::col(C::StoreId).eq(store))
        .and_where(Expr::col(C::CreatedAt).gte(from))
        .and_where(Expr::col(C::CreatedAt).lt(to))
        .to_owned();
    let headers = ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::Id.in_subquery(moved.clone()))
        .order_by_asc(ledger_transaction::Column::CreatedAt)
        .order_by_asc(ledger_transaction::Column::Id)
        .all(&ctx.db);
    let entries = ledger_entry::Entity::find().filter(C::TransactionId.in_subquery(moved)).order_by_asc(C::Id).all(&ctx.db);
    let (headers, entries) = tokio::try_join!(headers, entries)?;
    let numbers: Vec<(domain::id::OrderId, String)> = order::Entity::find()
        .select_only()
        .columns([order::Column::Id, order::Column::Number])
        .filter(order::Column::StoreId.eq(store))
        .filter(order::Column::Id.is_in(headers.iter().filter_map(|h| h.order_id)))
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let numbers: BTreeMap<_, _> = numbers.into_iter().collect();
    let mut parts: BTreeMap<LedgerTransactionId, BTreeMap<StatementKind, Money>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.account != AccountKind::SellerPayable) {
        let kinds = parts.entry(entry.transaction_id).or_default();
        let sum = kinds.entry(StatementKind::of(entry.account, entry.amount)).or_default();
        *sum = sum.checked_add(entry.amount)?;
    }
    let (mut lines, mut balance) = (vec![], opening);
    for header in headers {
        for (kind, amount) in parts.remove(&header.id).unwrap_or_default() {
            if amount == Money::ZERO {
                continue;
            }
            balance = balance.checked_add(amount)?;
            lines.push(StatementLine {
                at: header.created_at,
                kind,
                order_number: header.order_id.and_then(|id| numbers.get(&id).cloned()),
                payout_number: (kind == StatementKind::Payout).then(|| header.reference.clone()),
                amount,
                balance,
            });
        }
    }
    Ok((lines, balance))
}
