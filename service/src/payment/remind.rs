//! Reminds buyers who have not paid, once, before their orders are cancelled.

use crate::db::transact;
use crate::event::{Event, emit};
use crate::job::Tally;
use crate::{Ctx, Result};
use domain::id::PaymentId;
use domain::payment::{COD, PaymentStatus};
use entity::payment::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Reminders written per run; the next run goes on.
const BATCH: u64 = 1_000;

/// Writes the reminders that are due, each in a transaction of its own.
pub async fn remind_unpaid(ctx: &Ctx) -> Result<Tally> {
    let now = ctx.now();
    let due = payment::Entity::find()
        .filter(C::Status.eq(PaymentStatus::Pending))
        .filter(C::RemindedAt.is_null())
        .filter(C::Gateway.ne(COD))
        .filter(C::ExpiresAt.gt(now))
        .filter(C::ExpiresAt.lte(now + ctx.settings.remind_before))
        .order_by_asc(C::ExpiresAt)
        .limit(BATCH)
        .all(&ctx.db)
        .await?;
    let mut written = Tally::default();
    // Who was given less time than that before the end has only just been asked to pay.
    for row in due.into_iter().filter(|p| now - p.created_at >= (p.expires_at - p.created_at) / 2) {
        let reminded = remind(ctx, row.id).await;
        if let Err(error) = &reminded {
            tracing::error!(payment = %row.id, cause = %error, "buyer could not be reminded");
        }
        written.count(row.id, &reminded);
    }
    Ok(written)
}

/// Once per payment: the mark and the letter are one transaction.
async fn remind(ctx: &Ctx, id: PaymentId) -> Result<bool> {
    let now = ctx.now();
    transact(ctx, |tx| async move {
        let marked = payment::Entity::update_many()
            .col_expr(C::RemindedAt, Expr::value(now))
            .filter(C::Id.eq(id))
            .filter(C::Status.eq(PaymentStatus::Pending))
            .filter(C::RemindedAt.is_null())
            .exec(&*tx)
            .await?;
        if marked.rows_affected == 1 {
            emit(&*tx, now, Event::PaymentDue { payment: id }).await?;
        }
        Ok(marked.rows_affected == 1)
    })
    .await
}
