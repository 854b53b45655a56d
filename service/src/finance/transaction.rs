//! Transactions of the ledger: filtered, summed, and each with everything it booked.

use super::ledger;
use crate::{Actor, Ctx, Result};
use domain::finance::{PayoutLink, Sides, TransactionQuery, TransactionRow, TransactionTotals, TransactionView, Transactions};
use domain::id::{LedgerTransactionId, OrderId, PaymentId, StoreId};
use domain::identity::Permission;
use domain::ledger::{AccountKind, LedgerKind};
use domain::statement::midnight;
use domain::{Money, Noun, Page, PageRequest};
use entity::ledger_entry::{self, Column as E};
use entity::ledger_transaction::{self, Column as C};
use entity::{order, payout, store};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};

/// Their reference is the payout's number.
const PAYOUT_KINDS: [LedgerKind; 3] = [LedgerKind::PayoutRequested, LedgerKind::PayoutReturned, LedgerKind::PayoutSettled];

/// Rows shown per statement: databases bound what one may ask for.
const CHUNK: usize = 1_000;

/// What the filter finds, newest first, with the sums over all of it.
pub async fn transactions(ctx: &Ctx, actor: &Actor, query: &TransactionQuery, page: PageRequest) -> Result<Transactions> {
    actor.require(Permission::FinanceView)?;
    let counted = Counted::new(ctx, query).await?;
    let rows = filtered(ctx, query, &counted).await?;
    let total = rows.clone().count(&ctx.db).await?;
    let sides = sum(ctx, &rows, &counted).await?;
    let rows = rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id).offset(page.offset()).limit(page.per_page());
    let items = show(ctx, rows.all(&ctx.db).await?, &counted).await?;
    let totals = TransactionTotals {
        count: i64::try_from(total).unwrap_or(i64::MAX),
        amount: sides.debit.checked_sub(sides.credit)?,
        sides: (!query.accounts.is_empty()).then_some(sides),
    };
    Ok(Transactions { page: Page::new(items, page, total), totals })
}

/// All the filter finds, newest first, for exports; `allow` is asked how many they may be.
pub(super) async fn all(ctx: &Ctx, query: &TransactionQuery, allow: fn(u64) -> Result<()>) -> Result<Vec<TransactionRow>> {
    let counted = Counted::new(ctx, query).await?;
    let rows = filtered(ctx, query, &counted).await?;
    allow(rows.clone().count(&ctx.db).await?)?;
    let rows = rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id);
    let mut shown = vec![];
    for rows in rows.all(&ctx.db).await?.chunks(CHUNK) {
        shown.extend(show(ctx, rows.to_vec(), &counted).await?);
    }
    Ok(shown)
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
    let transaction = show(ctx, vec![row], &Counted::default()).await?.pop().ok_or_else(missing)?;
    Ok(TransactionView { transaction, entries: ledger::show(ctx, entries).await? })
}

/// The entries whose sum is shown: of the transactions found the debits, or, where accounts were asked
/// for, everything on these.
#[derive(Default)]
struct Counted<'a> {
    accounts: &'a [AccountKind],
    gateway: Option<&'a str>,
    /// The store that was named: `Some(None)` when there is none of that name.
    store: Option<Option<StoreId>>,
}

impl<'a> Counted<'a> {
    async fn new(ctx: &Ctx, query: &'a TransactionQuery) -> Result<Self> {
        let store = match &query.store {
            Some(slug) => Some(ledger::store_id(ctx, slug).await?),
            None => None,
        };
        Ok(Self { accounts: &query.accounts, gateway: query.gateway.as_deref(), store })
    }

    /// Accounts that are not kept per gateway or store count as they stand in the transaction: what a
    /// gateway paid out stands on the bank's.
    fn condition(&self) -> Condition {
        if self.accounts.is_empty() {
            return Condition::all().add(E::Amount.gt(0));
        }
        Condition::all()
            .add(E::Account.is_in(self.accounts.iter().copied()))
            .add_option(self.gateway.map(|gateway| E::Gateway.is_null().or(E::Gateway.eq(gateway))))
            .add_option(self.store.flatten().map(|store| E::StoreId.is_null().or(E::StoreId.eq(store))))
    }

