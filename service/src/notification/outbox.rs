//! The outbox as the relay and the workers see it. It alone decides when an event is tried: the queue
//! carries each handing out once.

use crate::db::transact;
use crate::event::Event;
use crate::{Ctx, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::EventId;
use entity::outbox::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};

/// After this long an event that was handed out and is not done is taken for lost (a crash), and
/// handed out again.
const LOST_AFTER: TimeDelta = TimeDelta::minutes(2);
/// Tries before an event becomes a dead letter: with their pauses, most of a day.
pub const MAX_ATTEMPTS: i32 = 30;

/// How long an event waits after so many failed tries: a second, then three times as long each
/// time, at most an hour. Longer together than what a killed worker had in hand stays with it.
fn pause(failed: i32) -> TimeDelta {
    let exponent = u32::try_from(failed - 1).unwrap_or_default();
    TimeDelta::seconds(3_i64.saturating_pow(exponent).min(3600))
}

/// Events to hand to the queue, longest due first, each with a key that is new for every handing out.
pub async fn claim_due(ctx: &Ctx, limit: u64) -> Result<Vec<(EventId, String)>> {
    let rows = outbox::Entity::find()
        .filter(C::DoneAt.is_null())
        .filter(C::DeadAt.is_null())
        .filter(C::DueAt.lte(ctx.now()))
        .order_by_asc(C::DueAt)
        .order_by_asc(C::Id)
        .limit(limit)
        .all(&ctx.db)
        .await?;
    Ok(rows.iter().map(|row| (row.id, format!("{}:{}", row.id, row.due_at.timestamp_micros()))).collect())
}

/// How many events the queue has for their first try. What is tried again is not counted: an outage
/// of the mail server must not hold up everything else.
pub async fn in_hand(ctx: &Ctx) -> Result<u64> {
    let open = outbox::Entity::find().filter(C::DoneAt.is_null()).filter(C::DeadAt.is_null());
    let handed = open.filter(C::DueAt.gt(ctx.now())).filter(C::HandedAt.is_not_null());
    Ok(handed.filter(C::Attempts.eq(0)).count(&ctx.db).await?)
}

/// The queue has them. Those a worker has already tried keep the time it set.
pub async fn mark_dispatched(ctx: &Ctx, ids: &[EventId]) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(C::DueAt, Expr::value(ctx.now() + LOST_AFTER))
        .col_expr(C::HandedAt, Expr::value(ctx.now()))
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(C::DueAt.lte(ctx.now()))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// A worker has it in hand still: it is not taken for lost yet.
pub async fn keep(ctx: &Ctx, id: EventId) -> Result<()> {
    let later = outbox::Entity::update_many()
        .col_expr(C::DueAt, Expr::value(ctx.now() + LOST_AFTER))
        .col_expr(C::HandedAt, Expr::value(ctx.now()));
    later.filter(C::Id.eq(id)).filter(C::DoneAt.is_null()).exec(&ctx.db).await?;
    Ok(())
}

/// Open events due by that moment, which may lie ahead of the present, and in nobody's hands now;
/// longest due first, those behind `after` (an earlier answer's last).
pub async fn open_until(
    ctx: &Ctx,
    until: DateTime<Utc>,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: u64,
) -> Result<Vec<(DateTime<Utc>, EventId)>> {
    let mut due = outbox::Entity::find()
        .select_only()
        .columns([C::DueAt, C::Id])
        .filter(free_by(ctx, until))
        .order_by_asc(C::DueAt)
        .order_by_asc(C::Id)
        .limit(limit);
    if let Some((at, id)) = after {
        let same = Condition::all().add(C::DueAt.eq(at)).add(C::Id.gt(id));
        due = due.filter(Condition::any().add(C::DueAt.gt(at)).add(same));
    }
    Ok(due.into_tuple().all(&ctx.db).await?)
}

/// Takes one of them in hand, unless somebody else was faster.
pub async fn take(ctx: &Ctx, id: EventId, until: DateTime<Utc>) -> Result<bool> {
    let taken = outbox::Entity::update_many()
        .col_expr(C::DueAt, Expr::value(ctx.now() + LOST_AFTER))
        .col_expr(C::HandedAt, Expr::value(ctx.now()))
        .filter(C::Id.eq(id))
        .filter(free_by(ctx, until));
    Ok(taken.exec(&ctx.db).await?.rows_affected == 1)
}

fn free_by(ctx: &Ctx, until: DateTime<Utc>) -> Condition {
    let free = Condition::any().add(C::HandedAt.is_null()).add(C::HandedAt.lte(ctx.now() - LOST_AFTER));
    Condition::all().add(C::DoneAt.is_null()).add(C::DeadAt.is_null()).add(C::DueAt.lte(until)).add(free)
}

/// The event, unless it is done or dead, or has failed and waits for its next try: then it was handed out
/// twice, and this is the other time. One that cannot be read is refused for good.
pub async fn open_event(ctx: &Ctx, id: EventId) -> Result<Option<Event>> {
    let row = outbox::Entity::find_by_id(id).one(&ctx.db).await?;
    let is_open = |r: &outbox::Model| r.done_at.is_none() && r.dead_at.is_none();
    let waits = |r: &outbox::Model| r.attempts > 0 && r.handed_at.is_none() && r.due_at > ctx.now();
    let Some(row) = row.filter(|r| is_open(r) && !waits(r)) else { return Ok(None) };
    let event = serde_json::from_value(row.payload);
    event.map(Some).map_err(|error| Error::refused("outbox", format!("{} cannot be read: {error}", row.kind)))
}

pub async fn finish(ctx: &Ctx, id: EventId) -> Result<()> {
    outbox::Entity::update_many().col_expr(C::DoneAt, Expr::value(ctx.now())).filter(C::Id.eq(id)).exec(&ctx.db).await?;
    Ok(())
}

/// Notes a failed try and when the next one is; after the last one, or when more are no use, the
/// event is a dead letter. Answers whether it is.
pub async fn record_failure(ctx: &Ctx, id: EventId, error: &Error) -> Result<bool> {
    let text = &error.to_string();
    transact(ctx, |tx| async move {
        let row = outbox::Entity::find_by_id(id).one(&*tx).await?;
        let Some(row) = row.filter(|r| r.done_at.is_none() && r.dead_at.is_none()) else { return Ok(false) };
        let attempts = row.attempts + 1;
        let is_dead = error.is_final() || attempts >= MAX_ATTEMPTS;
        let mut row = row.into_active_model();
        row.attempts = Set(attempts);
        row.last_error = Set(Some(text.clone()));
        row.due_at = Set(ctx.now() + pause(attempts));
        row.dead_at = Set(is_dead.then(|| ctx.now()));
        row.handed_at = Set(None);
        row.update(&*tx).await?;
        Ok(is_dead)
    })
    .await
}
