//! What every store's and gateway's account stands at, each with the way to its entries.

use super::api::get_accounts;
use super::frame::Frame;
use super::words::{account_text, filter_of_url, options, query_of};
use crate::i18n::{t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Icon, Money, PageTitle, Pagination, SkeletonPage};
use domain::Page;
use domain::finance::{AccountLine, FinanceFilter};
use domain::ledger::AccountKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

fn wants_negative() -> bool {
    use_query_map().read().get("negative").as_deref() == Some("true")
}

#[component]
pub fn FinanceAccounts() -> impl IntoView {
    let query = use_query_map();
    let source = move || (filter_of_url(), wants_negative(), query.read().get("page"));
    let accounts = load(source, |(filter, negative, page)| get_accounts(filter, negative, page));
    view! {
        <Frame>
            <PageTitle title=t(text::finance::PER_STORE)><a class="btn btn-sm" href="/finance/ledger">{t(text::finance::LEDGER)}</a></PageTitle>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let (filter, negative) = (filter_of_url(), wants_negative());
                    match accounts.await {
                        Ok(page) => view! { <Filter filter negative /><Content page /> }.into_any(),
                        Err(failure) => view! { <Filter filter negative /><FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Filter(filter: FinanceFilter, negative: bool) -> impl IntoView {
    let account = filter.account.unwrap_or_default();
    view! {
        <form method="get" action="/finance/ledger/accounts" role="search" aria-label=t(text::finance::PER_STORE) class="card bg-base-100 mb-4 flex-row flex-wrap items-end gap-3 p-4">
            <label class="grid min-w-36 flex-1 gap-1"><span class="text-sm font-semibold">{t(text::finance::ACCOUNT)}</span>
                <select class="select w-full" name="account"><option value="">{t(text::finance::ALL)}</option>
                    {options(AccountKind::ALL, account_text, &account)}
                </select></label>
            <label class="flex min-h-11 items-center gap-2"><input class="checkbox" type="checkbox" name="negative" value="true" checked=negative />{t(text::finance::ONLY_NEGATIVE)}</label>
            <button class="btn btn-primary">{t(text::finance::FILTER)}</button>
        </form>
    }
}

#[component]
fn Content(page: Page<AccountLine>) -> impl IntoView {
    let (number, last) = (page.page, page.last());
    view! {
        {if page.items.is_empty() {
            view! { <EmptyState title=t(text::finance::NO_BALANCES) icon="circle-check" /> }.into_any()
        } else {
            view! { <Lines lines=page.items /> }.into_any()
        }}
        <Pagination page=number last />
    }
}

#[component]
fn Lines(lines: Vec<AccountLine>) -> impl IntoView {
    let row = |line: AccountLine| {
        let slug = line.store.as_ref().map(|s| s.slug.clone());
        let statement = slug.as_ref().map(|slug| format!("/finance/ledger/stores/{slug}"));
        let filter = FinanceFilter {
            account: Some(line.account.to_string()),
            store: slug,
            gateway: line.gateway.clone(),
            ..Default::default()
        };
        let entries = format!("/finance/ledger?{}", query_of(&filter));
        view! {
            <tr><td>{t(account_text(line.account))}</td><td>{line.store.map(|s| s.name).or(line.gateway)}</td>
                <td class="text-right"><a class="link font-semibold" href=entries><Money amount=line.balance /></a>
                    {line.is_negative.then(|| view! { <span class="badge badge-error ms-2 h-auto gap-1 py-1" data-testid="negative"><Icon name="circle-alert" />{t(text::finance::NEGATIVE)}</span> })}</td>
                <td>{statement.map(|href| view! { <a class="link" href=href>{t(text::finance::STORE_STATEMENT)}</a> })}</td></tr>
        }
    };
    view! {
        <p class="mb-3 text-sm">{t(text::finance::SIGNS_HINT)}</p>
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::finance::PER_STORE)>
            <table class="table" data-testid="accounts">
                <thead><tr><th scope="col">{t(text::finance::ACCOUNT)}</th><th scope="col">{t(text::finance::WHOSE_ACCOUNT)}</th>
                    <th scope="col" class="text-right">{t(text::finance::BALANCE)}</th><th scope="col">{t(text::finance::DETAILS)}</th></tr></thead>
                <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
