//! Refunds of an order: what was asked for, and the form that asks.

use super::api::{LINE_KEY, RequestRefund};
use crate::i18n::{moment, refund_status_text, t, text};
use crate::ui::{Errors, Field, HiddenField, Money, SubmitButton, TextArea};
use domain::order::{OrderItem, OrderStatus, OrderView};
use domain::payment::{COD, PaymentStatus};
use domain::refund::RefundRow;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Refunds(
    order: OrderView,
    refunds: Vec<RefundRow>,
    action: ServerAction<RequestRefund>,
    base: &'static str,
) -> impl IntoView {
    let is_here = match order.payment.method.as_str() {
        COD => order.status == OrderStatus::Delivered,
        _ => matches!(order.payment.status, PaymentStatus::Paid | PaymentStatus::PartiallyRefunded),
    };
    let can_ask = is_here && order.status.is_paid() && order.payment.refunded < order.payment.amount;
    let has_any = !refunds.is_empty();
    (has_any || can_ask).then(|| {
        view! {
            <section class="card bg-base-100 p-5" data-testid="order-refunds">
                <h2 class="mb-2 text-lg font-bold">{t(text::finance::REFUNDS)}</h2>
                {has_any.then(|| view! { <ul class="divide-base-300 grid divide-y">{refunds.into_iter().map(|row| view! { <Row row /> }).collect_view()}</ul> })}
                {can_ask.then(|| view! { <Form order action base /> })}
            </section>
        }
    })
}

#[component]
fn Row(row: RefundRow) -> impl IntoView {
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 py-2 text-sm">
            <span class="grid"><span>{moment(row.created_at)}</span>{row.note.map(|note| view! { <span>{note}</span> })}</span>
            <span class="flex items-center gap-2"><span class="badge h-auto py-1" data-status=row.status.as_str()>{t(refund_status_text(row.status))}</span>
                <span class="font-bold"><Money amount=row.amount /></span></span>
        </li>
    }
}

#[component]
fn Form(order: OrderView, action: ServerAction<RequestRefund>, base: &'static str) -> impl IntoView {
    let errors = Errors::of(action);
    let shipping = order.shipping.cost;
    view! {
        <details class="mt-2"><summary class="btn btn-sm">{t(text::seller::ASK_REFUND)}</summary>
            <div class="mt-3" data-testid="refund-form"><ActionForm action attr:class="grid gap-3">
                <HiddenField name="number" value=order.number /><HiddenField name="base" value=base />
                <p class="text-sm">{t(text::seller::ASK_REFUND_HINT)}</p>
                {order.items.into_iter().map(|item| view! { <Line item /> }).collect_view()}
                {(shipping.0 > 0).then(|| view! { <Field label=t(text::seller::REFUND_SHIPPING) name="shipping" kind="number" required=false errors /> })}
                <TextArea label=t(text::buying::CANCEL_REASON) name="note" rows=2 errors />
                <label class="flex min-h-11 items-center gap-3"><input class="checkbox" type="checkbox" name="restock" value="1" /><span>{t(text::seller::RESTOCK)}</span></label>
                <SubmitButton label=t(text::seller::SEND_REQUEST) pending=action.pending() />
            </ActionForm></div>
        </details>
    }
}

#[component]
fn Line(item: OrderItem) -> impl IntoView {
    let (quantity, amount) = (format!("quantities[{LINE_KEY}{}]", item.id), format!("amounts[{LINE_KEY}{}]", item.id));
    // Tax on top of the price goes back with it.
    let most = item.line_total.rupiah() + item.added_tax.rupiah();
    let tax = (item.added_tax.0 > 0).then(|| view! { " + "{t(text::seller::TAX)}" "<Money amount=item.added_tax /> });
    view! {
        <fieldset class="grid gap-2 sm:grid-cols-[1fr_7rem_10rem]"><legend class="sr-only">{item.product_name.clone()}</legend>
            <p class="self-center"><span class="font-semibold">{item.product_name}</span><span class="block text-sm">{item.quantity}" × "<Money amount=item.unit_price />{tax}</span></p>
            <label class="grid gap-1"><span class="text-sm">{t(text::shop::QUANTITY)}</span>
                <input class="input w-full tabular-nums" type="number" min="0" max=item.quantity name=quantity value="0" /></label>
            <label class="grid gap-1"><span class="text-sm">{t(text::seller::REFUND_AMOUNT)}</span>
                <input class="input w-full tabular-nums" type="number" min="0" max=most name=amount /></label>
        </fieldset>
    }
}
