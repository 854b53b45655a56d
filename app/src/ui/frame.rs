//! A page of the back office: navigation of its area beside it.

use super::Icon;
use crate::i18n::{Text, t};
use crate::session::use_session;
use domain::identity::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Address, icon and words.
pub type NavEntry = (&'static str, &'static str, Text);

/// An entry, and the permissions of which any opens it.
pub type PermittedEntry = (&'static [Permission], NavEntry);

/// The entries that open for who has these permissions.
pub fn permitted(entries: &[PermittedEntry], permissions: &[Permission]) -> Vec<NavEntry> {
    let opens = |(any, _): &&PermittedEntry| any.iter().any(|permission| permissions.contains(permission));
    entries.iter().filter(opens).map(|(_, entry)| *entry).collect()
}

/// The address of the entry that a page belongs to: its own, or the nearest above it.
fn here(entries: &[NavEntry], path: &str) -> Option<&'static str> {
    let is_above = |href: &&str| path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    entries.iter().map(|entry| entry.0).filter(is_above).max_by_key(|href| href.len())
}

/// A page of an area of which everybody sees what they may do.
#[component]
pub fn PermittedWorkspace(label: Text, entries: &'static [PermittedEntry], children: ChildrenFn) -> impl IntoView {
    let session = use_session();
    view! {
        <Suspense>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    let permissions = session.resource.await.unwrap_or_default().permissions;
                    view! { <Workspace label entries=permitted(entries, &permissions)>{children()}</Workspace> }
                })
            }}
        </Suspense>
    }
}

#[component]
pub fn Workspace(label: Text, entries: Vec<NavEntry>, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let hrefs = entries.clone();
    let here = Memo::new(move |_| path.with(|path| here(&hrefs, path)));
    let entry = move |(href, icon, label): NavEntry| {
        let current = move || (here.get() == Some(href)).then_some("page");
        view! { <a class="btn btn-ghost aria-[current]:[--btn-bg:var(--color-secondary)] aria-[current]:text-secondary-content shrink-0 justify-start gap-2" href=href aria-current=current><Icon name=icon />{t(label)}</a> }
    };
    let strip = NodeRef::<leptos::html::Nav>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| show_current(strip));
    view! {
        <div class="grid gap-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
            <nav node_ref=strip class="flex gap-1 overflow-x-auto lg:flex-col" aria-label=t(label)>{entries.into_iter().map(entry).collect_view()}</nav>
            <div class="min-w-0">{children()}</div>
        </div>
    }
}

/// On a phone the navigation is a strip wider than the screen: it begins where the reader is.
#[cfg(feature = "hydrate")]
fn show_current(strip: NodeRef<leptos::html::Nav>) {
    use wasm_bindgen::JsCast;
    let Some(strip) = strip.get() else { return };
    let current = strip.query_selector("[aria-current]").ok().flatten();
    if let Some(current) = current.as_ref().and_then(|e| e.dyn_ref::<web_sys::HtmlElement>()) {
        strip.set_scroll_left(current.offset_left() - strip.offset_left());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::text;

    #[test]
    fn a_page_belongs_to_the_nearest_entry_above_it() {
        let entry = |href| (href, "inbox", text::shell::DESK);
        let entries = [entry("/desk"), entry("/desk/orders")];
        assert_eq!(here(&entries, "/desk"), Some("/desk"));
        assert_eq!(here(&entries, "/desk/proofs/1"), Some("/desk"));
        assert_eq!(here(&entries, "/desk/orders"), Some("/desk/orders"));
        assert_eq!(here(&entries, "/desk/orders/BLJ-1"), Some("/desk/orders"));
        assert_eq!(here(&entries[1..], "/desk/orders/BLJ-1"), Some("/desk/orders"), "also when it is the only one");
        assert_eq!(here(&entries, "/desktop"), None);
    }
}
