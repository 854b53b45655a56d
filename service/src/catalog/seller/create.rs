//! A new product, with its variants and opening stock.

use super::{category_id, check_skus, price_range, search_body, show, unknown_image, variant_row};
use crate::catalog::search::write_index;
use crate::db::{Tx, new_id, transact};
use crate::inventory::{Receipt, receive};
use crate::{Actor, Ctx, Error, Result};
use domain::catalog::{ProductDraft, ProductInput, SellerProductView};
use domain::id::{CategoryId, ProductId, StoreId, UserId, VariantId};
use domain::identity::Permission;
use domain::inventory::MovementKind;
use entity::{product, variant, warehouse};
use rand::Rng;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

pub async fn create(ctx: &Ctx, actor: &Actor, input: ProductInput) -> Result<SellerProductView> {
    let store = actor.store(Permission::ProductManage)?;
    let user = actor.user()?.id;
    let draft = &input.check()?;
    // A new product has no pictures yet.
    if let Some(position) = draft.variants.iter().position(|v| v.image_id.is_some()) {
        return Err(unknown_image(position).into());
    }
    let category = category_id(ctx, &draft.category).await?;
    let row = transact(ctx, |tx| async move { write(ctx, &tx, store, user, category, draft).await }).await?;
    show(ctx, actor.locale, row).await
}

async fn write(
    ctx: &Ctx,
    tx: &Tx,
    store: StoreId,
    user: UserId,
    category: CategoryId,
    draft: &ProductDraft,
) -> Result<product::Model> {
    let skus: Vec<String> = draft.variants.iter().filter_map(|v| v.sku.clone()).collect();
    check_skus(tx, store, &skus, None).await?;
    let now = ctx.now();
    let id: ProductId = new_id();
    let (price_min, price_max) = price_range(draft.variants.iter().map(|v| v.price));
    let row = product::ActiveModel {
        id: Set(id),
        store_id: Set(store),
        category_id: Set(category),
        slug: Set(slug(&draft.name)),
        name: Set(draft.name.clone()),
        description: Set(draft.description.clone()),
        status: Set(draft.status),
        weight_grams: Set(draft.weight_grams),
        length_mm: Set(draft.size_mm.0),
        width_mm: Set(draft.size_mm.1),
        height_mm: Set(draft.size_mm.2),
        specifications: Set(serde_json::to_value(&draft.specifications)?),
        options: Set(serde_json::to_value(&draft.options)?),
        tags: Set(serde_json::to_value(&draft.tags)?),
        price_min: Set(price_min),
        price_max: Set(price_max),
        image_key: Set(None),
        rating_sum: Set(0),
        rating_count: Set(0),
        rating_avg: Set(0),
        sold_count: Set(0),
        view_count: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let row = row.insert(&**tx).await?;
    let stocks: Vec<(VariantId, i64)> = draft.variants.iter().map(|v| (new_id(), v.stock)).collect();
    let variants = draft
        .variants
        .iter()
        .zip(&stocks)
        .enumerate()
        .map(|(position, (variant, (variant_id, _)))| variant_row(ctx, *variant_id, id, store, position, variant, &draft.name))
        .collect::<Result<Vec<_>>>()?;
    variant::Entity::insert_many(variants).exec_without_returning(&**tx).await?;
    opening_stock(ctx, tx, store, user, &stocks).await?;
    let body = search_body(&draft.description, &draft.tags, &draft.specifications);
    write_index(&**tx, id, &draft.name, &body).await?;
    Ok(row)
}

/// Every variant gets a stock level in the default warehouse, also an empty one: the stock table
/// shows it.
pub(super) async fn opening_stock(ctx: &Ctx, tx: &Tx, store: StoreId, user: UserId, stocks: &[(VariantId, i64)]) -> Result<()> {
    let warehouse = warehouse::Entity::find()
        .filter(warehouse::Column::StoreId.eq(store))
        .filter(warehouse::Column::IsDefault.eq(true))
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::fault("store without a default warehouse"))?;
    let receipts = stocks.iter().map(|(variant, quantity)| Receipt {
        variant: *variant,
        warehouse: warehouse.id,
        store,
        quantity: *quantity,
        kind: MovementKind::Receive,
        reason: "stok awal".to_owned(),
        actor: Some(user),
    });
    receive(&**tx, ctx.now(), receipts.collect()).await
}

/// The name for people, a random tail for uniqueness.
fn slug(name: &str) -> String {
    let tail = format!("{:08x}", rand::rng().random::<u32>());
    match domain::store::slug(name) {
        base if base.is_empty() => format!("produk-{tail}"),
        base => format!("{base}-{tail}"),
    }
}
