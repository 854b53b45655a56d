//! Keeps the daily sums in step, in the transaction that delivers an order.

use super::zone;
use crate::db::Tx;
use crate::{Ctx, Error, Result};
use domain::Money;
use domain::analytics::local_day;
use domain::id::{OrderId, ProductId, RefundId};
use domain::payment::RefundStatus;
use entity::{order, order_line, product, product_sales_daily, refund, sales_daily};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set};
use std::collections::BTreeMap;

/// Adds a delivered order to the sums of its day and of its products.
pub async fn record_delivery(ctx: &Ctx, tx: &Tx, id: OrderId) -> Result<()> {
    let order = order::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(|| Error::fault("delivered order vanished"))?;
    let lines = order_line::Entity::find().filter(order_line::Column::OrderId.eq(id)).all(&**tx).await?;
    let day = local_day(ctx.now(), zone(&**tx, order.store_id).await?);
    let revenue = order.total.checked_sub(refunded(tx, id).await?)?;
    add_day(tx, &order, day, Day { revenue, orders: 1, items: order.item_count }).await?;
    // Sorted: two deliveries at once touch the rows in the same order.
    let mut products: BTreeMap<ProductId, (i64, Money)> = BTreeMap::new();
    for line in lines {
        let sums = products.entry(line.product_id).or_default();
        *sums = (sums.0 + line.quantity, sums.1.checked_add(line.line_total)?);
    }
    for (product, (quantity, revenue)) in products {
        add_product(tx, &order, day, product, quantity, revenue).await?;
    }
    Ok(())
}

/// A refund of a delivered order was approved: revenue is what was delivered less what goes back. It
/// counts on the day of the sale, so that every day's figure is what was really earned by it.
pub async fn record_refund(tx: &Tx, order: &order::Model, id: RefundId) -> Result<()> {
    let row = refund::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(|| Error::fault("refund vanished"))?;
    let delivered = order.delivered_at.ok_or_else(|| Error::fault("delivered order without its time"))?;
    let day = local_day(delivered, zone(&**tx, order.store_id).await?);
    let less = Money::ZERO.checked_sub(row.amount)?;
    add_day(tx, order, day, Day { revenue: less, orders: 0, items: 0 }).await
}

/// What of an order goes back, as far as finance has approved it.
async fn refunded(tx: &Tx, order: OrderId) -> Result<Money> {
    use RefundStatus as S;
    let rows = refund::Entity::find().filter(refund::Column::OrderId.eq(order)).filter(refund::Column::Status.is_in([
        S::Requested,
        S::Sending,
        S::Failed,
        S::Succeeded,
    ]));
    Ok(Money::sum(rows.all(&**tx).await?.into_iter().map(|r| r.amount))?)
}

/// What is added to a day.
struct Day {
    revenue: Money,
    orders: i64,
    items: i64,
}

async fn add_day(tx: &Tx, order: &order::Model, day: chrono::NaiveDate, add: Day) -> Result<()> {
    use sales_daily::Column as C;
    let plus = |column: C, n: i64| (column, Expr::col((sales_daily::Entity, column)).add(n));
    let row = sales_daily::ActiveModel {
        store_id: Set(order.store_id),
        day: Set(day),
        revenue: Set(add.revenue),
        orders: Set(add.orders),
        items: Set(add.items),
    };
    let add = OnConflict::columns([C::StoreId, C::Day])
        .values([plus(C::Revenue, add.revenue.0), plus(C::Orders, add.orders), plus(C::Items, add.items)])
        .to_owned();
    sales_daily::Entity::insert(row).on_conflict(add).exec_without_returning(&**tx).await?;
    Ok(())
}

async fn add_product(
    tx: &Tx,
    order: &order::Model,
    day: chrono::NaiveDate,
    id: ProductId,
    quantity: i64,
    revenue: Money,
) -> Result<()> {
    use product_sales_daily::Column as C;
    let plus = |column: C, n: i64| (column, Expr::col((product_sales_daily::Entity, column)).add(n));
    let row = product_sales_daily::ActiveModel {
        store_id: Set(order.store_id),
        day: Set(day),
        product_id: Set(id),
        quantity: Set(quantity),
        revenue: Set(revenue),
    };
    let add = OnConflict::columns([C::StoreId, C::Day, C::ProductId])
        .values([plus(C::Quantity, quantity), plus(C::Revenue, revenue.0)])
        .to_owned();
    product_sales_daily::Entity::insert(row).on_conflict(add).exec_without_returning(&**tx).await?;
    product::Entity::update_many()
        .col_expr(product::Column::SoldCount, Expr::col(product::Column::SoldCount).add(quantity))
        .filter(product::Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}
