//! The invoice of an order: for the screen, the printer, and as PDF.

use super::api::get_invoice;
use super::tax::tax_row;
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{FailureView, Money, PageTitle, SkeletonPage};
use domain::order::{Invoice, InvoiceStatus, OrderItem, OrderView};
use domain::rate::TaxMode;
use domain::{Money as Rupiah, identity::Address};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn InvoicePage() -> impl IntoView {
    let params = use_params_map();
    let invoice = load(move || params.read().get("number").unwrap_or_default(), get_invoice);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match invoice.await {
                    Ok(invoice) => view! { <Content invoice /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(invoice: Invoice) -> impl IntoView {
    let Invoice { number, status, payment_method, order } = invoice;
    let file = format!("/api/v1/orders/{}/invoice/file", order.number);
    view! {
        <div class="mx-auto max-w-3xl">
            <PageTitle title=format!("Invoice {number}")>
                <div class="flex gap-2 print:hidden">
                    <button type="button" class="btn btn-sm needs-script" on:click=move |_| print()>{t(text::buying::PRINT)}</button>
                    <a class="btn btn-sm" href=file rel="external" download>{t(text::buying::DOWNLOAD_PDF)}</a>
                </div>
            </PageTitle>
            <article class="card bg-base-100 gap-6 p-5 sm:p-8 print:p-0" data-testid="invoice">
                <div class="flex flex-wrap items-start justify-between gap-4">
                    <p class="text-primary text-xl font-extrabold tracking-tight">"Belanjain"</p>
                    <p class=status_class(status) data-testid="invoice-status">{t(status_text(status))}</p>
                </div>
                <div class="grid gap-6 text-sm sm:grid-cols-2">
                    <dl class="grid h-fit grid-cols-[auto_1fr] gap-x-4 gap-y-1">
                        <dt>{t(text::buying::ORDER_DATE)}</dt><dd class="font-semibold">{moment(order.placed_at)}</dd>
                        <dt>{t(text::buying::ORDER_NUMBER)}</dt><dd class="font-semibold">{order.number.clone()}</dd>
                        <dt>{t(text::buying::PAYMENT)}</dt><dd class="font-semibold">{payment_method}</dd>
                        <dt>{t(text::buying::SELLER)}</dt><dd class="font-semibold">{order.store.name.clone()}</dd>
                    </dl>
                    <Recipient buyer=order.buyer.clone() address=order.address.clone() />
                </div>
                <Lines items=order.items.clone() />
                <Sums order />
            </article>
        </div>
    }
}

/// Opens the browser's dialog.
fn print() {
    #[cfg(feature = "hydrate")]
    let _ = window().print();
}

#[component]
fn Recipient(buyer: String, address: Address) -> impl IntoView {
    let a = address;
    view! {
        <div>
            <p>{t(text::buying::BUYER)}": "<span class="font-semibold">{buyer}</span></p>
            <p>{a.recipient}" · "{a.phone}</p>
            <p>{a.street}</p>
            <p>{a.district}", "{a.regency}", "{a.province}" "{a.postal_code}</p>
        </div>
    }
}

#[component]
fn Lines(items: Vec<OrderItem>) -> impl IntoView {
    view! {
        <div class="overflow-x-auto" tabindex="0" role="region" aria-label=t(text::buying::ITEMS)>
            <table class="table">
                <thead><tr><th scope="col">{t(text::buying::ITEMS)}</th><th scope="col" class="text-right">{t(text::buying::QUANTITY)}</th><th scope="col" class="text-right">{t(text::buying::PRICE)}</th><th scope="col" class="text-right">{t(text::buying::TOTAL)}</th></tr></thead>
                <tbody>{items.into_iter().map(|item| view! {
                    <tr class="break-inside-avoid">
                        <td><span class="font-semibold">{item.product_name}</span><span class="block">{item.options.into_values().collect::<Vec<_>>().join(", ")}</span></td>
                        <td class="text-right tabular-nums">{item.quantity}</td>
                        <td class="text-right"><Money amount=item.unit_price /></td><td class="text-right"><Money amount=item.line_total /></td>
                    </tr>
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Sums(order: OrderView) -> impl IntoView {
    let sums = order.totals;
    let row = |label: String, amount: Rupiah| view! { <dt>{label}</dt><dd class="text-right"><Money amount /></dd> };
    let tax = |mode| tax_row(&sums.tax).filter(|_| sums.tax.mode == mode).map(|(label, amount)| row(label, amount));
    let some = |label, amount: Rupiah| (amount != Rupiah::ZERO).then(|| row(t(label).to_owned(), amount));
    view! {
        <dl class="ms-auto grid w-full max-w-sm break-inside-avoid grid-cols-[1fr_auto] gap-x-4 gap-y-1 text-sm">
            {row(t(text::buying::GOODS).to_owned(), sums.items_total)}
            {row(format!("{} ({})", t(text::buying::SHIPPING), order.shipping.courier), sums.shipping_cost)}
            {some(text::buying::DISCOUNT, sums.discount)}
            {tax(TaxMode::Added)}
            <dt class="text-base font-bold">{t(text::buying::TOTAL)}</dt><dd class="text-right text-base font-bold"><Money amount=sums.total /></dd>
            {tax(TaxMode::Included)}
            {some(text::buying::REFUNDED, order.payment.refunded)}
        </dl>
    }
}

fn status_text(status: InvoiceStatus) -> crate::i18n::Text {
    match status {
        InvoiceStatus::Unpaid => text::buying::INVOICE_UNPAID,
        InvoiceStatus::Paid => text::buying::INVOICE_PAID,
        InvoiceStatus::PartiallyRefunded => text::buying::INVOICE_PARTIALLY_REFUNDED,
        InvoiceStatus::Refunded => text::buying::INVOICE_REFUNDED,
        InvoiceStatus::Void => text::buying::INVOICE_VOID,
    }
}

fn status_class(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Paid => "badge badge-success font-bold",
        InvoiceStatus::Unpaid => "badge badge-warning font-bold",
        _ => "badge badge-neutral font-bold",
    }
}
