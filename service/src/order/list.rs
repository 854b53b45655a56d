//! Lists of orders, with the tabs' counts.

use crate::db::dialect::contains;
use crate::{Actor, Ctx, Result, picture};
use chrono::{Days, NaiveDate, NaiveTime, TimeZone, Utc};
use domain::Page;
use domain::analytics::WIB;
use domain::identity::{Permission, StoreRef};
use domain::order::{OrderCounts, OrderQuery, OrderRow, OrderStatus};
use entity::{order, payment_split, store};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::BTreeMap;

/// The buyer's orders, newest first.
pub async fn mine(ctx: &Ctx, actor: &Actor, query: &OrderQuery) -> Result<Page<OrderRow>> {
    let user = actor.require(Permission::Shop)?;
    list(ctx, order::Entity::find().filter(order::Column::BuyerId.eq(user.id)), query, false).await
}

pub async fn my_counts(ctx: &Ctx, actor: &Actor) -> Result<OrderCounts> {
    let user = actor.require(Permission::Shop)?;
    counts(ctx, order::Entity::find().filter(order::Column::BuyerId.eq(user.id))).await
}

/// Orders of the store the caller works in, newest first.
pub async fn own(ctx: &Ctx, actor: &Actor, query: &OrderQuery) -> Result<Page<OrderRow>> {
    let store = actor.store(Permission::OrderView)?;
    list(ctx, order::Entity::find().filter(order::Column::StoreId.eq(store)), query, false).await
}

pub async fn own_counts(ctx: &Ctx, actor: &Actor) -> Result<OrderCounts> {
    let store = actor.store(Permission::OrderView)?;
    counts(ctx, order::Entity::find().filter(order::Column::StoreId.eq(store))).await
}

pub(super) async fn list(
    ctx: &Ctx,
    of_owner: Select<order::Entity>,
    query: &OrderQuery,
    oldest_first: bool,
) -> Result<Page<OrderRow>> {
    let rows = filter(of_owner, query);
    let total = rows.clone().count(&ctx.db).await?;
    let direction = if oldest_first { Order::Asc } else { Order::Desc };
    let rows = rows
        .order_by(order::Column::CreatedAt, direction.clone())
        .order_by(order::Column::Id, direction)
        .offset(query.page.offset())
        .limit(query.page.per_page())
        .all(&ctx.db)
        .await?;
    let stores = store::Entity::find().filter(store::Column::Id.is_in(rows.iter().map(|o| o.store_id))).all(&ctx.db).await?;
    let splits = payment_split::Entity::find()
        .filter(payment_split::Column::OrderId.is_in(rows.iter().map(|o| o.id)))
        .all(&ctx.db)
        .await?;
    let stores: BTreeMap<_, _> = stores.into_iter().map(|s| (s.id, StoreRef { id: s.id, slug: s.slug, name: s.name })).collect();
    let payments: BTreeMap<_, _> = splits.into_iter().map(|s| (s.order_id, s.payment_id)).collect();
    let items = rows.into_iter().filter_map(|row| {
        Some(OrderRow {
            id: row.id,
            number: row.number,
            status: row.status,
            store: stores.get(&row.store_id)?.clone(),
            buyer: row.buyer_name,
            total: row.total,
            item_count: row.item_count,
            first_item: row.first_item,
            image_url: row.first_image_key.as_deref().map(|key| picture::url(key, "s")),
            payment_id: *payments.get(&row.id)?,
            placed_at: row.created_at,
        })
    });
    Ok(Page::new(items.collect(), query.page, total))
}

fn filter(mut rows: Select<order::Entity>, query: &OrderQuery) -> Select<order::Entity> {
    if let Some(status) = query.status {
        rows = rows.filter(order::Column::Status.eq(status));
    }
    if !query.keywords.is_empty() {
        rows = rows.filter(Expr::col(order::Column::SearchText).like(contains(&query.keywords)));
    }
    if let Some(from) = query.from {
        rows = rows.filter(order::Column::CreatedAt.gte(midnight(from)));
    }
    if let Some(to) = query.to.and_then(|day| day.checked_add_days(Days::new(1))) {
        rows = rows.filter(order::Column::CreatedAt.lt(midnight(to)));
    }
    rows
}

fn midnight(day: NaiveDate) -> chrono::DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    WIB.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

pub(super) async fn counts(ctx: &Ctx, of_owner: Select<order::Entity>) -> Result<OrderCounts> {
    let rows: Vec<(OrderStatus, i64)> = of_owner
        .select_only()
        .column(order::Column::Status)
        .expr(order::Column::Id.count())
        .group_by(order::Column::Status)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    Ok(OrderCounts { all: rows.iter().map(|r| r.1).sum(), by_status: rows.into_iter().collect() })
}
