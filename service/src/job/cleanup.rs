//! Removes what nobody can need any more.

use crate::{Ctx, Result, db, identity};
use chrono::{DateTime, TimeDelta, Utc};
use domain::webhook::WebhookState;
use entity::{cart, idempotency_key, job_run, refresh_token, webhook};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Forged webhooks that are kept: throttled by address, but there are many addresses.
const FORGED: u64 = 10_000;

pub(super) async fn run(ctx: &Ctx) -> Result<String> {
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
    let runs =
        job_run::Entity::delete_many().filter(job_run::Column::StartedAt.lt(now - TimeDelta::days(30))).exec(&ctx.db).await?;
    // Anybody can send what is not signed: it is kept for looking at, not for ever.
    let forged = webhook::Entity::delete_many()
        .filter(webhook::Column::State.eq(WebhookState::Forged))
        .filter(webhook::Column::ReceivedAt.lt(oldest_forged(ctx).await?))
        .exec(&ctx.db)
        .await?
        .rows_affected;
    let links = identity::forget_old_links(ctx).await?;
    db::refresh_statistics(&ctx.db).await?;
    let (keys, carts, tokens, runs) = (keys.rows_affected, carts.rows_affected, tokens.rows_affected, runs.rows_affected);
    Ok(format!(
        "{keys} idempotency keys, {carts} guest carts, {tokens} refresh tokens, {links} links, {runs} job runs, \
         {forged} forged webhooks removed"
    ))
}

/// Older ones go: two weeks, or the most that are kept.
async fn oldest_forged(ctx: &Ctx) -> Result<DateTime<Utc>> {
    let too_many: Option<DateTime<Utc>> = webhook::Entity::find()
        .select_only()
        .column(webhook::Column::ReceivedAt)
        .filter(webhook::Column::State.eq(WebhookState::Forged))
        .order_by_desc(webhook::Column::ReceivedAt)
        .offset(FORGED)
        .limit(1)
        .into_tuple()
        .one(&ctx.db)
        .await?;
    let too_old = ctx.now() - TimeDelta::days(14);
    Ok(too_many.map_or(too_old, |at| at.max(too_old)))
}
