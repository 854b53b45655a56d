//! Navigation of finance around a page.

use crate::i18n::text;
use crate::ui::{NavEntry, Workspace};
use leptos::prelude::*;

const ENTRIES: [NavEntry; 9] = [
    ("/finance", "wallet", text::finance::REFUNDS),
    ("/finance/disputes", "circle-alert", text::finance::DISPUTES),
    ("/finance/payouts", "credit-card", text::finance::PAYOUTS),
    ("/finance/transactions", "inbox", text::finance::TRANSACTIONS),
    ("/finance/reports", "chart-line", text::finance::REPORTS),
    ("/finance/reconciliation", "check", text::finance::RECONCILIATION),
    ("/finance/webhooks", "inbox", text::finance::WEBHOOKS),
    ("/finance/ledger", "receipt-text", text::finance::LEDGER),
    ("/finance/rates", "tag", text::finance::RATES),
];

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! { <Workspace label=text::shell::FINANCE entries=ENTRIES.to_vec()>{children()}</Workspace> }
}
