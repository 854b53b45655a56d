//! Events that failed: why, when the next try is, and a try now.

use super::api::{RetryEvent, get_failed_events};
use super::frame::Frame;
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, EmptyState, ErrorSummary, Errors, FailureView, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::admin::{FAILED_SHOWN, FailedEvent};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminOutbox() -> impl IntoView {
    let retry = ServerAction::<RetryEvent>::new();
    let query = use_query_map();
    let source = move || (retry.version().get(), query.read().get("after"));
    let failed = load(source, |(_, after)| get_failed_events(after));
    let retried = move || query.read().get("retried").is_some();
    view! {
        <Frame>
            <div aria-live="polite" class="mb-4 empty:hidden">
                <ErrorSummary errors=Errors::of(retry) />
                {move || retried().then(|| view! { <Alert kind="success"><p>{t(text::admin::RETRIED)}</p></Alert> })}
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match failed.await {
                        Ok(failed) => view! { <Content failed retry /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(failed: Vec<FailedEvent>, retry: ServerAction<RetryEvent>) -> impl IntoView {
    if failed.is_empty() {
        return view! {
            <PageTitle title=t(text::admin::OUTBOX) />
            <EmptyState title=t(text::admin::NO_FAILED) icon="circle-check"><p>{t(text::admin::NO_FAILED_HELP)}</p></EmptyState>
        }
        .into_any();
    }
    let next =
        failed.last().filter(|_| failed.len() == FAILED_SHOWN).map(|last| format!("/admin/outbox?after={}", last.cursor()));
    let (dead, waiting): (Vec<_>, Vec<_>) = failed.into_iter().partition(|event| event.dead_at.is_some());
    view! {
        <PageTitle title=t(text::admin::OUTBOX)>
            <ActionForm action=retry><SubmitButton label=t(text::admin::RETRY_ALL) pending=retry.pending() /></ActionForm>
        </PageTitle>
        <div class="grid gap-6">
            <Events title=t(text::admin::DEAD) events=dead retry />
            <Events title=t(text::admin::WAITING) events=waiting retry />
        </div>
        {next.map(|href| view! {
            <nav class="mt-6 flex justify-center" aria-label=t(text::ui::PAGES)><a class="btn" href=href>{t(text::ui::NEXT)}</a></nav>
        })}
    }
    .into_any()
}

#[component]
fn Events(title: &'static str, events: Vec<FailedEvent>, retry: ServerAction<RetryEvent>) -> impl IntoView {
    (!events.is_empty()).then(|| {
        view! {
            <section class="grid gap-3">
                <h2 class="text-lg font-semibold">{title}</h2>
                <ul class="grid gap-3">{events.into_iter().map(|row| view! { <Row row retry /> }).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Row(row: FailedEvent, retry: ServerAction<RetryEvent>) -> impl IntoView {
    let given_up = row.dead_at.map(|at| tf(text::admin::GIVEN_UP, &[("at", &moment(at))]));
    let next_try = row.next_try_at.map(|at| tf(text::admin::NEXT_TRY, &[("at", &moment(at))]));
    view! {
        <li class="card bg-base-100 gap-2 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid min-w-0 gap-0.5">
                    <h3 class="font-semibold"><code>{row.kind}</code></h3>
                    <p class="text-sm break-all" data-testid="about">{row.about}</p>
                    <p class="text-sm">{moment(row.created_at)}" · "{tf(text::admin::ATTEMPTS, &[("count", &row.attempts)])}" · "{given_up.or(next_try)}</p>
                </div>
                <ActionForm action=retry>
                    <HiddenField name="event" value=row.id.to_string() />
                    <SubmitButton label=t(text::admin::RETRY) pending=retry.pending() class="btn btn-sm" />
                </ActionForm>
            </div>
            <p class="text-sm break-all"><code>"event "{row.id.to_string()}</code></p>
            <p class="text-error text-sm break-words"><span class="font-semibold">{t(text::admin::CAUSE)}": "</span>{row.last_error}</p>
        </li>
    }
}
