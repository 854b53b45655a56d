//! Events from the outbox to their handlers, and the schedules.

mod relay;
mod run;
mod schedule;
mod wake;
mod worker;

pub use run::{drain, run_by_hand};
pub use worker::migrate;

use service::Ctx;
use tokio::sync::watch;

/// Starts relay, workers and schedules; they stop when `shutdown` turns true.
pub fn start(ctx: &Ctx, shutdown: watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
    let node = format!("{}-{}", std::process::id(), ctx.now().timestamp_millis());
    vec![
        tokio::spawn(queue(ctx.clone(), node.clone(), shutdown.clone())),
        tokio::spawn(schedule::run(ctx.clone(), node, shutdown)),
    ]
}

/// Relay and workers share one queue.
async fn queue(ctx: Ctx, node: String, shutdown: watch::Receiver<bool>) {
    let queue = worker::Queue::open(&ctx.db);
    let relay = relay::run(ctx.clone(), queue.clone(), shutdown.clone());
    tokio::join!(relay, worker::run(ctx, queue, node, shutdown));
}
