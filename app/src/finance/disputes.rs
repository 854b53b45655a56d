//! Money that banks and gateways took back, and what was done about it.

use super::frame::Frame;
use super::refund_api::{ResolveDispute, get_disputes};
use crate::i18n::{Text, moment, t, text};
use crate::load::load;
use crate::ui::{
    EmptyState, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, Pagination, SkeletonPage, SubmitButton,
};
use domain::Page;
use domain::payment::PaymentEventKind;
use domain::refund::DisputeRow;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceDisputes() -> impl IntoView {
    let query = use_query_map();
    let resolve = ServerAction::<ResolveDispute>::new();
    let source = move || (query.read().get("state"), query.read().get("page"), resolve.version().get());
    let disputes = load(source, |(state, page, _)| get_disputes(state, page));
    view! {
        <Frame>
            <div aria-live="polite"><ErrorSummary errors=Errors::of(resolve) /></div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match disputes.await {
                        Ok(page) => view! { <Content page resolve /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn kind_text(kind: PaymentEventKind) -> Text {
    match kind {
        PaymentEventKind::Refunded => text::finance::DISPUTE_REFUND,
        PaymentEventKind::Failed => text::finance::DISPUTE_REVERSAL,
        _ => text::finance::DISPUTE_CHARGEBACK,
    }
}

#[component]
fn Content(page: Page<DisputeRow>, resolve: ServerAction<ResolveDispute>) -> impl IntoView {
    let is_resolved = use_query_map().read_untracked().get("state").as_deref() == Some("resolved");
    let (number, last) = (page.page, page.last());
    let tab = |state: &'static str, label, is_here: bool| {
        view! { <a class="btn btn-sm aria-[current]:btn-primary" href=format!("/finance/disputes?state={state}") aria-current=is_here.then_some("page")>{t(label)}</a> }
    };
    view! {
        <PageTitle title=t(text::finance::DISPUTES) />
        <p class="mb-4">{t(text::finance::DISPUTES_HINT)}</p>
        <nav class="mb-4 flex gap-1" aria-label=t(text::finance::STATUSES)>
            {tab("open", text::finance::DISPUTE_OPEN, !is_resolved)}{tab("resolved", text::finance::DISPUTE_RESOLVED, is_resolved)}
        </nav>
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_DISPUTES) icon="circle-check" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="disputes">{page.items.into_iter().map(|row| view! { <Row row resolve /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
    }
}

#[component]
fn Row(row: DisputeRow, resolve: ServerAction<ResolveDispute>) -> impl IntoView {
    let id = row.id.to_string();
    let is_open = row.resolved_at.is_none();
    view! {
        <li class="card bg-base-100 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid gap-0.5"><p class="font-semibold">{t(kind_text(row.kind))}</p>
                    <p class="text-sm">{row.orders.join(", ")}" · "{row.method}" · "{moment(row.opened_at)}</p>
                    {row.resolution.map(|words| view! { <p class="text-sm">{words}</p> })}</div>
                <p class="text-lg font-bold"><Money amount=row.amount /></p>
            </div>
            {is_open.then(|| view! {
                <ActionForm action=resolve attr:class="border-base-300 flex flex-wrap items-end gap-2 border-t pt-3">
                    <HiddenField name="dispute" value=id />
                    <div class="min-w-0 flex-1"><Field label=t(text::finance::RESOLUTION) name="resolution" errors=Errors::of(resolve) maxlength=300 /></div>
                    <SubmitButton label=t(text::finance::RESOLVE) pending=resolve.pending() />
                </ActionForm>
            })}
        </li>
    }
}
