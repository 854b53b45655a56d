//! Payouts: what waits, bank files, and what the bank did.

use super::done::Done;
use super::frame::Frame;
use super::payouts_api::{BatchPayouts, DecidePayout, Payouts, SettleBatch, get_payouts};
use crate::i18n::{Text, moment, payout_status_text, t, text, tf};
use crate::load::load;
use crate::ui::{
    DoneAlert, EmptyState, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, Pagination, SkeletonPage,
    SubmitButton,
};
use domain::Page;
use domain::payout::{PayoutBatch, PayoutRow, PayoutStatus};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[derive(Clone, Copy)]
struct Actions {
    decide: ServerAction<DecidePayout>,
    batch: ServerAction<BatchPayouts>,
    settle: ServerAction<SettleBatch>,
}

#[component]
pub fn FinancePayouts() -> impl IntoView {
    let actions = Actions { decide: ServerAction::new(), batch: ServerAction::new(), settle: ServerAction::new() };
    let query = use_query_map();
    let turn = move || actions.decide.version().get() + actions.batch.version().get() + actions.settle.version().get();
    let source = move || {
        let get = |name| query.read().get(name);
        (get("status"), get("page"), get("batch_page"), get("batch"), turn())
    };
    let payouts = load(source, |(status, page, batch_page, batch, _)| get_payouts(status, page, batch_page, batch));
    let errors = [Errors::of(actions.decide), Errors::of(actions.batch), Errors::of(actions.settle)];
    view! {
        <Frame>
            <PageTitle title=t(text::finance::PAYOUTS) />
            <div aria-live="polite" class="mb-4 empty:hidden">
                {errors.map(|errors| view! { <ErrorSummary errors /> })}
                <DoneAlert words=Done::told is_refused=Errors::any(errors) turn=Signal::derive(turn) />
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match payouts.await {
                        Ok(payouts) => view! { <Content payouts actions /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(payouts: Payouts, actions: Actions) -> impl IntoView {
    let Payouts { page, batches } = payouts;
    let query = use_query_map().get_untracked();
    let is_one = query.get("batch").is_some_and(|number| !number.is_empty());
    let named = query.get("status").and_then(|s| s.parse().ok());
    let chosen = named.or((!is_one).then_some(PayoutStatus::Requested));
    let (number, last) = (page.page, page.last());
    let can_batch = chosen == Some(PayoutStatus::Approved) && !page.items.is_empty();
    view! {
        <nav class="mb-4 flex gap-1 overflow-x-auto" aria-label=t(text::finance::STATUSES)>
            {PayoutStatus::ALL.iter().map(|s| view! {
                <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=format!("/finance/payouts?status={s}") aria-current=(Some(*s) == chosen).then_some("page")>{t(payout_status_text(*s))}</a>
            }).collect_view()}
        </nav>
        {can_batch.then(|| view! {
            <ActionForm action=actions.batch attr:id="batch" attr:class="mb-3"><SubmitButton label=t(text::finance::MAKE_BATCH) pending=actions.batch.pending() /></ActionForm>
        })}
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_PAYOUTS) icon="circle-check" /> }.into_any()
        } else {
            view! { <ul class="grid gap-3" data-testid="finance-payouts">{page.items.into_iter().map(|row| view! { <Row row actions /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page=number last />
        <Batches batches actions is_one />
    }
}

/// Bank files; or the one whose payouts are shown.
#[component]
fn Batches(batches: Page<PayoutBatch>, actions: Actions, is_one: bool) -> impl IntoView {
    let (number, last) = (batches.page, batches.last());
    (is_one || !batches.items.is_empty()).then(|| {
        view! {
            <section id="batch_page" class="mt-6 scroll-mt-20">
                <h2 class="mb-2 text-lg font-bold">{t(text::finance::BATCHES)}</h2>
                <ul class="grid gap-3" data-testid="batches">{batches.items.into_iter().map(|batch| view! { <Batch batch actions /> }).collect_view()}</ul>
                <Pagination page=number last param="batch_page" label=text::finance::BATCHES />
                {is_one.then(|| view! { <p class="mt-4"><a class="btn" href="/finance/payouts#batch_page">{t(text::finance::ALL_BATCHES)}</a></p> })}
            </section>
        }
    })
}

#[component]
fn Row(row: PayoutRow, actions: Actions) -> impl IntoView {
    let id = row.id.to_string();
    let status = row.status;
    let told = |template, name: String, time| tf(template, &[("name", &name), ("time", &moment(time))]);
    let choose = tf(text::finance::CHOOSE, &[("number", &row.number)]);
    let decided = row.decided_by.zip(row.decided_at).map(|(name, at)| told(text::finance::DECIDED_BY, name, at));
    view! {
        <li class="card bg-base-100 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="flex items-start gap-3">
                    {(status == PayoutStatus::Approved).then(|| view! { <input class="checkbox" type="checkbox" form="batch" name="payouts[]" value=id.clone() checked aria-label=choose /> })}
                    <div class="grid gap-0.5 text-sm">
                        <p class="text-base font-semibold">{row.store.name}</p>
                        <p>{row.number.clone()}" · "{row.bank}" "{row.account_number}" · "{row.holder}</p>
                        <p>{told(text::finance::REQUESTED_BY, row.requested_by, row.requested_at)}</p>
                        {decided.map(|words| view! { <p>{words}</p> })}
                        {row.batch.map(|batch| view! { <p><a class="link" href=format!("/finance/payouts?batch={batch}")>{batch.clone()}</a></p> })}
                        {row.reference.map(|reference| view! { <p>{t(text::field::REFERENCE)}": "{reference}</p> })}
                        {row.reason.map(|reason| view! { <p class="text-error">{reason}</p> })}
                        <a class="link" href=format!("/finance/transactions?q={}", row.number)>{t(text::finance::TRANSACTIONS)}</a>
                    </div>
                </div>
                <p class="text-lg font-bold"><Money amount=row.amount /></p>
            </div>
            <Steps id status actions />
        </li>
    }
}

/// What can be done to it now.
#[component]
fn Steps(id: String, status: PayoutStatus, actions: Actions) -> impl IntoView {
    let action = actions.decide;
    let pending = action.pending();
    let one = |name: &'static str, label, class| {
        let id = id.clone();
        view! {
            <ActionForm action attr:class="flex"><HiddenField name="payout" value=id /><HiddenField name="action" value=name /><SubmitButton label=t(label) pending class /></ActionForm>
        }
    };
    // A reason, or the bank's reference, belongs to it.
    let with_words = |name: &'static str, label, (field, words): (&'static str, Text), class| {
        let id = id.clone();
        let form = format!("{id}-{name}");
        view! {
            <ActionForm action attr:class="flex min-w-60 flex-1 flex-wrap items-end gap-2"><HiddenField name="payout" value=id /><HiddenField name="action" value=name />
                <div class="min-w-0 flex-1"><Field label=t(words) name=field maxlength=100 errors=Errors::of(action) form /></div><SubmitButton label=t(label) pending class /></ActionForm>
        }
    };
    let (reason, reference) = (("reason", text::finance::REASON), ("reference", text::finance::REFERENCE));
    let refuse = || with_words("refuse", text::finance::REFUSE, reason, "btn btn-error");
    let steps = match status {
        PayoutStatus::Requested => view! { {one("approve", text::finance::APPROVE, "btn btn-primary")}{refuse()} }.into_any(),
        PayoutStatus::Approved => refuse().into_any(),
        PayoutStatus::Sent => view! {
            {with_words("settle", text::finance::MARK_SETTLED, reference, "btn btn-primary")}
            {with_words("fail", text::finance::MARK_FAILED, reason, "btn btn-error")}
        }
        .into_any(),
        // A bank may send money back days later.
        PayoutStatus::Settled => view! {
            <details class="w-full"><summary class="btn btn-sm">{t(text::finance::SENT_BACK)}</summary>
                <div class="mt-3">{with_words("fail", text::finance::MARK_FAILED, reason, "btn btn-error")}</div></details>
        }
        .into_any(),
        _ => return ().into_any(),
    };
    view! { <div class="border-base-300 flex flex-wrap items-end gap-4 border-t pt-3">{steps}</div> }.into_any()
}

#[component]
fn Batch(batch: PayoutBatch, actions: Actions) -> impl IntoView {
    let id = batch.id.to_string();
    let open = (batch.open > 0).then(|| tf(text::finance::BATCH_OPEN, &[("n", &batch.open), ("count", &batch.count)]));
    view! {
        <li class="card bg-base-100 gap-3 p-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <p class="grid"><span class="font-semibold">{batch.number.clone()}</span><span class="text-sm">{moment(batch.created_at)}" · "{batch.created_by}</span>
                    {open.clone().map(|words| view! { <span class="text-sm">{words}</span> })}</p>
                <p class="flex flex-wrap items-center gap-3"><a class="link font-bold" href=format!("/finance/payouts?batch={}", batch.number)><Money amount=batch.total /></a>
                    <a class="btn btn-sm" href=format!("/api/v1/finance/payout-batches/{id}/file") rel="external" download>{t(text::finance::BATCH_FILE)}</a></p>
            </div>
            {open.map(|_| view! {
                <ActionForm action=actions.settle attr:class="border-base-300 flex flex-wrap items-end gap-2 border-t pt-3">
                    <HiddenField name="batch" value=id.clone() />
                    <div class="min-w-56 flex-1"><Field label=t(text::finance::REFERENCE) name="reference" maxlength=100 errors=Errors::of(actions.settle) form=id.clone() /></div>
                    <SubmitButton label=t(text::finance::SETTLE_BATCH) pending=actions.settle.pending() />
                </ActionForm>
            })}
        </li>
    }
}
