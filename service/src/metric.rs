//! Figures of the shop's inner life, for `/metrics`. Read from the database, so that every node
//! tells the same. For the operator's collector, not for users: there is no actor.

use crate::job::JOBS;
use crate::{Ctx, Result};
use domain::webhook::WebhookState;
use entity::{books_check, email, job_run, outbox, webhook};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

/// A figure as Prometheus names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub name: &'static str,
    pub help: &'static str,
    /// Label and value.
    pub label: Option<(&'static str, &'static str)>,
    pub value: i64,
}

pub async fn figures(ctx: &Ctx) -> Result<Vec<Figure>> {
    let plain = |name, help, value: u64| Figure { name, help, label: None, value: i64::try_from(value).unwrap_or(i64::MAX) };
    let open = outbox::Entity::find().filter(outbox::Column::DoneAt.is_null()).filter(outbox::Column::DeadAt.is_null());
    let dead = outbox::Entity::find().filter(outbox::Column::DeadAt.is_not_null());
    let unsent = email::Entity::find().filter(email::Column::SentAt.is_null()).filter(email::Column::FailedAt.is_null());
    let failed = email::Entity::find().filter(email::Column::FailedAt.is_not_null());
    let stray = webhook::Entity::find()
        .filter(webhook::Column::State.eq(WebhookState::NotApplied))
        .filter(webhook::Column::ProcessedAt.is_not_null());
    let mut figures = vec![
        plain("belanjain_outbox_open", "Events not yet handled.", open.count(&ctx.db).await?),
        plain("belanjain_outbox_dead", "Events that were given up.", dead.count(&ctx.db).await?),
        plain("belanjain_mail_unsent", "Letters written and not yet sent.", unsent.count(&ctx.db).await?),
        plain("belanjain_mail_failed", "Letters refused for good.", failed.count(&ctx.db).await?),
        plain("belanjain_webhooks_unattributed", "Authentic webhooks that belong to no payment.", stray.count(&ctx.db).await?),
    ];
    figures.extend(books(ctx).await?);
    figures.extend(jobs(ctx).await?);
    Ok(figures)
}

/// Of the latest nightly check; none before the first.
async fn books(ctx: &Ctx) -> Result<Option<Figure>> {
    let latest = books_check::Entity::find().order_by_desc(books_check::Column::Day).one(&ctx.db).await?;
    Ok(latest.map(|check| Figure {
        name: "belanjain_books_disagreements",
        help: "Disagreements the latest nightly check of the books found.",
        label: None,
        value: check.disagreements,
    }))
}

/// When each job last ended well.
async fn jobs(ctx: &Ctx) -> Result<Vec<Figure>> {
    let mut figures = vec![];
    for job in JOBS {
        let latest = job_run::Entity::find()
            .filter(job_run::Column::Job.eq(job.name))
            .filter(job_run::Column::IsFailed.eq(false))
            .filter(job_run::Column::FinishedAt.is_not_null())
            .order_by_desc(job_run::Column::StartedAt)
            .one(&ctx.db)
            .await?;
        figures.extend(latest.and_then(|run| run.finished_at).map(|at| Figure {
            name: "belanjain_job_last_success_timestamp_seconds",
            help: "When the job last ended well.",
            label: Some(("job", job.name)),
            value: at.timestamp(),
        }));
    }
    Ok(figures)
}
