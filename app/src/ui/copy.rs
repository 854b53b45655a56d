//! Copies a value; appears with scripts only.

use super::Icon;
use crate::i18n::{t, text};
use leptos::prelude::*;

#[component]
pub fn CopyButton(value: String, #[prop(into)] label: String) -> impl IntoView {
    let is_live = RwSignal::new(false);
    let is_copied = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let value = StoredValue::new(value);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let _ = window().navigator().clipboard().write_text(&value.get_value());
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = value;
        is_copied.set(true);
    };
    let words = move || t(if is_copied.get() { text::buying::COPIED } else { text::buying::COPY });
    let label = StoredValue::new(label);
    move || {
        is_live.get().then(|| {
            view! {
                <button type="button" class="btn btn-sm" on:click=copy>
                    {move || is_copied.get().then(|| view! { <Icon name="check" /> })}
                    {words}<span class="sr-only">{label.get_value()}</span>
                </button>
            }
        })
    }
}
