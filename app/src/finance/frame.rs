//! Navigation of finance around a page: what the reader may do.

use crate::i18n::text;
use crate::ui::{PermittedEntry, PermittedWorkspace};
use domain::identity::Permission;
use leptos::prelude::*;

const BOOKS: &[Permission] = &[Permission::FinanceView];
/// The rates are also for who sets prices.
const PRICES: &[Permission] = &[Permission::FinanceView, Permission::PriceManage];

const ENTRIES: [PermittedEntry; 9] = [
    (BOOKS, ("/finance", "wallet", text::finance::REFUNDS)),
    (BOOKS, ("/finance/disputes", "circle-alert", text::finance::DISPUTES)),
    (BOOKS, ("/finance/payouts", "credit-card", text::finance::PAYOUTS)),
    (BOOKS, ("/finance/transactions", "inbox", text::finance::TRANSACTIONS)),
    (BOOKS, ("/finance/reports", "chart-line", text::finance::REPORTS)),
    (BOOKS, ("/finance/reconciliation", "check", text::finance::RECONCILIATION)),
    (BOOKS, ("/finance/webhooks", "inbox", text::finance::WEBHOOKS)),
    (BOOKS, ("/finance/ledger", "receipt-text", text::finance::LEDGER)),
    (PRICES, ("/finance/rates", "tag", text::finance::RATES)),
];

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    view! { <PermittedWorkspace label=text::shell::FINANCE entries=&ENTRIES>{children()}</PermittedWorkspace> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::permitted;

    #[test]
    fn everybody_sees_what_opens_for_them() {
        let hrefs = |permissions: &[Permission]| permitted(&ENTRIES, permissions).into_iter().map(|e| e.0).collect::<Vec<_>>();
        assert_eq!(hrefs(&[Permission::Shop]), Vec::<&str>::new());
        assert_eq!(hrefs(&[Permission::Shop, Permission::PriceManage]), ["/finance/rates"]);
        assert_eq!(hrefs(&[Permission::FinanceView]).len(), ENTRIES.len());
        assert_eq!(hrefs(Permission::ALL).len(), ENTRIES.len());
    }
}
