//! Search: the URL holds the whole state, the filter is a plain GET form.

use super::api::{Found, search_products};
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, FailureView, PageTitle, Pagination, ProductGrid, SkeletonPage};
use domain::catalog::{CategoryNode, SearchInput, SortBy};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let input = move || {
        let query = query.read();
        let get = |key: &str| query.get(key).filter(|v| !v.is_empty());
        SearchInput {
            q: get("q"),
            category: get("category"),
            min_price: get("min_price"),
            max_price: get("max_price"),
            rating: get("rating"),
            location: get("location"),
            in_stock: get("in_stock"),
            store: get("store"),
            sort: get("sort"),
            page: get("page"),
            per_page: None,
        }
    };
    let found = load(input, search_products);
    view! {
        <Transition fallback=SkeletonPage>
            {move || Suspend::new(async move {
                let input = input();
                match found.await {
                    Ok(found) => view! { <Results input found /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Results(input: SearchInput, found: Found) -> impl IntoView {
    let title = match &input.q {
        Some(q) => tf(text::shop::RESULTS_FOR, &[("q", q)]),
        None => t(text::shop::ALL_PRODUCTS).to_owned(),
    };
    let (page, last, total) = (found.page.page, found.page.last(), found.page.total);
    let found_text = tf(text::shop::FOUND, &[("count", &total)]);
    view! {
        <Meta name="description" content=format!("{title}: {found_text}. {}", t(text::shop::DESCRIPTION)) />
        <PageTitle title=title>
            <p class="text-sm" data-testid="result-count">{found_text}</p>
        </PageTitle>
        <div class="grid gap-6 lg:grid-cols-[16rem_1fr]">
            <Filters input categories=found.categories />
            <div>
                <h2 class="sr-only">{t(text::shop::RESULTS)}</h2>
                {if found.page.items.is_empty() {
                    view! {
                        <EmptyState title=t(text::shop::NOTHING_FOUND) icon="search">
                            <a class="btn btn-primary" href="/search">{t(text::shop::CLEAR_FILTERS)}</a>
                        </EmptyState>
                    }.into_any()
                } else {
                    view! { <ProductGrid products=found.page.items eager=4 /> }.into_any()
                }}
                <Pagination page last />
            </div>
        </div>
    }
}

#[component]
fn Filters(input: SearchInput, categories: Vec<CategoryNode>) -> impl IntoView {
    let mut options = vec![];
    flatten(&categories, 0, &mut options);
    let chosen = input.category.clone().unwrap_or_default();
    let sort = input.sort.clone().unwrap_or_default();
    let sorts = [
        (SortBy::Newest, text::shop::SORT_NEWEST),
        (SortBy::PriceAsc, text::shop::SORT_PRICE_ASC),
        (SortBy::PriceDesc, text::shop::SORT_PRICE_DESC),
        (SortBy::BestSelling, text::shop::SORT_BEST_SELLING),
        (SortBy::Rating, text::shop::SORT_RATING),
        (SortBy::Oldest, text::shop::SORT_OLDEST),
    ];
    view! {
        <form action="/search" method="get" class="card bg-base-100 h-fit gap-3 p-4" aria-label=t(text::shop::FILTERS)>
            <input type="hidden" name="q" value=input.q.unwrap_or_default() />
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::shop::CATEGORY)}</span>
                <select class="select w-full" name="category">
                    <option value="">{t(text::shop::ALL_CATEGORIES)}</option>
                    {options.into_iter().map(|(slug, name)| view! { <option value=slug.clone() selected=slug == chosen>{name}</option> }).collect_view()}
                </select>
            </label>
            <fieldset class="grid grid-cols-2 gap-2"><legend class="mb-1 text-sm font-semibold">{t(text::shop::PRICE)}</legend>
                <input class="input w-full" type="number" min="0" name="min_price" aria-label=t(text::shop::MIN_PRICE) placeholder=t(text::shop::MIN_PRICE) value=input.min_price.unwrap_or_default() />
                <input class="input w-full" type="number" min="0" name="max_price" aria-label=t(text::shop::MAX_PRICE) placeholder=t(text::shop::MAX_PRICE) value=input.max_price.unwrap_or_default() />
            </fieldset>
            <label class="flex min-h-11 items-center gap-2"><input class="checkbox" type="checkbox" name="in_stock" value="true" checked=input.in_stock.as_deref() == Some("true") />{t(text::shop::IN_STOCK)}</label>
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::shop::SORT)}</span>
                <select class="select w-full" name="sort">
                    <option value="">{t(text::shop::SORT_RELEVANCE)}</option>
                    {sorts.map(|(value, label)| view! { <option value=value.as_str() selected=sort == value.as_str()>{t(label)}</option> }).collect_view()}
                </select>
            </label>
            <button class="btn btn-primary">{t(text::shop::APPLY)}</button>
        </form>
    }
}

/// Categories as options, indented by depth.
fn flatten(nodes: &[CategoryNode], depth: usize, options: &mut Vec<(String, String)>) {
    for node in nodes {
        options.push((node.slug.clone(), format!("{}{}", "\u{2003}".repeat(depth), node.name)));
        flatten(&node.children, depth + 1, options);
    }
}
