//! Moves outbox rows to the job queue.

use super::worker::Queue;
use domain::id::EventId;
use service::{Ctx, Result, notification};
use std::time::Duration;
use tokio::sync::watch;

const PAUSE: Duration = Duration::from_millis(250);
const BATCH: u64 = 50;

pub(super) async fn run(ctx: Ctx, mut queue: Queue, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        match move_due(&ctx, &mut queue).await {
            // More may be waiting.
            Ok(moved) if moved == BATCH as usize => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(cause = %error, "outbox could not be relayed"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = shutdown.changed() => {}
        }
    }
}

/// Pushed first, marked afterwards: a crash in between pushes the same key again, which the queue
/// knows.
async fn move_due(ctx: &Ctx, queue: &mut Queue) -> Result<usize> {
    let due = notification::claim_due(ctx, BATCH).await?;
    if due.is_empty() {
        return Ok(0);
    }
    queue.push(&due).await?;
    let moved: Vec<EventId> = due.into_iter().map(|(id, _)| id).collect();
    notification::mark_dispatched(ctx, &moved).await?;
    Ok(moved.len())
}
