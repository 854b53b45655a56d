//! The statement of a month.

use super::frame::Frame;
use super::money_api::{SHOWN, StatementPage, get_statement};
use crate::i18n::{Text, moment, t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, SkeletonPage};
use domain::statement::{Month, Statement, StatementKind, StatementLine};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SellerStatement() -> impl IntoView {
    let query = use_query_map();
    let statement = load(move || query.read().get("month"), get_statement);
    view! {
        <Frame>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match statement.await {
                        Ok(page) => view! { <StatementContent page base="/seller/statement" file="/api/v1/seller/statement/file" orders="/seller/orders/" /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

fn kind_text(kind: StatementKind) -> Text {
    match kind {
        StatementKind::Sale => text::seller::KIND_SALE,
        StatementKind::Shipping => text::seller::KIND_SHIPPING,
        StatementKind::Voucher => text::seller::KIND_VOUCHER,
        StatementKind::Commission => text::seller::KIND_COMMISSION,
        StatementKind::CommissionTax => text::seller::KIND_COMMISSION_TAX,
        StatementKind::Tax => text::seller::KIND_TAX,
        StatementKind::Refund => text::seller::KIND_REFUND,
        StatementKind::CashKept => text::seller::KIND_CASH_KEPT,
        StatementKind::Payout => text::seller::KIND_PAYOUT,
        StatementKind::Other => text::seller::KIND_OTHER,
    }
}

/// A month of a store, for the store or for finance. `base`: the page itself; `orders`: what an order's
/// number is appended to.
#[component]
pub fn StatementContent(
    page: StatementPage,
    #[prop(into)] base: String,
    #[prop(into)] file: String,
    orders: &'static str,
) -> impl IntoView {
    let StatementPage { statement, is_cut } = page;
    let month = statement.month.clone();
    let link = |month: Month| format!("{base}?month={month}");
    let around = Month::parse(&month).ok().map(|m| (link(m.previous()), link(m.next())));
    view! {
        <PageTitle title=format!("{} {month}", t(text::seller::STATEMENT))>
            <div class="flex flex-wrap gap-2">
                {["pdf", "xlsx", "csv"].map(|kind| view! {
                    <a class="btn btn-sm" href=format!("{file}?month={month}&format={kind}") rel="external" download>{tf(text::seller::DOWNLOAD, &[("kind", &kind.to_uppercase())])}</a>
                }).collect_view()}
            </div>
        </PageTitle>
        {around.map(|(previous, next)| view! {
            <nav class="mb-4 flex justify-between gap-2" aria-label=t(text::seller::PERIOD)>
                <a class="btn btn-sm" href=previous>{t(text::seller::PREVIOUS_MONTH)}</a><a class="btn btn-sm" href=next>{t(text::seller::NEXT_MONTH)}</a>
            </nav>
        })}
        <Sums statement=statement.clone() />
        {if statement.lines.is_empty() {
            view! { <EmptyState title=t(text::seller::STATEMENT_EMPTY) icon="receipt-text" /> }.into_any()
        } else {
            view! { <Lines lines=statement.lines orders /> }.into_any()
        }}
        {is_cut.then(|| view! { <p class="mt-3">{tf(text::seller::STATEMENT_MORE, &[("n", &SHOWN)])}</p> })}
    }
}

#[component]
fn Sums(statement: Statement) -> impl IntoView {
    let row = |label: &'static str, amount, strong: bool| {
        view! { <dt class:font-bold=strong>{label}</dt><dd class="text-right" class:font-bold=strong><Money amount /></dd> }
    };
    view! {
        <dl class="card bg-base-100 mb-4 grid grid-cols-[1fr_auto] gap-2 p-5" data-testid="statement-sums">
            {row(t(text::seller::OPENING), statement.opening, true)}
            {statement.sums.into_iter().map(|sum| row(t(kind_text(sum.kind)), sum.amount, false)).collect_view()}
            {row(t(text::seller::CLOSING), statement.closing, true)}
        </dl>
    }
}

#[component]
fn Lines(lines: Vec<StatementLine>, orders: &'static str) -> impl IntoView {
    view! {
        <div class="card bg-base-100 overflow-x-auto" tabindex="0" role="region" aria-label=t(text::seller::STATEMENT)>
            <table class="table" data-testid="statement">
                <thead><tr><th scope="col">{t(text::seller::DATE)}</th><th scope="col">{t(text::seller::WHAT)}</th><th scope="col" class="text-right">{t(text::seller::AMOUNT)}</th><th scope="col" class="text-right">{t(text::seller::BALANCE)}</th></tr></thead>
                <tbody>{lines.into_iter().map(|line| view! {
                    <tr><td class="whitespace-nowrap">{moment(line.at)}</td>
                        <td>{t(kind_text(line.kind))}
                            {line.order_number.map(|n| view! { <a class="link block text-sm" href=format!("{orders}{n}")>{n.clone()}</a> })}
                            {line.payout_number.map(|n| view! { <span class="block text-sm">{n}</span> })}</td>
                        <td class="text-right"><Money amount=line.amount /></td><td class="text-right"><Money amount=line.balance /></td></tr>
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
