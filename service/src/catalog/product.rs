//! The public product page.

use super::{card, category, goods, markdown};
use crate::{Ctx, Result, picture};
use domain::catalog::{CategoryRef, ImageView, ProductCard, ProductStatus, ProductView, VariantView};
use domain::review::Rating;
use domain::store::StoreCard;
use domain::{Error, Locale, Noun};
use entity::{product, product_image, store, variant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// An active product; drafts and archived ones are not found.
pub async fn find(ctx: &Ctx, locale: Locale, slug: &str) -> Result<ProductView> {
    ctx.cache.products.get((locale, slug.to_owned()), read(ctx, locale, slug)).await
}

async fn read(ctx: &Ctx, locale: Locale, slug: &str) -> Result<ProductView> {
    let row = product::Entity::find()
        .filter(product::Column::Slug.eq(slug))
        .filter(product::Column::Status.eq(ProductStatus::Active))
        .one(&ctx.db)
        .await?;
    show(ctx, locale, row.ok_or(Error::NotFound(Noun::Product))?).await
}

/// A product in full, whatever its status: for callers that may see it. A constant number of
/// statements.
pub(super) async fn show(ctx: &Ctx, locale: Locale, row: product::Model) -> Result<ProductView> {
    let db = &ctx.db;
    let variants = variant::Entity::find()
        .filter(variant::Column::ProductId.eq(row.id))
        .filter(variant::Column::IsActive.eq(true))
        .order_by_asc(variant::Column::Position)
        .all(db);
    let images = product_image::Entity::find()
        .filter(product_image::Column::ProductId.eq(row.id))
        .order_by_asc(product_image::Column::Position)
        .all(db);
    let store = store::Entity::find_by_id(row.store_id).one(db);
    let (variants, images, store) = tokio::try_join!(variants, images, store)?;
    let store = store.ok_or(Error::NotFound(Noun::Store))?;
    let ids: Vec<_> = variants.iter().map(|v| v.id).collect();
    let available = goods::available(db, &ids).await?;
    let variants: Vec<VariantView> = variants
        .into_iter()
        .map(|v| {
            Ok(VariantView {
                id: v.id,
                sku: v.sku,
                barcode: v.barcode,
                price: v.price,
                available: available.get(&v.id).copied().unwrap_or(0),
                options: serde_json::from_value(v.options)?,
                image_url: v.image_key.as_deref().map(|key| picture::url(key, "m")),
            })
        })
        .collect::<Result<_>>()?;
    let category = category::tree(ctx).await?.reference(row.category_id, locale);
    Ok(ProductView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        price: row.price_min,
        price_max: row.price_max,
        image_url: row.image_key.as_deref().map(|key| picture::url(key, "m")),
        rating: Rating::average(row.rating_sum, row.rating_count),
        rating_count: row.rating_count,
        sold_count: row.sold_count,
        in_stock: variants.iter().any(|v| v.available > 0),
        store: StoreCard { slug: store.slug, name: store.name, location: store.location },
        description_html: markdown::to_html(&row.description),
        specifications: serde_json::from_value(row.specifications)?,
        options: serde_json::from_value(row.options)?,
        variants,
        images: images.into_iter().map(image).collect(),
        category: category.unwrap_or_else(|| CategoryRef {
            id: row.category_id,
            slug: String::new(),
            name: String::new(),
            path: vec![],
        }),
        weight_grams: row.weight_grams,
        created_at: row.created_at,
    })
}

pub(super) fn image(row: product_image::Model) -> ImageView {
    ImageView {
        id: row.id,
        url: picture::url(&row.image_key, "m"),
        small_url: picture::url(&row.image_key, "s"),
        large_url: picture::url(&row.image_key, "l"),
        alt: row.alt,
        width: row.width,
        height: row.height,
    }
}

/// Others of the same category, best selling first.
pub async fn related(ctx: &Ctx, slug: &str, limit: u64) -> Result<Vec<ProductCard>> {
    ctx.cache.related.get((slug.to_owned(), limit), read_related(ctx, slug, limit)).await
}

async fn read_related(ctx: &Ctx, slug: &str, limit: u64) -> Result<Vec<ProductCard>> {
    let row = product::Entity::find().filter(product::Column::Slug.eq(slug)).one(&ctx.db).await?;
    let row = row.ok_or(Error::NotFound(Noun::Product))?;
    let others = product::Entity::find()
        .filter(product::Column::CategoryId.eq(row.category_id))
        .filter(product::Column::Status.eq(ProductStatus::Active))
        .filter(product::Column::Id.ne(row.id))
        .order_by_desc(product::Column::SoldCount)
        .order_by_desc(product::Column::Id)
        .limit(limit)
        .all(&ctx.db)
        .await?;
    card::cards(&ctx.db, others).await
}
