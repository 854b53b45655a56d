//! The outbox as the relay and the workers see it.

use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::event::Event;
use crate::identity::SignedIn;
use crate::{Actor, Ctx, Error, Result};
use chrono::TimeDelta;
use domain::Noun;
use domain::admin::DeadLetter;
use domain::id::EventId;
use domain::identity::Permission;
use entity::outbox::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;

/// After this long a dispatched event that is not done is taken for lost (a crash) and handed out
/// again.
const LOST_AFTER: TimeDelta = TimeDelta::minutes(2);
/// Tries before an event becomes a dead letter.
pub const MAX_ATTEMPTS: i32 = 5;

/// Events to hand to the queue, oldest first, each with a key that is new for every handing out.
pub async fn claim_due(ctx: &Ctx, limit: u64) -> Result<Vec<(EventId, String)>> {
    let lost = ctx.now() - LOST_AFTER;
    let rows = outbox::Entity::find()
        .filter(C::DoneAt.is_null())
        .filter(C::DeadAt.is_null())
        .filter(Condition::any().add(C::DispatchedAt.is_null()).add(C::DispatchedAt.lt(lost)))
        .order_by_asc(C::Id)
        .limit(limit)
        .all(&ctx.db)
        .await?;
    let key = |row: &outbox::Model| match row.dispatched_at {
        None => row.id.to_string(),
        Some(at) => format!("{}:{}", row.id, at.timestamp()),
    };
    Ok(rows.iter().map(|row| (row.id, key(row))).collect())
}

/// The queue has it.
pub async fn mark_dispatched(ctx: &Ctx, ids: &[EventId]) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(C::DispatchedAt, Expr::value(ctx.now()))
        .filter(C::Id.is_in(ids.iter().copied()))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// The event, unless it is done or dead.
pub async fn open_event(ctx: &Ctx, id: EventId) -> Result<Option<Event>> {
    let row = outbox::Entity::find_by_id(id).one(&ctx.db).await?;
    let Some(row) = row.filter(|r| r.done_at.is_none() && r.dead_at.is_none()) else { return Ok(None) };
    Ok(Some(serde_json::from_value(row.payload)?))
}

pub async fn finish(ctx: &Ctx, id: EventId) -> Result<()> {
    outbox::Entity::update_many().col_expr(C::DoneAt, Expr::value(ctx.now())).filter(C::Id.eq(id)).exec(&ctx.db).await?;
    Ok(())
}

/// Notes a failed try; after the last one, or when more are no use, the event is a dead letter.
/// Answers whether it is.
pub async fn record_failure(ctx: &Ctx, id: EventId, error: &Error) -> Result<bool> {
    let text = error.to_string();
    let text = &text;
    transact(ctx, |tx| async move {
        outbox::Entity::update_many()
            .col_expr(C::Attempts, Expr::col(C::Attempts).add(1))
            .col_expr(C::LastError, Expr::value(text.clone()))
            .filter(C::Id.eq(id))
            .exec(&*tx)
            .await?;
        let tries = if error.is_final() { 1 } else { MAX_ATTEMPTS };
        let dead = outbox::Entity::update_many()
            .col_expr(C::DeadAt, Expr::value(ctx.now()))
            .filter(C::Id.eq(id))
            .filter(C::Attempts.gte(tries))
            .exec(&*tx)
            .await?;
        Ok(dead.rows_affected == 1)
    })
    .await
}

/// Events that were given up, newest first.
pub async fn dead_letters(ctx: &Ctx, actor: &Actor) -> Result<Vec<DeadLetter>> {
    actor.require(Permission::JobManage)?;
    let rows = outbox::Entity::find().filter(C::DeadAt.is_not_null()).order_by_desc(C::DeadAt).limit(200).all(&ctx.db).await?;
    let show = |row: outbox::Model| DeadLetter {
        id: row.id,
        kind: row.kind,
        attempts: row.attempts,
        created_at: row.created_at,
        last_error: row.last_error.unwrap_or_default(),
        dead_at: row.dead_at.unwrap_or(row.created_at),
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Gives a dead letter its tries back.
pub async fn retry_dead(ctx: &Ctx, actor: &Actor, id: EventId) -> Result<()> {
    let by = actor.require(Permission::JobManage)?;
    transact(ctx, |tx| async move {
        let row = outbox::Entity::find_by_id(id).filter(C::DeadAt.is_not_null()).one(&*tx).await?;
        revive(ctx, &tx, by, row.ok_or(domain::Error::NotFound(Noun::Event))?).await
    })
    .await
}

/// The same for all of them, each audited; answers how many.
pub async fn retry_all_dead(ctx: &Ctx, actor: &Actor) -> Result<u64> {
    let by = actor.require(Permission::JobManage)?;
    transact(ctx, |tx| async move {
        let rows = outbox::Entity::find().filter(C::DeadAt.is_not_null()).order_by_asc(C::Id).all(&*tx).await?;
        let count = rows.len() as u64;
        for row in rows {
            revive(ctx, &tx, by, row).await?;
        }
        Ok(count)
    })
    .await
}

async fn revive(ctx: &Ctx, tx: &Tx, by: &SignedIn, row: outbox::Model) -> Result<()> {
    let deed = Deed {
        action: "event.retry",
        subject: "event",
        subject_id: row.id.to_string(),
        before: json!({ "kind": row.kind, "attempts": row.attempts, "last_error": row.last_error, "dead_at": row.dead_at }),
        after: json!({ "attempts": 0, "dead_at": null }),
    };
    let mut row = row.into_active_model();
    row.dead_at = Set(None);
    row.attempts = Set(0);
    // Long ago: handed out again under a new key.
    row.dispatched_at = Set(Some(ctx.now() - LOST_AFTER - TimeDelta::seconds(1)));
    row.update(&**tx).await?;
    audit::record(ctx, tx, by, deed).await
}
