//! Jobs and their latest runs, for staff.

use super::JOBS;
use crate::{Actor, Ctx, Result};
use domain::admin::{JobRunView, JobView};
use domain::id::UserId;
use domain::identity::Permission;
use entity::job_run::{self, Column as C};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Runs shown of each job.
const SHOWN: u64 = 5;

pub async fn jobs(ctx: &Ctx, actor: &Actor) -> Result<Vec<JobView>> {
    actor.require(Permission::JobManage)?;
    let mut found: Vec<Vec<job_run::Model>> = vec![];
    // A statement per job, each a few rows of an index: the number of jobs is fixed.
    for job in JOBS {
        let runs = job_run::Entity::find().filter(C::Job.eq(job.name)).order_by_desc(C::StartedAt).limit(SHOWN);
        found.push(runs.all(&ctx.db).await?);
    }
    let names = names(ctx, found.iter().flatten().filter_map(|run| run.requested_by)).await?;
    let view = |runs: Vec<job_run::Model>| {
        let by = |run: &job_run::Model| run.requested_by.and_then(|id| names.get(&id).cloned());
        runs.into_iter().map(|run| (by(&run), run)).map(|(by, run)| run_view(run, by)).collect()
    };
    Ok(JOBS
        .iter()
        .zip(found)
        .map(|(job, runs)| JobView {
            name: job.name.to_owned(),
            schedule: job.schedule.to_owned(),
            next_at: job.next_after(ctx.now()),
            runs: view(runs),
        })
        .collect())
}

pub(super) fn run_view(run: job_run::Model, requested_by: Option<String>) -> JobRunView {
    JobRunView {
        started_at: run.started_at,
        finished_at: run.finished_at,
        outcome: run.outcome,
        is_failed: run.is_failed,
        requested_by,
    }
}

async fn names(ctx: &Ctx, ids: impl Iterator<Item = UserId>) -> Result<BTreeMap<UserId, String>> {
    let users = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(&ctx.db).await?;
    Ok(users.into_iter().map(|u| (u.id, u.name)).collect())
}
