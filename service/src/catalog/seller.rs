//! The seller's side of the catalogue: create, change, archive, list.

mod create;
mod list;
mod update;
mod variants;

pub use create::create;
pub use list::{own_product, own_products};
pub use update::{archive, update};

use super::{category, product as page};
use crate::db::Tx;
use crate::{Ctx, Result};
use domain::catalog::{SellerProductView, VariantDraft};
use domain::id::{CategoryId, ProductId, StoreId, VariantId};
use domain::{Conflict, Error, Locale, Money, Noun};
use entity::{product, variant};
use rand::Rng;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use std::collections::BTreeSet;

/// The caller's product; another store's is not found.
async fn own(db: &impl ConnectionTrait, store: StoreId, id: ProductId) -> Result<product::Model> {
    let row = product::Entity::find_by_id(id).filter(product::Column::StoreId.eq(store)).one(db).await?;
    row.ok_or_else(|| Error::NotFound(Noun::Product).into())
}

async fn category_id(ctx: &Ctx, slug: &str) -> Result<CategoryId> {
    let tree = category::tree(ctx).await?;
    let row = tree.by_slug(slug).ok_or_else(|| Error::invalid("category", "unknown_value"))?;
    Ok(row.id)
}

async fn show(ctx: &Ctx, locale: Locale, row: product::Model) -> Result<SellerProductView> {
    Ok(SellerProductView {
        status: row.status,
        description: row.description.clone(),
        tags: serde_json::from_value(row.tags.clone())?,
        length_mm: row.length_mm,
        width_mm: row.width_mm,
        height_mm: row.height_mm,
        product: page::show(ctx, locale, row).await?,
    })
}

/// Lowest and highest price.
fn price_range(prices: impl Iterator<Item = Money> + Clone) -> (Money, Money) {
    (prices.clone().min().unwrap_or_default(), prices.max().unwrap_or_default())
}

/// The variant's row. A missing SKU is made from the product's name and a random tail.
fn variant_row(
    ctx: &Ctx,
    id: VariantId,
    product: ProductId,
    store: StoreId,
    position: usize,
    draft: &VariantDraft,
    base: &str,
) -> Result<variant::ActiveModel> {
    let generated = || format!("{}-{:06X}", sku_base(base), rand::rng().random_range(0..0x100_0000));
    Ok(variant::ActiveModel {
        id: Set(id),
        product_id: Set(product),
        store_id: Set(store),
        sku: Set(draft.sku.clone().unwrap_or_else(generated)),
        barcode: Set(draft.barcode.clone()),
        price: Set(draft.price),
        options: Set(serde_json::to_value(&draft.options)?),
        position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
        image_key: Set(None),
        is_active: Set(true),
        created_at: Set(ctx.now()),
    })
}

/// A variant shows a picture that is none of the product's.
fn unknown_image(position: usize) -> Error {
    Error::invalid(format!("variants[{position}].image_id"), "unknown_value")
}

fn sku_base(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(4).collect();
    if letters.is_empty() { "SKU".to_owned() } else { letters.to_ascii_uppercase() }
}

/// Refuses SKUs that other variants of the store use.
async fn check_skus(tx: &Tx, store: StoreId, skus: &[String], except: Option<ProductId>) -> Result<()> {
    if skus.is_empty() {
        return Ok(());
    }
    let mut taken = variant::Entity::find()
        .select_only()
        .column(variant::Column::Sku)
        .filter(variant::Column::StoreId.eq(store))
        .filter(variant::Column::Sku.is_in(skus));
    if let Some(product) = except {
        taken = taken.filter(variant::Column::ProductId.ne(product));
    }
    let taken: Vec<String> = taken.into_tuple().all(&**tx).await?;
    if taken.is_empty() { Ok(()) } else { Err(Conflict::SkuTaken(taken).into()) }
}

/// What the full-text index holds beside the name.
fn search_body(description: &str, tags: &[String], specifications: &[domain::catalog::Specification]) -> String {
    let words: BTreeSet<&str> = specifications.iter().map(|s| s.value.as_str()).collect();
    format!("{description} {} {}", tags.join(" "), words.into_iter().collect::<Vec<_>>().join(" "))
}
