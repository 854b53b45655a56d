//! A transaction with everything it booked, and the way to what it is about.

use super::books_api::get_transaction;
use super::frame::Frame;
use super::ledger::Entries;
use super::words::{About, kind_text};
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{FailureView, Money, PageTitle, SkeletonPage};
use domain::finance::TransactionView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn FinanceTransaction() -> impl IntoView {
    let params = use_params_map();
    let transaction = load(move || params.read().get("id").unwrap_or_default(), get_transaction);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match transaction.await {
                        Ok(shown) => view! { <Content shown /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(shown: TransactionView) -> impl IntoView {
    let TransactionView { transaction, entries } = shown;
    let related = |label, number: String| view! { <dt>{t(label)}</dt><dd><About number /></dd> };
    view! {
        <PageTitle title=t(kind_text(transaction.kind)) />
        <dl class="card bg-base-100 mb-4 grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 p-5">
            <dt>{t(text::finance::DATE)}</dt><dd>{moment(transaction.at)}</dd>
            <dt>{t(text::finance::AMOUNT)}</dt><dd class="font-bold"><Money amount=transaction.amount /></dd>
            {transaction.order_number.map(|number| {
                let invoice = format!("/orders/{number}/invoice");
                (related(text::finance::ORDER, number), view! { <dt>{t(text::finance::INVOICE)}</dt><dd><a class="link" href=invoice>{t(text::buying::INVOICE)}</a></dd> })
            })}
            {transaction.payment_id.map(|id| related(text::finance::PAYMENT, id.to_string()))}
            {transaction.payout.map(|payout| related(text::finance::PAYOUTS, payout.number))}
        </dl>
        <h2 class="mb-2 text-lg font-bold">{t(text::finance::ENTRIES)}</h2>
        <Entries rows=entries />
    }
}
