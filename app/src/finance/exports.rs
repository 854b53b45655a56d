//! Links to what is found, as files.

use crate::i18n::{text, tf};
use domain::finance::MOST_EXPORTED;
use leptos::prelude::*;

/// `path` of the file, `query` of the filter, `total` of the rows found: of too many there is no file.
#[component]
pub fn Exports(path: &'static str, query: String, total: u64) -> impl IntoView {
    if total > MOST_EXPORTED {
        let most = MOST_EXPORTED.to_string();
        return view! { <p class="text-sm" data-testid="too-many-to-export">{tf(text::finance::EXPORT_TOO_MANY, &[("limit", &most)])}</p> }.into_any();
    }
    ["xlsx", "csv"]
        .map(|kind| {
            let (href, label) = (format!("{path}?{query}&format={kind}"), kind.to_uppercase());
            view! { <a class="btn btn-sm" href=href rel="external" download>{tf(text::finance::EXPORT, &[("kind", &label)])}</a> }
        })
        .collect_view()
        .into_any()
}
