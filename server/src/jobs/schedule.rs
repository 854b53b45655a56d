//! Looks at the clock for the jobs whose tick has come. Each job has a task of its own: one that is slow
//! or breaks holds up no other.

use service::job::Job;
use service::{Ctx, Result, job};
use std::time::Duration;
use tokio::sync::watch;

const LOOK: Duration = Duration::from_millis(500);
/// Looks between two for what a dead node left behind.
const LOOKS_FOR_LOST: u32 = 60;

pub(super) async fn run(ctx: Ctx, node: String, shutdown: watch::Receiver<bool>) {
    let keep = |job| tokio::spawn(keep_time(ctx.clone(), node.clone(), job, shutdown.clone()));
    let tasks: Vec<_> = job::JOBS.iter().map(|job| (job, keep(job))).collect();
    for (job, task) in tasks {
        if let Err(error) = task.await {
            tracing::error!(job = job.name, cause = %error, "schedule ended");
        }
    }
}

async fn keep_time(ctx: Ctx, node: String, job: &'static Job, mut shutdown: watch::Receiver<bool>) {
    let (mut seen, mut looks) = (None, 0);
    while !*shutdown.borrow() {
        if let Err(error) = look(&ctx, &node, job, &shutdown, &mut seen, looks).await {
            tracing::error!(job = job.name, cause = %error, "tick could not be run, will be tried again");
        }
        looks = (looks + 1) % LOOKS_FOR_LOST;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = shutdown.changed() => {}
        }
    }
}

/// Runs what is due. `seen` moves on when all of it was: a tick that could not be claimed or written down
/// comes again.
async fn look(
    ctx: &Ctx,
    node: &str,
    job: &Job,
    shutdown: &watch::Receiver<bool>,
    seen: &mut Option<chrono::DateTime<chrono::Utc>>,
    looks: u32,
) -> Result<()> {
    let now = ctx.now();
    let from = match *seen {
        Some(seen) => seen,
        None => job::seen(ctx, job).await?,
    };
    *seen = Some(from);
    let mut due = if looks == 0 { job::abandoned(ctx, job).await? } else { vec![] };
    due.extend(job::ticks(job, from, now));
    for tick in due {
        if *shutdown.borrow() {
            return Ok(());
        }
        job::run_tick(ctx, node, job.name, tick).await?;
    }
    *seen = Some(now);
    Ok(())
}
