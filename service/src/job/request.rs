//! A run that somebody asks for: written down, audited and put into the outbox in one transaction;
//! a worker carries it out, so that it survives a restart and no request has to wait for it.

use super::tick::carry_out;
use super::{find, look};
use crate::audit::{self, Deed};
use crate::db::transact;
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result};
use domain::admin::JobRunView;
use domain::identity::Permission;
use domain::{Error, Noun};
use entity::job_run::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

/// Asks for a run of the job; answers the run that waits.
pub async fn request(ctx: &Ctx, actor: &Actor, name: &str) -> Result<JobRunView> {
    let by = actor.require(Permission::JobManage)?;
    let job = find(name).ok_or(Error::NotFound(Noun::Job))?;
    let tick = &format!("manual:{}", crate::db::new_id::<uuid::Uuid>());
    let row = transact(ctx, |tx| async move {
        let row = job_run::ActiveModel {
            job: Set(job.name.to_owned()),
            tick: Set(tick.clone()),
            node: Set(String::new()),
            started_at: Set(ctx.now()),
            finished_at: Set(None),
            outcome: Set(None),
            is_failed: Set(false),
            requested_by: Set(Some(by.id)),
            beat_at: Set(ctx.now()),
        };
        let row = row.insert(&*tx).await?;
        emit(&*tx, ctx.now(), Event::JobRequested { job: job.name.to_owned(), tick: tick.clone() }).await?;
        let deed = Deed {
            action: "job.run",
            subject: "job",
            subject_id: job.name.to_owned(),
            before: Value::Null,
            after: json!({ "run": tick }),
        };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(row)
    })
    .await?;
    Ok(look::run_view(row, Some(by.name.clone())))
}

/// Carries out a requested run unless that was done. A job that fails is not tried again: whoever
/// asked for it sees why.
pub async fn run_requested(ctx: &Ctx, job: &str, tick: &str) -> Result<()> {
    let waiting = job_run::Entity::update_many()
        .col_expr(C::Node, Expr::value("worker"))
        .col_expr(C::StartedAt, Expr::value(ctx.now()))
        .filter(C::Job.eq(job))
        .filter(C::Tick.eq(tick))
        .filter(C::FinishedAt.is_null())
        .exec(&ctx.db)
        .await?;
    if waiting.rows_affected == 0 {
        return Ok(());
    }
    carry_out(ctx, job, tick).await
}
