//! Charts, each with the table behind it.

use crate::chart::draw;
use crate::i18n::{day, t, text};
use crate::ui::Money;
use domain::analytics::{TopProduct, TrendPoint};
use leptos::prelude::*;

#[component]
pub fn TrendChart(points: Vec<TrendPoint>) -> impl IntoView {
    let labels: Vec<String> = points.iter().map(|p| day(p.date)).collect();
    let revenue: Vec<i64> = points.iter().map(|p| p.revenue.rupiah()).collect();
    draw("trend", t(text::seller::REVENUE), labels, revenue, true);
    let rows = points.into_iter().map(|p| {
        view! { <tr><td>{day(p.date)}</td><td class="text-right"><Money amount=p.revenue /></td><td class="text-right tabular-nums">{p.orders}</td></tr> }
    });
    view! {
        <section class="card bg-base-100 mb-6 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::TREND)}</h2>
            <div id="trend" class="h-72 w-full" aria-hidden="true"></div>
            <details><summary class="btn btn-sm">{t(text::seller::TABLE)}</summary>
                <div class="mt-2 overflow-x-auto"><table class="table" data-testid="trend-table">
                    <thead><tr><th>{t(text::seller::DATE)}</th><th class="text-right">{t(text::seller::REVENUE)}</th><th class="text-right">{t(text::seller::ORDERS)}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table></div>
            </details>
        </section>
    }
}

#[component]
pub fn TopChart(products: Vec<TopProduct>) -> impl IntoView {
    let labels: Vec<String> = products.iter().map(|p| p.name.chars().take(24).collect()).collect();
    let revenue: Vec<i64> = products.iter().map(|p| p.revenue.rupiah()).collect();
    let is_empty = products.is_empty();
    if !is_empty {
        draw("top", t(text::seller::REVENUE), labels, revenue, false);
    }
    let rows = products.into_iter().map(|p| {
        view! { <tr><td><a class="link" href=format!("/p/{}", p.slug)>{p.name}</a></td><td class="text-right tabular-nums">{p.quantity}</td><td class="text-right"><Money amount=p.revenue /></td></tr> }
    });
    view! {
        <section class="card bg-base-100 mb-6 p-5">
            <h2 class="mb-3 text-lg font-bold">{t(text::seller::TOP_PRODUCTS)}</h2>
            {if is_empty {
                view! { <p>{t(text::seller::NO_SALES)}</p> }.into_any()
            } else {
                view! {
                    <div id="top" class="h-72 w-full" aria-hidden="true"></div>
                    <div class="overflow-x-auto"><table class="table" data-testid="top-table">
                        <thead><tr><th>{t(text::seller::PRODUCT)}</th><th class="text-right">{t(text::seller::SOLD)}</th><th class="text-right">{t(text::seller::REVENUE)}</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table></div>
                }.into_any()
            }}
        </section>
    }
}
