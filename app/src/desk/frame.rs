//! Navigation of the desk around a page: what the reader may do.

use crate::i18n::text;
use crate::ui::{PermittedEntry, PermittedWorkspace};
use domain::identity::Permission;
use leptos::prelude::*;

const ENTRIES: [PermittedEntry; 3] = [
    (&[Permission::PaymentVerify], ("/desk", "credit-card", text::desk::VERIFY)),
    (&[Permission::PaymentVerify], ("/desk/statements", "receipt-text", text::desk::STATEMENTS)),
    (&[Permission::DeskFulfil], ("/desk/orders", "truck", text::desk::FULFILMENT)),
];

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    view! { <PermittedWorkspace label=text::shell::DESK entries=&ENTRIES>{children()}</PermittedWorkspace> }
}
