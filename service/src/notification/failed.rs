//! Events that failed, as the administration sees them: given up, or to be tried again later.

use crate::audit::{self, Deed};
use crate::db::{Tx, transact};
use crate::identity::SignedIn;
use crate::{Actor, Ctx, Result};
use domain::Noun;
use domain::admin::{FAILED_SHOWN, FailedAfter, FailedEvent};
use domain::id::EventId;
use domain::identity::Permission;
use entity::outbox::{self, Column as C};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use serde_json::{Value, json};

/// Events retried in a transaction.
const RETRIED_AT_ONCE: u64 = 100;

fn failed() -> Select<outbox::Entity> {
    let is_failed = Condition::any().add(C::DeadAt.is_not_null()).add(C::Attempts.gt(0));
    outbox::Entity::find().filter(C::DoneAt.is_null()).filter(is_failed)
}

/// Events with a failed try that are not done: those given up first, each newest first, so many at a time
/// ([`FAILED_SHOWN`]); the next behind `after`.
pub async fn failed_events(ctx: &Ctx, actor: &Actor, after: Option<FailedAfter>) -> Result<Vec<FailedEvent>> {
    actor.require(Permission::JobManage)?;
    let part = |is_given_up: bool, shown: usize| {
        let group = if is_given_up { C::DeadAt.is_not_null() } else { C::DeadAt.is_null() };
        let behind = after.filter(|after| after.is_given_up == is_given_up);
        let rows = failed().filter(group).order_by_desc(C::Id).limit((FAILED_SHOWN - shown) as u64);
        behind.into_iter().fold(rows, |rows, after| rows.filter(C::Id.lt(after.id)))
    };
    let mut rows = vec![];
    if after.is_none_or(|after| after.is_given_up) {
        rows = part(true, 0).all(&ctx.db).await?;
    }
    if rows.len() < FAILED_SHOWN {
        rows.extend(part(false, rows.len()).all(&ctx.db).await?);
    }
    let show = |row: outbox::Model| FailedEvent {
        id: row.id,
        kind: row.kind,
        about: about(&row.payload),
        attempts: row.attempts,
        created_at: row.created_at,
        last_error: row.last_error.unwrap_or_default(),
        next_try_at: row.dead_at.is_none().then_some(row.due_at),
        dead_at: row.dead_at,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// The ids an event carries, by name: what is searched for in the books and the log.
fn about(payload: &Value) -> String {
    let fields = payload.as_object().into_iter().flatten().filter(|(name, _)| !matches!(name.as_str(), "kind" | "link"));
    let words = fields.filter_map(|(name, value)| value.as_str().map(|value| format!("{name} {value}")));
    words.collect::<Vec<_>>().join(", ")
}

/// Tries an event again now; one that was given up gets all its tries back.
pub async fn retry_event(ctx: &Ctx, actor: &Actor, id: EventId) -> Result<()> {
    let by = actor.require(Permission::JobManage)?;
    transact(ctx, |tx| async move {
        let row = failed().filter(C::Id.eq(id)).one(&*tx).await?;
        retry(ctx, &tx, by, row.ok_or(domain::Error::NotFound(Noun::Event))?).await
    })
    .await
}

/// The same for all of them, each audited, some in a transaction: what fails later keeps what was done.
/// Answers how many.
pub async fn retry_all_events(ctx: &Ctx, actor: &Actor) -> Result<u64> {
    let by = actor.require(Permission::JobManage)?;
    let (mut count, mut after) = (0, None::<EventId>);
    loop {
        let retried = transact(ctx, |tx| async move {
            let rows = failed().order_by_asc(C::Id).limit(RETRIED_AT_ONCE);
            let rows = after.into_iter().fold(rows, |rows, after| rows.filter(C::Id.gt(after))).all(&*tx).await?;
            let last = rows.last().map(|row| (row.id, rows.len() as u64));
            for row in rows {
                retry(ctx, &tx, by, row).await?;
            }
            Ok(last)
        });
        let Some((last, retried)) = retried.await? else { return Ok(count) };
        count += retried;
        after = Some(last);
    }
}

async fn retry(ctx: &Ctx, tx: &Tx, by: &SignedIn, row: outbox::Model) -> Result<()> {
    let attempts = if row.dead_at.is_some() { 0 } else { row.attempts };
    let deed = Deed {
        action: "event.retry",
        subject: "event",
        subject_id: row.id.to_string(),
        before: json!({ "kind": row.kind, "attempts": row.attempts, "last_error": row.last_error, "dead_at": row.dead_at }),
        after: json!({ "attempts": attempts, "dead_at": null }),
    };
    let mut row = row.into_active_model();
    row.dead_at = Set(None);
    row.attempts = Set(attempts);
    row.due_at = Set(ctx.now());
    row.handed_at = Set(None);
    row.update(&**tx).await?;
    audit::record(ctx, tx, by, deed).await
}
