//! Runs of jobs by hand, and the handling of events.

use chrono::{DateTime, Utc};
use domain::id::EventId;
use futures::FutureExt;
use service::{Ctx, Error, Result, job, notification};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::timeout;

/// What a try may take: well below the time after which an event in hand is taken for lost.
const LIMIT: Duration = Duration::from_secs(60);

/// `belanjain jobs run <name> [--now …]`: the job at that moment, then everything it put into the
/// outbox, so that it is done when the command returns, whether a server runs or not.
pub async fn run_by_hand(ctx: &Ctx, name: &str, now: Option<DateTime<Utc>>) -> Result<String> {
    let at = now.map_or_else(|| ctx.clone(), |now| ctx.at(now));
    let outcome = job::run(&at, name).await?;
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
            handle(ctx, id).await?;
        }
    }
}

/// Handles one event and notes the outcome, also of a try that takes too long or panics.
pub(super) async fn handle(ctx: &Ctx, id: EventId) -> Result<()> {
    let Some(event) = notification::open_event(ctx, id).await? else { return Ok(()) };
    let attempt = AssertUnwindSafe(notification::handle(ctx, id, &event)).catch_unwind();
    let outcome = match timeout(LIMIT, attempt).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Error::fault("panicked")),
        Err(_) => Err(Error::fault(format!("not done after {} seconds", LIMIT.as_secs()))),
    };
    let Err(error) = outcome else { return notification::finish(ctx, id).await };
    if notification::record_failure(ctx, id, &error).await? {
        tracing::error!(event = %id, kind = event.name(), cause = %error, "event given up: dead letter");
    } else {
        tracing::warn!(event = %id, kind = event.name(), cause = %error, "event failed, will be tried again");
    }
    Ok(())
}
