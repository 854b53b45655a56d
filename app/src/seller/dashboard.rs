//! What a seller wants to know first.

use super::api::{Figures, get_figures};
use super::chart::{TopChart, TrendChart};
use super::frame::Frame;
use crate::i18n::{Text, status_text, t, text, tf};
use crate::load::load;
use crate::ui::{Alert, FailureView, Money, PageTitle, SkeletonPage};
use domain::analytics::PeriodFigures;
use leptos::prelude::*;

#[component]
pub fn Dashboard() -> impl IntoView {
    let figures = load(|| (), |()| get_figures(7));
    view! {
        <Frame>
            <Suspense fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match figures.await {
                        Ok(figures) => view! { <Content figures /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(figures: Figures) -> impl IntoView {
    let low = figures.low_stock;
    view! {
        <PageTitle title=t(text::seller::DASHBOARD)><a class="btn btn-primary" href="/seller/products/new">{t(text::seller::NEW_PRODUCT)}</a></PageTitle>
        {(low > 0).then(|| view! { <div class="mb-4"><Alert kind="warning"><p>{tf(text::seller::LOW_STOCK_NOTICE, &[("count", &low)])}" "<a class="link font-semibold" href="/seller/inventory?low_stock=true">{t(text::seller::INVENTORY)}</a></p></Alert></div> })}
        <SummaryCards figures=figures.clone() />
        <section class="card bg-base-100 mb-6 p-5"><h2 class="mb-3 text-lg font-bold">{t(text::seller::BY_STATUS)}</h2>
            <ul class="grid grid-cols-2 gap-2 sm:grid-cols-4">
                {figures.by_status.into_iter().map(|s| view! { <li><a class="btn h-auto w-full flex-col py-3" href=format!("/seller/orders?status={}", s.status)><span class="text-2xl font-extrabold tabular-nums">{s.count}</span><span class="text-xs">{t(status_text(s.status))}</span></a></li> }).collect_view()}
            </ul>
        </section>
        <TrendChart points=figures.trend />
        <TopChart products=figures.top />
    }
}

#[component]
pub fn SummaryCards(figures: Figures) -> impl IntoView {
    let card = |label: Text, period: PeriodFigures, key: &'static str| {
        view! {
            <div class="card bg-base-100 gap-1 p-5" data-testid=key>
                <p class="text-sm font-semibold">{t(label)}</p>
                <p class="text-2xl font-extrabold"><Money amount=period.revenue /></p>
                <p class="text-sm">{tf(text::seller::ORDERS_ITEMS, &[("orders", &period.orders), ("items", &period.items)])}</p>
                {period.change_percent.map(|c| view! { <p class="text-sm font-semibold">{tf(text::seller::CHANGE, &[("percent", &format!("{c:+}"))])}</p> })}
            </div>
        }
    };
    let summary = figures.summary;
    view! {
        <section class="mb-6 grid gap-3 sm:grid-cols-3" aria-label=t(text::seller::REVENUE)>
            {card(text::seller::TODAY, summary.today, "today")}
            {card(text::seller::LAST_7, summary.last_7_days, "last-7")}
            {card(text::seller::LAST_30, summary.last_30_days, "last-30")}
        </section>
    }
}
