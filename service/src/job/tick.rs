//! Ticks of the schedules. Every node ticks; the one that claims the tick in the database runs it, and
//! says so while it does: the tick of one that died is followed up by another.

use super::{Job, Outcome, run};
use crate::{Ctx, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use cron::Schedule;
use domain::analytics::WIB;
use entity::job_run::{self, Column as C};
use futures::FutureExt;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;

/// How often a run says that it is alive.
const BEAT: Duration = Duration::from_secs(30);
/// A claimed run that was not heard of for so long is taken for lost (a crash).
const LOST_AFTER: TimeDelta = TimeDelta::minutes(5);
/// What a run may take: it goes over all orders of a shop.
const LIMIT: Duration = Duration::from_secs(3600);
/// Ticks begin with a year; a run somebody asked for does not, and sorts behind this.
const NO_TICK: &str = "a";

impl Job {
    /// The first tick after a moment.
    pub fn next_after(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let schedule = Schedule::from_str(self.schedule).ok()?;
        schedule.after(&from.with_timezone(&WIB)).next().map(|tick| tick.with_timezone(&Utc))
    }

    /// How far back a tick that nobody was up for is made up for: a day, or the time between two.
    fn reach(&self, now: DateTime<Utc>) -> TimeDelta {
        let next = self.next_after(now);
        let gap = next.and_then(|next| Some(self.next_after(next)? - next));
        gap.unwrap_or_default().max(TimeDelta::days(1))
    }
}

/// Ticks after `from`, up to `to`; at most three, so that a node that slept does not make up for days.
pub fn ticks(job: &Job, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let next = std::iter::successors(job.next_after(from), |tick| job.next_after(*tick));
    next.take_while(|tick| *tick <= to).take(3).collect()
}

/// The moment after which the job's ticks are still to be run, for a node that starts: its latest tick on
/// any node, as far back as is worth it. A job that never ran begins now.
pub async fn seen(ctx: &Ctx, job: &Job) -> Result<DateTime<Utc>> {
    let now = ctx.now();
    let latest = job_run::Entity::find().filter(C::Job.eq(job.name)).filter(C::Tick.lt(NO_TICK)).order_by_desc(C::Tick);
    let latest = latest.one(&ctx.db).await?.and_then(|run| read(&run.tick));
    Ok(latest.map_or(now, |tick| tick.max(now - job.reach(now))))
}

/// Ticks of the job whose node died with them.
pub async fn abandoned(ctx: &Ctx, job: &Job) -> Result<Vec<DateTime<Utc>>> {
    let runs = job_run::Entity::find()
        .filter(C::Job.eq(job.name))
        .filter(C::FinishedAt.is_null())
        .filter(C::Tick.lt(NO_TICK))
        .filter(C::BeatAt.lt(ctx.now() - LOST_AFTER))
        .order_by_asc(C::Tick)
        .limit(10)
        .all(&ctx.db)
        .await?;
    Ok(runs.iter().filter_map(|run| read(&run.tick)).collect())
}

fn read(tick: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(tick).ok().map(|tick| tick.with_timezone(&Utc))
}

/// Runs the job unless another node has claimed this tick and is alive. Answers whether it ran here,
/// well or not; fails when that could not be written down.
pub async fn run_tick(ctx: &Ctx, node: &str, job: &str, tick: DateTime<Utc>) -> Result<bool> {
    let tick = tick.to_rfc3339();
    if !claim(ctx, node, job, &tick).await? {
        return Ok(false);
    }
    carry_out(ctx, job, &tick).await.map(|()| true)
}

async fn claim(ctx: &Ctx, node: &str, job: &str, tick: &str) -> Result<bool> {
    let now = ctx.now();
    let row = job_run::ActiveModel {
        job: Set(job.to_owned()),
        tick: Set(tick.to_owned()),
        node: Set(node.to_owned()),
        started_at: Set(now),
        finished_at: Set(None),
        outcome: Set(None),
        is_failed: Set(false),
        requested_by: Set(None),
        beat_at: Set(now),
    };
    let new = job_run::Entity::insert(row)
        .on_conflict(OnConflict::columns([C::Job, C::Tick]).do_nothing().to_owned())
        .exec_without_returning(&ctx.db)
        .await?;
    if new == 1 {
        return Ok(true);
    }
    let taken_over = job_run::Entity::update_many()
        .col_expr(C::Node, Expr::value(node))
        .col_expr(C::StartedAt, Expr::value(now))
        .col_expr(C::BeatAt, Expr::value(now))
        .filter(C::Job.eq(job))
        .filter(C::Tick.eq(tick))
        .filter(C::FinishedAt.is_null())
        .filter(C::BeatAt.lt(now - LOST_AFTER))
        .exec(&ctx.db)
        .await?;
    Ok(taken_over.rows_affected == 1)
}

/// Runs a claimed job and writes down how it ended, also when it takes too long or panics.
pub(super) async fn carry_out(ctx: &Ctx, job: &str, tick: &str) -> Result<()> {
    let attempt = AssertUnwindSafe(run(ctx, job)).catch_unwind();
    let result = tokio::select! {
        ended = timeout(LIMIT, attempt) => match ended {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Error::fault("panicked")),
            Err(_) => Err(Error::fault(format!("not done after {} seconds", LIMIT.as_secs()))),
        },
        never = keep(ctx, job, tick) => match never {},
    };
    match &result {
        Ok(Outcome { text, is_failed: true }) => tracing::error!(job, outcome = text, "job failed in part"),
        Ok(_) => {}
        Err(error) => tracing::error!(job, cause = %error, "job failed"),
    }
    let outcome = result.unwrap_or_else(|error| Outcome { text: error.to_string(), is_failed: true });
    job_run::Entity::update_many()
        .col_expr(C::FinishedAt, Expr::value(ctx.now()))
        .col_expr(C::Outcome, Expr::value(outcome.text))
        .col_expr(C::IsFailed, Expr::value(outcome.is_failed))
        .filter(C::Job.eq(job))
        .filter(C::Tick.eq(tick))
        .exec(&ctx.db)
        .await?;
    Ok(())
}

/// Says that the run is alive, until it is dropped.
async fn keep(ctx: &Ctx, job: &str, tick: &str) -> Infallible {
    let mut beat = tokio::time::interval(BEAT);
    beat.tick().await;
    loop {
        beat.tick().await;
        let alive = job_run::Entity::update_many().col_expr(C::BeatAt, Expr::value(ctx.now()));
        let alive = alive.filter(C::Job.eq(job)).filter(C::Tick.eq(tick)).exec(&ctx.db).await;
        if let Err(error) = alive {
            tracing::warn!(job, cause = %error, "job may be run twice");
        }
    }
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