    /// The same of an entry at hand.
    fn counts(&self, entry: &ledger_entry::Model) -> bool {
        if self.accounts.is_empty() {
            return entry.amount > Money::ZERO;
        }
        let at = entry.gateway.as_deref();
        self.accounts.contains(&entry.account)
            && (self.gateway.is_none() || at.is_none() || at == self.gateway)
            && (self.store.is_none() || entry.store_id.is_none() || Some(entry.store_id) == self.store)
    }
}

async fn filtered(ctx: &Ctx, query: &TransactionQuery, counted: &Counted<'_>) -> Result<Select<ledger_transaction::Entity>> {
    let mut rows = ledger_transaction::Entity::find();
    if !query.kinds.is_empty() {
        rows = rows.filter(C::Kind.is_in(query.kinds.iter().copied()));
    }
    // Entries carry the time of their transaction: narrowed down on both sides.
    let mut days = Condition::all();
    if let Some(from) = query.from {
        rows = rows.filter(C::CreatedAt.gte(midnight(from)));
        days = days.add(E::CreatedAt.gte(midnight(from)));
    }
    if let Some(next) = query.to.and_then(|day| day.succ_opt()) {
        rows = rows.filter(C::CreatedAt.lt(midnight(next)));
        days = days.add(E::CreatedAt.lt(midnight(next)));
    }
    if !query.accounts.is_empty() {
        rows = rows.filter(C::Id.in_subquery(with_entry(counted.condition().add(days.clone()))));
    }
    if let Some(gateway) = &query.gateway {
        rows = rows.filter(C::Id.in_subquery(with_entry(days.clone().add(E::Gateway.eq(gateway.as_str())))));
    }
    if let Some(store) = counted.store {
        // No store, no rows.
        rows = rows.filter(C::Id.in_subquery(with_entry(days.add(E::StoreId.is_in(store)))));
    }
    if !query.keywords.is_empty() {
        rows = rows.filter(about(ctx, &query.keywords).await?);
    }
    Ok(rows)
}

fn with_entry(condition: Condition) -> SelectStatement {
    Query::select().column(E::TransactionId).from(ledger_entry::Entity).cond_where(condition).to_owned()
}

/// Number of an order (with all its payment moved that is of no other order) or payout, or id of a
/// payment.
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
        let payments = Query::select()
            .column(entity::payment_split::Column::PaymentId)
            .from(entity::payment_split::Entity)
            .and_where(Expr::col(entity::payment_split::Column::OrderId).eq(order))
            .to_owned();
        return Ok(C::OrderId.eq(order).or(C::OrderId.is_null().and(C::PaymentId.in_subquery(payments))));
    }
    if let Ok(payment) = words.parse::<PaymentId>() {
        let orders = Query::select()
            .column(entity::payment_split::Column::OrderId)
            .from(entity::payment_split::Entity)
            .and_where(Expr::col(entity::payment_split::Column::PaymentId).eq(payment))
            .to_owned();
        return Ok(C::PaymentId.eq(payment).or(C::OrderId.in_subquery(orders)));
    }
    Ok(C::Kind.is_in(PAYOUT_KINDS).and(C::Reference.eq(number)))
}

/// What counts of all rows found.
async fn sum(ctx: &Ctx, rows: &Select<ledger_transaction::Entity>, counted: &Counted<'_>) -> Result<Sides> {
    let ids = rows.clone().select_only().column(C::Id).into_query();
    let entries = ledger_entry::Entity::find().filter(counted.condition()).filter(E::TransactionId.in_subquery(ids));
    ledger::sides(ctx, entries).await
}

/// A constant number of statements whatever the size.
async fn show(ctx: &Ctx, rows: Vec<ledger_transaction::Model>, counted: &Counted<'_>) -> Result<Vec<TransactionRow>> {
    let numbers: Vec<String> = rows.iter().filter(|r| PAYOUT_KINDS.contains(&r.kind)).map(|r| r.reference.clone()).collect();
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
                amount: Money::sum(entries.iter().filter(|e| counted.counts(e)).map(|e| e.amount))?,
            })
        })
        .collect()
}
