//! Navigation of the administration around a page: what the reader may do.

use crate::i18n::text;
use crate::session::use_session;
use crate::ui::{NavEntry, Workspace};
use domain::identity::Permission;
use leptos::prelude::*;

const ENTRIES: [(Permission, NavEntry); 5] = [
    (Permission::JobManage, ("/admin/jobs", "clock", text::admin::JOBS)),
    (Permission::JobManage, ("/admin/outbox", "circle-alert", text::admin::OUTBOX)),
    (Permission::SystemManage, ("/admin/mail", "inbox", text::admin::MAIL)),
    (Permission::SystemManage, ("/admin/sent", "circle-check", text::admin::SENT)),
    (Permission::SystemManage, ("/admin/audit", "receipt-text", text::admin::AUDIT)),
];

#[component]
pub fn Frame(children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    view! {
        <Suspense>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    let permissions = session.resource.await.unwrap_or_default().permissions;
                    let may = ENTRIES.into_iter().filter(|(permission, _)| permissions.contains(permission));
                    let entries: Vec<NavEntry> = may.map(|(_, entry)| entry).collect();
                    view! { <Workspace label=text::shell::ADMIN entries>{children()}</Workspace> }
                })
            }}
        </Suspense>
    }
}
