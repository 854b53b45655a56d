//! Stores: the public page and the seller's settings.

use crate::audit::{self, Deed};
use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::identity::SignedIn;
use crate::{Actor, Ctx, Result, picture};
use domain::catalog::ProductStatus;
use domain::id::{StoreId, UserId};
use domain::identity::Permission;
use domain::rate::{PPN, TaxMode, TaxRule};
use domain::review::Rating;
use domain::store::{StockPolicy, StoreInput, StoreView, slug};
use domain::{Error, Noun};
use entity::{product, store, warehouse};
use rand::Rng;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, Set,
};
use serde_json::json;

pub async fn find(ctx: &Ctx, slug: &str) -> Result<StoreView> {
    let row = store::Entity::find().filter(store::Column::Slug.eq(slug)).one(&ctx.db).await?;
    show(ctx, row.ok_or(Error::NotFound(Noun::Store))?).await
}

/// The store the caller works in.
pub async fn own(ctx: &Ctx, actor: &Actor) -> Result<StoreView> {
    let id = actor.store(Permission::StoreManage)?;
    let row = store::Entity::find_by_id(id).one(&ctx.db).await?;
    show(ctx, row.ok_or(Error::NotFound(Noun::Store))?).await
}

pub async fn update(ctx: &Ctx, actor: &Actor, input: StoreInput) -> Result<StoreView> {
    let id = actor.store(Permission::StoreManage)?;
    let by = actor.user()?;
    let input = &input.check()?;
    transact(ctx, |tx| async move {
        let row = store::Entity::find_by_id(id).one(&*tx).await?.ok_or(Error::NotFound(Noun::Store))?;
        let mut row = row.into_active_model();
        row.name = Set(input.name.clone());
        row.description = Set(input.description.clone());
        row.location = Set(input.location.clone());
        row.is_open = Set(input.is_open);
        row.stock_policy = Set(input.stock_policy);
        if let Some(tax) = &input.tax {
            change_tax(ctx, &tx, by, &mut row, tax).await?;
        }
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        emit(&*tx, ctx.now(), Event::StoreChanged { store: id }).await?;
        Ok(())
    })
    .await?;
    own(ctx, actor).await
}

/// How the store treats PPN from now on; orders already placed keep theirs.
pub async fn set_tax(ctx: &Ctx, actor: &Actor, rule: TaxRule) -> Result<StoreView> {
    let id = actor.store(Permission::StoreManage)?;
    let by = actor.user()?;
    let rule = &rule.check()?;
    transact(ctx, |tx| async move {
        let row = store::Entity::find_by_id(id).one(&*tx).await?.ok_or(Error::NotFound(Noun::Store))?;
        let mut row = row.into_active_model();
        change_tax(ctx, &tx, by, &mut row, rule).await?;
        row.updated_at = Set(ctx.now());
        row.update(&*tx).await?;
        emit(&*tx, ctx.now(), Event::StoreChanged { store: id }).await?;
        Ok(())
    })
    .await?;
    own(ctx, actor).await
}

/// Every order's books follow from it: who changed it, and from what, stays known.
async fn change_tax(ctx: &Ctx, tx: &Tx, by: &SignedIn, row: &mut store::ActiveModel, rule: &TaxRule) -> Result<()> {
    let (mode, basis_points) = (*row.tax_mode.as_ref(), *row.tax_bps.as_ref());
    if (mode, basis_points) == (rule.mode, rule.basis_points) {
        return Ok(());
    }
    let before = json!({ "mode": mode, "basis_points": basis_points });
    let after = json!({ "mode": rule.mode, "basis_points": rule.basis_points });
    row.tax_mode = Set(rule.mode);
    row.tax_bps = Set(rule.basis_points);
    let subject_id = row.id.as_ref().to_string();
    audit::record(ctx, tx, by, Deed { action: "store.tax", subject: "store", subject_id, before, after }).await
}

/// Opens a store with its default warehouse, in the transaction that registers the seller.
pub(crate) async fn open(ctx: &Ctx, tx: &Tx, owner: UserId, name: &str, location: &str) -> Result<StoreId> {
    let now = ctx.now();
    let id: StoreId = new_id();
    let row = store::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        slug: Set(free_slug(tx, name).await?),
        name: Set(name.to_owned()),
        description: Set(String::new()),
        location: Set(location.to_owned()),
        logo_key: Set(None),
        banner_key: Set(None),
        is_open: Set(true),
        stock_policy: Set(StockPolicy::ReserveAtCheckout),
        utc_offset_hours: Set(7),
        rating_sum: Set(0),
        rating_count: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        tax_mode: Set(TaxMode::None),
        tax_bps: Set(PPN),
    };
    row.insert(&**tx).await?;
    let row = warehouse::ActiveModel {
        id: Set(new_id()),
        store_id: Set(id),
        code: Set("UTAMA".into()),
        name: Set("Gudang utama".into()),
        location: Set(location.to_owned()),
        is_default: Set(true),
        created_at: Set(now),
    };
    row.insert(&**tx).await?;
    Ok(id)
}

/// The name as a slug; with a random tail when it is taken, or when the name leaves nothing (other
/// scripts).
async fn free_slug(tx: &Tx, name: &str) -> Result<String> {
    let wish = slug(name);
    let taken = store::Entity::find().filter(store::Column::Slug.eq(&wish)).count(&**tx).await? > 0;
    if !wish.is_empty() && !taken {
        return Ok(wish);
    }
    let tail = format!("{:08x}", rand::rng().random::<u32>());
    Ok(if wish.is_empty() { format!("toko-{tail}") } else { format!("{wish}-{tail}") })
}

async fn show(ctx: &Ctx, row: store::Model) -> Result<StoreView> {
    let sums: Option<(i64, Option<i64>)> = product::Entity::find()
        .select_only()
        .expr(product::Column::Id.count())
        .expr(Expr::col(product::Column::SoldCount).sum().cast_as("BIGINT"))
        .filter(product::Column::StoreId.eq(row.id))
        .filter(product::Column::Status.eq(ProductStatus::Active))
        .into_tuple()
        .one(&ctx.db)
        .await?;
    let (product_count, sold_count) = sums.map_or((0, 0), |(n, sold)| (n, sold.unwrap_or(0)));
    Ok(StoreView {
        id: row.id,
        slug: row.slug,
        name: row.name,
        description: row.description,
        location: row.location,
        logo_url: row.logo_key.as_deref().map(|key| picture::url(key, "s")),
        banner_url: row.banner_key.as_deref().map(|key| picture::url(key, "l")),
        is_open: row.is_open,
        rating: Rating::average(row.rating_sum, row.rating_count),
        rating_count: row.rating_count,
        product_count,
        sold_count,
        tax: TaxRule { mode: row.tax_mode, basis_points: row.tax_bps },
    })
}
