//! The queue of proofs, and the one that is looked at.

use super::api::{ApproveProof, ClaimProof, Desk, NextProof, RejectProof, get_desk};
use super::done::Done;
use super::figures::Figures;
use super::frame::Frame;
use super::proof::Proof;
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{
    DoneAlert, EmptyState, ErrorSummary, Errors, FailureView, Icon, Money, PageTitle, Pagination, SkeletonPage, SubmitButton,
};
use domain::desk::{DeskRow, QueueState};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What an agent does.
#[derive(Clone, Copy)]
pub struct Actions {
    pub claim: ServerAction<ClaimProof>,
    pub next: ServerAction<NextProof>,
    pub approve: ServerAction<ApproveProof>,
    pub reject: ServerAction<RejectProof>,
}

#[component]
pub fn DeskQueue() -> impl IntoView {
    let actions = Actions {
        claim: ServerAction::new(),
        next: ServerAction::new(),
        approve: ServerAction::new(),
        reject: ServerAction::new(),
    };
    let query = use_query_map();
    let source = move || {
        let Actions { claim, next, approve, reject } = actions;
        let versions = (claim.version().get(), next.version().get(), approve.version().get(), reject.version().get());
        let query = query.read();
        (query.get("state"), query.get("page"), query.get("payment"), versions)
    };
    let refusals = [Errors::of(actions.claim), Errors::of(actions.next), Errors::of(actions.approve), Errors::of(actions.reject)];
    let turn = Signal::derive(move || actions.approve.version().get() + actions.reject.version().get());
    let is_refused = Errors::any(refusals);
    let desk = load(source, |(state, page, payment, _)| get_desk(state, page, payment));
    view! {
        <Frame>
            <div aria-live="polite" class="mb-3 empty:hidden">
                <DoneAlert words=Done::told turn is_refused />
                {refusals.map(|errors| view! { <ErrorSummary errors /> })}
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match desk.await {
                        Ok(desk) => view! { <Content desk actions /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(desk: Desk, actions: Actions) -> impl IntoView {
    let Desk { figures, page, current } = desk;
    let state = use_query_map().read_untracked().get("state").and_then(|s| s.parse().ok()).unwrap_or(QueueState::Open);
    let (number, last) = (page.page, page.last());
    let can_start = figures.waiting > 0 && current.is_none();
    view! {
        <PageTitle title=t(text::desk::VERIFY)>
            {can_start.then(|| view! {
                <ActionForm action=actions.next><SubmitButton label=t(text::desk::NEXT) pending=actions.next.pending() /></ActionForm>
            })}
        </PageTitle>
        {match current {
            Some(payment) => view! { <Proof payment actions /> }.into_any(),
            None => view! {
                <Figures figures />
                <Tabs state />
                {if page.items.is_empty() {
                    view! { <EmptyState title=t(text::desk::EMPTY) icon="circle-check" /> }.into_any()
                } else {
                    view! { <ul class="grid gap-3" data-testid="desk-queue">{page.items.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> }.into_any()
                }}
                <Pagination page=number last />
            }.into_any(),
        }}
    }
}

#[component]
fn Tabs(state: QueueState) -> impl IntoView {
    let label = |state: &QueueState| match state {
        QueueState::Open => text::desk::OPEN,
        QueueState::Mine => text::desk::MINE,
        QueueState::Approved => text::desk::APPROVED,
        QueueState::Rejected => text::desk::REJECTED,
    };
    view! {
        <nav class="mb-4 flex gap-1 overflow-x-auto" aria-label=t(text::desk::STATES)>
            {QueueState::ALL.iter().map(|s| view! {
                <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=format!("/desk?state={s}") aria-current=(*s == state).then_some("page")>{t(label(s))}</a>
            }).collect_view()}
        </nav>
    }
}

#[component]
fn Row(row: DeskRow) -> impl IntoView {
    let href = format!("/desk?payment={}", row.payment_id);
    let fits = row.stated == row.expected;
    let held = match (row.is_mine, row.claimed_by) {
        (true, _) => Some(t(text::desk::HELD_BY_ME).to_owned()),
        (false, Some(agent)) => Some(tf(text::desk::HELD_BY, &[("agent", &agent)])),
        _ => None,
    };
    view! {
        <li class="card bg-base-100 p-4">
            <a class="flex flex-wrap items-center justify-between gap-3" href=href>
                <span class="grid">
                    <span class="font-semibold">{row.buyer}</span>
                    <span class="text-sm">{row.sender_bank}" · "{moment(row.submitted_at)}</span>
                </span>
                <span class="flex flex-wrap items-center gap-2">
                    {held.map(|words| view! { <span class="badge badge-info h-auto py-1">{words}</span> })}
                    {row.is_half_approved.then(|| view! { <span class="badge badge-warning h-auto py-1">{t(text::desk::HALF_APPROVED)}</span> })}
                    {(!fits).then(|| view! { <span class="badge badge-warning h-auto gap-1 py-1"><Icon name="circle-alert" />{t(text::desk::DIFFERS)}</span> })}
                    <span class="font-bold"><Money amount=row.expected /></span>
                </span>
            </a>
        </li>
    }
}
