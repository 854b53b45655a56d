//! Stock table, stock ledger, warehouses of a store.

use crate::db::dialect::contains;
use crate::{Actor, Ctx, Result, picture};
use domain::id::{VariantId, WarehouseId};
use domain::identity::Permission;
use domain::inventory::{MovementView, StockRow, WarehouseView};
use domain::{Error, Noun, Page, PageRequest};
use entity::{product, stock_level, stock_movement, user, variant, warehouse};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockFilter {
    pub low_stock: bool,
    /// Product name or SKU.
    pub keywords: String,
    /// Code of a warehouse.
    pub warehouse: Option<String>,
}

/// Active variants of products that are not archived, by product name.
pub async fn rows(ctx: &Ctx, actor: &Actor, filter: &StockFilter, page: PageRequest) -> Result<Page<StockRow>> {
    use stock_level::Column as L;
    let store = actor.store(Permission::InventoryView)?;
    let level = |c| Expr::col((stock_level::Entity, c));
    let mut query = stock_level::Entity::find()
        .join(JoinType::InnerJoin, to_variant())
        .join(JoinType::InnerJoin, to_product())
        .filter(L::StoreId.eq(store))
        .filter(variant::Column::IsActive.eq(true))
        .filter(product::Column::Status.ne(domain::catalog::ProductStatus::Archived));
    if filter.low_stock {
        query = query.filter(level(L::OnHand).sub(level(L::Reserved)).lte(level(L::LowStockThreshold)));
    }
    if !filter.keywords.trim().is_empty() {
        let like = |column: Expr| Expr::expr(Func::lower(column)).like(contains(&filter.keywords));
        query = query.filter(
            Condition::any()
                .add(like(Expr::col((product::Entity, product::Column::Name))))
                .add(like(Expr::col((variant::Entity, variant::Column::Sku)))),
        );
    }
    if let Some(code) = &filter.warehouse {
        let place = warehouse::Entity::find()
            .filter(warehouse::Column::StoreId.eq(store))
            .filter(warehouse::Column::Code.eq(code))
            .one(&ctx.db)
            .await?
            .ok_or(Error::NotFound(Noun::Warehouse))?;
        query = query.filter(L::WarehouseId.eq(place.id));
    }
    let total = query.clone().count(&ctx.db).await?;
    let levels = query
        .order_by_asc(product::Column::Name)
        .order_by_asc(L::VariantId)
        .order_by_asc(L::WarehouseId)
        .offset(page.offset())
        .limit(page.per_page())
        .all(&ctx.db)
        .await?;
    Ok(Page::new(show(ctx, levels).await?, page, total))
}

fn to_variant() -> RelationDef {
    stock_level::Entity::belongs_to(variant::Entity).from(stock_level::Column::VariantId).to(variant::Column::Id).into()
}

fn to_product() -> RelationDef {
    variant::Entity::belongs_to(product::Entity).from(variant::Column::ProductId).to(product::Column::Id).into()
}

/// Rows with names and pictures, in the order given; three statements.
pub(super) async fn show(ctx: &Ctx, levels: Vec<stock_level::Model>) -> Result<Vec<StockRow>> {
    if levels.is_empty() {
        return Ok(vec![]);
    }
    let variants = variant::Entity::find().filter(variant::Column::Id.is_in(levels.iter().map(|l| l.variant_id))).all(&ctx.db);
    let places =
        warehouse::Entity::find().filter(warehouse::Column::Id.is_in(levels.iter().map(|l| l.warehouse_id))).all(&ctx.db);
    let (variants, places) = tokio::try_join!(variants, places)?;
    let products =
        product::Entity::find().filter(product::Column::Id.is_in(variants.iter().map(|v| v.product_id))).all(&ctx.db).await?;
    let variants: BTreeMap<_, _> = variants.into_iter().map(|v| (v.id, v)).collect();
    let products: BTreeMap<_, _> = products.into_iter().map(|p| (p.id, p)).collect();
    let places: BTreeMap<_, _> = places.into_iter().map(|w| (w.id, w.code)).collect();
    levels
        .into_iter()
        .filter_map(|level| {
            let variant = variants.get(&level.variant_id)?;
            let product = products.get(&variant.product_id)?;
            Some((level, variant, product))
        })
        .map(|(level, variant, product)| {
            let available = level.on_hand - level.reserved;
            let key = variant.image_key.as_deref().or(product.image_key.as_deref());
            Ok(StockRow {
                variant_id: variant.id,
                product_id: product.id,
                sku: variant.sku.clone(),
                product_name: product.name.clone(),
                options: serde_json::from_value(variant.options.clone())?,
                image_url: key.map(|key| picture::url(key, "s")),
                price: variant.price,
                warehouse: places.get(&level.warehouse_id).cloned().unwrap_or_default(),
                on_hand: level.on_hand,
                reserved: level.reserved,
                available,
                low_stock_threshold: level.low_stock_threshold,
                low_stock: available <= level.low_stock_threshold,
            })
        })
        .collect()
}

