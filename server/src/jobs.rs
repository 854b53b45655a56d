//! Events from the outbox to their handlers, and the schedules.

mod relay;
mod run;
mod schedule;
mod wake;
mod worker;

pub use run::{drain, run_by_hand};
pub use worker::migrate;

use crate::load::Load;
use service::Ctx;
use tokio::sync::watch;

/// Starts relay, workers and schedules; they stop when `shutdown` turns true. Requests of `load` go
/// before events.
pub fn start(ctx: &Ctx, load: &Load, shutdown: watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
    let node = format!("{}-{}", std::process::id(), ctx.now().timestamp_millis());
    vec![
        tokio::spawn(queue(ctx.clone(), load.clone(), node.clone(), shutdown.clone())),
        tokio::spawn(schedule::run(ctx.clone(), node, shutdown)),
    ]
}

/// Relay and workers share one queue.
async fn queue(ctx: Ctx, load: Load, node: String, shutdown: watch::Receiver<bool>) {
    let queue = worker::Queue::open(&ctx.db);
    let relay = relay::run(ctx.clone(), queue.clone(), shutdown.clone());
    tokio::join!(relay, worker::run(ctx, load, queue, node, shutdown));
}
