//! Paging by links: every page has its address.

use crate::i18n::{Text, t, text, tf};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// Where a page has several lists, each but the first has a parameter of its own (the id of its section
/// as well) and its name.
#[component]
pub fn Pagination(
    page: u64,
    last: u64,
    #[prop(default = "page")] param: &'static str,
    #[prop(default = text::ui::PAGES)] label: Text,
) -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let query = use_query_map().get_untracked();
    let section = if param == "page" { String::new() } else { format!("#{param}") };
    let href = move |target: u64| {
        let mut query = query.clone();
        query.replace(param, target.to_string());
        // What came of a decision is told once.
        query.remove("done");
        format!("{path}{}{section}", query.to_query_string())
    };
    (last > 1).then(|| {
        let previous = (page > 1).then(|| href(page - 1));
        let next = (page < last).then(|| href(page + 1));
        let link = |href: Option<String>, label: Text| match href {
            Some(href) => view! { <a class="btn" href=href>{t(label)}</a> }.into_any(),
            None => view! { <span class="btn btn-disabled" aria-disabled="true">{t(label)}</span> }.into_any(),
        };
        view! {
            <nav class="mt-6 flex items-center justify-center gap-3" aria-label=t(label)>
                {link(previous, text::ui::PREVIOUS)}
                <span class="tabular-nums">{tf(text::ui::PAGE_OF, &[("page", &page), ("last", &last)])}</span>
                {link(next, text::ui::NEXT)}
            </nav>
        }
    })
}
