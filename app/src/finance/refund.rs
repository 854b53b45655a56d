//! One refund: what it is for, what became of it, and what is to be done.

use super::done::Done;
use super::frame::Frame;
use super::refund_api::{DecideRefund, RejectRefund, get_refund};
use super::refunds::reason_text;
use super::words::About;
use crate::i18n::{moment, refund_status_text, t, text};
use crate::load::load;
use crate::ui::{
    Alert, DoneAlert, ErrorSummary, Errors, FailureView, Field, HiddenField, Money, PageTitle, SkeletonPage, SubmitButton,
};
use domain::payment::RefundStatus;
use domain::refund::{RefundLineView, RefundStep, RefundView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn FinanceRefund() -> impl IntoView {
    let params = use_params_map();
    let (decide, reject) = (ServerAction::<DecideRefund>::new(), ServerAction::<RejectRefund>::new());
    let turn = move || decide.version().get() + reject.version().get();
    let source = move || (params.read().get("id").unwrap_or_default(), turn());
    let refund = load(source, |(id, _)| get_refund(id));
    let errors = [Errors::of(decide), Errors::of(reject)];
    view! {
        <Frame>
            <div aria-live="polite" class="mb-4 empty:hidden">
                {errors.map(|errors| view! { <ErrorSummary errors /> })}
                <DoneAlert words=Done::told is_refused=Errors::any(errors) turn=Signal::derive(turn) />
            </div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match refund.await {
                        Ok(refund) => view! { <Content refund decide reject /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(refund: RefundView, decide: ServerAction<DecideRefund>, reject: ServerAction<RejectRefund>) -> impl IntoView {
    let status = refund.row.status;
    view! {
        <PageTitle title=t(text::finance::REFUND)>
            <span class="badge h-auto py-1" data-testid="refund-status" data-status=status.as_str()>{t(refund_status_text(status))}</span>
        </PageTitle>
        <div class="grid gap-6 lg:grid-cols-[1fr_20rem]">
            <div class="grid h-fit gap-4"><Facts refund=refund.clone() /><Lines lines=refund.lines.clone() shipping=refund.shipping restock=refund.restock /></div>
            <aside class="grid h-fit gap-4"><Deeds refund=refund.clone() decide reject /><Timeline steps=refund.timeline /></aside>
        </div>
    }
}

#[component]
fn Facts(refund: RefundView) -> impl IntoView {
    let row = refund.row;
    // What went wrong on the way to a refund that was sent is history: its timeline tells.
    let has_failed = row.has_failed && row.status != RefundStatus::Succeeded;
    let requested_by = row.requested_by.unwrap_or_else(|| t(text::finance::SYSTEM).to_owned());
    let fact = |label, value: AnyView| view! { <div class="grid content-start gap-0.5"><dt class="text-sm">{t(label)}</dt><dd class="font-semibold break-words">{value}</dd></div> };
    let words = |value: String| value.into_any();
    let money = |amount| view! { <Money amount /> }.into_any();
    let about = |number: String| view! { <About number /> }.into_any();
    view! {
        <section class="card bg-base-100 gap-4 p-5" data-testid="refund">
            <p class="text-3xl font-extrabold"><Money amount=row.amount /></p>
            <dl class="grid gap-3 sm:grid-cols-2">
                {fact(text::desk::BUYER, words(row.buyer))}
                {fact(text::finance::REASON, words(t(reason_text(row.reason)).to_owned()))}
                {row.order_number.map(|number| fact(text::finance::ORDER, about(number)))}
                {fact(text::finance::PAYMENT, about(row.payment_id.to_string()))}
                {fact(text::buying::METHOD, words(row.method))}
                {fact(text::finance::ASKED_BY, words(requested_by))}
                {refund.order_paid.map(|amount| fact(text::finance::ORDER_PAID, money(amount)))}
                {refund.order_left.map(|amount| fact(text::finance::ORDER_LEFT, money(amount)))}
                {row.sender.map(|sender| fact(text::finance::TO, words(sender)))}
                {row.reference.map(|reference| fact(text::finance::REFERENCE, words(reference)))}
            </dl>
            {row.note.map(|note| view! { <p>{note}</p> })}
            {has_failed.then(|| view! { <Alert kind="error"><p data-testid="refund-error">{t(text::finance::NOT_SENT)}</p></Alert> })}
            {refund.evidence_url.map(|url| view! { <a class="link text-sm" href=url rel="external" target="_blank">{t(text::finance::SEE_EVIDENCE)}</a> })}
        </section>
    }
}

#[component]
fn Lines(lines: Vec<RefundLineView>, shipping: domain::Money, restock: bool) -> impl IntoView {
    (!lines.is_empty() || shipping.0 > 0).then(|| {
        let has_lines = !lines.is_empty();
        let stock = if restock { text::finance::RESTOCKED } else { text::finance::NOT_RESTOCKED };
        view! {
            <section class="card bg-base-100 p-5"><h2 class="mb-2 text-lg font-bold">{t(text::finance::LINES)}</h2>
                <ul class="divide-base-300 grid divide-y text-sm">
                    {lines.into_iter().map(|line| view! { <li class="flex justify-between gap-3 py-2"><span>{line.quantity}" × "{line.product_name}</span><Money amount=line.amount /></li> }).collect_view()}
                    {(shipping.0 > 0).then(|| view! { <li class="flex justify-between gap-3 py-2"><span>{t(text::finance::SHIPPING)}</span><Money amount=shipping /></li> })}
                </ul>
                {has_lines.then(|| view! { <p class="mt-2 text-sm">{t(stock)}</p> })}
            </section>
        }
    })
}

/// What the reader may do now.
#[component]
fn Deeds(refund: RefundView, decide: ServerAction<DecideRefund>, reject: ServerAction<RejectRefund>) -> impl IntoView {
    let row = refund.row;
    let id = StoredValue::new(row.id.to_string());
    let is_open = matches!(row.status, RefundStatus::Requested | RefundStatus::Failed);
    let deed = move |action: &'static str, label, class: &'static str| {
        view! {
            <ActionForm action=decide attr:class="grid"><HiddenField name="refund" value=id.get_value() /><HiddenField name="action" value=action />
                <SubmitButton label=t(label) pending=decide.pending() class /></ActionForm>
        }
    };
    let is_own = row.status == RefundStatus::Waiting && !refund.can_decide;
    let has_failed = is_open && !row.is_by_hand && row.has_failed;
    // One the gateway is still being asked for may be on its way.
    let given_up = row.status == RefundStatus::Failed;
    (is_own || refund.can_decide || has_failed || (is_open && row.is_by_hand)).then(|| {
        view! {
            <section class="card bg-base-100 gap-3 p-5">
                {is_own.then(|| view! { <p class="text-sm">{t(text::finance::OWN_REQUEST_HINT)}</p> })}
                {refund.can_decide.then(|| view! {
                    {deed("approve", text::finance::APPROVE, "btn btn-primary")}
                    <details><summary class="btn w-full">{t(text::finance::REJECT)}</summary>
                        <ActionForm action=reject attr:class="mt-3 grid gap-2"><HiddenField name="refund" value=id.get_value() />
                            <Field label=t(text::finance::REJECT_REASON) name="reason" errors=Errors::of(reject) maxlength=300 />
                            <SubmitButton label=t(text::finance::REJECT) pending=reject.pending() class="btn btn-error" /></ActionForm>
                    </details>
                })}
                {has_failed.then(|| view! {
                    {deed("retry", text::finance::RETRY, "btn btn-primary")}
                    {given_up.then(|| view! {
                        {deed("by_hand", text::finance::TAKE_OVER, "btn")}
                        <p class="text-sm">{t(text::finance::TAKE_OVER_HINT)}</p>
                    })}
                })}
                {(is_open && row.is_by_hand).then(|| view! { <Completion id=id.get_value() /> })}
            </section>
        }
    })
}

/// A plain multipart form: works without scripts.
#[component]
fn Completion(id: String) -> impl IntoView {
    let refused = use_query_map().read_untracked().get("upload_error");
    view! {
        <form action=format!("/finance/refunds/{id}/complete") method="post" enctype="multipart/form-data" class="grid gap-3" data-testid="completion">
            {refused.map(|message| view! { <Alert kind="error"><p data-testid="form-error">{message}</p></Alert> })}
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::finance::REFERENCE)}</span><input class="input w-full" name="reference" maxlength="100" required /></label>
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::finance::EVIDENCE)}</span>
                <input class="file-input w-full" type="file" name="evidence" accept="image/jpeg,image/png,image/webp,application/pdf" /></label>
            <button class="btn btn-primary">{t(text::finance::DONE)}</button>
        </form>
    }
}

#[component]
fn Timeline(steps: Vec<RefundStep>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 p-5"><h2 class="mb-2 text-lg font-bold">{t(text::finance::TIMELINE)}</h2>
            <ol class="border-base-300 grid gap-3 border-s-2 ps-4 text-sm" data-testid="refund-timeline">
                {steps.into_iter().rev().map(|step| view! {
                    <li><p class="font-semibold">{t(refund_status_text(step.status))}</p>
                        <p>{moment(step.at)}" · "{step.by.unwrap_or_else(|| t(text::finance::SYSTEM).to_owned())}</p>{step.note.map(|note| view! { <p>{note}</p> })}</li>
                }).collect_view()}
            </ol>
        </section>
    }
}
