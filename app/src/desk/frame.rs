//! Navigation of the desk around a page: what the reader may do.

use crate::i18n::text;
use crate::session::use_session;
use crate::ui::{NavEntry, Workspace};
use domain::identity::Permission;
use leptos::prelude::*;

const VERIFY: NavEntry = ("/desk", "credit-card", text::desk::VERIFY);
const STATEMENTS: NavEntry = ("/desk/statements", "receipt-text", text::desk::STATEMENTS);
const FULFIL: NavEntry = ("/desk/orders", "truck", text::desk::FULFILMENT);

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    view! {
        <Suspense>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    let permissions = session.resource.await.unwrap_or_default().permissions;
                    let can = |p: Permission| permissions.contains(&p);
                    let entries: Vec<NavEntry> = [(Permission::PaymentVerify, VERIFY), (Permission::PaymentVerify, STATEMENTS), (Permission::DeskFulfil, FULFIL)]
                        .into_iter()
                        .filter(|(permission, _)| can(*permission))
                        .map(|(_, entry)| entry)
                        .collect();
                    view! { <Workspace label=text::shell::DESK entries>{children()}</Workspace> }
                })
            }}
        </Suspense>
    }
}
