//! The weekly report of a store.

use super::summary::{days, figures, top_between};
use super::today;
use crate::{Ctx, Result};
use chrono::Days;
use domain::analytics::{WeeklyReport, last_full_week};
use domain::id::StoreId;
use domain::order::OrderStatus;
use domain::{Error, Money, Noun};
use entity::{order, product, stock_level, store, variant};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

/// Products named as low.
const LOW_SHOWN: u64 = 10;

/// The last full week before the context's present, in the store's time zone.
pub async fn weekly_report(ctx: &Ctx, store: StoreId) -> Result<WeeklyReport> {
    let row = store::Entity::find_by_id(store).one(&ctx.db).await?.ok_or(Error::NotFound(Noun::Store))?;
    let (from, to) = last_full_week(today(ctx, store).await?);
    let days = days(ctx, store, from - Days::new(7), to).await?;
    Ok(WeeklyReport {
        store: row.name,
        from,
        to,
        figures: figures(&days, to, 7)?,
        booked: booked(ctx, store).await?,
        top_products: top_between(ctx, store, from, to, 5).await?,
        low_stock: low_stock(ctx, store).await?,
    })
}

/// Paid but not yet delivered.
async fn booked(ctx: &Ctx, store: StoreId) -> Result<Money> {
    let open = [OrderStatus::Pending, OrderStatus::Processing, OrderStatus::Shipped];
    let sum: Option<Option<i64>> = order::Entity::find()
        .select_only()
        .expr(Expr::col(order::Column::Total).sum().cast_as("BIGINT"))
        .filter(order::Column::StoreId.eq(store))
        .filter(order::Column::Status.is_in(open))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    Ok(Money(sum.flatten().unwrap_or(0)))
}

async fn low_stock(ctx: &Ctx, store: StoreId) -> Result<Vec<String>> {
    use stock_level::Column as L;
    let low: Vec<domain::id::VariantId> = stock_level::Entity::find()
        .select_only()
        .column(L::VariantId)
        .filter(L::StoreId.eq(store))
        .filter(Expr::col(L::OnHand).sub(Expr::col(L::Reserved)).lte(Expr::col(L::LowStockThreshold)))
        .limit(LOW_SHOWN)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let variants = variant::Entity::find().filter(variant::Column::Id.is_in(low)).all(&ctx.db).await?;
    let products =
        product::Entity::find().filter(product::Column::Id.is_in(variants.iter().map(|v| v.product_id))).all(&ctx.db).await?;
    let mut names: Vec<String> = products.into_iter().map(|p| p.name).collect();
    names.sort();
    Ok(names)
}
