//! Navigation of finance around a page: what the reader may do.

use crate::i18n::text;
use crate::session::use_session;
use crate::ui::{NavEntry, Workspace};
use domain::identity::Permission;
use leptos::prelude::*;

const ENTRIES: [NavEntry; 8] = [
    ("/finance", "wallet", text::finance::REFUNDS),
    ("/finance/disputes", "circle-alert", text::finance::DISPUTES),
    ("/finance/payouts", "credit-card", text::finance::PAYOUTS),
    ("/finance/transactions", "inbox", text::finance::TRANSACTIONS),
    ("/finance/reports", "chart-line", text::finance::REPORTS),
    ("/finance/reconciliation", "check", text::finance::RECONCILIATION),
    ("/finance/webhooks", "inbox", text::finance::WEBHOOKS),
    ("/finance/ledger", "receipt-text", text::finance::LEDGER),
];
const RATES: NavEntry = ("/finance/rates", "tag", text::finance::RATES);

/// The rates are also for who sets prices.
fn entries(permissions: &[Permission]) -> Vec<NavEntry> {
    let can = |permission| permissions.contains(&permission);
    let books = ENTRIES.into_iter().filter(|_| can(Permission::FinanceView));
    let rates = (can(Permission::FinanceView) || can(Permission::PriceManage)).then_some(RATES);
    books.chain(rates).collect()
}

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    view! {
        <Suspense>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    let permissions = session.resource.await.unwrap_or_default().permissions;
                    view! { <Workspace label=text::shell::FINANCE entries=entries(&permissions)>{children()}</Workspace> }
                })
            }}
        </Suspense>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_sees_what_opens_for_them() {
        let hrefs = |permissions: &[Permission]| entries(permissions).into_iter().map(|e| e.0).collect::<Vec<_>>();
        assert_eq!(hrefs(&[Permission::Shop]), Vec::<&str>::new());
        assert_eq!(hrefs(&[Permission::Shop, Permission::PriceManage]), ["/finance/rates"]);
        assert_eq!(hrefs(&[Permission::FinanceView]).len(), ENTRIES.len() + 1);
        assert_eq!(hrefs(Permission::ALL).len(), ENTRIES.len() + 1);
    }
}
