//! Quick update: the seller says what is on the shelf, the difference is booked.

use super::{query, set_on_hand};
use crate::db::{dialect, transact};
use crate::{Actor, Ctx, Error as Fault, Result};
use domain::id::VariantId;
use domain::identity::Permission;
use domain::inventory::{StockCount, StockRow};
use domain::{Error, Noun};
use entity::{stock_level, warehouse};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};

pub async fn count(ctx: &Ctx, actor: &Actor, variant: VariantId, input: StockCount) -> Result<StockRow> {
    let store = actor.store(Permission::InventoryAdjust)?;
    let user = actor.user()?.id;
    let input = &input.check()?;
    let level = transact(ctx, |tx| async move {
        let mut place = warehouse::Entity::find().filter(warehouse::Column::StoreId.eq(store));
        place = match &input.warehouse {
            Some(code) => place.filter(warehouse::Column::Code.eq(code)),
            None => place.filter(warehouse::Column::IsDefault.eq(true)),
        };
        let place = place.one(&*tx).await?.ok_or(Error::NotFound(Noun::Warehouse))?;
        let mut level = stock_level::Entity::find_by_id((variant, place.id)).filter(stock_level::Column::StoreId.eq(store));
        if dialect::is_postgres(&*tx) {
            level = level.lock_exclusive();
        }
        let mut level = level.one(&*tx).await?.ok_or(Error::NotFound(Noun::Variant))?;
        if let Some(threshold) = input.low_stock_threshold {
            let mut row = level.into_active_model();
            row.low_stock_threshold = Set(threshold);
            level = row.update(&*tx).await?;
        }
        set_on_hand(&*tx, ctx.now(), &level, input.on_hand, input.reason.clone(), user).await
    })
    .await?;
    let row = query::show(ctx, vec![level]).await?.into_iter().next();
    row.ok_or_else(|| Fault::fault("stock level without a variant"))
}
