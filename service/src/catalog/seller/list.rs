//! The seller's list of products.

use super::{own, show};
use crate::db::dialect::contains;
use crate::{Actor, Ctx, Result, picture};
use domain::catalog::{ProductStatus, SellerProductRow, SellerProductView};
use domain::id::ProductId;
use domain::identity::Permission;
use domain::{Page, PageRequest};
use entity::{product, stock_level, variant};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use std::collections::BTreeMap;

pub async fn own_product(ctx: &Ctx, actor: &Actor, id: ProductId) -> Result<SellerProductView> {
    let store = actor.store(Permission::ProductManage)?;
    show(ctx, actor.locale, own(&ctx.db, store, id).await?).await
}

/// The store's products, archived ones only when asked for, newest first.
pub async fn own_products(
    ctx: &Ctx,
    actor: &Actor,
    status: Option<ProductStatus>,
    keywords: &str,
    page: PageRequest,
) -> Result<Page<SellerProductRow>> {
    use product::Column as C;
    let store = actor.store(Permission::ProductManage)?;
    let mut rows = product::Entity::find().filter(C::StoreId.eq(store));
    rows = match status {
        Some(status) => rows.filter(C::Status.eq(status)),
        None => rows.filter(C::Status.ne(ProductStatus::Archived)),
    };
    if !keywords.trim().is_empty() {
        rows = rows.filter(Expr::expr(Func::lower(Expr::col(C::Name))).like(contains(keywords)));
    }
    let total = rows.clone().count(&ctx.db).await?;
    let rows =
        rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id).offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    let stock = stock(ctx, rows.iter().map(|p| p.id).collect()).await?;
    let items = rows.into_iter().map(|row| {
        let (variant_count, available) = stock.get(&row.id).copied().unwrap_or((0, 0));
        SellerProductRow {
            id: row.id,
            slug: row.slug,
            name: row.name,
            image_url: row.image_key.as_deref().map(|key| picture::url(key, "s")),
            price: row.price_min,
            price_max: row.price_max,
            available,
            variant_count,
            sold_count: row.sold_count,
            status: row.status,
            updated_at: row.updated_at,
        }
    });
    Ok(Page::new(items.collect(), page, total))
}

/// Number of active variants and their available units, per product.
async fn stock(ctx: &Ctx, products: Vec<ProductId>) -> Result<BTreeMap<ProductId, (i64, i64)>> {
    let levels: RelationDef =
        variant::Entity::belongs_to(stock_level::Entity).from(variant::Column::Id).to(stock_level::Column::VariantId).into();
    let level = |c| Expr::col((stock_level::Entity, c));
    let rows: Vec<(ProductId, i64, Option<i64>)> = variant::Entity::find()
        .select_only()
        .column(variant::Column::ProductId)
        .expr(Expr::col((variant::Entity, variant::Column::Id)).count_distinct())
        .expr(level(stock_level::Column::OnHand).sub(level(stock_level::Column::Reserved)).sum().cast_as("BIGINT"))
        .join(JoinType::LeftJoin, levels)
        .filter(variant::Column::ProductId.is_in(products))
        .filter(variant::Column::IsActive.eq(true))
        .group_by(variant::Column::ProductId)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    Ok(rows.into_iter().map(|(id, variants, available)| (id, (variants, available.unwrap_or(0)))).collect())
}
