//! Webhooks get lost: gateways are asked what became of payments and refunds nobody reported.

use super::apply_event;
use super::attempt::{self, Means};
use super::sent::reconcile_refunds;
use crate::job::Tally;
use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::id::PaymentId;
use domain::payment::{PaymentEventKind, PaymentStatus};
use entity::payment::{self, Column as C};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

/// Younger ones are given the time to be reported.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
/// Money that arrives after the end is looked for this long.
const LATE: TimeDelta = TimeDelta::days(2);
const BATCH: u64 = 200;

/// Asks about every payment that waits at a gateway, about those that ended not long ago, and about
/// every refund a gateway has taken on. One that cannot be asked about does not stop the others.
pub async fn reconcile(ctx: &Ctx) -> Result<Tally> {
    let now = ctx.now();
    let waits = C::Status.eq(PaymentStatus::Pending).and(C::CreatedAt.lte(now - PATIENCE));
    let ended = C::Status.eq(PaymentStatus::Expired).and(C::ExpiresAt.gte(now - LATE));
    let mut changed = Tally::default();
    reconcile_refunds(ctx, &mut changed).await?;
    let mut after: Option<PaymentId> = None;
    loop {
        let mut rows = payment::Entity::find()
            // One without a charge may have had one in an earlier attempt.
            .filter(Condition::any().add(C::GatewayReference.is_not_null()).add(C::AttemptedAt.is_not_null()))
            .filter(Condition::any().add(waits.clone()).add(ended.clone()))
            .order_by_asc(C::Id)
            .limit(BATCH);
        if let Some(after) = after {
            rows = rows.filter(C::Id.gt(after));
        }
        let rows = rows.all(&ctx.db).await?;
        let Some(last) = rows.last() else { return Ok(changed) };
        after = Some(last.id);
        for row in rows {
            let asked = ask_all(ctx, &row).await;
            if let Err(error) = &asked {
                tracing::warn!(payment = %row.id, cause = %error, "gateway could not be asked");
            }
            changed.count(row.id, &asked);
        }
    }
}

/// Asks about every attempt, the present one first. Answers whether anything was news; a gateway that
/// cannot be asked does not keep the others from being asked.
pub(super) async fn ask_all(ctx: &Ctx, row: &payment::Model) -> Result<bool> {
    let (mut is_news, mut failed) = (false, None);
    for means in attempt::all(&ctx.db, row).await? {
        match ask(ctx, row, &means).await {
            Ok(news) => is_news |= news,
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(is_news), Err)
}

/// Asks the gateway and applies what it says, if that is news. Answers whether it was.
async fn ask(ctx: &Ctx, row: &payment::Model, means: &Means) -> Result<bool> {
    let (Some(gateway), Some(reference)) = (ctx.ports.gateways.get(&means.gateway), &means.gateway_reference) else {
        return Ok(false);
    };
    let Some(event) = gateway.find(reference).await? else { return Ok(false) };
    let ends = event.kind == PaymentEventKind::Expired && row.status == PaymentStatus::Pending;
    let is_news = event.kind == PaymentEventKind::Paid || (ends && means.attempt.number == row.attempt);
    if !is_news || event.attempt != Some(means.attempt) {
        return Ok(false);
    }
    let outcome = apply_event(ctx, &means.gateway, &event).await?;
    Ok(!["duplicate", "nothing"].contains(&outcome.as_str()))
}
