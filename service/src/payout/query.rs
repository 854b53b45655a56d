//! What stores have, and what they asked for.

use super::account;
use crate::{Actor, Ctx, Result};
use domain::id::{PayoutId, StoreId, UserId};
use domain::identity::{Permission, StoreRef};
use domain::ledger::AccountKind;
use domain::payout::{MINIMUM, PayoutRow, PayoutStatus, SellerBalance};
use domain::{Money, Noun, Page, PageRequest};
use entity::payout::{self, Column as C};
use entity::{ledger_entry, payout_account, payout_batch, store, user};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::BTreeMap;

const OPEN: [PayoutStatus; 3] = [PayoutStatus::Requested, PayoutStatus::Approved, PayoutStatus::Sent];

/// What the store has on a liability account.
pub(super) async fn credit(db: &impl ConnectionTrait, account: AccountKind, store: StoreId) -> Result<Money> {
    let sum: Option<Option<i64>> = ledger_entry::Entity::find()
        .select_only()
        .expr(Expr::col(ledger_entry::Column::Amount).sum().cast_as("BIGINT"))
        .filter(ledger_entry::Column::Account.eq(account))
        .filter(ledger_entry::Column::StoreId.eq(store))
        .into_tuple()
        .one(db)
        .await?;
    Ok(Money::ZERO.checked_sub(Money(sum.flatten().unwrap_or_default()))?)
}

pub(super) async fn has_open(db: &impl ConnectionTrait, store: StoreId) -> Result<bool> {
    let open = payout::Entity::find().filter(C::StoreId.eq(store)).filter(C::Status.is_in(OPEN));
    Ok(open.count(db).await? > 0)
}

/// Of the store the caller works in.
pub async fn balance(ctx: &Ctx, actor: &Actor) -> Result<SellerBalance> {
    let store = actor.store(Permission::StoreManage)?;
    let db = &ctx.db;
    let sums: Vec<(AccountKind, i64)> = ledger_entry::Entity::find()
        .select_only()
        .column(ledger_entry::Column::Account)
        .expr(Expr::col(ledger_entry::Column::Amount).sum().cast_as("BIGINT"))
        .filter(ledger_entry::Column::StoreId.eq(store))
        .group_by(ledger_entry::Column::Account)
        .into_tuple()
        .all(db)
        .await?;
    let of = |account| Money(sums.iter().find(|s| s.0 == account).map_or(0, |s| s.1.saturating_neg()));
    let (available, pending) = (of(AccountKind::SellerPayable), of(AccountKind::Escrow));
    let in_transit = of(AccountKind::PayoutTransit);
    let has_open = has_open(db, store).await?;
    let account = payout_account::Entity::find_by_id(store).one(db).await?.map(account::show);
    Ok(SellerBalance { available, pending, in_transit, minimum: MINIMUM, account, has_open })
}

/// Payouts of the store the caller works in, newest first.
pub async fn own(ctx: &Ctx, actor: &Actor, page: PageRequest) -> Result<Page<PayoutRow>> {
    let store = actor.store(Permission::StoreManage)?;
    let rows = payout::Entity::find().filter(C::StoreId.eq(store));
    paged(ctx, rows.order_by_desc(C::RequestedAt).order_by_desc(C::Id), page).await
}

pub(super) async fn own_one(ctx: &Ctx, store: StoreId, id: PayoutId) -> Result<PayoutRow> {
    let row = payout::Entity::find_by_id(id).filter(C::StoreId.eq(store)).one(&ctx.db).await?;
    one(ctx, row).await
}

/// For finance: payouts in a status, or all. What waits stands oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    status: Option<PayoutStatus>,
    batch: Option<&str>,
    page: PageRequest,
) -> Result<Page<PayoutRow>> {
    actor.require(Permission::FinanceView)?;
    let mut rows = payout::Entity::find();
    if let Some(status) = status {
        rows = rows.filter(C::Status.eq(status));
    }
    if let Some(number) = batch {
        let file = Query::select()
            .column(payout_batch::Column::Id)
            .from(payout_batch::Entity)
            .and_where(payout_batch::Column::Number.eq(number))
            .to_owned();
        rows = rows.filter(C::BatchId.in_subquery(file));
    }
    let rows = match status {
        Some(status) if status.is_open() => rows.order_by_asc(C::RequestedAt).order_by_asc(C::Id),
        _ => rows.order_by_desc(C::RequestedAt).order_by_desc(C::Id),
    };
    paged(ctx, rows, page).await
}

/// For finance.
pub async fn find(ctx: &Ctx, actor: &Actor, id: PayoutId) -> Result<PayoutRow> {
    actor.require(Permission::FinanceView)?;
    one(ctx, payout::Entity::find_by_id(id).one(&ctx.db).await?).await
}

async fn one(ctx: &Ctx, row: Option<payout::Model>) -> Result<PayoutRow> {
    let missing = || domain::Error::NotFound(Noun::Payout);
    show(ctx, vec![row.ok_or_else(missing)?]).await?.pop().ok_or_else(|| missing().into())
}

async fn paged(ctx: &Ctx, rows: Select<payout::Entity>, page: PageRequest) -> Result<Page<PayoutRow>> {
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

/// A constant number of statements whatever the size.
pub(super) async fn show(ctx: &Ctx, rows: Vec<payout::Model>) -> Result<Vec<PayoutRow>> {
    let people: Vec<UserId> = rows.iter().flat_map(|r| [Some(r.requested_by), r.decided_by]).flatten().collect();
    let people = user::Entity::find().filter(user::Column::Id.is_in(people)).all(&ctx.db);
    let stores = store::Entity::find().filter(store::Column::Id.is_in(rows.iter().map(|r| r.store_id))).all(&ctx.db);
    let batches =
        payout_batch::Entity::find().filter(payout_batch::Column::Id.is_in(rows.iter().filter_map(|r| r.batch_id))).all(&ctx.db);
    let (people, stores, batches) = tokio::try_join!(people, stores, batches)?;
    let names: BTreeMap<_, _> = people.into_iter().map(|u| (u.id, u.name)).collect();
    let stores: BTreeMap<_, _> = stores.into_iter().map(|s| (s.id, s)).collect();
    let batches: BTreeMap<_, _> = batches.into_iter().map(|b| (b.id, b.number)).collect();
    let shown = rows.into_iter().filter_map(|row| {
        let store = stores.get(&row.store_id)?;
        Some(PayoutRow {
            id: row.id,
            number: row.number,
            store: StoreRef { id: store.id, slug: store.slug.clone(), name: store.name.clone() },
            amount: row.amount,
            status: row.status,
            bank: row.bank,
            account_number: row.account_number,
            holder: row.holder,
            requested_by: names.get(&row.requested_by).cloned().unwrap_or_default(),
            requested_at: row.requested_at,
            decided_by: row.decided_by.and_then(|id| names.get(&id).cloned()),
            decided_at: row.decided_at,
            batch: row.batch_id.and_then(|id| batches.get(&id).cloned()),
            reference: row.reference,
            reason: row.reason,
            closed_at: row.closed_at,
        })
    });
    Ok(shown.collect())
}
