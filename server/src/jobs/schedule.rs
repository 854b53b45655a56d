//! Schedules. Every node ticks; the one that claims the tick in the database runs it.

use super::run;
use chrono::{DateTime, Utc};
use cron::Schedule;
use domain::analytics::WIB;
use entity::job_run;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use service::{Ctx, Result};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::watch;

/// Job and its cron expression (seconds first), in Asia/Jakarta time.
const SCHEDULES: &[(&str, &str)] = &[
    ("weekly-report", "0 0 9 * * Mon"),
    ("auto-cancel", "0 * * * * *"),
    ("auto-complete", "30 */10 * * * *"),
    ("reconcile-payments", "45 */5 * * * *"),
    ("cleanup", "15 7 * * * *"),
];
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn run(ctx: Ctx, node: String, mut shutdown: watch::Receiver<bool>) {
    let mut seen = ctx.now();
    while !*shutdown.borrow() {
        let now = ctx.now();
        for (job, expression) in SCHEDULES {
            for tick in ticks(expression, seen, now) {
                if let Err(error) = run_tick(&ctx, &node, job, tick).await {
                    tracing::error!(job, cause = %error, "job failed");
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

/// Ticks after `from`, up to `to`.
fn ticks(expression: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let Ok(schedule) = Schedule::from_str(expression) else { return vec![] };
    let local = schedule.after(&from.with_timezone(&WIB)).take_while(|tick| *tick <= to);
    local.map(|tick| tick.with_timezone(&Utc)).take(3).collect()
}

/// Runs the job unless another node has claimed this tick. Answers whether it ran here.
pub(super) async fn run_tick(ctx: &Ctx, node: &str, job: &str, tick: DateTime<Utc>) -> Result<bool> {
    use job_run::Column as C;
    let row = job_run::ActiveModel {
        job: Set(job.to_owned()),
        tick: Set(tick.to_rfc3339()),
        node: Set(node.to_owned()),
        started_at: Set(ctx.now()),
        finished_at: Set(None),
        outcome: Set(None),
    };
    let claimed = job_run::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::Job, C::Tick]).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    if claimed == 0 {
        return Ok(false);
    }
    let result = run::run(ctx, job).await;
    let outcome = match &result {
        Ok(outcome) => outcome.clone(),
        Err(error) => format!("failed: {error}"),
    };
    job_run::Entity::update_many()
        .col_expr(C::FinishedAt, Expr::value(ctx.now()))
        .col_expr(C::Outcome, Expr::value(outcome))
        .filter(C::Job.eq(job))
        .filter(C::Tick.eq(tick.to_rfc3339()))
        .exec(&ctx.db)
        .await?;
    result.map(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weekly_report_ticks_on_monday_at_nine_in_jakarta() {
        let at = |text: &str| text.parse().unwrap_or_default();
        let found = ticks(SCHEDULES[0].1, at("2026-11-22T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        assert_eq!(found, [at("2026-11-23T02:00:00Z")]);
    }
}
