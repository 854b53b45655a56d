//! Navigation of the seller centre around a page.

use crate::i18n::{Text, t, text};
use crate::ui::Icon;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let entry = move |href: &'static str, icon: &'static str, label: Text| {
        let current = move || {
            let path = path.get();
            let is_here = if href == "/seller" { path == href } else { path.starts_with(href) };
            is_here.then_some("page")
        };
        view! { <a class="btn btn-ghost aria-[current]:btn-active shrink-0 justify-start gap-2" href=href aria-current=current><Icon name=icon />{t(label)}</a> }
    };
    view! {
        <div class="grid gap-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
            <nav class="flex gap-1 overflow-x-auto lg:flex-col" aria-label=t(text::shell::SELLER_CENTRE)>
                {entry("/seller", "layout-dashboard", text::seller::DASHBOARD)}
                {entry("/seller/orders", "receipt-text", text::seller::ORDERS)}
                {entry("/seller/products", "package", text::seller::PRODUCTS)}
                {entry("/seller/inventory", "boxes", text::seller::INVENTORY)}
                {entry("/seller/analytics", "chart-line", text::seller::ANALYTICS)}
            </nav>
            <div class="min-w-0">{children()}</div>
        </div>
    }
}
