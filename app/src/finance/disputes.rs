//! Money that banks and gateways took back, and what was done about it.

use super::done::Done;
use super::frame::Frame;
use super::refund_api::{ResolveDispute, get_disputes};
use super::words::About;
use crate::i18n::{Text, moment, t, text, tf};
use crate::load::load;
use crate::ui::{
    DoneAlert, EmptyState, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, Pagination, SkeletonPage,
    SubmitButton,
};
use domain::Page;
use domain::payment::PaymentEventKind;
use domain::refund::{DisputeOutcome, DisputeRow};
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
            <div aria-live="polite" class="mb-4 empty:hidden"><ErrorSummary errors=Errors::of(resolve) /><DoneAlert words=Done::told is_refused=Errors::any([Errors::of(resolve)]) turn=resolve.version() /></div>
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
        PaymentEventKind::Failed | PaymentEventKind::Expired => text::finance::DISPUTE_REVERSAL,
        _ => text::finance::DISPUTE_CHARGEBACK,
    }
}

fn outcome_text(outcome: DisputeOutcome) -> Text {
    match outcome {
        DisputeOutcome::Nothing => text::finance::DISPUTE_OUTCOME_NOTHING,
        DisputeOutcome::ChargebackLost => text::finance::DISPUTE_OUTCOME_CHARGEBACK_LOST,
        DisputeOutcome::RefundSent => text::finance::DISPUTE_OUTCOME_REFUND_SENT,
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
    let form = row.resolved_at.is_none().then(|| view! { <Resolve row=row.clone() resolve /> });
    let booked = [(text::finance::DISPUTE_BOOKED, row.booked), (text::finance::DISPUTE_LOSS, row.loss)];
    let booked = booked.into_iter().filter(|(_, amount)| amount.0 > 0);
    let booked =
        booked.map(|(label, amount)| view! { <p class="text-sm">{tf(label, &[("amount", &amount)])}</p> }).collect_view();
    view! {
        <li class="card bg-base-100 gap-3 p-4" data-outcome=row.outcome.map(DisputeOutcome::as_str)>
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid gap-0.5"><p class="font-semibold">{t(kind_text(row.kind))}</p>
                    <p class="flex flex-wrap gap-x-2 text-sm">{row.orders.into_iter().map(|number| view! { <About number /> }).collect_view()}<span>{row.method}" · "{moment(row.opened_at)}</span></p>
                    <p class="text-sm">{t(text::finance::PAYMENT)}" "<About number=row.payment_id.to_string() /></p>
                    {row.outcome.map(|outcome| view! { <p class="text-sm">{t(outcome_text(outcome))}</p> })}
                    {booked}
                    {row.resolution.map(|words| view! { <p class="text-sm">{words}</p> })}</div>
                <p class="text-lg font-bold"><Money amount=row.amount /></p>
            </div>
            {form}
        </li>
    }
}

#[component]
fn Resolve(row: DisputeRow, resolve: ServerAction<ResolveDispute>) -> impl IntoView {
    let errors = Errors::of(resolve);
    let form = row.id.to_string();
    view! {
        <ActionForm action=resolve attr:class="border-base-300 grid gap-3 border-t pt-3 sm:grid-cols-2">
            <HiddenField name="dispute" value=form.clone() />
            <label class="grid gap-1 sm:col-span-2"><span class="text-sm font-semibold">{t(text::finance::DISPUTE_OUTCOME)}</span>
                <select class="select w-full" name="outcome" required>{DisputeOutcome::ALL.iter().map(|outcome| view! { <option value=outcome.as_str()>{t(outcome_text(*outcome))}</option> }).collect_view()}</select></label>
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::finance::DISPUTE_ORDER)}</span>
                <select class="select w-full" name="order"><option value="">{t(text::finance::DISPUTE_ALL_ORDERS)}</option>
                    {row.orders.into_iter().map(|number| view! { <option value=number.clone()>{number.clone()}</option> }).collect_view()}</select></label>
            <Field label=t(text::finance::DISPUTE_AMOUNT) name="amount" kind="number" required=false errors form=form.clone() />
            <div class="sm:col-span-2"><Field label=t(text::finance::RESOLUTION) name="resolution" errors maxlength=300 form /></div>
            <SubmitButton label=t(text::finance::RESOLVE) pending=resolve.pending() />
        </ActionForm>
    }
}
