//! Pictures of a product. The first one stands for it in lists.

use super::product::image as show;
use crate::db::{Tx, new_id, transact};
use crate::port::Upload;
use crate::{Actor, Ctx, Result, picture};
use domain::catalog::{ImagePatch, ImageView, MAX_IMAGES};
use domain::id::{ImageId, ProductId, StoreId};
use domain::identity::Permission;
use domain::validate::Checks;
use domain::{Conflict, Error, Noun};
use entity::{product, product_image, variant};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};

/// Checks and stores the picture first, then adds it; a refused one is removed again.
pub async fn add_image(ctx: &Ctx, actor: &Actor, product: ProductId, upload: Upload, alt: &str) -> Result<ImageView> {
    let store = actor.store(Permission::ProductManage)?;
    let alt = &check_alt(alt)?;
    // Before the work: whose product is it, and is there room?
    own(ctx, store, product).await?;
    let count = product_image::Entity::find().filter(product_image::Column::ProductId.eq(product)).count(&ctx.db).await?;
    if count >= MAX_IMAGES as u64 {
        return Err(Conflict::TooManyImages.into());
    }
    let stored = &picture::store(ctx, upload).await?;
    let added = transact(ctx, |tx| async move {
        lock(&tx, product, ctx).await?;
        let present = images(&tx, product).await?;
        if present.len() >= MAX_IMAGES {
            return Err(Conflict::TooManyImages.into());
        }
        let row = product_image::ActiveModel {
            id: Set(new_id()),
            product_id: Set(product),
            position: Set(present.iter().map(|i| i.position + 1).max().unwrap_or(0)),
            image_key: Set(stored.key.clone()),
            alt: Set(alt.clone()),
            width: Set(stored.width),
            height: Set(stored.height),
            created_at: Set(ctx.now()),
        };
        let row = row.insert(&*tx).await?;
        show_first(&tx, product).await?;
        Ok(row)
    })
    .await;
    match added {
        Ok(row) => Ok(show(row)),
        Err(error) => {
            picture::remove(ctx, &stored.key).await;
            Err(error)
        }
    }
}

pub async fn change_image(ctx: &Ctx, actor: &Actor, product: ProductId, image: ImageId, patch: ImagePatch) -> Result<ImageView> {
    let store = actor.store(Permission::ProductManage)?;
    let alt = &patch.alt.as_deref().map(check_alt).transpose()?;
    own(ctx, store, product).await?;
    let row = transact(ctx, |tx| async move {
        lock(&tx, product, ctx).await?;
        let mut all = images(&tx, product).await?;
        let from = all.iter().position(|i| i.id == image).ok_or(Error::NotFound(Noun::Image))?;
        if let Some(to) = patch.position {
            let row = all.remove(from);
            all.insert(usize::try_from(to).unwrap_or(0).min(all.len()), row);
        }
        for (position, row) in all.iter().enumerate() {
            let mut changed = row.clone().into_active_model();
            changed.position.set_if_not_equals(i32::try_from(position).unwrap_or(i32::MAX));
            if let (Some(alt), true) = (alt, row.id == image) {
                changed.alt = Set(alt.clone());
            }
            if changed.is_changed() {
                changed.update(&*tx).await?;
            }
        }
        show_first(&tx, product).await?;
        let row = product_image::Entity::find_by_id(image).one(&*tx).await?;
        row.ok_or_else(|| Error::NotFound(Noun::Image).into())
    })
    .await?;
    Ok(show(row))
}

/// The stored files stay while an order's snapshot may show them.
pub async fn remove_image(ctx: &Ctx, actor: &Actor, product: ProductId, image: ImageId) -> Result<()> {
    let store = actor.store(Permission::ProductManage)?;
    own(ctx, store, product).await?;
    transact(ctx, |tx| async move {
        lock(&tx, product, ctx).await?;
        let gone = images(&tx, product).await?.into_iter().find(|i| i.id == image).ok_or(Error::NotFound(Noun::Image))?;
        variant::Entity::update_many()
            .col_expr(variant::Column::ImageKey, Expr::value(None::<String>))
            .filter(variant::Column::ProductId.eq(product))
            .filter(variant::Column::ImageKey.eq(&gone.image_key))
            .exec(&*tx)
            .await?;
        gone.delete(&*tx).await?;
        show_first(&tx, product).await
    })
    .await
}

fn check_alt(alt: &str) -> Result<String> {
    let mut checks = Checks::new();
    let alt = checks.optional_line("alt", alt, 200);
    Ok(checks.finish(alt)?)
}

async fn own(ctx: &Ctx, store: StoreId, id: ProductId) -> Result<()> {
    let row = product::Entity::find_by_id(id).filter(product::Column::StoreId.eq(store)).one(&ctx.db).await?;
    row.map(drop).ok_or_else(|| Error::NotFound(Noun::Product).into())
}

/// Serializes changes to one product's pictures: the count and the positions are read afterwards.
async fn lock(tx: &Tx, id: ProductId, ctx: &Ctx) -> Result<()> {
    let touched = product::ActiveModel { id: Set(id), updated_at: Set(ctx.now()), ..Default::default() };
    touched.update(&**tx).await?;
    Ok(())
}

async fn images(tx: &Tx, product: ProductId) -> Result<Vec<product_image::Model>> {
    Ok(product_image::Entity::find()
        .filter(product_image::Column::ProductId.eq(product))
        .order_by_asc(product_image::Column::Position)
        .all(&**tx)
        .await?)
}

async fn show_first(tx: &Tx, id: ProductId) -> Result<()> {
    let key = images(tx, id).await?.into_iter().next().map(|i| i.image_key);
    let row = product::ActiveModel { id: Set(id), image_key: Set(key), ..Default::default() };
    row.update(&**tx).await?;
    Ok(())
}
