//! Moves outbox rows to the job queue.

use super::worker::Queue;
use domain::id::EventId;
use service::{Ctx, Result, notification};
use std::time::Duration;
use tokio::sync::watch;

const PAUSE: Duration = Duration::from_millis(250);
const BATCH: u64 = 50;
/// Events in the queue at a time: as many as the workers handle well before the first would be taken
/// for lost and handed out once more. The others wait in the outbox.
const IN_HAND: u64 = 200;

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
    let mut due = notification::claim_due(ctx, BATCH).await?;
    if !due.is_empty() {
        due.truncate(IN_HAND.saturating_sub(notification::in_hand(ctx).await?) as usize);
    }
    if due.is_empty() {
        return Ok(0);
    }
    queue.push(&due).await?;
    let moved: Vec<EventId> = due.into_iter().map(|(id, _)| id).collect();
    notification::mark_dispatched(ctx, &moved).await?;
    Ok(moved.len())
}

#[cfg(test)]
mod tests {
    use super::super::worker::migrate;
    use super::*;
    use entity::outbox;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
    use service::event::{Event, emit};
    use service::fixture::on_each_database;

    #[tokio::test]
    async fn the_queue_is_given_no_more_than_its_workers_handle_in_time() {
        on_each_database(|shop| async move {
            migrate(&shop.ctx.db).await.unwrap();
            let buyer = shop.customer("Budi").await.unwrap().user().unwrap().id;
            // Of a job that believes it is tomorrow: nobody has these in hand.
            let tomorrow = shop.ctx.now() + chrono::TimeDelta::days(1);
            for _ in 0..IN_HAND {
                emit(&shop.ctx.db, tomorrow, Event::UserRegistered { user: buyer }).await.unwrap();
            }
            for _ in 0..IN_HAND + 30 {
                emit(&shop.ctx.db, shop.ctx.now(), Event::UserRegistered { user: buyer }).await.unwrap();
            }
            let mut queue = Queue::open(&shop.ctx.db);
            let mut moved = 0;
            loop {
                match move_due(&shop.ctx, &mut queue).await.unwrap() {
                    0 => break,
                    n => moved += n,
                }
            }
            assert_eq!(moved, IN_HAND as usize);
            let handed_out = outbox::Entity::find().filter(outbox::Column::HandedAt.is_not_null()).limit(10);
            for event in handed_out.all(&shop.ctx.db).await.unwrap() {
                notification::finish(&shop.ctx, event.id).await.unwrap();
            }
            assert_eq!(move_due(&shop.ctx, &mut queue).await.unwrap(), 10, "there is room again");
        })
        .await;
    }
}
