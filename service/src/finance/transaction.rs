//! Transactions of the ledger: filtered, summed, and each with everything it booked.

use super::ledger;
use crate::{Actor, Ctx, Result};
use domain::finance::{PayoutLink, TransactionQuery, TransactionRow, TransactionTotals, TransactionView, Transactions};
use domain::id::{LedgerTransactionId, OrderId, PaymentId};
use domain::identity::Permission;
use domain::ledger::LedgerKind;
use domain::statement::midnight;
use domain::{Money, Noun, Page, PageRequest};
use entity::ledger_transaction::{self, Column as C};
use entity::{ledger_entry, order, payout, store};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use std::collections::{BTreeMap, BTreeSet};

/// What the filter finds, newest first, with the sums over all of it.
pub async fn transactions(ctx: &Ctx, actor: &Actor, query: &TransactionQuery, page: PageRequest) -> Result<Transactions> {
    actor.require(Permission::FinanceView)?;
    let rows = filtered(ctx, query).await?;
    let count = i64::try_from(rows.clone().count(&ctx.db).await?).unwrap_or(i64::MAX);
    let amount = sum(ctx, &rows).await?;
    let rows = rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id).offset(page.offset()).limit(page.per_page());
    let items = show(ctx, rows.all(&ctx.db).await?).await?;
    let total = u64::try_from(count).unwrap_or_default();
    Ok(Transactions { page: Page::new(items, page, total), totals: TransactionTotals { count, amount } })
}

/// At most `limit` of what the filter finds, newest first, for exports.
pub(super) async fn first(ctx: &Ctx, query: &TransactionQuery, limit: u64) -> Result<Vec<TransactionRow>> {
    let rows = filtered(ctx, query).await?.order_by_desc(C::CreatedAt).order_by_desc(C::Id).limit(limit);
    show(ctx, rows.all(&ctx.db).await?).await
}

/// Everything a transaction booked.
pub async fn transaction(ctx: &Ctx, actor: &Actor, id: LedgerTransactionId) -> Result<TransactionView> {
    actor.require(Permission::FinanceView)?;
    let missing = || domain::Error::NotFound(Noun::Transaction);
    let row = ledger_transaction::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::TransactionId.eq(id))
        .order_by_asc(ledger_entry::Column::Id)
        .all(&ctx.db)
        .await?;
    let transaction = show(ctx, vec![row]).await?.pop().ok_or_else(missing)?;
    Ok(TransactionView { transaction, entries: ledger::show(ctx, entries).await? })
}

async fn filtered(ctx: &Ctx, query: &TransactionQuery) -> Result<Select<ledger_transaction::Entity>> {
    let mut rows = ledger_transaction::Entity::find();
    if let Some(kind) = query.kind {
        rows = rows.filter(C::Kind.eq(kind));
    }
    if let Some(from) = query.from {
        rows = rows.filter(C::CreatedAt.gte(midnight(from)));
    }
    if let Some(next) = query.to.and_then(|day| day.succ_opt()) {
        rows = rows.filter(C::CreatedAt.lt(midnight(next)));
    }
    if let Some(gateway) = &query.gateway {
        rows = rows.filter(C::Id.in_subquery(with_entry(Expr::col(ledger_entry::Column::Gateway).eq(gateway.as_str()))));
    }
    if let Some(slug) = &query.store {
        let store = Query::select()
            .column(store::Column::Id)
            .from(store::Entity)
            .and_where(Expr::col(store::Column::Slug).eq(slug.as_str()))
            .to_owned();
        rows = rows.filter(C::Id.in_subquery(with_entry(Expr::col(ledger_entry::Column::StoreId).in_subquery(store))));
    }
    if !query.keywords.is_empty() {
        rows = rows.filter(about(ctx, &query.keywords).await?);
    }
    Ok(rows)
}

fn with_entry(condition: Expr) -> SelectStatement {
    Query::select().column(ledger_entry::Column::TransactionId).from(ledger_entry::Entity).and_where(condition).to_owned()
}

