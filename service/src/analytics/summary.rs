//! Summary, trend and top products of the caller's store.

use super::today;
use crate::{Actor, Ctx, Result, picture};
use chrono::{Days, NaiveDate};
use domain::analytics::{PeriodFigures, SalesSummary, StatusCount, TopProduct, TrendPoint, change_percent};
use domain::id::{ProductId, StoreId};
use domain::identity::Permission;
use domain::validate::Checks;
use domain::{FieldError, Money};
use entity::{product, product_sales_daily, sales_daily};
use sea_orm::sea_query::{Alias, Expr, Order};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

pub async fn summary(ctx: &Ctx, actor: &Actor) -> Result<SalesSummary> {
    let store = actor.store(Permission::AnalyticsView)?;
    let today = today(ctx, store).await?;
    let days = days(ctx, store, today - Days::new(59), today).await?;
    Ok(SalesSummary {
        today: figures(&days, today, 1)?,
        last_7_days: figures(&days, today, 7)?,
        last_30_days: figures(&days, today, 30)?,
    })
}

/// Daily sums by day; days without sales are absent.
pub(super) async fn days(
    ctx: &Ctx,
    store: StoreId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<NaiveDate, sales_daily::Model>> {
    let rows = sales_daily::Entity::find()
        .filter(sales_daily::Column::StoreId.eq(store))
        .filter(sales_daily::Column::Day.between(from, to))
        .all(&ctx.db)
        .await?;
    Ok(rows.into_iter().map(|r| (r.day, r)).collect())
}

/// The `length` days that end with `last`, against as many before.
pub(super) fn figures(days: &BTreeMap<NaiveDate, sales_daily::Model>, last: NaiveDate, length: u64) -> Result<PeriodFigures> {
    let first = last - Days::new(length - 1);
    let now = || days.range(first..=last).map(|(_, d)| d);
    let before = days.range(first - Days::new(length)..first).map(|(_, d)| d.revenue);
    let revenue = Money::sum(now().map(|d| d.revenue))?;
    Ok(PeriodFigures {
        revenue,
        orders: now().map(|d| d.orders).sum(),
        items: now().map(|d| d.items).sum(),
        change_percent: change_percent(revenue, Money::sum(before)?),
    })
}

/// The last `days` days, today included, days without sales too, oldest first. 7, 30 or 90.
pub async fn trend(ctx: &Ctx, actor: &Actor, length: i64) -> Result<Vec<TrendPoint>> {
    let store = actor.store(Permission::AnalyticsView)?;
    if ![7, 30, 90].contains(&length) {
        return Err(domain::Error::Invalid(vec![FieldError::new("days", "unknown_value")]).into());
    }
    let last = today(ctx, store).await?;
    let first = last - Days::new(length.unsigned_abs() - 1);
    let days = days(ctx, store, first, last).await?;
    let point = |date: NaiveDate| {
        let day = days.get(&date);
        TrendPoint { date, revenue: day.map_or(Money::ZERO, |d| d.revenue), orders: day.map_or(0, |d| d.orders) }
    };
    Ok(first.iter_days().take_while(|d| *d <= last).map(point).collect())
}

/// Of the last 30 days, by revenue.
pub async fn top_products(ctx: &Ctx, actor: &Actor, limit: i64) -> Result<Vec<TopProduct>> {
    let store = actor.store(Permission::AnalyticsView)?;
    let mut checks = Checks::new();
    checks.range("limit", limit, 1, 50);
    checks.finish(())?;
    let today = today(ctx, store).await?;
    top_between(ctx, store, today - Days::new(29), today, limit.unsigned_abs()).await
}

pub(super) async fn top_between(
    ctx: &Ctx,
    store: StoreId,
    from: NaiveDate,
    to: NaiveDate,
    limit: u64,
) -> Result<Vec<TopProduct>> {
    use product_sales_daily::Column as C;
    let sum = |column: C| Expr::col(column).sum().cast_as("BIGINT");
    let rows: Vec<(ProductId, i64, i64)> = product_sales_daily::Entity::find()
        .select_only()
        .column(C::ProductId)
        .expr_as(sum(C::Quantity), "quantity_sum")
        .expr_as(sum(C::Revenue), "revenue_sum")
        .filter(C::StoreId.eq(store))
        .filter(C::Day.between(from, to))
        .group_by(C::ProductId)
        .order_by(Expr::col(Alias::new("revenue_sum")), Order::Desc)
        .order_by_asc(C::ProductId)
        .limit(limit)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let products = product::Entity::find().filter(product::Column::Id.is_in(rows.iter().map(|r| r.0))).all(&ctx.db).await?;
    let products: BTreeMap<_, _> = products.into_iter().map(|p| (p.id, p)).collect();
    let top = rows.into_iter().filter_map(|(id, quantity, revenue)| {
        let product = products.get(&id)?;
        Some(TopProduct {
            product_id: id,
            slug: product.slug.clone(),
            name: product.name.clone(),
            image_url: product.image_key.as_deref().map(|key| picture::url(key, "s")),
            quantity,
            revenue: Money(revenue),
        })
    });
    Ok(top.collect())
}

pub async fn status_counts(ctx: &Ctx, actor: &Actor) -> Result<Vec<StatusCount>> {
    actor.store(Permission::AnalyticsView)?;
    let counts = crate::order::own_counts(ctx, actor).await?;
    let of = |status| StatusCount { status, count: counts.by_status.get(&status).copied().unwrap_or(0) };
    Ok(domain::order::OrderStatus::ALL.iter().copied().map(of).collect())
}
