//! The seller's products.

use super::api::get_products;
use super::frame::Frame;
use crate::i18n::{Text, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, Money, PageTitle, Pagination, Picture, SkeletonPage};
use domain::Page;
use domain::catalog::{ProductStatus, SellerProductRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub fn status_label(status: ProductStatus) -> Text {
    match status {
        ProductStatus::Draft => text::seller::DRAFT,
        ProductStatus::Active => text::seller::ACTIVE,
        ProductStatus::Archived => text::seller::ARCHIVED,
    }
}

#[component]
pub fn ProductList() -> impl IntoView {
    let query = use_query_map();
    let source = move || (query.read().get("status"), query.read().get("q"), query.read().get("page"));
    let products = load(source, |(status, q, page)| get_products(status, q, page));
    view! {
        <Frame>
            <PageTitle title=t(text::seller::PRODUCTS)><a class="btn btn-primary" href="/seller/products/new">{t(text::seller::NEW_PRODUCT)}</a></PageTitle>
            <form action="/seller/products" method="get" role="search" aria-label=t(text::seller::PRODUCTS) class="mb-4 flex flex-wrap gap-2">
                <input class="input min-w-0 flex-1" type="search" name="q" value=move || query.read().get("q").unwrap_or_default() aria-label=t(text::shell::SEARCH) placeholder=t(text::shell::SEARCH) />
                <select class="select w-40" name="status" aria-label=t(text::seller::STATUS)>
                    <option value="">{t(text::buying::ALL)}</option>
                    {ProductStatus::ALL.iter().map(|s| view! { <option value=s.as_str() selected=move || query.read().get("status").as_deref() == Some(s.as_str())>{t(status_label(*s))}</option> }).collect_view()}
                </select>
                <button class="btn">{t(text::shell::SEARCH)}</button>
            </form>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match products.await {
                        Ok(page) => view! { <Rows page /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Rows(page: Page<SellerProductRow>) -> impl IntoView {
    let (number, last) = (page.page, page.last());
    if page.items.is_empty() {
        return view! { <EmptyState title=t(text::shop::NO_PRODUCTS) icon="package"><a class="btn btn-primary" href="/seller/products/new">{t(text::seller::NEW_PRODUCT)}</a></EmptyState> }.into_any();
    }
    let rows = page.items.into_iter().map(|p| {
        view! {
            <tr>
                <td><div class="rounded-field size-12 overflow-hidden"><Picture url=p.image_url alt="" sizes="48px" /></div></td>
                <td><a class="link font-semibold" href=format!("/seller/products/{}", p.id)>{p.name}</a></td>
                <td class="text-right"><Money amount=p.price /></td>
                <td class="text-right tabular-nums">{p.available}</td>
                <td class="text-right tabular-nums">{p.sold_count}</td>
                <td><span class="badge">{t(status_label(p.status))}</span></td>
            </tr>
        }
    });
    view! {
        <div class="card bg-base-100 overflow-x-auto"><table class="table">
            <thead><tr><th><span class="sr-only">{t(text::seller::PICTURES)}</span></th><th>{t(text::seller::PRODUCT)}</th><th class="text-right">{t(text::shop::PRICE)}</th><th class="text-right">{t(text::seller::STOCK)}</th><th class="text-right">{t(text::seller::SOLD)}</th><th>{t(text::seller::STATUS)}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
        <Pagination page=number last />
    }
    .into_any()
}
