//! Navigation of the administration around a page: what the reader may do.

use crate::i18n::text;
use crate::ui::{PermittedEntry, PermittedWorkspace};
use domain::identity::Permission;
use leptos::prelude::*;

const ENTRIES: [PermittedEntry; 5] = [
    (&[Permission::JobManage], ("/admin/jobs", "clock", text::admin::JOBS)),
    (&[Permission::JobManage], ("/admin/outbox", "circle-alert", text::admin::OUTBOX)),
    (&[Permission::SystemManage], ("/admin/mail", "inbox", text::admin::MAIL)),
    (&[Permission::SystemManage], ("/admin/sent", "circle-check", text::admin::SENT)),
    (&[Permission::SystemManage], ("/admin/audit", "receipt-text", text::admin::AUDIT)),
];

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    view! { <PermittedWorkspace label=text::shell::ADMIN entries=&ENTRIES>{children()}</PermittedWorkspace> }
}
