//! Jobs: what schedules run, what an operator runs by hand for any moment, and what was run.

mod cleanup;
mod look;
mod request;
mod tally;
mod tick;

pub use look::jobs;
pub use request::{request, run_requested};
pub use tally::{Outcome, Tally};
pub use tick::{abandoned, run_tick, seen, ticks};

use crate::{Ctx, Error, Result, notification, order, payment, verify};

/// A job's name and when it runs: a cron expression (seconds first) in Asia/Jakarta time.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub name: &'static str,
    pub schedule: &'static str,
}

/// Every job there is.
pub const JOBS: &[Job] = &[
    Job { name: "weekly-report", schedule: "0 0 9 * * Mon" },
    Job { name: "auto-cancel", schedule: "0 * * * * *" },
    Job { name: "auto-complete", schedule: "30 */10 * * * *" },
    Job { name: "remind-unpaid", schedule: "20 */5 * * * *" },
    Job { name: "remind-completion", schedule: "50 */10 * * * *" },
    Job { name: "reconcile-payments", schedule: "45 */5 * * * *" },
    Job { name: "review-invitations", schedule: "0 0 10 * * *" },
    Job { name: "verify-books", schedule: "0 15 3 * * *" },
    Job { name: "cleanup", schedule: "15 7 * * * *" },
];

/// The job of that name.
pub fn find(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}

/// Runs one job at the context's present; answers what it did. Every job is safe to repeat.
pub async fn run(ctx: &Ctx, name: &str) -> Result<Outcome> {
    match name {
        "weekly-report" => Ok(notification::request_weekly_reports(ctx).await?.outcome("reports requested")),
        "auto-cancel" => Ok(payment::auto_cancel(ctx).await?.outcome("payments expired")),
        "auto-complete" => Ok(order::auto_complete(ctx).await?.outcome("orders completed")),
        "remind-unpaid" => Ok(payment::remind_unpaid(ctx).await?.outcome("buyers reminded")),
        "remind-completion" => Ok(order::remind_completion(ctx).await?.outcome("buyers reminded")),
        "reconcile-payments" => Ok(payment::reconcile(ctx).await?.outcome("payments changed")),
        "review-invitations" => Ok(order::invite_reviews(ctx).await?.outcome("buyers invited")),
        "verify-books" => verify::nightly(ctx).await,
        "cleanup" => cleanup::run(ctx).await,
        other => {
            let names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
            Err(Error::fault(format!("no job `{other}`; there are: {}", names.join(", "))))
        }
    }
}
