//! Trend over 7, 30 or 90 days and top products.

use super::api::{Figures, get_figures};
use super::chart::{TopChart, TrendChart};
use super::dashboard::SummaryCards;
use super::frame::Frame;
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::ui::{FailureView, PageTitle, SkeletonPage};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

fn days_of_url() -> i64 {
    use_query_map().read().get("days").and_then(|d| d.parse().ok()).filter(|d| [7, 30, 90].contains(d)).unwrap_or(30)
}

#[component]
pub fn AnalyticsPage() -> impl IntoView {
    let figures = load(days_of_url, get_figures);
    view! {
        <Frame>
            <Suspense fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    let days = days_of_url();
                    match figures.await {
                        Ok(figures) => view! { <Content figures days /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Content(figures: Figures, days: i64) -> impl IntoView {
    view! {
        <PageTitle title=t(text::seller::ANALYTICS)>
            <nav class="join" aria-label=t(text::seller::PERIOD)>
                {[7, 30, 90].map(|n| view! { <a class="btn join-item aria-[current]:btn-primary" href=format!("/seller/analytics?days={n}") rel="external" aria-current=(n == days).then_some("page")>{tf(text::seller::DAYS, &[("n", &n)])}</a> }).collect_view()}
            </nav>
        </PageTitle>
        <SummaryCards figures=figures.clone() />
        <TrendChart points=figures.trend />
        <TopChart products=figures.top />
    }
}
