//! Jobs: when they run, how the latest runs went, and a run by hand.

use super::api::{RunJob, get_jobs};
use super::frame::Frame;
use super::outcome::outcome_text;
use crate::i18n::{Text, moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, ErrorSummary, Errors, FailureView, HiddenField, Icon, PageTitle, SkeletonPage, SubmitButton};
use domain::admin::{JobRunView, JobView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminJobs() -> impl IntoView {
    let run = ServerAction::<RunJob>::new();
    let jobs = load(move || run.version().get(), |_| get_jobs());
    let query = use_query_map();
    let asked = move || query.read().get("asked").is_some();
    view! {
        <Frame>
            <PageTitle title=t(text::admin::JOBS)><a class="btn" href="/admin/jobs" rel="external">{t(text::admin::RELOAD)}</a></PageTitle>
            <div aria-live="polite" class="mb-4 empty:hidden">
                <ErrorSummary errors=Errors::of(run) />
                {move || asked().then(|| view! { <Alert kind="success"><p>{t(text::admin::ASKED)}</p></Alert> })}
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match jobs.await {
                        Ok(jobs) => view! {
                            <ul class="grid gap-3" data-testid="jobs">{jobs.into_iter().map(|job| view! { <Job job run /> }).collect_view()}</ul>
                        }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// Name and purpose; a job of a newer version shows the name it has in commands.
fn words(name: &str) -> Option<(Text, Text)> {
    use text::admin as a;
    Some(match name {
        "weekly-report" => (a::JOB_WEEKLY_REPORT, a::JOB_WEEKLY_REPORT_HELP),
        "auto-cancel" => (a::JOB_AUTO_CANCEL, a::JOB_AUTO_CANCEL_HELP),
        "auto-complete" => (a::JOB_AUTO_COMPLETE, a::JOB_AUTO_COMPLETE_HELP),
        "remind-unpaid" => (a::JOB_REMIND_UNPAID, a::JOB_REMIND_UNPAID_HELP),
        "remind-completion" => (a::JOB_REMIND_COMPLETION, a::JOB_REMIND_COMPLETION_HELP),
        "reconcile-payments" => (a::JOB_RECONCILE_PAYMENTS, a::JOB_RECONCILE_PAYMENTS_HELP),
        "review-invitations" => (a::JOB_REVIEW_INVITATIONS, a::JOB_REVIEW_INVITATIONS_HELP),
        "verify-books" => (a::JOB_VERIFY_BOOKS, a::JOB_VERIFY_BOOKS_HELP),
        "cleanup" => (a::JOB_CLEANUP, a::JOB_CLEANUP_HELP),
        _ => return None,
    })
}

#[component]
fn Job(job: JobView, run: ServerAction<RunJob>) -> impl IntoView {
    let JobView { name, next_at, runs, .. } = job;
    let (title, help) = words(&name).map_or((name.clone(), ""), |(title, help)| (t(title).to_owned(), t(help)));
    let wanted = name.clone();
    view! {
        <li class="card bg-base-100 gap-3 p-4" data-job=name.clone()>
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid min-w-0 gap-0.5">
                    <h2 class="text-lg font-bold">{title}</h2>
                    <p class="text-sm">{help}</p>
                    <p class="text-sm"><code>{name.clone()}</code>{next_at.map(|at| format!(" · {}: {}", t(text::admin::NEXT_RUN), moment(at)))}</p>
                </div>
                <ActionForm action=run>
                    <HiddenField name="name" value=wanted />
                    <SubmitButton label=t(text::admin::RUN) pending=run.pending() class="btn" />
                </ActionForm>
            </div>
            {if runs.is_empty() {
                view! { <p class="text-sm">{t(text::admin::NO_RUNS)}</p> }.into_any()
            } else {
                view! { <ul class="divide-base-300 border-base-300 grid divide-y border-t" aria-label=t(text::admin::RUNS)>{runs.into_iter().map(|run| view! { <Run run /> }).collect_view()}</ul> }.into_any()
            }}
        </li>
    }
}

#[component]
fn Run(run: JobRunView) -> impl IntoView {
    let (class, icon, label) = match (run.finished_at, run.is_failed) {
        (None, _) => ("badge badge-warning", "clock", text::admin::RUN_WAITING),
        (Some(_), true) => ("badge badge-error", "circle-x", text::admin::RUN_FAILED),
        (Some(_), false) => ("badge badge-success", "circle-check", text::admin::RUN_OK),
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm" data-testid="job-run">
            <span class=format!("{class} h-auto gap-1 py-1")><Icon name=icon />{t(label)}</span>
            <span class="whitespace-nowrap">{moment(run.started_at)}</span>
            <span class="min-w-0 flex-1 break-words">{run.outcome.as_deref().map(outcome_text)}</span>
            {run.requested_by.map(|name| view! { <span>{tf(text::admin::RUN_BY, &[("name", &name)])}</span> })}
        </li>
    }
}
