//! Stock, updated in place row by row.

use super::api::{CountStock, get_stock};
use super::frame::Frame;
use crate::i18n::{t, text, tf};
use crate::load::load;
use crate::ui::{EmptyState, ErrorSummary, Errors, FailureView, HiddenField, PageTitle, Pagination, SkeletonPage};
use domain::Page;
use domain::inventory::StockRow;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

fn is_low() -> bool {
    use_query_map().read().get("low_stock").as_deref() == Some("true")
}

#[component]
pub fn Inventory() -> impl IntoView {
    let query = use_query_map();
    let count = ServerAction::<CountStock>::new();
    let source = move || (is_low(), query.read().get("q"), query.read().get("page"), count.version().get());
    let stock = load(source, |(low, q, page, _)| get_stock(low, q, page));
    view! {
        <Frame>
            <PageTitle title=t(text::seller::INVENTORY) />
            <form action="/seller/inventory" method="get" role="search" aria-label=t(text::seller::INVENTORY) class="mb-4 flex flex-wrap items-center gap-2">
                <input class="input min-w-0 flex-1" type="search" name="q" value=move || query.read().get("q").unwrap_or_default() aria-label=t(text::seller::SEARCH_STOCK) placeholder=t(text::seller::SEARCH_STOCK) />
                <label class="flex min-h-11 items-center gap-2"><input class="checkbox" type="checkbox" name="low_stock" value="true" checked=is_low />{t(text::seller::LOW_STOCK)}</label>
                <button class="btn">{t(text::shell::SEARCH)}</button>
            </form>
            <div aria-live="polite"><ErrorSummary errors=Errors::of(count) /></div>
            <Transition fallback=SkeletonPage>
                {move || Suspend::new(async move {
                    match stock.await {
                        Ok(page) => view! { <Rows page count /> }.into_any(),
                        Err(failure) => view! { <FailureView failure /> }.into_any(),
                    }
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

#[component]
fn Rows(page: Page<StockRow>, count: ServerAction<CountStock>) -> impl IntoView {
    let (number, last) = (page.page, page.last());
    if page.items.is_empty() {
        return view! { <EmptyState title=t(text::seller::NO_STOCK) icon="boxes" /> }.into_any();
    }
    view! {
        <div class="card bg-base-100 overflow-x-auto"><table class="table">
            <thead><tr><th>{t(text::seller::PRODUCT)}</th><th class="text-right">{t(text::seller::RESERVED)}</th><th class="text-right">{t(text::seller::AVAILABLE)}</th><th>{t(text::seller::ON_HAND)}</th></tr></thead>
            <tbody>{page.items.into_iter().map(|row| view! { <Row row count /> }).collect_view()}</tbody>
        </table></div>
        <Pagination page=number last />
    }
    .into_any()
}

#[component]
fn Row(row: StockRow, count: ServerAction<CountStock>) -> impl IntoView {
    let options = row.options.values().cloned().collect::<Vec<_>>().join(", ");
    let mark = if row.available <= 0 {
        Some(("badge badge-error", text::ui::SOLD_OUT))
    } else if row.low_stock {
        Some(("badge badge-warning", text::seller::LOW_STOCK))
    } else {
        None
    };
    let state = if row.available <= 0 {
        "out"
    } else if row.low_stock {
        "low"
    } else {
        "ok"
    };
    let label = tf(text::seller::COUNT_OF, &[("sku", &row.sku)]);
    view! {
        <tr data-stock=state>
            <td><p class="font-semibold">{row.product_name}</p><p class="text-sm">{options}" · "{row.sku.clone()}</p>{mark.map(|(class, label)| view! { <span class=class>{t(label)}</span> })}</td>
            <td class="text-right tabular-nums">{row.reserved}</td>
            <td class="text-right font-bold tabular-nums" class:text-error=row.low_stock>{row.available}</td>
            <td><ActionForm action=count attr:class="flex items-center gap-2"><HiddenField name="variant" value=row.variant_id.to_string() />
                <input class="input input-sm w-24 tabular-nums" type="number" name="on_hand" min="0" value=row.on_hand aria-label=label />
                <button class="btn btn-sm btn-primary">{t(text::ui::SAVE)}</button>
                <button class="btn btn-sm" name="empty" value="true">{t(text::seller::EMPTY)}</button></ActionForm></td>
        </tr>
    }
}
