//! Looks at the clock for the jobs whose tick has come.

use service::{Ctx, job};
use std::time::Duration;
use tokio::sync::watch;

const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn run(ctx: Ctx, node: String, mut shutdown: watch::Receiver<bool>) {
    let mut seen = ctx.now();
    while !*shutdown.borrow() {
        let now = ctx.now();
        for job in job::JOBS {
            for tick in job::ticks(job, seen, now) {
                if let Err(error) = job::run_tick(&ctx, &node, job.name, tick).await {
                    tracing::error!(job = job.name, cause = %error, "job failed");
                }
            }
        }
        seen = now;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = shutdown.changed() => {}
        }
    }
}
