//! A product's new set of variants. What was sold stays: a variant left out is retired, not deleted.

use super::update::Images;
use super::{check_skus, create, unknown_image, variant_row};
use crate::db::{Tx, new_id};
use crate::{Ctx, Error, Result};
use domain::Conflict;
use domain::catalog::{ProductDraft, VariantDraft};
use domain::id::{ProductId, StoreId, UserId, VariantId};
use entity::variant;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

pub(super) struct Change<'a> {
    pub store: StoreId,
    pub user: UserId,
    pub product: ProductId,
    pub draft: &'a ProductDraft,
    pub images: &'a Images,
}

/// Variants with a known id or SKU are kept, others added, missing ones retired.
pub(super) async fn replace(ctx: &Ctx, tx: &Tx, change: &Change<'_>) -> Result<()> {
    let Change { store, user, product, draft, images } = change;
    let skus: Vec<String> = draft.variants.iter().filter_map(|v| v.sku.clone()).collect();
    check_skus(tx, *store, &skus, Some(*product)).await?;
    // Retired ones of this product too: their SKU brings them back.
    let mut present = variant::Entity::find().filter(variant::Column::ProductId.eq(*product)).all(&**tx).await?;
    let kept = take(&mut present, &draft.variants)?;
    retire(tx, &present, &skus).await?;
    free_skus(tx, &kept, draft).await?;
    let mut added: Vec<(VariantId, i64)> = vec![];
    for (position, (wanted, known)) in draft.variants.iter().zip(kept).enumerate() {
        let image_key = match wanted.image_id {
            None => None,
            Some(image) => Some(images.get(&image).cloned().ok_or_else(|| unknown_image(position))?),
        };
        if let Some(row) = known {
            let mut row = row.into_active_model();
            if let Some(sku) = &wanted.sku {
                row.sku = Set(sku.clone());
            }
            row.barcode = Set(wanted.barcode.clone());
            row.price = Set(wanted.price);
            row.options = Set(serde_json::to_value(&wanted.options)?);
            row.position = Set(i32::try_from(position).unwrap_or(i32::MAX));
            row.image_key = Set(image_key);
            row.is_active = Set(true);
            row.update(&**tx).await?;
        } else {
            let variant_id: VariantId = new_id();
            let mut row = variant_row(ctx, variant_id, *product, *store, position, wanted, &draft.name)?;
            row.image_key = Set(image_key);
            row.insert(&**tx).await?;
            added.push((variant_id, wanted.stock));
        }
    }
    create::opening_stock(ctx, tx, *store, *user, &added).await
}

/// The rows that the wanted variants change, in their order; `None` for a new one. Those named by id
/// come first, so that a new variant may have the SKU another one gives up.
fn take(present: &mut Vec<variant::Model>, wanted: &[VariantDraft]) -> Result<Vec<Option<variant::Model>>> {
    let mut kept: Vec<Option<variant::Model>> = vec![None; wanted.len()];
    for (position, id) in wanted.iter().enumerate().filter_map(|(i, v)| Some((i, v.id?))) {
        let index = present.iter().position(|v| v.id == id);
        let unknown = || Error::from(domain::Error::invalid(format!("variants[{position}].id"), "unknown_value"));
        kept[position] = Some(present.swap_remove(index.ok_or_else(unknown)?));
    }
    for (place, wanted) in kept.iter_mut().zip(wanted).filter(|(place, _)| place.is_none()) {
        let index = wanted.sku.as_ref().and_then(|sku| present.iter().position(|v| v.sku == *sku));
        *place = index.map(|index| present.swap_remove(index));
    }
    Ok(kept)
}

/// Retires what is left. Its SKUs stay taken, so that old labels and orders keep their meaning.
async fn retire(tx: &Tx, left: &[variant::Model], wanted: &[String]) -> Result<()> {
    let taken: Vec<String> = left.iter().filter(|v| wanted.contains(&v.sku)).map(|v| v.sku.clone()).collect();
    if !taken.is_empty() {
        return Err(Conflict::SkuTaken(taken).into());
    }
    let ids = left.iter().filter(|v| v.is_active).map(|v| v.id);
    variant::Entity::update_many()
        .set(variant::ActiveModel { is_active: Set(false), ..Default::default() })
        .filter(variant::Column::Id.is_in(ids))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Two variants may exchange their SKUs, which are unique at every moment: those that change give
/// theirs up first.
async fn free_skus(tx: &Tx, kept: &[Option<variant::Model>], draft: &ProductDraft) -> Result<()> {
    for (row, wanted) in kept.iter().zip(&draft.variants) {
        if let (Some(row), Some(sku)) = (row, &wanted.sku)
            && row.sku != *sku
        {
            let id = row.id;
            let freed = variant::ActiveModel { id: Set(id), sku: Set(id.to_string()), ..Default::default() };
            freed.update(&**tx).await?;
        }
    }
    Ok(())
}
