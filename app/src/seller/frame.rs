//! Navigation of the seller centre around a page.

use crate::i18n::text;
use crate::ui::{NavEntry, Workspace};
use leptos::prelude::*;

const ENTRIES: [NavEntry; 6] = [
    ("/seller", "layout-dashboard", text::seller::DASHBOARD),
    ("/seller/orders", "receipt-text", text::seller::ORDERS),
    ("/seller/products", "package", text::seller::PRODUCTS),
    ("/seller/inventory", "boxes", text::seller::INVENTORY),
    ("/seller/payouts", "wallet", text::seller::PAYOUTS),
    ("/seller/analytics", "chart-line", text::seller::ANALYTICS),
];

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! { <Workspace label=text::shell::SELLER_CENTRE entries=ENTRIES.to_vec()>{children()}</Workspace> }
}
