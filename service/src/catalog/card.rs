//! Product cards of a list, in a constant number of statements.

use crate::{Result, picture};
use domain::catalog::ProductCard;
use domain::id::{ProductId, StoreId};
use domain::review::Rating;
use domain::store::StoreCard;
use entity::{product, stock_level, store, variant};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect, RelationDef};
use std::collections::{BTreeMap, BTreeSet};

/// The products in the given order.
pub(super) async fn cards(db: &impl ConnectionTrait, rows: Vec<product::Model>) -> Result<Vec<ProductCard>> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let stores = stores(db, rows.iter().map(|p| p.store_id)).await?;
    let in_stock = in_stock(db, rows.iter().map(|p| p.id)).await?;
    let card = |row: product::Model| {
        Some(ProductCard {
            id: row.id,
            slug: row.slug,
            name: row.name,
            price: row.price_min,
            price_max: row.price_max,
            image_url: row.image_key.as_deref().map(|key| picture::url(key, "m")),
            rating: Rating::average(row.rating_sum, row.rating_count),
            rating_count: row.rating_count,
            sold_count: row.sold_count,
            in_stock: in_stock.contains(&row.id),
            store: stores.get(&row.store_id)?.clone(),
        })
    };
    Ok(rows.into_iter().filter_map(card).collect())
}

async fn stores(db: &impl ConnectionTrait, ids: impl Iterator<Item = StoreId>) -> Result<BTreeMap<StoreId, StoreCard>> {
    let ids: BTreeSet<StoreId> = ids.collect();
    let rows: Vec<(StoreId, String, String, String)> = store::Entity::find()
        .select_only()
        .columns([store::Column::Id, store::Column::Slug, store::Column::Name, store::Column::Location])
        .filter(store::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, slug, name, location)| (id, StoreCard { slug, name, location })).collect())
}

/// Products with at least one unit to sell.
async fn in_stock(db: &impl ConnectionTrait, ids: impl Iterator<Item = ProductId>) -> Result<BTreeSet<ProductId>> {
    let ids: Vec<ProductId> = ids.collect();
    let rows: Vec<ProductId> = variant::Entity::find()
        .select_only()
        .distinct()
        .column(variant::Column::ProductId)
        .join(JoinType::InnerJoin, levels())
        .filter(variant::Column::ProductId.is_in(ids))
        .filter(variant::Column::IsActive.eq(true))
        .filter(has_units())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

fn levels() -> RelationDef {
    variant::Entity::belongs_to(stock_level::Entity).from(variant::Column::Id).to(stock_level::Column::VariantId).into()
}

fn has_units() -> Expr {
    let column = |c| Expr::col((stock_level::Entity, c));
    column(stock_level::Column::OnHand).gt(column(stock_level::Column::Reserved))
}

/// A condition on products: some active variant has units to sell.
pub(super) fn is_in_stock() -> SelectStatement {
    let column = |c| Expr::col((variant::Entity, c));
    Query::select()
        .expr(Expr::value(1))
        .from(variant::Entity)
        .inner_join(
            stock_level::Entity,
            column(variant::Column::Id).equals((stock_level::Entity, stock_level::Column::VariantId)),
        )
        .and_where(column(variant::Column::ProductId).equals((product::Entity, product::Column::Id)))
        .and_where(column(variant::Column::IsActive).eq(true))
        .and_where(has_units())
        .to_owned()
}
