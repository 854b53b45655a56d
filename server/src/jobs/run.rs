//! Runs of jobs by hand, and the handling of events.

use chrono::{DateTime, Utc};
use domain::id::EventId;
use service::{Ctx, Result, job, notification};

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
