//! Jobs by name: what schedules run, and what an operator runs by hand for any moment.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::EventId;
use entity::{cart, idempotency_key, refresh_token};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service::{Ctx, Error, Result, notification, order, payment};

/// Every job there is.
pub const JOBS: &[&str] = &["weekly-report", "auto-cancel", "auto-complete", "reconcile-payments", "cleanup"];

/// Runs one job at the context's present; answers what it did.
pub(super) async fn run(ctx: &Ctx, name: &str) -> Result<String> {
    match name {
        "weekly-report" => Ok(format!("{} reports sent", notification::send_weekly_reports(ctx).await?)),
        "auto-cancel" => Ok(format!("{} payments expired", payment::auto_cancel(ctx).await?)),
        "auto-complete" => Ok(format!("{} orders completed", order::auto_complete(ctx).await?)),
        "reconcile-payments" => Ok(format!("{} payments changed", payment::reconcile(ctx).await?)),
        "cleanup" => cleanup(ctx).await,
        other => Err(Error::fault(format!("no job `{other}`; there are: {}", JOBS.join(", ")))),
    }
}

/// `belanjain jobs run <name> [--now …]`: the job at that moment, then everything it put into the
/// outbox, so that it is done when the command returns, whether a server runs or not.
pub async fn run_by_hand(ctx: &Ctx, name: &str, now: Option<DateTime<Utc>>) -> Result<String> {
    let at = now.map_or_else(|| ctx.clone(), |now| ctx.at(now));
    let outcome = run(&at, name).await?;
    drain(&at).await?;
    Ok(outcome)
}

/// Handles everything in the outbox now. Events a worker has in hand are left to it.
pub async fn drain(ctx: &Ctx) -> Result<()> {
    loop {
        let due = notification::claim_due(ctx, 100).await?;
        if due.is_empty() {
            return Ok(());
        }
        let ids: Vec<EventId> = due.into_iter().map(|(id, _)| id).collect();
        notification::mark_dispatched(ctx, &ids).await?;
        for id in ids {
            if let Err(error) = handle(ctx, id).await {
                tracing::warn!(event = %id, cause = %error, "event failed");
            }
        }
    }
}

/// Handles one event and notes the outcome.
pub(super) async fn handle(ctx: &Ctx, id: EventId) -> Result<()> {
    let Some(event) = notification::open_event(ctx, id).await? else { return Ok(()) };
    match notification::handle(ctx, id, &event).await {
        Ok(()) => notification::finish(ctx, id).await,
        Err(error) => {
            if notification::record_failure(ctx, id, &error).await? {
                tracing::error!(event = %id, kind = event.name(), cause = %error, "event given up: dead letter");
            }
            Err(error)
        }
    }
}

/// What nobody can need any more.
async fn cleanup(ctx: &Ctx) -> Result<String> {
    let now = ctx.now();
    let keys = idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::CreatedAt.lt(now - TimeDelta::hours(48)))
        .exec(&ctx.db)
        .await?;
    let carts = cart::Entity::delete_many()
        .filter(cart::Column::UserId.is_null())
        .filter(cart::Column::UpdatedAt.lt(now - TimeDelta::days(60)))
        .exec(&ctx.db)
        .await?;
    let tokens = refresh_token::Entity::delete_many().filter(refresh_token::Column::ExpiresAt.lt(now)).exec(&ctx.db).await?;
    let links = service::identity::forget_old_links(ctx).await?;
    service::db::refresh_statistics(&ctx.db).await?;
    let (keys, carts, tokens) = (keys.rows_affected, carts.rows_affected, tokens.rows_affected);
    Ok(format!("{keys} idempotency keys, {carts} guest carts, {tokens} refresh tokens, {links} links removed"))
}
