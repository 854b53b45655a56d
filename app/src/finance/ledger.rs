//! The ledger: what every account stands at, and every line behind it.

use super::api::{Ledger, get_ledger};
use super::exports::Exports;
use super::frame::Frame;
use super::words::{account_text, filter_of_url, kind_text, options, query_of};
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, SkeletonPage};
use domain::finance::{AccountBalance, FinanceFilter, LedgerRow};
use domain::ledger::AccountKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceLedger() -> impl IntoView {
    let query = use_query_map();
    let ledger = load(move || (filter_of_url(), query.read().get("page")), |(filter, page)| get_ledger(filter, page));
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = filter_of_url();
                    match ledger.await {
                        Ok(ledger) => view! { <Content ledger filter /> }.into_any(),
                        Err(failure) => view! { <Filter filter /><FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(ledger: Ledger, filter: FinanceFilter) -> impl IntoView {
    let Ledger { balances, sums, page } = ledger;
    let chosen = filter.account.clone().unwrap_or_default();
    let (number, last, query) = (page.page, page.last(), query_of(&filter));
    let accounts = format!("/finance/ledger/accounts?account={chosen}");
    let difference = domain::Money(sums.debit.0.saturating_sub(sums.credit.0));
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("n", &page.total), ("debit", &sums.debit), ("credit", &sums.credit), ("amount", &difference)];
    view! {
        <PageTitle title=t(text::finance::LEDGER)>
            <div class="flex flex-wrap gap-2">
                <a class="btn btn-sm" href=accounts>{t(text::finance::PER_STORE)}</a>
                <Exports path="/api/v1/finance/ledger/file" query total=page.total />
            </div>
        </PageTitle>
        <Balances balances chosen />
        <Filter filter />
        <p class="mb-3 font-semibold" data-testid="ledger-totals">{tf(text::finance::FOUND_ENTRIES, &values)}</p>
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_ENTRIES) icon="receipt-text" /> }.into_any()
        } else {
            view! { <Entries rows=page.items /> }.into_any()
        }}
        <Pagination page=number last />
    }
}

/// A GET form: works without scripts, and the address holds the whole filter.
#[component]
fn Filter(filter: FinanceFilter) -> impl IntoView {
    let account = filter.account.unwrap_or_default();
    let input = |name: &'static str, kind: &'static str, label, value: Option<String>| {
        view! {
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(label)}</span>
                <input class="input w-full" type=kind name=name value=value.unwrap_or_default() maxlength="100" /></label>
        }
    };
    view! {
        <form method="get" action="/finance/ledger" role="search" aria-label=t(text::finance::LEDGER) class="card bg-base-100 mb-4 flex-row flex-wrap items-end gap-3 p-4">
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::finance::ACCOUNT)}</span>
                <select class="select w-full" name="account"><option value="">{t(text::finance::ALL)}</option>
                    {options(AccountKind::ALL, account_text, &account)}
                </select></label>
            {input("from", "date", text::finance::FROM, filter.from)}
            {input("to", "date", text::finance::TO_DAY, filter.to)}
            {input("gateway", "text", text::finance::GATEWAY, filter.gateway)}
            {input("store", "text", text::finance::STORE_SLUG, filter.store)}
            <button class="btn btn-primary">{t(text::finance::FILTER)}</button>
        </form>
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