/// Number of an order (with all its payment moved) or payout, or id of a payment.
async fn about(ctx: &Ctx, words: &str) -> Result<Expr> {
    let words = words.trim();
    let number = words.to_uppercase();
    let order: Option<OrderId> = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::Number.eq(&number))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    if let Some(order) = order {
        return Ok(C::OrderId.eq(order));
    }
    if let Ok(payment) = words.parse::<PaymentId>() {
        let orders = Query::select()
            .column(entity::payment_split::Column::OrderId)
            .from(entity::payment_split::Entity)
            .and_where(Expr::col(entity::payment_split::Column::PaymentId).eq(payment))
            .to_owned();
        return Ok(C::PaymentId.eq(payment).or(C::OrderId.in_subquery(orders)));
    }
    Ok(C::Reference.eq(number))
}

/// The sum of the debits of all rows found.
async fn sum(ctx: &Ctx, rows: &Select<ledger_transaction::Entity>) -> Result<Money> {
    let ids = rows.clone().select_only().column(C::Id).into_query();
    let sum: Option<Option<i64>> = ledger_entry::Entity::find()
        .select_only()
        .expr(Expr::col(ledger_entry::Column::Amount).sum().cast_as("BIGINT"))
        .filter(ledger_entry::Column::Amount.gt(0))
        .filter(ledger_entry::Column::TransactionId.in_subquery(ids))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    Ok(Money(sum.flatten().unwrap_or_default()))
}

/// A constant number of statements whatever the size.
async fn show(ctx: &Ctx, rows: Vec<ledger_transaction::Model>) -> Result<Vec<TransactionRow>> {
    let of_payouts = |kind| matches!(kind, LedgerKind::PayoutRequested | LedgerKind::PayoutReturned | LedgerKind::PayoutSettled);
    let numbers: Vec<String> = rows.iter().filter(|r| of_payouts(r.kind)).map(|r| r.reference.clone()).collect();
    let entries =
        ledger_entry::Entity::find().filter(ledger_entry::Column::TransactionId.is_in(rows.iter().map(|r| r.id))).all(&ctx.db);
    let orders = order::Entity::find().filter(order::Column::Id.is_in(rows.iter().filter_map(|r| r.order_id))).all(&ctx.db);
    let payouts = payout::Entity::find().filter(payout::Column::Number.is_in(numbers)).all(&ctx.db);
    let (entries, orders, payouts) = tokio::try_join!(entries, orders, payouts)?;
    let stores = store::Entity::find().filter(store::Column::Id.is_in(entries.iter().filter_map(|e| e.store_id)));
    let names: BTreeMap<_, _> = stores.all(&ctx.db).await?.into_iter().map(|s| (s.id, s.name)).collect();
    let orders: BTreeMap<_, _> = orders.into_iter().map(|o| (o.id, o.number)).collect();
    let payouts: BTreeMap<_, _> = payouts.into_iter().map(|p| (p.number, p.id)).collect();
    let mut by_transaction: BTreeMap<LedgerTransactionId, Vec<ledger_entry::Model>> = BTreeMap::new();
    for entry in entries {
        by_transaction.entry(entry.transaction_id).or_default().push(entry);
    }
    rows.into_iter()
        .map(|row| {
            let entries = by_transaction.remove(&row.id).unwrap_or_default();
            let stores: BTreeSet<_> = entries.iter().filter_map(|e| e.store_id).collect();
            let gateways: BTreeSet<String> = entries.iter().filter_map(|e| e.gateway.clone()).collect();
            Ok(TransactionRow {
                id: row.id,
                at: row.created_at,
                kind: row.kind,
                order_number: row.order_id.and_then(|id| orders.get(&id).cloned()),
                payment_id: row.payment_id,
                payout: payouts.get(&row.reference).map(|id| PayoutLink { id: *id, number: row.reference.clone() }),
                stores: stores.iter().filter_map(|id| names.get(id).cloned()).collect(),
                gateways: gateways.into_iter().collect(),
                amount: Money::sum(entries.iter().map(|e| e.amount).filter(|a| a.0 > 0))?,
            })
        })
        .collect()
}
