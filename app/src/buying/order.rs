//! One order: items, timeline, and what the buyer can do.

use super::api::{AddReview, CancelOrder, ConfirmReceipt, get_order};
use super::tax::tax_row;
use crate::i18n::{moment, note_text, status_text, t, text, tf};
use crate::load::load;
use crate::ui::{
    ErrorSummary, Errors, FailureView, HiddenField, Money, PageTitle, Picture, SkeletonPage, StatusBadge, SubmitButton, TextArea,
};
use domain::order::{OrderAction, OrderItem, OrderStatus, OrderView, TimelineEntry};
use domain::payment::COD;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn OrderPage() -> impl IntoView {
    let params = use_params_map();
    let cancel = ServerAction::<CancelOrder>::new();
    let confirm = ServerAction::<ConfirmReceipt>::new();
    let review = ServerAction::<AddReview>::new();
    let source = move || {
        let versions = (cancel.version().get(), confirm.version().get(), review.version().get());
        (params.read().get("number").unwrap_or_default(), versions)
    };
    let order = load(source, |(number, _)| get_order(number));
    view! {
        <ErrorSummary errors=Errors::of(cancel) />
        <ErrorSummary errors=Errors::of(confirm) />
        <ErrorSummary errors=Errors::of(review) />
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match order.await {
                    Ok(order) => view! { <Content order cancel confirm review /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(
    order: OrderView,
    cancel: ServerAction<CancelOrder>,
    confirm: ServerAction<ConfirmReceipt>,
    review: ServerAction<AddReview>,
) -> impl IntoView {
    let number = StoredValue::new(order.number.clone());
    let can = |action| order.actions.contains(&action);
    let pay = (order.status == OrderStatus::PendingPayment).then(|| format!("/pay/{}", order.payment.id));
    let proven = (order.status == OrderStatus::AwaitingVerification).then(|| format!("/pay/{}", order.payment.id));
    let is_due = order.payment.method == COD && !order.status.is_final();
    let due = is_due.then(|| tf(text::buying::COD_DUE, &[("amount", &order.totals.total)]));
    let (can_confirm, can_cancel) = (can(OrderAction::ConfirmReceipt), can(OrderAction::Cancel));
    let reviewable: Vec<OrderItem> = if order.status == OrderStatus::Delivered {
        order.items.iter().filter(|i| !i.reviewed).cloned().collect()
    } else {
        vec![]
    };
    view! {
        <PageTitle title=order.number.clone()><StatusBadge status=order.status /></PageTitle>
        <div class="grid gap-6 lg:grid-cols-[1fr_20rem]">
            <div class="grid h-fit gap-4">
                <OrderItems order=order.clone() />
                {reviewable.into_iter().map(|item| view! { <ReviewForm item number=number.get_value() review /> }).collect_view()}
            </div>
            <aside class="grid h-fit gap-4">
                <section class="card bg-base-100 gap-2 p-5">
                    {pay.map(|href| view! { <a class="btn btn-primary" href=href>{t(text::buying::PAY_NOW)}</a> })}
                    {proven.map(|href| view! { <a class="btn" href=href>{t(text::buying::RESUME_PAYMENT)}</a> })}
                    {due.map(|words| view! { <p class="font-semibold" data-testid="cod-due">{words}</p> })}
                    {can_confirm.then(|| view! { <ActionForm action=confirm attr:class="grid"><HiddenField name="number" value=number.get_value() /><SubmitButton label=t(text::buying::CONFIRM) pending=confirm.pending() /></ActionForm> })}
                    {can_cancel.then(|| view! {
                        <details><summary class="btn w-full">{t(text::buying::CANCEL)}</summary>
                            <ActionForm action=cancel attr:class="mt-3 grid gap-2"><HiddenField name="number" value=number.get_value() />
                                <TextArea label=t(text::buying::CANCEL_REASON) name="reason" rows=2 errors=Errors::of(cancel) />
                                <SubmitButton label=t(text::buying::CANCEL_CONFIRM) pending=cancel.pending() class="btn btn-error" /></ActionForm>
                        </details>
                    })}
                    <a class="btn" href=format!("/orders/{}/invoice", order.number)>{t(text::buying::INVOICE)}</a>
                    <a class="link text-sm" href=format!("/s/{}", order.store.slug)>{order.store.name.clone()}</a>
                </section>
                <OrderTimeline timeline=order.timeline.clone() />
            </aside>
        </div>
    }
}

#[component]
pub fn OrderItems(order: OrderView) -> impl IntoView {
    let a = order.address;
    view! {
        <section class="card bg-base-100 p-5">
            <h2 class="mb-2 text-lg font-bold">{t(text::buying::ITEMS)}</h2>
            <ul class="divide-base-300 grid divide-y">
                {order.items.into_iter().map(|item| view! {
                    <li class="flex gap-3 py-3"><div class="rounded-field size-16 shrink-0 overflow-hidden"><Picture url=item.image_url alt="" sizes="64px" /></div>
                        <div class="min-w-0 flex-1"><a class="font-semibold" href=format!("/p/{}", item.product_slug)>{item.product_name}</a>
                            <p class="text-sm">{item.options.into_values().collect::<Vec<_>>().join(", ")}</p><p class="text-sm">{item.quantity}" × "<Money amount=item.unit_price /></p></div>
                        <Money amount=item.line_total /></li>
                }).collect_view()}
            </ul>
            <dl class="mt-3 grid grid-cols-[1fr_auto] gap-1 text-sm">
                <dt>{t(text::buying::GOODS)}</dt><dd><Money amount=order.totals.items_total /></dd>
                <dt>{t(text::buying::SHIPPING)}" ("{order.shipping.courier.clone()}")"</dt><dd><Money amount=order.totals.shipping_cost /></dd>
                {tax_row(&order.totals.tax).map(|(label, amount)| view! { <dt>{label}</dt><dd data-testid="tax"><Money amount /></dd> })}
                <dt class="text-base font-bold">{t(text::buying::TOTAL)}</dt><dd class="text-base font-bold"><Money amount=order.totals.total /></dd>
            </dl>
        </section>
        <section class="card bg-base-100 gap-1 p-5 text-sm">
            <h2 class="text-lg font-bold">{t(text::buying::DELIVERY)}</h2>
            <p>{order.shipping.courier}" "{order.shipping.name}</p>
            {order.shipping.tracking_number.map(|n| view! { <p>{t(text::buying::TRACKING)}": "<span class="font-semibold" data-testid="tracking">{n}</span></p> })}
            <p class="font-semibold">{a.recipient}" · "{a.phone}</p>
            <p>{a.street}", "{a.district}", "{a.regency}", "{a.province}" "{a.postal_code}</p>
            {(!order.note.is_empty()).then(|| view! { <p>{t(text::buying::NOTE)}": "{order.note}</p> })}
        </section>
    }
}

#[component]
pub fn OrderTimeline(timeline: Vec<TimelineEntry>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 p-5">
            <h2 class="mb-2 text-lg font-bold">{t(text::buying::TIMELINE)}</h2>
            <ol class="border-base-300 grid gap-3 border-s-2 ps-4 text-sm">
                {timeline.into_iter().rev().map(|entry| view! {
                    <li><p class="font-semibold">{t(status_text(entry.status))}</p><p>{moment(entry.at)}</p>{entry.note.map(|note| view! { <p>{note_text(note)}</p> })}</li>
                }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn ReviewForm(item: OrderItem, number: String, review: ServerAction<AddReview>) -> impl IntoView {
    view! {
        <section class="card bg-base-100 p-5" data-testid="review-form">
            <h2 class="mb-2 text-lg font-bold">{t(text::buying::REVIEW)}" "{item.product_name}</h2>
            <ActionForm action=review attr:class="grid gap-3">
                <HiddenField name="slug" value=item.product_slug />
                <HiddenField name="order_number" value=number />
                <fieldset><legend class="text-sm font-semibold">{t(text::buying::RATING)}</legend>
                    <div class="flex flex-wrap gap-2">
                        {(1..=5).map(|n| view! { <label class="btn btn-sm has-[:checked]:btn-accent"><input class="sr-only" type="radio" name="rating" value=n required checked=n == 5 />{n}" ★"</label> }).collect_view()}
                    </div>
                </fieldset>
                <TextArea label=t(text::buying::COMMENT) name="comment" errors=Errors::of(review) />
                <SubmitButton label=t(text::buying::SEND_REVIEW) pending=review.pending() />
            </ActionForm>
        </section>
    }
}
