//! Changes to a product. Absent fields stay as they are.

use super::variants::{self, Change};
use super::{category_id, own, price_range, search_body, show};
use crate::catalog::search::write_index;
use crate::db::{Tx, transact};
use crate::{Actor, Ctx, Result};
use domain::catalog::{ProductInput, ProductPatch, ProductStatus, SellerProductView, VariantInput};
use domain::id::{CategoryId, ImageId, ProductId, StoreId, UserId};
use domain::identity::Permission;
use entity::{product, product_image, variant};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use std::collections::BTreeMap;

pub async fn update(ctx: &Ctx, actor: &Actor, id: ProductId, patch: ProductPatch) -> Result<SellerProductView> {
    let store = actor.store(Permission::ProductManage)?;
    let user = actor.user()?.id;
    let category = match &patch.category {
        Some(slug) => Some(category_id(ctx, slug).await?),
        None => None,
    };
    let patch = &patch;
    let row = transact(ctx, |tx| async move { write(ctx, &tx, store, user, id, category, patch).await }).await?;
    show(ctx, actor.locale, row).await
}

/// Off sale for good; past orders keep their snapshot. Repeating it changes nothing.
pub async fn archive(ctx: &Ctx, actor: &Actor, id: ProductId) -> Result<()> {
    let store = actor.store(Permission::ProductManage)?;
    transact(ctx, |tx| async move {
        let mut row = own(&*tx, store, id).await?.into_active_model();
        row.status = Set(ProductStatus::Archived);
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        Ok(())
    })
    .await
}

async fn write(
    ctx: &Ctx,
    tx: &Tx,
    store: StoreId,
    user: UserId,
    id: ProductId,
    category: Option<CategoryId>,
    patch: &ProductPatch,
) -> Result<product::Model> {
    let present = own(&**tx, store, id).await?;
    let variants = variant::Entity::find()
        .filter(variant::Column::ProductId.eq(id))
        .filter(variant::Column::IsActive.eq(true))
        .all(&**tx)
        .await?;
    let images = images(tx, id).await?;
    let draft = merged(&present, &variants, &images, patch)?.check()?;
    let new_set = patch.variants.is_some() || patch.price.is_some();
    if new_set {
        variants::replace(ctx, tx, &Change { store, user, product: id, draft: &draft, images: &images }).await?;
    }
    let (price_min, price_max) = price_range(draft.variants.iter().map(|v| v.price));
    let mut row = present.into_active_model();
    row.name = Set(draft.name.clone());
    row.description = Set(draft.description.clone());
    if let Some(category) = category {
        row.category_id = Set(category);
    }
    row.status = Set(draft.status);
    row.weight_grams = Set(draft.weight_grams);
    (row.length_mm, row.width_mm, row.height_mm) = (Set(draft.size_mm.0), Set(draft.size_mm.1), Set(draft.size_mm.2));
    row.specifications = Set(serde_json::to_value(&draft.specifications)?);
    row.options = Set(serde_json::to_value(&draft.options)?);
    row.tags = Set(serde_json::to_value(&draft.tags)?);
    (row.price_min, row.price_max) = (Set(price_min), Set(price_max));
    row.updated_at = Set(ctx.now());
    let row = row.update(&**tx).await?;
    let body = search_body(&draft.description, &draft.tags, &draft.specifications);
    write_index(&**tx, id, &draft.name, &body).await?;
    Ok(row)
}

/// The product as it would be entered anew with the changes: one set of rules for both.
fn merged(present: &product::Model, variants: &[variant::Model], images: &Images, patch: &ProductPatch) -> Result<ProductInput> {
    let variants = match (&patch.variants, patch.price) {
        (Some(variants), _) => variants.clone(),
        (None, price) => variants
            .iter()
            .map(|v| {
                Ok(VariantInput {
                    id: Some(v.id),
                    sku: Some(v.sku.clone()),
                    barcode: v.barcode.clone(),
                    price: price.unwrap_or(v.price),
                    stock: 0,
                    options: serde_json::from_value(v.options.clone())?,
                    image_id: images.iter().find(|(_, key)| Some(*key) == v.image_key.as_ref()).map(|(id, _)| *id),
                })
            })
            .collect::<Result<_>>()?,
    };
    let options = match &patch.options {
        Some(options) => options.clone(),
        None if patch.variants.is_some() => vec![],
        None => serde_json::from_value(present.options.clone())?,
    };
    Ok(ProductInput {
        name: patch.name.clone().unwrap_or_else(|| present.name.clone()),
        description: patch.description.clone().unwrap_or_else(|| present.description.clone()),
        // Looked up apart; only its presence is checked.
        category: patch.category.clone().unwrap_or_else(|| "-".to_owned()),
        weight_grams: patch.weight_grams.unwrap_or(present.weight_grams),
        length_mm: patch.length_mm.unwrap_or(present.length_mm),
        width_mm: patch.width_mm.unwrap_or(present.width_mm),
        height_mm: patch.height_mm.unwrap_or(present.height_mm),
        price: None,
        stock: None,
        sku: None,
        barcode: None,
        specifications: match &patch.specifications {
            Some(rows) => rows.clone(),
            None => serde_json::from_value(present.specifications.clone())?,
        },
        options,
        variants,
        tags: match &patch.tags {
            Some(tags) => tags.clone(),
            None => serde_json::from_value(present.tags.clone())?,
        },
        status: patch.status.unwrap_or(present.status),
    })
}

/// The product's pictures: storage key by id.
pub(super) type Images = BTreeMap<ImageId, String>;

async fn images(tx: &Tx, id: ProductId) -> Result<Images> {
    let rows = product_image::Entity::find().filter(product_image::Column::ProductId.eq(id)).all(&**tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.image_key)).collect())
}
