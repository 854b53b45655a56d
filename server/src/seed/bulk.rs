//! Large amounts for benchmarks: what the services made is copied inside the database, in batches.
//! The books stay balanced: every copied order has its payment, ledger entries, reservation and
//! stock movements, and the stock it took was received before.

use super::copy::Copier;
use chrono::NaiveDate;
use domain::Money;
use domain::analytics::{WIB, local_day};
use domain::id::{ProductId, StoreId, VariantId, WarehouseId};
use domain::inventory::MovementKind;
use entity::{
    ledger_entry, ledger_transaction, order, order_event, order_group, order_line, payment, payment_event, payment_split,
    product, product_image, product_sales_daily, reservation, sales_daily, stock_level, stock_movement, variant,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, Set};
use service::db::{Tx, new_id, transact};
use service::{Ctx, Result};
use std::collections::BTreeMap;

/// Copies per transaction.
const BATCH: usize = 50;

/// Checkouts whose every order is delivered: nothing will move them any more.
fn settled(copier: &Copier<'_>) -> String {
    format!(
        "SELECT g.id FROM order_group g WHERE {} AND NOT EXISTS \
         (SELECT 1 FROM orders o WHERE o.group_id = g.id AND o.status <> 'delivered')",
        copier.is_original("g.id")
    )
}

/// Copies the products until there are at least this many.
pub(super) async fn products(ctx: &Ctx, wanted: usize) -> Result<()> {
    let made = usize::try_from(product::Entity::find().count(&ctx.db).await?).unwrap_or(usize::MAX);
    batches(ctx, copies(wanted, made), async |copier| copy_products(copier).await).await
}

/// Copies the settled checkouts until there are at least this many orders.
pub(super) async fn orders(ctx: &Ctx, wanted: usize) -> Result<()> {
    let made = usize::try_from(order::Entity::find().count(&ctx.db).await?).unwrap_or(usize::MAX);
    let sales = transact(ctx, async |tx| sales(&tx).await).await?;
    if sales.orders == 0 || wanted <= made {
        return Ok(());
    }
    let times = (wanted - made).div_ceil(sales.orders);
    let sales = &sales;
    transact(ctx, |tx| async move { stock_up(ctx, &tx, sales, times).await }).await?;
    batches(ctx, times, async |copier| copy_orders(copier).await).await?;
    transact(ctx, |tx| async move { count(&tx, sales, times).await }).await
}

fn copies(wanted: usize, made: usize) -> usize {
    if made == 0 { 0 } else { wanted.saturating_sub(made).div_ceil(made) }
}