/// Newest first, with the balance after each entry (per warehouse, as an entry belongs to one).
pub async fn ledger(ctx: &Ctx, actor: &Actor, variant: VariantId, page: PageRequest) -> Result<Page<MovementView>> {
    use stock_movement::Column as M;
    let store = actor.store(Permission::InventoryView)?;
    let mine = variant::Entity::find_by_id(variant).filter(variant::Column::StoreId.eq(store)).one(&ctx.db).await?;
    mine.ok_or(Error::NotFound(Noun::Variant))?;
    let all = stock_movement::Entity::find().filter(M::VariantId.eq(variant));
    let total = all.clone().count(&ctx.db).await?;
    let rows = all.order_by_desc(M::Id).offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    let mut balances = balances_at(ctx, variant, rows.first()).await?;
    let actors = user::Entity::find().filter(user::Column::Id.is_in(rows.iter().filter_map(|r| r.actor_id))).all(&ctx.db).await?;
    let actors: BTreeMap<_, _> = actors.into_iter().map(|u| (u.id, u.name)).collect();
    let items = rows.into_iter().map(|row| {
        let balance = balances.entry(row.warehouse_id).or_default();
        let balance_after = *balance;
        *balance -= row.on_hand_delta;
        MovementView {
            at: row.created_at,
            kind: row.kind,
            quantity: row.on_hand_delta,
            reserved_change: row.reserved_delta,
            balance_after,
            reason: row.reason,
            reference: row.reference,
            actor: row.actor_id.and_then(|id| actors.get(&id).cloned()),
        }
    });
    Ok(Page::new(items.collect(), page, total))
}

/// `on_hand` per warehouse right after the given entry: the sum up to and including it.
async fn balances_at(
    ctx: &Ctx,
    variant: VariantId,
    newest: Option<&stock_movement::Model>,
) -> Result<BTreeMap<WarehouseId, i64>> {
    use stock_movement::Column as M;
    let Some(newest) = newest else { return Ok(BTreeMap::new()) };
    let sums: Vec<(WarehouseId, i64)> = stock_movement::Entity::find()
        .select_only()
        .column(M::WarehouseId)
        .expr(Expr::col(M::OnHandDelta).sum().cast_as("BIGINT"))
        .filter(M::VariantId.eq(variant))
        .filter(M::Id.lte(newest.id))
        .group_by(M::WarehouseId)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    Ok(sums.into_iter().collect())
}

pub async fn warehouses(ctx: &Ctx, actor: &Actor) -> Result<Vec<WarehouseView>> {
    let store = actor.store(Permission::InventoryView)?;
    let rows = warehouse::Entity::find()
        .filter(warehouse::Column::StoreId.eq(store))
        .order_by_desc(warehouse::Column::IsDefault)
        .order_by_asc(warehouse::Column::Code)
        .all(&ctx.db)
        .await?;
    let show = |w: warehouse::Model| WarehouseView {
        id: w.id,
        store_id: w.store_id,
        code: w.code,
        name: w.name,
        location: w.location,
        is_default: w.is_default,
    };
    Ok(rows.into_iter().map(show).collect())
}
