//! Buyers are asked for a review some days after delivery, once per order.

use crate::db::transact;
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::id::OrderId;
use domain::order::OrderStatus;
use entity::{order, review_invitation};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Time to try what was bought.
const AFTER: TimeDelta = TimeDelta::days(3);
/// Later nobody remembers.
const AT_MOST: TimeDelta = TimeDelta::days(14);

/// Invites the buyers of what was delivered some days ago; each order on its own.
pub async fn invite_reviews(ctx: &Ctx) -> Result<Tally> {
    let invited = Query::select().column(review_invitation::Column::OrderId).from(review_invitation::Entity).to_owned();
    let due: Vec<OrderId> = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::Status.eq(OrderStatus::Delivered))
        .filter(order::Column::DeliveredAt.lte(ctx.now() - AFTER))
        .filter(order::Column::DeliveredAt.gt(ctx.now() - AT_MOST))
        .filter(order::Column::Id.not_in_subquery(invited))
        .order_by_asc(order::Column::DeliveredAt)
        .limit(5_000)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut count = Tally::default();
    for id in due {
        let invited = invite(ctx, id).await;
        if let Err(error) = &invited {
            tracing::error!(order = %id, cause = %error, "buyer could not be invited");
        }
        count.count(id, &invited);
    }
    Ok(count)
}

async fn invite(ctx: &Ctx, order: OrderId) -> Result<bool> {
    transact(ctx, |tx| async move {
        let row = review_invitation::ActiveModel { order_id: Set(order), created_at: Set(ctx.now()) };
        let new = review_invitation::Entity::insert(row)
            .on_conflict(OnConflict::column(review_invitation::Column::OrderId).do_nothing().to_owned())
            .exec_without_returning(&*tx)
            .await?;
        if new == 1 {
            emit(&*tx, ctx.now(), Event::ReviewInvited { order }).await?;
        }
        Ok(new == 1)
    })
    .await
}
