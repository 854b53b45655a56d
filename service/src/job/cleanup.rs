//! Removes what nobody can need any more, each part on its own. Orders, money, signed webhooks and the audit
//! trail stay for ever.

use super::Outcome;
use crate::db::dialect::is_postgres;
use crate::{Ctx, Result, db, identity};
use chrono::{DateTime, TimeDelta, Utc};
use domain::webhook::WebhookState;
use entity::{cart, email, idempotency_key, job_run, outbox, refresh_token, session, webhook};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
};

/// Nobody repeats a request later.
const IDEMPOTENCY_KEYS: TimeDelta = TimeDelta::hours(48);
/// A guest who has not come back by then does not.
const GUEST_CARTS: TimeDelta = TimeDelta::days(60);
/// After its end a session tells for a while who was signed in where.
const SESSIONS: TimeDelta = TimeDelta::days(30);
/// The page of jobs shows the latest few.
const JOB_RUNS: TimeDelta = TimeDelta::days(30);
/// Anybody can send what is not signed: it is kept for looking at, not for ever.
const FORGED_WEBHOOKS: TimeDelta = TimeDelta::days(14);
/// They are throttled by address, but there are many addresses.
const MOST_FORGED: u64 = 10_000;
/// Long enough to follow what happened to an order; its own history stays.
const EVENTS: TimeDelta = TimeDelta::days(30);
/// What was written to somebody is asked about while their order can be disputed. That it was written stays.
const LETTERS: TimeDelta = TimeDelta::days(90);
/// The outbox knows what became of an event; the queue need not.
const QUEUE: TimeDelta = TimeDelta::days(1);

pub(super) async fn run(ctx: &Ctx) -> Result<Outcome> {
    let now = ctx.now();
    let guests = Condition::all().add(cart::Column::UserId.is_null()).add(cart::Column::UpdatedAt.lt(now - GUEST_CARTS));
    let keys = idempotency_key::Column::CreatedAt.lt(now - IDEMPOTENCY_KEYS);
    let parts = [
        ("idempotency keys", db::remove::<idempotency_key::Entity>(ctx, keys).await),
        ("guest carts", db::remove::<cart::Entity>(ctx, guests).await),
        ("refresh tokens", db::remove::<refresh_token::Entity>(ctx, refresh_token::Column::ExpiresAt.lt(now)).await),
        ("sessions", db::remove::<session::Entity>(ctx, session::Column::ExpiresAt.lt(now - SESSIONS)).await),
        ("links", identity::forget_old_links(ctx).await),
        ("job runs", db::remove::<job_run::Entity>(ctx, job_run::Column::StartedAt.lt(now - JOB_RUNS)).await),
        ("forged webhooks", forget_forged(ctx).await),
        ("events", db::remove::<outbox::Entity>(ctx, outbox::Column::DoneAt.lt(now - EVENTS)).await),
        ("texts of letters", blank_letters(ctx).await),
        ("queued jobs", forget_ended_jobs(ctx).await),
        ("statistics", db::refresh_statistics(&ctx.db).await.map(|()| 0)),
    ];
    Ok(outcome(parts))
}

fn outcome(parts: impl IntoIterator<Item = (&'static str, Result<u64>)>) -> Outcome {
    let (mut removed, mut failed) = (vec![], vec![]);
    for (what, result) in parts {
        match result {
            Ok(0) => {}
            Ok(count) => removed.push(format!("{count} {what}")),
            Err(error) => {
                tracing::error!(part = what, cause = %error, "could not be cleaned up");
                failed.push(what);
            }
        }
    }
    let removed = if removed.is_empty() { "nothing removed".into() } else { format!("{} removed", removed.join(", ")) };
    if failed.is_empty() {
        return removed.into();
    }
    Outcome { text: format!("{removed}, {} failed: {}", failed.len(), failed.join(", ")), is_failed: true }
}

/// Letters that were sent long ago keep who got which, not what they said.
async fn blank_letters(ctx: &Ctx) -> Result<u64> {
    use email::Column as C;
    let old = email::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::BlankedAt.is_null())
        .filter(C::SentAt.is_not_null())
        .filter(C::CreatedAt.lt(ctx.now() - LETTERS))
        .limit(db::REMOVED_AT_ONCE)
        .into_query();
    let mut blanked = 0;
    loop {
        let done = email::Entity::update_many()
            .col_expr(C::Html, Expr::value(""))
            .col_expr(C::Body, Expr::value(""))
            .col_expr(C::BlankedAt, Expr::value(ctx.now()))
            .filter(C::Id.in_subquery(old.clone()))
            .exec(&ctx.db)
            .await?
            .rows_affected;
        blanked += done;
        if done < db::REMOVED_AT_ONCE {
            return Ok(blanked);
        }
    }
}

/// The queue's library never removes what it has ended. Its tables are there once a server ran.
async fn forget_ended_jobs(ctx: &Ctx) -> Result<u64> {
    let before = ctx.now() - QUEUE;
    let is_postgres = is_postgres(&ctx.db);
    let (known, table, before) = if is_postgres {
        ("SELECT 1 WHERE to_regclass('apalis.jobs') IS NOT NULL", "apalis.jobs", before.into())
    } else {
        ("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'Jobs'", "Jobs", before.timestamp().into())
    };
    let backend = ctx.db.get_database_backend();
    if ctx.db.query_one_raw(Statement::from_string(backend, known)).await?.is_none() {
        return Ok(0);
    }
    let mark = if is_postgres { "$1" } else { "?" };
    let sql = format!(
        "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE status IN ('Done', 'Failed', 'Killed') \
         AND done_at < {mark} LIMIT {})",
        db::REMOVED_AT_ONCE
    );
    let statement = Statement::from_sql_and_values(backend, sql, [before]);
    let mut removed = 0;
    loop {
        let done = ctx.db.execute_raw(statement.clone()).await?.rows_affected();
        removed += done;
        if done < db::REMOVED_AT_ONCE {
            return Ok(removed);
        }
    }
}

/// Those that are old, and the oldest where there are too many.
async fn forget_forged(ctx: &Ctx) -> Result<u64> {
    use webhook::Column as C;
    let too_many: Option<DateTime<Utc>> = webhook::Entity::find()
        .select_only()
        .column(C::ReceivedAt)
        .filter(C::State.eq(WebhookState::Forged))
        .order_by_desc(C::ReceivedAt)
        .offset(MOST_FORGED)
        .limit(1)
        .into_tuple()
        .one(&ctx.db)
        .await?;
    let too_old = ctx.now() - FORGED_WEBHOOKS;
    let oldest = too_many.map_or(too_old, |at| at.max(too_old));
    let forged = Condition::all().add(C::State.eq(WebhookState::Forged)).add(C::ReceivedAt.lt(oldest));
    db::remove::<webhook::Entity>(ctx, forged).await
}
