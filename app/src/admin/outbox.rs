//! Events that were given up: why, and another try.

use super::api::{RetryDeadLetter, get_dead_letters};
use super::frame::Frame;
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, EmptyState, ErrorSummary, Errors, FailureView, HiddenField, PageTitle, SkeletonPage, SubmitButton};
use domain::admin::DeadLetter;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn AdminOutbox() -> impl IntoView {
    let retry = ServerAction::<RetryDeadLetter>::new();
    let dead = load(move || retry.version().get(), |_| get_dead_letters());
    let query = use_query_map();
    let retried = move || query.read().get("retried").is_some();
    view! {
        <Frame>
            <div aria-live="polite" class="mb-4 empty:hidden">
                <ErrorSummary errors=Errors::of(retry) />
                {move || retried().then(|| view! { <Alert kind="success"><p>{t(text::admin::RETRIED)}</p></Alert> })}
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match dead.await {
                        Ok(dead) => view! { <Content dead retry /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(dead: Vec<DeadLetter>, retry: ServerAction<RetryDeadLetter>) -> impl IntoView {
    if dead.is_empty() {
        return view! {
            <PageTitle title=t(text::admin::OUTBOX) />
            <EmptyState title=t(text::admin::NO_DEAD) icon="circle-check"><p>{t(text::admin::NO_DEAD_HELP)}</p></EmptyState>
        }
        .into_any();
    }
    view! {
        <PageTitle title=t(text::admin::OUTBOX)>
            <ActionForm action=retry><SubmitButton label=t(text::admin::RETRY_ALL) pending=retry.pending() /></ActionForm>
        </PageTitle>
        <ul class="grid gap-3" data-testid="dead-letters">{dead.into_iter().map(|row| view! { <Row row retry /> }).collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn Row(row: DeadLetter, retry: ServerAction<RetryDeadLetter>) -> impl IntoView {
    view! {
        <li class="card bg-base-100 gap-2 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid min-w-0 gap-0.5">
                    <h2 class="font-semibold"><code>{row.kind}</code></h2>
                    <p class="text-sm">{moment(row.created_at)}" · "{tf(text::admin::ATTEMPTS, &[("count", &row.attempts)])}" · "{tf(text::admin::GIVEN_UP, &[("at", &moment(row.dead_at))])}</p>
                </div>
                <ActionForm action=retry>
                    <HiddenField name="event" value=row.id.to_string() />
                    <SubmitButton label=t(text::admin::RETRY) pending=retry.pending() class="btn btn-sm" />
                </ActionForm>
            </div>
            <p class="text-error text-sm break-words"><span class="font-semibold">{t(text::admin::CAUSE)}": "</span>{row.last_error}</p>
        </li>
    }
}
