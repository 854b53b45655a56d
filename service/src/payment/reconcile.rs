//! Webhooks get lost: gateways are asked what became of payments and refunds nobody reported.
//!
//! Each payment has the time of its next question. The pauses grow with the age of the attempt, so that
//! a gateway hears of each payment some dozens of times at most.

use super::apply::{apply_event, is_news};
use super::attempt::{self, Means};
use super::query;
use super::sent::{ask_again_if_any, reconcile_refunds, take_unasked_refunds};
use crate::job::Tally;
use crate::port::GatewayEvent;
use crate::{Ctx, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::payment::{COD, PaymentEventKind, PaymentStatus};
use entity::payment::{self, Column as C};
use entity::payment_event;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Younger ones are given the time to be reported.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
const SHORTEST: TimeDelta = TimeDelta::minutes(5);
/// The longest pause while the buyer or the desk waits, and afterwards.
const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);
/// What happens after the payment or its end is looked for this long.
const WATCHED: TimeDelta = TimeDelta::days(7);
const BATCH: usize = 200;
const BATCHES_PER_RUN: usize = 5;

pub(super) fn soon(now: DateTime<Utc>) -> DateTime<Utc> {
    now + PATIENCE
}

/// When a gateway is asked first about a new payment; `None`: there is none to be asked.
pub(crate) fn first_ask(method: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (!query::is_without_gateway(query::gateway_of(method))).then(|| soon(now))
}

/// When gateways are asked first about what was just paid: soon where a second payment may be on its way.
pub(super) fn ask_after_payment(row: &payment::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match row.attempted_at {
        Some(_) => Some(now + SHORTEST),
        None => first_ask(&row.method, now).map(|_| now + DAY),
    }
}

pub(super) fn has_paid(row: &payment::Model) -> bool {
    use PaymentStatus as S;
    matches!(row.status, S::Paid | S::PartiallyRefunded | S::Refunded)
}

/// The question after the one asked now; `None`: it is too old.
fn next_ask(row: &payment::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if now >= row.paid_at.unwrap_or(row.expires_at) + WATCHED {
        return None;
    }
    if has_paid(row) && row.attempted_at.is_none() {
        return Some(now + DAY);
    }
    let waits = matches!(row.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification) && row.gateway != COD;
    let age = now - row.attempted_at.unwrap_or(row.created_at);
    Some(now + (age / 4).clamp(SHORTEST, if waits { HOUR } else { DAY }))
}

/// Asks about every refund a gateway has taken on, and about the payments that are due. One that cannot
/// be asked about does not stop the others.
pub async fn reconcile(ctx: &Ctx) -> Result<Tally> {
    let mut changed = Tally::default();
    reconcile_refunds(ctx, &mut changed).await?;
    for _ in 0..BATCHES_PER_RUN {
        let due = payment::Entity::find().filter(C::AskAt.lte(ctx.now())).order_by_asc(C::AskAt).limit(BATCH as u64);
        let due = due.all(&ctx.db).await?;
        for row in &due {
            let looked = look(ctx, row).await;
            if let Err(error) = &looked {
                tracing::warn!(payment = %row.id, cause = %error, "gateway could not be asked");
            }
            changed.count(row.id, &looked);
        }
        if due.len() < BATCH {
            break;
        }
    }
    Ok(changed)
}

/// Asks about a payment that is due, unless another node does. Of a paid one the attempts that were left
/// are asked about every time, the one that paid once a day.
async fn look(ctx: &Ctx, row: &payment::Model) -> Result<bool> {
    let next = next_ask(row, ctx.now());
    let claimed = payment::Entity::update_many()
        .col_expr(C::AskAt, Expr::value(next))
        .filter(C::Id.eq(row.id))
        .filter(C::AskAt.eq(row.ask_at))
        .exec(&ctx.db)
        .await?;
    let (Some(next), 1) = (next, claimed.rows_affected) else { return Ok(false) };
    let begins_day = |paid_at: DateTime<Utc>| {
        let day = |at: DateTime<Utc>| (at - paid_at).num_seconds().div_euclid(DAY.num_seconds());
        row.ask_at.is_none_or(|asked| day(asked) < day(next))
    };
    let asks_present = !has_paid(row) || row.paid_at.is_none_or(begins_day);
    ask_each(ctx, row, asks_present).await
}

/// Asks about every attempt. Answers whether anything was news.
pub(super) async fn ask_all(ctx: &Ctx, row: &payment::Model) -> Result<bool> {
    ask_each(ctx, row, true).await
}

/// The present attempt first; a gateway that cannot be asked does not keep the others from being asked.
async fn ask_each(ctx: &Ctx, row: &payment::Model, asks_present: bool) -> Result<bool> {
    let (mut is_news, mut failed) = (false, None);
    for means in attempt::all(&ctx.db, row).await? {
        if means.attempt.number == row.attempt && !asks_present {
            continue;
        }
        // Boxed: the futures of jobs would be nested deeper than the compiler looks.
        match Box::pin(ask(ctx, row, &means)).await {
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
    let is_news = take(ctx, row, means, &event).await?;
    if event.kind != PaymentEventKind::Paid || event.attempt != Some(means.attempt) {
        return Ok(is_news);
    }
    Ok(take_unasked_refunds(ctx, &means.gateway, &gateway.refunds_of(reference).await?).await? || is_news)
}

/// Applies what the gateway says of a charge, if that is news.
async fn take(ctx: &Ctx, row: &payment::Model, means: &Means, event: &GatewayEvent) -> Result<bool> {
    let may_be_news = match event.kind {
        PaymentEventKind::Created => false,
        // The end of an attempt that was left ends nothing; of one that had paid it is a reversal.
        PaymentEventKind::Expired => {
            has_paid(row) || (row.status == PaymentStatus::Pending && means.attempt.number == row.attempt)
        }
        _ => true,
    };
    if !may_be_news || event.attempt != Some(means.attempt) {
        return Ok(false);
    }
    if is_known(ctx, &means.gateway, event).await? {
        // A card that was captured may have settled by now.
        if event.kind == PaymentEventKind::Paid {
            ask_again_if_any(ctx, means.attempt).await?;
        }
        return Ok(false);
    }
    let outcome = apply_event(ctx, &means.gateway, event).await?;
    Ok(is_news(&outcome))
}

/// Whether the fact has been applied: most answers are old news, which need no transaction.
async fn is_known(ctx: &Ctx, gateway: &str, event: &GatewayEvent) -> Result<bool> {
    use payment_event::Column as C;
    let same = payment_event::Entity::find()
        .filter(C::Gateway.eq(gateway))
        .filter(C::GatewayReference.eq(&event.reference))
        .filter(C::Kind.eq(event.kind))
        .filter(C::Amount.eq(event.amount));
    Ok(same.count(&ctx.db).await? > 0)
}
