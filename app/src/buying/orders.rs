//! "My orders": tabs, search, list.

use super::api::{OrderFilter, Orders, get_orders};
use crate::i18n::{moment, status_text, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, Picture, SkeletonPage, StatusBadge};
use domain::order::{OrderCounts, OrderRow, OrderStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The filter as it stands in the URL.
pub fn filter_of_url() -> OrderFilter {
    let query = use_query_map();
    let query = query.read();
    let get = |key: &str| query.get(key).filter(|v| !v.is_empty());
    OrderFilter { status: get("status"), q: get("q"), from: get("from"), to: get("to"), page: get("page") }
}

#[component]
pub fn OrdersPage() -> impl IntoView {
    let orders = load(filter_of_url, get_orders);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                let filter = filter_of_url();
                match orders.await {
                    Ok(orders) => view! { <PageTitle title=t(text::buying::MY_ORDERS) /><OrderList orders filter base="/orders" /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Tabs with counts, search and rows; `base` is the path of the list.
#[component]
pub fn OrderList(orders: Orders, filter: OrderFilter, base: &'static str) -> impl IntoView {
    let (page, last) = (orders.page.page, orders.page.last());
    let q = filter.q.clone().unwrap_or_default();
    view! {
        <Tabs counts=orders.counts chosen=filter.status.clone() base />
        <form action=base method="get" role="search" class="my-4 flex flex-wrap gap-2" aria-label=t(text::buying::SEARCH_ORDERS)>
            <input type="hidden" name="status" value=filter.status.unwrap_or_default() />
            <input class="input min-w-0 flex-1" type="search" name="q" maxlength="100" value=q aria-label=t(text::buying::SEARCH_ORDERS) placeholder=t(text::buying::SEARCH_ORDERS) />
            <input class="input w-40" type="date" name="from" value=filter.from.unwrap_or_default() aria-label=t(text::buying::FROM_DATE) />
            <input class="input w-40" type="date" name="to" value=filter.to.unwrap_or_default() aria-label=t(text::buying::TO_DATE) />
            <button class="btn">{t(text::shell::SEARCH)}</button>
        </form>
        {if orders.page.items.is_empty() {
            view! { <EmptyState title=t(text::buying::NO_ORDERS) icon="package"><a class="btn btn-primary" href="/search">{t(text::shop::HERO_ACTION)}</a></EmptyState> }.into_any()
        } else {
            view! { <ul class="grid gap-3">{orders.page.items.into_iter().map(|row| view! { <Row row base /> }).collect_view()}</ul> }.into_any()
        }}
        <Pagination page last />
    }
}

#[component]
fn Tabs(counts: OrderCounts, chosen: Option<String>, base: &'static str) -> impl IntoView {
    let tab = |status: Option<OrderStatus>, count: i64| {
        let label = status.map_or(t(text::buying::ALL), |s| t(status_text(s)));
        let href = format!("{base}?status={}", status.map_or("", OrderStatus::as_str));
        let current = chosen.as_deref() == status.map(OrderStatus::as_str);
        view! { <a class="btn btn-sm aria-[current]:btn-primary shrink-0" href=href aria-current=current.then_some("page")>{label}<span class="tabular-nums">{count}</span></a> }
    };
    let tabs: Vec<_> = std::iter::once(tab(None, counts.all))
        .chain(
            OrderStatus::ALL
                .iter()
                .filter(|s| **s != OrderStatus::AwaitingVerification)
                .map(|s| tab(Some(*s), counts.by_status.get(s).copied().unwrap_or(0))),
        )
        .collect();
    view! { <nav class="flex gap-2 overflow-x-auto pb-1" aria-label=t(text::buying::STATUS_TABS)>{tabs}</nav> }
}

#[component]
fn Row(row: OrderRow, base: &'static str) -> impl IntoView {
    let is_buyer = base == "/orders";
    let who = if is_buyer { row.store.name.clone() } else { row.buyer.clone() };
    let pay = (is_buyer && row.status == OrderStatus::PendingPayment).then(|| format!("/pay/{}", row.payment_id));
    view! {
        <li class="card bg-base-100 p-4" data-testid="order-row">
            <div class="flex flex-wrap gap-x-4 gap-y-3 sm:flex-nowrap">
                <div class="rounded-field size-16 shrink-0 overflow-hidden"><Picture url=row.image_url alt="" sizes="64px" /></div>
                <div class="min-w-0 flex-1">
                    <a class="font-semibold after:absolute after:inset-0" href=format!("{base}/{}", row.number)>{row.number.clone()}</a>
                    <p class="truncate text-sm">{row.first_item}</p>
                    <p class="text-sm">{who}" · "{moment(row.placed_at)}</p>
                </div>
                <div class="flex w-full flex-row-reverse flex-wrap items-center justify-between gap-2 text-sm sm:grid sm:w-auto sm:content-start sm:justify-items-end sm:gap-1"><StatusBadge status=row.status /><span class="font-bold"><Money amount=row.total /></span>
                    {pay.map(|href| view! { <a class="btn btn-primary btn-sm relative z-10" href=href>{t(text::buying::PAY_NOW)}</a> })}</div>
            </div>
        </li>
    }
}
