//! One agent per proof: a claim is a lease, so that nobody's closed browser keeps a proof from being
//! looked at.

use super::queue;
use super::submit::{newest, waiting};
use crate::payment::interests;
use crate::{Actor, Ctx, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::desk::DeskPayment;
use domain::id::{PaymentId, UserId};
use domain::identity::Permission;
use domain::{Conflict, Noun};
use entity::payment_proof::{self as proof, Column as C};
use entity::user;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// How long a claim holds without being renewed.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(10);

/// Takes a waiting proof in hand, or renews the lease on it.
pub async fn claim(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<DeskPayment> {
    let agent = actor.require(Permission::PaymentVerify)?.id;
    let now = ctx.now();
    let free = Condition::any().add(C::ClaimedBy.is_null()).add(C::ClaimedBy.eq(agent)).add(C::ClaimedUntil.lt(now));
    let claimed = proof::Entity::update_many()
        .col_expr(C::ClaimedBy, Expr::value(Some(agent.0)))
        .col_expr(C::ClaimedUntil, Expr::value(Some(now + LEASE)))
        .filter(C::PaymentId.eq(id))
        .filter(C::Status.eq(domain::desk::ProofStatus::Waiting))
        .filter(free)
        .exec(&ctx.db)
        .await?;
    if claimed.rows_affected == 0 {
        let Some(row) = waiting(&ctx.db, id).await? else {
            let known = newest(&ctx.db, id).await?.is_some();
            return Err(if known { Conflict::AlreadyDecided.into() } else { domain::Error::NotFound(Noun::Payment).into() });
        };
        check(&ctx.db, &row, agent, now).await?;
    }
    queue::find(ctx, actor, id).await
}

/// Gives one's claim back.
pub async fn release(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<()> {
    let agent = actor.require(Permission::PaymentVerify)?.id;
    proof::Entity::update_many()
        .col_expr(C::ClaimedBy, Expr::value(None::<uuid::Uuid>))
        .col_expr(C::ClaimedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(C::PaymentId.eq(id))
        .filter(C::ClaimedBy.eq(agent))
        .filter(C::Status.eq(domain::desk::ProofStatus::Waiting))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// Refuses when another agent's lease still runs.
pub(super) async fn check(db: &impl ConnectionTrait, row: &proof::Model, agent: UserId, now: DateTime<Utc>) -> Result<()> {
    let Some(other) = holder(row, now).filter(|holder| *holder != agent) else { return Ok(()) };
    let name = user::Entity::find_by_id(other).one(db).await?.map(|u| u.name).unwrap_or_default();
    Err(Conflict::ClaimedByOther { agent: name }.into())
}

/// Who has the proof in hand.
pub(super) fn holder(row: &proof::Model, now: DateTime<Utc>) -> Option<UserId> {
    row.claimed_by.filter(|_| row.claimed_until.is_some_and(|until| until >= now))
}

/// Claims the longest waiting proof that nobody has in hand and that the agent may decide on. With
/// `after` the next one behind that payment's, and when there is none the first of the others: who
/// skips walks the whole queue. `None`: the queue is empty.
pub async fn claim_next(ctx: &Ctx, actor: &Actor, after: Option<PaymentId>) -> Result<Option<PaymentId>> {
    let by = actor.require(Permission::PaymentVerify)?;
    let (agent, now) = (by.id, ctx.now());
    let passed = match after {
        Some(id) => newest(&ctx.db, id).await?.map(|proof| (proof.submitted_at, proof.id)),
        None => None,
    };
    let others_first = Condition::any().add(C::HalfApprovedBy.is_null()).add(C::HalfApprovedBy.ne(agent));
    let free = Condition::any().add(C::ClaimedBy.is_null()).add(C::ClaimedBy.eq(agent)).add(C::ClaimedUntil.lt(now));
    let waiting = proof::Entity::find()
        .select_only()
        .column(C::PaymentId)
        .filter(C::Status.eq(domain::desk::ProofStatus::Waiting))
        .filter(others_first)
        .filter(free)
        // Nobody decides on money of their own.
        .filter(C::PaymentId.not_in_subquery(interests(by)))
        .order_by_asc(C::SubmittedAt)
        .order_by_asc(C::Id)
        .limit(20);
    let Some((time, id)) = passed else { return first(ctx, actor, waiting).await };
    let same_time = || Condition::all().add(C::SubmittedAt.eq(time));
    let behind = Condition::any().add(C::SubmittedAt.gt(time)).add(same_time().add(C::Id.gt(id)));
    if let Some(found) = first(ctx, actor, waiting.clone().filter(behind)).await? {
        return Ok(Some(found));
    }
    let before = Condition::any().add(C::SubmittedAt.lt(time)).add(same_time().add(C::Id.lt(id)));
    first(ctx, actor, waiting.filter(before)).await
}

/// Claims the first of them that can be claimed.
async fn first(ctx: &Ctx, actor: &Actor, waiting: Select<proof::Entity>) -> Result<Option<PaymentId>> {
    // Another agent may be faster; then the next one.
    for id in waiting.into_tuple::<PaymentId>().all(&ctx.db).await? {
        match claim(ctx, actor, id).await {
            Ok(_) => return Ok(Some(id)),
            Err(Error::Domain(domain::Error::Conflict(_))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
