//! Runs of jobs by hand, and the handling of events.

use chrono::{DateTime, Utc};
use domain::id::EventId;
use futures::FutureExt;
use service::event::Event;
use service::{Ctx, Error, Result, job, notification};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::timeout;

/// How often it is written down that a worker has an event in hand: well below the time after which it
/// would be taken for lost.
const BEAT: Duration = Duration::from_secs(30);

/// What a try may take. Jobs somebody asked for go over all orders of a shop.
const fn limit(event: &Event) -> Duration {
    match event {
        Event::JobRequested { .. } => Duration::from_secs(3600),
        _ => Duration::from_secs(60),
    }
}

/// `belanjain jobs run <name> [--now …]`: the job at that moment, then everything it put into the
/// outbox, so that it is done when the command returns, whether a server runs or not. Only the job
/// believes that it is then: what the workers of a running server have in hand is theirs.
pub async fn run_by_hand(ctx: &Ctx, name: &str, now: Option<DateTime<Utc>>) -> Result<String> {
    let at = now.map_or_else(|| ctx.clone(), |now| ctx.at(now));
    let outcome = job::run(&at, name).await?;
    drain_until(ctx, now).await?;
    Ok(outcome.text)
}

/// Handles everything in the outbox now. Events a worker has in hand are left to it.
pub async fn drain(ctx: &Ctx) -> Result<()> {
    drain_until(ctx, None).await
}

/// The same with what is due by that moment, if it lies ahead. Each event is tried once.
async fn drain_until(ctx: &Ctx, at: Option<DateTime<Utc>>) -> Result<()> {
    let mut tried = BTreeSet::new();
    loop {
        let (before, mut after) = (tried.len(), None);
        loop {
            let until = at.map_or(ctx.now(), |at| at.max(ctx.now()));
            let due = notification::open_until(ctx, until, after, 100).await?;
            let Some(last) = due.last() else { break };
            after = Some(*last);
            for (_, id) in due {
                if tried.insert(id) && notification::take(ctx, id, until).await? {
                    handle(ctx, id).await?;
                }
            }
        }
        // What was handled may have caused more.
        if tried.len() == before {
            return Ok(());
        }
    }
}

/// Handles one event and notes the outcome, also of one that cannot be read, and of a try that takes
/// too long or panics.
pub(super) async fn handle(ctx: &Ctx, id: EventId) -> Result<()> {
    let event = match notification::open_event(ctx, id).await {
        Ok(Some(event)) => event,
        Ok(None) => return Ok(()),
        Err(error) if error.is_final() => return failed(ctx, id, "unreadable", &error).await,
        Err(error) => return Err(error),
    };
    let attempt = AssertUnwindSafe(notification::handle(ctx, id, &event)).catch_unwind();
    let outcome = tokio::select! {
        ended = timeout(limit(&event), attempt) => match ended {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Error::fault("panicked")),
            Err(_) => Err(Error::fault(format!("not done after {} seconds", limit(&event).as_secs()))),
        },
        never = keep(ctx, id, BEAT) => match never {},
    };
    match outcome {
        Ok(()) => notification::finish(ctx, id).await,
        Err(error) => failed(ctx, id, event.name(), &error).await,
    }
}

async fn failed(ctx: &Ctx, id: EventId, kind: &str, error: &Error) -> Result<()> {
    if notification::record_failure(ctx, id, error).await? {
        tracing::error!(event = %id, kind, cause = %error, "event given up: dead letter");
    } else {
        tracing::warn!(event = %id, kind, cause = %error, "event failed, will be tried again");
    }
    Ok(())
}

/// Keeps the event in hand until it is dropped.
async fn keep(ctx: &Ctx, id: EventId, beat: Duration) -> Infallible {
    let mut beat = tokio::time::interval(beat);
    beat.tick().await;
    loop {
        beat.tick().await;
        if let Err(error) = notification::keep(ctx, id).await {
            tracing::warn!(event = %id, cause = %error, "event may be handed out twice");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::EntityTrait;
    use service::event::emit;
    use service::fixture::on_each_database;

    #[tokio::test]
    async fn what_was_handed_out_twice_is_tried_once() {
        on_each_database(|shop| async move {
            let buyer = shop.customer("Budi").await.unwrap().user().unwrap().id;
            let id = emit(&shop.ctx.db, shop.ctx.now(), Event::UserRegistered { user: buyer }).await.unwrap();
            shop.mailer.is_down.store(true, std::sync::atomic::Ordering::Relaxed);
            let tries = async || {
                for _ in 0..2 {
                    handle(&shop.ctx, id).await.unwrap();
                }
                entity::outbox::Entity::find_by_id(id).one(&shop.ctx.db).await.unwrap().unwrap().attempts
            };
            assert_eq!(tries().await, 1);
            shop.advance(chrono::TimeDelta::seconds(1));
            assert_eq!(tries().await, 2, "at its time it is");
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_worker_is_busy_with_is_not_taken_for_lost() {
        on_each_database(|shop| async move {
            let buyer = shop.customer("Budi").await.unwrap().user().unwrap().id;
            let id = emit(&shop.ctx.db, shop.ctx.now(), Event::UserRegistered { user: buyer }).await.unwrap();
            notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
            shop.advance(chrono::TimeDelta::minutes(3));
            assert_eq!(notification::claim_due(&shop.ctx, 10).await.unwrap().len(), 1, "lost");
            let is_kept = async {
                let mut tick = tokio::time::interval(Duration::from_millis(5));
                while !notification::claim_due(&shop.ctx, 10).await.unwrap().is_empty() {
                    tick.tick().await;
                }
            };
            tokio::select! {
                never = keep(&shop.ctx, id, Duration::from_millis(5)) => match never {},
                kept = timeout(Duration::from_secs(15), is_kept) => kept.unwrap(),
            }
            // Done is done.
            notification::finish(&shop.ctx, id).await.unwrap();
            notification::keep(&shop.ctx, id).await.unwrap();
            assert!(notification::open_event(&shop.ctx, id).await.unwrap().is_none());
        })
        .await;
    }
}
