//! How long the queues of the desk are, how old, and how fast they move.

use crate::{Actor, Ctx, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::desk::{AgentFigures, ProofStatus, QueueFigures};
use domain::id::UserId;
use domain::identity::Permission;
use entity::payment_proof::{self as proof, Column as C};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// What figures look back on.
pub(crate) const LOOK_BACK: TimeDelta = TimeDelta::hours(24);

/// Something an agent did, and the minutes it had waited for them.
pub(crate) struct Deed {
    pub by: UserId,
    pub minutes: i64,
}

/// Of the proofs.
pub async fn figures(ctx: &Ctx, actor: &Actor) -> Result<QueueFigures> {
    let me = actor.require(Permission::PaymentVerify)?.id;
    let waiting = || proof::Entity::find().filter(C::Status.eq(ProofStatus::Waiting));
    let oldest = waiting().order_by_asc(C::SubmittedAt).one(&ctx.db).await?.map(|p| p.submitted_at);
    let decided: Vec<(UserId, DateTime<Utc>, DateTime<Utc>)> = proof::Entity::find()
        .select_only()
        .columns([C::DecidedBy, C::SubmittedAt, C::DecidedAt])
        .filter(C::DecidedAt.gte(ctx.now() - LOOK_BACK))
        .filter(C::DecidedBy.is_not_null())
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let deeds = decided.into_iter().map(|(by, sent, decided)| Deed { by, minutes: (decided - sent).num_minutes() }).collect();
    summarize(ctx, me, waiting().count(&ctx.db).await?, oldest, deeds).await
}

/// Puts the figures of a queue together; `oldest` is since when its oldest one waits.
pub(crate) async fn summarize(
    ctx: &Ctx,
    me: UserId,
    waiting: u64,
    oldest: Option<DateTime<Utc>>,
    deeds: Vec<Deed>,
) -> Result<QueueFigures> {
    let all = deeds.iter().map(|d| d.minutes).collect();
    let mut by_agent: BTreeMap<UserId, Vec<i64>> = BTreeMap::new();
    for deed in deeds {
        by_agent.entry(deed.by).or_default().push(deed.minutes);
    }
    let names: Vec<(UserId, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name])
        .filter(user::Column::Id.is_in(by_agent.keys().copied()))
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let decided_by_me = by_agent.get(&me).map_or(0, |minutes| minutes.len() as i64);
    let mut agents: Vec<AgentFigures> = names
        .into_iter()
        .filter_map(|(id, agent)| {
            let minutes = by_agent.remove(&id)?;
            Some(AgentFigures { agent, decided: minutes.len() as i64, median_minutes: median(minutes) })
        })
        .collect();
    agents.sort_by(|a, b| b.decided.cmp(&a.decided).then_with(|| a.agent.cmp(&b.agent)));
    Ok(QueueFigures {
        waiting: i64::try_from(waiting).unwrap_or(i64::MAX),
        oldest_minutes: oldest.map_or(0, |since| (ctx.now() - since).num_minutes()),
        decided_by_me,
        median_minutes: median(all),
        agents,
    })
}

fn median(mut minutes: Vec<i64>) -> Option<i64> {
    minutes.sort_unstable();
    minutes.get(minutes.len() / 2).copied()
}
