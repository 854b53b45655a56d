//! Ticks of the schedules. Every node ticks; the one that claims the tick in the database runs it.

use super::{Job, run};
use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use cron::Schedule;
use domain::analytics::WIB;
use entity::job_run::{self, Column as C};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use std::str::FromStr;

impl Job {
    /// The first tick after a moment.
    pub fn next_after(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let schedule = Schedule::from_str(self.schedule).ok()?;
        schedule.after(&from.with_timezone(&WIB)).next().map(|tick| tick.with_timezone(&Utc))
    }
}

/// Ticks after `from`, up to `to`; at most three, so that a node that slept does not make up for days.
pub fn ticks(job: &Job, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let next = std::iter::successors(job.next_after(from), |tick| job.next_after(*tick));
    next.take_while(|tick| *tick <= to).take(3).collect()
}

/// Runs the job unless another node has claimed this tick. Answers whether it ran here.
pub async fn run_tick(ctx: &Ctx, node: &str, job: &str, tick: DateTime<Utc>) -> Result<bool> {
    let tick = tick.to_rfc3339();
    let row = job_run::ActiveModel {
        job: Set(job.to_owned()),
        tick: Set(tick.clone()),
        node: Set(node.to_owned()),
        started_at: Set(ctx.now()),
        finished_at: Set(None),
        outcome: Set(None),
        is_failed: Set(false),
        requested_by: Set(None),
    };
    let claimed = job_run::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::Job, C::Tick]).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    if claimed == 0 {
        return Ok(false);
    }
    let result = run(ctx, job).await;
    note(ctx, job, &tick, &result).await?;
    result.map(|_| true)
}

/// Writes down how a run ended.
pub(super) async fn note(ctx: &Ctx, job: &str, tick: &str, result: &Result<String>) -> Result<()> {
    let outcome = match result {
        Ok(outcome) => outcome.clone(),
        Err(error) => error.to_string(),
    };
    job_run::Entity::update_many()
        .col_expr(C::FinishedAt, Expr::value(ctx.now()))
        .col_expr(C::Outcome, Expr::value(outcome))
        .col_expr(C::IsFailed, Expr::value(result.is_err()))
        .filter(C::Job.eq(job))
        .filter(C::Tick.eq(tick))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{JOBS, find};
    use super::*;

    #[test]
    fn jobs_tick_in_jakarta_time() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let weekly = ticks(find("weekly-report").unwrap(), at("2026-11-22T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        assert_eq!(weekly, [at("2026-11-23T02:00:00Z")]);
        let books = ticks(find("verify-books").unwrap(), at("2026-11-20T21:00:00Z"), at("2026-11-22T00:00:00Z"));
        assert_eq!(books, [at("2026-11-21T20:15:00Z")]);
        assert!(JOBS.iter().all(|job| job.next_after(at("2026-11-22T00:00:00Z")).is_some()));
    }

    #[test]
    fn a_node_that_slept_does_not_make_up_for_days() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(ticks(find("auto-cancel").unwrap(), at("2026-11-20T00:00:00Z"), at("2026-11-22T00:00:00Z")).len(), 3);
    }
}
