//! Everything a sale needs to know of some variants, in a constant number of statements.

use crate::Result;
use domain::catalog::ProductStatus;
use domain::id::VariantId;
use entity::{product, stock_level, store, variant};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

/// A variant with its product, store and available stock.
#[derive(Clone, Debug)]
pub(crate) struct Goods {
    pub variant: variant::Model,
    pub product: product::Model,
    pub store: store::Model,
    pub available: i64,
}

impl Goods {
    /// Whether it may be bought at all.
    pub fn is_on_sale(&self) -> bool {
        self.variant.is_active && self.product.status == ProductStatus::Active
    }

    pub fn image_key(&self) -> Option<&str> {
        self.variant.image_key.as_deref().or(self.product.image_key.as_deref())
    }
}

pub(crate) async fn load(
    db: &impl ConnectionTrait,
    variants: impl IntoIterator<Item = VariantId>,
) -> Result<BTreeMap<VariantId, Goods>> {
    let ids: Vec<VariantId> = variants.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let variants = variant::Entity::find().filter(variant::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let product_ids = variants.iter().map(|v| v.product_id);
    let products: BTreeMap<_, _> = product::Entity::find()
        .filter(product::Column::Id.is_in(product_ids))
        .all(db)
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect();
    let store_ids = variants.iter().map(|v| v.store_id);
    let stores: BTreeMap<_, _> =
        store::Entity::find().filter(store::Column::Id.is_in(store_ids)).all(db).await?.into_iter().map(|s| (s.id, s)).collect();
    let available = available(db, &ids).await?;
    Ok(variants
        .into_iter()
        .filter_map(|variant| {
            let product = products.get(&variant.product_id)?.clone();
            let store = stores.get(&variant.store_id)?.clone();
            let available = available.get(&variant.id).copied().unwrap_or(0);
            Some((variant.id, Goods { variant, product, store, available }))
        })
        .collect())
}

/// Available units per variant over all warehouses; variants without stock are absent.
pub(crate) async fn available(db: &impl ConnectionTrait, variants: &[VariantId]) -> Result<BTreeMap<VariantId, i64>> {
    use stock_level::Column as C;
    if variants.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(VariantId, i64)> = stock_level::Entity::find()
        .select_only()
        .column(C::VariantId)
        .expr(Expr::col(C::OnHand).sub(Expr::col(C::Reserved)).sum().cast_as("BIGINT"))
        .filter(C::VariantId.is_in(variants.iter().copied()))
        .group_by(C::VariantId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
