//! A store with its products.

use super::api::{StoreDetail, get_store};
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::ui::{Alert, EmptyState, FailureView, Icon, PageTitle, Pagination, ProductGrid, SkeletonPage, Stars};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn StorePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let source = move || (params.read().get("slug").unwrap_or_default(), query.read().get("page"));
    let detail = load(source, |(slug, page)| get_store(slug, page));
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <Content detail /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Content(detail: StoreDetail) -> impl IntoView {
    let StoreDetail { store, products } = detail;
    let (page, last) = (products.page, products.last());
    view! {
        <Meta name="description" content=format!("{} – {}. {}", store.name, store.location, t(text::shop::DESCRIPTION)) />
        <PageTitle title=store.name />
        <section class="card bg-base-100 mb-6 gap-2 p-5">
            <p class="flex flex-wrap items-center gap-4 text-sm">
                <span class="flex items-center gap-1"><Icon name="map-pin" />{store.location}</span>
                <Stars rating=store.rating count=store.rating_count />
                <span>{tf(text::shop::PRODUCT_COUNT, &[("count", &store.product_count)])}</span>
            </p>
            {(!store.is_open).then(|| view! { <Alert kind="warning">{t(text::shop::STORE_CLOSED)}</Alert> })}
            {(!store.description.is_empty()).then(|| view! { <p class="whitespace-pre-line">{store.description}</p> })}
        </section>
        {if products.items.is_empty() {
            view! { <EmptyState title=t(text::shop::NO_PRODUCTS) icon="package" /> }.into_any()
        } else {
            view! { <h2 class="mb-3 text-lg font-bold">{t(text::shop::ALL_PRODUCTS)}</h2><ProductGrid products=products.items /> }.into_any()
        }}
        <Pagination page last />
    }
}
