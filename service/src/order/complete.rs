//! Shipped orders nobody complains about are complete after a week.

use super::command::deliver;
use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::id::OrderId;
use domain::order::{OrderStatus, Party};
use entity::order;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Days after dispatch.
const AFTER_DAYS: i64 = 7;

/// Delivers what was shipped long ago; each order on its own. Answers how many.
pub async fn auto_complete(ctx: &Ctx) -> Result<u64> {
    let due: Vec<OrderId> = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::Status.eq(OrderStatus::Shipped))
        .filter(order::Column::ShippedAt.lte(ctx.now() - TimeDelta::days(AFTER_DAYS)))
        .order_by_asc(order::Column::ShippedAt)
        .limit(1_000)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut done = 0;
    for id in due {
        let note = Some("selesai otomatis".to_owned());
        match deliver(ctx, id, Party::System, None, note).await {
            Ok(true) => done += 1,
            Ok(false) => {}
            Err(error) => tracing::error!(order = %id, cause = %error, "order could not be completed"),
        }
    }
    Ok(done)
}
