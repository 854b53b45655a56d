//! The home page.

use super::api::{Home, get_home};
use crate::i18n::{Text, t, text};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, ProductGrid, SkeletonPage};
use domain::catalog::ProductCard;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};

#[component]
pub fn HomePage() -> impl IntoView {
    let home = load(|| (), |()| get_home());
    view! {
        <Title text="" />
        <Meta name="description" content=t(text::shop::DESCRIPTION) />
        <Suspense fallback=SkeletonPage>
            {move || Suspend::new(async move {
                match home.await {
                    Ok(home) => view! { <Content home /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Content(home: Home) -> impl IntoView {
    let categories = home.categories.into_iter().map(|c| {
        view! { <li><a class="btn bg-base-100 w-full justify-start text-start font-medium" href=format!("/search?category={}", c.slug)>{c.name}</a></li> }
    });
    view! {
        <section class="from-primary to-info text-primary-content rounded-box mb-8 bg-linear-to-br px-6 py-10 sm:px-10">
            <h1 class="max-w-xl text-3xl leading-tight font-extrabold sm:text-4xl">{t(text::shop::HERO)}</h1>
            <p class="mt-3 max-w-lg">{t(text::shop::HERO_BODY)}</p>
            <a class="btn btn-accent mt-6" href="/search">{t(text::shop::HERO_ACTION)}</a>
        </section>
        <section class="mb-8">
            <h2 class="mb-3 text-lg font-bold">{t(text::shop::CATEGORIES)}</h2>
            <ul class="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-5">{categories.collect_view()}</ul>
        </section>
        {section(text::shop::BEST_SELLING, home.best_selling)}
        {section(text::shop::NEWEST, home.newest)}
    }
}

fn section(title: Text, products: Vec<ProductCard>) -> impl IntoView {
    view! {
        <section class="mb-8">
            <h2 class="mb-3 text-lg font-bold">{t(title)}</h2>
            {if products.is_empty() {
                view! { <EmptyState title=t(text::shop::NO_PRODUCTS) icon="package"><a class="btn btn-primary" href="/register">{t(text::shop::BECOME_SELLER)}</a></EmptyState> }.into_any()
            } else {
                view! { <ProductGrid products /> }.into_any()
            }}
        </section>
    }
}
