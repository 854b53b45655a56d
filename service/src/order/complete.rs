//! Shipped orders nobody complains about are complete after a week. Their buyers are told a day before.

use super::command::deliver;
use crate::db::transact;
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::id::OrderId;
use domain::order::{OrderStatus, Party, SystemNote};
use entity::order;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Days after dispatch.
const AFTER_DAYS: i64 = 7;

/// Hours before that its buyer is reminded.
const REMIND_HOURS: i64 = 24;

/// Tells buyers that their orders are complete tomorrow unless they complain; once per order, each in
/// a transaction of its own.
pub async fn remind_completion(ctx: &Ctx) -> Result<Tally> {
    use order::Column as C;
    let now = ctx.now();
    let due: Vec<OrderId> = order::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::Status.eq(OrderStatus::Shipped))
        .filter(C::RemindedAt.is_null())
        .filter(C::ShippedAt.lte(now - TimeDelta::days(AFTER_DAYS) + TimeDelta::hours(REMIND_HOURS)))
        .order_by_asc(C::ShippedAt)
        .limit(1_000)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut written = Tally::default();
    for id in due {
        let marked = transact(ctx, |tx| async move {
            let marked = order::Entity::update_many()
                .col_expr(C::RemindedAt, Expr::value(now))
                .filter(C::Id.eq(id))
                .filter(C::Status.eq(OrderStatus::Shipped))
                .filter(C::RemindedAt.is_null())
                .exec(&*tx)
                .await?;
            if marked.rows_affected == 1 {
                emit(&*tx, now, Event::CompletionDue { order: id }).await?;
            }
            Ok(marked.rows_affected == 1)
        });
        let marked = marked.await;
        if let Err(error) = &marked {
            tracing::error!(order = %id, cause = %error, "buyer could not be reminded");
        }
        written.count(id, &marked);
    }
    Ok(written)
}

/// Delivers what was shipped long ago; each order on its own.
pub async fn auto_complete(ctx: &Ctx) -> Result<Tally> {
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
    let mut done = Tally::default();
    for id in due {
        let note = Some(SystemNote::Completed.code().to_owned());
        let delivered = deliver(ctx, id, Party::System, None, note).await;
        if let Err(error) = &delivered {
            tracing::error!(order = %id, cause = %error, "order could not be completed");
        }
        done.count(id, &delivered);
    }
    Ok(done)
}
