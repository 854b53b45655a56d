//! Navigation of finance around a page.

use crate::i18n::text;
use crate::ui::{NavEntry, Workspace};
use leptos::prelude::*;

const ENTRIES: [NavEntry; 2] =
    [("/finance", "wallet", text::finance::REFUNDS), ("/finance/ledger", "receipt-text", text::finance::LEDGER)];

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! { <Workspace label=text::shell::FINANCE entries=ENTRIES.to_vec()>{children()}</Workspace> }
}
