//! Events from the outbox to their handlers, and the schedules.

mod relay;
mod run;
mod schedule;
mod worker;

pub use run::{JOBS, drain, run_by_hand};

use service::Ctx;
use tokio::sync::watch;

/// Starts relay, workers and schedules; they stop when `shutdown` turns true.
pub fn start(ctx: &Ctx, shutdown: watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
    let node = format!("{}-{}", std::process::id(), ctx.now().timestamp_millis());
    vec![
        tokio::spawn(relay::run(ctx.clone(), shutdown.clone())),
        tokio::spawn(worker::run(ctx.clone(), node.clone(), shutdown.clone())),
        tokio::spawn(schedule::run(ctx.clone(), node, shutdown)),
    ]
}
