//! Server functions of the administration.

use crate::failure::Answer;
use domain::Page;
use domain::admin::{AuditRow, FailedEvent, JobView, MailRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[server(endpoint = "admin/jobs", input = GetUrl)]
pub async fn get_jobs() -> Answer<Vec<JobView>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(service::job::jobs(&ctx, &actor).await?)
}

#[server(endpoint = "admin/job/run")]
pub async fn run_job(name: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::job::request(&ctx, &actor, &name).await?;
    leptos_axum::redirect("/admin/jobs?asked=1");
    Ok(())
}

#[server(endpoint = "admin/outbox", input = GetUrl)]
pub async fn get_failed_events(after: Option<String>) -> Answer<Vec<FailedEvent>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let after = domain::admin::FailedAfter::read(after.as_deref())?;
    Ok(service::notification::failed_events(&ctx, &actor, after).await?)
}

/// One of them, or all when none is named.
#[server(endpoint = "admin/outbox/retry")]
pub async fn retry_event(#[server(default)] event: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    if event.is_empty() {
        service::notification::retry_all_events(&ctx, &actor).await?;
    } else {
        let id = event.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Event))?;
        service::notification::retry_event(&ctx, &actor, id).await?;
    }
    leptos_axum::redirect("/admin/outbox?retried=1");
    Ok(())
}

/// A letter with sample values; its HTML is shown in a frame of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub kind: domain::letter::LetterKind,
    pub locale: domain::Locale,
    pub subject: String,
    pub text: String,
}

#[server(endpoint = "admin/mail/sample", input = GetUrl)]
pub async fn get_sample(kind: Option<String>, locale: Option<String>) -> Answer<Sample> {
    use domain::Error;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let kind = kind.as_deref().unwrap_or("order_placed").parse().map_err(|()| Error::NotFound(domain::Noun::Email))?;
    let locale = match locale.as_deref() {
        None => actor.locale,
        Some(text) => text.parse().map_err(|()| Error::NotFound(domain::Noun::Email))?,
    };
    let preview = service::notification::preview(&ctx, &actor, kind, locale).await?;
    Ok(Sample { kind, locale, subject: preview.subject, text: preview.text })
}

#[server(endpoint = "admin/sent", input = GetUrl)]
pub async fn get_sent(recipient: Option<String>, state: Option<String>, page_number: Option<String>) -> Answer<Page<MailRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let recipient = domain::admin::recipient(recipient.as_deref())?;
    let state = domain::admin::mail_state(state.as_deref())?;
    let page = crate::server::page(page_number)?;
    Ok(service::notification::sent_mail(&ctx, &actor, recipient.as_deref(), state, page).await?)
}

#[server(endpoint = "admin/audit", input = GetUrl)]
pub async fn get_audit(
    actor: Option<String>,
    action: Option<String>,
    subject: Option<String>,
    from: Option<String>,
    to: Option<String>,
    page_number: Option<String>,
) -> Answer<Page<AuditRow>> {
    let (ctx, caller) = (crate::server::ctx()?, crate::server::actor());
    let filter = domain::admin::AuditFilter::read(
        actor.as_deref(),
        action.as_deref(),
        subject.as_deref(),
        from.as_deref(),
        to.as_deref(),
    )?;
    Ok(service::audit::trail(&ctx, &caller, &filter, crate::server::page(page_number)?).await?)
}