async fn batches(ctx: &Ctx, times: usize, copy: impl AsyncFn(&Copier<'_>) -> Result<()>) -> Result<()> {
    for first in (1..=times).step_by(BATCH) {
        let last = (first + BATCH - 1).min(times);
        let copy = &copy;
        transact(ctx, |tx| async move { copy(&Copier { tx: &tx, numbers: first..=last }).await }).await?;
    }
    Ok(())
}

async fn copy_products(copier: &Copier<'_>) -> Result<()> {
    let original = copier.is_original("s.id");
    let dearer = |column: &str| format!("{column} + (c.n % 97) * 1000");
    {
        use product::Column as C;
        let anew = [
            (C::Id, copier.id("s.id")),
            (C::Slug, Copier::text("s.slug")),
            (C::Name, "s.name || ' ' || CAST(c.n AS TEXT)".to_owned()),
            (C::PriceMin, dearer("s.price_min")),
            (C::PriceMax, dearer("s.price_max")),
        ];
        copier.rows::<product::Entity>(&original, &anew).await?;
    }
    {
        use variant::Column as C;
        let anew = [
            (C::Id, copier.id("s.id")),
            (C::ProductId, copier.id("s.product_id")),
            (C::Sku, Copier::text("s.sku")),
            (C::Price, dearer("s.price")),
        ];
        copier.rows::<variant::Entity>(&original, &anew).await?;
    }
    {
        use product_image::Column as C;
        let anew = [(C::Id, copier.id("s.id")), (C::ProductId, copier.id("s.product_id"))];
        copier.rows::<product_image::Entity>(&original, &anew).await?;
    }
    let level = [(stock_level::Column::VariantId, copier.id("s.variant_id"))];
    copier.rows::<stock_level::Entity>(&copier.is_original("s.variant_id"), &level).await?;
    {
        use stock_movement::Column as C;
        let anew = [(C::Id, copier.id("s.id")), (C::VariantId, copier.id("s.variant_id"))];
        copier.rows::<stock_movement::Entity>(&original, &anew).await?;
    }
    copy_index(copier).await
}

async fn copy_index(copier: &Copier<'_>) -> Result<()> {
    let name = "s.name || ' ' || CAST(c.n AS TEXT)";
    let id = copier.id("s.product_id");
    let original = copier.is_original("s.product_id");
    if copier.tx.get_database_backend() == DbBackend::Postgres {
        let values = format!("{id}, {name}, s.document");
        let from = format!("c CROSS JOIN product_search s WHERE {original}");
        return copier.insert("product_search", "product_id, name, document", &values, &from).await;
    }
    let from = format!("c CROSS JOIN product_search_row s WHERE {original}");
    copier.insert("product_search_row", "product_id", &id, &from).await?;
    let own = copier.id("o.product_id");
    let from = format!(
        "c CROSS JOIN product_search_row o JOIN product_search s ON s.rowid = o.id \
         JOIN product_search_row r ON r.product_id = {own} WHERE {}",
        copier.is_original("o.product_id")
    );
    copier.insert("product_search", "rowid, name, body", &format!("r.id, {name}, s.body"), &from).await
}

async fn copy_orders(copier: &Copier<'_>) -> Result<()> {
    let groups = settled(copier);
    let orders = format!("SELECT o.id FROM orders o WHERE o.group_id IN ({groups})");
    let payments = format!("SELECT p.id FROM payment p WHERE p.group_id IN ({groups})");
    let (of_group, of_order) = (format!("s.group_id IN ({groups})"), format!("s.order_id IN ({orders})"));
    let of_payment = format!("s.payment_id IN ({payments})");
    let (id, group_id, order_id, payment_id) =
        (copier.id("s.id"), copier.id("s.group_id"), copier.id("s.order_id"), copier.id("s.payment_id"));
    copier.rows::<order_group::Entity>(&format!("s.id IN ({groups})"), &[(order_group::Column::Id, id.clone())]).await?;
    {
        use order::Column as C;
        let anew = [(C::Id, id.clone()), (C::GroupId, group_id.clone()), (C::Number, Copier::text("s.number"))];
        copier.rows::<order::Entity>(&of_group, &anew).await?;
    }
    {
        use order_line::Column as C;
        copier.rows::<order_line::Entity>(&of_order, &[(C::Id, id.clone()), (C::OrderId, order_id.clone())]).await?;
    }
    {
        use order_event::Column as C;
        copier.rows::<order_event::Entity>(&of_order, &[(C::Id, id.clone()), (C::OrderId, order_id.clone())]).await?;
    }
    {
        use reservation::Column as C;
        let lines = format!("s.order_line_id IN (SELECT l.id FROM order_line l WHERE l.order_id IN ({orders}))");
        let anew = [(C::Id, id.clone()), (C::OrderLineId, copier.id("s.order_line_id"))];
        copier.rows::<reservation::Entity>(&lines, &anew).await?;
    }
    {
        use stock_movement::Column as C;
        let moved = format!("s.reference IN (SELECT o.number FROM orders o WHERE o.group_id IN ({groups}))");
        copier
            .rows::<stock_movement::Entity>(&moved, &[(C::Id, id.clone()), (C::Reference, Copier::text("s.reference"))])
            .await?;
    }
    {
        use payment::Column as C;
        let reference = Copier::text("s.gateway_reference");
        let anew = [(C::Id, id.clone()), (C::GroupId, group_id), (C::GatewayReference, reference)];
        copier.rows::<payment::Entity>(&of_group, &anew).await?;
    }
    {
        use payment_event::Column as C;
        let reference = Copier::text("s.gateway_reference");
        let anew = [(C::Id, id.clone()), (C::PaymentId, payment_id.clone()), (C::GatewayReference, reference)];
        copier.rows::<payment_event::Entity>(&of_payment, &anew).await?;
    }
    {
        use payment_split::Column as C;
        let anew = [(C::PaymentId, payment_id.clone()), (C::OrderId, order_id.clone())];
        copier.rows::<payment_split::Entity>(&of_payment, &anew).await?;
    }
    let booked = format!("({of_order} OR {of_payment}) AND {}", copier.is_original("s.id"));
    {
        use ledger_transaction::Column as C;
        let reference = Copier::text("s.reference");
        let anew = [(C::Id, id.clone()), (C::Reference, reference), (C::OrderId, order_id), (C::PaymentId, payment_id)];
        copier.rows::<ledger_transaction::Entity>(&booked, &anew).await?;
    }
    use ledger_entry::Column as C;
    let entries = format!("s.transaction_id IN (SELECT s.id FROM ledger_transaction s WHERE {booked})");
    copier.rows::<ledger_entry::Entity>(&entries, &[(C::Id, id), (C::TransactionId, copier.id("s.transaction_id"))]).await
}

/// What the settled checkouts sold, once.
#[derive(Default)]
struct Sales {
    orders: usize,
    /// Units by variant, store and warehouse.
    units: BTreeMap<(VariantId, StoreId, WarehouseId), i64>,
    days: BTreeMap<(StoreId, NaiveDate), (Money, i64, i64)>,
    products: BTreeMap<(StoreId, NaiveDate, ProductId), (i64, Money)>,
}

async fn sales(tx: &Tx) -> Result<Sales> {
    let groups = settled(&Copier { tx, numbers: 1..=1 });
    let orders = order::Entity::find().filter(Expr::cust(format!("\"orders\".\"group_id\" IN ({groups})"))).all(&**tx).await?;
    let mut sales = Sales { orders: orders.len(), ..Default::default() };
    for order in orders {
        let day = local_day(order.delivered_at.unwrap_or(order.created_at), WIB);
        let sums = sales.days.entry((order.store_id, day)).or_default();
        *sums = (Money(sums.0.0 + order.total.0), sums.1 + 1, sums.2 + order.item_count);
        let lines = order_line::Entity::find().filter(order_line::Column::OrderId.eq(order.id)).all(&**tx).await?;
        for line in &lines {
            let sums = sales.products.entry((order.store_id, day, line.product_id)).or_default();
            *sums = (sums.0 + line.quantity, Money(sums.1.0 + line.line_total.0));
        }
        let held = reservation::Entity::find().filter(reservation::Column::OrderLineId.is_in(lines.iter().map(|l| l.id)));
        for row in held.all(&**tx).await? {
            *sales.units.entry((row.variant_id, order.store_id, row.warehouse_id)).or_default() += row.quantity;
        }
    }
    Ok(sales)
}

/// Receives what the copies will take; the levels end where they were.
async fn stock_up(ctx: &Ctx, tx: &Tx, sales: &Sales, times: usize) -> Result<()> {
    let times = times as i64;
    let received = sales.units.iter().map(|((variant, store, warehouse), units)| stock_movement::ActiveModel {
        id: Set(new_id()),
        variant_id: Set(*variant),
        warehouse_id: Set(*warehouse),
        store_id: Set(*store),
        kind: Set(MovementKind::Receive),
        on_hand_delta: Set(units * times),
        reserved_delta: Set(0),
        reason: Set(Some("stok awal".to_owned())),
        reference: Set(None),
        actor_id: Set(None),
        created_at: Set(ctx.now()),
    });
    stock_movement::Entity::insert_many(received).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Adds the copies to the daily sums.
async fn count(tx: &Tx, sales: &Sales, times: usize) -> Result<()> {
    let times = times as i64;
    for ((store, day), (revenue, orders, items)) in &sales.days {
        use sales_daily::Column as C;
        sales_daily::Entity::update_many()
            .col_expr(C::Revenue, Expr::col(C::Revenue).add(revenue.0 * times))
            .col_expr(C::Orders, Expr::col(C::Orders).add(orders * times))
            .col_expr(C::Items, Expr::col(C::Items).add(items * times))
            .filter(C::StoreId.eq(*store))
            .filter(C::Day.eq(*day))
            .exec(&**tx)
            .await?;
    }
    for ((store, day, product), (quantity, revenue)) in &sales.products {
        use product_sales_daily::Column as C;
        product_sales_daily::Entity::update_many()
            .col_expr(C::Quantity, Expr::col(C::Quantity).add(quantity * times))
            .col_expr(C::Revenue, Expr::col(C::Revenue).add(revenue.0 * times))
            .filter(C::StoreId.eq(*store))
            .filter(C::Day.eq(*day))
            .filter(C::ProductId.eq(*product))
            .exec(&**tx)
            .await?;
        product::Entity::update_many()
            .col_expr(product::Column::SoldCount, Expr::col(product::Column::SoldCount).add(quantity * times))
            .filter(product::Column::Id.eq(*product))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}
