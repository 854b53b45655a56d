//! Transactions of the ledger: filter, sums, and the way to each one's entries.

use super::books_api::get_transactions;
use super::exports::Exports;
use super::frame::Frame;
use super::words::{account_text, filter_of_url, kind_text, options, query_of};
use crate::i18n::{moment, t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, SkeletonPage};
use domain::finance::{FinanceFilter, Sides, TransactionRow, TransactionTotals, Transactions};
use domain::ledger::{AccountKind, LedgerKind};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FinanceTransactions() -> impl IntoView {
    let query = use_query_map();
    let found = load(move || (filter_of_url(), query.read().get("page")), |(filter, page)| get_transactions(filter, page));
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let filter = filter_of_url();
                    match found.await {
                        Ok(found) => view! { <Content found filter /> }.into_any(),
                        Err(failure) => view! { <Filter filter /><FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(found: Transactions, filter: FinanceFilter) -> impl IntoView {
    let Transactions { page, totals } = found;
    let (number, last) = (page.page, page.last());
    let query = query_of(&filter);
    view! {
        <PageTitle title=t(text::finance::TRANSACTIONS)>
            <div class="flex flex-wrap gap-2">
                <Exports path="/api/v1/finance/transactions/file" query total=page.total />
            </div>
        </PageTitle>
        <Filter filter />
        <p class="mb-3 font-semibold" data-testid="totals">{found_text(&totals)}</p>
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_TRANSACTIONS) icon="receipt-text" /> }.into_any()
        } else {
            view! { <Rows rows=page.items /> }.into_any()
        }}
        <Pagination page=number last />
    }
}

/// Where accounts were asked for, both sides: what a figure of a report is the difference of.
fn found_text(totals: &TransactionTotals) -> String {
    match &totals.sides {
        None => tf(text::finance::FOUND, &[("n", &totals.count), ("amount", &totals.amount)]),
        Some(Sides { debit, credit }) => {
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("n", &totals.count), ("debit", debit), ("credit", credit), ("amount", &totals.amount)];
            tf(text::finance::FOUND_ON_ACCOUNT, &values)
        }
    }
}

/// A GET form: works without scripts, and the address holds the whole filter.
#[component]
fn Filter(filter: FinanceFilter) -> impl IntoView {
    let input = |name: &'static str, kind: &'static str, label, value: Option<String>| {
        view! {
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(label)}</span>
                <input class="input w-full" type=kind name=name value=value.unwrap_or_default() maxlength="100" /></label>
        }
    };
    let (kind, account) = (filter.kind.clone().unwrap_or_default(), filter.account.clone().unwrap_or_default());
    view! {
        <form method="get" action="/finance/transactions" role="search" aria-label=t(text::finance::TRANSACTIONS) class="card bg-base-100 mb-4 flex-row flex-wrap items-end gap-3 p-4">
            {input("q", "search", text::finance::SEARCH, filter.q)}
            {input("from", "date", text::finance::FROM, filter.from)}
            {input("to", "date", text::finance::TO_DAY, filter.to)}
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::finance::KIND)}</span>
                <select class="select w-full" name="kind"><option value="">{t(text::finance::ALL_KINDS)}</option>
                    {options(LedgerKind::ALL, kind_text, &kind)}
                </select></label>
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::finance::ACCOUNT)}</span>
                <select class="select w-full" name="account"><option value="">{t(text::finance::ALL)}</option>
                    {options(AccountKind::ALL, account_text, &account)}
                </select></label>
            {input("gateway", "text", text::finance::GATEWAY, filter.gateway)}
            {input("store", "text", text::finance::STORE_SLUG, filter.store)}
            <button class="btn btn-primary">{t(text::finance::FILTER)}</button>
        </form>
    }
}

#[component]
fn Rows(rows: Vec<TransactionRow>) -> impl IntoView {
    view! {
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::TRANSACTIONS)>
            <table class="table" data-testid="transactions">
                <thead><tr><th scope="col">{t(text::finance::DATE)}</th><th scope="col">{t(text::finance::KIND)}</th><th scope="col">{t(text::finance::STORE)}</th>
                    <th scope="col">{t(text::finance::GATEWAY)}</th><th scope="col" class="text-right">{t(text::finance::AMOUNT)}</th></tr></thead>
                <tbody>{rows.into_iter().map(|row| {
                    let document = row.order_number.or(row.payout.map(|p| p.number));
                    view! {
                        <tr><td class="whitespace-nowrap">{moment(row.at)}</td>
                            <td><a class="link font-semibold" href=format!("/finance/transactions/{}", row.id)>{t(kind_text(row.kind))}</a>{document.map(|number| view! { <span class="block text-sm">{number}</span> })}</td>
                            <td>{row.stores.join(", ")}</td><td>{row.gateways.join(", ")}</td><td class="text-right"><Money amount=row.amount /></td></tr>
                    }
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
