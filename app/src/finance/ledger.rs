//! The ledger: what every account stands at, and every line behind it.

use super::api::{Ledger, get_ledger};
use super::frame::Frame;
use super::words::{account_text, kind_text};
use crate::i18n::{moment, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, SkeletonPage};
use domain::finance::{AccountBalance, LedgerRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceLedger() -> impl IntoView {
    let query = use_query_map();
    let source = move || (query.read().get("account"), query.read().get("page"));
    let ledger = load(source, |(account, page)| get_ledger(account, page));
    view! {
        <Frame>
            <PageTitle title=t(text::finance::LEDGER) />
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match ledger.await {
                        Ok(ledger) => view! { <Content ledger /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(ledger: Ledger) -> impl IntoView {
    let Ledger { balances, page } = ledger;
    let chosen = use_query_map().read_untracked().get("account").unwrap_or_default();
    let (number, last) = (page.page, page.last());
    view! {
        <Balances balances chosen />
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_ENTRIES) icon="receipt-text" /> }.into_any()
        } else {
            view! { <Entries rows=page.items /> }.into_any()
        }}
        <Pagination page=number last />
    }
}

/// Each balance leads to its lines.
#[component]
fn Balances(balances: Vec<AccountBalance>, chosen: String) -> impl IntoView {
    let all = chosen.is_empty().then_some("page");
    view! {
        <nav aria-label=t(text::finance::BALANCES) class="mb-4 grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {balances.into_iter().map(|b| view! {
                <a class="card bg-base-100 aria-[current]:outline-primary grid gap-1 p-4 aria-[current]:outline-2" href=format!("/finance/ledger?account={}", b.account) aria-current=(b.account.as_str() == chosen).then_some("page")>
                    <span class="text-sm">{t(account_text(b.account))}</span>
                    <span class="text-xl font-extrabold"><Money amount=b.balance /></span>
                </a>
            }).collect_view()}
            <a class="btn sm:col-span-2 xl:col-span-3" href="/finance/ledger" aria-current=all>{t(text::finance::ALL)}</a>
        </nav>
    }
}

/// Entries with the way to their transaction.
#[component]
pub fn Entries(rows: Vec<LedgerRow>) -> impl IntoView {
    let side = |amount: domain::Money, is_debit: bool| {
        let amount = domain::Money(if is_debit { amount.0 } else { amount.0.saturating_neg() });
        (amount.0 > 0).then(|| view! { <Money amount /> })
    };
    view! {
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::LEDGER)>
            <table class="table" data-testid="ledger">
                <thead><tr><th scope="col">{t(text::finance::DATE)}</th><th scope="col">{t(text::finance::KIND)}</th><th scope="col">{t(text::finance::ACCOUNT)}</th>
                    <th scope="col">{t(text::finance::ORDER)}</th><th scope="col" class="text-right">{t(text::finance::DEBIT)}</th><th scope="col" class="text-right">{t(text::finance::CREDIT)}</th></tr></thead>
                <tbody>{rows.into_iter().map(|row| view! {
                    <tr><td class="whitespace-nowrap">{moment(row.at)}</td><td><a class="link" href=format!("/finance/transactions/{}", row.transaction_id)>{t(kind_text(row.kind))}</a></td>
                        <td>{t(account_text(row.account))}{row.store.or(row.gateway).map(|whose| view! { <span class="block text-sm">{whose}</span> })}</td>
                        <td>{row.order_number}</td><td class="text-right">{side(row.amount, true)}</td><td class="text-right">{side(row.amount, false)}</td></tr>
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
